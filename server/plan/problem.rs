//! What could not be planned as it was said. Rules word it.

use crate::diagnostic::File;
use crate::plan::parse::Fault;
use crate::text::Span;

/// A place of a file that could not be planned as it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is in the way.
    pub kind: ProblemKind,
    /// The file.
    pub file: File,
    /// The smallest span that must change.
    pub span: Span,
}

impl Problem {
    /// A problem of the document.
    pub fn new(kind: ProblemKind, span: Span) -> Self {
        Self {
            kind,
            file: File::Document,
            span,
        }
    }
}

/// The kinds of problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// Neither `language` nor `dockerfile` nor a final stage.
    MissingLanguage,
    /// Nobody can know what the container starts.
    MissingCommand,
    /// A build command does not say where the binary is.
    UnknownOutput,
    /// Nobody can know what is built without `build.target`, with the reason.
    UnknownTarget(String),
    /// A file that the generated steps need is known to be missing.
    MissingProjectFile {
        /// Its name.
        name: String,
        /// How the build would stop.
        error: String,
    },
    /// The quotes of a string command are not balanced.
    UnbalancedQuotes,
    /// A flag of Go's linker that cannot be passed on, with the reason.
    Ldflags(String),
    /// Stages that need each other: the ring with the place of each need; the first name is not repeated.
    StageCycle(Vec<(String, Span)>),
    /// A step is not exactly one sound instruction; the fault has the place too.
    StepSyntax(Fault),
    /// The same of the overlay, or of the file that `dockerfile` names.
    OverlaySyntax(Fault),
    /// Packages are wanted of an image without package manager.
    NoPackageManager {
        /// The image.
        image: String,
    },
    /// A user is named that the image lacks and that cannot be created there.
    UserNotCreatable {
        /// The user.
        name: String,
        /// The image.
        image: String,
    },
    /// A bare name on an image that nobody knows.
    UnknownUser {
        /// The user.
        name: String,
        /// The image.
        image: String,
    },
    /// An owner that neither the image nor `user` knows.
    UnresolvedOwner {
        /// The name.
        name: String,
        /// The image.
        image: String,
    },
    /// A key that counts for nothing in this plan.
    NoEffect {
        /// Its path.
        key: &'static [&'static str],
        /// Why, as it follows "has no effect".
        reason: String,
    },
    /// The language has no image of that family.
    UnsupportedFamily,
}
