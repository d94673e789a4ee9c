//! `unknown-key`.

use crate::config::check::ShapeKind;
use crate::config::docs::tables_with;
use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, nearest, rule};
use crate::syntax::{Step, Table};

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
    "unknown-key", Error, check
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
            [] if known.len() <= 8 => finding.help(format!("the keys are {}", list(known))),
            [] => finding,
            [table, ..] => finding.help(format!("it belongs in `{table}`")),
        };
    }
}

/// Whether two names differ in case and separators only, as `start-period` and `start_period` do.
fn same_word(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_'], "");
    plain(one) == plain(other)
}

fn list(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// How a message names a table.
fn table_name(path: &[Step]) -> String {
    let names: Vec<&str> = path
        .iter()
        .filter_map(|step| match step {
            Step::Key(name) => Some(name.as_str()),
            Step::Index(_) => None,
        })
        .collect();
    match (names.is_empty(), path.last()) {
        (true, _) => "the file".to_owned(),
        (false, Some(Step::Index(_))) => format!("`[[{}]]`", names.join(".")),
        (false, _) => format!("`[{}]`", names.join(".")),
    }
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
