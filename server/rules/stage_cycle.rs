//! `stage-cycle`.

use crate::plan::ProblemKind;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// Build stages need each other in a ring.
    ///
    /// No order of the stages can be built: `circular dependency detected on stage: a`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ from = "a", src = "/x", dst = "/app/x" }]
    ///
    /// [[stages]]
    /// name = "a"
    /// from = "alpine:3.23"
    /// steps = ["COPY --from=b /y /x"]
    ///
    /// [[stages]]
    /// name = "b"
    /// from = "alpine:3.23"
    /// steps = ["COPY --from=a /x /y"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ from = "a", src = "/x", dst = "/app/x" }]
    ///
    /// [[stages]]
    /// name = "a"
    /// from = "alpine:3.23"
    /// steps = ["COPY --from=b /y /x"]
    ///
    /// [[stages]]
    /// name = "b"
    /// from = "alpine:3.23"
    /// steps = ["RUN touch /y"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: there is no order in which the stages could be built.
    "stage-cycle", Error, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (kind, _) in subject.problems() {
        let ProblemKind::StageCycle(ring) = kind else {
            continue;
        };
        // The ring begins where it is first met in the file.
        let mut ring = ring.clone();
        let places = ring.iter().map(|(_, span)| *span).enumerate();
        let start = places.min_by_key(|(_, span)| *span);
        ring.rotate_left(start.map_or(0, |(index, _)| index));
        let Some(((first, span), rest)) = ring.split_first() else {
            continue;
        };
        let mut names: Vec<&str> = ring.iter().map(|(name, _)| name.as_str()).collect();
        names.push(first);
        let finding = findings.report(
            *span,
            format!("the stages `{}` need each other", names.join("` → `")),
        );
        let next = |index: usize| names.get(index + 1).copied().unwrap_or_default();
        finding.labelled(format!("`{first}` needs `{}`", next(0)));
        for (index, (name, span)) in rest.iter().enumerate() {
            finding.label(*span, format!("`{name}` needs `{}`", next(index + 1)));
        }
        finding.why(format!(
            "the build would stop with `circular dependency detected on stage: {first}`"
        ));
        finding.help("move what both need into a stage of its own");
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn stages_that_build_on_each_other_are_a_ring() {
        check(
            r#"
language = "go"
runtime.copy = [{ from = "a", src = "/x", dst = "/app/x" }]
[[stages]]
name = "a"
from = "b"
#      ^^^ error: the stages `a` → `b` → `a` need each other
[[stages]]
name = "b"
from = "a"
"#,
        );
    }

    #[test]
    fn a_stage_may_be_used_twice() {
        check(
            r#"
language = "go"
runtime.copy = [{ from = "b", src = "/x", dst = "/app/x" }, { from = "a", src = "/y", dst = "/app/y" }]
[[stages]]
name = "a"
from = "alpine:3.23"
[[stages]]
name = "b"
from = "a"
"#,
        );
    }
}
