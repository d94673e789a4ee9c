//! `unknown-key`.

use crate::config::check::ShapeKind;
use crate::config::docs::tables_with;
use crate::config::words::{list, table_name};
use crate::diagnostic::Fix;
use crate::rules::{ALL, Findings, Subject, by_name, nearest, rule};
use crate::syntax::insertion::into;
use crate::syntax::removal::removal;
use crate::syntax::{Node, Notation, Step, Table};

rule! {
    /// A key that this table does not have.
    ///
    /// A misspelt key would otherwise be ignored without a word, and the image would lack what it asks for. Keys are
    /// case-sensitive.
    ///
    /// ```toml,bad
    /// language = "go"
    /// runtime.entrypont = ["/usr/local/bin/app"]
    /// ```
    ///
    /// A key of another table can be moved there:
    ///
    /// ```toml,bad
    /// language = "go"
    /// ldflags = ["-X main.version=1"]
    /// [build]
    /// target = "./cmd/server"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.entrypoint = ["/usr/local/bin/app"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: a key that docksmith does not know has no effect. What is meant for readers belongs into a comment.
    "unknown-key", Error, check; fix Either
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("unknown-key") {
        let ShapeKind::UnknownKey { name, known } = &shape.kind else {
            continue;
        };
        let place = table_name(&shape.path);
        let finding = findings.report(shape.span, format!("{place} has no key `{name}`"));
        let same_word = known
            .iter()
            .find(|key| same_word(key, name))
            .map(String::as_str);
        if let Some(key) = same_word.or_else(|| nearest(name, known.iter().map(String::as_str))) {
            finding.help(format!("did you mean `{key}`?"));
            let is_free =
                table_at(subject, &shape.path).is_some_and(|table| table.entry(key).is_none());
            if is_free {
                finding.fix(Fix::safe(format!("rename to `{key}`"), shape.span, key));
            }
            continue;
        }
        match tables_with(name).as_slice() {
            [] if known.len() <= 8 => finding.help(format!(
                "the keys are {}",
                list(known.iter().map(String::as_str))
            )),
            [] => finding,
            [table, rest @ ..] => {
                finding.help(format!("it belongs in `{table}`"));
                let fix = moved(subject, &shape.path, name, table);
                if let Some(fix) = fix.filter(|_| rest.is_empty()) {
                    finding.fix(fix);
                }
                continue;
            }
        };
    }
    rules(subject, findings);
}

/// The key in the table that has such a one, given by its header: its line below that header, or at the top of the file
/// the same key with the table before it.
fn moved(subject: &Subject<'_>, path: &[Step], name: &str, header: &str) -> Option<Fix> {
    let target = header.strip_prefix('[')?.strip_suffix(']')?;
    let entry = table_at(subject, path)?.entry(name)?;
    let root = &subject.document.root;
    let there = root.node(target);
    if target.contains('[')
        || there.is_some_and(|it| it.table().is_none_or(|it| it.entry(name).is_some()))
    {
        return None;
    }
    let title = format!("move `{name}` to `{header}`");
    let line = removal(subject.text, subject.document, entry.key.span)?;
    let whole = line.of(subject.text);
    // A key with a table before it, or in braces, has no line of its own.
    if !whole
        .trim_start()
        .starts_with(entry.key.span.of(subject.text))
        || !whole.contains('=')
    {
        return None;
    }
    let table = there.and_then(Node::table);
    if let (Some(table), Some(node)) = (table, there)
        && table.notation == Notation::Header
    {
        let (place, new) = into(subject.text, table, node.span, whole.trim())?;
        let mut fix = Fix::unsafe_(title, line, "");
        fix.edits.extend(Fix::unsafe_("", place, new).edits);
        return Some(fix);
    }
    let is_dotted = table.is_none_or(|table| table.notation == Notation::Implicit);
    let key = format!("{target}.{}", entry.key.span.of(subject.text));
    (path.is_empty() && is_dotted).then(|| Fix::unsafe_(title, entry.key.span, key))
}

/// Levels of rules that do not exist.
fn rules(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let lint = subject.document.root.node("lint").and_then(Node::table);
    let rules = lint
        .and_then(|lint| lint.node("rules"))
        .and_then(Node::table);
    for entry in rules
        .map(|rules| rules.entries.as_slice())
        .unwrap_or_default()
    {
        let name = entry.key.name.as_str();
        if by_name(name).is_some() {
            continue;
        }
        let finding = findings.report(entry.key.span, format!("there is no rule `{name}`"));
        finding.why("the level would be given to nothing");
        match nearest(name, ALL.iter().map(|rule| rule.name)) {
            Some(near) => {
                finding.help(format!("did you mean `{near}`?"));
                let title = format!("rename to `{near}`");
                finding.fix(Fix::safe(title, entry.key.span, near));
            }
            None => {
                finding.help("run `docksmith rules` to see their names");
            }
        }
    }
}

/// Whether two names differ in case and separators only, as `start-period` and `start_period` do.
fn same_word(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_'], "");
    plain(one) == plain(other)
}

fn table_at<'a>(subject: &Subject<'a>, path: &[Step]) -> Option<&'a Table> {
    if path.is_empty() {
        Some(&subject.document.root)
    } else {
        subject.document.find(path)?.node.table()
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn the_key_itself_is_marked() {
        check(
            r#"
language = "go"
[runtime]
helthcheck = ["/x"]
#^^^^^^^^^ error: `[runtime]` has no key `helthcheck`
"#,
        );
    }

    #[test]
    fn a_level_is_given_to_a_rule() {
        check(
            r#"
language = "go"
lint.rules.unkown-key = "warning"
#          ^^^^^^^^^^ error: there is no rule `unkown-key`
"#,
        );
    }

    #[test]
    fn case_counts() {
        check(
            r#"
language = "go"
Build = {}
#^^^^ error: the file has no key `Build`
"#,
        );
    }

    #[test]
    fn a_key_of_another_table_is_shown_its_place() {
        check(
            r#"
language = "go"
healthcheck = ["/x"]
#^^^^^^^^^^ error: the file has no key `healthcheck`
"#,
        );
    }
}
