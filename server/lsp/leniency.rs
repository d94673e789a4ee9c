//! Repairs of messages that clients get wrong and that the dispatcher would refuse as a whole.

use serde_json::{Map, Value, json};
use tower_lsp::ls_types::InitializeParams;

/// How deep the client's capabilities are searched for the part that cannot be read: `textDocument`, `hover`, and what
/// lies in it.
const DEPTH: usize = 4;

/// The same request or notification with parameters that can be read.
///
/// - `initialize` works with whatever it is given: what cannot be read is left out, so that an unknown word in one
///   capability does not cost the whole server.
/// - `initialized` may come without parameters, `shutdown` with some.
pub(crate) fn repaired(mut message: Value) -> Value {
    let Some(request) = message.as_object_mut() else {
        return message;
    };
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

    use super::repaired;

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
