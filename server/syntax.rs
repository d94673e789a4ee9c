//! The document tree: TOML text to tables, keys and values with their places, whatever state the text is in.

mod comment;
#[cfg(test)]
mod conformance;
pub mod cursor;
mod draft;
mod error;
mod newer;
mod recover;
mod scalar;
pub mod string;
mod token;
mod tree;

use toml_parser::lexer::{Token, TokenKind};
use toml_parser::parser::{Event, RecursionGuard, parse_document};
use toml_parser::{ParseError, Source};

use crate::text::Span;

/// Reads a document, whatever state it is in.
pub fn parse(text: &str) -> Document {
    let tokens = Source::new(text).lex().into_vec();
    let (parts, problems) = events(text, &tokens);
    let mut reader = tree::Reader::new(text);
    let mut newer_syntax = Vec::new();
    for events in &parts {
        reader.read(events);
        newer::in_tables(text, events, &mut newer_syntax);
    }
    for literal in &reader.literals {
        newer::in_literal(text, literal, &mut newer_syntax);
    }
    newer_syntax.sort_by_key(|newer| newer.span);
    let wording = error::Wording {
        text,
        tokens: &tokens,
    };
    let mut errors = std::mem::take(&mut reader.errors);
    errors.extend(problems.iter().filter_map(|problem| wording.of(problem)));
    let mut errors = error::first_of_each(errors, &reader.statements);
    errors.extend(unreadable(text, &tokens));
    errors.append(&mut reader.drafts.errors);
    errors.sort_by_key(|error| error.span);
    let comments = comment::place(text, &reader);
    Document {
        root: reader.drafts.finish(draft::Drafts::ROOT),
        errors,
        comments,
        newer_syntax,
        byte_order_mark: text.starts_with('\u{feff}'),
    }
}

/// The parser's events, part by part, and its errors.
fn events(text: &str, tokens: &[Token]) -> (Vec<Vec<Event>>, Vec<ParseError>) {
    let mut problems: Vec<ParseError> = Vec::new();
    let end = tokens.last().copied();
    let mut parts = Vec::new();
    for part in recover::parts(text, tokens) {
        let mut part = part.to_vec();
        if part.last().map(Token::kind) != Some(TokenKind::Eof) {
            part.extend(end);
        }
        let mut events: Vec<Event> = Vec::new();
        let levels = u32::try_from(draft::MAX_DEPTH).unwrap_or(u32::MAX);
        let mut guard = RecursionGuard::new(&mut events, levels);
        parse_document(&part, &mut guard, &mut problems);
        parts.push(events);
    }
    (parts, problems)
}

/// What TOML allows neither in comments nor between lines.
fn unreadable(text: &str, tokens: &[Token]) -> Vec<SyntaxError> {
    let mut errors = Vec::new();
    let mut lone_return = None;
    for token in tokens {
        let span = token::span(token);
        match token.kind() {
            TokenKind::Comment => errors.extend(comment::check(text, span)),
            // A file with old line ends has one mistake, not one per line.
            TokenKind::Newline if lone_return.is_none() && span.of(text) == "\r" => {
                lone_return = Some(error::lone_carriage_return(span));
            }
            _ => {}
        }
    }
    errors.extend(lone_return);
    errors
}

/// A read document. It exists for every text.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// The top-level table.
    pub root: Table,
    /// What is not TOML, in order of place. The only source of syntax errors.
    pub errors: Vec<SyntaxError>,
    /// Every comment, in order.
    pub comments: Vec<Comment>,
    /// Places that TOML 1.0 readers refuse, in order.
    pub newer_syntax: Vec<NewerSyntax>,
    /// Whether the text begins with a byte-order mark.
    pub byte_order_mark: bool,
}

/// A table in any notation.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Its keys in file order, each once: what a second `[a]` adds lands behind the first one's keys.
    pub entries: Vec<Entry>,
    /// How it is written.
    pub notation: Notation,
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Notation {
    /// The document itself.
    #[default]
    Root,
    /// `[name]`.
    Header,
    /// One `[[name]]`.
    ArrayItem,
    /// `{ … }`.
    Inline,
    /// Only named on the way: `a` in `[a.b]` or in `a.b = 1`.
    Implicit,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key where it first stands.
    pub key: Key,
    /// The value.
    pub value: Node,
}

/// One key of a possibly dotted path.
#[derive(Debug, Clone)]
pub struct Key {
    /// Without quotes, escapes resolved.
    pub name: String,
    /// With quotes.
    pub span: Span,
}

