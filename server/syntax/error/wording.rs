//! The parser's own errors in our words.

use toml_parser::ParseError;
use toml_parser::lexer::{Token, TokenKind};

use super::{grammar, missing_equals, missing_key, too_deep, widened};
use crate::syntax::{SyntaxError, token};
use crate::text::Span;

/// How the parser's own errors read.
pub(in crate::syntax) struct Wording<'a> {
    /// The text.
    pub(in crate::syntax) text: &'a str,
    /// All its tokens, in order.
    pub(in crate::syntax) tokens: &'a [Token],
}

impl Wording<'_> {
    /// An error of the parser in our words; `None` for those that the tree reports itself.
    pub(in crate::syntax) fn of(&self, problem: &ParseError) -> Option<SyntaxError> {
        let place = problem.unexpected().or(problem.context())?;
        let context = problem.context().unwrap_or(place);
        let context = Span::new(context.start(), context.end());
        let place = self.token_at(place.start());
        let word = || shortened(place.of(self.text));
        let error = match problem.description() {
            "key with no value" | "missing value for key" | "missing value" => return None,
            "invalid key" | "invalid table" => return Some(missing_key(self.text, place)),
            "unclosed table" | "unclosed array table" => unclosed_header(self.text, context),
            "unclosed array" => grammar(context, "the array is not closed", "close it with `]`"),
            "unclosed inline table" => grammar(
                context,
                "the inline table is not closed",
                "close it with `}`",
            ),
            "unexpected key or value" | "invalid key-value pair"
                if matches!(place.of(self.text), "]" | "}") =>
            {
                grammar(place, format!("`{}` closes nothing", word()), "")
            }
            "unexpected key or value" => grammar(
                place,
                format!("`{}` is too much on this line", word()),
                "each key and each header has a line of its own",
            ),
            "invalid key-value pair" | "missing key for inline table element" => {
                grammar(place, format!("a key is missing before `{}`", word()), "")
            }
            "extra comma in array" => grammar(place, "a value is missing before the comma", ""),
            "extra comma in inline table" => grammar(
                place,
                "a key and its value are missing before the comma",
                "",
            ),
            "extra `=`" | "extra assignment between key-value pairs" => {
                grammar(place, "there is one `=` too many", "")
            }
            "unexpected `=` in array" => grammar(
                place,
                "`=` may not stand in an array",
                "a table in an array is written `{ key = value }`",
            ),
            "missing comma between array elements" | "missing comma between key-value pairs" => {
                grammar(place, format!("a comma is missing before `{}`", word()), "")
            }
            "missing assignment between key-value pairs" => self.missing_equals_before(place),
            "missing inline table opening"
            | "missing array opening"
            | "missing table open"
            | "invalid inline table element" => {
                grammar(place, format!("`{}` closes nothing", word()), "")
            }
            "cannot recurse further; max recursion depth met" => too_deep(place),
            other => grammar(place, other.to_lowercase(), ""),
        };
        Some(error)
    }

    /// The token at an offset, or the last character of the line where that is a line break or a blank.
    fn token_at(&self, offset: usize) -> Span {
        let index = self
            .tokens
            .partition_point(|token| token.span().end() <= offset);
        match self.tokens.get(index) {
            Some(found) if !token::is_blank(found.kind()) && found.kind() != TokenKind::Eof => {
                token::span(found)
            }
            _ => widened(self.text, Span::new(offset, offset)),
        }
    }

    /// The error for a value that follows its key directly.
    fn missing_equals_before(&self, place: Span) -> SyntaxError {
        let after = self
            .tokens
            .partition_point(|token| token.span().start() < place.start as usize);
        let before = self.tokens.get(..after).unwrap_or_default();
        let key = before
            .iter()
            .rev()
            .find(|token| !token::is_blank(token.kind()));
        missing_equals(self.text, key.map_or(place, token::span))
    }
}

/// A header that is not closed.
fn unclosed_header(text: &str, span: Span) -> SyntaxError {
    let header = span.of(text).trim_end();
    let span = Span::new(span.start as usize, span.start as usize + header.len());
    let name = header.trim_matches(['[', ']']).trim();
    let closed = if header.starts_with("[[") {
        format!("`[[{name}]]`")
    } else {
        format!("`[{name}]`")
    };
    grammar(span, format!("the header `{header}` is not closed"), closed)
}

/// The user's words for a message: their first line, cut if it is long.
fn shortened(words: &str) -> String {
    let line = words.lines().next().unwrap_or_default();
    if line.chars().count() <= 30 {
        return line.to_owned();
    }
    let start: String = line.chars().take(29).collect();
    format!("{start}…")
}
