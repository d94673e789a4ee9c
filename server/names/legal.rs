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

/// How the names of a kind are formed.
struct Shape {
    /// What they may begin with.
    is_first: fn(char) -> bool,
    /// What they may hold beside lower-case letters and digits.
    also: &'static str,
    /// Whether they may hold capitals.
    takes_capitals: bool,
    /// The same for the user.
    said: &'static str,
}

impl Shape {
    fn of(kind: Kind) -> Self {
        let (is_first, also, takes_capitals, said): (fn(char) -> bool, _, _, _) = match kind {
            Kind::Stage => (
                is_lower,
                "_.-",
                false,
                "lower-case letters, digits, `.`, `_` and `-`, a letter first",
            ),
            Kind::Tool | Kind::Binary => (
                is_lower,
                "_-",
                false,
                "lower-case letters, digits, `_` and `-`, a letter first",
            ),
            Kind::User => (
                is_lower_or_low_line,
                "_-",
                false,
                "at most 32 lower-case letters, digits, `_` and `-`, a letter or `_` first",
            ),
            Kind::Secret => (
                is_alphanumeric,
                "_.-",
                true,
                "letters, digits, `.`, `_` and `-`, a letter or digit first",
            ),
            Kind::Argument | Kind::Variable => (
                is_letter_or_low_line,
                "_",
                true,
                "letters, digits and `_`, a letter or `_` first",
            ),
        };
        Self {
            is_first,
            also,
            takes_capitals,
            said,
        }
    }

    fn fits(&self, name: &str) -> bool {
        let is_part = |it: char| {
            it.is_ascii_lowercase()
                || it.is_ascii_digit()
                || self.also.contains(it)
                || self.takes_capitals && it.is_ascii_uppercase()
        };
        name.starts_with(self.is_first) && name.chars().all(is_part)
    }
}

/// Why a text can't be the name of something, if it can't; whether it is taken is another question.
pub fn why_illegal(kind: Kind, name: &str) -> Option<String> {
    let word = kind.word();
    if name.is_empty() {
        return Some(format!("the name of a {word} is empty"));
    }
    let shape = Shape::of(kind);
    let is_too_long = kind == Kind::User && name.len() > 32;
    if is_too_long || !shape.fits(name) {
        let (shown, said) = (crate::config::words::short(name), shape.said);
        return Some(format!(
            "`{shown}` can't be the name of a {word}: use {said}"
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
    use crate::config::check::validate;
    use crate::names::Kind;
    use crate::syntax::parse;
    use crate::text::Span;

    /// Whether the schema takes a name where a kind of it is written.
    fn schema_takes(kind: Kind, name: &str) -> bool {
        let table = match kind {
            Kind::Stage => format!("[[stages]]\nname = {name:?}\nfrom = \"scratch\"\n"),
            Kind::Tool => format!(
                "[[external_tools]]\nname = {name:?}\nimage = \"x:1\"\nsrc = \"/x\"\ndst = \"/x\"\n"
            ),
            Kind::Binary => format!("[[build.binaries]]\nname = {name:?}\npath = \"./x\"\n"),
            Kind::User => format!("runtime.user = {{ name = {name:?}, uid = 1000 }}\n"),
            Kind::Secret => format!("secrets.{name:?} = {{ target = \"/x\" }}\n"),
            Kind::Argument | Kind::Variable => format!("args.{name:?} = \"x\"\n"),
        };
        let text = format!("language = \"go\"\nbuild.target = \"./x\"\n{table}");
        let start = text.find(&format!("{name:?}")).expect("the name");
        let shapes = validate(&parse(&text).root);
        let speaks_of_name = |span: Span| span.touches(u32::try_from(start).expect("small"));
        !shapes.iter().any(|shape| speaks_of_name(shape.span))
    }

    #[test]
    fn names_are_formed_as_the_schema_says() {
        let names = [
            "web", "Web", "a.b", "a-b", "a_b", "_a", "9a", "-a", ".a", "a b", "a9", "é", "A",
            "AZ_9",
        ];
        for kind in [
            Kind::Stage,
            Kind::Tool,
            Kind::Binary,
            Kind::User,
            Kind::Secret,
            Kind::Argument,
        ] {
            for name in names {
                let is_legal = why_illegal(kind, name).is_none();
                assert_eq!(is_legal, schema_takes(kind, name), "{kind:?} {name}");
            }
        }
    }

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
