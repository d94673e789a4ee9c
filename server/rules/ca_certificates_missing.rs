//! `ca-certificates-missing`.

use crate::config::Language;
use crate::image::known::{Known, PackageManager};
use crate::plan::InstructionKind;
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// The program asks servers over TLS, and the image has no certificates.
    ///
    /// Debian's slim image and `scratch` have none. A program in Go or Rust looks for those of the system, so that every
    /// request fails with `x509: certificate signed by unknown authority`, or `unable to get local issuer certificate`. That
    /// the program asks servers is concluded from the libraries of `go.mod` or `Cargo.toml`, or from an `https://` address in
    /// its environment.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "debian:bookworm-slim"
    /// runtime.env = { ISSUER = "https://login.example.com" }
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "debian:bookworm-slim"
    /// runtime.packages = ["ca-certificates"]
    /// runtime.env = { ISSUER = "https://login.example.com" }
    /// ```
    ///
    /// # When to ignore
    ///
    /// Where the program brings certificates of its own, or they are mounted when the container starts:
    /// `# docksmith: ignore[ca-certificates-missing] mounted`.
    "ca-certificates-missing", Warning, Medium, check in files; fix Unsafe
}

/// What brings certificates into an image, or says where they are.
const WORDS: &[&str] = &[
    "cert",
    "ssl",
    "SSL_",
    ".pem",
    ".crt",
    "openjdk",
    "default-jre",
];

/// Libraries of Go that ask servers over TLS.
const GO: &[&str] = &[
    "cloud.google.com/go",
    "github.com/Azure/azure-sdk-for-go",
    "github.com/aws/aws-sdk-go",
    "github.com/coreos/go-oidc",
    "github.com/getsentry/sentry-go",
    "github.com/go-resty/resty",
    "github.com/google/go-github",
    "github.com/minio/minio-go",
    "github.com/slack-go/slack",
    "github.com/stripe/stripe-go",
    "golang.org/x/oauth2",
    "google.golang.org/api",
];

/// Those of Rust.
const RUST: &[&str] = &[
    "aws-config",
    "hyper-rustls",
    "hyper-tls",
    "native-tls",
    "octocrab",
    "reqwest",
    "rustls-native-certs",
    "rustls-platform-verifier",
    "sentry",
    "ureq",
];

/// What brings certificates into the program itself.
const OWN: &[&str] = &["x509roots", "webpki-roots", "webpki-root-certs"];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some((place, known)) = chosen_image(subject) else {
        return;
    };
    let has_none = known.ca_certificates == Some(false);
    if !has_none || subject.image_names(WORDS) || subject.copies_system() {
        return;
    }
    let Some((reason, reason_span)) = needs(subject) else {
        return;
    };
    let finding = findings.report(place, "the image has no certificates for TLS");
    finding.why("every request would fail with `certificate signed by unknown authority`");
    match reason_span {
        Some(span) => finding.label(span, reason),
        None => finding.labelled(reason),
    };
    if known.package_manager == Some(PackageManager::Apt) {
        finding.help("install them: `packages = [\"ca-certificates\"]`");
    } else {
        finding.help(
            "copy them: `{ from = \"image:alpine:3.23\", src = \"/etc/ssl/certs/ca-certificates.crt\", dst = \"/etc/ssl/certs/\" }`",
        );
    }
    finding.fix = subject.add_package("ca-certificates");
}

/// The image that the file itself chooses for programs that look for the system's certificates, and what is known of it.
fn chosen_image<'a>(subject: &Subject<'a>) -> Option<(Span, Known)> {
    let image = subject.config.runtime.image.as_ref()?;
    let language = subject.config.language.as_ref()?.value;
    let looks = matches!(language, Language::Go | Language::Rust);
    let known = subject.plan.image.as_ref()?.base.known.clone()?;
    looks.then_some((image.span, known))
}

