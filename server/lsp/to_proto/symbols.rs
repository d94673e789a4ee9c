//! The outline.

use tower_lsp::ls_types::{
    DocumentSymbol, DocumentSymbolResponse, Location, SymbolInformation, SymbolKind,
};

use super::range;
use crate::ide::symbols::{self, Symbol};
use crate::lsp::client_support::ClientSupport;
use crate::lsp::documents::Snapshot;

/// The outline of a document: a tree, or a list for a client that knows no trees.
pub(crate) fn symbols(
    document: &Snapshot,
    symbols: Vec<Symbol>,
    support: &ClientSupport,
) -> DocumentSymbolResponse {
    if support.symbol_tree {
        let symbols = symbols.into_iter().map(|symbol| tree(document, symbol));
        return DocumentSymbolResponse::Nested(symbols.collect());
    }
    let mut list = Vec::new();
    flatten(document, symbols, None, &mut list);
    DocumentSymbolResponse::Flat(list)
}

#[expect(
    deprecated,
    reason = "the type has no other way to leave the member out"
)]
fn tree(document: &Snapshot, symbol: Symbol) -> DocumentSymbol {
    let children = symbol.children.into_iter();
    let children: Vec<_> = children.map(|child| tree(document, child)).collect();
    DocumentSymbol {
        name: symbol.name,
        detail: Some(symbol.detail).filter(|detail| !detail.is_empty()),
        kind: kind(symbol.kind),
        tags: None,
        deprecated: None,
        range: range(document, symbol.span),
        selection_range: range(document, symbol.selection),
        children: Some(children).filter(|children| !children.is_empty()),
    }
}

#[expect(
    deprecated,
    reason = "the type has no other way to leave the member out"
)]
fn flatten(
    document: &Snapshot,
    symbols: Vec<Symbol>,
    container: Option<&str>,
    list: &mut Vec<SymbolInformation>,
) {
    for symbol in symbols {
        list.push(SymbolInformation {
            name: symbol.name.clone(),
            kind: kind(symbol.kind),
            tags: None,
            deprecated: None,
            location: Location::new(document.uri.clone(), range(document, symbol.span)),
            container_name: container.map(str::to_owned),
        });
        flatten(document, symbol.children, Some(&symbol.name), list);
    }
}

pub(super) fn kind(kind: symbols::SymbolKind) -> SymbolKind {
    match kind {
        symbols::SymbolKind::Table | symbols::SymbolKind::Item => SymbolKind::OBJECT,
        symbols::SymbolKind::Array => SymbolKind::ARRAY,
        symbols::SymbolKind::Named => SymbolKind::MODULE,
        symbols::SymbolKind::String => SymbolKind::STRING,
        symbols::SymbolKind::Number => SymbolKind::NUMBER,
        symbols::SymbolKind::Boolean => SymbolKind::BOOLEAN,
        symbols::SymbolKind::Other => SymbolKind::CONSTANT,
    }
}
