//! From the parser's events to tables, keys and values.

use toml_parser::decoder::Encoding;
use toml_parser::parser::{Event, EventKind};

use super::draft::{DraftNode, DraftValue, Drafts, Header, Insertion, TableId};
use super::{Key, SyntaxError, Value, error, scalar};
use crate::text::Span;

/// What a statement is, for the comments that belong to it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Statement {
    /// A key with its value.
    Pair(Span),
    /// A header with the table that it opens.
    Header(TableId),
    /// Something else, which no comment belongs to.
    Junk,
}

/// A comment and how it stands to the statements.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// Its place.
    pub(super) span: Span,
    /// How many statements begin before it.
    pub(super) statements: usize,
    /// Whether it stands inside a value.
    pub(super) inside: bool,
}

/// A literal that was read without a mistake.
#[derive(Debug, Clone, Copy)]
pub(super) struct Literal {
    /// Its place, with quotes.
    pub(super) span: Span,
    /// Its quotes; `None` for what has none.
    pub(super) encoding: Option<Encoding>,
}

/// What is read from the events of a document.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    text: &'a str,
    events: &'a [Event],
    at: usize,
    /// The table that keys go into, its path, and whether it stands there a second time.
    table: TableId,
    path: Vec<String>,
    again: bool,
    /// The open headers, each in the one before.
    open: Vec<(Vec<String>, TableId)>,
    /// All tables.
    pub(super) drafts: Drafts,
    /// Mistakes of grammar, in no order.
    pub(super) errors: Vec<SyntaxError>,
    /// Where statements begin, and what they are; in order.
    pub(super) statements: Vec<(u32, Statement)>,
    /// The comments, in order.
    pub(super) comments: Vec<Found>,
    /// The sound literals, in order.
    pub(super) literals: Vec<Literal>,
}

