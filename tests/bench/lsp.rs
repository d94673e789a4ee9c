//! How fast the language server is and how much memory it takes, beside other language servers for TOML.
//!
//! `cargo bench --bench lsp` starts each server over pipes, opens documents of 60 to 10,000 lines, types into them, and
//! prints what it measured and how often ours goes into the best of the others. The others are found through variables,
//! and left out without them. The `taplo` of PyPI and of npm is built without its server, so that one is built here:
//!
//! ```console
//! $ python3 -m venv peers && peers/bin/pip install tombi
//! $ cargo install taplo-cli --features lsp --locked --root peers
//! $ TOMBI=peers/bin/tombi TAPLO=peers/bin/taplo cargo bench --bench lsp
//! ```
//!
//! `DOCKSMITH` names another build of ours, such as the one before a change. `LINES=60,500` limits the sizes.
//!
//! It fails if anything of ours takes much more than ten times as long in a document of 10,000 lines as in one of
//! 1,000: then something is quadratic. Only ratios are judged, never milliseconds: those depend on the machine. On one
//! that does other things as well, the minimum says the most.
#![expect(
    clippy::disallowed_methods,
    reason = "it reads its arguments and writes the files that are opened"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How many lines the documents have.
const SIZES: [usize; 4] = [60, 500, 5_000, 10_000];

/// The two sizes whose ratio must be about ten.
const LINEAR: (usize, usize) = (1_000, 10_000);

/// How much longer than at a tenth of the size something may take.
const MOST_GROWTH: f64 = 12.0;

/// What takes less than this says nothing about growth.
const NOISE: Duration = Duration::from_millis(1);

/// How often each server is started for one size, in turn with the others.
const ROUNDS: usize = 2;

/// How often a thing is measured in a round, and when it is enough.
const REPEATS: usize = 50;
const BURSTS: usize = 5;
const ENOUGH: Duration = Duration::from_secs(5);

/// How many changes a burst has.
const BURST: usize = 30;

/// How long a server may take before it counts as silent.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a server is left alone before its memory is measured.
const REST: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    // Without this argument `cargo test --all-targets` only wants to know whether the program starts.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            say(&mut io::stderr(), &format!("bench: {reason}"));
            ExitCode::FAILURE
        }
    }
}

/// Measures and prints. Says whether everything grows as it should.
fn run() -> Result<bool, String> {
    let programs = programs();
    let sizes = sizes()?;
    for lines in &sizes {
        let mut measured = vec![Measured::default(); programs.len()];
        for _ in 0..ROUNDS {
            for (program, measured) in programs.iter().zip(&mut measured) {
                session(program, *lines, measured)
                    .map_err(|reason| format!("{}, {lines} lines: {reason}", program.name))?;
            }
        }
        say(&mut io::stdout(), &table(*lines, &programs, &measured));
    }
    growth(&programs[0])
}

fn sizes() -> Result<Vec<usize>, String> {
    let Ok(list) = std::env::var("LINES") else {
        return Ok(SIZES.to_vec());
    };
    let numbers = list.split(',').filter(|it| !it.is_empty());
    let numbers = numbers.map(|it| it.trim().parse().map_err(|_| format!("LINES has `{it}`")));
    numbers.collect()
}

fn say(output: &mut dyn Write, text: &str) {
    let _closed_early = writeln!(output, "{}", text.trim_end());
}

// What is measured.

/// A language server.
struct Program {
    name: &'static str,
    path: PathBuf,
    arguments: &'static [&'static str],
}

/// Ours first, then the others that are there.
fn programs() -> Vec<Program> {
    let ours = std::env::var_os("DOCKSMITH").map(PathBuf::from);
    let mut programs = vec![Program {
        name: "docksmith",
        path: ours.unwrap_or_else(|| env!("CARGO_BIN_EXE_docksmith").into()),
        arguments: &["lsp"],
    }];
    // The others would ask the network for schemas; ours never asks anybody.
    let others: [(_, _, &'static [&'static str]); 2] = [
        ("TOMBI", "tombi", &["lsp", "--offline"]),
        ("TAPLO", "taplo", &["lsp", "stdio"]),
    ];
    for (variable, name, arguments) in others {
        if let Some(path) = std::env::var_os(variable) {
            let path = path.into();
            programs.push(Program {
                name,
                path,
                arguments,
            });
        }
    }
    programs
}

