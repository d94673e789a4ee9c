//! The document tree against the crate `toml`: the same texts accepted, the same values read.

use toml::Value as Theirs;

use super::cursor::{Place, cursor};
use super::{Document, Node, Table, Value, parse};
use crate::text::Span;

const VALID: &[&str] = &[
    "",
    "\n\n",
    "# only a comment",
    "a = 1",
    "a = 1\r\nb = 2\r\n",
    "\u{feff}a = 1\n",
    "a=1 # trailing",
    "a.b.c = 1\na.b.d = 2",
    "a . b = 1",
    "\"a b\" = 1\n'c d' = 2",
    "\"\" = 1",
    "a.\"b.c\".d = 1",
    "1 = 2",
    "1.2 = 3",
    "-_ = 1",
    "a = \"x\\n\\t\\\\\\\"\"",
    "a = \"\\u00e9\\U0001F600\"",
    "a = \"\\e\\x41\"",
    "a = 'c:\\dir'",
    "a = \"\"\"\nx\ny\"\"\"",
    "a = \"\"\"x\\\n   y\"\"\"",
    "a = \"\"\"\r\nx\r\n\"\"\"",
    "a = \"\"\"a \"\" b\"\"\"\"\"",
    "a = '''\nx\n'y' '''''",
    "a = 1_000\nb = 0xdead_BEEF\nc = 0o17\nd = 0b11\ne = -7\nf = +7",
    "a = -9223372036854775808\nb = 9223372036854775807",
    "a = 1.5\nb = -0.0\nc = 1e10\nd = 6.6e-3\ne = 1_0.0_1",
    "a = inf\nb = -inf\nc = nan\nd = +nan",
    "a = true\nb = false",
    "a = 1979-05-27",
    "a = 07:32:00\nb = 07:32\nc = 07:32:00.5",
    "a = 1979-05-27T07:32:00Z\nb = 1979-05-27 07:32:00-07:00\nc = 1979-05-27T07:32",
    "a = []",
    "a = [1, 2, 3,]",
    "a = [\n  1, # one\n  2\n]",
    "a = [[1], [\"x\", [true]]]",
    "a = {}",
    "a = { b = 1, c = { d = 2 } }",
    "a = {\n  b = 1, # one\n  c = 2,\n}",
    "a = { b.c = 1, b.d = 2 }",
    "a = [{ b = 1 }, { b = 2 }]",
    "[a]\nb = 1",
    "[ a . b ]\nc = 1",
    "[a.b]\nc = 1\n[a]\nd = 2",
    "[a.b.c]\n[a]\nb.d = 1",
    "[a]\n[b]\n[a.c]\nd = 1",
    "[[a]]\nb = 1\n[[a]]\nb = 2",
    "[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 2",
    "[[a]]\n[[a.b]]\nc = 1\n[[a.b]]\nc = 2\n[[a]]\n[[a.b]]\nc = 3",
    "[[ a ]]\n",
    "[a]\nb.c = 1\n[a.b.d]\ne = 1",
    "a.b = 1\n[a.c]\nd = 1",
    "[\"a b\".'c']\nd = 1",
    "[a]\n\n[b] # comment\n",
    "[[a.b]]\n[a]\nc = 1",
    "a = { b = [\n1,\n2\n] }",
    "true = 1\ninf = 2",
    "1979-05-27 = 1",
    "a = \"ünï𝒳\" # çomment",
    "a = 0\nb = +0\nc = -0",
    "a = \"\t\"",
    "a = \"\"\"\\\n\\\n  x\"\"\"",
];

