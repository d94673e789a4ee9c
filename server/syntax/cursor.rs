//! Where a cursor stands in a document that may be broken: from the tokens, not from the tree.

use std::collections::HashMap;

use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

use super::{Step, recover, scalar, string, token};
use crate::text::Span;

/// Where a cursor stands in a possibly broken document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The table or array that the cursor is in, from the root. Items of arrays of tables are counted by their headers.
    pub path: Vec<Step>,
    /// What it stands in there.
    pub place: Place,
}

/// What a cursor stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In or before a key. The path is that of the table that the key goes into, a dotted prefix included.
    Key {
        /// What stands of the key before the cursor, without quotes.
        typed: String,
        /// The part of the key to replace, with quotes; empty if nothing stands there.
        span: Span,
        /// Whether an `=` follows.
        has_value: bool,
    },
    /// In a value, or where one is missing. The path ends with its key, or its index in an array.
    Value {
        /// The decoded text before the cursor.
        typed: String,
        /// The literal to replace, with quotes; empty if nothing stands there.
        span: Span,
        /// Whether it begins with a quote.
        quoted: bool,
        /// Whether it ends with one.
        closed: bool,
    },
    /// In a header. The path is empty.
    Header {
        /// The dotted parts before the cursor.
        typed: String,
        /// All between the brackets.
        span: Span,
        /// Whether it begins with two brackets.
        array: bool,
    },
    /// In a comment.
    Comment {
        /// The comment, with its `#`.
        span: Span,
        /// What stands of it before the cursor, with the `#`.
        typed: String,
    },
    /// Behind a complete key, value or header.
    Nothing,
}

/// Where the cursor at `offset` stands. An offset inside a character counts as its start.
pub fn cursor(text: &str, offset: u32) -> Cursor {
    let mut at = (offset as usize).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let tokens = Source::new(text).lex().into_vec();
    let cuts = recover::cuts(text, &tokens);
    let mut walk = Walk {
        text,
        tokens: &tokens,
        at,
        table: Vec::new(),
        items: HashMap::new(),
        frames: Vec::new(),
        phase: Phase::Key(KeyPhase::default()),
    };
    let mut cuts = cuts.iter().peekable();
    for (index, token) in tokens.iter().enumerate() {
        if walk.stops(token) {
            break;
        }
        if cuts.next_if_eq(&&index).is_some() {
            walk.frames.clear();
            walk.phase = Phase::default();
        }
        walk.pass(token);
    }
    walk.place()
}

/// The reading of the tokens before the cursor.
struct Walk<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    /// The table of the last header.
    table: Vec<Step>,
    /// How many items each array of tables has.
    items: HashMap<Vec<Step>, usize>,
    /// The open brackets.
    frames: Vec<Frame>,
    phase: Phase,
}

