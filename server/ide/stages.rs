//! The stages that can be named, with the place of what makes each: from the tree, so that a stage is there while the
//! rest of its table is still being written.

use crate::analysis::Analysis;
use crate::diagnostic::File;
use crate::plan::StageKind;
use crate::plan::resolve::generated_names;
use crate::syntax::{Node, Step};
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
    let mut stages = written(analysis);
    for name in generated_names(&analysis.config) {
        if name != FINAL && stages.iter().all(|stage| stage.name != name) {
            stages.push(generated(analysis, name));
        }
    }
    for stage in &analysis.plan.stages {
        let is_new = stages.iter().all(|other| other.name != stage.name);
        if is_new && stage.kind == StageKind::User {
            stages.push(StageName {
                name: stage.name.clone(),
                detail: format!("stage, from `{}`", stage.base.text()),
                file: stage.origin.file.clone(),
                place: stage.origin.span,
            });
        }
    }
    stages
}

/// The stage with a name, the final one included.
pub(super) fn stage(analysis: &Analysis, name: &str) -> Option<StageName> {
    let found = stages(analysis)
        .into_iter()
        .find(|stage| stage.name == name);
    let made = generated_names(&analysis.config);
    found.or_else(|| {
        made.into_iter()
            .find(|other| other == name)
            .map(|name| generated(analysis, name))
    })
}

/// The stages of `[[stages]]`.
fn written(analysis: &Analysis) -> Vec<StageName> {
    let items = items(analysis, &["stages"]);
    let stages = items.iter().filter_map(|item| {
        let table = item.table()?;
        let name = table.node("name")?;
        let from = table.node("from").and_then(Node::string);
        Some(StageName {
            name: name.string()?.to_owned(),
            detail: from.map_or_else(
                || "stage".to_owned(),
                |from| format!("stage, from `{from}`"),
            ),
            file: File::Document,
            place: name.span,
        })
    });
    stages.collect()
}

/// A stage that docksmith makes, with the key that makes it.
fn generated(analysis: &Analysis, name: String) -> StageName {
    let (detail, place) = if let Some(tool) = name.strip_prefix("tool-") {
        let place = named(analysis, &["external_tools"], tool);
        (format!("the tool `{tool}`"), place)
    } else if let Some(binary) = name.strip_prefix("builder-") {
        let place = named(analysis, &["build", "binaries"], binary);
        (format!("builds `{binary}`"), place)
    } else if name == FINAL {
        ("the image".to_owned(), key(analysis, &["runtime"]))
    } else if name == "source" {
        ("the sources and dependencies".to_owned(), None)
    } else {
        ("builds the program".to_owned(), None)
    };
    let place = place
        .or_else(|| key(analysis, &["build"]))
        .or_else(|| key(analysis, &["language"]))
        .or_else(|| key(analysis, &["runtime"]))
        .unwrap_or_default();
    StageName {
        name,
        detail,
        file: File::Document,
        place,
    }
}

/// The place of the name among the items of an array of tables.
fn named(analysis: &Analysis, array: &[&str], name: &str) -> Option<Span> {
    items(analysis, array).iter().find_map(|item| {
        let node = item.table()?.node("name")?;
        (node.string() == Some(name)).then_some(node.span)
    })
}

fn items<'a>(analysis: &'a Analysis, array: &[&str]) -> &'a [Node] {
    let found = analysis.document.find(&steps(array));
    found
        .and_then(|found| found.node.items())
        .unwrap_or_default()
}

fn key(analysis: &Analysis, path: &[&str]) -> Option<Span> {
    Some(analysis.document.find(&steps(path))?.key)
}

fn steps(path: &[&str]) -> Vec<Step> {
    path.iter()
        .map(|name| Step::Key((*name).to_owned()))
        .collect()
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
