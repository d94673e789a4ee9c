//! Code actions and commands over real pipes.

use serde_json::{Value, json};

use crate::support::editor::{Editor, change, framed};
use crate::support::places::{self, Columns};

const URI: &str = "file:///app/docksmith.toml";
const PUBLISH: &str = "textDocument/publishDiagnostics";
const MISSPELT: &str = "# é😀\nlangauge = \"go\"\nbuild.target = \"./cmd/x\"\n";

/// A client that can do all that edits need.
fn able() -> Value {
    json!({
        "workspace": {
            "applyEdit": true,
            "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create"] },
        },
        "textDocument": { "publishDiagnostics": { "dataSupport": true } },
    })
}

fn editor(capabilities: &Value) -> Editor {
    let options = json!({ "testing": true });
    Editor::with(json!({ "capabilities": capabilities, "initializationOptions": options })).0
}

fn range(line: u32, start: u32, end: u32) -> Value {
    json!({
        "start": { "line": line, "character": start },
        "end": { "line": line, "character": end },
    })
}

/// What is offered for a range.
fn offered(editor: &mut Editor, range: &Value, diagnostics: &Value, only: &Value) -> Vec<Value> {
    let mut context = json!({ "diagnostics": diagnostics });
    if !only.is_null() {
        context["only"] = only.clone();
    }
    let params = json!({ "textDocument": { "uri": URI }, "range": range, "context": context });
    let answer = editor.request("textDocument/codeAction", params);
    assert!(answer["error"].is_null(), "{answer}");
    answer["result"].as_array().cloned().unwrap_or_default()
}

fn titles(actions: &[Value]) -> Vec<&str> {
    actions
        .iter()
        .map(|it| it["title"].as_str().expect("a title"))
        .collect()
}

/// A text after the edits of one file, whose columns are UTF-16.
fn edited(text: &str, edits: &Value) -> String {
    let edits = edits.as_array().expect("edits");
    places::edited(text, edits, Columns::Utf16).expect("they fit")
}

fn run(editor: &mut Editor, command: &str, uri: &str) -> Value {
    let params = json!({ "command": command, "arguments": [uri] });
    editor.request("workspace/executeCommand", params)
}

#[test]
fn only_what_is_asked_for_comes() {
    let mut editor = editor(&able());
    editor.open(URI, MISSPELT);
    let place = range(1, 3, 3);
    let kinds = |editor: &mut Editor, only: Value| {
        let actions = offered(editor, &place, &json!([]), &only);
        let kinds = actions
            .iter()
            .map(|it| it["kind"].as_str().expect("a kind"));
        kinds.map(str::to_owned).collect::<Vec<_>>()
    };
    for only in ["quickfix", ""] {
        let found = kinds(&mut editor, json!([only]));
        assert!(found.contains(&"quickfix".to_owned()), "{only}: {found:?}");
    }
    assert_eq!(kinds(&mut editor, Value::Null), ["quickfix"]);
    for only in ["source", "source.fixAll", "source.fixAll.docksmith"] {
        assert_eq!(
            kinds(&mut editor, json!([only])),
            ["source.fixAll.docksmith"]
        );
    }
    for only in [
        "refactor",
        "refactor.rewrite",
        "source.organizeImports",
        "quick",
        "source.fix",
    ] {
        assert_eq!(kinds(&mut editor, json!([only])), [""; 0], "{only}");
    }
    let step = "language = \"go\"\nbuild.steps = [\"RUN apk add curl\"]\nbuild.target = \"./x\"\n";
    editor.write(&change(URI, 2, json!([{ "text": step }])));
    let place = range(1, 20, 20);
    for only in ["refactor", "refactor.rewrite"] {
        let actions = offered(&mut editor, &place, &json!([]), &json!([only]));
        assert_eq!(titles(&actions), ["Write the step as a table"]);
        assert_eq!(actions[0]["kind"], "refactor.rewrite");
    }
    let extract = offered(
        &mut editor,
        &place,
        &json!([]),
        &json!(["refactor.extract"]),
    );
    assert!(extract.is_empty());
    editor.end();
}

#[test]
fn a_fix_comes_from_the_data_of_its_diagnostic_unless_the_document_moved_on() {
    let mut editor = editor(&able());
    editor.open(URI, MISSPELT);
    let published = editor.receive_method(PUBLISH);
    let found = published["params"]["diagnostics"].clone();
    let only = json!(["quickfix"]);
    let place = found[0]["range"].clone();
    let actions = offered(&mut editor, &place, &found, &only);
    assert_eq!(actions[0]["isPreferred"], true);
    assert_eq!(actions[0]["diagnostics"], found);
    let changes = &actions[0]["edit"]["documentChanges"][0];
    assert_eq!(changes["textDocument"], json!({ "uri": URI, "version": 1 }));
    let fixed = MISSPELT.replace("langauge", "language");
    assert_eq!(edited(MISSPELT, &changes["edits"]), fixed);
    assert_eq!(edited(MISSPELT, &actions[0]["edit"]["changes"][URI]), fixed);
    let longer = format!("{MISSPELT}# more\n");
    editor.write(&change(URI, 2, json!([{ "text": longer }])));
    assert!(offered(&mut editor, &place, &found, &only).is_empty());
    let fresh = offered(&mut editor, &place, &json!([]), &only);
    assert_eq!(fresh.len(), 1);
    editor.end();
}

