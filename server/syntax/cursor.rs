//! Where a cursor stands in a document that may be broken: from the tokens, not from the tree.

use std::collections::HashMap;

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
    let tokens = token::read(text);
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
        if cuts.next_if_eq(&&index).is_some() {
            walk.frames.clear();
            walk.phase = Phase::default();
        }
        if walk.stops(token) {
            break;
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

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::{Cursor, Place, Step, cursor};

    fn path(steps: &[Step]) -> String {
        let steps = steps.iter().map(|step| match step {
            Step::Key(name) => name.clone(),
            Step::Index(index) => format!("#{index}"),
        });
        steps.collect::<Vec<_>>().join(".")
    }

    fn describe(text: &str, found: &Cursor) -> String {
        let place = match &found.place {
            Place::Key {
                typed,
                span,
                has_value,
            } => {
                let value = if *has_value { ", has a value" } else { "" };
                format!("key: {typed:?} over {:?}{value}", span.of(text))
            }
            Place::Value {
                typed,
                span,
                quoted,
                closed,
            } => {
                let quoted = if *quoted { ", quoted" } else { "" };
                let closed = if *closed { ", closed" } else { "" };
                format!("value: {typed:?} over {:?}{quoted}{closed}", span.of(text))
            }
            Place::Header { typed, span, array } => {
                let array = if *array { ", array" } else { "" };
                format!("header: {typed:?} over {:?}{array}", span.of(text))
            }
            Place::Comment { typed, .. } => format!("comment: {typed:?}"),
            Place::Nothing => "nothing".to_owned(),
        };
        format!("    at `{}`, {place}\n", path(&found.path))
    }

    fn check(fixtures: &[&str], expected: &Expect) {
        let mut report = String::new();
        for fixture in fixtures {
            let (before, after) = fixture.split_once("<|>").expect("a cursor");
            let text = format!("{before}{after}");
            let offset = u32::try_from(before.len()).expect("the text is short");
            report.push_str(&format!("{fixture:?}\n"));
            report.push_str(&describe(&text, &cursor(&text, offset)));
        }
        expected.assert_eq(&report);
    }

    #[test]
    fn keys() {
        check(
            &[
                "<|>",
                "la<|>",
                "<|>language = \"go\"",
                "la<|>nguage = \"go\"",
                "language<|> = \"go\"",
                "language <|>= \"go\"",
                "a = 1\n<|>\n[b]",
                "[runtime]\nim<|>",
                "runtime.im<|>",
                "runtime.<|>",
                "runtime.<|>image = \"x\"",
                "run<|>time.image = \"x\"",
                "a.b.c<|>\n",
                "\"a b<|>\" = 1",
                "'é<|>",
                "[a.\"b c\"]\nx<|>",
                "[[a]]\n[[a]]\nx<|>",
                "[[a]]\n[[a]]\n[a.b]\nx<|>",
                "[[a]]\n[[a.b]]\n[[a.b]]\n[[a]]\n[[a.b]]\nx<|>",
            ],
            &expect![[r#"
                "<|>"
                    at ``, key: "" over ""
                "la<|>"
                    at ``, key: "la" over "la"
                "<|>language = \"go\""
                    at ``, key: "" over "language", has a value
                "la<|>nguage = \"go\""
                    at ``, key: "la" over "language", has a value
                "language<|> = \"go\""
                    at ``, key: "language" over "language", has a value
                "language <|>= \"go\""
                    at ``, nothing
                "a = 1\n<|>\n[b]"
                    at ``, key: "" over ""
                "[runtime]\nim<|>"
                    at `runtime`, key: "im" over "im"
                "runtime.im<|>"
                    at `runtime`, key: "im" over "im"
                "runtime.<|>"
                    at `runtime`, key: "" over ""
                "runtime.<|>image = \"x\""
                    at `runtime`, key: "" over "image", has a value
                "run<|>time.image = \"x\""
                    at ``, key: "run" over "runtime", has a value
                "a.b.c<|>\n"
                    at `a.b`, key: "c" over "c"
                "\"a b<|>\" = 1"
                    at ``, key: "a b" over "\"a b\"", has a value
                "'é<|>"
                    at ``, key: "é" over "'é"
                "[a.\"b c\"]\nx<|>"
                    at `a.b c`, key: "x" over "x"
                "[[a]]\n[[a]]\nx<|>"
                    at `a.#1`, key: "x" over "x"
                "[[a]]\n[[a]]\n[a.b]\nx<|>"
                    at `a.#1.b`, key: "x" over "x"
                "[[a]]\n[[a.b]]\n[[a.b]]\n[[a]]\n[[a.b]]\nx<|>"
                    at `a.#1.b.#0`, key: "x" over "x"
            "#]],
        );
    }

    #[test]
    fn values() {
        check(
            &[
                "a = <|>",
                "a =<|>",
                "a = g<|>o",
                "a = \"<|>\"",
                "a = \"go<|>lang\"",
                "a = <|>\"go\"",
                "a = \"go\"<|>",
                "a = \"go\" <|>",
                "a = \"go<|>\nb = \"x\"",
                "a = \"x\\u00e9<|>y\"",
                "a = 1.5<|>",
                "a = 1.<|>",
                "a = tr<|>\n[b]",
                "a = \"\"\"\nx\n<|>y\"\"\"",
                "a = 'é<|>'",
                "a.b = <|>",
                "[t]\na.b = <|>\n[u]",
                "a = 1 <|>",
                "a = \"x # y<|>",
            ],
            &expect![[r#"
                "a = <|>"
                    at `a`, value: "" over ""
                "a =<|>"
                    at `a`, value: "" over ""
                "a = g<|>o"
                    at `a`, value: "g" over "go"
                "a = \"<|>\""
                    at `a`, value: "" over "\"\"", quoted, closed
                "a = \"go<|>lang\""
                    at `a`, value: "go" over "\"golang\"", quoted, closed
                "a = <|>\"go\""
                    at `a`, value: "" over "\"go\"", quoted, closed
                "a = \"go\"<|>"
                    at ``, nothing
                "a = \"go\" <|>"
                    at ``, nothing
                "a = \"go<|>\nb = \"x\""
                    at `a`, value: "go" over "\"go", quoted
                "a = \"x\\u00e9<|>y\""
                    at `a`, value: "xé" over "\"x\\u00e9y\"", quoted, closed
                "a = 1.5<|>"
                    at `a`, value: "1.5" over "1.5"
                "a = 1.<|>"
                    at `a`, value: "1." over "1."
                "a = tr<|>\n[b]"
                    at `a`, value: "tr" over "tr"
                "a = \"\"\"\nx\n<|>y\"\"\""
                    at `a`, value: "x\n" over "\"\"\"\nx\ny\"\"\"", quoted, closed
                "a = 'é<|>'"
                    at `a`, value: "é" over "'é'", quoted, closed
                "a.b = <|>"
                    at `a.b`, value: "" over ""
                "[t]\na.b = <|>\n[u]"
                    at `t.a.b`, value: "" over ""
                "a = 1 <|>"
                    at ``, nothing
                "a = \"x # y<|>"
                    at `a`, value: "x # y" over "\"x # y", quoted
            "#]],
        );
    }

    #[test]
    fn brackets() {
        check(
            &[
                "a = [<|>]",
                "a = [\"x\", <|>]",
                "a = [\"x\"<|>]",
                "a = [\"x\", \"<|>]\n[b]\nc = \"d\"",
                "a = [1, [2, <|>",
                "a = { <|> }",
                "a = { fr<|> }",
                "a = { fr<|>om = 1 }",
                "a = { from = <|> }",
                "a = { from = \"x\", <|>",
                "copy = [ { from = \"x\", <|>",
                "copy = [ { from = \"x\", <|>\n[build]\ntarget = \"x\"",
                "copy = [\n  { from = \"x\" },\n  { from = \"<|>\n]\n[build]\ntarget = \"x\"",
                "[t]\na = { b.c = { d<|>",
                "a = [ 1, # x<|>\n2]",
                "a = { b = 1 } <|>",
                "a = [1]\n<|>",
            ],
            &expect![[r##"
                "a = [<|>]"
                    at `a.#0`, value: "" over ""
                "a = [\"x\", <|>]"
                    at `a.#1`, value: "" over ""
                "a = [\"x\"<|>]"
                    at `a`, nothing
                "a = [\"x\", \"<|>]\n[b]\nc = \"d\""
                    at `a.#1`, value: "" over "\"", quoted
                "a = [1, [2, <|>"
                    at `a.#1.#1`, value: "" over ""
                "a = { <|> }"
                    at `a`, key: "" over ""
                "a = { fr<|> }"
                    at `a`, key: "fr" over "fr"
                "a = { fr<|>om = 1 }"
                    at `a`, key: "fr" over "from", has a value
                "a = { from = <|> }"
                    at `a.from`, value: "" over ""
                "a = { from = \"x\", <|>"
                    at `a`, key: "" over ""
                "copy = [ { from = \"x\", <|>"
                    at `copy.#0`, key: "" over ""
                "copy = [ { from = \"x\", <|>\n[build]\ntarget = \"x\""
                    at `copy.#0`, key: "" over ""
                "copy = [\n  { from = \"x\" },\n  { from = \"<|>\n]\n[build]\ntarget = \"x\""
                    at `copy.#1.from`, value: "" over "\"", quoted
                "[t]\na = { b.c = { d<|>"
                    at `t.a.b.c`, key: "d" over "d"
                "a = [ 1, # x<|>\n2]"
                    at `a`, comment: "# x"
                "a = { b = 1 } <|>"
                    at ``, nothing
                "a = [1]\n<|>"
                    at ``, key: "" over ""
            "##]],
        );
    }

    #[test]
    fn what_comes_below_an_open_bracket() {
        check(
            &[
                "a = [\"x\",\nlanguage = \"<|>\"",
                "a = [\"x\"\nla<|>\n[build]",
                "a = [\"x\",\nla<|>\n[build]\nb = 1",
                "a = {b = 1\nc = <|>\n[build]",
                "a = {\n  b = 1,\n  c = <|>\n}\n[build]",
                "a = [\n[build]\nta<|>",
                "a = [\n[st<|>",
                "[[copy]\nfr<|>",
                "[runtime\nim<|>",
                "a = [\n  [\"stage\"],\n  <|>\n]\n",
                "a = [\n  [stage],\n  <|>\n]",
                "run = \"\"\"\nFOO=1\n[ -f x ]\n\"\"\"\nla<|>",
            ],
            &expect![[r#"
                "a = [\"x\",\nlanguage = \"<|>\""
                    at `language`, value: "" over "\"\"", quoted, closed
                "a = [\"x\"\nla<|>\n[build]"
                    at ``, key: "la" over "la"
                "a = [\"x\",\nla<|>\n[build]\nb = 1"
                    at `a.#1`, value: "la" over "la"
                "a = {b = 1\nc = <|>\n[build]"
                    at `c`, value: "" over ""
                "a = {\n  b = 1,\n  c = <|>\n}\n[build]"
                    at `a.c`, value: "" over ""
                "a = [\n[build]\nta<|>"
                    at `build`, key: "ta" over "ta"
                "a = [\n[st<|>"
                    at ``, header: "st" over "st"
                "[[copy]\nfr<|>"
                    at `copy.#0`, key: "fr" over "fr"
                "[runtime\nim<|>"
                    at `runtime`, key: "im" over "im"
                "a = [\n  [\"stage\"],\n  <|>\n]\n"
                    at `a.#1`, value: "" over ""
                "a = [\n  [stage],\n  <|>\n]"
                    at `a.#1`, value: "" over ""
                "run = \"\"\"\nFOO=1\n[ -f x ]\n\"\"\"\nla<|>"
                    at ``, key: "la" over "la"
            "#]],
        );
    }

    #[test]
    fn headers_and_comments() {
        check(
            &[
                "[<|>",
                "[<|>]",
                "[st<|>",
                "[st<|>\n[build]",
                "[stages.bu<|>ild]",
                "[stages.<|>]",
                "[[st<|>]]",
                "[[st<|>",
                "[stages]<|>",
                "[ sta<|>ges . x ]",
                "# x<|> y",
                "a = 1 # x<|>",
                "<|># x",
                "[a]\n# é<|>",
            ],
            &expect![[r##"
                "[<|>"
                    at ``, header: "" over ""
                "[<|>]"
                    at ``, header: "" over ""
                "[st<|>"
                    at ``, header: "st" over "st"
                "[st<|>\n[build]"
                    at ``, header: "st" over "st"
                "[stages.bu<|>ild]"
                    at ``, header: "stages.bu" over "stages.build"
                "[stages.<|>]"
                    at ``, header: "stages." over "stages."
                "[[st<|>]]"
                    at ``, header: "st" over "st", array
                "[[st<|>"
                    at ``, header: "st" over "st", array
                "[stages]<|>"
                    at ``, nothing
                "[ sta<|>ges . x ]"
                    at ``, header: "sta" over "stages . x"
                "# x<|> y"
                    at ``, comment: "# x"
                "a = 1 # x<|>"
                    at ``, comment: "# x"
                "<|># x"
                    at ``, key: "" over ""
                "[a]\n# é<|>"
                    at `a`, comment: "# é"
            "##]],
        );
    }

    #[test]
    fn every_offset_of_every_text_has_a_place() {
        let text = "é = [ { \"𝒳\" = 'é, b.c = \"\\u00e9\n[[a.b]\n\"\"\"x\r\n# é\r[x] = = ]}";
        for end in 0..=text.len() {
            let Some(text) = text.get(..end) else {
                continue;
            };
            for offset in 0..=u32::try_from(end + 2).expect("the text is short") {
                let found = cursor(text, offset);
                let (Place::Key { span, .. }
                | Place::Value { span, .. }
                | Place::Header { span, .. }) = found.place
                else {
                    continue;
                };
                assert!(text.get(span.range()).is_some(), "{text:?} at {offset}");
            }
        }
    }
}
