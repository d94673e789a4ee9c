//! Quick fixes, and the edits that they are.

use tower_lsp::ls_types::{
    self, CodeActionKind, CodeActionOrCommand, TextEdit, Uri, WorkspaceEdit,
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
        edit: Some(workspace_edit(document, action.edits)?),
        is_preferred: Some(action.is_preferred),
        ..ls_types::CodeAction::default()
    };
    Some(CodeActionOrCommand::CodeAction(action))
}

/// The edits of all files, in the form that every client reads.
fn workspace_edit(document: &Snapshot, edits: &[Edit]) -> Option<WorkspaceEdit> {
    let mut files: Vec<(Uri, Vec<TextEdit>)> = Vec::new();
    for edit in edits {
        let place = location(document, &edit.file, edit.span)?;
        let edit = TextEdit::new(place.range, edit.text.clone());
        match files.iter_mut().find(|(uri, _)| *uri == place.uri) {
            Some((_, edits)) => edits.push(edit),
            None => files.push((place.uri, vec![edit])),
        }
    }
    Some(WorkspaceEdit {
        changes: Some(files.into_iter().collect()),
        ..WorkspaceEdit::default()
    })
}
