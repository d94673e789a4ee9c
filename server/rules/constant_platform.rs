//! `constant-platform`.

use crate::diagnostic::{File, Fix};
use crate::image::Platform;
use crate::plan::BuildStage;
use crate::plan::tool::platforms;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A stage is held to one platform, and the image is meant for others.
    ///
    /// On the others the stage runs in an emulator, which is slow, or not at all; and a program from it stops with `exec
    /// format error`. `platform = "build"` is the platform of the builder, for what is the same everywhere, and
    /// `platform = "target"` that of the image, for programs.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.copy = [{ from = "web", src = "/web/dist", dst = "web/dist" }]
    /// stages = [{ name = "web", from = "node:22-alpine", platform = "linux/amd64" }]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.copy = [{ from = "web", src = "/web/dist", dst = "web/dist" }]
    /// stages = [{ name = "web", from = "node:22-alpine", platform = "build" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Where the image of the stage exists for one platform only:
    /// `# docksmith: ignore[constant-platform] no arm64 image`. Nothing is said of a stage whose name says its platform,
    /// such as `tools-amd64`.
    "constant-platform", Info, check; fix Unsafe; also ["BuildKit FromPlatformFlagConstDisallowed"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for stage in &subject.plan.stages {
        let literal = stage.platform.as_deref();
        let platform = literal.and_then(|literal| Platform::parse(literal).ok());
        let Some(platform) = platform else { continue };
        let others: Vec<String> = platforms(subject.config)
            .iter()
            .filter(|other| **other != platform)
            .map(ToString::to_string)
            .collect();
        let says_so = stage.name.contains(&platform.architecture);
        let Some(other) = others.first().filter(|_| !says_so) else {
            continue;
        };
        report(subject, stage, &platform, other, findings);
    }
}

fn report(
    subject: &Subject<'_>,
    stage: &BuildStage,
    platform: &Platform,
    other: &str,
    findings: &mut Findings<'_>,
) {
    let message = format!("the stage `{}` is always `{platform}`", stage.name);
    let why = format!("for `{other}` it would run in an emulator, and its programs not at all");
    let written = subject.config.stages.iter();
    let written = written.filter(|it| it.name.value == stage.name);
    let place = written.filter_map(|it| it.platform.as_ref()).next();
    let Some(place) = place.filter(|_| stage.origin.file == File::Document) else {
        findings
            .report_in(stage.origin.file.clone(), stage.origin.span, message)
            .why(why)
            .help("write `--platform=$BUILDPLATFORM`, or leave the flag out");
        return;
    };
    let kind = if stage.kind.is_final() {
        "target"
    } else {
        "build"
    };
    let finding = findings.report(place.span, message);
    match &subject.config.platforms {
        Some(platforms) => finding.label(platforms.span, "what the image is meant for"),
        None => finding.labelled(format!("the image is meant for `{other}` too")),
    };
    finding.why(why);
    finding.help("write `\"build\"` for what is the same everywhere, `\"target\"` for programs");
    finding.fix(Fix::unsafe_(
        format!("run it on the platform of the {kind}"),
        place.span,
        format!("\"{kind}\""),
    ));
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    fn stage(platform: &str) -> String {
        format!(
            "\n[[stages]]\nname = \"x\"\nfrom = \"alpine:3.23\"\nfinal = true\nuser = \"1:1\"\nplatform = \"{platform}\"\n"
        )
    }

    #[test]
    fn the_usual_platforms_are_two() {
        check(
            &(stage("linux/arm64")
                + "#          ^^^^^^^^^^^^^ info: the stage `x` is always `linux/arm64`\n"),
        );
    }

    #[test]
    fn another_platform_is_never_right() {
        check(&format!(
            "platforms = [\"linux/amd64\"]\n{}{}",
            stage("linux/arm64"),
            "#          ^^^^^^^^^^^^^ info: the stage `x` is always `linux/arm64`\n"
        ));
    }

    #[test]
    fn what_fits_is_fine() {
        let digest = "#      ^^^^^^^^^^^^^ info: `alpine:3.23` has no digest\nfinal";
        for (platforms, platform) in [
            ("platforms = [\"linux/amd64\"]", "linux/amd64"),
            ("", "build"),
            ("", "target"),
        ] {
            let stage = stage(platform).replace("final", digest);
            check(&format!("{platforms}\n{stage}"));
        }
        let named = stage("linux/amd64")
            .replace("final", digest)
            .replace("\"x\"", "\"x-amd64\"");
        check(&named);
    }
}
