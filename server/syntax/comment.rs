//! What each comment belongs to.

use super::tree::{Found, Reader, Statement};
use super::{Comment, CommentPlace, SyntaxError, error};
use crate::text::Span;

/// The comments of a document with their places.
pub(super) fn place(text: &str, reader: &Reader<'_>) -> Vec<Comment> {
    let mut comments: Vec<Comment> = Vec::with_capacity(reader.comments.len());
    for found in reader.comments.iter().rev() {
        let below = comments.last();
        let alone = is_alone(text, found.span);
        let place = if found.inside {
            CommentPlace::Nothing
        } else if alone {
            above(text, found, below, reader)
        } else {
            let statement = found.statements.checked_sub(1);
            node(statement, reader)
        };
        comments.push(Comment {
            span: found.span,
            alone,
            place,
        });
    }
    comments.reverse();
    comments
}

/// What a comment on a line of its own belongs to; `below` is the comment after it.
fn above(text: &str, found: &Found, below: Option<&Comment>, reader: &Reader<'_>) -> CommentPlace {
    let first = found.statements == 0;
    if first && is_for_the_file(found.span.of(text)) {
        return CommentPlace::Top;
    }
    let end = found.span.end as usize;
    let statement = reader.statements.get(found.statements);
    let statement = statement.map(|(start, _)| *start as usize);
    let comment = below.map(|comment| comment.span.start as usize);
    let next = [statement, comment].into_iter().flatten().min();
    let gap = text
        .get(end..next.unwrap_or(text.len()))
        .unwrap_or_default();
    if gap.matches('\n').count() > 1 {
        return if first {
            CommentPlace::Top
        } else {
            CommentPlace::Nothing
        };
    }
    if next.is_some() && next == statement {
        return node(Some(found.statements), reader);
    }
    below.map_or(CommentPlace::Nothing, |below| {
        // A comment for the file stands for itself and takes none of its neighbours along.
        if is_for_the_file(below.span.of(text)) {
            CommentPlace::Nothing
        } else {
            below.place.clone()
        }
    })
}

/// All that a statement brings.
fn node(statement: Option<usize>, reader: &Reader<'_>) -> CommentPlace {
    let statement = statement.and_then(|index| reader.statements.get(index));
    match statement {
        Some((_, Statement::Pair(span))) => CommentPlace::Node(*span),
        Some((_, Statement::Header(table))) => CommentPlace::Node(reader.drafts.extent(*table)),
        _ => CommentPlace::Nothing,
    }
}

/// Whether a comment suppresses something in the whole file.
fn is_for_the_file(comment: &str) -> bool {
    let words = comment.trim_start_matches('#').trim_start();
    let words = words.strip_prefix("docksmith:").map(str::trim_start);
    words.is_some_and(|words| words.starts_with("ignore-file"))
}

/// Whether only blanks stand before a place on its line.
fn is_alone(text: &str, span: Span) -> bool {
    let before = text.get(..span.start as usize).unwrap_or_default();
    let line = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let line = before.get(line..).unwrap_or_default();
    line.trim_start_matches('\u{feff}').trim().is_empty()
}

/// The characters in a comment that TOML does not allow: the first of them.
pub(super) fn check(text: &str, span: Span) -> Option<SyntaxError> {
    let comment = span.of(text);
    let (at, found) = comment
        .char_indices()
        .find(|(_, character)| character.is_ascii_control() && *character != '\t')?;
    let start = span.start as usize + at;
    Some(error::control_character(
        Span::new(start, start + found.len_utf8()),
        found,
    ))
}
