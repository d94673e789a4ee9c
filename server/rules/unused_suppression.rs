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
    finding.unnecessary();
    if suppression.rules.len() == 1 {
        finding.help("remove the comment");
        let comment = with_blanks(subject.text, suppression.comment);
        finding.fix(Fix::safe("remove the comment", comment, ""));
    } else {
        finding.help(format!("take `{name}` out of the brackets"));
        let place = with_comma(suppression, span);
        finding.fix(Fix::safe(format!("take `{name}` out"), place, ""));
    }
}

/// The name of a rule with the comma behind it, or before it where it is the last one.
fn with_comma(suppression: &Suppression, name: Span) -> Span {
    let places: Vec<Span> = suppression.rules.iter().map(|(_, place)| *place).collect();
    let before = places.iter().filter(|it| **it < name).max();
    let behind = places.iter().filter(|it| **it > name).min();
    match (before, behind) {
        (_, Some(next)) => Span {
            start: name.start,
            end: next.start,
        },
        (Some(last), None) => Span {
            start: last.end,
            end: name.end,
        },
        (None, None) => name,
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

#[cfg(test)]
mod tests {
    use crate::analysis::{Options, analyze_with};
    use crate::context::NoContext;
    use crate::rules::tests::check;

    #[test]
    fn each_rule_of_a_comment_counts() {
        check(
            r#"
language = "go"
build.target = "./cmd/server"
runtime.user = false # docksmith: ignore[root-user, unknown-key] it opens raw sockets
#                                                   ^^^^^^^^^^^ warning: nothing here is reported by `unknown-key`
"#,
        );
    }

    #[test]
    fn what_hides_something_is_of_use() {
        check(
            r#"
language = "go"
build.target = "./cmd/server"
runtime.user = false # docksmith: ignore[root-user] it opens raw sockets
"#,
        );
    }

    #[test]
    fn a_rule_goes_with_its_comma() {
        for (names, left) in [
            ("root-user, unknown-key", "root-user"),
            ("unknown-key,root-user", "root-user"),
            (
                "empty-group, root-user, unknown-key",
                "root-user, unknown-key",
            ),
        ] {
            let before = "language = \"go\"\nruntime.user = false # docksmith: ignore[";
            let text = format!("{before}{names}] raw sockets\n");
            let context = NoContext::default();
            let analysis = analyze_with(&text, &context, &Options::default());
            let finding = analysis
                .diagnostics
                .iter()
                .find(|it| it.rule == "unused-suppression")
                .expect("a finding");
            let mut fixed = text.clone();
            for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
                fixed.replace_range(edit.span.range(), &edit.text);
            }
            assert_eq!(fixed, format!("{before}{left}] raw sockets\n"));
        }
    }
}
