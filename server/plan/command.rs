//! What the container starts, and how Docker sees that it works.

use crate::config::runtime::{
    Cmd, CmdTable, Entrypoint, HealthcheckTable, Init, InitProgram, Run as CheckCommand,
};
use crate::config::spellings::{Canonical, Check};
use crate::config::values::Text;
use crate::image::known::PackageManager;
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

/// What the file says about the start; `default` is the command of the language.
pub(super) fn start(
    config: &Canonical,
    layout: &Layout,
    default: Option<Spanned<Vec<String>>>,
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
        start.cmd = default.map(|words| words.map(Command::Exec));
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

/// Where it is said that process 1 is tini: in the file; else by the language at `place`, as far as the image can have it
/// and the file has no entrypoint of its own, which would be process 1 itself.
pub(super) fn init(
    config: &Canonical,
    base: &BaseFacts,
    start: &Start,
    by_language: Option<Span>,
) -> Option<Span> {
    if let Some(init) = &config.runtime.init {
        return matches!(init.value, Init::Program(InitProgram::Tini)).then_some(init.span);
    }
    let is_free = start.entrypoint.is_none() || start.script.is_some();
    by_language.filter(|_| is_free && base.package_manager() != Some(PackageManager::None))
}

/// Puts tini in front, as process 1.
pub(super) fn with_init(base: &BaseFacts, init: Span, start: &mut Start) {
    let mut words = vec![tini(base).to_owned(), "--".to_owned()];
    match start.entrypoint.take().map(|entrypoint| entrypoint.value) {
        Some(Command::Exec(command)) => words.extend(command),
        Some(Command::Shell(text)) => words.extend(["/bin/sh".to_owned(), "-c".to_owned(), text]),
        None => {}
    }
    start.entrypoint = Some(Spanned::new(Command::Exec(words), init));
}

/// Where the package puts the program.
fn tini(base: &BaseFacts) -> &'static str {
    match &base.known {
        Some(_) if base.is_alpine() => "/sbin/tini",
        Some(_) => "/usr/bin/tini",
        None => "tini",
    }
}

/// The health check with Docker's flags: what is run, and when.
pub(super) fn healthcheck(command: Command, timing: &HealthcheckTable) -> Healthcheck {
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
        command,
    }
}

/// What the file's own health check runs.
pub(super) fn check_command(check: &Check) -> Command {
    match &check.command {
        CheckCommand::Shell(text) => Command::Shell(text.clone()),
        CheckCommand::Exec(words) => Command::Exec(texts(words)),
    }
}
