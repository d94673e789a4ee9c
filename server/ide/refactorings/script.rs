//! The script of the entrypoint, where it is not there yet.

use crate::context::{Entry, Rooted};
use crate::ide::refactorings::{Kind, NewFile, Place, Refactoring};
use crate::plan::sources::cleaned;

/// A start that stops at the first mistake and hands over to the command, so that signals reach it.
const SCRIPT: &str = "#!/bin/sh\nset -eu\n\nexec \"$@\"\n";

/// The missing script that is named at the place. It lies in the build context, and nothing is there yet.
pub(super) fn made(place: &Place<'_>) -> Option<Refactoring> {
    let analysis = place.analysis;
    let script = analysis.plan.image.as_ref()?.script.as_ref()?;
    if !script.span.touches(place.span.start) || !analysis.layout.is_placed() {
        return None;
    }
    let is_inside = !script.path.starts_with('/') && !script.path.split('/').any(|it| it == "..");
    let is_file = !script.path.ends_with('/') && !script.path.contains(['\\', '\0', '\n', ':']);
    let path = cleaned(&script.path).filter(|it| is_inside && is_file && !it.is_empty())?;
    let context = Rooted::new(place.context, &analysis.layout.root);
    let is_missing = context.entry(&path) == Entry::Missing;
    // A file on the way is no folder to put anything into, and a link may lead anywhere.
    let parents = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
    let can_be_made = parents
        .into_iter()
        .all(|parent| matches!(context.entry(parent), Entry::Folder | Entry::Missing));
    (is_missing && can_be_made).then(|| Refactoring {
        title: format!("create the script `{path}`"),
        kind: Kind::Rewrite,
        edits: Vec::new(),
        file: Some(NewFile {
            path,
            text: SCRIPT.to_owned(),
        }),
    })
}
