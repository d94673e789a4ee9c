//! Uris as clients spell them: some leave characters as they are that have to be encoded, and the dispatcher would refuse
//! the whole message. Such a uri is encoded on the way in and spelled as the client did on the way out, because clients
//! compare uris as texts.

use std::collections::HashMap;

use serde_json::{Map, Value};
use tower_lsp::ls_types::Uri;

/// The members of messages that hold a uri.
const MEMBERS: [&str; 7] = [
    "uri",
    "rootUri",
    "oldUri",
    "newUri",
    "targetUri",
    "scopeUri",
    "baseUri",
];

/// The members that hold a text of any length and never a uri.
const TEXTS: [&str; 2] = ["text", "newText"];

/// How many spellings are remembered. Beyond them the client sees the encoded ones.
const MOST: usize = 4096;

/// The uris that were encoded, both ways.
#[derive(Debug, Default)]
pub(crate) struct Spellings {
    encoded: HashMap<String, String>,
    spelled: HashMap<String, String>,
}

impl Spellings {
    /// Encodes the uris of a message that comes in. Gives the first one that can't be understood.
    pub(crate) fn read(&mut self, message: &mut Value) -> Option<String> {
        let params = message.get_mut("params")?;
        let mut refused = None;
        self.read_value(params, false, &mut refused);
        refused
    }

    fn read_value(&mut self, value: &mut Value, is_uri: bool, refused: &mut Option<String>) {
        match value {
            Value::String(text) => {
                if let Some(encoded) = self.encoded.get(text) {
                    text.clone_from(encoded);
                } else if is_uri && text.parse::<Uri>().is_err() {
                    match encoded(text) {
                        Some(encoded) => {
                            self.remember(text, &encoded);
                            *text = encoded;
                        }
                        None => {
                            refused.get_or_insert_with(|| text.clone());
                        }
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.read_value(item, is_uri, refused);
                }
            }
            Value::Object(members) => {
                for (name, value) in members {
                    if !TEXTS.contains(&name.as_str()) {
                        self.read_value(value, MEMBERS.contains(&name.as_str()), refused);
                    }
                }
            }
            _ => {}
        }
    }

    fn remember(&mut self, spelled: &str, encoded: &str) {
        if self.encoded.len() < MOST {
            self.encoded.insert(spelled.to_owned(), encoded.to_owned());
            self.spelled.insert(encoded.to_owned(), spelled.to_owned());
        }
    }

    /// The body of a message that goes out, its uris spelled as the client did.
    pub(crate) fn write(&self, body: Vec<u8>) -> Vec<u8> {
        if self.spelled.is_empty() {
            return body;
        }
        let Ok(mut message) = serde_json::from_slice::<Value>(&body) else {
            return body;
        };
        self.write_value(&mut message);
        serde_json::to_vec(&message).unwrap_or(body)
    }

    fn write_value(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(spelled) = self.spelled.get(text) {
                    text.clone_from(spelled);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.write_value(item)),
            Value::Object(members) => {
                // The edits of a workspace edit are listed by uri.
                if members.keys().any(|name| self.spelled.contains_key(name)) {
                    *members = self.renamed(std::mem::take(members));
                }
                members
                    .values_mut()
                    .for_each(|value| self.write_value(value));
            }
            _ => {}
        }
    }

    fn renamed(&self, members: Map<String, Value>) -> Map<String, Value> {
        let members = members.into_iter();
        let renamed = members.map(|(name, value)| {
            let spelled = self.spelled.get(&name).cloned();
            (spelled.unwrap_or(name), value)
        });
        renamed.collect()
    }
}

/// A uri with everything encoded that has to be; a path as the uri of its file. Nothing if it is neither.
fn encoded(text: &str) -> Option<String> {
    let with_scheme = if text.starts_with('/') {
        format!("file://{text}")
    } else {
        text.to_owned()
    };
    let candidates = ["/:?#@", "/:@"].map(|kept| encoded_but(&with_scheme, kept));
    let mut candidates = candidates.into_iter();
    candidates.find(|candidate| candidate.parse::<Uri>().is_ok())
}

