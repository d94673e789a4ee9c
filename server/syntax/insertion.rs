//! Where a new key goes, so that the text around it stays as it is.

use super::{Notation, Table};
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

#[cfg(test)]
mod tests {
    use super::{before, into};
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
}
