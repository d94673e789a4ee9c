//! `missing-key`.

use crate::config::check::ShapeKind;
use crate::config::docs::key;
use crate::config::words::table_name;
use crate::diagnostic::{Diagnostic, Fix};
use crate::plan::ProblemKind;
use crate::rules::{Findings, Subject, nearest, rule};
use crate::syntax::insertion::into;
use crate::syntax::{Node, Notation, Step, SyntaxErrorKind, Table};
use crate::text::Span;

rule! {
    /// A table lacks a key that it needs.
    ///
    /// Nothing can be rendered for it, so a stage, a tool or the whole image would be missing.
    ///
    /// ```toml,bad
    /// language = "go"
    /// [[stages]]
    /// name = "web"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// [[stages]]
    /// name = "web"
    /// from = "node:24-alpine"
    /// [runtime]
    /// copy = [{ from = "web", src = "/dist/", dst = "/app/web/" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: nothing can be rendered for a table that lacks such a key.
    "missing-key", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("missing-key") {
        if let ShapeKind::MissingKey { name } = &shape.kind {
            report(subject, &shape.path, shape.span, name, findings);
        }
    }
    tools(subject, findings);
    commands(subject, findings);
    secrets(subject, findings);
    for problem in &subject.plan.problems {
        match &problem.kind {
            ProblemKind::UnknownTarget(reason) if !has(subject, &["build", "target"]) => {
                let message = format!("`build.target` is missing: {reason}");
                let span = build_header(subject).unwrap_or(problem.span);
                let finding = findings.report(span, message);
                finding.help("say what is built: `target = \"…\"` in `[build]`");
                // The existing tool takes what it finds.
                if subject.is_old_style() {
                    finding.as_warning();
                }
            }
            ProblemKind::MissingLanguage if !says_what_is_built(subject) => {
                language(subject, findings);
            }
            ProblemKind::UnknownOutput if !has(subject, &["build", "output"]) => {
                let message =
                    "`build.output` is missing: the command does not say where the binary is";
                findings
                    .report(build_header(subject).unwrap_or(problem.span), message)
                    .label(problem.span, "this command")
                    .why("the binary could not be copied into the image")
                    .help("say where it lies in the image: `output = \"/usr/local/bin/app\"`, and give the command `-o`");
            }
            _ => {}
        }
    }
}

fn has(subject: &Subject<'_>, path: &[&str]) -> bool {
    let path: Vec<Step> = path
        .iter()
        .map(|key| Step::Key((*key).to_owned()))
        .collect();
    subject.document.find(&path).is_some()
}

fn report(
    subject: &Subject<'_>,
    path: &[Step],
    span: Span,
    name: &str,
    findings: &mut Findings<'_>,
) {
    let table = if path.is_empty() {
        Some(&subject.document.root)
    } else {
        subject.document.find(path).and_then(|it| it.node.table())
    };
    // Another key is probably meant to be this one, and `unknown-key` says so.
    let misspelt = subject.shapes_of("unknown-key").any(|shape| {
        shape.path == path
            && matches!(&shape.kind, ShapeKind::UnknownKey { name: other, .. } if nearest(other, [name]).is_some())
    });
    if misspelt {
        return;
    }
    let finding = findings.report(span, format!("{} lacks `{name}`", table_name(path)));
    let mut key_path = path.to_vec();
    key_path.push(Step::Key(name.to_owned()));
    let Some(example) = key(&key_path).and_then(|key| example(&key.description)) else {
        finding.help(format!("add `{name} = \"…\"`"));
        return;
    };
    finding.help(format!("add `{example}`"));
    if let Some(table) = table {
        insert(subject.text, table, span, &example, finding);
    }
}

/// The example of a key's documentation: a line of TOML.
fn example(description: &str) -> Option<String> {
    let line = description
        .lines()
        .find_map(|line| line.trim().strip_prefix("Example: `"))?;
    line.strip_suffix('`').map(str::to_owned)
}

/// A fix that writes a line into a table.
fn insert(text: &str, table: &Table, span: Span, line: &str, finding: &mut Diagnostic) {
    if let Some((place, new)) = into(text, table, span, line) {
        finding.fix(Fix::unsafe_(format!("add `{line}`"), place, new));
    }
}

/// What a tool needs depends on its other keys.
fn tools(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let tools = subject.document.root.node("external_tools");
    for (index, node) in tools
        .and_then(Node::items)
        .unwrap_or_default()
        .iter()
        .enumerate()
    {
        let Some(table) = node.table() else { continue };
        let has = |key: &str| table.entry(key).is_some();
        let path = [Step::Key("external_tools".to_owned()), Step::Index(index)];
        let mut needs = |name: &str| report(subject, &path, node.span, name, findings);
        if !has("url") && !has("image") {
            needs("url");
        }
        if has("image") && !has("url") && !has("src") {
            needs("src");
        }
        if !has("dst") && !has("install_path") {
            needs("dst");
        }
    }
}

/// Tables that must say what is run.
fn commands(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    const TABLES: [(&str, &[&str]); 2] = [
        ("entrypoint", &["script", "exec", "shell"]),
        ("cmd", &["exec", "shell"]),
    ];
    for parent in ["runtime", "runtime_config"] {
        for (name, keys) in TABLES {
            let path = [parent, name].map(|key| Step::Key(key.to_owned()));
            let Some(found) = subject.document.find(&path) else {
                continue;
            };
            let Some(table) = found.node.table() else {
                continue;
            };
            if keys.iter().any(|key| table.entry(key).is_some()) {
                continue;
            }
            if let Some(first) = keys.first() {
                report(subject, &path, found.node.span, first, findings);
            }
        }
    }
}

