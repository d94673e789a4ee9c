//! Values: scalars, arrays and inline tables.

use toml_parser::parser::{Event, EventKind};

use super::keys::Keys;
use super::{Reader, begins_value, invalid, span};
use crate::syntax::draft::{DraftNode, DraftValue, Insertion, TableId};
use crate::syntax::tree::Literal;
use crate::syntax::{Notation, scalar};
use crate::text::Span;

impl<'a> Reader<'a> {
    /// A value that begins with `event`.
    pub(super) fn value(&mut self, event: &'a Event, equals: Span, depth: usize) -> DraftNode {
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
        let table = self.drafts.add(Notation::Inline, depth, opening);
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
