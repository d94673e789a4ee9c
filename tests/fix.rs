//! `docksmith lint --fix` and `--diff` from outside.
#![expect(
    clippy::disallowed_methods,
    reason = "these tests make files and look at what became of them"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use docksmith::rules::ALL;
use similar::TextDiff;

use crate::cli::{Place, SOUND};

/// Two safe fixes and one unsafe one.
const FIXABLE: &str = "\
# what it is
langauge = 'go' # here
[build]
target = \"./cmd/server\"
[runtime]
expose = \"8080\" # docksmith: ignore[root-user] an old one
healthcheck = { cmd = [\"/x\"], interval = 30 }
";

const FIXED: &str = "\
# what it is
language = 'go' # here
[build]
target = \"./cmd/server\"
[runtime]
expose = 8080
healthcheck = { cmd = [\"/x\"], interval = 30 }
";

#[test]
fn safe_fixes_are_written_and_the_rest_is_told() {
    let place = Place::with(FIXABLE);
    let run = place.run(&["lint", "--no-fs", "--fix"]);
    run.ends_with(1);
    assert_eq!(place.read("docksmith.toml"), FIXED);
    assert!(run.output.contains("error[invalid-duration]"), "{run}");
    assert!(!run.output.contains("unknown-key"), "{run}");
    assert!(
        run.output.contains("fixed 3 in 1 file; 1 error in 1 file"),
        "{run}"
    );

    let again = place.run(&["lint", "--no-fs", "--fix"]);
    assert_eq!(place.read("docksmith.toml"), FIXED);
    assert!(!again.output.contains("fixed"), "{again}");
    let json = place.run(&[
        "lint",
        "--no-fs",
        "--fix",
        "--unsafe-fixes",
        "--format",
        "json",
    ]);
    json.ends_with(0);
    assert_eq!(json.json()["diagnostics"], serde_json::json!([]));
    assert_eq!(
        place.read("docksmith.toml"),
        FIXED.replace("30 }", "\"30s\" }")
    );
}

#[test]
fn line_ends_stay_also_in_what_is_inserted() {
    let text = FIXABLE.replace('\n', "\r\n");
    let place = Place::with(&text);
    place.run(&["lint", "--no-fs", "--fix"]);
    assert_eq!(place.read("docksmith.toml"), FIXED.replace('\n', "\r\n"));
}

#[test]
fn what_a_comment_hides_is_not_fixed() {
    let text = SOUND.replace(
        "expose = 8080",
        "expose = \"8080\" # docksmith: ignore[wrong-type] so it is",
    );
    let place = Place::with(&text);
    place.run(&["lint", "--no-fs", "--fix"]).ends_with(0);
    assert_eq!(place.read("docksmith.toml"), text);
}

#[test]
fn only_selected_rules_are_fixed() {
    let place = Place::with(FIXABLE);
    place.run(&["lint", "--no-fs", "--fix", "--select", "unknown-key"]);
    let expected = FIXABLE.replace("langauge", "language");
    assert_eq!(place.read("docksmith.toml"), expected);
}

#[test]
fn a_difference_is_printed_and_nothing_is_written() {
    let place = Place::with(FIXABLE);
    let run = place.run(&["lint", "--no-fs", "--diff"]);
    run.ends_with(1);
    let expected = TextDiff::from_lines(FIXABLE, FIXED)
        .unified_diff()
        .header("docksmith.toml", "docksmith.toml")
        .to_string();
    assert_eq!(run.output, expected);
    assert!(
        run.errors
            .contains("would fix 3 in 1 file; 1 error in 1 file"),
        "{run}"
    );
    assert_eq!(place.read("docksmith.toml"), FIXABLE);

    let sound = Place::with(SOUND).run(&["lint", "--no-fs", "--diff", "--quiet"]);
    sound.ends_with(0);
    assert_eq!((sound.output.as_str(), sound.errors.as_str()), ("", ""));
    let left = Place::with(&SOUND.replace("8080", "99999"));
    let left = left.run(&["lint", "--no-fs", "--diff"]);
    left.ends_with(1);
    assert_eq!(left.output, "");
}

#[test]
fn a_difference_shows_no_credential() {
    let token = format!("ghp_{}", "0a1B2c3D4e".repeat(4));
    let text = format!("langauge = \"go\"\nenv.GITHUB_TOKEN = \"{token}\"\n");
    let script = format!("#!/bin/sh\nexport GITHUB_TOKEN={token}\n\"$@\"\n");
    let place = Place::new(&[
        (
            "docksmith.toml",
            &format!(
                "{text}runtime.image_family = \"alpine\"\nruntime.entrypoint = \"entrypoint.sh\"\n"
            ),
        ),
        ("entrypoint.sh", &script),
        ("go.mod", "module x\n"),
    ]);
    let run = place.run(&["lint", "--diff", "--unsafe-fixes"]);
    assert!(run.output.contains("+language"), "{run}");
    assert!(run.output.contains("+exec \"$@\""), "{run}");
    assert!(run.output.contains(&"*".repeat(40)), "{run}");
    assert!(
        !run.output.contains(&token) && !run.errors.contains(&token),
        "{run}"
    );
}

#[test]
fn usage_is_checked() {
    let place = Place::with(FIXABLE);
    place
        .run(&["lint", "--unsafe-fixes"])
        .was_impossible("--fix");
    place
        .run(&["lint", "--diff", "--format", "json"])
        .was_impossible("--format");
    assert_eq!(place.read("docksmith.toml"), FIXABLE);
}

#[test]
fn standard_input_comes_out_fixed() {
    let place = Place::new(&[
        ("entrypoint.sh", "#!/bin/sh\n\"$@\"\n"),
        ("go.mod", "module x\n"),
    ]);
    let run = place.run_with(&["lint", "--no-fs", "--fix", "-"], FIXABLE.as_bytes());
    run.ends_with(1);
    assert_eq!(run.output, FIXED);
    assert!(run.errors.contains("error[invalid-duration]"), "{run}");

    let sound = place.run_with(&["lint", "--no-fs", "--fix", "-"], SOUND.as_bytes());
    sound.ends_with(0);
    assert_eq!(sound.output, SOUND);

    // No file is changed by a filter.
    let text = "language = \"go\"\nruntime.image_family = \"alpine\"\nruntime.entrypoint = \"entrypoint.sh\"\n";
    let run = place.run_with(&["lint", "--fix", "--unsafe-fixes", "-"], text.as_bytes());
    assert_eq!(run.output, text);
    assert!(run.errors.contains("script-no-exec"), "{run}");
    assert_eq!(place.read("entrypoint.sh"), "#!/bin/sh\n\"$@\"\n");

    let run = place.run_with(&["lint", "--fix", "-"], b"a = 1\n\xff");
    run.was_impossible("not UTF-8");
    let diff = place.run_with(&["lint", "--no-fs", "--diff", "-"], FIXABLE.as_bytes());
    assert!(diff.output.contains("+language = 'go' # here\n"), "{diff}");
    assert!(!place.path().join("docksmith.toml").exists());
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let place = Place::new(&[("real/file", FIXABLE), ("b/docksmith.toml", SOUND)]);
    let (file, link) = (
        place.path().join("real/file"),
        place.path().join("docksmith.toml"),
    );
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("permissions");
    std::os::unix::fs::symlink("real/file", &link).expect("a link");
    let untouched = place.path().join("b/docksmith.toml");
    let before = fs::metadata(&untouched).expect("a file").ino();
    place.run(&["lint", "--no-fs", "--fix"]).ends_with(1);
    assert!(link.is_symlink());
    assert_eq!(place.read("real/file"), FIXED);
    assert_eq!(
        fs::metadata(&file).expect("a file").permissions().mode() & 0o777,
        0o640
    );
    assert_eq!(fs::metadata(&untouched).expect("a file").ino(), before);
}

#[cfg(unix)]
#[test]
fn one_document_under_two_names_is_fixed_once() {
    let place = Place::new(&[("a/docksmith.toml", FIXABLE)]);
    fs::create_dir(place.path().join("b")).expect("a folder");
    std::os::unix::fs::symlink("../a/docksmith.toml", place.path().join("b/docksmith.toml"))
        .expect("a link");
    let run = place.run(&["lint", "--no-fs", "--fix"]);
    assert!(
        run.output
            .contains("fixed 3 in 1 file; 2 errors in 2 files"),
        "{run}"
    );
    assert_eq!(place.read("a/docksmith.toml"), FIXED);
}

#[cfg(unix)]
#[test]
fn what_may_not_be_written_is_told_in_one_line() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new(&[("a/docksmith.toml", FIXABLE)]);
    let file = place.path().join("a/docksmith.toml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).expect("permissions");
    let run = place.run(&["lint", "--no-fs", "--fix"]);
    run.was_impossible("cannot write a/docksmith.toml: permission denied");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("permissions");

    let folder = place.path().join("a");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).expect("permissions");
    // Some users may write everywhere.
    if fs::write(folder.join("probe"), "").is_err() {
        let run = place.run(&["lint", "--no-fs", "--fix"]);
        run.was_impossible("cannot write a/docksmith.toml: permission denied");
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("permissions");
    assert_eq!(place.read("a/docksmith.toml"), FIXABLE);
}

/// A service whose script does not pass signals on.
const SERVICE: &str = "\
langauge = \"go\"
context_root = \"../..\"
build.target = \"./cmd/server\"
runtime.image_family = \"alpine\"
runtime.entrypoint = \"entrypoint.sh\"
";

#[cfg(unix)]
#[test]
fn a_script_is_fixed_when_asked_for_and_never_outside_of_the_context() {
    use std::os::unix::fs::PermissionsExt;
    let script = "#!/bin/sh\nset -eu\n\"$@\"\n";
    let place = Place::new(&[
        ("services/api/docksmith.toml", SERVICE),
        ("services/api/go.mod", "module x\n"),
        ("services/api/cmd/server/main.go", "package main\n"),
        ("services/api/entrypoint.sh", script),
    ]);
    let path = place.path().join("services/api/entrypoint.sh");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("permissions");
    place.run(&["lint", "--fix"]).ends_with(0);
    assert_eq!(place.read("services/api/entrypoint.sh"), script);

    let diff = place.run(&["lint", "--diff", "--unsafe-fixes"]);
    diff.ends_with(1);
    assert!(
        diff.output.contains("--- services/api/entrypoint.sh\n"),
        "{diff}"
    );
    let run = place.run(&["lint", "--fix", "--unsafe-fixes", "--fail-on", "warning"]);
    run.ends_with(0);
    assert!(run.output.contains("fixed 1 in 1 file"), "{run}");
    let fixed = script.replace("\"$@\"", "exec \"$@\"");
    assert_eq!(place.read("services/api/entrypoint.sh"), fixed);
    assert_eq!(
        fs::metadata(&path).expect("a file").permissions().mode() & 0o777,
        0o755
    );

    let outside = Place::new(&[("script", script)]);
    fs::remove_file(&path).expect("the script goes");
    std::os::unix::fs::symlink(outside.path().join("script"), &path).expect("a link");
    place.run(&["lint", "--fix", "--unsafe-fixes"]);
    assert_eq!(outside.read("script"), script);
}

#[test]
fn two_documents_may_share_a_script() {
    let shared = SERVICE.replace("langauge", "language");
    let place = Place::new(&[
        (
            "a/x/docksmith.toml",
            &shared.replace("entrypoint.sh", "../../entrypoint.sh"),
        ),
        (
            "docksmith.toml",
            &shared.replace("context_root = \"../..\"\n", ""),
        ),
        (
            "b/docksmith.toml",
            &shared.replace("context_root = \"../..\"\n", ""),
        ),
        ("entrypoint.sh", "#!/bin/sh\n\"$@\"\n"),
        ("b/entrypoint.sh", "#!/bin/sh\n\"$@\"\n"),
    ]);
    place.run(&[
        "lint",
        "--fix",
        "--unsafe-fixes",
        "--select",
        "script-no-exec",
    ]);
    assert_eq!(place.read("entrypoint.sh"), "#!/bin/sh\nexec \"$@\"\n");
    assert_eq!(place.read("b/entrypoint.sh"), "#!/bin/sh\nexec \"$@\"\n");
}

/// The bad examples of all pages, each in a folder of its own.
fn bad_examples() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for rule in ALL {
        let (mut around, mut number) = (Vec::new(), 0);
        for (mark, text) in blocks(rule.documentation) {
            if let Some(path) = mark.strip_prefix("text,file:") {
                let (path, kind) = path.split_once(',').unwrap_or((path, ""));
                let text = match kind {
                    "crlf" => text.replace('\n', "\r\n"),
                    "bom" => format!("\u{feff}{text}"),
                    _ => text,
                };
                around.push((path.to_owned(), text));
            } else if mark.starts_with("toml,") {
                number += 1;
                let folder = format!("{}-{number}/app", rule.name);
                let around = std::mem::take(&mut around);
                // Credentials are not shown in a difference.
                if mark == "toml,bad" && !rule.name.starts_with("secret-in") {
                    files.push((format!("{folder}/docksmith.toml"), text));
                    let named = |(path, text)| (format!("{folder}/{path}"), text);
                    files.extend(around.into_iter().map(named));
                }
            }
        }
    }
    files
}

/// The blocks of code of a page: what stands behind the mark, and the text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        match (open.take(), line.strip_prefix("```")) {
            (None, Some(mark)) => open = Some((mark.to_owned(), String::new())),
            (Some(block), Some(_)) => blocks.push(block),
            (Some((mark, text)), None) => open = Some((mark, format!("{text}{line}\n"))),
            (None, None) => {}
        }
    }
    blocks
}

