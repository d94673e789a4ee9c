//! `healthcheck-timing`.

use crate::diagnostic::File;
use crate::plan::duration::nanoseconds;
use crate::plan::{InstructionKind, Written};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// Times of a health check that contradict each other.
    ///
    /// A check that hangs is to be given up before the next one is due: with a `timeout` as long as the `interval` it takes
    /// twice as long as it seems until the container is unhealthy. `retries = 0` means Docker's default, three, and not "at
    /// once". A `start_interval` counts within the start period only, so one that is as long never comes to pass.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// [runtime.healthcheck]
    /// cmd = ["/usr/local/bin/server", "health"]
    /// interval = "10s"
    /// timeout = "30s"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// [runtime.healthcheck]
    /// cmd = ["/usr/local/bin/server", "health"]
    /// interval = "30s"
    /// timeout = "10s"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Where a check may well take that long: `# docksmith: ignore[healthcheck-timing] the check runs a query`.
    "healthcheck-timing", Warning, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let timing = &subject.config.timing;
    let or = |value: &Option<crate::config::values::Text>, default: &str| {
        let value = value.as_ref();
        value.map_or_else(|| default.to_owned(), |value| value.value.clone())
    };
    if let Some(timeout) = &timing.timeout {
        let interval = or(&timing.interval, "30s");
        if is_as_long(timeout, &interval) {
            let message = format!(
                "timeout {timeout} is not shorter than interval {interval}",
                timeout = timeout.value
            );
            let finding = findings.report(timeout.span, message);
            finding.why(LATE);
            finding.help("give a check up before the next one is due");
            if let Some(interval) = &timing.interval {
                finding.label(interval.span, "the time between two checks");
            }
        }
    }
    if let Some(retries) = timing.retries.as_ref().filter(|it| it.value == 0) {
        findings
            .report(retries.span, "`retries = 0` means Docker's default, 3")
            .help("say how many failures in a row count: `retries = 1`");
    }
    if let Some(start) = &timing.start_interval {
        let period = or(&timing.start_period, "10s");
        if is_as_long(start, &period) {
            let message = format!(
                "start_interval {} is not shorter than start_period {period}",
                start.value
            );
            let finding = findings.report(start.span, message);
            finding.why("it counts within the start period only, so no check would come of it");
            finding.help("write a longer `start_period`");
            if let Some(period) = &timing.start_period {
                finding.label(period.span, "the start period");
            }
        }
    }
    for (_, instruction) in subject.plan.instructions() {
        if let InstructionKind::Written(written) = &instruction.kind {
            check_written(written, &instruction.origin.file, findings);
        }
    }
}

const LATE: &str = "a check that hangs would end only after the next one is due";

/// Whether a time is at least as long as another; `0s` is none.
fn is_as_long(time: &str, other: &str) -> bool {
    match (nanoseconds(time), nanoseconds(other)) {
        (Some(time), Some(other)) => other > 0.0 && time >= other,
        _ => false,
    }
}

/// `HEALTHCHECK` in Dockerfile's own language, where Docker's defaults count: 30s, 30s, 0s and 3.
fn check_written(written: &Written, file: &File, findings: &mut Findings<'_>) {
    if written.keyword != "HEALTHCHECK" {
        return;
    }
    let flag = |name: &str| -> Option<(&str, Span)> {
        let flag = written.flag(name)?;
        Some((flag.value.as_deref()?, flag.span))
    };
    if let (Some((timeout, span)), Some((interval, other))) = (flag("timeout"), flag("interval"))
        && is_as_long(timeout, interval)
    {
        let message = format!("timeout {timeout} is not shorter than interval {interval}");
        findings
            .report_in(file.clone(), span, message)
            .label_in(file.clone(), other, "the time between two checks")
            .why(LATE)
            .help("give a check up before the next one is due");
    }
    if let Some((_, span)) = flag("retries").filter(|(value, _)| *value == "0") {
        findings
            .report_in(
                file.clone(),
                span,
                "`--retries=0` means Docker's default, 3",
            )
            .help("say how many failures in a row count: `--retries=1`");
    }
    if let (Some((_, span)), None) = (flag("start-interval"), flag("start-period")) {
        findings
            .report_in(
                file.clone(),
                span,
                "`--start-interval` counts for nothing without `--start-period`",
            )
            .help("say how long the start may take: `--start-period=30s`");
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn the_default_interval_counts() {
        check(
            r#"
language = "go"
runtime.healthcheck = { cmd = ["/x"], timeout = "1m", retries = 0 }
#                                               ^^^^ warning: timeout 1m is not shorter than interval 30s
#                                                               ^ warning: `retries = 0` means Docker's default, 3
"#,
        );
    }

    #[test]
    fn the_start_has_its_own_interval() {
        check(
            r#"
language = "go"
runtime.healthcheck = { cmd = ["/x"], start_interval = "15s" }
#                                                      ^^^^^ warning: start_interval 15s is not shorter than start_period 10s
"#,
        );
    }

    #[test]
    fn steps_are_looked_at() {
        check(
            r#"
language = "go"
runtime.steps = ["HEALTHCHECK --interval=5s --timeout=5s --start-interval=1s --retries=0 CMD [\"/x\"]"]
#                                                     ^^ warning: timeout 5s is not shorter than interval 5s
#                                                                         ^^ warning: `--start-interval` counts for nothing without `--start-period`
#                                                                                      ^ warning: `--retries=0` means Docker's default, 3
"#,
        );
    }

    #[test]
    fn what_fits_is_fine() {
        for table in [
            r#"interval = "1m", timeout = "59s", retries = 1"#,
            r#"interval = "5s""#,
            r#"start_interval = "2s", start_period = "30s""#,
            r#"start_interval = "2s""#,
        ] {
            check(&format!(
                "language = \"go\"\nruntime.healthcheck = {{ cmd = [\"/x\"], {table} }}\n"
            ));
        }
        check(
            "language = \"go\"\nruntime.steps = [\"HEALTHCHECK --timeout=30s --start-period=9s --start-interval=1s CMD [\\\"/x\\\"]\"]\n",
        );
    }
}
