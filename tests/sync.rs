//! The server's copy of a text against a model: batches of edits in both encodings, with every kind of line end and
//! character. However a text came about, the server says the same of it.

use serde_json::{Value, json};

use crate::support::editor::{Editor, change, open};
use crate::support::places::{self, Columns};
use crate::support::random::Random;

const URI: &str = "file:///sync/docksmith.toml";

/// How many notifications a run sends.
const ROUNDS: usize = 250;

/// After how many notifications the other ways to the same text are taken.
const INTERVAL: usize = 10;

/// What edits are made of.
const PIECES: [&str; 30] = [
    "",
    "a",
    " ",
    "é",
    "日本",
    "😀",
    "👩‍👧",
    "e\u{301}",
    "\u{feff}",
    "\u{2028}",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "\"",
    "\"\"\"",
    "'",
    "[",
    "]",
    "{ ",
    " }",
    "#",
    "=",
    ".",
    "expose = 80",
    "\n[runtime]\n",
    "\n[[stages]]\nname = \"é\"\n",
    "steps = [\"COPY --from=é 😀 /x\"]\n",
    "# 😀\n",
];

/// Texts that all begins with, and that come back in whole.
const TEXTS: [&str; 7] = [
    "",
    "\u{feff}",
    "\u{feff}language = \"go\"\nbuild.target = \"./cmd/x\"\n",
    "a\rb\r\rc",
    "\r\n\n\r",
    include_str!("examples/stages/docksmith.toml"),
    "# 😀 e\u{301}\r\nlanguage = \"go\"\r\n\r\n[build]\r\ntarget = \"./cmd/日本\" # é\r\n\r\n[runtime]\r\nexpose = 80\r\n",
];

/// The text of a document as it must be, and how columns are counted.
struct Model {
    text: String,
    columns: Columns,
    random: Random,
}

impl Model {
    /// A place between two characters, but not within the end of a line.
    fn offset(&mut self) -> usize {
        let lines = places::lines(&self.text);
        let (start, end) = *self.random.one_of(&lines);
        let line = &self.text[start..end];
        let mut edges: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
        edges.push(line.len());
        start + *self.random.one_of(&edges)
    }

    /// A position; one behind the end of a line now and then, which means that end.
    fn position(&mut self, offset: usize) -> Value {
        let mut position = places::position(&self.text, offset, self.columns);
        let lines = places::lines(&self.text);
        let is_end = lines.iter().any(|(_, end)| *end == offset);
        if is_end && self.random.below(4) == 0 {
            let column = position["character"].as_u64().unwrap_or_default();
            position["character"] = json!(column + 7);
        }
        if offset == self.text.len() && self.random.below(4) == 0 {
            position["line"] = json!(lines.len() + 3);
            position["character"] = json!(1);
        }
        position
    }

    fn piece(&mut self) -> String {
        let count = self.random.below(3) + 1;
        (0..count).map(|_| *self.random.one_of(&PIECES)).collect()
    }

    /// Changes the text in one place, or all of it; gives the change as the protocol has it.
    fn change(&mut self) -> Value {
        if self.random.below(12) == 0 {
            self.text = (*self.random.one_of(&TEXTS)).to_owned();
            return json!({ "text": self.text });
        }
        let (one, other) = (self.offset(), self.offset());
        // Most edits are short.
        let near = if self.random.below(8) == 0 {
            other
        } else {
            one
        };
        let (start, end) = (one.min(near), one.max(near));
        let from = self.position(start);
        // Behind one end of a line there are several positions, but a range must not be reversed.
        let to = if start == end {
            from.clone()
        } else {
            self.position(end)
        };
        let range = json!({ "start": from, "end": to });
        let text = self.piece();
        self.text.replace_range(start..end, &text);
        json!({ "range": range, "text": text })
    }

    /// The changes of one notification.
    fn batch(&mut self) -> Value {
        let count = self.random.below(5) + 1;
        (0..count).map(|_| self.change()).collect()
    }
}

fn editor(columns: Columns) -> Editor {
    let encodings = json!({ "positionEncodings": [columns.name(), "utf-16"] });
    let (editor, answer) = Editor::with(json!({
        "capabilities": { "general": encodings },
        "initializationOptions": {
            "testing": true,
            "lint": { "pedantic": true },
            "previewNotifications": true,
        },
    }));
    let agreed = &answer["result"]["capabilities"]["positionEncoding"];
    assert_eq!(*agreed, columns.name());
    editor
}

/// What the server says of a version: the diagnostics, and the preview if it is one of this version.
fn said(editor: &mut Editor, version: i64) -> (Value, Value) {
    let params = json!({ "command": "docksmith.previewDockerfile", "arguments": [URI] });
    let answer = editor.request("workspace/executeCommand", params);
    assert!(answer["error"].is_null(), "{answer}");
    let diagnostics = editor.last_published(URI, version);
    // The last sound version of a document depends on what was there before.
    let preview = answer["result"].clone();
    let is_of_this = preview["version"] == version && preview["text"] != "";
    (diagnostics, if is_of_this { preview } else { Value::Null })
}

/// Asserts that the server has the text of the model; gives the version.
fn compare(editor: &mut Editor, model: &Model, version: i64, batch: &Value) {
    let (text, found) = editor.text_and_version(URI);
    assert_eq!(found, version, "{batch}");
    assert_eq!(text, model.text, "{:?} after {batch}", model.columns);
}

/// Edits a text again and again; gives how many previews were compared.
fn run(columns: Columns, seed: u64) -> usize {
    let mut model = Model {
        text: TEXTS[usize::try_from(seed).expect("small") % TEXTS.len()].to_owned(),
        columns,
        random: Random::new(seed),
    };
    let (mut by_parts, mut by_whole, mut anew) =
        (editor(columns), editor(columns), editor(columns));
    for editor in [&mut by_parts, &mut by_whole] {
        editor.write(&open(URI, 0, &model.text));
    }
    let mut previews = 0;
    for round in 1..=ROUNDS {
        let version = i64::try_from(round).expect("small");
        let batch = model.batch();
        by_parts.write(&change(URI, version, batch.clone()));
        by_whole.write(&change(URI, version, json!([{ "text": model.text }])));
        compare(&mut by_parts, &model, version, &batch);
        if round % INTERVAL != 0 {
            continue;
        }
        compare(&mut by_whole, &model, version, &batch);
        anew.write(&open(URI, version, &model.text));
        let expected = said(&mut anew, version);
        anew.notify(
            "textDocument/didClose",
            json!({ "textDocument": { "uri": URI } }),
        );
        for editor in [&mut by_parts, &mut by_whole] {
            assert_eq!(said(editor, version), expected, "{:?}", model.text);
        }
        previews += usize::from(!expected.1.is_null());
    }
    for mut editor in [by_parts, by_whole, anew] {
        editor.received();
        editor.end();
    }
    previews
}

#[test]
fn the_text_is_that_of_the_editor_in_utf_16() {
    let previews: usize = (0..4).map(|seed| run(Columns::Utf16, seed)).sum();
    assert!(previews > 10, "only {previews} previews");
}

#[test]
fn the_text_is_that_of_the_editor_in_utf_8() {
    let previews: usize = (4..8).map(|seed| run(Columns::Utf8, seed)).sum();
    assert!(previews > 10, "only {previews} previews");
}
