//! The language server over real pipes: order, hostile clients, panics, exit codes.

use serde_json::{Value, json};

use crate::support::editor::{Editor, change, framed, notification, open, part};
use crate::support::places::{self, Columns};

const URI: &str = "file:///app/docksmith.toml";
const PUBLISH: &str = "textDocument/publishDiagnostics";

/// The versions that were published for a document until the server has answered what was asked after `last`.
fn versions_until(editor: &mut Editor, last: i64) -> Vec<i64> {
    let mut versions = Vec::new();
    while versions.last() != Some(&last) {
        let published = editor.receive_method(PUBLISH);
        versions.push(published["params"]["version"].as_i64().expect("a version"));
    }
    versions
}

fn method_is_missing(answer: &Value) -> bool {
    answer["error"]["code"] == -32601
}

// Order.

#[test]
fn a_thousand_changes_in_one_write_leave_the_last_text() {
    let mut editor = Editor::for_tests();
    let mut burst = open(URI, 0, "");
    for version in 1..=1000 {
        let line = format!("# {version}\n");
        burst.extend(change(URI, version, json!([part((0, 0), (0, 0), &line)])));
    }
    editor.write(&burst);
    let (text, version) = editor.text_and_version(URI);
    let expected: String = (1..=1000).rev().map(|line| format!("# {line}\n")).collect();
    assert_eq!((text, version), (expected, 1000));
    let versions = versions_until(&mut editor, 1000);
    assert!(versions.is_sorted(), "{versions:?}");
    assert_eq!(editor.all_unread(), Vec::<Value>::new());
    editor.end();
}

#[test]
fn an_edit_in_the_same_write_as_the_opening_is_not_lost() {
    let mut editor = Editor::for_tests();
    for round in 0..200 {
        let uri = format!("file:///app/{round}/docksmith.toml");
        let mut both = open(&uri, 1, "a = 1\n");
        both.extend(change(&uri, 2, json!([part((0, 4), (0, 5), "2")])));
        editor.write(&both);
        assert_eq!(editor.text_and_version(&uri), ("a = 2\n".to_owned(), 2));
    }
    editor.end();
}

#[test]
fn a_closed_document_gets_one_empty_list() {
    let mut editor = Editor::for_tests();
    editor.open(URI, "");
    versions_until(&mut editor, 1);
    for _ in 0..2 {
        editor.notify(
            "textDocument/didClose",
            json!({ "textDocument": { "uri": URI } }),
        );
    }
    let published = editor.receive_method(PUBLISH);
    assert_eq!(
        published["params"],
        json!({ "uri": URI, "diagnostics": [] })
    );
    assert_eq!(editor.all_unread(), Vec::<Value>::new());
    editor.end();
}

#[test]
fn the_preview_is_announced_after_the_diagnostics_of_its_version() {
    let options = json!({ "previewNotifications": true });
    let (mut editor, _) = Editor::with(json!({ "initializationOptions": options }));
    editor.open(URI, "");
    let announced = editor.receive_method("docksmith/previewChanged");
    assert_eq!(announced["params"], json!({ "uri": URI, "version": 1 }));
    let before: Vec<_> = editor.all_unread();
    assert_eq!(before[0]["method"], PUBLISH);
    assert_eq!(before.len(), 1);
    editor.end();
}

// Text synchronisation.

#[test]
fn a_version_that_is_not_newer_is_dropped() {
    let mut editor = Editor::for_tests();
    editor.write(&open(URI, 5, "five"));
    for version in [4, 5] {
        editor.write(&change(URI, version, json!([{ "text": "old" }])));
    }
    assert_eq!(editor.text_and_version(URI), ("five".to_owned(), 5));
    editor.end();
}

#[test]
fn a_second_opening_replaces_the_text() {
    let mut editor = Editor::for_tests();
    editor.write(&open(URI, 5, "five"));
    editor.write(&open(URI, 1, "one"));
    assert_eq!(editor.text_and_version(URI), ("one".to_owned(), 1));
    editor.end();
}

#[test]
fn a_change_before_the_opening_is_refused_and_said() {
    let mut editor = Editor::for_tests();
    editor.write(&change(URI, 2, json!([{ "text": "x" }])));
    let logged = editor.receive_method("window/logMessage");
    let message = logged["params"]["message"].as_str().expect("a message");
    assert!(message.contains("not open"), "{message}");
    editor.write(&open(URI, 1, "one"));
    assert_eq!(editor.text_and_version(URI), ("one".to_owned(), 1));
    editor.end();
}

#[test]
fn a_bad_range_is_refused_until_the_document_is_reopened() {
    let mut editor = Editor::for_tests();
    for bad in [part((0, 2), (0, 1), "x"), part((0, 3), (0, 3), "x")] {
        editor.write(&open(URI, 1, "ab😀"));
        editor.write(&change(URI, 2, json!([part((0, 0), (0, 1), "z"), bad])));
        let shown = editor.receive_method("window/showMessage");
        let message = shown["params"]["message"].as_str().expect("a message");
        assert!(message.contains("reopen"), "{message}");
        assert_eq!(editor.text_and_version(URI).0, "");
        editor.write(&open(URI, 3, "well"));
        assert_eq!(editor.text_and_version(URI), ("well".to_owned(), 3));
    }
    editor.end();
}

#[test]
fn positions_past_an_end_mean_that_end() {
    let mut editor = Editor::for_tests();
    editor.open(URI, "ab\r\ncd");
    let changes = json!([part((0, 99), (0, 99), "!"), part((99, 0), (99, 7), "?")]);
    editor.write(&change(URI, 2, changes));
    assert_eq!(editor.text_and_version(URI).0, "ab!\r\ncd?");
    let place = json!({
        "textDocument": { "uri": URI }, "position": { "line": 4_000_000_000_u32, "character": 4_000_000_000_u32 }
    });
    let answer = editor.request("docksmith/testText", place);
    assert_eq!(answer["result"]["offset"], 8);
    editor.end();
}

#[test]
fn columns_are_counted_as_agreed() {
    for (offered, agreed, column) in [
        (json!(["utf-8", "utf-16"]), "utf-8", 4),
        (json!(["utf-16", "utf-8"]), "utf-16", 2),
        (json!(["utf-32"]), "utf-16", 2),
        (Value::Null, "utf-16", 2),
    ] {
        let (mut editor, answer) = Editor::with(json!({
            "capabilities": { "general": { "positionEncodings": offered } },
            "initializationOptions": { "testing": true },
        }));
        assert_eq!(answer["result"]["capabilities"]["positionEncoding"], agreed);
        editor.open(URI, "😀x");
        let changes = json!([part((0, column), (0, column + 1), "y")]);
        editor.write(&change(URI, 2, changes));
        assert_eq!(editor.text_and_version(URI).0, "😀y");
        editor.end();
    }
}

// Hostile clients.

#[test]
fn nothing_about_the_client_needs_to_be_known() {
    for params in [
        Value::Null,
        json!({}),
        json!({ "capabilities": null, "processId": null, "rootUri": null, "workspaceFolders": null }),
        json!({ "capabilities": { "workspace": { "workspaceEdit": { "failureHandling": "?" } } } }),
        json!({ "capabilities": {}, "initializationOptions": null }),
    ] {
        let (mut editor, answer) = Editor::with(params);
        assert_eq!(answer["result"]["serverInfo"]["name"], "docksmith");
        editor.open(URI, "");
        versions_until(&mut editor, 1);
        editor.end();
    }
}

