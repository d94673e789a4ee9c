//! What the server answers at a cursor, over real pipes and with a real folder around the document.
//!
//! `tests/cursor/<feature>.txt` holds the cases of a feature:
//!
//! ```text
//! === a title
//! @choose builder
//! a document with <|> for the cursor
//! --- answer
//! what is answered, as `render` writes it
//! --- broken
//! what is answered instead while another part of the document is being typed
//! ```
//!
//! Each case is asked four times: as it is, below a half-typed line, above an open list and above an open string. The
//! answer must be the same, but for the lines' numbers, unless `broken` says what it is then (`broken line`, `broken list`
//! and `broken string`, where those differ). `UPDATE_EXPECT=1` rewrites the answers; read the diff.
//!
//! Lines that begin with `@` say more:
//!
//! | line | meaning |
//! |---|---|
//! | `@crlf` | the lines of the document end in a carriage return and a line feed |
//! | `@project` | the document begins with `tests/cursor/project.toml` |
//! | `@cursor x<\|>y` | the cursor is in the first `xy` of the document |
//! | `@choose LABEL` | apply the item or action of this name, and show the lines that change |
//! | `@name NAME` | the new name |
//! | `@only KIND` | the kind of code actions that are wanted |
//! | `@query WORDS` | what is searched for |

mod fixture;
mod render;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::thread;

use serde_json::{Value, json};

use crate::support::editor::Editor;
use crate::support::features::able_client;
use crate::support::places::{self, Columns};
use fixture::{Case, Fixture, Variant};
use render::Page;

/// Where the cases lie.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cursor")
}

/// What lies around the document.
const CONTEXT: [(&str, &str); 13] = [
    (".dockerignore", "secret\n*.log\n"),
    ("go.mod", "module example.com/app\n\ngo 1.26\n"),
    ("cmd/server/main.go", "package main\n"),
    ("cmd/worker/main.go", "package main\n"),
    ("entrypoint.sh", "#!/bin/sh\nexec \"$@\"\n"),
    (
        "Dockerfile.overlay",
        "COPY --from=web /web/dist /app/web/\nLABEL overlay=\"é\"\n",
    ),
    ("migrations/1.sql", ""),
    ("migrations/2.sql", ""),
    ("sql/schema.sql", ""),
    ("sql/é.sql", ""),
    ("secret", ""),
    ("web/package.json", "{}\n"),
    ("debug.log", ""),
];

/// The request of each feature, and the capability that announces it.
const REQUESTS: [(&str, &str, &str); 20] = [
    (
        "completion",
        "completionProvider",
        "textDocument/completion",
    ),
    ("hover", "hoverProvider", "textDocument/hover"),
    (
        "definition",
        "definitionProvider",
        "textDocument/definition",
    ),
    (
        "references",
        "referencesProvider",
        "textDocument/references",
    ),
    (
        "highlight",
        "documentHighlightProvider",
        "textDocument/documentHighlight",
    ),
    (
        "prepare_rename",
        "renameProvider",
        "textDocument/prepareRename",
    ),
    ("rename", "renameProvider", "textDocument/rename"),
    (
        "code_actions",
        "codeActionProvider",
        "textDocument/codeAction",
    ),
    (
        "symbols",
        "documentSymbolProvider",
        "textDocument/documentSymbol",
    ),
    (
        "workspace_symbols",
        "workspaceSymbolProvider",
        "workspace/symbol",
    ),
    (
        "folding",
        "foldingRangeProvider",
        "textDocument/foldingRange",
    ),
    (
        "selection",
        "selectionRangeProvider",
        "textDocument/selectionRange",
    ),
    (
        "tokens",
        "semanticTokensProvider",
        "textDocument/semanticTokens/full",
    ),
    ("links", "documentLinkProvider", "textDocument/documentLink"),
    ("lenses", "codeLensProvider", "textDocument/codeLens"),
    ("hints", "inlayHintProvider", "textDocument/inlayHint"),
    (
        "formatting",
        "documentFormattingProvider",
        "textDocument/formatting",
    ),
    ("diagnostics", "textDocumentSync", ""),
    (
        "preview",
        "executeCommandProvider",
        "workspace/executeCommand",
    ),
    ("snippets", "completionProvider", "textDocument/completion"),
];

/// One server with its folder.
struct Asked {
    editor: Editor,
    capabilities: Value,
    folder: tempfile::TempDir,
    version: i64,
}

