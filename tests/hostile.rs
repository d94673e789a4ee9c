//! Hostile clients and texts, over real pipes: everything that is announced is asked in the worst moments.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::editor::{Editor, change, framed, notification, open, part};
use crate::support::features::{FEATURES, Feature, able_client, anywhere};
use crate::support::places::{self, Columns};

const URI: &str = "file:///app/docksmith.toml";
const PUBLISH: &str = "textDocument/publishDiagnostics";
const PULL: &str = "textDocument/diagnostic";

/// A text of which much can be said.
const TEXT: &str = include_str!("full.toml");

/// A text with a stage that is used in line 7 and has no name for a stage.
const STAGES: &str = "\
[[stages]]
name = \"é😀\"
from = \"alpine:3.23\"
# A comment.
[[stages]]
name = \"other\"
from = \"é😀\"
";

/// A server whose client can do everything, and what it announces.
fn able() -> (Editor, Vec<&'static Feature>) {
    let mut client = able_client();
    // Nobody answers here.
    client["workspace"]["configuration"] = json!(false);
    let (editor, answer) = Editor::with(json!({
        "capabilities": client,
        "initializationOptions": {
            "testing": true,
            "inlayHints": { "enable": true },
            "codeLens": { "enable": true },
        },
    }));
    let capabilities = &answer["result"]["capabilities"];
    let announced = FEATURES.iter().filter(|it| it.is_announced(capabilities));
    (editor, announced.collect())
}

