//! What the cursor stands in, once all before it is read.

use toml_parser::lexer::{Token, TokenKind};

use super::walk::{HeaderPhase, KeyPhase, Phase, Walk};
use super::{Cursor, Place};
use crate::syntax::{Step, string, token};
use crate::text::Span;

impl Walk<'_> {
    /// What the cursor stands in, all before it being read.
    pub(super) fn place(&self) -> Cursor {
        let token = self.touched();
        if let Some(comment) = token
            .filter(|token| token.kind() == TokenKind::Comment && token.span().start() < self.at)
        {
            let span = token::span(comment);
            let typed = Span::new(span.start as usize, self.at)
                .of(self.text)
                .to_owned();
            return Cursor {
                path: self.base(),
                place: Place::Comment { span, typed },
            };
        }
        let token = token.filter(|token| token::is_key(token.kind()));
        match &self.phase {
            Phase::Key(key) => self.in_key(key, token),
            Phase::Value(path) => self.in_value(path, token),
            Phase::Bare(path, span) => {
                let token = token.filter(|token| token.kind() == TokenKind::Atom);
                self.in_bare(path, *span, token)
            }
            Phase::Header(header) => self.in_header(header),
            Phase::Done => self.nothing(),
        }
    }

    /// The token in which the cursor stands, or at whose end, or else before which.
    fn touched(&self) -> Option<&Token> {
        let index = self
            .tokens
            .partition_point(|token| token.span().end() < self.at);
        let touching = self.tokens.get(index..).unwrap_or_default().iter().take(2);
        let mut touching = touching.filter(|token| {
            token.span().start() <= self.at
                && (token::is_key(token.kind()) || token.kind() == TokenKind::Comment)
        });
        touching.next()
    }

    fn nothing(&self) -> Cursor {
        Cursor {
            path: self.base(),
            place: Place::Nothing,
        }
    }

    fn in_key(&self, key: &KeyPhase, token: Option<&Token>) -> Cursor {
        if key.complete {
            return self.nothing();
        }
        let mut path = self.base();
        path.extend(key.parts.iter().cloned().map(Step::Key));
        let span = token.map_or(Span::new(self.at, self.at), token::span);
        let before = Span::new(span.start as usize, self.at.max(span.start as usize));
        let quoted = token.is_some_and(|token| token.kind() != TokenKind::Atom);
        let typed = if quoted {
            self.decoded(span)
        } else {
            before.of(self.text).to_owned()
        };
        Cursor {
            path,
            place: Place::Key {
                typed,
                span,
                has_value: self.equals_follows(span),
            },
        }
    }

    /// Whether an `=` comes after the key, on its line.
    fn equals_follows(&self, span: Span) -> bool {
        let index = self
            .tokens
            .partition_point(|token| token.span().start() < span.end as usize);
        let rest = self.tokens.get(index..).unwrap_or_default();
        let mut rest = rest.iter().map(Token::kind).skip_while(|kind| {
            token::is_key(*kind) || matches!(kind, TokenKind::Dot | TokenKind::Whitespace)
        });
        rest.next() == Some(TokenKind::Equals)
    }

    fn in_value(&self, path: &[Step], token: Option<&Token>) -> Cursor {
        let Some(token) = token else {
            return Self::value(path, String::new(), Span::new(self.at, self.at));
        };
        if token.kind() == TokenKind::Atom {
            return self.in_bare(path, Span::new(self.at, self.at), Some(token));
        }
        let literal = token::span(token);
        let closed = string::is_closed(literal.of(self.text)) && !self.ends_in_the_next(literal);
        if closed && self.at == literal.end as usize {
            return self.nothing();
        }
        let span = if closed {
            literal
        } else {
            self.unclosed(literal)
        };
        Cursor {
            path: path.to_vec(),
            place: Place::Value {
                typed: self.decoded(literal),
                span,
                quoted: true,
                closed,
            },
        }
    }

    /// Whether a string of one line has the opening quote of the next one for its end, as in `{ a = "x, b = "y" }`: then
    /// the text of that one stands right behind it.
    fn ends_in_the_next(&self, literal: Span) -> bool {
        let rest = self.text.get(literal.end as usize..).unwrap_or_default();
        let written = literal.of(self.text);
        let is_short = !written.starts_with("\"\"\"") && !written.starts_with("'''");
        let content = Span::new(self.at, literal.end as usize).of(self.text);
        let holds_separator = content.contains([',', ']', '}']);
        let ends = |it: char| it.is_whitespace() || matches!(it, ',' | ']' | '}' | '#');
        is_short && holds_separator && rest.starts_with(|it| !ends(it))
    }

    /// The decoded text of a literal before the cursor.
    fn decoded(&self, literal: Span) -> String {
        let offset = Span::new(self.at, self.at).start;
        if literal.end <= offset && string::is_closed(literal.of(self.text)) {
            return string::decoded_before(self.text, literal, literal.end - 1);
        }
        string::decoded_before(self.text, literal, offset)
    }

    /// What of an unclosed string is meant by it: up to the cursor, and to the end of the word there.
    fn unclosed(&self, literal: Span) -> Span {
        let start = literal.start as usize;
        let at = self.at.max(start + 1);
        let rest = Span::new(at, literal.end as usize).of(self.text);
        let ends = |found: char| found.is_whitespace() || matches!(found, ',' | ']' | '}' | '#');
        let word = rest.find(ends).unwrap_or(rest.len());
        Span::new(start, at + word)
    }

    fn in_bare(&self, path: &[Step], before: Span, token: Option<&Token>) -> Cursor {
        let adjoins = before.end as usize == self.at
            || token.is_some_and(|token| token.span().start() == before.end as usize);
        if !adjoins {
            return self.nothing();
        }
        let mut span = before;
        let index = self
            .tokens
            .partition_point(|token| token.span().start() < before.end as usize);
        let index = match token {
            Some(token) => index.min(
                self.tokens
                    .partition_point(|other| other.span().start() < token.span().start()),
            ),
            None => index,
        };
        for token in self.tokens.get(index..).unwrap_or_default() {
            if !matches!(token.kind(), TokenKind::Atom | TokenKind::Dot) {
                break;
            }
            span = span.cover(token::span(token));
        }
        let typed = Span::new(span.start as usize, self.at);
        Self::value(path, typed.of(self.text).to_owned(), span)
    }

    fn value(path: &[Step], typed: String, span: Span) -> Cursor {
        Cursor {
            path: path.to_vec(),
            place: Place::Value {
                typed,
                span,
                quoted: false,
                closed: false,
            },
        }
    }

    fn in_header(&self, header: &HeaderPhase) -> Cursor {
        if header.closed {
            return self.nothing();
        }
        let index = self
            .tokens
            .partition_point(|token| token.span().start() < header.start);
        let mut parts = Span::new(header.start, header.start);
        for token in self.tokens.get(index..).unwrap_or_default() {
            match token.kind() {
                TokenKind::Whitespace => {}
                kind if token::is_key(kind) || kind == TokenKind::Dot => {
                    let span = token::span(token);
                    parts = if parts.is_empty() {
                        span
                    } else {
                        parts.cover(span)
                    };
                }
                _ => break,
            }
        }
        if !parts.is_empty() && self.at > parts.end as usize {
            return self.nothing();
        }
        if parts.is_empty() || self.at < parts.start as usize {
            parts = Span::new(
                self.at,
                parts.end.max(Span::new(self.at, self.at).end) as usize,
            );
        }
        let typed = Span::new(parts.start as usize, self.at.max(parts.start as usize));
        Cursor {
            path: Vec::new(),
            place: Place::Header {
                typed: typed.of(self.text).replace([' ', '\t', '"', '\''], ""),
                span: parts,
                array: header.array,
            },
        }
    }
}
