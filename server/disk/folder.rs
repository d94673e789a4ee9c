//! A build context over a real folder.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::context::{BuildContext, Entry, LONGEST_LIST, Listed, last_folders};

/// The largest text that is read: overlays, scripts and ignore files are far smaller.
const LARGEST_TEXT: u64 = 1 << 20;

/// The files around a document that lies in a folder.
///
/// What was seen is remembered for as long as the value lives, so that one analysis sees one state of the disk.
#[derive(Debug)]
pub struct Folder {
    folder: PathBuf,
    /// The folder and those above it, links resolved, by how many levels up they are.
    roots: Mutex<HashMap<usize, Result<PathBuf, Entry>>>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    entries: HashMap<String, Entry>,
    lists: HashMap<String, Vec<String>>,
    sizes: HashMap<String, Vec<Listed>>,
    texts: HashMap<String, Option<String>>,
}

impl Folder {
    /// The files around a document in this folder. A relative path is taken from the working folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        let folder = std::path::absolute(&folder).unwrap_or(folder);
        Self {
            folder: normalized(&folder),
            roots: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    /// The file behind a path of the context, links resolved, or why there is none to look at.
    fn resolve(&self, path: &str) -> Result<PathBuf, Entry> {
        let climbs = path.split('/').take_while(|step| *step == "..").count();
        let rest: PathBuf = path.split('/').skip(climbs).collect();
        // `..` behind the first name would leave what the caller speaks of.
        if rest
            .components()
            .any(|part| !matches!(part, Component::Normal(_)))
        {
            return Err(Entry::Outside);
        }
        let root = self.root(climbs)?;
        match resolved(&root, &rest) {
            Ok(target) if target.starts_with(&root) => Ok(target),
            Ok(_) => Err(Entry::Outside),
            Err(error) => Err(unresolved(&error)),
        }
    }

    /// The folder so many levels up, links resolved.
    fn root(&self, climbs: usize) -> Result<PathBuf, Entry> {
        let mut roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        let root = roots.entry(climbs).or_insert_with(|| {
            let root = self.folder.ancestors().nth(climbs).ok_or(Entry::Outside)?;
            // Without a root, as for a document that was never saved, nothing is known.
            root.canonicalize().map_err(|_| Entry::Unknown)
        });
        root.clone()
    }

    /// Where a file of the context lies, links resolved, or where it would be made; nothing if that is outside of the
    /// context or no file.
    pub fn place(&self, path: &str) -> Option<PathBuf> {
        match self.resolve(path) {
            Ok(target) => target.is_file().then_some(target),
            Err(Entry::Missing) => {
                let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
                let folder = self.resolve(folder).ok()?;
                let target = folder.join(name);
                // A link to nothing would be written through, wherever it leads.
                (folder.is_dir() && !target.is_symlink()).then_some(target)
            }
            Err(_) => None,
        }
    }

    fn look(&self, path: &str) -> Entry {
        let target = match self.resolve(path) {
            Ok(target) => target,
            Err(entry) => return entry,
        };
        match fs::metadata(&target) {
            Ok(metadata) if metadata.is_dir() => Entry::Folder,
            Ok(metadata) if metadata.is_file() => Entry::File {
                executable: is_executable(&metadata),
            },
            // Builders differ in what they make of sockets, pipes and devices.
            Ok(_) | Err(_) => Entry::Unknown,
        }
    }

    fn read(&self, path: &str) -> Option<String> {
        let target = self.resolve(path).ok()?;
        // Before it is opened: reading a pipe or a device could wait for ever.
        let metadata = fs::metadata(&target)
            .ok()
            .filter(|metadata| metadata.is_file())?;
        if metadata.len() > LARGEST_TEXT {
            return None;
        }
        let mut text = Vec::new();
        fs::File::open(target)
            .ok()?
            .take(LARGEST_TEXT + 1)
            .read_to_end(&mut text)
            .ok()?;
        let fits = u64::try_from(text.len()).is_ok_and(|length| length <= LARGEST_TEXT);
        if fits {
            String::from_utf8(text).ok()
        } else {
            None
        }
    }

    fn names(&self, path: &str) -> Vec<String> {
        let Ok(target) = self.resolve(path) else {
            return Vec::new();
        };
        let Ok(entries) = fs::read_dir(target) else {
            return Vec::new();
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> = names.take(LONGEST_LIST).collect();
        names.sort_unstable();
        names
    }
}

/// A path below a root whose links are resolved, with its own resolved. Most have none, and the root is not walked again.
fn resolved(root: &Path, rest: &Path) -> io::Result<PathBuf> {
    let mut target = root.to_owned();
    for name in rest {
        target.push(name);
        if fs::symlink_metadata(&target)?.is_symlink() {
            return root.join(rest).canonicalize();
        }
    }
    Ok(target)
}

/// An entry with its size, without a look at where a link leads.
fn listed(entry: &fs::DirEntry) -> Option<Listed> {
    let name = entry.file_name().into_string().ok()?;
    let metadata = entry.metadata().ok()?;
    let size = match metadata.file_type() {
        kind if kind.is_dir() => None,
        kind if kind.is_file() => Some(metadata.len()),
        _ => Some(0),
    };
    Some(Listed { name, size })
}

/// What a path is that leads to no file: only what certainly is not there is missing.
fn unresolved(error: &io::Error) -> Entry {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidInput => {
            Entry::Missing
        }
        _ => Entry::Unknown,
    }
}

impl BuildContext for Folder {
    fn entry(&self, path: &str) -> Entry {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = seen.entries.get(path) {
            return *entry;
        }
        let entry = self.look(path);
        seen.entries.insert(path.to_owned(), entry);
        entry
    }

