//! Uris that clients do not encode as they should.

use serde_json::{Value, json};

use crate::support::editor::{Editor, change, part};

const PUBLISH: &str = "textDocument/publishDiagnostics";
const TEXT: &str = "language = \"go\"\nruntime.copy = [{ src = \"x\", dst = \"/x/\" }]\n\
                    [[stages]]\nname = \"é\"\nfrom = \"scratch\"\n[[stages]]\nname = \"b\"\nfrom = \"é\"\n";

#[test]
fn a_uri_is_spelled_as_the_client_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("é [1] 100%");
    std::fs::create_dir(&place).expect("a folder");
    let uri = format!("file://{}/docksmith.toml", place.display());
    let (mut editor, _) = Editor::with(json!({
        "capabilities": {},
        "initializationOptions": { "testing": true, "codeLens": { "enable": true } },
        "rootUri": format!("file://{}", place.display()),
    }));
    editor.open(&uri, TEXT);
    let told = editor.receive_method(PUBLISH);
    assert_eq!(told["params"]["uri"], *uri);
    // The disk was looked at, so the path is the right one.
    let told = told["params"]["diagnostics"].to_string();
    assert!(told.contains("copy-source-missing"), "{told}");
    editor.write(&change(&uri, 2, json!([part((0, 0), (0, 0), "#\n")])));
    let position = json!({ "line": 8, "character": 8 });
    let at = |position: &Value| json!({ "textDocument": { "uri": uri }, "position": position });
    assert_eq!(editor.text_and_version(&uri).1, 2);
    let answer = editor.request("textDocument/definition", at(&position));
    assert_eq!(answer["result"]["uri"], *uri, "{answer}");
    let mut renaming = at(&position);
    renaming["newName"] = json!("web");
    let answer = editor.request("textDocument/rename", renaming);
    let changes = answer["result"]["changes"].as_object().expect("changes");
    assert!(changes.keys().eq([&uri]), "{answer}");
    let lenses = editor.request("textDocument/codeLens", at(&position));
    let command = lenses["result"][0]["command"].clone();
    assert_eq!(command["arguments"][0], *uri, "{lenses}");
    let answer = editor.request("workspace/executeCommand", command);
    assert!(answer["error"].is_null(), "{answer}");
    let answer = editor.request("workspace/symbol", json!({ "query": "" }));
    assert_eq!(answer["result"][0]["location"]["uri"], *uri, "{answer}");
    editor.received();
    editor.notify(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": uri } }),
    );
    let told = editor.receive_method(PUBLISH);
    assert_eq!(told["params"], json!({ "uri": uri, "diagnostics": [] }));
    editor.end();
}

#[test]
fn what_is_no_uri_is_named() {
    let mut editor = Editor::for_tests();
    editor.open("docksmith.toml", TEXT);
    let told = editor.receive_method("window/logMessage");
    let message = told["params"]["message"].as_str().expect("a text");
    assert!(message.contains("`docksmith.toml` is no uri"), "{message}");
    let place =
        json!({ "textDocument": { "uri": "é:" }, "position": { "line": 0, "character": 0 } });
    let answer = editor.request("textDocument/hover", place);
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    assert_eq!(editor.all_unread(), Vec::<Value>::new());
    editor.end();
}
