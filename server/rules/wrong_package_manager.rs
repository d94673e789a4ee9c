//! `wrong-package-manager`.

use crate::diagnostic::Fix;
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
    "wrong-package-manager", Error, check; fix Unsafe
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
        let file = &instruction.origin.file;
        let message = format!("the image has no `{wrong}`");
        let finding = findings.report_in(file.clone(), place, message);
        finding.why(format!("the build would stop with `{wrong}: not found`"));
        finding.help(format!(
            "list the packages under `packages`, or use `{right}`"
        ));
        let (Some(new), is_whole) = (translated(text, wrong), subject.written(place)) else {
            continue;
        };
        let fix = match &instruction.kind {
            InstructionKind::Written(written) => {
                Fix::unsafe_(title(right), written.arguments_span, new).in_file(file)
            }
            _ if is_whole.trim_matches(['"', '\'']) == text => {
                Fix::unsafe_(title(right), place, format!("\"{new}\""))
            }
            _ => continue,
        };
        finding.fix(fix);
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

fn title(right: &str) -> String {
    format!("install with `{right}`")
}

/// The same installation with the other package manager, if the text does nothing else. The names of packages are taken
/// as they are; many differ.
fn translated(text: &str, wrong: &str) -> Option<String> {
    let mut packages: Vec<&str> = Vec::new();
    for command in text.split("&&") {
        let words: Vec<&str> = command.split_whitespace().collect();
        let rest = match (wrong, words.as_slice()) {
            ("apt-get", ["apt-get", "update" | "clean", ..]) => continue,
            ("apt-get", ["rm", "-rf", "/var/lib/apt/lists/*"]) => continue,
            ("apk", ["apk", "update"]) => continue,
            ("apt-get", ["apt-get", rest @ ..]) => without_verb(rest, "install")?,
            ("apk", ["apk", rest @ ..]) => without_verb(rest, "add")?,
            _ => return None,
        };
        packages.extend(rest.into_iter().filter(|word| !word.starts_with('-')));
    }
    let is_name = |it: &&str| {
        let mut characters = it.chars();
        characters.all(|it| it.is_ascii_alphanumeric() || "-+.".contains(it))
    };
    if packages.is_empty() || !packages.iter().all(is_name) {
        return None;
    }
    let names = packages.join(" ");
    Some(match wrong {
        "apk" => format!(
            "apt-get update && apt-get install -y --no-install-recommends {names} && rm -rf /var/lib/apt/lists/*"
        ),
        _ => format!("apk add --no-cache {names}"),
    })
}

/// The words without the one that says what is done, if it is there.
fn without_verb<'a>(words: &[&'a str], verb: &str) -> Option<Vec<&'a str>> {
    let others: Vec<&str> = words.iter().copied().filter(|word| *word != verb).collect();
    (others.len() + 1 == words.len()).then_some(others)
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
    fn an_installation_is_translated() {
        let text = "apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*";
        let other = "apk add --no-cache git";
        assert_eq!(super::translated(text, "apt-get").as_deref(), Some(other));
        assert_eq!(super::translated(other, "apk").as_deref(), Some(text));
        assert_eq!(
            super::translated("apt-get install -y git && make", "apt-get"),
            None
        );
        assert_eq!(super::translated("apk add git=2", "apk"), None);
    }

    #[test]
    fn a_word_that_holds_the_name_is_no_call() {
        check(
            "language = \"go\"\nruntime.image = \"debian:bookworm-slim\"\nruntime.steps = [\"RUN echo my.apk\"]\n",
        );
    }
}
