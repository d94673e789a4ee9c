//! Repairs of messages that clients get wrong and that the dispatcher would refuse as a whole.

use serde_json::{Map, Number, Value, json};
use tower_lsp::ls_types::InitializeParams;

/// How deep the client's capabilities are searched for the part that cannot be read: `textDocument`, `hover`, and what
/// lies in it.
const DEPTH: usize = 4;

/// The message that a body holds. Halves of characters, which editors send that count in UTF-16 and cut a text anywhere,
/// become replacement characters, which are as long.
///
/// # Errors
/// It is no JSON.
pub(crate) fn parsed(body: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice(body).or_else(|error| match without_halves(body) {
        Some(whole) => serde_json::from_slice(&whole),
        None => Err(error),
    })
}

/// The JSON with a replacement character for each half of a surrogate pair; nothing if there is no half.
fn without_halves(body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(body.len());
    let (mut rest, mut has_halves) = (body, false);
    while let [first, tail @ ..] = rest {
        let length = match (escape(rest), rest.get(6..).and_then(escape)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                has_halves = true;
                whole.extend_from_slice(b"\\ufffd");
                rest = rest.get(6..).unwrap_or_default();
                continue;
            }
            (Some(_), _) => 6,
            // What is escaped begins no escape.
            (None, _) if *first == b'\\' => 1 + usize::from(!tail.is_empty()),
            (None, _) => 1,
        };
        let (copied, behind) = rest.split_at_checked(length)?;
        whole.extend_from_slice(copied);
        rest = behind;
    }
    has_halves.then_some(whole)
}

/// The code unit that an escape at the start of a text stands for.
fn escape(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    let digits = std::str::from_utf8(digits).ok()?;
    u32::from_str_radix(digits, 16).ok()
}

/// The same request or notification with parameters that can be read.
///
/// - `initialize` works with whatever it is given: what cannot be read is left out, so that an unknown word in one
///   capability does not cost the whole server.
/// - Lines and columns beyond every text are as large as they may be.
/// - `initialized` may come without parameters, `shutdown` with some.
pub(crate) fn repaired(mut message: Value) -> Value {
    let Some(request) = message.as_object_mut() else {
        return message;
    };
    if let Some(params) = request.get_mut("params") {
        limit(params);
    }
    match request.get("method").and_then(Value::as_str) {
        Some("initialize") => {
            let params = request.remove("params").unwrap_or_default();
            request.insert("params".to_owned(), readable(params));
        }
        Some("initialized") => {
            request.insert("params".to_owned(), json!({}));
        }
        Some("shutdown") => {
            request.remove("params");
        }
        _ => {}
    }
    message
}

/// Makes lines and columns readable that are too large, or that are written with a decimal point.
fn limit(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(limit),
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::Number(number) if matches!(name.as_str(), "line" | "character") => {
                        if let Some(limited) = limited(number) {
                            *number = limited.into();
                        }
                    }
                    value => limit(value),
                }
            }
        }
        _ => {}
    }
}

/// A line or column that can be read, for one that can't.
fn limited(number: &Number) -> Option<u32> {
    if let Some(whole) = number.as_u64() {
        return (whole > u64::from(u32::MAX)).then_some(u32::MAX);
    }
    let number = number
        .as_f64()
        .filter(|it| *it >= 0.0 && it.fract() == 0.0)?;
    // No other number has so few digits and no fraction.
    let digits = format!("{number:.0}");
    Some(digits.parse().unwrap_or(u32::MAX))
}

/// The part of the parameters of `initialize` that can be read.
fn readable(params: Value) -> Value {
    let mut params = match params {
        Value::Object(params) => params,
        _ => Map::new(),
    };
    if !params.get("capabilities").is_some_and(Value::is_object) {
        params.insert("capabilities".to_owned(), json!({}));
    }
    if reads(&params) {
        return params.into();
    }
    let mut sound = Map::from_iter([("capabilities".to_owned(), json!({}))]);
    for (key, value) in params {
        let kept = keep(value, DEPTH, &|value| {
            let mut candidate = sound.clone();
            candidate.insert(key.clone(), value);
            reads(&candidate)
        });
        if let Some(value) = kept {
            sound.insert(key, value);
        }
    }
    sound.into()
}

