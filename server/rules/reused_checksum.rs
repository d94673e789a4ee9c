//! `reused-checksum`.

use crate::config::tool::{Checksum, ExternalTool};
use crate::rules::{Findings, Subject, rule};
use crate::text::{Span, Spanned};

rule! {
    /// Two different downloads are to have one checksum.
    ///
    /// It was copied and not changed: of the two files one has another digest, and its build stops with
    /// `digest mismatch`. For an architecture that nobody builds here, that is seen late.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// [[external_tools]]
    /// name = "atlas"
    /// url = "https://example.com/atlas-${arch}"
    /// sha256 = { amd64 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88", arm64 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88" }
    /// dst = "/usr/local/bin/atlas"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// [[external_tools]]
    /// name = "atlas"
    /// url = "https://example.com/atlas-${arch}"
    /// sha256 = { amd64 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88", arm64 = "b76308f558d50d006add507f3ab86afc1147644519dd327f7f5fac6d02d4f595" }
    /// dst = "/usr/local/bin/atlas"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where two addresses do hold the same file, such as a script for every architecture:
    /// `# docksmith: ignore[reused-checksum] one script for all`.
    "reused-checksum", Warning, check
}

/// A digest and what it is that of.
struct Digest<'a> {
    text: String,
    span: Span,
    url: String,
    name: &'a str,
    architecture: Option<&'a str>,
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let tools = subject.config.external_tools.iter();
    let digests: Vec<Digest<'_>> = tools.flat_map(digests).collect();
    for (index, digest) in digests.iter().enumerate() {
        let earlier = digests.get(..index).unwrap_or_default();
        let alike = earlier
            .iter()
            .find(|it| it.text == digest.text && it.url != digest.url);
        let Some(first) = alike else { continue };
        let message = match (first.architecture, digest.architecture) {
            (Some(one), Some(other)) if first.name == digest.name => {
                format!("`{one}` and `{other}` have the same checksum")
            }
            _ => format!(
                "`{}` and `{}` have the same checksum",
                first.name, digest.name
            ),
        };
        findings
            .report(digest.span, message)
            .label(first.span, "the same digest is here")
            .why("they are two files; for one of them the build stops with `digest mismatch`")
            .help("write what `sha256sum` prints for this file");
    }
}

/// The digests of a tool. Those that are none are another rule's.
fn digests(tool: &Spanned<ExternalTool>) -> Vec<Digest<'_>> {
    let (Some(url), Some(sums)) = (&tool.url, &tool.sha256) else {
        return Vec::new();
    };
    let version = tool.version.as_ref().map_or("", |it| it.value.as_str());
    let url = url.replace("${version}", version);
    let is_one = |it: &str| {
        it.len() == 64
            && it.bytes().all(|it| it.is_ascii_hexdigit())
            && it.bytes().any(|it| it != b'0')
    };
    let digest = |text: &str, span| Digest {
        text: text.to_ascii_lowercase(),
        span,
        url: url.clone(),
        name: tool.name.value.as_str(),
        architecture: None,
    };
    match &sums.value {
        Checksum::One(text) if is_one(text) => vec![digest(text, sums.span)],
        Checksum::One(_) => Vec::new(),
        Checksum::PerArchitecture(entries) => entries
            .iter()
            .filter(|(_, sum)| is_one(&sum.0))
            .map(|(name, sum)| Digest {
                url: url.replace("${arch}", name),
                architecture: Some(name.value.as_str()),
                ..digest(&sum.0, sum.0.span)
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    const SUM: &str = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88";

    #[test]
    fn two_tools_are_two_files() {
        check(&format!(
            r#"
language = "go"
platforms = ["linux/amd64"]
build.target = "./cmd/server"
[[external_tools]]
name = "a"
url = "https://example.com/a"
sha256 = "{SUM}"
dst = "/app/a"
[[external_tools]]
name = "b"
url = "https://example.com/b"
sha256 = "{SUM}"
#        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: `a` and `b` have the same checksum
dst = "/app/b"
"#
        ));
    }

    #[test]
    fn two_architectures_are_two_files() {
        check(&format!(
            r#"
language = "go"
build.target = "./cmd/server"
[[external_tools]]
name = "a"
url = "https://example.com/a-${{arch}}"
dst = "/app/a"
[external_tools.sha256]
amd64 = "{SUM}"
arm64 = "{}"
#       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: `amd64` and `arm64` have the same checksum
"#,
            SUM
        ));
    }

    #[test]
    fn one_file_for_all_has_one_digest() {
        check(&format!(
            r#"
language = "go"
build.target = "./cmd/server"
[[external_tools]]
name = "a"
url = "https://example.com/a.jar"
dst = "/app/a"
sha256 = {{ amd64 = "{SUM}", arm64 = "{SUM}" }}
"#
        ));
    }

    #[test]
    fn the_same_file_twice_has_one_digest() {
        check(&format!(
            r#"
language = "go"
platforms = ["linux/amd64"]
build.target = "./cmd/server"
[[external_tools]]
name = "a"
url = "https://example.com/x-1.2.tar.gz"
sha256 = "{SUM}"
dst = "/app/a"
[[external_tools]]
name = "b"
version = "1.2"
url = "https://example.com/x-${{version}}.tar.gz"
sha256 = "{SUM}"
dst = "/app/b"
"#
        ));
    }
}
