//! How a literal text is written in each place of a Dockerfile.
//!
//! Every rule here was tried on BuildKit, buildah and Docker Engine 20.10: the values were read back byte for byte.

/// An element list in exec form: JSON, with one blank behind each comma. `['x']` and a trailing comma are not JSON, and
/// builders turn them silently into shell form.
pub(super) fn exec_form(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| json(word)).collect();
    format!("[{}]", words.join(", "))
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The value of an `ENV`, always in quotes. With `expand`, `$` keeps its meaning.
pub(super) fn variable(value: &str, expand: bool) -> String {
    let special = |character: char| matches!(character, '\\' | '"') || character == '$' && !expand;
    format!("\"{}\"", escaped(value, special))
}

/// The default of an `ARG`: bare where that is safe.
pub(super) fn argument(value: &str) -> String {
    let plain =
        |character: char| character.is_ascii_alphanumeric() || "._:/@+-".contains(character);
    if !value.is_empty() && value.chars().all(plain) {
        value.to_owned()
    } else {
        variable(value, false)
    }
}

/// A key or value of a `LABEL`.
pub(super) fn label(text: &str) -> String {
    variable(text, false)
}

/// A word of an instruction that expands variables and takes the rest of its line.
pub(super) fn word(text: &str) -> String {
    let word = escaped(text, |character| {
        matches!(character, '\\' | '"' | '\'' | '$')
    });
    // Builders look for flags behind every instruction's name.
    if word.starts_with("--") {
        return format!("\\{word}");
    }
    word
}

fn escaped(text: &str, special: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if special(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// The paths of a `COPY` or `ADD`: bare, or in JSON form as soon as one of them needs it. JSON elements still expand
/// variables, so they are escaped first.
pub(super) fn words(paths: &[&str]) -> String {
    let paths: Vec<String> = paths.iter().map(|path| unambiguous(path)).collect();
    if paths.iter().all(|path| is_plain(path)) {
        return paths.join(" ");
    }
    exec_form(&paths.iter().map(|path| word(path)).collect::<Vec<_>>())
}

/// A path that cannot be taken for a flag, a heredoc or a JSON list.
fn unambiguous(path: &str) -> String {
    // A heredoc may have the number of a file descriptor before it.
    let is_heredoc = path
        .trim_start_matches(|it: char| it.is_ascii_digit())
        .starts_with("<<");
    let odd = path.starts_with('-') || is_heredoc || path.starts_with('[');
    if odd {
        format!("./{path}")
    } else {
        path.to_owned()
    }
}

fn is_plain(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(|it: char| {
            it.is_whitespace() || matches!(it, '"' | '\'' | '$' | '\\') || it.is_control()
        })
}

/// A line as a word of the shell.
pub(super) fn literal(line: &str) -> String {
    format!("'{}'", line.replace('\'', r"'\''"))
}

/// Whether shell text means the same behind its instruction's name: it is no flag, no JSON list and no heredoc, and does
/// not reach into the next line.
pub(super) fn shell_safe(text: &str) -> bool {
    let text = text.trim();
    let odd_start =
        text.is_empty() || text.starts_with("--") || text.starts_with('[') && text.ends_with(']');
    // A comment on the last line would take the next instruction for its continuation.
    let ends_in_comment = text
        .lines()
        .next_back()
        .is_some_and(|line| line.trim_start().starts_with('#'));
    !odd_start
        && !ends_in_comment
        && !text.contains("<<")
        && !text.ends_with('\\')
        && !text.contains('\r')
}

#[cfg(test)]
mod tests {
    use super::{argument, exec_form, shell_safe, variable, word, words};

    #[test]
    fn a_variable_is_literal_unless_it_expands() {
        assert_eq!(variable(r#"a "b" $C \"#, false), r#""a \"b\" \$C \\""#);
        assert_eq!(variable("/app/bin:$PATH", true), r#""/app/bin:$PATH""#);
        assert_eq!(variable("", false), r#""""#);
    }

    #[test]
    fn an_argument_is_bare_where_that_is_safe() {
        assert_eq!(argument("dev"), "dev");
        assert_eq!(argument("a b"), r#""a b""#);
        assert_eq!(argument(""), r#""""#);
    }

    #[test]
    fn control_characters_are_escaped_as_json_has_them() {
        assert_eq!(exec_form(&["a\u{1b}\n\"".to_owned()]), r#"["a\u001b\n\""]"#);
    }

    #[test]
    fn awkward_paths_take_the_json_form() {
        assert_eq!(words(&["a", "/b/"]), "a /b/");
        assert_eq!(words(&["a b", "/app/a b"]), r#"["a b", "/app/a b"]"#);
        assert_eq!(words(&["a$b", "/x"]), r#"["a\\$b", "/x"]"#);
        assert_eq!(words(&["-x", "/x"]), "./-x /x");
        assert_eq!(words(&["<<EOT", "/x"]), "./<<EOT /x");
        assert_eq!(words(&["3<<EOT", "/x"]), "./3<<EOT /x");
    }

    #[test]
    fn a_word_keeps_its_dollar() {
        assert_eq!(word("/a$b"), r"/a\$b");
        assert_eq!(word("--x=y"), r"\--x=y");
    }

    #[test]
    fn shell_text_that_docker_would_read_otherwise_is_not_safe() {
        for text in [
            "--mount=type=secret,id=x cat",
            "[\"a\"]",
            "cat <<EOF",
            "a \\",
            "  ",
            "# escape=`",
            "a \\\n# b",
        ] {
            assert!(!shell_safe(text), "{text}");
        }
        assert!(shell_safe("[ -f x ] && y"));
    }
}
