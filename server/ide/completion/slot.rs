//! The place that an item fills.

use super::{CompletionItem, CompletionKind, Page, Request};
use crate::text::Span;

/// A literal that is replaced.
pub(super) struct Literal {
    /// Its place, quotes included; empty where nothing is typed yet.
    pub(super) span: Span,
    /// Whether it begins with a quote.
    pub(super) quoted: bool,
    /// Whether it ends with one.
    pub(super) closed: bool,
}

/// How an item is written into its place.
pub(super) struct Slot {
    span: Span,
    /// The quotes that are typed.
    quotes: Option<Quotes>,
    /// Whether a value gets quotes where none are typed.
    adds_quotes: bool,
    rest_can_stay: bool,
}

/// Quotes around a literal.
struct Quotes {
    opening: &'static str,
    is_closed: bool,
}

impl Quotes {
    fn of(written: &str, is_closed: bool) -> Option<Self> {
        let all = ["\"\"\"", "'''", "\"", "'"];
        let mut openings = all.into_iter().filter(|it| written.starts_with(it));
        // `""` and `"""` are a string without text, and the beginning of one.
        let opening = openings.find(|it| !is_closed || written.len() >= 2 * it.len())?;
        Some(Self { opening, is_closed })
    }

    /// What stands between them for a value, if they can hold it.
    fn holding(&self, value: &str) -> Option<String> {
        if self.opening.starts_with('"') {
            return Some(escaped(value));
        }
        (!value.contains('\'')).then(|| value.to_owned())
    }
}

impl Slot {
    /// The place of a whole value.
    pub(super) fn value(at: &Request<'_>, literal: &Literal) -> Self {
        let written = literal.span.of(&at.analysis.text);
        let quotes = Quotes::of(written, literal.closed).filter(|_| literal.quoted);
        // Before the opening quote, there is nothing yet that the rest could belong to.
        let rest_can_stay = quotes.as_ref().is_some_and(|quotes| {
            let content = literal.span.start as usize + quotes.opening.len();
            quotes.is_closed && content <= at.offset as usize
        });
        Self {
            span: literal.span,
            quotes,
            adds_quotes: true,
            rest_can_stay,
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
            quotes: None,
            adds_quotes: false,
            rest_can_stay: true,
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
            quotes: None,
            adds_quotes: false,
            rest_can_stay: true,
        })
    }

    /// Whether a blank follows the place.
    pub(super) fn is_followed_by_blank(&self, at: &Request<'_>) -> bool {
        let after = at.analysis.text.get(self.span.end as usize..);
        after.is_some_and(|after| after.starts_with([' ', '\t']))
    }

    /// A string that fills the place.
    pub(super) fn string(&self, value: &str, kind: CompletionKind) -> CompletionItem {
        let Some(quotes) = &self.quotes else {
            let text = match self.adds_quotes {
                true => quoted(value),
                false => value.to_owned(),
            };
            return self.item(value, kind, text, value.to_owned());
        };
        let opening = quotes.opening;
        let Some(content) = quotes.holding(value) else {
            let item = self.item(value, kind, quoted(value), format!("{opening}{value}"));
            return CompletionItem {
                rest_can_stay: false,
                ..item
            };
        };
        let filter = format!("{opening}{content}");
        if !quotes.is_closed {
            let text = format!("{filter}{opening}");
            return self.item(value, kind, text, filter);
        }
        let end = self.span.end as usize - opening.len();
        CompletionItem {
            span: Span::new(self.span.start as usize, end),
            ..self.item(value, kind, filter.clone(), filter)
        }
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
            rest_can_stay: self.rest_can_stay,
            text,
            snippet: None,
            whole: None,
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

/// A string as TOML writes it.
fn quoted(value: &str) -> String {
    format!("\"{}\"", escaped(value))
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"")
}