/// Asks everything at a byte offset of a document; gives what was answered.
fn ask_all(
    editor: &mut Editor,
    features: &[&'static Feature],
    uri: &str,
    (text, at): (&str, usize),
) -> Vec<(&'static Feature, Value)> {
    let position = places::position(text, at, Columns::Utf16);
    let whole = places::range(text, (0, text.len()), Columns::Utf16);
    let anywhere = anywhere(uri, &position, &whole);
    let ids: Vec<i64> = features
        .iter()
        .map(|feature| editor.ask(feature.method, feature.params(&anywhere)))
        .collect();
    let answers = ids.into_iter().map(|id| editor.answer(id));
    features.iter().copied().zip(answers).collect()
}

/// A server whose client asks for findings, among everything else.
fn asking() -> (Editor, Vec<&'static Feature>) {
    let mut client = able_client();
    client["workspace"]["configuration"] = json!(false);
    client["textDocument"]["diagnostic"] = json!({ "relatedDocumentSupport": true });
    let (editor, answer) = Editor::with(json!({
        "capabilities": client,
        "initializationOptions": { "testing": true },
    }));
    let capabilities = &answer["result"]["capabilities"];
    let announced = FEATURES.iter().filter(|it| it.is_announced(capabilities));
    let announced: Vec<_> = announced.collect();
    let mut methods = announced.iter().map(|it| it.method);
    assert!(methods.any(|method| method == PULL), "{capabilities}");
    (editor, announced)
}

/// Asserts that nothing failed; what may be refused may be refused with a reason.
fn nothing_fails(answers: &[(&'static Feature, Value)], about: &str) {
    for (feature, answer) in answers {
        let error = &answer["error"];
        let is_refusal = feature.may_refuse && error["code"] != -32603;
        assert!(
            error.is_null() || is_refusal,
            "{about}: {}: {error}",
            feature.method
        );
    }
}

/// Asserts that the server has not said that something went wrong, and ends it.
fn end_quietly(mut editor: Editor) {
    for message in editor.all_unread() {
        let is_said = message["method"]
            .as_str()
            .is_some_and(|it| it.starts_with("window/"));
        assert!(!(is_said && message["params"]["type"] == 1), "{message}");
    }
    editor.end();
}

// Texts.

#[test]
fn strange_texts_are_answered() {
    let (mut editor, features) = able();
    let long = "x".repeat(100_000);
    let texts = [
        String::new(),
        " ".to_owned(),
        "\n\n \t\n".to_owned(),
        "# é".to_owned(),
        "# one\n# two\n\n# three\n".to_owned(),
        "\u{feff}".to_owned(),
        "\u{feff}language = \"go\"\n".to_owned(),
        "\0".to_owned(),
        "\r".to_owned(),
        "a = 1\rb = 2\r".to_owned(),
        "{\"name\": \"é😀\", \"list\": [1, {\"a\": null}]}\n".to_owned(),
        "{\n  \"name\": \"é😀\",\n  \"list\": [1, 2]\n}\n".to_owned(),
        "[".repeat(3_000),
        "a = ".to_owned() + &"[".repeat(3_000),
        "a.".repeat(3_000),
        "\"\"\"".repeat(1_001),
        format!("language = \"{long}\"\n"),
        format!("{long} = 1\n"),
        format!("# {long}\n"),
        format!("steps = [\"RUN {long}\"]\n"),
        "version: '3'\nservices:\n  web:\n    image: \"x\"\n".to_owned(),
        "FROM alpine:3.23\nRUN <<EOF\nx\nEOF\n".to_owned(),
        TEXT.replace('\n', "\r\n"),
        TEXT.replace('\n', "\r"),
        TEXT.replace('a', "😀"),
    ];
    let start = Instant::now();
    for (number, text) in texts.iter().enumerate() {
        let uri = format!("file:///app/{number}/docksmith.toml");
        editor.open(&uri, text);
        let middle = (0..=text.len() / 2)
            .rev()
            .find(|at| text.is_char_boundary(*at));
        for at in [0, middle.unwrap_or(0), text.len()] {
            let answers = ask_all(&mut editor, &features, &uri, (text, at));
            let shown: String = text.chars().take(40).collect();
            nothing_fails(&answers, &format!("{shown:?} at {at}"));
            let taken = start.elapsed();
            assert!(taken < Duration::from_secs(60), "{taken:?} until {shown:?}");
        }
        editor.receive(|it| it["method"] == PUBLISH && it["params"]["uri"] == *uri);
    }
    end_quietly(editor);
}

#[test]
fn a_document_of_a_mebibyte_is_answered() {
    let (mut editor, features) = able();
    let comment = "# é😀 a comment that says nothing about anything at all, again and again\n";
    let text = TEXT.to_owned() + &comment.repeat((1 << 20) / comment.len());
    editor.open(URI, &text);
    let answers = ask_all(&mut editor, &features, URI, (&text, text.len()));
    nothing_fails(&answers, "a mebibyte");
    editor.receive_method(PUBLISH);
    end_quietly(editor);
}

#[test]
fn any_document_of_ours_is_answered() {
    let (mut editor, features) = able();
    for uri in [
        "untitled:docksmith.toml",
        "docksmith.toml:docksmith.toml",
        "file:///docksmith.toml",
        "file:///a%20b/%C3%A9/docksmith.toml",
        "file:///a/%2E%2E/%2e/docksmith%2Etoml",
        "file://wsl%24/Ubuntu/app/docksmith.toml",
        "file://wsl.localhost/Ubuntu/app/docksmith.toml",
        "file:///c%3A/app/docksmith.toml",
        "file:///non-utf-8/%FF/docksmith.toml",
        "file:///nul/%00/docksmith.toml",
        "file:///app/docksmith.toml?query#fragment",
        "git:/app/docksmith.toml?%7B%22ref%22%3A%22%22%7D",
        "vscode-remote://ssh-remote%2Bhost/app/docksmith.toml",
        "vscode-vfs://github/a/b/docksmith.toml",
    ] {
        editor.open(uri, TEXT);
        let answers = ask_all(&mut editor, &features, uri, (TEXT, 30));
        nothing_fails(&answers, uri);
    }
    end_quietly(editor);
}

#[test]
fn documents_that_are_not_there_are_nothing() {
    let (mut editor, features) = asking();
    editor.open(URI, TEXT);
    editor.notify(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": URI } }),
    );
    let other = "file:///app/Cargo.toml";
    editor.open(other, TEXT);
    for uri in [URI, other, "file:///never/docksmith.toml"] {
        for (feature, answer) in ask_all(&mut editor, &features, uri, (TEXT, 30)) {
            let is_about_it = feature.method != "workspace/symbol";
            if is_about_it && feature.command.is_none() {
                let error = &answer["error"];
                let result = &answer["result"];
                let is_empty = result.is_null()
                    || result.as_array().is_some_and(Vec::is_empty)
                    || result["items"].as_array().is_some_and(Vec::is_empty)
                    || (feature.may_refuse && error["code"] != -32603);
                assert!(is_empty, "{uri}: {}: {answer}", feature.method);
            }
            assert_ne!(answer["error"]["code"], -32603, "{uri}: {}", feature.method);
        }
    }
    end_quietly(editor);
}

#[test]
fn places_past_the_end_are_answered() {
    let (mut editor, features) = asking();
    editor.open(URI, "language = \"é😀\"");
    for (line, column) in [(0, 99), (9, 0), (u32::MAX, u32::MAX), (0, 14)] {
        // The last one is inside a character.
        let position = json!({ "line": line, "character": column });
        let whole = json!({ "start": { "line": 0, "character": 0 }, "end": position });
        let anywhere = anywhere(URI, &position, &whole);
        for feature in &features {
            let answer = editor.request(feature.method, feature.params(&anywhere));
            nothing_fails(&[(*feature, answer)], &position.to_string());
        }
    }
    end_quietly(editor);
}

#[test]
fn reversed_ranges_are_answered() {
    let (mut editor, features) = asking();
    editor.open(URI, TEXT);
    let (start, end) = (
        json!({ "line": 9, "character": 0 }),
        json!({ "line": 2, "character": 1 }),
    );
    let reversed = json!({ "start": start, "end": end });
    let mut anywhere = anywhere(URI, &start, &reversed);
    anywhere["range"] = reversed;
    for feature in &features {
        let answer = editor.request(feature.method, feature.params(&anywhere));
        nothing_fails(&[(*feature, answer)], "a reversed range");
    }
    end_quietly(editor);
}

// Order.

#[test]
fn each_request_in_a_burst_sees_the_text_before_it() {
    let mut editor = Editor::for_tests();
    editor.open(URI, "");
    let place =
        json!({ "textDocument": { "uri": URI }, "position": { "line": 0, "character": 0 } });
    let (mut burst, mut asked) = (Vec::new(), Vec::new());
    for version in 2..=500 {
        let edit = part((0, 0), (0, 0), &format!("# {version}\n"));
        burst.extend(change(URI, version, json!([edit])));
        let (id, request) = editor.prepared("docksmith/testText", place.clone());
        burst.extend(request);
        burst.extend(editor.prepared("textDocument/completion", place.clone()).1);
        asked.push((version, id));
    }
    editor.write(&burst);
    for (version, id) in asked {
        assert_eq!(editor.answer(id)["result"]["version"], version);
    }
    editor.received();
    editor.end();
}

#[test]
fn two_documents_that_are_typed_in_turn_keep_their_texts() {
    let mut editor = Editor::for_tests();
    let uris = ["file:///one/docksmith.toml", "file:///two/docksmith.toml"];
    let mut burst = Vec::new();
    for uri in uris {
        burst.extend(open(uri, 1, "x = 0\n"));
    }
    for version in 2..=300 {
        for uri in uris {
            let text = format!("{} = {version}\n", &uri[8..11]);
            burst.extend(change(uri, version, json!([part((0, 0), (1, 0), &text)])));
        }
    }
    editor.write(&burst);
    let mut versions = [0, 0];
    while versions != [300, 300] {
        let published = editor.receive_method(PUBLISH);
        let index = usize::from(published["params"]["uri"] == uris[1]);
        let version = published["params"]["version"].as_i64().expect("a version");
        assert!(version > versions[index], "{version} after {versions:?}");
        versions[index] = version;
    }
    for uri in uris {
        let expected = format!("{} = 300\n", &uri[8..11]);
        assert_eq!(editor.text_and_version(uri), (expected, 300));
    }
    assert_eq!(editor.all_unread(), Vec::<Value>::new());
    editor.end();
}

#[test]
fn nothing_is_published_after_a_document_is_closed() {
    let mut editor = Editor::for_tests();
    let close = notification(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": URI } }),
    );
    for round in 1..=40 {
        let mut both = open(URI, round, TEXT);
        // Some are closed at once, some while they are looked at.
        if round % 2 == 0 {
            editor.write(&both);
            std::thread::yield_now();
            both.clear();
        }
        both.extend(&close);
        editor.write(&both);
        let last = loop {
            let published = editor.receive_method(PUBLISH);
            if published["params"]["version"].is_null() {
                break published;
            }
        };
        assert_eq!(last["params"]["diagnostics"], json!([]));
        assert_eq!(editor.all_unread(), Vec::<Value>::new(), "in round {round}");
    }
    editor.end();
}

#[test]
fn a_document_may_be_closed_while_much_is_asked_about_it() {
    let (mut editor, features) = able();
    for round in 1..=20 {
        editor.write(&open(URI, round, TEXT));
        let position = json!({ "line": 3, "character": 2 });
        let anywhere = anywhere(
            URI,
            &position,
            &json!({ "start": position, "end": position }),
        );
        let ids: Vec<i64> = features
            .iter()
            .map(|it| editor.ask(it.method, it.params(&anywhere)))
            .collect();
        editor.notify(
            "textDocument/didClose",
            json!({ "textDocument": { "uri": URI } }),
        );
        for id in ids {
            assert_ne!(editor.answer(id)["error"]["code"], -32603);
        }
    }
    end_quietly(editor);
}

#[test]
fn everything_behind_a_change_in_one_write_is_about_the_new_text() {
    let (mut editor, features) = asking();
    editor.write(&open(URI, 1, "# nothing\n"));
    for version in (2..=40).step_by(2) {
        let start = json!({ "line": 6, "character": 8 });
        let whole = json!({ "start": { "line": 0, "character": 0 }, "end": start });
        let anywhere = anywhere(URI, &start, &whole);
        let mut burst = change(URI, version, json!([{ "text": STAGES }]));
        let mut asked = Vec::new();
        for feature in &features {
            let (id, request) = editor.prepared(feature.method, feature.params(&anywhere));
            burst.extend(request);
            asked.push((*feature, id));
        }
        // Whatever comes behind is not seen by what stands before it.
        burst.extend(change(URI, version + 1, json!([{ "text": "" }])));
        editor.write(&burst);
        for (feature, id) in asked {
            let answer = editor.answer(id);
            nothing_fails(&[(feature, answer.clone())], "behind a change");
            let result = &answer["result"];
            let shows = |pattern: &str| result.to_string().contains(pattern);
            let is_about_it = match feature.method {
                "textDocument/rename" => shows("renamed"),
                "textDocument/prepareRename" => shows("é😀"),
                "textDocument/references" => result.as_array().is_some_and(|it| it.len() == 2),
                "workspace/symbol" => shows("é😀"),
                PULL => shows("invalid-stage-name"),
                "textDocument/documentSymbol" => shows("é😀"),
                _ => true,
            };
            assert!(is_about_it, "{}: {answer}", feature.method);
        }
    }
    end_quietly(editor);
}

#[test]
fn what_is_cancelled_at_once_is_answered_once() {
    let (mut editor, features) = asking();
    editor.open(URI, TEXT);
    let position = json!({ "line": 3, "character": 2 });
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": position });
    let anywhere = anywhere(URI, &position, &whole);
    for round in 2..=12 {
        let edit = part((0, 0), (0, 0), "#\n");
        let mut burst = change(URI, round, json!([edit]));
        let mut asked = Vec::new();
        for feature in &features {
            let (id, request) = editor.prepared(feature.method, feature.params(&anywhere));
            burst.extend(request);
            // Some are cancelled before the next is asked, some when all are asked.
            if round % 2 == 0 {
                let cancel = json!({ "id": id });
                burst.extend(notification("$/cancelRequest", cancel));
            }
            asked.push((*feature, id));
        }
        for (_, id) in &asked {
            burst.extend(notification("$/cancelRequest", json!({ "id": id })));
        }
        editor.write(&burst);
        for (feature, id) in asked {
            let answer = editor.answer(id);
            let is_cancelled = answer["error"]["code"] == -32800;
            if !is_cancelled {
                nothing_fails(&[(feature, answer)], "cancelled");
            }
        }
    }
    let (text, version) = editor.text_and_version(URI);
    assert_eq!((text.len(), version), (TEXT.len() + 22, 12));
    for message in editor.all_unread() {
        let is_answer = message.get("method").is_none();
        assert!(!is_answer, "answered twice: {message}");
    }
    end_quietly(editor);
}

#[test]
fn findings_are_asked_for_while_the_text_changes() {
    let (mut editor, _) = asking();
    let document = json!({ "textDocument": { "uri": URI } });
    editor.write(&open(URI, 1, ""));
    let mut asked = Vec::new();
    for version in 2..=60 {
        let text = if version % 2 == 0 { STAGES } else { "x = [" };
        let mut burst = change(URI, version, json!([{ "text": text }]));
        let (id, request) = editor.prepared(PULL, document.clone());
        burst.extend(request);
        editor.write(&burst);
        asked.push((version, id));
    }
    for (version, id) in asked {
        let answer = editor.answer(id);
        let code = answer["error"]["code"].as_i64();
        // A text that is no more may be refused as such, and is asked about again.
        if matches!(code, Some(-32802..=-32800)) {
            continue;
        }
        let items = &answer["result"]["items"];
        assert!(items.is_array(), "{answer}");
        let is_new = items.to_string().contains("invalid-stage-name");
        assert_eq!(is_new, version % 2 == 0, "{version}: {answer}");
    }
    let last = editor.request(PULL, document);
    assert!(last["result"]["items"].is_array(), "{last}");
    let published = editor.all_unread();
    let mut published = published.iter().filter(|it| it["method"] == PUBLISH);
    let is_told = published.any(|it| it["params"]["diagnostics"] != json!([]));
    assert!(!is_told, "told, too");
    end_quietly(editor);
}

#[test]
fn strange_parameters_are_refused_with_a_reason() {
    let (mut editor, features) = asking();
    editor.open(URI, TEXT);
    let far = json!({ "line": u32::MAX, "character": u32::MAX });
    for params in [
        json!({}),
        json!({ "textDocument": {} }),
        json!({ "textDocument": { "uri": "" } }),
        json!({ "textDocument": { "uri": URI }, "position": { "line": -1, "character": 0 } }),
        json!({ "textDocument": { "uri": URI }, "position": far, "newName": 7, "range": far }),
        json!({ "query": 7, "command": 7, "arguments": {} }),
        json!([]),
        json!(["x", 1]),
    ] {
        for feature in &features {
            let answer = editor.request(feature.method, params.clone());
            let code = &answer["error"]["code"];
            assert_ne!(*code, -32603, "{}: {params}: {answer}", feature.method);
        }
    }
    for arguments in [
        json!([]),
        json!([7]),
        json!([Value::Null]),
        json!([{ "uri": URI }]),
    ] {
        for command in ["previewDockerfile", "migrate", "renderToFile", "unknown"] {
            let command = format!("docksmith.{command}");
            let params = json!({ "command": command, "arguments": arguments });
            let answer = editor.request("workspace/executeCommand", params);
            assert_ne!(answer["error"]["code"], -32603, "{command}: {answer}");
        }
    }
    end_quietly(editor);
}

#[test]
fn findings_that_a_client_makes_up_are_nothing() {
    let (mut editor, _) = able();
    editor.open(URI, STAGES);
    let far = json!({ "line": 900, "character": 3 });
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": far });
    let edit = json!({ "file": "../x", "span": [0, 9_999], "text": "é" });
    for data in [
        Value::Null,
        json!(7),
        json!({ "version": 1, "fix": null }),
        json!({ "version": 1, "fix": { "title": "x", "safe": true, "edits": [edit] } }),
        json!({ "version": -1, "fix": { "title": 7 } }),
        json!([[[]]]),
    ] {
        for source in [json!("docksmith"), json!("other"), Value::Null] {
            let diagnostic = json!({
                "range": whole, "message": "é", "source": source, "code": "invalid-stage-name", "data": data,
            });
            for only in [
                json!([""]),
                json!(["quickfix"]),
                json!(["source.fixAll"]),
                json!(["é"]),
            ] {
                let answer = editor.request(
                    "textDocument/codeAction",
                    json!({
                        "textDocument": { "uri": URI },
                        "range": whole,
                        "context": { "diagnostics": [diagnostic], "only": only },
                    }),
                );
                assert!(answer["error"].is_null(), "{diagnostic}: {answer}");
                let actions = answer["result"].as_array().cloned().unwrap_or_default();
                for action in actions {
                    let changes = action["edit"]["documentChanges"].as_array().cloned();
                    for change in changes.unwrap_or_default() {
                        let uri = &change["textDocument"]["uri"];
                        assert!(uri.is_null() || *uri == URI, "{action}");
                        let edits = change["edits"].as_array().cloned().unwrap_or_default();
                        places::edited(STAGES, &edits, Columns::Utf16).expect("it fits");
                    }
                }
            }
        }
    }
    end_quietly(editor);
}

// The client.

#[test]
fn a_client_that_does_not_read_for_a_while_is_served() {
    let mut editor = Editor::deaf();
    let options = json!({ "testing": true });
    let initialize = json!({ "capabilities": able_client(), "initializationOptions": options });
    let started = editor.ask("initialize", initialize);
    editor.notify("initialized", json!({}));
    editor.open(URI, TEXT);
    // The answers are far longer than any pipe, so a server that waits for its writer stops reading here, and this
    // test at `write`.
    let place =
        json!({ "textDocument": { "uri": URI }, "position": { "line": 0, "character": 0 } });
    let mut ids = Vec::new();
    for version in 2..=120 {
        let edit = part((0, 0), (0, 0), "#\n");
        editor.write(&change(URI, version, json!([edit])));
        let (id, request) = editor.prepared("textDocument/documentSymbol", place.clone());
        editor.write(&request);
        ids.push(id);
    }
    let last = editor.ask("docksmith/testText", place);
    #[cfg(target_os = "linux")]
    {
        let kibibytes = editor.resident();
        assert!(kibibytes < 400_000, "{kibibytes} KiB");
    }
    editor.listen();
    assert!(editor.answer(started)["error"].is_null());
    assert_eq!(editor.answer(last)["result"]["version"], 120);
    for id in ids {
        assert!(editor.answer(id)["error"].is_null());
    }
    editor.received();
    editor.end();
}

#[test]
fn what_is_cancelled_is_heard_while_long_answers_are_sent() {
    let mut editor = Editor::for_tests();
    editor.open(URI, &"# é😀\n".repeat(50_000));
    let place =
        json!({ "textDocument": { "uri": URI }, "position": { "line": 0, "character": 0 } });
    let ids: Vec<i64> = (0..100)
        .map(|_| editor.ask("docksmith/testText", place.clone()))
        .collect();
    for id in &ids {
        editor.notify("$/cancelRequest", json!({ "id": id }));
    }
    let answers = ids.into_iter().map(|id| editor.answer(id));
    let cancelled = answers.filter(|it| it["error"]["code"] == -32800).count();
    assert!(cancelled >= 30, "{cancelled}");
    editor.received();
    editor.end();
}

#[test]
fn what_nobody_reads_is_not_computed() {
    let mut editor = Editor::deaf();
    let options = json!({ "testing": true });
    editor.ask(
        "initialize",
        json!({ "capabilities": {}, "initializationOptions": options }),
    );
    editor.notify("initialized", json!({}));
    let text = "# é😀\n".repeat(100_000);
    editor.open(URI, &text);
    let place =
        json!({ "textDocument": { "uri": URI }, "position": { "line": 0, "character": 0 } });
    let ids: Vec<i64> = (0..200)
        .map(|_| editor.ask("docksmith/testText", place.clone()))
        .collect();
    // Versions and nonsense are not answered by more than a word each.
    for version in 2..200 {
        editor.write(&change(URI, version, json!([part((9, 9), (0, 0), "")])));
    }
    let last = editor.ask("docksmith/testHang", Value::Null);
    editor.notify("$/cancelRequest", json!({ "id": last }));
    #[cfg(target_os = "linux")]
    {
        // Time to compute what would be computed.
        std::thread::sleep(Duration::from_secs(3));
        let kibibytes = editor.resident();
        assert!(kibibytes < 120_000, "{kibibytes} KiB");
    }
    editor.listen();
    // What nobody waits for is answered meanwhile.
    assert_eq!(editor.answer(last)["error"]["code"], -32800);
    for id in ids.into_iter().take(20) {
        assert!(editor.answer(id)["error"].is_null());
    }
    editor.notify("exit", Value::Null);
    assert_eq!(editor.exit_code(), Some(1));
}

#[test]
fn a_client_that_never_reads_can_end_the_server() {
    let mut editor = Editor::deaf();
    editor.ask("initialize", json!({ "capabilities": {} }));
    editor.open(URI, TEXT);
    let place =
        json!({ "textDocument": { "uri": URI }, "position": { "line": 0, "character": 0 } });
    for _ in 0..200 {
        editor.ask("textDocument/documentSymbol", place.clone());
    }
    editor.ask("shutdown", Value::Null);
    editor.notify("exit", Value::Null);
    let start = Instant::now();
    assert_eq!(editor.exit_code_unheard(), Some(0));
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn what_comes_at_the_wrong_time_is_refused() {
    let mut editor = Editor::silent();
    let early = editor.request("textDocument/hover", json!({}));
    assert_eq!(early["error"]["code"], -32002, "{early}");
    editor.notify("textDocument/didOpen", json!({}));
    let answer = editor.request("initialize", json!({ "capabilities": {} }));
    assert!(answer["error"].is_null(), "{answer}");
    let again = editor.request("initialize", json!({ "capabilities": {} }));
    assert_eq!(again["error"]["code"], -32600, "{again}");
    editor.request("shutdown", Value::Null);
    let late = editor.request("textDocument/hover", json!({}));
    assert_eq!(late["error"]["code"], -32600, "{late}");
    editor.notify("exit", Value::Null);
    assert_eq!(editor.exit_code(), Some(0));
}

#[test]
fn cancelling_what_is_not_there_is_nothing() {
    let mut editor = Editor::for_tests();
    let place =
        json!({ "textDocument": { "uri": URI }, "position": { "line": 0, "character": 0 } });
    let done = editor.ask("textDocument/hover", place);
    editor.answer(done);
    for id in [json!(done), json!(999), json!("x"), Value::Null, json!({})] {
        editor.notify("$/cancelRequest", json!({ "id": id }));
    }
    editor.notify("$/cancelRequest", Value::Null);
    editor.notify("$/setTrace", json!({ "value": "verbose" }));
    editor.notify("$/unknown", json!([1]));
    editor.open(URI, "x");
    assert_eq!(editor.text_and_version(URI).0, "x");
    editor.end();
}

#[test]
fn broken_notifications_change_nothing() {
    let mut editor = Editor::for_tests();
    editor.open(URI, "abc");
    for params in [
        Value::Null,
        json!([]),
        json!({}),
        json!({ "textDocument": { "uri": URI } }),
        json!({ "textDocument": { "uri": "", "version": 2 }, "contentChanges": [] }),
        json!({ "textDocument": { "uri": 7, "version": 2 }, "contentChanges": [{ "text": "x" }] }),
        json!({ "textDocument": { "uri": URI, "version": "2" }, "contentChanges": [{ "text": "x" }] }),
        json!({ "textDocument": { "uri": URI, "version": 2 }, "contentChanges": [{ "text": 7 }] }),
    ] {
        editor.notify("textDocument/didChange", params.clone());
        editor.notify("textDocument/didOpen", params.clone());
        editor.notify("textDocument/didSave", params.clone());
        editor.notify("workspace/didChangeWatchedFiles", params.clone());
        editor.notify("workspace/didChangeConfiguration", params.clone());
        editor.notify("workspace/didChangeWorkspaceFolders", params);
    }
    assert_eq!(editor.text_and_version(URI).0, "abc");
    editor.received();
    editor.end();
}

#[test]
fn answers_to_questions_that_nobody_asked_are_nothing() {
    let mut editor = Editor::for_tests();
    for body in [
        r#"{"jsonrpc":"2.0","id":77,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"é"}}"#,
        r#"{"jsonrpc":"2.0","id":null,"result":null}"#,
        r#"{"jsonrpc":"2.0","id":0,"result":null,"error":null}"#,
    ] {
        editor.write(&framed(body));
    }
    editor.open(URI, "x");
    assert_eq!(editor.text_and_version(URI).0, "x");
    editor.received();
    editor.end();
}
