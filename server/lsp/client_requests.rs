//! What the server asks of the client, always from a task of its own: a handler that waits for the client would hold
//! up its own answer.
//!
//! Nothing is registered: a client that watches files is set up to say so (`synchronize.fileEvents` in Visual Studio
//! Code), and clients exist that announce dynamic registration and then fail on it. The disk is looked at again on open,
//! on save and at every change.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tower_lsp::Client;
use tower_lsp::ls_types::ConfigurationItem;

use crate::lsp::session::Session;

/// How long a client may take; some never answer.
const PATIENCE: Duration = Duration::from_secs(10);

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
        if let Ok(Ok(values)) = answer
            && session.configure(values.first().unwrap_or(&Value::Null))
        {
            refresh(&client, &session);
        }
    });
}

/// Tells the client to ask again for what depends on the settings, where it can be told.
pub(crate) fn refresh(client: &Client, session: &Arc<Session>) {
    let support = session.support();
    if !(support.refresh_lenses || support.refresh_hints || support.refresh_tokens) {
        return;
    }
    let client = client.clone();
    tokio::spawn(async move {
        // What the client says to it changes nothing, and a client that says nothing delays the next question only.
        if support.refresh_lenses {
            let _ = tokio::time::timeout(PATIENCE, client.code_lens_refresh()).await;
        }
        if support.refresh_hints {
            let _ = tokio::time::timeout(PATIENCE, client.inlay_hint_refresh()).await;
        }
        if support.refresh_tokens {
            let _ = tokio::time::timeout(PATIENCE, client.semantic_tokens_refresh()).await;
        }
    });
}
