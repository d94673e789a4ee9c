//! From the protocol's positions to bytes.

use std::fmt;

use tower_lsp::ls_types::{Position, Range};

use crate::lsp::documents::Snapshot;
use crate::text::{self, LineIndex, PositionEncoding, Span};

/// Why a range names no part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadPlace {
    /// The end comes before the start.
    Reversed,
    /// An end lies inside a character.
    InsideCharacter,
}

impl fmt::Display for BadPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Reversed => "the end of a range comes before its start",
            Self::InsideCharacter => "a position lies inside a character",
        })
    }
}

/// The span of a range. A position past a line's end means that end, one past the last line the end of the text.
///
/// # Errors
/// The range names no part of the text.
pub(crate) fn span(
    text: &str,
    line_index: &LineIndex,
    encoding: PositionEncoding,
    range: Range,
) -> Result<Span, BadPlace> {
    if range.end < range.start {
        return Err(BadPlace::Reversed);
    }
    let offset = |position: Position| {
        line_index
            .offset(text, from_position(position), encoding)
            .ok_or(BadPlace::InsideCharacter)
    };
    let (start, end) = (offset(range.start)?, offset(range.end)?);
    Ok(Span { start, end })
}

/// The byte offset of a position in a document; `None` inside a character.
pub(crate) fn offset(document: &Snapshot, position: Position) -> Option<u32> {
    let position = from_position(position);
    document
        .line_index
        .offset(&document.text, position, document.encoding)
}

/// The span of a range of a document; `None` where [`span`] fails.
pub(crate) fn document_span(document: &Snapshot, range: Range) -> Option<Span> {
    span(
        &document.text,
        &document.line_index,
        document.encoding,
        range,
    )
    .ok()
}

fn from_position(position: Position) -> text::Position {
    text::Position {
        line: position.line,
        column: position.character,
    }
}
