//! `workspace/symbol`: the open documents, and those on the disk that lie in the open folders.

use tower_lsp::ls_types::{SymbolInformation, Uri};

use crate::disk::{Patient, read_document};
use crate::ide::workspace_symbols::workspace_symbols;
use crate::lsp::documents::Snapshot;
use crate::lsp::session::Session;
use crate::lsp::to_proto;

use std::sync::Arc;
use std::time::Duration;

/// How long is waited for the disk in all.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many symbols are listed; who looks for one types more of its name.
const MOST: usize = 1000;

/// The symbols that a query means, those of open documents first. Looks at the disk.
pub(crate) fn find(
    session: &Session,
    open: &[Arc<Snapshot>],
    query: &str,
) -> Vec<SymbolInformation> {
    let mut found = Vec::new();
    for document in open {
        found.extend(of_document(document, query));
    }
    let disk = Patient::new((), PATIENCE);
    for path in session.workspace.documents().iter() {
        if found.len() >= MOST {
            break;
        }
        let uri = Uri::from_file_path(path);
        let Some(uri) = uri.filter(|uri| open.iter().all(|document| document.uri != *uri)) else {
            continue;
        };
        let path = path.clone();
        let text = disk.ask(move |()| read_document(&path).ok(), None);
        let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(text) = text {
            let document = Snapshot::closed(uri, text, session.support().encoding());
            found.extend(of_document(&document, query));
        }
    }
    found.truncate(MOST);
    found
}

fn of_document(document: &Snapshot, query: &str) -> Vec<SymbolInformation> {
    let symbols = workspace_symbols(document.sketch(), query);
    to_proto::workspace_symbols::workspace_symbols(document, symbols)
}