#[test]
fn a_client_without_versions_gets_plain_changes() {
    let mut editor = editor(&json!({}));
    editor.open(URI, MISSPELT);
    let actions = offered(
        &mut editor,
        &range(1, 0, 8),
        &json!([]),
        &json!(["quickfix"]),
    );
    assert!(actions[0]["edit"].get("documentChanges").is_none());
    assert!(actions[0]["edit"]["changes"][URI].is_array());
    editor.end();
}

#[test]
fn unsafe_fixes_say_so_and_findings_can_be_ignored() {
    let text = "language = \"go\"\nbuild.target = \"./x\"\n[runtime]\nuser = \"root\"\nhealthcheck = { cmd = [\"/x\"], interval = 30 }\n";
    let mut editor = editor(&able());
    editor.open(URI, text);
    let actions = offered(
        &mut editor,
        &range(3, 8, 8),
        &json!([]),
        &json!(["quickfix"]),
    );
    let ignored = actions
        .iter()
        .find(|it| it["title"] == "Ignore `root-user` here")
        .expect("an action");
    assert_ne!(ignored["isPreferred"], true);
    assert_eq!(
        edited(text, &ignored["edit"]["changes"][URI]),
        text.replace("user =", "# docksmith: ignore[root-user]\nuser =")
    );
    let actions = offered(
        &mut editor,
        &range(4, 43, 43),
        &json!([]),
        &json!(["quickfix"]),
    );
    let title = actions[0]["title"].as_str().expect("a title");
    assert!(
        title.ends_with("(unsafe: may change the meaning)"),
        "{title}"
    );
    assert_ne!(actions[0]["isPreferred"], true);
    editor.end();
}

#[test]
fn all_safe_fixes_are_one_action() {
    let text = "# é😀\r\nlangauge = 'go'\r\nbuild.target = \"./x\"\r\nruntime.expose = \"80\"\r\n";
    let mut editor = editor(&able());
    editor.open(URI, text);
    let only = json!(["source.fixAll"]);
    let actions = offered(&mut editor, &range(0, 0, 0), &json!([]), &only);
    assert_eq!(actions.len(), 1);
    let expected = text.replace("langauge", "language").replace("\"80\"", "80");
    let edits = &actions[0]["edit"]["changes"][URI];
    assert_eq!(edited(text, edits), expected);
    assert_eq!(edits.as_array().map(Vec::len), Some(2), "{edits}");
    editor.write(&change(URI, 2, json!([{ "text": expected }])));
    assert!(offered(&mut editor, &range(0, 0, 0), &json!([]), &only).is_empty());
    editor.end();
}

#[test]
fn a_migration_is_an_edit() {
    let text =
        "# é😀\nruntime = \"go\"\nbuild.target = \"./x\"\n[runtime_config] # x\nexpose = 80\n";
    let expected = "# é😀\nlanguage = \"go\"\nbuild.target = \"./x\"\n[runtime] # x\nexpose = 80\n";
    let mut editor = editor(&json!({}));
    editor.open(URI, text);
    let answer = run(&mut editor, "docksmith.migrate", URI);
    assert_eq!(edited(text, &answer["result"]["changes"][URI]), expected);
    let actions = offered(
        &mut editor,
        &range(0, 0, 0),
        &json!([]),
        &json!(["refactor"]),
    );
    assert_eq!(
        titles(&actions),
        ["Rewrite the file in the canonical spelling"]
    );
    assert_eq!(edited(text, &actions[0]["edit"]["changes"][URI]), expected);
    editor.write(&change(URI, 2, json!([{ "text": expected }])));
    let answer = run(&mut editor, "docksmith.migrate", URI);
    assert_eq!(answer["result"], json!({ "changes": {} }));
    editor.write(&change(URI, 3, json!([{ "text": "runtime = [" }])));
    let answer = run(&mut editor, "docksmith.migrate", URI);
    let message = answer["error"]["message"].as_str().expect("a message");
    assert!(message.contains("syntax errors"), "{answer}");
    editor.end();
}

/// A folder with a Dockerfile, or none, and the uri of a document in it.
fn folder(dockerfile: Option<&str>) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    if let Some(text) = dockerfile {
        std::fs::write(folder.path().join("Dockerfile"), text).expect("a file");
    }
    let uri = format!("file://{}/docksmith.toml", folder.path().display());
    (folder, uri)
}

const SOUND: &str = "[[stages]]\nname = \"x\"\nfrom = \"alpine:3.21\"\nfinal = true\nsteps = [\"LABEL a=é😀\", \"USER 1:1\", \"CMD [\\\"x\\\"]\"]\n";

