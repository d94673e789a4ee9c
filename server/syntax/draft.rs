//! Tables while they are being read: they can be reopened, and refuse what TOML lets stand only once.

mod refusal;

use std::collections::HashMap;

use refusal::{Refusal, Why, dotted};

use super::{Entry, Key, Node, Notation, SyntaxError, Table, Value, error};
use crate::text::Span;

/// How deep tables and arrays may lie in one another.
pub(super) const MAX_DEPTH: usize = 64;

/// How many keys of a table are looked through one by one; most tables have fewer, and need no map.
const FEW: usize = 16;

/// The number of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TableId(usize);

/// A value while it is being read.
#[derive(Debug)]
pub(super) enum DraftValue {
    /// A scalar.
    Scalar(Value),
    /// A key that has no `=`; a later one with a value takes its place.
    Unfinished,
    /// An array in brackets.
    Array(Vec<DraftNode>),
    /// A table.
    Table(TableId),
    /// The items of an array of tables; there is at least one.
    Tables(Vec<TableId>),
}

/// A value with its place while it is being read.
#[derive(Debug)]
pub(super) struct DraftNode {
    /// The value.
    pub(super) value: DraftValue,
    /// Its place, as in [`Node::span`]; that of a table is kept with the table.
    pub(super) span: Span,
}

#[derive(Debug)]
struct DraftTable {
    entries: Vec<(Key, DraftNode)>,
    /// Where the keys stand; empty while there are few.
    places: HashMap<String, usize>,
    notation: Notation,
    /// Whether a dotted key has named it on the way.
    dotted: bool,
    depth: usize,
    span: Span,
    extent: Span,
}

impl DraftTable {
    /// Where a key stands among the entries.
    fn place(&self, name: &str) -> Option<usize> {
        if self.places.is_empty() {
            self.entries.iter().position(|(key, _)| key.name == name)
        } else {
            self.places.get(name).copied()
        }
    }

    /// Adds a key that is not there yet.
    fn push(&mut self, key: Key, node: DraftNode) {
        self.entries.push((key, node));
        if self.entries.len() > FEW {
            let new = self.entries.iter().enumerate().skip(self.places.len());
            let new = new.map(|(place, (key, _))| (key.name.clone(), place));
            self.places.extend(new);
        }
    }
}

/// All tables of a document.
#[derive(Debug)]
pub(super) struct Drafts {
    tables: Vec<DraftTable>,
    /// What was refused.
    pub(super) errors: Vec<SyntaxError>,
}

/// A key path that is being put into a table, and what it is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Insertion<'a> {
    /// The table that it begins in.
    pub(super) table: TableId,
    /// The path from the root to that table, for messages.
    pub(super) prefix: &'a [String],
    /// The keys, at least one.
    pub(super) keys: &'a [Key],
    /// The whole statement.
    pub(super) entry: Span,
    /// Whether a key that is there already is worth a word.
    pub(super) quiet: bool,
}

/// A header with its keys, at least one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header<'a> {
    /// The keys in the brackets.
    pub(super) keys: &'a [Key],
    /// From bracket to bracket.
    pub(super) span: Span,
    /// Whether it has two brackets.
    pub(super) array: bool,
}

/// The table that a header opens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opened {
    /// Where the keys below go.
    pub(super) table: TableId,
    /// Whether the table was opened before, so that its own keys stand there already.
    pub(super) again: bool,
}

impl Drafts {
    /// The root table.
    pub(super) const ROOT: TableId = TableId(0);

    /// An empty document.
    pub(super) fn new() -> Self {
        let mut drafts = Self {
            tables: Vec::new(),
            errors: Vec::new(),
        };
        drafts.add(Notation::Root, 0, Span::default());
        drafts
    }

    /// A table that hangs nowhere yet.
    pub(super) fn add(&mut self, notation: Notation, depth: usize, span: Span) -> TableId {
        let id = TableId(self.tables.len());
        self.tables.push(DraftTable {
            entries: Vec::new(),
            places: HashMap::new(),
            notation,
            dotted: false,
            depth,
            span,
            extent: span,
        });
        id
    }

    /// How deep a table lies.
    pub(super) fn depth(&self, table: TableId) -> usize {
        self.table(table).depth
    }

    /// Everything that belongs to a table.
    pub(super) fn extent(&self, table: TableId) -> Span {
        self.table(table).extent
    }

    /// Sets the place of a table whose end is known only now.
    pub(super) fn place(&mut self, table: TableId, span: Span) {
        let table = self.table_mut(table);
        table.span = span;
        table.extent = span;
    }

    /// Lets what belongs to a table reach further.
    pub(super) fn extend(&mut self, table: TableId, end: u32) {
        let extent = &mut self.table_mut(table).extent;
        extent.end = extent.end.max(end);
    }