/// A value with its place.
#[derive(Debug, Clone)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// The smallest span that stands for it: a scalar's literal with quotes, an array with its brackets, an inline table
    /// with its braces, the header (`[x]`, `[[x]]`, with brackets) of a table that has one, the key of an implicit table,
    /// the first header of an array of tables.
    pub span: Span,
    /// Everything that belongs to it: for a table with a header, from the header to the end of its last value (its own
    /// sub-tables written right below included); otherwise the same as `span`.
    pub extent: Span,
}

/// A value.
#[derive(Debug, Clone)]
pub enum Value {
    /// A string, decoded.
    String(String),
    /// An integer that fits 64 bits.
    Integer(i64),
    /// A float.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A date or time, as written.
    Datetime(String),
    /// An array, or an array of tables.
    Array(Vec<Node>),
    /// A table.
    Table(Table),
    /// Not readable: a missing value, a bare word, an unclosed string. A syntax error lies on it.
    Invalid,
}

/// A place that is not TOML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong, as a message of ours.
    pub message: String,
    /// The smallest span that must change.
    pub span: Span,
    /// What was expected there, or what to do; may be empty.
    pub help: String,
    /// What kind of error it is.
    pub kind: SyntaxErrorKind,
}

/// The kinds of syntax error that are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// Anything that TOML's grammar refuses.
    Grammar,
    /// A key or table that is there already.
    Duplicate {
        /// The key's dotted path.
        path: String,
        /// Where it stands first.
        first: Span,
        /// The whole entry or header that comes second, to remove.
        entry: Span,
    },
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// With its `#`, without the line break.
    pub span: Span,
    /// Whether only blanks stand before it on its line.
    pub alone: bool,
    /// What it belongs to.
    pub place: CommentPlace,
}

/// What a comment belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommentPlace {
    /// Behind a key's value on its last line or behind a header, or alone above one: the key with its value, or the whole
    /// table with the header (`Node::extent`). Several comment lines above one key all belong to it; an empty line parts.
    Node(Span),
    /// Before the first key or header of the file and followed by an empty line, or `ignore-file` anywhere before it.
    Top,
    /// Inside a multi-line array or inline table, at the end of the file, or before an empty line: nothing's.
    Nothing,
}

/// A use of TOML 1.1 that TOML 1.0 refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewerSyntax {
    /// The smallest span that shows it.
    pub span: Span,
    /// What it is, such as "a trailing comma in an inline table".
    pub what: &'static str,
    /// What to write instead at `span`, if a replacement is certain.
    pub replacement: Option<String>,
}

/// One step of a path to a node.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// Into a table.
    Key(String),
    /// Into an array, from 0.
    Index(usize),
}

impl Table {
    /// The entry with this key.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.name == name)
    }

    /// The value of this key.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.entry(name).map(|entry| &entry.value)
    }
}

impl Node {
    /// The table, if it is one.
    pub fn table(&self) -> Option<&Table> {
        if let Value::Table(table) = &self.value {
            Some(table)
        } else {
            None
        }
    }

    /// The items, if it is an array.
    pub fn items(&self) -> Option<&[Self]> {
        if let Value::Array(items) = &self.value {
            Some(items)
        } else {
            None
        }
    }

    /// The decoded text, if it is a string.
    pub fn string(&self) -> Option<&str> {
        if let Value::String(text) = &self.value {
            Some(text)
        } else {
            None
        }
    }
}

/// A node on a path, with the key that names it.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The key's span; the array's key for an item of an array, the item's own span where there is none.
    pub key: Span,
    /// The node.
    pub node: &'a Node,
}

impl Document {
    /// The node at a path, if it is there; the root has none.
    pub fn find(&self, path: &[Step]) -> Option<Found<'_>> {
        let (first, rest) = path.split_first()?;
        let Step::Key(name) = first else { return None };
        let entry = self.root.entry(name)?;
        let mut found = Found {
            key: entry.key.span,
            node: &entry.value,
        };
        for step in rest {
            found = match (step, &found.node.value) {
                (Step::Key(name), Value::Table(table)) => {
                    let entry = table.entry(name)?;
                    Found {
                        key: entry.key.span,
                        node: &entry.value,
                    }
                }
                (Step::Index(index), Value::Array(items)) => Found {
                    key: found.key,
                    node: items.get(*index)?,
                },
                _ => return None,
            };
        }
        Some(found)
    }
}
