//! `dynamic-binary-on-static-image`.

use crate::config::Language;
use crate::config::build::Ldflags;
use crate::config::spellings::Canonical;
use crate::diagnostic::Fix;
use crate::image::known::{Family, Libc};
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
    "dynamic-binary-on-static-image", Error, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let is_go = config.language.as_ref().map(|it| it.value) == Some(Language::Go);
    let (Some(image), Some(cgo), Some(named)) =
        (&subject.plan.image, cgo(config), &config.runtime.image)
    else {
        return;
    };
    let Some(known) = image.base.known.as_ref() else {
        return;
    };
    if !is_go
        || known.libc != Some(Libc::None)
        || links_statically(config)
        || brings_libraries(subject.plan)
    {
        return;
    }
    let finding = findings.report(
        named.span,
        format!("`{}` has no C library, which the binary needs", named.value),
    );
    finding.label(cgo, "links the C library");
    finding.why("the container would exit at start with `no such file or directory`");
    let base = if named.value.contains("distroless/static-") {
        named
            .value
            .replace("distroless/static-", "distroless/base-")
    } else {
        "gcr.io/distroless/base-debian12:nonroot".to_owned()
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
            format!("\"{base}\""),
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
