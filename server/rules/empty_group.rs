//! `empty-group`.

use crate::config::stage::Step;
use crate::config::values::Text;
use crate::config::words::requoted;
use crate::diagnostic::{File, Fix};
use crate::plan::InstructionKind;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// An owner ends in a colon: the group is empty.
    ///
    /// Builders take the empty group for root's, so the files belong to group 0 without a word. Where the program is to
    /// read them by its group, it gets `permission denied`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "sql", dst = "/app/sql", chown = "65532:" }]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "sql", dst = "/app/sql", chown = "65532" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where group 0 is meant, as on OpenShift. `65532:0` says the same, and to readers too.
    "empty-group", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let copies = config.runtime.copy.iter().chain(&config.build.copy);
    let mut owners: Vec<&Text> = copies.filter_map(|copy| copy.chown.as_ref()).collect();
    owners.extend(
        config
            .assets
            .iter()
            .filter_map(|asset| asset.chown.as_ref()),
    );
    let stages = config.stages.iter().flat_map(|stage| &stage.steps);
    for step in stages
        .chain(&config.build.steps)
        .chain(&config.runtime.steps)
    {
        let Step::Table(table) = &step.value else {
            continue;
        };
        owners.extend(table.copy.iter().filter_map(|copy| copy.chown.as_ref()));
        owners.extend(table.add.iter().filter_map(|add| add.chown.as_ref()));
    }
    for owner in owners {
        if let Some(user) = owner.strip_suffix(':') {
            let finding = findings.report(owner.span, message(user));
            finding.why(WHY);
            finding.help(format!("drop the colon: `chown = \"{user}\"`"));
            let text = requoted(subject.written(owner.span), user);
            finding.fix(Fix::unsafe_("drop the colon", owner.span, text));
        }
    }
    for (_, instruction) in subject.plan.instructions() {
        if let InstructionKind::Written(written) = &instruction.kind
            && let Some(flag) = written.flag("chown")
            && let Some(user) = flag.value.as_deref().and_then(|it| it.strip_suffix(':'))
        {
            let file = instruction.origin.file.clone();
            let finding = findings.report_in(file.clone(), flag.span, message(user));
            finding.why(WHY);
            finding.help(format!("drop the colon: `--chown={user}`"));
            // In the overlay the flag stands as it is read.
            if file != File::Document || subject.written(flag.span) == format!("{user}:") {
                let mut fix = Fix::unsafe_("drop the colon", flag.span, user);
                fix.edits
                    .iter_mut()
                    .for_each(|edit| edit.file = file.clone());
                finding.fix(fix);
            }
        }
    }
}

const WHY: &str = "builders take it for group 0, root's";

fn message(user: &str) -> String {
    format!("the group of `{user}:` is empty")
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, fixed};

    #[test]
    fn the_flag_of_a_string_step_is_looked_at() {
        check(
            r#"
language = "go"
runtime.steps = ["COPY --chown=65532: sql /app/sql"]
#                              ^^^^^^ error: the group of `65532:` is empty
"#,
        );
    }

    #[test]
    fn a_group_is_fine() {
        check(
            r#"
language = "go"
runtime.steps = ["COPY --chown=65532:65532 sql /app/sql"]
"#,
        );
    }

    #[test]
    fn the_colon_goes_from_a_flag_too() {
        let step = |owner: &str| {
            format!("language = \"go\"\nruntime.steps = ['COPY --chown={owner} sql /app/sql']\n")
        };
        assert_eq!(fixed(&step("65532:")), step("65532"));
    }
}
