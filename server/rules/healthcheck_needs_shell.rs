//! `healthcheck-needs-shell`.

use crate::config::runtime::Run;
use crate::config::words::array;
use crate::diagnostic::{Diagnostic, Fix};
use crate::plan::commands::plain_words;
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// The health check is a string, and the image has no shell to run it.
    ///
    /// Every check fails with `exec: "/bin/sh": stat /bin/sh: no such file or directory`, so the container is unhealthy
    /// for ever. An array is run without a shell.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.healthcheck = "/usr/local/bin/server health"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.healthcheck = ["/usr/local/bin/server", "health"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the check runs nowhere, as under Kubernetes, which has probes of its own; `healthcheck = false`
    /// is clearer then.
    "healthcheck-needs-shell", ErrorUnlessOld, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (Some(check), Some(_), Some(stage)) = (
        &subject.config.healthcheck,
        &subject.plan.image,
        subject.plan.final_stage(),
    ) else {
        return;
    };
    let Run::Shell(text) = &check.command else {
        return;
    };
    // A string that holds an array has a rule of its own.
    if subject.plan.without_shell(stage).is_none() || text.trim().starts_with('[') {
        return;
    }
    let finding = findings.report(
        check.span,
        "the health check cannot run: the image has no shell",
    );
    subject.label_base(finding, "has no `/bin/sh`");
    finding.why("every check would fail, and the container would be unhealthy for ever");
    offer_array(text, check.span, finding);
}

fn offer_array(text: &str, span: Span, finding: &mut Diagnostic) {
    let Some(words) = plain_words(text) else {
        finding.help("run the program's own check: `[\"/app/main\", \"health\"]`");
        return;
    };
    let array = array(&words);
    finding.help(format!("write it as an array: `{array}`"));
    finding.fix(Fix::unsafe_(
        "write the health check as an array",
        span,
        array,
    ));
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_check_in_a_table_is_marked_at_its_command() {
        check(
            r#"
language = "go"
[runtime.healthcheck]
test = "/usr/local/bin/app health || exit 1"
#      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: the health check cannot run: the image has no shell
"#,
        );
    }

    #[test]
    fn an_unknown_image_may_have_a_shell() {
        check(
            r#"
language = "go"
runtime.image = "ghcr.io/acme/base:1"
runtime.healthcheck = "/usr/local/bin/app health"
"#,
        );
    }
}