const INVALID: &[&str] = &[
    "a",
    "a =",
    "= 1",
    "a = go",
    "a = go lang",
    "a = \"x",
    "a = 'x",
    "a = \"\"\"x",
    "a = '''x",
    "a = \"\\q\"",
    "a = \"\\u12\"",
    "a = \"\\ud800\"",
    "a = \"\\xZZ\"",
    "a = \"x\u{1}\"",
    "a = 'x\u{1}'",
    "a = 'x\ry'",
    "a = \"\"\"x\ry\"\"\"",
    "a = \"\"\"a\"\"\"\"\"\"",
    "# x\u{1}",
    "a = 1\rb = 2",
    "a = 1 b = 2",
    "a = 1 2",
    "a = = 1",
    "a.b. = 1",
    ".a = 1",
    "a..b = 1",
    "a b = 1",
    "a$ = 1",
    "é = 1",
    "\"\"\"a\"\"\" = 1",
    "a = 01",
    "a = 1__0",
    "a = _1",
    "a = 1_",
    "a = 0x",
    "a = 0xg",
    "a = 0X1",
    "a = +0x1",
    "a = 1.",
    "a = .5",
    "a = 1.e5",
    "a = 1e",
    "a = 1e999",
    "a = 9223372036854775808",
    "a = True",
    "a = Inf",
    "a = 1979-13-01",
    "a = 1979-02-30",
    "a = 25:00:00",
    "a = 1979-05-27T",
    "a = 1979-05-27T07:32:00+25:00",
    "a = [1",
    "a = [1 2]",
    "a = [1,,2]",
    "a = [,1]",
    "a = 1]",
    "a = {",
    "a = { b }",
    "a = { b = }",
    "a = { b = 1 c = 2 }",
    "a = { , }",
    "a = { b = 1, b = 2 }",
    "a = { b = 1, b.c = 2 }",
    "a = { b = {}, b.c = 2 }",
    "a = }",
    "}",
    "]",
    "[a",
    "[a]]",
    "[[a]",
    "[]",
    "[a.]",
    "[.a]",
    "[a..b]",
    "[a] b = 1",
    "[a b]",
    "[[a] ]",
    "a = 1\na = 2",
    "a = 1\na.b = 2",
    "a.b = 1\na = 2",
    "[a]\n[a]",
    "[a]\n[[a]]",
    "[[a]]\n[a]",
    "a = 1\n[a]",
    "a = {}\n[a]",
    "a = {}\n[a.b]",
    "a = {}\na.b = 1",
    "a = []\n[[a]]",
    "a = []\n[a.b]",
    "a = [{}]\n[[a]]",
    "a.b = 1\n[a]",
    "a.b.c = 1\n[a.b]",
    "[a.b]\n[a]\nb.c = 1",
    "[a.b]\n[[a]]",
    "[[a.b]]\n[a]\nb.c = 1",
    "[a]\nb.c = 1\n[a.b]",
    "a = 1\n[a.b]",
    "a = { b.c = 1 }\n[a.b]",
];

/// What an editor holds while somebody types.
const BROKEN: &[&str] = &[
    "language = \"go\"\nru\n[build]\ntarget = \"x\"\n",
    "[[runtime.copy]]\nfrom = \ndst = \"/x\"\n[build]\ntarget = \"x\"\n",
    "runtime = go\n[build]\ntarget = \"x\"\n",
    "[[runtime.copy]]\nfrom = \"gola\ndst = \"/x\"\n[build]\ntarget = \"x\"\n",
    "[[runtime.copy]\nfrom = \"a\"\n[build]\ntarget = \"x\"\n",
    "[runtime\nimage = \"a\"\n[build]\ntarget = \"x\"\n",
    "[stage.]\nimage = \"a\"\n[build]\ntarget = \"x\"\n",
    "[\nimage = \"a\"\n[build]\ntarget = \"x\"\n",
    "[[\n[build]\ntarget = \"x\"\n",
    "[]\nimage = \"a\"\n[build]\ntarget = \"x\"\n",
    "expose = [80, \n[build]\ntarget = \"x\"\n",
    "expose = [80\nlanguage = \"go\"\n[build]\ntarget = \"x\"\n",
    "copy = [ { from = \"x\", \n[build]\ntarget = \"x\"\n",
    "copy = { from = \"x\"\nlanguage = \"go\"\n[build]\ntarget = \"x\"\n",
    "copy = [\"a\", \"b]\n[build]\ntarget = \"x\"\n",
    "runtime.\n[build]\ntarget = \"x\"\n",
    "runtime. = 1\n[build]\ntarget = \"x\"\n",
    "runtime.image\n[build]\ntarget = \"x\"\n",
    "language: \"go\"\n[build]\ntarget = \"x\"\n",
    "language = \"go\" \"rust\"\n[build]\ntarget = \"x\"\n",
    "language = \"go\"\"\n[build]\ntarget = \"x\"\n",
    "{\n  \"language\": \"go\"\n}\n[build]\ntarget = \"x\"\n",
    "copy = { fr }\n[build]\ntarget = \"x\"\n",
    "copy = { fr = }\n[build]\ntarget = \"x\"\n",
    "expose = ]\n[build]\ntarget = \"x\"\n",
    "[build]\ntarget = \"x\"\nfoo = \"\"\"\nnever closed\n",
];

