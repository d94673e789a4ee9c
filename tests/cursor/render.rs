//! Answers as text: short, with lines counted as in the case, without what lies outside of it.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::support::places::{self, Columns};

/// How many lines of a page are shown, and how many labels.
const SHOWN: usize = 12;

/// What was asked about.
pub(super) struct Page<'a> {
    pub(super) uri: String,
    pub(super) folder: &'a Path,
    pub(super) text: &'a str,
    /// How many lines stand before those of the case.
    pub(super) before: usize,
    /// How many lines the case has.
    pub(super) own: usize,
    pub(super) cursor: (usize, usize),
    pub(super) capabilities: &'a Value,
}

const NOTHING: &str = "nothing\n";

/// The answer of a feature.
pub(super) fn answer(page: &Page<'_>, feature: &str, result: &Value, is_chosen: bool) -> String {
    let text = match feature {
        "completion" | "snippets" if is_chosen => page.applied_item(result),
        "completion" | "snippets" => labels(result),
        "hover" => page.hover(result),
        "definition" | "references" => page.locations(result),
        "highlight" => page.highlights(result),
        "prepare_rename" => page.prepared(result),
        "rename" => page.applied(result),
        "code_actions" if is_chosen => page.applied_action(result),
        "code_actions" => titles(result),
        "symbols" => page.symbols(result, 0),
        "workspace_symbols" => page.workspace_symbols(result),
        "folding" => page.folds(result),
        "selection" => page.selections(&result[0]),
        "tokens" => page.tokens(&result["data"]),
        "links" => page.links(result),
        "lenses" => page.lenses(result),
        "hints" => page.hints(result),
        "formatting" => page.formatted(result),
        "preview" => page.preview(result),
        other => panic!("there is no feature `{other}`"),
    };
    if text.is_empty() {
        NOTHING.to_owned()
    } else {
        text
    }
}

