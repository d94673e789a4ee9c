//! The build context as the core sees it: the files that a build is given, as far as they are known.

pub mod glob;
pub mod ignore;

mod matching;
mod remembered;

pub use crate::context::remembered::Remembered;

use std::collections::BTreeMap;

/// How many names of one folder are listed; a list of this length may lack some.
pub const LONGEST_LIST: usize = 10_000;

/// What lies at a path of the build context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// A file, with its mode's execute bit where the system has one.
    File {
        /// Whether anyone may execute it.
        executable: bool,
    },
    /// A folder.
    Folder,
    /// Nothing.
    Missing,
    /// A symbolic link on the way leads out of the context.
    Outside,
    /// Nobody looked. Unknown is never a finding.
    Unknown,
}

/// An entry of a folder as a builder is sent it: a link is not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// How many bytes a file has; nothing of a folder, 0 of anything else.
    pub size: Option<u64>,
}

/// The files around a document.
///
/// Paths are relative to the **document's folder**, with `/`, without `.`; leading `../` climb to the context root, and
/// what follows them is relative to that root, so that links are judged against it. Use [`Rooted`] to speak in paths
/// that are relative to the context root.
pub trait BuildContext {
    /// What lies at `path`; the empty path is the folder itself.
    fn entry(&self, path: &str) -> Entry;
    /// The names in a folder, sorted. Empty if unknown.
    fn list(&self, path: &str) -> Vec<String>;
    /// What lies in a folder, sorted, with sizes; far cheaper than a look at each entry. Empty if unknown.
    fn sizes(&self, _path: &str) -> Vec<Listed> {
        Vec::new()
    }
    /// The text of an overlay, a script, an ignore file. `None` if unknown, not UTF-8 or over 1 MiB.
    fn text(&self, path: &str) -> Option<String>;
    /// The names of the last `levels` folders above the document, the outermost first, joined by `/`: for
    /// `services/api/docksmith.toml` and 2 `services/api`. `None` if nobody knows where the document lies.
    fn folder(&self, levels: usize) -> Option<String>;
}

/// A build context seen from its root: all paths are relative to the context root.
#[derive(Clone)]
pub struct Rooted<'a> {
    context: &'a dyn BuildContext,
    root: String,
}

impl<'a> Rooted<'a> {
    /// The context whose root lies at `root`, seen from the document's folder: empty, or `..` steps such as `../..`.
    pub fn new(context: &'a dyn BuildContext, root: &str) -> Self {
        Self {
            context,
            root: root.trim_matches('/').to_owned(),
        }
    }

    /// The path from the document's folder.
    fn path(&self, path: &str) -> String {
        match (self.root.as_str(), path) {
            ("", path) => path.to_owned(),
            (root, "") => root.to_owned(),
            (root, path) => format!("{root}/{path}"),
        }
    }

    /// What lies at a path.
    pub fn entry(&self, path: &str) -> Entry {
        self.context.entry(&self.path(path))
    }

    /// The names in a folder, sorted.
    pub fn list(&self, path: &str) -> Vec<String> {
        self.context.list(&self.path(path))
    }

    /// What lies in a folder, with sizes.
    pub fn sizes(&self, path: &str) -> Vec<Listed> {
        self.context.sizes(&self.path(path))
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<String> {
        self.context.text(&self.path(path))
    }
}

/// A context of which only named files can be seen: everything else is unknown.
pub struct Named<'a> {
    context: &'a dyn BuildContext,
    paths: Vec<String>,
}

impl<'a> Named<'a> {
    /// The context with these files, given by their paths from the document's folder.
    pub fn new(context: &'a dyn BuildContext, paths: Vec<String>) -> Self {
        Self { context, paths }
    }

    fn shows(&self, path: &str) -> bool {
        self.paths.iter().any(|other| other == path)
    }
}

impl BuildContext for Named<'_> {
    fn entry(&self, path: &str) -> Entry {
        if self.shows(path) {
            self.context.entry(path)
        } else {
            Entry::Unknown
        }
    }

    fn list(&self, _path: &str) -> Vec<String> {
        Vec::new()
    }

    fn text(&self, path: &str) -> Option<String> {
        self.context.text(path).filter(|_| self.shows(path))
    }

    fn folder(&self, levels: usize) -> Option<String> {
        self.context.folder(levels)
    }
}

