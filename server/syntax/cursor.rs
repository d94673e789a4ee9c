//! Where a cursor stands in a document that may be broken: from the tokens, not from the tree.

mod place;
mod walk;

use std::collections::HashMap;

use toml_parser::lexer::{Token, TokenKind};
use walk::{Phase, Walk};

use super::{Step, recover, string, token};
use crate::text::Span;

/// Where a cursor stands in a possibly broken document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The table or array that the cursor is in, from the root. Items of arrays of tables are counted by their headers.
    pub path: Vec<Step>,
    /// What it stands in there.
    pub place: Place,
}

/// What a cursor stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In or before a key. The path is that of the table that the key goes into, a dotted prefix included.
    Key {
        /// What stands of the key before the cursor, without quotes.
        typed: String,
        /// The part of the key to replace, with quotes; empty if nothing stands there.
        span: Span,
        /// Whether an `=` follows.
        has_value: bool,
    },
    /// In a value, or where one is missing. The path ends with its key, or its index in an array.
    Value {
        /// The decoded text before the cursor.
        typed: String,
        /// The literal to replace, with quotes; empty if nothing stands there.
        span: Span,
        /// Whether it begins with a quote.
        quoted: bool,
        /// Whether it ends with one.
        closed: bool,
    },
    /// In a header. The path is empty.
    Header {
        /// The dotted parts before the cursor.
        typed: String,
        /// All between the brackets.
        span: Span,
        /// Whether it begins with two brackets.
        array: bool,
    },
    /// In a comment.
    Comment {
        /// The comment, with its `#`.
        span: Span,
        /// What stands of it before the cursor, with the `#`.
        typed: String,
    },
    /// Behind a complete key, value or header.
    Nothing,
}

/// Where the cursor at `offset` stands. An offset inside a character counts as its start.
pub fn cursor(text: &str, offset: u32) -> Cursor {
    let mut at = (offset as usize).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let tokens = token::read(text);
    if let Some(start) = header_in_open_string(text, &tokens, at) {
        return below(text, start, at);
    }
    let cuts = recover::cuts(text, &tokens);
    let mut walk = Walk {
        text,
        tokens: &tokens,
        at,
        table: Vec::new(),
        items: HashMap::new(),
        frames: Vec::new(),
        phase: Phase::default(),
    };
    let mut cuts = cuts.iter().peekable();
    for (index, token) in tokens.iter().enumerate() {
        if cuts.next_if_eq(&&index).is_some() {
            walk.frames.clear();
            walk.phase = Phase::default();
        }
        if walk.stops(token) {
            break;
        }
        walk.pass(token);
    }
    walk.place()
}

/// How many lines that may be headers are looked at.
const MOST_LINES: usize = 8;

/// Where the cursor stands if the last line before it that `is_header` accepts is a header, and no text of the string of
/// several lines that the cursor is in; nothing where it is in no such string, or no such line is there.
pub fn cursor_below(text: &str, offset: u32, is_header: &dyn Fn(&str) -> bool) -> Option<Cursor> {
    let at = offset as usize;
    let literal = long_string(&token::read(text), at)?;
    let before = text.get(literal.start as usize..at)?;
    let starts = before.rmatch_indices('\n');
    let starts = starts.map(|(end, _)| literal.start as usize + end + 1);
    let lines = starts.filter_map(|start| Some((start, text.get(start..)?.lines().next()?)));
    let mut lines = lines
        .filter(|(_, line)| line.starts_with('['))
        .take(MOST_LINES);
    let (start, _) = lines.find(|(_, line)| is_header(line.trim_end()))?;
    Some(below(text, start, at))
}

/// The string of several lines that a place is in.
fn long_string(tokens: &[Token], at: usize) -> Option<Span> {
    let index = tokens.partition_point(|token| token.span().end() < at);
    let token = tokens
        .get(index)
        .filter(|token| token.span().start() < at)?;
    let is_long = matches!(
        token.kind(),
        TokenKind::MlBasicString | TokenKind::MlLiteralString
    );
    is_long.then(|| token::span(token))
}

