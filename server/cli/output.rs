//! Standard output and standard error.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use serde_json::Value;

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

    fn on(self, is_terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            // An empty NO_COLOR means nothing, as <https://no-color.org> says.
            Self::Auto => {
                is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        }
    }
}

/// Writes to standard output. Whoever reads it may close it early; that is no fault.
pub(crate) fn print(text: &str) {
    let mut output = io::stdout().lock();
    let _closed_early = output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush());
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
