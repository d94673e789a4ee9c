//! The projects: files as people write them for real services, of which lint must say nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::dockerfiles::{analysis, documents};

/// How many projects there are of each language at least; the composite ones and those of stages alone are further ones.
const AT_LEAST: [(&str, usize); 12] = [
    ("go", 8),
    ("node", 4),
    ("python", 5),
    ("java", 3),
    ("rust", 3),
    ("ruby", 2),
    ("php", 2),
    ("dotnet", 2),
    ("elixir", 1),
    ("deno", 1),
    ("bun", 1),
    ("static", 1),
];

fn projects() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects")
}

/// What the program reports about the projects, as JSON: with the modes of the files, which only the disk knows.
fn report(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_docksmith"))
        .current_dir(projects())
        .args(["lint", "--format", "json"])
        .args(arguments)
        .output()
        .expect("the program was built");
    serde_json::from_slice(&output.stdout).expect("the program writes JSON")
}

/// The findings of a report, one line each, but for those of a severity that does not count.
fn findings(report: &Value, ignored: &[&str]) -> Vec<String> {
    let all = report["diagnostics"].as_array().expect("a list");
    let counted = all
        .iter()
        .filter(|finding| !ignored.iter().any(|it| finding["severity"] == *it));
    counted
        .map(|finding| {
            let line = &finding["range"]["start"]["line"];
            let (path, rule) = (&finding["path"], &finding["rule"]);
            format!("{path}:{line}: {rule} {}", finding["message"])
        })
        .collect()
}

#[test]
fn nothing_is_found_in_sound_projects() {
    let report = report(&["."]);
    let files = report["files"].as_array().map_or(0, Vec::len);
    assert!(files >= 40, "only {files} projects");
    assert_eq!(findings(&report, &[]), [""; 0]);
}

/// Pedantic rules may have an opinion about a sound project; an opinion is an info.
#[test]
fn pedantic_rules_warn_about_no_sound_project() {
    let report = report(&["--pedantic", "."]);
    assert!(report["summary"]["infos"].as_u64() > Some(0));
    assert_eq!(findings(&report, &["info"]), [""; 0]);
}

#[test]
fn every_project_renders() {
    for document in documents(&projects()) {
        let analysis = analysis(&document);
        let file = analysis.dockerfile();
        let text = file.map_or("", |file| file.text.as_str());
        assert!(text.contains("FROM "), "{}", document.display());
    }
}

#[test]
fn the_projects_are_of_all_languages() {
    let mut counts = BTreeMap::new();
    for document in documents(&projects()) {
        if let Some(language) = analysis(&document).config.language.clone() {
            let name = format!("{:?}", language.value).to_lowercase();
            *counts.entry(name).or_insert(0) += 1;
        }
    }
    for (language, least) in AT_LEAST {
        let count = counts.get(language).copied().unwrap_or(0);
        assert!(count >= least, "{language}: {count}, not {least}");
    }
}
