//! Whole documents to begin with.

use super::snippets::plain;
use super::{CompletionItem, CompletionKind, Page, Request};
use crate::text::Span;

/// A whole document.
struct StartingPoint {
    label: &'static str,
    detail: &'static str,
    /// Its text, with the places that everyone fills in anew.
    snippet: &'static str,
}

/// Every starting point, one for each language and a long one.
const ALL: [StartingPoint; 13] = [
    StartingPoint {
        label: "language = \"go\" (simple)",
        detail: "a Go program with the defaults",
        snippet: r#"language = "go"

[build]
target = "${1:./cmd/server}"

[runtime]
expose = ${2:8080}
$0"#,
    },
    StartingPoint {
        label: "language = \"go\" (composite)",
        detail: "a Go program with a second binary, files, a user and a health check",
        snippet: r#"language = "go"

[build]
target  = "${1:./cmd/server}"
output  = "/app/main"
args    = { VERSION = "dev" }
ldflags = ["-X main.version=\${VERSION\}"]

[[build.binaries]]
name      = "${2:agent}"
path      = "./cmd/${2:agent}"
platforms = ["linux/amd64", "linux/arm64"]
dst       = "/app/bin/"

[runtime]
image      = "alpine:3.21"
packages   = ["ca-certificates", "tzdata"]
user       = { name = "app", uid = 10001 }
expose     = ${3:8080}
entrypoint = "${4:entrypoint.sh}"
cmd        = ["/app/main"]

[runtime.healthcheck]
cmd          = ["/app/main", "health"]
start_period = "30s"

[runtime.env]
SERVER_PORT = "${3:8080}"

[[runtime.copy]]
src   = ["sql", "migrations"]
dst   = "/app/"
chown = "app:app"
$0"#,
    },
    StartingPoint {
        label: "language = \"node\"",
        detail: "a Node.js program",
        snippet: r#"language = "node"
package_manager = "${1|npm,pnpm,yarn,bun|}"

[runtime]
expose = ${2:3000}
cmd = ["node", "${3:server.js}"]
$0"#,
    },
    StartingPoint {
        label: "language = \"python\"",
        detail: "a Python program",
        snippet: r#"language = "python"
package_manager = "${1|pip,uv,poetry,pdm,pipenv|}"

[runtime]
expose = ${2:8000}
cmd = ["python", "-m", "${3:app}"]
$0"#,
    },
    StartingPoint {
        label: "language = \"php\"",
        detail: "a PHP site",
        snippet: r#"language = "php"

[runtime]
expose = ${1:8080}
$0"#,
    },
    StartingPoint {
        label: "language = \"java\"",
        detail: "a Java program",
        snippet: r#"language = "java"
version = "${1:21}"

[runtime]
expose = ${2:8080}
$0"#,
    },
    StartingPoint {
        label: "language = \"dotnet\"",
        detail: "a .NET program",
        snippet: r#"language = "dotnet"

[runtime]
expose = ${1:8080}
cmd = ["dotnet", "${2:App}.dll"]
$0"#,
    },
    StartingPoint {
        label: "language = \"rust\"",
        detail: "a Rust program",
        snippet: r#"language = "rust"

[build]
target = "${1:server}"

[runtime]
expose = ${2:8080}
$0"#,
    },
    StartingPoint {
        label: "language = \"ruby\"",
        detail: "a Ruby program",
        snippet: r#"language = "ruby"

[runtime]
expose = ${1:3000}
cmd = ["bundle", "exec", "${2:puma}"]
$0"#,
    },
    StartingPoint {
        label: "language = \"elixir\"",
        detail: "an Elixir release",
        snippet: r#"language = "elixir"

[runtime]
expose = ${1:4000}
cmd = ["/app/bin/${2:app}", "start"]
$0"#,
    },
    StartingPoint {
        label: "language = \"deno\"",
        detail: "a Deno program",
        snippet: r#"language = "deno"

[runtime]
expose = ${1:8000}
cmd = ["deno", "run", "--allow-net", "${2:main.ts}"]
$0"#,
    },
    StartingPoint {
        label: "language = \"bun\"",
        detail: "a Bun program",
        snippet: r#"language = "bun"

[runtime]
expose = ${1:3000}
cmd = ["bun", "run", "${2:index.ts}"]
$0"#,
    },
    StartingPoint {
        label: "language = \"static\"",
        detail: "files for a web server",
        snippet: r#"language = "static"

[runtime]
expose = ${1:8080}
$0"#,
    },
];

/// Whether a document has nothing but what is typed at `span`.
pub(super) fn fit(at: &Request<'_>, span: Span) -> bool {
    let entries = &at.analysis.document.root.entries;
    entries.iter().all(|entry| entry.key.span == span)
}

/// The starting points.
pub(super) fn items(span: Span) -> Vec<CompletionItem> {
    let items = ALL.iter().map(|it| {
        let text = plain(it.snippet);
        CompletionItem {
            label: it.label.to_owned(),
            kind: CompletionKind::Snippet,
            detail: it.detail.to_owned(),
            note: String::new(),
            page: Page::Text(format!("```toml\n{text}```")),
            span,
            rest_can_stay: false,
            text,
            snippet: Some(it.snippet.to_owned()),
            whole: None,
            filter: it.label.to_owned(),
        }
    });
    items.collect()
}

#[cfg(test)]
mod tests {
    use super::{ALL, plain};
    use crate::analysis::analyze;
    use crate::config::docs;
    use crate::context::NoContext;
    use crate::syntax::Step;

    #[test]
    fn every_starting_point_is_sound() {
        for start in &ALL {
            let text = plain(start.snippet);
            let analysis = analyze(&text, &NoContext::default());
            let said = &analysis.diagnostics;
            assert!(!analysis.has_errors(), "{}: {said:?}", start.label);
            assert!(analysis.dockerfile().is_some(), "{}", start.label);
            assert!(!text.contains("${1") && text.ends_with('\n'), "{text}");
        }
    }

    #[test]
    fn every_language_has_one() {
        for language in docs::values(&[Step::Key("language".to_owned())]) {
            let begins = format!("language = {}", language.text);
            let found = ALL.iter().any(|it| it.label.starts_with(&begins));
            assert!(found, "{begins}");
        }
    }
}
