//! `unknown-key`.

use crate::config::check::ShapeKind;
use crate::config::docs::tables_with;
use crate::config::words::{list, table_name};
use crate::diagnostic::Fix;
use crate::rules::{ALL, Findings, Subject, by_name, nearest, rule};
use crate::syntax::{Node, Step, Table};

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
    /// ```toml,good
    /// language = "go"
    /// runtime.entrypoint = ["/usr/local/bin/app"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: a key that docksmith does not know has no effect. What is meant for readers belongs into a comment.
    "unknown-key", Error, check; fix Safe
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
                finding.fix(Fix::safe(
                    format!("rename `{name}` to `{key}`"),
                    shape.span,
                    key,
                ));
            }
            continue;
        }
        match tables_with(name).as_slice() {
            [] if known.len() <= 8 => finding.help(format!(
                "the keys are {}",
                list(known.iter().map(String::as_str))
            )),
            [] => finding,
            [table, ..] => finding.help(format!("it belongs in `{table}`")),
        };
    }
    rules(subject, findings);
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
                let title = format!("replace `{name}` by `{near}`");
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
