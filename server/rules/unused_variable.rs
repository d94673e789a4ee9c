//! `unused-variable`.

use crate::config::Language;
use crate::config::values::{Entries, Text};
use crate::diagnostic::Fix;
use crate::plan::instructions::{PLATFORM_ARGS, PREDEFINED_ARGS};
use crate::plan::{BuildStage, InstructionKind};
use crate::rules::{Findings, Subject, nearest, rule};
use crate::syntax::removal::removal;

rule! {
    /// A build argument that nothing uses.
    ///
    /// It looks as if a value could be chosen at build time, and no value, command or step reads it. Programs that a step
    /// runs see build arguments as environment variables: where a stage runs any, nothing is said, and of `build.args` only
    /// where Go builds without a command of your own.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.args = { VERSION = "dev" }
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.args = { VERSION = "dev" }
    /// build.ldflags = ["-X main.version=${VERSION}"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it for an argument whose value only starts the build anew:
    /// `# docksmith: ignore[unused-variable] breaks the cache`.
    "unused-variable", Warning, Medium, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    // An overlay that cannot be read may use anything.
    let overlay = match &config.overlay {
        Some(path) => {
            let path = subject.layout.named_file(path);
            match path.and_then(|path| subject.context.text(&path)) {
                Some(text) => text,
                None => return,
            }
        }
        None => String::new(),
    };
    check_args(&config.args, "the file", &overlay, subject, findings);
    if is_plain_go(subject) {
        check_args(&config.build.args, "the build", &overlay, subject, findings);
    }
    for stage in &config.stages {
        if subject.plan.stage(&stage.name).is_some_and(runs_nothing) {
            let whose = format!("the stage `{}`", stage.name.value);
            check_args(&stage.args, &whose, &overlay, subject, findings);
        }
    }
    let last = subject.plan.final_stage();
    if subject.plan.image.is_some() && last.is_some_and(runs_nothing) {
        check_args(
            &config.runtime.args,
            "the image",
            &overlay,
            subject,
            findings,
        );
    }
}

/// Whether what builds reads no environment but Go's own.
fn is_plain_go(subject: &Subject<'_>) -> bool {
    let build = &subject.config.build;
    let is_go = subject
        .config
        .language
        .as_ref()
        .is_some_and(|it| it.value == Language::Go);
    let uses_cgo = build.cgo.as_ref().is_some_and(|it| it.value)
        || build
            .binaries
            .iter()
            .any(|it| it.cgo.as_ref().is_some_and(|it| it.value));
    is_go
        && !uses_cgo
        && build.command.is_none()
        && build.steps.is_empty()
        && subject.config.install_command.is_none()
}

/// Whether no command of the file is run in a stage.
fn runs_nothing(stage: &BuildStage) -> bool {
    !stage.instructions.iter().any(|it| match &it.kind {
        InstructionKind::Run(run) => !matches!(run.command, crate::plan::RunCommand::Lines(_)),
        InstructionKind::Written(written) => matches!(written.keyword.as_str(), "RUN" | "ONBUILD"),
        _ => false,
    })
}

fn check_args(
    args: &Entries<Text>,
    whose: &str,
    overlay: &str,
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
) {
    for (name, _) in args {
        let word = name.value.as_str();
        let is_known = PLATFORM_ARGS.contains(&word)
            || PREDEFINED_ARGS
                .iter()
                .any(|it| it.eq_ignore_ascii_case(word))
            || ["GO", "CGO_", "BUILDKIT_"]
                .iter()
                .any(|it| word.starts_with(it))
            || word == "SOURCE_DATE_EPOCH";
        // Wherever else the name stands, somebody may mean it.
        let mentions = count(subject.text, word) + count(overlay, word);
        if is_known || mentions > 1 || is_misspelt(subject.text, word) {
            continue;
        }
        let finding = findings.report(name.span, format!("nothing in {whose} uses `{word}`"));
        finding.why("no value, command or step mentions it");
        finding.help(format!("remove it, or use `${{{word}}}`"));
        finding.unnecessary();
        if let Some(place) = removal(subject.text, subject.document, name.span) {
            finding.fix(Fix::unsafe_(format!("remove `{word}`"), place, ""));
        }
    }
}

/// How often a name stands in a text as a word of its own; lines that are comments do not count.
fn count(text: &str, name: &str) -> usize {
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    let words = lines.flat_map(|line| line.split(|it: char| !is_part(it)));
    words.filter(|word| *word == name).count()
}

/// Whether a text uses a name that is nearly the same: another rule says that this one was meant.
fn is_misspelt(text: &str, name: &str) -> bool {
    text.split("${").skip(1).any(|rest| {
        let end = rest.find(|it: char| !is_part(it)).unwrap_or(rest.len());
        let used = rest.get(..end).unwrap_or_default();
        nearest(used, [name]).is_some()
    })
}

fn is_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, check_with};

    #[test]
    fn global_arguments_and_stages_are_looked_at() {
        check(
            r#"
language = "go"
args = { ALPINE = "3.23", OTHER = "1" }
#                         ^^^^^ warning: nothing in the file uses `OTHER`
runtime.image = "alpine:${ALPINE}"
runtime.args = { REVISION = "x" }
#                ^^^^^^^^ warning: nothing in the image uses `REVISION`
"#,
        );
    }

    #[test]
    fn programs_may_read_what_they_like() {
        check(
            "language = \"go\"\nbuild.args = { VERSION = \"dev\" }\nbuild.command = \"make\"\nbuild.output = \"/app/x\"\n",
        );
        check(
            "language = \"go\"\nbuild.args = { VERSION = \"dev\" }\nbuild.steps = [\"RUN go generate ./...\"]\n",
        );
        check("language = \"node\"\nbuild.args = { NEXT_PUBLIC_URL = \"x\" }\n");
        check("language = \"go\"\nbuild.args = { GOFLAGS = \"-v\", http_proxy = \"\" }\n");
    }

    #[test]
    fn an_overlay_may_use_it() {
        check_with(
            "language = \"go\"\noverlay = \"o\"\nruntime.args = { REVISION = \"x\" }\n",
            &[
                ("o", "LABEL revision=${REVISION}\n"),
                ("go.mod", "module x"),
                ("main.go", ""),
            ],
        );
        check(
            "language = \"go\"\nruntime.args = { REVISION = \"x\" }\nruntime.env = { R = { value = \"$REVISION\", expand = true } }\n",
        );
    }
}
