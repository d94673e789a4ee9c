//! The symbols of a workspace.

use tower_lsp::ls_types::{Location, SymbolInformation};

use super::range;
use super::symbols::kind;
use crate::ide::workspace_symbols;
use crate::lsp::documents::Snapshot;

/// The symbols of one document.
pub(crate) fn workspace_symbols(
    document: &Snapshot,
    symbols: Vec<workspace_symbols::WorkspaceSymbol>,
) -> Vec<SymbolInformation> {
    let symbols = symbols
        .into_iter()
        .map(|symbol| symbol_of(document, symbol));
    symbols.collect()
}

#[expect(
    deprecated,
    reason = "the type has no other way to leave the member out"
)]
fn symbol_of(document: &Snapshot, symbol: workspace_symbols::WorkspaceSymbol) -> SymbolInformation {
    SymbolInformation {
        name: symbol.name,
        kind: kind(symbol.kind),
        tags: None,
        deprecated: None,
        location: Location::new(document.uri.clone(), range(document, symbol.span)),
        container_name: Some(symbol.container).filter(|name| !name.is_empty()),
    }
}