#[test]
fn a_dockerfile_is_written_by_the_client() {
    for old in [None, Some("# é😀\r\nFROM scratch\r\n")] {
        let (folder, uri) = folder(old);
        let mut editor = editor(&able());
        editor.open(&uri, SOUND);
        let answer = run(&mut editor, "docksmith.renderToFile", &uri);
        assert_eq!(answer["result"], Value::Null, "{answer}");
        assert!(answer["error"].is_null(), "{answer}");
        let asked = editor.receive_method("workspace/applyEdit");
        let edit = &asked["params"]["edit"];
        let target = uri.replace("docksmith.toml", "Dockerfile");
        let preview = run(&mut editor, "docksmith.previewDockerfile", &uri);
        let expected = preview["result"]["text"].as_str().expect("a text");
        if let Some(old) = old {
            assert_eq!(edited(old, &edit["changes"][&target]), expected);
        } else {
            let changes = &edit["documentChanges"];
            assert_eq!(changes[0]["kind"], "create");
            assert_eq!(changes[0]["uri"], target);
            assert_eq!(changes[0]["options"]["overwrite"], false);
            assert_eq!(edited("", &changes[1]["edits"]), expected);
        }
        let done = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": { "applied": true } });
        editor.write(&framed(&done.to_string()));
        // Nothing is written by the server itself.
        let now = std::fs::read_to_string(folder.path().join("Dockerfile")).ok();
        assert_eq!(now.as_deref(), old);
        std::fs::write(folder.path().join("Dockerfile"), expected).expect("a file");
        run(&mut editor, "docksmith.renderToFile", &uri);
        let more = editor.all_unread();
        assert!(
            more.iter().all(|it| it["method"] != "workspace/applyEdit"),
            "{more:?}"
        );
        editor.end();
    }
}

#[test]
fn a_client_that_refuses_is_told_and_one_that_never_answers_is_served() {
    let (_folder, uri) = folder(None);
    let mut editor = editor(&able());
    editor.open(&uri, SOUND);
    for _ in 0..3 {
        let answer = run(&mut editor, "docksmith.renderToFile", &uri);
        assert!(answer["error"].is_null(), "{answer}");
    }
    let asked = editor.receive_method("workspace/applyEdit");
    let no = json!({ "applied": false, "failureReason": "read-only" });
    let no = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": no });
    editor.write(&framed(&no.to_string()));
    let shown = editor.receive_method("window/showMessage");
    let message = shown["params"]["message"].as_str().expect("a message");
    assert!(message.contains("read-only"), "{message}");
    let asked = editor.receive_method("workspace/applyEdit");
    let no = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": { "applied": false } });
    editor.write(&framed(&no.to_string()));
    let shown = editor.receive_method("window/showMessage");
    let message = shown["params"]["message"].as_str().expect("a message");
    assert!(message.ends_with(": it gives no reason"), "{message}");
    assert_eq!(editor.text_and_version(&uri).1, 1);
    editor.end();
}

#[test]
fn what_cannot_be_written_is_refused_with_a_reason() {
    let refused = |capabilities: Value, text: &str, reason: &str| {
        let (_folder, uri) = folder(None);
        let mut editor = editor(&capabilities);
        editor.open(&uri, text);
        let answer = run(&mut editor, "docksmith.renderToFile", &uri);
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(reason), "{answer}");
        editor.end();
    };
    refused(json!({}), SOUND, "docksmith dockerfile -o");
    let cannot_create = json!({ "workspace": { "applyEdit": true } });
    refused(cannot_create, SOUND, "create an empty `Dockerfile`");
    refused(
        able(),
        "language = \"go\"\nx = 1\n",
        "has errors: there is no `go.mod`",
    );
    refused(able(), "", "has errors");
}

#[test]
fn a_missing_script_is_created_where_the_client_can() {
    let (folder, uri) = folder(None);
    std::fs::write(folder.path().join("go.mod"), "module x\n").expect("a file");
    let text = "language = \"go\"\nbuild.target = \".\"\nruntime.image = \"alpine:3.21\"\nruntime.entrypoint = \"run é.sh\"\n".replace("run é", "run-é");
    for (capabilities, count) in [(able(), 1), (json!({}), 0)] {
        let mut editor = editor(&capabilities);
        editor.open(&uri, &text);
        let params = json!({
            "textDocument": { "uri": uri },
            "range": range(3, 24, 24),
            "context": { "diagnostics": [], "only": ["refactor"] },
        });
        let answer = editor.request("textDocument/codeAction", params);
        let actions = answer["result"].as_array().cloned().unwrap_or_default();
        assert_eq!(actions.len(), count, "{answer}");
        if let Some(action) = actions.first() {
            let create = &action["edit"]["documentChanges"][0];
            assert_eq!(
                create["uri"],
                uri.replace("docksmith.toml", "run-%C3%A9.sh")
            );
            assert_eq!(create["options"]["overwrite"], false);
        }
        editor.end();
    }
}
