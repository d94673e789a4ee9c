//! The preview object of `docksmith dockerfile --format json`.

use serde_json::{Value, json};

use crate::report::Checked;
use crate::report::json::{diagnostic, range};

/// The rendered text with the place that each of its lines comes from; nothing where there is nothing to render. `uri`
/// names the document.
pub fn preview(document: &Checked, uri: &str) -> Option<Value> {
    let file = document.analysis.dockerfile()?;
    let line = |origin: &Option<crate::plan::Origin>| match origin {
        Some(origin) => json!({
            "path": document.path_of(&origin.file),
            "range": range(document, &origin.file, origin.span),
        }),
        None => Value::Null,
    };
    let diagnostics = document
        .analysis
        .diagnostics
        .iter()
        .map(|it| diagnostic(document, it));
    Some(json!({
        "uri": uri,
        "version": null,
        "text": file.text,
        "lines": file.origins.iter().map(line).collect::<Vec<_>>(),
        "diagnostics": diagnostics.collect::<Vec<_>>(),
    }))
}
