//! Documents on the disk: found, read, written.

use std::fmt;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

/// The largest document that is read. Real ones have a few kilobytes.
const LARGEST: u64 = 4 << 20;

/// The name of a document.
const NAME: &str = "docksmith.toml";

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
    let mut walk = walk(path);
    walk.hidden(false);
    walk.filter_entry(|entry| entry.file_name() != ".git");
    let documents = walk.build().filter_map(Result::ok).filter(is_document);
    let mut found: Vec<PathBuf> = documents.map(|entry| plain(entry.path())).collect();
    found.sort();
    Ok(found)
}

/// How many documents of a folder are found at most when somebody looks for a name.
const MOST: usize = 200;

/// How many entries of a folder are looked at for that, and how deep.
const MOST_ENTRIES: usize = 50_000;
const DEEPEST: usize = 12;

/// The first documents below a folder that git does not ignore, in the order of the walk. The walk has an end, however
/// large the folder is. Folders that can't be read hold none. Hidden folders and those of installed packages, where no
/// document is anybody's own, are left out.
pub fn find_some_documents(folder: &Path) -> Vec<PathBuf> {
    let mut walk = walk(folder);
    walk.max_depth(Some(DEEPEST));
    walk.filter_entry(|entry| entry.file_name() != "node_modules");
    let entries = walk.build().take(MOST_ENTRIES).filter_map(Result::ok);
    let documents = entries.filter(is_document).map(DirEntry::into_path);
    documents.take(MOST).collect()
}

/// A walk below a folder that leaves out what git ignores, and nothing that the settings of other programs do.
fn walk(folder: &Path) -> WalkBuilder {
    let mut walk = WalkBuilder::new(folder);
    walk.ignore(false).require_git(false).follow_links(false);
    walk
}

fn is_document(entry: &DirEntry) -> bool {
    entry.file_name() == NAME && !entry.path().is_dir()
}

/// The file of a name that is nearest to a document: in its folder or in one above it, up to the root of the repository.
/// With its text, and its path as it is shown, from the working folder where it lies below it.
///
/// # Errors
/// It is there and can't be read, or is not UTF-8.
pub fn find_above(document: &Path, name: &str) -> Result<Option<(String, String)>, ReadError> {
    let absolute = std::path::absolute(document).unwrap_or_else(|_| document.to_owned());
    for folder in absolute.ancestors().skip(1) {
        let file = folder.join(name);
        if file.is_file() {
            let shown = shown(&file);
            let bytes = read_document(&file).map_err(|found| error(&shown, found.reason))?;
            let text = String::from_utf8(bytes).map_err(|_| error(&shown, "it is not UTF-8"))?;
            return Ok(Some((shown.to_string_lossy().replace('\\', "/"), text)));
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(None)
}

/// A path from the working folder, where it lies below it.
fn shown(path: &Path) -> PathBuf {
    let working = std::path::absolute(".").unwrap_or_default();
    path.strip_prefix(working).unwrap_or(path).to_owned()
}

/// The file that a path leads to, links resolved; the path itself where there is none.
pub fn real(path: &Path) -> PathBuf {
    target(path)
}

/// A path without a leading `./`.
fn plain(path: &Path) -> PathBuf {
    path.strip_prefix("./").unwrap_or(path).to_owned()
}

/// Writes a file whole or not at all. A link is followed, permissions stay. What is no regular file, such as
/// `/dev/stdout`, is written to and never replaced.
///
/// # Errors
/// The folder is not there or can't be written to, or the file is read-only.
pub fn write_atomic(path: &Path, text: &str) -> Result<(), ReadError> {
    let written = match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => return Err(error(path, "it is a folder")),
        Ok(metadata) if metadata.permissions().readonly() => {
            Err(io::ErrorKind::PermissionDenied.into())
        }
        Ok(metadata) if metadata.is_file() => replace(path, text, Some(metadata.permissions())),
        Ok(_) => write_into(path, text),
        Err(_) => replace(path, text, None),
    };
    written.map_err(|source| error(path, reason(&source)))
}

/// Puts a new file in the place of the one that a path leads to.
fn replace(path: &Path, text: &str, permissions: Option<fs::Permissions>) -> io::Result<()> {
    let target = target(path);
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".docksmith-");
    open_to_others(&mut builder);
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    // Set afterwards, since the process's mask would take bits away when the file is made.
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.persist(&target)?;
    Ok(())
}