fn texts(place: &Place, files: &[(String, String)]) -> BTreeMap<String, String> {
    let read = |(path, _): &(String, String)| (path.clone(), place.read(path));
    files.iter().map(read).collect()
}

#[test]
fn every_example_is_fixed_as_its_difference_says_and_then_stays() {
    let files: Vec<(String, String)> = bad_examples()
        .into_iter()
        .filter(|(path, _)| !path.ends_with('/'))
        .collect();
    let borrowed: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let place = Place::new(&borrowed);
    place.write(".git/HEAD", b"");
    let old = texts(&place, &files);
    let diff = place.run(&["lint", "--diff", "--unsafe-fixes", "--pedantic"]);
    diff.ends_with(1);
    assert_eq!(texts(&place, &files), old, "a difference was written");
    place.run(&["lint", "--fix", "--unsafe-fixes", "--pedantic"]);
    let new = texts(&place, &files);

    let mut expected = String::new();
    let mut changed = 0;
    for (path, old) in &old {
        let new = &new[path];
        let difference = TextDiff::from_lines(old, new);
        expected.push_str(&difference.unified_diff().header(path, path).to_string());
        changed += usize::from(old != new);
        let is_document = Path::new(path).ends_with("docksmith.toml");
        if is_document && toml::from_str::<toml::Table>(old).is_ok() {
            toml::from_str::<toml::Table>(new).expect("the fixed document parses");
        }
    }
    assert_eq!(diff.output, expected);
    assert!(changed >= 60, "only {changed} files changed");
    let again = place.run(&["lint", "--fix", "--unsafe-fixes", "--pedantic"]);
    assert_eq!(texts(&place, &files), new);
    assert!(!again.output.contains("fixed "), "{again}");
}
