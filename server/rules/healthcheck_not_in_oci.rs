//! `healthcheck-not-in-oci`.

use crate::plan::InstructionKind;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A health check is Docker's alone.
    ///
    /// The OCI image format has no place for it, so Podman and buildah drop it with `HEALTHCHECK is not supported for OCI
    /// image format`, and Kubernetes never looks at it. There the check belongs into the pod's `livenessProbe` and
    /// `readinessProbe`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.healthcheck = ["/usr/local/bin/server", "health"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.healthcheck = false
    /// ```
    ///
    /// # When to ignore
    ///
    /// Wherever Docker or Swarm runs the image: `# docksmith: ignore[healthcheck-not-in-oci] runs in Docker`.
    "healthcheck-not-in-oci", Pedantic, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(stage) = subject.plan.final_stage() else {
        return;
    };
    for instruction in &stage.instructions {
        let span = match &instruction.kind {
            // A check that the language brings is nobody's choice.
            InstructionKind::Healthcheck(Some(_)) if subject.config.healthcheck.is_some() => {
                instruction.origin.span
            }
            InstructionKind::Written(written)
                if written.keyword == "HEALTHCHECK"
                    && !written.arguments.trim().eq_ignore_ascii_case("none") =>
            {
                written.keyword_span
            }
            _ => continue,
        };
        findings
            .report_in(
                instruction.origin.file.clone(),
                span,
                "the OCI image format and Kubernetes ignore a health check",
            )
            .why("Podman drops it, and Kubernetes takes the probes of the pod")
            .help("say the same in the pod's `livenessProbe`, or build with `--format docker`");
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn every_form_is_looked_at() {
        check(
            r#"
language = "go"
runtime.healthcheck = { cmd = ["/x"] }
#                             ^^^^^^ info: the OCI image format and Kubernetes ignore a health check
"#,
        );
        check(
            r#"
language = "go"
runtime.steps = ["HEALTHCHECK CMD [\"/x\"]"]
#                 ^^^^^^^^^^^ info: the OCI image format and Kubernetes ignore a health check
"#,
        );
    }

    #[test]
    fn none_is_fine() {
        for line in [
            "runtime.healthcheck = false",
            "runtime.steps = [\"HEALTHCHECK NONE\"]",
        ] {
            check(&format!(
                "\nlanguage = \"go\"\nruntime.image = \"alpine:3.23\"\n#               ^^^^^^^^^^^^^ info: `alpine:3.23` has no digest\n{line}\n"
            ));
        }
    }
}
