//! The dotted paths of the keys that places belong to, for programs that name a place by them.

use super::{Document, Node, Notation, Table, Value};
use crate::text::Span;

/// Every key and item of a document with its path, to be asked for many places.
#[derive(Debug, Clone, Default)]
pub struct KeyPaths {
    /// In the order of places.
    places: Vec<Place>,
}

#[derive(Debug, Clone)]
struct Place {
    span: Span,
    path: String,
    /// What it lies in, by the order in which places were found.
    parent: Option<usize>,
    number: usize,
}

impl KeyPaths {
    /// The paths in a document.
    pub fn new(document: &Document) -> Self {
        let mut paths = Self::default();
        paths.add_table(&document.root, "", None);
        // Stable: of two that begin in one place, the deeper one comes last.
        paths.places.sort_by_key(|place| place.span.start);
        let mut order = vec![0; paths.places.len()];
        for (index, place) in paths.places.iter().enumerate() {
            if let Some(slot) = order.get_mut(place.number) {
                *slot = index;
            }
        }
        for place in &mut paths.places {
            place.parent = place.parent.and_then(|number| order.get(number).copied());
        }
        paths
    }

    /// The path of the deepest key or item that covers the start of a place: `stages[0].from`; empty where only the
    /// document does.
    pub fn at(&self, span: Span) -> &str {
        let after = self
            .places
            .partition_point(|place| place.span.start <= span.start);
        let mut index = after.checked_sub(1);
        while let Some(place) = index.and_then(|index| self.places.get(index)) {
            if place.span.touches(span.start) {
                return &place.path;
            }
            index = place.parent;
        }
        ""
    }

    fn add(&mut self, span: Span, path: &str, parent: Option<usize>) -> usize {
        let number = self.places.len();
        self.places.push(Place {
            span,
            path: path.to_owned(),
            parent,
            number,
        });
        number
    }

    fn add_table(&mut self, table: &Table, path: &str, parent: Option<usize>) {
        for entry in &table.entries {
            let name = quoted(&entry.key.name);
            let path = if path.is_empty() {
                name
            } else {
                format!("{path}.{name}")
            };
            let key = self.add(entry.span(), &path, parent);
            self.add_node(&entry.value, &path, key);
        }
    }

    fn add_node(&mut self, node: &Node, path: &str, parent: usize) {
        match &node.value {
            Value::Table(table) => {
                let has_place = matches!(table.notation, Notation::Header | Notation::Inline);
                let parent = if has_place {
                    self.add(node.span, path, Some(parent))
                } else {
                    parent
                };
                self.add_table(table, path, Some(parent));
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let path = format!("{path}[{index}]");
                    let number = self.add(item.span, &path, Some(parent));
                    self.add_node(item, &path, number);
                }
            }
            _ => {}
        }
    }
}

/// A key as TOML writes it.
fn quoted(name: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !name.is_empty() && name.bytes().all(is_bare) {
        name.to_owned()
    } else {
        format!("{name:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::KeyPaths;
    use crate::syntax::parse;
    use crate::text::Span;

    #[test]
    fn a_place_is_named_by_the_deepest_key() {
        let text = "a.b = { c = [1, 22] }\n# x\n[t]\n\"d e\" = 3\n[[s]]\nf = 1\n[[s]]\nf = 2\n[s.g]\nh = 4\n";
        let paths = KeyPaths::new(&parse(text));
        let at = |word: &str| {
            let start = text.find(word).expect("a word");
            paths.at(Span::new(start, start + word.len())).to_owned()
        };
        assert_eq!(at("22"), "a.b.c[1]");
        assert_eq!(at("a.b"), "a");
        assert_eq!(at("b = {"), "a.b");
        assert_eq!(at("x"), "");
        assert_eq!(at("[t]"), "t");
        assert_eq!(at("3"), "t.\"d e\"");
        assert_eq!(at("2\n["), "s[1].f");
        assert_eq!(at("[s.g]"), "s[1].g");
        assert_eq!(at("4"), "s[1].g.h");
    }
}
