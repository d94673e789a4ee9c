//! Documents for the commands: found, read, analyzed.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::analysis::{Analysis, Options, analyze_with, not_utf8, shared};
use crate::config::lint::{SHARED_NAME, Shared};
use crate::context::{BuildContext, NoContext};
use crate::disk::{Folder, find_above, find_documents, read_document};
use crate::report::Checked;

/// The name of a document.
pub(crate) const NAME: &str = "docksmith.toml";

/// The most that is read from standard input, as from a file.
const LARGEST: u64 = 4 << 20;

/// The documents that the paths mean, each once, in order.
///
/// # Errors
/// A path is not there or can't be read, or no document was found; the reason in one line.
pub(crate) fn documents(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths {
        let below = find_documents(path).map_err(|error| format!("cannot read {error}"))?;
        if below.is_empty() {
            return Err(format!("there is no {NAME} in {}", path.display()));
        }
        found.extend(below);
    }
    found.sort_by_cached_key(|path| shown(path));
    found.dedup_by_key(|path| shown(path));
    Ok(found)
}

/// Reads and analyzes a document. Without `look`, nothing of its build context is looked at.
///
/// # Errors
/// It can't be read; the reason in one line.
pub(crate) fn check(path: &Path, look: bool, options: &Options) -> Result<Checked, String> {
    read(path, look, options).map(Document::checked)
}

/// A document that was read and analyzed.
pub(crate) struct Document {
    /// Where it lies, or pretends to.
    pub(crate) path: PathBuf,
    /// How it is judged: what was asked for, with the settings that it shares with others.
    pub(crate) options: Options,
    /// What is known of it.
    pub(crate) analysis: Analysis,
    /// Whether it is standard input.
    pub(crate) is_input: bool,
    /// Whether it is UTF-8 as a whole.
    pub(crate) is_text: bool,
}

impl Document {
    /// What is known of it, to be reported.
    pub(crate) fn checked(self) -> Checked {
        Checked::new(shown(&self.path), self.analysis)
    }
}

/// Reads and analyzes a document. Without `look`, nothing of its build context is looked at.
///
/// # Errors
/// It or the settings that it shares can't be read; the reason in one line.
pub(crate) fn read(path: &Path, look: bool, options: &Options) -> Result<Document, String> {
    let bytes = read_document(path).map_err(|error| format!("cannot read {error}"))?;
    analyzed(&bytes, path, look, options)
}

/// Reads and analyzes standard input, as if it lay at `path`.
///
/// # Errors
/// It can't be read or is too large; the reason in one line.
pub(crate) fn read_input(path: &Path, look: bool, options: &Options) -> Result<Document, String> {
    let bytes = standard_input()?;
    Ok(Document {
        is_input: true,
        ..analyzed(&bytes, path, look, options)?
    })
}

/// The settings that a document shares with others.
///
/// # Errors
/// They can't be read; the reason in one line.
fn shared_settings(path: &Path) -> Result<Option<Arc<Shared>>, String> {
    let found = find_above(path, SHARED_NAME).map_err(|error| format!("cannot read {error}"))?;
    let Some((path, text)) = found else {
        return Ok(None);
    };
    Ok(Some(Arc::new(shared(path, &text)?)))
}

/// The text of standard input.
///
/// # Errors
/// It can't be read, is too large or no text; the reason in one line.
pub(crate) fn read_standard_input() -> Result<String, String> {
    let text = String::from_utf8(standard_input()?);
    text.map_err(|_| "cannot read standard input: it is not UTF-8".to_owned())
}

fn standard_input() -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = std::io::stdin()
        .lock()
        .take(LARGEST + 1)
        .read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot read standard input: {error}"))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
        return Err(format!(
            "cannot read standard input: it has more than the {} MiB that are read",
            LARGEST >> 20
        ));
    }
    Ok(bytes)
}

fn analyzed(bytes: &[u8], path: &Path, look: bool, options: &Options) -> Result<Document, String> {
    let options = Options {
        shared: shared_settings(path)?,
        ..options.clone()
    };
    let text = std::str::from_utf8(bytes);
    let analysis = match text {
        Ok(text) => analyze_with(text, context(path, look).as_ref(), &options),
        Err(error) => cut_short(bytes, error.valid_up_to()),
    };
    Ok(Document {
        path: path.to_owned(),
        options,
        analysis,
        is_input: false,
        is_text: text.is_ok(),
    })
}

/// A document that is not UTF-8: what can be shown of it ends where it stops being text.
fn cut_short(bytes: &[u8], end: usize) -> Analysis {
    let text = bytes
        .get(..end)
        .map(String::from_utf8_lossy)
        .unwrap_or_default();
    not_utf8(&text)
}

fn context(path: &Path, look: bool) -> Box<dyn BuildContext> {
    if look {
        return Box::new(folder(path));
    }
    let folder = parent(path);
    let absolute = std::path::absolute(path).ok();
    let folder = absolute.as_deref().and_then(Path::parent).unwrap_or(folder);
    Box::new(NoContext {
        folder: folder.to_string_lossy().replace('\\', "/"),
    })
}

/// The files around a document.
pub(crate) fn folder(path: &Path) -> Folder {
    Folder::new(parent(path))
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        // The folder of a bare name is the working folder, which has no empty path.
        _ => Path::new("."),
    }
}

/// A path as it is shown: with `/`, as it was given.
pub(crate) fn shown(path: &Path) -> String {
    let path = path.to_string_lossy();
    // Elsewhere a backslash is a character like any other.
    let path = if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path.into_owned()
    };
    path.strip_prefix("./").unwrap_or(&path).to_owned()
}
