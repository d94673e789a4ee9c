//! Changes of files, in the forms that clients read.

use tower_lsp::ls_types::{
    CreateFile, CreateFileOptions, DocumentChangeOperation, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, Position, Range, ResourceOp, TextDocumentEdit,
    TextEdit, Uri, WorkspaceEdit,
};

use super::location;
use crate::diagnostic::Edit;
use crate::lsp::client_support::ClientSupport;
use crate::lsp::documents::Snapshot;

/// The edits of the document and of files around it; `None` if one of those cannot be read.
pub(crate) fn workspace_edit(
    document: &Snapshot,
    edits: &[Edit],
    support: &ClientSupport,
) -> Option<WorkspaceEdit> {
    let places = edits.iter().map(|edit| {
        let place = location(document, &edit.file, edit.span)?;
        Some((place.uri, TextEdit::new(place.range, edit.text.clone())))
    });
    let edits: Option<Vec<_>> = places.collect();
    Some(of_files(document, edits?, support))
}

/// Edits of files by their uris; those of the document hold for its version only.
///
/// A client that takes versions prefers `documentChanges`, as the protocol says; `changes` is there for all that reads
/// nothing else.
pub(crate) fn of_files(
    document: &Snapshot,
    edits: Vec<(Uri, TextEdit)>,
    support: &ClientSupport,
) -> WorkspaceEdit {
    let mut files: Vec<(Uri, Vec<TextEdit>)> = Vec::new();
    for (uri, edit) in edits {
        match files.iter_mut().find(|(it, _)| *it == uri) {
            Some((_, edits)) => edits.push(edit),
            None => files.push((uri, vec![edit])),
        }
    }
    let versioned = files.iter().map(|(uri, edits)| {
        let version = (*uri == document.uri).then_some(document.version);
        text_document_edit(uri.clone(), version, edits.clone())
    });
    WorkspaceEdit {
        document_changes: support
            .document_changes
            .then(|| DocumentChanges::Edits(versioned.collect())),
        changes: Some(files.into_iter().collect()),
        ..WorkspaceEdit::default()
    }
}

/// A file that is made; `overwrite` says whether one that is there goes.
pub(crate) fn new_file(uri: Uri, text: String, overwrite: bool) -> WorkspaceEdit {
    let start = Position::new(0, 0);
    let edit = TextEdit::new(Range::new(start, start), text);
    let create = CreateFile {
        uri: uri.clone(),
        options: Some(CreateFileOptions {
            overwrite: Some(overwrite),
            ignore_if_exists: Some(false),
        }),
        annotation_id: None,
    };
    WorkspaceEdit {
        document_changes: Some(DocumentChanges::Operations(vec![
            DocumentChangeOperation::Op(ResourceOp::Create(create)),
            DocumentChangeOperation::Edit(text_document_edit(uri, None, vec![edit])),
        ])),
        ..WorkspaceEdit::default()
    }
}

fn text_document_edit(uri: Uri, version: Option<i32>, edits: Vec<TextEdit>) -> TextDocumentEdit {
    TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
        edits: edits.into_iter().map(OneOf::Left).collect(),
    }
}
