//! Keys and scalars: from their text to their value, or to what is wrong with them.

use std::borrow::Cow;

use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::{ParseError, Raw};

use super::{Key, SyntaxError, Value, error, string};
use crate::text::Span;

/// The value of a scalar's text, or what is wrong with it.
pub(super) fn value(
    text: &str,
    span: Span,
    encoding: Option<Encoding>,
) -> Result<Value, SyntaxError> {
    if encoding.is_some() && !string::is_closed(span.of(text)) {
        return Err(error::unclosed_string(text, span));
    }
    let mut errors: Vec<ParseError> = Vec::new();
    let mut decoded = Cow::Borrowed("");
    let kind = raw(text, span, encoding).decode_scalar(&mut decoded, &mut errors);
    if let Some(first) = errors.first() {
        return Err(match encoding {
            Some(_) => error::in_string(text, span, first),
            None => bare(text, span, &kind),
        });
    }
    match kind {
        ScalarKind::String => Ok(Value::String(decoded.into_owned())),
        ScalarKind::Boolean(value) => Ok(Value::Boolean(value)),
        ScalarKind::DateTime => match decoded.parse::<toml::value::Datetime>() {
            Ok(_) => Ok(Value::Datetime(span.of(text).to_owned())),
            Err(_) => Err(error::bare_word(text, span, &kind)),
        },
        ScalarKind::Float => match decoded.parse::<f64>() {
            Ok(value) if value.is_finite() || decoded.ends_with("inf") || value.is_nan() => {
                Ok(Value::Float(value))
            }
            _ => Err(error::too_large(text, span)),
        },
        ScalarKind::Integer(radix) => i64::from_str_radix(&decoded, radix.value())
            .map(Value::Integer)
            .map_err(|problem| error::integer(text, span, &problem)),
    }
}

/// What is wrong with words without quotes.
fn bare(text: &str, span: Span, kind: &ScalarKind) -> SyntaxError {
    let words = span.of(text);
    let start = span.start as usize;
    let Some(blank) = words.find([' ', '\t']) else {
        return error::bare_word(text, span, kind);
    };
    if value(text, Span::new(start, start + blank), None).is_err() {
        return error::bare_word(text, span, kind);
    }
    let rest = words.get(blank..).unwrap_or_default();
    let second = start + words.len() - rest.trim_start().len();
    let length = rest.trim_start().find([' ', '\t']);
    let length = length.unwrap_or(rest.trim_start().len());
    error::second_word(text, Span::new(second, second + length))
}

/// A key, and what is wrong with it. An empty span stands for a key that is missing.
pub(super) fn key(
    text: &str,
    span: Span,
    encoding: Option<Encoding>,
) -> (Option<Key>, Option<SyntaxError>) {
    if span.is_empty() {
        return (None, Some(error::missing_key(text, span)));
    }
    if encoding.is_some() && !string::is_closed(span.of(text)) {
        return (None, Some(error::unclosed_string(text, span)));
    }
    let mut errors: Vec<ParseError> = Vec::new();
    let mut name = Cow::Borrowed("");
    raw(text, span, encoding).decode_key(&mut name, &mut errors);
    let problem = errors.first().map(|first| match encoding {
        Some(Encoding::BasicString | Encoding::LiteralString) => {
            error::in_string(text, span, first)
        }
        Some(_) => error::multi_line_key(text, span),
        None => error::bare_key(text, span),
    });
    let name = name.into_owned();
    (Some(Key { name, span }), problem)
}

/// The text at a place, as the decoder wants it.
fn raw(text: &str, span: Span, encoding: Option<Encoding>) -> Raw<'_> {
    let place = toml_parser::Span::new_unchecked(span.start as usize, span.end as usize);
    Raw::new_unchecked(span.of(text), encoding, place)
}
