//! What the server asks of the client, always from a task of its own: a handler that waits for the client would hold
//! up its own answer.
//!
//! Files are watched where the client can be asked to. Nothing depends on it: the disk is looked at again on open, on
//! save and at every change, and a client that refuses or never answers is served as well.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tower_lsp::Client;
use tower_lsp::ls_types::{ConfigurationItem, MessageType, Registration, WorkspaceEdit};

use crate::lsp::session::Session;

/// How long a client may take; some never answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The files whose changes matter beside those that are open. No other: a client pays for each file that fits.
const WATCHED: [&str; 5] = [
    "**/docksmith.toml",
    "**/Dockerfile.overlay",
    "**/.dockerignore",
    "**/docksmith.lock",
    "**/.docksmith-lint.toml",
];

/// How long after the start the client is asked to watch files. It is in no hurry: what is open was just looked at, and
/// some clients have to search the whole workspace first. Clients exist, too, that announce the registration and break
/// off at the request; they are mostly gone by then.
const AFTER_START: Duration = Duration::from_secs(2);

/// Asks the client to watch files, if it can be asked; a while after the start.
pub(crate) fn watch_files(client: &Client, session: &Arc<Session>) {
    if !session.support().watches_files {
        return;
    }
    let watchers = WATCHED.map(|pattern| json!({ "globPattern": pattern }));
    let registration = Registration {
        id: "docksmith-files".to_owned(),
        method: "workspace/didChangeWatchedFiles".to_owned(),
        register_options: Some(json!({ "watchers": watchers })),
    };
    let client = client.clone();
    tokio::spawn(async move {
        tokio::time::sleep(AFTER_START).await;
        let answer = client.register_capability(vec![registration]);
        // Without it the disk is looked at on demand.
        let _ = tokio::time::timeout(PATIENCE, answer).await;
    });
}

/// Tells a client that asks for diagnostics to ask again, if it can be told.
pub(crate) fn refresh_diagnostics(client: &Client, session: &Arc<Session>) {
    if !session.support().diagnostics_refresh || !session.delivery.is_pull() {
        return;
    }
    let client = client.clone();
    tokio::spawn(async move {
        let answer = client.workspace_diagnostic_refresh();
        // A client that does not answer asks again at the next change.
        let _ = tokio::time::timeout(PATIENCE, answer).await;
    });
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
        if let Ok(Ok(values)) = answer
            && session.configure(values.first().unwrap_or(&Value::Null))
        {
            refresh(&client, &session);
        }
    });
}

/// Tells the client to ask again for what depends on the settings, where it can be told.
pub(crate) fn refresh(client: &Client, session: &Arc<Session>) {
    refresh_diagnostics(client, session);
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

/// Asks for an edit to be applied, and tells the user if it is not. The caller knows that the client can be asked.
pub(crate) fn apply_edit(client: &Client, edit: WorkspaceEdit) {
    let client = client.clone();
    tokio::spawn(async move {
        let answer = tokio::time::timeout(PATIENCE, client.apply_edit(edit)).await;
        let reason = match answer {
            Ok(Ok(answer)) if answer.applied => return,
            Ok(Ok(answer)) => {
                let reason = answer.failure_reason.filter(|it| !it.is_empty());
                reason.unwrap_or_else(|| "it gives no reason".to_owned())
            }
            Ok(Err(error)) => error.message.into_owned(),
            Err(_) => "there is no answer".to_owned(),
        };
        let message = format!("docksmith: the editor did not apply the change: {reason}");
        client.show_message(MessageType::WARNING, message).await;
    });
}
