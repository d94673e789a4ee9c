//! Pages, and the places of definitions.

use tower_lsp::ls_types::{
    self, GotoDefinitionResponse, HoverContents, Location, LocationLink, MarkupContent, MarkupKind,
    Range,
};

use super::plain_text::plain;
use super::{location, range};
use crate::diagnostic::File;
use crate::ide::definition::Definition;
use crate::ide::hover::Hover;
use crate::lsp::client_support::ClientSupport;
use crate::lsp::context::uri_of;
use crate::lsp::documents::Snapshot;
use crate::text::Span;

/// Text for reading, which is Markdown; made plain where the client knows none.
pub(super) fn markup(text: String, markdown: bool) -> MarkupContent {
    if markdown {
        return MarkupContent {
            kind: MarkupKind::Markdown,
            value: text,
        };
    }
    MarkupContent {
        kind: MarkupKind::PlainText,
        value: plain(&text),
    }
}

/// What is known of a word.
pub(crate) fn hover(document: &Snapshot, hover: Hover, support: &ClientSupport) -> ls_types::Hover {
    ls_types::Hover {
        contents: HoverContents::Markup(markup(hover.markdown, support.hover_markdown)),
        range: Some(range(document, hover.span)),
    }
}

/// Where something is made; `None` if its file cannot be read.
pub(crate) fn definition(
    document: &Snapshot,
    definition: &Definition,
    support: &ClientSupport,
) -> Option<GotoDefinitionResponse> {
    let Location { uri, range: target } = target(document, definition)?;
    if !support.definition_links {
        return Some(Location::new(uri, target).into());
    }
    let link = LocationLink {
        origin_selection_range: Some(range(document, definition.origin)),
        target_uri: uri,
        target_range: target,
        target_selection_range: target,
    };
    Some(GotoDefinitionResponse::Link(vec![link]))
}

fn target(document: &Snapshot, definition: &Definition) -> Option<Location> {
    match &definition.file {
        // A whole file need not be text.
        File::Context(path) if definition.span == Span::default() => {
            let root = &document.sketch().layout.root;
            let uri = uri_of(&document.uri, root, path)?;
            Some(Location::new(uri, Range::default()))
        }
        file => location(document, file, definition.span),
    }
}
