//! `command-needs-shell`.

use crate::config::runtime::{Cmd, CmdTable};
use crate::plan::{BaseFacts, BuildStage, Instruction, InstructionKind, RunCommand};
use crate::rules::{Findings, Subject, rule};

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
    "command-needs-shell", ErrorUnlessOld, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for stage in &subject.plan.stages {
        let Some(facts) = subject.plan.without_shell(stage) else {
            continue;
        };
        for instruction in &stage.instructions {
            check_step(stage, instruction, &facts, findings);
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
    finding.help(match exec_form(text) {
        Some(words) => format!("write it in exec form: `cmd = {words}`"),
        None => "choose an image with a shell: `image_family = \"alpine\"`".to_owned(),
    });
}

fn check_step(
    stage: &BuildStage,
    instruction: &Instruction,
    facts: &BaseFacts,
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
}

/// A command without shell syntax as an array.
fn exec_form(text: &str) -> Option<String> {
    let is_plain = !text.contains(['$', '~', '*', '?']) && !crate::plan::shell::has_operator(text);
    let words = shlex::split(text).filter(|_| is_plain)?;
    let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    Some(format!("[{}]", words.join(", ")))
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

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
    fn a_stage_that_brings_a_shell_may_use_it() {
        check(
            r#"
language = "go"
[runtime]
steps = ["COPY --from=busybox:1.37 /bin/busybox /bin/sh", "RUN mkdir /data"]
"#,
        );
    }
}
