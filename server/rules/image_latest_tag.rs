//! `image-latest-tag`.

use crate::image::ImageReference;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// The tag of an image moves from one release to the next by design.
    ///
    /// With `latest`, `edge`, `nightly` or `stable` the same file may build another image tomorrow. A digest behind the
    /// tag holds it, and so does a line of `docksmith.lock`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:latest"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the newest is wanted, as in a playground or in a nightly job that is to find out what breaks: `#
    /// docksmith: ignore[image-latest-tag] nightly job`.
    "image-latest-tag", Warning, check; also ["hadolint DL3007"]
}

const MOVING: [&str; 4] = ["latest", "edge", "nightly", "stable"];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for reference in subject.references() {
        let Ok(image) = ImageReference::parse(&reference.text) else {
            continue;
        };
        let Some(tag) = image.tag.as_deref().filter(|tag| MOVING.contains(tag)) else {
            continue;
        };
        if image.digest.is_some() || subject.plan.is_locked(&image) {
            continue;
        }
        let start = image.name.len() + 1;
        let span = reference.place(subject.text, start..start + tag.len());
        let finding = findings.report_in(
            reference.file.clone(),
            span,
            format!("the tag `{tag}` moves"),
        );
        finding.why("the same file may build another image tomorrow");
        finding.help(format!("name a version: `{}:<tag>`", image.name));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, check_with};

    #[test]
    fn a_tool_is_looked_at() {
        check(
            r#"
language = "go"
[[external_tools]]
name = "atlas"
image = "arigaio/atlas:latest"
#                      ^^^^^^ warning: the tag `latest` moves
src = "/atlas"
dst = "/app/bin/atlas"
"#,
        );
    }

    #[test]
    fn a_lock_holds_a_moving_tag() {
        let digest = "sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88";
        let lock = format!("alpine {digest}\ngolang:1.26-alpine {digest}\n");
        check_with(
            "language = \"go\"\nruntime.image = \"alpine:latest\"\n",
            &[("go.mod", ""), ("docksmith.lock", &lock)],
        );
    }

    #[test]
    fn a_variant_of_a_version_stays() {
        check("language = \"go\"\nruntime.image = \"acme/app:stable-1.2\"\n");
    }
}