/// Writes to a pipe or a device.
fn write_into(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).open(path)?;
    file.write_all(text.as_bytes())
}

/// What a link leads to, even if it is not there yet; else the path itself.
fn target(path: &Path) -> PathBuf {
    if let Ok(target) = path.canonicalize() {
        return target;
    }
    match fs::read_link(path) {
        Ok(target) => path.parent().unwrap_or(Path::new("")).join(target),
        Err(_) => path.to_owned(),
    }
}

/// Temporary files are private; a new file is as open as any other that the process makes.
#[cfg(unix)]
fn open_to_others(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    // The process's mask is applied to it when the file is made.
    builder.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn open_to_others(_builder: &mut tempfile::Builder<'_, '_>) {}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{find_above, find_documents, read_document, write_atomic};

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

    #[test]
    fn the_nearest_file_above_counts_within_the_repository() {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        };
        let found = |path: &str| {
            let found = find_above(&folder.path().join(path), "x.toml").expect("a text");
            found.map(|(_, text)| text)
        };
        put("x.toml", "outside");
        put("shop/.git/HEAD", "");
        put("shop/a/b/docksmith.toml", "");
        assert_eq!(found("shop/a/b/docksmith.toml"), None);
        put("shop/x.toml", "root");
        assert_eq!(found("shop/a/b/docksmith.toml").as_deref(), Some("root"));
        put("shop/a/b/x.toml", "nearest");
        assert_eq!(found("shop/a/b/docksmith.toml").as_deref(), Some("nearest"));
        assert_eq!(found("other/docksmith.toml").as_deref(), Some("outside"));
        fs::write(folder.path().join("x.toml"), [0xff]).expect("a file");
        let error = find_above(&folder.path().join("docksmith.toml"), "x.toml");
        assert_eq!(error.expect_err("no text").reason, "it is not UTF-8");
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

    #[test]
    fn files_that_hide_from_other_programs_are_searched() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(".ignore"), "*\n").expect("a file");
        fs::write(folder.path().join("docksmith.toml"), "").expect("a file");
        let found = find_documents(folder.path()).expect("a folder");
        assert_eq!(found, [folder.path().join("docksmith.toml")]);
    }

    #[cfg(unix)]
    #[test]
    fn writing_keeps_permissions_that_the_mask_would_take() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        fs::write(&file, "old").expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).expect("permissions");
        write_atomic(&file, "new").expect("written");
        let mode = fs::metadata(&file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o666);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_may_not_be_written_stays() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        fs::write(&file, "old").expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).expect("permissions");
        let error = write_atomic(&file, "new").expect_err("the file is read-only");
        assert_eq!(error.reason, "permission denied");
        assert_eq!(fs::read_to_string(&file).expect("a file"), "old");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nothing_is_written_through() {
        let folder = tempfile::tempdir().expect("a folder");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("file", &link).expect("a link");
        write_atomic(&link, "new").expect("written");
        assert!(link.is_symlink());
        let text = fs::read_to_string(folder.path().join("file")).expect("a file");
        assert_eq!(text, "new");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_written_to_and_never_replaced() {
        use std::io::Read;
        use std::os::unix::net::UnixListener;
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("socket");
        let _listener = UnixListener::bind(&socket).expect("a socket");
        // A socket can't be opened as a file, which shows that it is not replaced either.
        write_atomic(&socket, "new").expect_err("a socket");
        assert!(!socket.is_file());

        let (mut reader, writer) = std::io::pipe().expect("a pipe");
        let descriptor = std::os::fd::AsRawFd::as_raw_fd(&writer);
        write_atomic(format!("/dev/fd/{descriptor}").as_ref(), "new").expect("written");
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("text");
        assert_eq!(text, "new");
    }
}
