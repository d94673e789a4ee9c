//! What can be folded away: tables, values of several lines, comments.

use crate::analysis::Analysis;
use crate::ide::nodes::{Place, comment_blocks, content, each_node, has_header};
use crate::syntax::{CommentPlace, Node, Value};
use crate::text::Span;

/// A part of the text that takes several lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// All of it.
    pub span: Span,
    /// What is hidden where not only whole lines can be.
    pub hidden: Span,
    /// What it is.
    pub kind: FoldKind,
    /// Whether its last line closes it, and is to stay where only whole lines can be hidden.
    pub is_closed: bool,
    /// In how many others it lies.
    pub depth: usize,
}

/// What is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoldKind {
    /// A table below its header.
    Table,
    /// An array, an inline table, a string.
    Value,
    /// Comments.
    Comment,
}

/// The foldable parts of a document in order, outer ones before those in them.
pub fn folding(analysis: &Analysis) -> Vec<Fold> {
    let mut folds = Vec::new();
    let mut headers = Vec::new();
    each_node(&analysis.document, &mut |Place { node, .. }| {
        if has_header(node) {
            headers.push(node.span.start);
        }
    });
    headers.sort_unstable();
    each_node(&analysis.document, &mut |Place { node, .. }| {
        if has_header(node) {
            folds.push(table(analysis, node, &headers));
        } else {
            folds.extend(value(&analysis.text, node));
        }
    });
    folds.extend(
        comment_blocks(analysis)
            .into_iter()
            .map(|span| below_first_line(analysis, span, FoldKind::Comment)),
    );
    folds.retain(|fold| analysis.lines.line(fold.span.start) < analysis.lines.line(fold.span.end));
    folds.sort_by_key(|fold| (fold.span.start, std::cmp::Reverse(fold.span.end)));
    // Tables that stand in several places may seem to be in each other.
    folds.dedup_by_key(|fold| fold.span);
    nest(&mut folds);
    folds
}

fn nest(folds: &mut [Fold]) {
    let mut open: Vec<u32> = Vec::new();
    for fold in folds {
        while open.last().is_some_and(|end| *end <= fold.span.start) {
            open.pop();
        }
        fold.depth = open.len();
        open.push(fold.span.end);
    }
}

fn below_first_line(analysis: &Analysis, span: Span, kind: FoldKind) -> Fold {
    let line = analysis.lines.line(span.start);
    let first = analysis.lines.line_span(&analysis.text, line);
    Fold {
        span,
        hidden: Span {
            start: first.end.min(span.end),
            end: span.end,
        },
        kind,
        is_closed: false,
        depth: 0,
    }
}

/// A table from its header to the last line of what it holds; comments that belong to nothing may follow.
fn table(analysis: &Analysis, node: &Node, headers: &[u32]) -> Fold {
    let mut span = node.span.cover(node.extent);
    // A value that is not closed reaches into the blank lines behind it.
    let length = span.of(&analysis.text).trim_end().len();
    span = Span::new(span.start as usize, span.start as usize + length);
    let next = headers.partition_point(|header| *header < span.end);
    let next = headers.get(next).copied().unwrap_or(u32::MAX);
    let comments = &analysis.document.comments;
    let first = comments.partition_point(|comment| comment.span.start < span.end);
    for comment in comments.iter().skip(first) {
        if comment.span.start > next || comment.alone && comment.place != CommentPlace::Nothing {
            break;
        }
        span.end = comment.span.end;
    }
    below_first_line(analysis, span, FoldKind::Table)
}

fn value(text: &str, node: &Node) -> Option<Fold> {
    let written = node.span.of(text);
    let closing = match &node.value {
        Value::Array(_) if written.starts_with('[') => "]",
        Value::Table(_) if written.starts_with('{') => "}",
        Value::String(_) => return string(text, node.span),
        _ => return None,
    };
    let end = node.span.start as usize + written.trim_end().len();
    let is_closed = written.len() > 1 && written.ends_with(closing);
    let start = node.span.start as usize + 1;
    Some(Fold {
        span: Span::new(node.span.start as usize, end),
        hidden: Span::new(start, end - usize::from(is_closed)),
        kind: FoldKind::Value,
        is_closed,
        depth: 0,
    })
}

fn string(text: &str, span: Span) -> Option<Fold> {
    Some(Fold {
        span,
        hidden: content(text, span)?,
        kind: FoldKind::Value,
        is_closed: true,
        depth: 0,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::folding;
    use crate::analysis::analyze;
    use crate::context::NoContext;

    fn check(text: &str, expected: &Expect) {
        let analysis = analyze(text, &NoContext::default());
        let mut shown = String::new();
        for fold in folding(&analysis) {
            let (start, end) = (
                analysis.lines.line(fold.span.start),
                analysis.lines.line(fold.span.end),
            );
            assert!(fold.span.covers(fold.hidden), "{fold:?}");
            let closed = if fold.is_closed { ", closed" } else { "" };
            shown.push_str(&format!(
                "{:indent$}{start}-{end} {:?}{closed} {:?}\n",
                "",
                fold.kind,
                fold.hidden.of(text),
                indent = fold.depth * 2
            ));
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn tables_end_with_their_last_line() {
        check(
            "# é\n# b\n\n[a] # x\nb = 1\n[a.c]\nd = 2\n# last\n\n# of e\n[[e]]\n[[e]]\nf = '😀'\n\n",
            &expect![[r##"
                0-1 Comment "\n# b"
                3-7 Table "\nb = 1\n[a.c]\nd = 2\n# last"
                  5-7 Table "\nd = 2\n# last"
                11-12 Table "\nf = '😀'"
            "##]],
        );
    }

    #[test]
    fn values_of_several_lines_are_folded() {
        check(
            "a = [\r\n  1, [\r\n  2 ],\r\n]\r\nb = { c = 1,\r\n d = \"\"\"é\r\nx\"\"\" }\r\ne = [1]\r\n",
            &expect![[r#"
                0-3 Value, closed "\r\n  1, [\r\n  2 ],\r\n"
                  1-2 Value, closed "\r\n  2 "
                4-6 Value, closed " c = 1,\r\n d = \"\"\"é\r\nx\"\"\" "
                  5-6 Value, closed "é\r\nx"
            "#]],
        );
    }

    #[test]
    fn a_broken_document_folds_where_it_is_sound() {
        check(
            "[a]\nb = [\n  \"é\",\n\n[c]\nd = \"\"\"\nx",
            &expect![[r#"
                0-2 Table "\nb = [\n  \"é\","
                  1-2 Value "\n  \"é\","
                4-6 Table "\nd = \"\"\"\nx"
            "#]],
        );
        check("", &expect![""]);
    }

    #[test]
    fn old_tables_fold_too() {
        check(
            "runtime = \"go\"\n[runtime_config]\nuser = \"app\"\n[[runtime_assets]]\nsrc = \"é\"\ndst = \"/é\"\n",
            &expect![[r#"
                1-2 Table "\nuser = \"app\""
                3-5 Table "\nsrc = \"é\"\ndst = \"/é\""
            "#]],
        );
    }
}
