//! `invalid-mode`.

use crate::config::words::{requoted, short};
use crate::diagnostic::Fix;
use crate::plan::InstructionKind;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::Value;

rule! {
    /// A file mode that is not written as octal digits in quotes.
    ///
    /// TOML reads `755` as a decimal number, which is `1363` in octal: the program would stop with `permission denied`.
    /// Symbolic changes such as `u+x` are dropped by older builders.
    ///
    /// ```toml,bad
    /// language = "go"
    /// runtime.copy = [{ src = "tool.sh", dst = "/app/", chmod = 755 }]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.copy = [{ src = "tool.sh", dst = "/app/", chmod = "0755" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: the mode would be another one than it looks, or none.
    "invalid-mode", Error, check; fix Safe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    check_written(subject, findings);
    for shape in subject.shapes_of("invalid-mode") {
        let written = subject.written(shape.span);
        let node = subject.document.find(&shape.path).map(|found| found.node);
        let Some(node) = node else { continue };
        let text = node.string().unwrap_or(written);
        let message = match &node.value {
            Value::String(_) => format!("`{}` is not a file mode", short(text)),
            _ => format!("the file mode `{}` stands without quotes", short(text)),
        };
        let finding = findings.report(shape.span, message);
        let digits = text.trim().trim_start_matches("0o");
        let digits = digits
            .strip_prefix('0')
            .filter(|it| it.len() >= 3)
            .unwrap_or(digits);
        let is_octal =
            matches!(digits.len(), 3 | 4) && digits.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
        if is_octal {
            let mode = requoted(written, &format!("0{digits}"));
            finding.help(format!("write `{mode}`"));
            finding.fix(Fix::safe(format!("write `{mode}`"), shape.span, mode));
        } else {
            finding.help(
                "write octal digits in quotes: `\"0755\"` for programs, `\"0644\"` for files",
            );
        }
    }
}

/// `--chmod` in Dockerfile's own language, where changes are read by the frontend that the file asks for.
fn check_written(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (_, instruction) in subject.plan.instructions() {
        let InstructionKind::Written(written) = &instruction.kind else {
            continue;
        };
        let Some(flag) = written.flag("chmod") else {
            continue;
        };
        let Some(mode) = flag.value.as_deref().filter(|it| !is_mode(it)) else {
            continue;
        };
        let file = instruction.origin.file.clone();
        let message = format!("`{}` is not a file mode", short(mode));
        findings
            .report_in(file, flag.span, message)
            .help("write octal digits, `0755`, or changes, `u=rwX,go=rX`");
    }
}

/// Octal digits, or changes as `chmod` takes them; a variable may hold either.
fn is_mode(mode: &str) -> bool {
    let is_octal =
        matches!(mode.len(), 1..=5) && mode.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    let is_change = |change: &str| {
        let rest = change.trim_start_matches(['u', 'g', 'o', 'a']);
        rest.starts_with(['=', '+', '-']) && rest.chars().all(|it| "=+-rwxXstugo".contains(it))
    };
    mode.contains('$') || is_octal || mode.split(',').all(is_change)
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_mode_has_octal_digits() {
        check(
            r#"
language = "go"
runtime.copy = [{ src = "tool.sh", dst = "/app/", chmod = "0999" }]
#                                                         ^^^^^^ error: `0999` is not a file mode
"#,
        );
    }

    #[test]
    fn a_symbolic_change_is_refused() {
        check(
            r#"
language = "go"
runtime.copy = [{ src = "tool.sh", dst = "/app/", chmod = "u+x" }]
#                                                         ^^^^^ error: `u+x` is not a file mode
"#,
        );
    }

    #[test]
    fn a_step_may_say_either() {
        check(
            r#"
language = "go"
build.steps = ["COPY --chmod=0755 a b", 'COPY --chmod=u=rwX,go=rX a b', "COPY --chmod=$M a b",
  "COPY --chmod=\u003799 a é", "ADD --chmod=rwx a b"]
#               ^^^^^^^^ error: `799` is not a file mode
#                                           ^^^ error: `rwx` is not a file mode
"#,
        );
    }

    #[test]
    fn three_digits_are_enough() {
        check(
            "language = \"go\"\nruntime.copy = [{ src = \"tool.sh\", dst = \"/app/\", chmod = \"755\" }]\n",
        );
    }
}
