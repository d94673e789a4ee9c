//! Whole documents to begin with.

use super::{CompletionItem, CompletionKind, Page, Request};
use crate::text::Span;

/// A Go program with the defaults.
const SIMPLE: &str = r#"language = "go"

[build]
target = "./cmd/server"

[runtime]
expose = 8080
"#;

/// A Go program with a tool, files, a user and a health check.
const COMPOSITE: &str = r#"language = "go"

[build]
target  = "./cmd/server"
output  = "/app/main"
args    = { VERSION = "dev" }
ldflags = ["-X main.version=${VERSION}"]

[[build.binaries]]
name      = "agent"
path      = "./cmd/agent"
platforms = ["linux/amd64", "linux/arm64"]
dst       = "/app/bin/"

[runtime]
image      = "alpine:3.21"
packages   = ["ca-certificates", "tzdata"]
user       = { name = "app", uid = 10001 }
expose     = 8080
entrypoint = "entrypoint.sh"
cmd        = ["/app/main"]

[runtime.healthcheck]
cmd          = ["/app/main", "health"]
start_period = "30s"

[runtime.env]
SERVER_PORT = "8080"

[[runtime.copy]]
src   = ["sql", "migrations"]
dst   = "/app/"
chown = "app:app"
"#;

/// Every starting point: its label, what it is, its text.
const ALL: [(&str, &str, &str); 2] = [
    (
        "language = \"go\" (simple)",
        "a Go program with the defaults",
        SIMPLE,
    ),
    (
        "language = \"go\" (composite)",
        "a Go program with a second binary, files, a user and a health check",
        COMPOSITE,
    ),
];

/// Whether a document has nothing but what is typed at `span`.
pub(super) fn fit(at: &Request<'_>, span: Span) -> bool {
    let entries = &at.analysis.document.root.entries;
    entries.iter().all(|entry| entry.key.span == span)
}

/// The starting points.
pub(super) fn items(span: Span) -> Vec<CompletionItem> {
    let items = ALL.iter().map(|(label, detail, text)| CompletionItem {
        label: (*label).to_owned(),
        kind: CompletionKind::Snippet,
        detail: (*detail).to_owned(),
        note: String::new(),
        page: Page::Text(format!("```toml\n{text}```")),
        span,
        text: (*text).to_owned(),
        filter: (*label).to_owned(),
    });
    items.collect()
}

#[cfg(test)]
mod tests {
    use super::ALL;
    use crate::analysis::analyze;
    use crate::context::NoContext;

    #[test]
    fn every_starting_point_is_sound() {
        for (label, _, text) in ALL {
            let analysis = analyze(text, &NoContext::default());
            assert!(
                !analysis.has_errors(),
                "{label}: {:?}",
                analysis.diagnostics
            );
            let dockerfile = analysis.dockerfile().expect("a Dockerfile");
            assert!(dockerfile.text.contains("/server"), "{label}");
        }
    }
}
