//! Properties: whatever the text is, the core answers, and what it says fits the text.

use docksmith::analysis::{Analysis, analyze};
use docksmith::context::NoContext;
use docksmith::syntax::{Node, Value};
use docksmith::text::Span;

use crate::dockerfiles::{analysis, documents, examples};
use crate::properties::read_back;
use crate::support::random::Random;

/// A file that uses every key that holds a string.
const FULL: &str = include_str!("full.toml");

/// The same in the keys of old files.
const FULL_OLD: &str = include_str!("full_old.toml");

fn texts() -> Vec<String> {
    let examples = documents(&examples());
    let mut texts: Vec<String> = examples
        .iter()
        .map(|path| std::fs::read_to_string(path).expect("an example"))
        .collect();
    texts.push(FULL.to_owned());
    texts
}

#[track_caller]
fn fits(text: &str, analysis: &Analysis) {
    for diagnostic in &analysis.diagnostics {
        let spans = diagnostic
            .labels
            .iter()
            .filter(|label| label.file == diagnostic.file)
            .map(|label| label.span);
        for span in spans.chain([diagnostic.span]) {
            if diagnostic.file == docksmith::diagnostic::File::Document {
                assert!(text.get(span.range()).is_some(), "{diagnostic:#?}\n{text}");
            }
        }
    }
    if let Some(file) = analysis.dockerfile() {
        assert_eq!(file.text.lines().count(), file.origins.len());
    }
}

#[test]
fn every_prefix_of_every_example_is_analyzed() {
    for text in texts() {
        for (end, _) in text.char_indices().step_by(7) {
            let prefix = &text[..end];
            fits(prefix, &analyze(prefix, &NoContext::default()));
        }
    }
}

#[test]
fn damaged_texts_are_analyzed() {
    let texts = texts();
    let pieces = [
        "\"", "'", "[", "]", "{", "}", "=", "\n", ".", "#", "\"\"\"", "é", "0", ",", "[[",
        "stages", " ",
    ];
    let mut random = Random::new(0x9E37_79B9_7F4A_7C15);
    for round in 0..1500 {
        let mut text = texts[round % texts.len()].clone();
        for _ in 0..=random.below(3) {
            let places: Vec<usize> = text.char_indices().map(|(index, _)| index).collect();
            let start = places[random.below(places.len())];
            let end = places[random.below(places.len())];
            let (start, end) = (
                start.min(end),
                start.max(end).min(start.min(end) + random.below(40)),
            );
            let end = (end..=text.len())
                .find(|end| text.is_char_boundary(*end))
                .expect("the end is a boundary");
            text.replace_range(start..end, random.one_of::<&str>(&pieces));
        }
        fits(&text, &analyze(&text, &NoContext::default()));
    }
}

#[test]
fn the_same_text_gives_the_same_answer() {
    for path in documents(&examples()) {
        let (one, other) = (analysis(&path), analysis(&path));
        assert_eq!(one.dockerfile(), other.dockerfile());
        assert_eq!(one.diagnostics, other.diagnostics);
    }
}

/// The places of all string values in a tree.
fn strings(node: &Node, found: &mut Vec<Span>) {
    match &node.value {
        Value::String(_) => found.push(node.span),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Table(table) => table
            .entries
            .iter()
            .for_each(|entry| strings(&entry.value, found)),
        _ => {}
    }
}

/// The instructions of a Dockerfile, by name.
fn instructions(text: &str) -> Vec<String> {
    let file = parse_dockerfile::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    // In any order: a value may move a stage, which is its own business.
    let debug = |it: &parse_dockerfile::Instruction<'_>| {
        format!("{it:?}")
            .split('(')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let mut names: Vec<String> = file.instructions.iter().map(debug).collect();
    names.sort();
    names
}