/// The diagnostics of a document.
pub(super) fn diagnostics(page: &Page<'_>, list: &Value) -> String {
    let mut text = String::new();
    for diagnostic in items(list) {
        if page.number(&diagnostic["range"]["start"]).is_none() {
            continue;
        }
        let severity = match diagnostic["severity"].as_u64() {
            Some(1) => "error",
            Some(2) => "warning",
            _ => "info",
        };
        let unnecessary = if items(&diagnostic["tags"]).is_empty() {
            ""
        } else {
            " (unnecessary)"
        };
        let rule = string(&diagnostic["code"]);
        let message = string(&diagnostic["message"]);
        let _ = writeln!(text, "{severity} {rule}{unnecessary}: {message}");
        text.push_str(&page.snippet(&diagnostic["range"]));
        for place in items(&diagnostic["relatedInformation"]) {
            let _ = writeln!(text, "see: {}", string(&place["message"]));
            text.push_str(&page.location(&place["location"]));
        }
    }
    if text.is_empty() {
        NOTHING.to_owned()
    } else {
        text
    }
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn labels(result: &Value) -> String {
    let items = items(result.get("items").unwrap_or(result));
    let mut text = String::new();
    for item in items.iter().take(SHOWN) {
        let note = string(&item["labelDetails"]["description"]);
        let _ = match note {
            "" => writeln!(text, "{}", string(&item["label"])),
            note => writeln!(text, "{} ({note})", string(&item["label"])),
        };
    }
    if items.len() > SHOWN {
        text.push_str("…\n");
    }
    text
}

fn titles(result: &Value) -> String {
    let mut text = String::new();
    for action in items(result) {
        let preferred = if action["isPreferred"] == true {
            " (preferred)"
        } else {
            ""
        };
        let disabled = action["disabled"]["reason"].as_str();
        let disabled = disabled
            .map(|it| format!(" (disabled: {it})"))
            .unwrap_or_default();
        let (kind, title) = (string(&action["kind"]), string(&action["title"]));
        let _ = writeln!(text, "{kind}: {title}{preferred}{disabled}");
    }
    text
}

impl Page<'_> {
    fn span(&self, range: &Value) -> (usize, usize) {
        places::span(self.text, range, Columns::Utf16).expect("a range of the text")
    }

    /// The number of a position's line in the case, from 1.
    fn number(&self, position: &Value) -> Option<usize> {
        let line = usize::try_from(position["line"].as_u64()?).ok()?;
        (self.before..self.before + self.own)
            .contains(&line)
            .then(|| line - self.before + 1)
    }

    /// The number of a line, or what stands for one outside of the case.
    fn shown_number(&self, position: &Value) -> String {
        let number = self.number(position);
        number.map_or_else(|| "outside".to_owned(), |number| number.to_string())
    }

    /// A line of the document with carets under a range.
    fn snippet(&self, range: &Value) -> String {
        snippet(self.text, range, &self.shown_number(&range["start"]), "")
    }

    /// A place in the document or in a file beside it.
    fn location(&self, location: &Value) -> String {
        let uri = string(&location["uri"]);
        if uri == self.uri {
            return self.snippet(&location["range"]);
        }
        let path = self.path(uri);
        let text = std::fs::read_to_string(self.folder.join(&path)).unwrap_or_default();
        let line = location["range"]["start"]["line"]
            .as_u64()
            .unwrap_or_default()
            + 1;
        snippet(
            &text,
            &location["range"],
            &line.to_string(),
            &format!("{path}:"),
        )
    }

    /// The path of a uri from the folder of the document.
    fn path(&self, uri: &str) -> String {
        let folder = format!("file://{}/", self.folder.display());
        let path = uri.strip_prefix(&folder).unwrap_or(uri);
        path.replace("%C3%A9", "é")
    }

    fn hover(&self, hover: &Value) -> String {
        if hover.is_null() {
            return String::new();
        }
        let page = string(&hover["contents"]["value"]);
        let mut text = String::new();
        for line in page.lines().take(SHOWN) {
            let _ = writeln!(text, "{line}");
        }
        if page.lines().count() > SHOWN {
            text.push_str("…\n");
        }
        text + &self.snippet(&hover["range"])
    }

    fn locations(&self, result: &Value) -> String {
        let one = [result.clone()];
        let list = match result {
            Value::Array(list) => list.as_slice(),
            Value::Null => &[],
            _ => &one,
        };
        let mut text = String::new();
        for location in list {
            let mut location = location.clone();
            if let Some(uri) = location.get("targetUri").cloned() {
                let range = location["targetSelectionRange"].clone();
                location = serde_json::json!({ "uri": uri, "range": range });
            }
            text.push_str(&self.location(&location));
        }
        text
    }

    fn highlights(&self, result: &Value) -> String {
        let mut text = String::new();
        for highlight in items(result) {
            let kind = match highlight["kind"].as_u64() {
                Some(2) => "read",
                Some(3) => "write",
                _ => "text",
            };
            let _ = writeln!(text, "{kind}");
            text.push_str(&self.snippet(&highlight["range"]));
        }
        text
    }

    fn prepared(&self, result: &Value) -> String {
        if result.is_null() {
            return String::new();
        }
        let range = result.get("range").unwrap_or(result);
        let name = result["placeholder"].as_str();
        let name = name.map(|name| format!("{name}\n")).unwrap_or_default();
        name + &self.snippet(range)
    }

    /// The lines that differ in a text that the document becomes.
    fn changes(&self, edits: &[Value]) -> String {
        let new = places::edited(self.text, edits, Columns::Utf16).expect("edits of the text");
        // Where all lines end in two characters, those that come in do so, too.
        let has_one_end = |text: &str| !text.replace("\r\n", "").contains('\n');
        assert!(
            has_one_end(&new) || !has_one_end(self.text) || !self.text.contains('\n'),
            "line ends are lost: {edits:?}"
        );
        difference(self.text, &new, self.before)
    }

    fn applied_item(&self, item: &Value) -> String {
        if item.is_null() {
            return "there is no such item\n".to_owned();
        }
        let mut edit = item["textEdit"].clone();
        if edit.get("replace").is_some() {
            edit["range"] = edit["replace"].clone();
        }
        let (start, _) = self.span(&edit["range"]);
        let typed = self.text[start..self.cursor.1].to_lowercase();
        let filter = item["filterText"]
            .as_str()
            .unwrap_or(string(&item["label"]));
        assert!(
            filter.to_lowercase().starts_with(&typed),
            "`{typed}` hides {item}"
        );
        if item["insertTextFormat"] == 2 {
            edit["newText"] = expanded(string(&edit["newText"])).into();
        }
        let mut edits = vec![edit];
        edits.extend(items(&item["additionalTextEdits"]).iter().cloned());
        self.changes(&edits)
    }

    fn applied_action(&self, action: &Value) -> String {
        if action.is_null() {
            return "there is no such action\n".to_owned();
        }
        let command = action["command"]["command"]
            .as_str()
            .or(action["command"].as_str());
        let command = command.map(|it| format!("runs {it}\n")).unwrap_or_default();
        command + &self.applied(&action["edit"])
    }

    /// What a workspace edit does. Who knows `documentChanges` does not look at `changes`, which must say the same.
    fn applied(&self, edit: &Value) -> String {
        let mut text = String::new();
        let mut all: Vec<(String, &Value)> = Vec::new();
        for change in items(&edit["documentChanges"]) {
            match change["kind"].as_str() {
                Some(kind) => {
                    let _ = writeln!(text, "{kind} {}", self.path(string(&change["uri"])));
                }
                None => {
                    let uri = string(&change["textDocument"]["uri"]);
                    all.push((uri.to_owned(), &change["edits"]));
                }
            }
        }
        let plain = edit["changes"].as_object().into_iter().flatten();
        let mut plain: Vec<(String, &Value)> =
            plain.map(|(uri, edits)| (uri.clone(), edits)).collect();
        plain.sort_by_key(|(uri, _)| *uri != self.uri);
        if edit["documentChanges"].is_null() {
            all = plain;
        } else if !plain.is_empty() {
            assert_eq!(plain.len(), all.len(), "{edit}");
            assert!(all.iter().all(|one| plain.contains(one)), "{edit}");
        }
        for (uri, edits) in all {
            if uri == self.uri {
                text.push_str(&self.changes(items(edits)));
                continue;
            }
            let path = self.path(&uri);
            let old = std::fs::read_to_string(self.folder.join(&path)).unwrap_or_default();
            let new = places::edited(&old, items(edits), Columns::Utf16).expect("edits");
            let _ = writeln!(text, "{path}:");
            text.push_str(&difference(&old, &new, 0));
        }
        text
    }

    fn symbols(&self, list: &Value, depth: usize) -> String {
        let mut text = String::new();
        for symbol in items(list) {
            let Some(number) = self.number(&symbol["selectionRange"]["start"]) else {
                continue;
            };
            let (start, end) = self.span(&symbol["selectionRange"]);
            let (from, to) = self.span(&symbol["range"]);
            assert!(from <= start && end <= to, "{symbol}");
            let name = string(&symbol["name"]);
            let detail = string(&symbol["detail"]);
            let indent = "  ".repeat(depth);
            let _ = writeln!(text, "{number}: {indent}{name} {detail}");
            text.push_str(&self.symbols(&symbol["children"], depth + 1));
        }
        text
    }

    fn workspace_symbols(&self, list: &Value) -> String {
        let mut text = String::new();
        for symbol in items(list) {
            let location = &symbol["location"];
            let path = self.path(string(&location["uri"]));
            let place = self.shown_number(&location["range"]["start"]);
            let container = string(&symbol["containerName"]);
            let _ = writeln!(
                text,
                "{path}:{place}: {} {container}",
                string(&symbol["name"])
            );
        }
        text
    }

    fn folds(&self, list: &Value) -> String {
        let mut text = String::new();
        for fold in items(list) {
            let line = |name: &str| serde_json::json!({ "line": fold[name] });
            let Some(start) = self.number(&line("startLine")) else {
                continue;
            };
            let end = self.shown_number(&line("endLine"));
            let _ = writeln!(text, "{start}-{end} {}", string(&fold["kind"]));
        }
        text
    }

    fn selections(&self, innermost: &Value) -> String {
        let mut text = String::new();
        let mut selection = innermost;
        while !selection.is_null() {
            let (start, end) = self.span(&selection["range"]);
            let selected = &self.text[start..end];
            let mut lines = selected.lines();
            let (first, last) = (lines.next().unwrap_or_default(), lines.next_back());
            let rest = last.map(|last| format!(" … {last}")).unwrap_or_default();
            let _ = writeln!(text, "`{first}{rest}`");
            selection = &selection["parent"];
        }
        text
    }

    fn tokens(&self, data: &Value) -> String {
        let legend = &self.capabilities["semanticTokensProvider"]["legend"];
        let numbers: Vec<u64> = items(data).iter().filter_map(Value::as_u64).collect();
        let (mut text, mut line, mut column) = (String::new(), 0, 0);
        for token in numbers.chunks_exact(5) {
            column = if token[0] == 0 {
                column + token[1]
            } else {
                token[1]
            };
            line += token[0];
            let position = |column: u64| serde_json::json!({ "line": line, "character": column });
            let range = serde_json::json!({ "start": position(column), "end": position(column + token[2]) });
            let Some(number) = self.number(&range["start"]) else {
                continue;
            };
            let (start, end) = self.span(&range);
            let kind = usize::try_from(token[3]).expect("small");
            let mut modifiers = String::new();
            for (bit, name) in items(&legend["tokenModifiers"]).iter().enumerate() {
                if token[4] >> bit & 1 == 1 {
                    let _ = write!(modifiers, " {}", string(name));
                }
            }
            let kind = string(&legend["tokenTypes"][kind]);
            let _ = writeln!(
                text,
                "{number}: `{}` {kind}{modifiers}",
                &self.text[start..end]
            );
        }
        text
    }

    fn links(&self, list: &Value) -> String {
        let mut text = String::new();
        for link in items(list) {
            if self.number(&link["range"]["start"]).is_some() {
                text.push_str(&self.snippet(&link["range"]));
                let _ = writeln!(text, "to {}", self.path(string(&link["target"])));
            }
        }
        text
    }

    fn lenses(&self, list: &Value) -> String {
        let mut text = String::new();
        for lens in items(list) {
            let Some(number) = self.number(&lens["range"]["start"]) else {
                continue;
            };
            let command = &lens["command"];
            let (title, name) = (string(&command["title"]), string(&command["command"]));
            let _ = writeln!(text, "{number}: {title} ({name})");
        }
        text
    }

    fn hints(&self, list: &Value) -> String {
        let mut text = String::new();
        for hint in items(list) {
            let position = &hint["position"];
            let Some(number) = self.number(position) else {
                continue;
            };
            let at = places::offset(self.text, position, Columns::Utf16).expect("a place");
            let parts = items(&hint["label"]).iter();
            let parts: String = parts.map(|part| string(&part["value"])).collect();
            let label = hint["label"].as_str().map_or(parts, str::to_owned);
            let pad = |name: &str| if hint[name] == true { " " } else { "" };
            let (left, right) = (pad("paddingLeft"), pad("paddingRight"));
            let start = self.text[..at].rfind('\n').map_or(0, |it| it + 1);
            let end = self.text[at..]
                .find('\n')
                .map_or(self.text.len(), |it| at + it);
            let (before, behind) = (&self.text[start..at], &self.text[at..end]);
            let _ = writeln!(text, "{number}: {before}{left}⟪{label}⟫{right}{behind}");
        }
        text
    }

    fn formatted(&self, result: &Value) -> String {
        match result.as_array() {
            None => NOTHING.to_owned(),
            Some(edits) if edits.is_empty() => "it is formatted\n".to_owned(),
            Some(edits) => self.changes(edits),
        }
    }

    /// The lines of the preview that come from the line of the cursor; all without a cursor.
    fn preview(&self, preview: &Value) -> String {
        let cursor = places::position(self.text, self.cursor.1, Columns::Utf16);
        let origins = items(&preview["lines"]);
        let mut text = String::new();
        for (line, origin) in string(&preview["text"]).lines().zip(origins) {
            let (start, end) = (
                &origin["range"]["start"]["line"],
                &origin["range"]["end"]["line"],
            );
            let is_here = origin["uri"] == self.uri
                && start.as_u64() <= cursor["line"].as_u64()
                && cursor["line"].as_u64() <= end.as_u64();
            if is_here {
                let _ = writeln!(text, "{line}");
            }
        }
        text
    }
}

