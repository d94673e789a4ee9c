//! `deprecated-image`.

use crate::config::words::requoted;
use crate::diagnostic::{File, Fix};
use crate::image::ImageReference;
use crate::image::retired::{Retired, retired};
use crate::plan::BaseImage;
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// An image gets no more fixes.
    ///
    /// Faults of its system and of its language that are found from now on stay in the image. The list of such images is
    /// part of this version and looks at no registry; only those whose end is certain are in it.
    ///
    /// ```toml,bad
    /// language = "dotnet"
    /// version = "8.0"
    /// build.target = "Api.csproj"
    /// ```
    ///
    /// ```toml,good
    /// language = "dotnet"
    /// version = "10.0"
    /// build.target = "Api.csproj"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where somebody else goes on fixing the image, as a vendor with extended support, or where the date of
    /// the move is set: `# docksmith: ignore[deprecated-image] moves in May`.
    "deprecated-image", Warning, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let named = subject.references();
    for reference in named {
        if let Some(retired) = end_of(&reference.text) {
            let finding = report(
                reference.file.clone(),
                reference.span,
                &reference.text,
                retired,
                findings,
            );
            finding.help(format!("choose `{}`", retired.successor));
            if let Some(content) = reference.content(subject.text) {
                let title = format!("use `{}`", retired.successor);
                finding.fix(Fix::unsafe_(title, content, retired.successor));
            }
        }
    }
    // Those that follow from the language: one finding for the builder and the base.
    let bases = subject
        .plan
        .stages
        .iter()
        .filter_map(|stage| match &stage.base {
            BaseImage::Image(image) if named.iter().all(|it| it.text != *image) => Some(image),
            _ => None,
        });
    let Some((image, retired)) = bases.filter_map(|it| Some((it, end_of(it)?))).next_back() else {
        return;
    };
    let config = subject.config;
    let Some(language) = &config.language else {
        return;
    };
    let version = config.version.as_ref();
    let span = version.map_or(language.span, |version| version.span);
    let finding = report(File::Document, span, image, retired, findings);
    let Some(number) = retired.version else {
        return;
    };
    finding.help(format!("choose `version = \"{number}\"`"));
    if let Some(version) = version {
        let title = format!("use version {number}");
        let text = requoted(subject.written(version.span), number);
        finding.fix(Fix::unsafe_(title, version.span, text));
    }
}

fn end_of(image: &str) -> Option<Retired> {
    retired(&ImageReference::parse(image).ok()?)
}

fn report<'a>(
    file: File,
    span: Span,
    image: &str,
    retired: Retired,
    findings: &'a mut Findings<'_>,
) -> &'a mut crate::diagnostic::Diagnostic {
    let finding = findings.report_in(file, span, format!("`{image}` gets no more fixes"));
    finding.why(format!("it is out of support since {}", retired.since));
    finding
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, fixed};

    #[test]
    fn the_default_is_told_at_the_language() {
        check(
            r#"
runtime = "dotnet"
#         ^^^^^^^^ warning: `mcr.microsoft.com/dotnet/aspnet:8.0` gets no more fixes
start.command = "dotnet Api.dll"
"#,
        );
    }

    #[test]
    fn an_image_is_told_where_it_is_named() {
        check(
            r#"
language = "java"
runtime.image = "openjdk:17"
#               ^^^^^^^^^^^^ warning: `openjdk:17` gets no more fixes
"#,
        );
    }

    #[test]
    fn a_base_of_ones_own_leaves_the_builder() {
        check(
            r#"
language = "dotnet"
#          ^^^^^^^^ warning: `mcr.microsoft.com/dotnet/sdk:8.0` gets no more fixes
build.target = "Api.csproj"
runtime.image = "mcr.microsoft.com/dotnet/aspnet:10.0"
"#,
        );
    }

    #[test]
    fn supported_images_are_not_told() {
        check("language = \"java\"\nruntime.image = \"eclipse-temurin:21-jre\"\n");
    }

    #[test]
    fn the_successor_takes_the_place_of_a_named_image() {
        let fixed = fixed("language = \"java\"\nruntime.image = 'openjdk:17' # x\n");
        assert!(
            fixed.contains("runtime.image = 'eclipse-temurin:"),
            "{fixed}"
        );
        assert!(fixed.ends_with("' # x\n"), "{fixed}");
    }
}
