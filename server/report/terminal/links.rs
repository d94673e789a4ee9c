//! Links of a terminal (OSC 8).

use crate::report::normalized;

/// Where links lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// The absolute path, with `/`, of the folder that shown paths begin in.
    pub folder: String,
    /// The address of the rules' reference, if there is one.
    pub rules: Option<String>,
}

impl Links {
    /// A path as it is shown, with a link to its file.
    pub(super) fn path(&self, path: &str, shown: &str) -> String {
        let absolute = if path.starts_with('/') {
            path.to_owned()
        } else {
            normalized(&[&self.folder, path])
        };
        link(&file_uri(&absolute), shown)
    }

    /// A rule's name, with a link to its page.
    pub(super) fn rule(&self, name: &str) -> Option<String> {
        let address = self.rules.as_ref()?;
        Some(link(&format!("{address}#{name}"), name))
    }
}

fn link(address: &str, text: &str) -> String {
    format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
}

/// An absolute path, with `/`, as a `file` URI (RFC 8089).
pub fn file_uri(path: &str) -> String {
    // A drive's letter comes behind a slash.
    let slash = if path.starts_with('/') { "" } else { "/" };
    let mut uri = format!("file://{slash}");
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::Links;

    #[test]
    fn paths_lead_to_their_files() {
        let links = Links {
            folder: "/home/é x".to_owned(),
            rules: None,
        };
        assert_eq!(
            links.path("../a.toml", "../a.toml"),
            "\u{1b}]8;;file:///home/a.toml\u{1b}\\../a.toml\u{1b}]8;;\u{1b}\\"
        );
        assert!(links.path("a", "a").contains("file:///home/%C3%A9%20x/a"));
        assert!(links.path("/b", "/b").contains("file:///b\u{1b}"));
        assert_eq!(links.rule("unknown-key"), None);
    }

    #[test]
    fn rules_lead_to_their_pages() {
        let links = Links {
            folder: "/".to_owned(),
            rules: Some("https://example.com/rules".to_owned()),
        };
        let linked = links.rule("unknown-key").expect("a link");
        assert!(linked.contains("https://example.com/rules#unknown-key\u{1b}"));
    }
}