    /// Puts a value into a table. What is there already stays.
    pub(super) fn insert(&mut self, insertion: Insertion<'_>, node: DraftNode) {
        let Some((last, parents)) = insertion.keys.split_last() else {
            return;
        };
        let depth = self.depth(insertion.table) + insertion.keys.len();
        if depth > MAX_DEPTH {
            self.errors.push(error::too_deep(last.span));
            return;
        }
        let mut table = insertion.table;
        for (index, key) in parents.iter().enumerate() {
            match self.step(table, key, Step::Dotted) {
                Ok(next) => table = next,
                Err(refusal) => {
                    self.refuse(insertion, index, &refusal);
                    return;
                }
            }
        }
        let place = self.table(table).place(&last.name);
        let Some(place) = place else {
            self.push(table, last.clone(), node);
            return;
        };
        let Some((key, existing)) = self.table_mut(table).entries.get_mut(place) else {
            return;
        };
        if matches!(existing.value, DraftValue::Unfinished) {
            *key = last.clone();
            *existing = node;
            return;
        }
        if matches!(node.value, DraftValue::Unfinished) {
            return;
        }
        let refusal = Refusal {
            first: key.span,
            why: Why::Twice,
        };
        self.refuse(insertion, parents.len(), &refusal);
    }

    /// Opens the table of a header.
    pub(super) fn open(&mut self, header: Header<'_>) -> Opened {
        match self.try_open(header) {
            Ok(opened) => opened,
            Err((index, refusal)) => {
                let names = header.keys.iter().take(index + 1);
                let path = dotted(names.map(|key| key.name.as_str()));
                let last = index + 1 == header.keys.len();
                let message = refusal.header_message(&path, header.array, last);
                let error =
                    error::duplicate(header.span, refusal.first, header.span, path, message);
                self.errors.push(error);
                self.detached(header.span)
            }
        }
    }

    /// A table that is not part of the document.
    pub(super) fn detached(&mut self, span: Span) -> Opened {
        Opened {
            table: self.add(Notation::Header, 1, span),
            again: false,
        }
    }

    fn try_open(&mut self, header: Header<'_>) -> Result<Opened, (usize, Refusal)> {
        let Some((last, parents)) = header.keys.split_last() else {
            return Ok(self.detached(header.span));
        };
        if header.keys.len() > MAX_DEPTH {
            self.errors.push(error::too_deep(last.span));
            return Ok(self.detached(header.span));
        }
        let mut table = Self::ROOT;
        for (index, key) in parents.iter().enumerate() {
            table = self
                .step(table, key, Step::Header)
                .map_err(|refusal| (index, refusal))?;
        }
        let depth = self.depth(table) + 1;
        let place = self.table(table).place(&last.name);
        let existing = place.and_then(|place| self.table(table).entries.get(place));
        let replaced =
            existing.is_none_or(|(_, node)| matches!(node.value, DraftValue::Unfinished));
        if replaced {
            return Ok(self.open_new(table, place, last, header, depth));
        }
        let Some((key, node)) = existing else {
            return Ok(self.detached(header.span));
        };
        let first = key.span;
        let refuse = |why| Err((parents.len(), Refusal { first, why }));
        match node.value {
            DraftValue::Tables(_) if header.array => {
                let item = self.add(Notation::ArrayItem, depth, header.span);
                if let Some(DraftValue::Tables(items)) = self.value_mut(table, place) {
                    items.push(item);
                }
                Ok(Opened {
                    table: item,
                    again: false,
                })
            }
            DraftValue::Table(id) if !header.array => self.reopen(id, header, first, parents.len()),
            DraftValue::Table(_) => refuse(Why::Table),
            DraftValue::Tables(_) => refuse(Why::Tables),
            _ => refuse(Why::Value),
        }
    }

    fn open_new(
        &mut self,
        parent: TableId,
        place: Option<usize>,
        key: &Key,
        header: Header<'_>,
        depth: usize,
    ) -> Opened {
        let notation = if header.array {
            Notation::ArrayItem
        } else {
            Notation::Header
        };
        let table = self.add(notation, depth, header.span);
        let value = if header.array {
            DraftValue::Tables(vec![table])
        } else {
            DraftValue::Table(table)
        };
        let node = DraftNode {
            value,
            span: header.span,
        };
        let existing = place.and_then(|place| self.table_mut(parent).entries.get_mut(place));
        if let Some(existing) = existing {
            *existing = (key.clone(), node);
        } else {
            self.push(parent, key.clone(), node);
        }
        Opened {
            table,
            again: false,
        }
    }

    /// Opens a table that is there already: rightly if it was only named on the way.
    fn reopen(
        &mut self,
        id: TableId,
        header: Header<'_>,
        first: Span,
        index: usize,
    ) -> Result<Opened, (usize, Refusal)> {
        let table = self.table_mut(id);
        match table.notation {
            Notation::Implicit if !table.dotted => {
                table.notation = Notation::Header;
                table.span = header.span;
                table.extent = header.span;
                Ok(Opened {
                    table: id,
                    again: false,
                })
            }
            Notation::Implicit => Err((
                index,
                Refusal {
                    first,
                    why: Why::Dotted,
                },
            )),
            Notation::Inline => Err((
                index,
                Refusal {
                    first,
                    why: Why::Inline,
                },
            )),
            _ => {
                let first = table.span;
                let path = dotted(header.keys.iter().map(|key| key.name.as_str()));
                let message = format!("`[{path}]` is there twice");
                let error = error::duplicate(header.span, first, header.span, path, message);
                self.errors.push(error);
                Ok(Opened {
                    table: id,
                    again: true,
                })
            }
        }
    }

