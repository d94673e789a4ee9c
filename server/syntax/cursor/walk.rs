//! The reading of the tokens before the cursor.

use std::collections::HashMap;

use toml_parser::lexer::{Token, TokenKind};

use crate::syntax::{Step, scalar, token};
use crate::text::Span;

/// The reading of the tokens before the cursor.
pub(super) struct Walk<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
    /// The table of the last header.
    pub(super) table: Vec<Step>,
    /// How many items each array of tables has.
    pub(super) items: HashMap<Vec<Step>, usize>,
    /// The open brackets.
    pub(super) frames: Vec<Frame>,
    pub(super) phase: Phase,
}

/// An open bracket.
pub(super) struct Frame {
    pub(super) path: Vec<Step>,
    /// The index of the item in an array; `None` in an inline table.
    pub(super) index: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Phase {
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
pub(super) struct KeyPhase {
    pub(super) parts: Vec<String>,
    /// Whether the last part is complete: neither a dot nor nothing stands at its end.
    pub(super) complete: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HeaderPhase {
    pub(super) parts: Vec<String>,
    pub(super) array: bool,
    /// Where its brackets end.
    pub(super) start: usize,
    pub(super) closed: bool,
}

impl Walk<'_> {
    /// Whether the cursor stands in or before a token.
    pub(super) fn stops(&self, token: &Token) -> bool {
        let span = token.span();
        let touches_end = token::is_key(token.kind()) || token.kind() == TokenKind::Comment;
        self.at < span.end()
            || touches_end && self.at == span.end()
            || token.kind() == TokenKind::Eof
    }

    /// Reads a token that lies wholly before the cursor.
    pub(super) fn pass(&mut self, token: &Token) {
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
    pub(super) fn base(&self) -> Vec<Step> {
        let frame = self.frames.last().map(|frame| &frame.path);
        frame.unwrap_or(&self.table).clone()
    }

    fn name(&self, part: &Token) -> String {
        let (key, _) = scalar::key(self.text, token::span(part), part.kind().encoding());
        key.map_or_else(String::new, |key| key.name)
    }
}
