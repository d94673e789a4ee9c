//! Completion: what can stand where the cursor is.

#[cfg(test)]
mod cases;
mod comments;
mod keys;
mod names;
mod page;
mod paths;
mod programs;
mod slot;
mod snippets;
mod starting_points;
mod steps;
mod targets;
#[cfg(test)]
mod tests;
mod values;
mod variables;

use std::cell::Cell;
use std::collections::HashSet;

pub use page::Page;

use crate::analysis::Analysis;
use crate::context::BuildContext;
use crate::syntax::cursor::{Cursor, Place, cursor, cursor_below};
use crate::text::Span;

/// Something that can be inserted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionItem {
    /// What the list shows.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// What it is, in a few words; may be empty.
    pub detail: String,
    /// A warning beside the label, such as that a path is ignored; may be empty.
    pub note: String,
    /// Its page.
    pub page: Page,
    /// What is replaced: exactly what is typed of it, on one line. What closes it, a quote or brackets, stays: there are
    /// clients that replace only what stands before the cursor.
    pub span: Span,
    /// Whether what stands of it behind the cursor can stay, if the user wants that.
    pub rest_can_stay: bool,
    /// What comes in its place.
    pub text: String,
    /// The same with places to fill in, in the protocol's notation; for clients that know it.
    pub snippet: Option<String>,
    /// What more comes if what closes it is replaced with it; for clients that replace what they are told.
    pub whole: Option<Whole>,
    /// What the typed text is compared with.
    pub filter: String,
}

/// What comes instead of something with what closes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// What is replaced.
    pub span: Span,
    /// What comes in its place, with places to fill in.
    pub snippet: String,
}

/// What a completion item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    /// A key.
    Key,
    /// A table.
    Table,
    /// A value of an enumeration.
    Value,
    /// A build stage.
    Stage,
    /// An image reference.
    Image,
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A user or a secret.
    Name,
    /// A rule.
    Rule,
    /// An instruction or a flag of one.
    Keyword,
    /// A whole document.
    Snippet,
}

/// What can stand at a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completions {
    /// The items, best first, each label once.
    pub items: Vec<CompletionItem>,
    /// Where the cursor is.
    pub offset: u32,
    /// Whether some were left out that further typing could bring.
    pub is_incomplete: bool,
}

/// What can stand at an offset, best first; the paths among it are those of `context`.
///
/// `last` is the last version of the document without syntax errors: while this one has some, what only that one names can
/// be named all the same.
pub fn completion(
    analysis: &Analysis,
    last: Option<&Analysis>,
    context: &dyn BuildContext,
    offset: u32,
) -> Completions {
    let at = Request {
        analysis,
        last: last.filter(|_| analysis.has_syntax_errors()),
        context,
        offset,
        is_incomplete: Cell::new(false),
    };
    let mut items = items(&at);
    let mut labels = HashSet::new();
    // An edit over several lines, or away from the cursor, is refused by editors.
    items.retain(|item| {
        item.span.touches(offset)
            && !item.span.of(&analysis.text).contains(['\n', '\r'])
            && labels.insert(item.label.clone())
    });
    Completions {
        items,
        offset,
        is_incomplete: at.is_incomplete.get(),
    }
}

fn items(at: &Request<'_>) -> Vec<CompletionItem> {
    let found = at.cursor();
    match &found.place {
        Place::Key {
            typed: _,
            span,
            has_value,
        } => keys::complete(at, &found.path, *span, *has_value),
        Place::Value {
            typed,
            span,
            quoted,
            closed,
        } => {
            let literal = slot::Literal {
                span: *span,
                quoted: *quoted,
                closed: *closed,
            };
            values::complete(at, &found.path, typed, &literal)
        }
        Place::Header { span, array, .. } => keys::headers(at, *span, *array),
        Place::Comment { typed, .. } => comments::complete(at, typed),
        Place::Nothing => Vec::new(),
    }
}

/// Whether a line of a sound text is this header.
fn has_header(text: &str, line: &str) -> bool {
    let found = text.match_indices(line).map(|(start, _)| start);
    let mut lines = found.filter(|start| {
        let before = text.get(..*start).unwrap_or_default();
        let after = text.get(start + line.len()..).unwrap_or_default();
        let begins = before.is_empty() || before.ends_with('\n');
        begins && (after.is_empty() || after.starts_with(['\n', '\r']))
    });
    lines.next().is_some_and(|start| {
        let inside = Span::new(start + 1, start + 1).start;
        matches!(cursor(text, inside).place, Place::Header { .. })
    })
}

/// What is asked.
struct Request<'a> {
    analysis: &'a Analysis,
    /// The last version without syntax errors, while this one has some.
    last: Option<&'a Analysis>,
    context: &'a dyn BuildContext,
    offset: u32,
    /// Whether items were left out.
    is_incomplete: Cell<bool>,
}

impl<'a> Request<'a> {
    /// What the cursor stands in. A string of several lines that nothing closes takes all that follows for its text, up to
    /// the next such string: a header that the last sound version has is none of it.
    fn cursor(&self) -> Cursor {
        let text = &self.analysis.text;
        let below = self.last.and_then(|last| {
            let is_header = |line: &str| has_header(&last.text, line);
            cursor_below(text, self.offset, &is_header)
        });
        below.unwrap_or_else(|| cursor(text, self.offset))
    }

    /// The text before the cursor.
    fn before(&self) -> &str {
        let text = &self.analysis.text;
        text.get(..self.offset as usize).unwrap_or(text)
    }

    /// The text behind the cursor.
    fn after(&self) -> &str {
        let text = &self.analysis.text;
        text.get(self.offset as usize..).unwrap_or_default()
    }

    /// The versions to look for names in: this one first.
    fn versions(&self) -> impl Iterator<Item = &'a Analysis> {
        std::iter::once(self.analysis).chain(self.last)
    }
}
