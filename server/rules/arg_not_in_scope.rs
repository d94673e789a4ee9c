//! `arg-not-in-scope`.

use std::collections::HashSet;

use crate::diagnostic::Fix;
use crate::plan::instructions::Reader;
use crate::plan::scope::{of_instruction, set_in_shell, variables};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::Node;
use crate::syntax::insertion::insertion;

rule! {
    /// A step uses a global build argument that its stage does not declare.
    ///
    /// Global arguments count in `FROM` only. A stage that names one in an `ARG` gets its value; elsewhere it is empty,
    /// without a word from the builder: paths and addresses lack a part, and under `set -u` the step stops with
    /// `VERSION: parameter not set`.
    ///
    /// ```toml,bad
    /// args = { VERSION = "1.2" }
    ///
    /// [[stages]]
    /// name = "x"
    /// from = "alpine:3.23"
    /// final = true
    /// user = "1000"
    /// steps = ["RUN echo ${VERSION} > /version"]
    /// ```
    ///
    /// ```toml,good
    /// args = { VERSION = "1.2" }
    ///
    /// [[stages]]
    /// name = "x"
    /// from = "alpine:3.23"
    /// final = true
    /// user = "1000"
    /// args = { VERSION = "" }
    /// steps = ["RUN echo ${VERSION} > /version"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the step's shell is given the variable in a way that the file does not show, as by a file that
    /// it reads first: `# docksmith: ignore[arg-not-in-scope] set by /etc/profile`.
    "arg-not-in-scope", Warning, Medium, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let globals = subject.plan.global_args().into_iter();
    let globals: HashSet<String> = globals.map(|it| it.name).collect();
    for stage in &subject.plan.stages {
        let inherited = subject.plan.inherited(stage).into_iter();
        let mut declared: HashSet<String> = inherited.map(|it| it.name).collect();
        for instruction in &stage.instructions {
            let set = set_in_shell(instruction);
            for variable in variables(instruction, subject.text) {
                let name = variable.name.value.as_str();
                let is_build = matches!(variable.reader, Reader::Builder | Reader::BuildShell);
                let is_set = declared.contains(name)
                    || variable.reader == Reader::BuildShell && set.contains(name);
                if !is_build || !globals.contains(name) || is_set {
                    continue;
                }
                let file = instruction.origin.file.clone();
                let message = format!("the stage `{}` does not declare `{name}`", stage.name);
                let finding = findings.report_in(file, variable.span, message);
                if let Some(fix) = declare(&stage.name, name, subject) {
                    finding.fix(fix);
                }
                finding.why("a global argument counts in `FROM` only, so this is empty");
                finding.help(format!(
                    "declare it in the stage: `args = {{ {name} = \"\" }}`, or the step `ARG {name}`"
                ));
            }
            declared.extend(of_instruction(instruction).into_iter().map(|it| it.name));
        }
    }
}

/// Declares an argument in the table of a stage that the file writes.
fn declare(stage: &str, name: &str, subject: &Subject<'_>) -> Option<Fix> {
    let stages = subject.document.root.node("stages")?.items()?;
    let table = stages.iter().find(|node| {
        let named = node.table().and_then(|table| table.node("name"));
        named.and_then(Node::string) == Some(stage)
    })?;
    let args = table.table()?.node("args");
    let (span, text) = match args {
        Some(args) => insertion(subject.text, args, name, "\"\"")?,
        None => {
            let value = format!("{{ {name} = \"\" }}");
            insertion(subject.text, table, "args", &value)?
        }
    };
    Some(Fix::unsafe_(
        format!("declare `{name}` in the stage `{stage}`"),
        span,
        text,
    ))
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, fixed};

    fn check_steps(steps: &str) {
        check(&format!(
            "args = {{ A = \"1\" }}\n[[stages]]\nname = \"x\"\nfrom = \"alpine:3.23\"\nfinal = true\nuser = \"1000\"\n{steps}\n"
        ));
    }

    #[test]
    fn every_place_of_a_step_counts() {
        check_steps(
            r#"steps = ['COPY --chown=${A} x /é/$A', { run = "echo \u00e9 $A" }]
#                      ^^^^ warning: the stage `x` does not declare `A`
#                                ^^ warning: the stage `x` does not declare `A`
#                                                          ^^ warning: the stage `x` does not declare `A`"#,
        );
    }

    #[test]
    fn what_is_declared_before_counts() {
        check_steps(r#"steps = ["ARG A", "WORKDIR /$A"]"#);
        check_steps(
            r#"steps = ["WORKDIR /$A", "ENV A=1"]
#                  ^^ warning: the stage `x` does not declare `A`"#,
        );
    }

    #[test]
    fn the_container_has_its_own_environment() {
        check_steps(r#"steps = ["CMD echo $A"]"#);
    }

    #[test]
    fn the_argument_joins_those_that_are_there() {
        let before = "args.A = \"1\"\n[[stages]]\nname = \"x\"\nfrom = \"alpine:3.23\"\nfinal = true\nuser = \"1000\"\n";
        for (args, expected) in [
            ("args = { B = \"\" }\n", "args = { B = \"\", A = \"\" }\n"),
            ("# what is made\n", "# what is made\nargs = { A = \"\" }\n"),
        ] {
            let steps = "steps = [\"RUN echo $A\"]\n";
            let fixed = fixed(&format!("{before}{args}{steps}"));
            let expected = match args.starts_with('#') {
                true => format!("{before}# what is made\n{steps}args = {{ A = \"\" }}\n"),
                false => format!("{before}{expected}{steps}"),
            };
            assert_eq!(fixed, expected);
        }
    }
}