    fn list(&self, path: &str) -> Vec<String> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(names) = seen.lists.get(path) {
            return names.clone();
        }
        let names = self.names(path);
        seen.lists.insert(path.to_owned(), names.clone());
        names
    }

    fn sizes(&self, path: &str) -> Vec<Listed> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(list) = seen.sizes.get(path) {
            return list.clone();
        }
        let entries = self.resolve(path).ok().and_then(|it| fs::read_dir(it).ok());
        let entries = entries.into_iter().flatten().take(LONGEST_LIST);
        let mut list: Vec<Listed> = entries.filter_map(|entry| listed(&entry.ok()?)).collect();
        list.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        seen.sizes.insert(path.to_owned(), list.clone());
        list
    }

    fn text(&self, path: &str) -> Option<String> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = seen.texts.get(path) {
            return text.clone();
        }
        let text = self.read(path);
        seen.texts.insert(path.to_owned(), text.clone());
        text
    }

    fn folder(&self, levels: usize) -> Option<String> {
        last_folders(&self.folder.to_str()?.replace('\\', "/"), levels)
    }
}

/// A path without `.` and `..`, by its text alone.
fn normalized(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

/// Where files have no such bit, a build context from there has it set for all.
#[cfg(not(unix))]
fn is_executable(_metadata: &fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Folder;
    use crate::context::{BuildContext, Entry};

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("shop/services/api/sql")).expect("folders");
        fs::write(folder.path().join("shop/services/api/sql/1.sql"), "select").expect("a file");
        fs::write(folder.path().join("secret"), "secret").expect("a file");
        folder
    }

    #[test]
    fn files_and_folders_are_told_apart() {
        let disk = folder();
        let context = Folder::new(disk.path().join("shop/services/api"));
        assert_eq!(context.entry("sql"), Entry::Folder);
        assert_eq!(context.entry(""), Entry::Folder);
        assert_eq!(
            context.entry("sql/1.sql"),
            Entry::File { executable: false }
        );
        assert_eq!(context.entry("sql/2.sql"), Entry::Missing);
        assert_eq!(context.list("sql"), ["1.sql"]);
        assert_eq!(context.text("sql/1.sql").as_deref(), Some("select"));
        assert_eq!(context.folder(2).as_deref(), Some("services/api"));
    }

    #[test]
    fn sizes_are_those_of_the_files() {
        let disk = folder();
        let context = Folder::new(disk.path().join("shop/services/api"));
        let list = |path: &str| -> Vec<(String, Option<u64>)> {
            let sizes = context.sizes(path).into_iter();
            sizes.map(|it| (it.name, it.size)).collect()
        };
        assert_eq!(list(""), [("sql".to_owned(), None)]);
        assert_eq!(list("sql"), [("1.sql".to_owned(), Some(6))]);
        assert_eq!(list("missing"), []);
    }

    #[test]
    fn leading_steps_climb_to_the_context_root() {
        let disk = folder();
        let context = Folder::new(disk.path().join("shop/services/api"));
        assert_eq!(context.entry("../../services/api/sql"), Entry::Folder);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_context_is_not_followed() {
        let disk = folder();
        let api = disk.path().join("shop/services/api");
        std::os::unix::fs::symlink(disk.path().join("secret"), api.join("link")).expect("a link");
        std::os::unix::fs::symlink(api.join("sql"), api.join("inside")).expect("a link");
        let context = Folder::new(&api);
        assert_eq!(context.entry("link"), Entry::Outside);
        assert_eq!(context.text("link"), None);
        assert_eq!(context.entry("inside"), Entry::Folder);
        assert_eq!(context.entry("sql/../../x"), Entry::Outside);
        std::os::unix::fs::symlink(disk.path().join("new"), api.join("none")).expect("a link");
        for path in [
            "link",
            "none",
            "sql/../../x",
            "sql",
            "missing/x",
            "../../x/../../y",
        ] {
            assert_eq!(context.place(path), None, "{path}");
        }
        let real = api.canonicalize().expect("a folder");
        assert_eq!(context.place("inside/1.sql"), Some(real.join("sql/1.sql")));
        assert_eq!(context.place("inside/2.sql"), Some(real.join("sql/2.sql")));
    }

    #[test]
    fn what_is_too_large_or_no_text_is_not_read() {
        let disk = folder();
        fs::write(disk.path().join("large"), vec![b'a'; (1 << 20) + 1]).expect("a file");
        fs::write(disk.path().join("binary"), [0xff, 0xfe]).expect("a file");
        let context = Folder::new(disk.path());
        assert_eq!(context.text("large"), None);
        assert_eq!(context.text("binary"), None);
        assert_eq!(context.text("shop"), None);
    }

    #[test]
    fn a_folder_that_is_not_there_is_unknown() {
        let disk = folder();
        let context = Folder::new(disk.path().join("never/saved"));
        assert_eq!(context.entry("sql"), Entry::Unknown);
        assert_eq!(context.entry(""), Entry::Unknown);
    }

    #[test]
    fn below_a_file_nothing_is_there() {
        let disk = folder();
        let context = Folder::new(disk.path());
        assert_eq!(context.entry("secret/x"), Entry::Missing);
        assert_eq!(context.entry("a\0b"), Entry::Missing);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_neither_file_nor_folder_is_not_opened() {
        let disk = folder();
        let _socket =
            std::os::unix::net::UnixListener::bind(disk.path().join("socket")).expect("a socket");
        std::os::unix::fs::symlink("self", disk.path().join("self")).expect("a link");
        let context = Folder::new(disk.path());
        assert_eq!(context.entry("socket"), Entry::Unknown);
        assert_eq!(context.text("socket"), None);
        assert_eq!(context.entry("self"), Entry::Unknown);
    }
}
