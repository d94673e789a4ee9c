//! What the container starts, and how Docker sees that it works.

use crate::config::runtime::{Cmd, CmdTable, Entrypoint, Init, InitProgram, Run as CheckCommand};
use crate::config::spellings::{Canonical, Check};
use crate::config::values::Text;
use crate::plan::paths::Layout;
use crate::plan::{BaseFacts, Command, Healthcheck, Problem, ProblemKind, Script};
use crate::text::{Span, Spanned};

/// What the container starts.
#[derive(Debug, Clone, Default)]
pub(super) struct Start {
    /// `ENTRYPOINT`.
    pub(super) entrypoint: Option<Spanned<Command>>,
    /// `CMD`.
    pub(super) cmd: Option<Spanned<Command>>,
    /// The script to copy in.
    pub(super) script: Option<Script>,
}

/// Where a script goes that has no `dst`.
const SCRIPT: &str = "/entrypoint.sh";

/// What the file says about the start; `binary` is the first built one, the default command.
pub(super) fn start(
    config: &Canonical,
    layout: &Layout,
    binary: Option<Spanned<String>>,
    problems: &mut Vec<Problem>,
) -> Start {
    let mut start = Start::default();
    if let Some(entrypoint) = &config.runtime.entrypoint {
        set_entrypoint(entrypoint, layout, &mut start);
    }
    start.cmd = config
        .runtime
        .cmd
        .as_ref()
        .and_then(|cmd| command(cmd, problems));
    // An entrypoint in exec or shell form is the program itself: a default command would become its arguments.
    let takes_command = start.entrypoint.is_none() || start.script.is_some();
    if start.cmd.is_none() && config.runtime.cmd.is_none() && takes_command {
        start.cmd = binary
            .map(|binary| Spanned::new(Command::Exec(vec![binary.value.clone()]), binary.span));
    }
    start
}

fn set_entrypoint(entrypoint: &Spanned<Entrypoint>, layout: &Layout, start: &mut Start) {
    let mut script = |path: &str, dst: &str, span: Span| {
        start.script = Some(Script {
            path: layout.path(path),
            dst: dst.to_owned(),
            span,
        });
        Command::Exec(vec![dst.to_owned()])
    };
    let command = match &entrypoint.value {
        Entrypoint::Script(path) => script(path, SCRIPT, entrypoint.span),
        Entrypoint::Exec(words) => Command::Exec(texts(words)),
        Entrypoint::Table(table) => match (&table.script, &table.exec, &table.shell) {
            (Some(path), ..) => script(
                path,
                table.dst.as_ref().map_or(SCRIPT, |dst| dst.value.as_str()),
                path.span,
            ),
            (None, Some(words), _) => Command::Exec(texts(words)),
            (None, None, Some(text)) => Command::Shell(text.value.clone()),
            (None, None, None) => return,
        },
    };
    start.entrypoint = Some(Spanned::new(command, entrypoint.span));
}

fn texts(words: &[Text]) -> Vec<String> {
    words.iter().map(|word| word.value.clone()).collect()
}

/// A command; a string is split as a shell splits words.
fn command(cmd: &Spanned<Cmd>, problems: &mut Vec<Problem>) -> Option<Spanned<Command>> {
    let command = match &cmd.value {
        Cmd::Words(text) => match shlex::split(text) {
            Some(words) => Command::Exec(words),
            // In an old file it is a warning, and was always split at white space.
            None => {
                problems.push(Problem::new(ProblemKind::UnbalancedQuotes, cmd.span));
                Command::Exec(text.split_whitespace().map(str::to_owned).collect())
            }
        },
        Cmd::Exec(words) => Command::Exec(texts(words)),
        Cmd::Table(CmdTable {
            exec: Some(words), ..
        }) => Command::Exec(texts(words)),
        Cmd::Table(CmdTable {
            shell: Some(text), ..
        }) => Command::Shell(text.value.clone()),
        Cmd::Table(_) => return None,
    };
    Some(Spanned::new(command, cmd.span))
}

/// Puts tini in front, as process 1, if the file asks for it.
pub(super) fn with_init(config: &Canonical, base: &BaseFacts, start: &mut Start) {
    let Some(init) = &config.runtime.init else {
        return;
    };
    let Init::Program(InitProgram::Tini) = init.value else {
        return;
    };
    let mut words = vec![tini(base).to_owned(), "--".to_owned()];
    match start.entrypoint.take().map(|entrypoint| entrypoint.value) {
        Some(Command::Exec(command)) => words.extend(command),
        Some(Command::Shell(text)) => words.extend(["/bin/sh".to_owned(), "-c".to_owned(), text]),
        None => {}
    }
    start.entrypoint = Some(Spanned::new(Command::Exec(words), init.span));
}

/// Where the package puts the program.
fn tini(base: &BaseFacts) -> &'static str {
    match &base.known {
        Some(_) if base.is_alpine() => "/sbin/tini",
        Some(_) => "/usr/bin/tini",
        None => "tini",
    }
}

/// The package that `init` needs.
pub(super) fn init_package(config: &Canonical) -> Option<Text> {
    let init = config.runtime.init.as_ref()?;
    matches!(init.value, Init::Program(InitProgram::Tini))
        .then(|| Spanned::new("tini".to_owned(), init.span))
}

/// The health check with Docker's flags.
pub(super) fn healthcheck(check: &Check) -> Healthcheck {
    let timing = &check.timing;
    let text = |value: &Option<Text>, default: &str| {
        value
            .as_ref()
            .map_or(default, |value| value.value.as_str())
            .to_owned()
    };
    Healthcheck {
        interval: text(&timing.interval, "30s"),
        timeout: text(&timing.timeout, "5s"),
        start_period: text(&timing.start_period, "10s"),
        start_interval: timing
            .start_interval
            .as_ref()
            .map(|value| value.value.clone()),
        retries: timing.retries.as_ref().map(|value| value.value),
        command: match &check.command {
            CheckCommand::Shell(text) => Command::Shell(text.clone()),
            CheckCommand::Exec(words) => Command::Exec(texts(words)),
        },
    }
}
