//! The commands of `workspace/executeCommand`.

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{Diagnostic, DiagnosticSeverity, ExecuteCommandParams, Uri};

use crate::ide::preview;
use crate::lsp::Backend;
use crate::lsp::documents::Snapshot;
use crate::lsp::publisher::diagnostics;
use crate::lsp::session::Session;
use crate::lsp::to_proto;
use crate::lsp::to_proto::preview::PreviewObject;

/// Renders a document: `[uri]`, returns the preview object.
const PREVIEW: &str = "docksmith.previewDockerfile";

/// Every command.
pub(crate) const ALL: [&str; 1] = [PREVIEW];

impl Backend {
    /// Runs a command.
    ///
    /// # Errors
    /// There is no such command, or its document is not open.
    pub(crate) async fn execute(&self, params: &ExecuteCommandParams) -> Result<Option<Value>> {
        if params.command != PREVIEW {
            let message = format!("there is no command `{}`", params.command);
            return Err(Error::invalid_params(message));
        }
        let uri = params.arguments.first().and_then(Value::as_str);
        let uri = uri.and_then(|uri| uri.parse::<Uri>().ok());
        let uri =
            uri.ok_or_else(|| Error::invalid_params("the argument is the uri of a document"))?;
        let session = Arc::clone(&self.session);
        let object = self.answer_on(uri.clone(), move |document| {
            Some(preview_object(&session, document))
        });
        let Some(object) = object.await? else {
            let message = format!("`{}` is not open or no `docksmith.toml`", uri.as_str());
            return Err(Error::invalid_params(message));
        };
        Ok(serde_json::to_value(object).ok())
    }
}

/// The preview of the latest version, or of the last one that could be rendered.
fn preview_object(session: &Session, document: &Arc<Snapshot>) -> PreviewObject {
    let rendered = session.rendered(document);
    let shown = rendered.as_ref().unwrap_or(document);
    let preview = preview::preview(shown.analysis());
    let mut list = Vec::new();
    if rendered.is_none() {
        list.push(note("nothing can be rendered".to_owned()));
    } else if shown.version != document.version {
        let (current, shown) = (document.version, shown.version);
        let message = format!("version {current} cannot be rendered; this is version {shown}");
        list.push(note(message));
    } else if preview.is_some_and(|preview| preview.is_partial) {
        list.push(note(
            "the file has errors; this is what its sound parts render to".to_owned(),
        ));
    }
    list.extend(diagnostics(session, document));
    to_proto::preview::preview(shown, preview, list)
}

/// What is said about the preview itself, at the start of the document.
fn note(message: String) -> Diagnostic {
    Diagnostic {
        severity: Some(DiagnosticSeverity::WARNING),
        source: Some("docksmith".to_owned()),
        message,
        ..Diagnostic::default()
    }
}
