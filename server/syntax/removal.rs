//! What must go from the text so that a key is gone.

use super::{Document, Entry, Node, Notation, Table, Value};
use crate::text::Span;

/// The text to remove so that the key at `key` is gone: its lines, or in braces the key with a comma. Nothing where that
/// can't be said exactly, as of tables that are written in several places.
pub(crate) fn removal(text: &str, document: &Document, key: Span) -> Option<Span> {
    let (entry, inline) = find(&document.root, key, false)?;
    let value = &entry.value;
    match &value.value {
        Value::Table(table) if table.notation == Notation::Implicit => None,
        Value::Table(table) if table.notation == Notation::Header => {
            lines(text, value.span, value.extent)
        }
        Value::Array(items) if items.iter().any(is_array_of_tables_item) => None,
        Value::Invalid => None,
        _ if inline => in_braces(text, key.cover(value.span)),
        _ => lines(text, key, value.span),
    }
}

/// The same for the key whose value stands at `value`.
pub(crate) fn removal_of_value(text: &str, document: &Document, value: Span) -> Option<Span> {
    removal(text, document, key_of(&document.root, value)?)
}

/// The key of the value at a place.
fn key_of(table: &Table, value: Span) -> Option<Span> {
    let own = table.entries.iter().find(|it| it.value.span == value);
    let below = |node: &Node| match &node.value {
        Value::Table(table) => key_of(table, value),
        Value::Array(items) => items
            .iter()
            .filter_map(Node::table)
            .find_map(|table| key_of(table, value)),
        _ => None,
    };
    let mut entries = table.entries.iter();
    own.map(|entry| entry.key.span)
        .or_else(|| entries.find_map(|entry| below(&entry.value)))
}

/// The lines of one `[[table]]`, with what is written below it.
pub(crate) fn item_removal(text: &str, item: &Node) -> Option<Span> {
    let is_item = is_array_of_tables_item(item);
    is_item
        .then(|| lines(text, item.span, item.extent))
        .flatten()
}

fn is_array_of_tables_item(node: &Node) -> bool {
    node.table()
        .is_some_and(|table| table.notation == Notation::ArrayItem)
}

/// The entry with this key, and whether it stands in braces.
fn find(table: &Table, key: Span, inline: bool) -> Option<(&Entry, bool)> {
    let inline = inline || table.notation == Notation::Inline;
    table.entries.iter().find_map(|entry| {
        if entry.key.span == key && !is_on_the_way(entry) {
            return Some((entry, inline));
        }
        find_below(&entry.value, key, inline)
    })
}

/// Whether an entry is only named on the way to another.
fn is_on_the_way(entry: &Entry) -> bool {
    let table = entry.value.table();
    table.is_some_and(|table| table.notation == Notation::Implicit)
}

fn find_below(node: &Node, key: Span, inline: bool) -> Option<(&Entry, bool)> {
    match &node.value {
        Value::Table(table) => find(table, key, inline),
        Value::Array(items) => items.iter().find_map(|item| find_below(item, key, inline)),
        _ => None,
    }
}

/// The lines from one place to the end of another, if nothing else stands on them.
pub(crate) fn lines(text: &str, from: Span, to: Span) -> Option<Span> {
    let before = text.get(..from.start as usize)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let prefix = before.get(start..)?;
    if prefix.contains(['=', '{', '[', '#']) && !prefix.trim_start().starts_with('[') {
        return None;
    }
    let after = text.get(to.end as usize..)?;
    let rest = after.split('\n').next().unwrap_or_default();
    let trimmed = rest.trim();
    if !trimmed.is_empty() && !trimmed.starts_with('#') {
        return None;
    }
    let line_break = usize::from(rest.len() < after.len());
    Some(Span::new(start, to.end as usize + rest.len() + line_break))
}

/// An item of an array, with its line if nothing else stands on it, else with a comma. Nothing where a comment comes before
/// it on its line.
pub(crate) fn item(text: &str, item: Span) -> Option<Span> {
    let before = text.get(..item.start as usize)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let after = text.get(item.end as usize..)?;
    let line = after.split_inclusive('\n').next().unwrap_or_default();
    if text.get(start..item.start as usize)?.trim().is_empty() && line.trim() == "," {
        return Some(Span::new(start, item.end as usize + line.len()));
    }
    in_braces(text, item)
}

/// A key with its value in braces, or an item in brackets, with the comma behind it or else the one before it.
fn in_braces(text: &str, entry: Span) -> Option<Span> {
    let before = text.get(..entry.start as usize)?;
    let kept = before.trim_end();
    if !kept.ends_with(['{', '[', ',']) {
        return None;
    }
    let after = text.get(entry.end as usize..)?;
    if let Some(rest) = after.trim_start().strip_prefix(',') {
        let rest = rest.trim_start_matches([' ', '\t']);
        return Some(Span::new(entry.start as usize, text.len() - rest.len()));
    }
    let start = kept
        .strip_suffix(',')
        .map_or(entry.start as usize, str::len);
    Some(Span::new(start, entry.end as usize))
}

#[cfg(test)]
mod tests {
    use super::removal;
    use crate::syntax::{Step, parse};
    use crate::text::Span;

    fn without(text: &str, path: &[&str]) -> Option<String> {
        let document = parse(text);
        let path: Vec<Step> = path
            .iter()
            .map(|key| Step::Key((*key).to_owned()))
            .collect();
        let key = document.find(&path)?.key;
        let span = removal(text, &document, key)?;
        let mut text = text.to_owned();
        text.replace_range(span.range(), "");
        Some(text)
    }

    #[test]
    fn a_key_goes_with_its_line() {
        assert_eq!(
            without("a = 1 # x\nb.c = 2\n", &["a"]).as_deref(),
            Some("b.c = 2\n")
        );
        assert_eq!(
            without("a = 1\nb.c = 2", &["b", "c"]).as_deref(),
            Some("a = 1\n")
        );
    }

    #[test]
    fn a_key_in_braces_goes_with_its_comma() {
        let text = "a = { b = 1, c = 2 }\n";
        assert_eq!(
            without(text, &["a", "b"]).as_deref(),
            Some("a = { c = 2 }\n")
        );
        assert_eq!(
            without(text, &["a", "c"]).as_deref(),
            Some("a = { b = 1 }\n")
        );
    }

    #[test]
    fn a_table_goes_with_its_keys() {
        let text = "[a]\nb = 1\n[c]\nd = 2\n";
        assert_eq!(without(text, &["a"]).as_deref(), Some("[c]\nd = 2\n"));
    }

    #[test]
    fn a_value_goes_with_its_key() {
        let text = "a = [{ b = 1, c = 2 }]\n";
        let document = parse(text);
        let at = text.find('2').expect("the value");
        let span = super::removal_of_value(text, &document, Span::new(at, at + 1));
        assert_eq!(span.map(|it| it.of(text)), Some(", c = 2"));
    }

    #[test]
    fn an_item_goes_with_what_is_below_it() {
        let text = "[[a]]\nb = 1\n[a.c]\nd = 2\n[[a]]\nb = 3\n";
        let document = parse(text);
        let items = document.root.node("a").and_then(crate::syntax::Node::items);
        let first = items.and_then(<[_]>::first).expect("an item");
        let span = super::item_removal(text, first).expect("its lines");
        assert_eq!(span.of(text), "[[a]]\nb = 1\n[a.c]\nd = 2\n");
    }

    #[test]
    fn what_is_written_in_several_places_stays() {
        assert_eq!(without("a.b = 1\na.c = 2\n", &["a"]), None);
        assert_eq!(without("[[a]]\n[[a]]\n", &["a"]), None);
    }
}
