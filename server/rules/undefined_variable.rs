//! `undefined-variable`.

use crate::config::tool::ExternalTool;
use crate::diagnostic::{Diagnostic, Fix};
use crate::image::variables;
use crate::plan::references::references;
use crate::rules::{Findings, Subject, nearest, rule};
use crate::syntax::string::decoded_span;
use crate::text::Span;

/// What BuildKit sets for every `FROM`.
const AUTOMATIC: [&str; 8] = [
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
];

/// What a tool's url may name.
const PLACEHOLDERS: [&str; 5] = ["os", "arch", "version", "TARGETARCH", "TARGETOS"];

rule! {
    /// An image or a url uses a variable that nothing defines.
    ///
    /// In an image it would be empty: `failed to parse stage name "alpine:": invalid reference format`. Image references
    /// know the names of `[args]`; urls know `${os}`, `${arch}` and `${version}`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:${ALPINE}"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// args = { ALPINE = "3.23" }
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:${ALPINE}"
    /// ```
    "undefined-variable", Error, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for reference in references(subject.config, subject.plan, subject.text) {
        for (name, range) in variables(&reference.text) {
            let written = reference.text.get(range.clone()).unwrap_or_default();
            // `${NAME:-default}` has a value in any case.
            let has_default = written.contains(":-") || written.contains(":?");
            let is_known = subject.config.args.value(name).is_some() || AUTOMATIC.contains(&name);
            if has_default || is_known {
                continue;
            }
            let span = reference.place(subject.text, range);
            let message = format!("there is no global build argument `{name}`");
            let finding = findings.report_in(reference.file.clone(), span, message);
            finding.why("it would be empty, and the image reference with it");
            let names = subject
                .config
                .args
                .iter()
                .map(|(name, _)| name.value.as_str());
            suggest(finding, name, names, || {
                format!("declare it: `args = {{ {name} = \"…\" }}` at the top of the file")
            });
            offer(subject, finding, name, span);
        }
    }
    for tool in &subject.config.external_tools {
        check_url(subject, tool, findings);
    }
}

fn check_url(subject: &Subject<'_>, tool: &ExternalTool, findings: &mut Findings<'_>) {
    let Some(url) = &tool.url else {
        return;
    };
    for (start, _) in url.match_indices("${") {
        let rest = url.get(start + 2..).unwrap_or_default();
        let Some((name, _)) = rest.split_once('}') else {
            continue;
        };
        let span = decoded_span(subject.text, url.span, start..start + name.len() + 3);
        if name == "version" && tool.version.is_none() {
            let message = format!("`${{version}}` is empty: `{}` has no `version`", *tool.name);
            findings
                .report(span, message)
                .help("add the key: `version = \"…\"`");
            continue;
        }
        if PLACEHOLDERS.contains(&name) {
            continue;
        }
        let finding = findings.report(span, format!("a url knows no `${{{name}}}`"));
        finding.why("the renderer fills in what it knows, and leaves the rest as it is");
        suggest(finding, name, ["os", "arch", "version"].into_iter(), || {
            "it knows `${os}`, `${arch}` and `${version}`".to_owned()
        });
        offer(subject, finding, name, span);
    }
}

fn suggest<'a>(
    finding: &mut Diagnostic,
    name: &str,
    names: impl Iterator<Item = &'a str>,
    otherwise: impl Fn() -> String,
) {
    match nearest(name, names) {
        Some(near) => finding.help(format!("did you mean `${{{near}}}`?")),
        None => finding.help(otherwise()),
    };
}

/// Replaces the name by the one that the help names.
fn offer(subject: &Subject<'_>, finding: &mut Diagnostic, name: &str, span: Span) {
    let near = finding
        .help
        .as_deref()
        .and_then(|help| help.strip_prefix("did you mean `${"))
        .and_then(|help| help.strip_suffix("}`?"))
        .map(str::to_owned);
    let written = subject.written(span);
    if let Some(near) = near
        && written == format!("${{{name}}}")
    {
        finding.fix(Fix::unsafe_(
            format!("replace `{name}` by `{near}`"),
            span,
            format!("${{{near}}}"),
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_url_knows_three_placeholders() {
        check(
            r#"
language = "go"
platforms = ["linux/amd64"]
[[external_tools]]
name = "x"
version = "1"
url = "https://example.com/x-${verison}-${os}"
#                            ^^^^^^^^^^ error: a url knows no `${verison}`
sha256 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
dst = "/app/bin/x"
"#,
        );
    }

    #[test]
    fn a_stage_may_use_what_the_builder_sets() {
        check(
            r#"
language = "go"
build.image = "golang:${GO:-1.26}-alpine"
build.copy = [{ from = "x", src = "/x", dst = "x" }]
stages = [{ name = "x", from = "alpine:3.23-${TARGETARCH}" }]
"#,
        );
    }
}
