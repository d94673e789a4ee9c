//! Typing: every prefix of every example, and many deletions; whatever the text, everything is asked of the server over
//! real pipes, and nothing may fail, be late or point outside the text.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::dockerfiles::{documents, examples};
use crate::support::editor::{Editor, change, framed, open};
use crate::support::features::{FEATURES, Feature, able_client, anywhere};
use crate::support::places::{self, Columns};
use crate::support::random::Random;

/// How many deletions there are in all.
const DELETIONS: usize = 20_000;

/// Of how many steps one is looked at, unless `DOCKSMITH_REPLAY` is set: all of them take minutes even if the program is
/// optimized, as `cargo replay` does it.
const SAMPLE: usize = 32;

/// Of how many steps one is looked at.
fn stride() -> usize {
    match std::env::var_os("DOCKSMITH_REPLAY") {
        Some(_) => 1,
        None => SAMPLE,
    }
}

/// How many deletions one server is asked about in a row.
const IN_A_ROW: usize = 100;

/// A server that needs longer for everything that is asked after one change hangs. Where the program is not optimized,
/// or much else runs beside it, more is waited for.
fn limit() -> Duration {
    let is_optimized = stride() == 1;
    Duration::from_secs(if is_optimized { 4 } else { 20 })
}

/// How findings are asked for.
const PULL: &str = "textDocument/diagnostic";

/// How the fixes of findings are asked for.
const FIXES: &str = "textDocument/codeAction";

/// How many versions back a text is kept for the diagnostics that are still to come.
const KEPT: i64 = 50;

/// A document that is typed.
struct Typed {
    uri: String,
    text: String,
}

/// The examples, and the files that have every key.
fn typed() -> Vec<Typed> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut all = Vec::new();
    for document in documents(&examples()) {
        all.push(Typed {
            uri: format!("file://{}", document.display()),
            text: std::fs::read_to_string(&document).expect("an example"),
        });
    }
    for name in ["full.toml", "full_old.toml"] {
        all.push(Typed {
            // The folder is there, so that paths are looked for.
            uri: format!(
                "file://{}/examples/composite/docksmith.toml",
                tests.display()
            ),
            text: std::fs::read_to_string(tests.join(name)).expect("a document"),
        });
    }
    all
}

