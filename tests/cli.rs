//! The command line from outside: exit codes, streams and files.
#![expect(
    clippy::disallowed_methods,
    reason = "these tests make files and run the program on them"
)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) const SOUND: &str =
    "language = \"go\"\n[build]\ntarget = \"./cmd/server\"\n[runtime]\nexpose = 8080\n";
const BROKEN: &str =
    "language = \"go\"\n[build]\ntarget = \"./cmd/server\"\n[runtime]\nexpse = 8080\n";

/// What a run of the program left behind.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Run {
    /// Asserts that nothing was done, for one reason in one line.
    #[track_caller]
    pub(crate) fn was_impossible(&self, reason: &str) {
        assert_eq!((self.code, self.output.as_str()), (Some(2), ""), "{self}");
        assert_eq!(self.errors.lines().count(), 1, "{self}");
        assert!(self.errors.starts_with("docksmith: "), "{self}");
        assert!(self.errors.contains(reason), "{self}");
    }

    #[track_caller]
    pub(crate) fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.output).expect("the output is JSON")
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "exit code {:?}\n{}\n--\n{}",
            self.code, self.output, self.errors
        )
    }
}

/// A folder with files, given back when the test ends.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let place = Self(TempDir::new().expect("a folder for the test"));
        for (path, text) in files {
            place.write(path, text.as_bytes());
        }
        place
    }

    /// A folder with a document.
    pub(crate) fn with(text: &str) -> Self {
        Self::new(&[("docksmith.toml", text)])
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path().join(path);
        let folder = path.parent().expect("a file lies in a folder");
        fs::create_dir_all(folder).expect("the folder can be made");
        fs::write(path, bytes).expect("the file can be written");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).expect("the file can be read")
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).expect("the folder can be read");
        let name = |entry: std::io::Result<fs::DirEntry>| {
            let name = entry.expect("an entry").file_name();
            name.to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docksmith"));
        command.args(arguments).current_dir(self.path());
        command.env_remove("NO_COLOR");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, b"")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], input: &[u8]) -> Run {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program was built");
        let mut standard_input = child.stdin.take().expect("it was asked for");
        // A program that refuses its arguments does not read.
        let _unread = standard_input.write_all(input);
        drop(standard_input);
        let finished = child.wait_with_output().expect("the program ends");
        Run {
            code: finished.status.code(),
            output: String::from_utf8(finished.stdout).expect("output is UTF-8"),
            errors: String::from_utf8(finished.stderr).expect("errors are UTF-8"),
        }
    }
}

// What is found.

#[test]
fn a_sound_file_ends_with_0_and_a_summary() {
    let run = Place::with(SOUND).run(&["lint", "--no-fs"]);
    run.ends_with(0);
    assert!(run.output.contains("in 1 file"), "{run}");
    assert!(run.output.contains("--no-fs"), "{run}");
    assert_eq!(run.errors, "");
}

#[test]
fn every_format_ends_with_the_same_code() {
    let place = Place::with(BROKEN);
    for format in ["human", "concise", "json"] {
        let run = place.run(&["lint", "--format", format]);
        run.ends_with(1);
        assert!(run.output.contains("unknown-key"), "{run}");
        assert_eq!(run.errors, "");
    }
}

#[test]
fn concise_is_one_line_for_each_finding() {
    let place = Place::with(BROKEN);
    let run = place.run(&["lint", "--format", "concise", "--select", "unknown-key"]);
    assert!(
        run.output
            .starts_with("docksmith.toml:5:1: error[unknown-key]: "),
        "{run}"
    );
    assert_eq!(run.output.lines().count(), 1, "{run}");
}

