//! What the value at a path names.

use crate::analysis::Analysis;
use crate::syntax::{Step, Table};

/// What a string of the document names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A stage, `image:` and a reference, or `context:` and a name.
    CopyFrom,
    /// A stage, an image, or `scratch`.
    Base,
    /// A stage that a tool goes into.
    ToolStage,
    /// An image reference.
    Image,
    /// A path of the build context, or of what `from` beside it names.
    Source,
    /// A file of the build context.
    File,
    /// A package of the language.
    Package,
    /// A platform.
    Platform,
    /// A platform, or one of the two words for those of a build.
    StagePlatform,
    /// A user with its group.
    Owner,
    /// A user.
    User,
    /// The id of a secret.
    Secret,
    /// An instruction.
    Step,
    /// Nothing that has a name elsewhere.
    Other,
}

/// The names on a path; `#` stands for any index.
pub(super) fn names(path: &[Step]) -> Vec<&str> {
    let names = path.iter().map(|step| match step {
        Step::Key(name) => name.as_str(),
        Step::Index(_) => "#",
    });
    names.collect()
}

/// What the string at a path names.
pub(super) fn meaning(path: &[Step]) -> Meaning {
    match names(path).as_slice() {
        [.., "steps", "#"] => Meaning::Step,
        ["stages", "#", "from"] | [.., "bind", "#", "from"] => Meaning::Base,
        ["stages", "#", "platform"] => Meaning::StagePlatform,
        ["external_tools", "#", "stage"] => Meaning::ToolStage,
        ["external_tools", "#", "image"] | ["build" | "runtime" | "runtime_config", "image"] => {
            Meaning::Image
        }
        ["external_tools", ..] => Meaning::Other,
        [.., "from" | "from_stage" | "from-stage"] => Meaning::CopyFrom,
        [.., "src"] | [.., "src", "#"] => Meaning::Source,
        [.., "bind", "#"] | [.., "bind", "#", "source"] => Meaning::Source,
        ["overlay" | "dockerfile"]
        | [.., "entrypoint" | "entrypoint_script"]
        | [.., "entrypoint", "script"] => Meaning::File,
        ["build", "target"] | ["build", "binaries", "#", "path"] => Meaning::Package,
        [.., "platforms", "#"] => Meaning::Platform,
        [.., "chown"] => Meaning::Owner,
        [.., "user"] => Meaning::User,
        [.., "secret", "#"] => Meaning::Secret,
        _ => Meaning::Other,
    }
}

/// The table at a path; the root for the empty one.
pub(super) fn table<'a>(analysis: &'a Analysis, path: &[Step]) -> Option<&'a Table> {
    if path.is_empty() {
        return Some(&analysis.document.root);
    }
    analysis.document.find(path)?.node.table()
}

/// What stands as `from` beside the source at a path, in whichever spelling.
pub(super) fn source_of<'a>(analysis: &'a Analysis, path: &[Step]) -> Option<&'a str> {
    let is_index = |step: &Step| matches!(step, Step::Index(_));
    let (last, mut parent) = path.split_last()?;
    if is_index(last) {
        (_, parent) = parent.split_last()?;
    }
    let table = table(analysis, parent)?;
    let spellings = ["from", "from_stage", "from-stage"];
    spellings
        .into_iter()
        .find_map(|name| table.node(name)?.string())
}

#[cfg(test)]
mod tests {
    use super::{Meaning, meaning};
    use crate::syntax::Step;

    fn of(path: &str) -> Meaning {
        let steps = path.split('.').map(|name| match name.parse() {
            Ok(index) => Step::Index(index),
            Err(_) => Step::Key(name.to_owned()),
        });
        meaning(&steps.collect::<Vec<_>>())
    }

    #[test]
    fn the_same_key_means_different_things_in_different_tables() {
        assert_eq!(of("runtime.copy.0.from"), Meaning::CopyFrom);
        assert_eq!(of("stages.0.from"), Meaning::Base);
        assert_eq!(of("stages.0.steps.1.copy.src.0"), Meaning::Source);
        assert_eq!(of("external_tools.0.src"), Meaning::Other);
        assert_eq!(of("runtime.entrypoint.exec.0"), Meaning::Other);
    }
}
