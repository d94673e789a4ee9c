//! What the server knows while it serves one client.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;
use tokio::sync::Notify;
use tower_lsp::ls_types::{TraceValue, Uri};

use crate::analysis::Options;
use crate::lsp::client_support::ClientSupport;
use crate::lsp::context::context_of_findings;
use crate::lsp::documents::{Documents, Snapshot, let_go};
use crate::lsp::pull::Delivery;
use crate::lsp::settings::Settings;
use crate::lsp::watched::Watched;
use crate::lsp::workspace::Workspace;

/// The documents, the client and its settings.
#[derive(Debug, Default)]
pub(crate) struct Session {
    /// The open documents.
    pub(crate) documents: Documents,
    /// The folders that are open.
    pub(crate) workspace: Workspace,
    /// Who begins when there are diagnostics.
    pub(crate) delivery: Delivery,
    /// The files around the documents that are to be watched.
    pub(crate) watched: Watched,
    /// Files changed, and all documents are to be looked at again soon.
    pub(crate) is_to_look_again: AtomicBool,
    /// Wakes the publisher.
    pub(crate) changes: Notify,
    support: OnceLock<ClientSupport>,
    settings: Mutex<Layers>,
    /// Why shared settings can't be read, as it was said last; by document.
    complaints: Mutex<BTreeMap<Uri, String>>,
    /// The last version of each document that could be rendered.
    rendered: LastVersions,
    /// The last version of each document without syntax errors.
    sound: LastVersions,
}

/// The last version of each document that was good for something.
#[derive(Debug, Default)]
struct LastVersions {
    versions: Mutex<BTreeMap<Uri, Arc<Snapshot>>>,
}

impl LastVersions {
    fn keep(&self, document: &Arc<Snapshot>) {
        let before = self
            .lock()
            .insert(document.uri.clone(), Arc::clone(document));
        before.into_iter().for_each(let_go);
    }

    fn of(&self, uri: &Uri) -> Option<Arc<Snapshot>> {
        self.lock().get(uri).cloned()
    }

    fn forget(&self, uri: &Uri) {
        self.lock().remove(uri);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Uri, Arc<Snapshot>>> {
        // Versions are replaced whole, so a panic cannot leave half of one.
        self.versions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the client set at the start, and what holds now.
#[derive(Debug, Default)]
struct Layers {
    initial: Settings,
    current: Settings,
}

impl Session {
    /// Takes what the client says of itself.
    pub(crate) fn begin(&self, support: ClientSupport, settings: Settings) {
        // The dispatcher lets `initialize` through once.
        let _ = self.support.set(support);
        self.documents.judge_by(options(&settings));
        *self.layers() = Layers {
            initial: settings.clone(),
            current: settings,
        };
    }

    /// What the client can do; before `initialize` nothing.
    pub(crate) fn support(&self) -> ClientSupport {
        self.support.get().cloned().unwrap_or_default()
    }

    /// The settings that hold now.
    pub(crate) fn settings(&self) -> Settings {
        self.layers().current.clone()
    }

    /// Takes new settings; what they do not name is as it was at the start. Says whether anything is new.
    pub(crate) fn configure(&self, value: &Value) -> bool {
        let mut layers = self.layers();
        let settings = layers.initial.with(value);
        let is_new = settings != layers.current;
        layers.current = settings;
        drop(layers);
        if is_new {
            self.documents.judge_by(options(&self.settings()));
            self.analyze_again();
        }
        is_new
    }

    /// Tells more or less of what is done from now on.
    pub(crate) fn set_trace(&self, trace: TraceValue) {
        let mut layers = self.layers();
        layers.initial.trace = trace;
        layers.current.trace = trace;
    }

    /// Whether the client is to be told what is found; a client that asks is not.
    pub(crate) async fn is_push(&self) -> bool {
        let offers_pull = self.support().pull_diagnostics;
        self.delivery.is_push(offers_pull).await
    }

    /// Looks at everything anew: files or settings changed.
    pub(crate) fn analyze_again(&self) {
        self.documents.analyze_again();
        self.changes.notify_one();
    }

    /// Looks whether the files around a document are as they were, and at the document anew if not; says so. Only those
    /// files are looked at that were looked at before.
    pub(crate) fn look_at(&self, document: &Arc<Snapshot>) -> bool {
        let context = context_of_findings(&document.uri);
        let is_outdated = document.looks.are_outdated(context.as_ref());
        if is_outdated {
            self.documents.renew(document);
            self.changes.notify_one();
        }
        is_outdated
    }

    /// The version to preview: this one if it can be rendered, else the last one that could.
    pub(crate) fn rendered(&self, document: &Arc<Snapshot>) -> Option<Arc<Snapshot>> {
        if document.sketch().dockerfile().is_none() {
            return self.rendered.of(&document.uri);
        }
        if self.documents.is_latest(document) {
            self.rendered.keep(document);
        }
        Some(Arc::clone(document))
    }

    /// The last version without syntax errors, which has the names that this one may lack; nothing for a version that is
    /// one itself, which is kept.
    pub(crate) fn sound(&self, document: &Arc<Snapshot>) -> Option<Arc<Snapshot>> {
        if document.sketch().has_syntax_errors() {
            return self.sound.of(&document.uri);
        }
        if self.documents.is_latest(document) {
            self.sound.keep(document);
        }
        None
    }

    /// Takes note of a complaint about a document, or that there is none. Says whether it is news.
    pub(crate) fn is_news(&self, uri: &Uri, complaint: Option<&str>) -> bool {
        // Complaints are replaced whole, so a panic cannot leave half of one.
        let mut complaints = self
            .complaints
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let before = match complaint {
            Some(complaint) => complaints.insert(uri.clone(), complaint.to_owned()),
            None => complaints.remove(uri),
        };
        complaint.is_some() && before.as_deref() != complaint
    }

    /// Forgets what is kept of a document that is closed.
    pub(crate) fn forget(&self, uri: &Uri) {
        self.is_news(uri, None);
        self.watched.forget(uri);
        self.sound.forget(uri);
        self.rendered.forget(uri);
    }

    fn layers(&self) -> MutexGuard<'_, Layers> {
        // The layers are replaced whole, so a panic cannot leave half of them.
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How the settings want documents to be judged.
fn options(settings: &Settings) -> Options {
    Options {
        pedantic: settings.pedantic,
        ..Options::default()
    }
}
