//! The commands of `workspace/executeCommand`.

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::Client;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{Diagnostic, DiagnosticSeverity, ExecuteCommandParams, Uri};

use crate::ide;
use crate::lsp::client_requests;
use crate::lsp::context::context_of;
use crate::lsp::documents::Snapshot;
use crate::lsp::publisher::diagnostics;
use crate::lsp::render_to_file::render_to_file;
use crate::lsp::session::Session;
use crate::lsp::to_proto;
use crate::lsp::to_proto::preview::PreviewObject;
use crate::lsp::to_proto::workspace_edit::workspace_edit;
use crate::lsp::{Backend, refused};
use crate::rewrite::format::edits;
use crate::rewrite::migrate::migrate;

/// Renders a document: `[uri]`, returns the preview object.
pub(crate) const PREVIEW: &str = "docksmith.previewDockerfile";

/// Writes the rendered Dockerfile beside a document, through the client: `[uri]`, returns nothing.
const RENDER: &str = "docksmith.renderToFile";

/// Rewrites a document in the canonical spelling: `[uri]`, returns a workspace edit.
const MIGRATE: &str = "docksmith.migrate";

/// Every command.
pub(crate) const ALL: [&str; 3] = [PREVIEW, RENDER, MIGRATE];

/// What a command gives, or why it could not be done.
type Answer = std::result::Result<Option<Value>, String>;

impl Backend {
    /// Runs a command.
    ///
    /// # Errors
    /// There is no such command, its document is not open, or it can't be done as things are.
    pub(crate) async fn execute(&self, params: &ExecuteCommandParams) -> Result<Option<Value>> {
        let command: fn(&Client, &Session, &Arc<Snapshot>) -> Answer = match params.command.as_str()
        {
            PREVIEW => preview,
            RENDER => render,
            MIGRATE => migrated,
            other => {
                let message = format!("there is no command `{other}`");
                return Err(Error::invalid_params(message));
            }
        };
        let uri = params.arguments.first().and_then(Value::as_str);
        let uri = uri.and_then(|uri| uri.parse::<Uri>().ok());
        let uri =
            uri.ok_or_else(|| Error::invalid_params("the argument is the uri of a document"))?;
        let (client, session) = (self.client.clone(), Arc::clone(&self.session));
        let answer = self.answer_on(uri.clone(), move |document| {
            Some(command(&client, &session, document))
        });
        let Some(answer) = answer.await? else {
            let message = format!("`{}` is not open or no `docksmith.toml`", uri.as_str());
            return Err(Error::invalid_params(message));
        };
        answer.map_err(refused)
    }
}

fn preview(_client: &Client, session: &Session, document: &Arc<Snapshot>) -> Answer {
    Ok(serde_json::to_value(preview_object(session, document)).ok())
}

/// Answers at once; whether the client does what it is asked is shown when it is known.
fn render(client: &Client, session: &Session, document: &Arc<Snapshot>) -> Answer {
    let edit = render_to_file(document, &session.support())?;
    if let Some(edit) = edit {
        client_requests::apply_edit(client, edit);
    }
    Ok(None)
}

fn migrated(_client: &Client, session: &Session, document: &Arc<Snapshot>) -> Answer {
    let analysis = document.analysis();
    let context = context_of(&document.uri);
    let migrated = migrate(analysis, context.as_ref(), document.options())
        .map_err(|refusal| format!("the file stays as it is: {}", refusal.message()))?;
    let edits = edits(&analysis.text, &migrated.analysis.text);
    let edit = workspace_edit(document, &edits, &session.support());
    Ok(edit.and_then(|edit| serde_json::to_value(edit).ok()))
}

/// The preview of the latest version, or of the last one that could be rendered.
fn preview_object(session: &Session, document: &Arc<Snapshot>) -> PreviewObject {
    let rendered = session.rendered(document);
    let shown = rendered.as_ref().unwrap_or(document);
    let preview = ide::preview::preview(shown.analysis());
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
