//! `shell-placeholder`.

use crate::plan::{BuildStage, InstructionKind, RunCommand};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A step uses an automatic platform argument that its stage does not declare.
    ///
    /// Builders set `TARGETARCH` and its kin only where an `ARG` names them: elsewhere the shell finds nothing, and under
    /// `set -u` the build stops with `TARGETARCH: parameter not set`.
    ///
    /// ```toml,bad
    /// [[stages]]
    /// name = "x"
    /// from = "alpine:3.23"
    /// final = true
    /// user = "1000"
    /// steps = [{ run = "echo ${TARGETARCH}" }]
    /// ```
    ///
    /// ```toml,good
    /// [[stages]]
    /// name = "x"
    /// from = "alpine:3.23"
    /// final = true
    /// user = "1000"
    /// args = { TARGETARCH = "" }
    /// steps = [{ run = "echo ${TARGETARCH}" }]
    /// ```
    "shell-placeholder", Error, check
}

/// The arguments that BuildKit sets (<https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope>).
const AUTOMATIC: [&str; 8] = [
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for stage in &subject.plan.stages {
        let mut declared: Vec<&str> = inherited(subject, stage);
        for instruction in &stage.instructions {
            let text = match &instruction.kind {
                InstructionKind::Arg { name, .. } => {
                    declared.push(name);
                    continue;
                }
                InstructionKind::Written(written) if written.keyword == "ARG" => {
                    declared.extend(written.arguments.split(['=', ' ']).next());
                    continue;
                }
                InstructionKind::Run(run) => match &run.command {
                    RunCommand::Shell(text) => text,
                    _ => continue,
                },
                InstructionKind::Written(written)
                    if written.keyword == "RUN" && written.exec.is_none() =>
                {
                    &written.arguments
                }
                _ => continue,
            };
            let uses =
                |name: &&&str| text.contains(&format!("${{{name}}}")) || uses_bare(text, name);
            let missing = AUTOMATIC
                .iter()
                .filter(|name| !declared.contains(name))
                .find(uses);
            if let Some(name) = missing {
                findings
                    .report_in(
                        instruction.origin.file.clone(),
                        instruction.origin.span,
                        format!("`{name}` is not set in the stage `{}`", stage.name),
                    )
                    .help(format!(
                        "declare it: `args = {{ {name} = \"\" }}`, or the step `ARG {name}`"
                    ));
            }
        }
    }
}

/// What the stages that a stage builds on declare.
fn inherited<'a>(subject: &'a Subject<'_>, stage: &'a BuildStage) -> Vec<&'a str> {
    let ancestors = subject.plan.ancestors(stage);
    let instructions = ancestors
        .into_iter()
        .filter(|other| other.name != stage.name)
        .flat_map(|it| &it.instructions);
    let name = |it: &'a crate::plan::Instruction| match &it.kind {
        InstructionKind::Arg { name, .. } => Some(name.as_str()),
        _ => None,
    };
    instructions.filter_map(name).collect()
}

/// `$NAME`, not as the beginning of a longer name, and not assigned by the text itself.
fn uses_bare(text: &str, name: &str) -> bool {
    let pattern = format!("${name}");
    text.match_indices(&pattern).any(|(index, _)| {
        let next = text
            .get(index + pattern.len()..)
            .and_then(|rest| rest.chars().next());
        !next.is_some_and(|next| next.is_ascii_alphanumeric() || next == '_')
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_bare_name_counts() {
        check(
            r#"
[[stages]]
name = "x"
from = "alpine:3.23"
final = true
user = "1000"
steps = [{ run = "echo $BUILDARCH" }]
#                ^^^^^^^^^^^^^^^^^ error: `BUILDARCH` is not set in the stage `x`
"#,
        );
    }

    #[test]
    fn a_longer_name_is_another() {
        check(
            "[[stages]]\nname = \"x\"\nfrom = \"alpine:3.23\"\nfinal = true\nuser = \"1000\"\nsteps = [{ run = \"TARGETARCHX=1; echo $TARGETARCHX\" }]\n",
        );
    }
}
