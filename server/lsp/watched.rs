//! Which files around the open documents are to be watched: those that were looked at for what is said of them, and the
//! folders that they lie in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::Notify;
use tower_lsp::ls_types::Uri;

use crate::lsp::documents::Snapshot;
use crate::lsp::looks::literal;

/// How many patterns the client is given at most.
const MOST: usize = 1000;

/// Files in a folder and below.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pattern {
    /// The uri of the folder.
    folder: String,
    /// The same folder as the system knows it, with `/`.
    path: String,
    /// A glob pattern below it.
    pattern: String,
}

impl Pattern {
    /// The watcher for a client that knows patterns which begin in a folder, or for another.
    pub(crate) fn watcher(&self, knows_folders: bool) -> Value {
        if knows_folders {
            return json!({ "globPattern": { "baseUri": self.folder, "pattern": self.pattern } });
        }
        let folder = literal(self.path.trim_end_matches('/'));
        json!({ "globPattern": format!("{folder}/{}", self.pattern) })
    }
}

/// What is to be watched, by document.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    wanted: Mutex<BTreeMap<Uri, BTreeSet<Pattern>>>,
    /// Told when anything is to be watched that was not, or the other way round.
    pub(crate) changes: Notify,
}

impl Watched {
    /// Takes what was looked at for a version of a document.
    pub(crate) fn want(&self, document: &Snapshot) {
        let patterns = patterns(&document.uri, &document.looks.paths());
        let before = self.wanted().insert(document.uri.clone(), patterns.clone());
        if before.unwrap_or_default() != patterns {
            self.changes.notify_one();
        }
    }

    /// Nothing is to be watched for this document any more.
    pub(crate) fn forget(&self, uri: &Uri) {
        if self.wanted().remove(uri).is_some() {
            self.changes.notify_one();
        }
    }

    /// Everything that is to be watched.
    pub(crate) fn all(&self) -> BTreeSet<Pattern> {
        let wanted = self.wanted();
        wanted.values().flatten().take(MOST).cloned().collect()
    }

    fn wanted(&self) -> MutexGuard<'_, BTreeMap<Uri, BTreeSet<Pattern>>> {
        // Patterns are replaced whole, so a panic cannot leave half of them.
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The patterns of paths that are seen from the folder of a document; none for one that is not on a disk.
fn patterns(uri: &Uri, paths: &BTreeSet<String>) -> BTreeSet<Pattern> {
    if !uri.scheme().as_str().eq_ignore_ascii_case("file") {
        return BTreeSet::new();
    }
    let found = paths.iter().filter_map(|path| {
        let (mut folder, mut rest) = (parent(uri.as_str())?, path.as_str());
        while let Some(below) = rest.strip_prefix("../") {
            (folder, rest) = (parent(folder)?, below);
        }
        let parsed = folder.parse::<Uri>().ok()?;
        let path = parsed.to_file_path()?;
        Some(Pattern {
            folder: folder.to_owned(),
            path: path.to_str()?.replace('\\', "/"),
            pattern: rest.to_owned(),
        })
    });
    found.collect()
}

/// The folder of a file's uri.
fn parent(uri: &str) -> Option<&str> {
    let end = uri.find(['?', '#']).unwrap_or(uri.len());
    let (folder, _) = uri.get(..end)?.rsplit_once('/')?;
    // What is left of `file:///x` is no folder that a pattern could begin in.
    (!folder.ends_with('/')).then_some(folder)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::patterns;

    fn found(uri: &str, paths: &[&str], knows_folders: bool) -> Vec<serde_json::Value> {
        let paths: BTreeSet<String> = paths.iter().map(|it| (*it).to_owned()).collect();
        let patterns = patterns(&uri.parse().expect("a uri"), &paths);
        let watchers = patterns.iter().map(|it| it.watcher(knows_folders));
        watchers.map(|it| it["globPattern"].clone()).collect()
    }

    #[test]
    fn paths_are_seen_from_the_folder_of_the_document() {
        let uri = "file:///a/%C3%A9%5B1/docksmith.toml?x";
        let paths = ["sql/*", "../sql", "../../../out"];
        assert_eq!(
            found(uri, &paths, true),
            [
                json!({ "baseUri": "file:///a", "pattern": "sql" }),
                json!({ "baseUri": "file:///a/%C3%A9%5B1", "pattern": "sql/*" }),
            ]
        );
        if cfg!(unix) {
            assert_eq!(found(uri, &paths, false), ["/a/sql", "/a/é?1/sql/*"]);
        }
        assert!(found("untitled:docksmith.toml", &paths, true).is_empty());
    }
}
