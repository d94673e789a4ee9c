//! `stage-self-reference`.

use crate::plan::{BuildStage, StageKind, order};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A build stage copies from itself, or builds on itself.
    ///
    /// The build stops: `circular dependency detected on stage: web`. Within a stage the files are there already: `RUN cp`
    /// moves them.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ from = "web", src = "/web/dist/", dst = "/app/web/" }]
    ///
    /// [[stages]]
    /// name = "web"
    /// from = "node:22-alpine"
    /// steps = ["COPY --from=web /web /web"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ from = "web", src = "/web/dist/", dst = "/app/web/" }]
    ///
    /// [[stages]]
    /// name = "web"
    /// from = "node:22-alpine"
    /// steps = ["COPY web /web"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: the stage would have to be built before itself.
    "stage-self-reference", Error, check; also ["hadolint DL3023"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for stage in &subject.plan.stages {
        if stage.kind == StageKind::Generated {
            continue;
        }
        for (name, span) in order::needs(stage) {
            // Of two stages with one name another rule speaks.
            if name == stage.name && is_only_one(stage, subject) {
                let file = stage.origin.file.clone();
                let finding =
                    findings.report_in(file, span, format!("the stage `{name}` needs itself"));
                finding.why(format!(
                    "the build would stop with `circular dependency detected on stage: {name}`"
                ));
                finding.help("name another stage; within a stage `RUN cp` copies");
            }
        }
    }
}

fn is_only_one(stage: &BuildStage, subject: &Subject<'_>) -> bool {
    let stages = subject.plan.stages.iter();
    stages.filter(|it| it.name == stage.name).count() == 1
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_stage_cannot_begin_with_itself() {
        check(
            r#"
language = "go"
runtime.copy = [{ from = "web", src = "/web/dist/", dst = "/app/web/" }]
stages = [{ name = "web", from = "web" }]
#                                ^^^^^ error: the stage `web` needs itself
"#,
        );
    }

    #[test]
    fn the_final_stage_cannot_copy_from_itself() {
        check(
            r#"
language = "go"
runtime.copy = [{ from = "runtime", src = "/a", dst = "/b" }]
#                        ^^^^^^^^^ error: the stage `runtime` needs itself
"#,
        );
    }

    #[test]
    fn the_builder_is_another_stage() {
        check(
            r#"
language = "go"
runtime.copy = [{ from = "builder", src = "/a", dst = "/b" }]
"#,
        );
    }
}
