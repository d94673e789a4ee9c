//! What can be folded away.

use std::collections::HashSet;

use tower_lsp::ls_types::{FoldingRange, FoldingRangeKind};

use super::range;
use crate::ide::folding::{Fold, FoldKind};
use crate::lsp::client_support::ClientSupport;
use crate::lsp::documents::Snapshot;

/// The folding ranges of a document: no more than the client wants, the outermost first choice, in order.
pub(crate) fn folding(
    document: &Snapshot,
    folds: Vec<Fold>,
    support: &ClientSupport,
) -> Vec<FoldingRange> {
    let mut first_lines = HashSet::new();
    let ranges = folds.into_iter().filter_map(|fold| {
        let found = folding_range(document, &fold, support.line_folding_only)?;
        // Of two that begin on one line, such a client shows one: the outer one is it.
        let is_new = first_lines.insert(found.start_line) || !support.line_folding_only;
        is_new.then_some((fold.depth, found))
    });
    let mut ranges: Vec<(usize, FoldingRange)> = ranges.collect();
    if let Some(limit) = support.folding_limit
        && ranges.len() > limit
    {
        ranges.sort_by_key(|(depth, _)| *depth);
        ranges.truncate(limit);
        ranges.sort_by_key(|(depth, range)| (range.start_line, *depth));
    }
    ranges.into_iter().map(|(_, range)| range).collect()
}

fn folding_range(document: &Snapshot, fold: &Fold, whole_lines: bool) -> Option<FoldingRange> {
    let (all, hidden) = (range(document, fold.span), range(document, fold.hidden));
    let kind = (fold.kind == FoldKind::Comment).then_some(FoldingRangeKind::Comment);
    let found = if whole_lines {
        // All lines but the first are hidden, so the one with the closing bracket does not belong to them.
        FoldingRange {
            start_line: all.start.line,
            end_line: all.end.line - u32::from(fold.is_closed),
            kind,
            ..FoldingRange::default()
        }
    } else {
        FoldingRange {
            start_line: hidden.start.line,
            start_character: Some(hidden.start.character),
            end_line: hidden.end.line,
            end_character: Some(hidden.end.character),
            kind,
            ..FoldingRange::default()
        }
    };
    (found.start_line < found.end_line).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::folding;
    use crate::ide;
    use crate::lsp::client_support::ClientSupport;
    use crate::lsp::to_proto::testing::snapshot;

    const TEXT: &str =
        "# é\n# b\n[a]\nb = [{ c = [\n  1,\n] }]\nd = \"\"\"😀\nx\"\"\"\n[e]\nf = 1\n";

    fn lines(support: &ClientSupport) -> Vec<(u32, u32)> {
        let document = snapshot(TEXT);
        let folds = ide::folding::folding(document.sketch());
        let ranges = folding(&document, folds, support);
        ranges
            .iter()
            .map(|range| (range.start_line, range.end_line))
            .collect()
    }

    #[test]
    fn brackets_stay_visible_where_whole_lines_are_hidden() {
        let support = ClientSupport {
            line_folding_only: true,
            ..ClientSupport::default()
        };
        assert_eq!(lines(&support), [(0, 1), (2, 7), (3, 4), (8, 9)]);
    }

    #[test]
    fn the_outermost_are_kept_where_there_are_too_many() {
        let all = lines(&ClientSupport::default());
        assert_eq!(
            all,
            [(0, 1), (2, 7), (3, 5), (3, 5), (3, 5), (6, 7), (8, 9)]
        );
        let support = ClientSupport {
            folding_limit: Some(3),
            ..ClientSupport::default()
        };
        assert_eq!(lines(&support), [(0, 1), (2, 7), (8, 9)]);
    }

    #[test]
    fn what_is_hidden_lies_between_the_brackets() {
        let document = snapshot("a = '😀'\n[b]\nc = { d = [\n1] }\n");
        let folds = ide::folding::folding(document.sketch());
        let ranges = folding(&document, folds, &ClientSupport::default());
        let places: Vec<_> = ranges
            .iter()
            .map(|range| (range.start_character, range.end_character))
            .collect();
        assert_eq!(
            places,
            [(Some(3), Some(4)), (Some(5), Some(3)), (Some(11), Some(1))]
        );
    }
}
