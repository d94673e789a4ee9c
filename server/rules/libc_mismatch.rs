//! `libc-mismatch`.

use crate::config::Language;
use crate::config::spellings::Canonical;
use crate::diagnostic::{Edit, File, Fix};
use crate::image::known::Libc;
use crate::plan::image::uses_cgo;
use crate::plan::languages::rust::link::needed;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A binary is linked against one C library and runs on another.
    ///
    /// A binary of Debian's builder asks for glibc's loader, which Alpine lacks, and the reverse: `exec
    /// /usr/local/bin/server: no such file or directory`. The same holds for an Elixir release, which brings its own
    /// Erlang, and for compiled modules of Python and Ruby.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.cgo = true
    /// build.image = "golang:1.26-bookworm"
    /// runtime.image = "alpine:3.23"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.cgo = true
    /// build.image = "golang:1.26-alpine"
    /// runtime.image = "alpine:3.23"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore the warning where you know that the project has no compiled modules, or that its command links
    /// statically. Never the error: the container exits at start.
    "libc-mismatch", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let language = config.language.as_ref().map(|it| it.value);
    if language == Some(Language::Rust) {
        return of_rust(subject, findings);
    }
    let is_go = language == Some(Language::Go);
    // What the user's own command asks for cannot be known for certain.
    let command = config.build.command.as_ref();
    let asks = command.is_some_and(|it| it.contains("CGO_ENABLED=1") && !it.contains("-static"));
    let uses = uses_cgo(config);
    let needs = match language {
        Some(Language::Go) if uses || asks => "the binary needs",
        Some(Language::Elixir) => "the release needs",
        Some(Language::Node | Language::Bun | Language::Python | Language::Ruby) => {
            "compiled modules need"
        }
        _ => return,
    };
    let (Some(image), Some(builder)) = (&subject.plan.image, subject.plan.stage("builder")) else {
        return;
    };
    let builder = subject.plan.base_facts(builder);
    let Some(builder) = builder else {
        return;
    };
    let libc = |known: &Option<crate::image::known::Known>| known.as_ref().and_then(|it| it.libc);
    let (Some(built), Some(run)) = (libc(&builder.known), libc(&image.base.known)) else {
        return;
    };
    // Without any C library another rule speaks, where `cgo` says so.
    if built == run || built == Libc::None || run == Libc::None && uses || is_static(subject) {
        return;
    }
    let span = config
        .runtime
        .image
        .as_ref()
        .map_or(image.base_span, |it| it.span);
    let finding = findings.report(
        span,
        format!("{needs} {}, and the image has {}", name(built), name(run)),
    );
    // A user's command is not read to its end, and not every project has compiled modules.
    let is_certain = uses || language == Some(Language::Elixir);
    if !is_certain {
        finding.as_warning();
    }
    if let Some(place) = &config.build.image {
        finding.label(place.span, format!("links {}", name(built)));
    } else if let Some(command) = command {
        finding.label(
            command.span,
            format!("links {} of `{}`", name(built), builder.reference),
        );
    }
    finding.why(match language {
        Some(Language::Node | Language::Bun | Language::Python | Language::Ruby) => {
            "they could not be loaded: `no such file or directory`"
        }
        _ => "the container would exit at start with `no such file or directory`",
    });
    finding.help(match is_go {
        true => "build without C code, `cgo = false`, or choose images with the same C library",
        false => "choose images with the same C library",
    });
    if is_go && uses {
        finding.fix(without_c(config));
    }
}

/// Switches C code off wherever it is on.
fn without_c(config: &Canonical) -> Fix {
    let own = config.build.binaries.iter();
    let switches = config
        .build
        .cgo
        .iter()
        .chain(own.filter_map(|it| it.cgo.as_ref()));
    let edits = switches.filter(|cgo| cgo.value).map(|cgo| Edit {
        file: File::Document,
        span: cgo.span,
        text: "false".to_owned(),
    });
    Fix {
        title: "build without C code".to_owned(),
        safe: false,
        edits: edits.collect(),
    }
}

