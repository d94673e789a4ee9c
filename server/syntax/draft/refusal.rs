//! What TOML lets stand only once, and how that is said.

use crate::text::Span;

/// Why a key or a header cannot stand where it does.
#[derive(Debug)]
pub(super) struct Refusal {
    /// What stands there already.
    pub(super) first: Span,
    /// Why it cannot.
    pub(super) why: Why,
}

/// The reasons.
#[derive(Debug, Clone, Copy)]
pub(super) enum Why {
    /// The same key.
    Twice,
    /// A scalar or an array.
    Value,
    /// An inline table.
    Inline,
    /// A table with a header, or one that only a header can be.
    Table,
    /// A table that dotted keys have made.
    Dotted,
    /// An array of tables.
    Tables,
}

impl Refusal {
    /// The message at a key; `path` is the key's own, or that of the one on the way that stands against it.
    pub(super) fn key_message(&self, path: &str) -> String {
        match self.why {
            Why::Twice | Why::Dotted => format!("`{path}` is set twice"),
            Why::Value => format!("`{path}` has a value already, so it cannot be a table"),
            Why::Inline => format!("`{path}` is an inline table, which takes no further keys"),
            Why::Table => format!("`{path}` is a table already, which dotted keys cannot extend"),
            Why::Tables => {
                format!("`{path}` is an array of tables, which dotted keys cannot extend")
            }
        }
    }

    /// The message at a header; `last` tells whether `path` is all of it.
    pub(super) fn header_message(&self, path: &str, array: bool, last: bool) -> String {
        let header = if array && last {
            format!("[[{path}]]")
        } else {
            format!("[{path}]")
        };
        match self.why {
            Why::Value | Why::Twice if last => {
                format!("`{path}` is set twice: as a value, and as `{header}`")
            }
            Why::Value | Why::Twice => {
                format!("`{path}` has a value already, so it cannot be a table")
            }
            Why::Inline if last => {
                format!("`{path}` is set twice: as an inline table, and as `{header}`")
            }
            Why::Inline => format!("`{path}` is an inline table, which takes no further keys"),
            Why::Dotted => format!("`{path}` is set twice: with dotted keys, and as `{header}`"),
            Why::Table => format!("`{path}` is set twice: as a table, and as `{header}`"),
            Why::Tables => {
                format!("`{path}` is set twice: as `[[{path}]]`, and as `{header}`")
            }
        }
    }
}

/// A path as it is written, without quotes.
pub(super) fn dotted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(".")
}
