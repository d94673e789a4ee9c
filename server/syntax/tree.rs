//! From the parser's events to tables, keys and values.

mod keys;
mod values;

use toml_parser::decoder::Encoding;
use toml_parser::parser::{Event, EventKind};

use keys::Keys;

use super::draft::{DraftNode, DraftValue, Drafts, Header, Insertion, TableId};
use super::{SyntaxError, Value, error};
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
