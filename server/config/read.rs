//! From the document tree to the typed configuration.
//!
//! What breaks the schema is left out, table by table, until the rest is sound; serde then reads what is left, and
//! cannot fail. So one mistake never hides what is right around it.

use std::collections::{HashMap, HashSet};

use serde::de::value::{Error, StrDeserializer, StringDeserializer, U32Deserializer};
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::config::Config;
use crate::config::check::{Shape, prunable, validate};
use crate::config::values::{SPANNED, SPANNED_FIELDS};
use crate::syntax::{Entry, Node, Step, Table, Value};
use crate::text::Span;

/// How often sound parts are looked for: each round takes out at least one table or value, and real files need two.
const ROUNDS: usize = 24;

/// The configuration in a document tree, without whatever breaks the schema; `broken` is all that does.
pub fn read(root: &Table, broken: &[Shape]) -> Config {
    if broken.is_empty() {
        return decode(root).unwrap_or_default();
    }
    let mut root = root.clone();
    let mut paths = culprits(broken);
    for _ in 1..ROUNDS {
        if paths.is_empty() {
            break;
        }
        remove_all(&mut root, paths);
        let broken = validate(&root);
        if broken.is_empty() {
            return decode(&root).unwrap_or_default();
        }
        paths = culprits(&broken);
    }
    Config::default()
}

/// What must go so that the rest is sound.
fn culprits(broken: &[Shape]) -> Vec<Vec<Step>> {
    let paths = broken.iter().map(Shape::culprit);
    paths.filter(|path| prunable(path)).collect()
}

/// The order of two paths; items of an array by number, longer paths behind their beginnings.
fn order(one: &[Step], other: &[Step]) -> std::cmp::Ordering {
    let pairs = one.iter().zip(other).map(|pair| match pair {
        (Step::Index(one), Step::Index(other)) => one.cmp(other),
        (Step::Key(one), Step::Key(other)) => one.cmp(other),
        (Step::Index(_), Step::Key(_)) => std::cmp::Ordering::Less,
        (Step::Key(_), Step::Index(_)) => std::cmp::Ordering::Greater,
    });
    pairs
        .fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        .then(one.len().cmp(&other.len()))
}

/// Takes the nodes at these paths out of their tables and arrays: first all keys, table by table, so that it takes no
/// longer than reading the file, then the items, from the back, so that the indexes of what is still to go stay right.
fn remove_all(root: &mut Table, paths: Vec<Vec<Step>>) {
    let mut keys: HashMap<Vec<Step>, HashSet<String>> = HashMap::new();
    let mut items: Vec<(Vec<Step>, usize)> = Vec::new();
    for mut path in paths {
        match path.pop() {
            Some(Step::Key(name)) => {
                keys.entry(path).or_default().insert(name);
            }
            Some(Step::Index(index)) => items.push((path, index)),
            None => {}
        }
    }
    for (parent, names) in keys {
        if let Some(table) = table_at(root, &parent) {
            table
                .entries
                .retain(|entry| !names.contains(&entry.key.name));
        }
    }
    items.sort_by(|one, other| order(&other.0, &one.0).then(other.1.cmp(&one.1)));
    items.dedup();
    for (parent, index) in items {
        if let Some(Value::Array(list)) = value_at(root, &parent)
            && index < list.len()
        {
            list.remove(index);
        }
    }
}

fn table_at<'a>(root: &'a mut Table, path: &[Step]) -> Option<&'a mut Table> {
    if path.is_empty() {
        return Some(root);
    }
    match value_at(root, path)? {
        Value::Table(table) => Some(table),
        _ => None,
    }
}

fn value_at<'a>(root: &'a mut Table, path: &[Step]) -> Option<&'a mut Value> {
    let (Step::Key(name), rest) = path.split_first()? else {
        return None;
    };
    let mut value = &mut root
        .entries
        .iter_mut()
        .find(|entry| entry.key.name == *name)?
        .value
        .value;
    for step in rest {
        value = match (step, value) {
            (Step::Key(name), Value::Table(table)) => {
                &mut table
                    .entries
                    .iter_mut()
                    .find(|entry| entry.key.name == *name)?
                    .value
                    .value
            }
            (Step::Index(index), Value::Array(items)) => &mut items.get_mut(*index)?.value,
            _ => return None,
        };
    }
    Some(value)
}

