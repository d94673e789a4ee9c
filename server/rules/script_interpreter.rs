//! `script-interpreter`.

use crate::diagnostic::{Edit, Fix};
use crate::plan::{InstructionKind, RunCommand};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// The script wants a `bash` that the image does not have.
    ///
    /// The container would exit with `exec /entrypoint.sh: no such file or directory`, though the file is there: what is missing
    /// is its interpreter. Alpine has `/bin/sh` only.
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
    /// #!/bin/bash
    /// exec "$@"
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
    /// #!/bin/bash
    /// exec "$@"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image_family = "alpine"
    /// runtime.entrypoint = "entrypoint.sh"
    /// runtime.packages = ["bash"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where something that docksmith cannot see brings the interpreter, such as an archive that a step
    /// unpacks.
    "script-interpreter", ErrorUnlessOld, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(script) = subject.entry_script() else {
        return;
    };
    let Some(image) = &subject.plan.image else {
        return;
    };
    let known = image.base.known.as_ref();
    // Without any shell no script runs, which another rule says.
    let lacks_bash = known.is_some_and(|it| it.bash == Some(false) && it.shell == Some(true));
    let Some((interpreter, place)) = script.interpreter() else {
        return;
    };
    let wants_bash = interpreter.split('/').next_back() == Some("bash");
    if !lacks_bash || !wants_bash || may_install(subject) {
        return;
    }
    let message = format!(
        "`{}` wants `{interpreter}`, which the image lacks",
        script.written
    );
    findings
        .report(script.span, message)
        .label(image.base_span, "has `/bin/sh`, but no `bash`")
        .label_in(script.file(), script.first_line(), "names the interpreter")
        .why("the container would exit with `no such file or directory`")
        .help("install it, `packages = [\"bash\"]`, or begin the script with `#!/bin/sh`")
        .fix(Fix {
            title: format!("let `/bin/sh` run `{}`", script.written),
            safe: false,
            edits: vec![Edit {
                file: script.file(),
                span: place,
                text: "/bin/sh".to_owned(),
            }],
        });
}

/// Whether a package, a command or a copy may bring a `bash` into the image.
fn may_install(subject: &Subject<'_>) -> bool {
    let instructions = subject.plan.final_stage().map(|stage| &stage.instructions);
    instructions.into_iter().flatten().any(|it| match &it.kind {
        InstructionKind::Run(run) => match &run.command {
            RunCommand::Lines(lines) => lines.iter().any(|line| line.contains("bash")),
            RunCommand::Shell(text) => text.contains("bash"),
            RunCommand::Exec(words) => words.iter().any(|word| word.contains("bash")),
        },
        InstructionKind::Written(written) => written.arguments.contains("bash"),
        InstructionKind::Copy(copy) => copy.dst.contains("bash") || copy.dst.ends_with("/bin/"),
        _ => false,
    })
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

    #[test]
    fn env_finds_nothing_either() {
        check_script(
            r#"
language = "go"
build.target = "./cmd/server"
runtime.image = "alpine:3.22"
runtime.entrypoint = "scripts/start.sh"
#                    ^^^^^^^^^^^^^^^^^^ error: `scripts/start.sh` wants `bash`, which the image lacks
"#,
            "#!/usr/bin/env -S bash -e\nexec \"$@\"\n",
        );
    }

    #[test]
    fn what_brings_a_bash_or_may_is_fine() {
        for image in ["debian:bookworm-slim", "registry.example.com/unknown:1"] {
            check_script(
                &format!(
                    r#"
language = "go"
build.target = "./cmd/server"
runtime.image = "{image}"
runtime.user = "1000:1000"
runtime.entrypoint = "scripts/start.sh"
"#
                ),
                "#!/bin/bash\nexec \"$@\"\n",
            );
        }
    }
}
