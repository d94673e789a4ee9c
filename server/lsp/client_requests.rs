//! What the server asks of the client, always from a task of its own: a handler that waits for the client would hold
//! up its own answer.
//!
//! Files are watched where the client can be asked to. Nothing depends on it: the disk is looked at again on open, on
//! save, at every change and, now and then, at a request, and a client that refuses or never answers is served as well.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};
use tower_lsp::Client;
use tower_lsp::ls_types::{
    ConfigurationItem, MessageType, Registration, Unregistration, WorkspaceEdit,
};

use crate::lsp::documents::Snapshot;
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

/// How long is waited for more, when other files are to be watched: somebody may be typing the name of one.
const SETTLED: Duration = Duration::from_millis(500);

/// How long is waited for more, when files changed: what checks out a branch changes hundreds.
const MORE_EVENTS: Duration = Duration::from_millis(50);

const WATCHING: &str = "workspace/didChangeWatchedFiles";

/// Asks the client to watch files, if it can be asked; a while after the start. From then on the files around the open
/// documents are watched, too, those and no others.
pub(crate) fn watch_files(client: &Client, session: &Arc<Session>) {
    if !session.support().watches_files {
        return;
    }
    let (client, session) = (client.clone(), Arc::clone(session));
    tokio::spawn(async move {
        tokio::time::sleep(AFTER_START).await;
        let watchers = WATCHED.map(|pattern| json!({ "globPattern": pattern }));
        // Without it the disk is looked at on demand.
        if register(&client, "docksmith-files", &watchers).await {
            watch_around(&client, &session).await;
        }
    });
}

/// Has the files watched that were looked at for the open documents, whichever they are.
async fn watch_around(client: &Client, session: &Arc<Session>) {
    let knows_folders = session.support().watches_folders;
    let (mut current, mut number) = (BTreeSet::new(), 0_u64);
    loop {
        session.watched.changes.notified().await;
        tokio::time::sleep(SETTLED).await;
        let wanted = session.watched.all();
        if wanted == current {
            continue;
        }
        let old = format!("docksmith-around-{number}");
        number += 1;
        let new = format!("docksmith-around-{number}");
        let watchers: Vec<Value> = wanted.iter().map(|it| it.watcher(knows_folders)).collect();
        // The new ones first, so that nothing is missed in between.
        if !watchers.is_empty() && !register(client, &new, &watchers).await {
            return;
        }
        if !current.is_empty() {
            let old = Unregistration {
                id: old,
                method: WATCHING.to_owned(),
            };
            let answer = client.unregister_capability(vec![old]);
            // A client that goes on watching tells too much at worst.
            let _ = tokio::time::timeout(PATIENCE, answer).await;
        }
        current = wanted;
        // What changed before the client watched.
        for document in session.documents.all() {
            look_at(client, session, document);
        }
    }
}

/// Asks the client to watch files; says whether it will.
async fn register(client: &Client, id: &str, watchers: &[Value]) -> bool {
    let registration = Registration {
        id: id.to_owned(),
        method: WATCHING.to_owned(),
        register_options: Some(json!({ "watchers": watchers })),
    };
    let answer = client.register_capability(vec![registration]);
    matches!(tokio::time::timeout(PATIENCE, answer).await, Ok(Ok(())))
}

/// Looks at all documents again: answers are about the files as they are now, and what is found is said once no more
/// events are to be expected, however many there are until then.
pub(crate) fn look_again_soon(client: &Client, session: &Arc<Session>) {
    session.documents.forget_analyses();
    if session.is_to_look_again.swap(true, Ordering::SeqCst) {
        return;
    }
    let (client, session) = (client.clone(), Arc::clone(session));
    tokio::spawn(async move {
        tokio::time::sleep(MORE_EVENTS).await;
        // Before it is looked: what changes meanwhile is another reason.
        session.is_to_look_again.store(false, Ordering::SeqCst);
        session.analyze_again();
        refresh_diagnostics(&client, &session);
    });
}

/// Looks in the background whether the files around a document are as they were. What is said is said anew if not.
pub(crate) fn look_at(client: &Client, session: &Arc<Session>, document: Arc<Snapshot>) {
    let (client, session) = (client.clone(), Arc::clone(session));
    tokio::task::spawn_blocking(move || {
        if session.look_at(&document) {
            refresh_diagnostics(&client, &session);
        }
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
