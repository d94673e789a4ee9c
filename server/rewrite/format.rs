//! Formatting, in taplo's default style.
//!
//! taplo reads TOML 1.0 and has been seen to change its mind about its own output, so what it makes is checked: it holds
//! the same values, and a second run changes nothing. Otherwise the document is left alone.

use similar::{Algorithm, capture_diff_slices};
use taplo::formatter::{Options, format as taplo_format};

use crate::diagnostic::{Edit, File};
use crate::syntax::{Node, SyntaxErrorKind, Table, parse};
use crate::text::Span;

/// The longest array that is formatted: the formatter takes more than a hundred times as long for one of ten times as many
/// items, and nobody waits for that.
const MOST_ITEMS: usize = 4000;

/// Why a document is left alone, in the words of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It has syntax errors.
    Broken,
    /// It uses TOML 1.1, which the formatter does not read.
    NewerSyntax,
    /// It has an array that would take the formatter too long.
    LongArray,
    /// The formatter would change its values, or would not settle.
    Unsound,
}

impl Refusal {
    /// The reason, lower case and without full stop.
    pub fn message(self) -> &'static str {
        match self {
            Self::Broken => "it has syntax errors",
            Self::NewerSyntax => "it uses syntax of TOML 1.1 that the formatter does not read",
            Self::LongArray => "it has an array of more than 4,000 items",
            Self::Unsound => "the formatter would change its values",
        }
    }
}

/// The formatted document. Line ends stay what they are.
///
/// # Errors
/// The document can't be formatted safely.
pub fn format(text: &str) -> Result<String, Refusal> {
    let document = parse(text);
    if document
        .errors
        .iter()
        .any(|error| error.kind == SyntaxErrorKind::Grammar)
    {
        return Err(Refusal::Broken);
    }
    if !document.newer_syntax.is_empty() {
        return Err(Refusal::NewerSyntax);
    }
    if has_long_array(&document.root) {
        return Err(Refusal::LongArray);
    }
    let (mark, content) = match text.strip_prefix('\u{feff}') {
        Some(content) => ("\u{feff}", content),
        None => ("", text),
    };
    // The formatter would make a line of nothing.
    if content.is_empty() {
        return Ok(text.to_owned());
    }
    let options = || Options {
        crlf: content.contains("\r\n"),
        ..Options::default()
    };
    let formatted = taplo_format(content, options());
    let is_sound =
        same_values(content, &formatted) && taplo_format(&formatted, options()) == formatted;
    if is_sound {
        Ok(format!("{mark}{formatted}"))
    } else {
        Err(Refusal::Unsound)
    }
}

fn has_long_array(table: &Table) -> bool {
    let mut values = table.entries.iter().map(|entry| &entry.value);
    values.any(is_long)
}

fn is_long(node: &Node) -> bool {
    let items = node.items().unwrap_or_default();
    items.len() > MOST_ITEMS
        || items.iter().any(is_long)
        || node.table().is_some_and(has_long_array)
}

fn same_values(before: &str, after: &str) -> bool {
    let values = |text: &str| toml::from_str::<toml::Table>(text);
    matches!((values(before), values(after)), (Ok(before), Ok(after)) if before == after)
}

/// The edits that make one text the other, line by line, so that cursors and folds stay where they are.
pub fn edits(before: &str, after: &str) -> Vec<Edit> {
    let lines = |text: &'_ str| {
        text.split_inclusive('\n')
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (old, new) = (lines(before), lines(after));
    let offsets: Vec<usize> = std::iter::once(0)
        .chain(old.iter().scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        }))
        .collect();
    let place = |index: usize| offsets.get(index).copied().unwrap_or(before.len());
    let mut edits = Vec::new();
    for change in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if change.tag() == similar::DiffTag::Equal {
            continue;
        }
        let range = change.old_range();
        let text = new.get(change.new_range()).unwrap_or_default().concat();
        edits.push(Edit {
            file: File::Document,
            span: Span::new(place(range.start), place(range.end)),
            text,
        });
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::{Refusal, edits, format};

    #[test]
    fn blanks_are_put_in_order_and_comments_stay() {
        let formatted = format("# top\nlanguage=\"go\" # here\n[ build ]\n  target=  './x'\n");
        assert_eq!(
            formatted.as_deref(),
            Ok("# top\nlanguage = \"go\" # here\n[build]\ntarget = './x'\n")
        );
    }

    #[test]
    fn line_ends_and_a_byte_order_mark_stay() {
        assert_eq!(
            format("\u{feff}a=1\r\nb=2\r\n").as_deref(),
            Ok("\u{feff}a = 1\r\nb = 2\r\n")
        );
    }

    #[test]
    fn what_cannot_be_formatted_safely_is_left_alone() {
        assert_eq!(format("a = \n"), Err(Refusal::Broken));
        assert_eq!(format("a = { b = 1, }\n"), Err(Refusal::NewerSyntax));
        let long = format!("a.b = [{{ c = [{}] }}]\n", "1,".repeat(4001));
        assert_eq!(format(&long), Err(Refusal::LongArray));
    }

    #[test]
    fn edits_touch_only_the_lines_that_change() {
        let (before, after) = ("a = 1\nb=2\nc = 3\n", "a = 1\nb = 2\nc = 3\n");
        let edits = edits(before, after);
        assert_eq!(edits.len(), 1);
        assert_eq!(
            (edits[0].span.of(before), edits[0].text.as_str()),
            ("b=2\n", "b = 2\n")
        );
    }

    #[test]
    fn an_empty_document_stays_empty() {
        for text in ["", "\u{feff}"] {
            assert_eq!(format(text).as_deref(), Ok(text));
        }
    }
}
