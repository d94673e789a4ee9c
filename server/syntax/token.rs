//! What the tokens of one line look like: a header, a key, a lone word.

use toml_parser::lexer::{Token, TokenKind};

use crate::text::Span;

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
