//! `docksmith fmt`.

use std::path::PathBuf;

use clap::Args;
use similar::TextDiff;

use crate::cli::input::{documents, shown};
use crate::cli::output::{complain, printed};
use crate::cli::{Outcome, impossible};
use crate::disk::{read_document, write_atomic};
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
        let paths = match documents(&self.paths) {
            Ok(paths) => paths,
            Err(reason) => return impossible(reason),
        };
        let mut outcome = Outcome::Fine;
        let mut said = String::new();
        for path in paths {
            let text = match read_document(&path).map(String::from_utf8) {
                Ok(Ok(text)) => text,
                Ok(Err(_)) => {
                    return impossible(format!("cannot read {}: it is not UTF-8", shown(&path)));
                }
                Err(error) => return impossible(format!("cannot read {error}")),
            };
            let formatted = match format(&text) {
                Ok(formatted) => formatted,
                Err(refusal) => {
                    complain(&format!(
                        "docksmith: {} stays as it is: {}",
                        shown(&path),
                        refusal.message()
                    ));
                    outcome = Outcome::Found;
                    continue;
                }
            };
            if formatted == text {
                continue;
            }
            if self.diff {
                let name = shown(&path);
                said.push_str(
                    &TextDiff::from_lines(&text, &formatted)
                        .unified_diff()
                        .header(&name, &name)
                        .to_string(),
                );
            } else if self.check {
                said.push_str(&format!("{} is not formatted\n", shown(&path)));
            }
            if self.check || self.diff {
                outcome = Outcome::Found;
            } else if let Err(error) = write_atomic(&path, &formatted) {
                return impossible(format!("cannot write {error}"));
            }
        }
        printed(&said, outcome)
    }
}
