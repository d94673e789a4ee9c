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

#[cfg(test)]
mod tests {
    use super::{choice, list, quoted, short};

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
}
