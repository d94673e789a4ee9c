//! Documents for tests.

use std::sync::Arc;

use tower_lsp::ls_types::Uri;

use crate::lsp::documents::{Documents, Snapshot};
use crate::text::PositionEncoding;

/// A text as an open document, in UTF-16.
pub(super) fn snapshot(text: &str) -> Arc<Snapshot> {
    let uri: Uri = "untitled:docksmith.toml".parse().expect("a uri");
    let documents = Documents::default();
    documents.open(uri.clone(), 1, text.to_owned(), PositionEncoding::Utf16);
    documents.latest(&uri).expect("it is open")
}