impl<'a> Reader<'a> {
    /// A reader of the events of a text.
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            events: &[],
            at: 0,
            table: Drafts::ROOT,
            path: Vec::new(),
            again: false,
            open: Vec::new(),
            drafts: Drafts::new(),
            errors: Vec::new(),
            statements: Vec::new(),
            comments: Vec::new(),
            literals: Vec::new(),
        }
    }

    /// Reads the events of one part of the document; brackets do not reach beyond it.
    pub(super) fn read(&mut self, events: &'a [Event]) {
        self.events = events;
        self.at = 0;
        let mut begins_line = true;
        while let Some(event) = self.next() {
            let begun = begins_line;
            begins_line = matches!(event.kind(), EventKind::Newline);
            match event.kind() {
                EventKind::StdTableOpen => self.header(span(event), false),
                EventKind::ArrayTableOpen => self.header(span(event), true),
                EventKind::SimpleKey => self.pair(event),
                EventKind::Comment => self.comment(event, false),
                EventKind::Whitespace => begins_line = begun,
                EventKind::Error if begun => {
                    self.statements.push((span(event).start, Statement::Junk));
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Option<&'a Event> {
        let event = self.events.get(self.at)?;
        self.at += 1;
        Some(event)
    }

    fn peek(&self) -> Option<EventKind> {
        self.events.get(self.at).map(Event::kind)
    }

    fn skip_blanks(&mut self) {
        while self.peek() == Some(EventKind::Whitespace) {
            self.at += 1;
        }
    }

    fn comment(&mut self, event: &Event, inside: bool) {
        self.comments.push(Found {
            span: span(event),
            statements: self.statements.len(),
            inside,
        });
    }

    /// A header up to its closing bracket.
    fn header(&mut self, opening: Span, array: bool) {
        let at = self.statements.len();
        self.statements.push((opening.start, Statement::Junk));
        self.skip_blanks();
        let keys = match self.next() {
            Some(event) if event.kind() == EventKind::SimpleKey => self.keys(event),
            _ => Keys::default(),
        };
        self.skip_blanks();
        let mut span = opening.cover(keys.span.unwrap_or(opening));
        let closing = self.events.get(self.at);
        if let Some(closing) = closing.filter(|event| closes_header(event.kind())) {
            span = span.cover(self::span(closing));
            self.at += 1;
        }
        let header = Header {
            keys: &keys.parts,
            span,
            array,
        };
        let opened = if keys.sound {
            self.drafts.open(header)
        } else {
            self.drafts.detached(span)
        };
        self.table = opened.table;
        self.again = opened.again;
        self.path = keys.parts.into_iter().map(|key| key.name).collect();
        self.enter(span.end);
        if let Some(statement) = self.statements.get_mut(at) {
            statement.1 = Statement::Header(opened.table);
        }
    }

    /// Leaves the headers that the new one does not lie in, and lets the others reach to its end.
    fn enter(&mut self, end: u32) {
        let path = &self.path;
        self.open
            .retain(|(open, _)| open.len() < path.len() && path.starts_with(open));
        if !self.again {
            self.open.push((path.clone(), self.table));
        }
        self.reach(end);
    }

    fn reach(&mut self, end: u32) {
        for (_, table) in &self.open {
            self.drafts.extend(*table, end);
        }
    }

    /// A key with its value.
    fn pair(&mut self, first: &'a Event) {
        let start = span(first).start;
        let at = self.statements.len();
        self.statements.push((start, Statement::Junk));
        let keys = self.keys(first);
        let Some(place) = keys.span else { return };
        self.skip_blanks();
        let node = if self.peek() == Some(EventKind::KeyValSep) {
            let equals = self.next().map(span).unwrap_or(place);
            self.value_after(equals, self.drafts.depth(self.table) + keys.parts.len())
        } else {
            self.unfinished(&keys)
        };
        let entry = place.cover(node.span);
        if let Some(statement) = self.statements.get_mut(at) {
            statement.1 = Statement::Pair(entry);
        }
        self.reach(entry.end);
        if keys.sound {
            let path = std::mem::take(&mut self.path);
            let insertion = Insertion {
                table: self.table,
                prefix: &path,
                keys: &keys.parts,
                entry,
                quiet: self.again,
            };
            self.drafts.insert(insertion, node);
            self.path = path;
        }
    }

    /// The value after an `=` at the top level.
    fn value_after(&mut self, equals: Span, depth: usize) -> DraftNode {
        while matches!(self.peek(), Some(EventKind::Whitespace | EventKind::Error)) {
            self.at += 1;
        }
        match self.events.get(self.at) {
            Some(event) if begins_value(event.kind()) => {
                self.at += 1;
                self.value(event, equals, depth)
            }
            _ => self.missing(equals),
        }
    }

    fn missing(&mut self, equals: Span) -> DraftNode {
        let error = error::missing_value(self.text, equals);
        let span = error.span;
        self.errors.push(error);
        invalid(span)
    }

    /// The stand-in for the value of a key without `=`.
    fn unfinished(&mut self, keys: &Keys) -> DraftNode {
        let span = keys.span.unwrap_or_default();
        let place = keys.parts.last().map_or(span, |key| key.span);
        if keys.sound {
            let spaced = self.spaced_key(span);
            let error = match spaced {
                Some(words) => error::spaced_key(self.text, words),
                None => error::missing_equals(self.text, span),
            };
            self.errors.push(error);
        }
        DraftNode {
            value: DraftValue::Unfinished,
            span: place,
        }
    }

    /// The words up to the `=`, if nothing but bare words stands between it and the key.
    fn spaced_key(&self, first: Span) -> Option<Span> {
        let mut words = first;
        for event in self.events.get(self.at..)? {
            let word = span(event);
            match (event.kind(), word.of(self.text)) {
                (EventKind::Whitespace, _) => {}
                (EventKind::Error, "=") => return (words != first).then_some(words),
                (EventKind::Error, text) if is_bare(text) => words = words.cover(word),
                _ => return None,
            }
        }
        None
    }

    /// A dotted key from its first part on.
    fn keys(&mut self, first: &Event) -> Keys {
        let mut keys = Keys {
            sound: true,
            ..Keys::default()
        };
        self.key_part(first, &mut keys);
        loop {
            let back = self.at;
            self.skip_blanks();
            if self.peek() != Some(EventKind::KeySep) {
                self.at = back;
                return keys;
            }
            let dot = self.next().map(span);
            keys.span = keys.span.zip(dot).map(|(keys, dot)| keys.cover(dot));
            self.skip_blanks();
            if let Some(event) = self
                .events
                .get(self.at)
                .filter(|event| event.kind() == EventKind::SimpleKey)
            {
                self.at += 1;
                self.key_part(event, &mut keys);
            }
        }
    }

    /// Whether something follows on the line that cannot follow a key.
    fn is_cut_short(&self) -> bool {
        let rest = self.events.get(self.at..).unwrap_or_default();
        let mut rest = rest.iter().map(Event::kind);
        let next = rest.find(|kind| *kind != EventKind::Whitespace);
        next.is_none_or(|kind| kind == EventKind::Error || begins_value(kind))
    }

    fn key_part(&mut self, event: &Event, keys: &mut Keys) {
        let place = span(event);
        let (key, problem) = scalar::key(self.text, place, event.encoding());
        let trailing_colon =
            event.encoding().is_none() && place.of(self.text).ends_with(':') && self.is_cut_short();
        match problem {
            // That the `=` is missing is said later, and is the better message.
            Some(_) if trailing_colon => {}
            Some(problem) => {
                keys.sound = key.is_some() && event.encoding().is_none() && keys.sound;
                self.errors.push(problem);
            }
            None => self.literals.push(Literal {
                span: place,
                encoding: event.encoding(),
            }),
        }
        keys.span = Some(keys.span.map_or(place, |span| span.cover(place)));
        match key {
            Some(key) => keys.parts.push(key),
            None => keys.sound = false,
        }
    }

    /// A value that begins with `event`.
    fn value(&mut self, event: &'a Event, equals: Span, depth: usize) -> DraftNode {
        match event.kind() {
            EventKind::ArrayOpen => self.array(span(event), depth + 1),
            EventKind::InlineTableOpen => self.inline_table(span(event), depth),
            _ => self.scalar(event, equals),
        }
    }

    fn scalar(&mut self, event: &Event, equals: Span) -> DraftNode {
        let span = span(event);
        if span.is_empty() {
            return self.missing(equals);
        }
        match scalar::value(self.text, span, event.encoding()) {
            Ok(value) => {
                self.literals.push(Literal {
                    span,
                    encoding: event.encoding(),
                });
                DraftNode {
                    value: DraftValue::Scalar(value),
                    span,
                }
            }
            Err(problem) => {
                // A key where a value should be: the parser says so at the `=`.
                if event.encoding().is_some() || !self.equals_follows() {
                    self.errors.push(problem);
                }
                invalid(span)
            }
        }
    }

    /// Whether an `=` follows that cannot stand there.
    fn equals_follows(&self) -> bool {
        let rest = self.events.get(self.at..).unwrap_or_default();
        let mut rest = rest
            .iter()
            .filter(|event| event.kind() != EventKind::Whitespace);
        rest.next().is_some_and(|event| {
            event.kind() == EventKind::Error && span(event).of(self.text) == "="
        })
    }

    fn array(&mut self, opening: Span, depth: usize) -> DraftNode {
        let mut span = opening;
        let mut items = Vec::new();
        while let Some(event) = self.next() {
            span = span.cover(self::span(event));
            match event.kind() {
                EventKind::ArrayClose => break,
                EventKind::Comment => self.comment(event, true),
                kind if begins_value(kind) => {
                    let item = self.value(event, self::span(event), depth);
                    span = span.cover(item.span);
                    items.push(item);
                }
                _ => {}
            }
        }
        DraftNode {
            value: DraftValue::Array(items),
            span,
        }
    }

    fn inline_table(&mut self, opening: Span, depth: usize) -> DraftNode {
        let table = self.drafts.add(super::Notation::Inline, depth, opening);
        let mut span = opening;
        let mut pending: Option<Keys> = None;
        let mut equals: Option<Span> = None;
        while let Some(event) = self.next() {
            span = span.cover(self::span(event));
            match event.kind() {
                EventKind::InlineTableClose => break,
                EventKind::Comment => self.comment(event, true),
                EventKind::SimpleKey => {
                    self.abandon(table, pending.take());
                    let keys = self.keys(event);
                    span = span.cover(keys.span.unwrap_or(span));
                    pending = Some(keys);
                    equals = None;
                }
                EventKind::KeyValSep => equals = Some(self::span(event)),
                EventKind::ValueSep => self.abandon(table, pending.take()),
                kind if begins_value(kind) => {
                    let parts = pending.as_ref().map_or(1, |keys| keys.parts.len());
                    let missing = equals.filter(|equals| equals.is_empty()).is_some()
                        && self::span(event).is_empty();
                    if missing {
                        self.abandon(table, pending.take());
                        continue;
                    }
                    let place = equals.unwrap_or(self::span(event));
                    let node = self.value(event, place, depth + parts);
                    span = span.cover(node.span);
                    if let Some(keys) = pending.take() {
                        self.insert(table, &keys, node);
                    }
                }
                _ => {}
            }
        }
        self.abandon(table, pending);
        self.drafts.place(table, span);
        DraftNode {
            value: DraftValue::Table(table),
            span,
        }
    }

    /// Puts a key that has no value into an inline table.
    fn abandon(&mut self, table: TableId, keys: Option<Keys>) {
        if let Some(keys) = keys {
            let node = self.unfinished(&keys);
            self.insert(table, &keys, node);
        }
    }

    /// Puts a key with its value into an inline table.
    fn insert(&mut self, table: TableId, keys: &Keys, node: DraftNode) {
        let Some(place) = keys.span.filter(|_| keys.sound) else {
            return;
        };
        let insertion = Insertion {
            table,
            prefix: &[],
            keys: &keys.parts,
            entry: place.cover(node.span),
            quiet: false,
        };
        self.drafts.insert(insertion, node);
    }
}

/// A possibly dotted key.
#[derive(Debug, Default)]
struct Keys {
    parts: Vec<Key>,
    /// From the first part to the last, dots included.
    span: Option<Span>,
    /// Whether the parts are what was meant: none is missing, none unclosed.
    sound: bool,
}

fn is_bare(word: &str) -> bool {
    word.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn invalid(span: Span) -> DraftNode {
    DraftNode {
        value: DraftValue::Scalar(Value::Invalid),
        span,
    }
}

/// The place of an event.
pub(super) fn span(event: &Event) -> Span {
    Span::new(event.span().start(), event.span().end())
}

fn begins_value(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::Scalar | EventKind::ArrayOpen | EventKind::InlineTableOpen
    )
}

fn closes_header(kind: EventKind) -> bool {
    matches!(kind, EventKind::StdTableClose | EventKind::ArrayTableClose)
}
