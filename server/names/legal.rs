//! Which names are free and well-formed.

use crate::names::Kind;
use crate::plan::instructions::{PLATFORM_ARGS, PREDEFINED_ARGS};

/// What a reserved stage name means.
pub fn reserved(name: &str) -> Option<&'static str> {
    match name {
        "scratch" => Some("the empty image"),
        "context" => Some("the build context"),
        "source" | "builder" | "runtime" => Some("a stage of docksmith"),
        _ if name.starts_with("builder-") || name.starts_with("tool-") => {
            Some("a stage of docksmith")
        }
        _ => None,
    }
}

/// Why a text can't be the name of something, if it can't; whether it is taken is another question.
pub fn why_illegal(kind: Kind, name: &str) -> Option<String> {
    let word = kind.word();
    if name.is_empty() {
        return Some(format!("the name of a {word} is empty"));
    }
    let (is_first, also, form): (fn(char) -> bool, &str, &str) = match kind {
        Kind::Stage => (
            is_lower,
            "_.-",
            "lower-case letters, digits, `.`, `_` and `-`, a letter first",
        ),
        Kind::Tool | Kind::Binary => (
            is_lower,
            "_-",
            "lower-case letters, digits, `_` and `-`, a letter first",
        ),
        Kind::User => (
            is_lower_or_low_line,
            "_-",
            "at most 32 lower-case letters, digits, `_` and `-`, a letter or `_` first",
        ),
        Kind::Secret => (
            is_alphanumeric,
            "_.-",
            "letters, digits, `.`, `_` and `-`, a letter or digit first",
        ),
        Kind::Argument | Kind::Variable => (
            is_letter_or_low_line,
            "_",
            "letters, digits and `_`, a letter or `_` first",
        ),
    };
    let takes_capitals = matches!(kind, Kind::Secret | Kind::Argument | Kind::Variable);
    let is_part = |it: char| {
        it.is_ascii_lowercase()
            || it.is_ascii_digit()
            || also.contains(it)
            || takes_capitals && it.is_ascii_uppercase()
    };
    let is_too_long = kind == Kind::User && name.len() > 32;
    if is_too_long || !name.starts_with(is_first) || !name.chars().all(is_part) {
        let shown = crate::config::words::short(name);
        return Some(format!(
            "`{shown}` can't be the name of a {word}: use {form}"
        ));
    }
    let is_set_by_builders = PLATFORM_ARGS.contains(&name) || PREDEFINED_ARGS.contains(&name);
    match (kind, reserved(name)) {
        (Kind::Stage, Some(meaning)) => Some(format!(
            "`{name}` cannot be the name of a stage: it is {meaning}"
        )),
        (Kind::Argument, _) if is_set_by_builders => {
            Some(format!("`{name}` is set by builders themselves"))
        }
        _ => None,
    }
}

fn is_lower(it: char) -> bool {
    it.is_ascii_lowercase()
}

fn is_lower_or_low_line(it: char) -> bool {
    it.is_ascii_lowercase() || it == '_'
}

fn is_alphanumeric(it: char) -> bool {
    it.is_ascii_alphanumeric()
}

fn is_letter_or_low_line(it: char) -> bool {
    it.is_ascii_alphabetic() || it == '_'
}

#[cfg(test)]
mod tests {
    use super::why_illegal;
    use crate::names::Kind;

    #[test]
    fn each_kind_has_its_own_form() {
        for (kind, good, bad) in [
            (Kind::Stage, "web-1.x", "Web"),
            (Kind::Stage, "tools", "tool-x"),
            (Kind::Tool, "a_b", "a.b"),
            (Kind::Secret, "9.A", ".netrc"),
            (Kind::Argument, "_A9", "9A"),
            (Kind::Argument, "ARCH", "TARGETARCH"),
            (Kind::User, "_x", "é"),
        ] {
            assert_eq!(why_illegal(kind, good), None, "{good}");
            assert!(why_illegal(kind, bad).is_some(), "{bad}");
            assert!(why_illegal(kind, "").is_some());
        }
        let long = "a".repeat(33);
        assert!(why_illegal(Kind::User, &long).is_some());
    }
}