fn same_table(ours: &Table, theirs: &toml::Table) -> bool {
    let equal =
        |(key, value): (&String, &Theirs)| ours.node(key).is_some_and(|node| same(node, value));
    ours.entries.len() == theirs.len() && theirs.iter().all(equal)
}

fn same(ours: &Node, theirs: &Theirs) -> bool {
    match (&ours.value, theirs) {
        (Value::String(ours), Theirs::String(theirs)) => ours == theirs,
        (Value::Integer(ours), Theirs::Integer(theirs)) => ours == theirs,
        (Value::Float(ours), Theirs::Float(theirs)) => {
            ours == theirs || ours.is_nan() && theirs.is_nan()
        }
        (Value::Boolean(ours), Theirs::Boolean(theirs)) => ours == theirs,
        (Value::Datetime(ours), Theirs::Datetime(theirs)) => ours.parse().ok() == Some(*theirs),
        (Value::Array(ours), Theirs::Array(theirs)) => {
            let mut pairs = ours.iter().zip(theirs);
            ours.len() == theirs.len() && pairs.all(|(ours, theirs)| same(ours, theirs))
        }
        (Value::Table(ours), Theirs::Table(theirs)) => same_table(ours, theirs),
        _ => false,
    }
}

/// Whatever must hold for every text.
fn check_places(text: &str, document: &Document) {
    let check = |span: Span, what: &str| {
        let (start, end) = (span.start as usize, span.end as usize);
        let fits = start <= end && text.is_char_boundary(start) && text.is_char_boundary(end);
        assert!(fits, "{what} {span:?} does not fit {text:?}");
    };
    for error in &document.errors {
        check(error.span, &error.message);
        let at_end = error.span.start as usize == text.len();
        assert!(
            !error.span.is_empty() || at_end,
            "{error:?} is empty in {text:?}"
        );
    }
    for comment in &document.comments {
        check(comment.span, "a comment");
    }
    for newer in &document.newer_syntax {
        check(newer.span, newer.what);
    }
    check_table(&document.root, &check);
}

fn check_table(table: &Table, check: &impl Fn(Span, &str)) {
    for entry in &table.entries {
        check(entry.key.span, &entry.key.name);
        check_node(&entry.value, check);
    }
}

fn check_node(node: &Node, check: &impl Fn(Span, &str)) {
    check(node.span, "a value");
    check(node.extent, "an extent");
    match &node.value {
        Value::Table(table) => check_table(table, check),
        Value::Array(items) => items.iter().for_each(|item| check_node(item, check)),
        _ => {}
    }
}

#[test]
fn sound_texts_have_the_values_that_toml_reads() {
    for text in VALID {
        let document = parse(text);
        assert_eq!(document.errors, [], "{text}");
        check_places(text, &document);
        let theirs: toml::Table = toml::from_str(text).expect(text);
        assert!(
            same_table(&document.root, &theirs),
            "{text}\n{:#?}",
            document.root
        );
    }
}

#[test]
fn unsound_texts_have_errors_with_a_place() {
    for text in INVALID.iter().chain(BROKEN) {
        assert!(toml::from_str::<toml::Table>(text).is_err(), "{text}");
        let document = parse(text);
        assert_ne!(document.errors, [], "{text}");
        check_places(text, &document);
    }
}

