//! What this version of a document names, and what the last sound one named while this one is broken.

use super::Request;
use crate::ide::stages::{StageName, stages};

/// The stages, those of this version first.
pub(super) fn stage_names(at: &Request<'_>) -> Vec<StageName> {
    let mut names = stages(at.analysis);
    for stage in at.last.map(stages).unwrap_or_default() {
        if names.iter().all(|other| other.name != stage.name) {
            names.push(stage);
        }
    }
    names
}

/// The names of the entries of a table of names, such as `["build", "args"]`.
pub(super) fn entries(at: &Request<'_>, path: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for analysis in at.versions() {
        let mut table = Some(&analysis.document.root);
        for name in path {
            table = table.and_then(|it| it.node(name)).and_then(|it| it.table());
        }
        for entry in table.into_iter().flat_map(|table| &table.entries) {
            if !names.contains(&entry.key.name) {
                names.push(entry.key.name.clone());
            }
        }
    }
    names
}
