//! `step-syntax`.

use crate::plan::ProblemKind;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A string step that is not exactly one instruction, or whose flags its instruction does not take.
    ///
    /// Steps are read and checked, never pasted, so that one of them can't change what stands around it. `FROM` begins
    /// a stage, which is a `[[stages]]` table here. Builders would stop with `unknown instruction: RNU` or `unknown flag`; an
    /// option of a mount that they read past is a warning.
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
    ///
    /// # When to ignore
    ///
    /// Never: a step that cannot be read is left out, and the image would lack it.
    "step-syntax", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for problem in &subject.plan.problems {
        if let ProblemKind::StepSyntax(fault) = &problem.kind {
            findings.fault(&problem.file, fault);
        }
    }
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
    fn a_misspelt_flag_is_marked_alone() {
        check(
            r#"
language = "go"
build.steps = ["COPY --chwon=1:1 --lnik a b"]
#                    ^^^^^^^ error: `COPY` has no flag `--chwon`
#                                ^^^^^^ error: `COPY` has no flag `--lnik`
"#,
        );
    }

    #[test]
    fn a_value_is_marked_behind_escapes_and_continued_lines() {
        check(
            r#"
language = "go"
build.steps = ["""
RUN --mount=type=cache,target=/\u00e9 \
    --mount=type=cahce,target=/x \\
#                ^^^^^ error: there is no mount of type `cahce`
    --network=nnoe \"x\"
#             ^^^^ error: `--network` takes `default`, `none` or `host`, not `nnoe`
"""]
"#,
        );
    }

    #[test]
    fn a_key_that_builders_forget_is_a_warning() {
        check(
            r#"
language = "go"
build.steps = ['RUN --mount=type=tmpfs,target=/𝒳,id=x make']
#                                                ^^ warning: a tmpfs mount has no `id`
"#,
        );
    }

    #[test]
    fn lower_case_is_fine() {
        check("language = \"go\"\nbuild.steps = [\"run go generate ./...\"]\n");
    }
}
