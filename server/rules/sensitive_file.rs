//! `sensitive-file`.

use crate::config::words::short;
use crate::context::ignore::Ignore;
use crate::context::{Entry, Rooted};
use crate::plan::paths::file_name;
use crate::plan::sources::{Usage, cleaned, join};
use crate::plan::{InstructionKind, Origin};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A file that usually holds credentials is copied into the image.
    ///
    /// Everybody who can pull the image can read it. What the program needs belongs into the environment or a mount when
    /// the container starts, and what the build needs under `[secrets]`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = [".env", "config"], dst = "/app/" }]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = ["config"], dst = "/app/" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it for a file that holds nothing secret: `# docksmith: ignore[sensitive-file] public certificates
    /// only`.
    "sensitive-file", Warning, Medium, check in files; also ["dockle CIS-DI-0010"]
}

/// How many entries of copied folders are looked at.
const MOST_ENTRIES: usize = 2_000;

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (ignore, _) = subject.ignored();
    for source in subject.sources() {
        let is_copied = source.stage.kind.is_final() && source.usage != Usage::Mount;
        let (Some(span), true) = (source.span, is_copied) else {
            continue;
        };
        let paths = match source.plain() {
            // The whole context is another rule's business.
            Some("") => continue,
            Some(path) => vec![path.to_owned()],
            None => source.paths(subject.context).unwrap_or_default(),
        };
        let found = paths
            .iter()
            .find_map(|path| sensitive_below(subject.context, ignore, path));
        let Some(found) = found else { continue };
        let message = if source.path.as_deref() == Some(found.as_str()) {
            format!("`{}` usually holds credentials", source.written)
        } else {
            format!(
                "`{}` brings `{}` into the image",
                source.written,
                shortened(&found)
            )
        };
        let origin = Origin {
            file: source.file.clone(),
            span,
        };
        report(&origin, message, &found, findings);
    }
    named(subject, ignore, findings);
}

/// What a file that is used as it is copies by name. Its folders may have other files where it is built.
fn named(subject: &Subject<'_>, ignore: &Ignore, findings: &mut Findings<'_>) {
    if subject.plan.verbatim.is_none() {
        return;
    }
    for (stage, instruction) in subject.plan.instructions() {
        let InstructionKind::Written(written) = &instruction.kind else {
            continue;
        };
        let is_copy = matches!(written.keyword.as_str(), "COPY" | "ADD");
        if !stage.kind.is_final() || !is_copy || written.flag("from").is_some() {
            continue;
        }
        let sources = written.paths.split_last().map(|(_, sources)| sources);
        for source in sources.unwrap_or_default() {
            let path = cleaned(&source.path).filter(|path| is_sensitive(path));
            if let Some(path) = path.filter(|path| !ignore.excludes(path)) {
                let origin = Origin {
                    file: instruction.origin.file.clone(),
                    span: source.span.unwrap_or(instruction.origin.span),
                };
                let message = format!("`{}` usually holds credentials", short(&source.path));
                report(&origin, message, &path, findings);
            }
        }
    }
}

fn report(origin: &Origin, message: String, path: &str, findings: &mut Findings<'_>) {
    findings
        .report_in(origin.file.clone(), origin.span, message)
        .why("everybody who can pull the image can read the file")
        .help(format!(
            "leave it out, by a line `{path}` in `.dockerignore`, and give it to the container when it starts"
        ));
}

/// The end of a long path.
fn shortened(path: &str) -> &str {
    if path.len() > 40 {
        file_name(path)
    } else {
        path
    }
}

/// The first file at or below a path whose name is one for credentials and that reaches the build.
fn sensitive_below(context: &Rooted<'_>, ignore: &Ignore, path: &str) -> Option<String> {
    let mut open = vec![path.to_owned()];
    for _ in 0..MOST_ENTRIES {
        let path = open.pop()?;
        match context.entry(&path) {
            Entry::Folder => {
                let names = context.list(&path);
                open.extend(names.iter().rev().map(|name| join(&path, name)));
            }
            Entry::File { .. } | Entry::Unknown
                if is_sensitive(&path) && !ignore.excludes(&path) =>
            {
                return Some(path);
            }
            _ => {}
        }
    }
    None
}

/// The names that are meant for credentials and nothing else.
const NAMES: &[&str] = &[
    ".env",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    ".dockercfg",
    ".htpasswd",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "kubeconfig",
];

/// What follows `.env.` in a file for everybody to read.
const SAMPLES: &[&str] = &["example", "sample", "template", "dist", "defaults"];

/// What the name of a certificate says, which is public.
const PUBLIC: &[&str] = &[
    "ca",
    "cert",
    "certs",
    "chain",
    "fullchain",
    "bundle",
    "pub",
    "public",
    "root",
];

fn is_sensitive(path: &str) -> bool {
    let name = file_name(path);
    if let Some(kind) = name.strip_prefix(".env.") {
        return !SAMPLES.contains(&kind.rsplit('.').next().unwrap_or(kind));
    }
    if let Some(stem) = name.strip_suffix(".pem") {
        let stem = stem.to_lowercase();
        return !stem
            .split(['.', '-', '_'])
            .any(|word| PUBLIC.contains(&word));
    }
    NAMES.contains(&name)
        || path.ends_with(".docker/config.json")
        || path.ends_with(".aws/credentials")
}

#[cfg(test)]
mod tests {
    use super::is_sensitive;
    use crate::rules::tests::check_with;

    const FILES: &[(&str, &str)] = &[
        ("go.mod", "module x"),
        ("cmd/server/main.go", "package main"),
        ("config/app.toml", ""),
        ("config/tls/server.pem", ""),
        ("web/.env", ""),
        (".dockerignore", "**/.env\n"),
    ];

    #[test]
    fn a_folder_is_searched() {
        check_with(
            r#"
language = "go"
build.target = "./cmd/server"
build.steps = ["COPY config ./"]
runtime.copy = [{ src = ["config"], dst = "/app/" }]
#                        ^^^^^^^^ warning: `config` brings `config/tls/server.pem` into the image
"#,
            FILES,
        );
    }

    #[test]
    fn what_is_for_everybody_is_told_apart() {
        for name in [
            ".env.example",
            "ca.pem",
            "certs/root-ca.pem",
            "env",
            "keys.go",
            "id_rsa.pub",
        ] {
            assert!(!is_sensitive(name), "{name}");
        }
        for name in ["a/.env", ".env.production", "id_ed25519", "tls/key.pem"] {
            assert!(is_sensitive(name), "{name}");
        }
    }
}
