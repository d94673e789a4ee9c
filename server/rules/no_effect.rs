//! `no-effect`.

use crate::config::Language;
use crate::diagnostic::{Diagnostic, Fix};
use crate::plan::languages::javascript::needs_no_node;
use crate::plan::resolve::names_secrets;
use crate::plan::{Instruction, InstructionKind, ProblemKind};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::removal::removal;
use crate::syntax::{Entry, Node};
use crate::text::Span;

rule! {
    /// A key that changes nothing.
    ///
    /// Whoever wrote it thinks that it works. A key can have no effect because of the language, because another key
    /// replaces what it configures, or because a `dockerfile` is used as it is.
    ///
    /// ```toml,bad
    /// language = "go"
    /// package_manager = "npm"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// version = "1.26"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it for a key that is kept for a moment, as while a `build.command` is tried out. What stays for longer
    /// misleads the next reader.
    "no-effect", Warning, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut rule = NoEffect { subject, findings };
    if let Some(entry) = subject.document.root.entry("dockerfile") {
        rule.beside_dockerfile(entry);
        return;
    }
    rule.of_language();
    rule.of_version();
    rule.of_plan();
    rule.beside_command();
    rule.of_tools();
    rule.of_steps();
    rule.of_checks();
}

/// The keys that count beside `dockerfile`: where the file lies, and how it is judged.
pub(crate) const BESIDE_DOCKERFILE: [&str; 3] = ["dockerfile", "context_root", "lint"];

struct NoEffect<'a, 'b, 'c> {
    subject: &'a Subject<'b>,
    findings: &'a mut Findings<'c>,
}