/// Where the last line begins before the cursor that can only be a header, if the cursor is in a string of several lines
/// that nothing closes: such a string takes all that follows with it.
fn header_in_open_string(text: &str, tokens: &[Token], at: usize) -> Option<usize> {
    let literal = long_string(tokens, at)?;
    if string::is_closed(literal.of(text)) {
        return None;
    }
    let before = text.get(literal.start as usize..at)?;
    let mut ends = before.rmatch_indices('\n');
    ends.find_map(|(end, _)| {
        let start = literal.start as usize + end + 1;
        let line = text.get(start..)?.lines().next()?;
        if !line.trim_start().starts_with('[') {
            return None;
        }
        let tokens = token::read(line);
        let header = token::header_line(line, &tokens, 0)?;
        header.certain.then_some(start)
    })
}

/// Where the cursor stands in what begins at `start`, as if nothing stood before it.
fn below(text: &str, start: usize, at: usize) -> Cursor {
    let rest = text.get(start..).unwrap_or_default();
    let mut found = cursor(rest, Span::new(at - start, at - start).start);
    if let Place::Key { span, .. }
    | Place::Value { span, .. }
    | Place::Header { span, .. }
    | Place::Comment { span, .. } = &mut found.place
    {
        *span = Span::new(start + span.start as usize, start + span.end as usize);
    }
    found
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::{Cursor, Place, Step, cursor};

    fn path(steps: &[Step]) -> String {
        let steps = steps.iter().map(|step| match step {
            Step::Key(name) => name.clone(),
            Step::Index(index) => format!("#{index}"),
        });
        steps.collect::<Vec<_>>().join(".")
    }

    fn describe(text: &str, found: &Cursor) -> String {
        let place = match &found.place {
            Place::Key {
                typed,
                span,
                has_value,
            } => {
                let value = if *has_value { ", has a value" } else { "" };
                format!("key: {typed:?} over {:?}{value}", span.of(text))
            }
            Place::Value {
                typed,
                span,
                quoted,
                closed,
            } => {
                let quoted = if *quoted { ", quoted" } else { "" };
                let closed = if *closed { ", closed" } else { "" };
                format!("value: {typed:?} over {:?}{quoted}{closed}", span.of(text))
            }
            Place::Header { typed, span, array } => {
                let array = if *array { ", array" } else { "" };
                format!("header: {typed:?} over {:?}{array}", span.of(text))
            }
            Place::Comment { typed, .. } => format!("comment: {typed:?}"),
            Place::Nothing => "nothing".to_owned(),
        };
        format!("    at `{}`, {place}\n", path(&found.path))
    }

    fn check(fixtures: &[&str], expected: &Expect) {
        let mut report = String::new();
        for fixture in fixtures {
            let (before, after) = fixture.split_once("<|>").expect("a cursor");
            let text = format!("{before}{after}");
            let offset = u32::try_from(before.len()).expect("the text is short");
            report.push_str(&format!("{fixture:?}\n"));
            report.push_str(&describe(&text, &cursor(&text, offset)));
        }
        expected.assert_eq(&report);
    }

    #[test]
    fn keys() {
        check(
            &[
                "<|>",
                "la<|>",
                "<|>language = \"go\"",
                "la<|>nguage = \"go\"",
                "language<|> = \"go\"",
                "language <|>= \"go\"",
                "a = 1\n<|>\n[b]",
                "[runtime]\nim<|>",
                "runtime.im<|>",
                "runtime.<|>",
                "runtime.<|>image = \"x\"",
                "run<|>time.image = \"x\"",
                "a.b.c<|>\n",
                "\"a b<|>\" = 1",
                "'é<|>",
                "[a.\"b c\"]\nx<|>",
                "[[a]]\n[[a]]\nx<|>",
                "[[a]]\n[[a]]\n[a.b]\nx<|>",
                "[[a]]\n[[a.b]]\n[[a.b]]\n[[a]]\n[[a.b]]\nx<|>",
            ],
            &expect![[r#"
                "<|>"
                    at ``, key: "" over ""
                "la<|>"
                    at ``, key: "la" over "la"
                "<|>language = \"go\""
                    at ``, key: "" over "language", has a value
                "la<|>nguage = \"go\""
                    at ``, key: "la" over "language", has a value
                "language<|> = \"go\""
                    at ``, key: "language" over "language", has a value
                "language <|>= \"go\""
                    at ``, nothing
                "a = 1\n<|>\n[b]"
                    at ``, key: "" over ""
                "[runtime]\nim<|>"
                    at `runtime`, key: "im" over "im"
                "runtime.im<|>"
                    at `runtime`, key: "im" over "im"
                "runtime.<|>"
                    at `runtime`, key: "" over ""
                "runtime.<|>image = \"x\""
                    at `runtime`, key: "" over "image", has a value
                "run<|>time.image = \"x\""
                    at ``, key: "run" over "runtime", has a value
                "a.b.c<|>\n"
                    at `a.b`, key: "c" over "c"
                "\"a b<|>\" = 1"
                    at ``, key: "a b" over "\"a b\"", has a value
                "'é<|>"
                    at ``, key: "é" over "'é"
                "[a.\"b c\"]\nx<|>"
                    at `a.b c`, key: "x" over "x"
                "[[a]]\n[[a]]\nx<|>"
                    at `a.#1`, key: "x" over "x"
                "[[a]]\n[[a]]\n[a.b]\nx<|>"
                    at `a.#1.b`, key: "x" over "x"
                "[[a]]\n[[a.b]]\n[[a.b]]\n[[a]]\n[[a.b]]\nx<|>"
                    at `a.#1.b.#0`, key: "x" over "x"
            "#]],
        );
    }

    #[test]
    fn values() {
        check(
            &[
                "a = <|>",
                "a =<|>",
                "a = g<|>o",
                "a = \"<|>\"",
                "a = \"go<|>lang\"",
                "a = <|>\"go\"",
                "a = \"go\"<|>",
                "a = \"go\" <|>",
                "a = \"go<|>\nb = \"x\"",
                "a = \"x\\u00e9<|>y\"",
                "a = 1.5<|>",
                "a = 1.<|>",
                "a = tr<|>\n[b]",
                "a = \"\"\"\nx\n<|>y\"\"\"",
                "a = 'é<|>'",
                "a.b = <|>",
                "[t]\na.b = <|>\n[u]",
                "a = 1 <|>",
                "a = \"x # y<|>",
            ],
            &expect![[r#"
                "a = <|>"
                    at `a`, value: "" over ""
                "a =<|>"
                    at `a`, value: "" over ""
                "a = g<|>o"
                    at `a`, value: "g" over "go"
                "a = \"<|>\""
                    at `a`, value: "" over "\"\"", quoted, closed
                "a = \"go<|>lang\""
                    at `a`, value: "go" over "\"golang\"", quoted, closed
                "a = <|>\"go\""
                    at `a`, value: "" over "\"go\"", quoted, closed
                "a = \"go\"<|>"
                    at ``, nothing
                "a = \"go\" <|>"
                    at ``, nothing
                "a = \"go<|>\nb = \"x\""
                    at `a`, value: "go" over "\"go", quoted
                "a = \"x\\u00e9<|>y\""
                    at `a`, value: "xé" over "\"x\\u00e9y\"", quoted, closed
                "a = 1.5<|>"
                    at `a`, value: "1.5" over "1.5"
                "a = 1.<|>"
                    at `a`, value: "1." over "1."
                "a = tr<|>\n[b]"
                    at `a`, value: "tr" over "tr"
                "a = \"\"\"\nx\n<|>y\"\"\""
                    at `a`, value: "x\n" over "\"\"\"\nx\ny\"\"\"", quoted, closed
                "a = 'é<|>'"
                    at `a`, value: "é" over "'é'", quoted, closed
                "a.b = <|>"
                    at `a.b`, value: "" over ""
                "[t]\na.b = <|>\n[u]"
                    at `t.a.b`, value: "" over ""
                "a = 1 <|>"
                    at ``, nothing
                "a = \"x # y<|>"
                    at `a`, value: "x # y" over "\"x # y", quoted
            "#]],
        );
    }

    #[test]
    fn brackets() {
        check(
            &[
                "a = [<|>]",
                "a = [\"x\", <|>]",
                "a = [\"x\"<|>]",
                "a = [\"x\", \"<|>]\n[b]\nc = \"d\"",
                "a = [1, [2, <|>",
                "a = { <|> }",
                "a = { fr<|> }",
                "a = { fr<|>om = 1 }",
                "a = { from = <|> }",
                "a = { from = \"x\", <|>",
                "copy = [ { from = \"x\", <|>",
                "copy = [ { from = \"x\", <|>\n[build]\ntarget = \"x\"",
                "copy = [\n  { from = \"x\" },\n  { from = \"<|>\n]\n[build]\ntarget = \"x\"",
                "[t]\na = { b.c = { d<|>",
                "a = [ 1, # x<|>\n2]",
                "a = { b = 1 } <|>",
                "a = [1]\n<|>",
            ],
            &expect![[r##"
                "a = [<|>]"
                    at `a.#0`, value: "" over ""
                "a = [\"x\", <|>]"
                    at `a.#1`, value: "" over ""
                "a = [\"x\"<|>]"
                    at `a`, nothing
                "a = [\"x\", \"<|>]\n[b]\nc = \"d\""
                    at `a.#1`, value: "" over "\"", quoted
                "a = [1, [2, <|>"
                    at `a.#1.#1`, value: "" over ""
                "a = { <|> }"
                    at `a`, key: "" over ""
                "a = { fr<|> }"
                    at `a`, key: "fr" over "fr"
                "a = { fr<|>om = 1 }"
                    at `a`, key: "fr" over "from", has a value
                "a = { from = <|> }"
                    at `a.from`, value: "" over ""
                "a = { from = \"x\", <|>"
                    at `a`, key: "" over ""
                "copy = [ { from = \"x\", <|>"
                    at `copy.#0`, key: "" over ""
                "copy = [ { from = \"x\", <|>\n[build]\ntarget = \"x\""
                    at `copy.#0`, key: "" over ""
                "copy = [\n  { from = \"x\" },\n  { from = \"<|>\n]\n[build]\ntarget = \"x\""
                    at `copy.#1.from`, value: "" over "\"", quoted
                "[t]\na = { b.c = { d<|>"
                    at `t.a.b.c`, key: "d" over "d"
                "a = [ 1, # x<|>\n2]"
                    at `a`, comment: "# x"
                "a = { b = 1 } <|>"
                    at ``, nothing
                "a = [1]\n<|>"
                    at ``, key: "" over ""
            "##]],
        );
    }

    #[test]
    fn what_comes_below_an_open_bracket() {
        check(
            &[
                "a = [\"x\",\nlanguage = \"<|>\"",
                "a = [\"x\"\nla<|>\n[build]",
                "a = [\"x\",\nla<|>\n[build]\nb = 1",
                "a = {b = 1\nc = <|>\n[build]",
                "a = {\n  b = 1,\n  c = <|>\n}\n[build]",
                "a = [\n[build]\nta<|>",
                "a = [\n[st<|>",
                "[[copy]\nfr<|>",
                "[runtime\nim<|>",
                "a = [\n  [\"stage\"],\n  <|>\n]\n",
                "a = [\n  [stage],\n  <|>\n]",
                "run = \"\"\"\nFOO=1\n[ -f x ]\n\"\"\"\nla<|>",
                "run = \"\"\"\nFOO=1\n[ -f é ]\nla<|>",
                "run = \"\"\"\nFOO=é\n[build]\nla<|>",
            ],
            &expect![[r#"
                "a = [\"x\",\nlanguage = \"<|>\""
                    at `language`, value: "" over "\"\"", quoted, closed
                "a = [\"x\"\nla<|>\n[build]"
                    at ``, key: "la" over "la"
                "a = [\"x\",\nla<|>\n[build]\nb = 1"
                    at `a.#1`, value: "la" over "la"
                "a = {b = 1\nc = <|>\n[build]"
                    at `c`, value: "" over ""
                "a = {\n  b = 1,\n  c = <|>\n}\n[build]"
                    at `a.c`, value: "" over ""
                "a = [\n[build]\nta<|>"
                    at `build`, key: "ta" over "ta"
                "a = [\n[st<|>"
                    at ``, header: "st" over "st"
                "[[copy]\nfr<|>"
                    at `copy.#0`, key: "fr" over "fr"
                "[runtime\nim<|>"
                    at `runtime`, key: "im" over "im"
                "a = [\n  [\"stage\"],\n  <|>\n]\n"
                    at `a.#1`, value: "" over ""
                "a = [\n  [stage],\n  <|>\n]"
                    at `a.#1`, value: "" over ""
                "run = \"\"\"\nFOO=1\n[ -f x ]\n\"\"\"\nla<|>"
                    at ``, key: "la" over "la"
                "run = \"\"\"\nFOO=1\n[ -f é ]\nla<|>"
                    at `run`, value: "FOO=1\n[ -f é ]\nla" over "\"\"\"\nFOO=1\n[ -f é ]\nla", quoted
                "run = \"\"\"\nFOO=é\n[build]\nla<|>"
                    at `build`, key: "la" over "la"
            "#]],
        );
    }

    #[test]
    fn headers_and_comments() {
        check(
            &[
                "[<|>",
                "[<|>]",
                "[st<|>",
                "[st<|>\n[build]",
                "[stages.bu<|>ild]",
                "[stages.<|>]",
                "[[st<|>]]",
                "[[st<|>",
                "[stages]<|>",
                "[ sta<|>ges . x ]",
                "# x<|> y",
                "a = 1 # x<|>",
                "<|># x",
                "[a]\n# é<|>",
            ],
            &expect![[r##"
                "[<|>"
                    at ``, header: "" over ""
                "[<|>]"
                    at ``, header: "" over ""
                "[st<|>"
                    at ``, header: "st" over "st"
                "[st<|>\n[build]"
                    at ``, header: "st" over "st"
                "[stages.bu<|>ild]"
                    at ``, header: "stages.bu" over "stages.build"
                "[stages.<|>]"
                    at ``, header: "stages." over "stages."
                "[[st<|>]]"
                    at ``, header: "st" over "st", array
                "[[st<|>"
                    at ``, header: "st" over "st", array
                "[stages]<|>"
                    at ``, nothing
                "[ sta<|>ges . x ]"
                    at ``, header: "sta" over "stages . x"
                "# x<|> y"
                    at ``, comment: "# x"
                "a = 1 # x<|>"
                    at ``, comment: "# x"
                "<|># x"
                    at ``, key: "" over ""
                "[a]\n# é<|>"
                    at `a`, comment: "# é"
            "##]],
        );
    }

    #[test]
    fn every_offset_of_every_text_has_a_place() {
        let text = "é = [ { \"𝒳\" = 'é, b.c = \"\\u00e9\n[[a.b]\n\"\"\"x\r\n# é\r[x] = = ]}";
        for end in 0..=text.len() {
            let Some(text) = text.get(..end) else {
                continue;
            };
            for offset in 0..=u32::try_from(end + 2).expect("the text is short") {
                let found = cursor(text, offset);
                let (Place::Key { span, .. }
                | Place::Value { span, .. }
                | Place::Header { span, .. }) = found.place
                else {
                    continue;
                };
                assert!(text.get(span.range()).is_some(), "{text:?} at {offset}");
            }
        }
    }
}
