//! `invalid-duration`.

use crate::config::check::ShapeKind;
use crate::config::words::{last_key, requoted, short};
use crate::diagnostic::Fix;
use crate::plan::InstructionKind;
use crate::plan::duration::nanoseconds;
use crate::plan::instructions::Takes;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A duration that Docker does not read, or that is below 1 ms.
    ///
    /// A duration is numbers with units: `ns`, `us`, `ms`, `s`, `m` and `h`, as in `"1m30s"`. The build would stop with
    /// `time: missing unit in duration`. The old `healthcheck_opts` takes one number with one unit.
    ///
    /// ```toml,bad
    /// language = "go"
    /// [runtime.healthcheck]
    /// test = ["/usr/local/bin/app", "health"]
    /// interval = "30"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// [runtime.healthcheck]
    /// test = ["/usr/local/bin/app", "health"]
    /// interval = "30s"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: the build stops at it.
    "invalid-duration", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("invalid-duration") {
        let node = subject.document.find(&shape.path).map(|found| found.node);
        let written = subject.written(shape.span);
        let text = node.and_then(|node| node.string()).unwrap_or(written);
        let is_type = matches!(shape.kind, ShapeKind::WrongType { .. });
        let message = match text.trim() {
            "" => format!("`{}` is empty", last_key(&shape.path)),
            text if is_number(text) => format!("the duration `{}` has no unit", short(text)),
            text if text.starts_with('-') => format!("the duration `{}` is negative", short(text)),
            text => format!("`{}` is not a duration", short(text)),
        };
        let finding = findings.report(shape.span, message);
        if is_number(text.trim()) {
            let fixed = requoted(written, &format!("{}s", text.trim()));
            finding.help(format!("write {fixed} if seconds are meant"));
            finding.fix(Fix::unsafe_(
                format!("replace it by `{fixed}`"),
                shape.span,
                fixed.clone(),
            ));
        } else if !is_type && is_old(&shape.path) {
            finding.help("write one number with one unit of `ms`, `s`, `m` and `h`: `\"90s\"`");
        } else {
            finding.help("write numbers with units of `ms`, `s`, `m` and `h`: `\"1m30s\"`");
        }
    }
    check_written(subject, findings);
    let Some(check) = &subject.config.healthcheck else {
        return;
    };
    let timing = &check.timing;
    let durations = [
        &timing.interval,
        &timing.timeout,
        &timing.start_period,
        &timing.start_interval,
    ];
    for text in durations.into_iter().flatten() {
        if nanoseconds(text).is_some_and(|length| length < 1e6) {
            findings
                .report(
                    text.span,
                    format!("the duration `{}` is below 1ms", short(text)),
                )
                .why("the build would stop: Docker takes no shorter time")
                .help("write at least `\"1ms\"`, or leave the key out for its default");
        }
    }
}

/// The flags of `HEALTHCHECK` in Dockerfile's own language; `0s` is the default there.
fn check_written(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (_, instruction) in subject.plan.instructions() {
        let InstructionKind::Written(written) = &instruction.kind else {
            continue;
        };
        for flag in &written.flags {
            let takes = written.definition().and_then(|it| it.flag(&flag.name));
            let is_duration = takes.is_some_and(|it| it.takes == Takes::Duration);
            let Some(text) = flag.value.as_deref().filter(|_| is_duration) else {
                continue;
            };
            let message = match nanoseconds(text) {
                _ if text == "0" => continue,
                Some(length) if !text.is_empty() && (length == 0.0 || length >= 1e6) => continue,
                Some(_) if !text.is_empty() => {
                    format!("the duration `{}` is below 1ms", short(text))
                }
                _ if is_number(text) => format!("the duration `{}` has no unit", short(text)),
                _ => format!("`{}` is not a duration", short(text)),
            };
            let file = instruction.origin.file.clone();
            let finding = findings.report_in(file.clone(), flag.span, message);
            finding.help("write numbers with units of `ms`, `s`, `m` and `h`: `1m30s`");
            if is_number(text) {
                let fixed = format!("{text}s");
                finding.help(format!("write `{fixed}` if seconds are meant"));
                let mut fix = Fix::unsafe_(format!("replace it by `{fixed}`"), flag.span, fixed);
                fix.edits
                    .iter_mut()
                    .for_each(|edit| edit.file = file.clone());
                finding.fix(fix);
            }
        }
    }
}

fn is_old(path: &[crate::syntax::Step]) -> bool {
    path.iter()
        .any(|step| *step == crate::syntax::Step::Key("healthcheck_opts".to_owned()))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_number_needs_a_unit() {
        check(
            r#"
language = "go"
runtime.healthcheck = { test = ["/x"], timeout = 5 }
#                                                ^ error: the duration `5` has no unit
"#,
        );
    }

    #[test]
    fn less_than_a_millisecond_is_too_short() {
        check(
            r#"
language = "go"
runtime.healthcheck = { test = ["/x"], interval = "10s", start_period = "0s" }
#                                                                       ^^^^ error: the duration `0s` is below 1ms
"#,
        );
    }

    #[test]
    fn a_flag_of_a_step_is_marked_alone() {
        check(
            r#"
language = "go"
runtime.steps = ["HEALTHCHECK --interval=30 --timeout=1m30s --start-period=0s --start-interval=\u0031us CMD [\"/x\"]"]
#                                        ^^ error: the duration `30` has no unit
#                                                                                              ^^^^^^^^ error: the duration `1us` is below 1ms
"#,
        );
    }

    #[test]
    fn several_units_are_fine() {
        check(
            r#"
language = "go"
runtime.healthcheck = { test = ["/x"], interval = "1m30s", start_period = "1.5h" }
"#,
        );
    }
}
