//! Cutting a broken document into parts that can be read one by one.
//!
//! A bracket that is never closed would swallow all that follows. So where a line begins a statement although a bracket
//! is open, the list of tokens is cut, and each part is parsed for itself: spans stay absolute.

use toml_parser::lexer::{Token, TokenKind};

use super::token::{self, HeaderLine};

/// The parts of a document, each without an end token. A sound document is one part.
pub(super) fn parts<'a>(text: &str, tokens: &'a [Token]) -> Vec<&'a [Token]> {
    let mut parts = Vec::new();
    let mut rest = tokens;
    let mut taken = 0;
    for cut in cuts(text, tokens) {
        let (part, after) = rest.split_at(cut.saturating_sub(taken).min(rest.len()));
        parts.push(part);
        rest = after;
        taken = cut;
    }
    parts.push(rest);
    parts
}

/// The tokens at which a statement begins although a bracket is open; none if all brackets close.
pub(super) fn cuts(text: &str, tokens: &[Token]) -> Vec<usize> {
    let brackets = Brackets::read(text, tokens, &[]);
    if brackets.sound {
        return Vec::new();
    }
    let headers = header_lines(text, tokens);
    let closed = Brackets::read(text, tokens, &headers).closed;
    let mut open: Vec<usize> = Vec::new();
    let mut cuts = Vec::new();
    let mut index = 0;
    let mut previous = None;
    while let Some(token) = tokens.get(index) {
        let begins_line = index == 0 || is_newline(tokens.get(index - 1));
        if begins_line
            && !open.is_empty()
            && begins_statement(text, tokens, index, &open, &closed, previous)
        {
            cuts.push(index);
            open.clear();
        }
        if begins_line && open.is_empty() && token::header_line(text, tokens, index).is_some() {
            index = token::line_end(tokens, index);
            continue;
        }
        match token.kind() {
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => open.push(index),
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => {
                open.pop();
            }
            _ => {}
        }
        if !token::is_blank(token.kind()) {
            previous = Some(token.kind());
        }
        index += 1;
    }
    cuts
}

/// Whether the line at `index` begins a statement, seen that the brackets at `open` are open there.
fn begins_statement(
    text: &str,
    tokens: &[Token],
    index: usize,
    open: &[usize],
    closed: &[bool],
    previous: Option<TokenKind>,
) -> bool {
    if token::header_line(text, tokens, index).is_some_and(|header| header.certain) {
        return true;
    }
    let Some(&innermost) = open.last() else {
        return false;
    };
    let in_array = tokens
        .get(innermost)
        .is_some_and(|token| token.kind() == TokenKind::LeftSquareBracket);
    if token::key_line(tokens, index) {
        return in_array || !closed.get(innermost).copied().unwrap_or(false);
    }
    let awaits_value = matches!(
        previous,
        Some(TokenKind::Comma | TokenKind::LeftSquareBracket)
    );
    in_array && !awaits_value && token::lone_word(text, tokens, index)
}

/// The token indexes at which lines begin that can only be headers.
fn header_lines(text: &str, tokens: &[Token]) -> Vec<usize> {
    let begins_line = |index: usize| index == 0 || is_newline(tokens.get(index - 1));
    (0..tokens.len())
        .filter(|&index| begins_line(index))
        .filter(|&index| {
            token::header_line(text, tokens, index).is_some_and(|header: HeaderLine| header.certain)
        })
        .collect()
}

fn is_newline(token: Option<&Token>) -> bool {
    token.is_some_and(|token| token.kind() == TokenKind::Newline)
}

/// Which brackets of a document have a partner.
struct Brackets {
    /// For each token that is an opening bracket, whether it is closed.
    closed: Vec<bool>,
    /// Whether every bracket has its partner, and no `=` stands in an array.
    sound: bool,
}

impl Brackets {
    /// Pairs the brackets; none is paired across one of the `walls`, which are in order.
    fn read(text: &str, tokens: &[Token], walls: &[usize]) -> Self {
        let mut closed = vec![false; tokens.len()];
        let mut open: Vec<usize> = Vec::new();
        let mut sound = true;
        let mut walls = walls.iter().peekable();
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            let begins_line = index == 0 || is_newline(tokens.get(index - 1));
            if walls.next_if_eq(&&index).is_some() {
                sound &= open.is_empty();
                open.clear();
            }
            if begins_line && open.is_empty() && token::header_line(text, tokens, index).is_some() {
                index = token::line_end(tokens, index);
                continue;
            }
            let opener = match token.kind() {
                TokenKind::RightSquareBracket => Some(TokenKind::LeftSquareBracket),
                TokenKind::RightCurlyBracket => Some(TokenKind::LeftCurlyBracket),
                _ => None,
            };
            let kind_of = |index: &usize| tokens.get(*index).map(Token::kind);
            if let Some(opener) = opener {
                match open.pop() {
                    Some(partner) if kind_of(&partner) == Some(opener) => {
                        if let Some(closed) = closed.get_mut(partner) {
                            *closed = true;
                        }
                    }
                    _ => sound = false,
                }
            } else if token.kind() == TokenKind::Equals {
                sound &= open.last().and_then(kind_of) != Some(TokenKind::LeftSquareBracket);
            } else if matches!(
                token.kind(),
                TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket
            ) {
                open.push(index);
            }
            index += 1;
        }
        sound &= open.is_empty();
        Self { closed, sound }
    }
}
