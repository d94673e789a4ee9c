//! Documents for the commands: found, read, analyzed.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::analysis::{Analysis, Options, analyze_with, not_utf8};
use crate::context::{BuildContext, NoContext};
use crate::disk::{Folder, find_documents, read_document};
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
    let bytes = read_document(path).map_err(|error| format!("cannot read {error}"))?;
    Ok(checked(&bytes, path, look, options))
}

/// Reads and analyzes standard input, as if it lay at `path`.
///
/// # Errors
/// It can't be read or is too large; the reason in one line.
pub(crate) fn check_standard_input(
    path: &Path,
    look: bool,
    options: &Options,
) -> Result<Checked, String> {
    let bytes = standard_input()?;
    Ok(checked(&bytes, path, look, options))
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

fn checked(bytes: &[u8], path: &Path, look: bool, options: &Options) -> Checked {
    let analysis = match std::str::from_utf8(bytes) {
        Ok(text) => analyze_with(text, context(path, look).as_ref(), options),
        Err(error) => cut_short(bytes, error.valid_up_to()),
    };
    Checked::new(shown(path), analysis)
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
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        // The folder of a bare name is the working folder, which has no empty path.
        _ => Path::new("."),
    };
    if look {
        return Box::new(Folder::new(folder));
    }
    let absolute = std::path::absolute(path).ok();
    let folder = absolute.as_deref().and_then(Path::parent).unwrap_or(folder);
    Box::new(NoContext {
        folder: folder.to_string_lossy().replace('\\', "/"),
    })
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
