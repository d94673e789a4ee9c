//! Values that many keys share, and how one of several shapes is read.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use crate::text::{Span, Spanned};

/// A string with its place.
pub type Text = Spanned<String>;

/// The name under which a [`Spanned`] asks the document tree for its place.
pub(crate) const SPANNED: &str = "$docksmith::Spanned";

/// The fields of a [`Spanned`] in the order in which the document tree gives them.
pub(crate) const SPANNED_FIELDS: [&str; 3] = ["start", "end", "value"];

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct(SPANNED, &SPANNED_FIELDS, SpannedVisitor(PhantomData))
    }
}

struct SpannedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for SpannedVisitor<T> {
    type Value = Spanned<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value with its place")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Spanned<T>, A::Error> {
        let (mut start, mut end, mut value) = (0, 0, None);
        while let Some(field) = map.next_key::<String>()? {
            match field.as_str() {
                "start" => start = map.next_value()?,
                "end" => end = map.next_value()?,
                _ => value = Some(map.next_value()?),
            }
        }
        let value = value.ok_or_else(|| serde::de::Error::missing_field("value"))?;
        Ok(Spanned::new(value, Span { start, end }))
    }
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

/// A table of names that the user chooses, in file order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entries<V>(
    /// Names and values.
    pub Vec<(Text, V)>,
);

impl<V> Default for Entries<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> Entries<V> {
    /// The value under a name.
    pub fn value(&self, name: &str) -> Option<&V> {
        self.0
            .iter()
            .find(|(key, _)| key.value == name)
            .map(|(_, value)| value)
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values in file order.
    pub fn iter(&self) -> std::slice::Iter<'_, (Text, V)> {
        self.0.iter()
    }
}

impl<'a, V> IntoIterator for &'a Entries<V> {
    type Item = &'a (Text, V);
    type IntoIter = std::slice::Iter<'a, (Text, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Entries<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

struct EntriesVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for EntriesVisitor<V> {
    type Value = Entries<V>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a table")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<V>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

impl<V: JsonSchema> JsonSchema for Entries<V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("EntriesOf{}", V::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": generator.subschema_for::<V>() })
    }
}

/// The literal `false`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct False;

impl<'de> Deserialize<'de> for False {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match bool::deserialize(deserializer)? {
            false => Ok(Self),
            true => Err(serde::de::Error::custom("only `false` is possible")),
        }
    }
}

impl JsonSchema for False {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "False".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": false, "type": "boolean" })
    }
}

/// Reads an enum by the shape of what is written, so that places inside survive: serde's own untagged enums copy the
/// value first and lose them.
macro_rules! by_shape {
    ($name:ident { $($shape:ident => $variant:ident),+ $(,)? }) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Shapes;
                impl<'de> serde::de::Visitor<'de> for Shapes {
                    type Value = $name;

                    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        formatter.write_str(concat!("one of:" $(, " ", stringify!($shape))+))
                    }

                    $(crate::config::values::by_shape!(@visit $shape $name $variant);)+
                }
                deserializer.deserialize_any(Shapes)
            }
        }
    };
    (@visit string $name:ident $variant:ident) => {
        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
            serde::Deserialize::deserialize(serde::de::value::StrDeserializer::new(text)).map($name::$variant)
        }
    };
    (@visit boolean $name:ident $variant:ident) => {
        fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<$name, E> {
            serde::Deserialize::deserialize(serde::de::value::BoolDeserializer::new(value)).map($name::$variant)
        }
    };
    (@visit integer $name:ident $variant:ident) => {
        fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<$name, E> {
            serde::Deserialize::deserialize(serde::de::value::I64Deserializer::new(value)).map($name::$variant)
        }
    };
    (@visit array $name:ident $variant:ident) => {
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, items: A) -> Result<$name, A::Error> {
            serde::Deserialize::deserialize(serde::de::value::SeqAccessDeserializer::new(items)).map($name::$variant)
        }
    };
    (@visit table $name:ident $variant:ident) => {
        fn visit_map<A: serde::de::MapAccess<'de>>(self, entries: A) -> Result<$name, A::Error> {
            serde::Deserialize::deserialize(serde::de::value::MapAccessDeserializer::new(entries)).map($name::$variant)
        }
    };
}
pub(crate) use by_shape;

/// One string or several.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several, each with its place.
    Many(Vec<Text>),
}

by_shape!(OneOrMany { string => One, array => Many });

impl Spanned<OneOrMany> {
    /// The strings with their places.
    pub fn texts(&self) -> Vec<Text> {
        match &self.value {
            OneOrMany::One(text) => vec![Spanned::new(text.clone(), self.span)],
            OneOrMany::Many(texts) => texts.clone(),
        }
    }
}
