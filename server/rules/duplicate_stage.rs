//! `duplicate-stage`.

use crate::config::build::Binary;
use crate::config::values::Text;
use crate::diagnostic::File;
use crate::plan::languages::go::is_sibling;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// Two stages, tools, binaries or output names are alike.
    ///
    /// Of two stages with one name the second hides the first: what copies from it gets other files. Two binaries with one
    /// name are one file.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ from = "web", src = "/dist/", dst = "/app/web/" }]
    ///
    /// [[stages]]
    /// name = "web"
    /// from = "node:22-alpine"
    ///
    /// [[stages]]
    /// name = "web"
    /// from = "alpine:3.23"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ from = "web", src = "/dist/", dst = "/app/web/" }]
    ///
    /// [[stages]]
    /// name = "web"
    /// from = "web-sources"
    ///
    /// [[stages]]
    /// name = "web-sources"
    /// from = "alpine:3.23"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: what one of the two makes cannot be reached.
    "duplicate-stage", Error, check; also ["hadolint DL3024", "BuildKit DuplicateStageName"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let stages = config.stages.iter().map(|it| &it.name);
    check_names("stages", stages, findings);
    let tools = config.external_tools.iter().map(|it| &it.name);
    check_names("tools", tools, findings);
    let binaries = config.build.binaries.iter();
    let names: Vec<&Text> = binaries.clone().map(|it| &it.name).collect();
    check_names("binaries", names.iter().copied(), findings);
    // A sibling's files have a suffix, so they are not those of a native binary.
    for siblings in [false, true] {
        let alike = binaries
            .clone()
            .filter(|it| is_sibling(it) == siblings && !is_repeated(it, &names));
        let outputs = alike.map(|it| it.output_name.as_ref().unwrap_or(&it.name));
        check_names("binaries", outputs, findings);
    }
    check_overlay(subject, findings);
}

/// Whether a binary's file is named like another one because the binaries are: that is reported already.
fn is_repeated(binary: &Binary, names: &[&Text]) -> bool {
    let first = names.iter().find(|it| it.value == binary.name.value);
    binary.output_name.is_none() && first.is_some_and(|first| first.span != binary.name.span)
}

fn check_names<'a>(what: &str, names: impl Iterator<Item = &'a Text>, findings: &mut Findings<'_>) {
    let mut seen: Vec<&Text> = Vec::new();
    for name in names {
        match seen.iter().find(|it| it.value == name.value) {
            Some(first) => {
                let message = format!("two {what} are named `{}`", name.value);
                let finding = findings.report(name.span, message);
                finding.label(first.span, "the first one");
                finding.help("give one of them another name");
            }
            None => seen.push(name),
        }
    }
}

/// The overlay's stages beside those of the file and each other.
fn check_overlay(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut seen: Vec<&str> = subject
        .config
        .stages
        .iter()
        .map(|it| it.name.value.as_str())
        .collect();
    let stages = subject.plan.stages.iter();
    for stage in stages.filter(|it| it.origin.file != File::Document) {
        if seen.contains(&stage.name.as_str()) {
            let finding = findings.report_in(
                stage.origin.file.clone(),
                stage.origin.span,
                format!("two stages are named `{}`", stage.name),
            );
            let names = subject.config.stages.iter().map(|it| &it.name);
            if let Some(first) = names.into_iter().find(|it| it.value == stage.name) {
                finding.label(first.span, "the first one");
            }
            finding.help("give one of them another name");
        }
        seen.push(&stage.name);
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn two_binaries_are_named_alike() {
        check(
            r#"
language = "go"
[[build.binaries]]
name = "worker"
path = "./cmd/worker"
[[build.binaries]]
name = "other"
path = "./cmd/other"
output_name = "worker"
#             ^^^^^^^^ error: two binaries are named `worker`
dst = "/app/bin/"
"#,
        );
    }

    #[test]
    fn a_tool_and_a_binary_may_share_a_name() {
        check(
            r#"
language = "go"
[[build.binaries]]
name = "atlas"
path = "./cmd/atlas"
[[external_tools]]
name = "atlas"
image = "arigaio/atlas:1.2.0"
src = "/atlas"
dst = "/opt/atlas"
"#,
        );
    }
}
