//! Values as TOML writes them.

/// A string: in the quotes that need no escapes, if there are such.
pub(super) fn string(text: &str) -> String {
    let needs_escapes = text.contains(['"', '\\']);
    let is_literal = !text.contains('\'') && !text.contains(|it: char| it.is_control());
    if needs_escapes && is_literal {
        return format!("'{text}'");
    }
    // What JSON escapes TOML escapes alike, but for one more control character.
    serde_json::Value::from(text)
        .to_string()
        .replace('\u{7f}', "\\u007F")
}

/// An array of strings.
pub(super) fn array<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(string).collect();
    format!("[{}]", words.join(", "))
}

/// A string for one word, an array for several.
pub(super) fn one_or_many(words: &[&str]) -> String {
    match words {
        [word] => string(word),
        words => array(words.iter().copied()),
    }
}

/// A key, in quotes where it needs them.
pub(super) fn key(name: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !name.is_empty() && name.bytes().all(is_bare) {
        name.to_owned()
    } else {
        string(name)
    }
}

/// A table in braces.
pub(super) fn table(pairs: &[(String, String)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{} = {value}", key(name)))
        .collect();
    format!("{{ {} }}", pairs.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{array, key, string, table};
    use crate::syntax::{Value, parse};

    #[test]
    fn what_is_written_is_read_back() {
        for text in [
            "",
            "é😀",
            "a\"b",
            "a'b\"c\\",
            "a\nb\t\u{7f}\u{1}",
            "'",
            "C:\\x",
        ] {
            let document = parse(&format!("a = {}\n", string(text)));
            assert!(document.errors.is_empty(), "{text:?}");
            let value = document.root.node("a").map(|node| &node.value);
            assert!(matches!(value, Some(Value::String(read)) if read == text));
        }
        assert_eq!(array(["a", "b\"c"]), r#"["a", 'b"c']"#);
        assert_eq!(key("a b"), "\"a b\"");
        assert_eq!(table(&[("a".to_owned(), "1".to_owned())]), "{ a = 1 }");
    }
}
