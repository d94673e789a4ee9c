//! How a document is written in the canonical spelling: edits that keep its comments, its order and its line ends.

use crate::syntax::insertion::{into, line_break};
use crate::syntax::removal::{lines as whole_lines, removal};
use crate::syntax::{Document, Entry, Node, Notation, Step, Value, parse};
use crate::text::Span;

/// What is replaced, and by what.
pub(crate) type Edits = Vec<(Span, String)>;

/// The keys of an old table, and what they are called in the canonical one.
struct Moves {
    old: &'static str,
    canonical: &'static str,
    keys: &'static [(&'static str, &'static str)],
}

/// The tables whose keys belong into another one.
const MOVES: [Moves; 2] = [
    Moves {
        old: "start",
        canonical: "runtime",
        keys: &[
            ("command", "cmd"),
            ("entrypoint", "entrypoint"),
            ("entrypoint_script", "entrypoint"),
        ],
    },
    Moves {
        old: "install",
        canonical: "build",
        keys: &[("system_deps", "packages")],
    },
];

/// The edits that write the old key at `key` in the canonical spelling. Both are dotted paths, as
/// [`crate::config::spellings::old_spellings`] gives them. Nothing where edits could not keep the meaning.
pub(crate) fn edits(
    text: &str,
    document: &Document,
    old: &str,
    canonical: &str,
    key: Span,
) -> Option<Edits> {
    let mut ways = candidates(text, document, old, canonical, key).into_iter();
    ways.find(|edits| !edits.is_empty() && holds(text, edits, canonical))
}

/// Ways to write it, the plainest first; not all of them give a document that can be read.
fn candidates(
    text: &str,
    document: &Document,
    old: &str,
    canonical: &str,
    key: Span,
) -> Vec<Edits> {
    let root = &document.root;
    if let Some(name) = other_name(old, canonical) {
        return vec![vec![(key, name.to_owned())]];
    }
    let first = old.split('.').next().unwrap_or_default();
    match first {
        "runtime" if old == "runtime" && keeps_meaning(document) => {
            vec![vec![(key, "language".to_owned())]]
        }
        "runtime" if old.starts_with("runtime.healthcheck_opts.") => {
            timing(text, document).into_iter().collect()
        }
        "runtime_config" if root.entry("runtime").is_none() => {
            vec![renamed(text, document, "runtime_config", "runtime")]
        }
        // The whole of `[runtime_config]` moves first, as long as its new place is free.
        "env" | "start" if root.entry("runtime_config").is_some() => Vec::new(),
        "env" if !is_string(root.node("runtime")) => {
            let mut ways = vec![renamed(text, document, "env", "runtime.env")];
            ways.extend(environment(text, document));
            ways
        }
        "start" | "install" => {
            let moves = MOVES.iter().find(|it| it.old == first);
            moves.map_or_else(Vec::new, |moves| moved(text, document, moves, key))
        }
        _ => Vec::new(),
    }
}

/// The canonical name of a key that only changes its name.
fn other_name<'a>(old: &str, canonical: &'a str) -> Option<&'a str> {
    let (old_table, old_name) = old.rsplit_once('.')?;
    let (table, name) = canonical.rsplit_once('.')?;
    (old_table == table && old_name != name).then_some(name)
}

fn is_string(node: Option<&Node>) -> bool {
    node.is_some_and(|node| node.string().is_some())
}

/// Whether a file means the same when `language` says what is built: an old-style file has another default port for some
/// languages, reads `context_root` otherwise, and takes any path for a script.
fn keeps_meaning(document: &Document) -> bool {
    let root = &document.root;
    let table = |name: &str| root.node(name).and_then(Node::table);
    let exposes = table("runtime_config").is_some_and(|it| it.entry("expose").is_some());
    let language = root.node("runtime").and_then(Node::string);
    let has_port = exposes || !matches!(language, Some("php" | "static"));
    let script = table("start").and_then(|it| it.node("entrypoint_script"));
    let is_absolute = |node: &Node| node.string().is_some_and(|it| it.starts_with('/'));
    has_port && root.entry("context_root").is_none() && !script.is_some_and(is_absolute)
}

