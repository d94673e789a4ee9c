//! `no-healthcheck`.

use crate::rules::{Findings, Subject, rule};

rule! {
    /// The image has no health check, and does not say that none is wanted.
    ///
    /// Docker then takes a program that hangs for a healthy one. An orchestrator with probes of its own needs none:
    /// `healthcheck = false` says so.
    ///
    /// ```toml,bad
    /// language = "go"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.healthcheck = ["/usr/local/bin/app", "health"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Write `healthcheck = false` instead of ignoring it: it says the same to readers and to the image.
    "no-healthcheck", Pedantic, check; also ["hadolint DL3057"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let is_said = config.healthcheck.is_some() || config.no_healthcheck.is_some();
    let (Some(_), Some(language)) = (&subject.plan.image, &config.language) else {
        return;
    };
    if !is_said {
        findings
            .report(language.span, "the image has no health check")
            .help("add `runtime.healthcheck`, or switch it off with `healthcheck = false`");
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_check_that_is_switched_off_is_a_decision() {
        check("language = \"go\"\nruntime.healthcheck = false\n");
    }

    #[test]
    fn the_language_is_marked() {
        check("\nlanguage = \"go\"\n#          ^^^^ info: the image has no health check\n");
    }
}