/// The header of `[build]`, if it has one.
fn build_header(subject: &Subject<'_>) -> Option<Span> {
    let build = subject.document.root.node("build")?;
    let is_header = build.table()?.notation == Notation::Header;
    is_header.then_some(build.span)
}

/// A secret reaches a step as a file or as a variable.
fn secrets(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let secrets = subject.document.root.node("secrets").and_then(Node::table);
    let entries = secrets.map(|table| table.entries.as_slice());
    for entry in entries.unwrap_or_default() {
        let Some(table) = entry.value.table() else {
            continue;
        };
        if table.entry("target").is_none() && table.entry("env").is_none() {
            let path = ["secrets", &entry.key.name].map(|key| Step::Key(key.to_owned()));
            report(subject, &path, entry.value.span, "target", findings);
        }
    }
}

/// Whether the document means to say what is built, however wrongly.
fn says_what_is_built(subject: &Subject<'_>) -> bool {
    let root = &subject.document.root;
    let stages = root
        .node("stages")
        .and_then(Node::items)
        .unwrap_or_default();
    let broken = subject
        .document
        .errors
        .iter()
        .any(|error| error.kind == SyntaxErrorKind::Grammar);
    let misspelt =
        |name: &str| nearest(name, ["language", "dockerfile", "runtime", "stages"]).is_some();
    broken
        || root.entry("language").is_some()
        || root.entry("dockerfile").is_some()
        || root
            .node("runtime")
            .is_some_and(|node| node.table().is_none())
        || stages
            .iter()
            .filter_map(Node::table)
            .any(|stage| stage.entry("final").is_some())
        || subject.shapes.iter().any(|shape| {
            shape.path.is_empty()
                && matches!(&shape.kind, ShapeKind::UnknownKey { name, .. } if misspelt(name))
        })
}

fn language(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let first = subject.document.root.entries.first();
    let span = first.map(|entry| entry.key.span).unwrap_or_default();
    findings
        .report(
            span,
            "the file does not say what is built: `language` is missing",
        )
        .help("begin with `language = \"go\"`, or write a stage with `final = true`");
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, check_with};

    #[test]
    fn a_file_without_language_is_reported_at_its_first_key() {
        check(
            r#"
build.target = "./cmd/server"
#^^^^ error: the file does not say what is built: `language` is missing
"#,
        );
    }

    #[test]
    fn an_opaque_command_needs_the_output() {
        check(
            r#"
language = "go"
build.command = "make build"
#               ^^^^^^^^^^^^ error: `build.output` is missing: the command does not say where the binary is
"#,
        );
    }

    #[test]
    fn several_things_to_build_need_a_choice() {
        check_with(
            r#"
language = "rust"
#          ^^^^^^ error: `build.target` is missing: there are several binaries, `app`, `worker`
"#,
            &[
                ("Cargo.toml", "package.name = \"app\""),
                ("Cargo.lock", ""),
                ("src/main.rs", ""),
                ("src/bin/worker.rs", ""),
            ],
        );
        check_with(
            r#"
language = "dotnet"
version = "10.0"
[build]
#^^^^^^ error: `build.target` is missing: there are several projects, `src/Api/Api.csproj`, `src/Jobs/Jobs.csproj`
flags = ["--self-contained"]
"#,
            &[
                ("src/Api/Api.csproj", ""),
                ("src/Jobs/Jobs.csproj", ""),
                ("tests/Api.Tests/Api.Tests.csproj", ""),
            ],
        );
        check_with(
            r#"
runtime = "java"
#         ^^^^^^ warning: `build.target` is missing: there are several modules, `api`, `core`
start.command = "java -jar app.jar"
"#,
            &[(
                "pom.xml",
                "<modules><module>api</module><module>core</module></modules>",
            )],
        );
    }

    #[test]
    fn where_nobody_looked_a_name_is_needed_all_the_same() {
        check(
            r#"
language = "dotnet"
#          ^^^^^^^^ error: `build.target` is missing: nobody can know the name of the dll
version = "10.0"
"#,
        );
    }

    #[test]
    fn a_secret_reaches_steps_as_a_file_or_a_variable() {
        check(
            r#"
language = "go"
secrets.npm = { required = true }
#             ^^^^^^^^^^^^^^^^^^^ error: `[secrets.npm]` lacks `target`
secrets.token = { env = "TOKEN" }
"#,
        );
    }

    #[test]
    fn a_misspelt_language_is_one_mistake() {
        check(
            r#"
lnguage = "go"
#^^^^^^ error: the file has no key `lnguage`
"#,
        );
    }

    #[test]
    fn a_final_stage_needs_no_language() {
        check(
            r#"
[[stages]]
name = "all"
from = "alpine:3.23"
user = "1000:1000"
steps = [{ run = "true" }]
final = true
"#,
        );
    }

    /// It changes the timing of the language's own check.
    #[test]
    fn a_health_check_may_hold_its_timing_alone() {
        check("language = \"go\"\n[runtime.healthcheck]\ninterval = \"10s\"\n");
    }
}
