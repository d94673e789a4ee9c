//! The document tree against the schema: every mistake of shape at once, each on the smallest span.
//!
//! The words are not chosen here: each rule of the schema family words its own kind of mistake.

mod explain;

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Map, Number, Value as Json};

use crate::config::docs::SCHEMA;
use crate::syntax::{Document, Node, Notation, Step, SyntaxErrorKind, Table, Value};
use crate::text::Span;

/// A place where a document does not keep to the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The name of the rule that speaks about it.
    pub rule: String,
    /// The path of the node; for an unknown or missing key that of the table.
    pub path: Vec<Step>,
    /// The smallest span that must change.
    pub span: Span,
    /// What is wrong.
    pub kind: ShapeKind,
}

/// What is wrong with a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShapeKind {
    /// The table has no such key.
    UnknownKey {
        /// The key.
        name: String,
        /// The keys that it has.
        known: Vec<String>,
    },
    /// The table lacks a key.
    MissingKey {
        /// The key.
        name: String,
    },
    /// The value has another type.
    WrongType {
        /// What it may be: TOML's names of types, and literals in back-ticks.
        expected: Vec<String>,
        /// What it is.
        found: &'static str,
    },
    /// The value is not one of an enumeration.
    NotOneOf {
        /// What it may be, without quotes.
        options: Vec<String>,
    },
    /// The text does not have the form that its key wants.
    Pattern,
    /// The number is too small or too large.
    Range,
    /// The text or the array holds nothing.
    Empty,
    /// A name that the user chooses does not have the form that it needs.
    Name {
        /// The name.
        name: String,
    },
    /// The text holds a line break or another control character where a Dockerfile can't carry one.
    ControlCharacter,
}

impl Shape {
    /// The path of what must go so that the rest is sound.
    pub fn culprit(&self) -> Vec<Step> {
        let mut path = self.path.clone();
        if let ShapeKind::UnknownKey { name, .. } | ShapeKind::Name { name } = &self.kind {
            path.push(Step::Key(name.clone()));
        }
        path
    }
}

/// Whether there is something at this path that can be taken out.
pub(crate) fn prunable(path: &[Step]) -> bool {
    !path.is_empty()
}

/// What is to be said of everything in a document that breaks the schema, in order of place. Nothing is said inside a
/// syntax error, and no key is missed in a table that one touches.
pub fn certain(document: &Document, mut shapes: Vec<Shape>) -> Vec<Shape> {
    let broken: Vec<Span> = document
        .errors
        .iter()
        .filter(|error| error.kind == SyntaxErrorKind::Grammar)
        .map(|error| error.span)
        .collect();
    shapes.retain(|shape| is_certain(document, shape, &broken));
    shapes.sort_by(|one, other| (one.span, &one.rule).cmp(&(other.span, &other.rule)));
    shapes.dedup();
    shapes.truncate(MOST);
    shapes
}

/// The most mistakes of shape that are told: nobody reads more, and a file may consist of nothing else.
const MOST: usize = 2000;

/// Whether a mistake stays one when the syntax errors are repaired.
fn is_certain(document: &Document, shape: &Shape, broken: &[Span]) -> bool {
    if broken.iter().any(|error| error.overlaps(shape.span)) {
        return false;
    }
    if !matches!(shape.kind, ShapeKind::MissingKey { .. }) {
        return true;
    }
    let extent = document.find(&shape.path).map(|found| found.node.extent);
    // A table ends where the next one begins, so a half-typed key behind its last value is still its own.
    let touched = |extent: Span| {
        broken
            .iter()
            .any(|error| extent.start <= error.start && error.start <= extent.end + 2)
    };
    !extent.is_some_and(touched) && !has_invalid(document.find(&shape.path).map(|found| found.node))
}

/// Whether a value directly in this table could not be read.
fn has_invalid(node: Option<&Node>) -> bool {
    let Some(table) = node.and_then(Node::table) else {
        return false;
    };
    table
        .entries
        .iter()
        .any(|entry| matches!(entry.value.value, Value::Invalid))
}

/// The compiled schema.
static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    jsonschema::validator_for(&SCHEMA).expect("a test compiles the committed schema")
});

/// Everything in a tree that breaks the schema.
pub fn validate(root: &Table) -> Vec<Shape> {
    let instance = json_table(root);
    let mut shapes = Vec::new();
    for error in VALIDATOR.iter_errors(&instance) {
        explain::explain(&error, root, &mut shapes);
    }
    let mut control = Vec::new();
    control_characters(root, &mut Vec::new(), &mut control);
    // What the key refuses anyhow is refused once.
    control.retain(|shape: &Shape| shapes.iter().all(|other| other.span != shape.span));
    shapes.extend(control);
    shapes
}

