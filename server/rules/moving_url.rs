//! `moving-url`.

use std::ops::Range;

use crate::diagnostic::File;
use crate::plan::InstructionKind;
use crate::plan::sources::step_tables;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::string::decoded_span;
use crate::text::Span;

rule! {
    /// A download with a checksum comes from an address whose file changes.
    ///
    /// `latest` and the names of branches mean another file tomorrow. Then the build stops, mostly for somebody else, with
    /// `digest mismatch`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// platforms = ["linux/amd64"]
    /// build.target = "./cmd/server"
    /// [[external_tools]]
    /// name = "atlas"
    /// url = "https://example.com/releases/latest/download/atlas"
    /// sha256 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
    /// dst = "/usr/local/bin/atlas"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// platforms = ["linux/amd64"]
    /// build.target = "./cmd/server"
    /// [[external_tools]]
    /// name = "atlas"
    /// url = "https://example.com/releases/download/v1.2.0/atlas"
    /// sha256 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
    /// dst = "/usr/local/bin/atlas"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the folder only has such a name, and the file in it never changes:
    /// `# docksmith: ignore[moving-url] files there have versions`.
    "moving-url", Warning, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for tool in &subject.config.external_tools {
        // Without a checksum there is no digest that would break.
        if let (Some(url), Some(_)) = (&tool.url, &tool.sha256)
            && let Some(range) = moving(url)
        {
            let word = url.get(range.clone()).unwrap_or_default().to_owned();
            let span = decoded_span(subject.text, url.span, range);
            report(File::Document, span, &word, findings);
        }
    }
    for step in step_tables(subject.config) {
        let checked = step.add.as_ref().filter(|add| add.checksum.is_some());
        for url in checked.iter().flat_map(|add| add.src.texts()) {
            if let Some(range) = moving(&url) {
                let word = url.get(range).unwrap_or_default();
                report(File::Document, url.span, word, findings);
            }
        }
    }
    for (_, instruction) in subject.plan.instructions() {
        let InstructionKind::Written(written) = &instruction.kind else {
            continue;
        };
        let is_checked = written.keyword == "ADD" && written.flag("checksum").is_some();
        for source in written.paths.iter().filter(|_| is_checked) {
            if let Some(range) = moving(&source.path) {
                let word = source.path.get(range).unwrap_or_default();
                let span = source.span.unwrap_or(instruction.origin.span);
                report(instruction.origin.file.clone(), span, word, findings);
            }
        }
    }
}

fn report(file: File, span: Span, word: &str, findings: &mut Findings<'_>) {
    findings
        .report_in(file, span, format!("the file below `{word}` changes"))
        .why("once it does, the build stops with `digest mismatch`")
        .help("name a release: its number, a tag or a commit");
}

/// The name in a url that means another file tomorrow.
fn moving(url: &str) -> Option<Range<usize>> {
    let start = url.find("://")? + "://".len();
    let mut at = start;
    let mut is_archive = false;
    let path = url.split(['?', '#']).next().unwrap_or_default();
    for name in path.get(start..)?.split('/') {
        let range = at..at + name.len();
        at = range.end + 1;
        // The last name is the file's; distributions call a part of their archive `main`.
        let is_folder = range.end < path.len() && range.start > start;
        let moves = match name {
            "latest" => true,
            "main" | "master" => !is_archive,
            _ => false,
        };
        if is_folder && moves {
            return Some(range);
        }
        is_archive |= ["debian", "ubuntu", "alpine", "pool", "dists"]
            .iter()
            .any(|it| name.contains(it));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::moving;
    use crate::rules::tests::check;

    #[test]
    fn a_step_with_a_checksum_is_looked_at() {
        check(
            r#"
language = "go"
build.steps = [
  "ADD --checksum=sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88 https://x.com/a/main/b /b",
#                                                                                         ^^^^^^^^^^^^^^^^^^^^^^ warning: the file below `main` changes
  { add = { src = "https://x.com/master/b", dst = "/b", checksum = "sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88" } },
#                 ^^^^^^^^^^^^^^^^^^^^^^^^ warning: the file below `master` changes
]
"#,
        );
    }

    #[test]
    fn the_name_is_a_folder_of_its_own() {
        let found = |url: &str| moving(url).map(|range| url[range].to_owned());
        assert_eq!(
            found("https://x/releases/latest/download/a").as_deref(),
            Some("latest")
        );
        assert_eq!(
            found("https://raw.githubusercontent.com/a/b/main/c").as_deref(),
            Some("main")
        );
        assert_eq!(found("https://latest/a"), None);
        assert_eq!(found("https://x/mainly/latest-1.2/a"), None);
        assert_eq!(found("https://x/v1.2/main"), None);
        assert_eq!(
            found("https://deb.debian.org/debian/pool/main/c/curl.deb"),
            None
        );
        assert_eq!(
            found("https://dl-cdn.alpinelinux.org/alpine/v3.23/main/x86_64/a.apk"),
            None
        );
        assert_eq!(found("https://x/a?b=/latest/c"), None);
    }

    #[test]
    fn a_context_and_a_download_without_checksum_are_fine() {
        check("language = \"go\"\nbuild.steps = [\"ADD latest/x /x\"]\n");
    }
}
