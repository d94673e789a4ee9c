//! Places inside string literals: what byte of the decoded text stands where in the document.

use std::ops::Range;

use crate::text::Span;

/// The place in the document of a range of bytes of a decoded string. If they cannot be found, the whole literal.
///
/// An escape is one place: a range that ends inside what it stands for covers all of it.
pub fn decoded_span(text: &str, literal: Span, decoded: Range<usize>) -> Span {
    place(literal.of(text), decoded).map_or(literal, |place| {
        let start = literal.start as usize;
        Span::new(start + place.start, start + place.end)
    })
}

/// The places of a literal whose decoded text has many parts: looked at once, then each is found quickly.
#[derive(Debug)]
pub struct Places {
    literal: Span,
    /// Where its content begins, if it is a string.
    content: Option<usize>,
    runs: Vec<Run>,
}

/// A stretch of characters that stand for themselves, or one escape.
#[derive(Debug)]
struct Run {
    /// Where it begins in the decoded text.
    decoded: usize,
    /// How many bytes of the decoded text it is; at least 1.
    length: usize,
    /// Its place in the literal.
    source: Range<usize>,
}

impl Run {
    fn is_plain(&self) -> bool {
        self.source.len() == self.length
    }
}

impl Places {
    /// Looks at the literal at a place of a text.
    pub fn new(text: &str, literal: Span) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        let mut decoded = 0;
        let pieces = Pieces::new(literal.of(text));
        let content = pieces.as_ref().map(|pieces| pieces.at);
        for piece in pieces.into_iter().flatten() {
            if piece.length == 0 {
                continue;
            }
            let is_plain = piece.source.len() == piece.length;
            match runs.last_mut() {
                Some(last)
                    if is_plain && last.is_plain() && last.source.end == piece.source.start =>
                {
                    last.length += piece.length;
                    last.source.end = piece.source.end;
                }
                _ => runs.push(Run {
                    decoded,
                    length: piece.length,
                    source: piece.source,
                }),
            }
            decoded += piece.length;
        }
        Self {
            literal,
            content,
            runs,
        }
    }

    /// The place of a part of the decoded text, as [`decoded_span`] gives it.
    pub fn span(&self, decoded: Range<usize>) -> Span {
        self.place(decoded).map_or(self.literal, |place| {
            let start = self.literal.start as usize;
            Span::new(start + place.start, start + place.end)
        })
    }

    fn place(&self, decoded: Range<usize>) -> Option<Range<usize>> {
        if decoded.is_empty() {
            return self.between(decoded.start);
        }
        let first = self.run(decoded.start)?;
        let last = self.run(decoded.end - 1)?;
        let start = match first.is_plain() {
            true => first.source.start + (decoded.start - first.decoded),
            false => first.source.start,
        };
        let end = match last.is_plain() {
            true => last.source.start + (decoded.end - last.decoded),
            false => last.source.end,
        };
        Some(start..end)
    }

    /// The place between two characters.
    fn between(&self, at: usize) -> Option<Range<usize>> {
        let place = match at.checked_sub(1) {
            None => self.content?,
            Some(before) => {
                let run = self.run(before)?;
                match run.is_plain() {
                    true => run.source.start + (at - run.decoded),
                    false => run.source.end,
                }
            }
        };
        Some(place..place)
    }

    /// The run that holds a byte of the decoded text.
    fn run(&self, at: usize) -> Option<&Run> {
        let after = self.runs.partition_point(|run| run.decoded <= at);
        let run = self.runs.get(after.checked_sub(1)?)?;
        (at < run.decoded + run.length).then_some(run)
    }
}

/// The byte of the decoded string that stands at an offset of the document, or `None` outside of the quotes.
///
/// Inside an escape it is the byte where what it stands for begins.
pub fn decoded_offset(text: &str, literal: Span, offset: u32) -> Option<usize> {
    let at = offset.checked_sub(literal.start)? as usize;
    let pieces = Pieces::new(literal.of(text))?;
    let content = pieces.at;
    if at < content.saturating_sub(pieces.skipped) {
        return None;
    }
    let mut decoded = 0;
    for piece in pieces {
        if at < piece.source.end {
            let plain = piece.source.len() == piece.length;
            return Some(if plain {
                decoded + at.saturating_sub(piece.source.start)
            } else {
                decoded
            });
        }
        decoded += piece.length;
    }
    (at <= content_end(literal.of(text))?).then_some(decoded)
}

/// The decoded text of a string literal that is not closed yet; nothing of what is no string.
pub(crate) fn decoded_open(text: &str, literal: Span) -> Option<String> {
    let source = literal.of(text);
    (quotes(source).is_some() && !is_closed(source))
        .then(|| decoded_before(text, literal, literal.end))
}