/// A table as the validator takes it.
fn json_table(table: &Table) -> Json {
    let readable = table
        .entries
        .iter()
        .filter(|entry| !matches!(entry.value.value, Value::Invalid));
    Json::Object(
        readable
            .map(|entry| (entry.key.name.clone(), json(&entry.value)))
            .collect::<Map<_, _>>(),
    )
}

/// A value as the validator takes it. JSON has no dates: they become `null`, which no key accepts.
fn json(node: &Node) -> Json {
    match &node.value {
        Value::String(text) => Json::String(text.clone()),
        Value::Integer(number) => Json::from(*number),
        Value::Float(number) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
        Value::Boolean(value) => Json::Bool(*value),
        Value::Array(items) => Json::Array(items.iter().map(json).collect()),
        Value::Table(table) => json_table(table),
        Value::Datetime(_) | Value::Invalid => Json::Null,
    }
}

/// The words for what a value is.
pub(crate) fn kind_of(node: &Node) -> &'static str {
    match &node.value {
        Value::String(_) => "string",
        Value::Integer(_) => "integer",
        Value::Float(_) => "float",
        Value::Boolean(_) => "boolean",
        Value::Datetime(_) => "date",
        Value::Array(items) if items.iter().any(is_array_of_tables_item) => "array of tables",
        Value::Array(_) => "array",
        Value::Table(_) => "table",
        Value::Invalid => "value",
    }
}

fn is_array_of_tables_item(node: &Node) -> bool {
    node.table()
        .is_some_and(|table| table.notation == Notation::ArrayItem)
}

/// The keys whose strings become shell text of several lines, or words, where a line break is just white space.
const SHELL_TEXT: [&str; 3] = ["run", "command", "steps"];

/// The keys whose arrays become JSON, in which every character but NUL can be written.
const EXEC_FORM: [&str; 7] = [
    "cmd",
    "exec",
    "entrypoint",
    "shell",
    "run",
    "test",
    "healthcheck",
];

/// The keys under which a line break belongs to an instruction that can't carry one.
const VARIABLES: [&str; 4] = ["args", "arg", "env", "labels"];

/// Reports every text that would end its instruction early.
fn control_characters(table: &Table, path: &mut Vec<Step>, shapes: &mut Vec<Shape>) {
    for entry in &table.entries {
        path.push(Step::Key(entry.key.name.clone()));
        control_characters_in(&entry.value, path, shapes);
        path.pop();
    }
}

fn control_characters_in(node: &Node, path: &mut Vec<Step>, shapes: &mut Vec<Shape>) {
    match &node.value {
        Value::Table(table) => control_characters(table, path, shapes),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(Step::Index(index));
                control_characters_in(item, path, shapes);
                path.pop();
            }
        }
        // What has another mistake of shape is left out anyway.
        Value::String(text)
            if breaks_instruction(text, path)
                && shapes.iter().all(|shape| shape.span != node.span) =>
        {
            let in_variable = path
                .iter()
                .any(|step| matches!(step, Step::Key(key) if VARIABLES.contains(&key.as_str())));
            let rule = if in_variable {
                "invalid-value"
            } else {
                "shell-syntax-in-value"
            };
            let kind = ShapeKind::ControlCharacter;
            shapes.push(Shape {
                rule: rule.to_owned(),
                path: path.clone(),
                span: node.span,
                kind,
            });
        }
        _ => {}
    }
}

/// Whether a text at this path holds a character that its instruction can't carry.
fn breaks_instruction(text: &str, path: &[Step]) -> bool {
    if text.contains('\0') {
        return true;
    }
    let key = path.iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) => None,
    });
    let key = key.unwrap_or_default();
    let is_item = matches!(path.last(), Some(Step::Index(_)));
    let carries = if is_item {
        EXEC_FORM.contains(&key) || SHELL_TEXT.contains(&key)
    } else {
        SHELL_TEXT.contains(&key)
            || (key == "cmd"
                && !path
                    .iter()
                    .any(|step| *step == Step::Key("healthcheck".to_owned())))
    };
    // A backslash at the end of a line takes the next one for its continuation.
    if key == "workdir" && text.ends_with('\\') {
        return true;
    }
    // In a source it escapes a pattern's character, which no two builders do alike.
    if matches!(key, "src" | "script" | "context_root") && text.contains('\\') {
        return true;
    }
    !carries
        && text
            .chars()
            .any(|character| character.is_control() && character != '\t')
}

#[cfg(test)]
mod tests {
    use super::{Shape, ShapeKind, certain, validate};
    use crate::syntax::parse;

    fn shapes(text: &str) -> Vec<Shape> {
        let document = parse(text);
        certain(&document, validate(&document.root))
    }

