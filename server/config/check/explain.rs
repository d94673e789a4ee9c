//! From the validator's errors to what a user must know.

use std::collections::HashMap;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value as Json;

use crate::config::check::{Shape, ShapeKind, kind_of};
use crate::config::docs::{SCHEMA, definition, keys, type_name};
use crate::syntax::{Found, Node, Step, Table, Value};
use crate::text::Span;

/// Adds what one error of the validator means.
pub(super) fn explain(error: &ValidationError<'_>, root: &Table, shapes: &mut Vec<Shape>) {
    let place = Place::of(error, root);
    match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            alternatives(context, &place, root, shapes)
        }
        Kind::AdditionalProperties { unexpected } => {
            place.unknown_keys(unexpected, shapes);
        }
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default().to_owned();
            place.report(
                "missing-key",
                place.value,
                ShapeKind::MissingKey { name },
                shapes,
            );
        }
        Kind::PropertyNames { error: inner } => {
            let name = inner.instance().as_str().unwrap_or_default().to_owned();
            let span = place.key_of(&name).unwrap_or(place.value);
            let rule = rule_of(inner)
                .or_else(|| rule_of(error))
                .unwrap_or("invalid-value");
            place.report(rule, span, ShapeKind::Name { name }, shapes);
        }
        Kind::Type { .. } | Kind::Constant { .. } | Kind::Enum { .. } => {
            place.clash(&wanted(error, place.path.len()), shapes);
        }
        kind => {
            let rule = rule_of(error).unwrap_or("invalid-value");
            if rule == "port-mapping" && place.quoted_port(shapes) {
                return;
            }
            let shape = match kind {
                Kind::Minimum { .. } | Kind::Maximum { .. } | Kind::MaxItems { .. } => {
                    ShapeKind::Range
                }
                Kind::MinLength { .. } | Kind::MinItems { .. } => ShapeKind::Empty,
                _ => ShapeKind::Pattern,
            };
            place.report(rule, place.value, shape, shapes);
        }
    }
}

/// The place that an error speaks of.
struct Place<'a> {
    path: Vec<Step>,
    /// The node there; the root has none.
    found: Option<Found<'a>>,
    root: &'a Table,
    value: Span,
}

impl<'a> Place<'a> {
    fn of(error: &ValidationError<'_>, root: &'a Table) -> Self {
        let path = steps(error, root);
        let found = root.find(&path);
        let value = found.map_or_else(|| first_key(root), |found| found.node.span);
        Self {
            path,
            found,
            root,
            value,
        }
    }

    fn table(&self) -> Option<&'a Table> {
        if self.path.is_empty() {
            Some(self.root)
        } else {
            self.found.and_then(|found| found.node.table())
        }
    }

    fn key_of(&self, name: &str) -> Option<Span> {
        self.table()?.entry(name).map(|entry| entry.key.span)
    }

    fn report(&self, rule: &str, span: Span, kind: ShapeKind, shapes: &mut Vec<Shape>) {
        shapes.push(Shape {
            rule: rule.to_owned(),
            path: self.path.clone(),
            span,
            kind,
        });
    }

    /// All unknown keys of one table. A file may consist of nothing else, so each is found without a search.
    fn unknown_keys(&self, names: &[String], shapes: &mut Vec<Shape>) {
        let known: Vec<String> = keys(&self.path).into_iter().map(|key| key.name).collect();
        let entries = self
            .table()
            .map(|table| table.entries.as_slice())
            .unwrap_or_default();
        let spans: HashMap<&str, Span> = entries
            .iter()
            .map(|entry| (entry.key.name.as_str(), entry.key.span))
            .collect();
        for name in names {
            let span = spans.get(name.as_str()).copied().unwrap_or(self.value);
            let kind = ShapeKind::UnknownKey {
                name: name.clone(),
                known: known.clone(),
            };
            self.report("unknown-key", span, kind, shapes);
        }
    }

    /// A string that holds nothing but a port is a number in quotes. Says whether it is one.
    fn quoted_port(&self, shapes: &mut Vec<Shape>) -> bool {
        let text = self.found.and_then(|found| found.node.string());
        let Some(text) = text.map(str::trim).filter(|text| is_digits(text)) else {
            return false;
        };
        if !matches!(text.parse::<u16>(), Ok(1..)) {
            self.report("port-out-of-range", self.value, ShapeKind::Range, shapes);
            return true;
        }
        let kind = ShapeKind::WrongType {
            expected: vec!["integer".to_owned()],
            found: "string",
        };
        self.report("wrong-type", self.value, kind, shapes);
        true
    }

    /// The value is none of what is wanted here.
    fn clash(&self, wanted: &[Wanted], shapes: &mut Vec<Shape>) {
        let Some(found) = self.found else { return };
        let literals: Vec<String> = wanted
            .iter()
            .filter_map(|wanted| wanted.literal_like(found.node))
            .collect();
        if !literals.is_empty() {
            self.report(
                "invalid-value",
                self.value,
                ShapeKind::NotOneOf { options: literals },
                shapes,
            );
            return;
        }
        let mut expected: Vec<String> = Vec::new();
        for name in wanted.iter().map(Wanted::name) {
            if !expected.contains(&name) {
                expected.push(name);
            }
        }
        let kind = ShapeKind::WrongType {
            expected,
            found: kind_of(found.node),
        };
        self.report(self.rule_of_type(found.node), self.value, kind, shapes);
    }

    /// The rule that speaks about a value's type: a number without quotes is a mistake of its own in modes and durations.
    fn rule_of_type(&self, node: &Node) -> &'static str {
        if !matches!(node.value, Value::Integer(_) | Value::Float(_)) {
            return "wrong-type";
        }
        match self.path.last() {
            Some(Step::Key(key)) if key == "chmod" => "invalid-mode",
            Some(Step::Key(key)) if DURATIONS.contains(&key.as_str()) => "invalid-duration",
            _ => "wrong-type",
        }
    }
}

