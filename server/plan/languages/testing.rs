//! What the tests of planners share.

use crate::analysis::{Analysis, analyze};
use crate::context::Files;

/// Each key of the top level, of `[build]` and of `[install]`, with a value.
const KEYS: &[&str] = &[
    "version = \"9.9\"",
    "package_manager = \"npm\"",
    "build.target = \"other\"",
    "build.output = \"/opt/other\"",
    "build.command = \"make other\"",
    "build.ldflags = [\"-X main.a=b\"]",
    "build.strip = false",
    "build.args = { COMMIT = \"none\" }",
    "build.tags = [\"other\"]",
    "build.flags = [\"--other\"]",
    "build.trimpath = false",
    "build.cgo = true",
    "build.env = { OTHER = \"1\" }",
    "build.image = \"ghcr.io/acme/builder:1\"",
    "build.packages = [\"git\"]",
    "build.no_cache = true",
    "build.binaries = [{ name = \"other\", path = \"./other\" }]",
    "build.copy = [{ src = \"README.md\", dst = \"./\" }]",
    "build.steps = [\"RUN true\"]",
    "install.command = \"true other\"",
    "secrets.token = { env = \"TOKEN\" }",
    "args.OTHER = \"1\"",
    "runtime.image = \"ghcr.io/acme/base:1\"",
    "runtime.expose = 9999",
    "runtime.packages = [\"curl\"]",
    "external_tools = [{ name = \"other\", image = \"acme/other:1\", src = \"/x\", dst = \"/x\", stage = \"builder\" }]",
];

/// Each key changes what is rendered or is reported as one that has no effect; never neither, never both. A key that the
/// document has already is left out.
#[track_caller]
pub(super) fn every_key_counts(toml: &str, files: &[(&str, &str)]) {
    let before = analyzed(toml, files);
    let text = |analysis: &Analysis| analysis.dockerfile().map(|file| file.text.clone());
    for key in KEYS {
        let name = key.split(" = ").next().unwrap_or_default();
        if toml.lines().any(|line| line.starts_with(name)) {
            continue;
        }
        let after = analyzed(&format!("{toml}{key}\n"), files);
        let changes = text(&before) != text(&after);
        let found = &after.diagnostics;
        let reported = found
            .iter()
            .any(|it| matches!(it.rule, "no-effect" | "no-package-manager"));
        assert!(
            changes != reported,
            "{key}: changes the image: {changes}, is reported: {reported}\n{found:#?}"
        );
    }
}

fn analyzed(toml: &str, files: &[(&str, &str)]) -> Analysis {
    analyze(toml, &Files::new(files.iter().copied()))
}