/// Why the program is thought to ask servers over TLS, with its place in the document if it has one.
fn needs(subject: &Subject<'_>) -> Option<(String, Option<Span>)> {
    let manifest = |name: &str| {
        let text = subject.context.text(&subject.layout.path(name));
        text.unwrap_or_default()
    };
    let (go, rust) = (manifest("go.mod"), manifest("Cargo.toml"));
    let lock = manifest("Cargo.lock");
    if OWN
        .iter()
        .any(|own| [&go, &rust, &lock].iter().any(|text| text.contains(own)))
    {
        return None;
    }
    let stage = subject.plan.final_stage()?;
    let asks = |value: &str| {
        value.starts_with("https://") && !value.starts_with("https://localhost") && value.len() > 8
    };
    let variable = stage.instructions.iter().find_map(|it| match &it.kind {
        InstructionKind::Env { name, value, .. } if asks(value) => Some((name, it.origin.span)),
        _ => None,
    });
    if let Some((name, span)) = variable {
        return Some((format!("`{name}` is an address over TLS"), Some(span)));
    }
    let requires = |library: &&&str| {
        go.lines().any(|line| {
            line.trim_start()
                .trim_start_matches("require ")
                .starts_with(**library)
        })
    };
    let depends = |library: &&&str| {
        rust.lines().any(|line| {
            let rest = line.trim_start().strip_prefix(**library);
            rest.is_some_and(|rest| rest.trim_start().starts_with(['=', '.']))
        })
    };
    let library = GO.iter().find(requires).or(RUST.iter().find(depends))?;
    Some((format!("the program uses `{library}`"), None))
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check_with;

    const MAIN: (&str, &str) = ("cmd/server/main.go", "package main");

    #[test]
    fn a_library_tells() {
        check_with(
            r#"
language = "go"
build.target = "./cmd/server"
runtime.image = "scratch"
#               ^^^^^^^^^ warning: the image has no certificates for TLS
runtime.user = "65532:65532"
"#,
            &[
                (
                    "go.mod",
                    "module x\n\nrequire (\n\tgolang.org/x/oauth2 v0.30.0\n)\n",
                ),
                MAIN,
            ],
        );
        check_with(
            r#"
language = "rust"
build.target = "server"
build.image = "rust:1.85-bookworm"
[runtime]
image = "debian:bookworm-slim"
#       ^^^^^^^^^^^^^^^^^^^^^^ warning: the image has no certificates for TLS
packages = ["libssl3"]
"#
            .replace("libssl3", "libpq5")
            .as_str(),
            &[
                (
                    "Cargo.toml",
                    "[package]\nname = \"server\"\n[dependencies]\nreqwest = \"0.12\"\n",
                ),
                ("Cargo.lock", ""),
                ("src/main.rs", ""),
            ],
        );
    }

    fn check_go(lines: &str, module: &str) {
        let document = format!(
            "language = \"go\"\nbuild.target = \"./cmd/server\"\nruntime.user = \"65532:65532\"\n{lines}\n"
        );
        check_with(&document, &[("go.mod", module), MAIN]);
    }

    #[test]
    fn what_asks_nobody_needs_none() {
        check_go(
            "runtime.image = \"scratch\"",
            "module golang.org/x/oauth2\n",
        );
        check_go(
            "runtime.image = \"scratch\"\nruntime.env = { A = \"http://a.example.com\", B = \"https://localhost:80\" }",
            "module x\n",
        );
    }

    #[test]
    fn what_has_or_brings_some_is_fine() {
        let needs = "module x\nrequire golang.org/x/oauth2 v0.30.0\n";
        for lines in [
            "",
            "runtime.image = \"alpine:3.23\"",
            "runtime.image = \"registry.example.com/unknown:1\"",
            "runtime.image = \"debian:bookworm-slim\"\nruntime.packages = [\"ca-certificates\"]",
            "runtime.image = \"debian:bookworm-slim\"\nruntime.env = { SSL_CERT_DIR = \"/run/x\" }",
            "runtime.image = \"scratch\"\nruntime.copy = [{ from = \"image:alpine:3.23\", src = \"/etc/ssl/\", dst = \"/etc/ssl/\" }]",
            "runtime.image = \"scratch\"\nruntime.copy = [{ from = \"image:alpine:3.23\", src = \"/etc/\", dst = \"/etc/\" }]",
        ] {
            check_go(lines, needs);
        }
        check_go(
            "runtime.image = \"scratch\"",
            "module x\nrequire golang.org/x/oauth2 v0.30.0\nrequire golang.org/x/crypto/x509roots/fallback v0.0.0\n",
        );
    }
}
