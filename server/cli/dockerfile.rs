//! `docksmith dockerfile`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use similar::TextDiff;

use crate::analysis::Options;
use crate::cli::input::{NAME, check, shown};
use crate::cli::output::{Colour, complain, pretty, printed};
use crate::cli::{Outcome, impossible};
use crate::disk::{read_document, write_atomic};
use crate::plan::dockerignore::{HEADER, dockerignore};
use crate::plan::lock;
use crate::report::Checked;
use crate::report::preview::preview;
use crate::report::terminal::{file_uri, terminal};

/// Render a file to a Dockerfile.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  docksmith dockerfile > Dockerfile\n  docksmith dockerfile services/api -o Dockerfile\n  \
    docksmith dockerfile --check Dockerfile\n  docksmith dockerfile --dockerignore .dockerignore\n\n\
    Exit code: 0 rendered, 1 the file has errors or the checked Dockerfile is stale, 2 it could not be done."
)]
pub(crate) struct Dockerfile {
    /// A file, or a folder that holds docksmith.toml.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Write to this file instead of standard output.
    #[arg(long, short, value_name = "FILE", conflicts_with = "check")]
    output: Option<PathBuf>,
    /// Compare with this file and show what differs.
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    check: Option<PathBuf>,
    /// Write an ignore file for the build context; `-` prints it. Without -o, no Dockerfile is printed beside it. A file
    /// that docksmith did not write is left alone.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["check", "format"])]
    dockerignore: Option<PathBuf>,
    /// text, or json for the text with the origin of each line.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Dockerfile {
    /// Renders. A file with errors gives nothing but its diagnostics, on standard error.
    pub(crate) fn run(self, colour: Colour) -> Outcome {
        let path = document(&self.path);
        let document = match check(
            &path,
            true,
            &Options {
                only_named_files: true,
                ..Options::default()
            },
        ) {
            Ok(document) => document,
            Err(reason) => return impossible(reason),
        };
        let Some(text) = self.text(&document, &path) else {
            return refuse(&document, colour);
        };
        let written = self.output.iter().chain(&self.dockerignore);
        if let Some(file) = written
            .into_iter()
            .find(|it| is_input(it, &path, &document))
        {
            let name = shown(file);
            return impossible(format!("{name} is what is rendered, and would be lost"));
        }
        if let Some(file) = &self.dockerignore {
            let outcome = write_ignore_file(file, &document);
            if outcome != Outcome::Fine || self.output.is_none() {
                return outcome;
            }
        }
        match (&self.output, &self.check) {
            (Some(file), _) => match write_atomic(file, &text) {
                Ok(()) => Outcome::Fine,
                Err(error) => impossible(format!("cannot write {error}")),
            },
            (None, Some(file)) => compare(file, &text),
            (None, None) => printed(&text, Outcome::Fine),
        }
    }

    /// What is asked for; nothing for a document with errors or without a final stage.
    fn text(&self, document: &Checked, path: &Path) -> Option<String> {
        let plan = &document.analysis.plan;
        let is_whole = plan.verbatim.is_some() || plan.final_stage().is_some();
        if document.analysis.has_errors() || !is_whole {
            return None;
        }
        match self.format {
            Format::Text => document.analysis.dockerfile().map(|file| file.text.clone()),
            Format::Json => preview(document, &uri(path)).map(|value| pretty(&value)),
        }
    }
}

/// Whether a file is one that the rendering reads: the document, its lock, its overlay or its Dockerfile.
fn is_input(file: &Path, path: &Path, document: &Checked) -> bool {
    let analysis = &document.analysis;
    let (config, layout) = (&analysis.config, &analysis.layout);
    let folder = path.parent().unwrap_or(Path::new(""));
    let named = [&config.overlay, &config.dockerfile].into_iter().flatten();
    let named = named.filter_map(|name| layout.named_file(name));
    let named = named.map(|name| folder.join(&layout.root).join(name));
    let inputs = [path.to_owned(), path.with_file_name(lock::NAME)];
    let Ok(file) = file.canonicalize() else {
        return false;
    };
    let mut inputs = inputs.into_iter().chain(named);
    inputs.any(|input| input.canonicalize().is_ok_and(|input| input == file))
}

/// Writes the ignore file, unless somebody else wrote one there.
fn write_ignore_file(file: &Path, document: &Checked) -> Outcome {
    let analysis = &document.analysis;
    if analysis.plan.verbatim.is_some() {
        return impossible(
            "nobody knows what a Dockerfile of your own needs: write its ignore file by hand",
        );
    }
    let text = dockerignore(&analysis.config, &analysis.plan, &analysis.layout);
    if file == Path::new("-") {
        return printed(&text, Outcome::Fine);
    }
    if file.is_file() {
        let old = match read_document(file) {
            Ok(old) => old,
            Err(error) => return impossible(format!("cannot read {error}")),
        };
        if old == text.as_bytes() {
            return Outcome::Fine;
        }
        if !old.starts_with(HEADER.as_bytes()) {
            return impossible(format!(
                "{} was not written by docksmith and stays; see what it lacks with --dockerignore -",
                shown(file)
            ));
        }
    }
    match write_atomic(file, &text) {
        Ok(()) => Outcome::Fine,
        Err(error) => impossible(format!("cannot write {error}")),
    }
}

/// Says why a document is not rendered.
pub(crate) fn refuse(document: &Checked, colour: Colour) -> Outcome {
    let found = terminal(std::slice::from_ref(document), &colour.style_on_error());
    if !found.is_empty() {
        complain(&found);
    }
    if !document.analysis.has_errors() {
        complain(&format!(
            "docksmith: {} describes no final stage",
            document.path
        ));
    }
    Outcome::Found
}

/// The document that a path means.
pub(crate) fn document(path: &Path) -> PathBuf {
    if path.is_dir() {
        path.join(NAME)
    } else {
        path.to_owned()
    }
}

/// The path as a `file` URI (RFC 8089).
fn uri(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    file_uri(&shown(&path))
}

/// Whether a file holds this text; if not, what differs goes to standard output.
fn compare(file: &Path, text: &str) -> Outcome {
    let bytes = match read_document(file) {
        Ok(bytes) => bytes,
        Err(error) => return impossible(format!("cannot read {error}")),
    };
    if bytes == text.as_bytes() {
        return Outcome::Fine;
    }
    let old = String::from_utf8_lossy(&bytes);
    printed(&difference(file, &old, text, "rendered"), Outcome::Found)
}

/// What differs between a file's text and that which would be rendered or written now, for people and `patch`.
pub(crate) fn difference(file: &Path, old: &str, new: &str, how: &str) -> String {
    let name = shown(file);
    let new_name = format!("{name} (as it would be {how})");
    TextDiff::from_lines(old, new)
        .unified_diff()
        .header(&name, &new_name)
        .to_string()
}
