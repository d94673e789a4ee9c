//! `entrypoint-needs-shell`.

use crate::config::runtime::Entrypoint;
use crate::config::values::Text;
use crate::config::words::array;
use crate::diagnostic::{Diagnostic, Edit, File, Fix};
use crate::plan::commands::plain_words;
use crate::plan::{BaseFacts, InstructionKind, Script};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::Step;
use crate::text::Span;

rule! {
    /// The entrypoint needs a shell, and the image has none.
    ///
    /// A script and a shell-form entrypoint are run by `/bin/sh`. Without one the container exits at start with
    /// `exec /entrypoint.sh: no such file or directory`, although the script itself is there.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "gcr.io/distroless/static-debian12:nonroot"
    /// runtime.entrypoint = "scripts/entrypoint.sh"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image_family = "alpine"
    /// runtime.entrypoint = "scripts/entrypoint.sh"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where something that the file does not show puts `/bin/sh` into the image, as a base of the same name
    /// in a registry of your own.
    "entrypoint-needs-shell", ErrorUnlessOld, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(stage) = subject.plan.final_stage() else {
        return;
    };
    let Some(facts) = subject.plan.without_shell(stage) else {
        return;
    };
    for instruction in &stage.instructions {
        if let InstructionKind::Written(written) = &instruction.kind
            && written.keyword == "ENTRYPOINT"
            && written.exec.is_none()
        {
            let file = instruction.origin.file.clone();
            let finding = findings.report_in(
                file,
                written.arguments_span,
                "the shell-form `ENTRYPOINT` cannot run: the image has no shell",
            );
            finding.why(missing_shell(&facts));
        }
    }
    if let Some(image) = &subject.plan.image {
        check_runtime(subject, image.script.as_ref(), &facts, findings);
    }
}

fn check_runtime(
    subject: &Subject<'_>,
    script: Option<&Script>,
    facts: &BaseFacts,
    findings: &mut Findings<'_>,
) {
    let Some(entrypoint) = &subject.config.runtime.entrypoint else {
        return;
    };
    match (&entrypoint.value, script) {
        // `entrypoint-string` speaks about these.
        (value, _) if value.program().is_some() => {}
        (_, Some(script)) => check_script(subject, script, findings),
        (Entrypoint::Table(table), None) => {
            if let Some(text) = &table.shell {
                let finding = findings.report(
                    text.span,
                    "the shell-form entrypoint cannot run: the image has no shell",
                );
                subject.label_base(finding, "has no `/bin/sh`");
                finding.why(missing_shell(facts));
                finding.help(help(subject));
                offer_exec_form(subject, text, finding);
            }
        }
        _ => {}
    }
}

fn check_script(subject: &Subject<'_>, script: &Script, findings: &mut Findings<'_>) {
    let text = subject.context.text(&script.path);
    let shebang = text.as_deref().map(first_line);
    let needs_shell = match shebang {
        Some(line) => is_shell(line),
        None => has_shell_name(&script.path),
    };
    if !needs_shell {
        return;
    }
    let written = subject.written(script.span).trim_matches(['"', '\'']);
    let message = format!("`{written}` cannot run: the image has no shell");
    let finding = findings.report(script.span, message);
    if let Some(line) = shebang.filter(|line| line.starts_with("#!")) {
        finding.labelled(format!("starts with `{line}`"));
    }
    subject.label_base(finding, "has no `/bin/sh`");
    finding.why(format!(
        "the container would exit at start with `exec {}: no such file or directory`",
        script.dst
    ));
    finding.help(help(subject));
    offer_program(subject, script.span, finding);
}

fn first_line(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    line.trim_start_matches('\u{feff}').trim_end()
}

