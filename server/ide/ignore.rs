//! Comments that hide a finding.

use crate::analysis::{Analysis, Options};
use crate::context::BuildContext;
use crate::diagnostic::{Diagnostic, Edit, File};
use crate::rules::by_name;
use crate::syntax::insertion::line_break;
use crate::syntax::suppression::{Scope, suppressions};
use crate::syntax::{Node, Notation, Table, Value};
use crate::text::Span;

/// The edit that hides a finding where it stands: its rule in a comment above the key or header, or in the one that is
/// there. Nothing for what cannot be hidden, and for errors whose fix is certain.
pub fn ignore(
    analysis: &Analysis,
    finding: &Diagnostic,
    context: &dyn BuildContext,
    options: &Options,
) -> Option<Edit> {
    let is_certain = finding.fix.as_ref().is_some_and(|fix| fix.safe)
        && finding.severity == crate::diagnostic::Severity::Error;
    let can_be_silenced = by_name(finding.rule)?.can_be_silenced();
    if !can_be_silenced || is_certain || finding.file != File::Document {
        return None;
    }
    let start = statement(&analysis.document.root, finding.span)?;
    let hides = |edit: &Edit| {
        let after = analysis.after(std::slice::from_ref(edit), context, options);
        after.is_some_and(|after| {
            let count = |it: &Analysis, rule: &str| {
                it.diagnostics.iter().filter(|it| it.rule == rule).count()
            };
            let faults = "invalid-suppression";
            count(&after, finding.rule) < count(analysis, finding.rule)
                && count(&after, faults) <= count(analysis, faults)
        })
    };
    comments(analysis, start, finding.rule)
        .into_iter()
        .find(hides)
}

/// Ways to say it, the plainest first: some files want a reason.
fn comments(analysis: &Analysis, start: u32, rule: &str) -> Vec<Edit> {
    let text = &analysis.text;
    let insertion = |at: u32, text: String| Edit {
        file: File::Document,
        span: Span { start: at, end: at },
        text,
    };
    let line = |offset: u32| analysis.lines.line(offset);
    let own = suppressions(text, &analysis.document)
        .into_iter()
        .find(|it| match it.scope {
            Scope::Node(span) => it.fault.is_none() && line(span.start) == line(start),
            Scope::File => false,
        });
    if let Some((_, last)) = own.as_ref().and_then(|it| it.rules.last()) {
        return vec![insertion(last.end, format!(", {rule}"))];
    }
    let place = analysis.lines.line_span(text, line(start));
    let written = place.of(text).trim_start_matches('\u{feff}');
    let begin = place.end - u32::try_from(written.len()).unwrap_or_default();
    let indent: String = written
        .chars()
        .take_while(|it| matches!(it, ' ' | '\t'))
        .collect();
    let line_break = line_break(text);
    ["", " say why"]
        .map(|reason| {
            let comment = format!("{indent}# docksmith: ignore[{rule}]{reason}{line_break}");
            insertion(begin, comment)
        })
        .to_vec()
}

/// Where the pair or header begins that covers a place and stands on lines of its own.
fn statement(table: &Table, span: Span) -> Option<u32> {
    table.entries.iter().find_map(|entry| {
        let value = &entry.value;
        let whole = entry.key.span.cover(value.span);
        match &value.value {
            Value::Table(table) => match table.notation {
                Notation::Inline => whole.covers(span).then_some(whole.start),
                Notation::Implicit => statement(table, span).or_else(|| {
                    // A dotted key is as wide as its first part here.
                    (entry.key.span == span).then_some(span.start)
                }),
                _ => header(value, table, span),
            },
            Value::Array(items) if items.iter().any(is_headed) => items
                .iter()
                .find_map(|item| header(item, item.table()?, span)),
            _ => whole.covers(span).then_some(whole.start),
        }
    })
}

fn is_headed(node: &Node) -> bool {
    node.table()
        .is_some_and(|table| table.notation == Notation::ArrayItem)
}

fn header(node: &Node, table: &Table, span: Span) -> Option<u32> {
    let own = node.span.covers(span).then_some(node.span.start);
    own.or_else(|| statement(table, span))
}

#[cfg(test)]
mod tests {
    use super::ignore;
    use crate::analysis::{Options, analyze};
    use crate::context::NoContext;

    /// The text after a finding of a rule is hidden, and what is found then.
    #[track_caller]
    fn ignored(text: &str, rule: &str) -> Option<String> {
        let context = NoContext::default();
        let analysis = analyze(text, &context);
        let finding = analysis.diagnostics.iter().find(|it| it.rule == rule);
        let finding = finding.unwrap_or_else(|| panic!("{:#?}", analysis.diagnostics));
        let edit = ignore(&analysis, finding, &context, &Options::default())?;
        let mut text = text.to_owned();
        text.replace_range(edit.span.range(), &edit.text);
        let left = analyze(&text, &context).diagnostics;
        let hidden = left.iter().filter(|it| it.rule == rule).count();
        let before = analysis.diagnostics.iter().filter(|it| it.rule == rule);
        assert_eq!(hidden + 1, before.count(), "{text}");
        Some(text)
    }

    const HEAD: &str = "language = \"go\" # é😀\nbuild.target = \"./cmd/x\"\n";

    #[test]
    fn a_comment_stands_above_the_key_as_it_is_indented() {
        let text = format!("{HEAD}[runtime]\n  user = \"root\"\n");
        assert_eq!(
            ignored(&text, "root-user"),
            Some(format!(
                "{HEAD}[runtime]\n  # docksmith: ignore[root-user]\n  user = \"root\"\n"
            ))
        );
        let crlf = text.replace('\n', "\r\n");
        let after = ignored(&crlf, "root-user").expect("an edit");
        assert!(after.contains("  # docksmith: ignore[root-user]\r\n  user"));
        let list = "platforms = [\n  \"linux/amd64\",\n  \"é\",\n]\n";
        assert_eq!(
            ignored(&format!("{HEAD}{list}"), "invalid-platform"),
            Some(format!(
                "{HEAD}# docksmith: ignore[invalid-platform]\n{list}"
            ))
        );
    }

    #[test]
    fn what_is_said_of_a_table_is_hidden_above_its_header() {
        let text = format!("{HEAD}\n# é\n[[stages]]\nname = \"a\"\n");
        let after = ignored(&text, "missing-key").expect("an edit");
        assert!(
            after.contains("# é\n# docksmith: ignore[missing-key]\n[[stages]]"),
            "{after}"
        );
    }

    #[test]
    fn a_comment_that_is_there_is_extended() {
        let text = format!("{HEAD}runtime.user = \"root\" # docksmith: ignore[unknown-user] old\n");
        assert_eq!(
            ignored(&text, "root-user"),
            Some(text.replace("unknown-user", "unknown-user, root-user"))
        );
    }

    #[test]
    fn a_reason_is_given_where_one_is_wanted() {
        let text = format!("{HEAD}runtime.user = \"root\"\nlint.require_reason = true\n");
        let after = ignored(&text, "root-user").expect("an edit");
        assert!(
            after.contains("# docksmith: ignore[root-user] say why\nruntime.user"),
            "{after}"
        );
    }

    #[test]
    fn what_cannot_be_hidden_or_is_certainly_wrong_has_no_comment() {
        assert_eq!(ignored("a = \n", "toml-syntax"), None);
        assert_eq!(ignored("langauge = \"go\"\n", "unknown-key"), None);
    }
}
