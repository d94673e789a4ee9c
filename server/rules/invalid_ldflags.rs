//! `invalid-ldflags`.

use crate::config::build::Ldflags;
use crate::config::check::ShapeKind;
use crate::config::words::short;
use crate::plan::ProblemKind;
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// Flags of Go's linker that can't be passed on.
    ///
    /// `-X` takes `import/path.name=value`; the linker refuses anything else with `-X flag requires argument of the form
    /// importpath.name=value`, or quietly sets nothing.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.ldflags = ["-X main.version"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.ldflags = ["-X main.version=1.0"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: the linker stops, or sets nothing.
    "invalid-ldflags", Error, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("invalid-ldflags") {
        if let ShapeKind::Name { name } = &shape.kind {
            no_variable(name, shape.span, findings);
        }
    }
    let mut unbalanced: Vec<Span> = Vec::new();
    for problem in &subject.plan.problems {
        if let ProblemKind::Ldflags(reason) = &problem.kind
            && !unbalanced.contains(&problem.span)
        {
            unbalanced.push(problem.span);
            findings
                .report(problem.span, reason.clone())
                .help("write one flag with its value per string: `\"-X main.version=1.0\"`");
        }
    }
    let build = &subject.config.build;
    let own = build.binaries.iter().filter_map(|it| it.ldflags.as_ref());
    for ldflags in build.ldflags.iter().chain(own) {
        match &ldflags.value {
            Ldflags::List(list) => {
                for text in list.iter().filter(|text| !unbalanced.contains(&text.span)) {
                    assignments(text, text.span, findings);
                }
            }
            Ldflags::Variables(variables) => {
                for (name, _) in variables.iter().filter(|(name, _)| !is_variable(name)) {
                    no_variable(name, name.span, findings);
                }
            }
        }
    }
}

fn no_variable(name: &str, span: Span, findings: &mut Findings<'_>) {
    findings
        .report(
            span,
            format!("`{}` names no variable of a Go package", short(name)),
        )
        .help("write the package's path, a dot and the variable: `main.version`");
}

/// What follows each `-X` in one string.
fn assignments(text: &str, span: Span, findings: &mut Findings<'_>) {
    let spaced = format!(" {text}").replace(" -X=", " -X ");
    for assignment in spaced.split(" -X ").skip(1) {
        let assignment = assignment.trim().trim_start_matches(['"', '\'']);
        match assignment.split_once('=') {
            _ if assignment.is_empty() => {}
            None => {
                let finding =
                    findings.report(span, format!("`-X {}` sets no value", short(assignment)));
                finding.help("write `-X import/path.name=value`: `\"-X main.version=1.0\"`");
            }
            Some((name, _)) if !is_variable(name) => no_variable(name, span, findings),
            Some(_) => {}
        }
    }
}

/// Whether a text is a package's path, a dot and a name. A placeholder may stand for any of it.
fn is_variable(name: &str) -> bool {
    if name.contains("${") {
        return true;
    }
    let Some((path, variable)) = name.rsplit_once('.') else {
        return false;
    };
    !path.is_empty()
        && !name.contains(char::is_whitespace)
        && variable
            .chars()
            .next()
            .is_some_and(|it| it.is_alphabetic() || it == '_')
        && variable.chars().all(|it| it.is_alphanumeric() || it == '_')
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn quotes_are_balanced() {
        check(
            r#"
language = "go"
build.ldflags = ["-X 'main.version=1.0"]
#                ^^^^^^^^^^^^^^^^^^^^^^ error: the quotes are not balanced
"#,
        );
    }

    #[test]
    fn a_variable_has_a_package() {
        check(
            r#"
language = "go"
build.ldflags = { version = "1.0" }
#                 ^^^^^^^ error: `version` names no variable of a Go package
"#,
        );
    }

    #[test]
    fn a_package_with_dashes_and_other_flags_are_fine() {
        check(
            r#"
language = "go"
build.ldflags = ["-extldflags '-static'", "-X github.com/a-b/c.V=1", "-X 'main.motd=two words'"]
"#,
        );
    }
}
