//! Where a new key goes, so that the text around it stays as it is.

use super::{Entry, Node, Notation, Table, Value};
use crate::text::Span;

/// The line break of a text: that of its first line.
pub(crate) fn line_break(text: &str) -> &'static str {
    match text.split_once('\n') {
        Some((first, _)) if first.ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// Where `line` goes so that it stands right before the key at `key` of a table, and the text to put there: on a line of
/// its own with the same words before it, or in the same braces.
pub(crate) fn before(text: &str, table: &Table, key: Span, line: &str) -> Option<(Span, String)> {
    let start = key.start as usize;
    let head = text.get(..start)?;
    if table.notation == Notation::Inline {
        let kept = head.trim_end();
        let is_first = kept.ends_with(['{', ',']);
        return is_first.then(|| (Span::new(start, start), format!("{line}, ")));
    }
    let begin = head.rfind('\n').map_or(0, |end| end + 1);
    let prefix = head.get(begin..)?;
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "_-. \t".contains(it);
    let is_whole = prefix.trim().is_empty() || prefix.trim_end().ends_with('.');
    let text = format!("{prefix}{line}{}", line_break(text));
    (is_whole && prefix.chars().all(is_plain)).then(|| (Span::new(begin, begin), text))
}

/// Where `line` goes so that it is the first of a table whose node has the span `place`, and the text to put there.
/// Nothing for tables that have no place of their own.
pub(crate) fn into(text: &str, table: &Table, place: Span, line: &str) -> Option<(Span, String)> {
    match table.notation {
        Notation::Inline => {
            let start = place.start as usize + 1;
            let comma = if table.entries.is_empty() { " " } else { "," };
            Some((Span::new(start, start), format!(" {line}{comma}")))
        }
        Notation::Header | Notation::ArrayItem => {
            let after = text.get(place.end as usize..)?;
            let rest = after.split('\n').next().unwrap_or_default().trim_end();
            let end = place.end as usize + rest.len();
            let text = format!("{}{line}", line_break(text));
            Some((Span::new(end, end), text))
        }
        Notation::Root | Notation::Implicit => None,
    }
}

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
    let place = Span::new(anchor.start as usize, anchor.end as usize + line.len());
    let line_break = line_break(text);
    let text = format!("{}{line_break}{indent}{key} = {value}", place.of(text));
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
    use super::{before, insertion, into};
    use crate::syntax::{Step, parse};

    fn put(text: &str, path: &[&str], line: &str) -> Option<String> {
        let document = parse(text);
        let keys: Vec<Step> = path.iter().map(|it| Step::Key((*it).to_owned())).collect();
        let (_, above) = keys.split_last()?;
        let table = match above {
            [] => &document.root,
            above => document.find(above)?.node.table()?,
        };
        let (span, new) = before(text, table, document.find(&keys)?.key, line)?;
        let mut text = text.to_owned();
        text.replace_range(span.range(), &new);
        Some(text)
    }

    #[test]
    fn a_key_stands_before_another_as_that_one_is_written() {
        assert_eq!(
            put("a = 1\n", &["a"], "b = 2").as_deref(),
            Some("b = 2\na = 1\n")
        );
        assert_eq!(
            put("# x\r\na.b = 1\r\n", &["a", "b"], "c = 2").as_deref(),
            Some("# x\r\na.c = 2\r\na.b = 1\r\n")
        );
        assert_eq!(
            put("[a]\n  b = 1\n", &["a", "b"], "c = 2").as_deref(),
            Some("[a]\n  c = 2\n  b = 1\n")
        );
        assert_eq!(
            put("a = { b = 1, d = 3 }\n", &["a", "d"], "c = 2").as_deref(),
            Some("a = { b = 1, c = 2, d = 3 }\n")
        );
        assert_eq!(put("[[a.b]]\n", &["a", "b"], "c = 2"), None);
    }

    #[test]
    fn a_key_is_the_first_of_a_table() {
        let text = "[a] # x\r\nb = 1\r\n";
        let document = parse(text);
        let node = document.root.node("a").expect("the table");
        let table = node.table().expect("the table");
        let (span, new) = into(text, table, node.span, "c = 2").expect("a place");
        assert_eq!((span.start, new.as_str()), (7, "\r\nc = 2"));
    }

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
