//! The outline: tables and keys, those that have a name by their name.

use crate::analysis::Analysis;
use crate::syntax::{Entry, Node, Table, Value};
use crate::text::Span;

/// A table or key of the outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// What it is called.
    pub name: String,
    /// Its value on one line, credentials blotted out; may be empty.
    pub detail: String,
    /// What it is.
    pub kind: SymbolKind,
    /// All that belongs to it, what it holds included.
    pub span: Span,
    /// The key or the name.
    pub selection: Span,
    /// What it holds.
    pub children: Vec<Self>,
}

/// What a symbol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolKind {
    /// A table.
    Table,
    /// An array of tables.
    Array,
    /// A stage, a binary or a tool.
    Named,
    /// An item of an array that has no name of its own: it is called by its path or by its number.
    Item,
    /// A string.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Any other value.
    Other,
}

/// The most characters of a value that are shown.
const LONGEST: usize = 60;

/// The keys whose values tell the items of an array of tables apart, best first.
const NAMES: [&str; 3] = ["name", "dst", "src"];

/// The outline of a document.
pub fn symbols(analysis: &Analysis) -> Vec<Symbol> {
    let outline = Outline {
        text: &analysis.printable_text(),
    };
    outline.table(&analysis.document.root)
}

struct Outline<'a> {
    text: &'a str,
}

impl Outline<'_> {
    fn table(&self, table: &Table) -> Vec<Symbol> {
        table
            .entries
            .iter()
            .map(|entry| self.entry(entry))
            .collect()
    }

    fn entry(&self, entry: &Entry) -> Symbol {
        let name = match entry.key.name.as_str() {
            // Clients refuse names of which nothing can be seen.
            name if name.trim().is_empty() => format!("{name:?}"),
            name => name.to_owned(),
        };
        self.symbol(name, entry.key.span, &entry.value)
    }

    fn symbol(&self, name: String, selection: Span, node: &Node) -> Symbol {
        let children = self.children(node);
        let own = selection.cover(node.span).cover(node.extent);
        let span = children
            .iter()
            .fold(own, |span, child| span.cover(child.span));
        Symbol {
            name,
            detail: self.detail(node),
            kind: kind(node, &children),
            span,
            selection,
            children,
        }
    }

    fn children(&self, node: &Node) -> Vec<Symbol> {
        match &node.value {
            Value::Table(table) => self.table(table),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .filter_map(|(index, item)| Some(self.item(index, item, item.table()?)))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// An item of an array of tables.
    fn item(&self, index: usize, node: &Node, table: &Table) -> Symbol {
        let name = NAMES.iter().find_map(|name| {
            let value = table.node(name)?;
            let text = value.string().filter(|text| !text.trim().is_empty())?;
            Some((*name, text, value.span))
        });
        let Some((key, text, place)) = name else {
            return Symbol {
                kind: SymbolKind::Item,
                ..self.symbol(format!("#{}", index + 1), node.span, node)
            };
        };
        Symbol {
            kind: if key == "name" {
                SymbolKind::Named
            } else {
                SymbolKind::Item
            },
            ..self.symbol(text.to_owned(), place, node)
        }
    }

    fn detail(&self, node: &Node) -> String {
        if node.table().is_some() || node.items().is_some_and(has_tables) {
            return String::new();
        }
        let text = node.span.of(self.text);
        let line: Vec<&str> = text.split_whitespace().collect();
        let line = line.join(" ");
        match line.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
            None => line,
        }
    }
}

fn has_tables(items: &[Node]) -> bool {
    items.iter().any(|item| item.table().is_some())
}

fn kind(node: &Node, children: &[Symbol]) -> SymbolKind {
    match &node.value {
        Value::Table(_) => SymbolKind::Table,
        Value::Array(_) if !children.is_empty() => SymbolKind::Array,
        Value::String(_) => SymbolKind::String,
        Value::Integer(_) | Value::Float(_) => SymbolKind::Number,
        Value::Boolean(_) => SymbolKind::Boolean,
        Value::Array(_) => SymbolKind::Array,
        Value::Datetime(_) | Value::Invalid => SymbolKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::{Symbol, symbols};
    use crate::analysis::analyze;
    use crate::context::NoContext;

    fn render(text: &str, symbols: &[Symbol], depth: usize, out: &mut String) {
        for symbol in symbols {
            assert!(symbol.span.covers(symbol.selection), "{symbol:?}");
            let line = format!(
                "{:indent$}{} {:?} {} at {:?}",
                "",
                symbol.name,
                symbol.kind,
                symbol.detail,
                symbol.selection.of(text),
                indent = depth * 2
            );
            out.push_str(&line);
            out.push('\n');
            for child in &symbol.children {
                assert!(symbol.span.covers(child.span), "{symbol:?}");
            }
            render(text, &symbol.children, depth + 1, out);
        }
    }

    fn check(text: &str, expected: &Expect) {
        let analysis = analyze(text, &NoContext::default());
        let mut out = String::new();
        render(text, &symbols(&analysis), 0, &mut out);
        expected.assert_eq(&out);
    }

    #[test]
    fn what_has_a_name_is_called_by_it() {
        check(
            r#"language = "go"
runtime.image = "alpine:3.21"
[build]
target = "./é"
[[stages]]
name = "web"
from = "scratch"
steps = ["RUN x"]
[[runtime.copy]]
src = ["a", "b"]
dst = "/app/"
[[external_tools]]
"#,
            &expect![[r#"
                language String "go" at "language"
                runtime Table  at "runtime"
                  image String "alpine:3.21" at "image"
                  copy Array  at "copy"
                    /app/ Item  at "\"/app/\""
                      src Array ["a", "b"] at "src"
                      dst String "/app/" at "dst"
                build Table  at "build"
                  target String "./é" at "target"
                stages Array  at "stages"
                  web Named  at "\"web\""
                    name String "web" at "name"
                    from String "scratch" at "from"
                    steps Array ["RUN x"] at "steps"
                external_tools Array  at "external_tools"
                  #1 Item  at "[[external_tools]]"
            "#]],
        );
    }

    #[test]
    fn no_name_is_empty() {
        check(
            "\"\" = 1\n' ' = { \"\" = 'é' }\n[[stages]]\nname = ' '\n",
            &expect![[r#"
                "" Number 1 at "\"\""
                " " Table  at "' '"
                  "" String 'é' at "\"\""
                stages Array  at "stages"
                  #1 Item  at "[[stages]]"
                    name String ' ' at "name"
            "#]],
        );
    }

    #[test]
    fn a_broken_document_has_an_outline() {
        check(
            "[[stages]]\nname = \"é\"\nfrom = [\n[build]\ntarget",
            &expect![[r#"
                stages Array  at "stages"
                  é Named  at "\"é\""
                    name String "é" at "name"
                    from Array [ at "from"
                build Table  at "build"
                  target Other target at "target"
            "#]],
        );
        check("", &expect![""]);
    }

    #[test]
    fn a_credential_is_blotted_out() {
        let text = "runtime.env.API_TOKEN = \"ghp_0123456789abcdefghijABCDEFGHIJ012345\"";
        let analysis = analyze(text, &NoContext::default());
        assert!(!analysis.credentials.is_empty());
        let shown = format!("{:?}", symbols(&analysis));
        assert!(!shown.contains("ghp_"), "{shown}");
    }

    #[test]
    fn a_long_value_is_cut() {
        let text = format!("a = \"{}\"", "é".repeat(100));
        let analysis = analyze(&text, &NoContext::default());
        assert_eq!(symbols(&analysis)[0].detail.chars().count(), 61);
    }
}