#[test]
fn json_has_the_promised_shape_and_the_same_bytes() {
    let place = Place::new(&[
        ("b/docksmith.toml", BROKEN),
        ("a/docksmith.toml", BROKEN),
        ("a-b/docksmith.toml", BROKEN),
    ]);
    let arguments = [
        "lint",
        "b",
        "a",
        "./a/docksmith.toml",
        "a-b",
        "--format",
        "json",
        "--no-fs",
        "--quiet",
        "--select",
        "unknown-key",
    ];
    let run = place.run(&arguments);
    let report = run.json();
    let names = |value: &Value| -> Vec<String> {
        let map = value.as_object().expect("an object");
        map.keys().cloned().collect()
    };
    assert_eq!(
        names(&report),
        ["version", "tool", "files", "diagnostics", "summary"]
    );
    let paths = ["a-b/docksmith.toml", "a/docksmith.toml", "b/docksmith.toml"];
    assert_eq!(report["files"], serde_json::json!(paths));
    let found = report["diagnostics"].as_array().expect("a list");
    let places: Vec<&Value> = found.iter().map(|it| &it["path"]).collect();
    assert_eq!(places, paths);
    assert_eq!(found[0]["range"]["start"]["line"], 5);
    assert_eq!(report["summary"]["errors"], 3);
    assert_eq!(place.run(&arguments).output, run.output);
}

#[test]
fn several_formats_go_to_several_places() {
    let place = Place::with(BROKEN);
    let run = place.run(&[
        "lint",
        "--no-fs",
        "--format",
        "concise",
        "--format",
        "json=report.json",
    ]);
    run.ends_with(1);
    assert!(run.output.starts_with("docksmith.toml:5:1"), "{run}");
    let report: Value = serde_json::from_str(&place.read("report.json")).expect("it is JSON");
    assert_eq!(report["version"], 1);
}

#[test]
fn two_formats_are_never_mixed() {
    let place = Place::with(BROKEN);
    place
        .run(&["lint", "--format", "human", "--format", "json"])
        .was_impossible("standard output");
    place
        .run(&["lint", "--format", "human=x", "--format", "json=x"])
        .was_impossible("can't go to x");
}

#[test]
fn rules_can_be_chosen_and_weighed() {
    let place = Place::with(BROKEN);
    let lint = |flags: &[&str]| place.run(&[&["lint", "--no-fs"], flags].concat());
    lint(&["--select", "unknown-stage"]).ends_with(0);
    lint(&["--ignore", "unknown-key,unknown-stage"]).ends_with(0);
    lint(&["--level", "unknown-key=off"]).ends_with(0);
    let warned = lint(&["--level", "unknown-key=warning"]);
    warned.ends_with(0);
    assert!(warned.output.contains("warning[unknown-key]"), "{warned}");
    let informed = lint(&["--level", "unknown-key=info", "--fail-on", "info"]);
    informed.ends_with(1);
    assert!(informed.output.contains("info[unknown-key]"), "{informed}");
}

#[test]
fn the_threshold_decides_the_exit_code() {
    let place = Place::with(BROKEN);
    for (level, threshold, code) in [
        ("error", "never", 0),
        ("error", "error", 1),
        ("warning", "error", 0),
        ("warning", "warning", 1),
        ("info", "warning", 0),
        ("info", "info", 1),
    ] {
        let level = format!("unknown-key={level}");
        let run = place.run(&[
            "lint",
            "--no-fs",
            "--select",
            "unknown-key",
            "--level",
            &level,
            "--fail-on",
            threshold,
        ]);
        run.ends_with(code);
    }
}

#[test]
fn quiet_leaves_the_findings_and_nothing_else() {
    let run = Place::with(SOUND).run(&["lint", "--quiet", "--no-fs"]);
    assert_eq!(
        (run.code, run.output.as_str(), run.errors.as_str()),
        (Some(0), "", "")
    );
    let run = Place::with(BROKEN).run(&["lint", "--quiet", "--no-fs"]);
    assert!(run.output.contains("unknown-key"), "{run}");
    assert!(!run.output.contains("in 1 file"), "{run}");
}

#[test]
fn statistics_count_the_rules() {
    let run = Place::with(BROKEN).run(&["lint", "--statistics", "--select", "unknown-key"]);
    assert!(run.output.contains("    1  unknown-key\n"), "{run}");
}

