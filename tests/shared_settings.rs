//! `.docksmith-lint.toml` and `--show-config` from outside.

use crate::cli::{Place, SOUND};

const PLAIN: &str = "language = \"go\"\nversion = \"1.25\"\n";

#[test]
fn the_nearest_settings_count_below_the_document_and_the_command_line() {
    let place = Place::new(&[
        (".git/HEAD", ""),
        (
            ".docksmith-lint.toml",
            "fail_on = \"warning\"\n[rules]\nport-out-of-range = \"warning\"\nunknown-key = \"off\"\n",
        ),
        (
            "a/docksmith.toml",
            "language = \"go\"\nx = 1\nruntime.expose = 99999\n",
        ),
        (
            "b/.docksmith-lint.toml",
            "[rules]\nport-out-of-range = \"info\"\n",
        ),
        (
            "b/docksmith.toml",
            "language = \"go\"\nruntime.expose = 99999\n",
        ),
        (
            "c/docksmith.toml",
            "language = \"go\"\nruntime.expose = 99999\n[lint.rules]\nport-out-of-range = \"error\"\n",
        ),
    ]);
    let run = |arguments: &[&str]| {
        let mut all = vec!["lint", "--no-fs", "--format", "concise"];
        all.extend(arguments);
        let run = place.run(&all);
        (run.code, run.output)
    };
    let (code, output) = run(&["a"]);
    assert_eq!(code, Some(1));
    assert!(
        output.starts_with("a/docksmith.toml:3:18: warning[port-out-of-range]"),
        "{output}"
    );
    assert_eq!(output.lines().count(), 1, "{output}");
    let (code, output) = run(&["b"]);
    assert_eq!(code, Some(0));
    assert!(output.contains("info[port-out-of-range]"), "{output}");
    assert!(run(&["c"]).1.contains("error[port-out-of-range]"));
    assert!(
        run(&["c", "--level", "port-out-of-range=info"])
            .1
            .contains("info[port")
    );
    assert_eq!(run(&["a", "--fail-on", "error"]).0, Some(0));
}

#[test]
fn registries_reasons_and_pedantry_can_be_shared() {
    let place = Place::new(&[
        (
            ".docksmith-lint.toml",
            "allowed_registries = [\"gcr.io\"]\nrequire_reason = true\npedantic = true\n",
        ),
        (
            "docksmith.toml",
            "language = \"go\" # docksmith: ignore[image-no-digest]\n",
        ),
    ]);
    let found = place.run(&["lint", "--no-fs", "--format", "concise"]);
    found.ends_with(1);
    for rule in [
        "registry-not-allowed",
        "invalid-suppression",
        "no-healthcheck",
    ] {
        assert!(found.output.contains(rule), "{rule}: {found}");
    }
    place.write(
        "docksmith.toml",
        b"language = \"go\"\n[lint]\nallowed_registries = [\"gcr.io\", \"docker.io\"]\n",
    );
    place.run(&["lint", "--no-fs"]).ends_with(0);
}

#[test]
fn broken_settings_are_told_in_one_line() {
    for (text, reason) in [
        (
            "[rules]\nroot-usr = \"off\"\n",
            ".docksmith-lint.toml:2:1: there is no rule `root-usr`",
        ),
        ("pedantic = 1\n", ".docksmith-lint.toml:1:12: invalid type"),
        ("\u{e9} = [\n", ".docksmith-lint.toml:1:6: "),
    ] {
        let place = Place::new(&[(".docksmith-lint.toml", text), ("docksmith.toml", SOUND)]);
        place.run(&["lint"]).was_impossible(reason);
        place.run(&["dockerfile"]).was_impossible(reason);
    }
}

#[test]
fn settings_say_where_they_come_from() {
    let place = Place::new(&[
        (
            ".docksmith-lint.toml",
            "require_reason = true\n[rules]\nroot-user = \"error\"\nunused-stage = \"off\"\n",
        ),
        (
            "a/docksmith.toml",
            &format!("{PLAIN}[lint.rules]\nunused-stage = \"info\"\n"),
        ),
    ]);
    let run = place.run(&[
        "lint",
        "--show-config",
        "--ignore",
        "port-mapping",
        "--level",
        "step-syntax=info",
    ]);
    run.ends_with(0);
    for line in [
        "# a/docksmith.toml",
        "pedantic = false # default",
        "fail_on = \"error\" # default",
        "require_reason = true # .docksmith-lint.toml",
        "root-user = \"error\" # .docksmith-lint.toml",
        "unused-stage = \"info\" # [lint]",
        "port-mapping = \"off\" # command line",
        "step-syntax = \"info\" # command line",
        "image-no-digest = \"off\" # default",
        "unknown-key = \"error\" # default",
    ] {
        assert!(run.output.lines().any(|it| it == line), "{line}: {run}");
    }
    toml::from_str::<toml::Table>(&run.output).expect("one document's settings are TOML");
}
