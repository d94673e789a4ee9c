//! The stages that docksmith makes, with what makes each.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::File;
use crate::names::collect::Collector;
use crate::names::{Kind, Made, Name, Place};
use crate::plan::StageKind;
use crate::plan::resolve::generated_names;
use crate::syntax::{Node, Step};
use crate::text::Span;

/// The name of the final stage that docksmith makes.
const FINAL: &str = "runtime";

/// The names of tools or binaries, with the places of their literals.
type Named = HashMap<String, Place>;

impl Collector<'_> {
    /// The stages that docksmith makes, but for those whose names the user took.
    pub(super) fn generated_stages(&mut self) {
        let tools = self.named(&["external_tools"]);
        let binaries = self.named(&["build", "binaries"]);
        let targets = self.names.targets.iter();
        let mut known: HashSet<String> = targets.map(|it| it.name.name.clone()).collect();
        for name in generated_names(self.config) {
            if known.insert(name.clone()) {
                self.generated(&name, &tools, &binaries, false);
            }
        }
        for stage in &self.plan.stages {
            if stage.kind == StageKind::Generated && known.insert(stage.name.clone()) {
                self.generated(&stage.name, &tools, &binaries, true);
            }
        }
    }

    fn generated(&mut self, name: &str, tools: &Named, binaries: &Named, is_inner: bool) {
        let around = around(name, "tool-", Kind::Tool, tools)
            .or_else(|| around(name, "builder-", Kind::Binary, binaries));
        let (place, made) = around.unwrap_or_else(|| {
            let keys = match name {
                FINAL => ["runtime", "build", "language"],
                _ => ["build", "language", "runtime"],
            };
            let key = keys.iter().find_map(|key| self.key(key));
            let span = key.unwrap_or_default();
            let place = Place {
                file: File::Document,
                span,
                literal: span,
            };
            (place, Made::Key)
        });
        self.add_target(Kind::Stage, name, place, made, None);
        if let Some(target) = self.names.targets.last_mut() {
            target.is_inner = is_inner;
        }
    }

    /// The names among the items of an array of tables; the first of each counts.
    fn named(&self, array: &[&str]) -> Named {
        let path: Vec<Step> = array
            .iter()
            .map(|key| Step::Key((*key).to_owned()))
            .collect();
        let found = self.document.find(&path);
        let items = found
            .and_then(|found| found.node.items())
            .unwrap_or_default();
        let mut named = Named::new();
        for node in items
            .iter()
            .filter_map(Node::table)
            .filter_map(|it| it.node("name"))
        {
            if let Some(name) = node.string() {
                let place = self.whole(node);
                named.entry(name.to_owned()).or_insert(place);
            }
        }
        named
    }

    fn key(&self, name: &str) -> Option<Span> {
        Some(self.document.root.entry(name)?.key.span)
    }
}

/// The tool or binary that a stage is named after: the longest name that fits, what follows it behind a dash.
fn around(stage: &str, before: &str, kind: Kind, named: &Named) -> Option<(Place, Made)> {
    let rest = stage.strip_prefix(before)?;
    let mut end = rest.len();
    loop {
        let name = rest.get(..end)?;
        if let Some(place) = named.get(name) {
            let made = Made::Around {
                name: Name {
                    kind,
                    name: name.to_owned(),
                },
                before: before.to_owned(),
                after: rest.get(end..)?.to_owned(),
            };
            return Some((place.clone(), made));
        }
        end = name.rfind('-')?;
    }
}
