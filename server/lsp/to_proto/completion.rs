//! Completion items, and their documentation when it is asked for.

use serde_json::Value;
use tower_lsp::ls_types::{
    self, CompletionItemKind, CompletionItemLabelDetails, CompletionList, CompletionResponse,
    CompletionTextEdit, Documentation, TextEdit,
};

use super::page::markup;
use super::range;
use crate::ide::completion::{CompletionItem, CompletionKind, Page};
use crate::lsp::client_support::ClientSupport;
use crate::lsp::documents::Snapshot;

/// What can be inserted, in the order given.
pub(crate) fn completion(
    document: &Snapshot,
    items: Vec<CompletionItem>,
    support: &ClientSupport,
) -> CompletionResponse {
    // The next folder is looked at when its name is typed.
    let is_path = |kind| matches!(kind, CompletionKind::File | CompletionKind::Folder);
    let is_incomplete = items.iter().any(|item| is_path(item.kind));
    let items = items.into_iter().enumerate();
    let items = items.map(|(index, it)| item(document, index, it, support));
    CompletionResponse::List(CompletionList {
        is_incomplete,
        items: items.collect(),
    })
}

/// The item with its documentation, if it is one whose documentation was held back.
pub(crate) fn resolved(
    item: ls_types::CompletionItem,
    support: &ClientSupport,
) -> ls_types::CompletionItem {
    let page = item
        .data
        .as_ref()
        .and_then(Value::as_str)
        .map(Page::by_name);
    let text = page.and_then(|page| page.text());
    let Some(text) = text.filter(|_| item.documentation.is_none()) else {
        return item;
    };
    ls_types::CompletionItem {
        documentation: Some(documentation(text, support)),
        ..item
    }
}

fn item(
    document: &Snapshot,
    index: usize,
    item: CompletionItem,
    support: &ClientSupport,
) -> ls_types::CompletionItem {
    let later = item.page.name().filter(|_| support.lazy_documentation);
    let now = item.page.text().filter(|_| later.is_none());
    let note = Some(item.note).filter(|note| !note.is_empty());
    // A note that cannot stand beside the label stands in front of the detail.
    let detail = match &note {
        Some(note) if !support.label_details => format!("{note} {}", item.detail),
        _ => item.detail,
    };
    ls_types::CompletionItem {
        label: item.label,
        kind: Some(kind(item.kind)),
        detail: Some(detail.trim().to_owned()).filter(|detail| !detail.is_empty()),
        label_details: note.filter(|_| support.label_details).map(|note| {
            CompletionItemLabelDetails {
                detail: None,
                description: Some(note),
            }
        }),
        documentation: now.map(|text| documentation(text, support)),
        sort_text: Some(format!("{index:04}")),
        filter_text: Some(item.filter),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit {
            range: range(document, item.span),
            new_text: item.text,
        })),
        data: later.map(Value::String),
        ..ls_types::CompletionItem::default()
    }
}

fn documentation(text: String, support: &ClientSupport) -> Documentation {
    Documentation::MarkupContent(markup(text, support.completion_markdown))
}

fn kind(kind: CompletionKind) -> CompletionItemKind {
    match kind {
        CompletionKind::Key => CompletionItemKind::PROPERTY,
        CompletionKind::Table => CompletionItemKind::STRUCT,
        CompletionKind::Value => CompletionItemKind::ENUM_MEMBER,
        CompletionKind::Stage => CompletionItemKind::REFERENCE,
        CompletionKind::Image => CompletionItemKind::MODULE,
        CompletionKind::File => CompletionItemKind::FILE,
        CompletionKind::Folder => CompletionItemKind::FOLDER,
        CompletionKind::Name => CompletionItemKind::VARIABLE,
        CompletionKind::Rule => CompletionItemKind::EVENT,
        CompletionKind::Keyword => CompletionItemKind::KEYWORD,
        CompletionKind::Snippet => CompletionItemKind::SNIPPET,
    }
}
