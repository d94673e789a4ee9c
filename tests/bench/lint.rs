//! How long linting takes, beside other linters: whole processes, from start to end.
//!
//! `cargo bench --bench lint` writes a thousand small projects into a temporary folder, renders each, and times
//! docksmith on the projects, hadolint on the Dockerfiles and tombi on the TOML files. The others are found through
//! `HADOLINT` and `TOMBI`, on the path, or where `tests/run` installs what it needs; one that is missing is a failure.
#![expect(
    clippy::disallowed_methods,
    reason = "it reads its arguments and writes the files that are linted"
)]

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// How many projects there are.
const PROJECTS: usize = 1000;

/// How often a command is timed at least and at most, and when it is enough.
const FEWEST: usize = 3;
const MOST: usize = 20;
const ENOUGH: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    // Without this argument `cargo test --all-targets` only wants to know whether the program starts.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            say(&mut io::stderr(), &format!("bench: {reason}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let hadolint = program("HADOLINT", "hadolint")?;
    let tombi = program("TOMBI", "tombi")?;
    let docksmith = PathBuf::from(env!("CARGO_BIN_EXE_docksmith"));
    let folder = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
    let tree = Tree::write(folder.path(), &docksmith)?;
    let all = [
        Timing::of(&docksmith, &["lint"], std::slice::from_ref(&tree.root))?,
        Timing::of(&hadolint, &["--no-fail"], &tree.dockerfiles)?,
        Timing::of(&tombi, &["lint", "--offline"], &tree.documents)?,
    ];
    let one = [
        Timing::of(&docksmith, &["lint"], first(&tree.documents))?,
        Timing::of(&hadolint, &["--no-fail"], first(&tree.dockerfiles))?,
        Timing::of(&tombi, &["lint", "--offline"], first(&tree.documents))?,
    ];
    let names = ["docksmith lint", "hadolint", "tombi lint"];
    let mut text =
        String::from("files  program         minimum   median    runs  against docksmith\n");
    for (files, timings) in [(PROJECTS, all), (1, one)] {
        let ours = timings[0].minimum.as_secs_f64();
        for (name, timing) in names.iter().zip(&timings) {
            let ratio = timing.minimum.as_secs_f64() / ours;
            text.push_str(&format!(
                "{files:>5}  {name:14}  {:>7}   {:>7}   {:>4}  {ratio:.1}\n",
                milliseconds(timing.minimum),
                milliseconds(timing.median),
                timing.runs,
            ));
        }
    }
    say(&mut io::stdout(), text.trim_end());
    Ok(())
}

