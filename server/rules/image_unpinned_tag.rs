//! `image-unpinned-tag`.

use crate::image::ImageReference;
use crate::image::catalog::references as usual;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// An image has neither a tag nor a digest.
    ///
    /// It means `latest`, which moves: the same file may build another image tomorrow.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine"
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
    /// Ignore it where the newest is wanted, as in a playground, or where the image has one version only, as one that
    /// the same job builds.
    "image-unpinned-tag", Warning, check; also ["hadolint DL3006", "trivy DS-0001"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for reference in subject.references() {
        let Ok(image) = ImageReference::parse(&reference.text) else {
            continue;
        };
        // A variable may hold a tag, and a misspelt stage is no image.
        let is_pinned = image.tag.is_some()
            || image.digest.is_some()
            || image.has_variables()
            || subject.plan.is_locked(&image);
        if is_pinned || subject.misspelt_stage(&reference.text).is_some() {
            continue;
        }
        let message = format!("`{}` has neither tag nor digest", reference.text);
        let finding = findings.report_in(reference.file.clone(), reference.span, message);
        finding.why("it means `latest`: the same file may build another image tomorrow");
        let prefix = format!("{}:", image.repository());
        match usual().iter().find(|it| it.starts_with(&prefix)) {
            Some(example) if image.registry() == "docker.io" => {
                finding.help(format!("name a version, such as `{example}`"))
            }
            _ => finding.help(format!("name a version: `{}:<tag>`", reference.text)),
        };
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn an_image_to_copy_from_is_looked_at() {
        check(
            r#"
language = "go"
runtime.copy = [{ from = "image:nginx", src = "/etc/nginx/mime.types", dst = "/app/mime.types" }]
#                               ^^^^^ warning: `nginx` has neither tag nor digest
"#,
        );
    }

    #[test]
    fn stages_and_scratch_have_no_tags() {
        check(
            r#"
language = "go"
runtime.image = "scratch"
runtime.user = "10001:10001"
build.copy = [{ from = "a", src = "/x", dst = "x" }]
stages = [{ name = "a", from = "base" }, { name = "base", from = "scratch" }]
"#,
        );
    }
}