/// What an attacker would try.
const HOSTILE: [&str; 25] = [
    "a\nRUN evil",
    "a\r\nRUN evil",
    "a\rRUN evil",
    "a\0b",
    "a \\",
    "\\",
    "a\"; evil; \"",
    "a' && evil '",
    "$(evil)",
    "`evil`",
    "${EVIL}",
    "a b",
    "--mount=type=secret,id=x",
    "-x",
    "<<EOT",
    "[\"evil\"]",
    "# escape=`",
    "a,target=/etc",
    "",
    " ",
    "x AS y",
    "x:${BASE} AS y",
    "${BASE}\\",
    "image:x --link y",
    "\u{2028}é\u{1b}",
];

fn toml_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            it if it.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(it))),
            it => quoted.push(it),
        }
    }
    quoted.push('"');
    quoted
}

/// No value can add, remove or change an instruction other than its own: put anywhere, a hostile text is refused with an
/// error, or the Dockerfile still holds the same instructions.
#[test]
fn no_value_reaches_into_another_instruction() {
    replaced_by_hostile_texts(FULL, 90);
}

#[test]
fn no_value_of_an_old_file_reaches_into_another_instruction() {
    replaced_by_hostile_texts(FULL_OLD, 35);
}

/// Puts each hostile text in the place of each string; there are at least `least` of them.
fn replaced_by_hostile_texts(full: &str, least: usize) {
    let sound = analyze(full, &NoContext::default());
    assert!(!sound.has_errors(), "{:#?}", sound.diagnostics);
    let expected = instructions(&sound.dockerfile().expect("a Dockerfile").text);
    let mut places = Vec::new();
    for entry in &sound.document.root.entries {
        strings(&entry.value, &mut places);
    }
    assert!(places.len() > least, "only {} strings", places.len());
    let mut rendered = 0;
    for span in places {
        // A string step is an instruction of the user's own choice.
        if span.of(full).starts_with("\"COPY") {
            continue;
        }
        for hostile in HOSTILE {
            let mut text = full.to_owned();
            text.replace_range(span.range(), &toml_string(hostile));
            let analysis = analyze(&text, &NoContext::default());
            if analysis.has_errors() {
                continue;
            }
            rendered += 1;
            let file = &analysis
                .dockerfile()
                .expect("a file without errors is rendered")
                .text;
            let found = instructions(file);
            assert_eq!(found, expected, "{hostile:?} in {}\n{file}", span.of(full));
            // Each value is what was planned, to the letter.
            read_back(&analysis);
        }
    }
    assert!(
        rendered > 2 * least,
        "nearly everything is refused: {rendered}"
    );
}

/// The keys whose meaning a language's planner decides.
const OF_LANGUAGES: &str = r#"
version = "1.2"
install.command = "install things"
secrets.token.target = "/run/token"

[build]
target = "thing"
output = "/app/thing"
command = "build things"
image = "docker.io/acme/builder:1"
packages = ["git"]
args = { VERSION = "dev" }
env = { MODE = "prod" }
flags = ["-v"]

[runtime]
image = "alpine:3.23"
workdir = "/srv/app"
user = "app:5000"
cmd = "start things"
"#;

/// What the shell itself reads of a text: without what stands in single quotes or behind a backslash.
fn unquoted(text: &str) -> String {
    let (mut bare, mut double) = (String::new(), false);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '\'' if !double => drop(characters.find(|it| *it == '\'')),
            _ => {
                double ^= character == '"';
                bare.push(character);
            }
        }
    }
    bare
}

#[test]
fn what_quotes_hide_is_not_read_by_the_shell() {
    assert_eq!(unquoted(r"a '$(evil)' \$(evil)"), "a  (evil)");
    assert_eq!(unquoted("\"it's $(evil)\""), "\"it's $(evil)\"");
}

