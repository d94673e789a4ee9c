//! `script-no-exec`.

use crate::diagnostic::{Edit, Fix};
use crate::plan::entry_script::words;
use crate::plan::paths::file_name;
use crate::plan::{InstructionKind, Source};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// The script starts the program without `exec`.
    ///
    /// The shell stays the first process and passes no signals on: `docker stop` waits ten seconds and kills the program,
    /// which cannot finish its requests.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:entrypoint.sh
    /// #!/bin/sh
    /// set -eu
    /// "$@"
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image_family = "alpine"
    /// runtime.entrypoint = "entrypoint.sh"
    /// ```
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:entrypoint.sh
    /// #!/bin/sh
    /// set -eu
    /// exec "$@"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image_family = "alpine"
    /// runtime.entrypoint = "entrypoint.sh"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the script must do something after the program has ended. Nothing is said of a script with a
    /// `trap`.
    "script-no-exec", Warning, Medium, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(script) = subject.entry_script() else {
        return;
    };
    if script.text.contains("trap ") || !script.is_shell() {
        return;
    }
    let Some(last) = script.last_command() else {
        return;
    };
    let command = last.of(&script.text);
    let Some(place) = place_of_program(command, subject) else {
        return;
    };
    let message = format!("`{}` starts the program without `exec`", script.written);
    let start = last.start as usize + place;
    findings
        .report(script.span, message)
        .label_in(script.file(), last, "the shell stays in front of it")
        .why("signals never arrive: `docker stop` would wait ten seconds and kill the program")
        .help("write `exec` in front of it")
        .fix(Fix {
            title: format!("add `exec` to the last line of `{}`", script.written),
            safe: false,
            edits: vec![Edit {
                file: script.file(),
                span: Span::new(start, start),
                text: "exec ".to_owned(),
            }],
        });
}

/// Where the program's name begins in a simple command, behind its variables, if it is the image's command or a
/// program that was built for it.
fn place_of_program(command: &str, subject: &Subject<'_>) -> Option<usize> {
    let (place, words) = words(command)?;
    let program = words.first()?;
    if matches!(program.as_str(), "$@" | "$*" | "${@}") {
        return Some(place);
    }
    let stage = subject.plan.final_stage();
    let instructions = stage.into_iter().flat_map(|stage| &stage.instructions);
    let mut programs = instructions.filter_map(|it| match &it.kind {
        InstructionKind::Copy(copy) => match &copy.from {
            Source::Stage { span: None, name } if name.starts_with("builder") => Some(&copy.dst),
            _ => None,
        },
        _ => None,
    });
    programs
        .any(|path| path == program || file_name(path) == program)
        .then_some(place)
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check_with;

    fn check_script(document: &str, script: &str) {
        let files = [
            ("go.mod", "module x"),
            ("cmd/server/main.go", "package main"),
            ("scripts/start.sh", script),
        ];
        check_with(document, &files);
    }

    const DOCUMENT: &str = r#"
language = "go"
build.target = "./cmd/server"
runtime.image_family = "alpine"
runtime.entrypoint = "scripts/start.sh"
"#;

    #[test]
    fn the_last_command_counts() {
        let expected = DOCUMENT.to_owned()
            + "#                    ^^^^^^^^^^^^^^^^^^ warning: `scripts/start.sh` starts the program without `exec`\n";
        for command in [
            "server --port 80",
            "/usr/local/bin/server",
            "A=1 server \\\n  --x",
            "\"$@\"",
        ] {
            check_script(&expected, &format!("#!/bin/sh\n{command}\n\n# The end.\n"));
        }
    }

    #[test]
    fn what_is_no_plain_start_is_fine() {
        for command in [
            "exec server",
            "server &\nwait",
            "server || exit 1",
            "if true; then\n  server\nfi",
            "if true; then\n  server",
            "server migrate; echo done",
            "trap 'kill 1' TERM\nserver",
            "cat <<EOF\nserver\nEOF",
            "cat <<EOF\nEOF2\nserver",
            "echo \"\nserver",
        ] {
            check_script(DOCUMENT, &format!("#!/bin/sh\n{command}\n"));
        }
    }
}
