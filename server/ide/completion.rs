//! Completion: what can stand where the cursor is.

mod comments;
mod keys;
mod paths;
mod slot;
mod starting_points;
mod steps;
#[cfg(test)]
mod tests;
mod values;

use crate::analysis::Analysis;
use crate::config::docs;
use crate::context::BuildContext;
use crate::ide::pages::{key_page, rule_page};
use crate::rules;
use crate::syntax::Step;
use crate::syntax::cursor::{Place, cursor};
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
    /// What is replaced: exactly what is typed of it, on one line.
    pub span: Span,
    /// What comes in its place.
    pub text: String,
    /// What the typed text is compared with.
    pub filter: String,
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

/// The page of a completion item, to be looked up when it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// There is none.
    None,
    /// This text, Markdown.
    Text(String),
    /// That of a key.
    Key(Vec<Step>),
    /// That of a rule.
    Rule(&'static str),
}

impl Page {
    /// The text, Markdown; `None` where there is none.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Text(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            Self::Key(path) => docs::key(path).as_ref().map(key_page),
            Self::Rule(name) => rules::by_name(name).map(rule_page),
        }
    }

    /// The name under which the page can be found again, if it has one: `key runtime.copy.0.src`, `rule unknown-key`.
    pub fn name(&self) -> Option<String> {
        match self {
            Self::None | Self::Text(_) => None,
            Self::Key(path) => {
                let steps = path.iter().map(|step| match step {
                    Step::Key(name) => name.clone(),
                    Step::Index(index) => index.to_string(),
                });
                Some(format!("key {}", steps.collect::<Vec<_>>().join(".")))
            }
            Self::Rule(name) => Some(format!("rule {name}")),
        }
    }

    /// The page with a name.
    pub fn by_name(name: &str) -> Self {
        match name.split_once(' ') {
            Some(("rule", name)) => {
                rules::by_name(name).map_or(Self::None, |it| Self::Rule(it.name))
            }
            Some(("key", path)) => {
                let steps = path.split('.').map(|step| match step.parse() {
                    Ok(index) => Step::Index(index),
                    Err(_) => Step::Key(step.to_owned()),
                });
                Self::Key(steps.collect())
            }
            _ => Self::None,
        }
    }
}

/// What can stand at an offset, best first; the paths among it are those of `context`.
pub fn completion(
    analysis: &Analysis,
    context: &dyn BuildContext,
    offset: u32,
) -> Vec<CompletionItem> {
    let at = Request {
        analysis,
        context,
        offset,
    };
    let found = cursor(&analysis.text, offset);
    let items = match &found.place {
        Place::Key {
            typed: _,
            span,
            has_value,
        } => keys::complete(&at, &found.path, *span, *has_value),
        Place::Value {
            typed,
            span,
            quoted,
            closed: _,
        } => {
            let literal = slot::Literal {
                span: *span,
                quoted: *quoted,
            };
            values::complete(&at, &found.path, typed, &literal)
        }
        Place::Header { span, array, .. } => keys::headers(&at, *span, *array),
        Place::Comment { typed, .. } => comments::complete(&at, typed),
        Place::Nothing => Vec::new(),
    };
    // An edit over several lines, or away from the cursor, is refused by editors.
    let fits = |item: &CompletionItem| {
        item.span.touches(offset) && !item.span.of(&analysis.text).contains(['\n', '\r'])
    };
    items.into_iter().filter(fits).collect()
}

/// What is asked.
struct Request<'a> {
    analysis: &'a Analysis,
    context: &'a dyn BuildContext,
    offset: u32,
}

impl Request<'_> {
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
}
