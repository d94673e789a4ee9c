//! Standard output and standard error.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use serde_json::Value;
use supports_hyperlinks::Stream;
use terminal_size::{Width, terminal_size_of};

use crate::cli::input::shown;
use crate::cli::{Outcome, impossible};
use crate::report::terminal::{Links, Style, WIDTH};

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless NO_COLOR says otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Colour {
    /// Whether text on standard output is coloured.
    pub(crate) fn on_output(self) -> bool {
        self.on(io::stdout().is_terminal())
    }

    /// Whether text on standard error is coloured.
    pub(crate) fn on_error(self) -> bool {
        self.on(io::stderr().is_terminal())
    }

    /// How diagnostics look on standard output.
    pub(crate) fn style_on_output(self) -> Style {
        let size = terminal_size_of(io::stdout());
        style(
            self.on_output(),
            Stream::Stdout,
            size.map(|(width, _)| width),
        )
    }

    /// How diagnostics look on standard error.
    pub(crate) fn style_on_error(self) -> Style {
        let size = terminal_size_of(io::stderr());
        style(
            self.on_error(),
            Stream::Stderr,
            size.map(|(width, _)| width),
        )
    }

    fn on(self, is_terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            // An empty NO_COLOR means nothing, as <https://no-color.org> says.
            Self::Auto => {
                let is_dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
                let is_wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
                is_terminal && !is_dumb && is_wanted
            }
        }
    }
}

/// What a stream can show. Links are only for a terminal with colours.
fn style(colour: bool, stream: Stream, width: Option<Width>) -> Style {
    let is_linked = colour && supports_hyperlinks::on(stream);
    Style {
        width: width.map_or(WIDTH, |Width(columns)| columns.into()),
        colour,
        links: is_linked.then(links).flatten(),
    }
}

/// Paths begin in the working folder.
fn links() -> Option<Links> {
    let folder = std::env::current_dir().ok()?;
    let repository = option_env!("CARGO_PKG_REPOSITORY").filter(|address| !address.is_empty());
    Some(Links {
        folder: shown(&folder),
        rules: repository.map(|address| format!("{address}/blob/main/server/rules/README.md")),
    })
}

/// Writes to standard output. Whoever reads it may close it early; that is no fault.
///
/// # Errors
/// It can't be written, because the disk is full for example; the reason in one line.
pub(crate) fn print(text: &str) -> Result<(), String> {
    let mut output = io::stdout().lock();
    let written = output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("cannot write to standard output: {error}"))
        }
        _ => Ok(()),
    }
}

/// Prints what a command gives, and ends it.
pub(crate) fn printed(text: &str, outcome: Outcome) -> Outcome {
    match print(text) {
        Ok(()) => outcome,
        Err(reason) => impossible(reason),
    }
}

/// Writes to standard error, with a line break.
pub(crate) fn complain(text: &str) {
    let mut output = io::stderr().lock();
    let _closed_early = output.write_all(format!("{}\n", text.trim_end_matches('\n')).as_bytes());
}

/// JSON for people and programs.
pub(crate) fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