#[test]
fn pedantic_is_a_flag() {
    Place::with(SOUND)
        .run(&["lint", "--no-fs", "--pedantic"])
        .ends_with(0);
}

#[test]
fn a_context_that_nobody_looked_at_is_told_beside_machine_formats() {
    let run = Place::with(SOUND).run(&["lint", "--no-fs", "--format", "json"]);
    run.json();
    assert_eq!(run.errors.lines().count(), 1, "{run}");
    assert!(run.errors.contains("--no-fs"), "{run}");
}

// Standard input.

#[test]
fn standard_input_is_a_document() {
    let place = Place::new(&[]);
    let arguments = [
        "lint",
        "-",
        "--stdin-path",
        "app/docksmith.toml",
        "--format",
        "concise",
    ];
    let run = place.run_with(&arguments, BROKEN.as_bytes());
    run.ends_with(1);
    assert!(run.output.contains("app/docksmith.toml:5:1: "), "{run}");
}

#[test]
fn too_much_standard_input_is_refused() {
    let input = vec![b'#'; 5 << 20];
    Place::new(&[])
        .run_with(&["lint", "-"], &input)
        .was_impossible("standard input");
}

// What can't be done.

#[test]
fn what_is_not_there_is_named() {
    let place = Place::new(&[]);
    for command in ["lint", "dockerfile"] {
        place
            .run(&[command, "app/docksmith.toml"])
            .was_impossible("cannot read app/docksmith.toml: ");
        place.run(&[command]).was_impossible("docksmith.toml");
    }
}

#[test]
fn bad_usage_is_one_line() {
    let place = Place::with(SOUND);
    for (arguments, reason) in [
        (vec!["lint", "--pedantik"], "'--pedantic'"),
        (vec!["lint", "--format", "sarf"], "`sarf`"),
        (vec!["lint", "--format", "json="], "a file is missing"),
        (vec!["lint", "--select", "unknwon-key"], "`unknown-key`"),
        (vec!["lint", "--ignore", "unknwon-key"], "`unknown-key`"),
        (vec!["lint", "--level", "unknwon-key=off"], "`unknown-key`"),
        (vec!["lint", "--level", "unknown-key=loud"], "`loud`"),
        (vec!["lint", "--fail-on", "always"], "always"),
        (vec!["lint", "--color", "green"], "green"),
        (vec!["dockerfile", "-o", "x", "--check", "x"], "--check"),
        (
            vec!["dockerfile", "--check", "x", "--format", "json"],
            "--format",
        ),
        (vec!["lock", "--list", "--from", "x"], "--from"),
        (vec!["explain"], "<NAME>"),
        (vec!["explain", "unknwon-key"], "`unknown-key`"),
        (vec!["completions", "no-such-shell"], "no-such-shell"),
        (vec!["no-such-command"], "no-such-command"),
    ] {
        place.run(&arguments).was_impossible(reason);
    }
}

#[test]
fn no_command_is_answered_with_help() {
    let run = Place::new(&[]).run(&[]);
    assert_eq!((run.code, run.output.as_str()), (Some(2), ""), "{run}");
    assert!(run.errors.contains("dockerfile"), "{run}");
}

/// Root may read everything, so the file is looked at first.
#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::with(SOUND);
    let path = place.path().join("docksmith.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("it is our file");
    let run = place.run(&["lint", "docksmith.toml"]);
    if fs::read(&path).is_ok() {
        assert_ne!(run.code, Some(2), "{run}");
    } else {
        run.was_impossible("cannot read docksmith.toml: permission denied");
    }
}

#[test]
fn a_folder_with_the_name_of_a_document_is_none() {
    let place = Place::new(&[("docksmith.toml/x", "")]);
    place.run(&["lint"]).was_impossible("docksmith.toml");
    place.run(&["dockerfile"]).was_impossible("docksmith.toml");
}

