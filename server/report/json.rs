//! The machine format of `docksmith lint`. Its types are the one definition: what is printed and its JSON Schema come
//! from them.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

use crate::diagnostic::{Diagnostic, File, Fix, Severity};
use crate::report::{Checked, Summary};
use crate::text::Span;

/// The output of `docksmith lint --format json`. Every key is always there; what is not known is null.
#[derive(Debug, Serialize, JsonSchema)]
struct LintOutput {
    /// The version of this format. A newer one may have more keys, and means the same by these.
    #[schemars(extend("const" = 1))]
    version: u32,
    /// What wrote it.
    tool: Tool,
    /// The documents that were checked.
    files: Vec<String>,
    /// What was found, in the order of paths, places and rules.
    diagnostics: Vec<Finding>,
    /// The counts.
    summary: Counts,
}

/// What wrote the output.
#[derive(Debug, Serialize, JsonSchema)]
struct Tool {
    /// Its name.
    #[schemars(extend("const" = "docksmith"))]
    name: &'static str,
    /// Its version.
    version: String,
}

/// One finding.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Finding {
    /// The name of the rule; `docksmith explain NAME` prints its page.
    rule: &'static str,
    /// How much it matters.
    severity: Level,
    /// What is wrong, complete without the text around it.
    message: String,
    /// The file that must change.
    path: String,
    /// The smallest place that must change.
    range: Range,
    /// Further places that help to understand.
    labels: Vec<Mark>,
    /// What to do.
    help: Option<String>,
    /// A change that takes the finding away; null also where it would have to repeat a credential.
    fix: Option<Change>,
    /// The command that prints the rule's page.
    docs: String,
}

/// How much a finding matters.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Level {
    /// The build or the container fails, or a credential is exposed.
    Error,
    /// Probably a mistake.
    Warning,
    /// Worth knowing.
    Info,
}

/// A further place.
#[derive(Debug, Serialize, JsonSchema)]
struct Mark {
    /// Its file.
    path: String,
    /// The place.
    range: Range,
    /// What stands there.
    message: String,
}

/// A change.
#[derive(Debug, Serialize, JsonSchema)]
struct Change {
    /// What it does.
    title: String,
    /// Whether the meaning stays.
    safe: bool,
    /// The replacements; they do not overlap.
    edits: Vec<Replacement>,
}

/// The replacement of a place.
#[derive(Debug, Serialize, JsonSchema)]
struct Replacement {
    /// The file to change.
    path: String,
    /// What is replaced; empty for an insertion.
    range: Range,
    /// What comes in its place.
    text: String,
}

/// A place in a file; its end is the first position behind it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Range {
    /// Its first position.
    start: Position,
    /// The first position behind it.
    end: Position,
}

/// A position in a file.
#[derive(Debug, Serialize, JsonSchema)]
struct Position {
    /// The line, from 1.
    #[schemars(range(min = 1))]
    line: u32,
    /// The column in Unicode code points, from 1.
    #[schemars(range(min = 1))]
    column: u32,
    /// The byte in the file, from 0.
    byte: u32,
}

/// How much was found.
#[derive(Debug, Serialize, JsonSchema)]
struct Counts {
    /// Errors.
    errors: usize,
    /// Warnings.
    warnings: usize,
    /// Infos.
    infos: usize,
    /// Findings with a safe fix.
    fixable: usize,
    /// Findings that comments hide.
    suppressed: usize,
}

/// The JSON Schema of the output.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema: Value = settings
        .into_generator()
        .into_root_schema_for::<LintOutput>()
        .into();
    drop_formats(&mut schema);
    schema
}

/// Takes out Rust's formats of integers, which no other program knows.
fn drop_formats(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.get("format").is_some_and(Value::is_string) {
                map.remove("format");
            }
            map.values_mut().for_each(drop_formats);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_formats),
        _ => {}
    }
}

/// The whole report. Lines and columns begin at 1, columns count code points, bytes begin at 0.
pub fn json(checked: &[Checked], version: &str) -> Value {
    let summary = Summary::of(checked);
    let mut found: Vec<(&str, &Checked, &Diagnostic)> = Vec::new();
    for document in checked {
        found.extend(
            document
                .analysis
                .diagnostics
                .iter()
                .map(|it| (document.path_of(&it.file), document, it)),
        );
    }
    found.sort_by(|one, other| order(one).cmp(&order(other)));
    let output = LintOutput {
        version: 1,
        tool: Tool {
            name: "docksmith",
            version: version.to_owned(),
        },
        files: checked
            .iter()
            .map(|document| document.path.clone())
            .collect(),
        diagnostics: found
            .iter()
            .map(|(_, document, it)| diagnostic(document, it))
            .collect(),
        summary: Counts {
            errors: summary.errors,
            warnings: summary.warnings,
            infos: summary.infos,
            fixable: summary.fixable,
            suppressed: summary.suppressed,
        },
    };
    serde_json::to_value(output).unwrap_or_default()
}

fn order<'a>(
    (path, _, diagnostic): &(&'a str, &Checked, &'a Diagnostic),
) -> (&'a str, Span, &'a str) {
    (path, diagnostic.span, diagnostic.rule)
}

/// One diagnostic.
pub(crate) fn diagnostic(document: &Checked, diagnostic: &Diagnostic) -> Finding {
    let labels = diagnostic.labels.iter().map(|label| Mark {
        path: document.path_of(&label.file).to_owned(),
        range: range(document, &label.file, label.span),
        message: label.message.clone(),
    });
    Finding {
        rule: diagnostic.rule,
        severity: match diagnostic.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
            Severity::Info => Level::Info,
        },
        message: diagnostic.full_message(),
        path: document.path_of(&diagnostic.file).to_owned(),
        range: range(document, &diagnostic.file, diagnostic.span),
        labels: labels.collect(),
        help: diagnostic.help.clone(),
        fix: document.fix_of(diagnostic).map(|it| fix(document, it)),
        docs: format!("docksmith explain {}", diagnostic.rule),
    }
}

fn fix(document: &Checked, fix: &Fix) -> Change {
    let edits = fix.edits.iter().map(|edit| Replacement {
        path: document.path_of(&edit.file).to_owned(),
        range: range(document, &edit.file, edit.span),
        text: edit.text.clone(),
    });
    Change {
        title: fix.title.clone(),
        safe: fix.safe,
        edits: edits.collect(),
    }
}

/// A place as this format has it.
pub(crate) fn range(document: &Checked, file: &File, span: Span) -> Range {
    let place = document.place(file, span);
    let position = |position: crate::text::Position, byte| Position {
        line: position.line + 1,
        column: position.column + 1,
        byte,
    };
    Range {
        start: position(place.start, span.start),
        end: position(place.end, span.end),
    }
}

#[cfg(test)]
mod tests {
    use super::json;
    use crate::report::tests::checked;

    #[test]
    fn places_count_lines_code_points_and_bytes() {
        let report = json(
            &[checked(
                "language = \"go\"\nruntime = { env = { A = \"日é\" }, wrkdir = \"/x\" }\n",
            )],
            "0",
        );
        let range = &report["diagnostics"][0]["range"];
        assert_eq!(
            range["start"],
            serde_json::json!({ "line": 2, "column": 33, "byte": 51 })
        );
        assert_eq!(report["summary"]["errors"], 1);
        assert_eq!(
            report["diagnostics"][0]["fix"]["edits"][0]["text"],
            "workdir"
        );
    }
}
