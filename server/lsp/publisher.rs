//! Tells the client what is found in its documents: one task, so that nothing is overtaken.

use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use tower_lsp::Client;
use tower_lsp::ls_types::notification::{LogTrace, Notification};
use tower_lsp::ls_types::{self, LogTraceParams, MessageType, NumberOrString, TraceValue, Uri};

use crate::lsp::documents::{Changed, Snapshot};
use crate::lsp::session::Session;
use crate::lsp::to_proto;

/// Publishes for every change until the server ends. Versions that are overtaken while they wait are skipped.
pub(crate) async fn publish_changes(client: Client, session: Arc<Session>) {
    loop {
        session.changes.notified().await;
        while let Some(changed) = session.documents.take_changed() {
            match changed {
                Changed::Open(snapshot) => publish(&client, &session, snapshot).await,
                Changed::Closed(uri) if session.is_push().await => {
                    client.publish_diagnostics(uri, Vec::new(), None).await;
                }
                Changed::Closed(_) => {}
            }
        }
    }
}

/// Publishes the diagnostics of one version, unless a newer one comes while they are computed: its turn is next.
async fn publish(client: &Client, session: &Arc<Session>, snapshot: Arc<Snapshot>) {
    let begin = Instant::now();
    let work = {
        let (session, snapshot) = (Arc::clone(session), Arc::clone(&snapshot));
        move || {
            session.rendered(&snapshot);
            session.sound(&snapshot);
            diagnostics(&session, &snapshot)
        }
    };
    let Ok(diagnostics) = tokio::task::spawn_blocking(work).await else {
        let message = format!("cannot analyze `{}`", snapshot.uri.as_str());
        return client.log_message(MessageType::ERROR, message).await;
    };
    trace(client, session, &snapshot, &diagnostics, begin).await;
    if !session.documents.is_latest(&snapshot) {
        return;
    }
    let Snapshot { uri, version, .. } = &*snapshot;
    if session.is_push().await {
        // The client had time to change it, if it was waited for.
        if !session.documents.is_latest(&snapshot) {
            return;
        }
        client
            .publish_diagnostics(uri.clone(), diagnostics, Some(*version))
            .await;
    }
    if session.settings().preview_notifications {
        let params = PreviewChangedParams {
            uri: uri.clone(),
            version: *version,
        };
        client.send_notification::<PreviewChanged>(params).await;
    }
}

/// Tells what was done, if the client wants to know.
async fn trace(
    client: &Client,
    session: &Session,
    document: &Snapshot,
    diagnostics: &[ls_types::Diagnostic],
    begin: Instant,
) {
    let level = session.settings().trace;
    if level == TraceValue::Off {
        return;
    }
    let (version, count) = (document.version, diagnostics.len());
    let took = begin.elapsed().as_millis();
    let rules = diagnostics.iter().filter_map(|it| match &it.code {
        Some(NumberOrString::String(rule)) => Some(rule.as_str()),
        _ => None,
    });
    let params = LogTraceParams {
        message: format!(
            "`{}` version {version}: {count} diagnostics after {took} ms",
            document.uri.as_str()
        ),
        verbose: (level == TraceValue::Verbose).then(|| rules.collect::<Vec<_>>().join(", ")),
    };
    client.send_notification::<LogTrace>(params).await;
}

/// The diagnostics of a document as the client shall see them.
pub(crate) fn diagnostics(session: &Session, document: &Snapshot) -> Vec<ls_types::Diagnostic> {
    let (support, settings) = (session.support(), session.settings());
    document
        .analysis()
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity >= settings.least_severity)
        .map(|diagnostic| to_proto::diagnostic(document, diagnostic, &support))
        .collect()
}

/// `docksmith/previewChanged`: the preview of a document can be asked for anew.
enum PreviewChanged {}

/// The document and the version that its preview now shows.
#[derive(Debug, Serialize, Deserialize)]
struct PreviewChangedParams {
    uri: Uri,
    version: i32,
}

impl Notification for PreviewChanged {
    type Params = PreviewChangedParams;
    const METHOD: &'static str = "docksmith/previewChanged";
}