/// What was measured of one server with documents of one size.
#[derive(Debug, Default, Clone)]
struct Measured {
    times: BTreeMap<Kind, Vec<Duration>>,
    /// Resident kilobytes before a document is opened, and after everything.
    idle: Vec<u64>,
    after: Vec<u64>,
}

/// Something that takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Start,
    Open,
    Edit,
    Completion,
    Hover,
    Symbols,
    Tokens,
    BurstCompletion,
    BurstFindings,
}

impl Kind {
    const ALL: [Self; 9] = [
        Self::Start,
        Self::Open,
        Self::Edit,
        Self::Completion,
        Self::Hover,
        Self::Symbols,
        Self::Tokens,
        Self::BurstCompletion,
        Self::BurstFindings,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Start => "start to initialize",
            Self::Open => "open to findings",
            Self::Edit => "edit to findings",
            Self::Completion => "edit to completion",
            Self::Hover => "edit to hover",
            Self::Symbols => "edit to symbols",
            Self::Tokens => "edit to tokens",
            Self::BurstCompletion => "burst to completion",
            Self::BurstFindings => "burst to findings",
        }
    }
}

impl Measured {
    fn add(&mut self, kind: Kind, time: Duration) {
        self.times.entry(kind).or_default().push(time);
    }

    /// The time that so many in a hundred stay below, 0 for the shortest; `None` if nothing was measured.
    fn percentile(&self, kind: Kind, percent: usize) -> Option<Duration> {
        let mut times = self.times.get(&kind)?.clone();
        times.sort_unstable();
        let rank = (times.len() * percent).div_ceil(100).max(1);
        times.get(rank - 1).copied()
    }
}

/// Starts a server, opens a document, types into it, and leaves.
fn session(program: &Program, lines: usize, measured: &mut Measured) -> Result<(), String> {
    let project = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
    let text = document(lines);
    write_project(project.path(), &text).map_err(|error| error.to_string())?;
    let start = Instant::now();
    let mut server = Server::start(program, project.path())?;
    let capabilities = server.initialize(project.path())?;
    measured.add(Kind::Start, start.elapsed());
    thread::sleep(REST);
    measured.idle.extend(server.resident());

    let mut typist = Typist::new(server, &text, &capabilities);
    measured.add(Kind::Open, typist.open(&text)?);
    repeat(REPEATS, || {
        measured.add(Kind::Edit, typist.edit_to_findings()?);
        Ok(())
    })?;
    let requests = [
        (
            Kind::Completion,
            "textDocument/completion",
            "completionProvider",
        ),
        (Kind::Hover, "textDocument/hover", "hoverProvider"),
        (
            Kind::Symbols,
            "textDocument/documentSymbol",
            "documentSymbolProvider",
        ),
        (
            Kind::Tokens,
            "textDocument/semanticTokens/full",
            "semanticTokensProvider",
        ),
    ];
    for (kind, method, capability) in requests {
        if capabilities.get(capability).is_none_or(Value::is_null) {
            continue;
        }
        repeat(REPEATS, || {
            measured.add(kind, typist.edit_to_answer(method)?);
            Ok(())
        })?;
    }
    repeat(BURSTS, || {
        let (completion, findings) = typist.burst()?;
        measured.add(Kind::BurstCompletion, completion);
        measured.add(Kind::BurstFindings, findings);
        Ok(())
    })?;
    thread::sleep(REST);
    measured.after.extend(typist.server.resident());
    typist.server.leave();
    Ok(())
}

/// Does something several times, but not for ever.
fn repeat(times: usize, mut once: impl FnMut() -> Result<(), String>) -> Result<(), String> {
    let begin = Instant::now();
    for _ in 0..times {
        once()?;
        if begin.elapsed() > ENOUGH {
            break;
        }
    }
    Ok(())
}

