//! Words of the generated shell text.

/// A word of POSIX shell: bare where nothing in it is special, else in single quotes.
///
/// POSIX.1-2024, 2.2.2: nothing is special between single quotes but their end.
pub(crate) fn quote(word: &str) -> String {
    let plain =
        |character: char| character.is_ascii_alphanumeric() || "_./:=@%+,-".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The inside of a word in double quotes, with `${NAME}` of the given names left to the shell.
///
/// POSIX.1-2024, 2.2.3: between double quotes `$`, the back-tick, `"` and `\` are special.
pub(crate) fn double_quoted(text: &str, names: &[&str]) -> String {
    let mut quoted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some(reference) = names
            .iter()
            .map(|name| format!("${{{name}}}"))
            .find(|it| rest.starts_with(it.as_str()))
        {
            quoted.push_str(&reference);
            rest = rest.get(reference.len()..).unwrap_or_default();
            continue;
        }
        if matches!(character, '$' | '`' | '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    quoted
}

/// A word that may hold `${NAME}` of the given names.
pub(crate) fn quote_with(word: &str, names: &[&str]) -> String {
    let refers = names
        .iter()
        .any(|name| word.contains(&format!("${{{name}}}")));
    if refers {
        format!("\"{}\"", double_quoted(word, names))
    } else {
        quote(word)
    }
}

/// Whether a text holds an operator of the shell or a continuation, so that it is more than one simple command on its
/// line.
pub(crate) fn has_operator(text: &str) -> bool {
    text.contains("$(")
        || text.trim_end().ends_with('\\')
        || text
            .chars()
            .any(|character| ";&|<>()`\n".contains(character))
}

#[cfg(test)]
mod tests {
    use super::{double_quoted, quote, quote_with};

    #[test]
    fn a_word_with_a_quote_stays_one_word() {
        assert_eq!(quote("it's $(id)"), r"'it'\''s $(id)'");
        assert_eq!(quote("./cmd/server"), "./cmd/server");
        assert_eq!(quote(""), "''");
    }

    #[test]
    fn only_declared_names_are_left_to_the_shell() {
        assert_eq!(double_quoted("${A}${B}`\\", &["A"]), r"${A}\${B}\`\\");
        assert_eq!(quote_with("-X=${A}", &["A"]), r#""-X=${A}""#);
    }
}
