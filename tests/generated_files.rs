//! What is generated is committed and in step; `cargo bless` rewrites it.

use std::path::Path;
use std::process::Command;

use docksmith::config::schema::{published, shared};
use docksmith::rule_page::{level, reference};
use docksmith::rules::ALL;
use expect_test::expect_file;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_schema_is_that_of_the_types() {
    let schema = published(ALL.iter().map(|rule| rule.name));
    let text = format!(
        "{}\n",
        serde_json::to_string_pretty(&schema).expect("a schema is JSON")
    );
    expect_file![root().join("schema/docksmith.schema.json")].assert_eq(&text);
}

#[test]
fn the_schema_of_shared_settings_is_that_of_the_types() {
    let schema = shared(ALL.iter().map(|rule| rule.name));
    let text = format!(
        "{}\n",
        serde_json::to_string_pretty(&schema).expect("a schema is JSON")
    );
    assert!(!text.contains("\"null\""), "{text}");
    expect_file![root().join("schema/docksmith-lint.schema.json")].assert_eq(&text);
}

#[test]
fn the_schema_of_lint_output_is_that_of_its_types() {
    let schema = docksmith::report::json::schema();
    let text = format!(
        "{}\n",
        serde_json::to_string_pretty(&schema).expect("a schema is JSON")
    );
    expect_file![root().join("schema/lint-output.schema.json")].assert_eq(&text);
}

#[test]
fn the_schema_holds_nothing_that_toml_lacks() {
    let text = published([]).to_string();
    for word in ["\"null\"", "x-taplo", "\"uint32\"", "\"int64\""] {
        assert!(!text.contains(word), "{word}");
    }
}

/// Every key is documented: what it does, and an example.
#[test]
fn every_key_of_the_schema_is_described() {
    fn walk(path: &str, value: &serde_json::Value, missing: &mut Vec<String>) {
        let Some(map) = value.as_object() else { return };
        if let Some(properties) = map.get("properties").and_then(|it| it.as_object()) {
            for (name, property) in properties {
                let is_reference = property.get("$ref").is_some();
                if property.get("description").is_none() && !is_reference {
                    missing.push(format!("{path}.{name}"));
                }
            }
        }
        for (key, value) in map {
            walk(&format!("{path}.{key}"), value, missing);
        }
    }
    let mut missing = Vec::new();
    walk("", &published([]), &mut missing);
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_rule_table_of_the_readme_is_that_of_the_rules() {
    let path = root().join("README.md");
    let readme = std::fs::read_to_string(&path).expect("the README");
    let (before, rest) = readme
        .split_once("<!-- generated: rules -->\n")
        .expect("the opening mark");
    let (_, after) = rest
        .split_once("<!-- end generated -->")
        .expect("the closing mark");
    let mut table = String::from("| rule | level | what it finds |\n| --- | --- | --- |\n");
    for rule in ALL {
        table.push_str(&format!(
            "| [`{0}`](server/rules/README.md#{0}) | {1} | {2} |\n",
            rule.name,
            level(rule.level),
            rule.summary()
        ));
    }
    let expected =
        format!("{before}<!-- generated: rules -->\n{table}<!-- end generated -->{after}");
    expect_file![path].assert_eq(&expected);
}

#[test]
fn our_own_dockerfile_is_that_of_our_own_file() {
    let output = Command::new(env!("CARGO_BIN_EXE_docksmith"))
        .current_dir(root())
        .arg("dockerfile")
        .output()
        .expect("the program was built");
    let text = String::from_utf8(output.stdout).expect("a Dockerfile is UTF-8");
    assert!(output.status.success());
    expect_file![root().join("Dockerfile")].assert_eq(&text);
}

#[test]
fn the_reference_of_the_rules_is_that_of_their_doc_comments() {
    expect_file![root().join("server/rules/README.md")].assert_eq(&reference(ALL));
}

/// Every name of a key in the schema.
fn keys(value: &serde_json::Value, found: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(map) => {
            if let Some(serde_json::Value::Object(properties)) = map.get("properties") {
                found.extend(properties.keys().cloned());
            }
            map.values().for_each(|value| keys(value, found));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

fn texts(folder: &Path, found: &mut String) {
    for entry in folder.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_owned();
        if path.is_dir() && name != ".cache" {
            texts(&path, found);
        } else if name.ends_with(".toml") || name == "broken.txt" || name == "tests.rs" {
            found.push_str(&std::fs::read_to_string(&path).expect("a text"));
        }
    }
}

#[test]
fn every_key_of_the_format_occurs_in_a_test() {
    let mut all = std::collections::BTreeSet::new();
    keys(&published([]), &mut all);
    let mut tests = String::new();
    texts(&root().join("tests"), &mut tests);
    texts(&root().join("server/dockerfile"), &mut tests);
    let is_used = |key: &String| {
        let pattern = |end: &str| tests.contains(&format!("{key}{end}"));
        [" =", "=", "]", "."].iter().any(|end| pattern(end)) || tests.contains(&format!("{key}  "))
    };
    let unused: Vec<&String> = all.iter().filter(|key| !is_used(key)).collect();
    assert!(all.len() > 90, "only {} keys", all.len());
    assert!(unused.is_empty(), "{unused:?}");
}
