//! `dockerfile = "…"`: the file as it is, planned so that rules and editors see what is in it.

use crate::diagnostic::File;
use crate::plan::overlay::{MOST_STAGES, instruction, name_of, report, stage, too_many};
use crate::plan::parse::{Item, parse_file};
use crate::plan::{BuildPlan, StageKind};

/// The plan of a whole Dockerfile at a path of the build context. It is rendered as it is.
pub(super) fn plan(path: String, text: String) -> BuildPlan {
    let file = File::Context(path);
    let read = parse_file(&text);
    let mut plan = BuildPlan::default();
    report(&file, read.faults, &mut plan.problems);
    let mut names: Vec<String> = Vec::new();
    for item in read.items {
        match item {
            Item::From(from) if plan.stages.len() == MOST_STAGES => {
                too_many(&from, &file, &mut plan.problems);
                break;
            }
            Item::From(from) => {
                // Builders count the stages from 0, and mind no case.
                let mut next = stage(&from, &file, &names, names.len().to_string());
                next.name = next.name.to_ascii_lowercase();
                names.push(next.name.clone());
                plan.written_names.extend(name_of(&from, &file));
                plan.stages.push(next);
            }
            Item::Instruction(written, span) => {
                let instruction = instruction(*written, &file, span);
                let stage = plan.stages.last_mut();
                stage
                    .map_or(&mut plan.args, |stage| &mut stage.instructions)
                    .push(instruction);
            }
        }
    }
    if let Some(last) = plan.stages.last_mut() {
        last.kind = StageKind::Final;
    }
    plan.verbatim = Some(text);
    plan
}