#[test]
fn documents_are_known_by_their_file_name() {
    let mut editor = Editor::for_tests();
    let ours = [
        "untitled:docksmith.toml",
        "file:///a%20b/%C3%A9/docksmith.toml",
        "file://wsl%24/Ubuntu/app/docksmith.toml",
        "file:///non-utf-8/%FF/docksmith.toml",
        "vscode-remote://ssh-remote%2Bhost/app/docksmith.toml",
    ];
    for uri in ["untitled:Untitled-1", "file:///app/Cargo.toml"] {
        editor.open(uri, "x");
    }
    for uri in ours {
        editor.open(uri, "");
        let published = editor.receive_method(PUBLISH);
        assert_eq!(published["params"]["uri"], uri);
    }
    assert_eq!(editor.all_unread(), Vec::<Value>::new());
    editor.end();
}

#[test]
fn a_panic_is_an_answer_and_the_server_lives() {
    let mut editor = Editor::for_tests();
    editor.notify("docksmith/testPanicSilently", Value::Null);
    let logged = editor.receive_method("window/logMessage");
    assert_eq!(logged["params"]["type"], 1);
    for _ in 0..3 {
        let answer = editor.request("docksmith/testPanic", Value::Null);
        assert_eq!(answer["error"]["code"], -32603, "{answer}");
    }
    editor.open(URI, "x");
    assert_eq!(editor.text_and_version(URI).0, "x");
    editor.end();
}

#[test]
fn the_requests_for_tests_are_not_there_for_others() {
    let (mut editor, _) = Editor::with(json!({}));
    for method in ["testPanic", "testHang", "testAskClient"] {
        let answer = editor.request(&format!("docksmith/{method}"), Value::Null);
        assert!(method_is_missing(&answer), "{answer}");
    }
    editor.notify("docksmith/testPanicSilently", Value::Null);
    assert_eq!(editor.all_unread(), Vec::<Value>::new());
    editor.end();
}

