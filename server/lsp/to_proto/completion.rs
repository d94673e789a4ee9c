//! Completion items, and their documentation when it is asked for.

use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::{
    self, CompletionItemKind, CompletionItemLabelDetails, CompletionList, CompletionResponse,
    CompletionTextEdit, Documentation, InsertTextFormat, TextEdit, Uri,
};

use super::page::markup;
use super::range;
use crate::ide::completion::{CompletionItem, CompletionKind, Completions, Page};
use crate::lsp::client_support::ClientSupport;
use crate::lsp::documents::Snapshot;
use crate::lsp::session::Session;

/// What an item carries to the client and back: where its documentation is found when it is shown.
#[derive(Debug, Serialize, Deserialize)]
struct Data {
    uri: Uri,
    page: String,
}

/// What can be inserted, in the order given.
pub(crate) fn completion(
    document: &Snapshot,
    found: Completions,
    support: &ClientSupport,
) -> CompletionResponse {
    let items = found.items.into_iter().enumerate();
    let items = items.map(|(index, it)| item(document, index, it, support));
    CompletionResponse::List(CompletionList {
        is_incomplete: found.is_incomplete,
        items: items.collect(),
    })
}

/// The item with its documentation, if it is one whose documentation was held back.
pub(crate) fn resolved(
    item: ls_types::CompletionItem,
    session: &Session,
) -> ls_types::CompletionItem {
    let data = item.data.clone();
    let data = data.and_then(|data| serde_json::from_value::<Data>(data).ok());
    let text = data.and_then(|data| documentation_of(&data, session));
    let Some(text) = text.filter(|_| item.documentation.is_none()) else {
        return item;
    };
    ls_types::CompletionItem {
        documentation: Some(documentation(text, &session.support())),
        ..item
    }
}

fn documentation_of(data: &Data, session: &Session) -> Option<String> {
    let page = Page::by_name(&data.page);
    let Some(document) = session.documents.latest(&data.uri) else {
        return page.text(None);
    };
    // A stage may be one of the last version that was sound.
    let text = page.text(Some(document.sketch()));
    text.or_else(|| page.text(Some(session.sound(&document)?.sketch())))
}

fn item(
    document: &Snapshot,
    index: usize,
    item: CompletionItem,
    support: &ClientSupport,
) -> ls_types::CompletionItem {
    let later = item.page.name().filter(|_| support.lazy_documentation);
    let now = match later {
        Some(_) => None,
        None => item.page.text(Some(document.sketch())),
    };
    let snippet = item.snippet.filter(|_| support.snippets);
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
        sort_text: Some(format!("{index:05}")),
        insert_text_format: snippet.as_ref().map(|_| InsertTextFormat::SNIPPET),
        filter_text: Some(item.filter),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit {
            range: range(document, item.span),
            new_text: snippet.unwrap_or(item.text),
        })),
        data: later.and_then(|page| {
            let uri = document.uri.clone();
            serde_json::to_value(Data { uri, page }).ok()
        }),
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
