//! One old key in the canonical spelling.

use crate::config::respelling;
use crate::config::spellings::{conflicts, old_spellings};
use crate::ide::refactorings::{Place, Refactoring, replacement, rewriting};

/// The canonical spelling of the old key that is touched, if the file renders to the same bytes with it.
pub(super) fn canonical(place: &Place<'_>) -> Option<Refactoring> {
    let (text, document) = (&place.analysis.text, &place.analysis.document);
    let old = old_spellings(document);
    let (old, key, canonical) = old
        .into_iter()
        .find(|(_, key, _)| key.touches(place.span.start))?;
    if conflicts(document).iter().any(|it| it.old.1 == key) {
        return None;
    }
    let edits = respelling::edits(text, document, &old, &canonical, key)?;
    let edits: Vec<_> = edits
        .into_iter()
        .map(|(span, new)| replacement(span, new))
        .collect();
    let after = place.after(&edits)?;
    let is_same = after.renders_as(place.analysis) && after.new_error(place.analysis).is_none();
    let title = format!("write `{canonical}` instead of `{old}`");
    is_same.then(|| rewriting(title, edits))
}