#[test]
fn what_is_not_utf8_is_a_syntax_error_at_its_place() {
    let place = Place::new(&[]);
    place.write(
        "docksmith.toml",
        b"language = \"go\"\nx = \"\xc3\xbc\xe4\"\n",
    );
    let run = place.run(&["lint", "--format", "json"]);
    run.ends_with(1);
    let found = &run.json()["diagnostics"];
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{run}");
    assert_eq!(found[0]["rule"], "toml-syntax");
    let start = serde_json::json!({ "line": 2, "column": 7, "byte": 23 });
    assert_eq!(found[0]["range"]["start"], start);
    let rendered = place.run(&["dockerfile"]);
    assert_eq!((rendered.code, rendered.output.as_str()), (Some(1), ""));
}

#[test]
fn a_huge_file_is_refused_at_once() {
    let place = Place::new(&[]);
    place.write("docksmith.toml", &vec![b'#'; 10 << 20]);
    let start = Instant::now();
    place
        .run(&["lint"])
        .was_impossible("cannot read docksmith.toml: ");
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let place = Place::with(SOUND);
    let full = fs::OpenOptions::new().write(true).open("/dev/full");
    let finished = place
        .command(&["schema"])
        .stdout(full.expect("Linux has it"))
        .output()
        .expect("the program was built");
    assert_eq!(finished.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&finished.stderr).contains("standard output"));
}

