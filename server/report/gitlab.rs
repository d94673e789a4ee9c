//! The code quality report of GitLab.

use serde_json::{Value, json};

use crate::diagnostic::Severity;
use crate::report::Checked;
use crate::report::found::{Found, found};

/// An array of issues.
pub fn gitlab(checked: &[Checked]) -> Value {
    found(checked).iter().map(issue).collect()
}

fn issue(found: &Found<'_>) -> Value {
    let diagnostic = found.diagnostic;
    let severity = match diagnostic.severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Info => "info",
    };
    json!({
        // The name is shown nowhere else.
        "description": format!("{}: {}", diagnostic.rule, diagnostic.full_message()),
        "check_name": diagnostic.rule,
        "fingerprint": found.fingerprint,
        "severity": severity,
        "location": {
            "path": found.path(),
            "lines": { "begin": found.place().start.line + 1 },
        },
    })
}