/// Reads a tree that keeps to the schema.
///
/// # Errors
/// The types and the schema disagree, which a property test rules out.
pub(crate) fn decode(root: &Table) -> Result<Config, Error> {
    Config::deserialize(TableReader(root))
}

struct TableReader<'a>(&'a Table);

impl<'de> Deserializer<'de> for TableReader<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Entries {
            entries: self.0.entries.iter(),
            value: None,
        })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[derive(Clone, Copy)]
struct NodeReader<'a>(&'a Node);

impl<'de> Deserializer<'de> for NodeReader<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.0.value {
            Value::String(text) | Value::Datetime(text) => visitor.visit_str(text),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Boolean(value) => visitor.visit_bool(*value),
            Value::Array(items) => visitor.visit_seq(Items(items.iter())),
            Value::Table(table) => TableReader(table).deserialize_any(visitor),
            Value::Invalid => Err(de::Error::custom("not a value")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == SPANNED {
            return visitor.visit_map(SpannedNode {
                span: self.0.span,
                value: self,
                field: 0,
            });
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let text = self
            .0
            .string()
            .ok_or_else(|| <Error as de::Error>::custom("not a string"))?;
        visitor.visit_enum(IntoDeserializer::<Error>::into_deserializer(text))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map identifier ignored_any
    }
}

struct KeyReader<'a> {
    name: &'a str,
    span: Span,
}

impl<'de> Deserializer<'de> for KeyReader<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.name)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == SPANNED {
            let value = StringDeserializer::<Error>::new(self.name.to_owned());
            return visitor.visit_map(SpannedNode {
                span: self.span,
                value,
                field: 0,
            });
        }
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The three fields of a `Spanned`.
struct SpannedNode<D> {
    span: Span,
    value: D,
    field: usize,
}

impl<'de, D: Deserializer<'de, Error = Error> + Clone> de::MapAccess<'de> for SpannedNode<D> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some(name) = SPANNED_FIELDS.get(self.field) else {
            return Ok(None);
        };
        self.field += 1;
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        match self.field {
            1 => seed.deserialize(U32Deserializer::new(self.span.start)),
            2 => seed.deserialize(U32Deserializer::new(self.span.end)),
            _ => seed.deserialize(self.value.clone()),
        }
    }
}

struct Items<'a>(std::slice::Iter<'a, Node>);

impl<'de> de::SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some(node) = self.0.find(|node| !matches!(node.value, Value::Invalid)) else {
            return Ok(None);
        };
        seed.deserialize(NodeReader(node)).map(Some)
    }
}

struct Entries<'a> {
    entries: std::slice::Iter<'a, Entry>,
    value: Option<&'a Node>,
}

