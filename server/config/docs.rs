//! What the schema says about a place of the document: its keys, values, documentation and defaults.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::config::schema::schema;
use crate::syntax::Step;

/// The schema, generated once.
pub(crate) static SCHEMA: LazyLock<Value> = LazyLock::new(schema);

/// A key of the format with its documentation.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyDoc {
    /// The key's name.
    pub name: String,
    /// The documentation, Markdown.
    pub description: String,
    /// What its value may be, such as `string or array`.
    pub kind: String,
    /// The default, as TOML would write it.
    pub default: Option<String>,
    /// Whether the table needs it.
    pub required: bool,
    /// Whether its value is a table, or an array of tables.
    pub is_table: bool,
    /// Whether its value is an array of tables.
    pub is_array_of_tables: bool,
}

/// A value that an enumeration offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueDoc {
    /// As TOML writes it, strings with quotes.
    pub text: String,
    /// The documentation, Markdown; may be empty.
    pub description: String,
}

/// The keys that a table at `path` may hold, in the order of the format.
pub fn keys(path: &[Step]) -> Vec<KeyDoc> {
    let mut keys: Vec<KeyDoc> = Vec::new();
    for node in nodes(path) {
        let Some(Value::Object(properties)) = node.get("properties") else {
            continue;
        };
        let required = node.get("required").and_then(Value::as_array);
        for (name, property) in properties {
            if keys.iter().all(|key| key.name != *name) {
                let required =
                    required.is_some_and(|names| names.iter().any(|required| required == name));
                keys.push(key_doc(name, property, required));
            }
        }
    }
    keys
}

/// The documentation of the key that `path` ends with; a name that the user chooses has that of its table.
pub fn key(path: &[Step]) -> Option<KeyDoc> {
    let (last, parent) = path.split_last()?;
    match last {
        Step::Index(_) => key(parent),
        Step::Key(name) => keys(parent).into_iter().find(|key| key.name == *name),
    }
}

/// The values that can be written at `path`, as far as they can be listed.
pub fn values(path: &[Step]) -> Vec<ValueDoc> {
    let mut values: Vec<ValueDoc> = Vec::new();
    for node in nodes(path) {
        collect_values(node, &mut values);
        if node.get("type").and_then(Value::as_str) == Some("boolean")
            && node.get("const").is_none()
        {
            values.extend(["true", "false"].map(|text| ValueDoc {
                text: text.to_owned(),
                description: String::new(),
            }));
        }
    }
    let mut seen = BTreeSet::new();
    values.retain(|value| seen.insert(value.text.clone()));
    values
}

/// The types that can be written at `path`, by TOML's names.
pub fn kinds(path: &[Step]) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    for node in nodes(path) {
        add_kinds(node, &mut kinds);
    }
    kinds
}

fn collect_values(node: &Map<String, Value>, values: &mut Vec<ValueDoc>) {
    if let Some(value) = node.get("const") {
        let description = text_of(node, "description");
        values.push(ValueDoc {
            text: value.to_string(),
            description,
        });
    }
    for option in node
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        values.push(ValueDoc {
            text: option.to_string(),
            description: String::new(),
        });
    }
    for option in node
        .get("oneOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Value::Object(option) = option {
            collect_values(option, values);
        }
    }
}

fn text_of(node: &Map<String, Value>, key: &str) -> String {
    node.get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn key_doc(name: &str, property: &'static Value, required: bool) -> KeyDoc {
    let nodes = alternatives(property);
    let own = property.get("description").and_then(Value::as_str);
    let described = || {
        nodes
            .iter()
            .find_map(|node| node.get("description").and_then(Value::as_str))
    };
    let mut kinds = Vec::new();
    for node in &nodes {
        add_kinds(node, &mut kinds);
    }
    let is_array_of_tables = nodes.iter().any(|node| {
        let items = node.get("items").map(alternatives).unwrap_or_default();
        !items.is_empty() && items.iter().all(|item| item.contains_key("properties"))
    });
    let is_table = is_array_of_tables
        || nodes.iter().any(|node| {
            node.contains_key("properties") || node.contains_key("additionalProperties")
        });
    KeyDoc {
        name: name.to_owned(),
        description: own.or_else(described).unwrap_or_default().to_owned(),
        kind: kinds.join(" or "),
        default: property
            .get("default")
            .filter(|value| !is_empty(value))
            .map(Value::to_string),
        required,
        is_table,
        is_array_of_tables,
    }
}

/// Whether a default says no more than that nothing is there.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => value.is_null(),
    }
}

