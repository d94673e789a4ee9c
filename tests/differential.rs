//! The command line and the server say the same: of every example, every project and every broken file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::broken;
use crate::dockerfiles::{documents, examples};
use crate::support::editor::Editor;
use crate::support::features::able_client;
use crate::support::places::{self, Columns};

/// Runs the program in a folder.
fn docksmith(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_docksmith"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the program was built")
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// A range of the command line's JSON as the server must say it.
fn protocol_range(folder: &Path, place: &Value, texts: &mut Texts) -> Value {
    let path = folder.join(place["path"].as_str().expect("a path"));
    let text = texts.of(&path);
    let byte = |end: &str| {
        let byte = place["range"][end]["byte"].as_u64().expect("a byte");
        usize::try_from(byte).expect("small")
    };
    places::range(text, (byte("start"), byte("end")), Columns::Utf16)
}

/// The texts of files, each read once.
#[derive(Default)]
struct Texts(BTreeMap<PathBuf, String>);

impl Texts {
    fn of(&mut self, path: &Path) -> &str {
        let text = self.0.entry(path.to_owned());
        text.or_insert_with(|| std::fs::read_to_string(path).expect("a text"))
    }
}

/// What both say of a finding, in one form: rule, severity, message, place, further places.
fn from_report(folder: &Path, document: &Path, finding: &Value, texts: &mut Texts) -> Value {
    let path = finding["path"].as_str().expect("a path");
    let is_own = folder.join(path) == document;
    let place = |texts: &mut Texts, place: &Value| {
        let path = folder.join(place["path"].as_str().expect("a path"));
        json!({ "uri": uri(&path), "range": protocol_range(folder, place, texts) })
    };
    let mut related = Vec::new();
    if !is_own {
        related.push(place(texts, finding));
    }
    for label in finding["labels"].as_array().expect("a list") {
        related.push(place(texts, label));
    }
    let start = json!({ "line": 0, "character": 0 });
    let severity = match finding["severity"].as_str() {
        Some("error") => 1,
        Some("warning") => 2,
        _ => 3,
    };
    json!({
        "rule": finding["rule"],
        "severity": severity,
        "range": if is_own { place(texts, finding)["range"].clone() } else { json!({ "start": start, "end": start }) },
        "related": related,
    })
}

fn from_server(diagnostic: &Value) -> Value {
    let related = diagnostic["relatedInformation"].as_array();
    let related: Vec<&Value> = related
        .into_iter()
        .flatten()
        .map(|it| &it["location"])
        .collect();
    json!({
        "rule": diagnostic["code"],
        "severity": diagnostic["severity"],
        "range": diagnostic["range"],
        "related": related,
    })
}

/// The message holds that of the command line, and its help.
fn says(diagnostic: &Value, finding: &Value) -> bool {
    let said = diagnostic["message"].as_str().unwrap_or_default();
    let message = finding["message"].as_str().unwrap_or_default();
    let help = finding["help"].as_str();
    let ends = help.is_none_or(|help| said.ends_with(&format!("\nhelp: {help}")));
    let first = said.lines().next().unwrap_or_default();
    ends && first.ends_with(message.lines().next().unwrap_or_default()) && said.contains(message)
}

/// In one order, since the server keeps that of one document.
fn sorted(mut values: Vec<(Value, Value)>) -> Vec<(Value, Value)> {
    values.sort_by_key(|(value, source)| (value.to_string(), source["message"].to_string()));
    values
}

/// The document that a finding in this file belongs to: the nearest above.
fn owner<'a>(path: &Path, documents: &'a [PathBuf]) -> Option<&'a PathBuf> {
    path.ancestors().skip(1).find_map(|folder| {
        let mut documents = documents.iter();
        documents.find(|document| document.parent() == Some(folder))
    })
}

/// The server for documents below a folder.
fn server(pedantic: bool) -> Editor {
    Editor::with(json!({
        "capabilities": able_client(),
        "initializationOptions": { "lint": { "pedantic": pedantic }, "previewNotifications": true },
    }))
    .0
}

