//! The JSON Schema of the format, generated from the types.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Map, Value};

use crate::config::Config;
use crate::config::lint::SharedFile;

/// The schema of a whole document, without the names of rules.
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12()
        .with_transform(TomlOnly)
        .into_generator();
    generator.into_root_schema_for::<Config>().into()
}

/// The schema as it is published: with the names of the rules that `[lint.rules]` takes.
pub fn published<'a>(rules: impl IntoIterator<Item = &'a str>) -> Value {
    let mut schema = schema();
    let names: Vec<Value> = rules.into_iter().map(Value::from).collect();
    if let Some(Value::Object(rules)) = schema.pointer_mut("/$defs/Lint/properties/rules") {
        rules.insert(
            "propertyNames".to_owned(),
            serde_json::json!({ "enum": names }),
        );
    }
    schema
}

/// The schema of the file with shared settings, with the names of rules.
pub fn shared<'a>(rules: impl IntoIterator<Item = &'a str>) -> Value {
    let generator = SchemaSettings::draft2020_12()
        .with_transform(TomlOnly)
        .into_generator();
    let mut schema: Value = generator.into_root_schema_for::<SharedFile>().into();
    let names: Vec<Value> = rules.into_iter().map(Value::from).collect();
    if let Some(Value::Object(rules)) = schema.pointer_mut("/properties/rules") {
        let names = serde_json::json!({ "enum": names });
        rules.insert("propertyNames".to_owned(), names);
    }
    schema
}

/// Takes out what TOML does not have: the `null` alternative of every optional key, and the integer formats of Rust.
#[derive(Debug, Clone)]
struct TomlOnly;

impl Transform for TomlOnly {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        drop_null_type(object);
        drop_null_alternative(object);
        if object.get("default") == Some(&Value::Null) {
            object.remove("default");
        }
        object.remove("format");
    }
}

/// `"type": ["string", "null"]` becomes `"type": "string"`.
fn drop_null_type(object: &mut Map<String, Value>) {
    let Some(Value::Array(types)) = object.get_mut("type") else {
        return;
    };
    types.retain(|name| name != "null");
    if let [only] = types.as_slice() {
        let only = only.clone();
        object.insert("type".to_owned(), only);
    }
}

/// `"anyOf": [x, {"type": "null"}]` becomes x, or keeps the other alternatives.
fn drop_null_alternative(object: &mut Map<String, Value>) {
    let Some(Value::Array(alternatives)) = object.get_mut("anyOf") else {
        return;
    };
    alternatives.retain(|alternative| alternative.get("type") != Some(&Value::from("null")));
    if let [Value::Object(only)] = alternatives.as_slice() {
        let only = only.clone();
        object.remove("anyOf");
        for (key, value) in only {
            object.entry(key).or_insert(value);
        }
    }
}
