//! `insecure-download`.

use crate::config::words::short;
use crate::diagnostic::{File, Fix};
use crate::plan::{InstructionKind, SourcePath};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::string::decoded_span;
use crate::text::Span;

rule! {
    /// A download without encryption.
    ///
    /// Whoever sits between the builder and the server can change it, or see what is fetched. In a step it is a warning.
    ///
    /// ```toml,bad
    /// language = "go"
    /// [[external_tools]]
    /// name = "atlas"
    /// url = "http://example.com/atlas"
    /// sha256 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
    /// dst = "/usr/local/bin/atlas"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// [[external_tools]]
    /// name = "atlas"
    /// url = "https://example.com/atlas"
    /// sha256 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
    /// dst = "/usr/local/bin/atlas"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it in a step where the server has no `https://` and the checksum beside it says what is right. A tool's
    /// `url` is refused whatever its checksum.
    "insecure-download", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("insecure-download") {
        let node = subject.document.find(&shape.path).map(|found| found.node);
        let text = node.and_then(|node| node.string()).unwrap_or_default();
        let finding = findings.report(
            shape.span,
            format!("`{}` does not begin with `https://`", short(text)),
        );
        if text.to_lowercase().starts_with("http://") {
            let scheme = decoded_span(subject.text, shape.span, 0.."http://".len());
            finding.help("fetch it over `https://`");
            finding.fix(Fix::unsafe_("write `https://`", scheme, "https://"));
        } else {
            finding.help("write the whole address: `https://example.com/tool`");
        }
    }
    for (_, instruction) in subject.plan.instructions() {
        let sources: &[SourcePath] = match &instruction.kind {
            InstructionKind::Add(add) => &add.sources,
            InstructionKind::Written(written) if written.keyword == "ADD" => &written.paths,
            _ => continue,
        };
        let file = &instruction.origin.file;
        for source in sources.iter().filter(|it| it.path.starts_with("http://")) {
            let span = source.span.unwrap_or(instruction.origin.span);
            let message = format!("`{}` is fetched without encryption", short(&source.path));
            let finding = findings.report_in(file.clone(), span, message);
            finding.as_warning().help("fetch it over `https://`");
            let written = subject.written(span);
            let at = written.find("http://").filter(|_| *file == File::Document);
            if let Some(start) = at.map(|at| span.start as usize + at) {
                let scheme = Span::new(start, start + "http://".len());
                finding.fix(Fix::unsafe_("write `https://`", scheme, "https://"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, fixed};

    #[test]
    fn an_address_in_a_step_is_a_warning() {
        check(
            r#"
language = "go"
build.steps = ["ADD --checksum=sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88 http://example.com/x /x"]
#                                                                                                      ^^^^^^^^^^^^^^^^^^^^ warning: `http://example.com/x` is fetched without encryption
"#,
        );
    }

    #[test]
    fn a_folder_named_http_is_fine() {
        check("language = \"go\"\nbuild.steps = [\"ADD http/x /x\"]\n");
    }

    #[test]
    fn the_address_in_a_step_gets_the_other_scheme() {
        let step = |scheme: &str| {
            format!(
                "language = \"go\"\nbuild.steps = [{{ add = {{ src = '{scheme}://example.com/x', dst = \"/x\", checksum = \"sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88\" }} }}]\n"
            )
        };
        assert_eq!(fixed(&step("http")), step("https"));
    }
}
