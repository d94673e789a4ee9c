//! `command-needs-shell`.

use crate::config::runtime::{Cmd, CmdTable};
use crate::config::words::{array, inside};
use crate::diagnostic::{Edit, File, Fix};
use crate::plan::commands::plain_words;
use crate::plan::{BaseFacts, BuildStage, Instruction, InstructionKind, RunCommand};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::Step;
use crate::text::Span;

rule! {
    /// A command needs a shell, and its image has none.
    ///
    /// A shell-form `cmd` is run by `/bin/sh -c`, and so is a `run` step. Without a shell the container does not start,
    /// or the build stops: `exec: "/bin/sh": stat /bin/sh: no such file or directory`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.cmd = { shell = "/usr/local/bin/server --port 8080" }
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.cmd = ["/usr/local/bin/server", "--port", "8080"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where something that the file does not show puts `/bin/sh` into the image, as a base of the same name
    /// in a registry of your own.
    "command-needs-shell", ErrorUnlessOld, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for stage in &subject.plan.stages {
        let Some(facts) = subject.plan.without_shell(stage) else {
            continue;
        };
        for instruction in &stage.instructions {
            check_step(stage, instruction, &facts, subject, findings);
        }
    }
    let Some(Cmd::Table(CmdTable {
        shell: Some(text), ..
    })) = subject.config.runtime.cmd.as_ref().map(|cmd| &cmd.value)
    else {
        return;
    };
    let lacks_shell = subject
        .plan
        .final_stage()
        .is_some_and(|stage| subject.plan.without_shell(stage).is_some());
    if subject.plan.image.is_none() || !lacks_shell {
        return;
    }
    let message = "the shell-form `cmd` cannot run: the image has no shell";
    let finding = findings.report(text.span, message);
    subject.label_base(finding, "has no `/bin/sh`");
    finding.why(
        "the container would not start: `exec: \"/bin/sh\": stat /bin/sh: no such file or directory`",
    );
    let Some(words) = plain_words(text) else {
        finding.help("choose an image with a shell: `image_family = \"alpine\"`");
        return;
    };
    let words = array(&words);
    finding.help(format!("write it in exec form: `cmd = {words}`"));
    if let Some(key) = key_of(subject, text.span) {
        finding.fix(Fix {
            title: "write the command in exec form".to_owned(),
            safe: false,
            edits: vec![edit(key, "exec".to_owned()), edit(text.span, words)],
        });
    }
}

fn edit(span: Span, text: String) -> Edit {
    Edit {
        file: File::Document,
        span,
        text,
    }
}

/// The key `shell` of the command's table.
fn key_of(subject: &Subject<'_>, value: Span) -> Option<Span> {
    ["runtime", "runtime_config"].iter().find_map(|table| {
        let path = [*table, "cmd", "shell"].map(|key| Step::Key(key.to_owned()));
        let found = subject.document.find(&path)?;
        (found.node.span == value).then_some(found.key)
    })
}

fn check_step(
    stage: &BuildStage,
    instruction: &Instruction,
    facts: &BaseFacts,
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
) {
    let (span, is_run) = match &instruction.kind {
        InstructionKind::Run(run) => match &run.command {
            RunCommand::Shell(_) => (instruction.origin.span, true),
            _ => return,
        },
        InstructionKind::Written(written) if written.exec.is_none() => {
            match written.keyword.as_str() {
                "RUN" => (written.arguments_span, true),
                "CMD" if stage.kind.is_final() => (written.arguments_span, false),
                _ => return,
            }
        }
        _ => return,
    };
    let message = if is_run {
        format!(
            "this step of stage `{}` cannot run: there is no shell",
            stage.name
        )
    } else {
        "the shell-form `CMD` cannot run: the image has no shell".to_owned()
    };
    let finding = findings.report_in(instruction.origin.file.clone(), span, message);
    if is_run {
        finding.as_error();
        finding.help(
            "run it in a stage whose image has a shell, and copy the result: `from = \"<stage>\"`",
        );
    }
    finding.why(format!(
        "`{}` has no `/bin/sh`: `exec: \"/bin/sh\": stat /bin/sh: no such file or directory`",
        facts.reference
    ));
    if let (false, InstructionKind::Written(written)) = (is_run, &instruction.kind)
        && let Some(words) = plain_words(&written.arguments)
    {
        finding.help(format!("write it in exec form: `CMD {}`", array(&words)));
        let literal = subject.written(instruction.origin.span);
        if instruction.origin.file == File::Document
            && let Some(text) = inside(literal, &array(&words))
        {
            finding.fix(Fix::unsafe_("write the command in exec form", span, text));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, fixed};

    #[test]
    fn a_step_without_a_shell_is_an_error() {
        check(
            r#"
runtime = "go"
[runtime_config]
steps = ["RUN mkdir /data"]
#             ^^^^^^^^^^^ error: this step of stage `runtime` cannot run: there is no shell
"#,
        );
    }

    #[test]
    fn a_written_command_is_marked_behind_its_name() {
        check(
            r#"
language = "go"
runtime.steps = ["CMD /usr/local/bin/app serve"]
#                     ^^^^^^^^^^^^^^^^^^^^^^^^ error: the shell-form `CMD` cannot run: the image has no shell
"#,
        );
    }

    #[test]
    fn a_stage_that_brings_a_shell_may_use_it() {
        check(
            r#"
language = "go"
[runtime]
steps = ["COPY --from=busybox:1.37 /bin/busybox /bin/sh", "RUN mkdir /data"]
"#,
        );
    }

    #[test]
    fn a_written_command_becomes_an_array() {
        assert_eq!(
            fixed("language = \"go\"\nruntime.steps = [\"CMD /app serve\"]\n"),
            "language = \"go\"\nruntime.steps = [\"CMD [\\\"/app\\\", \\\"serve\\\"]\"]\n"
        );
        assert_eq!(
            fixed("language = \"go\"\n[runtime.cmd]\nshell = '/app serve' # x\n"),
            "language = \"go\"\n[runtime.cmd]\nexec = [\"/app\", \"serve\"] # x\n"
        );
    }
}
