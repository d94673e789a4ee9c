//! What the README shows is what the program does.

use std::path::Path;

use docksmith::analysis::analyze;
use docksmith::context::NoContext;
use docksmith::rules::by_name;

fn text(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name))
        .expect("a file of the repository")
}

/// The fenced blocks of a language, in order.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let open = format!("```{language}\n");
    let parts = text.split(&open).skip(1);
    parts
        .map(|part| part.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn the_dockerfile_shown_is_that_of_the_file_shown() {
    let readme = text("README.md");
    let (files, rendered) = (blocks(&readme, "toml"), blocks(&readme, "dockerfile"));
    assert_eq!((files.len(), rendered.len()), (1, 1));
    let analysis = analyze(&files[0], &NoContext::default());
    assert!(
        analysis.diagnostics.is_empty(),
        "{:#?}",
        analysis.diagnostics
    );
    assert_eq!(
        analysis.dockerfile().expect("a Dockerfile").text,
        rendered[0]
    );
}

#[test]
fn every_file_that_is_linked_is_there() {
    for (name, folder) in [
        ("README.md", "."),
        ("CONTRIBUTING.md", "."),
        ("editors/README.md", "editors"),
        ("schema/README.md", "schema"),
        ("server/rules/README.md", "server/rules"),
    ] {
        for target in text(name)
            .split("](")
            .skip(1)
            .filter_map(|part| part.split(')').next())
        {
            if target.contains("://") || target.starts_with('#') {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join(folder)
                .join(file);
            assert!(path.exists(), "{name} links to {target}");
            // Only headings of one word are linked, such as names of rules.
            let is_there = heading.is_empty()
                || std::fs::read_to_string(&path)
                    .is_ok_and(|text| text.contains(&format!("\n## {heading}\n")));
            assert!(is_there, "{name} links to {target}");
        }
    }
}

#[test]
fn every_rule_that_is_named_exists() {
    for name in ["README.md", "CONTRIBUTING.md"] {
        for rule in text(name)
            .split("ignore[")
            .skip(1)
            .chain(text(name).split("docksmith explain ").skip(1))
        {
            let rule: String = rule
                .chars()
                .take_while(|it| it.is_ascii_lowercase() || *it == '-')
                .collect();
            assert!(
                rule.is_empty() || rule == "rule" || rule == "rule-a" || by_name(&rule).is_some(),
                "{name} names {rule}"
            );
        }
    }
}

#[test]
fn the_contribution_guide_is_short() {
    assert!(text("CONTRIBUTING.md").lines().count() <= 120);
}
