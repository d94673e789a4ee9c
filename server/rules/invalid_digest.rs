//! `invalid-digest`.

use crate::diagnostic::Fix;
use crate::image::{ImageReference, ReferenceError};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// The digest of an image is not `sha256:` and 64 hexadecimal digits in lower case.
    ///
    /// No image has it: the build stops with `invalid reference format` or `invalid checksum digest length`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "acme/base@sha256:C12B889E3349F0E5610AEC32FE327E5A6911A0E472754A0C381C30C7C0630E88"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "acme/base@sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: no image has such a digest.
    "invalid-digest", Error, check; fix Safe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for reference in subject.references() {
        let Err(error @ ReferenceError::Digest { .. }) = ImageReference::parse(&reference.text)
        else {
            continue;
        };
        let span = reference.place(subject.text, error.span());
        let finding = findings.report_in(reference.file.clone(), span, error.to_string());
        finding.why("no image has this digest, so the build would stop");
        if let (Some((corrected, safe)), Some(content)) =
            (error.suggestion(), reference.content(subject.text))
        {
            finding.fix(Fix {
                safe,
                ..Fix::unsafe_("correct the digest", content, corrected)
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_short_digest_is_counted() {
        check(
            r#"
language = "go"
build.image = "golang:1.26-alpine@sha256:12ab"
#                                 ^^^^^^^^^^^ error: a digest is `sha256:` and 64 hexadecimal digits; here are 4
"#,
        );
    }

    #[test]
    fn a_digest_may_be_a_variable() {
        check(
            r#"
language = "go"
args = { DIGEST = "sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88" }
runtime.image = "alpine@${DIGEST}"
"#,
        );
    }
}
