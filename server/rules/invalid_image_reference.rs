//! `invalid-image-reference`.

use crate::config::check::ShapeKind;
use crate::diagnostic::Fix;
use crate::image::{ImageReference, ReferenceError};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// An image reference does not follow the grammar.
    ///
    /// A reference is a name in lower case, perhaps with a registry in front, a tag behind `:` and a digest behind `@`:
    /// `ghcr.io/acme/app:1.2`. Anything else stops the build: `failed to parse stage name: invalid reference format`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "https://ghcr.io/acme/base:1"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "ghcr.io/acme/base:1"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: no registry has an image with such a name.
    "invalid-image-reference", Error, check; fix Either
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("invalid-image-reference") {
        let written = subject.written(shape.span);
        let message = match &shape.kind {
            ShapeKind::Pattern => format!("{written} is not the tag of an image"),
            _ => "this is not the tag of an image".to_owned(),
        };
        let message = message.replace('"', "`");
        let finding = findings.report(shape.span, message);
        finding.help("a version is letters, digits, `_`, `.` and `-`, as in `1.26`");
    }
    for reference in subject.references() {
        let Err(error) = ImageReference::parse(&reference.text) else {
            continue;
        };
        if matches!(error, ReferenceError::Digest { .. }) {
            continue;
        }
        let span = reference.place(subject.text, error.span());
        let finding = findings.report_in(reference.file.clone(), span, error.to_string());
        finding.why("the build would stop with `invalid reference format`");
        let (Some((corrected, safe)), Some(content)) =
            (error.suggestion(), reference.content(subject.text))
        else {
            continue;
        };
        finding.help(format!("write `{corrected}`"));
        let title = format!("write `{corrected}`");
        finding.fix(Fix {
            safe,
            ..Fix::unsafe_(title, content, corrected)
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_part_in_upper_case_is_marked() {
        check(
            r#"
language = "go"
runtime.copy = [{ from = "image:ghcr.io/Acme/app:1", src = "/x", dst = "/x" }]
#                                       ^^^^ error: `Acme` is not lower case, as image names are
"#,
        );
    }

    #[test]
    fn a_version_is_a_tag() {
        check(
            r#"
language = "go"
version = "1.26 "
#         ^^^^^^^ error: `1.26 ` is not the tag of an image
"#,
        );
    }

    #[test]
    fn a_port_and_a_path_are_fine() {
        check("language = \"go\"\nruntime.image = \"localhost:5000/acme/app:V1\"\n");
    }
}
