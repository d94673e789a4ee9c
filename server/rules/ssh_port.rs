//! `ssh-port`.

use crate::plan::{BuildStage, InstructionKind};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// The image exposes port 22, that of SSH.
    ///
    /// A shell in a container comes with `docker exec` or `kubectl exec`. An SSH server is a second program that has to be
    /// updated, with keys that everybody has who can pull the image.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.expose = [8080, 22]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.expose = 8080
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it for a program whose purpose is SSH, such as a git server:
    /// `# docksmith: ignore[ssh-port] git is served over ssh`.
    "ssh-port", Warning, check; also ["trivy DS-0004"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(stage) = subject.plan.final_stage() else {
        return;
    };
    for (file, span, port) in exposed(stage) {
        if matches!(port.as_str(), "22" | "22/tcp") {
            findings
                .report_in(file, span, "port 22 is that of SSH")
                .why("a shell comes with `docker exec`; a server for it is one more way in")
                .help("leave it out, or let the program listen on another port");
        }
    }
}

/// The ports that a stage exposes, in lower case, with their places.
fn exposed(stage: &BuildStage) -> Vec<(crate::diagnostic::File, crate::text::Span, String)> {
    let mut ports = Vec::new();
    for instruction in &stage.instructions {
        let file = &instruction.origin.file;
        match &instruction.kind {
            InstructionKind::Expose(port) => {
                ports.push((file.clone(), instruction.origin.span, port.to_lowercase()));
            }
            InstructionKind::Written(written) => {
                let written = written.ports.iter();
                ports.extend(written.map(|it| (file.clone(), it.span, it.to_lowercase())));
            }
            _ => {}
        }
    }
    ports
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_step_and_a_protocol_count() {
        check(
            r#"
language = "go"
runtime.expose = ["22/tcp"]
#                 ^^^^^^^^ warning: port 22 is that of SSH
"#,
        );
        check(
            r#"
language = "go"
runtime.steps = ["EXPOSE 8081 22"]
#                             ^^ warning: port 22 is that of SSH
"#,
        );
    }

    #[test]
    fn other_ports_and_protocols_are_fine() {
        check("language = \"go\"\nruntime.expose = [2222, \"22/udp\", 220]\n");
        check("language = \"go\"\nruntime.steps = [\"EXPOSE 22${X}\"]\n");
    }
}
