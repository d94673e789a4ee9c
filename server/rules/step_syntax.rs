//! `step-syntax`.

use crate::diagnostic::{File, Fix};
use crate::plan::ProblemKind;
use crate::rules::{Findings, Subject, nearest, rule};
use crate::text::Span;

rule! {
    /// A string step that is not exactly one instruction.
    ///
    /// Steps are read and checked, never pasted, so that one of them can't change what stands around it. `FROM` begins
    /// a stage, which is a `[[stages]]` table here.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.steps = ["RNU go generate ./..."]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.steps = ["RUN go generate ./..."]
    /// ```
    "step-syntax", Error, check
}

/// The instructions that a step may be.
const INSTRUCTIONS: [&str; 17] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for problem in &subject.plan.problems {
        let ProblemKind::StepSyntax(reason) = &problem.kind else {
            continue;
        };
        if problem.file != File::Document {
            continue;
        }
        let finding = findings.report(problem.span, reason.clone());
        match misspelt(subject, problem.span) {
            Some((word, span, near)) => {
                finding.help(format!("did you mean `{near}`?"));
                finding.fix(Fix::unsafe_(
                    format!("replace `{word}` by `{near}`"),
                    span,
                    near,
                ));
            }
            None => {
                finding.help("write one instruction, such as `\"COPY web/ ./\"`");
            }
        }
    }
}

/// The word that a step begins with, if it is nearly an instruction.
fn misspelt<'a>(subject: &Subject<'a>, span: Span) -> Option<(&'a str, Span, &'static str)> {
    let written = subject.written(span);
    let content = written.trim_start_matches(['"', '\'', ' ', '\n', '\r']);
    let word = content.split(|it: char| !it.is_ascii_alphabetic()).next()?;
    let start = span.start as usize + written.len() - content.len();
    let upper = word.to_uppercase();
    if word.is_empty() || upper == "FROM" || INSTRUCTIONS.contains(&upper.as_str()) {
        return None;
    }
    let near = nearest(word, INSTRUCTIONS)?;
    Some((word, Span::new(start, start + word.len()), near))
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_stage_is_no_step() {
        check(
            r#"
language = "go"
build.steps = ["FROM alpine:3.23"]
#               ^^^^^^^^^^^^^^^^ error: `FROM` begins a stage: write a `[[stages]]` table
"#,
        );
    }

    #[test]
    fn lower_case_is_fine() {
        check("language = \"go\"\nbuild.steps = [\"run go generate ./...\"]\n");
    }
}
