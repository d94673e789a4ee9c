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
use tower_lsp::ls_types::{ConfigurationItem, MessageType, WorkspaceEdit};

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
        if let Ok(Ok(values)) = answer {
            session.configure(values.first().unwrap_or(&Value::Null));
        }
    });
}

/// Asks for an edit to be applied, and tells the user if it is not. The caller knows that the client can be asked.
pub(crate) fn apply_edit(client: &Client, edit: WorkspaceEdit) {
    let client = client.clone();
    tokio::spawn(async move {
        let answer = tokio::time::timeout(PATIENCE, client.apply_edit(edit)).await;
        let reason = match answer {
            Ok(Ok(answer)) if answer.applied => return,
            Ok(Ok(answer)) => answer.failure_reason.unwrap_or_default(),
            Ok(Err(error)) => error.message.into_owned(),
            Err(_) => "there is no answer".to_owned(),
        };
        let message = format!("docksmith: the editor did not apply the change: {reason}");
        client.show_message(MessageType::WARNING, message).await;
    });
}
