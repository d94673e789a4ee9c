//! What suppression comments hide.

use crate::analysis::levels::Levels;
use crate::diagnostic::{Diagnostic, File};
use crate::rules::{Findings, Subject, by_name, unused_suppression};
use crate::syntax::suppression::{Scope, Suppression, suppressions};

/// Rules that nobody can silence.
const UNSUPPRESSIBLE: [&str; 2] = ["toml-syntax", "invalid-suppression"];

/// The suppression comments of a document; each rule in each of them counts by itself.
pub(super) struct Suppressions {
    list: Vec<Suppression>,
}

impl Suppressions {
    pub(super) fn read(subject: &Subject<'_>) -> Self {
        let mut list = suppressions(subject.text, subject.document);
        list.retain(|suppression| suppression.fault.is_none());
        let needs_reason = subject
            .config
            .lint
            .as_ref()
            .and_then(|lint| lint.require_reason.as_ref());
        if needs_reason.is_some_and(|needs| needs.value) {
            list.retain(|suppression| !suppression.reason.is_empty());
        }
        Self { list }
    }

    /// How many rules are named in all comments.
    pub(super) fn len(&self) -> usize {
        self.list
            .iter()
            .map(|suppression| suppression.rules.len())
            .sum()
    }

    /// The reason for which a diagnostic is hidden, if it is; what hides it is marked as used.
    pub(super) fn hides(&self, diagnostic: &Diagnostic, used: &mut [bool]) -> Option<&str> {
        if UNSUPPRESSIBLE.contains(&diagnostic.rule) || diagnostic.file != File::Document {
            return None;
        }
        let mut hidden = None;
        let names = self
            .list
            .iter()
            .flat_map(|it| it.rules.iter().map(move |(name, _)| (it, name)));
        for ((suppression, name), used) in names.zip(used.iter_mut()) {
            let covers = match suppression.scope {
                Scope::File => true,
                Scope::Node(span) => span.covers(diagnostic.span),
            };
            if name == diagnostic.rule && covers {
                *used = true;
                hidden = hidden.or(Some(suppression.reason.as_str()));
            }
        }
        hidden
    }

    /// What hides nothing. Rules that are off are not judged.
    pub(super) fn findings(
        &self,
        used: &[bool],
        levels: &Levels<'_>,
        subject: &Subject<'_>,
    ) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let mut findings = Findings::new(
            &unused_suppression::RULE,
            subject.is_old_style(),
            &mut found,
        );
        let names = self
            .list
            .iter()
            .flat_map(|it| it.rules.iter().map(move |named| (it, named)));
        for ((suppression, (name, span)), used) in names.zip(used) {
            let is_judged = by_name(name).is_some() && levels.speaks(name);
            if !used && is_judged && subject.document.errors.is_empty() {
                unused_suppression::report(suppression, name, *span, subject, &mut findings);
            }
        }
        found
    }
}
