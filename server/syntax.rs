//! The document tree: TOML text to tables, keys and values with their places, whatever state the text is in.

pub(crate) mod beside;
mod comment;
#[cfg(test)]
mod conformance;
pub mod cursor;
mod draft;
mod error;
pub(crate) mod insertion;
pub mod key_paths;
mod newer;
mod recover;
pub(crate) mod removal;
mod scalar;
pub mod string;
pub mod suppression;
mod token;
mod tree;

use toml_parser::ParseError;
use toml_parser::lexer::{Token, TokenKind};
use toml_parser::parser::{Event, RecursionGuard, parse_document};

use crate::text::Span;

/// Reads a document, whatever state it is in.
pub fn parse(text: &str) -> Document {
    let tokens = token::read(text);
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

    /// The node at a path, if it is there; the table itself has none.
    pub fn find(&self, path: &[Step]) -> Option<Found<'_>> {
        let (first, rest) = path.split_first()?;
        let Step::Key(name) = first else { return None };
        let entry = self.entry(name)?;
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
        self.root.find(path)
    }

    /// The path of the deepest key or value that a cursor at `offset` touches; `None` where only the root is.
    ///
    /// A key with its value is touched in between, too.
    pub fn path_at(&self, offset: u32) -> Option<Vec<Step>> {
        let mut path = self.root.path_at(offset)?;
        path.reverse();
        Some(path)
    }
}

impl Table {
    /// The path to what is touched, the last step first.
    fn path_at(&self, offset: u32) -> Option<Vec<Step>> {
        let paths = self.entries.iter().filter_map(|entry| {
            let mut path = entry.value.path_at(offset).or_else(|| {
                let touched = entry.span().touches(offset);
                touched.then(Vec::new)
            })?;
            path.push(Step::Key(entry.key.name.clone()));
            Some(path)
        });
        // Of two that touch in one place, such as a key on the way and what it leads to, the deeper one is meant.
        paths.max_by_key(Vec::len)
    }
}

impl Entry {
    /// The key with its value where the two stand in one place, otherwise the key alone.
    fn span(&self) -> Span {
        let table = self.value.table();
        let together = table.is_none_or(|table| table.notation == Notation::Inline);
        let tables = self.value.items().and_then(<[Node]>::first);
        let headers = tables
            .and_then(Node::table)
            .is_some_and(|table| table.notation == Notation::ArrayItem);
        if together && !headers {
            self.key.span.cover(self.value.span)
        } else {
            self.key.span
        }
    }
}

impl Node {
    /// The path to what is touched in it, the last step first; empty if it is the node itself.
    fn path_at(&self, offset: u32) -> Option<Vec<Step>> {
        let inner = match &self.value {
            Value::Table(table) => table.path_at(offset),
            Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| {
                let mut path = item.path_at(offset)?;
                path.push(Step::Index(index));
                Some(path)
            }),
            _ => None,
        };
        inner.or_else(|| self.span.touches(offset).then(Vec::new))
    }
}

#[cfg(test)]
mod tests {
    use super::{CommentPlace, Step, SyntaxErrorKind, Value, parse};
    use crate::text::Span;

    fn path_at(fixture: &str) -> String {
        let (before, after) = fixture.split_once("<|>").expect("a cursor");
        let offset = u32::try_from(before.len()).expect("the text is short");
        let path = parse(&format!("{before}{after}")).path_at(offset);
        let steps = path.unwrap_or_default().into_iter().map(|step| match step {
            Step::Key(name) => name,
            Step::Index(index) => index.to_string(),
        });
        steps.collect::<Vec<_>>().join(".")
    }

    #[test]
    fn a_cursor_touches_the_deepest_node() {
        assert_eq!(path_at("a<|> = 1"), "a");
        assert_eq!(path_at("a = <|>1"), "a");
        assert_eq!(path_at("a = 1 <|>"), "");
        assert_eq!(path_at("a.b<|> = 1"), "a.b");
        assert_eq!(path_at("<|>a.b = 1"), "a");
        assert_eq!(path_at("a = [1, { b = <|>2 }]"), "a.1.b");
        assert_eq!(path_at("a = [1,<|> { b = 2 }]"), "a");
        assert_eq!(path_at("[t]\na = 1\n[t.u<|>]\nb = 2"), "t.u");
        assert_eq!(path_at("[[t]]\n[[t]]\na = \"é<|>\""), "t.1.a");
        assert_eq!(path_at("[[t]]\n[t.u<|>]\n"), "t.0.u");
    }

    /// What each comment belongs to: the text of it, or its kind.
    fn comments(text: &str) -> Vec<String> {
        let comments = parse(text).comments;
        let places = comments.iter().map(|comment| match comment.place {
            CommentPlace::Node(span) => span.of(text).to_owned(),
            CommentPlace::Top => "top".to_owned(),
            CommentPlace::Nothing => "nothing".to_owned(),
        });
        places.collect()
    }

    #[test]
    fn comments_belong_to_the_key_behind_or_below_them() {
        assert_eq!(comments("a = 1 # x"), ["a = 1"]);
        assert_eq!(
            comments("a.b = 1\n# x\n  # y\nc.d = 2"),
            ["c.d = 2", "c.d = 2"]
        );
        assert_eq!(
            comments("a = [ # x\n1, # y\n# z\n] # end"),
            ["nothing", "nothing", "nothing", "a = [ # x\n1, # y\n# z\n]"]
        );
        assert_eq!(comments("a = 1\n# x\n\nb = 2"), ["nothing"]);
        assert_eq!(comments("a = 1\n# x\n"), ["nothing"]);
    }

