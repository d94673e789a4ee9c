//! Files that are rewritten, or only told about.

use std::path::{Path, PathBuf};

use crate::cli::input::{documents, shown};
use crate::cli::output::{complain, printed};
use crate::cli::{Outcome, impossible};
use crate::disk::write_atomic;

/// What becomes of a file.
pub(crate) enum Rewritten {
    /// It is right as it is.
    Same,
    /// It can't be rewritten; why.
    Refused(&'static str),
    /// It is rewritten.
    Changed {
        /// The new text.
        text: String,
        /// What is printed where nothing is written.
        said: String,
    },
}

/// Rewrites every file that can be, and names the others; with `is_written` false only tells what would change.
///
/// `rewrite` gives what becomes of a file, or why that can't be known, which ends everything.
pub(crate) fn rewrite_all(
    paths: &[PathBuf],
    is_written: bool,
    rewrite: impl Fn(&Path) -> Result<Rewritten, String>,
) -> Outcome {
    let paths = match documents(paths) {
        Ok(paths) => paths,
        Err(reason) => return impossible(reason),
    };
    let mut outcome = Outcome::Fine;
    let mut said = String::new();
    for path in paths {
        match rewrite(&path) {
            Err(reason) => return impossible(reason),
            Ok(Rewritten::Same) => {}
            Ok(Rewritten::Refused(reason)) => {
                let name = shown(&path);
                complain(&format!("docksmith: {name} stays as it is: {reason}"));
                outcome = Outcome::Found;
            }
            Ok(Rewritten::Changed { text, .. }) if is_written => {
                if let Err(error) = write_atomic(&path, &text) {
                    return impossible(format!("cannot write {error}"));
                }
            }
            Ok(Rewritten::Changed { said: line, .. }) => {
                said.push_str(&line);
                outcome = Outcome::Found;
            }
        }
    }
    printed(&said, outcome)
}
