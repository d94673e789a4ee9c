//! The files around a document, found from its uri.

use tower_lsp::ls_types::Uri;

use crate::context::{BuildContext, NoContext};

/// The build context of a document: the folder that it lies in, or nothing for a document that is not on a disk.
pub(crate) fn context_of(_uri: &Uri) -> Box<dyn BuildContext> {
    Box::new(NoContext::default())
}

/// A file beside a document, by the path that a diagnostic or an origin gives: its uri and its text.
///
/// `None` if the document is not on a disk or the file cannot be read.
pub(crate) fn file_of(uri: &Uri, path: &str) -> Option<(Uri, String)> {
    let text = context_of(uri).text(path)?;
    Some((beside(uri, path)?, text))
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
    use super::beside;

    fn check(document: &str, path: &str, expected: &str) {
        let uri = document.parse().expect("a uri");
        let found = beside(&uri, path).expect("it lies in a folder");
        assert_eq!(found.as_str(), expected);
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
}