fn reads(params: &Map<String, Value>) -> bool {
    serde_json::from_value::<InitializeParams>(params.clone().into()).is_ok()
}

/// The value, or what is left of it when the entries are gone that `reads` does not like.
fn keep(value: Value, depth: usize, reads: &dyn Fn(Value) -> bool) -> Option<Value> {
    if reads(value.clone()) {
        return Some(value);
    }
    let Value::Object(entries) = value else {
        return None;
    };
    if depth == 0 || !reads(json!({})) {
        return None;
    }
    let mut sound = Map::new();
    for (key, value) in entries {
        let kept = keep(value, depth - 1, &|value| {
            let mut candidate = sound.clone();
            candidate.insert(key.clone(), value);
            reads(candidate.into())
        });
        if let Some(value) = kept {
            sound.insert(key, value);
        }
    }
    Some(sound.into())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{parsed, repaired};

    fn initialize(params: Value) -> Value {
        repaired(json!({ "method": "initialize", "params": params }))["params"].clone()
    }

    #[test]
    fn parameters_may_be_missing() {
        assert_eq!(initialize(Value::Null), json!({ "capabilities": {} }));
        assert_eq!(
            initialize(json!({ "capabilities": null })),
            json!({ "capabilities": {} })
        );
        assert_eq!(
            repaired(json!({ "method": "initialize" }))["params"],
            json!({ "capabilities": {} })
        );
    }

    #[test]
    fn only_what_cannot_be_read_is_left_out() {
        let params = json!({
            "processId": 7,
            "rootUri": "not a uri",
            "capabilities": {
                "workspace": { "configuration": true, "workspaceEdit": { "failureHandling": "pray", "documentChanges": true } },
                "general": { "positionEncodings": ["utf-8"] },
            },
        });
        assert_eq!(
            initialize(params),
            json!({
                "processId": 7,
                "capabilities": {
                    "workspace": { "configuration": true, "workspaceEdit": { "documentChanges": true } },
                    "general": { "positionEncodings": ["utf-8"] },
                },
            })
        );
    }

    #[test]
    fn halves_of_characters_are_replaced() {
        let text = |body: &str| parsed(body.as_bytes()).map_err(|error| error.to_string());
        assert_eq!(text(r#""a\ud83d""#), Ok(json!("a\u{fffd}")));
        assert_eq!(text(r#""\uDE00\ud83d\ude00é""#), Ok(json!("\u{fffd}😀é")));
        assert_eq!(
            text(r#""\\ud83d\ud83d\n\ud83d\\""#),
            Ok(json!("\\ud83d\u{fffd}\n\u{fffd}\\"))
        );
        for broken in ["", "\"", r#""\ud83"#, r#""\"#, r#""\ud83d"#, r#"{"a": \u}"#] {
            assert!(text(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn places_beyond_every_text_can_be_read() {
        let change = |line: Value| {
            let position = json!({ "line": line, "character": 9_007_199_254_740_991_u64 });
            let message = json!({ "method": "x", "params": { "list": [position] } });
            repaired(message)["params"]["list"][0].clone()
        };
        for (line, expected) in [
            (json!(7), json!(7)),
            (json!(7.0), json!(7)),
            (json!(1e300), json!(u32::MAX)),
            (json!(-1), json!(-1)),
            (json!(0.5), json!(0.5)),
            (json!("x"), json!("x")),
        ] {
            let expected = json!({ "line": expected, "character": u32::MAX });
            assert_eq!(change(line), expected);
        }
    }

    #[test]
    fn the_ends_of_a_session_take_any_parameters() {
        assert_eq!(
            repaired(json!({ "method": "initialized", "params": null })),
            json!({ "method": "initialized", "params": {} })
        );
        assert_eq!(
            repaired(json!({ "method": "shutdown", "params": {} })),
            json!({ "method": "shutdown" })
        );
    }
}
