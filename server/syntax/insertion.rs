//! What must come into the text so that a table has one more key.

use super::{Entry, Node, Notation, Table, Value};
use crate::text::Span;

/// The text to replace, and what comes in its place, so that `key = value` is the last key that the table writes itself.
/// Nothing where that can't be said exactly, as of tables that dotted keys make.
///
/// The place is never empty: two insertions into one table overlap, so that they are not both applied at once.
pub(crate) fn insertion(
    text: &str,
    table: &Node,
    key: &str,
    value: &str,
) -> Option<(Span, String)> {
    let entries = table.table()?;
    match entries.notation {
        Notation::Inline => in_braces(text, table, entries, key, value),
        Notation::Header | Notation::ArrayItem => below_header(text, table, entries, key, value),
        Notation::Root | Notation::Implicit => None,
    }
}

fn in_braces(
    text: &str,
    node: &Node,
    table: &Table,
    key: &str,
    value: &str,
) -> Option<(Span, String)> {
    let Some(last) = table.entries.iter().max_by_key(|it| it.value.span) else {
        let is_closed = node.span.of(text).ends_with('}');
        return is_closed.then(|| (node.span, format!("{{ {key} = {value} }}")));
    };
    let place = last.value.span;
    is_whole(last).then(|| (place, format!("{}, {key} = {value}", place.of(text))))
}

fn below_header(
    text: &str,
    node: &Node,
    table: &Table,
    key: &str,
    value: &str,
) -> Option<(Span, String)> {
    let own = table.entries.iter().filter(|it| is_whole(it));
    let last = own.max_by_key(|it| it.value.span);
    let (begins, anchor) = last.map_or((node.span, node.span), |it| (it.key.span, it.value.span));
    let before = text.get(..begins.start as usize)?;
    let indent = before.rsplit('\n').next().unwrap_or_default();
    let rest = text.get(anchor.end as usize..)?;
    let line = rest.split('\n').next().unwrap_or_default();
    let line = line.strip_suffix('\r').unwrap_or(line);
    let behind = line.trim_start();
    if !indent.trim().is_empty() || !behind.is_empty() && !behind.starts_with('#') {
        return None;
    }
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let place = Span::new(anchor.start as usize, anchor.end as usize + line.len());
    let text = format!("{}{line_end}{indent}{key} = {value}", place.of(text));
    Some((place, text))
}

/// Whether an entry stands in one place, right in its table.
fn is_whole(entry: &Entry) -> bool {
    match &entry.value.value {
        Value::Table(table) => table.notation == Notation::Inline,
        Value::Array(items) => items.iter().all(|item| {
            item.table()
                .is_none_or(|table| table.notation == Notation::Inline)
        }),
        Value::Invalid => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::insertion;
    use crate::syntax::{Step, parse};

    fn with(text: &str, path: &[&str]) -> Option<String> {
        let document = parse(text);
        let steps: Vec<Step> = path
            .iter()
            .map(|step| match step.parse() {
                Ok(index) => Step::Index(index),
                Err(_) => Step::Key((*step).to_owned()),
            })
            .collect();
        let node = document.find(&steps)?.node;
        let (span, new) = insertion(text, node, "k", "1")?;
        let mut text = text.to_owned();
        text.replace_range(span.range(), &new);
        Some(text)
    }

    #[test]
    fn a_key_in_braces_comes_last() {
        for (before, after) in [
            ("a = { b = 1 }\n", "a = { b = 1, k = 1 }\n"),
            ("a = {}\n", "a = { k = 1 }\n"),
            ("a = { b = { c = 1 } }\n", "a = { b = { c = 1 }, k = 1 }\n"),
        ] {
            assert_eq!(with(before, &["a"]).as_deref(), Some(after));
        }
    }

    #[test]
    fn a_key_below_a_header_gets_a_line() {
        for (before, after) in [
            (
                "[a]\r\n  b = 1 # x\r\n[a.c]\r\nd = 2\r\n",
                "[a]\r\n  b = 1 # x\r\n  k = 1\r\n[a.c]\r\nd = 2\r\n",
            ),
            ("[a]\n[b]\n", "[a]\nk = 1\n[b]\n"),
            ("[a]\nb = [\n  1,\n]", "[a]\nb = [\n  1,\n]\nk = 1"),
        ] {
            assert_eq!(with(before, &["a"]).as_deref(), Some(after));
        }
        assert_eq!(
            with("[[a]]\nb = 1\n[[a]]\n", &["a", "0"]).as_deref(),
            Some("[[a]]\nb = 1\nk = 1\n[[a]]\n")
        );
    }

    #[test]
    fn dotted_keys_make_no_table_to_write_into() {
        assert_eq!(with("a.b = 1\n", &["a"]), None);
        assert_eq!(with("a = { b.c = 1 }\n", &["a"]), None);
    }
}