/// The lines that differ, with their numbers from 1 behind `before` lines.
fn difference(old: &str, new: &str, before: usize) -> String {
    let difference = TextDiff::from_lines(old, new);
    let mut text = String::new();
    for change in difference.iter_all_changes() {
        let (sign, index) = match change.tag() {
            ChangeTag::Equal => continue,
            ChangeTag::Delete => ('-', change.old_index()),
            ChangeTag::Insert => ('+', change.new_index()),
        };
        let number = (index.unwrap_or_default() + 1).saturating_sub(before);
        let line = change.value().trim_end_matches(['\n', '\r']);
        let _ = writeln!(text, "{number} {sign} {line}");
    }
    text
}

/// A line of a text with carets under a range; a bar for an empty one.
fn snippet(text: &str, range: &Value, number: &str, before: &str) -> String {
    let Ok((start, end)) = places::span(text, range, Columns::Utf16) else {
        return format!("{before}{number}: {range} is outside\n");
    };
    let lines = places::lines(text);
    let line = lines.partition_point(|(from, _)| *from <= start) - 1;
    let (from, to) = lines[line];
    let head = format!("{before}{number}: ");
    let indent = head.chars().count() + text[from..start].chars().count();
    let carets = text[start..end.min(to).max(start)].chars().count();
    let carets = if end == start {
        "|".to_owned()
    } else {
        "^".repeat(carets)
    };
    let more = if end > to { "…" } else { "" };
    format!(
        "{head}{}\n{}{carets}{more}\n",
        &text[from..to],
        " ".repeat(indent)
    )
}

