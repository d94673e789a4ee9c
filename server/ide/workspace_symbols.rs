//! Symbols of a whole workspace: the tables and named things of a document that a query means.

use crate::analysis::Analysis;
use crate::ide::symbols::{Symbol, SymbolKind, symbols};
use crate::text::Span;

/// Something with a name in one of the documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceSymbol {
    /// Its name.
    pub name: String,
    /// The name of what holds it; empty for what nothing holds.
    pub container: String,
    /// What it is.
    pub kind: SymbolKind,
    /// The key or the name.
    pub span: Span,
}

/// The tables and named things of a document whose names hold the letters of a query in their order, in whichever case.
/// An empty query means all of them but those that are called by their path.
pub fn workspace_symbols(analysis: &Analysis, query: &str) -> Vec<WorkspaceSymbol> {
    let mut found = Vec::new();
    collect(symbols(analysis), "", query, &mut found);
    found
}

fn collect(symbols: Vec<Symbol>, container: &str, query: &str, found: &mut Vec<WorkspaceSymbol>) {
    for symbol in symbols {
        let is_listed = match symbol.kind {
            SymbolKind::Table | SymbolKind::Array | SymbolKind::Named => true,
            // Nobody jumps to a number, and to a path only who has it in mind.
            SymbolKind::Item => !query.trim().is_empty() && !symbol.name.starts_with('#'),
            _ => false,
        };
        if is_listed && fits(&symbol.name, query) {
            found.push(WorkspaceSymbol {
                name: symbol.name.clone(),
                container: container.to_owned(),
                kind: symbol.kind,
                span: symbol.selection,
            });
        }
        collect(symbol.children, &symbol.name, query, found);
    }
}

/// Whether a name holds the letters of a query in their order.
fn fits(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase)
        .all(|wanted| letters.any(|letter| letter == wanted))
}

#[cfg(test)]
mod tests {
    use super::{fits, workspace_symbols};
    use crate::analysis::analyze;
    use crate::ide::testing::{PROJECT, project};

    fn found(text: &str, query: &str) -> Vec<String> {
        let symbols = workspace_symbols(&analyze(text, &project()), query);
        let texts = symbols.iter().map(|symbol| {
            let place = symbol.span.of(text);
            format!("{} < {} at {place}", symbol.name, symbol.container)
        });
        texts.collect()
    }

    #[test]
    fn named_things_are_found_by_some_of_their_letters() {
        assert_eq!(
            found(PROJECT, "ATLA"),
            ["atlas < external_tools at \"atlas\""]
        );
        assert_eq!(found(PROJECT, "agnt"), ["agent < binaries at \"agent\""]);
        assert!(found(PROJECT, "xyz").is_empty());
        assert!(found(PROJECT, "").len() > 5);
    }

    #[test]
    fn what_has_only_a_number_is_not_listed() {
        let text = "runtime.copy = [{ src = \"a\", dst = \"/é/\" }, {}]\n\
                    [[stages]]\nname = \"web\"\nsteps = [\"RUN x\", { run = \"y\" }]\n[[stages]]\n";
        let names = |query| -> Vec<String> {
            let symbols = workspace_symbols(&analyze(text, &project()), query);
            symbols.into_iter().map(|symbol| symbol.name).collect()
        };
        assert_eq!(names(""), ["runtime", "copy", "stages", "web", "steps"]);
        assert_eq!(names(" "), names(""));
        assert_eq!(names("/É"), ["/é/"]);
        assert!(names("2").is_empty() && names("#").is_empty());
    }

    #[test]
    fn a_broken_document_has_symbols_too() {
        let text = "[[stages]]\nname = \"é😀\"\nfrom = [";
        assert_eq!(found(text, "é"), ["é😀 < stages at \"é😀\""]);
    }

    #[test]
    fn letters_count_in_their_order() {
        assert!(fits("permanu-agent", "pag"));
        assert!(fits("Äther", "äT"));
        assert!(!fits("abc", "cb"));
    }
}
