//! `invalid-platform`.

use crate::config::check::ShapeKind;
use crate::config::values::Text;
use crate::config::words::{last_key, quoted, requoted, short};
use crate::diagnostic::Fix;
use crate::image::Platform;
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// A platform that builders do not know.
    ///
    /// A platform is `os/architecture` or `os/architecture/variant` in Go's names. The build would stop with `unknown
    /// operating system or architecture`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// platforms = ["linux/x86_64"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// platforms = ["linux/amd64"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: there are no images for such a platform.
    "invalid-platform", Error, check; fix Either
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("invalid-platform") {
        let name = last_key(&shape.path);
        if shape.kind == ShapeKind::Empty {
            findings
                .report(shape.span, format!("`{name}` is empty"))
                .help("name a platform such as `\"linux/amd64\"`, or leave the key out");
            continue;
        }
        let node = subject.document.find(&shape.path).map(|found| found.node);
        let Some(text) = node.and_then(|node| node.string()) else {
            continue;
        };
        match name {
            "architectures" => architecture(text, shape.span, subject, findings),
            _ => platform(text, shape.span, subject, findings),
        }
    }
    let config = subject.config;
    let lists = config
        .build
        .binaries
        .iter()
        .filter_map(|binary| binary.platforms.as_ref());
    let listed = config
        .platforms
        .iter()
        .chain(lists)
        .flat_map(|list| &list.value);
    let stages = config
        .stages
        .iter()
        .filter_map(|stage| stage.platform.as_ref())
        .filter(|platform| !matches!(platform.as_str(), "build" | "target"));
    for text in listed.chain(stages) {
        let text: &Text = text;
        platform(text, text.span, subject, findings);
    }
}

fn platform(text: &str, span: Span, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Err(error) = Platform::parse(text) else {
        return;
    };
    let finding = findings.report(span, error.to_string());
    let Some((corrected, safe)) = error.suggestion() else {
        finding.help("name a platform such as `\"linux/amd64\"` or `\"linux/arm64\"`");
        return;
    };
    finding.help(format!("write `{}`", quoted(&corrected)));
    let title = format!("replace `{}` by `{corrected}`", short(text));
    finding.fix(Fix {
        safe,
        ..Fix::safe(title, span, requoted(subject.written(span), &corrected))
    });
}

/// The old form: an architecture of Linux alone.
fn architecture(text: &str, span: Span, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let finding = findings.report(
        span,
        format!("`{}` is not an architecture of Linux images", short(text)),
    );
    let corrected = Platform::parse(&format!("linux/{text}"))
        .err()
        .and_then(|error| error.suggestion())
        .and_then(|(platform, _)| platform.strip_prefix("linux/").map(str::to_owned))
        .filter(|name| !name.contains('/'));
    match corrected {
        Some(name) => {
            finding.help(format!("write `{}`", quoted(&name)));
            let title = format!("replace `{}` by `{name}`", short(text));
            let text = requoted(subject.written(span), &name);
            finding.fix(Fix::safe(title, span, text));
        }
        None => {
            finding.help("name an architecture such as `\"amd64\"` or `\"arm64\"`");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn an_architecture_has_gos_name() {
        check(
            r#"
language = "go"
build.target = "./cmd/server"
[[build.binaries]]
name = "agent"
path = "./cmd/agent"
architectures = ["aarch64"]
#                ^^^^^^^^^ error: `aarch64` is not an architecture of Linux images
"#,
        );
    }

    #[test]
    fn an_unknown_operating_system_is_reported() {
        check(
            r#"
language = "go"
platforms = ["linux/amd64", "templeos/amd64"]
#                           ^^^^^^^^^^^^^^^^ error: `templeos` is not an operating system that images know, such as `linux`
"#,
        );
    }

    #[test]
    fn a_variant_is_fine() {
        check("language = \"go\"\nplatforms = [\"linux/arm/v7\"]\n");
    }
}