/// What one server is asked in one go.
enum Task<'a> {
    /// Every prefix of a document.
    Prefixes(&'a Typed),
    /// Some deletions in a document, each taken back before the next.
    Deletions(&'a Typed, u64),
}

/// An editor that types and looks at all that the server says.
struct Typist {
    editor: Editor,
    columns: Columns,
    capabilities: Value,
    features: Vec<&'static Feature>,
    uri: String,
    text: String,
    version: i64,
    /// The latest texts by their versions.
    texts: BTreeMap<i64, String>,
    random: Random,
    slowest: Duration,
    steps: usize,
}

impl Typist {
    /// Starts a server: every second one for a client that can do little, counts bytes, and asks for the findings.
    fn new(number: usize) -> Self {
        let folder = format!("file://{}", examples().display());
        let (client, columns) = if number.is_multiple_of(2) {
            (able_client(), Columns::Utf16)
        } else {
            let general = json!({ "positionEncodings": ["utf-8", "utf-16"] });
            let text_document = json!({ "diagnostic": {} });
            let client = json!({ "general": general, "textDocument": text_document });
            (client, Columns::Utf8)
        };
        let (editor, answer) = Editor::with(json!({
            "capabilities": client,
            "workspaceFolders": [{ "uri": folder, "name": "examples" }],
            "initializationOptions": { "inlayHints": { "enable": true }, "codeLens": { "enable": true } },
        }));
        let capabilities = answer["result"]["capabilities"].clone();
        assert_eq!(capabilities["positionEncoding"], columns.name());
        let features = FEATURES.iter().filter(|it| it.is_announced(&capabilities));
        let features: Vec<&Feature> = features.collect();
        let is_pulling = columns == Columns::Utf8;
        // Between the two nothing is left out.
        for feature in &FEATURES {
            let is_asked = features.iter().any(|it| it.method == feature.method);
            let is_pull = feature.method == PULL;
            assert!(is_asked || is_pull != is_pulling, "{}", feature.method);
        }
        Self {
            editor,
            columns,
            features,
            capabilities,
            uri: String::new(),
            text: String::new(),
            version: 0,
            texts: BTreeMap::new(),
            random: Random::new(0),
            slowest: Duration::ZERO,
            steps: 0,
        }
    }

    fn run(&mut self, task: &Task<'_>) {
        match task {
            Task::Prefixes(typed) => self.type_all(typed),
            Task::Deletions(typed, seed) => self.delete_often(typed, *seed),
        }
    }

    fn type_all(&mut self, typed: &Typed) {
        self.random = Random::new(0);
        self.open(&typed.uri, "");
        let stride = stride();
        for (index, (at, character)) in typed.text.char_indices().enumerate() {
            let end = places::position(&self.text, at, self.columns);
            let mut text = self.text.clone();
            text.push(character);
            let range = json!({ "start": end, "end": end });
            let one = json!({ "range": range, "text": character });
            let cursor = text.len();
            let bytes = self.change(text, json!([one]));
            if index % stride == 0 {
                self.ask_all(bytes, cursor);
            } else {
                self.editor.write(&bytes);
            }
        }
    }

    fn delete_often(&mut self, typed: &Typed, seed: u64) {
        self.random = Random::new(seed);
        self.open(&typed.uri, &typed.text);
        let edges: Vec<usize> = typed.text.char_indices().map(|(at, _)| at).collect();
        let mut undo = None;
        for _ in 0..IN_A_ROW {
            let start = self.random.below(edges.len());
            let most = *self.random.one_of(&[1, 2, 8, 40, 200]);
            let end = start + 1 + self.random.below(most);
            let start = edges[start];
            let end = edges.get(end).copied().unwrap_or(typed.text.len());
            let range = places::range(&typed.text, (start, end), self.columns);
            let mut changes: Vec<Value> = undo.into_iter().collect();
            changes.push(json!({ "range": range, "text": "" }));
            let text = format!("{}{}", &typed.text[..start], &typed.text[end..]);
            let from = &range["start"];
            let place = json!({ "start": from, "end": from });
            undo = Some(json!({ "range": place, "text": &typed.text[start..end] }));
            let bytes = self.change(text, json!(changes));
            self.ask_all(bytes, start);
        }
    }

    fn open(&mut self, uri: &str, text: &str) {
        self.version += 1;
        self.uri = uri.to_owned();
        self.text = text.to_owned();
        self.texts = BTreeMap::from([(self.version, self.text.clone())]);
        self.editor.write(&open(uri, self.version, text));
    }

    /// Changes the text to this one; gives the notification, to be written with what is asked then.
    fn change(&mut self, text: String, changes: Value) -> Vec<u8> {
        self.version += 1;
        self.text = text;
        self.texts.insert(self.version, self.text.clone());
        self.texts.remove(&(self.version - KEPT));
        change(&self.uri, self.version, changes)
    }

    /// Asks everything at a byte offset, in one write behind `bytes`, and looks at the answers.
    fn ask_all(&mut self, mut bytes: Vec<u8>, cursor: usize) {
        let position = places::position(&self.text, cursor, self.columns);
        let whole = places::range(&self.text, (0, self.text.len()), self.columns);
        let anywhere = anywhere(&self.uri, &position, &whole);
        let mut asked = Vec::new();
        for feature in self.features.clone() {
            let (id, request) = self
                .editor
                .prepared(feature.method, feature.params(&anywhere));
            bytes.extend(request);
            asked.push((feature, id));
        }
        let start = Instant::now();
        self.editor.write(&bytes);
        let answers: Vec<(&Feature, Value)> = asked
            .into_iter()
            .map(|(feature, id)| (feature, self.editor.answer(id)))
            .collect();
        let taken = start.elapsed();
        self.slowest = self.slowest.max(taken);
        self.steps += 1;
        assert!(taken < limit(), "{taken:?} {}", self.shown(cursor));
        for (feature, answer) in answers {
            self.look_at(feature, &answer, &position)
                .unwrap_or_else(|what| self.fail(feature.method, &what, cursor));
            self.resolve_one(feature, &answer["result"], cursor);
            if feature.method == PULL {
                self.ask_fixes(&answer["result"]["items"], &whole, cursor);
            }
        }
        self.hear(cursor);
    }

    /// Asks what can be done about one of the findings that the server has told, or about all of them.
    fn ask_fixes(&mut self, findings: &Value, whole: &Value, cursor: usize) {
        let Some(all) = findings.as_array().filter(|all| !all.is_empty()) else {
            return;
        };
        let one = self.random.one_of(all);
        let (range, findings) = match self.random.below(4) {
            0 => (whole, findings.clone()),
            _ => (&one["range"], json!([one])),
        };
        let params = json!({
            "textDocument": { "uri": self.uri },
            "range": range,
            "context": { "diagnostics": findings, "only": ["quickfix"] },
        });
        let answer = self.editor.request(FIXES, params);
        if !answer["error"].is_null() {
            self.fail(FIXES, &answer.to_string(), cursor);
        }
        let result = &answer["result"];
        self.in_text(result)
            .and_then(|()| self.actions_can_be_applied(result))
            .unwrap_or_else(|what| self.fail(FIXES, &what, cursor));
    }

    /// Resolves one of the items of an answer.
    fn resolve_one(&mut self, feature: &Feature, result: &Value, cursor: usize) {
        let Some(method) = feature.resolve(&self.capabilities) else {
            return;
        };
        let list = if feature.items.is_empty() {
            result
        } else {
            &result[feature.items]
        };
        let items = list.as_array().filter(|items| !items.is_empty());
        let Some(items) = items else { return };
        let item = self.random.one_of(items).clone();
        let answer = self.editor.request(method, item.clone());
        let is_same = answer["result"]["label"] == item["label"];
        if !answer["error"].is_null() || !is_same {
            self.fail(method, &format!("{item} becomes {answer}"), cursor);
        }
        self.in_text(&answer["result"])
            .unwrap_or_else(|what| self.fail(method, &what, cursor));
    }

    /// Looks at what the server says by itself, and answers what it asks.
    fn hear(&mut self, cursor: usize) {
        for message in self.editor.received() {
            let params = &message["params"];
            let method = message["method"].as_str().unwrap_or_default();
            if method.starts_with("window/") && params["type"] == 1 {
                self.fail(method, &params.to_string(), cursor);
            }
            if method == "window/showMessage" {
                self.fail(method, &params.to_string(), cursor);
            }
            if method == "textDocument/publishDiagnostics" && params["uri"] == self.uri {
                let version = params["version"].as_i64().unwrap_or_default();
                if let Some(text) = self.texts.get(&version) {
                    self.in_this_text(text, params)
                        .unwrap_or_else(|what| self.fail(method, &what, cursor));
                }
            }
            if message.get("id").is_some() && !method.is_empty() {
                let items = params["items"].as_array().map_or(0, Vec::len);
                let result = match method {
                    "workspace/configuration" => json!(vec![Value::Null; items]),
                    "workspace/applyEdit" => json!({ "applied": true }),
                    _ => Value::Null,
                };
                let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
                self.editor.write(&framed(&answer.to_string()));
            }
        }
    }

    /// Whether an answer can be used; else what is wrong with it.
    fn look_at(&self, feature: &Feature, answer: &Value, position: &Value) -> Result<(), String> {
        let error = &answer["error"];
        // What is refused with a reason is not an internal error.
        let is_refusal = feature.may_refuse && error["code"] != -32603;
        if !error.is_null() && !is_refusal {
            return Err(error.to_string());
        }
        let result = &answer["result"];
        if let Some(lines) = result.get("lines") {
            // A preview may be of the last version that could be rendered.
            let version = result["version"].as_i64().unwrap_or_default();
            if let Some(text) = self.texts.get(&version) {
                self.in_this_text(text, lines)?;
            }
            return self.in_text(&result["diagnostics"]);
        }
        self.in_text(result)?;
        match feature.method {
            "textDocument/completion" => completion_edits_the_line(result, position),
            "textDocument/formatting" => self.can_be_applied(result),
            "textDocument/foldingRange" => self.folds_lie_in_the_text(result),
            "textDocument/selectionRange" => self.selections_grow(&result[0]),
            "textDocument/semanticTokens/full" | "textDocument/semanticTokens/range" => {
                self.tokens_lie_in_lines(&result["data"])
            }
            "textDocument/inlayHint" => self.hints_lie_in_the_text(result),
            "textDocument/codeAction" => self.actions_can_be_applied(result),
            "textDocument/rename" => self.edit_can_be_applied(result),
            _ => Ok(()),
        }
    }

    fn in_text(&self, value: &Value) -> Result<(), String> {
        self.in_this_text(&self.text, value)
    }

    /// Whether all ranges of the document in a value lie in the text; those in other files are not looked at.
    fn in_this_text(&self, text: &str, value: &Value) -> Result<(), String> {
        match value {
            Value::Array(items) => items
                .iter()
                .try_for_each(|item| self.in_this_text(text, item)),
            Value::Object(members) => {
                if members.contains_key("start") && members.contains_key("end") {
                    return places::span(text, value, self.columns).map(drop);
                }
                let uri = members
                    .get("uri")
                    .or_else(|| value.pointer("/textDocument/uri"));
                if uri.is_some_and(|uri| *uri != *self.uri) {
                    return Ok(());
                }
                // The place that a link leads to may lie elsewhere.
                let leads_away = members
                    .get("targetUri")
                    .is_some_and(|uri| *uri != *self.uri);
                for (name, member) in members {
                    let is_other = name.starts_with("file:") && *name != self.uri;
                    let is_elsewhere = leads_away && name.starts_with("target");
                    if !is_other && !is_elsewhere {
                        self.in_this_text(text, member)?;
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn can_be_applied(&self, edits: &Value) -> Result<(), String> {
        let edits = edits.as_array().map(Vec::as_slice).unwrap_or_default();
        places::edited(&self.text, edits, self.columns).map(drop)
    }

    /// Whether the edits of the document in a workspace edit can be applied.
    fn edit_can_be_applied(&self, edit: &Value) -> Result<(), String> {
        self.can_be_applied(&edit["changes"][&self.uri])?;
        let changes = edit["documentChanges"].as_array();
        for change in changes.into_iter().flatten() {
            if change["textDocument"]["uri"] == self.uri {
                self.can_be_applied(&change["edits"])?;
            }
        }
        Ok(())
    }

    fn actions_can_be_applied(&self, actions: &Value) -> Result<(), String> {
        let actions = actions.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut actions = actions.iter();
        actions.try_for_each(|action| self.edit_can_be_applied(&action["edit"]))
    }

    fn folds_lie_in_the_text(&self, folds: &Value) -> Result<(), String> {
        for fold in folds.as_array().into_iter().flatten() {
            let end = |line: &str, column: &str| {
                let column = fold.get(column).unwrap_or(&Value::Null);
                let column = if column.is_null() { &json!(0) } else { column };
                json!({ "line": fold[line], "character": column })
            };
            let (start, end) = (
                end("startLine", "startCharacter"),
                end("endLine", "endCharacter"),
            );
            places::offset(&self.text, &start, self.columns)?;
            places::offset(&self.text, &end, self.columns)?;
            if fold["startLine"].as_u64() > fold["endLine"].as_u64() {
                return Err(format!("{fold} is reversed"));
            }
        }
        Ok(())
    }

    fn selections_grow(&self, innermost: &Value) -> Result<(), String> {
        let mut inner: Option<(usize, usize)> = None;
        let mut selection = innermost;
        while !selection.is_null() {
            let (start, end) = places::span(&self.text, &selection["range"], self.columns)?;
            if inner.is_some_and(|it| it.0 < start || it.1 > end) {
                return Err(format!("{innermost} does not grow"));
            }
            inner = Some((start, end));
            selection = &selection["parent"];
        }
        Ok(())
    }

    fn tokens_lie_in_lines(&self, data: &Value) -> Result<(), String> {
        let numbers: Vec<u64> = data
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_u64)
            .collect();
        let (mut line, mut column) = (0, 0);
        for token in numbers.chunks(5) {
            let [lines, columns, length, ..] = token else {
                return Err(format!("{token:?} is no token"));
            };
            column = if *lines == 0 {
                column + columns
            } else {
                *columns
            };
            line += lines;
            let position = |column: u64| json!({ "line": line, "character": column });
            let range = json!({ "start": position(column), "end": position(column + length) });
            places::span(&self.text, &range, self.columns)?;
        }
        Ok(())
    }

    fn hints_lie_in_the_text(&self, hints: &Value) -> Result<(), String> {
        let mut hints = hints.as_array().into_iter().flatten();
        hints.try_for_each(|hint| {
            places::offset(&self.text, &hint["position"], self.columns).map(drop)
        })
    }

    fn shown(&self, cursor: usize) -> String {
        let (before, after) = self.text.split_at(cursor);
        format!("in {} ({:?}):\n{before}<|>{after}", self.uri, self.columns)
    }

    fn fail(&self, method: &str, what: &str, cursor: usize) -> ! {
        panic!("{method}: {what}\n{}", self.shown(cursor))
    }
}

/// Whether each item changes a part of one line that holds the cursor.
fn completion_edits_the_line(result: &Value, position: &Value) -> Result<(), String> {
    let items = result["items"].as_array().or_else(|| result.as_array());
    let cursor = position["character"].as_u64();
    for item in items.into_iter().flatten() {
        let edit = &item["textEdit"];
        let ranges = [&edit["range"], &edit["insert"], &edit["replace"]];
        for range in ranges.into_iter().filter(|range| !range.is_null()) {
            let (start, end) = (&range["start"], &range["end"]);
            let is_on_line = start["line"] == position["line"] && end["line"] == position["line"];
            let holds =
                start["character"].as_u64() <= cursor && cursor <= end["character"].as_u64();
            if !is_on_line || !holds {
                return Err(format!("{item} is not at {position}"));
            }
        }
    }
    Ok(())
}

/// Works on the tasks with several servers at once.
fn replay(tasks: &[Task<'_>]) {
    let next = AtomicUsize::new(0);
    let count = thread::available_parallelism()
        .map_or(2, usize::from)
        .clamp(2, 8);
    let start = Instant::now();
    let work = |number| {
        let mut typist = Typist::new(number);
        while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            typist.run(task);
        }
        typist.editor.received();
        let Typist {
            editor,
            steps,
            slowest,
            ..
        } = typist;
        editor.end();
        (steps, slowest)
    };
    let results: Vec<(usize, Duration)> = thread::scope(|scope| {
        let servers: Vec<_> = (0..count)
            .map(|number| scope.spawn(move || work(number)))
            .collect();
        servers
            .into_iter()
            .map(|it| it.join().expect("nothing fails"))
            .collect()
    });
    let steps: usize = results.iter().map(|(steps, _)| steps).sum();
    let slowest = results.iter().map(|(_, slowest)| *slowest).max();
    // Shown by `--nocapture`, or if the test fails.
    let _ = std::io::Write::write_fmt(
        &mut std::io::stderr(),
        format_args!(
            "{steps} steps in {:?}, the slowest in {slowest:?}\n",
            start.elapsed()
        ),
    );
}

#[test]
fn every_example_can_be_typed() {
    let typed = typed();
    let mut tasks: Vec<Task<'_>> = typed.iter().map(Task::Prefixes).collect();
    // The long ones first, so that all servers are busy until the end.
    tasks.sort_by_key(|task| match task {
        Task::Prefixes(typed) | Task::Deletions(typed, _) => usize::MAX - typed.text.len(),
    });
    replay(&tasks);
}

#[test]
fn anything_can_be_deleted() {
    let typed = typed();
    let rows = DELETIONS / stride() / IN_A_ROW;
    let documents = typed.iter().cycle();
    let seeds = (0..rows).map(|row| u64::try_from(row).expect("small"));
    let tasks: Vec<Task<'_>> = documents
        .zip(seeds)
        .map(|(typed, seed)| Task::Deletions(typed, seed))
        .collect();
    replay(&tasks);
}