impl NoEffect<'_, '_, '_> {
    fn report(&mut self, entry: &Entry, reason: &str) -> &mut Diagnostic {
        let finding = self.findings.report(
            entry.key.span,
            format!("`{}` has no effect {reason}", entry.key.name),
        );
        finding.unnecessary().help("remove it");
        if let Some(span) = removal(self.subject.text, self.subject.document, entry.key.span) {
            let title = format!("remove `{}`", entry.key.name);
            finding.fix(Fix::unsafe_(title, span, ""));
        }
        finding
    }

    fn beside_dockerfile(&mut self, dockerfile: &Entry) {
        let entries = &self.subject.document.root.entries;
        let others = entries
            .iter()
            .filter(|entry| !BESIDE_DOCKERFILE.contains(&entry.key.name.as_str()));
        for entry in others {
            self.report(entry, "beside `dockerfile`, which is used as it is")
                .label(dockerfile.key.span, "nothing else is rendered");
        }
    }

    /// Keys of other languages.
    fn of_language(&mut self) {
        let Some(language) = &self.subject.config.language else {
            return;
        };
        let root = &self.subject.document.root;
        if !matches!(language.value, Language::Node | Language::Python)
            && let Some(entry) = root.entry("package_manager")
        {
            self.report(entry, "here: it belongs to `node` and `python`")
                .label(language.span, "the language");
        }
        if language.value == Language::Static {
            self.of_static(language.span);
            return;
        }
        let Some(build) = root.node("build").and_then(Node::table) else {
            return;
        };
        for (name, owner) in unused(language.value) {
            if let Some(entry) = build.entry(name) {
                self.report(entry, &format!("here: {owner}"))
                    .label(language.span, "the language");
            }
        }
    }

    /// Static files are copied, not built.
    fn of_static(&mut self, language: Span) {
        let root = &self.subject.document.root;
        let table = |name: &str| root.node(name).and_then(Node::table);
        let build = table("build").map(|build| build.entries.iter());
        let build = build.into_iter().flatten();
        let build = build.filter(|entry| entry.key.name != "target");
        let install = table("install").map(|install| install.entries.iter());
        for entry in build.chain(install.into_iter().flatten()) {
            self.report(entry, "here: `static` builds nothing")
                .label(language, "the language");
        }
        let tools = root.node("external_tools").and_then(Node::items);
        for tool in tools.unwrap_or_default().iter().filter_map(Node::table) {
            let stage = tool.entry("stage");
            let is_builder = |entry: &&Entry| entry.value.string() == Some("builder");
            if let Some(entry) = stage.filter(is_builder) {
                self.report(
                    entry,
                    "here: `static` has no builder, so the tool is unused",
                )
                .label(language, "the language");
            }
        }
        // Where stages name some of them, another rule speaks of the rest.
        if let Some(entry) = root.entry("secrets")
            && !names_secrets(self.subject.config)
        {
            self.report(entry, "here: no step of `static` could need it")
                .label(language, "the language");
        }
    }

    /// Keys that the planner of the language had no use for.
    fn of_plan(&mut self) {
        let (subject, root) = (self.subject, &self.subject.document.root);
        for problem in &subject.plan.problems {
            let ProblemKind::NoEffect { key, reason } = &problem.kind else {
                continue;
            };
            let Some((name, tables)) = key.split_last() else {
                continue;
            };
            let table = tables
                .iter()
                .try_fold(root, |table, name| table.node(name).and_then(Node::table));
            if let Some(entry) = table.and_then(|table| table.entry(name)) {
                self.report(entry, reason);
            }
        }
    }

    fn of_version(&mut self) {
        let root = &self.subject.document.root;
        let Some(entry) = root.entry("version") else {
            return;
        };
        let build = root.node("build").and_then(Node::table);
        let config = self.subject.config;
        let language = config.language.as_ref();
        let names_base = language.is_some_and(|it| version_names_base(it.value))
            && config.runtime.image.is_none();
        let image = build.and_then(|build| build.entry("image"));
        if language.is_some_and(|it| it.value == Language::Node) && needs_no_node(config) {
            self.report(entry, "here: bun installs, builds and runs the program");
        } else if let Some(image) = image.filter(|_| !names_base) {
            self.report(entry, "beside `build.image`, which names the builder")
                .label(image.key.span, "`image` is here");
        } else if let Some(language) = language.filter(|it| it.value == Language::Static) {
            self.report(entry, "here: `static` has no version")
                .label(language.span, "the language");
        }
    }

    /// Flags of the build, which a command of the user's has to give itself.
    fn beside_command(&mut self) {
        let language = self.subject.config.language.as_ref();
        let flags: &[&str] = match language.map(|it| it.value) {
            Some(Language::Go) => &["ldflags", "tags", "flags", "trimpath", "strip"],
            Some(Language::Rust | Language::Java | Language::Dotnet) => &["flags"],
            _ => &[],
        };
        let build = self
            .subject
            .document
            .root
            .node("build")
            .and_then(Node::table);
        let Some(build) = build else { return };
        let Some(command) = build.entry("command") else {
            return;
        };
        // Further binaries are built by docksmith, and these keys reach them.
        if build.entry("binaries").is_some() {
            return;
        }
        for name in flags {
            if let Some(entry) = build.entry(name) {
                self.report(entry, "beside `build.command`, which is run as it is")
                    .label(command.key.span, "`command` is here");
            }
        }
    }

    fn of_tools(&mut self) {
        let tools = self.subject.document.root.node("external_tools");
        let tools = tools.and_then(Node::items).unwrap_or_default();
        for tool in tools.iter().filter_map(Node::table) {
            let url = tool.node("url").and_then(Node::string);
            let (Some(url), Some(version)) = (url, tool.entry("version")) else {
                continue;
            };
            // A misspelt placeholder is the mistake then, and has a rule of its own.
            let placeholders = ["${os}", "${arch}", "${TARGETOS}", "${TARGETARCH}"];
            let known = placeholders
                .iter()
                .fold(url.to_owned(), |url, name| url.replace(name, ""));
            if !known.contains("${") {
                self.report(version, "here: the url has no `${version}`");
            }
        }
    }

    /// The old timing of a health check that the image does not have.
    fn of_checks(&mut self) {
        let plan = &self.subject.plan;
        let is_check = |it: &Instruction| matches!(it.kind, InstructionKind::Healthcheck(Some(_)));
        let last = plan.final_stage();
        if last.is_none_or(|stage| stage.instructions.iter().any(is_check)) {
            return;
        }
        let root = &self.subject.document.root;
        for name in ["runtime", "runtime_config"] {
            let table = root.node(name).and_then(Node::table);
            if let Some(entry) = table.and_then(|table| table.entry("healthcheck_opts")) {
                self.report(entry, "without a health check");
            }
        }
    }

    /// Options of `run` beside another verb.
    fn of_steps(&mut self) {
        for step in self.subject.steps() {
            let Some(table) = step.table() else { continue };
            let verb = ["copy", "add", "env", "workdir", "user", "arg", "shell"]
                .into_iter()
                .find(|verb| table.entry(verb).is_some());
            let Some(verb) = verb.filter(|_| table.entry("run").is_none()) else {
                continue;
            };
            for option in ["cache", "bind", "secret", "ssh", "network", "as"] {
                if let Some(entry) = table.entry(option) {
                    self.report(entry, &format!("beside `{verb}`: it belongs to `run`"));
                }
            }
        }
    }
}

