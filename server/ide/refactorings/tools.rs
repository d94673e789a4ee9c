//! Places for the checksums that a tool lacks. They are empty: only the user can look what belongs there, and the
//! diagnostics say for which platforms.

use crate::ide::refactorings::{Place, Refactoring, replacement, rewriting};
use crate::plan::tool::{names_platform, platforms};
use crate::syntax::insertion::insertion;
use crate::syntax::{Node, Notation};
use crate::text::Span;

const EMPTY: &str = "\"\"";

/// The tool that is touched, with a place for each checksum that it needs.
pub(super) fn with_checksums(place: &Place<'_>) -> Option<Refactoring> {
    let tools = place.analysis.document.root.node("external_tools")?;
    let tool = tools
        .items()?
        .iter()
        .find(|it| it.extent.touches(place.span.start))?;
    let table = tool.table()?;
    let url = table.node("url")?.string()?;
    if table.entry("image").is_some() {
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    for platform in platforms(&place.analysis.config) {
        if !names.contains(&platform.architecture) {
            names.push(platform.architecture);
        }
    }
    let (title, edit) = match table.node("sha256") {
        None => (
            "add the checksums to fill in",
            missing(place, tool, url, &names)?,
        ),
        Some(sums) => (
            "add the missing checksums to fill in",
            incomplete(place, sums, names)?,
        ),
    };
    let edits = vec![replacement(edit.0, edit.1)];
    place.after(&edits)?;
    Some(rewriting(title, edits))
}

/// All checksums.
fn missing(place: &Place<'_>, tool: &Node, url: &str, names: &[String]) -> Option<(Span, String)> {
    let value = if names_platform(url) {
        format!("{{ {} }}", places(names))
    } else {
        EMPTY.to_owned()
    };
    insertion(&place.analysis.text, tool, "sha256", &value)
}

/// Those that a table in braces lacks.
fn incomplete(place: &Place<'_>, sums: &Node, mut names: Vec<String>) -> Option<(Span, String)> {
    let table = sums.table()?;
    names.retain(|name| table.entry(name).is_none());
    let (first, rest) = names.split_first()?;
    let value = match rest {
        [] => EMPTY.to_owned(),
        rest if table.notation == Notation::Inline => format!("{EMPTY}, {}", places(rest)),
        _ => return None,
    };
    insertion(&place.analysis.text, sums, first, &value)
}

fn places(names: &[String]) -> String {
    let places: Vec<String> = names.iter().map(|it| format!("{it} = {EMPTY}")).collect();
    places.join(", ")
}