/// Rust's binary asks for the C library of its builder unless it is linked in.
fn of_rust(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let (Some(image), Some(builder)) = (&subject.plan.image, subject.plan.stage("builder")) else {
        return;
    };
    let needed = subject
        .plan
        .base_facts(builder)
        .and_then(|builder| needed(config, &builder));
    let run = image.base.known.as_ref().and_then(|known| known.libc);
    let (Some(needed), Some(run)) = (needed, run) else {
        return;
    };
    // Without any C library another rule speaks.
    if needed == run || run == Libc::None {
        return;
    }
    let message = format!(
        "the binary needs {}, and the image has {}",
        name(needed),
        name(run)
    );
    let finding = findings.report(image.base_span, message);
    if let Some(place) = &config.build.image {
        finding.label(place.span, format!("links {}", name(needed)));
    }
    finding.why("the container would exit at start with `no such file or directory`");
    finding.help(
        "build on Alpine, which links the C library in, or choose images with the same C library",
    );
}

fn name(libc: Libc) -> &'static str {
    match libc {
        Libc::Musl => "musl",
        Libc::Glibc => "glibc",
        Libc::None => "no C library",
    }
}

/// Whether the linker is told to take the C library in.
fn is_static(subject: &Subject<'_>) -> bool {
    use crate::config::build::Ldflags;
    let build = &subject.config.build;
    let own = build.binaries.iter().filter_map(|it| it.ldflags.as_ref());
    let lists = build.ldflags.iter().chain(own);
    lists.into_iter().any(|ldflags| match &ldflags.value {
        Ldflags::List(list) => list.iter().any(|flag| flag.contains("-static")),
        Ldflags::Variables(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, fixed};

    #[test]
    fn a_command_of_its_own_is_only_a_warning() {
        check(
            r#"
language = "go"
[build]
command = "CGO_ENABLED=1 go build -o /out/app ."
image = "golang:1.26-bookworm"
[runtime]
image = "alpine:3.23"
#       ^^^^^^^^^^^^^ warning: the binary needs glibc, and the image has musl
"#,
        );
    }

    #[test]
    fn rust_links_the_library_of_debian_unless_told_otherwise() {
        check(
            r#"
language = "rust"
build.target = "server"
build.image = "rust:1.85-bookworm"
runtime.image = "alpine:3.23"
#               ^^^^^^^^^^^^^ error: the binary needs glibc, and the image has musl
"#,
        );
        check(
            r#"
language = "rust"
build.target = "server"
build.image = "rust:1.85-bookworm"
build.env = { RUSTFLAGS = "-C target-feature=+crt-static" }
runtime.image = "alpine:3.23"
"#,
        );
        check("language = \"rust\"\nbuild.target = \"a\"\nruntime.image_family = \"slim\"\n");
    }

    #[test]
    fn modules_of_a_builder_may_not_load_in_another_image() {
        check(
            r#"
language = "node"
[build]
image = "node:22-bookworm"
[runtime]
image = "node:22-alpine"
#       ^^^^^^^^^^^^^^^^ warning: compiled modules need glibc, and the image has musl
"#,
        );
        check("language = \"node\"\nbuild.image = \"node:22-bookworm\"\n");
        check("language = \"node\"\nruntime.image = \"node:22-slim\"\n");
    }

    #[test]
    fn the_default_builder_fits() {
        check("language = \"go\"\nbuild.cgo = true\nruntime.image = \"alpine:3.23\"\n");
    }

    #[test]
    fn modules_and_releases_have_a_c_library_too() {
        check(
            r#"
language = "python"
build.image = "python:3.12"
runtime.cmd = ["web"]
runtime.image = "python:3.12-alpine"
#               ^^^^^^^^^^^^^^^^^^^^ warning: compiled modules need glibc, and the image has musl
"#,
        );
        check(
            r#"
language = "elixir"
build.target = "shop"
build.image = "elixir:1.17-slim"
runtime.image = "alpine:3.23"
#               ^^^^^^^^^^^^^ error: the release needs glibc, and the image has musl
"#,
        );
    }

    #[test]
    fn every_switch_is_turned_off() {
        let text = |cgo: &str| {
            format!(
                "language = \"go\"\nruntime.image = \"alpine:3.23\"\n[build]\nimage = \"golang:1.26-bookworm\"\ncgo = {cgo}\n[[build.binaries]]\nname = \"a\"\npath = \"./a\"\ncgo = {cgo} # x\n"
            )
        };
        assert_eq!(fixed(&text("true")), text("false"));
    }
}
