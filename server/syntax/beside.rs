//! A new key beside one that is there.

use super::insertion::line_break;
use crate::text::Span;

/// Where `new`, a key with its value, is to be inserted so that it stands beside the key whose value is at a place, and
/// the text with what must surround it. Nothing where that key is none of `keys`, or stands in a way that is not certain.
pub(crate) fn beside(text: &str, value: Span, keys: &[&str], new: &str) -> Option<(Span, String)> {
    let before = text.get(..value.start as usize)?;
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let front = before.get(line..)?.trim_end();
    let front = front.strip_suffix('=')?.trim_end();
    let start = front.rfind([' ', '\t', '{', ',']).map_or(0, |at| at + 1);
    let (lead, key) = front.split_at_checked(start)?;
    let (path, last) = match key.rsplit_once('.') {
        Some((path, last)) => (format!("{path}."), last),
        None => (String::new(), key),
    };
    if !keys.contains(&last) {
        return None;
    }
    let end = value.end as usize;
    let rest = text.get(end..)?.split('\n').next().unwrap_or_default();
    let rest = rest.trim_end_matches('\r');
    if !lead.trim().is_empty() {
        let is_inline = rest.trim_start().starts_with([',', '}']);
        return is_inline.then(|| (Span::new(end, end), format!(", {path}{new}")));
    }
    let is_last = rest.trim().is_empty() || rest.trim_start().starts_with('#');
    let line_end = line_break(text);
    let at = end + rest.len();
    is_last.then(|| (Span::new(at, at), format!("{line_end}{lead}{path}{new}")))
}

#[cfg(test)]
mod tests {
    use super::beside;
    use crate::text::Span;

    fn inserted(text: &str) -> Option<String> {
        let start = text.find("1").expect("the value");
        let (span, new) = beside(text, Span::new(start, start + 1), &["a"], "b = 2")?;
        let mut text = text.to_owned();
        text.insert_str(span.start as usize, &new);
        Some(text)
    }

    #[test]
    fn the_new_key_looks_like_its_neighbour() {
        for (text, expected) in [
            ("a = 1\n", "a = 1\nb = 2\n"),
            (
                "[t]\r\n  a = 1 # x\r\n",
                "[t]\r\n  a = 1 # x\r\n  b = 2\r\n",
            ),
            ("t.a = 1", "t.a = 1\nt.b = 2"),
            ("t = { a = 1 }\n", "t = { a = 1, b = 2 }\n"),
            ("t = {a=1, c = 3}\n", "t = {a=1, b = 2, c = 3}\n"),
        ] {
            assert_eq!(inserted(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_certain_is_left_alone() {
        for text in ["c = 1\n", "a = [1]\n", "t = {\n  a = 1,\n}\n"] {
            assert_eq!(inserted(text), None, "{text}");
        }
    }
}