    #[test]
    fn a_header_brings_its_whole_table() {
        let text = "# x\n[a] # y\nb = 1\n[a.c]\nd = 2\n[e]\n";
        let table = "[a] # y\nb = 1\n[a.c]\nd = 2";
        assert_eq!(comments(text), [table, table]);
        assert_eq!(
            comments("[[a]] # x\nb = 1\n[[a]]\nb = 2"),
            ["[[a]] # x\nb = 1"]
        );
    }

    #[test]
    fn comments_at_the_top_stand_for_the_file() {
        assert_eq!(comments("# x\n# y\n\na = 1"), ["top", "top"]);
        assert_eq!(comments("# x\na = 1"), ["a = 1"]);
        let text = "# docksmith: ignore-file[x]\n# y\na = 1";
        assert_eq!(comments(text), ["top", "a = 1"]);
        let text = "# y\n# docksmith: ignore-file[x]\na = 1";
        assert_eq!(comments(text), ["nothing", "top"]);
        assert_eq!(
            comments("a = 1\n# docksmith: ignore-file[x]\nb = 1"),
            ["b = 1"]
        );
    }

    /// Each use of newer syntax: its text and what replaces it.
    fn newer(text: &str) -> Vec<(String, Option<String>)> {
        let found = parse(text).newer_syntax.into_iter();
        found
            .map(|newer| (newer.span.of(text).to_owned(), newer.replacement))
            .collect()
    }

    fn replaced(span: &str, replacement: &str) -> (String, Option<String>) {
        (span.to_owned(), Some(replacement.to_owned()))
    }

    #[test]
    fn newer_syntax_has_an_older_spelling() {
        assert_eq!(newer("a = { b = 1, }"), [replaced(",", "")]);
        assert_eq!(
            newer("a = \"\\e\\\\e\\xfF\""),
            [replaced("\\e", "\\u001B"), replaced("\\xfF", "\\u00FF")]
        );
        assert_eq!(
            newer("a = 07:32\nb = 1979-05-27 07:32Z"),
            [replaced("07:32", "07:32:00"), replaced("07:32", "07:32:00")]
        );
        let table = "{\n  b = 1,\n  c = [\n    1, 2,\n  ],\n}";
        let line = "{ b = 1, c = [ 1, 2, ] }";
        assert_eq!(newer(&format!("a = {table}")), [replaced(table, line)]);
        let table = "{\n  b = 1, # x\n}";
        assert_eq!(newer(&format!("a = {table}")), [(table.to_owned(), None)]);
        assert_eq!(
            newer("a = '\\e'\nb = [\n1,\n]\nc = 07:32:00\nd = { e = [\n1\n] }"),
            []
        );
    }

    #[test]
    fn a_second_table_adds_its_keys_to_the_first() {
        let text = "[a]\nb = 1\n[a]\nb = 2\nc = 3";
        let document = parse(text);
        let table = document.root.node("a").and_then(super::Node::table);
        let table = table.expect("a is a table");
        let names: Vec<_> = table.entries.iter().map(|entry| &entry.key.name).collect();
        assert_eq!(names, ["b", "c"]);
        assert!(matches!(
            table.node("b").map(|node| &node.value),
            Some(Value::Integer(1))
        ));
        let kinds: Vec<_> = document.errors.iter().map(|error| &error.kind).collect();
        let expected = SyntaxErrorKind::Duplicate {
            path: "a".to_owned(),
            first: Span::new(0, 3),
            entry: Span::new(10, 13),
        };
        assert_eq!(kinds, [&expected]);
    }

    #[test]
    fn places_count_the_byte_order_mark() {
        let text = "\u{feff}a = 1";
        let document = parse(text);
        assert!(document.byte_order_mark);
        let entry = document.root.entry("a").expect("a is set");
        assert_eq!(entry.key.span, Span::new(3, 4));
        assert_eq!(document.errors, []);
    }

    #[test]
    fn a_string_in_three_quotes_that_is_not_closed_is_one_error() {
        let text = "a = 1\n[[s]]\nrun = \"\"\"\nmake\nx = [\n[[s]]\nrun = \"\"\"\necho a b\n\"\"\"\n[c]\nd = 1\n";
        let document = parse(text);
        let errors: Vec<_> = document.errors.iter().map(|error| error.span).collect();
        assert_eq!(errors, [Span::new(18, 21)]);
        let items = document.root.node("s").and_then(super::Node::items);
        assert_eq!(items.map(<[_]>::len), Some(2));
        assert!(document.root.node("c").is_some());
    }

    #[test]
    fn deep_nesting_is_an_error_and_not_a_crash() {
        let texts = [
            format!("a = {}", "[".repeat(50_000)),
            format!("a = {}", "{a=".repeat(50_000)),
            format!("a = {}{}", "[".repeat(65), "]".repeat(65)),
            format!("[{}a]", "a.".repeat(50_000)),
            format!("{}a = 1", "a.".repeat(50_000)),
            format!(
                "[{}a]\n{}a = {{ {}a = 1 }}",
                "a.".repeat(40),
                "a.".repeat(40),
                "a.".repeat(40)
            ),
        ];
        for text in texts {
            assert!(!parse(&text).errors.is_empty());
        }
    }

    #[test]
    fn the_time_grows_with_the_text_and_no_faster() {
        let time = |count: usize| {
            let keys: String = (0..count)
                .map(|key| format!("key{key} = [ {{ a = 1 }}, \n # x\n"))
                .collect();
            let start = std::time::Instant::now();
            assert!(!parse(&keys).errors.is_empty());
            start.elapsed()
        };
        time(1_000);
        let (short, long) = (time(1_000), time(8_000));
        assert!(
            long < short * 40 + std::time::Duration::from_millis(200),
            "{short:?} {long:?}"
        );
    }
}
