//! `invalid-checksum`.

use crate::config::tool::Checksum;
use crate::config::words::{quoted, requoted, short};
use crate::diagnostic::{File, Fix};
use crate::plan::InstructionKind;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::Step;
use crate::text::Span;

rule! {
    /// A checksum that no download can have.
    ///
    /// A SHA-256 checksum is 64 lower-case hexadecimal digits. The build would stop with `invalid checksum digest
    /// format`, or with a mismatch after the download.
    ///
    /// ```toml,bad
    /// language = "go"
    /// [[external_tools]]
    /// name = "atlas"
    /// url = "https://example.com/atlas"
    /// sha256 = "sha256:C12B889E3349F0E5610AEC32FE327E5A6911A0E472754A0C381C30C7C0630E88"
    /// dst = "/usr/local/bin/atlas"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// [[external_tools]]
    /// name = "atlas"
    /// url = "https://example.com/atlas"
    /// sha256 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
    /// dst = "/usr/local/bin/atlas"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: no download has such a checksum.
    "invalid-checksum", Error, check; fix Safe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("invalid-checksum") {
        let node = subject.document.find(&shape.path).map(|found| found.node);
        let text = node.and_then(|node| node.string()).unwrap_or_default();
        let of_step = matches!(shape.path.last(), Some(Step::Key(key)) if key == "checksum");
        let finding = findings.report(shape.span, message(text, of_step));
        let trimmed = text.trim().to_lowercase();
        let digits = trimmed.strip_prefix("sha256:").unwrap_or(&trimmed);
        if is_digest(digits) {
            let sum = if of_step {
                format!("sha256:{digits}")
            } else {
                digits.to_owned()
            };
            finding.help(format!("write `{}`", quoted(&sum)));
            finding.fix(Fix::safe(
                "write the digits as they are compared",
                shape.span,
                requoted(subject.written(shape.span), &sum),
            ));
        } else {
            finding.help("write what `sha256sum` prints for the download");
        }
    }
    for tool in &subject.config.external_tools {
        let Some(sum) = &tool.sha256 else { continue };
        match &sum.value {
            Checksum::One(text) => zeros(text, File::Document, sum.span, findings),
            Checksum::PerArchitecture(sums) => {
                for (_, sum) in sums {
                    zeros(&sum.0, File::Document, sum.0.span, findings);
                }
            }
        }
    }
    steps(subject, findings);
}

fn message(text: &str, of_step: bool) -> String {
    let trimmed = text.trim();
    let digits = trimmed.strip_prefix("sha256:").unwrap_or(trimmed);
    let is_hexadecimal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match digits.len() {
        _ if trimmed.is_empty() => "the checksum is empty".to_owned(),
        _ if !is_hexadecimal && digits.contains(':') => {
            format!("the checksum `{}` is not one of SHA-256", short(trimmed))
        }
        _ if !is_hexadecimal => format!(
            "`{}` is not a checksum: it has other characters than hexadecimal digits",
            short(trimmed)
        ),
        64 if of_step => "a step's checksum is `sha256:` and 64 lower-case digits".to_owned(),
        64 => "a checksum is 64 lower-case digits and nothing else".to_owned(),
        length => format!("the checksum has {length} digits instead of 64"),
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn zeros(text: &str, file: File, span: Span, findings: &mut Findings<'_>) {
    if is_digest(text) && text.bytes().all(|byte| byte == b'0') {
        findings
            .report_in(file, span, "the checksum is all zeros")
            .why("the build would stop: no download has this checksum")
            .help("write what `sha256sum` prints for the download");
    }
}

/// The checksums of `ADD` in steps.
fn steps(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (_, instruction) in subject.plan.instructions() {
        let InstructionKind::Written(written) = &instruction.kind else {
            continue;
        };
        let fetches = written
            .paths
            .iter()
            .any(|path| path.path.starts_with("https://") || path.path.starts_with("http://"));
        let Some(flag) = written.flag("checksum").filter(|_| fetches) else {
            continue;
        };
        let text = flag.value.as_deref().unwrap_or_default();
        // A variable may hold anything; a git repository is checked by its commit.
        if text.contains('$') || written.paths.iter().any(|path| path.path.contains(".git")) {
            continue;
        }
        let file = instruction.origin.file.clone();
        match text.strip_prefix("sha256:") {
            Some(digits) if is_digest(digits) => zeros(digits, file, flag.span, findings),
            _ => {
                findings
                    .report_in(file, flag.span, message(text, true))
                    .help("write `sha256:` and what `sha256sum` prints for the download");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn another_length_is_another_algorithm() {
        check(
            r#"
language = "go"
[[external_tools]]
name = "x"
url = "https://example.com/x"
sha256 = "d41d8cd98f00b204e9800998ecf8427e"
#        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: the checksum has 32 digits instead of 64
dst = "/usr/local/bin/x"
"#,
        );
    }

    #[test]
    fn zeros_are_a_placeholder() {
        check(
            r#"
language = "go"
[[external_tools]]
name = "x"
url = "https://example.com/x"
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
#        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: the checksum is all zeros
dst = "/usr/local/bin/x"
"#,
        );
    }

    #[test]
    fn a_sound_checksum_of_a_step_is_fine() {
        check(
            r#"
language = "go"
build.steps = ["ADD --checksum=sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88 https://example.com/x /x"]
"#,
        );
    }
}
