//! Places inside string literals: what byte of the decoded text stands where in the document.

/// Whether a string literal ends with the quotes that it begins with.
pub(super) fn is_closed(literal: &str) -> bool {
    let Some(quotes) = quotes(literal) else {
        return false;
    };
    let mut rest = literal.get(quotes.len()..).unwrap_or_default();
    let escapes = quotes.starts_with('"');
    loop {
        if rest.starts_with(quotes) {
            return true;
        }
        let mut characters = rest.chars();
        match characters.next() {
            None => return false,
            Some('\\') if escapes => {
                characters.next_if_quote_or_backslash();
                rest = characters.as_str();
            }
            Some(_) => rest = characters.as_str(),
        }
    }
}

/// The quotes that a literal begins with.
fn quotes(literal: &str) -> Option<&'static str> {
    let kinds = ["\"\"\"", "'''", "\"", "'"];
    kinds.into_iter().find(|quotes| literal.starts_with(quotes))
}

/// Skipping what an escape protects.
trait SkipEscaped {
    fn next_if_quote_or_backslash(&mut self);
}

impl SkipEscaped for std::str::Chars<'_> {
    fn next_if_quote_or_backslash(&mut self) {
        if self.as_str().starts_with(['"', '\\']) {
            self.next();
        }
    }
}