/// The decoded text of a literal, closed or not, up to an offset of the document.
pub(super) fn decoded_before(text: &str, literal: Span, offset: u32) -> String {
    let Some(end) = decoded_offset(text, literal, offset) else {
        return String::new();
    };
    let mut decoded = String::new();
    for piece in Pieces::new(literal.of(text)).into_iter().flatten() {
        if decoded.len() >= end {
            break;
        }
        decoded.extend(piece.character);
    }
    decoded
}

/// Whether a string literal ends with the quotes that it begins with.
pub(super) fn is_closed(literal: &str) -> bool {
    closing_quotes(literal).is_some()
}

/// Where the content of a literal ends, closed or not.
fn content_end(literal: &str) -> Option<usize> {
    let quotes = quotes(literal)?;
    let Some(end) = closing_quotes(literal) else {
        return Some(literal.len());
    };
    // Up to two quotes may stand before the three that close.
    Some(end.max(literal.len().saturating_sub(quotes.len())))
}

/// The first quotes that close a literal.
fn closing_quotes(literal: &str) -> Option<usize> {
    let quotes = quotes(literal)?;
    let quote = *quotes.as_bytes().first()?;
    let escapes = quote == b'"';
    let mut at = quotes.len();
    loop {
        // Nothing else counts; bytes will do, since these are never a part of another character.
        let counts = |byte: &u8| *byte == quote || (escapes && *byte == b'\\');
        at += literal.as_bytes().get(at..)?.iter().position(counts)?;
        let rest = literal.get(at..)?;
        if rest.starts_with(quotes) {
            return Some(at);
        }
        let escaped = rest.strip_prefix('\\');
        at += 1;
        if escaped.is_some_and(|it| escapes && it.starts_with(['"', '\\'])) {
            at += 1;
        }
    }
}

/// The quotes that a literal begins with.
fn quotes(literal: &str) -> Option<&'static str> {
    let kinds = ["\"\"\"", "'''", "\"", "'"];
    kinds.into_iter().find(|quotes| literal.starts_with(quotes))
}

/// The place of a decoded range in its literal.
fn place(literal: &str, decoded: Range<usize>) -> Option<Range<usize>> {
    if decoded.start > decoded.end {
        return None;
    }
    let pieces = Pieces::new(literal)?;
    let mut end = pieces.at;
    let mut start = None;
    let mut at = 0;
    for piece in pieces {
        let next = at + piece.length;
        if start.is_none() && decoded.start < next {
            start = Some(piece.source.start);
            end = piece.source.start;
        }
        if decoded.end <= at {
            break;
        }
        if piece.length > 0 {
            end = piece.source.end;
        }
        at = next;
    }
    match start {
        Some(start) if decoded.is_empty() => Some(start..start),
        Some(start) if decoded.end <= at => Some(start..end),
        None if decoded.is_empty() && decoded.start == at => Some(end..end),
        _ => None,
    }
}

/// One character of a literal, an escape, or a line-ending backslash.
struct Piece {
    /// Its place in the literal.
    source: Range<usize>,
    /// What it stands for; nothing for a line-ending backslash.
    character: Option<char>,
    /// How many bytes that is.
    length: usize,
}

/// The pieces of a literal's content, in order.
struct Pieces<'a> {
    literal: &'a str,
    at: usize,
    end: usize,
    escapes: bool,
    /// The length of the line break behind the opening quotes.
    skipped: usize,
}

impl<'a> Pieces<'a> {
    fn new(literal: &'a str) -> Option<Self> {
        let quotes = quotes(literal)?;
        let end = content_end(literal)?;
        let mut at = quotes.len();
        let content = literal.get(at..end)?;
        let skipped = match content {
            _ if quotes.len() < 3 => 0,
            content if content.starts_with('\n') => 1,
            content if content.starts_with("\r\n") => 2,
            _ => 0,
        };
        at += skipped;
        Some(Self {
            literal,
            at,
            end,
            escapes: quotes.starts_with('"'),
            skipped,
        })
    }

    /// What an escape stands for, and its length with the backslash.
    fn escape(rest: &str) -> (Option<char>, usize) {
        let after = rest.get(1..).unwrap_or_default();
        let Some(first) = after.chars().next() else {
            return (Some('\\'), 1);
        };
        let simple = match first {
            'b' => '\u{8}',
            'e' => '\u{1b}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '"' | '\\' => first,
            'x' => return Self::code(after, 2),
            'u' => return Self::code(after, 4),
            'U' => return Self::code(after, 8),
            ' ' | '\t' | '\r' | '\n' => {
                let length = after.len() - after.trim_start_matches([' ', '\t', '\r', '\n']).len();
                return (None, 1 + length);
            }
            _ => return (Some('\\'), 1),
        };
        (Some(simple), 2)
    }