#[test]
fn a_broken_line_takes_no_other_table_along() {
    for text in BROKEN {
        let document = parse(text);
        let target = document.root.node("build");
        let target = target
            .and_then(Node::table)
            .and_then(|build| build.node("target"));
        assert_eq!(target.and_then(Node::string), Some("x"), "{text}");
        let lines = if text.starts_with('{') { 3 } else { 1 };
        assert!(
            document.errors.len() <= lines,
            "{text}\n{:#?}",
            document.errors
        );
    }
}

/// A generator of pseudo-random numbers that gives the same ones each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let limit = u64::try_from(limit.max(1)).expect("a usize fits");
        usize::try_from(self.0 % limit).expect("it is below a usize")
    }
}

/// A text of the lists above, changed in a few places.
fn mutated(random: &mut Random, seeds: &[&str]) -> String {
    const PIECES: &[&str] = &[
        "\"",
        "'",
        "\"\"\"",
        "'''",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        ",",
        "=",
        ".",
        "\n",
        "\r",
        "\r\n",
        "#",
        " ",
        "\\",
        "a",
        "b",
        "1",
        "0",
        "é",
        "𝒳",
        "-",
        ":",
        "_",
        "a = ",
        "[a]\n",
        "[[a]]\n",
        "b.c = 1\n",
        "\t",
        "e",
        "\u{1}",
    ];
    let seed = seeds
        .get(random.below(seeds.len()))
        .expect("below the length");
    let mut text = (*seed).to_owned();
    if random.below(3) == 0 {
        text.push('\n');
        text.push_str(
            seeds
                .get(random.below(seeds.len()))
                .expect("below the length"),
        );
    }
    for _ in 0..=random.below(4) {
        let mut at = random.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let piece = PIECES
            .get(random.below(PIECES.len()))
            .expect("below the length");
        if random.below(3) == 0 && at < text.len() {
            text.remove(at);
        } else {
            text.insert_str(at, piece);
        }
    }
    text
}

#[test]
fn changed_texts_are_accepted_as_toml_accepts_them() {
    let seeds: Vec<&str> = [VALID, INVALID, BROKEN].concat();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..20_000 {
        let text = mutated(&mut random, &seeds);
        let document = parse(&text);
        check_places(&text, &document);
        let theirs = toml::from_str::<toml::Table>(&text);
        assert_eq!(
            document.errors.is_empty(),
            theirs.is_ok(),
            "{text:?}\n{:#?}\n{theirs:#?}",
            document.errors
        );
        if let Ok(theirs) = theirs {
            assert!(
                same_table(&document.root, &theirs),
                "{text:?}\n{:#?}",
                document.root
            );
        }
    }
}

#[test]
fn dotted_keys_never_reach_into_an_array_of_tables() {
    // The crate `toml` refuses `b.c = 1` here, but lets one more level through.
    for key in ["b.c", "b.c.d"] {
        let document = parse(&format!("[[a.b]]\n[a]\n{key} = 1"));
        assert_eq!(document.errors.len(), 1, "{key}");
    }
}

#[test]
fn a_cursor_has_a_place_in_every_changed_text() {
    let seeds: Vec<&str> = [VALID, INVALID, BROKEN].concat();
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    for _ in 0..10_000 {
        let text = mutated(&mut random, &seeds);
        let offset = u32::try_from(random.below(text.len() + 2)).expect("the text is short");
        let document = parse(&text);
        if let Some(path) = document.path_at(offset) {
            assert!(document.find(&path).is_some(), "{text:?} at {offset}");
        }
        let (Place::Key { span, .. } | Place::Value { span, .. } | Place::Header { span, .. }) =
            cursor(&text, offset).place
        else {
            continue;
        };
        assert!(text.get(span.range()).is_some(), "{text:?} at {offset}");
        let near = span.touches(offset.min(u32::try_from(text.len()).unwrap_or(u32::MAX)));
        let inside_character = !text.is_char_boundary(offset as usize);
        assert!(near || inside_character, "{text:?} at {offset}: {span:?}");
    }
}
