//! `script-not-executable`.

use crate::context::Entry;
use crate::diagnostic::{Diagnostic, Fix};
use crate::plan::commands::{Purpose, UserCommand, commands};
use crate::plan::paths::{absolute, is_below};
use crate::plan::sources::{cleaned, copy_tables, join};
use crate::plan::{Copy, Instruction, InstructionKind, Source};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::beside::beside;

rule! {
    /// A file that the container starts may not be executed.
    ///
    /// A copy keeps the mode that the file has on the disk. Without an execute bit the container would exit with `exec
    /// /app/run.sh: permission denied`. On Windows, where files have no such bit, all come out executable, and the build
    /// elsewhere is another one.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:run.sh,plain
    /// #!/bin/sh
    /// exec /usr/local/bin/server --port 8080
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.copy = [{ src = "run.sh", dst = "/app/run.sh" }]
    /// runtime.cmd = ["/app/run.sh"]
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
    /// ```text,file:run.sh,plain
    /// #!/bin/sh
    /// exec /usr/local/bin/server --port 8080
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.copy = [{ src = "run.sh", dst = "/app/run.sh", chmod = "0755" }]
    /// runtime.cmd = ["/app/run.sh"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Where the file gets the bit before the build: `# docksmith: ignore[script-not-executable] CI sets it`. Nothing is
    /// said where a step runs `chmod`; and the script of `entrypoint = "run.sh"` is made executable in any case.
    "script-not-executable", ErrorUnlessOld, check in files; fix Safe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(image) = &subject.plan.image else {
        return;
    };
    if subject.image_names(&["chmod", "install -"]) {
        return;
    }
    for command in commands(subject.config, subject.text) {
        // Behind an entrypoint that is no script the command is arguments.
        let is_argument = command.purpose == Purpose::Cmd
            && subject.config.runtime.entrypoint.is_some()
            && image.script.is_none();
        let Some(program) = program(&command).filter(|_| !is_argument) else {
            continue;
        };
        let Some(path) = cleaned(&absolute(&image.workdir, program)) else {
            continue;
        };
        let path = format!("/{path}");
        let Some((instruction, source)) = brought(subject, &path) else {
            continue;
        };
        if subject.context.entry(&source) != (Entry::File { executable: false }) {
            continue;
        }
        let span = command.words.iter().find(|word| word.value == program);
        let span = span.map_or(command.span, |word| word.span);
        let finding = findings.report(span, format!("`{program}` is not executable"));
        finding.label_in(
            instruction.origin.file.clone(),
            instruction.origin.span,
            "copied here, with the mode that it has on the disk",
        );
        finding.why(format!(
            "the container would exit with `exec {program}: permission denied`"
        ));
        finding.help("set the mode: `chmod = \"0755\"`, or run `chmod +x` on the file");
        offer(subject, instruction, finding);
    }
}

/// The path that a command starts; nothing if it is looked for, or a shell's.
fn program(command: &UserCommand) -> Option<&str> {
    let mut words = command.words.iter().map(|word| word.value.as_str());
    let mut first = words.next()?;
    if command.shell_form && first == "exec" {
        first = words.next()?;
    }
    (first.contains('/') && !first.contains('$')).then_some(first)
}

