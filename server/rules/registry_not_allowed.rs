//! `registry-not-allowed`.

use crate::diagnostic::File;
use crate::image::ImageReference;
use crate::plan::BaseImage;
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// An image comes from a registry that `lint.allowed_registries` does not list.
    ///
    /// An image without a registry comes from `docker.io`. The images that docksmith chooses by itself count, too.
    ///
    /// ```toml,bad
    /// language = "go"
    /// lint.allowed_registries = ["docker.io", "gcr.io"]
    /// runtime.image = "registry.example.com/base:1"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// lint.allowed_registries = ["docker.io", "gcr.io"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it for one image that has been agreed on, with the reason beside it. For more, add the registry to
    /// `lint.allowed_registries`.
    "registry-not-allowed", Error, check; also ["hadolint DL3026"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some((allowed, place)) = subject.allowed_registries() else {
        return;
    };
    let mut images: Vec<(String, File, Span)> = subject
        .references()
        .iter()
        .map(|it| (it.text.clone(), it.file.clone(), it.span))
        .collect();
    for stage in &subject.plan.stages {
        if let BaseImage::Image(text) = &stage.base
            && images.iter().all(|(other, ..)| other != text)
        {
            images.push((text.clone(), stage.origin.file.clone(), stage.origin.span));
        }
    }
    for (text, file, span) in images {
        let Ok(image) = ImageReference::parse(&text) else {
            continue;
        };
        let registry = image.registry();
        let is_known = !image.has_variables() && !image.is_scratch();
        if is_known && !allowed.contains(&registry) {
            let message = format!("`{text}` comes from `{registry}`");
            let finding = findings.report_in(file, span, message);
            match (place, subject.shared) {
                (Some(place), _) => {
                    finding.label(place, "only these registries are allowed");
                    finding.help("take it from one of them, or add this one");
                }
                (None, shared) => {
                    let path = shared.map(|it| it.path.as_str()).unwrap_or_default();
                    let names = allowed.join("`, `");
                    finding.help(format!("`{path}` allows only `{names}`"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn an_image_without_a_registry_is_dockers() {
        check(
            r#"
lint.allowed_registries = ["gcr.io"]
[[stages]]
name = "x"
from = "alpine:3.23"
#      ^^^^^^^^^^^^^ error: `alpine:3.23` comes from `docker.io`
final = true
user = "1000"
"#,
        );
    }

    #[test]
    fn without_a_list_every_registry_is_fine() {
        check("language = \"go\"\nruntime.image = \"registry.example.com/base:1\"\n");
    }
}
