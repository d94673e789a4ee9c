//! What is shown beside the text: links, code lenses, inlay hints.

use serde_json::Value;
use tower_lsp::ls_types::{
    CodeLens, Command, DocumentLink, InlayHint, InlayHintLabel, InlayHintTooltip, Uri,
};

use super::{range, text_edits};
use crate::ide::hints::Hint;
use crate::ide::lenses::Lens;
use crate::ide::links::{Link, LinkTarget};
use crate::lsp::client_support::ClientSupport;
use crate::lsp::commands::PREVIEW;
use crate::lsp::context::uri_of;
use crate::lsp::documents::Snapshot;

/// The links of a document; one whose target is no uri is left out.
pub(crate) fn links(
    document: &Snapshot,
    links: Vec<Link>,
    support: &ClientSupport,
) -> Vec<DocumentLink> {
    let links = links.into_iter().filter_map(|link| {
        let target = match &link.target {
            LinkTarget::Address(address) => address.parse::<Uri>().ok()?,
            LinkTarget::File(path) => uri_of(&document.uri, &document.sketch().layout.root, path)?,
        };
        Some(DocumentLink {
            range: range(document, link.span),
            target: Some(target),
            tooltip: Some(link.tooltip).filter(|_| support.link_tooltips),
            data: None,
        })
    });
    links.collect()
}

/// The lenses of a document. All of them show the preview, which needs nothing of the client.
pub(crate) fn lenses(document: &Snapshot, lenses: Vec<Lens>) -> Vec<CodeLens> {
    let uri = Value::from(document.uri.as_str());
    let lenses = lenses.into_iter().map(|lens| CodeLens {
        range: range(document, lens.span),
        command: Some(Command {
            title: lens.title,
            command: PREVIEW.to_owned(),
            arguments: Some(vec![uri.clone()]),
        }),
        data: None,
    });
    lenses.collect()
}

/// The hints of a document.
pub(crate) fn hints(document: &Snapshot, hints: Vec<Hint>) -> Vec<InlayHint> {
    let hints = hints.into_iter().map(|hint| {
        let place = crate::text::Span {
            start: hint.offset,
            end: hint.offset,
        };
        InlayHint {
            position: range(document, place).start,
            label: InlayHintLabel::String(hint.label),
            kind: None,
            text_edits: hint.edit.map(|edit| text_edits(document, &[edit])),
            tooltip: Some(InlayHintTooltip::String(hint.tooltip)),
            padding_left: Some(true),
            padding_right: None,
            data: None,
        }
    });
    hints.collect()
}
