//! `invalid-mode`.

use crate::config::words::{quoted, short};
use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::Value;

rule! {
    /// A file mode that is not written as octal digits in quotes.
    ///
    /// TOML reads `755` as a decimal number. Symbolic changes such as `u+x` are dropped by older builders.
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
    "invalid-mode", Error, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
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
            let mode = quoted(&format!("0{digits}"));
            finding.help(format!("write `{mode}`"));
            finding.fix(Fix::safe(format!("write `{mode}`"), shape.span, mode));
        } else {
            finding.help(
                "write octal digits in quotes: `\"0755\"` for programs, `\"0644\"` for files",
            );
        }
    }
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
    fn three_digits_are_enough() {
        check(
            "language = \"go\"\nruntime.copy = [{ src = \"tool.sh\", dst = \"/app/\", chmod = \"755\" }]\n",
        );
    }
}
