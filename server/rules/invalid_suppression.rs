//! `invalid-suppression`.

use crate::diagnostic::Fix;
use crate::rules::{ALL, Findings, Subject, nearest, rule};
use crate::syntax::suppression::{Fault, suppressions};

rule! {
    /// A suppression comment that can't be read, and so hides nothing.
    ///
    /// The form is `# docksmith: ignore[rule-a, rule-b] reason`, behind a key or alone above a key or a table, or
    /// `# docksmith: ignore-file[rule] reason` before the first key. There is no form without a rule.
    ///
    /// ```toml,bad
    /// language = "go" # docksmith: ignore[root-usr] runs in a sandbox
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.cmd = ["/usr/local/bin/app"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: a comment that is there to hide something hides nothing. This rule cannot be suppressed.
    "invalid-suppression", Error, check; fix Safe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let needs_reason = subject.needs_reasons();
    for suppression in suppressions(subject.text, subject.document) {
        let message = match suppression.fault {
            Some(Fault::Form) => {
                Some("a suppression comment is `# docksmith: ignore[rule] reason`")
            }
            Some(Fault::NoRule) => Some("a suppression comment names the rules that it hides"),
            Some(Fault::Place) => Some("this suppression comment belongs to no key"),
            None if needs_reason && suppression.reason.is_empty() => {
                Some("a suppression comment says why")
            }
            None => None,
        };
        if let Some(message) = message {
            findings
                .report(suppression.comment, message)
                .why("it hides nothing")
                .help("write `# docksmith: ignore[rule] reason` behind a key, or alone above a key or a table");
        }
        for (name, span) in &suppression.rules {
            if ALL.iter().all(|rule| rule.name != name) {
                let finding = findings.report(*span, format!("there is no rule `{name}`"));
                finding.why("the comment hides nothing");
                if let Some(near) = nearest(name, ALL.iter().map(|rule| rule.name)) {
                    finding.help(format!("did you mean `{near}`?"));
                    finding.fix(Fix::safe(
                        format!("replace `{name}` by `{near}`"),
                        *span,
                        near,
                    ));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_comment_without_a_rule_hides_nothing() {
        check(
            r#"
language = "go" # docksmith: ignore
#               ^^^^^^^^^^^^^^^^^^^ error: a suppression comment is `# docksmith: ignore[rule] reason`
"#,
        );
    }

    #[test]
    fn other_comments_about_ignoring_are_fine() {
        check("language = \"go\" # ignore[root-usr] of another tool\n");
    }
}