/// Compares all documents below a folder; gives the number of findings.
fn compare_findings(folder: &Path, pedantic: bool) -> usize {
    let mut arguments = vec!["lint", "--format", "json"];
    if pedantic {
        arguments.push("--pedantic");
    }
    arguments.push(".");
    let output = docksmith(folder, &arguments);
    let report: Value = serde_json::from_slice(&output.stdout).expect("the program writes JSON");
    let mut editor = server(pedantic);
    let (mut texts, mut count) = (Texts::default(), 0);
    let findings = report["diagnostics"].as_array().expect("a list");
    let all = documents(folder);
    let mut of_documents: BTreeMap<&PathBuf, Vec<&Value>> = BTreeMap::new();
    for finding in findings {
        let path = folder.join(finding["path"].as_str().unwrap_or_default());
        let document = owner(&path, &all).expect("a document of the folder");
        of_documents.entry(document).or_default().push(finding);
    }
    for document in all.clone() {
        let expected: Vec<(Value, Value)> = of_documents
            .get(&document)
            .into_iter()
            .flatten()
            .map(|it| {
                (
                    from_report(folder, &document, it, &mut texts),
                    (*it).clone(),
                )
            })
            .collect();
        let uri = uri(&document);
        editor.open(&uri, texts.of(&document));
        let diagnostics = editor.last_published(&uri, 1);
        let diagnostics = diagnostics.as_array().expect("a list");
        let found: Vec<(Value, Value)> = diagnostics
            .iter()
            .map(|it| (from_server(it), it.clone()))
            .collect();
        let (expected, found) = (sorted(expected), sorted(found));
        let only = |list: &[(Value, Value)]| -> Vec<Value> {
            list.iter().map(|(value, _)| value.clone()).collect()
        };
        assert_eq!(only(&found), only(&expected), "{}", document.display());
        for ((_, diagnostic), (_, finding)) in found.iter().zip(&expected) {
            assert!(says(diagnostic, finding), "{diagnostic} is not {finding}");
        }
        count += found.len();
    }
    editor.received();
    editor.end();
    count
}

/// Compares the preview of all documents below a folder that render without errors; gives their number.
fn compare_previews(folder: &Path) -> usize {
    let mut editor = server(false);
    let (mut texts, mut count) = (Texts::default(), 0);
    for document in documents(folder) {
        let own = document.parent().expect("a folder");
        let output = docksmith(own, &["dockerfile", "--format", "json", "docksmith.toml"]);
        if !output.status.success() {
            continue;
        }
        let expected: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let uri = uri(&document);
        editor.open(&uri, texts.of(&document));
        let params = json!({ "command": "docksmith.previewDockerfile", "arguments": [uri] });
        let answer = editor.request("workspace/executeCommand", params);
        let preview = &answer["result"];
        let name = document.display();
        assert_eq!(preview["text"], expected["text"], "{name}");
        assert_eq!(preview["uri"], expected["uri"], "{name}");
        let lines = expected["lines"].as_array().expect("a list");
        let lines: Vec<Value> = lines
            .iter()
            .map(|line| match line["path"].as_str() {
                None => Value::Null,
                Some(path) => json!({
                    "uri": self::uri(&normal(&own.join(path))),
                    "range": protocol_range(own, line, &mut texts),
                }),
            })
            .collect();
        assert_eq!(preview["lines"], json!(lines), "{name}");
        // The command looks at named files only, so it may find less.
        let said = preview["diagnostics"].as_array().expect("a list");
        for finding in expected["diagnostics"].as_array().expect("a list") {
            assert!(
                said.iter().any(|it| it["code"] == finding["rule"]),
                "{name}: {finding}"
            );
        }
        count += 1;
    }
    editor.received();
    editor.end();
    count
}

/// A path without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => drop(normal.pop()),
            std::path::Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}

/// The projects that lint says nothing of.
fn projects() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects")
}

/// The broken files, each in a folder of its own.
fn broken_files() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (number, text) in broken::texts().into_iter().enumerate() {
        let own = folder.path().join(format!("{number:03}"));
        std::fs::create_dir(&own).expect("a folder");
        std::fs::write(own.join("docksmith.toml"), text).expect("a file");
    }
    folder
}

#[test]
fn the_findings_of_sound_files_are_those_of_the_command_line() {
    compare_findings(&examples(), false);
    compare_findings(&projects(), false);
    let count = compare_findings(&examples(), true) + compare_findings(&projects(), true);
    assert!(count > 50, "only {count} findings");
}

#[test]
fn the_findings_of_broken_files_are_those_of_the_command_line() {
    let folder = broken_files();
    for pedantic in [false, true] {
        let count = compare_findings(folder.path(), pedantic);
        assert!(count > 250, "only {count} findings");
    }
}

#[test]
fn the_preview_is_the_dockerfile_of_the_command_line() {
    let count = compare_previews(&examples()) + compare_previews(&projects());
    assert!(count >= 90, "only {count} previews");
}

#[test]
fn the_preview_of_files_with_warnings_is_that_of_the_command_line() {
    compare_previews(broken_files().path());
}
