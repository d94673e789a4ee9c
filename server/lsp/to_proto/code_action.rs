//! Code actions, and the edits that they are.

use tower_lsp::ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, Diagnostic, WorkspaceEdit,
};

use super::workspace_edit::{new_file, workspace_edit};
use crate::ide::refactorings::{Kind, Refactoring};
use crate::lsp::client_support::ClientSupport;
use crate::lsp::context::uri_of;
use crate::lsp::documents::Snapshot;

/// A quick fix of one diagnostic. The title of an unsafe one says so.
pub(crate) fn quick_fix(
    title: &str,
    is_safe: bool,
    diagnostic: Diagnostic,
    edit: WorkspaceEdit,
) -> CodeAction {
    let title = match is_safe {
        true => title.to_owned(),
        false => format!("{title} (unsafe: may change the meaning)"),
    };
    CodeAction {
        diagnostics: Some(vec![diagnostic]),
        is_preferred: Some(false),
        ..code_action(title, CodeActionKind::QUICKFIX, edit)
    }
}

/// An action with its edit.
pub(crate) fn code_action(title: String, kind: CodeActionKind, edit: WorkspaceEdit) -> CodeAction {
    CodeAction {
        title: capitalized(&title),
        kind: Some(kind),
        edit: Some(edit),
        ..CodeAction::default()
    }
}

/// A title as menus show them.
fn capitalized(title: &str) -> String {
    let mut letters = title.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// A refactoring; `None` if it makes a file and the client can't.
pub(crate) fn refactoring(
    document: &Snapshot,
    refactoring: &Refactoring,
    support: &ClientSupport,
) -> Option<CodeActionOrCommand> {
    let edit = match &refactoring.file {
        None => workspace_edit(document, &refactoring.edits, support)?,
        Some(_) if !support.create_files => return None,
        Some(file) => {
            let root = &document.sketch().layout.root;
            let uri = uri_of(&document.uri, root, &file.path)?;
            new_file(uri, file.text.clone(), false)
        }
    };
    let title = refactoring.title.clone();
    Some(code_action(title, kind(refactoring.kind), edit).into())
}

/// The protocol's kind of a refactoring.
pub(crate) fn kind(kind: Kind) -> CodeActionKind {
    match kind {
        Kind::Rewrite => CodeActionKind::REFACTOR_REWRITE,
        Kind::Extract => CodeActionKind::REFACTOR_EXTRACT,
    }
}
