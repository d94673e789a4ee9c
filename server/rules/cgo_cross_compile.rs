//! `cgo-cross-compile`.

use crate::config::build::Binary;
use crate::plan::tool::platforms;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A binary with C code is to be built for another platform than the builder's.
    ///
    /// Go compiles for any platform by itself; C code takes a compiler for that platform, which the builder lacks: `gcc:
    /// error: unrecognized command-line option '-m64'`, or `undefined: main` where the C files are skipped.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.image = "golang:1.26-bookworm"
    ///
    /// [[build.binaries]]
    /// name = "server"
    /// path = "./cmd/server"
    ///
    /// [[build.binaries]]
    /// name = "agent"
    /// path = "./cmd/agent"
    /// platforms = ["linux/amd64", "linux/arm64"]
    /// cgo = true
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.image = "golang:1.26-bookworm"
    ///
    /// [[build.binaries]]
    /// name = "server"
    /// path = "./cmd/server"
    ///
    /// [[build.binaries]]
    /// name = "agent"
    /// path = "./cmd/agent"
    /// platforms = ["linux/amd64", "linux/arm64"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Where the builder's image has the compilers: `# docksmith: ignore[cgo-cross-compile] the image has them`. Nothing is
    /// said where `build.env` sets `CC`, or packages or steps bring a cross compiler.
    "cgo-cross-compile", Warning, Medium, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if has_compiler(subject) {
        return;
    }
    for binary in &subject.config.build.binaries {
        check_binary(subject, binary, findings);
    }
}

fn check_binary(subject: &Subject<'_>, binary: &Binary, findings: &mut Findings<'_>) {
    let own = binary.cgo.as_ref().or(subject.config.build.cgo.as_ref());
    let (Some(cgo), Some(list)) = (
        own.filter(|cgo| cgo.value),
        binary.platforms.as_ref().or(binary.architectures.as_ref()),
    ) else {
        return;
    };
    let image = platforms(subject.config);
    // One platform alone is probably the builder's own.
    let is_native = match (list.as_slice(), image.as_slice()) {
        ([own], [image]) => own.value == image.to_string() || own.value == image.architecture,
        _ => false,
    };
    if is_native || list.is_empty() {
        return;
    }
    let message = format!("`{}` with C code takes a cross compiler", binary.name.value);
    findings
        .report(list.span, message)
        .label(cgo.span, "C code is compiled")
        .why("the builder's C compiler knows its own platform only, and the build would stop")
        .help(
            "leave `cgo` out, or set `CC` in `build.env` and add the compiler to `build.packages`",
        );
}

/// Whether the builder may have a C compiler for other platforms.
fn has_compiler(subject: &Subject<'_>) -> bool {
    let build = &subject.config.build;
    let mut packages = build.packages.iter().flat_map(|packages| packages.iter());
    let is_cross = |name: &str| {
        ["gcc-", "g++-", "crossbuild", "zig", "clang", "musl-cross"]
            .iter()
            .any(|it| name.starts_with(it))
    };
    let own_image = build
        .image
        .as_ref()
        .is_some_and(|image| crate::plan::BaseFacts::of(image).known.is_none());
    own_image
        || packages.any(|package| is_cross(package))
        || build.env.value("CC").is_some()
        || !build.steps.is_empty()
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    fn check_go(build: &str, binary: &str) {
        check(&format!(
            "language = \"go\"\nruntime.cmd = [\"/usr/local/bin/agent\"]\n[build]\nimage = \"golang:1.26-bookworm\"\n{build}\n[[build.binaries]]\nname = \"agent\"\npath = \"./cmd/agent\"\n{binary}\n"
        ));
    }

    #[test]
    fn siblings_are_built_for_each_platform() {
        check_go(
            "",
            r#"cgo = true
platforms = ["linux/arm64"]
#           ^^^^^^^^^^^^^^^ warning: `agent` with C code takes a cross compiler"#,
        );
        check_go(
            "cgo = true",
            r#"architectures = ["amd64", "arm64"]
#               ^^^^^^^^^^^^^^^^^^ warning: `agent` with C code takes a cross compiler"#,
        );
    }

    #[test]
    fn with_a_compiler_or_without_c_code_it_is_fine() {
        let both = "platforms = [\"linux/amd64\", \"linux/arm64\"]";
        check_go("cgo = true", "");
        check_go("cgo = true", &format!("cgo = false\n{both}"));
        check_go(
            "packages = [\"gcc-aarch64-linux-gnu\"]",
            &format!("cgo = true\n{both}"),
        );
        check_go("env = { CC = \"zig cc\" }", &format!("cgo = true\n{both}"));
    }
}