/// A snippet with its first choices taken and `<|>` where the cursor goes first.
fn expanded(snippet: &str) -> String {
    let has_stop = |number: &str| {
        ["$", "${"]
            .iter()
            .any(|it| snippet.contains(&format!("{it}{number}")))
    };
    let first = if has_stop("1") { "1" } else { "0" };
    let (mut text, mut rest) = (String::new(), snippet);
    while let Some(at) = rest.find(['$', '\\', '}']) {
        let (before, behind) = rest.split_at(at);
        text.push_str(before);
        let mut characters = behind.chars();
        match characters.next() {
            Some('\\') => {
                text.extend(characters.next());
                rest = characters.as_str();
            }
            Some('$') => {
                rest = characters.as_str();
                let is_braced = rest.starts_with('{');
                rest = rest.trim_start_matches('{');
                let digits = rest
                    .find(|it: char| !it.is_ascii_digit())
                    .unwrap_or(rest.len());
                let number = &rest[..digits];
                rest = &rest[digits..];
                if number == first && !text.contains("<|>") {
                    text.push_str("<|>");
                }
                // What follows is the default, up to the brace.
                rest = if is_braced {
                    rest.trim_start_matches(':')
                } else {
                    rest
                };
            }
            // The end of a default.
            _ => rest = characters.as_str(),
        }
    }
    text + rest
}

#[test]
fn snippets_are_expanded() {
    assert_eq!(expanded("a = \"${1:x}\" $0\\}"), "a = \"<|>x\" }");
    assert_eq!(expanded("[a]\n$0"), "[a]\n<|>");
}
