//! The protocol's positions, counted in the plainest way there is: a second opinion on the server's own counting.

use serde_json::{Value, json};

/// How the columns of a client are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columns {
    Utf8,
    Utf16,
}

impl Columns {
    /// The name in the protocol.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
        }
    }

    fn width(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
        }
    }
}

/// The lines of a text, without what ends them: from where to where, in bytes. There is always one more line than ends.
pub(crate) fn lines(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let (mut lines, mut start, mut at) = (Vec::new(), 0, 0);
    while at < bytes.len() {
        let length = match bytes[at..] {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        if length > 0 {
            lines.push((start, at));
            start = at + length;
        }
        at += length.max(1);
    }
    lines.push((start, text.len()));
    lines
}

/// The position of a byte offset.
pub(crate) fn position(text: &str, offset: usize, columns: Columns) -> Value {
    let lines = lines(text);
    let line = lines.partition_point(|(start, _)| *start <= offset) - 1;
    let (start, end) = lines[line];
    let column = columns.width(&text[start..offset.min(end)]);
    json!({ "line": line, "character": column })
}

/// The range of two byte offsets.
pub(crate) fn range(text: &str, (start, end): (usize, usize), columns: Columns) -> Value {
    json!({ "start": position(text, start, columns), "end": position(text, end, columns) })
}

/// The byte offset of a position that lies in the text and not inside a character; else what is wrong with it.
pub(crate) fn offset(text: &str, position: &Value, columns: Columns) -> Result<usize, String> {
    let number = |name: &str| {
        let number = position[name]
            .as_u64()
            .and_then(|it| usize::try_from(it).ok());
        number.ok_or_else(|| format!("{position} is no position"))
    };
    let (line, column) = (number("line")?, number("character")?);
    let lines = lines(text);
    let &(start, end) = lines
        .get(line)
        .ok_or_else(|| format!("{position} is below the text"))?;
    let mut width = 0;
    for (at, character) in text[start..end].char_indices() {
        if width == column {
            return Ok(start + at);
        }
        width += columns.width(character.encode_utf8(&mut [0; 4]));
        if width > column {
            return Err(format!("{position} is inside `{character}`"));
        }
    }
    if width == column {
        return Ok(end);
    }
    Err(format!("{position} is behind its line"))
}

/// The byte offsets of a range that names a part of the text; else what is wrong with it.
pub(crate) fn span(text: &str, range: &Value, columns: Columns) -> Result<(usize, usize), String> {
    let start = offset(text, &range["start"], columns)?;
    let end = offset(text, &range["end"], columns)?;
    if end < start {
        return Err(format!("{range} ends before it starts"));
    }
    Ok((start, end))
}

/// A text after edits as the protocol has them: all of the text as it was, none overlapping another.
pub(crate) fn edited(text: &str, edits: &[Value], columns: Columns) -> Result<String, String> {
    let mut found = Vec::new();
    for edit in edits {
        let new = edit["newText"]
            .as_str()
            .ok_or_else(|| format!("{edit} has no text"))?;
        found.push((span(text, &edit["range"], columns)?, new));
    }
    // Insertions at one place stay in their order.
    found.sort_by_key(|(span, _)| *span);
    let (mut result, mut at) = (String::new(), 0);
    for ((start, end), new) in found {
        if start < at {
            return Err(format!("edits overlap at byte {start}"));
        }
        result.push_str(&text[at..start]);
        result.push_str(new);
        at = end;
    }
    result.push_str(&text[at..]);
    Ok(result)
}

#[test]
fn positions_and_offsets_agree() {
    let text = "a\r\né\r😀e\u{301}\n";
    assert_eq!(lines(text), [(0, 1), (3, 5), (6, 13), (14, 14)]);
    for columns in [Columns::Utf8, Columns::Utf16] {
        for at in [0, 1, 3, 5, 6, 10, 11, 13, 14] {
            let position = position(text, at, columns);
            assert_eq!(offset(text, &position, columns), Ok(at));
        }
    }
    let inside = json!({ "line": 2, "character": 1 });
    assert!(offset(text, &inside, Columns::Utf16).is_err());
    assert!(offset(text, &json!({ "line": 0, "character": 2 }), Columns::Utf8).is_err());
}