    fn code(after: &str, digits: usize) -> (Option<char>, usize) {
        let code = after
            .get(1..=digits)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32);
        match code {
            Some(code) => (Some(code), 2 + digits),
            None => (Some('\\'), 1),
        }
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let rest = self.literal.get(self.at..self.end)?;
        let first = rest.chars().next()?;
        let (character, length) = if first == '\\' && self.escapes {
            Self::escape(rest)
        } else {
            (Some(first), first.len_utf8())
        };
        let source = self.at..self.at + length;
        self.at += length;
        Some(Piece {
            source,
            character,
            length: character.map_or(0, char::len_utf8),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Places, decoded_offset, decoded_span};
    use crate::syntax::parse;
    use crate::text::Span;

    /// What stands in the document for `part` of the decoded string that is the value of `a`.
    fn source<'a>(text: &'a str, part: &str) -> &'a str {
        let document = parse(text);
        let node = document.root.node("a").expect("a is set");
        let decoded = node.string().expect("a is a string");
        let start = decoded.find(part).expect("the part is there");
        decoded_span(text, node.span, start..start + part.len()).of(text)
    }

    #[test]
    fn plain_text_stands_for_itself() {
        assert_eq!(source("a = \"xyz\"", "y"), "y");
        assert_eq!(source("a = 'x\\yz'", "\\y"), "\\y");
        assert_eq!(source("é = 1\na = \"𝒳é\"", "é"), "é");
    }

    #[test]
    fn an_escape_is_found_whole() {
        assert_eq!(source("a = \"x\\n\\u00e9\\x41z\"", "é"), "\\u00e9");
        assert_eq!(source("a = \"x\\n\\u00e9\\x41z\"", "Az"), "\\x41z");
        assert_eq!(source("a = \"\\\"q\\\"\"", "\"q"), "\\\"q");
    }

    #[test]
    fn the_first_line_break_counts_for_nothing() {
        assert_eq!(source("a = \"\"\"\nxyz\"\"\"", "x"), "x");
        assert_eq!(source("a = '''\r\nx\r\ny'''", "y"), "y");
        assert_eq!(source("a = '''\r\nx\r\ny'''", "x\r\ny"), "x\r\ny");
    }

    #[test]
    fn a_line_ending_backslash_is_passed_over() {
        assert_eq!(source("a = \"\"\"x \\\n   yz\"\"\"", "y"), "y");
        assert_eq!(source("a = \"\"\"x \\\n   yz\"\"\"", " yz"), " \\\n   yz");
    }

    #[test]
    fn quotes_before_the_closing_ones_belong_to_the_text() {
        assert_eq!(source("a = \"\"\"x\"\"\"\"\"", "x\"\""), "x\"\"");
    }

    #[test]
    fn what_is_not_there_is_the_whole_literal() {
        let text = "a = \"xyz\"";
        let literal = Span::new(4, 9);
        assert_eq!(decoded_span(text, literal, 2..9), literal);
        assert_eq!(decoded_span(text, literal, 9..9), literal);
        assert_eq!(decoded_span(text, Span::new(0, 1), 0..1), Span::new(0, 1));
    }

    #[test]
    fn an_empty_range_is_a_place_between_two_characters() {
        let literal = Span::new(4, 9);
        let at = |offset| decoded_span("a = \"xyz\"", literal, offset..offset);
        assert_eq!(at(0), Span::new(5, 5));
        assert_eq!(at(3), Span::new(8, 8));
        assert_eq!(
            decoded_span("a = \"\"", Span::new(4, 6), 0..0),
            Span::new(5, 5)
        );
    }

    #[test]
    fn places_that_are_looked_at_once_are_the_same() {
        for text in [
            "a = \"x\\u00e9y\\n z\"",
            "a = \"\"\"\\\n  x y\\\n\n é\\\"\"\"\"\"",
            "a = '''\r\nx\r\n𝒳'''",
            "a = ''",
        ] {
            let node = parse(text);
            let node = node.root.node("a").expect("a is set");
            let decoded = node.string().expect("a is a string");
            let places = Places::new(text, node.span);
            let mut offsets: Vec<usize> = decoded.char_indices().map(|(at, _)| at).collect();
            offsets.push(decoded.len());
            for (index, start) in offsets.iter().enumerate() {
                for end in offsets.iter().skip(index) {
                    let range = *start..*end;
                    let expected = decoded_span(text, node.span, range.clone());
                    assert_eq!(places.span(range.clone()), expected, "{text}: {range:?}");
                }
            }
            assert_eq!(places.span(0..decoded.len() + 1), node.span);
        }
    }

    #[test]
    fn an_offset_in_the_document_is_one_in_the_string() {
        let text = "a = \"x\\u00e9z\"";
        let literal = Span::new(4, 14);
        let at = |offset| decoded_offset(text, literal, offset);
        let found = [4, 5, 6, 8, 12, 13, 14].map(at);
        let expected = [None, Some(0), Some(1), Some(1), Some(3), Some(4), None];
        assert_eq!(found, expected);
    }
}
