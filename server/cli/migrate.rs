//! `docksmith migrate`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::analysis::Options;
use crate::cli::Outcome;
use crate::cli::fix::difference;
use crate::cli::input::{Document, folder, read, shown};
use crate::cli::output::complain;
use crate::cli::rewriting::{Rewritten, rewrite_all};
use crate::rewrite::migrate::{Migrated, migrate};
use crate::text::PositionEncoding;

/// Rewrite old spellings to the canonical ones.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  docksmith migrate\n  docksmith migrate --diff services/\n\n\
    Comments stay, and the file renders to the very same Dockerfile. What can't be moved without changing it is named on\n\
    standard error and stays.\n\n\
    Exit code: 0 migrated, 1 a file would change (--check, --diff) or can't be read as it stands, 2 it could not be done."
)]
pub(crate) struct Migrate {
    /// Files, or folders that are searched for docksmith.toml.
    #[arg(default_value = ".", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write nothing; name the files that would change.
    #[arg(long)]
    check: bool,
    /// Write nothing; show what would change.
    #[arg(long)]
    diff: bool,
}

impl Migrate {
    /// Migrates every file that can be, and names the others.
    pub(crate) fn run(self) -> Outcome {
        let is_written = !self.check && !self.diff;
        rewrite_all(&self.paths, is_written, |path| self.migrate(path))
    }

    fn migrate(&self, path: &Path) -> Result<Rewritten, String> {
        let document = read(path, true, &Options::default())?;
        if !document.is_text {
            return Err(format!("cannot read {}: it is not UTF-8", shown(path)));
        }
        let migrated = match migrate(&document.analysis, &folder(path), &document.options) {
            Ok(migrated) => migrated,
            Err(refusal) => return Ok(Rewritten::Refused(refusal.message())),
        };
        tell_what_stays(&document, &migrated);
        if migrated.analysis.text == document.analysis.text {
            return Ok(Rewritten::Same);
        }
        Ok(Rewritten::Changed {
            said: self.shown(&document, &migrated),
            text: migrated.analysis.text.clone(),
        })
    }

    /// What is printed instead of writing the file.
    fn shown(&self, document: &Document, migrated: &Migrated) -> String {
        if self.diff {
            return difference(&document.path, &document.analysis, &migrated.analysis);
        }
        format!("{} has old spellings\n", shown(&document.path))
    }
}

/// Names what is in the old spelling still.
fn tell_what_stays(document: &Document, migrated: &Migrated) {
    let analysis = &migrated.analysis;
    for left in &migrated.left {
        let start = left.span.start;
        let position = analysis
            .lines
            .position(&analysis.text, start, PositionEncoding::CodePoints);
        complain(&format!(
            "docksmith: {}:{}: `{}` stays: {}",
            shown(&document.path),
            position.line + 1,
            analysis.redacted(&left.key),
            left.reason
        ));
    }
}
