//! `docksmith lock`: digests come in as text, since nothing here asks a registry.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::analysis::Options;
use crate::cli::dockerfile::{difference, document, refuse};
use crate::cli::input::{check, read_standard_input, shown};
use crate::cli::output::{Colour, complain, printed};
use crate::cli::{Outcome, impossible};
use crate::disk::{read_document, write_atomic};
use crate::plan::images::Lockable;
use crate::plan::lock::{Lock, NAME};
use crate::text::{LineIndex, PositionEncoding};

/// Hold images at digests.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  docksmith lock --list\n  docksmith lock --from digests.txt\n  docksmith lock --check\n\n\
    docksmith asks no registry: a tool that does prints the digests. With crane:\n\n  \
    docksmith lock --list | while read -r image; do echo \"$image $(crane digest \"$image\")\"; done |\n    \
    docksmith lock --from -\n\n\
    With skopeo: skopeo inspect --format '{{.Digest}}' \"docker://$image\". Both give the digest\n\
    of the image for all its platforms.\n\n\
    Exit code: 0 done, 1 an image has no digest, the file has errors or the checked lock is stale, 2 it could not be done."
)]
pub(crate) struct LockImages {
    /// A file, or a folder that holds docksmith.toml.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Take digests from this file, or from standard input for `-`: lines `IMAGE DIGEST`, of which those that are needed
    /// are kept. Without it, the digests that are there already.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Write nothing; show what would change in docksmith.lock.
    #[arg(long)]
    check: bool,
    /// Print the images that need a digest, one a line.
    #[arg(long, conflicts_with_all = ["from", "check"])]
    list: bool,
}

impl LockImages {
    /// Writes, compares or lists.
    pub(crate) fn run(self, colour: Colour) -> Outcome {
        let path = document(&self.path);
        // What is wrong with the lock is what this command is for.
        let options = Options {
            only_named_files: true,
            ignore: vec!["stale-lock".to_owned(), "invalid-lock".to_owned()],
            ..Options::default()
        };
        let checked = match check(&path, true, &options) {
            Ok(checked) => checked,
            Err(reason) => return impossible(reason),
        };
        let plan = &checked.analysis.plan;
        if plan.verbatim.is_some() {
            return impossible(format!(
                "{} names a Dockerfile of its own, which is not rendered",
                shown(&path)
            ));
        }
        if checked.analysis.has_errors() || plan.final_stage().is_none() {
            return refuse(&checked, colour);
        }
        let images = plan.lockable_images();
        if self.list {
            return printed(&listed(&images), Outcome::Fine);
        }
        match self.write(&images, &path.with_file_name(NAME)) {
            Ok(outcome) => outcome,
            Err(reason) => impossible(reason),
        }
    }

    fn write(&self, images: &[Lockable], file: &Path) -> Result<Outcome, String> {
        let old = existing(file)?;
        let given = match &self.from {
            Some(path) if path == Path::new("-") => {
                lock("standard input", &read_standard_input()?)?
            }
            Some(path) => lock(&shown(path), &read_text(path)?)?,
            None => lock(&shown(file), &old)?,
        };
        let mut missing = images
            .iter()
            .filter(|image| given.digest_of(&image.canonical).is_none())
            .peekable();
        if missing.peek().is_some() {
            missing.for_each(|image| {
                complain(&format!("docksmith: no digest for {}", image.canonical));
            });
            return Ok(Outcome::Found);
        }
        let needed: BTreeSet<&str> = images.iter().map(|it| it.canonical.as_str()).collect();
        let new = given.only(&needed).to_string();
        if old == new {
            return Ok(Outcome::Fine);
        }
        if self.check {
            let difference = difference(file, &old, &new, "written");
            return Ok(printed(&difference, Outcome::Found));
        }
        write_atomic(file, &new).map_err(|error| format!("cannot write {error}"))?;
        Ok(Outcome::Fine)
    }
}

/// The images that need a digest, sorted.
fn listed(images: &[Lockable]) -> String {
    let mut lines: Vec<String> = images
        .iter()
        .map(|image| format!("{}\n", image.canonical))
        .collect();
    lines.sort();
    lines.concat()
}

/// The text of the lock; empty if there is none.
fn existing(file: &Path) -> Result<String, String> {
    if file.exists() {
        read_text(file)
    } else {
        Ok(String::new())
    }
}

fn read_text(path: &Path) -> Result<String, String> {
    let bytes = read_document(path).map_err(|error| format!("cannot read {error}"))?;
    String::from_utf8(bytes).map_err(|_| format!("cannot read {}: it is not UTF-8", shown(path)))
}

/// The digests in a text; the first line that can't be read is named.
fn lock(name: &str, text: &str) -> Result<Lock, String> {
    let lock = Lock::parse(text);
    let Some(fault) = lock.faults().first() else {
        return Ok(lock);
    };
    let place = LineIndex::new(text).position(text, fault.span.start, PositionEncoding::CodePoints);
    Err(format!(
        "cannot read {name}: line {}: {}",
        place.line + 1,
        fault.message
    ))
}
