//! What the rules' tests share, and the tests that hold for every rule.

use crate::analysis::{Analysis, Options, analyze_with};
use crate::context::{BuildContext, Files, NoContext};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{ALL, Fixes, Level};
use crate::text::{LineIndex, PositionEncoding};

/// Checks a document against the expectations in it: a comment with carets right below a line says what is reported at
/// those columns, `#   ^^^^ error: message`. Everything of level warning and error must be expected, in order; an info
/// is compared only if the expectations name one.
pub(crate) fn check(text: &str) {
    check_in(text, &NoContext::default());
}

/// The same with files around the document.
pub(crate) fn check_with(text: &str, files: &[(&str, &str)]) {
    check_in(text, &Files::new(files.iter().copied()).in_folder("app"));
}

/// The document after the first fix that its findings carry.
pub(crate) fn fixed(text: &str) -> String {
    fixed_with(text, &[])
}

/// The same with files around the document.
pub(crate) fn fixed_with(text: &str, files: &[(&str, &str)]) -> String {
    let around = Files::new(files.iter().copied()).in_folder("app");
    let blind = NoContext::default();
    let context: &dyn BuildContext = if files.is_empty() { &blind } else { &around };
    let analysis = analyze_with(text, context, &Options::default());
    let fix = analysis.diagnostics.iter().find_map(|it| it.fix.clone());
    let mut edits = fix.expect("a fix").edits;
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.span.range(), &edit.text);
    }
    text
}

/// The analysis of a Go project on Alpine with an overlay; `document` is what else its file says.
pub(crate) fn with_overlay(document: &str, overlay: &str) -> Analysis {
    let files = Files::new([
        ("go.mod", "module x"),
        ("cmd/server/main.go", "package main"),
        ("Dockerfile.overlay", overlay),
    ]);
    let text = format!(
        "language = \"go\"\noverlay = \"Dockerfile.overlay\"\nbuild.target = \"./cmd/server\"\nruntime.image = \"alpine:3.23\"\n{document}\n"
    );
    analyze_with(&text, &files.in_folder("app"), &Options::default())
}

fn check_in(text: &str, context: &dyn BuildContext) {
    let expected = expectations(text);
    let options = Options {
        pedantic: expected.iter().any(|line| line.contains(" info: ")),
        ..Options::default()
    };
    let analysis = analyze_with(text, context, &options);
    let found: Vec<String> = analysis
        .diagnostics
        .iter()
        .map(|it| (it.severity, place(text, it)))
        // Of the infos only those that are expected: pedantic rules speak of most files.
        .filter(|(severity, place)| *severity > Severity::Info || expected.contains(place))
        .map(|(_, place)| place)
        .collect();
    assert_eq!(
        found.join("\n"),
        expected.join("\n"),
        "\nfor {text}\n{:#?}",
        analysis.diagnostics
    );
}

/// `line:column-column severity: message`.
fn place(text: &str, diagnostic: &Diagnostic) -> String {
    let index = LineIndex::new(text);
    let start = index.position(text, diagnostic.span.start, PositionEncoding::CodePoints);
    let end = index.position(text, diagnostic.span.end, PositionEncoding::CodePoints);
    let severity = diagnostic.severity.name();
    format!(
        "{}:{}-{} {severity}: {}",
        start.line + 1,
        start.column,
        end.column,
        diagnostic.message
    )
}

fn expectations(text: &str) -> Vec<String> {
    let mut expected = Vec::new();
    let mut line_above = 0;
    for (number, line) in text.lines().enumerate() {
        let carets: Vec<usize> = line
            .chars()
            .enumerate()
            .filter(|(_, it)| *it == '^')
            .map(|(column, _)| column)
            .collect();
        match (line.starts_with('#'), carets.first(), carets.last()) {
            (true, Some(first), Some(last)) => {
                // A `#` under the first character of the line above stands for a caret.
                let first = if *first == 1 { 0 } else { *first };
                let message = line.rsplit('^').next().unwrap_or_default().trim();
                expected.push(format!("{line_above}:{first}-{} {message}", last + 1));
            }
            _ => line_above = number + 1,
        }
    }
    expected
}

