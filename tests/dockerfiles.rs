//! The examples: each `docksmith.toml` renders to the Dockerfile beside it, byte for byte.

use std::path::{Path, PathBuf};

use docksmith::analysis::{Analysis, analyze};
use docksmith::context::Files;
use expect_test::expect_file;

/// The folder of the examples.
pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples")
}

/// Every `docksmith.toml` below a folder, sorted.
pub(crate) fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> = folder
        .read_dir()
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            found.extend(documents(&path));
        } else if path.ends_with("docksmith.toml") {
            found.push(path);
        }
    }
    found
}

/// The files below a folder, with paths relative to `root`.
fn files(folder: &Path, root: &Path, found: &mut Vec<(String, String)>) {
    for entry in folder.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, root, found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let relative = path.strip_prefix(root).expect("a path below the root");
            found.push((relative.to_string_lossy().replace('\\', "/"), text));
        }
    }
}

/// The analysis of an example with the files of its build context.
pub(crate) fn analysis(document: &Path) -> Analysis {
    let text = std::fs::read_to_string(document).expect("a document");
    let folder = document.parent().expect("a folder");
    let climbs = text
        .lines()
        .find_map(|line| line.strip_prefix("context_root"))
        .map_or(0, |it| it.matches("..").count());
    let root = folder.ancestors().nth(climbs).expect("an ancestor");
    let prefix = vec![".."; climbs].join("/");
    let mut list = Vec::new();
    files(root, root, &mut list);
    let list = list.into_iter().map(|(path, text)| match climbs {
        0 => (path, text),
        _ => (format!("{prefix}/{path}"), text),
    });
    analyze(
        &text,
        &Files::new(list).in_folder(&folder.to_string_lossy().replace('\\', "/")),
    )
}

#[test]
fn every_example_renders_to_its_dockerfile() {
    let documents = documents(&examples());
    assert!(documents.len() >= 12, "too few examples");
    for document in documents {
        let analysis = analysis(&document);
        let file = analysis
            .dockerfile()
            .unwrap_or_else(|| panic!("{}: nothing is rendered", document.display()));
        let golden = match &analysis.config.dockerfile {
            Some(name) => document.with_file_name(&name.value),
            None => document.with_file_name("Dockerfile"),
        };
        expect_file![golden].assert_eq(&file.text);
        assert_eq!(file.text.lines().count(), file.origins.len());
    }
}

#[test]
fn every_example_is_free_of_findings() {
    for document in documents(&examples()) {
        let analysis = analysis(&document);
        assert!(
            analysis.diagnostics.is_empty(),
            "{}: {:#?}",
            document.display(),
            analysis.diagnostics
        );
    }
}

#[test]
fn three_spellings_of_the_composite_image_render_to_the_same_bytes() {
    let text = |name: &str| {
        let analysis = analysis(&examples().join(name).join("docksmith.toml"));
        analysis.dockerfile().expect("a Dockerfile").text.clone()
    };
    assert_eq!(text("composite"), text("composite-old"));
    assert_eq!(text("composite"), text("composite-request"));
}
