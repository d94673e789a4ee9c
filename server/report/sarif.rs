//! SARIF 2.1.0, the format of code scanning.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::diagnostic::{Edit, File, Fix, Severity};
use crate::report::escape::uri_path;
use crate::report::found::{Found, found_and_hidden, most_severe_first};
use crate::report::{Checked, HOME};
use crate::rule_page::page;
use crate::rules::{Level, Rule, by_name};
use crate::text::Span;

/// The most results that code scanning takes.
const MOST_RESULTS: usize = 25_000;

/// The longest full description of a rule.
const LONGEST_DESCRIPTION: usize = 1024;

/// The name of the folder that paths are relative to.
const BASE: &str = "%SRCROOT%";

/// The whole log. Findings that comments hide are in it, with the reason.
pub fn sarif(checked: &[Checked], version: &str) -> Value {
    let mut all = found_and_hidden(checked);
    let count = all.len();
    if count > MOST_RESULTS {
        most_severe_first(&mut all);
        all.truncate(MOST_RESULTS);
    }
    let spoken: BTreeMap<&str, &Rule> = all
        .iter()
        .filter_map(|it| by_name(it.diagnostic.rule))
        .map(|rule| (rule.name, rule))
        .collect();
    let names: Vec<&str> = spoken.keys().copied().collect();
    let mut driver = Map::new();
    driver.insert("name".to_owned(), "docksmith".into());
    driver.insert("semanticVersion".to_owned(), version.into());
    if !HOME.is_empty() {
        driver.insert("informationUri".to_owned(), HOME.into());
    }
    driver.insert(
        "rules".to_owned(),
        spoken.values().map(|it| rule(it)).collect(),
    );
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver },
            "automationDetails": { "id": "docksmith/" },
            "invocations": [invocation(count)],
            "originalUriBaseIds": {
                BASE: { "description": { "text": "The folder in which docksmith was started." } },
            },
            "columnKind": "unicodeCodePoints",
            "results": all.iter().map(|it| result(it, &names)).collect::<Vec<_>>(),
        }],
    })
}

/// How the run went: whether something had to be left out.
fn invocation(count: usize) -> Value {
    let mut notifications = Vec::new();
    if count > MOST_RESULTS {
        let text =
            format!("Only {MOST_RESULTS} of {count} findings are listed, the most severe first.");
        notifications.push(json!({ "level": "warning", "message": { "text": text } }));
    }
    json!({ "executionSuccessful": true, "toolExecutionNotifications": notifications })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn rule(rule: &Rule) -> Value {
    let severity = rule.level.severity(false);
    let problem = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "recommendation",
    };
    let page = page(rule, "##");
    json!({
        "id": rule.name,
        "shortDescription": { "text": rule.summary() },
        "fullDescription": { "text": description(&page) },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": {
            "enabled": rule.level != Level::Pedantic,
            "level": level(severity),
        },
        "properties": {
            "precision": rule.confidence.name(),
            "problem.severity": problem,
            "tags": rule.equivalents,
        },
    })
}

/// The paragraphs of a page before its first example.
fn description(page: &str) -> String {
    let mut text = String::new();
    for paragraph in page.split("\n\n") {
        if paragraph.starts_with("```") || paragraph == "Wrong:" {
            break;
        }
        // The level and the confidence have fields of their own.
        if paragraph.starts_with("Level: ") {
            continue;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&paragraph.replace('\n', " "));
    }
    text.chars().take(LONGEST_DESCRIPTION).collect()
}

fn result(found: &Found<'_>, names: &[&str]) -> Value {
    let (document, diagnostic) = (found.document, found.diagnostic);
    let mut place = json!({
        "physicalLocation": physical(document, &diagnostic.file, diagnostic.span),
    });
    if !found.key_path.is_empty() {
        place["logicalLocations"] =
            json!([{ "fullyQualifiedName": found.key_path, "kind": "property" }]);
    }
    let mut result = json!({
        "ruleId": diagnostic.rule,
        "ruleIndex": names.binary_search(&diagnostic.rule).unwrap_or_default(),
        "level": level(diagnostic.severity),
        "message": { "text": diagnostic.full_message() },
        "locations": [place],
        "partialFingerprints": { "docksmithFinding/v1": found.fingerprint },
        // Where one result has them, all must: without, nobody knows whether it is hidden.
        "suppressions": suppressions(found.hidden),
    });
    let labels = diagnostic.labels.iter().map(|label| {
        json!({
            "physicalLocation": physical(document, &label.file, label.span),
            "message": { "text": label.message },
        })
    });
    if !diagnostic.labels.is_empty() {
        result["relatedLocations"] = labels.collect();
    }
    if let Some(it) = document.fix_of(diagnostic) {
        result["fixes"] = json!([fix(document, it)]);
    }
    result
}

fn suppressions(justification: Option<&str>) -> Value {
    match justification {
        None => json!([]),
        Some("") => json!([{ "kind": "inSource" }]),
        Some(text) => json!([{ "kind": "inSource", "justification": text }]),
    }
}

fn physical(document: &Checked, file: &File, span: Span) -> Value {
    json!({
        "artifactLocation": artifact(document.path_of(file)),
        "region": region(document, file, span),
    })
}

/// Lines and columns from 1, the end column behind the last character.
fn region(document: &Checked, file: &File, span: Span) -> Value {
    let place = document.place(file, span);
    json!({
        "startLine": place.start.line + 1,
        "startColumn": place.start.column + 1,
        "endLine": place.end.line + 1,
        "endColumn": place.end.column + 1,
    })
}

fn artifact(path: &str) -> Value {
    let has_drive = path.as_bytes().get(1..3) == Some(b":/");
    if has_drive {
        let (drive, rest) = path.split_at(2);
        return json!({ "uri": format!("file:///{drive}{}", uri_path(rest)) });
    }
    if path.starts_with('/') {
        return json!({ "uri": format!("file://{}", uri_path(path)) });
    }
    json!({ "uri": uri_path(path), "uriBaseId": BASE })
}

fn fix(document: &Checked, fix: &Fix) -> Value {
    let mut files: BTreeMap<&File, Vec<&Edit>> = BTreeMap::new();
    for edit in &fix.edits {
        files.entry(&edit.file).or_default().push(edit);
    }
    let changes = files.into_iter().map(|(file, edits)| {
        let replacements = edits.iter().map(|edit| {
            json!({
                "deletedRegion": region(document, file, edit.span),
                "insertedContent": { "text": edit.text },
            })
        });
        json!({
            "artifactLocation": artifact(document.path_of(file)),
            "replacements": replacements.collect::<Vec<_>>(),
        })
    });
    let kind = if fix.safe { "safe" } else { "unsafe" };
    json!({
        "description": { "text": format!("{} ({kind} fix)", fix.title) },
        "artifactChanges": changes.collect::<Vec<_>>(),
    })
}
