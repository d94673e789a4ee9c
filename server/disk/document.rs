//! Documents on the disk: found, read, written.

use std::fmt;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

/// The largest document that is read. Real ones have a few kilobytes.
const LARGEST: u64 = 4 << 20;

/// The name of a document.
pub const NAME: &str = "docksmith.toml";

/// Why something of the disk can't be used.
#[derive(Debug)]
pub struct ReadError {
    /// What was tried on.
    pub path: PathBuf,
    /// The reason, lower case and without full stop.
    pub reason: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for ReadError {}

fn error(path: &Path, reason: impl Into<String>) -> ReadError {
    ReadError {
        path: path.to_owned(),
        reason: reason.into(),
    }
}

/// The system's words for an error, without its number.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

/// The bytes of a document.
///
/// # Errors
/// It is not there, no regular file, not readable, or larger than 4 MiB.
pub fn read_document(path: &Path) -> Result<Vec<u8>, ReadError> {
    let metadata = fs::metadata(path).map_err(|source| error(path, reason(&source)))?;
    if metadata.is_dir() {
        return Err(error(path, "it is a folder"));
    }
    if !metadata.is_file() {
        return Err(error(path, "it is not a regular file"));
    }
    if metadata.len() > LARGEST {
        let size = metadata.len().div_ceil(1 << 20);
        return Err(error(
            path,
            format!(
                "it has {size} MiB, more than the {} MiB that are read",
                LARGEST >> 20
            ),
        ));
    }
    let file = fs::File::open(path).map_err(|source| error(path, reason(&source)))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| error(path, reason(&source)))?;
    Ok(bytes)
}

/// The documents that a path means: itself, or all files named `docksmith.toml` below it that git does not ignore,
/// sorted. Hidden folders are searched, links to folders are not followed.
///
/// # Errors
/// The path is not there or can't be read.
pub fn find_documents(path: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let metadata = fs::metadata(path).map_err(|source| error(path, reason(&source)))?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    fs::read_dir(path).map_err(|source| error(path, reason(&source)))?;
    let mut walk = WalkBuilder::new(path);
    walk.hidden(false).require_git(false).follow_links(false);
    walk.filter_entry(|entry| entry.file_name() != ".git");
    let entries = walk.build().filter_map(Result::ok);
    let documents = entries.filter(|entry| entry.file_name() == NAME && !entry.path().is_dir());
    let mut found: Vec<PathBuf> = documents.map(|entry| plain(entry.path())).collect();
    found.sort();
    Ok(found)
}

/// A path without a leading `./`.
fn plain(path: &Path) -> PathBuf {
    path.strip_prefix("./").unwrap_or(path).to_owned()
}

/// Writes a file whole or not at all. A link is followed, permissions stay.
///
/// # Errors
/// The folder is not there or can't be written to.
pub fn write_atomic(path: &Path, text: &str) -> Result<(), ReadError> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if target.is_dir() {
        return Err(error(path, "it is a folder"));
    }
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".docksmith-")
            .permissions(permissions(&target))
            .tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(&target)?;
        Ok(())
    };
    write().map_err(|source| error(path, reason(&source)))
}

/// The permissions of the file that is there, else those of any new file.
fn permissions(target: &Path) -> fs::Permissions {
    if let Ok(metadata) = fs::metadata(target) {
        return metadata.permissions();
    }
    new_permissions()
}

#[cfg(unix)]
fn new_permissions() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    // The process's mask is applied to it when the file is made.
    fs::Permissions::from_mode(0o666)
}

#[cfg(not(unix))]
fn new_permissions() -> fs::Permissions {
    let file = tempfile::tempfile().and_then(|file| file.metadata());
    file.map(|metadata| metadata.permissions())
        .expect("a temporary file can be made where files are written")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{find_documents, read_document, write_atomic};

    #[test]
    fn what_is_no_document_is_refused_in_one_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let reason = |name: &str| {
            read_document(&folder.path().join(name))
                .expect_err("no document")
                .reason
        };
        assert_eq!(reason("missing"), "there is no such file");
        assert_eq!(reason(""), "it is a folder");
        fs::write(folder.path().join("large"), vec![b'#'; 10 << 20]).expect("a file");
        assert_eq!(
            reason("large"),
            "it has 10 MiB, more than the 4 MiB that are read"
        );
    }

    #[test]
    fn a_folder_is_searched_as_git_sees_it() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in ["b", "a/deep", ".hidden", "ignored", ".git/x"] {
            fs::create_dir_all(folder.path().join(path)).expect("a folder");
            fs::write(folder.path().join(path).join("docksmith.toml"), "").expect("a file");
        }
        fs::write(folder.path().join(".gitignore"), "ignored/\n").expect("a file");
        let found = find_documents(folder.path()).expect("a folder");
        let names: Vec<String> = found
            .iter()
            .map(|path| {
                path.strip_prefix(folder.path())
                    .expect("below")
                    .display()
                    .to_string()
            })
            .collect();
        assert_eq!(
            names,
            [
                ".hidden/docksmith.toml",
                "a/deep/docksmith.toml",
                "b/docksmith.toml"
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn writing_follows_a_link_and_keeps_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("permissions");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        write_atomic(&link, "new").expect("written");
        assert_eq!(fs::read_to_string(&file).expect("a file"), "new");
        assert_eq!(
            fs::metadata(&file).expect("a file").permissions().mode() & 0o777,
            0o640
        );
        assert!(link.is_symlink());
        assert!(write_atomic(&folder.path().join("none/file"), "x").is_err());
    }
}