fn add_kinds(node: &Map<String, Value>, kinds: &mut Vec<&'static str>) {
    let from_const = node.get("const").map(json_kind);
    let from_type = node.get("type").and_then(Value::as_str).map(type_name);
    let from_values = node.get("oneOf").map(|_| "string");
    if let Some(kind) = from_const.or(from_type).or(from_values)
        && !kinds.contains(&kind)
    {
        kinds.push(kind);
    }
}

fn json_kind(value: &Value) -> &'static str {
    match value {
        Value::Bool(false) => "false",
        Value::Bool(true) => "true",
        Value::String(_) => "string",
        _ => "value",
    }
}

/// TOML's name for a type of JSON Schema.
pub(crate) fn type_name(name: &str) -> &'static str {
    match name {
        "object" => "table",
        "array" => "array",
        "string" => "string",
        "boolean" => "boolean",
        "integer" => "integer",
        "number" => "number",
        _ => "value",
    }
}

/// The schema nodes that describe the value at `path`: several where a value may have several shapes.
fn nodes(path: &[Step]) -> Vec<&'static Map<String, Value>> {
    let mut nodes = alternatives(&SCHEMA);
    for step in path {
        nodes = nodes
            .into_iter()
            .flat_map(|node| child(node, step))
            .collect();
    }
    nodes
}

/// The schema nodes one step below.
fn child(node: &'static Map<String, Value>, step: &Step) -> Vec<&'static Map<String, Value>> {
    let schema = match step {
        Step::Index(_) => node.get("items"),
        Step::Key(name) => node
            .get("properties")
            .and_then(|properties| properties.get(name))
            .or_else(|| {
                node.get("additionalProperties")
                    .filter(|schema| schema.is_object())
            }),
    };
    schema.map(alternatives).unwrap_or_default()
}

/// A schema with its references followed and its alternatives side by side.
fn alternatives(schema: &'static Value) -> Vec<&'static Map<String, Value>> {
    let Value::Object(node) = schema else {
        return Vec::new();
    };
    if let Some(target) = node
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(definition)
    {
        return alternatives(target);
    }
    if let Some(Value::Array(options)) = node.get("anyOf") {
        return options.iter().flat_map(alternatives).collect();
    }
    vec![node]
}

/// What a reference inside the schema points at.
pub(crate) fn definition(reference: &str) -> Option<&'static Value> {
    SCHEMA.pointer(reference.strip_prefix('#')?)
}

/// The tables that have a key of this name, by their headers, in the order of the format.
pub fn tables_with(name: &str) -> Vec<&'static str> {
    let has = |keys: &[String]| keys.iter().any(|key| key == name);
    TABLES
        .iter()
        .filter(|(_, keys)| has(keys))
        .map(|(header, _)| header.as_str())
        .collect()
}

/// The top-level tables with their keys.
static TABLES: LazyLock<Vec<(String, Vec<String>)>> = LazyLock::new(|| {
    let tables = keys(&[]).into_iter().filter(|key| key.is_table);
    tables
        .map(|key| {
            let mut path = vec![Step::Key(key.name.clone())];
            let mut header = format!("[{}]", key.name);
            if key.is_array_of_tables {
                path.push(Step::Index(0));
                header = format!("[{header}]");
            }
            (
                header,
                keys(&path).into_iter().map(|inner| inner.name).collect(),
            )
        })
        .collect()
});
