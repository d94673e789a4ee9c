//! What is wrong with a text, in our words and at the smallest place.

mod wording;

use std::num::{IntErrorKind, ParseIntError};

use toml_parser::ParseError;
use toml_parser::decoder::ScalarKind;

use super::tree::Statement;
use super::{SyntaxError, SyntaxErrorKind};
use crate::text::Span;
pub(super) use wording::Wording;

/// A mistake of grammar.
pub(super) fn grammar(
    span: Span,
    message: impl Into<String>,
    help: impl Into<String>,
) -> SyntaxError {
    SyntaxError {
        message: message.into(),
        span,
        help: help.into(),
        kind: SyntaxErrorKind::Grammar,
    }
}

/// A key or table that is there already.
pub(super) fn duplicate(
    span: Span,
    first: Span,
    entry: Span,
    path: String,
    message: String,
) -> SyntaxError {
    SyntaxError {
        message,
        span,
        help: String::new(),
        kind: SyntaxErrorKind::Duplicate { path, first, entry },
    }
}

/// The quotes that are never closed: the rest of the line, or the three quotes alone.
pub(super) fn unclosed_string(text: &str, span: Span) -> SyntaxError {
    let literal = span.of(text);
    for quotes in ["\"\"\"", "'''"] {
        if literal.starts_with(quotes) {
            let start = span.start as usize;
            let place = Span::new(start, start + quotes.len());
            return grammar(
                place,
                "the string is not closed",
                format!("close it with `{quotes}`"),
            );
        }
    }
    let quote = literal.get(..1).unwrap_or_default();
    let start = span.start as usize;
    let place = Span::new(start, start + literal.trim_end().len());
    grammar(
        place,
        "the string is not closed",
        format!("close it with `{quote}`"),
    )
}

/// What is wrong inside a closed string.
pub(super) fn in_string(text: &str, span: Span, problem: &ParseError) -> SyntaxError {
    let literal = span.of(text);
    let at = problem.unexpected().map_or(0, |place| place.start());
    let at = at.saturating_sub(span.start as usize).min(literal.len());
    let before = literal.get(..at).unwrap_or(literal);
    let rest = literal.get(before.len()..).unwrap_or_default();
    let description = problem.description();
    if description.starts_with("carriage return") {
        let start = span.start as usize + before.len().saturating_sub(1);
        return lone_carriage_return(Span::new(start, start + 1));
    }
    if description.starts_with("invalid multi-line basic string") && rest.starts_with(['"', '\'']) {
        return grammar(span, "the string has too many quotes at its end", "");
    }
    if rest.starts_with('\r') {
        let start = span.start as usize + before.len();
        return lone_carriage_return(Span::new(start, start + 1));
    }
    if let Some(character) = rest
        .chars()
        .next()
        .filter(|character| is_forbidden(*character))
    {
        let start = span.start as usize + before.len();
        let place = Span::new(start, start + character.len_utf8());
        return control_character(place, character);
    }
    let Some(backslash) = before.rfind('\\') else {
        return grammar(span, "the string is not closed as it was opened", "");
    };
    let after = literal.get(backslash + 1..).unwrap_or_default();
    let digits = match after.chars().next() {
        Some('x') => 2,
        Some('u') => 4,
        Some('U') => 8,
        _ => 0,
    };
    let digits = after.chars().skip(1).take(digits);
    let digits = digits.take_while(char::is_ascii_hexdigit).count();
    let length = after.chars().next().map_or(0, char::len_utf8) + digits;
    let start = span.start as usize + backslash;
    let place = Span::new(start, start + 1 + length);
    let help = if after.starts_with(['x', 'u', 'U']) {
        "`\\x` takes two digits, `\\u` four and `\\U` eight, of a character that exists"
    } else {
        "a backslash itself is written `\\\\`"
    };
    let escape = place.of(text);
    grammar(place, format!("`{escape}` is not an escape"), help)
}

fn is_forbidden(character: char) -> bool {
    character.is_ascii_control() && !matches!(character, '\t' | '\n')
}

/// A character that TOML allows nowhere.
pub(super) fn control_character(place: Span, character: char) -> SyntaxError {
    let code = u32::from(character);
    grammar(
        place,
        format!("the control character U+{code:04X} may not stand here"),
        format!("in a string with double quotes it is written `\\u{code:04X}`"),
    )
}