/// The text with everything encoded but what is never special, what is encoded already, and `kept`.
fn encoded_but(text: &str, kept: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for (index, character) in text.char_indices() {
        let is_plain = character.is_ascii_alphanumeric() || "-._~!$&'()*+,;=".contains(character);
        if is_plain || kept.contains(character) || is_escape(text, index) {
            encoded.push(character);
            continue;
        }
        let mut bytes = [0; 4];
        for byte in character.encode_utf8(&mut bytes).bytes() {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Whether an encoded byte stands at a place.
fn is_escape(text: &str, index: usize) -> bool {
    let escape = text.as_bytes().get(index..index + 3);
    escape.is_some_and(|it| it.starts_with(b"%") && it.iter().skip(1).all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tower_lsp::ls_types::Uri;

    use super::{Spellings, encoded};

    fn read(spellings: &mut Spellings, params: Value) -> (Value, Option<String>) {
        let mut message = json!({ "method": "x", "params": params });
        let refused = spellings.read(&mut message);
        (message["params"].take(), refused)
    }

    #[test]
    fn what_has_to_be_encoded_is_and_nothing_else() {
        for (text, expected) in [
            (
                "file:///a b/é/[1]/x",
                Some("file:///a%20b/%C3%A9/%5B1%5D/x"),
            ),
            (
                "file:///a%20b/100%/😀|",
                Some("file:///a%20b/100%25/%F0%9F%98%80%7C"),
            ),
            (
                "file:///a\\b\"<>^`{}",
                Some("file:///a%5Cb%22%3C%3E%5E%60%7B%7D"),
            ),
            ("/tmp/a b", Some("file:///tmp/a%20b")),
            ("file:///c#/d#/x y", Some("file:///c%23/d%23/x%20y")),
            ("untitled:é", Some("untitled:%C3%A9")),
            ("é:x", None),
            ("docksmith.toml", None),
            ("", None),
        ] {
            assert_eq!(encoded(text).as_deref(), expected, "{text}");
            if let Some(uri) = expected {
                assert!(uri.parse::<Uri>().is_ok(), "{uri}");
            }
        }
    }

    #[test]
    fn uris_go_out_as_they_came_in() {
        let mut spellings = Spellings::default();
        let (params, refused) = read(
            &mut spellings,
            json!({
                "textDocument": { "uri": "file:///é", "text": "file:///é" },
                "changes": [{ "uri": "file:///%C3%A8" }],
                "rootUri": "nothing",
            }),
        );
        assert_eq!(
            params,
            json!({
                "textDocument": { "uri": "file:///%C3%A9", "text": "file:///é" },
                "changes": [{ "uri": "file:///%C3%A8" }],
                "rootUri": "nothing",
            })
        );
        assert_eq!(refused.as_deref(), Some("nothing"));
        // Arguments of commands are what we gave the client before.
        let (params, _) = read(&mut spellings, json!({ "arguments": ["file:///é"] }));
        assert_eq!(params["arguments"], json!(["file:///%C3%A9"]));
        let message = json!({
            "uri": "file:///%C3%A9",
            "changes": { "file:///%C3%A9": [1], "file:///%C3%A8": [2] },
            "arguments": ["file:///%C3%A9", 1],
        });
        let written = spellings.write(message.to_string().into_bytes());
        let written: Value = serde_json::from_slice(&written).expect("JSON");
        assert_eq!(
            written,
            json!({
                "uri": "file:///é",
                "changes": { "file:///é": [1], "file:///%C3%A8": [2] },
                "arguments": ["file:///é", 1],
            })
        );
    }

    #[test]
    fn sound_messages_stay_as_they_are() {
        let mut spellings = Spellings::default();
        let params = json!({ "textDocument": { "uri": "file:///%C3%A9?x#y" }, "position": null });
        assert_eq!(read(&mut spellings, params.clone()), (params, None));
        assert_eq!(spellings.write(b"no JSON".to_vec()), b"no JSON");
        assert_eq!(spellings.read(&mut json!([])), None);
    }
}
