//! Possibly dotted keys.

use toml_parser::parser::{Event, EventKind};

use super::{Literal, Reader, begins_value, span};
use crate::syntax::{Key, scalar};
use crate::text::Span;

/// A possibly dotted key.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// The parts that can be read.
    pub(super) parts: Vec<Key>,
    /// From the first part to the last, dots included.
    pub(super) span: Option<Span>,
    /// Whether the parts are what was meant: none is missing, none unclosed.
    pub(super) sound: bool,
}

impl Reader<'_> {
    /// The words up to the `=`, if nothing but bare words stands between it and the key.
    pub(super) fn spaced_key(&self, first: Span) -> Option<Span> {
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
    pub(super) fn keys(&mut self, first: &Event) -> Keys {
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
}

fn is_bare(word: &str) -> bool {
    word.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