/// No look at any file: every entry is unknown. The document's own path, if it is given, is known all the same.
#[derive(Debug, Clone, Default)]
pub struct NoContext {
    /// The folder of the document, with `/`.
    pub folder: String,
}

/// The last `levels` names of a folder's path, joined by `/`.
pub fn last_folders(folder: &str, levels: usize) -> Option<String> {
    let names: Vec<&str> = folder
        .split('/')
        .filter(|name| !name.is_empty() && *name != ".")
        .collect();
    let first = names.len().checked_sub(levels)?;
    let names = names.get(first..)?;
    (!names.contains(&"..")).then(|| names.join("/"))
}

impl BuildContext for NoContext {
    fn entry(&self, _path: &str) -> Entry {
        Entry::Unknown
    }

    fn list(&self, _path: &str) -> Vec<String> {
        Vec::new()
    }

    fn text(&self, _path: &str) -> Option<String> {
        None
    }

    fn folder(&self, levels: usize) -> Option<String> {
        last_folders(&self.folder, levels)
    }
}

/// A build context in memory, for examples and tests: path to text. A folder is there when a file lies below it; a path
/// that ends in `/` is an empty folder; a text that begins with `#!` is executable, unless it is said to be plain.
#[derive(Debug, Clone, Default)]
pub struct Files {
    files: BTreeMap<String, String>,
    plain: Vec<String>,
    sizes: BTreeMap<String, u64>,
    folder: String,
}

impl Files {
    /// A context with these files.
    pub fn new<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        Self {
            files: files
                .into_iter()
                .map(|(path, text)| (path.into(), text.into()))
                .collect(),
            ..Self::default()
        }
    }

    /// The same files, of which nobody may execute this one.
    #[must_use]
    pub fn plain(mut self, path: &str) -> Self {
        self.plain.push(path.to_owned());
        self
    }

    /// The same files, of which this one has so many bytes, whatever its text.
    #[must_use]
    pub fn sized(mut self, path: &str, bytes: u64) -> Self {
        self.sizes.insert(path.to_owned(), bytes);
        self
    }

    /// The same files around a document that lies in this folder.
    #[must_use]
    pub fn in_folder(mut self, folder: &str) -> Self {
        folder.clone_into(&mut self.folder);
        self
    }
}

impl BuildContext for Files {
    fn entry(&self, path: &str) -> Entry {
        if let Some(text) = self.files.get(path) {
            return Entry::File {
                executable: text.starts_with("#!") && !self.plain.iter().any(|it| it == path),
            };
        }
        let prefix = format!("{path}/");
        if path.is_empty() || self.files.keys().any(|file| file.starts_with(&prefix)) {
            return Entry::Folder;
        }
        Entry::Missing
    }

    fn list(&self, path: &str) -> Vec<String> {
        let prefix = if path.is_empty() {
            String::new()
        } else {
            format!("{path}/")
        };
        let below = self
            .files
            .keys()
            .filter_map(|file| file.strip_prefix(&prefix));
        let mut names: Vec<String> = below
            .filter_map(|rest| rest.split('/').next())
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        names.sort();
        names.dedup();
        names
    }

    fn sizes(&self, path: &str) -> Vec<Listed> {
        let names = self.list(path).into_iter();
        let listed = names.map(|name| {
            let below = match path {
                "" => name.clone(),
                path => format!("{path}/{name}"),
            };
            let own = self.sizes.get(&below).copied();
            let text = self.files.get(&below);
            let length = text.and_then(|text| u64::try_from(text.len()).ok());
            Listed {
                name,
                size: own.or(length),
            }
        });
        listed.collect()
    }

    fn text(&self, path: &str) -> Option<String> {
        self.files.get(path).cloned()
    }

    fn folder(&self, levels: usize) -> Option<String> {
        last_folders(&self.folder, levels)
    }
}
