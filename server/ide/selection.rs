//! What a selection grows to: the word, the instruction, the string, the value, the key with it, the table, the file.

use crate::analysis::Analysis;
use crate::ide::nodes::{Place, comment_blocks, content, each_node, has_header};
use crate::syntax::cursor::{self, cursor};
use crate::syntax::{Node, Notation, Value};
use crate::text::Span;

/// The parts of a document around an offset, the smallest first; each lies in the next one, and the last is the document.
pub fn selection(analysis: &Analysis, offset: u32) -> Vec<Span> {
    let whole = Span::new(0, analysis.text.len());
    let mut found = Vec::new();
    in_literal(&analysis.text, offset, &mut found);
    each_node(&analysis.document, &mut |place| {
        found.extend(around(&analysis.text, place));
    });
    for comment in &analysis.document.comments {
        if comment.span.touches(offset) {
            found.push(comment.span);
            found.extend(words(&analysis.text, comment.span, offset));
        }
    }
    found.extend(comment_blocks(analysis));
    found.retain(|span| span.touches(offset) && !span.is_empty());
    found.sort_by_key(|span| (span.len(), span.start));
    let mut chain: Vec<Span> = Vec::new();
    for span in found.into_iter().chain([whole]) {
        if chain
            .last()
            .is_none_or(|last| span.covers(*last) && span != *last)
        {
            chain.push(span);
        }
    }
    chain
}

/// What belongs to a node: its key, its value, both, the table.
fn around(text: &str, place: Place<'_>) -> Vec<Span> {
    let Place { key, node, .. } = place;
    let mut spans = vec![node.span];
    if has_header(node) {
        spans.push(node.span.cover(node.extent));
    }
    if let Some(key) = key {
        spans.push(key.span);
        if stands_behind_its_key(node) {
            let pair = key.span.cover(node.span);
            spans.extend([pair, with_prefix(text, pair)]);
        }
    }
    spans
}

fn stands_behind_its_key(node: &Node) -> bool {
    let is_inline = |node: &Node| {
        let table = node.table();
        table.is_none_or(|table| table.notation == Notation::Inline)
    };
    match &node.value {
        Value::Array(items) => items.first().is_none_or(is_inline),
        _ => is_inline(node),
    }
}

/// A key with its value, with the keys before it: `a.b = 1` of `b = 1`.
fn with_prefix(text: &str, pair: Span) -> Span {
    let head = text.get(..pair.start as usize).unwrap_or_default();
    let is_key = |it: char| it.is_ascii_alphanumeric() || "_-.\"' \t".contains(it);
    let prefix = head.trim_end_matches(is_key).len();
    let prefix = head.get(prefix..).unwrap_or_default().trim_start();
    if prefix.trim_end().ends_with('.') {
        let start = head.len() - prefix.len();
        return Span::new(start, pair.end as usize);
    }
    pair
}

/// What the tokens say of the place of a cursor, so that an unclosed string can be selected too.
fn in_literal(text: &str, offset: u32, found: &mut Vec<Span>) {
    let place = cursor(text, offset).place;
    let span = match place {
        cursor::Place::Value { span, .. } => span,
        cursor::Place::Key { span, .. } | cursor::Place::Header { span, .. } => {
            found.push(span);
            return;
        }
        cursor::Place::Comment { .. } | cursor::Place::Nothing => return,
    };
    found.push(span);
    let Some(content) = content(text, span) else {
        return;
    };
    found.push(content);
    found.extend(lines(text, content, offset));
    found.extend(words(text, content, offset));
}

/// The line of a text of several at an offset, and with it those that it continues and that continue it: an instruction.
fn lines(text: &str, content: Span, offset: u32) -> Vec<Span> {
    let written = content.of(text);
    let Some(at) = offset.checked_sub(content.start) else {
        return Vec::new();
    };
    let Some((before, after)) = written.split_at_checked(at as usize) else {
        return Vec::new();
    };
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = before.len() + after.find('\n').unwrap_or(after.len());
    let place = |start: usize, end: usize| {
        let line = written.get(start..end).unwrap_or_default();
        let start = start + line.len() - line.trim_start().len();
        let base = content.start as usize;
        Span::new(base + start, base + start + line.trim().len())
    };
    let continues = |line: &str| line.trim_end().ends_with('\\');
    let (mut first, mut last) = (start, end);
    while let Some(above) = written.get(..first).and_then(|it| it.strip_suffix('\n'))
        && let begin = above.rfind('\n').map_or(0, |at| at + 1)
        && above.get(begin..).is_some_and(continues)
    {
        first = begin;
    }
    let mut line = start;
    while written.get(line..last).is_some_and(continues)
        && let Some(below) = written.get(last + 1..)
    {
        line = last + 1;
        last = line + below.find('\n').unwrap_or(below.len());
    }
    vec![place(start, end), place(first, last)]
}

