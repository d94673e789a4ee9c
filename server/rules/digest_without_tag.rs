//! `digest-without-tag`.

use crate::image::ImageReference;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// An image has a digest and no tag, so that nobody can tell its version.
    ///
    /// The build takes the digest and does not look at the tag; who reads the file does, and so do the programs that propose
    /// newer images, which without a tag do not know what to look for.
    ///
    /// ```toml,bad
    /// language = "go"
    /// runtime.image = "alpine@sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.image = "alpine:3.23@sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
    /// ```
    ///
    /// # When to ignore
    ///
    /// For an image that has no tags: `# docksmith: ignore[digest-without-tag] published by digest only`.
    "digest-without-tag", Info, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for reference in subject.references() {
        let Ok(image) = ImageReference::parse(&reference.text) else {
            continue;
        };
        if image.tag.is_some() || image.digest.is_none() || image.has_variables() {
            continue;
        }
        let name = reference.text.split('@').next().unwrap_or_default();
        findings
            .report_in(
                reference.file.clone(),
                reference.span,
                format!("nobody can tell the version of `{name}`"),
            )
            .labelled("a digest without a tag")
            .help(format!(
                "write the tag in front, for readers: `{name}:1.2@sha256:…`"
            ));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    const DIGEST: &str = "sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88";

    #[test]
    fn every_image_that_the_file_names_is_looked_at() {
        let carets = "^".repeat(DIGEST.len());
        check(&format!(
            r#"
language = "go"
build.image = "golang@{DIGEST}"
#             ^^^^^^^^{carets}^ info: nobody can tell the version of `golang`
runtime.copy = [{{ from = "image:registry.example.com:5000/a/b@{DIGEST}", src = "/x", dst = "/x" }}]
#                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^{carets} info: nobody can tell the version of `registry.example.com:5000/a/b`
"#
        ));
    }

    #[test]
    fn a_tag_before_it_is_fine() {
        for image in [
            format!("registry.example.com:5000/a:1@{DIGEST}"),
            format!("a:1@{DIGEST}"),
        ] {
            check(&format!(
                "\nlanguage = \"go\"\nbuild.image = \"golang:1.26\"\n#             ^^^^^^^^^^^^^ info: `golang:1.26` has no digest\nruntime.image = \"{image}\"\nruntime.user = \"1:1\"\n"
            ));
        }
    }
}
