//! What is said about a file: one type for the command line, the editor and every output format.

use crate::text::Span;

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably a mistake; the image still builds and runs.
    Warning,
    /// The file means nothing, the build fails, the container does not start, or a credential is exposed.
    Error,
}

impl Severity {
    /// The word that the command line, the configuration and the formats use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// A file that a diagnostic or an origin speaks of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum File {
    /// The `docksmith.toml` itself.
    #[default]
    Document,
    /// A file of the build context: an overlay, a script, `.dockerignore`. The path is relative to the context root,
    /// with `/`.
    Context(String),
}

/// A second place that helps to understand, with what it contributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The file that the place is in.
    pub file: File,
    /// The place.
    pub span: Span,
    /// What stands there, lower case and without full stop.
    pub message: String,
}

/// A replacement of a range of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The file to change.
    pub file: File,
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What comes in its place.
    pub text: String,
}

/// A change that takes a diagnostic away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in the imperative: ``replace `bilder` by `builder` ``.
    pub title: String,
    /// Whether the meaning stays, or the file was unusable and the intent is certain.
    pub safe: bool,
    /// The replacements; they do not overlap.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A safe fix that replaces one span of the document.
    pub fn safe(title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            safe: true,
            edits: vec![Edit {
                file: File::Document,
                span,
                text: text.into(),
            }],
        }
    }

    /// The same, unsafe: it may change the meaning.
    pub fn unsafe_(title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        Self {
            safe: false,
            ..Self::safe(title, span, text)
        }
    }

    /// The same in another file.
    pub fn in_file(mut self, file: &File) -> Self {
        for edit in &mut self.edits {
            edit.file = file.clone();
        }
        self
    }
}

/// One finding, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The name of the rule, such as `unknown-stage`.
    pub rule: &'static str,
    /// After levels were applied.
    pub severity: Severity,
    /// What is wrong, at most about 80 characters, lower case, without full stop.
    pub message: String,
    /// The file that must change.
    pub file: File,
    /// The smallest span that must change.
    pub span: Span,
    /// What the primary span itself contributes, shown under the carets; may be empty.
    pub label: String,
    /// At most two further places.
    pub labels: Vec<Label>,
    /// What would happen later, with the error that the user would meet.
    pub why: Option<String>,
    /// What to do, in the imperative, with text to paste.
    pub help: Option<String>,
    /// The edit that does it.
    pub fix: Option<Fix>,
    /// Whether the marked text has no effect or no use, so that an editor can grey it out.
    pub unnecessary: bool,
}

impl Diagnostic {
    /// The message, complete without the snippet: title, `; `, primary label.
    pub fn full_message(&self) -> String {
        if self.label.is_empty() {
            self.message.clone()
        } else {
            format!("{}; {}", self.message, self.label)
        }
    }
}

/// What a rule adds to its finding.
impl Diagnostic {
    /// What the primary span itself contributes.
    pub fn labelled(&mut self, text: impl Into<String>) -> &mut Self {
        self.label = text.into();
        self
    }

    /// A second place in the document.
    pub fn label(&mut self, span: Span, message: impl Into<String>) -> &mut Self {
        self.label_in(File::Document, span, message)
    }

    /// A second place in any file.
    pub fn label_in(&mut self, file: File, span: Span, message: impl Into<String>) -> &mut Self {
        self.labels.push(Label {
            file,
            span,
            message: message.into(),
        });
        self
    }

    /// What would happen later.
    pub fn why(&mut self, text: impl Into<String>) -> &mut Self {
        self.why = Some(text.into());
        self
    }

    /// What to do.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.help = Some(text.into());
        self
    }

    /// The edit that does it.
    pub fn fix(&mut self, fix: Fix) -> &mut Self {
        self.fix = Some(fix);
        self
    }

    /// Less severe than the rule's other findings.
    pub fn as_warning(&mut self) -> &mut Self {
        self.severity = self.severity.min(Severity::Warning);
        self
    }

    /// An error in every file, also where the rule's other findings are warnings.
    pub fn as_error(&mut self) -> &mut Self {
        self.severity = Severity::Error;
        self
    }

    /// The marked text has no effect or no use.
    pub fn unnecessary(&mut self) -> &mut Self {
        self.unnecessary = true;
        self
    }
}
