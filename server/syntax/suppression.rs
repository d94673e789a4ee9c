//! Suppression comments: `# docksmith: ignore[rule-a, rule-b] reason`.

use crate::syntax::{Comment, CommentPlace, Document};
use crate::text::Span;

/// A comment that asks for silence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The comment.
    pub comment: Span,
    /// What it covers.
    pub scope: Scope,
    /// The names of rules in it, with their places.
    pub rules: Vec<(String, Span)>,
    /// What stands behind the brackets; may be empty.
    pub reason: String,
    /// What is wrong with its form; then it hides nothing.
    pub fault: Option<Fault>,
}

/// What a suppression comment covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A key with its value, or a whole table.
    Node(Span),
    /// The whole file.
    File,
}

/// What is wrong with a suppression comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is neither `ignore[…]` nor `ignore-file[…]`.
    Form,
    /// No rule stands between the brackets.
    NoRule,
    /// It belongs to no key, or an `ignore-file` stands behind the first key.
    Place,
}

/// What introduces a comment for docksmith.
const PREFIX: &str = "docksmith:";

/// Every suppression comment of a document, in order.
pub fn suppressions(text: &str, document: &Document) -> Vec<Suppression> {
    let first = first_statement(document);
    document
        .comments
        .iter()
        .filter_map(|comment| read(text, comment, first))
        .collect()
}

/// Where the first key or header begins.
fn first_statement(document: &Document) -> u32 {
    let starts = document
        .root
        .entries
        .iter()
        .map(|entry| entry.key.span.start.min(entry.value.span.start));
    starts.min().unwrap_or(u32::MAX)
}

fn read(text: &str, comment: &Comment, first: u32) -> Option<Suppression> {
    let content = comment.span.of(text);
    let body = content.trim_start_matches('#');
    let blanks = body.len() - body.trim_start().len();
    let rest = body.trim_start().strip_prefix(PREFIX)?;
    let offset = comment.span.start as usize + (content.len() - body.len()) + blanks + PREFIX.len();
    let mut suppression = Suppression {
        comment: comment.span,
        scope: Scope::File,
        rules: Vec::new(),
        reason: String::new(),
        fault: None,
    };
    let Some((word, names, reason)) = brackets(rest) else {
        suppression.fault = Some(Fault::Form);
        return Some(suppression);
    };
    reason.trim().clone_into(&mut suppression.reason);
    suppression.rules = split_names(names, offset + (rest.len() - rest.split_once('[')?.1.len()));
    suppression.fault = match word {
        "ignore-file" if comment.span.start > first => Some(Fault::Place),
        "ignore-file" => None,
        _ => match comment.place {
            CommentPlace::Node(span) => {
                suppression.scope = Scope::Node(span);
                None
            }
            _ => Some(Fault::Place),
        },
    };
    if suppression.rules.is_empty() {
        suppression.fault = Some(Fault::NoRule);
    }
    Some(suppression)
}

/// The word before the brackets, what is in them, and what follows.
fn brackets(rest: &str) -> Option<(&str, &str, &str)> {
    let (word, rest) = rest.split_once('[')?;
    let (names, reason) = rest.split_once(']')?;
    let word = word.trim();
    matches!(word, "ignore" | "ignore-file").then_some((word, names, reason))
}

/// The names in a list with commas, each with its place; `start` is where the list begins.
fn split_names(names: &str, start: usize) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    let mut offset = start;
    for part in names.split(',') {
        let name = part.trim();
        if !name.is_empty() {
            let begin = offset + (part.len() - part.trim_start().len());
            found.push((name.to_owned(), Span::new(begin, begin + name.len())));
        }
        offset += part.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Fault, Scope, suppressions};
    use crate::syntax::parse;

    fn one(text: &str) -> super::Suppression {
        suppressions(text, &parse(text))
            .into_iter()
            .next()
            .expect("a suppression")
    }

    #[test]
    fn a_trailing_comment_covers_its_key() {
        let text = "a = 1\nb = 2 # docksmith: ignore[root-user, x] because\n";
        let found = one(text);
        let Scope::Node(span) = found.scope else {
            panic!("{found:?}")
        };
        assert_eq!(span.of(text), "b = 2");
        assert_eq!(
            found
                .rules
                .iter()
                .map(|(_, span)| span.of(text))
                .collect::<Vec<_>>(),
            ["root-user", "x"]
        );
        assert_eq!(found.reason, "because");
    }

    #[test]
    fn a_comment_above_a_header_covers_the_table() {
        let text = "a = 1\n\n# docksmith: ignore[x]\n[t]\nb = 2\n";
        let Scope::Node(span) = one(text).scope else {
            panic!("no node")
        };
        assert_eq!(span.of(text), "[t]\nb = 2");
    }

    #[test]
    fn a_file_comment_stands_before_the_first_key() {
        assert_eq!(one("# docksmith: ignore-file[x] y\na = 1\n").fault, None);
        assert_eq!(
            one("a = 1\n# docksmith: ignore-file[x] y\n").fault,
            Some(Fault::Place)
        );
    }

    #[test]
    fn there_is_no_blanket_form() {
        assert_eq!(one("a = 1 # docksmith: ignore").fault, Some(Fault::Form));
        assert_eq!(
            one("a = 1 # docksmith: ignore[]").fault,
            Some(Fault::NoRule)
        );
    }

    #[test]
    fn a_comment_inside_an_array_belongs_to_no_key() {
        assert_eq!(
            one("a = [\n 1, # docksmith: ignore[x]\n]\n").fault,
            Some(Fault::Place)
        );
    }
}
