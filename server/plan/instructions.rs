//! The instructions of Dockerfile's language: what each is for, where it may stand, its flags and what these take.
//!
//! The one table that parsing, rules, hover and completion use. It follows frontend 1.20
//! (<https://docs.docker.com/reference/dockerfile/>), which the rendered `# syntax` line selects.

mod mounts;
mod table;

pub use crate::plan::instructions::mounts::{MOUNT_TYPES, MountKey, MountType};
pub use crate::plan::instructions::table::INSTRUCTIONS;

/// An instruction of the language.
#[derive(Debug, PartialEq, Eq)]
pub struct Keyword {
    /// Its name, upper case.
    pub name: &'static str,
    /// What it does, as the rest of a sentence: `copies files`.
    pub does: &'static str,
    /// Two or three sentences about it, Markdown.
    pub page: &'static str,
    /// How it is written, one form a line.
    pub forms: &'static [&'static str],
    /// Its flags.
    pub flags: &'static [KnownFlag],
    /// Who replaces the variables in its arguments.
    pub reader: Reader,
}

/// Who replaces variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The builder: from `ARG` and `ENV`.
    Builder,
    /// A shell during the build, unless the instruction is in exec form.
    BuildShell,
    /// A shell in the container, unless the instruction is in exec form.
    Container,
    /// Nobody.
    Nobody,
}

/// A flag of an instruction.
#[derive(Debug, PartialEq, Eq)]
pub struct KnownFlag {
    /// Without the dashes.
    pub name: &'static str,
    /// A sentence or two about it, Markdown.
    pub page: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether it may stand several times.
    pub repeats: bool,
}

/// What a flag, or a key of a mount, takes as its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Nothing, or `true` or `false`.
    Switch,
    /// One of some words, each with what it means.
    Words(&'static [(&'static str, &'static str)]),
    /// A stage, an image or a named build context; no variables.
    Stage,
    /// A user with its group.
    Owner,
    /// A file mode.
    Mode,
    /// A duration, such as `1m30s`.
    Duration,
    /// A whole number, at least 0.
    Count,
    /// A number of bytes, such as `64m`.
    Size,
    /// A platform.
    Platform,
    /// The options of a mount.
    Mount,
    /// A path in the image.
    Target,
    /// A path of the build context, or of what `from` names.
    Source,
    /// The id of a secret or of a cache.
    Id,
    /// Any text; the word stands for it in documentation.
    Text(&'static str),
}

impl Takes {
    /// The words that are taken, if they are listed.
    pub fn words(self) -> Vec<&'static str> {
        match self {
            Self::Words(words) => words.iter().map(|(word, _)| *word).collect(),
            Self::Switch => vec!["true", "false"],
            _ => Vec::new(),
        }
    }

    /// How the value is written in documentation.
    pub fn placeholder(self) -> String {
        let word = match self {
            Self::Switch => "true|false",
            Self::Words(_) => return self.words().join("|"),
            Self::Stage => "<stage>",
            Self::Owner => "<user>:<group>",
            Self::Mode => "<mode>",
            Self::Duration => "<duration>",
            Self::Count => "<number>",
            Self::Size => "<bytes>",
            Self::Platform => "<platform>",
            Self::Mount => "type=<type>,…",
            Self::Target | Self::Source => "<path>",
            Self::Id => "<id>",
            Self::Text(word) => return format!("<{word}>"),
        };
        word.to_owned()
    }
}

impl Keyword {
    /// The flag with a name.
    pub fn flag(&self, name: &str) -> Option<&'static KnownFlag> {
        self.flags.iter().find(|flag| flag.name == name)
    }

    /// Whether a step may be this instruction.
    pub fn is_step(&self) -> bool {
        self.name != "FROM"
    }

    /// Whether `ONBUILD` may stand in front of it.
    pub fn is_trigger(&self) -> bool {
        !matches!(self.name, "FROM" | "ONBUILD" | "MAINTAINER")
    }
}

/// The instruction with a name, in whichever case.
pub fn keyword(name: &str) -> Option<&'static Keyword> {
    INSTRUCTIONS
        .iter()
        .find(|keyword| keyword.name.eq_ignore_ascii_case(name))
}

/// The type of mount with a name; without one it is a bind mount.
pub fn mount_type(name: Option<&str>) -> Option<&'static MountType> {
    let name = name.unwrap_or("bind");
    MOUNT_TYPES
        .iter()
        .find(|kind| kind.name.eq_ignore_ascii_case(name))
}

/// The arguments that builders set for every platform, where an `ARG` names them
/// (<https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope>).
pub const PLATFORM_ARGS: [&str; 8] = [
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
];

/// The arguments that need no `ARG` (<https://docs.docker.com/reference/dockerfile/#predefined-args>).
pub const PREDEFINED_ARGS: [&str; 10] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "FTP_PROXY",
    "ftp_proxy",
    "NO_PROXY",
    "no_proxy",
    "ALL_PROXY",
    "all_proxy",
];

#[cfg(test)]
mod tests {
    use super::{INSTRUCTIONS, MOUNT_TYPES, keyword, mount_type};

    #[test]
    fn the_table_is_in_order_and_complete() {
        let names: Vec<&str> = INSTRUCTIONS.iter().map(|it| it.name).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        assert_eq!(names, sorted);
        assert_eq!(names.len(), 18);
    }

    #[test]
    fn every_entry_is_documented() {
        let is_sentence = |page: &str| page.ends_with('.') && !page.contains("  ");
        for it in &INSTRUCTIONS {
            assert!(is_sentence(it.page) && !it.forms.is_empty(), "{}", it.name);
            for flag in it.flags {
                assert!(is_sentence(flag.page), "{} {}", it.name, flag.name);
            }
        }
        for kind in &MOUNT_TYPES {
            assert!(is_sentence(kind.page), "{}", kind.name);
            for key in kind.keys {
                assert!(is_sentence(key.page), "{} {}", kind.name, key.name);
            }
        }
    }

    #[test]
    fn names_are_found_in_either_case() {
        assert_eq!(keyword("copy").map(|it| it.name), Some("COPY"));
        assert_eq!(mount_type(None).map(|it| it.name), Some("bind"));
        let cache = mount_type(Some("cache")).expect("a type");
        assert_eq!(cache.key("dst").map(|it| it.name), Some("target"));
        assert_eq!(cache.key("size"), None);
    }
}
