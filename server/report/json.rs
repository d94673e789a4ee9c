//! The machine format of `docksmith lint`.

use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, File, Fix};
use crate::report::{Checked, Summary};
use crate::text::Span;

/// The whole report. Lines and columns begin at 1, columns count code points, bytes begin at 0.
pub fn json(checked: &[Checked], version: &str) -> Value {
    let summary = Summary::of(checked);
    let mut found: Vec<(&str, &Checked, &Diagnostic)> = Vec::new();
    for document in checked {
        found.extend(
            document
                .analysis
                .diagnostics
                .iter()
                .map(|it| (document.path_of(&it.file), document, it)),
        );
    }
    found.sort_by(|one, other| order(one).cmp(&order(other)));
    json!({
        "version": 1,
        "tool": { "name": "docksmith", "version": version },
        "files": checked.iter().map(|document| document.path.clone()).collect::<Vec<_>>(),
        "diagnostics": found.iter().map(|(_, document, it)| diagnostic(document, it)).collect::<Vec<_>>(),
        "summary": {
            "errors": summary.errors,
            "warnings": summary.warnings,
            "infos": summary.infos,
            "fixable": summary.fixable,
            "suppressed": summary.suppressed,
        },
    })
}

fn order<'a>(
    (path, _, diagnostic): &(&'a str, &Checked, &'a Diagnostic),
) -> (&'a str, Span, &'a str) {
    (path, diagnostic.span, diagnostic.rule)
}

/// One diagnostic.
pub(crate) fn diagnostic(document: &Checked, diagnostic: &Diagnostic) -> Value {
    let labels = diagnostic.labels.iter().map(|label| {
        json!({
            "path": document.path_of(&label.file),
            "range": range(document, &label.file, label.span),
            "message": label.message,
        })
    });
    // Every key is always there; what a diagnostic does not have is null.
    json!({
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.name(),
        "message": diagnostic.full_message(),
        "path": document.path_of(&diagnostic.file),
        "range": range(document, &diagnostic.file, diagnostic.span),
        "labels": labels.collect::<Vec<_>>(),
        "help": diagnostic.help,
        "fix": diagnostic.fix.as_ref().map(|it| fix(document, it)),
        "docs": format!("docksmith explain {}", diagnostic.rule),
    })
}

fn fix(document: &Checked, fix: &Fix) -> Value {
    let edits = fix.edits.iter().map(|edit| {
        json!({
            "path": document.path_of(&edit.file),
            "range": range(document, &edit.file, edit.span),
            "text": edit.text,
        })
    });
    json!({ "title": fix.title, "safe": fix.safe, "edits": edits.collect::<Vec<_>>() })
}

/// A place as this format has it.
pub(crate) fn range(document: &Checked, file: &File, span: Span) -> Value {
    let place = document.place(file, span);
    json!({
        "start": { "line": place.start.line + 1, "column": place.start.column + 1, "byte": span.start },
        "end": { "line": place.end.line + 1, "column": place.end.column + 1, "byte": span.end },
    })
}

#[cfg(test)]
mod tests {
    use super::json;
    use crate::report::tests::checked;

    #[test]
    fn places_count_lines_code_points_and_bytes() {
        let report = json(
            &[checked(
                "language = \"go\"\nruntime = { env = { A = \"日é\" }, wrkdir = \"/x\" }\n",
            )],
            "0",
        );
        let range = &report["diagnostics"][0]["range"];
        assert_eq!(
            range["start"],
            serde_json::json!({ "line": 2, "column": 33, "byte": 51 })
        );
        assert_eq!(report["summary"]["errors"], 1);
        assert_eq!(
            report["diagnostics"][0]["fix"]["edits"][0]["text"],
            "workdir"
        );
    }
}