/// Whether nothing takes much more than ten times as long in a document of ten times the size.
fn growth(program: &Program) -> Result<bool, String> {
    let mut measured = [Measured::default(), Measured::default()];
    for _ in 0..ROUNDS {
        session(program, LINEAR.0, &mut measured[0])?;
        session(program, LINEAR.1, &mut measured[1])?;
    }
    let [small, large] = &measured;
    let mut text = format!("\nfrom {} to {} lines\n", LINEAR.0, LINEAR.1);
    let mut is_linear = true;
    for kind in Kind::ALL {
        let (Some(before), Some(after)) = (small.percentile(kind, 0), large.percentile(kind, 0))
        else {
            continue;
        };
        let factor = after.as_secs_f64() / before.max(NOISE).as_secs_f64();
        let is_fine = factor <= MOST_GROWTH;
        is_linear &= is_fine;
        let verdict = if is_fine { "" } else { "  more than linear" };
        let _ = writeln!(
            text,
            "{:20} {:>10} {:>10}  {factor:5.1} times{verdict}",
            kind.name(),
            milliseconds(before),
            milliseconds(after),
        );
    }
    say(&mut io::stdout(), &text);
    Ok(is_linear)
}

// What is printed.

/// The figures of all servers for one size. A ratio above 1 says how much faster, or smaller, ours is than the best other.
fn table(lines: usize, programs: &[Program], measured: &[Measured]) -> String {
    let mut text = format!("\n{:26}", format!("{lines} lines"));
    for program in programs {
        let _ = write!(text, " {:>11}", program.name);
    }
    if programs.len() > 1 {
        text.push_str("   best other / ours");
    }
    text.push('\n');
    for kind in Kind::ALL {
        let percents: &[usize] = match kind {
            Kind::Start | Kind::Open => &[0, 50],
            Kind::BurstCompletion | Kind::BurstFindings => &[0, 50, 99],
            _ => &[0, 50, 95, 99],
        };
        for percent in percents {
            let times = measured.iter().map(|it| it.percentile(kind, *percent));
            let figures: Vec<_> = times
                .map(|it| it.map(|it| it.as_secs_f64() * 1e3))
                .collect();
            if figures.iter().any(Option::is_some) {
                let name = match percent {
                    0 => format!("{} min", kind.name()),
                    percent => format!("{} p{percent}", kind.name()),
                };
                row(&mut text, &name, "ms", &figures);
            }
        }
    }
    let megabytes = |list: &[u64]| list.iter().max().map(|it| *it as f64 / 1024.0);
    let idle: Vec<_> = measured.iter().map(|it| megabytes(&it.idle)).collect();
    let after: Vec<_> = measured.iter().map(|it| megabytes(&it.after)).collect();
    row(&mut text, "resident idle", "MB", &idle);
    row(&mut text, "resident after", "MB", &after);
    text
}

