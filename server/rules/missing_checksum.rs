//! `missing-checksum`.

use crate::config::words::short;
use crate::plan::InstructionKind;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::Node;

rule! {
    /// A download that nothing is compared with.
    ///
    /// Whoever changes the file on the server changes the image, and nobody is told; with a checksum the build would stop. In
    /// a step it is a warning.
    ///
    /// ```toml,bad
    /// language = "go"
    /// [[external_tools]]
    /// name = "atlas"
    /// url = "https://example.com/atlas"
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
    /// Ignore it for a download that changes by design, such as a nightly build or a list of revoked certificates,
    /// where no checksum can hold.
    "missing-checksum", Error, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let tools = subject.document.root.node("external_tools");
    for node in tools.and_then(Node::items).unwrap_or_default() {
        let Some(table) = node.table() else { continue };
        let Some(url) = table.entry("url") else {
            continue;
        };
        if table.entry("sha256").is_some() || table.entry("image").is_some() {
            continue;
        }
        let name = table.node("name").and_then(Node::string).unwrap_or("tool");
        findings
            .report(
                node.span,
                format!("the download of `{}` has no checksum", short(name)),
            )
            .label(url.value.span, "fetched from here")
            .why("nobody would notice if the file were replaced")
            .help(
                "add `sha256 = \"…\"` with what `sha256sum` prints, or one for each architecture",
            );
    }
    for (_, instruction) in subject.plan.instructions() {
        let (sources, has_checksum) = match &instruction.kind {
            InstructionKind::Add(add) => (&add.sources, add.checksum.is_some()),
            InstructionKind::Written(written) if written.keyword == "ADD" => {
                (&written.paths, written.flag("checksum").is_some())
            }
            _ => continue,
        };
        let fetched = sources
            .iter()
            .find(|it| it.path.starts_with("https://") && !it.path.contains(".git"));
        if let Some(source) = fetched.filter(|_| !has_checksum) {
            let span = source.span.unwrap_or(instruction.origin.span);
            let file = instruction.origin.file.clone();
            findings
                .report_in(file, span, format!("the download of `{}` has no checksum", short(&source.path)))
                .as_warning()
                .why("nobody would notice if the file were replaced")
                .help("add `--checksum=sha256:…` with what `sha256sum` prints, or declare it in `[[external_tools]]`");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn an_address_in_a_step_is_a_warning() {
        check(
            r#"
language = "go"
build.steps = ["ADD https://example.com/x /x"]
#                   ^^^^^^^^^^^^^^^^^^^^^ warning: the download of `https://example.com/x` has no checksum
"#,
        );
    }

    #[test]
    fn a_wrong_checksum_is_not_a_missing_one() {
        check(
            r#"
language = "go"
[[external_tools]]
name = "x"
url = "https://example.com/x"
sha256 = "abc"
#        ^^^^^ error: the checksum has 3 digits instead of 64
dst = "/usr/local/bin/x"
"#,
        );
    }

    #[test]
    fn a_git_repository_has_its_commit() {
        check("language = \"go\"\nbuild.steps = [\"ADD https://github.com/a/b.git#v1 /b\"]\n");
    }
}
