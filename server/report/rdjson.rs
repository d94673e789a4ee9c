//! The diagnostic format of reviewdog. Columns count bytes of UTF-8, from 1.

use serde_json::{Map, Value, json};

use crate::diagnostic::{Diagnostic, Edit, File, Severity};
use crate::report::found::found;
use crate::report::{Checked, HOME};
use crate::text::{PositionEncoding, Span};

/// The whole report.
pub fn rdjson(checked: &[Checked]) -> Value {
    let mut source = Map::new();
    source.insert("name".to_owned(), "docksmith".into());
    if !HOME.is_empty() {
        source.insert("url".to_owned(), HOME.into());
    }
    let diagnostics = found(checked);
    let diagnostics = diagnostics
        .iter()
        .map(|it| diagnostic(it.document, it.diagnostic));
    json!({ "source": source, "diagnostics": diagnostics.collect::<Vec<_>>() })
}

fn diagnostic(document: &Checked, diagnostic: &Diagnostic) -> Value {
    let severity = match diagnostic.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    };
    let mut value = json!({
        "message": diagnostic.full_message(),
        "location": location(document, &diagnostic.file, diagnostic.span),
        "severity": severity,
        "code": { "value": diagnostic.rule },
    });
    if let Some((span, text)) = suggestion(document, diagnostic) {
        let range = range(document, &diagnostic.file, span);
        value["suggestions"] = json!([{ "range": range, "text": text }]);
    }
    if !diagnostic.labels.is_empty() {
        let labels = diagnostic.labels.iter().map(|label| {
            json!({
                "message": label.message,
                "location": location(document, &label.file, label.span),
            })
        });
        value["related_locations"] = labels.collect();
    }
    value
}

fn location(document: &Checked, file: &File, span: Span) -> Value {
    json!({ "path": document.path_of(file), "range": range(document, file, span) })
}

fn range(document: &Checked, file: &File, span: Span) -> Value {
    let place = document.place_in(file, span, PositionEncoding::Utf8);
    json!({
        "start": { "line": place.start.line + 1, "column": place.start.column + 1 },
        "end": { "line": place.end.line + 1, "column": place.end.column + 1 },
    })
}

/// The fix as one replacement in the file of the finding, as several would be taken for several fixes. What stands
/// between two edits is repeated, so no credential may lie there.
fn suggestion(document: &Checked, diagnostic: &Diagnostic) -> Option<(Span, String)> {
    let fix = document.fix_of(diagnostic)?;
    if fix.edits.iter().any(|edit| edit.file != diagnostic.file) {
        return None;
    }
    let mut edits: Vec<&Edit> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let (first, rest) = edits.split_first()?;
    let mut span = first.span;
    let mut text = first.text.clone();
    for edit in rest {
        let between = Span {
            start: span.end,
            end: edit.span.start.max(span.end),
        };
        text.push_str(document.written(&diagnostic.file, between)?);
        text.push_str(&edit.text);
        span = span.cover(edit.span);
    }
    Some((span, text))
}
