//! `env-self-reference`.

use std::collections::HashSet;

use crate::diagnostic::{Edit, File, Fix};
use crate::plan::scope::of_instruction;
use crate::plan::{BuildStage, Instruction, InstructionKind};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::string::decoded_span;
use crate::syntax::{Entry, Node, Notation, Table, Value};
use crate::text::Span;

rule! {
    /// A variable uses itself, or one that is set further down.
    ///
    /// Each variable is an `ENV` of its own, in the order of the file, and what is not set yet is empty: the builder says
    /// `UndefinedVar` at best. `PATH` is set in every image.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// [runtime.env]
    /// CACHE = { value = "$DATA/cache", expand = true }
    /// DATA = "/data"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// [runtime.env]
    /// DATA = "/data"
    /// CACHE = { value = "$DATA/cache", expand = true }
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the base image sets the variable, such as `LD_LIBRARY_PATH` in an image for GPUs:
    /// `# docksmith: ignore[env-self-reference] the base image sets it`.
    "env-self-reference", Warning, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for stage in &subject.plan.stages {
        let inherited = subject.plan.inherited(stage).into_iter();
        let mut declared: HashSet<String> = inherited.map(|it| it.name).collect();
        for (index, instruction) in stage.instructions.iter().enumerate() {
            check_instruction(subject, stage, index, &declared, findings);
            declared.extend(of_instruction(instruction).into_iter().map(|it| it.name));
        }
    }
}

fn check_instruction(
    subject: &Subject<'_>,
    stage: &BuildStage,
    index: usize,
    declared: &HashSet<String>,
    findings: &mut Findings<'_>,
) {
    let Some(instruction) = stage.instructions.get(index) else {
        return;
    };
    let InstructionKind::Env {
        name,
        value,
        expand: true,
    } = &instruction.kind
    else {
        return;
    };
    let Some(entry) = entry_at(&subject.document.root, instruction.origin.span) else {
        return;
    };
    for variable in crate::plan::parse::shell_variables(value) {
        let used = variable.name.value.as_str();
        if used == "PATH" || declared.contains(used) || variable.has_default() {
            continue;
        }
        let later = later(stage, index, used);
        if used != name && later.is_none() {
            continue;
        }
        let literal = value_span(entry);
        let span = decoded_span(subject.text, literal, variable.span.range());
        let message = if used == name {
            format!("`{name}` uses itself, and is not set yet")
        } else {
            format!("`{name}` uses `{used}`, which is set further down")
        };
        let finding = findings.report(span, message);
        finding.why("each is an `ENV` of its own, in the order of the file: it is empty there");
        if let Some(later) = later.filter(|_| used != name) {
            finding.label_in(later.origin.file.clone(), later.origin.span, "set here");
            finding.help(format!("set `{used}` first"));
            if let Some(fix) = swap(subject, instruction, later) {
                finding.fix(fix);
            }
        } else {
            finding.help("write the whole value");
        }
        return;
    }
}

/// The instruction behind another that sets a variable for programs.
fn later<'a>(stage: &'a BuildStage, index: usize, name: &str) -> Option<&'a Instruction> {
    let behind = stage.instructions.get(index + 1..)?;
    behind.iter().find(|it| {
        of_instruction(it)
            .iter()
            .any(|set| set.is_env && set.name == name)
    })
}

/// The entry whose key and value lie at the place of an environment variable.
fn entry_at(table: &Table, place: Span) -> Option<&Entry> {
    table.entries.iter().find_map(|entry| {
        if entry.key.span.cover(value_span(entry)) == place {
            return Some(entry);
        }
        entry_in(&entry.value, place)
    })
}

fn entry_in(node: &Node, place: Span) -> Option<&Entry> {
    match &node.value {
        Value::Table(table) => entry_at(table, place),
        Value::Array(items) => items.iter().find_map(|item| entry_in(item, place)),
        _ => None,
    }
}

/// The place of the text that a variable is set to.
fn value_span(entry: &Entry) -> Span {
    let table = entry.value.table();
    let text = table.and_then(|table| table.node("value"));
    text.map_or(entry.value.span, |text| text.span)
}

/// Two entries in each other's place, where nothing stands between them that could use either.
fn swap(subject: &Subject<'_>, first: &Instruction, second: &Instruction) -> Option<Fix> {
    if second.origin.file != File::Document {
        return None;
    }
    let root = &subject.document.root;
    let (one, other) = (
        entry_at(root, first.origin.span)?,
        entry_at(root, second.origin.span)?,
    );
    let place = |entry: &Entry| entry.key.span.cover(entry.value.extent);
    let (before, after) = (place(one), place(other));
    let uses = other.value.table().is_some();
    let is_plain = |entry: &Entry| {
        entry
            .value
            .table()
            .is_none_or(|table| table.notation == Notation::Inline)
    };
    let between = subject
        .text
        .get(before.end as usize..after.start as usize)?;
    let is_adjacent = !between.contains(['=', '[', '#']);
    if uses || !is_adjacent || !is_plain(one) {
        return None;
    }
    let edit = |span: Span, from: Span| Edit {
        file: File::Document,
        span,
        text: subject.written(from).to_owned(),
    };
    Some(Fix {
        title: format!("set `{}` first", other.key.name),
        safe: false,
        edits: vec![edit(before, after), edit(after, before)],
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_variable_that_uses_itself_is_found() {
        check(
            r#"
language = "go"
runtime.env = { A = { value = "x:${A}", expand = true } }
#                                ^^^^ warning: `A` uses itself, and is not set yet
"#,
        );
    }

    #[test]
    fn stages_have_their_own_order() {
        check(
            r#"
language = "go"
[build]
env = { A = { expand = true, value = "$B" }, B = "1" }
#                                     ^^ warning: `A` uses `B`, which is set further down
"#,
        );
    }

    #[test]
    fn what_is_set_before_is_fine() {
        check(
            r#"
language = "go"
[runtime]
args = { REV = "1" }
steps = ["ENV HOME_DIR=/x"]
[runtime.env]
REV = { value = "$REV", expand = true }
A = { value = "$REV/$HOME_DIR/$UNKNOWN/${LATER:-x}:$PATH", expand = true }
LATER = "$A and $LATER"
PATH = { value = "/x:$PATH", expand = true }
"#,
        );
    }
}
