//! The stages that can be named, with the place of what makes each: a view of the table of names.

use crate::analysis::Analysis;
use crate::diagnostic::File;
use crate::names::{Kind, Made, Target};
use crate::text::Span;

/// A stage that can be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StageName {
    /// Its name.
    pub(super) name: String,
    /// What it is, in a few words.
    pub(super) detail: String,
    /// The file of what makes it.
    pub(super) file: File,
    /// The place of its name, or of the key that makes it.
    pub(super) place: Span,
}

/// The name of the final stage that docksmith makes.
const FINAL: &str = "runtime";

/// All stages but the final one that docksmith makes: the user's, the generated ones, then those of the overlay.
pub(super) fn stages(analysis: &Analysis) -> Vec<StageName> {
    let offered = targets(analysis).filter(|it| !it.is_inner && !is_final(it));
    offered.map(view).collect()
}

/// The stage with a name, the final one included.
pub(super) fn stage(analysis: &Analysis, name: &str) -> Option<StageName> {
    let mut targets = targets(analysis).filter(|it| !it.is_inner);
    targets.find(|it| it.name.name == name).map(view)
}

fn targets(analysis: &Analysis) -> impl Iterator<Item = &Target> {
    let targets = analysis.names.targets.iter();
    targets.filter(|it| it.name.kind == Kind::Stage)
}

fn is_final(target: &Target) -> bool {
    target.made == Made::Key && target.name.name == FINAL
}

fn view(target: &Target) -> StageName {
    let detail = match (&target.made, target.name.name.as_str()) {
        (Made::Around { name, .. }, _) if name.kind == Kind::Tool => {
            format!("the tool `{}`", name.name)
        }
        (Made::Around { name, .. }, _) => format!("builds `{}`", name.name),
        (Made::Key, FINAL) => "the image".to_owned(),
        (Made::Key, "source") => "the sources and dependencies".to_owned(),
        (Made::Key, _) => "builds the program".to_owned(),
        (Made::Written, _) => target
            .base
            .as_ref()
            .map_or_else(|| "a stage".to_owned(), |from| format!("from `{from}`")),
    };
    StageName {
        name: target.name.name.clone(),
        detail,
        file: target.place.file.clone(),
        place: target.place.literal,
    }
}

#[cfg(test)]
mod tests {
    use super::{stage, stages};
    use crate::analysis::analyze;
    use crate::ide::testing::{PROJECT, project};

    #[test]
    fn every_stage_has_the_place_of_what_makes_it() {
        let analysis = analyze(PROJECT, &project());
        let places: Vec<(String, &str)> = stages(&analysis)
            .into_iter()
            .map(|stage| (stage.name, stage.place.of(PROJECT)))
            .collect();
        let expected = [
            ("web", "\"web\""),
            ("builder", "build"),
            ("source", "build"),
            ("builder-agent", "\"agent\""),
            ("tool-atlas", "\"atlas\""),
        ];
        assert_eq!(
            places,
            expected.map(|(name, place)| (name.to_owned(), place))
        );
        let last = stage(&analysis, "runtime").expect("the final stage");
        assert_eq!(last.place.of(PROJECT), "runtime");
    }

    #[test]
    fn a_stage_without_a_base_has_its_name_already() {
        let analysis = analyze("[[stages]]\nname = \"é\"\nfrom = \"", &project());
        assert_eq!(stages(&analysis)[0].name, "é");
    }
}
