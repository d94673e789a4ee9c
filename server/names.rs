//! The names of a document: what makes each, and every place that uses it.
//!
//! One table serves definition, references, rename, and the rules about names that are unknown or unused. It is read from
//! the tree, so that a name is there while the text around it is broken; what a step says in Dockerfile's own language is
//! taken from the plan where the step could be read, and from its words where not. Text of other files, the overlay or the
//! Dockerfile that `dockerfile` names, comes through the plan with places in those files.

mod collect;
mod files;
mod generated;
mod legal;
mod resolve;
mod steps;
#[cfg(test)]
mod tests;
pub(crate) mod words;

use std::collections::HashSet;

pub use crate::names::legal::{reserved, why_illegal};

use crate::config::spellings::Canonical;
use crate::diagnostic::File;
use crate::plan::BuildPlan;
use crate::syntax::Document;
use crate::text::Span;

/// What has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A build stage.
    Stage,
    /// A build argument.
    Argument,
    /// An environment variable. Of a use: an argument or an environment variable.
    Variable,
    /// A build secret.
    Secret,
    /// The user of the final image.
    User,
    /// A tool, whose stages are named `tool-…` after it.
    Tool,
    /// A binary, whose stage is named `builder-…` after it.
    Binary,
}

impl Kind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Argument => "build argument",
            Self::Variable => "environment variable",
            Self::Secret => "secret",
            Self::User => "user",
            Self::Tool => "tool",
            Self::Binary => "binary",
        }
    }
}

/// Where a word stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: File,
    /// Exactly the word, without quotes.
    pub span: Span,
    /// The literal or key with its quotes where the word is all of it, else the word.
    pub literal: Span,
}

/// What is named, whatever names it: a tool and the stages that are named after it are one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
}

/// How a name comes to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// It is written at its place.
    Written,
    /// docksmith makes it because of the key at its place.
    Key,
    /// docksmith puts it together around the name of a tool or a binary, which stands at its place.
    Around {
        /// The tool or the binary.
        name: Name,
        /// What stands before that name.
        before: String,
        /// What stands behind it.
        after: String,
    },
}

/// What makes a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What it is, and its name.
    pub name: Name,
    /// Where the name stands, or what makes it.
    pub place: Place,
    /// How it comes to be.
    pub made: Made,
    /// What a stage starts from, as far as it is written.
    pub base: Option<String>,
    /// Whether it is a stage that only another stage of docksmith's needs.
    pub is_inner: bool,
}

/// How a use is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// What a stage builds on: a stage or an image.
    Base,
    /// The `from` of a copy.
    Copy,
    /// The `from` of a mount, in a table.
    Bind,
    /// In an instruction: `--from=`, the `from=` or the `id=` of a mount, `--chown=`, `USER`.
    Instruction,
    /// The stage that a tool goes into.
    ToolStage,
    /// An item of `secret`.
    SecretKey,
    /// `$X` or `${X}`, for a builder or a shell.
    Variable,
    /// `$X` or `${X}` that the running container reads.
    InContainer,
    /// `${X}` among the flags of a build.
    Flag,
    /// A user or group in a value.
    Owner,
}

/// A place that uses a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// What is meant; of a variable it is not said which kind.
    pub kind: Kind,
    /// The name as it is written.
    pub name: String,
    /// Where.
    pub place: Place,
    /// How it is written.
    pub form: Form,
    /// The stage that it stands in, if that has a name.
    pub inside: Option<String>,
    /// Whether the plan has what it stands in, so that it counts.
    pub is_planned: bool,
    /// The index of what makes the name, if anything does.
    pub target: Option<usize>,
}

/// The table.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// What makes names: the user's stages, those that docksmith makes, those of other files, then everything else.
    pub targets: Vec<Target>,
    /// What uses them, in the order of reading.
    pub uses: Vec<Use>,
    /// Names that a command sets itself and reads: what its `$X` means cannot be known for sure.
    pub set_by_commands: HashSet<String>,
}

/// A word that has to do with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrence<'a> {
    /// It makes the name.
    Target(&'a Target),
    /// It uses the name.
    Use(&'a Use),
}

impl<'a> Occurrence<'a> {
    /// Where the word stands.
    pub fn place(self) -> &'a Place {
        match self {
            Self::Target(it) => &it.place,
            Self::Use(it) => &it.place,
        }
    }
}

impl Names {
    /// The names of a document, with those of the files that its plan was made from.
    pub fn new(document: &Document, text: &str, config: &Canonical, plan: &BuildPlan) -> Self {
        let mut collector = collect::Collector::new(document, text, config, plan);
        collector.document();
        collector.other_files();
        collector.finish()
    }

    /// The word at an offset of the document that makes or uses a name. Of a base that no stage has, an image is meant.
    pub fn at(&self, offset: u32) -> Option<Occurrence<'_>> {
        let touched = |place: &Place| place.file == File::Document && place.literal.touches(offset);
        let uses = self.uses.iter().filter(|it| touched(&it.place));
        let uses = uses.filter(|it| it.form != Form::Base || it.target.is_some());
        let targets = self.targets.iter();
        let targets = targets.filter(|it| it.made == Made::Written && touched(&it.place));
        // Of two words that touch, the one that the cursor stands in or before.
        let all = uses.map(Occurrence::Use);
        all.chain(targets.map(Occurrence::Target))
            .max_by_key(|it| (offset < it.place().span.end, it.place().span.start))
    }

    /// What an occurrence names, if anything makes it.
    pub fn named(&self, occurrence: Occurrence<'_>) -> Option<Name> {
        match occurrence {
            Occurrence::Target(target) => Some(target.whole()),
            Occurrence::Use(it) => Some(self.target(it)?.whole()),
        }
    }

    /// What makes the name of a use.
    pub fn target(&self, it: &Use) -> Option<&Target> {
        self.targets.get(it.target?)
    }

    /// Everything that makes a name.
    pub fn targets_of<'a>(&'a self, name: &Name) -> impl Iterator<Item = &'a Target> {
        let name = name.clone();
        self.targets.iter().filter(move |it| it.name == name)
    }

    /// Everything that uses a name; of a tool or a binary, what uses its stages.
    pub fn uses_of<'a>(&'a self, name: &Name) -> impl Iterator<Item = &'a Use> {
        let name = name.clone();
        self.uses.iter().filter(move |it| {
            let target = self.target(it);
            target.is_some_and(|target| target.is_called(&name))
        })
    }

    /// The uses of a kind, in the order of reading.
    pub fn uses(&self, kind: Kind) -> impl Iterator<Item = &Use> {
        self.uses.iter().filter(move |it| it.kind == kind)
    }

    /// The stage with a name.
    pub fn stage(&self, name: &str) -> Option<&Target> {
        let mut targets = self.targets.iter();
        targets.find(|it| it.name.kind == Kind::Stage && it.name.name == name)
    }
}

impl Target {
    /// What the name belongs to: the tool or the binary that a stage is named after, else itself.
    pub fn whole(&self) -> Name {
        match &self.made {
            Made::Around { name, .. } => name.clone(),
            Made::Written | Made::Key => self.name.clone(),
        }
    }

    fn is_called(&self, name: &Name) -> bool {
        match &self.made {
            Made::Around { name: own, .. } => own == name,
            Made::Written | Made::Key => self.name == *name,
        }
    }
}
