//! Workflow commands of GitHub Actions, which become annotations.

use crate::diagnostic::Severity;
use crate::report::escape::{command_property, command_text};
use crate::report::found::{Found, found, most_severe_first};
use crate::report::{Checked, Summary};

/// One command for each finding, errors first: only ten of each kind are shown for a step. Then a notice with the counts.
pub fn github(checked: &[Checked]) -> String {
    let mut all = found(checked);
    most_severe_first(&mut all);
    let mut text: String = all.iter().map(command).collect();
    let summary = Summary::of(checked).line();
    text.push_str(&format!(
        "::notice title=docksmith::{}\n",
        command_text(&summary)
    ));
    text
}

fn command(found: &Found<'_>) -> String {
    let kind = match found.diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let place = found.place();
    let mut properties = vec![
        ("file", found.path().to_owned()),
        ("line", (place.start.line + 1).to_string()),
        ("endLine", (place.end.line + 1).to_string()),
    ];
    // Columns of two lines mean nothing there.
    if place.start.line == place.end.line {
        properties.push(("col", (place.start.column + 1).to_string()));
        properties.push(("endColumn", (place.end.column + 1).to_string()));
    }
    properties.push(("title", found.diagnostic.rule.to_owned()));
    let properties: Vec<String> = properties
        .iter()
        .map(|(name, value)| format!("{name}={}", command_property(value)))
        .collect();
    format!(
        "::{kind} {}::{}\n",
        properties.join(","),
        command_text(&found.diagnostic.full_message())
    )
}
