//! Tells the client what is found in its documents: one task, so that nothing is overtaken.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;
use tower_lsp::Client;
use tower_lsp::ls_types::notification::{LogTrace, Notification};
use tower_lsp::ls_types::{self, LogTraceParams, MessageType, NumberOrString, TraceValue, Uri};

use crate::analysis::Analysis;
use crate::lsp::documents::{Changed, Snapshot, let_go};
use crate::lsp::outbox::Room;
use crate::lsp::session::Session;
use crate::lsp::to_proto;

/// Publishes for every change until the server ends. Versions that are overtaken while they wait are skipped, also those
/// that wait because the client does not read.
pub(crate) async fn publish_changes(client: Client, session: Arc<Session>, room: Room) {
    loop {
        session.changes.notified().await;
        loop {
            room.wait().await;
            let Some(changed) = session.documents.take_changed() else {
                break;
            };
            match changed {
                Changed::Open(snapshot) => {
                    publish(&client, &session, Arc::clone(&snapshot)).await;
                    let_go(snapshot);
                }
                Changed::Closed(uri) if session.is_push().await => {
                    client.publish_diagnostics(uri, Vec::new(), None).await;
                }
                Changed::Closed(_) => {}
            }
        }
    }
}

/// Publishes the diagnostics of one version, unless a newer one comes while they are computed: its turn is next.
///
/// Where the disk is slow, what can be said without it comes first. It is computed once all the same.
async fn publish(client: &Client, session: &Arc<Session>, snapshot: Arc<Snapshot>) {
    let begin = Instant::now();
    let rendered = in_background(session, &snapshot, |session, snapshot| {
        session.rendered(snapshot);
        session.sound(snapshot);
    });
    if rendered.await.is_err() {
        return lament(client, &snapshot).await;
    }
    if !session.documents.is_latest(&snapshot) {
        return;
    }
    let mut all = in_background(session, &snapshot, |session, snapshot| {
        diagnostics(session, snapshot)
    });
    let found = match tokio::time::timeout(SLOW, &mut all).await {
        Ok(found) => found,
        Err(_) => {
            let early = in_background(session, &snapshot, |session, snapshot| {
                let analysis = snapshot.analysis_of_text()?;
                Some(shown(session, snapshot, &analysis))
            });
            let early = early.await;
            if let (Ok(Some(early)), false) = (early, all.is_finished()) {
                say(client, session, &snapshot, early).await;
            }
            all.await
        }
    };
    let Ok(found) = found else {
        return lament(client, &snapshot).await;
    };
    let complaint = in_background(session, &snapshot, |session, snapshot| {
        let complaint = snapshot.complaint();
        let is_news = session.is_news(&snapshot.uri, complaint);
        complaint.filter(|_| is_news).map(str::to_owned)
    });
    if let Ok(Some(complaint)) = complaint.await {
        let message = format!("docksmith: shared settings are not heeded: {complaint}");
        client.show_message(MessageType::WARNING, message).await;
    }
    trace(client, session, &snapshot, &found, begin).await;
    say(client, session, &snapshot, found).await;
    if session.support().watches_files && session.documents.is_latest(&snapshot) {
        session.watched.want(&snapshot);
    }
    if session.settings().preview_notifications && session.documents.is_latest(&snapshot) {
        let params = PreviewChangedParams {
            uri: snapshot.uri.clone(),
            version: snapshot.version,
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

/// How long is waited before something is said without the files around a document, if it is them that take long.
const SLOW: Duration = Duration::from_millis(300);

/// Does something with a document on a thread of its own.
fn in_background<T: Send + 'static>(
    session: &Arc<Session>,
    snapshot: &Arc<Snapshot>,
    work: impl FnOnce(&Session, &Arc<Snapshot>) -> T + Send + 'static,
) -> JoinHandle<T> {
    let (session, snapshot) = (Arc::clone(session), Arc::clone(snapshot));
    tokio::task::spawn_blocking(move || work(&session, &snapshot))
}

/// Publishes what was found in a version, unless there is a newer one.
async fn say(
    client: &Client,
    session: &Session,
    snapshot: &Arc<Snapshot>,
    found: Vec<ls_types::Diagnostic>,
) {
    // While it is waited for whether the client asks, a newer version may come.
    if session.is_push().await && session.documents.is_latest(snapshot) {
        let Snapshot { uri, version, .. } = &**snapshot;
        client
            .publish_diagnostics(uri.clone(), found, Some(*version))
            .await;
    }
}

async fn lament(client: &Client, snapshot: &Snapshot) {
    let message = format!("cannot analyze `{}`", snapshot.uri.as_str());
    client.log_message(MessageType::ERROR, message).await;
}

/// The diagnostics of a document as the client shall see them.
pub(crate) fn diagnostics(session: &Session, document: &Snapshot) -> Vec<ls_types::Diagnostic> {
    shown(session, document, document.analysis())
}

/// What an analysis of a document says, as the client shall see it.
fn shown(session: &Session, document: &Snapshot, analysis: &Analysis) -> Vec<ls_types::Diagnostic> {
    let (support, settings) = (session.support(), session.settings());
    analysis
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
