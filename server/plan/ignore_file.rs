//! The ignore file that a build heeds.

use crate::config::spellings::Canonical;
use crate::context::{Entry, Rooted};
use crate::plan::paths::Layout;

/// The name in the context root.
const NAME: &str = ".dockerignore";

/// The ignore file that a build heeds: its path below the context root, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoreFile {
    /// The path.
    pub path: String,
    /// The text.
    pub text: String,
}

impl IgnoreFile {
    /// BuildKit takes the one that lies beside the Dockerfile and has its name, `Dockerfile.dockerignore`, and looks for
    /// `.dockerignore` in the context root only where there is none. The patterns of both are anchored at the root.
    pub fn of(config: &Canonical, layout: &Layout, context: &Rooted<'_>) -> Option<Self> {
        let paths = [own_path(config, layout), NAME.to_owned()];
        paths.into_iter().find_map(|path| {
            let text = context.text(&path)?;
            Some(Self { path, text })
        })
    }

    /// Whether it is certain that there is none.
    pub fn is_missing(config: &Canonical, layout: &Layout, context: &Rooted<'_>) -> bool {
        [own_path(config, layout), NAME.to_owned()]
            .iter()
            .all(|path| context.entry(path) == Entry::Missing)
    }
}

/// The path of the one that belongs to the Dockerfile.
fn own_path(config: &Canonical, layout: &Layout) -> String {
    let dockerfile = match &config.dockerfile {
        Some(path) => layout.path(path),
        None => layout.beside_document("Dockerfile"),
    };
    format!("{dockerfile}{NAME}")
}

#[cfg(test)]
mod tests {
    use super::IgnoreFile;
    use crate::analysis::analyze;
    use crate::context::Files;

    fn heeded(document: &str, files: &[(&str, &str)]) -> Option<String> {
        let files = Files::new(files.iter().copied()).in_folder("services/api");
        let analysis = analyze(document, &files);
        let rooted = analysis.layout.rooted(&files);
        let file = IgnoreFile::of(&analysis.config, &analysis.layout, &rooted);
        let is_missing = IgnoreFile::is_missing(&analysis.config, &analysis.layout, &rooted);
        assert_eq!(is_missing, file.is_none());
        file.map(|file| file.path)
    }

    #[test]
    fn the_file_of_the_dockerfile_comes_first() {
        let both = [("Dockerfile.dockerignore", ""), (".dockerignore", "")];
        let go = "language = \"go\"\n";
        assert_eq!(
            heeded(go, &both).as_deref(),
            Some("Dockerfile.dockerignore")
        );
        assert_eq!(heeded(go, &both[1..]).as_deref(), Some(".dockerignore"));
        assert_eq!(heeded(go, &[]), None);
        let own = "dockerfile = \"build/Dockerfile.prod\"\n";
        let prod = [
            ("build/Dockerfile.prod.dockerignore", ""),
            (".dockerignore", ""),
        ];
        assert_eq!(heeded(own, &prod).as_deref(), Some(prod[0].0));
        assert_eq!(heeded(own, &both).as_deref(), Some(".dockerignore"));
    }

    #[test]
    fn below_another_root_it_lies_beside_the_document_or_in_the_root() {
        let document = "language = \"go\"\ncontext_root = \"../..\"\n";
        let files = [
            ("../../services/api/Dockerfile.dockerignore", ""),
            ("../../.dockerignore", ""),
        ];
        let own = "services/api/Dockerfile.dockerignore";
        assert_eq!(heeded(document, &files).as_deref(), Some(own));
        assert_eq!(
            heeded(document, &files[1..]).as_deref(),
            Some(".dockerignore")
        );
    }
}
