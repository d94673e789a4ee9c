//! The place that an item fills.

use super::{CompletionItem, CompletionKind, Page, Request};
use crate::text::Span;

/// A literal that is replaced as a whole.
pub(super) struct Literal {
    /// Its place, quotes included; empty where nothing is typed yet.
    pub(super) span: Span,
    /// Whether it begins with a quote.
    pub(super) quoted: bool,
}

/// How an item is written into its place.
pub(super) struct Slot {
    span: Span,
    quote: Option<char>,
    /// Whether a value gets quotes where none are typed.
    adds_quotes: bool,
}

impl Slot {
    /// The place of a whole value.
    pub(super) fn value(at: &Request<'_>, literal: &Literal) -> Self {
        let written = literal.span.of(&at.analysis.text);
        Self {
            span: literal.span,
            quote: written.chars().next().filter(|_| literal.quoted),
            adds_quotes: true,
        }
    }

    /// The place of a word inside a string: what is typed of it, and what follows up to a character that ends it.
    ///
    /// `None` where the text before the cursor is not what was typed, as behind an escape.
    pub(super) fn word(at: &Request<'_>, typed: &str) -> Option<Self> {
        if !at.before().ends_with(typed) {
            return None;
        }
        let ends = |found: char| {
            found.is_whitespace() || matches!(found, '"' | '\'' | ',' | ']' | '}' | '=' | '#')
        };
        let after = at.after();
        let rest = after.find(ends).unwrap_or(after.len());
        let offset = at.offset as usize;
        Some(Self {
            span: Span::new(offset - typed.len(), offset + rest),
            quote: None,
            adds_quotes: false,
        })
    }

    /// The place of a name inside a string: what is typed of it, and the letters that follow.
    pub(super) fn name(at: &Request<'_>, typed: &str) -> Option<Self> {
        if !at.before().ends_with(typed) {
            return None;
        }
        let after = at.after();
        let rest = after.trim_start_matches(|it: char| it.is_ascii_alphanumeric() || it == '_');
        let offset = at.offset as usize;
        Some(Self {
            span: Span::new(offset - typed.len(), offset + after.len() - rest.len()),
            quote: None,
            adds_quotes: false,
        })
    }

    /// Whether a blank follows the place.
    pub(super) fn is_followed_by_blank(&self, at: &Request<'_>) -> bool {
        let after = at.analysis.text.get(self.span.end as usize..);
        after.is_some_and(|after| after.starts_with([' ', '\t']))
    }

    /// A string that fills the place.
    pub(super) fn string(&self, value: &str, kind: CompletionKind) -> CompletionItem {
        let (text, filter) = match self.quote {
            Some(quote) => {
                let text = quoted(value, quote);
                (text.clone(), text)
            }
            None if self.adds_quotes => (quoted(value, '"'), value.to_owned()),
            None => (value.to_owned(), value.to_owned()),
        };
        self.item(value, kind, text, filter)
    }

    /// A value that is written as it is.
    pub(super) fn bare(&self, value: &str, kind: CompletionKind) -> CompletionItem {
        self.item(value, kind, value.to_owned(), value.to_owned())
    }

    fn item(
        &self,
        label: &str,
        kind: CompletionKind,
        text: String,
        filter: String,
    ) -> CompletionItem {
        CompletionItem {
            label: label.to_owned(),
            kind,
            detail: String::new(),
            note: String::new(),
            page: Page::None,
            span: self.span,
            text,
            snippet: None,
            filter,
        }
    }
}

impl CompletionItem {
    /// The same with a few words about it.
    pub(super) fn with_detail(self, detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            ..self
        }
    }

    /// The same with its page.
    pub(super) fn with_page(self, page: Page) -> Self {
        Self { page, ..self }
    }

    /// The same with places to fill in.
    pub(super) fn with_snippet(self, snippet: impl Into<String>) -> Self {
        Self {
            snippet: Some(snippet.into()),
            ..self
        }
    }

    /// The same under another label.
    pub(super) fn labelled(self, label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            ..self
        }
    }
}

/// A string as TOML writes it; with double quotes where the wanted ones cannot hold it.
fn quoted(value: &str, quote: char) -> String {
    if quote == '\'' && !value.contains('\'') {
        return format!("'{value}'");
    }
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}
