//! Who may import whom, as a table; and what every module owes its reader.

use std::path::{Path, PathBuf};

/// Each module with those of ours that it may import; a module of a higher level may import all of the lower ones only
/// where it says so.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("image", &[]),
    ("context", &["text"]),
    ("diagnostic", &["text"]),
    ("syntax", &["text", "diagnostic"]),
    ("config", &["text", "image", "diagnostic", "syntax"]),
    (
        "plan",
        &["text", "image", "diagnostic", "context", "config", "syntax"],
    ),
    (
        "names",
        &["text", "image", "diagnostic", "config", "plan", "syntax"],
    ),
    ("dockerfile", &["text", "image", "plan"]),
    (
        "rules",
        &[
            "text",
            "image",
            "diagnostic",
            "context",
            "config",
            "plan",
            "names",
            "syntax",
        ],
    ),
    ("rule_page", &["rules"]),
    (
        "analysis",
        &[
            "text",
            "image",
            "diagnostic",
            "context",
            "config",
            "plan",
            "names",
            "syntax",
            "dockerfile",
            "rules",
        ],
    ),
    (
        "ide",
        &[
            "text",
            "image",
            "diagnostic",
            "context",
            "config",
            "plan",
            "names",
            "syntax",
            "dockerfile",
            "rules",
            "rule_page",
            "analysis",
        ],
    ),
    (
        "rewrite",
        &[
            "text",
            "diagnostic",
            "context",
            "config",
            "syntax",
            "analysis",
        ],
    ),
    (
        "report",
        &[
            "text",
            "diagnostic",
            "rules",
            "rule_page",
            "analysis",
            "dockerfile",
            "plan",
        ],
    ),
    ("disk", &["context"]),
    (
        "lsp",
        &[
            "text",
            "diagnostic",
            "context",
            "analysis",
            "ide",
            "rewrite",
            "disk",
            "config",
            "rules",
            "plan",
        ],
    ),
    (
        "cli",
        &[
            "text",
            "image",
            "diagnostic",
            "context",
            "config",
            "plan",
            "syntax",
            "dockerfile",
            "rules",
            "rule_page",
            "analysis",
            "ide",
            "rewrite",
            "report",
            "disk",
            "lsp",
        ],
    ),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in folder.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn server() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("server")
}

/// The top-level module that a file belongs to.
fn module(path: &Path) -> String {
    let relative = path.strip_prefix(server()).expect("a source file");
    let first = relative
        .components()
        .next()
        .expect("a name")
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The code of a file without its tests, which may import anything.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a source file");
    text.split("#[cfg(test)]")
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn is_test(path: &Path) -> bool {
    let name = path
        .file_stem()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    matches!(name, "tests" | "testing" | "conformance" | "fixtures")
        || path.components().any(|part| part.as_os_str() == "tests")
}

#[test]
fn modules_import_only_what_their_level_may() {
    let mut wrong = Vec::new();
    for path in sources(&server()) {
        let module = module(&path);
        if matches!(module.as_str(), "lib" | "main") || is_test(&path) {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
            panic!("`{module}` has no level: add it to the table");
        };
        for (other, _) in MAY_IMPORT {
            let imports = code(&path).contains(&format!("crate::{other}::"))
                || code(&path).contains(&format!("crate::{other};"));
            if imports && *other != module && !allowed.contains(other) {
                wrong.push(format!("{} imports `{other}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rules_do_not_import_each_other() {
    let folder = server().join("rules");
    for path in sources(&folder).iter().filter(|path| !is_test(path)) {
        let code = code(path);
        let stem = path
            .file_stem()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        for other in sources(&folder)
            .iter()
            .filter_map(|it| it.file_stem().and_then(|name| name.to_str()))
        {
            assert!(
                other == stem || !code.contains(&format!("rules::{other}::")),
                "{stem} imports {other}"
            );
        }
    }
}

#[test]
fn every_module_opens_with_its_documentation() {
    for path in sources(&server()) {
        let text = std::fs::read_to_string(&path).expect("a source file");
        let opens = text.starts_with("//!") || text.starts_with("#![doc");
        assert!(opens, "{} does not say what it is", path.display());
    }
}

#[test]
fn every_dependency_has_a_reason() {
    let manifest =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
            .expect("a manifest");
    let mut in_dependencies = false;
    let mut above = "";
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_dependencies = line.contains("dependencies");
        } else if in_dependencies && line.contains('=') {
            assert!(above.starts_with("# "), "no reason above `{line}`");
        }
        above = line;
    }
}
