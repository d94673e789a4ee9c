//! `image-family-unsupported`.

use crate::config::Language;
use crate::config::runtime::ImageFamily;
use crate::plan::languages::name;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// The language has no image of that family.
    ///
    /// Nothing can be rendered, for there is no image to begin with. Go and Rust run on `alpine`, `slim` and
    /// `distroless`; Node.js, Python and Ruby on `alpine` and `slim`. For any other base name the image itself.
    ///
    /// ```toml,bad
    /// language = "php"
    /// start.command = "apache2-foreground"
    /// runtime.image_family = "alpine"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.image_family = "alpine"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: there is no image to choose.
    "image-family-unsupported", Error, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (Some(language), Some(family)) = (
        &subject.config.language,
        &subject.config.runtime.image_family,
    ) else {
        return;
    };
    let families = families(language.value);
    // Beside an image it says what that image is.
    if subject.config.runtime.image.is_some() || families.contains(&family.value) {
        return;
    }
    let language_name = name(language.value);
    let finding = findings.report(
        family.span,
        format!(
            "`{language_name}` has no image of the family `{}`",
            family.name()
        ),
    );
    finding.label(language.span, "the language");
    let names: Vec<String> = families
        .iter()
        .map(|it| format!("`{}`", it.name()))
        .collect();
    finding.help(if names.is_empty() {
        "drop the key, or name the image itself: `image = \"…\"`".to_owned()
    } else {
        format!("choose {}, or name the image itself", names.join(" or "))
    });
}

/// The families of which a language has a default image.
fn families(language: Language) -> &'static [ImageFamily] {
    match language {
        Language::Go | Language::Rust => &[
            ImageFamily::Alpine,
            ImageFamily::Slim,
            ImageFamily::Distroless,
        ],
        Language::Node | Language::Python | Language::Ruby => {
            &[ImageFamily::Alpine, ImageFamily::Slim]
        }
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn node_has_no_distroless_image() {
        check(
            r#"
language = "node"
runtime.image_family = "distroless"
#                      ^^^^^^^^^^^^ error: `node` has no image of the family `distroless`
"#,
        );
    }

    #[test]
    fn beside_an_image_it_says_what_that_is() {
        check(
            r#"
language = "php"
runtime.image = "ghcr.io/acme/php:8"
runtime.image_family = "alpine"
runtime.cmd = ["php-fpm"]
"#,
        );
    }
}