/// A carriage return without its line feed.
pub(super) fn lone_carriage_return(place: Span) -> SyntaxError {
    grammar(
        place,
        "a carriage return stands without a line feed",
        "end lines with a line feed",
    )
}

/// A word without quotes that is no value.
pub(super) fn bare_word(text: &str, span: Span, kind: &ScalarKind) -> SyntaxError {
    let word = span.of(text);
    let lower = word.to_ascii_lowercase();
    if matches!(lower.as_str(), "true" | "false" | "inf" | "nan") {
        return grammar(
            span,
            format!("`{word}` is not a value; it is written in lower case"),
            format!("`{lower}`"),
        );
    }
    if let Some(word) = word.strip_suffix(['"', '\'']) {
        let quote = if span.of(text).ends_with('"') {
            '"'
        } else {
            '\''
        };
        let word = word.trim_end_matches(quote);
        return grammar(
            span,
            format!("the opening quote is missing before `{word}`"),
            format!("`{quote}{word}{quote}`"),
        );
    }
    let digits = word.trim_start_matches(['+', '-']);
    if *kind == ScalarKind::DateTime {
        return grammar(
            span,
            format!("`{word}` is not a date or time"),
            "they are written like `2024-05-27`, `07:32:00` or `2024-05-27T07:32:00Z`",
        );
    }
    let trimmed = digits.trim_start_matches('0');
    let all_digits = !trimmed.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits && digits.starts_with('0') {
        return grammar(
            span,
            format!("the number `{word}` begins with a zero"),
            format!("`{trimmed}`, or `\"{word}\"` for a string"),
        );
    }
    let escaped = word.replace('\\', "\\\\").replace('"', "\\\"");
    let what = match kind {
        ScalarKind::Float | ScalarKind::Integer(_) => "a number",
        _ => "a value",
    };
    grammar(
        span,
        format!("`{word}` is not {what}; strings stand in quotes"),
        format!("`\"{escaped}\"`"),
    )
}

/// A word behind a bare value.
pub(super) fn second_word(text: &str, span: Span) -> SyntaxError {
    grammar(
        span,
        format!(
            "a comma or a line break is missing before `{}`",
            span.of(text)
        ),
        "",
    )
}

/// Several bare words as a key.
pub(super) fn spaced_key(text: &str, span: Span) -> SyntaxError {
    let words = span.of(text);
    grammar(
        span,
        format!("the key `{words}` needs quotes"),
        format!("`\"{words}\"`"),
    )
}

/// An integer that cannot be read.
pub(super) fn integer(text: &str, span: Span, problem: &ParseIntError) -> SyntaxError {
    match problem.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => too_large(text, span),
        _ => grammar(span, format!("`{}` is not a number", span.of(text)), ""),
    }
}

/// A number beyond 64 bits.
pub(super) fn too_large(text: &str, span: Span) -> SyntaxError {
    grammar(
        span,
        format!("the number `{}` does not fit 64 bits", span.of(text)),
        "",
    )
}

/// A key that is not there. The place is widened to the character that stands where it should.
pub(super) fn missing_key(text: &str, place: Span) -> SyntaxError {
    grammar(widened(text, place), "a key is missing", "")
}

/// A key in three quotes.
pub(super) fn multi_line_key(text: &str, span: Span) -> SyntaxError {
    let name = span.of(text).trim_matches(['"', '\'']);
    let help = if name.contains('\n') {
        String::new()
    } else {
        format!("`\"{name}\"`")
    };
    grammar(span, "a key may not be a multi-line string", help)
}

/// A bare key with characters that need quotes.
pub(super) fn bare_key(text: &str, span: Span) -> SyntaxError {
    let word = span.of(text);
    let bare = word.trim_matches(['"', '\'']);
    let escaped = bare.replace('\\', "\\\\").replace('"', "\\\"");
    grammar(
        span,
        format!("the key `{word}` needs quotes"),
        format!("`\"{escaped}\"`"),
    )
}

/// A key that nothing follows.
pub(super) fn missing_equals(text: &str, key: Span) -> SyntaxError {
    let name = key.of(text);
    if let Some(name) = name.strip_suffix(':') {
        let end = key.end as usize;
        return grammar(
            Span::new(end - 1, end),
            format!("`=` is missing after the key `{name}`"),
            format!("`{name} = …`"),
        );
    }
    grammar(
        key,
        format!("`=` is missing after the key `{name}`"),
        format!("`{name} = …`"),
    )
}

