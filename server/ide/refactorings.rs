//! Refactorings: other ways to write what a place says, each looked at before it is offered.

mod extract;
mod forms;
mod script;
mod spelling;
mod steps;
mod tools;
mod writing;

use crate::analysis::{Analysis, Options};
use crate::context::BuildContext;
use crate::diagnostic::{Edit, File};
use crate::syntax::Step;
use crate::text::Span;

/// What a refactoring is about, in the protocol's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The same place, written otherwise.
    Rewrite,
    /// A part becomes something of its own.
    Extract,
}

/// A change that the user may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refactoring {
    /// What it does, in the imperative; says so where the meaning changes.
    pub title: String,
    /// What it is about.
    pub kind: Kind,
    /// The replacements in the document; they do not overlap.
    pub edits: Vec<Edit>,
    /// A file that is made.
    pub file: Option<NewFile>,
}

/// A file that is not there yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its path below the context root.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// Where refactorings are looked for, and how their results are judged.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// What is known of the document.
    pub analysis: &'a Analysis,
    /// The files around it.
    pub context: &'a dyn BuildContext,
    /// The options of the analysis.
    pub options: &'a Options,
    /// What is selected; empty for a cursor.
    pub span: Span,
}

/// The refactorings of a place. A document with syntax errors has those that leave no new one.
pub fn refactorings(place: &Place<'_>) -> Vec<Refactoring> {
    let mut found = Vec::new();
    found.extend(spelling::canonical(place));
    found.extend(steps::other_form(place));
    found.extend(forms::other_forms(place));
    found.extend(extract::extracted(place));
    found.extend(tools::with_checksums(place));
    found.extend(script::made(place));
    found
}

impl Place<'_> {
    /// The path to where the selection begins.
    fn path(&self) -> Option<Vec<Step>> {
        self.analysis.document.path_at(self.span.start)
    }

    /// What edits make of the document, if they break nothing.
    fn after(&self, edits: &[Edit]) -> Option<Analysis> {
        self.analysis.after(edits, self.context, self.options)
    }

    /// Whether edits make no error that was not there.
    fn is_harmless(&self, edits: &[Edit]) -> bool {
        let after = self.after(edits);
        after.is_some_and(|after| after.new_error(self.analysis).is_none())
    }

    /// Whether a comment lies in a span; what replaces it would lose it.
    fn has_comment(&self, span: Span) -> bool {
        let mut comments = self.analysis.document.comments.iter();
        comments.any(|comment| span.covers(comment.span))
    }
}

/// The replacement of a part of the document.
fn replacement(span: Span, text: impl Into<String>) -> Edit {
    Edit {
        file: File::Document,
        span,
        text: text.into(),
    }
}

/// A rewriting of one place.
fn rewriting(title: impl Into<String>, edits: Vec<Edit>) -> Refactoring {
    Refactoring {
        title: title.into(),
        kind: Kind::Rewrite,
        edits,
        file: None,
    }
}

#[cfg(test)]
mod tests;
