//! Broken files: each gives the listed diagnostics at the listed places, and no other error.

use docksmith::analysis::{Options, analyze_with};
use docksmith::context::NoContext;
use docksmith::diagnostic::{Diagnostic, Severity};
use docksmith::text::{LineIndex, PositionEncoding};

/// The format of this file is described at its head.
const CASES: &str = include_str!("broken.txt");

struct Case {
    name: String,
    text: String,
    expected: Vec<String>,
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut in_places = false;
    for line in CASES.lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            cases.push(Case {
                name: name.to_owned(),
                text: String::new(),
                expected: Vec::new(),
            });
            in_places = false;
        } else if let Some(case) = cases.last_mut() {
            if line == "--- place" {
                in_places = true;
            } else if in_places {
                case.expected.extend(place_of(line));
            } else {
                case.text.push_str(line);
                case.text.push('\n');
            }
        }
    }
    for case in &mut cases {
        let from_carets = carets(&case.text);
        case.expected.extend(from_carets);
        case.expected.sort();
    }
    cases
}

/// The texts of all broken files.
pub(crate) fn texts() -> Vec<String> {
    cases().into_iter().map(|case| case.text).collect()
}

/// `line:column-line:column rule` as it is; anything else is no place.
fn place_of(line: &str) -> Option<String> {
    let is_place = line.contains('-') && line.starts_with(|first: char| first.is_ascii_digit());
    is_place.then(|| line.trim().to_owned())
}

/// The places that comments with carets mark.
fn carets(text: &str) -> Vec<String> {
    let mut places = Vec::new();
    let mut above = 0;
    for (number, line) in text.lines().enumerate() {
        let columns: Vec<usize> = line
            .chars()
            .enumerate()
            .filter(|(_, it)| *it == '^')
            .map(|(column, _)| column)
            .collect();
        let rule = line.rsplit('^').next().unwrap_or_default().trim();
        let is_mark = line.trim_start().starts_with('#') && !columns.is_empty() && !rule.is_empty();
        match (is_mark, columns.first(), columns.last()) {
            (true, Some(&first), Some(&last)) => {
                places.push(format!("{above}:{}-{above}:{} {rule}", first + 1, last + 2));
            }
            _ => above = number + 1,
        }
    }
    places
}

fn place(text: &str, diagnostic: &Diagnostic) -> String {
    let index = LineIndex::new(text);
    let start = index.position(text, diagnostic.span.start, PositionEncoding::CodePoints);
    let end = index.position(text, diagnostic.span.end, PositionEncoding::CodePoints);
    let (from, to) = (start.column + 1, end.column + 1);
    format!(
        "{}:{from}-{}:{to} {}",
        start.line + 1,
        end.line + 1,
        diagnostic.rule
    )
}

#[test]
fn every_broken_file_gives_its_diagnostics_at_their_places() {
    let cases = cases();
    assert!(cases.len() >= 120, "only {} cases", cases.len());
    let mut failures = Vec::new();
    for case in &cases {
        let options = Options {
            pedantic: true,
            ..Options::default()
        };
        let found = analyze_with(&case.text, &NoContext::default(), &options).diagnostics;
        let found: Vec<(Severity, String)> = found
            .iter()
            .map(|it| (it.severity, place(&case.text, it)))
            .collect();
        let missing: Vec<&String> = case
            .expected
            .iter()
            .filter(|it| found.iter().all(|(_, place)| place != *it))
            .collect();
        let surplus: Vec<&String> = found
            .iter()
            .filter(|(severity, place)| {
                *severity == Severity::Error && !case.expected.contains(place)
            })
            .map(|(_, place)| place)
            .collect();
        if case.expected.is_empty() || !missing.is_empty() || !surplus.is_empty() {
            failures.push(format!(
                "{}\n  missing: {missing:?}\n  surplus: {surplus:?}",
                case.name
            ));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} cases:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

#[test]
fn the_schema_refuses_most_of_the_broken_files() {
    let refused = cases().into_iter().filter(|case| {
        let document = docksmith::syntax::parse(&case.text);
        !docksmith::config::check::validate(&document.root).is_empty()
    });
    let refused = refused.count();
    assert!(refused >= 120, "only {refused}");
}