/// The word at an offset up to blanks, and the part of it between signs.
fn words(text: &str, bounds: Span, offset: u32) -> Vec<Span> {
    let is_part = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-');
    let is_word = |it: char| !it.is_whitespace();
    let parts = run(text, bounds, offset, is_part).into_iter();
    parts.chain(run(text, bounds, offset, is_word)).collect()
}

fn run(text: &str, bounds: Span, offset: u32, fits: impl Fn(char) -> bool) -> Option<Span> {
    let at = offset.checked_sub(bounds.start)?;
    let (before, after) = bounds.of(text).split_at_checked(at as usize)?;
    let start = before.trim_end_matches(&fits).len();
    let length = after.len() - after.trim_start_matches(&fits).len();
    let base = bounds.start as usize;
    Some(Span::new(base + start, base + at as usize + length))
}

#[cfg(test)]
mod tests {
    use super::selection;
    use crate::analysis::analyze;
    use crate::context::NoContext;
    use crate::ide::testing::fixture;
    use crate::text::Span;

    /// What is selected at a cursor, step by step, without the whole document.
    fn check(fixture_text: &str, expected: &[&str]) {
        let (analysis, offset) = fixture(fixture_text);
        let mut spans = selection(&analysis, offset);
        for pair in spans.windows(2) {
            assert!(pair[1].covers(pair[0]) && pair[1] != pair[0], "{spans:?}");
        }
        assert_eq!(spans.pop(), Some(Span::new(0, analysis.text.len())));
        let texts: Vec<&str> = spans
            .into_iter()
            .map(|span| span.of(&analysis.text))
            .collect();
        assert_eq!(texts, expected, "{fixture_text}");
    }

    #[test]
    fn a_word_of_a_step_grows_to_its_table() {
        check(
            "[build]\nsteps = [\"RUN é\", \"COPY --from=w<|>eb é /x\"]\n[runtime]\n",
            &[
                "web",
                "--from=web",
                "COPY --from=web é /x",
                "\"COPY --from=web é /x\"",
                "[\"RUN é\", \"COPY --from=web é /x\"]",
                "steps = [\"RUN é\", \"COPY --from=web é /x\"]",
                "[build]\nsteps = [\"RUN é\", \"COPY --from=web é /x\"]",
            ],
        );
    }

    #[test]
    fn an_instruction_may_take_several_lines() {
        let text = "a = '''\r\nRUN x \\\r\n  && 😀 <|>y\r\nRUN z'''\r\n# é\r\n";
        check(
            text,
            &[
                "y",
                "&& 😀 y",
                "RUN x \\\r\n  && 😀 y",
                "\r\nRUN x \\\r\n  && 😀 y\r\nRUN z",
                "'''\r\nRUN x \\\r\n  && 😀 y\r\nRUN z'''",
                "a = '''\r\nRUN x \\\r\n  && 😀 y\r\nRUN z'''",
            ],
        );
    }

    #[test]
    fn a_key_grows_to_its_pair() {
        check(
            "runtime.im<|>age = \"é\"\n",
            &["image", "image = \"é\"", "runtime.image = \"é\""],
        );
        check(
            "a = { b = 1, c.d<|> = 2 }\n",
            &[
                "d",
                "d = 2",
                "c.d = 2",
                "{ b = 1, c.d = 2 }",
                "a = { b = 1, c.d = 2 }",
            ],
        );
    }

    #[test]
    fn comments_and_headers_grow_too() {
        check(
            "# é\n# on<|>e two\n\na = 1\n",
            &["one", "# one two", "# é\n# one two"],
        );
        check(
            "[runtime.h<|>ealthcheck]\ntimeout = \"é\"\n",
            &[
                "healthcheck",
                "runtime.healthcheck",
                "[runtime.healthcheck]",
                "[runtime.healthcheck]\ntimeout = \"é\"",
            ],
        );
    }

    #[test]
    fn broken_text_can_be_selected() {
        check(
            "[build]\nsteps = [\"COPY é <|>web",
            &[
                "web",
                "COPY é web",
                "\"COPY é web",
                "[\"COPY é web",
                "steps = [\"COPY é web",
            ],
        );
        let analysis = analyze("", &NoContext::default());
        assert_eq!(selection(&analysis, 0), [Span::default()]);
        assert_eq!(selection(&analysis, 9), [Span::default()]);
    }
}
