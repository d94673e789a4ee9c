//! Paths: below the context root, and in the image.

use crate::config::spellings::Canonical;
use crate::context::{BuildContext, Rooted};
use crate::plan::sources::cleaned;

/// Where the build context begins and where the application lies in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// The `..` steps from the document's folder to the context root; empty if they are the same.
    pub root: String,
    /// The application's folder below the context root, with a trailing slash; empty if they are the same.
    pub application: String,
}

impl Layout {
    /// What `context_root` says. In an old-style file a value without `..` is the application's sub-folder.
    pub fn new(config: &Canonical, context: &dyn BuildContext) -> Self {
        let Some(root) = &config.context_root else {
            return Self::default();
        };
        let steps: Vec<&str> = root
            .split('/')
            .filter(|step| !step.is_empty() && *step != ".")
            .collect();
        if steps.is_empty() {
            return Self::default();
        }
        if steps.iter().all(|step| *step == "..") {
            let application = context
                .folder(steps.len())
                .map(|folder| format!("{folder}/"))
                .unwrap_or_default();
            return Self {
                root: steps.join("/"),
                application,
            };
        }
        if config.old_style.is_some() && !steps.contains(&"..") {
            return Self {
                root: String::new(),
                application: format!("{}/", steps.join("/")),
            };
        }
        Self::default()
    }

    /// Whether it is known where the application lies below the context root.
    pub fn is_placed(&self) -> bool {
        self.root.is_empty() || !self.application.is_empty()
    }

    /// The context, seen from its root.
    pub fn rooted<'a>(&self, context: &'a dyn BuildContext) -> Rooted<'a> {
        Rooted::new(context, &self.root)
    }

    /// The path below the context root of a file that lies beside the document. In an old-style file with a sub-folder,
    /// that is not where the application lies.
    pub fn beside_document(&self, name: &str) -> String {
        if self.root.is_empty() {
            name.to_owned()
        } else {
            format!("{}{name}", self.application)
        }
    }

    /// A file that the document names, the overlay or a Dockerfile, as a path of the context; nothing for one that leads
    /// out of it by its own text, which nobody may read.
    pub fn named_file(&self, path: &str) -> Option<String> {
        let leads_out = path.starts_with('/') || path.split('/').any(|name| name == "..");
        cleaned(&self.path(path)).filter(|_| !leads_out)
    }

    /// A path of the application as a path of the context. A trailing slash stays: it says that the contents are meant.
    pub fn path(&self, path: &str) -> String {
        let path = path.strip_prefix("./").unwrap_or(path);
        match path {
            "" | "." if self.application.is_empty() => ".".to_owned(),
            "" | "." => self.application.clone(),
            path => format!("{}{path}", self.application),
        }
    }
}

/// A destination made absolute against the working folder; a trailing slash stays.
pub(crate) fn absolute(workdir: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let relative = path.strip_prefix("./").unwrap_or(path);
    let base = workdir.trim_end_matches('/');
    match relative {
        "" | "." => format!("{base}/"),
        relative => format!("{base}/{relative}"),
    }
}

/// The last element of a path, without trailing slashes.
pub(crate) fn file_name(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Whether a path lies at or below a folder.
pub(crate) fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Folders that are symbolic links in some images; a linked copy through one would replace the link.
///
/// Documented experiment: `COPY --link x /bin/x` turns Debian's `/bin` into a folder of its own.
const LINKED_FOLDERS: [&str; 5] = ["/bin", "/sbin", "/lib", "/lib64", "/var/run"];

/// Whether `COPY --link` to a path can't hurt.
pub(crate) fn can_link(dst: &str) -> bool {
    !LINKED_FOLDERS.iter().any(|folder| is_below(dst, folder))
}

#[cfg(test)]
mod tests {
    use super::{absolute, can_link, file_name};

    #[test]
    fn a_relative_destination_lies_in_the_working_folder() {
        assert_eq!(absolute("/app", "web/"), "/app/web/");
        assert_eq!(absolute("/app", "."), "/app/");
        assert_eq!(absolute("/", "x"), "/x");
        assert_eq!(absolute("/app", "/srv"), "/srv");
    }

    #[test]
    fn the_name_of_a_folder_is_its_last_element() {
        assert_eq!(file_name("web/dist/"), "dist");
        assert_eq!(file_name("atlas.hcl"), "atlas.hcl");
    }

    #[test]
    fn a_link_never_goes_through_a_link() {
        assert!(!can_link("/bin/tool"));
        assert!(can_link("/binaries/tool"));
    }
}
