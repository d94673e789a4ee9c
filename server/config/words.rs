//! How messages name keys, tables and values.

use crate::syntax::Step;

/// Names in back-ticks with commas between them, the last behind `and`.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    joined(names, "and")
}

/// The same with `or`.
pub(crate) fn choice<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    joined(names, "or")
}

fn joined<'a>(names: impl IntoIterator<Item = &'a str>, word: &str) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {word} {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// How a message names a table: `[runtime]`, `[[stages]]`, or the file.
pub(crate) fn table_name(path: &[Step]) -> String {
    let dotted = dotted(path);
    match (dotted.is_empty(), path.last()) {
        (true, _) => "the file".to_owned(),
        (false, Some(Step::Index(_))) => format!("`[[{dotted}]]`"),
        (false, _) => format!("`[{dotted}]`"),
    }
}

/// The keys of a path with dots between them.
pub(crate) fn dotted(path: &[Step]) -> String {
    let names: Vec<&str> = path.iter().filter_map(name).collect();
    names.join(".")
}

/// The last key of a path.
pub(crate) fn last_key(path: &[Step]) -> &str {
    path.iter().rev().find_map(name).unwrap_or_default()
}

fn name(step: &Step) -> Option<&str> {
    match step {
        Step::Key(name) => Some(name),
        Step::Index(_) => None,
    }
}

/// A text for a message: its first line, cut if it is long.
pub(crate) fn short(text: &str) -> String {
    const LIMIT: usize = 32;
    let line = text.lines().next().unwrap_or_default();
    let cut: String = line.chars().take(LIMIT).collect();
    let cut: String = cut
        .chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .collect();
    if cut.len() < text.len() {
        format!("{cut}…")
    } else {
        cut
    }
}

/// The first piece of shell syntax in a text, in the words of a message.
pub(crate) fn shell_syntax(text: &str) -> Option<&'static str> {
    const SYNTAX: [(&str, &str); 8] = [
        ("\n", "a line break"),
        ("$(", "`$(`"),
        ("`", "a back-tick"),
        ("&&", "`&&`"),
        ("|", "`|`"),
        (";", "`;`"),
        ("\"", "a quote"),
        ("'", "a quote"),
    ];
    let found = SYNTAX.iter().find(|(syntax, _)| text.contains(syntax));
    found.map(|(_, words)| *words)
}

/// A text as a basic string of TOML.
pub(crate) fn quoted(text: &str) -> String {
    let mut literal = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                literal.push('\\');
                literal.push(character);
            }
            '\n' => literal.push_str("\\n"),
            '\t' => literal.push_str("\\t"),
            other if other.is_control() => {
                literal.push_str(&format!("\\u{:04X}", u32::from(other)));
            }
            other => literal.push(other),
        }
    }
    literal.push('"');
    literal
}

/// A text as a string of TOML, in the quotes of the literal that it replaces where these can hold it.
pub(crate) fn requoted(literal: &str, text: &str) -> String {
    let is_plain = !text.contains(|it: char| it == '\'' || it.is_control());
    if literal.starts_with('\'') && !literal.starts_with("'''") && is_plain {
        return format!("'{text}'");
    }
    quoted(text)
}

/// A text as a part of a literal of TOML: with the escapes that its quotes need. Nothing where these cannot hold it.
pub(crate) fn inside(literal: &str, text: &str) -> Option<String> {
    if literal.starts_with('"') {
        let quoted = quoted(text);
        return quoted
            .strip_prefix('"')
            .and_then(|it| it.strip_suffix('"'))
            .map(str::to_owned);
    }
    let is_plain = !text.contains(|it: char| it == '\'' || it.is_control());
    (literal.starts_with('\'') && is_plain).then(|| text.to_owned())
}

/// Words as an array of TOML.
pub(crate) fn array(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("[{}]", words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{choice, inside, list, quoted, requoted, short};

    #[test]
    fn a_list_reads_like_a_sentence() {
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(choice(["a", "b", "c"]), "`a`, `b` or `c`");
    }

    #[test]
    fn a_text_of_several_lines_is_cut() {
        assert_eq!(short("one\ntwo"), "one…");
        assert_eq!(short("ünï"), "ünï");
    }

    #[test]
    fn quotes_and_control_characters_are_escaped() {
        assert_eq!(quoted("a\"b\\\u{1}"), r#""a\"b\\\u0001""#);
    }

    #[test]
    fn quotes_stay_where_they_can() {
        assert_eq!(requoted("'a'", "b"), "'b'");
        assert_eq!(requoted("'a'", "it's"), "\"it's\"");
        assert_eq!(requoted("\"a\"", "b"), "\"b\"");
        assert_eq!(inside("\"CMD x\"", "\"b\"").as_deref(), Some(r#"\"b\""#));
        assert_eq!(inside("'CMD x'", "\"b\"").as_deref(), Some("\"b\""));
        assert_eq!(inside("'CMD x'", "it's"), None);
    }
}