/// One example of a rule's page: whether it is good, the document, and the files around it.
pub(crate) struct Example {
    pub(crate) good: bool,
    pub(crate) text: String,
    pub(crate) files: Vec<(String, String)>,
}

impl Example {
    fn analyze(&self, pedantic: bool) -> Vec<Diagnostic> {
        let options = Options {
            pedantic,
            ..Options::default()
        };
        let files = self.files.iter();
        let texts = files.clone().map(|(path, text)| {
            let path = path.split(',').next().unwrap_or_default();
            (path.to_owned(), text.clone())
        });
        let files = files.fold(Files::new(texts), |files, (path, _)| {
            match path.split_once(',') {
                Some((path, "plain")) => files.plain(path),
                Some((path, size)) => files.sized(path, megabytes(size)),
                None => files,
            }
        });
        let files = files.in_folder("app");
        let blind = NoContext::default();
        let context: &dyn BuildContext = if self.files.is_empty() {
            &blind
        } else {
            &files
        };
        analyze_with(&self.text, context, &options).diagnostics
    }
}

/// The examples of a page: blocks marked `toml,bad` and `toml,good`; blocks marked `text,file:PATH` in front of one are
/// the files around it.
pub(crate) fn examples(documentation: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut files = Vec::new();
    let mut block: Option<(String, String)> = None;
    for line in documentation.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        match (&mut block, line.strip_prefix("```")) {
            (None, Some(mark)) => block = Some((mark.to_owned(), String::new())),
            (Some((mark, text)), Some(_)) => {
                if let Some(path) = mark.strip_prefix("text,file:") {
                    files.push(file(path, text));
                } else if let Some(kind) = mark.strip_prefix("toml,") {
                    let (good, text) = (kind == "good", text.clone());
                    examples.push(Example {
                        good,
                        text,
                        files: std::mem::take(&mut files),
                    });
                }
                block = None;
            }
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    examples
}

/// The bytes of `150MB`.
fn megabytes(size: &str) -> u64 {
    let number = size
        .strip_suffix("MB")
        .and_then(|size| size.parse::<u64>().ok());
    number.expect("a size in MB") * 1_000_000
}

/// A file of an example; `,crlf` and `,bom` behind its path say what a doc comment can't hold or show. `,plain`, for a file
/// that nobody may execute, and a size such as `,150MB` stay for the context.
fn file(path: &str, text: &str) -> (String, String) {
    match path.split_once(',') {
        Some((path, "crlf")) => (path.to_owned(), text.replace('\n', "\r\n")),
        Some((path, "bom")) => (path.to_owned(), format!("\u{feff}{text}")),
        _ => (path.to_owned(), text.to_owned()),
    }
}

#[test]
fn every_bad_example_gives_exactly_its_rule() {
    for rule in ALL {
        let bad: Vec<Example> = examples(rule.documentation)
            .into_iter()
            .filter(|it| !it.good)
            .collect();
        assert!(!bad.is_empty(), "{} has no bad example", rule.name);
        for example in bad {
            let found = example.analyze(rule.level == Level::Pedantic);
            let names: Vec<&str> = found
                .iter()
                .filter(|it| it.severity > Severity::Info || it.rule == rule.name)
                .map(|it| it.rule)
                .collect();
            assert_eq!(names, [rule.name], "{}\n{found:#?}", example.text);
        }
    }
}

#[test]
fn every_good_example_is_clean() {
    for rule in ALL {
        let good: Vec<Example> = examples(rule.documentation)
            .into_iter()
            .filter(|it| it.good)
            .collect();
        assert!(!good.is_empty(), "{} has no good example", rule.name);
        for example in good {
            let found = example.analyze(false);
            let found: Vec<&Diagnostic> = found
                .iter()
                .filter(|it| it.severity > Severity::Info)
                .collect();
            assert!(
                found.is_empty(),
                "{}\n{}\n{found:#?}",
                rule.name,
                example.text
            );
            let pedantic = example.analyze(true);
            assert!(
                pedantic.iter().all(|it| it.rule != rule.name),
                "{}\n{}",
                rule.name,
                example.text
            );
        }
    }
}

#[test]
fn the_list_is_the_folder_in_alphabetical_order() {
    let names: Vec<&str> = ALL.iter().map(|rule| rule.name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(names, sorted);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("server/rules");
    let files = folder.read_dir().expect("the folder of the rules");
    let mut files: Vec<String> = files
        .filter_map(|file| {
            file.expect("an entry")
                .file_name()
                .to_str()
                .and_then(|it| it.strip_suffix(".rs").map(|it| it.replace('_', "-")))
        })
        .filter(|name| name != "tests")
        .collect();
    files.sort_unstable();
    assert_eq!(files, sorted);
}

#[test]
fn every_fix_takes_its_finding_away() {
    for rule in ALL {
        for example in examples(rule.documentation)
            .into_iter()
            .filter(|it| !it.good)
        {
            let found = example.analyze(rule.level == Level::Pedantic);
            let Some(fix) = found
                .iter()
                .find(|it| it.rule == rule.name)
                .and_then(|it| it.fix.clone())
            else {
                continue;
            };
            let mut fixed = example.text.clone();
            let mut edits = fix.edits;
            edits.retain(|edit| edit.file == crate::diagnostic::File::Document);
            if edits.is_empty() {
                continue;
            }
            edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
            for edit in edits {
                fixed.replace_range(edit.span.range(), &edit.text);
            }
            let files = example.files.clone();
            let after = Example {
                good: true,
                text: fixed,
                files,
            };
            let left = after.analyze(rule.level == Level::Pedantic);
            assert!(
                left.iter().all(|it| it.rule != rule.name),
                "{}: {}\n{left:#?}",
                rule.name,
                after.text
            );
        }
    }
}

/// What a rule declares of its fixes is what its examples show: each of that kind, and one at least.
#[test]
fn every_fix_is_of_the_declared_kind() {
    let mut wrong = Vec::new();
    for rule in ALL {
        let bad = examples(rule.documentation);
        let bad = bad.iter().filter(|it| !it.good);
        let found = bad.flat_map(|it| it.analyze(rule.level == Level::Pedantic));
        let fixes: Vec<_> = found
            .filter(|it| it.rule == rule.name)
            .filter_map(|it| it.fix)
            .collect();
        let fits = |fix: &crate::diagnostic::Fix| match rule.fixes {
            Fixes::None => false,
            Fixes::Safe => fix.safe,
            Fixes::Unsafe => !fix.safe,
            Fixes::Either => true,
        };
        let is_shown = rule.fixes == Fixes::None || !fixes.is_empty();
        if !is_shown || !fixes.iter().all(fits) {
            wrong.push((rule.name, rule.fixes, fixes));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every page ends by saying when its rule is to be ignored.
#[test]
fn every_page_says_when_to_ignore_the_rule() {
    let lacks = |page: &str| {
        let (_, section) = page.split_once(" # When to ignore\n").unwrap_or_default();
        section.trim().is_empty() || section.contains("```") || section.contains("\n # ")
    };
    let lacking: Vec<&str> = ALL
        .iter()
        .filter(|rule| lacks(rule.documentation))
        .map(|rule| rule.name)
        .collect();
    assert!(lacking.is_empty(), "{lacking:?}");
}

/// Every rule that the schema names is there, so that no mistake of shape goes unsaid.
#[test]
fn every_rule_of_the_schema_exists() {
    fn walk(value: &serde_json::Value, names: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(map) => {
                names.extend(
                    map.get("x-rule")
                        .and_then(|name| name.as_str())
                        .map(str::to_owned),
                );
                map.values().for_each(|value| walk(value, names));
            }
            serde_json::Value::Array(items) => items.iter().for_each(|value| walk(value, names)),
            _ => {}
        }
    }
    let mut names = ["unknown-key", "missing-key", "wrong-type", "invalid-value"]
        .map(str::to_owned)
        .to_vec();
    walk(&crate::config::schema::schema(), &mut names);
    names.sort();
    names.dedup();
    let missing: Vec<&String> = names
        .iter()
        .filter(|name| crate::rules::by_name(name).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// A mistake is not reported again by what follows from it.
#[test]
fn one_mistake_gives_one_finding() {
    for (mistake, rule) in [
        (
            "build.output = \"app\"\nbuild.command = \"make\"",
            "relative-destination",
        ),
        ("build.steps = [\"\"]", "step-syntax"),
        ("build.steps = [{ run = 1 }]", "wrong-type"),
        ("env = [\"A=1\"]", "wrong-type"),
        ("install.command = \"\"", "missing-command"),
        ("lint.rules.foo = \"off\"", "unknown-key"),
        ("platforms = [\"amd64\"]", "invalid-platform"),
        ("runtime = \"go\"", "spelling-conflict"),
        (
            "runtime.copy = [{ src = \"a\", dst = \"\" }]",
            "relative-destination",
        ),
        (
            "runtime.copy = [{ src = \"a\\nb\", dst = \"/x\" }]",
            "shell-syntax-in-value",
        ),
        ("runtime.env = { A = { expand = true } }", "missing-key"),
        ("runtime.expose = \"\"", "port-mapping"),
        (
            "runtime.healthcheck = { test = [\"/x\"], interval = 30 }",
            "invalid-duration",
        ),
        ("runtime.init = true", "wrong-type"),
        ("secrets.\"a b\" = { env = \"X\" }", "invalid-stage-name"),
        ("[[build.binaries]]\nname = \"a\"", "missing-key"),
        ("[[stages]]\nname = \"a\"", "missing-key"),
        (
            "[[external_tools]]\nname = \"a\"\nurl = \"http://x/y\"\nsha256 = \"abc\"\ndst = \"/x\"\nsrc = 1",
            "",
        ),
    ] {
        let example = Example {
            good: false,
            text: format!("language = \"go\"\n{mistake}\n"),
            files: Vec::new(),
        };
        let found = example.analyze(false);
        let names: Vec<&str> = found
            .iter()
            .filter(|it| it.severity > Severity::Info)
            .map(|it| it.rule)
            .collect();
        let expected = match rule {
            "" => vec!["insecure-download", "invalid-checksum", "wrong-type"],
            rule => vec![rule],
        };
        assert_eq!(names, expected, "{}", example.text);
        for finding in found {
            assert!(finding.message.chars().count() <= 80, "{}", finding.message);
        }
    }
}

/// The two examples of the format's own documentation.
const DOCUMENTED: [&str; 2] = [
    r#"
language = "go"
[build]
target = "./cmd/server"
[runtime]
expose = 8080
"#,
    r#"
language  = "go"
version   = "1.25"

[build]
target  = "./cmd/server"
output  = "/app/main"
args    = { VERSION = "dev", COMMIT = "unknown" }
ldflags = ["-X main.version=${VERSION}", "-X main.commit=${COMMIT}"]

[[build.binaries]]
name      = "permanu-agent"
path      = "./cmd/permanu-agent"
platforms = ["linux/amd64", "linux/arm64"]
dst       = "/app/bin/"

[[external_tools]]
name    = "atlas"
version = "1.2.0"
url     = "https://release.ariga.io/atlas/atlas-${os}-${arch}-v${version}"
sha256  = { amd64 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88", arm64 = "b76308f558d50d006add507f3ab86afc1147644519dd327f7f5fac6d02d4f595" }
dst     = "/app/bin/atlas"

[runtime]
image      = "alpine:3.21"
packages   = ["ca-certificates", "tzdata"]
user       = { name = "permanu", uid = 10001 }
expose     = 4290
entrypoint = "entrypoint.sh"
cmd        = ["/app/main"]

[runtime.healthcheck]
cmd          = ["/app/main", "health"]
start_period = "30s"

[runtime.env]
DEPLOY_ENV   = "prod"
SERVER_PORT  = "4290"
ATLAS_CONFIG = "atlas.hcl"
ATLAS_ENV    = "prod"

[[runtime.copy]]
src   = ["atlas.hcl", "sql", "migrations", "templates"]
dst   = "/app/"
chown = "permanu:permanu"
"#,
];

#[test]
fn the_documented_files_are_clean() {
    for text in DOCUMENTED {
        check(text);
    }
}

#[test]
fn a_pasted_name_is_near_to_nothing() {
    // Comparing this with anything letter by letter takes a minute.
    let pasted = "x".repeat(1_000_000);
    assert_eq!(super::nearest(&pasted, ["language", "xxxxx"]), None);
    assert_eq!(super::nearest("langauge", ["language"]), Some("language"));
}
