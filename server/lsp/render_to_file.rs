//! What the client is asked to do so that a rendered Dockerfile lies beside its document. The server writes nothing.

use tower_lsp::ls_types::{TextEdit, WorkspaceEdit};

use crate::context::Entry;
use crate::diagnostic::Severity;
use crate::lsp::client_support::ClientSupport;
use crate::lsp::context::{context_of, uri_of};
use crate::lsp::documents::Snapshot;
use crate::lsp::to_proto::range_in;
use crate::lsp::to_proto::workspace_edit::{new_file, of_files};
use crate::rewrite::format::edits;
use crate::text::LineIndex;

/// The name of the file.
const NAME: &str = "Dockerfile";

/// The change that makes the file beside the document say what the document renders to; nothing if it does already.
///
/// # Errors
/// The document has errors, or the client can't do what is needed; the reason, with what to do instead.
pub(crate) fn render_to_file(
    document: &Snapshot,
    support: &ClientSupport,
) -> Result<Option<WorkspaceEdit>, String> {
    if !support.apply_edit {
        return Err(format!(
            "this editor does not let a server change files; run `docksmith dockerfile -o {NAME}`"
        ));
    }
    let analysis = document.analysis();
    let mut found = analysis.diagnostics.iter();
    if let Some(error) = found.find(|it| it.severity == Severity::Error) {
        let message = error.full_message();
        return Err(format!(
            "nothing is written while the file has errors: {message}"
        ));
    }
    let Some(dockerfile) = analysis.dockerfile() else {
        return Err("the file renders to nothing".to_owned());
    };
    let uri = uri_of(&document.uri, "", NAME)
        .ok_or_else(|| "the document lies in no folder; save it first".to_owned())?;
    let context = context_of(&document.uri);
    let old = context.text(NAME);
    let creates = support.document_changes && support.create_files;
    match (context.entry(NAME), old) {
        (Entry::File { .. }, Some(old)) => {
            let edits = replaced(document, &old, &dockerfile.text);
            let edits: Vec<_> = edits.into_iter().map(|edit| (uri.clone(), edit)).collect();
            Ok((!edits.is_empty()).then(|| of_files(document, edits, support)))
        }
        (Entry::Folder | Entry::Outside, _) => Err(format!(
            "`{NAME}` beside the file is none that can be written"
        )),
        _ if !creates => Err(format!(
            "this editor can't create files for a server; create an empty `{NAME}` beside the file first"
        )),
        (Entry::Missing, _) => Ok(Some(new_file(uri, dockerfile.text.clone(), false))),
        // Nobody can look at what is there, or it is no text: all of it goes.
        _ => Ok(Some(new_file(uri, dockerfile.text.clone(), true))),
    }
}

/// The lines of a file that change.
fn replaced(document: &Snapshot, old: &str, new: &str) -> Vec<TextEdit> {
    let lines = LineIndex::new(old);
    let edits = edits(old, new).into_iter();
    edits
        .map(|edit| {
            let range = range_in(old, &lines, document.encoding, edit.span);
            TextEdit::new(range, edit.text)
        })
        .collect()
}
