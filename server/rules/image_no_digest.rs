//! `image-no-digest`.

use crate::image::ImageReference;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// An image has a tag, and nothing that holds it.
    ///
    /// A tag can be moved, and is for every security fix: the same file may build another image tomorrow. A digest behind
    /// the tag holds the image, and so does a line of `docksmith.lock`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// runtime.image = "alpine:3.23"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.image = "alpine:3.23@sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Leave the rule off, as it is by default, where security fixes of a tag are to arrive with the next build.
    "image-no-digest", Pedantic, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // Where there is a lock, another rule says what it lacks.
    if subject.plan.lock.is_some() {
        return;
    }
    for reference in subject.references() {
        let Ok(image) = ImageReference::parse(&reference.text) else {
            continue;
        };
        // An image without a tag is another rule's.
        if image.tag.is_none() || image.digest.is_some() || image.has_variables() {
            continue;
        }
        findings
            .report_in(
                reference.file.clone(),
                reference.span,
                format!("`{}` has no digest", reference.text),
            )
            .help("write the digests of all images to `docksmith.lock`: `docksmith lock --help`");
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, check_with};

    #[test]
    fn every_image_that_the_file_names_is_looked_at() {
        check(
            r#"
language = "go"
build.image = "golang:1.26"
#             ^^^^^^^^^^^^^ info: `golang:1.26` has no digest
runtime.image = "alpine"
#               ^^^^^^^^ warning: `alpine` has neither tag nor digest
runtime.healthcheck = false
"#,
        );
    }

    #[test]
    fn a_lock_holds_all_images() {
        let lock = "alpine:3.23 sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88\n\
                    golang:1.26-alpine sha256:b76308f558d50d006add507f3ab86afc1147644519dd327f7f5fac6d02d4f595\n";
        check_with(
            "language = \"go\"\nruntime.image = \"alpine:3.23\"\n",
            &[("go.mod", ""), ("docksmith.lock", lock)],
        );
    }
}
