//! An instruction in Dockerfile's own language, taken apart, with the place of every part.

use crate::plan::SourcePath;
use crate::plan::instructions::{self, Keyword, Reader};
use crate::text::{Span, Spanned};

/// One instruction in Dockerfile's own language, read by a parser and known to be just one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// Its name, upper case.
    pub keyword: String,
    /// The place of its name.
    pub keyword_span: Span,
    /// Its flags, in order.
    pub flags: Vec<Flag>,
    /// What follows the flags, as written: continuation lines and heredocs included.
    pub arguments: String,
    /// The place of the arguments.
    pub arguments_span: Span,
    /// The elements, if it is in exec form (`RUN`, `CMD`, `ENTRYPOINT`, `SHELL`, and the command of `HEALTHCHECK`).
    pub exec: Option<Vec<String>>,
    /// For `COPY` and `ADD`: the sources that are paths, with their places, and the destination last.
    pub paths: Vec<SourcePath>,
    /// The mounts of a `RUN`, in order.
    pub mounts: Vec<WrittenMount>,
    /// What `ENV`, `ARG` and `LABEL` set, in order.
    pub pairs: Vec<Pair>,
    /// The words of `EXPOSE`, without quotes.
    pub ports: Vec<Spanned<String>>,
    /// The variables in flags and arguments, in order; those of `trigger` are there.
    pub variables: Vec<Variable>,
    /// The instruction behind `ONBUILD`.
    pub trigger: Option<Box<Self>>,
}

impl Written {
    /// What to take out so that a flag is gone: it, and the blanks before it.
    pub fn without_flag(&self, flag: &Flag) -> Span {
        let before = self.flags.iter().take_while(|it| *it != flag).last();
        let start = before.map_or(self.keyword_span, |it| it.name_span.cover(it.span));
        Span {
            start: start.end,
            end: flag.name_span.cover(flag.span).end,
        }
    }
}

/// A flag of an instruction, such as `--from=web`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Without the dashes.
    pub name: String,
    /// The place of the name with its dashes.
    pub name_span: Span,
    /// Behind the equals sign.
    pub value: Option<String>,
    /// The place of the value, or of the flag where it has none.
    pub span: Span,
}

/// A mount of a `RUN`: the options of one `--mount=`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenMount {
    /// The options, in order.
    pub options: Vec<MountOption>,
    /// The place of all of them.
    pub span: Span,
}

/// An option of a mount, such as `type=cache`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountOption {
    /// Before the equals sign, lower case.
    pub key: Spanned<String>,
    /// Behind it.
    pub value: Option<Spanned<String>>,
}

/// A name and its value in `ENV`, `ARG` or `LABEL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The name, without quotes.
    pub name: Spanned<String>,
    /// The value, without quotes; its variables are not replaced.
    pub value: Option<Spanned<String>>,
}

/// A variable that something replaces, such as `${VERSION:-dev}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: Spanned<String>,
    /// The place of all of it, from the `$` on.
    pub span: Span,
    /// What stands between the name and its word, such as `:-`; empty where there is none.
    pub modifier: &'static str,
    /// Who replaces it.
    pub reader: Reader,
}

impl Variable {
    /// Whether it is more than nothing where the variable is not set, or stops the build itself.
    pub fn has_default(&self) -> bool {
        matches!(self.modifier, ":-" | "-" | ":+" | "+" | ":?" | "?")
    }

    /// The same at another place.
    pub(super) fn moved(self, place: &impl Fn(Span) -> Span) -> Self {
        Self {
            name: Spanned::new(self.name.value, place(self.name.span)),
            span: place(self.span),
            ..self
        }
    }
}

impl WrittenMount {
    /// The value of an option, under the first of its names that is there.
    pub fn value(&self, names: &[&str]) -> Option<&Spanned<String>> {
        self.options
            .iter()
            .find(|option| names.contains(&option.key.value.as_str()))?
            .value
            .as_ref()
    }

    /// Its type, lower case; without one it is a bind mount.
    pub fn kind(&self) -> String {
        self.value(&["type"])
            .map_or_else(|| "bind".to_owned(), |kind| kind.to_ascii_lowercase())
    }

    /// The id of the secret that it mounts.
    pub fn secret(&self) -> Option<&Spanned<String>> {
        (self.kind() == "secret")
            .then(|| self.value(&["id", "source", "src"]))
            .flatten()
    }

    /// The path of the build context that it binds.
    pub fn context_source(&self) -> Option<&Spanned<String>> {
        let is_local = self.kind() == "bind" && self.value(&["from"]).is_none();
        is_local.then(|| self.value(&["source", "src"])).flatten()
    }
}

impl Written {
    /// What is known of its instruction.
    pub fn definition(&self) -> Option<&'static Keyword> {
        instructions::keyword(&self.keyword)
    }

    /// The value of a flag.
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }

    /// What the mounts of a `RUN` and the `--from` of a `COPY` name: stages or images, with their places.
    pub fn references(&self) -> Vec<(&str, Span)> {
        let from = self.flag("from").filter(|_| self.keyword == "COPY");
        let from = from.and_then(|flag| Some((flag.value.as_deref()?, flag.span)));
        let mounts = self.mounts.iter().filter_map(|mount| {
            let from = mount.value(&["from"])?;
            Some((from.value.as_str(), from.span))
        });
        from.into_iter().chain(mounts).collect()
    }

    /// The same with every place moved, such as from a string's text into the document.
    pub(super) fn moved(self, place: &impl Fn(Span) -> Span) -> Self {
        let text = |it: Spanned<String>| Spanned::new(it.value, place(it.span));
        let option = |it: MountOption| MountOption {
            key: text(it.key),
            value: it.value.map(text),
        };
        let flags = self.flags.into_iter().map(|flag| Flag {
            name_span: place(flag.name_span),
            span: place(flag.span),
            ..flag
        });
        let paths = self.paths.into_iter().map(|path| SourcePath {
            span: path.span.map(place),
            ..path
        });
        let mounts = self.mounts.into_iter().map(|mount| WrittenMount {
            options: mount.options.into_iter().map(option).collect(),
            span: place(mount.span),
        });
        let pairs = self.pairs.into_iter().map(|pair| Pair {
            name: text(pair.name),
            value: pair.value.map(text),
        });
        let variables = self.variables.into_iter().map(|it| it.moved(place));
        Self {
            keyword_span: place(self.keyword_span),
            flags: flags.collect(),
            arguments_span: place(self.arguments_span),
            paths: paths.collect(),
            mounts: mounts.collect(),
            pairs: pairs.collect(),
            ports: self.ports.into_iter().map(text).collect(),
            variables: variables.collect(),
            trigger: self.trigger.map(|it| Box::new(it.moved(place))),
            ..self
        }
    }
}
