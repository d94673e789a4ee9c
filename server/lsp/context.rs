//! The files around a document, found from its uri.

use std::sync::Arc;
use std::time::Duration;

use tower_lsp::ls_types::Uri;

use crate::analysis::{Options, shared};
use crate::config::lint::{SHARED_NAME, Shared};
use crate::context::{BuildContext, NoContext, Remembered};
use crate::disk::{Folder, Patient, find_above, within};

/// How long one answer waits for the disk in all. After that it goes without: a disk that hangs must not take the threads
/// that answer what needs no file.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long the findings of one version wait for it; what can be said without was said before.
const PATIENCE_OF_FINDINGS: Duration = Duration::from_secs(10);

/// The build context of a document: the folder that it lies in, or nothing for a document that is not on a disk.
pub(crate) fn context_of(uri: &Uri) -> Box<dyn BuildContext> {
    waiting(uri, PATIENCE)
}

/// The same for the rules, which ask for more and have more time.
pub(crate) fn context_of_findings(uri: &Uri) -> Box<dyn BuildContext> {
    waiting(uri, PATIENCE_OF_FINDINGS)
}

fn waiting(uri: &Uri, patience: Duration) -> Box<dyn BuildContext> {
    let is_on_disk = uri.scheme().as_str().eq_ignore_ascii_case("file");
    let path = uri.to_file_path().filter(|_| is_on_disk);
    match path.as_deref().and_then(std::path::Path::parent) {
        Some(folder) => {
            // A look that can be given up changes the thread, which a document of many stages would wait for.
            let disk = Patient::new(Folder::new(folder), patience);
            Box::new(Remembered::new(disk))
        }
        None => Box::new(NoContext {
            folder: folder_of(uri),
        }),
    }
}

/// How a document is judged.
#[derive(Debug)]
pub(crate) struct Judgement {
    /// As the client wants it, with the settings that the document shares with others. Settings that can't be read count
    /// as none.
    pub(crate) options: Options,
    /// Why those settings can't be read, with the place; nothing if they can.
    pub(crate) complaint: Option<String>,
}

/// How a document is judged, which the client wants judged by `options`. Looks at the folders above it.
pub(crate) fn judgement_of(uri: &Uri, options: &Options) -> Judgement {
    let (shared, complaint) = match shared_settings(uri) {
        Ok(shared) => (shared, None),
        Err(complaint) => (None, Some(complaint)),
    };
    let options = Options {
        shared: shared.map(Arc::new),
        ..options.clone()
    };
    Judgement { options, complaint }
}

fn shared_settings(uri: &Uri) -> Result<Option<Shared>, String> {
    let is_on_disk = uri.scheme().as_str().eq_ignore_ascii_case("file");
    let Some(path) = uri.to_file_path().filter(|_| is_on_disk) else {
        return Ok(None);
    };
    let path = path.into_owned();
    let found = within(PATIENCE, move || find_above(&path, SHARED_NAME));
    let found = found
        .unwrap_or(Ok(None))
        .map_err(|error| error.to_string())?;
    found.map(|(path, text)| shared(path, &text)).transpose()
}

/// The folder of a document that is not on a disk, by its name.
fn folder_of(uri: &Uri) -> String {
    let path = uri.path().decode().to_string_lossy().into_owned();
    path.rsplit_once('/')
        .map_or_else(String::new, |(folder, _)| folder.to_owned())
}

/// The text of a file of the build context whose root lies at `root`, seen from the document's folder.
pub(crate) fn text_of(uri: &Uri, root: &str, path: &str) -> Option<String> {
    context_of(uri).text(&from_document(root, path))
}

/// The uri of a file of the build context whose root lies at `root`, seen from the document's folder.
pub(crate) fn uri_of(uri: &Uri, root: &str, path: &str) -> Option<Uri> {
    beside(uri, &from_document(root, path))
}

/// A path below the context root as one from the document's folder.
fn from_document(root: &str, path: &str) -> String {
    if root.is_empty() {
        path.to_owned()
    } else {
        format!("{root}/{path}")
    }
}

/// The uri of a file, relative to the folder that the document lies in.
fn beside(uri: &Uri, path: &str) -> Option<Uri> {
    let (mut folder, _) = uri.as_str().rsplit_once('/')?;
    let mut path = path;
    while let Some(rest) = path.strip_prefix("../") {
        (folder, _) = folder.rsplit_once('/')?;
        path = rest;
    }
    let mut text = format!("{folder}/");
    for &byte in path.as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use tower_lsp::ls_types::Uri;

    use super::{beside, context_of, judgement_of, uri_of};
    use crate::analysis::Options;
    use crate::config::lint::Level;
    use crate::context::Entry;
    use crate::disk::write_atomic;

    fn check(document: &str, path: &str, expected: &str) {
        let uri = document.parse().expect("a uri");
        let found = beside(&uri, path).expect("it lies in a folder");
        assert_eq!(found.as_str(), expected);
    }

    #[test]
    fn shared_settings_are_found_from_the_uri() {
        let folder = tempfile::tempdir().expect("a folder");
        let uri = Uri::from_file_path(folder.path().join("app/docksmith.toml")).expect("a uri");
        std::fs::create_dir(folder.path().join(".git")).expect("a folder");
        let judgement = || judgement_of(&uri, &Options::default());
        assert_eq!(judgement().options.shared, None);
        let settings = folder.path().join(".docksmith-lint.toml");
        write_atomic(&settings, "[rules]\nroot-user = \"off\"\n").expect("a file");
        let level = judgement()
            .options
            .shared
            .and_then(|it| it.level("root-user"));
        assert_eq!(level, Some(Level::Off));
        write_atomic(&settings, "[rules").expect("a file");
        assert_eq!(judgement().options.shared, None);
        let said = judgement().complaint.expect("a reason");
        assert!(said.contains(".docksmith-lint.toml:1:"), "{said}");
    }

    #[test]
    fn a_file_lies_beside_the_document() {
        check(
            "file:///app/docksmith.toml",
            "Dockerfile.overlay",
            "file:///app/Dockerfile.overlay",
        );
        check(
            "file://wsl%24/Ubuntu/app/docksmith.toml",
            "sql/é 1.sql",
            "file://wsl%24/Ubuntu/app/sql/%C3%A9%201.sql",
        );
    }

    #[test]
    fn a_path_may_climb_to_the_root_of_the_build_context() {
        check("file:///a/b/docksmith.toml", "../x.sh", "file:///a/x.sh");
    }

    #[test]
    fn a_path_below_the_context_root_is_found_from_there() {
        let uri = "file:///a/services/api/docksmith.toml"
            .parse()
            .expect("a uri");
        let found = uri_of(&uri, "../..", "services/api/Dockerfile.overlay").expect("a uri");
        assert_eq!(found.as_str(), "file:///a/services/api/Dockerfile.overlay");
    }

    #[test]
    fn a_document_that_is_not_on_a_disk_knows_its_folder_only() {
        let uri = "vscode-vfs://github/a/b%20c/docksmith.toml"
            .parse()
            .expect("a uri");
        let context = context_of(&uri);
        assert_eq!(context.entry("x"), Entry::Unknown);
        assert_eq!(context.folder(1), Some("b c".to_owned()));
    }
}
