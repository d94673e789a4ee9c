//! Completion items, and their documentation when it is asked for.

use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::{
    self, CompletionItemKind, CompletionItemLabelDetails, CompletionList, CompletionResponse,
    CompletionTextEdit, Documentation, InsertReplaceEdit, InsertTextFormat, TextEdit, Uri,
};

use super::page::markup;
use super::range;
use crate::ide::completion::{CompletionItem, CompletionKind, Completions, Page};
use crate::lsp::client_support::ClientSupport;
use crate::lsp::documents::Snapshot;
use crate::lsp::session::Session;
use crate::text::Span;

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
    let offset = found.offset;
    let items = found.items.into_iter().enumerate();
    let items = items.map(|(index, it)| item(document, index, it, offset, support));
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
    offset: u32,
    support: &ClientSupport,
) -> ls_types::CompletionItem {
    let later = item.page.name().filter(|_| support.lazy_documentation);
    let now = match later {
        Some(_) => None,
        None => item.page.text(Some(document.sketch())),
    };
    let edit = edit(document, &item, offset, support);
    let is_snippet = snippet(&item, support).is_some();
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
        insert_text_format: is_snippet.then_some(InsertTextFormat::SNIPPET),
        filter_text: Some(item.filter),
        text_edit: Some(edit),
        data: later.and_then(|page| {
            let uri = document.uri.clone();
            serde_json::to_value(Data { uri, page }).ok()
        }),
        ..ls_types::CompletionItem::default()
    }
}

/// What comes of an item with places to fill in, and in place of what.
fn snippet<'a>(item: &'a CompletionItem, support: &ClientSupport) -> Option<(Span, &'a str)> {
    let whole = item.whole.as_ref().filter(|_| support.insert_replace);
    let whole = whole.map(|it| (it.span, it.snippet.as_str()));
    let plain = || item.snippet.as_deref().map(|it| (item.span, it));
    whole.or_else(plain).filter(|_| support.snippets)
}

/// The edit of an item. Where the text behind the cursor can stay, a client that knows both ways is told both.
fn edit(
    document: &Snapshot,
    item: &CompletionItem,
    offset: u32,
    support: &ClientSupport,
) -> CompletionTextEdit {
    let (span, text) = snippet(item, support).unwrap_or((item.span, &item.text));
    let new_text = text.to_owned();
    let is_inside = span.start < offset && offset < span.end;
    if support.insert_replace && item.rest_can_stay && is_inside {
        let before = Span::new(span.start as usize, offset as usize);
        return CompletionTextEdit::InsertAndReplace(InsertReplaceEdit {
            new_text,
            insert: range(document, before),
            replace: range(document, span),
        });
    }
    CompletionTextEdit::Edit(TextEdit {
        range: range(document, span),
        new_text,
    })
}

/// A page as the client reads it: mere text where it names no format.
fn documentation(text: String, support: &ClientSupport) -> Documentation {
    let markup = markup(text, support.completion_markdown);
    if support.completion_markup {
        return Documentation::MarkupContent(markup);
    }
    Documentation::String(markup.value)
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