/// Whether a shebang names a shell; a script without one is for the shell, too.
fn is_shell(line: &str) -> bool {
    let Some(interpreter) = line.strip_prefix("#!") else {
        return true;
    };
    let words = interpreter.split_whitespace();
    let mut names = words.map(|word| word.rsplit('/').next().unwrap_or(word));
    let name = match names.next() {
        Some("env") => names.find(|name| !name.starts_with('-')),
        name => name,
    };
    // A shell in a folder of its own, as `/busybox/sh`, may have been put there.
    let is_usual =
        interpreter.trim().starts_with("/bin/") || interpreter.trim().starts_with("/usr/bin/");
    is_usual && matches!(name, Some("sh" | "bash" | "ash" | "dash" | "ksh" | "zsh"))
}

/// Whether a script that nobody can read has the name of a shell script.
fn has_shell_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    !name.contains('.') || name.ends_with(".sh") || name.ends_with(".bash")
}

fn missing_shell(facts: &BaseFacts) -> String {
    format!(
        "`{}` has no `/bin/sh`: `exec: \"/bin/sh\": stat /bin/sh: no such file or directory`",
        facts.reference
    )
}

fn help(subject: &Subject<'_>) -> String {
    let image = "an image with a shell: `image_family = \"alpine\"`";
    match subject.plan.program() {
        Some(program) => {
            format!("start the binary itself: `entrypoint = [\"{program}\"]`, or choose {image}")
        }
        None => format!("choose {image}"),
    }
}

/// The shell form of a table as an array, where nothing in it is for a shell.
fn offer_exec_form(subject: &Subject<'_>, text: &Text, finding: &mut Diagnostic) {
    // `exec` is what the exec form does by itself.
    let command = text.trim_start();
    let command = command.strip_prefix("exec ").unwrap_or(command);
    let key = ["runtime", "runtime_config"].iter().find_map(|table| {
        let path = [*table, "entrypoint", "shell"].map(|key| Step::Key(key.to_owned()));
        let found = subject.document.find(&path)?;
        (found.node.span == text.span).then_some(found.key)
    });
    if let (Some(words), Some(key)) = (plain_words(command), key) {
        let edit = |span, text| Edit {
            file: File::Document,
            span,
            text,
        };
        finding.fix(Fix {
            title: "write the entrypoint in exec form".to_owned(),
            safe: false,
            edits: vec![edit(key, "exec".to_owned()), edit(text.span, array(&words))],
        });
    }
}

/// The program in the place of the script, where no arguments for the script are set.
fn offer_program(subject: &Subject<'_>, span: Span, finding: &mut Diagnostic) {
    let is_string = subject.is_value_of(span, &["runtime", "entrypoint"]);
    if let Some(program) = subject.plan.program()
        && is_string
        && subject.config.runtime.cmd.is_none()
    {
        finding.fix(Fix::unsafe_(
            format!("start `{program}` itself"),
            span,
            format!("[\"{program}\"]"),
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, check_with, fixed};

    #[test]
    fn the_default_image_has_no_shell_either() {
        check(
            r#"
language = "go"
build.target = "./cmd/server"
[runtime.entrypoint]
shell = "exec server"
#       ^^^^^^^^^^^^^ error: the shell-form entrypoint cannot run: the image has no shell
"#,
        );
    }

    #[test]
    fn an_old_file_is_warned() {
        check(
            r#"
runtime = "go"
start.entrypoint_script = "run.sh"
#                         ^^^^^^^^ warning: `run.sh` cannot run: the image has no shell
"#,
        );
    }

    #[test]
    fn a_script_for_another_interpreter_needs_no_shell() {
        let script = ("run", "#!/usr/bin/python3\n");
        check_with(
            r#"
language = "go"
runtime.image = "gcr.io/distroless/static-debian12:nonroot"
runtime.entrypoint = "run"
"#,
            &[
                ("app/run", script.1),
                ("run", script.1),
                ("app/go.mod", ""),
                ("go.mod", ""),
            ],
        );
    }

    #[test]
    fn a_shell_form_without_shell_syntax_becomes_an_array() {
        assert_eq!(
            fixed("language = \"go\"\nruntime.entrypoint = { shell = \"exec server --v\" }\n"),
            "language = \"go\"\nruntime.entrypoint = { exec = [\"server\", \"--v\"] }\n"
        );
    }
}
