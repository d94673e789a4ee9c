//! `invalid-env-name`.

use crate::config::check::ShapeKind;
use crate::config::runtime::EnvValue;
use crate::config::stage::Step;
use crate::config::values::{Entries, Text};
use crate::config::words::short;
use crate::plan::InstructionKind;
use crate::rules::{Findings, Subject, rule};
use crate::text::{Span, Spanned};

rule! {
    /// A name that a variable or build argument can't have.
    ///
    /// An empty name, or one with blanks or `=` in it, breaks the instruction: `ENV names can not be blank`, or another
    /// variable is set. One that is not made of letters, digits and `_` alone is set, but no shell can read it; that is
    /// a warning.
    ///
    /// ```toml,bad
    /// language = "go"
    /// runtime.env = { "LOG LEVEL" = "info" }
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.env = { LOG_LEVEL = "info" }
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore the warning where the program itself reads the variable, and no shell has to. Never the error: there is
    /// no such variable.
    "invalid-env-name", Error, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("invalid-env-name") {
        let name = match &shape.kind {
            ShapeKind::Name { name } => name.as_str(),
            _ => subject.written(shape.span).trim_matches(['"', '\'']),
        };
        let message = match name.trim() {
            "" => "a variable's name is empty".to_owned(),
            _ => format!("`{}` is not the name of a variable", short(name)),
        };
        let finding = findings.report(shape.span, message);
        finding.why("the instruction would mean something else, or not be read at all");
        help(finding, name);
    }
    check_written(subject, findings);
    for name in names(subject) {
        if !is_portable(&name.value) {
            let message = format!(
                "no shell can read a variable named `{}`",
                short(&name.value)
            );
            let finding = findings.report(name.span, message);
            finding.as_warning();
            help(finding, &name.value);
        }
    }
}

/// `ENV` and `ARG` in Dockerfile's own language.
fn check_written(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let globals = subject.plan.args.iter();
    let instructions = subject
        .plan
        .instructions()
        .map(|(_, instruction)| instruction);
    for instruction in globals.chain(instructions) {
        let InstructionKind::Written(written) = &instruction.kind else {
            continue;
        };
        let names = written.pairs.iter().map(|pair| &pair.name);
        for name in names.filter(|_| written.keyword != "LABEL") {
            // What a variable holds is not known.
            if is_portable(name) || name.contains('$') {
                continue;
            }
            let file = instruction.origin.file.clone();
            let is_empty = name.trim().is_empty();
            let message = match is_empty {
                true => "a variable's name is empty".to_owned(),
                false => format!("no shell can read a variable named `{}`", short(name)),
            };
            let place = if is_empty {
                written.arguments_span
            } else {
                name.span
            };
            let finding = findings.report_in(file, place, message);
            if !is_empty {
                finding.as_warning();
            }
            help(finding, name);
        }
    }
}

fn help(finding: &mut crate::diagnostic::Diagnostic, name: &str) {
    let plain = portable(name);
    if is_portable(&plain) {
        finding.help(format!("name it with letters, digits and `_`: `{plain}`"));
    } else {
        finding.help("name it with letters, digits and `_`, a letter first: `LOG_LEVEL`");
    }
}

fn portable(name: &str) -> String {
    let characters = name.trim().chars();
    characters
        .map(|it| if it.is_ascii_alphanumeric() { it } else { '_' })
        .collect()
}

fn is_portable(name: &str) -> bool {
    let first = name.chars().next();
    first.is_some_and(|it| it.is_ascii_alphabetic() || it == '_')
        && name
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || it == '_')
}

/// Every name of an environment variable.
fn names<'a>(subject: &Subject<'a>) -> Vec<&'a Text> {
    let config = subject.config;
    let mut names: Vec<&Text> = config.env.iter().map(|(name, _)| name).collect();
    let mut add =
        |entries: &'a Entries<EnvValue>| names.extend(entries.iter().map(|(name, _)| name));
    add(&config.build.env);
    let mut steps: Vec<&'a Spanned<Step>> = Vec::new();
    steps.extend(&config.build.steps);
    steps.extend(&config.runtime.steps);
    for stage in &config.stages {
        add(&stage.env);
        steps.extend(&stage.steps);
    }
    for step in steps {
        if let Step::Table(table) = &step.value
            && let Some(env) = &table.env
        {
            add(&env.value);
        }
    }
    names.retain(|name| name.span != Span::default());
    names
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_dash_is_a_warning() {
        check(
            r#"
language = "go"
env = { log-level = "info" }
#       ^^^^^^^^^ warning: no shell can read a variable named `log-level`
"#,
        );
    }

    #[test]
    fn a_build_argument_with_a_dash_is_an_error() {
        check(
            r#"
language = "go"
args = { go-version = "1.26" }
#        ^^^^^^^^^^ error: `go-version` is not the name of a variable
"#,
        );
    }

    #[test]
    fn a_name_in_a_step_is_marked_alone() {
        check(
            r#"
language = "go"
build.steps = ["ENV A=é B-C=\"x y\" D=1", "ARG e.f", "ENV =x", 'LABEL a.b=c']
#                       ^^^ warning: no shell can read a variable named `B-C`
#                                              ^^^ warning: no shell can read a variable named `e.f`
#                                                         ^^ error: a variable's name is empty
"#,
        );
    }

    #[test]
    fn lower_case_is_fine() {
        check("language = \"go\"\nruntime.env = { http_proxy = \"\" }\n");
    }
}