/// A value that is not there; the place is that of the `=`.
pub(super) fn missing_value(text: &str, equals: Span) -> SyntaxError {
    grammar(
        widened(text, equals),
        "a value is missing",
        "write it after the `=`",
    )
}

/// The first mistake of each statement: what follows it comes of it, more often than not.
///
/// That a bracket is not closed counts last, since it may be swallowed by a string that is not closed either.
pub(super) fn first_of_each(
    mut errors: Vec<SyntaxError>,
    statements: &[(u32, Statement)],
) -> Vec<SyntaxError> {
    let statement = |error: &SyntaxError| {
        let start = error.span.start;
        statements.partition_point(|(begin, _)| *begin <= start)
    };
    errors.sort_by_key(|error| {
        let bracket =
            error.message.starts_with("the array") || error.message.starts_with("the inline");
        (statement(error), bracket, error.span)
    });
    errors.dedup_by_key(|error| statement(error));
    errors
}

/// Too many brackets in brackets, or too long a path.
pub(super) fn too_deep(place: Span) -> SyntaxError {
    grammar(
        place,
        "there are more than 64 levels of tables and arrays",
        "",
    )
}

/// A place that is not empty, unless the text is: the character at it, or the last one before it on its line.
pub(super) fn widened(text: &str, place: Span) -> Span {
    if !place.is_empty() {
        return place;
    }
    let at = place.start as usize;
    let after = text.get(at..).unwrap_or_default();
    if let Some(next) = after.chars().next().filter(|next| !next.is_whitespace()) {
        return Span::new(at, at + next.len_utf8());
    }
    let before = text.get(..at).unwrap_or_default();
    match before.chars().next_back().filter(|last| *last != '\n') {
        Some(last) => Span::new(at - last.len_utf8(), at),
        None => {
            let length = after.chars().next().map_or(0, char::len_utf8);
            Span::new(at, at + length)
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use crate::syntax::parse;

    /// Each text with its errors: what stands there, the message, the help.
    fn check(texts: &[&str], expected: &Expect) {
        let mut report = String::new();
        for text in texts {
            report.push_str(&format!("{text:?}\n"));
            for error in parse(text).errors {
                let place = error.span.of(text);
                report.push_str(&format!(
                    "    {place:?} {}; {}\n",
                    error.message, error.help
                ));
            }
        }
        expected.assert_eq(&report);
    }

    #[test]
    fn keys_and_lines() {
        check(
            &[
                "ru",
                "ru # x",
                "runtime.",
                "= 1",
                "a..b = 1",
                "a b = 1",
                "a$b = 1",
                "lang: \"go\"",
                "a = = 1",
                "}",
                "a = 1 b",
                "a = 1 ]",
                "\"\"\"a\"\"\" = 1",
                "a = 1\rb = 2\rc = 3",
                "# \u{1}",
                "[a",
                "[[a]",
                "[a.]",
                "[]",
                "[a] b = 1",
                "[a b]",
                "[",
                "[a]]",
            ],
            &expect![[r##"
                "ru"
                    "ru" `=` is missing after the key `ru`; `ru = …`
                "ru # x"
                    "ru" `=` is missing after the key `ru`; `ru = …`
                "runtime."
                    "." a key is missing; 
                "= 1"
                    "=" a key is missing; 
                "a..b = 1"
                    "." a key is missing; 
                "a b = 1"
                    "a b" the key `a b` needs quotes; `"a b"`
                "a$b = 1"
                    "a$b" the key `a$b` needs quotes; `"a$b"`
                "lang: \"go\""
                    ":" `=` is missing after the key `lang`; `lang = …`
                "a = = 1"
                    "=" a value is missing; write it after the `=`
                "}"
                    "}" `}` closes nothing; 
                "a = 1 b"
                    "b" a comma or a line break is missing before `b`; 
                "a = 1 ]"
                    "]" `]` closes nothing; 
                "\"\"\"a\"\"\" = 1"
                    "\"\"\"a\"\"\"" a key may not be a multi-line string; `"a"`
                "a = 1\rb = 2\rc = 3"
                    "\r" a carriage return stands without a line feed; end lines with a line feed
                "# \u{1}"
                    "\u{1}" the control character U+0001 may not stand here; in a string with double quotes it is written `\u0001`
                "[a"
                    "[a" the header `[a` is not closed; `[a]`
                "[[a]"
                    "[[a]" the header `[[a]` is not closed; `[[a]]`
                "[a.]"
                    "]" a key is missing; 
                "[]"
                    "]" a key is missing; 
                "[a] b = 1"
                    "b" `b` is too much on this line; each key and each header has a line of its own
                "[a b]"
                    "[a" the header `[a` is not closed; `[a]`
                "["
                    "[" a key is missing; 
                "[a]]"
                    "]" `]` closes nothing; 
            "##]],
        );
    }

    #[test]
    fn values() {
        check(
            &[
                "a =",
                "a = # x",
                "a = go",
                "a = go lang",
                "a = True",
                "a = go\"",
                "a = 007",
                "a = 1.2.3",
                "a = 1__0",
                "a = 0xg",
                "a = 99999999999999999999",
                "a = 1e999",
                "a = 2024-13-01",
                "a = 25:00",
                "a = \"x",
                "a = \"x # y\r\nb = 1",
                "a = 'x",
                "a = \"\"\"x\ny",
                "a = \"\\q\"",
                "a = \"\\u12\"",
                "a = \"\\ud800\"",
                "a = \"\u{1}\"",
                "a = 'x\ry'",
                "a = \"\"\"a\"\"\"\"\"\"",
            ],
            &expect![[r#"
                "a ="
                    "=" a value is missing; write it after the `=`
                "a = # x"
                    "=" a value is missing; write it after the `=`
                "a = go"
                    "go" `go` is not a value; strings stand in quotes; `"go"`
                "a = go lang"
                    "go lang" `go lang` is not a value; strings stand in quotes; `"go lang"`
                "a = True"
                    "True" `True` is not a value; it is written in lower case; `true`
                "a = go\""
                    "go\"" the opening quote is missing before `go`; `"go"`
                "a = 007"
                    "007" the number `007` begins with a zero; `7`, or `"007"` for a string
                "a = 1.2.3"
                    "1.2.3" `1.2.3` is not a number; strings stand in quotes; `"1.2.3"`
                "a = 1__0"
                    "1__0" `1__0` is not a number; strings stand in quotes; `"1__0"`
                "a = 0xg"
                    "0xg" `0xg` is not a number; strings stand in quotes; `"0xg"`
                "a = 99999999999999999999"
                    "99999999999999999999" the number `99999999999999999999` does not fit 64 bits; 
                "a = 1e999"
                    "1e999" the number `1e999` does not fit 64 bits; 
                "a = 2024-13-01"
                    "2024-13-01" `2024-13-01` is not a date or time; they are written like `2024-05-27`, `07:32:00` or `2024-05-27T07:32:00Z`
                "a = 25:00"
                    "25:00" `25:00` is not a date or time; they are written like `2024-05-27`, `07:32:00` or `2024-05-27T07:32:00Z`
                "a = \"x"
                    "\"x" the string is not closed; close it with `"`
                "a = \"x # y\r\nb = 1"
                    "\"x # y" the string is not closed; close it with `"`
                "a = 'x"
                    "'x" the string is not closed; close it with `'`
                "a = \"\"\"x\ny"
                    "\"\"\"" the string is not closed; close it with `"""`
                "a = \"\\q\""
                    "\\q" `\q` is not an escape; a backslash itself is written `\\`
                "a = \"\\u12\""
                    "\\u12" `\u12` is not an escape; `\x` takes two digits, `\u` four and `\U` eight, of a character that exists
                "a = \"\\ud800\""
                    "\\ud800" `\ud800` is not an escape; `\x` takes two digits, `\u` four and `\U` eight, of a character that exists
                "a = \"\u{1}\""
                    "\u{1}" the control character U+0001 may not stand here; in a string with double quotes it is written `\u0001`
                "a = 'x\ry'"
                    "\r" a carriage return stands without a line feed; end lines with a line feed
                "a = \"\"\"a\"\"\"\"\"\""
                    "\"" `"` is too much on this line; each key and each header has a line of its own
            "#]],
        );
    }

    #[test]
    fn brackets() {
        check(
            &[
                "a = [1",
                "a = [1 2]",
                "a = [1,,2]",
                "a = [b = 1]",
                "a = 1]",
                "a = ]",
                "a = {",
                "a = { b }",
                "a = { b = }",
                "a = { b 1 }",
                "a = { b: 1 }",
                "a = { b = 1 c = 2 }",
                "a = { , }",
                "a = { {} }",
                "a = [\n  \"x,\n  \"y\",\n]",
                "copy = [\"a\nb = 1\n[c]\nd = [1\n[e]",
            ],
            &expect![[r#"
                "a = [1"
                    "[" the array is not closed; close it with `]`
                "a = [1 2]"
                    "2" a comma or a line break is missing before `2`; 
                "a = [1,,2]"
                    "," a value is missing before the comma; 
                "a = [b = 1]"
                    "=" `=` may not stand in an array; a table in an array is written `{ key = value }`
                "a = 1]"
                    "]" `]` closes nothing; 
                "a = ]"
                    "]" `]` closes nothing; 
                "a = {"
                    "{" the inline table is not closed; close it with `}`
                "a = { b }"
                    "b" `=` is missing after the key `b`; `b = …`
                "a = { b = }"
                    "=" a value is missing; write it after the `=`
                "a = { b 1 }"
                    "b" `=` is missing after the key `b`; `b = …`
                "a = { b: 1 }"
                    ":" `=` is missing after the key `b`; `b = …`
                "a = { b = 1 c = 2 }"
                    "=" there is one `=` too many; 
                "a = { , }"
                    "," a key and its value are missing before the comma; 
                "a = { {} }"
                    "{" a key is missing before `{`; 
                "a = [\n  \"x,\n  \"y\",\n]"
                    "\"x," the string is not closed; close it with `"`
                "copy = [\"a\nb = 1\n[c]\nd = [1\n[e]"
                    "\"a" the string is not closed; close it with `"`
                    "[" the array is not closed; close it with `]`
            "#]],
        );
    }

    #[test]
    fn duplicates() {
        check(
            &[
                "a = 1\na = 2",
                "[t]\na.b = 1\na.b = 2",
                "a = 1\na.b = 2",
                "a.b = 1\na = 2",
                "a = {}\na.b = 1",
                "[b]\nx = 1\n[b]\nx = 2\ny = 3",
                "[a]\n[[a]]",
                "[[a]]\n[a]",
                "a = 1\n[a]",
                "a = {}\n[a]",
                "a.b = 1\n[a]",
                "a = {}\n[a.b]",
                "a = 1\n[a.b]",
                "a = []\n[[a]]",
                "[a.b]\n[a]\nb.c = 1",
                "a = { b = 1, b = 2 }",
                "[[a.b]]\n[a]\nb.c = 1",
            ],
            &expect![[r#"
                "a = 1\na = 2"
                    "a" `a` is set twice; 
                "[t]\na.b = 1\na.b = 2"
                    "b" `t.a.b` is set twice; 
                "a = 1\na.b = 2"
                    "a" `a` has a value already, so it cannot be a table; 
                "a.b = 1\na = 2"
                    "a" `a` is set twice; 
                "a = {}\na.b = 1"
                    "a" `a` is an inline table, which takes no further keys; 
                "[b]\nx = 1\n[b]\nx = 2\ny = 3"
                    "[b]" `[b]` is there twice; 
                "[a]\n[[a]]"
                    "[[a]]" `a` is set twice: as a table, and as `[[a]]`; 
                "[[a]]\n[a]"
                    "[a]" `a` is set twice: as `[[a]]`, and as `[a]`; 
                "a = 1\n[a]"
                    "[a]" `a` is set twice: as a value, and as `[a]`; 
                "a = {}\n[a]"
                    "[a]" `a` is set twice: as an inline table, and as `[a]`; 
                "a.b = 1\n[a]"
                    "[a]" `a` is set twice: with dotted keys, and as `[a]`; 
                "a = {}\n[a.b]"
                    "[a.b]" `a` is an inline table, which takes no further keys; 
                "a = 1\n[a.b]"
                    "[a.b]" `a` has a value already, so it cannot be a table; 
                "a = []\n[[a]]"
                    "[[a]]" `a` is set twice: as a value, and as `[[a]]`; 
                "[a.b]\n[a]\nb.c = 1"
                    "b" `a.b` is a table already, which dotted keys cannot extend; 
                "a = { b = 1, b = 2 }"
                    "b" `b` is set twice; 
                "[[a.b]]\n[a]\nb.c = 1"
                    "b" `a.b` is an array of tables, which dotted keys cannot extend; 
            "#]],
        );
    }
}
