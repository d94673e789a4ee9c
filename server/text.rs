//! Places in a text: spans in bytes, and the one translation between bytes and the lines and columns of others.

use std::fmt;
use std::ops::{Deref, Range};

/// A range of bytes in a text; `end` is exclusive. Both ends lie on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The span between two byte offsets, put in order if they are not.
    pub fn new(start: usize, end: usize) -> Self {
        let (start, end) = (offset(start), offset(end));
        Self {
            start: start.min(end),
            end: start.max(end),
        }
    }

    /// The number of bytes.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether no byte lies in it.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether a cursor at `offset` touches it; both ends count.
    pub fn touches(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }

    /// Whether `other` lies in it.
    pub fn covers(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share a byte, or an empty one lies inside or at an end of the other.
    pub fn overlaps(self, other: Self) -> bool {
        if self.is_empty() || other.is_empty() {
            return self.start <= other.end && other.start <= self.end;
        }
        self.start < other.end && other.start < self.end
    }

    /// The smallest span that covers both.
    pub fn cover(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The same as a range, to slice a `str` with.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The text at this span; empty if the span does not fit `text`.
    pub fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }
}

/// A byte offset as it is stored. Texts over 4 GiB are refused long before.
fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// A value and the place in the text that it was read from.
#[derive(Clone, Default)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where it stands: for a value its literal with the quotes, for a table its header.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value with its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// Another value at the same place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned {
            value: change(self.value),
            span: self.span,
        }
    }

    /// A borrowed value at the same place.
    pub fn as_ref(&self) -> Spanned<&T> {
        Spanned {
            value: &self.value,
            span: self.span,
        }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Spanned<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(formatter)
    }
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(formatter)
    }
}

/// Two values are equal wherever they stand.
impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

/// How a column is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PositionEncoding {
    /// Bytes.
    Utf8,
    /// Code units of UTF-16, the protocol's default.
    Utf16,
    /// Unicode code points, as in lint's JSON.
    CodePoints,
}

impl PositionEncoding {
    /// How many columns a character takes.
    fn width(self, character: char) -> u32 {
        let width = match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::CodePoints => 1,
        };
        offset(width)
    }
}

/// A line and a column, both counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column, in the units of the encoding that was asked for.
    pub column: u32,
}

/// Where the lines of one text begin. Lines end at `\n`, `\r\n` or a lone `\r`, as in the Language Server Protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// The line starts of `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (index, byte) in bytes.iter().enumerate() {
            let ends_line = match byte {
                b'\n' => true,
                b'\r' => bytes.get(index + 1) != Some(&b'\n'),
                _ => false,
            };
            if ends_line {
                starts.push(offset(index + 1));
            }
        }
        Self { starts }
    }

    /// How many lines there are; a text that ends in a line break has an empty last one.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Never: even an empty text has one line.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The line, counted from 0, that holds the byte at `offset`.
    pub fn line(&self, offset: u32) -> u32 {
        let after = self.starts.partition_point(|&start| start <= offset);
        u32::try_from(after).unwrap_or(u32::MAX) - 1
    }

    /// The span of a line without its line break; empty at the end of the text for a line that is not there.
    pub fn line_span(&self, text: &str, line: u32) -> Span {
        let Some(&start) = self.starts.get(line as usize) else {
            return Span::new(text.len(), text.len());
        };
        let end = self
            .starts
            .get(line as usize + 1)
            .map_or(text.len(), |&end| end as usize);
        let content = text.get(start as usize..end).unwrap_or_default();
        let content = content.strip_suffix('\n').unwrap_or(content);
        let content = content.strip_suffix('\r').unwrap_or(content);
        Span::new(start as usize, start as usize + content.len())
    }

    /// The position of a byte offset; inside a character or a line break it is that of their start.
    pub fn position(&self, text: &str, offset: u32, encoding: PositionEncoding) -> Position {
        let line = self.line(offset.min(self::offset(text.len())));
        let span = self.line_span(text, line);
        let mut column = 0;
        for (index, character) in span.of(text).char_indices() {
            if span.start as usize + index + character.len_utf8() > offset as usize {
                break;
            }
            column += encoding.width(character);
        }
        Position { line, column }
    }

    /// The byte offset of a position. Past a line's end it is the line's end, past the last line the end of the text;
    /// `None` if the position lies inside a character.
    pub fn offset(
        &self,
        text: &str,
        position: Position,
        encoding: PositionEncoding,
    ) -> Option<u32> {
        let span = self.line_span(text, position.line);
        let mut column = 0;
        for (index, character) in span.of(text).char_indices() {
            if column == position.column {
                return Some(span.start + self::offset(index));
            }
            if column > position.column {
                return None;
            }
            column += encoding.width(character);
        }
        if column > position.column {
            None
        } else {
            Some(span.end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LineIndex, Position, PositionEncoding, Span};

    #[test]
    fn every_line_end_of_the_protocol_counts_once() {
        let index = LineIndex::new("a\nb\r\nc\rd");
        assert_eq!(index.len(), 4);
        assert_eq!(index.line(3), 1);
        assert_eq!(index.line_span("a\nb\r\nc\rd", 1), Span::new(2, 3));
    }

    #[test]
    fn columns_count_in_the_units_asked_for() {
        let text = "é𝒳x";
        let index = LineIndex::new(text);
        let columns = [
            PositionEncoding::Utf8,
            PositionEncoding::Utf16,
            PositionEncoding::CodePoints,
        ]
        .map(|encoding| index.position(text, 6, encoding).column);
        assert_eq!(columns, [6, 3, 2]);
    }

    #[test]
    fn a_position_round_trips_in_every_encoding() {
        let text = "aé\r\n𝒳e\u{301}\n\n";
        let index = LineIndex::new(text);
        for encoding in [
            PositionEncoding::Utf8,
            PositionEncoding::Utf16,
            PositionEncoding::CodePoints,
        ] {
            for (offset, character) in text.char_indices() {
                if matches!(character, '\n') {
                    continue;
                }
                let offset = u32::try_from(offset).expect("the text is short");
                let position = index.position(text, offset, encoding);
                assert_eq!(index.offset(text, position, encoding), Some(offset));
            }
        }
    }

    #[test]
    fn positions_past_an_end_are_moved_back_to_it() {
        let text = "ab\ncd";
        let index = LineIndex::new(text);
        let at =
            |line, column| index.offset(text, Position { line, column }, PositionEncoding::Utf16);
        assert_eq!(at(0, 99), Some(2));
        assert_eq!(at(9, 0), Some(5));
    }

    #[test]
    fn a_position_inside_a_character_has_no_offset() {
        let text = "𝒳";
        let index = LineIndex::new(text);
        assert_eq!(
            index.offset(
                text,
                Position { line: 0, column: 1 },
                PositionEncoding::Utf16
            ),
            None
        );
    }
}
