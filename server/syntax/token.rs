//! What the tokens of one line look like: a header, a key, a lone word.

use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

use super::string;
use crate::text::Span;

/// The tokens of a text.
///
/// A string in three quotes that is not closed ends at the next three quotes, so what is outside of the strings below
/// and what is inside change places. If it can be told which string that is, it ends above those quotes instead.
pub(super) fn read(text: &str) -> Vec<Token> {
    let tokens = Source::new(text).lex().into_vec();
    match masked(text, &tokens) {
        Some(masked) => Source::new(&masked).lex().into_vec(),
        None => tokens,
    }
}

/// The text with the string closed that should have been, of the same length, to be lexed and no more.
fn masked(text: &str, tokens: &[Token]) -> Option<String> {
    let last = tokens
        .iter()
        .rev()
        .find(|token| token.kind() != TokenKind::Eof)?;
    let open = is_multi_line(last.kind()) && !string::is_closed(span(last).of(text));
    if !open {
        return None;
    }
    let mut strings = tokens.iter().filter(|token| token.kind() == last.kind());
    let (start, end) = strings.find_map(|token| {
        let place = span(token);
        let end = next_key(place.of(text))?;
        Some((place.start as usize, place.start as usize + end))
    })?;
    let mut masked = text.get(..start + 3)?.to_owned();
    masked.push_str(&" ".repeat(end.checked_sub(start + 6)?));
    masked.push_str(text.get(start..start + 3)?);
    masked.push_str(text.get(end..)?);
    Some(masked)
}

/// Where a string should have ended, if it ends at the opening quotes of the next one, behind a `key =`: above that line,
/// or above the header that it stands below.
fn next_key(literal: &str) -> Option<usize> {
    let content = literal.trim_end_matches(['"', '\'']);
    let (above, line) = content.rsplit_once('\n')?;
    let key = line.trim_end().strip_suffix('=')?;
    if !is_dotted_key(key.trim()) {
        return None;
    }
    let mut end = above.len();
    let mut rest = above;
    while let Some((above, line)) = rest.rsplit_once('\n') {
        let line = line.trim();
        let key = line.split_once('=').map_or("", |(key, _)| key.trim());
        if is_header(line) {
            end = above.len();
        } else if !line.is_empty() && !line.starts_with('#') && !is_dotted_key(key) {
            break;
        }
        rest = above;
    }
    Some(end)
}

fn is_dotted_key(text: &str) -> bool {
    let is_key = |found: char| found.is_ascii_alphanumeric() || matches!(found, '_' | '-' | '.');
    !text.is_empty() && text.chars().all(is_key)
}

fn is_header(line: &str) -> bool {
    let inner = line
        .strip_prefix('[')
        .and_then(|line| line.strip_suffix(']'));
    let Some(inner) = inner else { return false };
    let array = inner
        .strip_prefix('[')
        .and_then(|line| line.strip_suffix(']'));
    is_dotted_key(array.unwrap_or(inner))
}

fn is_multi_line(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::MlBasicString | TokenKind::MlLiteralString)
}

/// The place of a token.
pub(super) fn span(token: &Token) -> Span {
    Span::new(token.span().start(), token.span().end())
}

/// Whether a token of this kind stands for nothing: blanks, line breaks, comments.
pub(super) fn is_blank(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Whitespace | TokenKind::Newline | TokenKind::Comment
    )
}

/// Whether a token of this kind can be a part of a key.
pub(super) fn is_key(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Atom
            | TokenKind::BasicString
            | TokenKind::LiteralString
            | TokenKind::MlBasicString
            | TokenKind::MlLiteralString
    )
}

/// The index of the line break that ends the line of the token at `index`, or of the end.
pub(super) fn line_end(tokens: &[Token], index: usize) -> usize {
    let rest = tokens.get(index..).unwrap_or_default();
    rest.iter()
        .position(|token| matches!(token.kind(), TokenKind::Newline | TokenKind::Eof))
        .map_or(tokens.len(), |length| index + length)
}

/// A line that looks like a header.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeaderLine {
    /// Whether it cannot be a row of a nested array.
    pub(super) certain: bool,
}

/// What the line that begins at `index` is, read as a header; nothing more than a comment may follow it.
pub(super) fn header_line(text: &str, tokens: &[Token], index: usize) -> Option<HeaderLine> {
    let line = tokens.get(index..line_end(tokens, index))?;
    let mut line = line
        .iter()
        .filter(|token| !is_blank(token.kind()))
        .peekable();
    line.next_if(|token| token.kind() == TokenKind::LeftSquareBracket)?;
    line.next_if(|token| token.kind() == TokenKind::LeftSquareBracket);
    let mut certain = false;
    let mut first = None;
    while let Some(part) =
        line.next_if(|token| is_key(token.kind()) || token.kind() == TokenKind::Dot)
    {
        let quoted = *first.get_or_insert(part.kind()) != TokenKind::Atom;
        certain |= quoted && part.kind() == TokenKind::Dot || is_name(span(part).of(text));
    }
    for _ in 0..2 {
        line.next_if(|token| token.kind() == TokenKind::RightSquareBracket);
    }
    line.next().is_none().then_some(HeaderLine { certain })
}

/// Whether the line that begins at `index` is `key =`, whatever follows.
pub(super) fn key_line(tokens: &[Token], index: usize) -> bool {
    let line = tokens
        .get(index..line_end(tokens, index))
        .unwrap_or_default();
    let mut line = line
        .iter()
        .map(Token::kind)
        .filter(|kind| *kind != TokenKind::Whitespace);
    let mut parts = 0;
    loop {
        match line.next() {
            Some(TokenKind::Equals) => return parts > 0,
            Some(kind) if is_key(kind) || kind == TokenKind::Dot => parts += 1,
            _ => return false,
        }
    }
}

/// Whether nothing but one bare word stands on the line that begins at `index`.
pub(super) fn lone_word(text: &str, tokens: &[Token], index: usize) -> bool {
    let line = tokens
        .get(index..line_end(tokens, index))
        .unwrap_or_default();
    let mut words = line.iter().filter(|token| !is_blank(token.kind()));
    let Some(word) = words.next() else {
        return false;
    };
    let dotted = words.all(|token| matches!(token.kind(), TokenKind::Atom | TokenKind::Dot));
    dotted && word.kind() == TokenKind::Atom && is_name(span(word).of(text))
}

/// Whether a bare word can only be a name: not a number, a date or one of the words that are values.
fn is_name(word: &str) -> bool {
    let letters = word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    letters && !matches!(word, "true" | "false" | "inf" | "nan")
}
