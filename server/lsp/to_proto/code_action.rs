//! Quick fixes, and the edits that they are.

use tower_lsp::ls_types::{
    self, CodeActionKind, CodeActionOrCommand, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};

use super::{diagnostic, location};
use crate::diagnostic::Edit;
use crate::ide::code_actions::CodeAction;
use crate::lsp::client_support::ClientSupport;
use crate::lsp::documents::Snapshot;

/// A quick fix; `None` if a file that it changes cannot be read.
pub(crate) fn code_action(
    document: &Snapshot,
    action: &CodeAction<'_>,
    support: &ClientSupport,
) -> Option<CodeActionOrCommand> {
    let action = ls_types::CodeAction {
        title: action.title.to_owned(),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostic(document, action.diagnostic, support)]),
        edit: Some(workspace_edit(document, action.edits, support)?),
        is_preferred: Some(action.is_preferred),
        ..ls_types::CodeAction::default()
    };
    Some(CodeActionOrCommand::CodeAction(action))
}

/// The edits of all files, for this version of the document if the client can tell versions apart.
fn workspace_edit(
    document: &Snapshot,
    edits: &[Edit],
    support: &ClientSupport,
) -> Option<WorkspaceEdit> {
    let mut files: Vec<(Uri, Vec<TextEdit>)> = Vec::new();
    for edit in edits {
        let place = location(document, &edit.file, edit.span)?;
        let edit = TextEdit::new(place.range, edit.text.clone());
        match files.iter_mut().find(|(uri, _)| *uri == place.uri) {
            Some((_, edits)) => edits.push(edit),
            None => files.push((place.uri, vec![edit])),
        }
    }
    if !support.versioned_edits {
        return Some(WorkspaceEdit {
            changes: Some(files.into_iter().collect()),
            ..WorkspaceEdit::default()
        });
    }
    let edits = files.into_iter().map(|(uri, edits)| {
        let version = (uri == document.uri).then_some(document.version);
        TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
            edits: edits.into_iter().map(OneOf::Left).collect(),
        }
    });
    Some(WorkspaceEdit {
        document_changes: Some(DocumentChanges::Edits(edits.collect())),
        ..WorkspaceEdit::default()
    })
}
