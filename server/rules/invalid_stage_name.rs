//! `invalid-stage-name`.

use crate::config::check::{Shape, ShapeKind};
use crate::config::words::{last_key, requoted, short};
use crate::diagnostic::{Edit, File, Fix};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::{Node, Step, Table, Value};
use crate::text::Span;

rule! {
    /// The name of a stage, a tool, a binary or a secret that can't be one.
    ///
    /// Names become stages of the Dockerfile, files and mount ids. The build would stop with `invalid name for build
    /// stage`. Stages are compared without case there, so they are written in lower case.
    ///
    /// ```toml,bad
    /// language = "go"
    /// [[stages]]
    /// name = "Web"
    /// from = "node:24-alpine"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.copy = [{ from = "web", src = "/dist/", dst = "/app/web/" }]
    /// [[stages]]
    /// name = "web"
    /// from = "node:24-alpine"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: the builder refuses the name, or takes it for another one.
    "invalid-stage-name", Error, check; fix Safe; also ["BuildKit StageNameCasing"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("invalid-stage-name") {
        let node = subject.document.find(&shape.path).map(|found| found.node);
        let text = match &shape.kind {
            ShapeKind::Name { name } => name.as_str(),
            _ => node.and_then(|node| node.string()).unwrap_or_default(),
        };
        let what = what(&shape.path);
        let message = match text.trim() {
            "" => format!("the name of a {what} is empty"),
            _ => format!("`{}` can't be the name of a {what}", short(text)),
        };
        let finding = findings.report(shape.span, message);
        finding.help(match last_key(&shape.path) {
            "output_name" | "secrets" => {
                "use letters, digits, `.`, `_` and `-`, a letter or digit first"
            }
            _ => "use lower-case letters, digits, `_` and `-`, a letter first",
        });
        if let Some(fix) = lower_case(subject, shape, text) {
            finding.fix(fix);
        }
    }
}

fn what(path: &[Step]) -> &'static str {
    match path {
        [Step::Key(key), ..] if key == "stages" => "stage",
        [Step::Key(key), ..] if key == "external_tools" => "tool",
        [Step::Key(key), ..] if key == "secrets" => "secret",
        _ => "binary",
    }
}

/// The name in lower case, with everything that refers to it; nothing where a reference can't be renamed for sure.
fn lower_case(subject: &Subject<'_>, shape: &Shape, name: &str) -> Option<Fix> {
    let lower = name.to_lowercase();
    let mut characters = lower.chars();
    let is_sound = characters.next().is_some_and(|it| it.is_ascii_lowercase())
        && characters.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || "_-".contains(it));
    if !is_sound || matches!(shape.kind, ShapeKind::Name { .. }) || lower == name {
        return None;
    }
    let mut places = vec![shape.span];
    references(&subject.document.root, name, &mut places);
    places.sort_unstable();
    places.dedup();
    // Whatever else mentions the name, such as a string step, might mean it.
    if mentions(subject.text, name) != places.len() {
        return None;
    }
    let edits = places.into_iter().map(|span| Edit {
        file: File::Document,
        span,
        text: requoted(subject.written(span), &lower),
    });
    Some(Fix {
        title: format!("rename `{}` to `{lower}`", short(name)),
        safe: true,
        edits: edits.collect(),
    })
}

/// The values of keys that name a stage.
fn references(table: &Table, name: &str, places: &mut Vec<Span>) {
    for entry in &table.entries {
        let refers = matches!(
            entry.key.name.as_str(),
            "from" | "from_stage" | "from-stage" | "stage"
        );
        if refers && entry.value.string() == Some(name) {
            places.push(entry.value.span);
        }
        references_below(&entry.value, name, places);
    }
}

fn references_below(node: &Node, name: &str, places: &mut Vec<Span>) {
    match &node.value {
        Value::Table(table) => references(table, name, places),
        Value::Array(items) => {
            for item in items {
                references_below(item, name, places);
            }
        }
        _ => {}
    }
}

/// How often a text mentions a name as a word.
fn mentions(text: &str, name: &str) -> usize {
    let is_part = |it: char| it.is_alphanumeric() || it == '_' || it == '-';
    text.match_indices(name)
        .filter(|(at, _)| {
            let before = text.get(..*at).and_then(|it| it.chars().next_back());
            let after = text.get(at + name.len()..).and_then(|it| it.chars().next());
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        })
        .count()
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_tool_has_no_blank_in_its_name() {
        check(
            r#"
language = "go"
[[external_tools]]
name = "my tool"
#      ^^^^^^^^^ error: `my tool` can't be the name of a tool
image = "arigaio/atlas:1.2.0"
src = "/atlas"
dst = "/usr/local/bin/atlas"
"#,
        );
    }

    #[test]
    fn whoever_refers_to_the_name_is_not_blamed() {
        check(
            r#"
language = "go"
runtime.copy = [{ from = "Web", src = "/dist/", dst = "/app/web/" }]
[[stages]]
name = "Web"
#      ^^^^^ error: `Web` can't be the name of a stage
from = "node:24-alpine"
"#,
        );
    }
}
