//! The preview object.

use serde::Serialize;
use tower_lsp::ls_types::{Diagnostic, Location, Uri};

use super::location;
use crate::ide::preview::Preview;
use crate::lsp::documents::Snapshot;

/// What `docksmith.previewDockerfile` returns.
#[derive(Debug, Serialize)]
pub(crate) struct PreviewObject {
    /// The document.
    uri: Uri,
    /// The version that the text was rendered from.
    version: i32,
    /// The Dockerfile; empty if nothing can be rendered.
    text: String,
    /// For each line of the text where it comes from.
    lines: Vec<Option<Location>>,
    /// Those of the latest version, first what the text does not show.
    diagnostics: Vec<Diagnostic>,
}

/// The preview of a version of a document; without one an empty text.
pub(crate) fn preview(
    document: &Snapshot,
    preview: Option<Preview<'_>>,
    diagnostics: Vec<Diagnostic>,
) -> PreviewObject {
    let dockerfile = preview.map(|preview| preview.dockerfile);
    let origins = dockerfile
        .map(|it| it.origins.as_slice())
        .unwrap_or_default();
    let lines = origins.iter().map(|origin| {
        let origin = origin.as_ref()?;
        location(document, &origin.file, origin.span)
    });
    PreviewObject {
        uri: document.uri.clone(),
        version: document.version,
        text: dockerfile.map(|it| it.text.clone()).unwrap_or_default(),
        lines: lines.collect(),
        diagnostics,
    }
}
