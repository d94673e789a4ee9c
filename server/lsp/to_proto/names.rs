//! References, highlights, and renamings.

use tower_lsp::ls_types::{
    DocumentHighlight, DocumentHighlightKind, Location, PrepareRenameResponse, WorkspaceEdit,
};

use super::workspace_edit::workspace_edit;
use super::{location, range};
use crate::diagnostic::Edit;
use crate::ide::references::Reference;
use crate::ide::rename::Renamable;
use crate::lsp::client_support::ClientSupport;
use crate::lsp::documents::Snapshot;

/// The places of a name, those that make it only where they are asked for. A file that cannot be read has none.
pub(crate) fn references(
    document: &Snapshot,
    references: &[Reference],
    with_declaration: bool,
) -> Vec<Location> {
    let wanted = references
        .iter()
        .filter(|it| with_declaration || !it.is_declaration);
    wanted
        .filter_map(|it| location(document, &it.file, it.span))
        .collect()
}

/// The places of a name in the document.
pub(crate) fn highlights(document: &Snapshot, places: &[Reference]) -> Vec<DocumentHighlight> {
    let highlights = places.iter().map(|it| DocumentHighlight {
        range: range(document, it.span),
        kind: Some(if it.is_declaration {
            DocumentHighlightKind::WRITE
        } else {
            DocumentHighlightKind::READ
        }),
    });
    highlights.collect()
}

/// What can be renamed.
pub(crate) fn renamable(document: &Snapshot, renamable: Renamable) -> PrepareRenameResponse {
    PrepareRenameResponse::RangeWithPlaceholder {
        range: range(document, renamable.span),
        placeholder: renamable.name,
    }
}

/// The edits of a renaming; they fit the version of the document that they were made for, if the client can be told so.
///
/// # Errors
/// A file that would change cannot be read.
pub(crate) fn renaming(
    document: &Snapshot,
    edits: &[Edit],
    support: &ClientSupport,
) -> Result<WorkspaceEdit, String> {
    let edit = workspace_edit(document, edits, support)
        .ok_or_else(|| "a file that names it cannot be read".to_owned())?;
    Ok(WorkspaceEdit {
        // Who takes versions gets nothing that could be applied without them.
        changes: edit.changes.filter(|_| edit.document_changes.is_none()),
        ..edit
    })
}