/// The same in the languages beside Go, for what their planners decide.
#[test]
fn no_value_reaches_into_another_instruction_in_any_language() {
    let mut rendered = 0;
    for language in [
        "node", "python", "php", "java", "dotnet", "rust", "ruby", "elixir", "deno", "bun",
    ] {
        let full = format!("language = \"{language}\"{OF_LANGUAGES}");
        let sound = analyze(&full, &NoContext::default());
        assert!(!sound.has_errors(), "{:#?}", sound.diagnostics);
        let mut places = Vec::new();
        for entry in sound.document.root.entries.iter().skip(1) {
            strings(&entry.value, &mut places);
        }
        for span in places {
            for hostile in HOSTILE {
                let mut text = full.clone();
                text.replace_range(span.range(), &toml_string(hostile));
                let analysis = analyze(&text, &NoContext::default());
                if analysis.has_errors() {
                    continue;
                }
                rendered += 1;
                let is_command = span.of(&full).contains(" things");
                for read in read_back(&analysis) {
                    let is_shell = read.keyword == "RUN" && !is_command;
                    let bare = unquoted(&read.arguments);
                    let runs = ["$(evil)", "`evil`", "; evil", "&& evil"];
                    let runs = is_shell && runs.iter().any(|it| bare.contains(it));
                    assert!(!runs, "{hostile:?} in {}: {read:?}", span.of(&full));
                }
            }
        }
    }
    assert!(rendered > 500, "nearly everything is refused: {rendered}");
}

/// The same for the text of a string step: it is one instruction of the user's own choice, or refused.
#[test]
fn no_step_reaches_into_another_instruction() {
    let steps = [
        "{}",
        "RUN {}",
        "RUN x {}",
        "RUN --mount=type=cache,target={} x",
        "RUN [\"{}\"]",
        "COPY {} /x",
        "COPY --from={} /x /x",
        "COPY --chown={} x /x",
        "ADD {} /x",
        "ENV A={}",
        "ENV A=\"{}\"",
        "ARG A={}",
        "LABEL a={}",
        "USER {}",
        "WORKDIR {}",
        "EXPOSE {}",
        "VOLUME {}",
        "SHELL [\"{}\"]",
        "STOPSIGNAL {}",
        "ONBUILD RUN {}",
        "HEALTHCHECK --interval={} CMD x",
        "HEALTHCHECK CMD {}",
        "CMD {}",
        "ENTRYPOINT {}",
        "MAINTAINER {}",
        "# escape=`\nRUN {}",
    ];
    let mut rendered = 0;
    for step in steps {
        for hostile in HOSTILE {
            let step = toml_string(&step.replace("{}", hostile));
            let text = format!(
                "[[stages]]\nname = \"all\"\nfrom = \"alpine:3.23\"\nfinal = true\nsteps = [{step}, \"WORKDIR /after\"]\n"
            );
            let analysis = analyze(&text, &NoContext::default());
            if analysis.has_errors() {
                continue;
            }
            rendered += 1;
            let found = read_back(&analysis);
            assert_eq!(found.len(), 3, "{step}: {found:#?}");
            assert_eq!(found[2].arguments, "/after", "{step}");
        }
    }
    assert!(rendered > 150, "nearly everything is refused: {rendered}");
}

/// The same for names that a user chooses.
#[test]
fn no_name_reaches_into_another_instruction() {
    let expected = |text: &str| {
        instructions(
            &analyze(text, &NoContext::default())
                .dockerfile()
                .expect("a Dockerfile")
                .text,
        )
    };
    for table in [
        "runtime.env",
        "env",
        "build.args",
        "runtime.labels",
        "build.env",
        "args",
        "runtime.args",
        "build.ldflags",
    ] {
        let file = |name: &str| format!("language = \"go\"\n[{table}]\n{name} = \"x\"\n");
        let sound = expected(&file("NAME"));
        for hostile in HOSTILE {
            let text = file(&toml_string(hostile));
            let analysis = analyze(&text, &NoContext::default());
            if !analysis.has_errors() {
                assert_eq!(expected(&text), sound, "{hostile:?} in [{table}]");
            }
        }
    }
}
