//! What the server knows while it serves one client.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;
use tokio::sync::Notify;

use crate::lsp::client_support::ClientSupport;
use crate::lsp::documents::Documents;
use crate::lsp::settings::Settings;

/// The documents, the client and its settings.
#[derive(Debug, Default)]
pub(crate) struct Session {
    /// The open documents.
    pub(crate) documents: Documents,
    /// Wakes the publisher.
    pub(crate) changes: Notify,
    support: OnceLock<ClientSupport>,
    settings: Mutex<Layers>,
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

    /// Takes new settings. What they do not name is as it was at the start.
    pub(crate) fn configure(&self, value: &Value) {
        let mut layers = self.layers();
        let settings = layers.initial.with(value);
        let is_new = settings != layers.current;
        layers.current = settings;
        drop(layers);
        if is_new {
            self.analyze_again();
        }
    }

    /// Looks at everything anew: files or settings changed.
    pub(crate) fn analyze_again(&self) {
        self.documents.analyze_again();
        self.changes.notify_one();
    }

    fn layers(&self) -> MutexGuard<'_, Layers> {
        // The layers are replaced whole, so a panic cannot leave half of them.
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
