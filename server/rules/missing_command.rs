//! `missing-command`.

use crate::config::Language;
use crate::config::check::ShapeKind;
use crate::config::words::last_key;
use crate::plan::ProblemKind;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// Nobody can know what is run.
    ///
    /// Either the container has no command, since nothing is built and none is given, or a command is an empty text.
    /// The container would exit with `no command specified`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// install.command = ""
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// install.command = "go mod download -x"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: an empty command builds nothing, and a container without a command does not start.
    "missing-command", Error, check in files
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("missing-command") {
        // A text of blanks alone is refused by its pattern.
        if matches!(shape.kind, ShapeKind::Empty | ShapeKind::Pattern) {
            findings
                .report(shape.span, format!("`{}` is empty", last_key(&shape.path)))
                .help("write the command, or leave the key out");
        }
    }
    // Where the binary or its words are unknown, so is the command; the first is what must be said.
    let problems = &subject.plan.problems;
    let is_consequence = problems.iter().any(|it| match it.kind {
        ProblemKind::UnknownOutput
        | ProblemKind::UnknownTarget(_)
        | ProblemKind::UnbalancedQuotes => true,
        ProblemKind::MissingProjectFile { .. } => subject.sees_project(),
        _ => false,
    });
    for problem in problems {
        if problem.kind == ProblemKind::MissingCommand && !is_consequence {
            findings
                .report(problem.span, "nobody can know what the container starts")
                .why("the container would exit with `no command specified`")
                .help(help(subject));
        }
    }
}

/// What to add, in the words of the language.
fn help(subject: &Subject<'_>) -> String {
    let language = subject.config.language.as_ref().map(|it| it.value);
    let command = match language {
        Some(Language::Node) => r#"["node", "server.js"]"#,
        Some(Language::Bun) => r#"["bun", "server.ts"]"#,
        Some(Language::Deno) => r#"["deno", "run", "--allow-net", "main.ts"]"#,
        _ => r#"["/usr/local/bin/app"]"#,
    };
    let script = match language {
        Some(Language::Node | Language::Bun) => ", or a script `start` to `package.json`",
        _ => "",
    };
    format!("add `cmd` to `[runtime]`: `cmd = {command}`{script}")
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, check_with};

    #[test]
    fn a_step_and_a_check_have_words() {
        check(
            r#"
language = "go"
runtime.healthcheck = []
#                     ^^ error: `healthcheck` is empty
[[stages]]
name = "web"
from = "alpine:3.23"
steps = [{ run = [] }, { run = " " }]
#                ^^ error: `run` is empty
#                              ^^^ error: `run` is empty
[[runtime.copy]]
from = "web"
src = "/x"
dst = "/app/x"
"#,
        );
    }

    #[test]
    fn a_build_command_has_words() {
        check(
            r#"
language = "go"
build.command = ""
#               ^^ error: `command` is empty
"#,
        );
    }

    #[test]
    fn siblings_alone_start_nothing() {
        check(
            r#"
language = "go"
#          ^^^^ error: nobody can know what the container starts
[[build.binaries]]
name = "agent"
path = "./cmd/agent"
platforms = ["linux/amd64"]
"#,
        );
    }

    #[test]
    fn a_project_without_start_script_starts_nothing() {
        let document = r#"
language = "node"
#          ^^^^^^ error: nobody can know what the container starts
"#;
        check_with(
            document,
            &[("package.json", r#"{"scripts": {"build": "tsc"}}"#)],
        );
        let started = r#"{"scripts": {"start": "node app.js"}}"#;
        check_with("language = \"node\"\n", &[("package.json", started)]);
        // npm starts `server.js` by itself.
        check_with(
            "language = \"node\"\n",
            &[("package.json", "{}"), ("server.js", "")],
        );
        // What nobody has looked for is not missing.
        check("language = \"node\"\n");
    }

    #[test]
    fn deno_has_no_custom_to_start_anything() {
        check(
            r#"
language = "deno"
#          ^^^^^^ error: nobody can know what the container starts
"#,
        );
    }

    #[test]
    fn the_first_binary_is_the_command() {
        check("language = \"go\"\nbuild.target = \"./cmd/server\"\n");
    }
}