    /// The table that a key on the way leads to; it is made if it is not there.
    fn step(&mut self, table: TableId, key: &Key, step: Step) -> Result<TableId, Refusal> {
        let place = self.table(table).place(&key.name);
        let existing = place.and_then(|place| self.table(table).entries.get(place));
        let Some((first, node)) = existing else {
            return Ok(self.push_implicit(table, key, step));
        };
        let first = first.span;
        let refuse = |why| Err(Refusal { first, why });
        let id = match &node.value {
            DraftValue::Table(id) => *id,
            DraftValue::Tables(items) => match items.last() {
                Some(id) if matches!(step, Step::Header) => *id,
                _ => return refuse(Why::Tables),
            },
            DraftValue::Unfinished => {
                let id = self.implicit(table, key, step);
                if let Some(value) = self.value_mut(table, place) {
                    *value = DraftValue::Table(id);
                }
                return Ok(id);
            }
            DraftValue::Array(_) | DraftValue::Scalar(_) => return refuse(Why::Value),
        };
        let next = self.table_mut(id);
        match (step, next.notation) {
            (_, Notation::Inline) => refuse(Why::Inline),
            (Step::Header, _) => Ok(id),
            (Step::Dotted, Notation::Implicit) => {
                next.dotted = true;
                Ok(id)
            }
            (Step::Dotted, _) => refuse(Why::Table),
        }
    }

    fn implicit(&mut self, table: TableId, key: &Key, step: Step) -> TableId {
        let depth = self.depth(table) + 1;
        let id = self.add(Notation::Implicit, depth, key.span);
        self.table_mut(id).dotted = matches!(step, Step::Dotted);
        id
    }

    fn push_implicit(&mut self, table: TableId, key: &Key, step: Step) -> TableId {
        let id = self.implicit(table, key, step);
        let node = DraftNode {
            value: DraftValue::Table(id),
            span: key.span,
        };
        self.push(table, key.clone(), node);
        id
    }

    fn push(&mut self, table: TableId, key: Key, node: DraftNode) {
        self.table_mut(table).push(key, node);
    }

    /// Says that a key of a statement cannot stand where it does.
    fn refuse(&mut self, insertion: Insertion<'_>, index: usize, refusal: &Refusal) {
        let Some(key) = insertion.keys.get(index) else {
            return;
        };
        if insertion.quiet {
            return;
        }
        let names = insertion.keys.iter().take(index + 1);
        let names = names.map(|key| key.name.as_str());
        let path = dotted(insertion.prefix.iter().map(String::as_str).chain(names));
        let message = refusal.key_message(&path);
        let error = error::duplicate(key.span, refusal.first, insertion.entry, path, message);
        self.errors.push(error);
    }

    fn table(&self, id: TableId) -> &DraftTable {
        self.tables
            .get(id.0)
            .expect("ids are made by `add` alone, and no table is ever removed")
    }

    fn table_mut(&mut self, id: TableId) -> &mut DraftTable {
        self.tables
            .get_mut(id.0)
            .expect("ids are made by `add` alone, and no table is ever removed")
    }

    fn value_mut(&mut self, table: TableId, place: Option<usize>) -> Option<&mut DraftValue> {
        let entry = self.table_mut(table).entries.get_mut(place?)?;
        Some(&mut entry.1.value)
    }

    /// The finished table.
    pub(super) fn finish(&mut self, id: TableId) -> Table {
        let table = self.table_mut(id);
        let notation = table.notation;
        let entries = std::mem::take(&mut table.entries);
        table.places = HashMap::new();
        let mut finished = Vec::with_capacity(entries.len());
        for (key, node) in entries {
            let value = self.finish_node(node);
            finished.push(Entry { key, value });
        }
        Table {
            entries: finished,
            notation,
        }
    }

    fn finish_node(&mut self, node: DraftNode) -> Node {
        let span = node.span;
        let value = match node.value {
            DraftValue::Table(id) => return self.finish_table(id),
            DraftValue::Scalar(value) => value,
            DraftValue::Unfinished => Value::Invalid,
            DraftValue::Array(items) => {
                let items = items.into_iter().map(|item| self.finish_node(item));
                Value::Array(items.collect())
            }
            DraftValue::Tables(ids) => {
                let items = ids.into_iter().map(|id| self.finish_table(id));
                Value::Array(items.collect())
            }
        };
        Node {
            value,
            span,
            extent: span,
        }
    }

    fn finish_table(&mut self, id: TableId) -> Node {
        let table = self.table(id);
        let (span, extent) = (table.span, table.extent);
        Node {
            value: Value::Table(self.finish(id)),
            span,
            extent,
        }
    }
}

/// What a key on the way belongs to.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// `a` in `[a.b]`.
    Header,
    /// `a` in `a.b = 1`.
    Dotted,
}
