//! Checkstyle's XML.

use std::collections::BTreeMap;

use crate::report::Checked;
use crate::report::escape::xml;
use crate::report::found::{Found, found};

/// An element for each file, also for one without findings.
pub fn checkstyle(checked: &[Checked]) -> String {
    let all = found(checked);
    let mut files: BTreeMap<&str, Vec<&Found<'_>>> = checked
        .iter()
        .map(|document| (document.path.as_str(), Vec::new()))
        .collect();
    for found in &all {
        files.entry(found.path()).or_default().push(found);
    }
    let mut text =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n".to_owned();
    for (path, found) in files {
        text.push_str(&format!("  <file name=\"{}\">\n", xml(path)));
        found.iter().for_each(|it| text.push_str(&error(it)));
        text.push_str("  </file>\n");
    }
    text.push_str("</checkstyle>\n");
    text
}

fn error(found: &Found<'_>) -> String {
    let start = found.place().start;
    format!(
        "    <error line=\"{}\" column=\"{}\" severity=\"{}\" message=\"{}\" source=\"docksmith.{}\"/>\n",
        start.line + 1,
        start.column + 1,
        found.diagnostic.severity.name(),
        xml(&found.diagnostic.full_message()),
        xml(found.diagnostic.rule),
    )
}
