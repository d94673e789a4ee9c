//! What TOML 1.1 allows and TOML 1.0 refuses.

use toml_parser::decoder::Encoding;
use toml_parser::parser::{Event, EventKind};

use super::NewerSyntax;
use super::tree::{self, Literal};
use crate::text::Span;

/// The newer escapes and times among the sound literals of a text.
pub(super) fn in_literal(text: &str, literal: &Literal, found: &mut Vec<NewerSyntax>) {
    match literal.encoding {
        Some(Encoding::BasicString | Encoding::MlBasicString) => {
            escapes(text, literal.span, found);
        }
        None => found.extend(time(text, literal.span)),
        Some(_) => {}
    }
}

fn escapes(text: &str, span: Span, found: &mut Vec<NewerSyntax>) {
    let literal = span.of(text);
    let mut at = 0;
    while let Some(length) = literal.get(at..).and_then(|rest| rest.find('\\')) {
        let start = at + length;
        let escape = literal.get(start + 1..).unwrap_or_default();
        at = start + 1 + escape.chars().next().map_or(0, char::len_utf8);
        let (width, what, replacement) = if escape.starts_with('e') {
            (2, "the escape `\\e`", "\\u001B".to_owned())
        } else if let Some(digits) = escape.strip_prefix('x').and_then(|rest| rest.get(..2)) {
            let upper = digits.to_ascii_uppercase();
            (4, "an escape with two digits", format!("\\u00{upper}"))
        } else {
            continue;
        };
        let start = span.start as usize + start;
        found.push(NewerSyntax {
            span: Span::new(start, start + width),
            what,
            replacement: Some(replacement),
        });
    }
}

/// A time without seconds.
fn time(text: &str, span: Span) -> Option<NewerSyntax> {
    let word = span.of(text);
    let colon = word.find(':')?;
    let start = colon.checked_sub(2)?;
    let time = word.get(start..colon + 3)?;
    let after = word.get(colon + 3..)?;
    (!after.starts_with(':')).then(|| NewerSyntax {
        span: Span::new(span.start as usize + start, span.start as usize + colon + 3),
        what: "a time without seconds",
        replacement: Some(format!("{time}:00")),
    })
}

/// An inline table that is being walked through.
#[derive(Debug, Default)]
struct Braces {
    start: usize,
    line_break: bool,
    comment: bool,
    /// The last comma, if no key came after it.
    comma: Option<Span>,
}

/// The line breaks and trailing commas in the inline tables among the events of a part.
pub(super) fn in_tables(text: &str, events: &[Event], found: &mut Vec<NewerSyntax>) {
    // An array is `None`: it may break lines in any TOML.
    let mut open: Vec<Option<Braces>> = Vec::new();
    for (index, event) in events.iter().enumerate() {
        match event.kind() {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => open.clear(),
            EventKind::ArrayOpen => open.push(None),
            EventKind::InlineTableOpen => open.push(Some(Braces {
                start: index,
                ..Braces::default()
            })),
            EventKind::ArrayClose => {
                open.pop();
            }
            EventKind::Newline => {
                if let Some(Some(braces)) = open.last_mut() {
                    braces.line_break = true;
                }
            }
            EventKind::Comment => {
                for braces in open.iter_mut().flatten() {
                    braces.comment = true;
                }
            }
            EventKind::ValueSep => {
                if let Some(Some(braces)) = open.last_mut() {
                    braces.comma = Some(tree::span(event));
                }
            }
            EventKind::SimpleKey => {
                if let Some(Some(braces)) = open.last_mut() {
                    braces.comma = None;
                }
            }
            EventKind::InlineTableClose => {
                if let Some(Some(braces)) = open.pop() {
                    let events = events.get(braces.start..=index).unwrap_or_default();
                    close(text, &braces, events, found);
                }
            }
            _ => {}
        }
    }
}

/// What one inline table has. Line breaks and a trailing comma go together, since one fix removes both.
fn close(text: &str, braces: &Braces, events: &[Event], found: &mut Vec<NewerSyntax>) {
    let (Some(first), Some(last)) = (events.first(), events.last()) else {
        return;
    };
    if braces.line_break {
        let span = tree::span(first).cover(tree::span(last));
        // What lies inside is rewritten with it.
        found.retain(|inner| !span.covers(inner.span) || inner.replacement.is_none());
        found.push(NewerSyntax {
            span,
            what: "a line break in an inline table",
            replacement: (!braces.comment).then(|| on_one_line(text, events)),
        });
    } else if let Some(comma) = braces.comma {
        found.push(NewerSyntax {
            span: comma,
            what: "a trailing comma in an inline table",
            replacement: (!braces.comment).then(String::new),
        });
    }
}

/// The events without line breaks and without the commas before closing braces.
fn on_one_line(text: &str, events: &[Event]) -> String {
    let mut line = String::new();
    let mut blank = false;
    let mut comma: Option<usize> = None;
    for event in events {
        match event.kind() {
            EventKind::Whitespace | EventKind::Newline => {
                blank = true;
                continue;
            }
            EventKind::InlineTableClose => {
                if let Some(comma) = comma.take() {
                    line.remove(comma);
                    blank = true;
                }
            }
            _ => {}
        }
        if blank {
            line.push(' ');
            blank = false;
        }
        comma = (event.kind() == EventKind::ValueSep).then_some(line.len());
        line.push_str(tree::span(event).of(text));
    }
    line
}
