//! `wrong-package-manager`.

use crate::image::known::PackageManager;
use crate::plan::{BuildStage, InstructionKind, RunCommand};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A step calls a package manager that its image does not have.
    ///
    /// The build would stop with `apt-get: not found`, or `apk: not found`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// runtime.image = "alpine:3.21"
    /// runtime.steps = ["RUN apt-get install -y --no-install-recommends git"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.image = "alpine:3.21"
    /// runtime.steps = ["RUN apk add --no-cache git"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where an earlier step installs that package manager, or where a script calls it only if it is there.
    "wrong-package-manager", Error, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (stage, instruction) in subject.plan.instructions() {
        let text = match &instruction.kind {
            InstructionKind::Run(run) => match &run.command {
                RunCommand::Shell(text) => text,
                _ => continue,
            },
            InstructionKind::Written(written) if written.keyword == "RUN" => &written.arguments,
            _ => continue,
        };
        let Some((wrong, right)) = clash(subject, stage, text) else {
            continue;
        };
        let place = instruction.origin.span;
        findings
            .report_in(
                instruction.origin.file.clone(),
                place,
                format!("the image has no `{wrong}`"),
            )
            .why(format!("the build would stop with `{wrong}: not found`"))
            .help(format!(
                "list the packages under `packages`, or use `{right}`"
            ));
    }
}

/// The package manager that a text calls and its image lacks, and the one that it has.
fn clash(
    subject: &Subject<'_>,
    stage: &BuildStage,
    text: &str,
) -> Option<(&'static str, &'static str)> {
    let facts = subject.plan.base_facts(stage)?;
    let (wrong, right) = match facts.package_manager()? {
        PackageManager::Apk => ("apt-get", "apk add --no-cache"),
        PackageManager::Apt => ("apk", "apt-get install -y"),
        PackageManager::None => return None,
    };
    let separators = |character: char| character.is_whitespace() || ";&|(){}".contains(character);
    // A script that looks for it first knows what it does.
    let calls = text.split(separators).any(|word| word == wrong) && !text.contains("command -v");
    calls.then_some((wrong, right))
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn apk_is_unknown_on_debian() {
        check(
            r#"
language = "go"
[[stages]]
name = "x"
from = "debian:bookworm-slim"
final = true
user = "1000"
steps = [{ run = "apk add git" }]
#                ^^^^^^^^^^^^^ error: the image has no `apk`
"#,
        );
    }

    #[test]
    fn a_word_that_holds_the_name_is_no_call() {
        check(
            "language = \"go\"\nruntime.image = \"debian:bookworm-slim\"\nruntime.steps = [\"RUN echo my.apk\"]\n",
        );
    }
}