    /// The rule and the marked text of each mistake.
    fn found(text: &str) -> Vec<(String, String)> {
        let shapes = shapes(text).into_iter();
        shapes
            .map(|shape| (shape.rule, shape.span.of(text).to_owned()))
            .collect()
    }

    #[test]
    fn one_mistake_gives_one_finding_on_the_smallest_span() {
        for (text, rule, marked) in [
            ("language = \"goo\"", "invalid-value", "\"goo\""),
            ("language = 1", "wrong-type", "1"),
            ("langage = \"go\"", "unknown-key", "langage"),
            (
                "platforms = [\"linux/amd64\", \"Linux\"]",
                "invalid-platform",
                "\"Linux\"",
            ),
            ("runtime = \"goo\"", "invalid-value", "\"goo\""),
            ("runtime = 1", "wrong-type", "1"),
            (
                "language = \"a\\nRUN evil\"",
                "invalid-value",
                "\"a\\nRUN evil\"",
            ),
            ("runtime.expose = true", "wrong-type", "true"),
            ("runtime.expose = 0", "port-out-of-range", "0"),
            ("runtime.expose = [80, 70000]", "port-out-of-range", "70000"),
            ("runtime.expose = \"8080\"", "wrong-type", "\"8080\""),
            (
                "runtime.expose = \"8080:80\"",
                "port-mapping",
                "\"8080:80\"",
            ),
            ("runtime.user = true", "wrong-type", "true"),
            ("runtime.user = \"a b\"", "invalid-value", "\"a b\""),
            ("runtime.user = { uid = -1 }", "invalid-value", "-1"),
            (
                "runtime.env = { \"A B\" = \"1\" }",
                "invalid-env-name",
                "\"A B\"",
            ),
            (
                "runtime.env = { A = { valu = \"1\", value = \"1\" } }",
                "unknown-key",
                "valu",
            ),
            ("runtime.healthcheck = { test = 1 }", "wrong-type", "1"),
            (
                "runtime.healthcheck = { test = [\"a\", 1] }",
                "wrong-type",
                "1",
            ),
            ("runtime.entrypoint = { exec = [] }", "invalid-value", "[]"),
            (
                "runtime.copy = [{ src = \"a\" }]",
                "missing-key",
                "{ src = \"a\" }",
            ),
            (
                "runtime.copy = [{ src = [1], dst = \"/b\" }]",
                "wrong-type",
                "1",
            ),
            (
                "runtime.copy = [{ src = \"a\", dst = \"/b\", chmod = 755 }]",
                "invalid-mode",
                "755",
            ),
            ("build.steps = [{ run = true }]", "wrong-type", "true"),
            (
                "build.steps = [{ run = \"a\", cache = [{ targt = \"/a\", target = \"/a\" }] }]",
                "unknown-key",
                "targt",
            ),
            ("build.steps = [1]", "wrong-type", "1"),
            ("build.ldflags = \"-s\"", "wrong-type", "\"-s\""),
            ("[[stages]]\nname = \"a\"", "missing-key", "[[stages]]"),
            (
                "[stages]\nname = \"a\"\nfrom = \"b\"",
                "wrong-type",
                "[stages]",
            ),
            (
                "lint.rules.unknown-key = \"loud\"",
                "invalid-value",
                "\"loud\"",
            ),
            (
                "runtime.labels = { a = \"x\\ny\" }",
                "invalid-value",
                "\"x\\ny\"",
            ),
        ] {
            let expected = [(rule.to_owned(), marked.to_owned())];
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn all_mistakes_are_found_at_once() {
        let rules: Vec<String> = found("language = \"goo\"\nversion = 1\n[runtime]\nexposed = 1\n")
            .into_iter()
            .map(|(rule, _)| rule)
            .collect();
        assert_eq!(rules, ["invalid-value", "wrong-type", "unknown-key"]);
    }

    #[test]
    fn an_enumeration_lists_its_values() {
        let shapes = shapes("render.target = \"x\"");
        let options = shapes.into_iter().find_map(|shape| match shape.kind {
            ShapeKind::NotOneOf { options } => Some(options),
            _ => None,
        });
        assert_eq!(options.unwrap_or_default(), ["buildkit", "portable"]);
    }

    #[test]
    fn nothing_is_said_inside_a_syntax_error() {
        assert_eq!(found("[[stages]]\nname = \"a\"\nfrom = \n"), []);
        assert_eq!(found("language = \"goo\n"), []);
    }

    #[test]
    fn shell_text_may_have_several_lines() {
        assert_eq!(
            found("build.steps = [{ run = \"\"\"\na\nb\n\"\"\" }]\n"),
            []
        );
        assert_eq!(found("build.command = \"\"\"\na\nb\n\"\"\"\n"), []);
    }
}