/// The keys of `[build]` that a language has no use for, and whose they are.
fn unused(language: Language) -> Vec<(&'static str, &'static str)> {
    const WHOLE: &str = "the image gets the whole project";
    let of_go = ["ldflags", "tags", "cgo", "binaries", "trimpath", "strip"];
    let of_go = of_go.map(|name| (name, "it belongs to `go`"));
    let mut list = match language {
        Language::Go => return Vec::new(),
        _ => of_go.to_vec(),
    };
    match language {
        Language::Dotnet => list.push(("output", "what is published is a folder")),
        Language::Rust | Language::Java => {}
        _ => list.push(("flags", "it belongs to `go`, `rust`, `java` and `dotnet`")),
    }
    match language {
        Language::Node | Language::Bun => list.extend([("target", WHOLE), ("output", WHOLE)]),
        Language::Python | Language::Ruby | Language::Php | Language::Elixir => {
            list.push(("output", "no binary is built"));
        }
        Language::Deno => {
            list.extend([("output", WHOLE), ("no_cache", "no step has a cache")]);
        }
        _ => {}
    }
    list
}

/// Whether `version` names the default base of the final image, not the builder's alone.
fn version_names_base(language: Language) -> bool {
    !matches!(
        language,
        Language::Go | Language::Rust | Language::Elixir | Language::Static
    )
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::rules::tests::{check, check_with};

    #[test]
    fn nothing_counts_beside_a_dockerfile() {
        check_with(
            r#"
dockerfile = "Dockerfile"
language = "goo"
#^^^^^^^ warning: `language` has no effect beside `dockerfile`, which is used as it is
runtime.expoze = 8080
#^^^^^^ warning: `runtime` has no effect beside `dockerfile`, which is used as it is
"#,
            &[("Dockerfile", "FROM alpine:3.23\nUSER 1000:1000\n")],
        );
    }

    #[test]
    fn the_timing_of_a_check_needs_one() {
        check(
            r#"
runtime = "go"
start.command = "./server"
[runtime_config.healthcheck_opts]
#               ^^^^^^^^^^^^^^^^ warning: `healthcheck_opts` has no effect without a health check
interval = "7s"
"#,
        );
        check(
            r#"
runtime = "ruby"
start.command = "bundle exec puma"
[runtime_config.healthcheck_opts]
interval = "7s"
"#,
        );
    }

    #[test]
    fn a_command_of_its_own_takes_no_flags() {
        check(
            r#"
language = "go"
[build]
command = "go build -o /out/server ./cmd/server"
tags = ["netgo"]
#^^^ warning: `tags` has no effect beside `build.command`, which is run as it is
"#,
        );
    }

    #[test]
    fn a_version_needs_its_place_in_the_url() {
        check(
            r#"
language = "go"
[[external_tools]]
name = "x"
version = "1"
#^^^^^^ warning: `version` has no effect here: the url has no `${version}`
url = "https://example.com/x-1"
sha256 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
dst = "/usr/local/bin/x"
"#,
        );
    }

    #[test]
    fn static_files_are_not_built() {
        check(
            r#"
language = "static"
install.command = "npm ci"
#       ^^^^^^^ warning: `command` has no effect here: `static` builds nothing
secrets.npm.env = "NPM_TOKEN"
#^^^^^^ warning: `secrets` has no effect here: no step of `static` could need it
[build]
target = "dist"
packages = ["git"]
#^^^^^^^ warning: `packages` has no effect here: `static` builds nothing
"#,
        );
    }

    #[test]
    fn a_version_may_name_the_base_as_well() {
        check(
            r#"
language = "java"
version = "25"
build.image = "maven:3.9-eclipse-temurin-25"
"#,
        );
        check(
            r#"
language = "rust"
version = "1.90"
#^^^^^^ warning: `version` has no effect beside `build.image`, which names the builder
[build]
target = "server"
image = "rust:1.90-alpine"
"#,
        );
    }

    #[test]
    fn a_version_names_the_base_beside_an_image_of_the_builder() {
        check("language = \"node\"\nversion = \"20\"\nbuild.image = \"node:20-slim\"\n");
        check(
            r#"
language = "node"
version = "20"
#^^^^^^ warning: `version` has no effect beside `build.image`, which names the builder
build.image = "node:20-slim"
runtime.image = "node:20-slim"
"#,
        );
    }

    #[test]
    fn flags_beside_a_command_are_lost_in_every_language() {
        check(
            r#"
language = "rust"
[build]
command = "cargo build --release --bin app"
flags = ["--offline"]
#^^^^ warning: `flags` has no effect beside `build.command`, which is run as it is
"#,
        );
    }

    #[test]
    fn a_version_of_node_needs_something_that_runs_on_it() {
        check(
            r#"
language = "node"
version = "20"
#^^^^^^ warning: `version` has no effect here: bun installs, builds and runs the program
package_manager = "bun"
runtime.cmd = ["bun", "server.ts"]
"#,
        );
        check(
            "language = \"node\"\nversion = \"20\"\npackage_manager = \"bun\"\nruntime.cmd = [\"node\", \"server.js\"]\n",
        );
    }

    #[test]
    fn scripts_have_no_binary() {
        check(
            r#"
language = "node"
[build]
target = "src"
#^^^^^ warning: `target` has no effect here: the image gets the whole project
flags = ["-v"]
#^^^^ warning: `flags` has no effect here: it belongs to `go`, `rust`, `java` and `dotnet`
"#,
        );
    }

    #[test]
    fn the_environment_counts_beside_a_command() {
        check(
            r#"
language = "go"
[build]
command = "go build -o /out/server ./cmd/server"
env = { GOFLAGS = "-mod=vendor" }
"#,
        );
    }

    #[test]
    fn python_builds_no_binary() {
        check_with(
            r#"
language = "python"
version = "3.13"
#^^^^^^ warning: `version` has no effect beside `runtime.image`, which names it
runtime.image = "python:3.12-slim"
runtime.cmd = ["app"]
[build]
target = "web"
#^^^^^ warning: `target` has no effect here: the sources are copied whole
output = "/app/web"
#^^^^^ warning: `output` has no effect here: no binary is built
strip = false
#^^^^ warning: `strip` has no effect here: it belongs to `go`
args = { VERSION = "dev" }
#^^^ warning: `args` has no effect without `build.command`
"#,
            &[("requirements.txt", "flask\n")],
        );
    }

    #[test]
    fn php_builds_nothing() {
        check_with(
            r#"
language = "php"
[build]
command = "make"
#^^^^^^ warning: `command` has no effect here: nothing is built
no_cache = true
#^^^^^^^ warning: `no_cache` has no effect here: there is no `composer.json`
[runtime]
image = "php:8.3-fpm-alpine"
"#,
            &[("index.php", "<?php\n")],
        );
    }

    #[test]
    fn an_interpreter_of_another_builder_keeps_its_version() {
        check_with(
            r#"
language = "ruby"
version = "3.4"
build.image = "ruby:3.4"
runtime.cmd = ["puma"]
"#,
            &[("Gemfile", ""), ("Gemfile.lock", "")],
        );
    }

    /// Every key of `[build]`, `[install]` and the top level that says how something is built.
    const KEYS: [&str; 21] = [
        "version = \"9\"",
        "package_manager = \"uv\"",
        "build.target = \"web\"",
        "build.output = \"/app/web\"",
        "build.command = \"make\"",
        "build.ldflags = [\"-X main.a=b\"]",
        "build.strip = false",
        "build.args = { A = \"1\" }",
        "build.tags = [\"netgo\"]",
        "build.flags = [\"-v\"]",
        "build.trimpath = false",
        "build.cgo = true",
        "build.env = { A = \"1\" }",
        "build.image = \"debian:bookworm-slim\"",
        "build.packages = [\"curl\"]",
        "build.no_cache = true",
        "build.steps = [\"RUN make\"]",
        "build.copy = [{ src = \"a\", dst = \"b\" }]",
        "build.binaries = [{ name = \"a\", path = \"./a\" }]",
        "install.command = \"make deps\"",
        "secrets.token = { env = \"TOKEN\" }",
    ];

    #[test]
    fn every_key_changes_the_text_or_is_reported() {
        let files = [
            "requirements.txt",
            "Gemfile",
            "Gemfile.lock",
            "composer.json",
            "mix.exs",
            "a",
        ];
        let context = Files::new(files.map(|name| (name, "")));
        for language in ["python", "ruby", "php", "elixir"] {
            let base = format!("language = \"{language}\"\nruntime.cmd = [\"web\"]\n");
            let text = |toml: &str| {
                analyze(toml, &context)
                    .dockerfile()
                    .cloned()
                    .map(|it| it.text)
            };
            for key in KEYS {
                let toml = format!("{base}{key}\n");
                let reported = analyze(&toml, &context)
                    .diagnostics
                    .iter()
                    .any(|it| it.rule == "no-effect");
                assert!(
                    reported != (text(&toml) != text(&base)),
                    "{language}: {key} is reported: {reported}"
                );
            }
        }
    }
}
