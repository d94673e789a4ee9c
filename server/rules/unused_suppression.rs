//! `unused-suppression`.

use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::suppression::Suppression;
use crate::text::Span;

rule! {
    /// A suppression comment that hides nothing.
    ///
    /// It outlived what it was written for, and would hide the next mistake at its place.
    ///
    /// ```toml,bad
    /// language = "go" # docksmith: ignore[unknown-key] an old mistake
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Remove the comment instead. To keep it, as while a file changes between two states, set the level of this rule
    /// in `[lint.rules]`.
    "unused-suppression", Warning, check; fix Safe
}

/// Nothing can be said here: only the place that applies suppression knows what was hidden, and it calls [`report`].
fn check(_subject: &Subject<'_>, _findings: &mut Findings<'_>) {}

/// Reports one rule of a comment that hid nothing.
pub(crate) fn report(
    suppression: &Suppression,
    name: &str,
    span: Span,
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
) {
    let finding = findings.report(span, format!("nothing here is reported by `{name}`"));
    finding.unnecessary().help("remove the comment");
    if suppression.rules.len() == 1 {
        finding.fix(Fix::safe(
            "remove the comment",
            with_blanks(subject.text, suppression.comment),
            "",
        ));
    }
}

/// The comment with the blanks before it, and its line break where it has the line for itself.
fn with_blanks(text: &str, comment: Span) -> Span {
    let before = text.get(..comment.start as usize).unwrap_or_default();
    let kept = before.trim_end_matches([' ', '\t']);
    let is_alone = kept.is_empty() || kept.ends_with('\n');
    let after = text.get(comment.end as usize..).unwrap_or_default();
    let line_break = match is_alone {
        true if after.starts_with("\r\n") => 2,
        true if after.starts_with('\n') => 1,
        _ => 0,
    };
    Span::new(kept.len(), comment.end as usize + line_break)
}
