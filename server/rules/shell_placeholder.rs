//! `shell-placeholder`.

use std::collections::HashSet;

use crate::diagnostic::{File, Fix};
use crate::plan::instructions::{PLATFORM_ARGS, Reader};
use crate::plan::scope::{of_instruction, set_in_shell, variables};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::insertion::{before, into};
use crate::syntax::{Node, Table};
use crate::text::Span;

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
    "shell-placeholder", Error, check; fix Unsafe
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
                let finding = findings.report_in(file, variable.span, message);
                finding.help(format!(
                    "declare it: `args = {{ {name} = \"\" }}`, or the step `ARG {name}`"
                ));
                if instruction.origin.file == File::Document
                    && let Some((place, new)) = declaration(subject, variable.span, name)
                {
                    let title = format!("declare `{name}`");
                    finding.fix(Fix::unsafe_(title, place, new));
                }
            }
            declared.extend(of_instruction(instruction).into_iter().map(|it| it.name));
        }
    }
}

/// What declares a name for the step at a place: an entry of `args` in the table that the step belongs to.
fn declaration(subject: &Subject<'_>, step: Span, name: &str) -> Option<(Span, String)> {
    let root = &subject.document.root;
    let tables = ["build", "runtime", "runtime_config"].into_iter();
    let tables = tables.filter_map(|table| root.node(table));
    let stages = root.node("stages").and_then(Node::items);
    let mut tables = tables
        .chain(stages.unwrap_or_default())
        .filter_map(Node::table);
    let has_step = |table: &&Table| {
        let steps = table.node("steps").and_then(Node::items);
        steps.is_some_and(|steps| steps.iter().any(|it| it.extent.covers(step)))
    };
    let table = tables.find(has_step)?;
    let entry = format!("{name} = \"\"");
    match table.node("args") {
        Some(args) => into(subject.text, args.table()?, args.span, &entry),
        None => {
            let steps = table.entry("steps")?.key.span;
            let line = format!("args = {{ {entry} }}");
            before(subject.text, table, steps, &line)
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
