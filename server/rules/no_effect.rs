//! `no-effect`.

use crate::config::Language;
use crate::diagnostic::{Diagnostic, Fix};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::removal::removal;
use crate::syntax::{Entry, Node};

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
    "no-effect", Warning, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut rule = NoEffect { subject, findings };
    if let Some(entry) = subject.document.root.entry("dockerfile") {
        rule.beside_dockerfile(entry);
        return;
    }
    rule.of_language();
    rule.of_version();
    rule.beside_command();
    rule.of_tools();
    rule.of_steps();
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
        if language.value == Language::Go {
            return;
        }
        let Some(build) = root.node("build").and_then(Node::table) else {
            return;
        };
        for name in ["ldflags", "tags", "cgo", "binaries"] {
            if let Some(entry) = build.entry(name) {
                self.report(entry, "here: it belongs to `go`")
                    .label(language.span, "the language");
            }
        }
    }

    fn of_version(&mut self) {
        let root = &self.subject.document.root;
        let Some(entry) = root.entry("version") else {
            return;
        };
        let build = root.node("build").and_then(Node::table);
        let language = self.subject.config.language.as_ref();
        if let Some(image) = build.and_then(|build| build.entry("image")) {
            self.report(entry, "beside `build.image`, which names the builder")
                .label(image.key.span, "`image` is here");
        } else if let Some(language) = language.filter(|it| it.value == Language::Static) {
            self.report(entry, "here: `static` has no version")
                .label(language.span, "the language");
        }
    }

    /// Go's own flags, which a command of the user's has to give itself.
    fn beside_command(&mut self) {
        let is_go = self
            .subject
            .config
            .language
            .as_ref()
            .is_some_and(|language| language.value == Language::Go);
        let build = self
            .subject
            .document
            .root
            .node("build")
            .and_then(Node::table);
        let Some(build) = build.filter(|_| is_go) else {
            return;
        };
        let Some(command) = build.entry("command") else {
            return;
        };
        // Further binaries are built by docksmith, and these keys reach them.
        if build.entry("binaries").is_some() {
            return;
        }
        for name in ["ldflags", "tags", "flags", "trimpath", "strip"] {
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

#[cfg(test)]
mod tests {
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
}
