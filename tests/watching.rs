//! Files around the open documents that come, go and change behind the editor's back.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::editor::{Editor, framed};

const PUBLISH: &str = "textDocument/publishDiagnostics";
const TEXT: &str = "language = \"go\"\nruntime.copy = [{ src = \"é/a b\", dst = \"/x/\" }]\n";

/// A folder with a document, and the uri of the folder.
fn place() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("docksmith.toml"), TEXT).expect("a file");
    let uri = format!("file://{}", folder.path().display());
    (folder, uri)
}

fn create(folder: &Path) {
    std::fs::create_dir_all(folder.join("é")).expect("a folder");
    std::fs::write(folder.join("é/a b"), "").expect("a file");
}

fn says_missing(diagnostics: &Value) -> bool {
    let list = diagnostics.as_array().expect("a list");
    list.iter().any(|it| it["code"] == "copy-source-missing")
}

/// Waits for the next findings; says whether the copied file is missing.
fn is_missing(editor: &mut Editor) -> bool {
    says_missing(&editor.receive_method(PUBLISH)["params"]["diagnostics"])
}

fn hover(editor: &mut Editor, uri: &str) {
    let place =
        json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 0 } });
    editor.request("textDocument/hover", place);
}

/// Answers the next request to register or unregister; gives what is registered.
fn registered(editor: &mut Editor) -> Value {
    let asked = editor.receive(|it| it.get("method").is_some() && it.get("id").is_some());
    let answer = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": null });
    editor.write(&framed(&answer.to_string()));
    asked["params"].clone()
}

fn watching(relative: bool) -> Editor {
    let watched = json!({ "dynamicRegistration": true, "relativePatternSupport": relative });
    let (mut editor, _) = Editor::with(json!({
        "capabilities": { "workspace": { "didChangeWatchedFiles": watched } },
    }));
    registered(&mut editor);
    editor
}

#[test]
fn a_client_that_watches_nothing_is_told_at_its_next_request() {
    let (folder, root) = place();
    let uri = format!("{root}/docksmith.toml");
    let mut editor = Editor::for_tests();
    editor.open(&uri, TEXT);
    assert!(is_missing(&mut editor));
    for missing in [false, true] {
        if missing {
            std::fs::remove_file(folder.path().join("é/a b")).expect("it is there");
        } else {
            create(folder.path());
        }
        std::thread::sleep(Duration::from_millis(1100));
        hover(&mut editor, &uri);
        assert_eq!(is_missing(&mut editor), missing);
    }
    // As long as the files are as they were, nothing is said.
    std::thread::sleep(Duration::from_millis(1100));
    hover(&mut editor, &uri);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(editor.all_unread(), Vec::<Value>::new());
    editor.end();
}

#[test]
fn a_client_that_asks_again_gets_what_holds_now() {
    let (folder, root) = place();
    let uri = format!("{root}/docksmith.toml");
    let (mut editor, _) =
        Editor::with(json!({ "capabilities": { "textDocument": { "diagnostic": {} } } }));
    editor.open(&uri, TEXT);
    let missing = |editor: &mut Editor| {
        let params = json!({ "textDocument": { "uri": uri } });
        let answer = editor.request("textDocument/diagnostic", params);
        says_missing(&answer["result"]["items"])
    };
    assert!(missing(&mut editor));
    create(folder.path());
    assert!(!missing(&mut editor));
    std::fs::remove_dir_all(folder.path().join("é")).expect("it is there");
    assert!(missing(&mut editor));
    editor.end();
}

#[test]
fn exactly_what_was_looked_at_is_watched() {
    let (folder, root) = place();
    let uri = format!("{root}/docksmith.toml");
    for relative in [true, false] {
        let mut editor = watching(relative);
        editor.open(&uri, TEXT);
        assert!(is_missing(&mut editor));
        let watchers =
            registered(&mut editor)["registrations"][0]["registerOptions"]["watchers"].clone();
        let watched = |path: &str| {
            let pattern = if relative {
                json!({ "baseUri": root, "pattern": path })
            } else {
                json!(format!("{}/{path}", folder.path().display()))
            };
            let watchers = watchers.as_array().expect("a list");
            watchers.iter().any(|it| it["globPattern"] == pattern)
        };
        for path in ["é/a b", "é", ".dockerignore"] {
            assert!(watched(path), "{path}: {watchers}");
        }
        assert!(!watchers.to_string().contains("**"), "{watchers}");
        editor.notify(
            "textDocument/didClose",
            json!({ "textDocument": { "uri": uri } }),
        );
        let gone = registered(&mut editor)["unregisterations"].clone();
        assert_eq!(gone[0]["id"], "docksmith-around-1", "{gone}");
        editor.end();
    }
}

#[test]
fn hundreds_of_events_are_one_look() {
    let (folder, root) = place();
    let uri = format!("{root}/docksmith.toml");
    let mut editor = watching(true);
    editor.open(&uri, TEXT);
    assert!(is_missing(&mut editor));
    registered(&mut editor);
    create(folder.path());
    for _ in 0..300 {
        let event = json!({ "uri": format!("{root}/%C3%A9/a%20b"), "type": 1 });
        editor.notify(
            "workspace/didChangeWatchedFiles",
            json!({ "changes": [event] }),
        );
    }
    assert!(!is_missing(&mut editor));
    std::thread::sleep(Duration::from_millis(700));
    // An answer does not wait for the others.
    std::fs::remove_file(folder.path().join("é/a b")).expect("it is there");
    editor.notify(
        "workspace/didChangeWatchedFiles",
        json!({ "changes": [{ "uri": format!("{root}/x"), "type": 3 }] }),
    );
    let command = json!({ "command": "docksmith.previewDockerfile", "arguments": [uri] });
    let preview = editor.request("workspace/executeCommand", command);
    assert!(says_missing(&preview["result"]["diagnostics"]), "{preview}");
    let unread = editor.all_unread();
    let more = unread.iter().filter(|it| it["method"] == PUBLISH).count();
    assert!(more <= 2, "{more}");
    editor.end();
}
