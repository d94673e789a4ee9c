//! `shell-placeholder`.

use std::collections::HashSet;

use crate::plan::instructions::{PLATFORM_ARGS, Reader};
use crate::plan::scope::{of_instruction, set_in_shell, variables};
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
    ///
    /// # When to ignore
    ///
    /// Ignore it where the command's own shell sets the variable in a way that cannot be seen from the text, such as
    /// by `eval` or by reading a file.
    "shell-placeholder", Error, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for stage in &subject.plan.stages {
        let inherited = subject.plan.inherited(stage).into_iter();
        let mut declared: HashSet<String> = inherited.map(|it| it.name).collect();
        for instruction in &stage.instructions {
            let set = set_in_shell(instruction);
            for variable in variables(instruction, subject.text) {
                let name = variable.name.value.as_str();
                let is_read =
                    variable.reader == Reader::BuildShell && PLATFORM_ARGS.contains(&name);
                let is_set = declared.contains(name) || set.contains(name);
                if !is_read || is_set || variable.has_default() {
                    continue;
                }
                let file = instruction.origin.file.clone();
                let message = format!("`{name}` is not set in the stage `{}`", stage.name);
                findings
                    .report_in(file, variable.span, message)
                    .help(format!(
                        "declare it: `args = {{ {name} = \"\" }}`, or the step `ARG {name}`"
                    ));
            }
            declared.extend(of_instruction(instruction).into_iter().map(|it| it.name));
        }
    }
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
#                      ^^^^^^^^^^ error: `BUILDARCH` is not set in the stage `x`
"#,
        );
    }

    #[test]
    fn each_place_of_a_string_step_is_marked() {
        check(
            r#"
[[stages]]
name = "x"
from = "alpine:3.23"
final = true
user = "1000"
steps = ["""
RUN echo "\u00e9" \
  ${TARGETOS} \\
# ^^^^^^^^^^^ error: `TARGETOS` is not set in the stage `x`
  && echo ${TARGETARCH:-amd64} $TARGETARCH
#                              ^^^^^^^^^^^ error: `TARGETARCH` is not set in the stage `x`
""", 'ARG TARGETARCH', 'RUN echo $TARGETARCH']
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