/// The last copy of the build context that brings a path of the image, and the file that it is there; nothing where
/// something else may have brought it, or a mode is set.
fn brought<'a>(subject: &Subject<'a>, path: &str) -> Option<(&'a Instruction, String)> {
    let stage = subject.plan.final_stage()?;
    let mut found = None;
    for instruction in &stage.instructions {
        match &instruction.kind {
            InstructionKind::Copy(copy) => {
                if let Some(source) = source_of(subject, copy, path) {
                    found = source.map(|source| (instruction, source));
                }
            }
            InstructionKind::Written(written)
                if matches!(written.keyword.as_str(), "COPY" | "ADD") =>
            {
                let dst = written.paths.last().map(|dst| dst.path.as_str());
                // What Docker's own language copies there is not followed.
                if dst.is_some_and(|dst| is_below(path, dst.trim_end_matches('/'))) {
                    found = None;
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether a copy brings a path of the image; then the file of the context, unless it is another's or has a mode.
#[allow(
    clippy::option_option,
    reason = "brought from elsewhere is not the same as not brought"
)]
fn source_of(subject: &Subject<'_>, copy: &Copy, path: &str) -> Option<Option<String>> {
    let is_ours = copy.from == Source::Context && copy.chmod.is_none();
    for source in &copy.sources {
        let below = cleaned(&source.path)?;
        let name = below.rsplit('/').next().unwrap_or_default();
        let is_folder = subject.context.entry(&below) == Entry::Folder;
        let dst = copy.dst.trim_end_matches('/');
        let target = if copy.dst.ends_with('/') && !is_folder {
            format!("{dst}/{name}")
        } else {
            dst.to_owned()
        };
        if is_below(path, &target) {
            let rest = path.strip_prefix(&target)?.trim_start_matches('/');
            let file = if rest.is_empty() {
                below
            } else {
                join(&below, rest)
            };
            return Some(Some(file).filter(|_| is_ours));
        }
    }
    None
}

/// Sets the mode in the table that copies the file alone.
fn offer(subject: &Subject<'_>, instruction: &Instruction, finding: &mut Diagnostic) {
    let table = copy_tables(subject.config)
        .into_iter()
        .find(|copy| copy.span == instruction.origin.span);
    let Some(table) = table.filter(|table| table.src.texts().len() == 1) else {
        return;
    };
    let is_file = table.src.texts().iter().all(|source| {
        let path = cleaned(&subject.layout.path(source)).unwrap_or_default();
        matches!(subject.context.entry(&path), Entry::File { .. })
    });
    let place = beside(subject.text, table.dst.span, &["dst"], "chmod = \"0755\"");
    if let Some((span, text)) = place.filter(|_| is_file) {
        finding.fix(Fix::safe("set the mode `0755`", span, text));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check_with;

    /// A file without `#!` is not executable here.
    const FILES: &[(&str, &str)] = &[
        ("go.mod", "module x"),
        ("cmd/server/main.go", "package main"),
        ("bin/plain", "ELF"),
        ("bin/script", "#!/bin/sh\n"),
    ];

    fn check_go(lines: &str) {
        let front =
            "language = \"go\"\nbuild.target = \"./cmd/server\"\nruntime.image = \"alpine:3.23\"\n";
        check_with(&format!("{front}{lines}\n"), FILES);
    }

    #[test]
    fn a_file_of_a_folder_is_found() {
        check_go(
            r#"runtime.copy = [{ src = "bin", dst = "/app/" }]
runtime.cmd = ["bin/plain", "--x"]
#              ^^^^^^^^^^^ error: `bin/plain` is not executable"#,
        );
    }

    #[test]
    fn every_command_is_looked_at() {
        check_go(
            r#"runtime.copy = [{ src = ["bin/plain", "bin/script"], dst = "/opt/" }]
runtime.entrypoint = ["/opt/plain"]
#                     ^^^^^^^^^^^^ error: `/opt/plain` is not executable
runtime.cmd = ["/opt/plain"]
runtime.healthcheck = "/opt/plain health || exit 1"
#                      ^^^^^^^^^^ error: `/opt/plain` is not executable"#,
        );
    }

    #[test]
    fn what_can_be_run_or_comes_from_elsewhere_is_fine() {
        for lines in [
            "runtime.copy = [{ src = \"bin\", dst = \"/app/\" }]\nruntime.cmd = [\"bin/script\"]",
            "runtime.copy = [{ src = \"bin\", dst = \"/app/\" }]\nruntime.cmd = [\"sh\", \"bin/plain\"]",
            "runtime.copy = [{ src = \"bin/plain\", dst = \"/app/\", chmod = \"0755\" }]\nruntime.cmd = [\"/app/plain\"]",
            "runtime.copy = [{ src = \"bin/plain\", dst = \"/app/\" }]\nruntime.cmd = [\"/app/plain\"]\nruntime.steps = [\"RUN chmod +x /app/plain\"]",
            "runtime.copy = [{ src = \"bin/plain\", dst = \"/app/\" }]\nruntime.cmd = [\"/usr/local/bin/server\"]",
        ] {
            check_go(lines);
        }
    }
}
