//! What the server asks of the client, always from a task of its own: a handler that waits for the client would hold
//! up its own answer.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tower_lsp::Client;
use tower_lsp::ls_types::{ConfigurationItem, Registration};

use crate::lsp::session::Session;

/// How long a client may take; some never answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The files whose changes can change a diagnostic.
const WATCHED: [&str; 3] = [
    "**/docksmith.toml",
    "**/Dockerfile.overlay",
    "**/.dockerignore",
];

/// Asks to be told of changes, as far as the client takes such requests.
pub(crate) fn register(client: &Client, session: &Session) {
    let support = session.support();
    let mut registrations = Vec::new();
    if support.watches_files {
        let watchers: Vec<Value> = WATCHED
            .iter()
            .map(|glob| json!({ "globPattern": glob }))
            .collect();
        registrations.push(registration(
            "workspace/didChangeWatchedFiles",
            json!({ "watchers": watchers }),
        ));
    }
    if support.configuration_changes {
        registrations.push(registration(
            "workspace/didChangeConfiguration",
            json!({ "section": "docksmith" }),
        ));
    }
    if registrations.is_empty() {
        return;
    }
    let client = client.clone();
    tokio::spawn(async move {
        // A client that refuses is one that does not tell us; we look again at every change anyway.
        let _ = tokio::time::timeout(PATIENCE, client.register_capability(registrations)).await;
    });
}

fn registration(method: &str, options: Value) -> Registration {
    Registration {
        id: format!("docksmith {method}"),
        method: method.to_owned(),
        register_options: Some(options),
    }
}

/// Asks for the settings, if the client can be asked.
pub(crate) fn pull_settings(client: &Client, session: &Arc<Session>) {
    if !session.support().configuration {
        return;
    }
    let (client, session) = (client.clone(), Arc::clone(session));
    tokio::spawn(async move {
        let item = ConfigurationItem {
            scope_uri: None,
            section: Some("docksmith".to_owned()),
        };
        let answer = tokio::time::timeout(PATIENCE, client.configuration(vec![item])).await;
        if let Ok(Ok(values)) = answer {
            session.configure(values.first().unwrap_or(&Value::Null));
        }
    });
}