/// Whether the edited text can be read, and has the canonical key.
fn holds(text: &str, edits: &Edits, canonical: &str) -> bool {
    let document = parse(&applied(text, edits));
    let path: Vec<Step> = canonical
        .split('.')
        .map(|part| match part.parse() {
            Ok(index) => Step::Index(index),
            Err(_) => Step::Key(part.to_owned()),
        })
        .collect();
    document.errors.is_empty() && document.find(&path).is_some()
}

fn applied(text: &str, edits: &Edits) -> String {
    let mut edits = edits.clone();
    edits.sort_by_key(|(span, _)| std::cmp::Reverse(*span));
    let mut text = text.to_owned();
    for (span, new) in edits {
        if text.get(span.range()).is_some() {
            text.replace_range(span.range(), &new);
        }
    }
    text
}

/// Every place of a top-level key, with another name.
fn renamed(text: &str, document: &Document, name: &str, new: &str) -> Edits {
    let places = places(text, document, name);
    places.into_iter().map(|it| (it, new.to_owned())).collect()
}

/// Every place of a top-level key: in headers, and in front of the keys that stand above the first header.
fn places(text: &str, document: &Document, name: &str) -> Vec<Span> {
    let mut headers = Vec::new();
    let mut values = Vec::new();
    for entry in &document.root.entries {
        walk(&entry.value, &mut headers, &mut values);
    }
    let first = headers.iter().map(|it| it.start as usize).min();
    let end = first.unwrap_or(text.len());
    let mut starts: Vec<usize> = vec![0];
    starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
    starts.retain(|start| {
        let inside =
            |value: &Span| value.start as usize + 1 < *start && *start < value.end as usize;
        *start < end && !values.iter().any(inside)
    });
    starts.extend(headers.iter().map(|it| it.start as usize));
    let mut found: Vec<Span> = starts
        .into_iter()
        .filter_map(|start| {
            let rest = text.get(start..)?;
            let word = rest.trim_start_matches(['[', ' ', '\t', '\u{feff}']);
            let behind = word.strip_prefix(name)?.trim_start_matches([' ', '\t']);
            let begin = start + (rest.len() - word.len());
            let is_whole = behind.starts_with(['.', ']', '=']);
            is_whole.then(|| Span::new(begin, begin + name.len()))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The headers below a value, and the values that may have several lines.
fn walk(node: &Node, headers: &mut Vec<Span>, values: &mut Vec<Span>) {
    match &node.value {
        Value::Table(table) => {
            match table.notation {
                Notation::Header | Notation::ArrayItem => headers.push(node.span),
                Notation::Inline => values.push(node.span),
                Notation::Root | Notation::Implicit => {}
            }
            for entry in &table.entries {
                walk(&entry.value, headers, values);
            }
        }
        Value::Array(items) => {
            let is_list = |it: &Node| {
                it.table()
                    .is_none_or(|table| table.notation != Notation::ArrayItem)
            };
            if items.iter().all(is_list) {
                values.push(node.span);
            }
            for item in items {
                walk(item, headers, values);
            }
        }
        _ => values.push(node.span),
    }
}

/// The keys of a table in the one that they belong into: by renaming the table where all of it moves, else one by one.
fn moved(text: &str, document: &Document, moves: &Moves, key: Span) -> Vec<Edits> {
    let table = document.root.node(moves.old).and_then(Node::table);
    let Some(table) = table else {
        return Vec::new();
    };
    let canonical = |entry: &Entry| {
        let mut keys = moves.keys.iter();
        keys.find(|(old, _)| *old == entry.key.name)
            .map(|(_, new)| *new)
    };
    let movable: Vec<(&Entry, &str)> = table
        .entries
        .iter()
        .filter_map(|entry| Some((entry, canonical(entry)?)))
        .collect();
    // An empty value meant that nothing is set.
    let is_empty = |entry: &Entry| match &entry.value.value {
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    if movable.iter().any(|(entry, _)| is_empty(entry)) {
        return Vec::new();
    }
    let is_all = movable.len() == table.entries.len();
    let mut ways = Vec::new();
    if is_all {
        let mut edits = renamed(text, document, moves.old, moves.canonical);
        let names = movable.iter().filter(|(entry, new)| entry.key.name != *new);
        edits.extend(names.map(|(entry, new)| (entry.key.span, (*new).to_owned())));
        ways.push(edits);
    }
    let own = movable.iter().find(|(entry, _)| entry.key.span == key);
    ways.extend(own.and_then(|(entry, new)| dotted(text, entry, new, moves)));
    ways.extend(transferred(text, document, &movable, is_all, moves));
    ways
}

/// A key that stands on a line of its own with its table before it.
fn dotted(text: &str, entry: &Entry, new: &str, moves: &Moves) -> Option<Edits> {
    let head = text.get(..entry.key.span.start as usize)?;
    let begin = head.rfind('\n').map_or(0, |end| end + 1);
    let prefix = head.get(begin..)?;
    let is_own = prefix.trim() == format!("{}.", moves.old);
    let start = begin + (prefix.len() - prefix.trim_start().len());
    let place = Span::new(start, entry.key.span.end as usize);
    is_own.then(|| vec![(place, format!("{}.{new}", moves.canonical))])
}

/// The lines of keys, below the header of the canonical table.
fn transferred(
    text: &str,
    document: &Document,
    movable: &[(&Entry, &str)],
    is_all: bool,
    moves: &Moves,
) -> Option<Edits> {
    let target = document.root.node(moves.canonical)?;
    let old = document.root.node(moves.old)?;
    let mut lines: Vec<String> = Vec::new();
    let mut edits: Edits = Vec::new();
    for (entry, new) in movable {
        let place = removal(text, document, entry.key.span)?;
        let line = place.of(text);
        let behind = text.get(entry.key.span.end as usize..place.end as usize)?;
        // The key of a table in braces has no line.
        line.trim_start()
            .starts_with(entry.key.span.of(text))
            .then_some(())?;
        lines.push(format!("{new}{}", behind.trim_end()));
        edits.push((place, String::new()));
    }
    let has_comment = |span: Span| {
        let mut comments = document.comments.iter();
        comments
            .any(|it| span.covers(it.span) && !edits.iter().any(|(line, _)| line.covers(it.span)))
    };
    if is_all && !has_comment(old.extent) {
        let first = Span::new(old.span.start as usize, old.extent.end as usize);
        let whole = whole_lines(text, old.span, first)?;
        edits = vec![(with_blank_line(text, whole), String::new())];
    }
    let line_break = line_break(text);
    let place = into(text, target.table()?, target.span, &lines.join(line_break))?;
    edits.push(place);
    Some(edits)
}

/// An environment in braces, on a line of its own, below the header of the final image.
fn environment(text: &str, document: &Document) -> Option<Edits> {
    let root = &document.root;
    let (env, runtime) = (root.entry("env")?, root.node("runtime")?);
    let is_inline = env.value.table()?.notation == Notation::Inline;
    let place = removal(text, document, env.key.span).filter(|_| is_inline)?;
    let moved = into(text, runtime.table()?, runtime.span, place.of(text).trim())?;
    Some(vec![(place, String::new()), moved])
}

/// Lines with the blank one behind them, where one stands before them, too.
fn with_blank_line(text: &str, lines: Span) -> Span {
    let line_break = line_break(text);
    let before = text.get(..lines.start as usize).unwrap_or_default();
    let behind = text.get(lines.end as usize..).unwrap_or_default();
    let is_between = before.is_empty() || before.ends_with(&line_break.repeat(2));
    if is_between && behind.starts_with(line_break) {
        return Span::new(lines.start as usize, lines.end as usize + line_break.len());
    }
    lines
}

/// `healthcheck_opts` with the check beside it, as one table.
fn timing(text: &str, document: &Document) -> Option<Edits> {
    let runtime = document.root.node("runtime")?.table()?;
    let opts = runtime.entry("healthcheck_opts")?;
    let table = opts.value.table()?;
    let name = match table.notation {
        Notation::Inline => opts.key.span,
        Notation::Header => {
            let header = opts.value.span.of(text);
            let at = opts.value.span.start as usize + header.find("healthcheck_opts")?;
            Span::new(at, at + "healthcheck_opts".len())
        }
        _ => return None,
    };
    let mut edits = vec![(name, "healthcheck".to_owned())];
    let Some(check) = runtime.entry("healthcheck") else {
        return Some(edits);
    };
    let is_command = match &check.value.value {
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    let place = removal(text, document, check.key.span)?;
    // A comment behind the value goes with it.
    let behind = text.get(check.value.span.end as usize..place.end as usize)?;
    if !is_command || (behind.contains('#') && table.notation == Notation::Inline) {
        return None;
    }
    let value = check.value.span.of(text);
    let comment = behind.trim_end_matches(['\r', '\n', ' ', ',']);
    let line = format!("test = {value}{comment}");
    edits.push((place, String::new()));
    edits.push(into(text, table, opts.value.span, &line)?);
    Some(edits)
}

#[cfg(test)]
mod tests {
    use crate::config::spellings::{conflicts, old_spellings};
    use crate::syntax::parse;

    /// The text after all edits that can be done, one after the other.
    fn respelt(text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..10 {
            let document = parse(&text);
            assert!(conflicts(&document).is_empty(), "{text}");
            let old = old_spellings(&document).into_iter();
            let mut edits = old.filter_map(|(old, span, canonical)| {
                super::edits(&text, &document, &old, &canonical, span)
            });
            let Some(edits) = edits.next() else { break };
            text = super::applied(&text, &edits);
        }
        text
    }

    #[test]
    fn a_file_in_the_old_spelling_becomes_canonical() {
        let text = r#"runtime = "go" # the language

[install]
# for private modules
command = "go mod download -x"
system_deps = ["git"] # needs it

[build]
target = "./cmd/server"

[start]
command = "./server --port 8080"

[env]
MODE = "prod"

[runtime_config]
image = "alpine:3.21"
system_deps = ["ca-certificates"]
healthcheck = "wget -q http://127.0.0.1/" # cheap

[runtime_config.healthcheck_opts]
interval = "10s"

[[runtime_config.copy]]
src = "templates"
dst = "/app/"
from-stage = "extra"
"#;
        let expected = r#"language = "go" # the language

[install]
# for private modules
command = "go mod download -x"

[build]
packages = ["git"] # needs it
target = "./cmd/server"

[runtime.env]
MODE = "prod"

[runtime]
cmd = "./server --port 8080"
image = "alpine:3.21"
packages = ["ca-certificates"]

[runtime.healthcheck]
test = "wget -q http://127.0.0.1/" # cheap
interval = "10s"

[[runtime.copy]]
src = "templates"
dst = "/app/"
from = "extra"
"#;
        assert_eq!(respelt(text), expected);
        let crlf = text.replace('\n', "\r\n");
        assert_eq!(respelt(&crlf), expected.replace('\n', "\r\n"));
    }

    #[test]
    fn dotted_keys_stay_dotted() {
        assert_eq!(
            respelt(
                "start.command = \"x\"\ninstall.command = \"y\"\ninstall.system_deps = [\"git\"]\n"
            ),
            "runtime.cmd = \"x\"\ninstall.command = \"y\"\nbuild.packages = [\"git\"]\n"
        );
        assert_eq!(
            respelt("start = { command = \"x\" }\nenv = { A = \"env\" }\n"),
            "runtime = { env = { A = \"env\" }, cmd = \"x\" }\n"
        );
        assert_eq!(respelt("env.A = \"1\"\n"), "runtime.env.A = \"1\"\n");
        assert_eq!(
            respelt("env = { A = \"1\" } # x\n[runtime]\nuser = \"app\"\n"),
            "[runtime]\nenv = { A = \"1\" } # x\nuser = \"app\"\n"
        );
    }

    #[test]
    fn what_would_mean_something_else_stays() {
        for text in [
            "runtime = \"static\"\n",
            "runtime = \"go\"\ncontext_root = \"services/api\"\n",
            "[start]\ncommand = \"\"\n",
            "[[runtime_assets]]\nsrc = \"a\"\ndst = \"/a\"\n",
            "[runtime]\n[env]\nA = \"1\"\n[runtime.env]\nB = \"2\"\n",
        ] {
            assert_eq!(respelt(text), text);
        }
    }

    #[test]
    fn words_in_values_and_comments_are_no_keys() {
        let text = "x = \"\"\"\nruntime_config.a\n\"\"\"\n# runtime_config = 1\n[runtime_config]\nuser = \"runtime_config\"\n";
        let expected = text.replace("[runtime_config]", "[runtime]");
        assert_eq!(respelt(text), expected);
    }
}
