//! `missing-platform-checksum`.

use crate::config::tool::{Checksum, ExternalTool};
use crate::image::Platform;
use crate::plan::tool::{names_platform, platforms};
use crate::rules::{Findings, Subject, rule};
use crate::text::Spanned;

rule! {
    /// A tool has no checksum for one of the platforms that the image is meant for.
    ///
    /// The image builds on the other platforms and stops on this one: `failed to solve: tool-atlas-arm64: pull access
    /// denied`. A single checksum covers all platforms only if the url is the same for all, without `${arch}`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    ///
    /// [[external_tools]]
    /// name = "atlas"
    /// version = "1.2.0"
    /// url = "https://release.ariga.io/atlas/atlas-${os}-${arch}-v${version}"
    /// sha256 = { amd64 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88" }
    /// dst = "/app/bin/atlas"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// platforms = ["linux/amd64"]
    /// build.target = "./cmd/server"
    ///
    /// [[external_tools]]
    /// name = "atlas"
    /// version = "1.2.0"
    /// url = "https://release.ariga.io/atlas/atlas-${os}-${arch}-v${version}"
    /// sha256 = { amd64 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88" }
    /// dst = "/app/bin/atlas"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the image is never built for the platform that lacks one; `platforms` says that better, for
    /// everything at once.
    "missing-platform-checksum", ErrorUnlessOld, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for tool in &subject.config.external_tools {
        check_tool(subject, tool, findings);
    }
}

fn check_tool(subject: &Subject<'_>, tool: &ExternalTool, findings: &mut Findings<'_>) {
    let (Some(sums), Some(url)) = (&tool.sha256, &tool.url) else {
        return;
    };
    let platforms = platforms(subject.config);
    let mut architectures: Vec<&str> = platforms
        .iter()
        .map(|platform| platform.architecture.as_str())
        .collect();
    architectures.dedup();
    let name = tool.name.value.as_str();
    let missing: Vec<&Platform> = match &sums.value {
        Checksum::One(_) if names_platform(url) && architectures.len() > 1 => {
            let finding = findings.report(
                sums.span,
                format!(
                    "one checksum of `{name}` is to fit {} files",
                    architectures.len()
                ),
            );
            finding.label(url.span, "another file on each platform");
            finding.why("the build would stop on all platforms but one with a digest mismatch");
            let entries: Vec<String> = architectures
                .iter()
                .map(|architecture| format!("{architecture} = \"…\""))
                .collect();
            finding.help(format!(
                "give one per architecture: `sha256 = {{ {} }}`",
                entries.join(", ")
            ));
            return;
        }
        Checksum::One(_) => return,
        Checksum::PerArchitecture(entries) => platforms
            .iter()
            .filter(|platform| entries.value(&platform.architecture).is_none())
            .collect(),
    };
    report_missing(subject, name, sums, &missing, findings);
}

fn report_missing(
    subject: &Subject<'_>,
    name: &str,
    sums: &Spanned<Checksum>,
    missing: &[&Platform],
    findings: &mut Findings<'_>,
) {
    let Some(first) = missing.first() else {
        return;
    };
    let listed: Vec<String> = missing.iter().map(|it| format!("`{it}`")).collect();
    let finding = findings.report(
        sums.span,
        format!("`{name}` has no checksum for {}", listed.join(" and ")),
    );
    match &subject.config.platforms {
        Some(platforms) => finding.label(platforms.span, "what the image is meant for"),
        None => finding.labelled("the image is meant for `linux/amd64` and `linux/arm64`"),
    };
    finding.help(format!(
        "add `{} = \"…\"`, or leave that platform out of `platforms`",
        first.architecture
    ));
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    const SUM: &str = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88";

    #[test]
    fn one_checksum_does_not_fit_two_files() {
        let carets = "^".repeat(64);
        check(&format!(
            r#"
language = "go"
[[external_tools]]
name = "x"
url = "https://example.com/1.0/x-${{TARGETARCH}}"
sha256 = "{SUM}"
#        ^{carets}^ error: one checksum of `x` is to fit 2 files
dst = "/app/bin/x"
"#
        ));
    }

    #[test]
    fn one_checksum_fits_one_file() {
        check(&format!(
            r#"
language = "go"
[[external_tools]]
name = "x"
url = "https://example.com/1.0/x.sh"
sha256 = "{SUM}"
dst = "/app/bin/x"
"#
        ));
    }
}