impl<'de> de::MapAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        // A value that the syntax errors speak of counts as not there.
        let Some(entry) = self
            .entries
            .find(|entry| !matches!(entry.value.value, Value::Invalid))
        else {
            return Ok(None);
        };
        self.value = Some(&entry.value);
        seed.deserialize(KeyReader {
            name: &entry.key.name,
            span: entry.key.span,
        })
        .map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let node = self
            .value
            .take()
            .ok_or_else(|| <Error as de::Error>::custom("a key comes before its value"))?;
        seed.deserialize(NodeReader(node))
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, read};
    use crate::config::check::validate;
    use crate::config::docs::values;
    use crate::config::{Config, Language};
    use crate::syntax::{Step, parse};

    fn config(text: &str) -> Config {
        let root = parse(text).root;
        read(&root, &validate(&root))
    }

    /// Values of every type, to be put at every key.
    const VALUES: [&str; 34] = [
        "true",
        "false",
        "0",
        "1",
        "-1",
        "8080",
        "70000",
        "9223372036854775807",
        "1.5",
        "1979-05-27",
        "\"\"",
        "\"a\"",
        "\"/a\"",
        "\"a b\"",
        "\"linux/amd64\"",
        "\"amd64\"",
        "\"30s\"",
        "\"53/udp\"",
        "\"https://example.com/a\"",
        "\"c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88\"",
        "[]",
        "[\"a\"]",
        "[\"/a\", 1]",
        "[8080, \"53/udp\"]",
        "[[]]",
        "[{}]",
        "{}",
        "{ a = \"b\" }",
        "{ a = 1 }",
        "{ value = \"a\", expand = true }",
        "{ name = \"a\", uid = 1 }",
        "[{ name = \"a\", from = \"b\" }]",
        "[{ src = \"a\", dst = \"/b\" }]",
        "[{ run = \"a\", cache = [\"/b\"], ssh = true }]",
    ];

    /// The paths of keys, down to the third level.
    fn paths() -> Vec<String> {
        let mut paths = Vec::new();
        add_paths(&mut Vec::new(), &mut paths);
        paths
    }

    fn add_paths(path: &mut Vec<Step>, paths: &mut Vec<String>) {
        for key in crate::config::docs::keys(path) {
            path.push(Step::Key(key.name));
            paths.push(crate::config::words::dotted(path));
            if path.len() < 3 {
                add_paths(path, paths);
            }
            path.pop();
        }
    }

    #[test]
    fn what_keeps_to_the_schema_can_be_read() {
        let mut sound = 0;
        for path in paths() {
            let steps: Vec<Step> = path
                .split('.')
                .map(|key| Step::Key(key.to_owned()))
                .collect();
            let listed = values(&steps).into_iter().map(|value| value.text);
            for value in VALUES.into_iter().map(str::to_owned).chain(listed) {
                let text = format!("{path} = {value}\n");
                let root = parse(&text).root;
                if validate(&root).is_empty() {
                    sound += 1;
                    decode(&root).unwrap_or_else(|error| panic!("{text}: {error}"));
                }
            }
        }
        assert!(sound > 300, "{sound}");
    }

    #[test]
    fn items_of_arrays_that_keep_to_the_schema_can_be_read() {
        for array in [
            "stages",
            "external_tools",
            "build.binaries",
            "runtime.copy",
            "runtime.steps",
        ] {
            let mut path: Vec<Step> = array
                .split('.')
                .map(|key| Step::Key(key.to_owned()))
                .collect();
            path.push(Step::Index(0));
            for key in crate::config::docs::keys(&path) {
                for value in VALUES {
                    let needed = ["name", "from", "path", "src", "dst"]
                        .into_iter()
                        .filter(|name| *name != key.name && array != "runtime.steps")
                        .map(|name| format!("{name} = \"/a\"\n"))
                        .collect::<String>();
                    for needed in [
                        needed,
                        "name = \"a\"\nfrom = \"b\"\n".to_owned(),
                        String::new(),
                    ] {
                        let text = format!("[[{array}]]\n{needed}{} = {value}\n", key.name);
                        let document = parse(&text);
                        if document.errors.is_empty() && validate(&document.root).is_empty() {
                            decode(&document.root)
                                .unwrap_or_else(|error| panic!("{text}: {error}"));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_mistake_takes_only_its_own_value_away() {
        let config = config(
            "language = \"go\"\nversion = 1\n[build]\ntarget = \"./a\"\ntags = [\"a\", 1]\nx = 1\n",
        );
        let build = config.build.unwrap_or_default();
        assert_eq!(config.language.map(|it| it.value), Some(Language::Go));
        assert_eq!(config.version, None);
        assert_eq!(build.target.map(|it| it.value).as_deref(), Some("./a"));
        assert_eq!(build.tags.map(|it| it.len()), Some(1));
    }

    #[test]
    fn a_table_that_lacks_a_key_is_left_out_alone() {
        let config = config(
            "[[stages]]\nname = \"a\"\n[[stages]]\nname = \"b\"\nfrom = \"c\"\n[runtime]\nexpose = 80\n",
        );
        let names: Vec<&str> = config.stages.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["b"]);
        assert!(config.runtime.is_some());
    }

    #[test]
    fn several_mistakes_in_one_array_leave_the_rest() {
        let config = config("platforms = [1, \"linux/amd64\", 2, \"linux/arm64\", 3]\n");
        let platforms = config.platforms.map(|list| list.value).unwrap_or_default();
        let texts: Vec<&str> = platforms.iter().map(|it| it.as_str()).collect();
        assert_eq!(texts, ["linux/amd64", "linux/arm64"]);
    }

    #[test]
    fn a_broken_text_is_read_around_its_mistake() {
        let config = config("language = \"go\"\nversion = \n[runtime]\nimage = \"a\n");
        assert_eq!(config.language.map(|it| it.value), Some(Language::Go));
    }
}
