//! What is wrong in Dockerfile text.

use crate::text::Span;

/// Something that is wrong in Dockerfile text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What, in the words of a message.
    pub message: String,
    /// The smallest place that must change.
    pub span: Span,
    /// What to do, where that is known.
    pub help: Option<String>,
    /// Whether builders read past it.
    pub is_harmless: bool,
    /// What stands there, if a name could be meant by it.
    pub word: String,
    /// The names that could be meant, as they are written.
    pub names: Vec<String>,
}

impl Fault {
    /// A fault at a place.
    pub(in crate::plan) fn new(message: impl Into<String>, span: Span) -> Self {
        Self {
            message: message.into(),
            span,
            help: None,
            is_harmless: false,
            word: String::new(),
            names: Vec::new(),
        }
    }

    /// The same with what to do.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }

    /// The same with the names that could be meant by a word.
    pub(super) fn names<'a>(self, word: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            word: word.to_owned(),
            names: names.into_iter().map(str::to_owned).collect(),
            ..self
        }
    }

    /// The same at another place.
    pub(crate) fn moved(self, place: &impl Fn(Span) -> Span) -> Self {
        Self {
            span: place(self.span),
            ..self
        }
    }
}
