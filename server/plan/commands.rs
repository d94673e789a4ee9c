//! The commands that a file has run in the container, with the places of their words.

use crate::config::runtime::{Cmd, CmdTable, Entrypoint, EntrypointTable, Run};
use crate::config::spellings::Canonical;
use crate::config::values::Text;
use crate::plan::shell::has_operator;
use crate::syntax::string::decoded_span;
use crate::text::{Span, Spanned};

/// What a command is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// `ENTRYPOINT`.
    Entrypoint,
    /// `CMD`.
    Cmd,
    /// `HEALTHCHECK`.
    Check,
}

/// A command of the user's.
#[derive(Debug, Clone)]
pub struct UserCommand {
    /// What it is for.
    pub purpose: Purpose,
    /// The words with their places; those of a shell form as far as it splits into words.
    pub words: Vec<Spanned<String>>,
    /// The text, if it is a string.
    pub text: Option<String>,
    /// Whether a shell runs it.
    pub shell_form: bool,
    /// The place of the whole.
    pub span: Span,
}

/// The words of a command in which nothing is for the shell.
pub(crate) fn plain_words(text: &str) -> Option<Vec<String>> {
    let is_plain = !text.contains(['$', '~', '*', '?']) && !has_operator(text);
    let words = shlex::split(text).filter(|words| is_plain && !words.is_empty())?;
    // `exec` and `NAME=value` in front are the shell's own.
    let first = words.first()?;
    (first != "exec" && !first.contains('=')).then_some(words)
}

/// The entrypoint, the command and the health check, as far as they are set; a script is none of them.
pub fn commands(config: &Canonical, document: &str) -> Vec<UserCommand> {
    let mut list = Vec::new();
    let runtime = &config.runtime;
    if let Some(entrypoint) = &runtime.entrypoint {
        let (purpose, span) = (Purpose::Entrypoint, entrypoint.span);
        match &entrypoint.value {
            Entrypoint::Exec(words) => list.push(exec(purpose, words, span)),
            Entrypoint::Table(EntrypointTable {
                script: None,
                exec: Some(words),
                ..
            }) => list.push(exec(purpose, words, words.span)),
            Entrypoint::Table(EntrypointTable {
                script: None,
                shell: Some(text),
                ..
            }) => list.push(string(purpose, text, true, document)),
            _ => {}
        }
    }
    if let Some(cmd) = &runtime.cmd {
        let purpose = Purpose::Cmd;
        match &cmd.value {
            Cmd::Words(text) => {
                let text = Spanned::new(text.clone(), cmd.span);
                list.push(string(purpose, &text, false, document));
            }
            Cmd::Exec(words) => list.push(exec(purpose, words, cmd.span)),
            Cmd::Table(CmdTable {
                exec: Some(words), ..
            }) => list.push(exec(purpose, words, words.span)),
            Cmd::Table(CmdTable {
                shell: Some(text), ..
            }) => list.push(string(purpose, text, true, document)),
            Cmd::Table(_) => {}
        }
    }
    if let Some(check) = &config.healthcheck {
        list.push(match &check.command {
            Run::Exec(words) => exec(Purpose::Check, words, check.span),
            Run::Shell(text) => {
                let text = Spanned::new(text.clone(), check.span);
                string(Purpose::Check, &text, true, document)
            }
        });
    }
    list
}

fn exec(purpose: Purpose, words: &[Text], span: Span) -> UserCommand {
    UserCommand {
        purpose,
        words: words.to_vec(),
        text: None,
        shell_form: false,
        span,
    }
}

fn string(purpose: Purpose, text: &Text, shell_form: bool, document: &str) -> UserCommand {
    let mut from = 0;
    let mut words = Vec::new();
    for word in shlex::split(text).unwrap_or_default() {
        // A word that is quoted in parts stands nowhere as it is; the whole string is its place then.
        let start = text
            .get(from..)
            .and_then(|rest| rest.find(&word))
            .map(|at| at + from);
        let span = match start {
            Some(start) if !word.is_empty() => {
                from = start + word.len();
                decoded_span(document, text.span, start..from)
            }
            _ => text.span,
        };
        words.push(Spanned::new(word, span));
    }
    UserCommand {
        purpose,
        words,
        text: Some(text.value.clone()),
        shell_form,
        span: text.span,
    }
}
