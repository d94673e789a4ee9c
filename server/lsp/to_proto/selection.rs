//! What a selection grows to.

use tower_lsp::ls_types::{Position, Range, SelectionRange};

use super::range;
use crate::ide::selection::selection;
use crate::lsp::documents::Snapshot;
use crate::lsp::from_proto;

/// One chain of ranges for each position, the smallest first. A position inside a character has the whole document.
pub(crate) fn selections(document: &Snapshot, positions: &[Position]) -> Vec<SelectionRange> {
    let analysis = document.sketch();
    let chains = positions.iter().map(|position| {
        let offset = from_proto::offset(document, *position);
        let spans = offset.map(|offset| selection(analysis, offset));
        let ranges = spans.unwrap_or_default().into_iter();
        chain(ranges.map(|span| range(document, span)))
    });
    let whole = crate::text::Span::new(0, document.text.len());
    chains
        .map(|chain| {
            chain.unwrap_or_else(|| SelectionRange {
                range: range(document, whole),
                parent: None,
            })
        })
        .collect()
}

fn chain(ranges: impl DoubleEndedIterator<Item = Range>) -> Option<SelectionRange> {
    let mut outer: Option<SelectionRange> = None;
    for range in ranges.rev() {
        // Two spans may look the same in lines and columns.
        if outer.as_ref().is_some_and(|outer| outer.range == range) {
            continue;
        }
        outer = Some(SelectionRange {
            range,
            parent: outer.map(Box::new),
        });
    }
    outer
}