#[test]
fn nonsense_is_refused_and_the_server_lives() {
    let mut editor = Editor::for_tests();
    for (body, code) in [
        ("{", -32700),
        ("", -32700),
        ("nonsense", -32700),
        ("[]", -32600),
        ("1", -32600),
        ("{}", -32600),
        (r#"{"jsonrpc":"2.0","id":"x"}"#, -32600),
        (r#"{"jsonrpc":"1.0","id":"x","method":"shutdown"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":{},"method":"shutdown"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":"x","method":[]}"#, -32600),
        (
            r#"{"jsonrpc":"2.0","id":"x","method":"textDocument/hover","params":1}"#,
            -32602,
        ),
        (r#"{"jsonrpc":"2.0","id":"x","method":"no/such"}"#, -32601),
    ] {
        editor.write(&framed(body));
        let answer = editor.receive(|message| message.get("error").is_some());
        assert_eq!(answer["error"]["code"], code, "{body}: {answer}");
    }
    editor.write(b"Content-Length: 2\r\n\r\n\xff\xff");
    let answer = editor.receive(|message| message.get("error").is_some());
    assert_eq!(answer["error"]["code"], -32700);
    editor.write(&notification("no/such", Value::Null));
    editor.write(&framed(r#"{"jsonrpc":"2.0","id":99,"result":null}"#));
    editor.end();
}

#[test]
fn headers_may_be_in_lower_case_unknown_or_without_length() {
    let mut editor = Editor::for_tests();
    let body = r#"{"jsonrpc":"2.0","id":"x","method":"no/such"}"#;
    let length = body.len();
    for header in [
        format!("content-length: {length}"),
        format!("CONTENT-LENGTH:{length}\r\nContent-Type: application/json"),
        format!("X-One: 1\r\nContent-Length: {length}\r\nx-two: 2"),
        format!("X-One: 1\r\n\r\nContent-Length: {length}"),
    ] {
        editor.write(format!("{header}\r\n\r\n{body}").as_bytes());
        let answer = editor.receive(|message| message["id"] == "x");
        assert!(method_is_missing(&answer), "{answer}");
    }
    editor.end();
}

#[test]
fn a_request_is_cancelled_while_many_are_stuck() {
    let mut editor = Editor::for_tests();
    let stuck: Vec<i64> = (0..64)
        .map(|_| editor.ask("docksmith/testHang", Value::Null))
        .collect();
    for id in [stuck[40], stuck[0]] {
        editor.notify("$/cancelRequest", json!({ "id": id }));
        assert_eq!(editor.answer(id)["error"]["code"], -32800);
    }
    editor.open(URI, "x");
    assert_eq!(editor.text_and_version(URI).0, "x");
    editor.end();
}

#[test]
fn any_number_of_requests_may_wait_for_the_client() {
    let mut editor = Editor::for_tests();
    let waiting: Vec<i64> = (0..130)
        .map(|_| editor.ask("docksmith/testAskClient", Value::Null))
        .collect();
    for _ in &waiting {
        let asked = editor.receive_method("workspace/configuration");
        let answer = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": [asked["id"]] });
        editor.write(&framed(&answer.to_string()));
    }
    for id in waiting {
        assert!(editor.answer(id)["result"][0].is_number());
    }
    editor.end();
}

#[test]
fn a_client_that_never_answers_is_served() {
    let (mut editor, _) = Editor::with(json!({
        "capabilities": { "workspace": {
            "configuration": true,
            "didChangeWatchedFiles": { "dynamicRegistration": true },
        } },
        "initializationOptions": { "testing": true },
    }));
    editor.receive_method("workspace/configuration");
    editor.open(URI, "x");
    assert_eq!(editor.text_and_version(URI).0, "x");
    versions_until(&mut editor, 1);
    editor.end();
}

#[test]
fn nothing_is_asked_of_a_client_that_announces_nothing() {
    let mut editor = Editor::for_tests();
    editor.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": null }),
    );
    assert_eq!(editor.all_unread(), Vec::<Value>::new());
    editor.end();
}

#[test]
fn a_saved_or_changed_file_is_looked_at_again() {
    let mut editor = Editor::for_tests();
    editor.open(URI, "");
    versions_until(&mut editor, 1);
    editor.notify(
        "textDocument/didSave",
        json!({ "textDocument": { "uri": URI } }),
    );
    versions_until(&mut editor, 1);
    let event = json!({ "uri": "file:///app/Dockerfile.overlay", "type": 2 });
    editor.notify(
        "workspace/didChangeWatchedFiles",
        json!({ "changes": [event] }),
    );
    versions_until(&mut editor, 1);
    let settings = json!({ "docksmith": { "lint": { "level": "error" } } });
    editor.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": settings }),
    );
    versions_until(&mut editor, 1);
    editor.end();
}

/// A server whose client asks for diagnostics.
fn asking() -> Editor {
    let options = json!({ "testing": true });
    let capabilities = json!({
        "textDocument": { "diagnostic": {} },
        "workspace": { "diagnostics": { "refreshSupport": true } },
    });
    let params = json!({ "capabilities": capabilities, "initializationOptions": options });
    Editor::with(params).0
}

fn ask_for_diagnostics(editor: &mut Editor, previous: &Value) -> Value {
    let document = json!({ "uri": URI });
    let params = json!({ "textDocument": document, "previousResultId": previous });
    editor.request("textDocument/diagnostic", params)["result"].clone()
}

#[test]
fn a_client_that_asks_for_diagnostics_is_not_told_them() {
    let mut editor = asking();
    editor.open(URI, "langauge = \"go\"\n");
    let first = ask_for_diagnostics(&mut editor, &Value::Null);
    assert_eq!(first["kind"], "full");
    assert_eq!(first["items"][0]["code"], "unknown-key", "{first}");
    let again = ask_for_diagnostics(&mut editor, &first["resultId"]);
    assert_eq!(
        again,
        json!({ "kind": "unchanged", "resultId": first["resultId"] })
    );
    editor.write(&change(URI, 2, json!([{ "text": "" }])));
    let after = ask_for_diagnostics(&mut editor, &first["resultId"]);
    assert_eq!(after["kind"], "full", "{after}");
    editor.notify(
        "textDocument/didSave",
        json!({ "textDocument": { "uri": URI } }),
    );
    editor.receive_method("workspace/diagnostic/refresh");
    let unread = editor.all_unread();
    assert!(
        unread.iter().all(|message| message["method"] != PUBLISH),
        "{unread:?}"
    );
    editor.end();
}

#[test]
fn a_client_that_offers_to_ask_and_never_does_is_told() {
    let mut editor = asking();
    editor.open(URI, "langauge = \"go\"\n");
    let told = editor.receive_method(PUBLISH);
    assert_eq!(told["params"]["diagnostics"][0]["code"], "unknown-key");
    let asked = ask_for_diagnostics(&mut editor, &Value::Null);
    assert_eq!(asked["items"], told["params"]["diagnostics"]);
    let taken_back = editor.receive_method(PUBLISH);
    assert_eq!(
        taken_back["params"],
        json!({ "uri": URI, "diagnostics": [] })
    );
    editor.end();
}

#[test]
fn files_are_watched_where_the_client_can_be_asked_to() {
    let (mut editor, _) = Editor::with(json!({
        "capabilities": { "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } },
    }));
    let asked = editor.receive_method("client/registerCapability");
    let registration = &asked["params"]["registrations"][0];
    assert_eq!(registration["method"], "workspace/didChangeWatchedFiles");
    let watchers = registration["registerOptions"]["watchers"].to_string();
    assert!(watchers.contains("**/.dockerignore"), "{watchers}");
    let refusal = json!({ "jsonrpc": "2.0", "id": asked["id"], "error": { "code": -32601, "message": "no" } });
    editor.write(&framed(&refusal.to_string()));
    editor.open(URI, "");
    versions_until(&mut editor, 1);
    editor.end();
}

#[test]
fn what_is_done_is_told_to_those_who_want_to_know() {
    let (mut editor, _) = Editor::with(json!({ "trace": "verbose" }));
    editor.open(URI, "langauge = \"go\"\n");
    let told = editor.receive_method("$/logTrace");
    let message = told["params"]["message"].as_str().expect("a message");
    assert!(message.contains("version 1: 1 diagnostics"), "{message}");
    assert_eq!(told["params"]["verbose"], "unknown-key");
    editor.notify("$/setTrace", json!({ "value": "off" }));
    editor.write(&change(URI, 2, json!([{ "text": "" }])));
    versions_until(&mut editor, 2);
    let unread = editor.all_unread();
    assert!(
        unread
            .iter()
            .all(|message| message["method"] != "$/logTrace"),
        "{unread:?}"
    );
    editor.end();
}

#[test]
fn broken_shared_settings_are_told_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let uri = format!("file://{}/docksmith.toml", folder.path().display());
    let settings = folder.path().join(".docksmith-lint.toml");
    std::fs::create_dir(folder.path().join(".git")).expect("a folder");
    std::fs::write(&settings, "[rules\n").expect("a file");
    let mut editor = Editor::for_tests();
    editor.open(&uri, "");
    let told = editor.receive_method("window/showMessage");
    let message = told["params"]["message"].as_str().expect("a message");
    assert!(message.contains(".docksmith-lint.toml:1:"), "{message}");
    editor.write(&change(&uri, 2, json!([{ "text": "# é" }])));
    versions_until(&mut editor, 2);
    let unread = editor.all_unread();
    assert!(
        unread.iter().all(|it| it["method"] != "window/showMessage"),
        "{unread:?}"
    );
    editor.end();
}

#[test]
fn a_renamed_file_is_another_document() {
    let mut editor = Editor::for_tests();
    let elsewhere = "file:///app/%C3%A9/docksmith.toml";
    let close = |editor: &mut Editor, uri: &str| {
        let params = json!({ "textDocument": { "uri": uri } });
        editor.notify("textDocument/didClose", params);
        let published = editor.receive_method(PUBLISH);
        assert_eq!(
            published["params"],
            json!({ "uri": uri, "diagnostics": [] })
        );
    };
    editor.open(URI, "langauge = \"go\"\n");
    versions_until(&mut editor, 1);
    close(&mut editor, URI);
    editor.open("file:///app/other.toml", "langauge = \"go\"\n");
    editor.open(elsewhere, "langauge = \"go\"\n");
    let published = editor.receive_method(PUBLISH);
    assert_eq!(published["params"]["uri"], elsewhere);
    assert_eq!(editor.all_unread(), Vec::<Value>::new());
    editor.end();
}

#[test]
fn symbols_are_found_in_open_and_closed_documents() {
    let folder = tempfile::tempdir().expect("a folder");
    let uri = |name: &str| format!("file://{}/{name}/docksmith.toml", folder.path().display());
    for name in ["one", "two", "three"] {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).expect("a folder");
        let text = format!("[[stages]]\nname = \"web-{name}\"\n");
        std::fs::write(path.join("docksmith.toml"), text).expect("a file");
    }
    let folder_of = |name: &str| json!({ "uri": format!("file://{}/{name}", folder.path().display()), "name": name });
    let (mut editor, _) = Editor::with(json!({
        "workspaceFolders": [folder_of("one"), folder_of("two")],
    }));
    editor.open(&uri("one"), "[[stages]]\nname = \"web-😀\"\n");
    let found = |editor: &mut Editor| -> Vec<String> {
        let answer = editor.request("workspace/symbol", json!({ "query": "web" }));
        let symbols = answer["result"].as_array().expect("a list");
        let texts = symbols
            .iter()
            .map(|it| format!("{} {}", it["name"], it["location"]["range"]));
        texts.collect()
    };
    let at = |end: u32| {
        let position = |character: u32| json!({ "line": 1, "character": character });
        json!({ "start": position(7), "end": position(end) })
    };
    assert_eq!(
        found(&mut editor),
        [
            format!("\"web-😀\" {}", at(15)),
            format!("\"web-two\" {}", at(16))
        ]
    );
    let event = json!({ "added": [folder_of("three")], "removed": [folder_of("two")] });
    editor.notify(
        "workspace/didChangeWorkspaceFolders",
        json!({ "event": event }),
    );
    assert_eq!(found(&mut editor)[1], format!("\"web-three\" {}", at(18)));
    editor.end();
}

#[test]
fn five_hundred_documents_can_be_open() {
    let mut editor = Editor::for_tests();
    let uri = |number| format!("file:///app/{number}/docksmith.toml");
    let all: Vec<u8> = (0..500)
        .flat_map(|number| open(&uri(number), 1, &number.to_string()))
        .collect();
    editor.write(&all);
    for _ in 0..500 {
        editor.receive_method(PUBLISH);
    }
    assert_eq!(editor.text_and_version(&uri(250)).0, "250");
    editor.end();
}

// What is announced.

#[test]
fn formatting_changes_only_the_lines_that_need_it() {
    let mut editor = Editor::for_tests();
    let format = |editor: &mut Editor| {
        let params = json!({ "textDocument": { "uri": URI }, "options": { "tabSize": 2, "insertSpaces": true } });
        editor.request("textDocument/formatting", params)["result"].clone()
    };
    editor.open(URI, "a = \"é\"\nb=2\n");
    let edits = format(&mut editor);
    let range =
        json!({ "start": { "line": 1, "character": 0 }, "end": { "line": 2, "character": 0 } });
    assert_eq!(edits, json!([{ "range": range, "newText": "b = 2\n" }]));
    editor.open(URI, "a = 1\n");
    assert_eq!(format(&mut editor), json!([]));
    editor.open(URI, "a = \n");
    assert_eq!(format(&mut editor), Value::Null);
    editor.end();
}

/// The request that belongs to a capability of the server.
const METHODS: [(&str, &str); 18] = [
    ("completionProvider", "textDocument/completion"),
    ("hoverProvider", "textDocument/hover"),
    ("definitionProvider", "textDocument/definition"),
    ("referencesProvider", "textDocument/references"),
    (
        "documentHighlightProvider",
        "textDocument/documentHighlight",
    ),
    ("renameProvider", "textDocument/rename"),
    ("documentSymbolProvider", "textDocument/documentSymbol"),
    ("workspaceSymbolProvider", "workspace/symbol"),
    ("foldingRangeProvider", "textDocument/foldingRange"),
    ("selectionRangeProvider", "textDocument/selectionRange"),
    ("semanticTokensProvider", "textDocument/semanticTokens/full"),
    ("codeActionProvider", "textDocument/codeAction"),
    ("codeLensProvider", "textDocument/codeLens"),
    ("inlayHintProvider", "textDocument/inlayHint"),
    ("documentLinkProvider", "textDocument/documentLink"),
    ("documentFormattingProvider", "textDocument/formatting"),
    ("executeCommandProvider", "workspace/executeCommand"),
    ("diagnosticProvider", "textDocument/diagnostic"),
];

/// Parameters that every request of `METHODS` can be read from.
fn any_params() -> Value {
    let position = json!({ "line": 0, "character": 0 });
    json!({
        "textDocument": { "uri": URI },
        "position": position,
        "positions": [position],
        "range": { "start": position, "end": position },
        "context": { "includeDeclaration": true, "diagnostics": [], "triggerKind": 1 },
        "options": { "tabSize": 2, "insertSpaces": true },
        "newName": "x",
        "query": "x",
        "command": "docksmith.none",
        "arguments": [],
    })
}

#[test]
fn what_is_announced_is_answered_and_nothing_else() {
    let (mut editor, answer) = Editor::with(json!({
        "capabilities": { "textDocument": { "diagnostic": {} } },
    }));
    let capabilities = &answer["result"]["capabilities"];
    editor.open(URI, "");
    for (capability, method) in METHODS {
        let answer = editor.request(method, any_params());
        let is_announced = capabilities.get(capability).is_some();
        assert_eq!(
            is_announced,
            !method_is_missing(&answer),
            "{method}: {answer}"
        );
    }
    let known = ["positionEncoding", "textDocumentSync", "workspace"];
    for capability in capabilities.as_object().expect("a table").keys() {
        let is_checked = METHODS.iter().any(|(name, _)| name == capability);
        assert!(
            is_checked || known.contains(&capability.as_str()),
            "{capability}"
        );
    }
    editor.end();
}

// The end.

/// The exit code after these messages, with the input left open or closed.
fn exit_code(messages: &[&str], close_input: bool) -> Option<i32> {
    let mut editor = Editor::for_tests();
    for method in messages {
        match *method {
            "exit" => editor.notify("exit", Value::Null),
            "shutdown" => drop(editor.request("shutdown", Value::Null)),
            method => drop(editor.ask(method, Value::Null)),
        }
    }
    if close_input {
        editor.close_input();
    }
    editor.exit_code()
}

#[test]
fn the_exit_code_says_whether_the_end_was_announced() {
    let stuck = "docksmith/testHang";
    for close_input in [false, true] {
        assert_eq!(exit_code(&["shutdown", "exit"], close_input), Some(0));
        assert_eq!(exit_code(&["exit"], close_input), Some(1));
        assert_eq!(exit_code(&[stuck, "exit"], close_input), Some(1));
    }
    assert_eq!(exit_code(&["shutdown"], true), Some(0));
    assert_eq!(exit_code(&[], true), Some(1));
    assert_eq!(exit_code(&[stuck], true), Some(1));
}

#[test]
fn everything_in_one_pipe_is_answered() {
    let mut editor = Editor::silent();
    let request = |id, method: &str| {
        framed(&json!({ "jsonrpc": "2.0", "id": id, "method": method }).to_string())
    };
    let mut all = request(1, "initialize");
    all.extend(notification("initialized", Value::Null));
    all.extend(open(URI, 1, ""));
    all.extend(request(2, "no/such"));
    all.extend(request(3, "shutdown"));
    all.extend(notification("exit", Value::Null));
    editor.write(&all);
    assert!(editor.answer(1).get("result").is_some());
    assert!(method_is_missing(&editor.answer(2)));
    assert!(editor.answer(3).get("result").is_some());
    assert_eq!(editor.exit_code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn the_server_ends_with_the_process_that_started_it() {
    // Any process that ends when we say so will do: another server is one.
    let mut parent = Editor::silent();
    let (mut editor, _) = Editor::with(json!({ "processId": parent.server_id() }));
    parent.close_input();
    parent.exit_code();
    assert_eq!(editor.exit_code(), Some(1));
}

// What an editor asks.

/// An example of the project: its uri and its text.
fn example(name: &str) -> (String, String) {
    let folder = format!("{}/tests/examples/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(format!("{folder}/docksmith.toml")).expect("an example");
    (format!("file://{folder}/docksmith.toml"), text)
}

/// Opens a text whose cursor is at `<|>`; gives the text and the parameters of a request there.
fn open_at(editor: &mut Editor, uri: &str, fixture: &str) -> (String, Value) {
    let (before, after) = fixture.split_once("<|>").expect("a cursor");
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before[start..].encode_utf16().count();
    editor.open(uri, &format!("{before}{after}"));
    let place = json!({
        "textDocument": { "uri": uri },
        "position": { "line": line, "character": column },
    });
    (format!("{before}{after}"), place)
}

fn preview(editor: &mut Editor, uri: &str) -> Value {
    let params = json!({ "command": "docksmith.previewDockerfile", "arguments": [uri] });
    let answer = editor.request("workspace/executeCommand", params);
    assert!(answer["error"].is_null(), "{answer}");
    answer["result"].clone()
}

/// A text with an edit of one line, whose columns are UTF-16.
fn edited(text: &str, edit: &Value) -> String {
    let (start, end) = (&edit["range"]["start"], &edit["range"]["end"]);
    assert_eq!(start["line"], end["line"], "{edit}");
    places::edited(text, std::slice::from_ref(edit), Columns::Utf16).expect("it fits")
}

#[test]
fn an_example_has_no_diagnostics_and_previews_as_its_dockerfile() {
    let (uri, text) = example("composite");
    let mut editor = Editor::for_tests();
    editor.open(&uri, &text);
    let published = editor.receive_method(PUBLISH);
    assert_eq!(published["params"]["diagnostics"], json!([]));
    let preview = preview(&mut editor, &uri);
    let dockerfile = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/examples/composite/Dockerfile"
    );
    let expected = std::fs::read_to_string(dockerfile).expect("a Dockerfile");
    assert_eq!(preview["text"], expected);
    assert_eq!(
        (&preview["uri"], &preview["version"]),
        (&json!(uri), &json!(1))
    );
    assert_eq!(preview["diagnostics"], json!([]));
    let lines = preview["lines"].as_array().expect("a list");
    assert_eq!(lines.len(), expected.lines().count());
    let expose = expected
        .lines()
        .position(|line| line == "EXPOSE 4290")
        .expect("a line");
    let line = text
        .lines()
        .position(|line| line.starts_with("expose"))
        .expect("a line");
    let origin = &lines[expose];
    assert_eq!(origin["uri"], uri);
    assert_eq!(
        origin["range"]["start"],
        json!({ "line": line, "character": 13 })
    );
    assert_eq!(lines[0], Value::Null);
    editor.end();
}

#[test]
fn a_line_of_an_overlay_leads_to_the_overlay() {
    let (uri, text) = example("overlay");
    let mut editor = Editor::for_tests();
    editor.open(&uri, &text);
    let preview = preview(&mut editor, &uri);
    let overlay = uri.replace("docksmith.toml", "Dockerfile.overlay");
    let lines = preview["lines"].as_array().expect("a list");
    assert!(lines.iter().any(|line| line["uri"] == overlay), "{preview}");
    editor.end();
}

#[test]
fn the_preview_follows_the_lock() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder_uri = format!("file://{}", folder.path().display());
    let uri = format!("{folder_uri}/docksmith.toml");
    let mut editor = Editor::for_tests();
    editor.open(&uri, "language = \"go\"\nbuild.target = \"./cmd/x\"\n");
    let digest = format!("sha256:{}", "a".repeat(64));
    let held = |preview: &Value| {
        let text = preview["text"].as_str().expect("a text");
        text.matches(&digest).count()
    };
    assert_eq!(held(&preview(&mut editor, &uri)), 0);
    for (text, expected) in [
        (format!("golang:1.26-alpine {digest}\n"), 1),
        ("# nothing\n".to_owned(), 0),
    ] {
        std::fs::write(folder.path().join("docksmith.lock"), text).expect("a lock");
        let event = json!({ "uri": format!("{folder_uri}/docksmith.lock"), "type": 2 });
        editor.notify(
            "workspace/didChangeWatchedFiles",
            json!({ "changes": [event] }),
        );
        assert_eq!(held(&preview(&mut editor, &uri)), expected);
    }
    editor.end();
}

#[test]
fn what_cannot_be_rendered_previews_as_the_last_version_that_could() {
    let mut editor = Editor::for_tests();
    editor.open(URI, "language = \"go\"\nbuild.target = \"./cmd/é\"\n");
    let sound = preview(&mut editor, URI);
    editor.write(&change(URI, 2, json!([{ "text": "languag" }])));
    let stale = preview(&mut editor, URI);
    assert_eq!(
        (&stale["text"], &stale["version"]),
        (&sound["text"], &json!(1))
    );
    let message = stale["diagnostics"][0]["message"].as_str().expect("a note");
    assert_eq!(message, "version 2 cannot be rendered; this is version 1");
    let broken = "language = \"go\"\nbuild.target = \"./cmd/x\"\nruntime.expose = [";
    editor.write(&change(URI, 3, json!([{ "text": broken }])));
    let partial = preview(&mut editor, URI);
    assert_eq!(partial["version"], 3);
    let message = partial["diagnostics"][0]["message"]
        .as_str()
        .expect("a note");
    assert!(message.contains("sound parts"), "{message}");
    editor.end();
}

#[test]
fn a_preview_of_nothing_says_so() {
    let mut editor = Editor::for_tests();
    editor.open(URI, "");
    let empty = preview(&mut editor, URI);
    assert_eq!((&empty["text"], &empty["lines"]), (&json!(""), &json!([])));
    assert_eq!(
        empty["diagnostics"][0]["message"],
        "nothing can be rendered"
    );
    let unknown = json!({ "command": "docksmith.previewDockerfile", "arguments": ["file:///x"] });
    let answer = editor.request("workspace/executeCommand", unknown);
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    editor.end();
}

#[test]
fn the_preview_shows_the_last_of_a_thousand_changes() {
    let mut editor = Editor::for_tests();
    let mut burst = open(
        URI,
        0,
        "language = \"go\"\nbuild.target = \"./cmd/x\"\nruntime.expose = 1\n",
    );
    for version in 1..=1000 {
        let end = 17 + (version - 1).max(1).to_string().len();
        let end = u32::try_from(end).expect("a column");
        let port = version.to_string();
        burst.extend(change(
            URI,
            version,
            json!([part((2, 17), (2, end), &port)]),
        ));
    }
    editor.write(&burst);
    let preview = preview(&mut editor, URI);
    assert_eq!(preview["version"], 1000);
    let text = preview["text"].as_str().expect("a text");
    assert!(text.contains("\nEXPOSE 1000\n"), "{text}");
    editor.end();
}

#[test]
fn names_and_sources_are_completed_in_half_typed_lines() {
    let (uri, text) = example("composite");
    let mut editor = Editor::for_tests();
    for (line, label, expected) in [
        (
            "\n[[runtime.copy]]\nfrom = \"buil<|>",
            "builder",
            "from = \"builder\"",
        ),
        (
            "\n[[runtime.copy]]\nsrc = \"mig<|>",
            "migrations/",
            "src = \"migrations/\"",
        ),
        (
            "\n[[runtime.copy]]\nsrc = [\"é\", \"cmd/ser<|>",
            "server/",
            "src = [\"é\", \"cmd/server/\"",
        ),
        (
            "steps = [\"COPY --from=tool-<|>",
            "tool-atlas",
            "steps = [\"COPY --from=tool-atlas",
        ),
    ] {
        let (text, place) = open_at(&mut editor, &uri, &format!("{text}{line}"));
        let answer = editor.request("textDocument/completion", place);
        let items = answer["result"]["items"].as_array().expect("a list");
        let item = items.iter().find(|item| item["label"] == label);
        let item = item.unwrap_or_else(|| panic!("no `{label}` in {answer}"));
        let result = edited(&text, &item["textEdit"]);
        assert!(result.ends_with(expected), "{result}");
    }
    editor.end();
}

#[test]
fn the_documentation_of_a_key_comes_at_once_or_when_it_is_asked_for() {
    let item = json!({ "resolveSupport": { "properties": ["documentation"] } });
    for (item, is_lazy) in [(json!({}), false), (item, true)] {
        let (mut editor, _) = Editor::with(json!({
            "capabilities": { "textDocument": { "completion": { "completionItem": item } } },
        }));
        let (_, place) = open_at(&mut editor, URI, "lang<|>");
        let answer = editor.request("textDocument/completion", place);
        let items = answer["result"]["items"].as_array().expect("a list");
        let item = items
            .iter()
            .find(|item| item["label"] == "language")
            .expect("the key");
        assert_eq!(item.get("documentation").is_none(), is_lazy);
        let resolved = editor.request("completionItem/resolve", item.clone());
        let text = resolved["result"]["documentation"]
            .as_str()
            .expect("a page");
        assert!(text.contains("picks the builder"), "{text}");
        editor.end();
    }
}

/// What three kinds of clients make of an item in a string: one that replaces what it is told, one that replaces no more
/// than what stands before the cursor, as Neovim 0.11 does, and one that leaves it to its user.
#[test]
fn a_name_in_a_string_is_completed_alike_by_every_client() {
    let above = "language = \"go\"\nbuild.target = \"./😀\"\n[[runtime.copy]]\nsrc = \"/é\"\ndst = \"/é\"\n";
    for (line, inserted, replaced) in [
        (
            "from = \"buil<|>\"",
            "from = \"builder\"",
            "from = \"builder\"",
        ),
        ("from = \"<|>\"", "from = \"builder\"", "from = \"builder\""),
        ("from = 'b<|>'", "from = 'builder'", "from = 'builder'"),
        (
            "from = \"buil<|>",
            "from = \"builder\"",
            "from = \"builder\"",
        ),
        ("from = b<|>", "from = \"builder\"", "from = \"builder\""),
        (
            "from = \"bu<|>ild\"",
            "from = \"builderild\"",
            "from = \"builder\"",
        ),
    ] {
        for item in [json!({}), json!({ "insertReplaceSupport": true })] {
            let takes_both = item["insertReplaceSupport"] == true;
            let (mut editor, _) = Editor::with(json!({
                "capabilities": { "textDocument": { "completion": { "completionItem": item } } },
            }));
            let (text, place) = open_at(&mut editor, URI, &format!("{above}{line}"));
            let answer = editor.request("textDocument/completion", place.clone());
            let items = answer["result"]["items"].as_array().expect("a list");
            let item = items.iter().find(|item| item["label"] == "builder");
            let mut edit =
                item.unwrap_or_else(|| panic!("no item in {answer}"))["textEdit"].clone();
            let has_both = !edit["replace"].is_null();
            assert_eq!(has_both, takes_both && inserted != replaced, "{edit}");
            if has_both {
                assert_eq!(edit["insert"]["start"], edit["replace"]["start"]);
                assert_eq!(edit["insert"]["end"], place["position"]);
                edit["range"] = edit["replace"].clone();
            }
            assert_eq!(edited(&text, &edit), format!("{above}{replaced}"));
            edit["range"]["end"] = place["position"].clone();
            assert_eq!(edited(&text, &edit), format!("{above}{inserted}"));
            editor.end();
        }
    }
}

#[test]
fn documentation_is_mere_text_where_no_format_is_named() {
    for (formats, kind) in [
        (Value::Null, None),
        (json!([]), None),
        (json!(["plaintext"]), Some("plaintext")),
        (json!(["markdown", "plaintext"]), Some("markdown")),
    ] {
        for properties in [json!([]), json!(["documentation"])] {
            let (mut editor, _) = Editor::with(json!({
                "capabilities": { "textDocument": { "completion": { "completionItem": {
                    "documentationFormat": formats, "resolveSupport": { "properties": properties },
                } } } },
            }));
            let (_, place) = open_at(&mut editor, URI, "# é\nlang<|>");
            let answer = editor.request("textDocument/completion", place);
            let item = answer["result"]["items"][0].clone();
            let resolved = editor.request("completionItem/resolve", item);
            let documentation = &resolved["result"]["documentation"];
            match kind {
                Some(kind) => assert_eq!(documentation["kind"], kind, "{documentation}"),
                None => assert!(
                    documentation
                        .as_str()
                        .is_some_and(|it| it.contains("language") && !it.contains('`')),
                    "{documentation}"
                ),
            }
            editor.end();
        }
    }
}

#[test]
fn snippets_go_only_to_clients_that_know_them() {
    for (item, format, text) in [
        (json!({}), Value::Null, "[[stages]]"),
        (
            json!({ "snippetSupport": true }),
            json!(2),
            "[[stages]]\nname = \"$1\"\nfrom = \"$2\"\n$0",
        ),
    ] {
        let (mut editor, _) = Editor::with(json!({
            "capabilities": { "textDocument": { "completion": { "completionItem": item } } },
        }));
        let (_, place) = open_at(&mut editor, URI, "# é 😀\n[[st<|>");
        let answer = editor.request("textDocument/completion", place);
        assert_eq!(answer["result"]["isIncomplete"], false);
        let items = answer["result"]["items"].as_array().expect("a list");
        let item = items.iter().find(|item| item["label"] == "[[stages]]");
        let item = item.expect("the header");
        assert_eq!(item["insertTextFormat"], format, "{item}");
        assert_eq!(item["textEdit"]["newText"], text, "{item}");
        editor.end();
    }
}

#[test]
fn names_of_the_last_sound_version_complete_and_resolve() {
    let item = json!({ "resolveSupport": { "properties": ["documentation"] } });
    let (mut editor, _) = Editor::with(json!({
        "capabilities": { "textDocument": { "completion": { "completionItem": item } } },
    }));
    let sound = "language = \"go\"\nbuild.target = \"./x\"\n[[stages]]\nname = \"late\"\nfrom = \"alpine\"\n";
    editor.write(&open(URI, 1, sound));
    versions_until(&mut editor, 1);
    let broken = "language = \"go\"\nbuild.target = \"./x\"\n[[runtime.copy]]\nfrom = \"";
    editor.write(&change(URI, 2, json!([{ "text": broken }])));
    let place = json!({
        "textDocument": { "uri": URI }, "position": { "line": 3, "character": 8 }
    });
    let answer = editor.request("textDocument/completion", place);
    let items = answer["result"]["items"].as_array().expect("a list");
    let item = items.iter().find(|item| item["label"] == "late");
    let item = item.unwrap_or_else(|| panic!("no `late` in {answer}"));
    let resolved = editor.request("completionItem/resolve", item.clone());
    let mut resolved = resolved["result"].clone();
    let text = resolved["documentation"].as_str().expect("a page");
    assert!(text.contains("FROM alpine AS late"), "{text}");
    // Nothing but the documentation is new.
    resolved
        .as_object_mut()
        .expect("an item")
        .remove("documentation");
    assert_eq!(resolved, *item);
    editor.end();
}

#[test]
fn a_page_is_plain_where_the_client_knows_no_markdown() {
    for (formats, kind, shown) in [
        (json!(["markdown"]), "markdown", "`expose`: "),
        (json!(["plaintext"]), "plaintext", "expose: "),
        (Value::Null, "plaintext", "expose: "),
    ] {
        let (mut editor, _) = Editor::with(json!({
            "capabilities": { "textDocument": { "hover": { "contentFormat": formats } } },
        }));
        let text = "language = \"go\"\nbuild.target = \"./x\"\n[runtime]\nexp<|>ose = 8080 # é";
        let (_, place) = open_at(&mut editor, URI, text);
        let answer = editor.request("textDocument/hover", place);
        let contents = &answer["result"]["contents"];
        assert_eq!(contents["kind"], kind);
        let value = contents["value"].as_str().expect("a page");
        assert!(value.starts_with(shown), "{value}");
        assert_eq!(value.contains("```"), kind == "markdown", "{value}");
        assert!(value.contains("EXPOSE 8080"), "{value}");
        let range = json!({
            "start": { "line": 3, "character": 0 }, "end": { "line": 3, "character": 6 }
        });
        assert_eq!(answer["result"]["range"], range);
        editor.end();
    }
}

#[test]
fn hover_definition_and_symbols_are_answered() {
    let (uri, text) = example("composite");
    let mut editor = Editor::for_tests();
    let (_, place) = open_at(
        &mut editor,
        &uri,
        &text.replace("\"entrypoint.sh", "\"entry<|>point.sh"),
    );
    let definition = editor.request("textDocument/definition", place.clone());
    let script = uri.replace("docksmith.toml", "entrypoint.sh");
    assert_eq!(definition["result"]["uri"], script, "{definition}");
    let hover = editor.request("textDocument/hover", place);
    let shown = hover["result"]["contents"]["value"]
        .as_str()
        .expect("a page");
    assert!(shown.contains("ENTRYPOINT [\"/entrypoint.sh\"]"), "{shown}");
    let params = json!({ "textDocument": { "uri": uri } });
    let symbols = editor.request("textDocument/documentSymbol", params);
    let symbols = symbols["result"].as_array().expect("a list");
    assert!(
        symbols
            .iter()
            .any(|symbol| symbol["name"] == "permanu-agent")
    );
    editor.end();
}

#[test]
fn a_misspelt_key_has_a_quick_fix() {
    let (mut editor, _) = Editor::with(json!({
        "capabilities": { "workspace": { "workspaceEdit": { "documentChanges": true } } },
    }));
    editor.open(URI, "langauge = \"go\"\n");
    let place = json!({ "line": 0, "character": 3 });
    let params = |only: Value| {
        json!({
            "textDocument": { "uri": URI },
            "range": { "start": place, "end": place },
            "context": { "diagnostics": [], "only": only },
        })
    };
    let answer = editor.request("textDocument/codeAction", params(json!(["quickfix"])));
    let action = &answer["result"][0];
    assert_eq!(
        (&action["kind"], &action["isPreferred"]),
        (&json!("quickfix"), &json!(true))
    );
    assert_eq!(action["diagnostics"][0]["code"], "unknown-key");
    assert_eq!(
        edited("langauge = \"go\"\n", &action["edit"]["changes"][URI][0]),
        "language = \"go\"\n"
    );
    let answer = editor.request("textDocument/codeAction", params(json!(["refactor"])));
    assert_eq!(answer["result"], Value::Null);
    editor.end();
}

#[test]
fn an_error_of_the_client_may_have_members_that_nobody_knows() {
    let mut editor = Editor::for_tests();
    let waiting = editor.ask("docksmith/testAskClient", Value::Null);
    let asked = editor.receive_method("workspace/configuration");
    let error = json!({ "code": -32001, "message": "no", "stack": [] });
    let answer = json!({ "jsonrpc": "2.0", "id": asked["id"], "error": error });
    editor.write(&framed(&answer.to_string()));
    assert_eq!(editor.answer(waiting)["error"]["code"], -32001);
    editor.end();
}

// What follows the shape of a text.

/// The answer of a server with these capabilities and options to a request about a text.
fn asked(setup: Value, text: &str, method: &str, mut params: Value) -> Value {
    let (mut editor, _) = Editor::with(setup);
    editor.open(URI, text);
    params["textDocument"] = json!({ "uri": URI });
    let answer = editor.request(&format!("textDocument/{method}"), params);
    assert!(answer["error"].is_null(), "{answer}");
    editor.end();
    answer["result"].clone()
}

#[test]
fn folds_are_as_the_client_shows_them() {
    let text = "[build]\nsteps = [\n  \"RUN é\",\n]\n\n[runtime]\nexpose = [\n  1,\n]\n";
    let lines = |folding: Value| {
        let setup = json!({ "capabilities": { "textDocument": { "foldingRange": folding } } });
        let answer = asked(setup, text, "foldingRange", json!({}));
        let ranges = answer.as_array().expect("a list").iter();
        let lines = ranges.map(|range| json!([range["startLine"], range["endLine"]]));
        lines.collect::<Value>()
    };
    assert_eq!(lines(json!({})), json!([[0, 3], [1, 3], [5, 8], [6, 8]]));
    assert_eq!(
        lines(json!({ "lineFoldingOnly": true })),
        json!([[0, 3], [1, 2], [5, 8], [6, 7]])
    );
    assert_eq!(
        lines(json!({ "lineFoldingOnly": true, "rangeLimit": 2 })),
        json!([[0, 3], [5, 8]])
    );
}

#[test]
fn each_position_has_its_selection() {
    let text = "a = \"😀 x\"\n";
    let position = |column| json!({ "line": 0, "character": column });
    let params = json!({ "positions": [position(9), position(0), position(6)] });
    let answer = asked(json!({}), text, "selectionRange", params);
    let columns = |selection: &Value| {
        let (start, end) = (&selection["range"]["start"], &selection["range"]["end"]);
        json!([start["character"], end["character"]])
    };
    assert_eq!(columns(&answer[0]), json!([8, 9]));
    assert_eq!(columns(&answer[0]["parent"]), json!([5, 9]));
    assert_eq!(columns(&answer[0]["parent"]["parent"]), json!([4, 10]));
    assert_eq!(columns(&answer[1]), json!([0, 1]));
    // The last one lies inside a character.
    let whole = json!({ "start": position(0), "end": { "line": 1, "character": 0 } });
    assert_eq!(answer[2], json!({ "range": whole }));
}

#[test]
fn tokens_behind_a_wide_character_are_where_the_client_counts_them() {
    let text = "[build]\nsteps = [\"ADD 😀 $X\"]\n[runtime]\nimage = \"alpine:3\"\n";
    let answer = asked(json!({}), text, "semanticTokens/full", json!({}));
    assert_eq!(
        answer["data"],
        json!([1, 10, 3, 4, 0, 0, 7, 2, 6, 0, 2, 9, 6, 1, 0, 0, 7, 1, 2, 0])
    );
    let utf8 =
        json!({ "capabilities": { "general": { "positionEncodings": ["utf-8", "utf-16"] } } });
    let answer = asked(utf8, text, "semanticTokens/full", json!({}));
    assert_eq!(
        answer["data"],
        json!([1, 10, 3, 4, 0, 0, 9, 2, 6, 0, 2, 9, 6, 1, 0, 0, 7, 1, 2, 0])
    );
    let position = |line| json!({ "line": line, "character": 0 });
    let params = json!({ "range": { "start": position(2), "end": position(4) } });
    let tokens =
        json!({ "requests": {}, "tokenTypes": ["type"], "tokenModifiers": [], "formats": [] });
    let setup = json!({ "capabilities": { "textDocument": { "semanticTokens": tokens } } });
    let answer = asked(setup, text, "semanticTokens/range", params);
    assert_eq!(answer["data"], json!([3, 9, 6, 0, 0]));
}

#[test]
fn files_and_images_are_links() {
    let (uri, text) = example("composite");
    for tooltips in [false, true] {
        let links = json!({ "tooltipSupport": tooltips });
        let (mut editor, answer) =
            Editor::with(json!({ "capabilities": { "textDocument": { "documentLink": links } } }));
        let provider = &answer["result"]["capabilities"]["documentLinkProvider"];
        assert_eq!(provider, &json!({}));
        editor.open(&uri, &text);
        let params = json!({ "textDocument": { "uri": uri } });
        let answer = editor.request("textDocument/documentLink", params);
        let links = answer["result"].as_array().expect("a list");
        let script = uri.replace("docksmith.toml", "entrypoint.sh");
        for target in [script.as_str(), "https://hub.docker.com/_/alpine"] {
            let link = links.iter().find(|link| link["target"] == target);
            let link = link.unwrap_or_else(|| panic!("no {target} in {answer}"));
            assert_eq!(link["tooltip"].is_string(), tooltips, "{link}");
        }
        editor.end();
    }
}

#[test]
fn lenses_and_hints_can_be_switched_off() {
    let text = "language = \"go\"\nbuild.target = \"./é\"\n";
    let range =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
    let ask = |editor: &mut Editor, method: &str| {
        let params = json!({ "textDocument": { "uri": URI }, "range": range });
        editor.request(method, params)["result"].clone()
    };
    let refresh = json!({ "refreshSupport": true });
    let (mut editor, answer) = Editor::with(json!({ "capabilities": { "workspace": {
        "codeLens": refresh, "inlayHint": refresh, "semanticTokens": refresh,
    } } }));
    editor.open(URI, text);
    let lens = &ask(&mut editor, "textDocument/codeLens")[0];
    assert_eq!(lens["command"]["title"], "Preview Dockerfile");
    assert_eq!(lens["command"]["arguments"], json!([URI]));
    let commands = &answer["result"]["capabilities"]["executeCommandProvider"]["commands"];
    let commands = commands.as_array().expect("a list");
    assert!(commands.contains(&lens["command"]["command"]), "{lens}");
    let hints = ask(&mut editor, "textDocument/inlayHint");
    assert_eq!(hints[0]["label"], "version 1.26", "{hints}");
    assert_eq!(hints[0]["position"], json!({ "line": 0, "character": 15 }));
    let off = json!({ "docksmith": { "codeLens": { "enable": false }, "inlayHints": { "enable": false } } });
    editor.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": off }),
    );
    // The second question waits for the answer to the first.
    for method in ["codeLens", "inlayHint", "semanticTokens"] {
        let asked = editor.receive_method(&format!("workspace/{method}/refresh"));
        let answer = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": null });
        editor.write(&framed(&answer.to_string()));
    }
    for method in ["textDocument/codeLens", "textDocument/inlayHint"] {
        assert_eq!(ask(&mut editor, method), Value::Null);
    }
    editor.end();
}

#[test]
fn only_a_client_that_knows_trees_gets_one() {
    let text = "[[stages]]\nname = \"é\"\nfrom = \"scratch\"\n";
    let flat = asked(json!({}), text, "documentSymbol", json!({}));
    assert_eq!(
        (&flat[1]["name"], &flat[1]["containerName"]),
        (&json!("é"), &json!("stages"))
    );
    let symbols = json!({ "hierarchicalDocumentSymbolSupport": true });
    let setup = json!({ "capabilities": { "textDocument": { "documentSymbol": symbols } } });
    let tree = asked(setup, text, "documentSymbol", json!({}));
    assert_eq!(tree[0]["children"][0]["name"], "é");
}

// Names.

/// The start of every range, as line and column.
fn starts(list: &Value) -> Vec<(u64, u64)> {
    let list = list.as_array().expect("a list");
    let start = |it: &Value| {
        let range = it.get("range").unwrap_or(&it["targetRange"]);
        let number = |key: &str| range["start"][key].as_u64().expect("a number");
        (number("line"), number("character"))
    };
    list.iter().map(start).collect()
}

const NAMES: &str = "stages = [{ name = \"we<|>b\", from = \"alpine:3.23\" }]\nlanguage = \"go\"\nbuild.steps = [\"COPY --from=web 😀 /x\", 'RUN echo 😀 --mount=x', \"RUN --mount=from=web,target=/x é\"]\n";

#[test]
fn references_come_with_the_declaration_or_without() {
    let mut editor = Editor::for_tests();
    let (_, place) = open_at(&mut editor, URI, NAMES);
    for (with_declaration, expected) in [
        (true, vec![(0, 20), (2, 28), (2, 83)]),
        (false, vec![(2, 28), (2, 83)]),
    ] {
        let mut params = place.clone();
        params["context"] = json!({ "includeDeclaration": with_declaration });
        let answer = editor.request("textDocument/references", params);
        assert_eq!(starts(&answer["result"]), expected, "{answer}");
    }
    editor.end();
}

#[test]
fn references_reach_the_overlay() {
    let (uri, text) = example("overlay");
    let mut editor = Editor::for_tests();
    let line = "\n[[runtime.copy]]\nfrom = \"certificates<|>\"\nsrc = \"/x\"\ndst = \"/x\"\n";
    let (_, mut place) = open_at(&mut editor, &uri, &format!("{text}{line}"));
    place["context"] = json!({ "includeDeclaration": true });
    let answer = editor.request("textDocument/references", place);
    let places = answer["result"].as_array().expect("a list");
    let overlay = uri.replace("docksmith.toml", "Dockerfile.overlay");
    let in_overlay = places.iter().filter(|it| it["uri"] == overlay).count();
    assert_eq!((in_overlay, places.len()), (2, 3), "{answer}");
    editor.end();
}

#[test]
fn highlights_tell_what_makes_a_name_from_what_uses_it() {
    let mut editor = Editor::for_tests();
    let (_, place) = open_at(&mut editor, URI, NAMES);
    let answer = editor.request("textDocument/documentHighlight", place);
    let result = answer["result"].as_array().expect("a list");
    let kinds: Vec<&Value> = result.iter().map(|it| &it["kind"]).collect();
    assert_eq!(kinds, [3, 2, 2], "{answer}");
    editor.end();
}

#[test]
fn renaming_is_prepared_or_refused_with_the_reason() {
    let (mut editor, answer) = Editor::with(json!({
        "capabilities": { "textDocument": { "rename": { "prepareSupport": true } } },
    }));
    let capabilities = &answer["result"]["capabilities"];
    assert_eq!(capabilities["renameProvider"]["prepareProvider"], true);
    let (_, place) = open_at(&mut editor, URI, NAMES);
    let answer = editor.request("textDocument/prepareRename", place.clone());
    let range =
        json!({ "start": { "line": 0, "character": 20 }, "end": { "line": 0, "character": 23 } });
    assert_eq!(
        answer["result"],
        json!({ "range": range, "placeholder": "web" })
    );
    let mut params = place;
    params["newName"] = json!("builder");
    let answer = editor.request("textDocument/rename", params);
    assert_eq!(
        answer["error"],
        json!({ "code": -32803, "message": "`builder` cannot be the name of a stage: it is a stage of docksmith" })
    );
    let text = "language = \"go\"\nruntime.copy = [{ from = \"buil<|>der\", src = \"/é\", dst = \"/x\" }]\n";
    let (_, place) = open_at(&mut editor, URI, text);
    let answer = editor.request("textDocument/prepareRename", place);
    assert_eq!(
        answer["error"],
        json!({ "code": -32803, "message": "docksmith makes this stage: `builder` has no name to change" })
    );
    editor.end();
}

#[test]
fn a_renaming_names_the_version_where_the_client_can_be_told() {
    for (capabilities, is_versioned) in [
        (
            json!({ "workspace": { "workspaceEdit": { "documentChanges": true } } }),
            true,
        ),
        (json!({}), false),
    ] {
        let (mut editor, answer) = Editor::with(json!({ "capabilities": capabilities }));
        assert_eq!(answer["result"]["capabilities"]["renameProvider"], true);
        let (_, mut params) = open_at(&mut editor, URI, NAMES);
        params["newName"] = json!("ui");
        let answer = editor.request("textDocument/rename", params);
        let result = &answer["result"];
        let edits = if is_versioned {
            let change = &result["documentChanges"][0];
            assert_eq!(change["textDocument"], json!({ "uri": URI, "version": 1 }));
            &change["edits"]
        } else {
            assert_eq!(result.get("documentChanges"), None);
            &result["changes"][URI]
        };
        assert_eq!(starts(edits), [(0, 20), (2, 28), (2, 83)], "{answer}");
        let edits = edits.as_array().expect("a list");
        assert!(edits.iter().all(|edit| edit["newText"] == "ui"));
        editor.end();
    }
}