fn first(paths: &[PathBuf]) -> &[PathBuf] {
    paths.get(..1).unwrap_or_default()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn say(output: &mut dyn Write, text: &str) {
    let _closed_early = writeln!(output, "{text}");
}

/// Another linter.
fn program(variable: &str, name: &str) -> Result<PathBuf, String> {
    if let Some(path) = std::env::var_os(variable) {
        return Ok(path.into());
    }
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/.cache/venv/bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([installed])
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .ok_or_else(|| format!("{name} is missing: install it, or say in {variable} where it is"))
}

/// The projects, as their linters see them.
struct Tree {
    root: PathBuf,
    documents: Vec<PathBuf>,
    dockerfiles: Vec<PathBuf>,
}

impl Tree {
    fn write(folder: &Path, docksmith: &Path) -> Result<Self, String> {
        let mut tree = Self {
            root: folder.join("projects"),
            documents: Vec::new(),
            dockerfiles: Vec::new(),
        };
        // The Dockerfiles lie elsewhere: a project that docksmith renders has none.
        let rendered = folder.join("rendered");
        std::fs::create_dir_all(&rendered).map_err(|error| error.to_string())?;
        for number in 0..PROJECTS {
            let project = tree
                .root
                .join(format!("team-{}/service-{number:04}", number % 20));
            for (name, text) in files(number) {
                let path = project.join(name);
                let parent = path.parent().unwrap_or(&project);
                std::fs::create_dir_all(parent)
                    .and_then(|()| std::fs::write(&path, text))
                    .map_err(|error| format!("{}: {error}", path.display()))?;
            }
            let document = project.join("docksmith.toml");
            let dockerfile = rendered.join(format!("service-{number:04}.Dockerfile"));
            let status = Command::new(docksmith)
                .arg("dockerfile")
                .args([&document, Path::new("-o"), &dockerfile])
                .status();
            if !status.is_ok_and(|status| status.success()) {
                return Err(format!("{} is not rendered", document.display()));
            }
            tree.documents.push(document);
            tree.dockerfiles.push(dockerfile);
        }
        Ok(tree)
    }
}

/// The files of a project: a Go service, a Node one or a Python one, each a little different.
fn files(number: usize) -> Vec<(&'static str, String)> {
    let port = 8000 + number % 1000;
    let common = format!(
        "expose = {port}\n\n[runtime.env]\nLOG_LEVEL = \"info\"\nSERVICE = \"service-{number:04}\"\n\n\
         [runtime.labels]\n\"org.opencontainers.image.title\" = \"service-{number:04}\"\n"
    );
    let readme = ("README.md", "# A service\n".to_owned());
    let ignored = (".dockerignore", ".git\n*.md\n**/*.log\n".to_owned());
    let mut files = match number % 3 {
        0 => vec![
            (
                "docksmith.toml",
                format!(
                    "language = \"go\"\nversion = \"1.26\"\n\n[build]\ntarget = \"./cmd/server\"\n\
                     ldflags = [\"-X main.version=${{VERSION}}\"]\nargs = {{ VERSION = \"dev\" }}\n\n\
                     [runtime]\nimage = \"alpine:3.21\"\npackages = [\"ca-certificates\", \"tzdata\"]\n\
                     entrypoint = \"entrypoint.sh\"\nhealthcheck = [\"/usr/local/bin/server\", \"healthz\"]\n\
                     copy = [{{ src = \"migrations\", dst = \"/app/migrations\" }}]\n{common}"
                ),
            ),
            (
                "go.mod",
                format!("module example.com/service{number}\n\ngo 1.26\n"),
            ),
            (
                "cmd/server/main.go",
                "package main\n\nfunc main() {}\n".to_owned(),
            ),
            (
                "entrypoint.sh",
                "#!/bin/sh\nset -e\nexec \"$@\"\n".to_owned(),
            ),
            (
                "migrations/1.sql",
                "CREATE TABLE users (id INTEGER);\n".to_owned(),
            ),
        ],
        1 => vec![
            (
                "docksmith.toml",
                format!(
                    "language = \"node\"\nversion = \"22\"\npackage_manager = \"npm\"\n\n[build]\n\
                     command = \"npm run build\"\n\n[runtime]\ncmd = [\"node\", \"dist/main.js\"]\n{common}"
                ),
            ),
            (
                "package.json",
                format!(
                    "{{ \"name\": \"service-{number}\", \"scripts\": {{ \"build\": \"tsc\" }} }}\n"
                ),
            ),
            (
                "package-lock.json",
                "{ \"lockfileVersion\": 3 }\n".to_owned(),
            ),
            ("src/main.ts", "export {};\n".to_owned()),
        ],
        _ => vec![
            (
                "docksmith.toml",
                format!(
                    "language = \"python\"\nversion = \"3.12\"\n\n[runtime]\ncmd = [\"python\", \"-m\", \"app\"]\n{common}"
                ),
            ),
            ("requirements.txt", "flask==3.1.0\n".to_owned()),
            ("app/__main__.py", "print(\"up\")\n".to_owned()),
        ],
    };
    files.extend([readme, ignored]);
    files
}

/// How long a command takes.
struct Timing {
    minimum: Duration,
    median: Duration,
    runs: usize,
}

impl Timing {
    fn of(program: &Path, arguments: &[&str], files: &[PathBuf]) -> Result<Self, String> {
        let once = || -> Result<Duration, String> {
            let start = Instant::now();
            let status = Command::new(program)
                .args(arguments)
                .args(files)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            let time = start.elapsed();
            let code = status.ok().and_then(|status| status.code());
            // 1 says that something was found; what is more says that nothing was linted.
            if matches!(code, Some(0 | 1)) {
                Ok(time)
            } else {
                Err(format!("{} ends with {code:?}", program.display()))
            }
        };
        // The first run fills the caches of the disk.
        once()?;
        let begin = Instant::now();
        let mut times = Vec::new();
        while times.len() < FEWEST || (times.len() < MOST && begin.elapsed() < ENOUGH) {
            times.push(once()?);
        }
        times.sort_unstable();
        Ok(Self {
            minimum: times[0],
            median: times[times.len() / 2],
            runs: times.len(),
        })
    }
}
