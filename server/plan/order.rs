//! The order of build stages: whatever a stage needs comes before it.

use std::collections::{BTreeSet, HashMap};

use crate::plan::{BaseImage, BuildStage, Instruction, InstructionKind, Mount, Source, StageKind};
use crate::text::Span;

/// The names of the stages that a stage needs, in the order in which it names them, with the places that do.
pub(crate) fn needs(stage: &BuildStage) -> Vec<(String, Span)> {
    let mut needs = Vec::new();
    if let BaseImage::Stage(name) = &stage.base {
        needs.push((name.clone(), stage.origin.span));
    }
    for instruction in &stage.instructions {
        needs_of(instruction, &mut needs);
    }
    needs
}

fn needs_of(instruction: &Instruction, needs: &mut Vec<(String, Span)>) {
    let place = instruction.origin.span;
    match &instruction.kind {
        InstructionKind::Copy(copy) => {
            if let Source::Stage { name, span } = &copy.from {
                needs.push((name.clone(), span.unwrap_or(place)));
            }
        }
        InstructionKind::Run(run) => {
            for mount in &run.mounts {
                if let Mount::Bind {
                    from: Some(from), ..
                } = mount
                {
                    needs.push((from.clone(), place));
                }
            }
        }
        InstructionKind::Written(written) => {
            let named = written.references().into_iter();
            needs.extend(named.map(|(name, span)| (name.to_owned(), span)));
        }
        _ => {}
    }
}

/// The stages in dependency order: each user stage right before the first that needs it, file order where that is free.
/// Stages that need each other come in the order in which they are met.
pub(super) fn sorted(
    user: Vec<BuildStage>,
    generated: Vec<BuildStage>,
    last: Option<BuildStage>,
) -> Vec<BuildStage> {
    // Stages that nothing needs come before the final one, in file order.
    let roots: Vec<String> = generated
        .iter()
        .chain(&user)
        .chain(&last)
        .map(|stage| stage.name.clone())
        .collect();
    let mut waiting = Waiting::new(user.into_iter().chain(generated).chain(last).collect());
    let mut sorted = Vec::new();
    // The final stage goes last even when another stage names it.
    for name in roots {
        emit(&name, &mut waiting, &mut sorted);
    }
    sorted
}

/// The stages that have no place in the order yet, as they stand in the file.
struct Waiting {
    stages: Vec<Option<BuildStage>>,
    /// Where the stages of each name stand, in order.
    places: HashMap<String, Vec<usize>>,
}

impl Waiting {
    fn new(stages: Vec<BuildStage>) -> Self {
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, stage) in stages.iter().enumerate() {
            places.entry(stage.name.clone()).or_default().push(place);
        }
        Self {
            stages: stages.into_iter().map(Some).collect(),
            places,
        }
    }

    /// Where the first stage of a name stands that still waits.
    fn place(&self, name: &str) -> Option<usize> {
        let waits = |place: &&usize| self.stages.get(**place).is_some_and(Option::is_some);
        self.places.get(name)?.iter().find(waits).copied()
    }

    /// The first stage of a name, which waits no longer.
    fn take(&mut self, name: &str) -> Option<BuildStage> {
        let place = self.place(name)?;
        self.stages.get_mut(place)?.take()
    }
}

fn emit(name: &str, waiting: &mut Waiting, sorted: &mut Vec<BuildStage>) {
    // Taken out first, so that a ring ends here.
    let Some(stage) = waiting.take(name) else {
        return;
    };
    let mut names: Vec<String> = needs(&stage).into_iter().map(|(name, _)| name).collect();
    names.extend(choices(&stage, waiting));
    // Among what one stage needs, the order of the file.
    names.sort_by_cached_key(|name| waiting.place(name));
    for name in names {
        emit(&name, waiting, sorted);
    }
    sorted.push(stage);
}

/// The stages among which the builder picks, where a base is named with a variable: `tool-x-${TARGETARCH}`.
fn choices(stage: &BuildStage, others: &Waiting) -> Vec<String> {
    let BaseImage::Stage(base) = &stage.base else {
        return Vec::new();
    };
    let Some((prefix, _)) = base.split_once("${") else {
        return Vec::new();
    };
    let is_choice = |other: &&BuildStage| {
        other.kind == StageKind::Generated
            && other.base == BaseImage::Scratch
            && other.name.starts_with(prefix)
    };
    let choices = others.stages.iter().flatten().filter(is_choice);
    choices.map(|other| other.name.clone()).collect()
}

/// A ring of stages that need each other, if there is one: each stage with the place where it needs the next.
pub(super) fn cycle(stages: &[BuildStage]) -> Option<Vec<(String, Span)>> {
    let mut by_name: HashMap<&str, &BuildStage> = HashMap::new();
    for stage in stages {
        by_name.entry(&stage.name).or_insert(stage);
    }
    let mut done = BTreeSet::new();
    for stage in stages {
        let mut path = Vec::new();
        if let Some(ring) = ring_from(&stage.name, &by_name, &mut path, &mut done) {
            return Some(ring);
        }
    }
    None
}

fn ring_from(
    name: &str,
    stages: &HashMap<&str, &BuildStage>,
    path: &mut Vec<(String, Span)>,
    done: &mut BTreeSet<String>,
) -> Option<Vec<(String, Span)>> {
    if let Some(start) = path.iter().position(|(other, _)| other == name) {
        return path.get(start..).map(<[(String, Span)]>::to_vec);
    }
    let stage = stages.get(name)?;
    if done.contains(name) {
        return None;
    }
    for (next, span) in needs(stage) {
        // A stage that needs itself has a rule of its own.
        if next == name {
            continue;
        }
        path.push((name.to_owned(), span));
        if let Some(ring) = ring_from(&next, stages, path, done) {
            return Some(ring);
        }
        path.pop();
    }
    done.insert(name.to_owned());
    None
}
