//! `Dockerfile.overlay`: parsed, never pasted.

use crate::diagnostic::File;
use crate::plan::image::base_image;
use crate::plan::parse::{Fault, From, Item, parse_fragment};
use crate::plan::{
    BuildStage, Instruction, InstructionKind, Origin, Problem, ProblemKind, StageKind, Written,
};
use crate::text::Span;

/// What an overlay adds.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    /// Its stages.
    pub(super) stages: Vec<BuildStage>,
    /// The instructions before its first `FROM`: they go into the final stage.
    pub(super) instructions: Vec<Instruction>,
    /// The names behind `AS`, with their places.
    pub(super) names: Vec<(String, Origin)>,
}

/// Reads the overlay at a path of the build context; `names` are the stages that it may build on.
pub(super) fn read(
    path: &str,
    text: &str,
    names: &[String],
    problems: &mut Vec<Problem>,
) -> Overlay {
    let file = File::Context(path.to_owned());
    let read = parse_fragment(text);
    report(&file, read.faults, problems);
    let mut overlay = Overlay::default();
    let mut names = names.to_vec();
    for item in read.items {
        match item {
            Item::From(from) if overlay.stages.len() == MOST_STAGES => {
                too_many(&from, &file, problems);
                break;
            }
            Item::From(from) => {
                let fallback = format!("overlay-{}", overlay.stages.len() + 1);
                let stage = stage(&from, &file, &names, fallback);
                names.push(stage.name.clone());
                overlay.names.extend(name_of(&from, &file));
                overlay.stages.push(stage);
            }
            Item::Instruction(written, span) => {
                let instruction = instruction(*written, &file, span);
                let stage = overlay.stages.last_mut();
                stage
                    .map_or(&mut overlay.instructions, |stage| &mut stage.instructions)
                    .push(instruction);
            }
        }
    }
    overlay
}

/// The most stages of a file: each is looked at beside all that it builds on.
pub(super) const MOST_STAGES: usize = 256;

/// Says that a stage is one too many.
pub(super) fn too_many(from: &From, file: &File, problems: &mut Vec<Problem>) {
    let message = format!("more than {MOST_STAGES} stages are not looked at");
    report(file, vec![Fault::new(message, from.span)], problems);
}

/// What is wrong in a file of Dockerfile text, as problems.
pub(super) fn report(file: &File, faults: Vec<Fault>, problems: &mut Vec<Problem>) {
    problems.extend(faults.into_iter().map(|fault| Problem {
        file: file.clone(),
        span: fault.span,
        kind: ProblemKind::OverlaySyntax(fault),
    }));
}

/// The stage that a `FROM` begins; `names` are those that it may build on.
pub(super) fn stage(from: &From, file: &File, names: &[String], fallback: String) -> BuildStage {
    let name = from.name.as_ref().map(|name| name.value.clone());
    BuildStage {
        name: name.unwrap_or(fallback),
        kind: StageKind::User,
        platform: from.platform.as_ref().map(|it| it.value.clone()),
        base: base_image(&from.image, names),
        origin: Origin {
            file: file.clone(),
            span: from.image.span,
        },
        instructions: Vec::new(),
    }
}

/// The name that a `FROM` gives, with its place.
pub(super) fn name_of(from: &From, file: &File) -> Option<(String, Origin)> {
    let name = from.name.as_ref()?;
    let file = file.clone();
    let span = name.span;
    Some((name.value.clone(), Origin { file, span }))
}

/// An instruction of a file of Dockerfile text.
pub(super) fn instruction(written: Written, file: &File, span: Span) -> Instruction {
    Instruction {
        kind: InstructionKind::Written(Box::new(written)),
        origin: Origin {
            file: file.clone(),
            span,
        },
    }
}