fn row(text: &mut String, name: &str, unit: &str, figures: &[Option<f64>]) {
    let _ = write!(text, "{name:26}");
    for figure in figures {
        let figure = figure.map_or_else(|| "-".to_owned(), |it| format!("{it:.1} {unit}"));
        let _ = write!(text, " {figure:>11}");
    }
    let ours = figures.first().copied().flatten();
    let others = figures.iter().skip(1).copied().flatten();
    let best = others.reduce(f64::min);
    if let (Some(ours), Some(best)) = (ours, best) {
        let _ = write!(text, "   {:.1}", best / ours);
    }
    text.push('\n');
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

// What is opened.

/// A document as people write them, with exactly so many lines: settings, then stages, what is copied from them, tools.
fn document(lines: usize) -> String {
    let mut text = String::from(
        "language = \"go\"\nversion = \"1.26\"\n\n[build]\ntarget = \"./cmd/server\"\n\
         args = { VERSION = \"dev\" }\nldflags = [\"-X main.version=${VERSION}\"]\n\n\
         [runtime]\nimage = \"alpine:3.22\"\npackages = [\"ca-certificates\", \"tzdata\"]\n\
         entrypoint = [\"/usr/local/bin/server\"]\nexpose = 8080\n\n\n\
         [runtime.env]\nLOG_LEVEL = \"info\"\n",
    );
    for number in 0..lines / 20 {
        let _ = writeln!(text, "SETTING_{number:04} = \"value {number}\"");
    }
    let mut number = 0;
    loop {
        let block = block(number);
        if text.lines().count() + block.lines().count() > lines {
            break;
        }
        text.push_str(&block);
        number += 1;
    }
    let missing = lines - text.lines().count();
    text.push_str(&"# The end.\n".repeat(missing));
    text
}

/// A stage with what is copied from it, or a tool.
fn block(number: usize) -> String {
    if number % 4 == 3 {
        let (first, second) = (
            format!("{number:064x}"),
            format!("{:064x}", number + 1_000_000),
        );
        return format!(
            "\n# A tool of the {number}th team.\n[[external_tools]]\nname = \"tool-{number:04}\"\nversion = \"1.{number}.0\"\n\
             url = \"https://downloads.example.com/tool-{number:04}/v${{version}}/tool-${{os}}-${{arch}}\"\n\
             sha256 = {{ amd64 = \"a{}\", arm64 = \"b{}\" }}\ndst = \"/opt/tools/tool-{number:04}\"\n",
            &first[1..],
            &second[1..],
        );
    }
    format!(
        "\n# The pages of the {number}th team: é, 日本語, 😀.\n[[stages]]\nname = \"pages-{number:04}\"\nfrom = \"node:22-alpine\"\n\
         workdir = \"/pages\"\nsteps = [\n  \"COPY package.json package-lock.json ./\",\n  \
         {{ run = \"npm ci\", cache = [\"/root/.npm\"] }},\n  {{ copy = {{ src = [\"pages\"], dst = \"/pages/\" }} }},\n  \
         {{ env = {{ TEAM = \"{number}\" }} }},\n  \"RUN npm run build -- --team {number}\",\n]\n\n\
         [[runtime.copy]]\nfrom = \"pages-{number:04}\"\nsrc = \"/pages/dist/\"\ndst = \"/srv/pages/{number:04}/\"\n"
    )
}

/// The document's project.
fn write_project(folder: &Path, text: &str) -> io::Result<()> {
    let files = [
        ("docksmith.toml", text),
        ("go.mod", "module example.com/server\n\ngo 1.26\n"),
        ("cmd/server/main.go", "package main\n\nfunc main() {}\n"),
        ("package.json", "{ \"scripts\": { \"build\": \"true\" } }\n"),
        ("package-lock.json", "{ \"lockfileVersion\": 3 }\n"),
        ("pages/index.html", "<p>Hello\n"),
        (".dockerignore", ".git\n*.md\n"),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(path, text)?;
    }
    Ok(())
}

// Who types.

/// Types a key into an empty line near the top and takes it out again, so that an error comes and goes.
struct Typist {
    server: Server,
    uri: Value,
    line: usize,
    version: i64,
    /// What is typed on the line now.
    typed: usize,
    /// The parts of the text above and below what is typed, for a server that takes whole texts only.
    whole: Option<(String, String)>,
}

/// Behind what it is typed, on an empty line.
const PLACE: &str = "expose = 8080\n";

/// What is typed: the beginning of `user`.
const TYPED: &str = "u";

impl Typist {
    fn new(server: Server, text: &str, capabilities: &Value) -> Self {
        let uri = json!(format!("{}/docksmith.toml", server.root));
        let (above, below) = text.split_once(PLACE).unwrap_or((text, ""));
        let sync = &capabilities["textDocumentSync"];
        let is_incremental = *sync == 2 || sync["change"] == 2;
        let whole = (!is_incremental).then(|| (format!("{above}{PLACE}"), below.to_owned()));
        Self {
            server,
            uri,
            line: above.lines().count() + PLACE.lines().count(),
            version: 0,
            typed: 0,
            whole,
        }
    }

    fn open(&mut self, text: &str) -> Result<Duration, String> {
        let item = json!({ "uri": self.uri, "languageId": "toml", "version": 0, "text": text });
        let start = Instant::now();
        self.server
            .notify("textDocument/didOpen", &json!({ "textDocument": item }))?;
        Ok(self.findings()?.duration_since(start))
    }

    /// Types or takes back one character.
    fn edit(&mut self) -> Result<(), String> {
        let message = self.next_edit();
        self.server.write(&[message])
    }

    fn next_edit(&mut self) -> Value {
        // What was found before is about an older text.
        self.server.early.clear();
        let (end, text) = if self.typed == 0 {
            (0, TYPED)
        } else {
            (self.typed, "")
        };
        self.typed = text.len();
        self.version += 1;
        let place = |character: usize| json!({ "line": self.line, "character": character });
        let change = match &self.whole {
            Some((above, below)) => json!({ "text": format!("{above}{text}{below}") }),
            None => json!({ "range": { "start": place(0), "end": place(end) }, "text": text }),
        };
        json!({
            "jsonrpc": "2.0",
            "method": "textDocument/didChange",
            "params": {
                "textDocument": { "uri": self.uri, "version": self.version },
                "contentChanges": [change],
            },
        })
    }

    /// When the findings of the text as it is now came: with an error if something is half typed, else without one.
    fn findings(&mut self) -> Result<Instant, String> {
        let (is_broken, version, uri) = (self.typed > 0, self.version, self.uri.clone());
        let is_it = |message: &Value| {
            let params = &message["params"];
            let errors = params["diagnostics"].as_array();
            let has_error = errors.is_some_and(|all| all.iter().any(|it| it["severity"] == 1));
            message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && params["version"].as_i64().is_none_or(|it| it == version)
                && has_error == is_broken
        };
        Ok(self.server.wait("findings", is_it)?.0)
    }

    fn edit_to_findings(&mut self) -> Result<Duration, String> {
        let start = Instant::now();
        self.edit()?;
        Ok(self.findings()?.duration_since(start))
    }

    /// Types, and asks for something at once; the findings are waited for afterwards.
    fn edit_to_answer(&mut self, method: &str) -> Result<Duration, String> {
        let edit = self.next_edit();
        let (id, request) = self.request(method);
        let start = Instant::now();
        self.server.write(&[edit, request])?;
        let time = self.server.answer(id)?.duration_since(start);
        self.findings()?;
        Ok(time)
    }

    /// Types quickly, and asks for completion. The times until the answer and until the last findings.
    fn burst(&mut self) -> Result<(Duration, Duration), String> {
        // An odd number, so that the last change makes an error come or go.
        let mut messages: Vec<Value> = (0..BURST | 1).map(|_| self.next_edit()).collect();
        let (id, request) = self.request("textDocument/completion");
        messages.push(request);
        let start = Instant::now();
        self.server.write(&messages)?;
        let completion = self.server.answer(id)?.duration_since(start);
        let findings = self.findings()?.duration_since(start);
        Ok((completion, findings))
    }

    fn request(&mut self, method: &str) -> (i64, Value) {
        // Hover is asked for on `expose`, the rest where somebody types.
        let (line, character) = if method.ends_with("hover") {
            (self.line - 1, 2)
        } else {
            (self.line, self.typed)
        };
        let mut params = json!({ "textDocument": { "uri": self.uri } });
        if method.ends_with("hover") || method.ends_with("completion") {
            params["position"] = json!({ "line": line, "character": character });
        }
        self.server.request(method, &params)
    }
}

/// A running server.
struct Server {
    child: Child,
    input: ChildStdin,
    inbox: Receiver<(Instant, Value)>,
    /// What came while something else was waited for.
    early: Vec<(Instant, Value)>,
    /// The uri of the project's folder.
    root: String,
    next: i64,
}

impl Server {
    fn start(program: &Program, folder: &Path) -> Result<Self, String> {
        let mut child = Command::new(&program.path)
            .args(program.arguments)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.path.display()))?;
        let input = child.stdin.take().ok_or("no input")?;
        let output = child.stdout.take().ok_or("no output")?;
        let (sender, inbox) = channel();
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(body) = read_message(&mut output) {
                let now = Instant::now();
                let message = serde_json::from_slice(&body).unwrap_or_default();
                if sender.send((now, message)).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            child,
            input,
            inbox,
            early: Vec::new(),
            root: format!("file://{}", folder.display()),
            next: 0,
        })
    }

    /// Introduces the client; gives what the server can do.
    fn initialize(&mut self, folder: &Path) -> Result<Value, String> {
        let params = json!({
            "processId": std::process::id(),
            "rootUri": self.root,
            "workspaceFolders": [{ "uri": self.root, "name": "project" }],
            "capabilities": {
                "textDocument": {
                    "completion": { "completionItem": { "snippetSupport": true } },
                    "publishDiagnostics": { "versionSupport": true },
                    "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
                    "hover": { "contentFormat": ["markdown"] },
                },
                "workspace": { "configuration": true, "workspaceFolders": true },
            },
            "initializationOptions": { "cachePath": folder.join(".cache") },
        });
        let (id, request) = self.request("initialize", &params);
        self.write(&[request])?;
        let is_it = |message: &Value| message["id"] == id && message["method"].is_null();
        let (_, answer) = self.wait("initialize", is_it)?;
        self.notify("initialized", &json!({}))?;
        Ok(answer["result"]["capabilities"].clone())
    }

    fn request(&mut self, method: &str, params: &Value) -> (i64, Value) {
        self.next += 1;
        let request =
            json!({ "jsonrpc": "2.0", "id": self.next, "method": method, "params": params });
        (self.next, request)
    }

    fn notify(&mut self, method: &str, params: &Value) -> Result<(), String> {
        self.write(&[json!({ "jsonrpc": "2.0", "method": method, "params": params })])
    }

    /// When a request was answered.
    fn answer(&mut self, id: i64) -> Result<Instant, String> {
        let is_it = |message: &Value| message["id"] == id && message["method"].is_null();
        let (time, answer) = self.wait("an answer", is_it)?;
        match answer.get("error") {
            Some(error) => Err(format!("an error: {error}")),
            None => Ok(time),
        }
    }

    /// The next message that fits, and when it came. The server's own requests are answered meanwhile.
    fn wait(
        &mut self,
        what: &str,
        fits: impl Fn(&Value) -> bool,
    ) -> Result<(Instant, Value), String> {
        if let Some(index) = self.early.iter().position(|(_, message)| fits(message)) {
            return Ok(self.early.remove(index));
        }
        let limit = Instant::now() + PATIENCE;
        loop {
            let left = limit.saturating_duration_since(Instant::now());
            let (time, message) = match self.inbox.recv_timeout(left) {
                Ok(found) => found,
                Err(RecvTimeoutError::Timeout) => return Err(format!("waits for {what}")),
                Err(RecvTimeoutError::Disconnected) => return Err(format!("left before {what}")),
            };
            if !message["method"].is_null() && !message["id"].is_null() {
                self.oblige(&message)?;
            } else if fits(&message) {
                return Ok((time, message));
            } else if message["method"] == "textDocument/publishDiagnostics" {
                self.early.push((time, message));
            }
        }
    }

    /// Answers a request of the server: it has no settings, and may do what it likes.
    fn oblige(&mut self, request: &Value) -> Result<(), String> {
        let result = match request["params"]["items"].as_array() {
            Some(items) => items
                .iter()
                .map(|_| json!({ "schema": { "enabled": false } }))
                .collect(),
            None => Value::Null,
        };
        self.write(&[json!({ "jsonrpc": "2.0", "id": request["id"], "result": result })])
    }

    /// Writes messages at once.
    fn write(&mut self, messages: &[Value]) -> Result<(), String> {
        let mut bytes = Vec::new();
        for message in messages {
            let body = message.to_string();
            bytes.extend(format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes());
        }
        let written = self
            .input
            .write_all(&bytes)
            .and_then(|()| self.input.flush());
        written.map_err(|error| format!("cannot be written to: {error}"))
    }

    /// The resident kilobytes of the process, where the system tells.
    fn resident(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }

    fn leave(mut self) {
        let (_, request) = self.request("shutdown", &Value::Null);
        // It is killed anyway.
        let _ = self.write(&[request]);
        let _ = self.notify("exit", &Value::Null);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have left.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The body of the next message.
fn read_message(stream: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(number) = line.strip_prefix("content-length:") {
            length = number.trim().parse().ok();
        }
    }
    let mut body = vec![0; length?];
    stream.read_exact(&mut body).ok()?;
    Some(body)
}
