//! `unused-step-verb`.

use crate::config::words::{choice, list};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::{Entry, Node};

rule! {
    /// A step that has no verb, or two.
    ///
    /// A step is one instruction: `run`, `copy`, `add`, `env`, `workdir`, `user`, `arg` or `shell`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.steps = [{ cache = ["/root/.npm"] }]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.steps = [{ run = "go generate ./...", cache = ["/root/.npm"] }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: without a verb nothing would be done, and of two only one could be.
    "unused-step-verb", Error, check
}

const VERBS: [&str; 8] = [
    "run", "copy", "add", "env", "workdir", "user", "arg", "shell",
];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for step in subject.steps() {
        let Some(table) = step.table() else { continue };
        let mut verbs: Vec<&Entry> = VERBS.iter().filter_map(|verb| table.entry(verb)).collect();
        verbs.sort_by_key(|entry| entry.key.span);
        match verbs.as_slice() {
            [] if has_unknown_key(subject, step) => {}
            [] => {
                findings
                    .report(step.span, "the step has no verb")
                    .why("nothing would be done")
                    .help(format!("give it one of {}", choice(VERBS)));
            }
            [_] => {}
            [first, second, ..] => {
                let names = list(verbs.iter().map(|entry| entry.key.name.as_str()));
                findings
                    .report(step.span, format!("the step has several verbs: {names}"))
                    .label(first.key.span, "the first one")
                    .label(second.key.span, "the second one")
                    .help("write a step for each of them");
            }
        }
    }
}

/// Whether a key of the step is probably a misspelt verb.
fn has_unknown_key(subject: &Subject<'_>, step: &Node) -> bool {
    let mut unknown = subject.shapes_of("unknown-key");
    unknown.any(|shape| step.span.covers(shape.span))
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn two_verbs_are_two_steps() {
        check(
            r#"
language = "go"
build.steps = [{ run = "true", workdir = "/src" }]
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: the step has several verbs: `run` and `workdir`
"#,
        );
    }

    #[test]
    fn a_misspelt_verb_is_one_mistake() {
        check(
            r#"
language = "go"
build.steps = [{ runn = "true" }]
#                ^^^^ error: `[[build.steps]]` has no key `runn`
"#,
        );
    }
}
