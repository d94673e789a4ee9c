//! Fixtures: documents with `<|>` for the cursor.

use crate::analysis::{Analysis, analyze};
use crate::context::Files;

/// The text of a fixture and the offset of its cursor.
pub(super) fn split(fixture: &str) -> (String, u32) {
    let (before, after) = fixture.split_once("<|>").expect("a cursor");
    let offset = u32::try_from(before.len()).expect("the text is short");
    (format!("{before}{after}"), offset)
}

/// The analysis of a fixture and the offset of its cursor.
pub(super) fn fixture(fixture: &str) -> (Analysis, u32) {
    let (text, offset) = split(fixture);
    (analyze(&text, &project()), offset)
}

/// Every prefix of a text that ends in a whole character.
fn prefixes(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices().filter_map(|(at, _)| text.get(..at))
}

#[test]
fn every_feature_answers_while_a_document_is_typed() {
    let steps = "steps = [\"COPY --from=web é\", { run = \"x\", secret = [\"netrc\"] }] # docksmith: ignore[é]";
    let text = format!("{PROJECT}{steps}");
    let context = project();
    for prefix in prefixes(&text).step_by(3) {
        let analysis = analyze(prefix, &context);
        let end = u32::try_from(prefix.len()).expect("the text is short");
        for offset in [end, end / 2] {
            super::hover::hover(&analysis, None, &context, offset);
            super::definition::definition(&analysis, &context, offset);
            super::references::references(&analysis, offset);
            for edit in
                super::rename::rename(&analysis, &context, offset, "other").unwrap_or_default()
            {
                assert!(prefix.get(edit.span.range()).is_some(), "{edit:?}");
            }
            for item in super::completion::completion(&analysis, None, &context, offset).items {
                assert!(prefix.get(item.span.range()).is_some(), "{item:?}");
            }
        }
        super::symbols::symbols(&analysis);
        super::preview::preview(&analysis);
    }
}

/// A small project.
pub(super) fn project() -> Files {
    Files::new([
        (".dockerignore", "secret\n*.log\n"),
        ("go.mod", "module example.com/app\n"),
        ("cmd/server/main.go", "package main\n"),
        ("cmd/worker/main.go", "package main\n"),
        ("entrypoint.sh", "#!/bin/sh\nexec \"$@\"\n"),
        ("migrations/1.sql", ""),
        ("secret", ""),
        ("sql/schema.sql", ""),
        ("sql/é.sql", ""),
    ])
}

/// A document in which everything that has a name is there.
pub(super) const PROJECT: &str = r#"language = "go"
secrets.netrc = { target = "/root/.netrc" }

[build]
target = "./cmd/server"

[[build.binaries]]
name = "agent"
path = "./cmd/worker"
platforms = ["linux/amd64"]

[[stages]]
name = "web"
from = "node:22-alpine"
workdir = "/web"
steps = ["RUN npm ci"]

[[external_tools]]
name = "atlas"
url = "https://example.com/atlas-${arch}"
sha256 = { amd64 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88", arm64 = "b76308f558d50d006add507f3ab86afc1147644519dd327f7f5fac6d02d4f595" }
dst = "/app/bin/atlas"

[runtime]
image = "alpine:3.21"
user = { name = "app", uid = 10001 }
"#;
