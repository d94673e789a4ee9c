//! `docksmith fmt`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::analysis::{Options, sketch};
use crate::cli::Outcome;
use crate::cli::fix::difference;
use crate::cli::input::{folder, shown};
use crate::cli::rewriting::{Rewritten, rewrite_all};
use crate::disk::read_document;
use crate::rewrite::format::format;

/// Format files.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  docksmith fmt\n  docksmith fmt --check services/\n\n\
    Exit code: 0 formatted, 1 a file is not formatted (--check, --diff) or can't be, 2 it could not be done."
)]
pub(crate) struct Fmt {
    /// Files, or folders that are searched for docksmith.toml.
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Write nothing; name the files that would change.
    #[arg(long)]
    check: bool,
    /// Write nothing; show what would change.
    #[arg(long)]
    diff: bool,
}

impl Fmt {
    /// Formats every file that can be formatted safely, and names the others.
    pub(crate) fn run(self) -> Outcome {
        let is_written = !self.check && !self.diff;
        rewrite_all(&self.paths, is_written, |path| self.format(path))
    }

    fn format(&self, path: &Path) -> Result<Rewritten, String> {
        let bytes = read_document(path).map_err(|error| format!("cannot read {error}"))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| format!("cannot read {}: it is not UTF-8", shown(path)))?;
        let formatted = match format(&text) {
            Ok(formatted) if formatted == text => return Ok(Rewritten::Same),
            Ok(formatted) => formatted,
            Err(refusal) => return Ok(Rewritten::Refused(refusal.message())),
        };
        let name = shown(path);
        let said = if self.diff {
            // It takes both to know where credentials stand before and after.
            let around = folder(path);
            let analyzed = |text: &str| sketch(text, &around, &Options::default());
            difference(path, &analyzed(&text), &analyzed(&formatted))
        } else {
            format!("{name} is not formatted\n")
        };
        Ok(Rewritten::Changed {
            text: formatted,
            said,
        })
    }
}