/// The keys whose values are durations.
const DURATIONS: [&str; 4] = ["interval", "timeout", "start_period", "start_interval"];

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a schema wants of a value.
#[derive(Debug, Clone, PartialEq)]
enum Wanted {
    Type(&'static str),
    Literal(Json),
}

impl Wanted {
    fn name(&self) -> String {
        match self {
            Self::Type(name) => (*name).to_owned(),
            Self::Literal(Json::String(_)) => "string".to_owned(),
            Self::Literal(value) => format!("`{value}`"),
        }
    }

    /// The literal's text if the value has its type, so that only the choice is wrong.
    fn literal_like(&self, node: &Node) -> Option<String> {
        match (self, &node.value) {
            (Self::Literal(Json::String(text)), Value::String(_)) => Some(text.clone()),
            _ => None,
        }
    }
}

/// What an error at depth `depth` wanted of the value there; nothing if the value was right and something below failed.
fn wanted(error: &ValidationError<'_>, depth: usize) -> Vec<Wanted> {
    if segments(error).len() != depth {
        return Vec::new();
    }
    match error.kind() {
        Kind::Type {
            kind: TypeKind::Single(name),
        } => vec![Wanted::Type(type_name(&name.to_string()))],
        Kind::Type {
            kind: TypeKind::Multiple(names),
        } => names
            .iter()
            .map(|name| Wanted::Type(type_name(&name.to_string())))
            .collect(),
        Kind::Constant { expected_value } => vec![Wanted::Literal(expected_value.as_ref().clone())],
        Kind::Enum { options } => options
            .as_array()
            .into_iter()
            .flatten()
            .map(|value| Wanted::Literal(value.clone()))
            .collect(),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => context
            .iter()
            .flat_map(|branch| branch.iter().flat_map(|error| wanted(error, depth)))
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether a branch of alternatives took the value's type, so that its own errors are what the user must hear.
fn fits(branch: &[ValidationError<'_>], depth: usize) -> bool {
    branch.iter().all(|error| match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context }
            if segments(error).len() == depth =>
        {
            context.iter().any(|inner| fits(inner, depth))
        }
        _ => wanted(error, depth).is_empty(),
    })
}

/// Explains the best branch; when the value fits none, says what all of them want.
fn alternatives(
    context: &[Vec<ValidationError<'static>>],
    place: &Place<'_>,
    root: &Table,
    shapes: &mut Vec<Shape>,
) {
    let depth = place.path.len();
    let best = context
        .iter()
        .filter(|branch| fits(branch, depth))
        .min_by_key(|branch| branch.len());
    match best {
        Some(branch) => {
            for error in branch {
                explain(error, root, shapes);
            }
        }
        None => {
            let wanted: Vec<Wanted> = context
                .iter()
                .flat_map(|branch| branch.iter().flat_map(|error| wanted(error, depth)))
                .collect();
            place.clash(&wanted, shapes);
        }
    }
}

/// The rule that the nearest schema node around a keyword names.
fn rule_of(error: &ValidationError<'_>) -> Option<&'static str> {
    let path = error.evaluation_path().to_string();
    let mut node: &'static Json = &SCHEMA;
    let mut rule = None;
    for segment in path.split('/').skip(1) {
        let segment = unescape(segment);
        node = match node {
            Json::Object(map) if segment == "$ref" => map
                .get("$ref")
                .and_then(Json::as_str)
                .and_then(definition)?,
            Json::Object(map) => map.get(&segment)?,
            Json::Array(items) => items.get(segment.parse::<usize>().ok()?)?,
            _ => break,
        };
        rule = node.get("x-rule").and_then(Json::as_str).or(rule);
    }
    rule
}

/// The validator's path, as JSON Pointer segments.
fn segments(error: &ValidationError<'_>) -> Vec<String> {
    error
        .instance_path()
        .as_str()
        .split('/')
        .skip(1)
        .map(unescape)
        .collect()
}

fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

/// The same path as steps of our tree.
fn steps(error: &ValidationError<'_>, root: &Table) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for segment in segments(error) {
        let in_array = root
            .find(&steps)
            .is_some_and(|found| found.node.items().is_some());
        steps.push(match segment.parse() {
            Ok(index) if in_array => Step::Index(index),
            _ => Step::Key(segment),
        });
    }
    steps
}

/// The first key of a document, where what it lacks as a whole is reported.
fn first_key(root: &Table) -> Span {
    root.entries
        .first()
        .map(|entry| entry.key.span)
        .unwrap_or_default()
}