#[test]
fn a_reader_that_leaves_early_is_no_fault() {
    let place = Place::with(SOUND);
    let mut child = place
        .command(&["schema"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program was built");
    drop(child.stdout.take());
    let finished = child.wait_with_output().expect("the program ends");
    assert_eq!(finished.status.code(), Some(0));
    assert!(finished.stderr.is_empty());
}

// Colours.

#[test]
fn colours_come_only_when_asked_for() {
    let place = Place::with(BROKEN);
    let is_coloured = |arguments: &[&str]| place.run(arguments).output.contains('\u{1b}');
    assert!(!is_coloured(&["lint"]));
    assert!(!is_coloured(&["lint", "--color", "never"]));
    assert!(is_coloured(&["lint", "--color", "always"]));
    assert!(is_coloured(&["--color", "always", "lint"]));
    place.run(&["lint", "--color", "always", "--format", "human=report"]);
    assert!(!place.read("report").contains('\u{1b}'));
}

// Rendering.

#[test]
fn a_file_or_its_folder_is_rendered() {
    let place = Place::new(&[("app/docksmith.toml", SOUND)]);
    let run = place.run(&["dockerfile", "app"]);
    run.ends_with(0);
    assert!(run.output.contains("\nEXPOSE 8080\n"), "{run}");
    assert_eq!(run.errors, "");
    let same = place.run(&["dockerfile", "app/docksmith.toml"]);
    assert_eq!(same.output, run.output);
}

#[test]
fn a_file_outside_of_the_context_is_not_read() {
    let place = Place::new(&[("secret", "hunter2 hunter2\n")]);
    for key in ["overlay", "dockerfile"] {
        place.write(
            "app/docksmith.toml",
            format!(
                "{key} = \"../secret\"\n{}",
                if key == "overlay" { SOUND } else { "" }
            )
            .as_bytes(),
        );
        let run = place.run(&["dockerfile", "app"]);
        run.ends_with(1);
        assert!(run.errors.contains("copy-source-outside-context"), "{run}");
        assert!(!run.errors.contains("hunter2"), "{run}");
    }
}

#[test]
fn an_overlay_that_cannot_be_read_is_an_error() {
    let place = Place::with(&format!("overlay = \"Dockerfile.overlay\"\n{SOUND}"));
    place.write("Dockerfile.overlay", b"RUN \xff\n");
    for command in ["lint", "dockerfile"] {
        let run = place.run(&[command]);
        run.ends_with(1);
        let said = format!("{}{}", run.output, run.errors);
        assert!(said.contains("`Dockerfile.overlay` can't be read"), "{run}");
    }
}

#[test]
fn what_is_rendered_is_never_written_over() {
    let toml = format!("overlay = \"Dockerfile.overlay\"\n{SOUND}");
    let place = Place::with(&toml);
    place.write("Dockerfile.overlay", b"EXPOSE 9090\n");
    for file in ["docksmith.toml", "./Dockerfile.overlay"] {
        let run = place.run(&["dockerfile", "-o", file]);
        run.was_impossible("is what is rendered");
    }
    assert_eq!(place.read("docksmith.toml"), toml);
    assert_eq!(place.read("Dockerfile.overlay"), "EXPOSE 9090\n");
}

#[test]
fn every_language_is_rendered_where_its_project_is_not() {
    for (language, command) in [
        ("node", "[\"node\", \"server.js\"]"),
        ("python", "[\"python\", \"app.py\"]"),
        ("go", "[\"/usr/local/bin/server\"]"),
        ("php", "[\"apache2-foreground\"]"),
        ("java", "[\"java\", \"-jar\", \"/app/app.jar\"]"),
        ("dotnet", "[\"dotnet\", \"App.dll\"]"),
        ("rust", "[\"/usr/local/bin/server\"]"),
        ("ruby", "[\"bundle\", \"exec\", \"puma\"]"),
        ("elixir", "[\"bin/app\", \"start\"]"),
        ("deno", "[\"deno\", \"run\", \"main.ts\"]"),
        ("bun", "[\"bun\", \"server.ts\"]"),
        ("static", "[\"nginx\"]"),
    ] {
        let file = format!("language = \"{language}\"\nruntime.cmd = {command}\n");
        let run = Place::with(&file).run(&["dockerfile"]);
        assert_eq!((run.code, run.errors.as_str()), (Some(0), ""), "{run}");
        assert!(run.output.contains(" AS runtime\n"), "{run}");
    }
}

#[test]
fn the_files_around_a_bare_name_are_seen() {
    let place = Place::new(&[
        ("docksmith.toml", "dockerfile = \"own.Dockerfile\"\n"),
        ("own.Dockerfile", "FROM scratch\n"),
    ]);
    for path in ["docksmith.toml", ".", "./docksmith.toml"] {
        let run = place.run(&["dockerfile", path]);
        assert_eq!(
            (run.code, run.output.as_str()),
            (Some(0), "FROM scratch\n"),
            "{run}"
        );
    }
}

#[test]
fn a_broken_file_gives_its_diagnostics_and_nothing_else() {
    let place = Place::with(BROKEN);
    for format in ["text", "json"] {
        let run = place.run(&["dockerfile", "--format", format]);
        assert_eq!((run.code, run.output.as_str()), (Some(1), ""), "{run}");
        assert!(run.errors.contains("error[unknown-key]"), "{run}");
    }
}

#[test]
fn a_file_that_describes_no_image_says_so() {
    let run = Place::with("").run(&["dockerfile"]);
    assert_eq!((run.code, run.output.as_str()), (Some(1), ""), "{run}");
    assert!(run.errors.trim().len() > 1, "{run}");
}

#[test]
fn a_rendered_file_is_written_whole_or_not_at_all() {
    let place = Place::with(SOUND);
    let written = place.run(&["dockerfile", "-o", "Dockerfile"]);
    assert_eq!((written.code, written.output.as_str()), (Some(0), ""));
    let text = place.read("Dockerfile");
    assert_eq!(text, place.run(&["dockerfile"]).output);
    place.write("docksmith.toml", BROKEN.as_bytes());
    place.run(&["dockerfile", "-o", "Dockerfile"]).ends_with(1);
    assert_eq!(place.read("Dockerfile"), text);
    assert_eq!(place.names(), ["Dockerfile", "docksmith.toml"]);
}

#[test]
fn where_nothing_can_be_written_nothing_is_left() {
    let place = Place::with(SOUND);
    place
        .run(&["dockerfile", "-o", "no/such/Dockerfile"])
        .was_impossible("cannot write no/such/Dockerfile: ");
    fs::create_dir(place.path().join("folder")).expect("a folder");
    place
        .run(&["dockerfile", "-o", "folder"])
        .was_impossible("cannot write folder: ");
    assert_eq!(place.names(), ["docksmith.toml", "folder"]);
}

#[test]
fn a_stale_file_is_shown_and_left_alone() {
    let place = Place::with(SOUND);
    place.run(&["dockerfile", "-o", "Dockerfile"]).ends_with(0);
    let fresh = place.run(&["dockerfile", "--check", "Dockerfile"]);
    assert_eq!((fresh.code, fresh.output.as_str()), (Some(0), ""));
    let stale = place.read("Dockerfile").replace("EXPOSE 8080", "EXPOSE 80");
    place.write("Dockerfile", stale.as_bytes());
    let run = place.run(&["dockerfile", "--check", "Dockerfile"]);
    run.ends_with(1);
    assert!(run.output.contains("\n-EXPOSE 80\n+EXPOSE 8080\n"), "{run}");
    assert_eq!(place.read("Dockerfile"), stale);
    place
        .run(&["dockerfile", "--check", "missing"])
        .was_impossible("cannot read missing: ");
}

#[test]
fn the_preview_knows_where_each_line_comes_from() {
    let run = Place::with(SOUND).run(&["dockerfile", "--format", "json"]);
    let preview = run.ends_with(0).json();
    assert_eq!(preview["version"], Value::Null);
    let uri = preview["uri"].as_str().expect("a text");
    assert!(uri.starts_with("file:///") && uri.ends_with("/docksmith.toml"));
    let lines: Vec<&str> = preview["text"].as_str().expect("a text").lines().collect();
    let origins = preview["lines"].as_array().expect("a list");
    assert_eq!(origins.len(), lines.len());
    assert_eq!(origins[0], Value::Null);
    let exposed = lines.iter().position(|line| *line == "EXPOSE 8080");
    let origin = &origins[exposed.expect("the port is exposed")];
    assert_eq!(origin["path"], "docksmith.toml");
    assert_eq!(origin["range"]["start"]["line"], 5);
}

// Formatting.

#[test]
fn formatting_can_be_looked_at_first() {
    let text = "language=\"go\"\n";
    let place = Place::with(text);
    let checked = place.run(&["fmt", "--check"]);
    checked.ends_with(1);
    assert_eq!(checked.output, "docksmith.toml is not formatted\n");
    let shown = place.run(&["fmt", "--diff"]);
    shown.ends_with(1);
    assert!(shown.output.contains("\n+language = \"go\"\n"), "{shown}");
    assert_eq!(place.read("docksmith.toml"), text);
    place.run(&["fmt"]).ends_with(0);
    assert_eq!(place.read("docksmith.toml"), "language = \"go\"\n");
    place.run(&["fmt", "--check"]).ends_with(0);
}

#[test]
fn no_difference_shows_a_credential() {
    let token = format!("ghp_{}", "0123456789abcdefghij0123456789abcdef");
    let text = format!(
        "language=\"go\"\nruntime.env={{API_TOKEN=\"{token}\", PASSWORD='é hunter2'}}\n\
         runtime.healthcheck.start_period=\"1s\"\n\
         [[external_tools]]\nname=\"x\"\nurl=\"https://me:s3cr3t-w0rd@example.com/x\"\n"
    );
    let place = Place::with(&text);
    for command in ["fmt", "migrate"] {
        let shown = place.run(&[command, "--diff"]);
        for secret in [token.as_str(), "hunter2", "s3cr3t"] {
            assert!(!shown.output.contains(secret), "{command}: {shown}");
        }
        if command == "fmt" {
            assert!(shown.output.contains("\n+url = \"***"), "{shown}");
            assert!(shown.output.contains("\n-url=\"***"), "{shown}");
        }
        assert_eq!(place.read("docksmith.toml"), text);
    }
}

#[test]
fn an_ignore_file_is_written_beside_the_dockerfile_or_printed() {
    let place = Place::with(SOUND);
    let printed = place.run(&["dockerfile", "--dockerignore", "-"]);
    printed.ends_with(0);
    assert!(printed.output.contains("\n**/.git\n"), "{printed}");
    assert!(!printed.output.contains("FROM"), "{printed}");
    let both = [
        "dockerfile",
        "-o",
        "Dockerfile",
        "--dockerignore",
        ".dockerignore",
    ];
    for _ in 0..2 {
        let run = place.run(&both);
        assert_eq!((run.code, run.output.as_str()), (Some(0), ""), "{run}");
        assert_eq!(place.read(".dockerignore"), printed.output);
    }
    assert_eq!(place.read("Dockerfile"), place.run(&["dockerfile"]).output);
    // What docksmith wrote it writes anew.
    let stale = printed.output.replace("**/.git\n", "");
    place.write(".dockerignore", stale.as_bytes());
    place.run(&both).ends_with(0);
    assert_eq!(place.read(".dockerignore"), printed.output);
}

#[test]
fn an_ignore_file_of_another_hand_stays() {
    let place = Place::with(SOUND);
    place.write(".dockerignore", b"dist\n");
    place
        .run(&[
            "dockerfile",
            "-o",
            "Dockerfile",
            "--dockerignore",
            ".dockerignore",
        ])
        .was_impossible(".dockerignore was not written by docksmith");
    assert_eq!(place.read(".dockerignore"), "dist\n");
    assert_eq!(place.names(), [".dockerignore", "docksmith.toml"]);
    place.write("docksmith.toml", BROKEN.as_bytes());
    place
        .run(&["dockerfile", "--dockerignore", "other"])
        .ends_with(1);
    assert_eq!(place.names(), [".dockerignore", "docksmith.toml"]);
}

// Locking.

/// A digest of one hexadecimal digit.
fn digest(digit: char) -> String {
    format!("sha256:{}", digit.to_string().repeat(64))
}

#[test]
fn the_images_of_a_file_can_be_listed_and_locked_in_a_pipe() {
    let place = Place::with(SOUND);
    let list = place.run(&["lock", "--list"]);
    list.ends_with(0);
    assert_eq!(
        list.output,
        "gcr.io/distroless/static-debian12:nonroot\ngolang:1.26-alpine\n"
    );
    let lines: String = list
        .output
        .lines()
        .map(|image| format!("{image} {}\n", digest('a')))
        .collect();
    let input = format!("# resolved today\n\n{lines}alpine {}\n", digest('b'));
    let run = place.run_with(&["lock", "--from", "-"], input.as_bytes());
    assert_eq!((run.code, run.output.as_str()), (Some(0), ""), "{run}");
    let written = place.read("docksmith.lock");
    assert!(written.ends_with(&lines), "{written}");
    assert_eq!(place.names(), ["docksmith.lock", "docksmith.toml"]);
    let rendered = place.run(&["dockerfile"]).output;
    let base = format!(
        "FROM --platform=$BUILDPLATFORM golang:1.26-alpine@{} AS",
        digest('a')
    );
    assert!(rendered.contains(&base), "{rendered}");
    assert_eq!(rendered.matches(&digest('a')).count(), 2, "{rendered}");
    for arguments in [
        vec!["lock"],
        vec!["lock", "--check"],
        vec!["lint", "--select", "stale-lock,invalid-lock"],
    ] {
        place.run(&arguments).ends_with(0);
    }
    assert_eq!(place.read("docksmith.lock"), written);
}

#[test]
fn a_stale_lock_is_shown_and_left_alone() {
    let place = Place::with(SOUND);
    let golang = format!("golang:1.26-alpine {}\n", digest('a'));
    let base = format!(
        "gcr.io/distroless/static-debian12:nonroot {}\n",
        digest('b')
    );
    place.write(
        "docksmith.lock",
        format!("{golang}alpine {}\n", digest('c')).as_bytes(),
    );
    let run = place.run(&["lock", "--check"]);
    assert_eq!((run.code, run.output.as_str()), (Some(1), ""), "{run}");
    assert_eq!(
        run.errors,
        "docksmith: no digest for gcr.io/distroless/static-debian12:nonroot\n"
    );
    place.write("digests", format!("{golang}{base}").as_bytes());
    let before = place.read("docksmith.lock");
    let run = place.run(&["lock", "--check", "--from", "digests"]);
    run.ends_with(1);
    assert!(
        run.output.contains(&format!("\n-alpine {}\n", digest('c'))),
        "{run}"
    );
    assert!(run.output.contains(&format!("\n+{base}")), "{run}");
    assert_eq!(place.read("docksmith.lock"), before);
    place.run(&["lock", "--from", "digests"]).ends_with(0);
    place.run(&["lock", "--check"]).ends_with(0);
}

#[test]
fn a_digest_that_was_not_found_leaves_the_lock_alone() {
    let place = Place::new(&[
        ("docksmith.toml", SOUND),
        ("docksmith.lock", "old\n"),
        ("digests", "golang:1.26-alpine \n"),
        ("own/docksmith.toml", "dockerfile = \"Dockerfile\"\n"),
        ("own/Dockerfile", "FROM scratch\n"),
    ]);
    place
        .run(&["lock", "--from", "digests"])
        .was_impossible("digests: line 1: a line is an image and its digest");
    place
        .run(&["lock"])
        .was_impossible("docksmith.lock: line 1: ");
    place
        .run(&["lock", "--from", "none"])
        .was_impossible("none");
    place.run(&["lock", "own"]).was_impossible("not rendered");
    assert_eq!(place.read("docksmith.lock"), "old\n");
    // It holds nothing, and the build must not look as if it did.
    let run = place.run(&["dockerfile"]);
    assert_eq!((run.code, run.output.as_str()), (Some(1), ""), "{run}");
    assert!(run.errors.contains("error[invalid-lock]"), "{run}");
    assert!(run.errors.contains("docksmith.lock:1:1"), "{run}");
}

#[test]
fn in_a_repository_of_many_the_lock_lies_beside_its_document() {
    let text = format!("context_root = \"../..\"\n{SOUND}");
    let place = Place::new(&[("services/api/docksmith.toml", text.as_str())]);
    let list = place.run(&["lock", "services/api", "--list"]);
    let lines: String = list
        .output
        .lines()
        .map(|image| format!("{image} {}\n", digest('d')))
        .collect();
    place
        .run_with(&["lock", "services/api", "--from", "-"], lines.as_bytes())
        .ends_with(0);
    assert!(place.read("services/api/docksmith.lock").ends_with(&lines));
    let rendered = place.run(&["dockerfile", "services/api"]).output;
    assert_eq!(rendered.matches(&digest('d')).count(), 2, "{rendered}");
}

// The small commands.

#[test]
fn the_small_commands_print() {
    let place = Place::new(&[]);
    for (arguments, word) in [
        (vec!["schema"], "\"$schema\""),
        (vec!["rules"], "unknown-stage"),
        (vec!["rules", "--format", "json"], "\"unknown-stage\""),
        (vec!["explain", "unknown-stage"], "Right:"),
        (vec!["explain", "runtime.healthcheck.interval"], "interval"),
        (vec!["explain", "runtime.healthcheck"], "start_period"),
        (vec!["completions", "bash"], "dockerfile"),
        (vec!["--version"], env!("CARGO_PKG_VERSION")),
    ] {
        let run = place.run(&arguments);
        run.ends_with(0);
        assert!(run.output.contains(word), "{run}");
        assert_eq!(run.errors, "");
    }
}

#[test]
fn help_has_an_example() {
    let place = Place::new(&[]);
    for command in [
        "lint",
        "dockerfile",
        "lock",
        "fmt",
        "migrate",
        "lsp",
        "schema",
        "rules",
        "explain",
        "completions",
    ] {
        let run = place.run(&[command, "--help"]);
        run.ends_with(0);
        assert!(run.output.contains("Example"), "{run}");
        assert!(
            run.output.contains(&format!("docksmith {command}")),
            "{run}"
        );
    }
}

#[test]
fn the_server_ends_by_itself_when_its_input_does() {
    Place::new(&[]).run(&["lsp", "--stdio"]).ends_with(1);
}
