//! `dynamic-binary-on-static-image`.

use crate::config::Language;
use crate::config::build::Ldflags;
use crate::config::spellings::Canonical;
use crate::config::words::requoted;
use crate::diagnostic::Fix;
use crate::image::known::{Family, Libc};
use crate::plan::languages::rust::link::needed;
use crate::plan::{BuildPlan, InstructionKind};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// A binary that needs a C library runs on an image that has none.
    ///
    /// With `cgo = true` the binary names a loader such as `/lib64/ld-linux-x86-64.so.2`, which `scratch` and
    /// `distroless/static` lack: `exec /usr/local/bin/server: no such file or directory`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.cgo = true
    /// runtime.image = "gcr.io/distroless/static-debian12:nonroot"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.cgo = true
    /// runtime.image = "gcr.io/distroless/base-debian12:nonroot"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where no code that is built imports `C` and `cgo` is on by habit, so that the linker makes a static
    /// binary all the same; better drop `cgo` then.
    "dynamic-binary-on-static-image", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let dynamic = match config.language.as_ref().map(|it| it.value) {
        Some(Language::Go) if !links_statically(config) => cgo(config),
        Some(Language::Rust) => rust(subject),
        _ => None,
    };
    let (Some(image), Some(dynamic), Some(named)) =
        (&subject.plan.image, dynamic, &config.runtime.image)
    else {
        return;
    };
    let Some(known) = image.base.known.as_ref() else {
        return;
    };
    if known.libc != Some(Libc::None) || brings_libraries(subject.plan) {
        return;
    }
    let finding = findings.report(
        named.span,
        format!("`{}` has no C library, which the binary needs", named.value),
    );
    finding.label(dynamic, "links the C library");
    finding.why("the container would exit at start with `no such file or directory`");
    // Rust's binaries also need `libgcc`, which `cc` has.
    let is_rust = config.language.as_ref().map(|it| it.value) == Some(Language::Rust);
    let fitting = if is_rust { "cc" } else { "base" };
    let base = if named.value.contains("distroless/static-") {
        let fitting = format!("distroless/{fitting}-");
        named.value.replace("distroless/static-", &fitting)
    } else {
        format!("gcr.io/distroless/{fitting}-debian12:nonroot")
    };
    let is_named = matches!(known.family, Family::Distroless | Family::Scratch);
    finding.help(format!(
        "choose an image that has one: `image = \"{base}\"`"
    ));
    // A digest belongs to the old image.
    if is_named && !base.contains('@') {
        finding.fix(Fix::unsafe_(
            format!("use `{base}`"),
            named.span,
            requoted(subject.written(named.span), &base),
        ));
    }
}

/// Where C code is switched on for a binary that runs on the image's platform.
fn cgo(config: &Canonical) -> Option<Span> {
    let own = config.build.binaries.iter();
    let own = own.filter(|it| it.platforms.is_none() && it.architectures.is_none());
    let switches = config
        .build
        .cgo
        .iter()
        .chain(own.filter_map(|it| it.cgo.as_ref()));
    switches
        .into_iter()
        .find(|cgo| cgo.value)
        .map(|cgo| cgo.span)
}

/// Where the builder of a Rust program is named whose C library the binary asks for.
fn rust(subject: &Subject<'_>) -> Option<Span> {
    let builder = subject.plan.stage("builder")?;
    let facts = subject.plan.base_facts(builder)?;
    needed(subject.config, &facts)?;
    Some(builder.origin.span)
}

/// Whether the linker is told to take the C library in.
fn links_statically(config: &Canonical) -> bool {
    let build = &config.build;
    let own = build.binaries.iter().filter_map(|it| it.ldflags.as_ref());
    let lists = build.ldflags.iter().chain(own);
    let in_flags = lists.into_iter().any(|ldflags| match &ldflags.value {
        Ldflags::List(list) => list.iter().any(|flag| flag.contains("-static")),
        Ldflags::Variables(_) => false,
    });
    let in_command = |text: &str| text.contains("-static");
    in_flags
        || build
            .command
            .as_ref()
            .is_some_and(|command| in_command(command))
}

/// Whether a copy may bring libraries.
fn brings_libraries(plan: &BuildPlan) -> bool {
    let Some(stage) = plan.final_stage() else {
        return true;
    };
    let is_library = |dst: &str| dst == "/" || dst.starts_with("/lib") || dst.starts_with("/usr");
    stage.instructions.iter().any(|it| match &it.kind {
        InstructionKind::Copy(copy) => {
            is_library(&copy.dst) && !copy.dst.starts_with("/usr/local/bin")
        }
        InstructionKind::Add(_) => true,
        InstructionKind::Written(written) => matches!(written.keyword.as_str(), "COPY" | "ADD"),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn scratch_has_no_library() {
        check(
            r#"
language = "go"
runtime.image = "scratch"
#               ^^^^^^^^^ error: `scratch` has no C library, which the binary needs
[[build.binaries]]
name = "app"
path = "."
cgo = true
"#,
        );
    }

    #[test]
    fn rust_on_debian_needs_its_library() {
        check(
            r#"
language = "rust"
build.target = "server"
build.image = "rust:1.85-bookworm"
runtime.image = "gcr.io/distroless/static-debian12:nonroot"
#               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: `gcr.io/distroless/static-debian12:nonroot` has no C library, which the binary needs
"#,
        );
        check("language = \"rust\"\nbuild.target = \"server\"\nruntime.image = \"scratch\"\n");
    }

    #[test]
    fn the_library_may_be_linked_in() {
        check(
            r#"
language = "go"
build.cgo = true
build.ldflags = ["-linkmode external", "-extldflags '-static'"]
runtime.image = "scratch"
"#,
        );
    }
}
