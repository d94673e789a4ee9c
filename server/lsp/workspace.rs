//! The folders that the client has open, and the documents in them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tower_lsp::ls_types::{InitializeParams, Uri, WorkspaceFolder};

use crate::disk::{find_some_documents, within};

/// How long a folder is searched at most: its disk may hang.
const PATIENCE: Duration = Duration::from_secs(10);

/// The open folders. Which documents lie in them is found out when somebody asks.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    folders: BTreeSet<Uri>,
    /// The documents on the disk, once they were looked for.
    found: Option<Arc<Vec<PathBuf>>>,
}

impl Workspace {
    /// Takes the folders that came with `initialize`, in whichever of its three forms.
    pub(crate) fn begin(&self, params: &InitializeParams) {
        let folders = params.workspace_folders.clone().unwrap_or_default();
        let mut uris: BTreeSet<Uri> = folders.into_iter().map(|folder| folder.uri).collect();
        if uris.is_empty() {
            #[expect(deprecated, reason = "older clients say it so")]
            let root = params.root_uri.clone().or_else(|| {
                let path = params.root_path.as_deref()?;
                Uri::from_file_path(path)
            });
            uris.extend(root);
        }
        let mut state = self.state();
        state.folders = uris;
        state.found = None;
    }

    /// Opens and closes folders.
    pub(crate) fn change(&self, added: Vec<WorkspaceFolder>, removed: &[WorkspaceFolder]) {
        let mut state = self.state();
        for folder in removed {
            state.folders.remove(&folder.uri);
        }
        state
            .folders
            .extend(added.into_iter().map(|folder| folder.uri));
        state.found = None;
    }

    /// Forgets which documents there are, because files came or went.
    pub(crate) fn look_again(&self) {
        self.state().found = None;
    }

    /// The documents on the disk that lie in the open folders: from one walk, however often it is asked. Never below the
    /// home folder itself or the root of the file system, which nobody means to have searched.
    pub(crate) fn documents(&self) -> Arc<Vec<PathBuf>> {
        let folders = {
            let state = self.state();
            if let Some(found) = &state.found {
                return Arc::clone(found);
            }
            state.folders.clone()
        };
        let paths = folders.iter().filter(|uri| is_file(uri));
        let paths = paths.filter_map(|uri| Some(uri.to_file_path()?.into_owned()));
        let mut is_whole = true;
        let mut found: Vec<PathBuf> = paths
            .filter(|path| may_search(path))
            .flat_map(|path| {
                let found = within(PATIENCE, move || find_some_documents(&path));
                is_whole &= found.is_some();
                found.unwrap_or_default()
            })
            .collect();
        found.sort();
        found.dedup();
        let found = Arc::new(found);
        let mut state = self.state();
        if state.folders == folders && is_whole {
            state.found = Some(Arc::clone(&found));
        }
        found
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each member is replaced whole, so a panic cannot leave half of one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_file(uri: &Uri) -> bool {
    uri.scheme().as_str().eq_ignore_ascii_case("file")
}

fn may_search(folder: &Path) -> bool {
    let home = std::env::home_dir();
    folder.parent().is_some() && home.is_none_or(|home| home != folder)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;
    use tower_lsp::ls_types::{Uri, WorkspaceFolder};

    use super::{Workspace, may_search};
    use crate::disk::write_atomic;

    fn folder(path: &Path) -> WorkspaceFolder {
        WorkspaceFolder {
            uri: Uri::from_file_path(path).expect("a uri"),
            name: String::new(),
        }
    }

    fn names(workspace: &Workspace, root: &Path) -> Vec<String> {
        let documents = workspace.documents();
        let names = documents.iter().map(|path| {
            let path = path.strip_prefix(root).expect("it lies below");
            path.to_string_lossy().replace('\\', "/")
        });
        names.collect()
    }

    #[test]
    fn documents_of_all_folders_are_found_once_and_again_when_files_change() {
        let root = tempfile::tempdir().expect("a folder");
        for name in ["a", "a/é", "b", "node_modules", "node_modules/c"] {
            std::fs::create_dir(root.path().join(name)).expect("a folder");
        }
        for name in ["a/é", "b", "node_modules/c"] {
            let file = root.path().join(name).join("docksmith.toml");
            write_atomic(&file, "").expect("a file");
        }
        let (a, b) = (root.path().join("a"), root.path().join("b"));
        let workspace = Workspace::default();
        workspace.change(vec![folder(&a), folder(&b)], &[]);
        let expected = ["a/é/docksmith.toml", "b/docksmith.toml"];
        assert_eq!(names(&workspace, root.path()), expected);
        std::fs::rename(&b, root.path().join("c")).expect("it is there");
        assert_eq!(names(&workspace, root.path()), expected);
        workspace.look_again();
        assert_eq!(names(&workspace, root.path()), expected[..1]);
        workspace.change(Vec::new(), &[folder(&a)]);
        assert!(names(&workspace, root.path()).is_empty());
    }

    #[test]
    fn the_folder_may_be_given_in_the_forms_of_older_clients() {
        let root = tempfile::tempdir().expect("a folder");
        write_atomic(&root.path().join("docksmith.toml"), "").expect("a file");
        let uri = Uri::from_file_path(root.path()).expect("a uri");
        for params in [
            json!({ "rootUri": uri, "capabilities": {} }),
            json!({ "rootPath": root.path(), "capabilities": {} }),
            json!({ "workspaceFolders": [{ "uri": uri, "name": "x" }], "capabilities": {} }),
        ] {
            let workspace = Workspace::default();
            workspace.begin(&serde_json::from_value(params).expect("parameters"));
            assert_eq!(names(&workspace, root.path()), ["docksmith.toml"]);
        }
    }

    #[test]
    fn neither_the_home_folder_nor_the_root_is_searched() {
        assert!(!may_search(Path::new("/")));
        if let Some(home) = std::env::home_dir() {
            assert!(!may_search(&home));
            assert!(may_search(&home.join("project")));
        }
    }
}