impl Asked {
    /// Starts a server; one whose client expands snippets, or not.
    fn new(snippets: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in CONTEXT {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        let mut client = able_client();
        client["textDocument"]["completion"]["completionItem"]["snippetSupport"] = json!(snippets);
        client["workspace"]["configuration"] = json!(false);
        let uri = format!("file://{}", folder.path().display());
        let (editor, answer) = Editor::with(json!({
            "capabilities": client,
            "workspaceFolders": [{ "uri": uri, "name": "app" }],
            "initializationOptions": {
                "inlayHints": { "enable": true },
                "codeLens": { "enable": true },
                "previewNotifications": true,
            },
        }));
        Self {
            editor,
            capabilities: answer["result"]["capabilities"].clone(),
            folder,
            version: 0,
        }
    }

    fn uri(&self) -> String {
        format!("file://{}/docksmith.toml", self.folder.path().display())
    }

    fn page<'a>(&'a self, fixture: &'a Fixture) -> Page<'a> {
        Page {
            uri: self.uri(),
            folder: self.folder.path(),
            text: &fixture.text,
            before: fixture.lines_before,
            own: fixture.own_lines,
            cursor: fixture.cursor,
            capabilities: &self.capabilities,
        }
    }

    /// What is answered to a case, written down.
    fn answer(&mut self, feature: &str, case: &Case, variant: Variant) -> String {
        let fixture = case.fixture(variant);
        let uri = self.uri();
        self.version += 1;
        // What was there before must not help.
        let close = json!({ "textDocument": { "uri": uri } });
        self.editor.notify("textDocument/didClose", close);
        self.editor.write(&crate::support::editor::open(
            &uri,
            self.version,
            &fixture.text,
        ));
        let version = self.version;
        let diagnostics = self.editor.last_published(&uri, version);
        let page = self.page(&fixture);
        if feature == "diagnostics" {
            return render::diagnostics(&page, &diagnostics);
        }
        let params = parameters(&page, case, &diagnostics);
        let method = REQUESTS.iter().find(|(name, ..)| *name == feature);
        let (_, _, method) = method.expect("a known feature");
        let answer = self.editor.request(method, params);
        let error = &answer["error"];
        if !error.is_null() {
            assert_ne!(error["code"], -32603, "{}: {error}", case.title);
            let message = error["message"].as_str().unwrap_or_default();
            return format!("refused: {message}\n");
        }
        let mut result = answer["result"].clone();
        if let Some(label) = case.option("choose") {
            result = self.chosen(feature, &result, label);
        }
        let page = self.page(&fixture);
        render::answer(&page, feature, &result, case.option("choose").is_some())
    }

    /// The item or action of this name, resolved if it has nothing to apply.
    fn chosen(&mut self, feature: &str, result: &Value, name: &str) -> Value {
        let items = result.get("items").unwrap_or(result).as_array().cloned();
        let items = items.unwrap_or_default();
        let item = items
            .iter()
            .find(|it| it["label"] == name || it["title"] == name);
        let Some(item) = item else { return Value::Null };
        let lacks_edit = item["edit"].is_null() && item["command"].is_null();
        if feature == "code_actions" && lacks_edit && !item["data"].is_null() {
            let answer = self.editor.request("codeAction/resolve", item.clone());
            return answer["result"].clone();
        }
        item.clone()
    }
}

fn parameters(page: &Page<'_>, case: &Case, diagnostics: &Value) -> Value {
    let (start, end) = page.cursor;
    let position = places::position(page.text, end, Columns::Utf16);
    let selection = places::range(page.text, (start, end), Columns::Utf16);
    let here = diagnostics.as_array().into_iter().flatten().filter(|it| {
        let span = places::span(page.text, &it["range"], Columns::Utf16);
        span.is_ok_and(|(from, to)| from <= end && start <= to)
    });
    let here: Vec<&Value> = here.collect();
    let mut context = json!({ "includeDeclaration": true, "diagnostics": here, "triggerKind": 1 });
    if let Some(kind) = case.option("only") {
        context["only"] = json!([kind]);
    }
    let whole = places::range(page.text, (0, page.text.len()), Columns::Utf16);
    json!({
        "textDocument": { "uri": page.uri },
        "position": position,
        "positions": [position],
        "range": if case.is_about_all() { whole } else { selection },
        "context": context,
        "options": { "tabSize": 2, "insertSpaces": true },
        "newName": case.option("name").unwrap_or("renamed"),
        "query": case.option("query").unwrap_or_default(),
        "command": "docksmith.previewDockerfile",
        "arguments": [page.uri],
    })
}

/// Asks all cases of a file; gives their number and what is wrong, or writes the answers into the file.
fn check(path: &Path) -> (usize, String) {
    let feature = path
        .file_stem()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    let text = std::fs::read_to_string(path).expect("a fixture");
    let (head, mut cases) = fixture::parse(&text);
    let mut asked = Asked::new(feature == "snippets");
    let known = REQUESTS.iter().find(|(name, ..)| *name == feature);
    let Some((_, capability, _)) = known else {
        return (0, format!("{feature}: there is no such feature\n"));
    };
    let is_announced = !asked.capabilities[capability].is_null();
    if !is_announced {
        return (0, format!("{feature}: `{capability}` is not announced\n"));
    }
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut failures = String::new();
    for case in &mut cases {
        let answers = Variant::ALL.map(|variant| asked.answer(&feature, case, variant));
        if update {
            case.take(&feature, &answers);
            continue;
        }
        for (variant, found) in Variant::ALL.into_iter().zip(&answers) {
            let expected = case.expected(&feature, variant);
            if expected != fixture::trimmed(found) {
                let _ = write!(
                    failures,
                    "{feature}: {} ({})\n--- expected\n{expected}--- found\n{found}\n",
                    case.title,
                    variant.name(),
                );
            }
        }
    }
    if update {
        std::fs::write(path, fixture::written(&head, &cases)).expect("the file can be written");
    }
    asked.editor.received();
    let Asked { editor, .. } = asked;
    editor.end();
    (cases.len(), failures)
}

#[test]
fn every_answer_is_as_written() {
    let mut files: Vec<PathBuf> = folder()
        .read_dir()
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|it| it == "txt"))
        .collect();
    files.sort();
    let results: Vec<(usize, String)> = thread::scope(|scope| {
        let running: Vec<_> = files
            .iter()
            .map(|path| scope.spawn(|| check(path)))
            .collect();
        running
            .into_iter()
            .map(|it| it.join().expect("no panic"))
            .collect()
    });
    let failures: String = results
        .iter()
        .map(|(_, failures)| failures.as_str())
        .collect();
    assert!(failures.is_empty(), "{failures}");
    let count: usize = results.iter().map(|(count, _)| count).sum();
    assert!(count >= 250, "only {count} cases");
}
