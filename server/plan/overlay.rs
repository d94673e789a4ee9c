//! `Dockerfile.overlay`: parsed, never pasted.

use crate::diagnostic::File;
use crate::plan::image::base_image;
use crate::plan::parse::{Item, parse_fragment};
use crate::plan::{
    BuildStage, Instruction, InstructionKind, Origin, Problem, ProblemKind, StageKind,
};

/// What an overlay adds.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    /// Its stages.
    pub(super) stages: Vec<BuildStage>,
    /// The instructions before its first `FROM`: they go into the final stage.
    pub(super) instructions: Vec<Instruction>,
}

/// Reads the overlay at a path of the build context; `names` are the stages that it may build on.
pub(super) fn read(
    path: &str,
    text: &str,
    names: &[String],
    problems: &mut Vec<Problem>,
) -> Overlay {
    let file = File::Context(path.to_owned());
    let items = match parse_fragment(text) {
        Ok(items) => items,
        Err(error) => {
            problems.push(Problem {
                kind: ProblemKind::OverlaySyntax(error.message),
                file,
                span: error.span,
            });
            return Overlay::default();
        }
    };
    let mut overlay = Overlay::default();
    let mut names = names.to_vec();
    for item in items {
        match item {
            Item::From {
                platform,
                image,
                name,
                span,
            } => {
                let base = base_image(&image, &names);
                let name = name.unwrap_or_else(|| format!("overlay-{}", overlay.stages.len() + 1));
                names.push(name.clone());
                let origin = Origin {
                    file: file.clone(),
                    span,
                };
                let stage = BuildStage {
                    name,
                    kind: StageKind::User,
                    platform,
                    base,
                    origin,
                    instructions: Vec::new(),
                };
                overlay.stages.push(stage);
            }
            Item::Instruction(written, span) => {
                let origin = Origin {
                    file: file.clone(),
                    span,
                };
                let instruction = Instruction {
                    kind: InstructionKind::Written(Box::new(written)),
                    origin,
                };
                let stage = overlay.stages.last_mut();
                stage
                    .map_or(&mut overlay.instructions, |stage| &mut stage.instructions)
                    .push(instruction);
            }
        }
    }
    overlay
}
