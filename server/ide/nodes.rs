//! What the features that follow the shape of a text share: its nodes one by one, its blocks of comments, what stands
//! between quotes.

use crate::analysis::Analysis;
use crate::syntax::{Document, Found, Key, Node, Notation, Step, Table, Value};
use crate::text::Span;

/// A node on its path, with the key that it stands behind; items of arrays have none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The path.
    pub(super) path: &'a [Step],
    /// The key.
    pub(super) key: Option<&'a Key>,
    /// The node.
    pub(super) node: &'a Node,
}

/// Shows every node of a document, each before what it holds.
pub(super) fn each_node(document: &Document, visit: &mut dyn FnMut(Place<'_>)) {
    table(&document.root, &mut Vec::new(), visit);
}

fn table(table: &Table, path: &mut Vec<Step>, visit: &mut dyn FnMut(Place<'_>)) {
    for entry in &table.entries {
        path.push(Step::Key(entry.key.name.clone()));
        node(&entry.value, Some(&entry.key), path, visit);
        path.pop();
    }
}

fn node(node: &Node, key: Option<&Key>, path: &mut Vec<Step>, visit: &mut dyn FnMut(Place<'_>)) {
    visit(Place { path, key, node });
    match &node.value {
        Value::Table(inner) => table(inner, path, visit),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(Step::Index(index));
                self::node(item, None, path, visit);
                path.pop();
            }
        }
        _ => {}
    }
}

/// What stands at a path of keys.
pub(super) fn find<'a>(analysis: &'a Analysis, path: &[&str]) -> Option<Found<'a>> {
    let path = path.iter().map(|name| Step::Key((*name).to_owned()));
    analysis.document.find(&path.collect::<Vec<_>>())
}

/// Whether a node is a table that begins with a header.
pub(super) fn has_header(node: &Node) -> bool {
    let table = node.table();
    table.is_some_and(|table| matches!(table.notation, Notation::Header | Notation::ArrayItem))
}

/// The comments that have lines of their own, those of neighbouring lines together.
pub(super) fn comment_blocks(analysis: &Analysis) -> Vec<Span> {
    let mut blocks: Vec<Span> = Vec::new();
    let mut last_line = None;
    for comment in analysis
        .document
        .comments
        .iter()
        .filter(|comment| comment.alone)
    {
        let line = analysis.lines.line(comment.span.start);
        match blocks.last_mut() {
            Some(block) if last_line == line.checked_sub(1) && line > 0 => {
                *block = block.cover(comment.span);
            }
            _ => blocks.push(comment.span),
        }
        last_line = Some(line);
    }
    blocks
}

/// What stands between the quotes of a literal, closed or not; `None` for one without quotes.
pub(super) fn content(text: &str, literal: Span) -> Option<Span> {
    let written = literal.of(text);
    let quotes = ["\"\"\"", "'''", "\"", "'"];
    let quotes = quotes.into_iter().find(|it| written.starts_with(it))?;
    let inside = written.get(quotes.len()..)?;
    let inside = inside.strip_suffix(quotes).unwrap_or(inside);
    let start = literal.start as usize + quotes.len();
    Some(Span::new(start, start + inside.len()))
}

#[cfg(test)]
mod tests {
    use super::{comment_blocks, content};
    use crate::analysis::analyze;
    use crate::context::NoContext;
    use crate::text::Span;

    #[test]
    fn the_content_of_a_literal_is_between_its_quotes() {
        for (literal, inside) in [
            ("\"é\"", Some("é")),
            ("'''é\n'''", Some("é\n")),
            ("\"é", Some("é")),
            ("\"\"", Some("")),
            ("\"", Some("")),
            ("12", None),
        ] {
            let whole = Span::new(0, literal.len());
            let found = content(literal, whole).map(|span| span.of(literal));
            assert_eq!(found, inside, "{literal}");
        }
    }

    #[test]
    fn comments_of_neighbouring_lines_are_one_block() {
        let text = "# é\r\n# b\r\na = 1 # c\r\n# d\r\n\r\n# e";
        let analysis = analyze(text, &NoContext::default());
        let blocks: Vec<&str> = comment_blocks(&analysis)
            .into_iter()
            .map(|span| span.of(text))
            .collect();
        assert_eq!(blocks, ["# é\r\n# b", "# d", "# e"]);
    }
}