/// An open bracket.
struct Frame {
    path: Vec<Step>,
    /// The index of the item in an array; `None` in an inline table.
    index: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Phase {
    /// In a key, or where one may begin.
    Key(KeyPhase),
    /// Behind `=`, or where an item may begin.
    Value(Vec<Step>),
    /// In a value without quotes that begins and ends there.
    Bare(Vec<Step>, Span),
    /// Behind a value.
    Done,
    /// In a header.
    Header(HeaderPhase),
}

impl Default for Phase {
    fn default() -> Self {
        Self::Key(KeyPhase::default())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct KeyPhase {
    parts: Vec<String>,
    /// Whether the last part is complete: neither a dot nor nothing stands at its end.
    complete: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct HeaderPhase {
    parts: Vec<String>,
    array: bool,
    /// Where its brackets end.
    start: usize,
    closed: bool,
}

impl Walk<'_> {
    /// Whether the cursor stands in or before a token.
    fn stops(&self, token: &Token) -> bool {
        let span = token.span();
        let touches_end = token::is_key(token.kind()) || token.kind() == TokenKind::Comment;
        self.at < span.end()
            || touches_end && self.at == span.end()
            || token.kind() == TokenKind::Eof
    }

    /// Reads a token that lies wholly before the cursor.
    fn pass(&mut self, token: &Token) {
        if token.kind() == TokenKind::Newline {
            return self.pass_newline();
        }
        if matches!(token.kind(), TokenKind::Whitespace | TokenKind::Comment) {
            return;
        }
        match std::mem::replace(&mut self.phase, Phase::Done) {
            Phase::Header(header) => self.pass_in_header(token, header),
            Phase::Key(key) => self.pass_in_key(token, key),
            Phase::Value(path) => self.pass_in_value(token, path),
            Phase::Bare(path, span) => self.pass_in_bare(token, path, span),
            Phase::Done => self.pass_separator(token),
        }
    }

    fn pass_newline(&mut self) {
        if let Phase::Header(header) = &self.phase {
            let (parts, array) = (header.parts.clone(), header.array);
            self.enter(&parts, array);
        }
        if self.frames.is_empty() {
            self.phase = Phase::default();
        }
    }

    /// Goes to the table of a header.
    fn enter(&mut self, parts: &[String], array: bool) {
        let mut path = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            path.push(Step::Key(part.clone()));
            if array && index + 1 == parts.len() {
                *self.items.entry(path.clone()).or_default() += 1;
            }
            if let Some(count) = self.items.get(&path) {
                path.push(Step::Index(count.saturating_sub(1)));
            }
        }
        self.table = path;
    }

    fn pass_in_header(&mut self, token: &Token, mut header: HeaderPhase) {
        match token.kind() {
            TokenKind::LeftSquareBracket if header.start == token.span().start() => {
                header.array = true;
                header.start = token.span().end();
            }
            TokenKind::RightSquareBracket => header.closed = true,
            kind if token::is_key(kind) && !header.closed => {
                header.parts.push(self.name(token));
            }
            _ => {}
        }
        self.phase = Phase::Header(header);
    }

    fn pass_in_key(&mut self, token: &Token, mut key: KeyPhase) {
        match token.kind() {
            TokenKind::LeftSquareBracket if self.frames.is_empty() && key.parts.is_empty() => {
                self.phase = Phase::Header(HeaderPhase {
                    parts: Vec::new(),
                    array: false,
                    start: token.span().end(),
                    closed: false,
                });
            }
            TokenKind::Equals => {
                let mut path = self.base();
                path.extend(key.parts.into_iter().map(Step::Key));
                self.phase = Phase::Value(path);
            }
            TokenKind::Dot => {
                key.complete = false;
                self.phase = Phase::Key(key);
            }
            kind if token::is_key(kind) && !key.complete => {
                key.parts.push(self.name(token));
                key.complete = true;
                self.phase = Phase::Key(key);
            }
            _ => self.pass_separator(token),
        }
    }

    fn pass_in_value(&mut self, token: &Token, path: Vec<Step>) {
        match token.kind() {
            TokenKind::LeftSquareBracket => {
                let mut item = path.clone();
                item.push(Step::Index(0));
                self.frames.push(Frame {
                    path,
                    index: Some(0),
                });
                self.phase = Phase::Value(item);
            }
            TokenKind::LeftCurlyBracket => {
                self.frames.push(Frame { path, index: None });
                self.phase = Phase::default();
            }
            TokenKind::Atom | TokenKind::Dot => self.phase = Phase::Bare(path, token::span(token)),
            TokenKind::Equals => self.phase = Phase::Value(path),
            _ => self.pass_separator(token),
        }
    }

    /// A bare value goes on as long as nothing parts it: `1.5`.
    fn pass_in_bare(&mut self, token: &Token, path: Vec<Step>, span: Span) {
        let joined = token.span().start() == span.end as usize
            && matches!(token.kind(), TokenKind::Atom | TokenKind::Dot);
        if joined {
            self.phase = Phase::Bare(path, span.cover(token::span(token)));
        } else {
            self.pass_separator(token);
        }
    }

    /// A comma or a closing bracket, or what does not belong there.
    fn pass_separator(&mut self, token: &Token) {
        self.phase = Phase::Done;
        match token.kind() {
            TokenKind::Comma => {
                let Some(frame) = self.frames.last_mut() else {
                    return;
                };
                self.phase = match &mut frame.index {
                    Some(index) => {
                        *index += 1;
                        let mut path = frame.path.clone();
                        path.push(Step::Index(*index));
                        Phase::Value(path)
                    }
                    None => Phase::default(),
                };
            }
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => {
                self.frames.pop();
            }
            _ => {}
        }
    }

    /// The table that a key goes into.
    fn base(&self) -> Vec<Step> {
        let frame = self.frames.last().map(|frame| &frame.path);
        frame.unwrap_or(&self.table).clone()
    }

    fn name(&self, part: &Token) -> String {
        let (key, _) = scalar::key(self.text, token::span(part), part.kind().encoding());
        key.map_or_else(String::new, |key| key.name)
    }

    /// What the cursor stands in, all before it being read.
    fn place(&self) -> Cursor {
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
            Phase::Bare(path, span) => self.in_bare(path, *span, token),
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
        let closed = string::is_closed(literal.of(self.text));
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
