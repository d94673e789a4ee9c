//! What the image can run: the files in it that are known.

use super::paths::joined;
use super::slot::Slot;
use super::{CompletionItem, CompletionKind, Request};
use crate::context::Entry;
use crate::plan::paths::{absolute, file_name};
use crate::plan::{BuildPlan, Copy, InstructionKind, Source};

/// A file of the image.
struct Known {
    path: String,
    detail: String,
    is_program: bool,
}

/// The words that a command in exec form can hold: first the programs, then the other files. The first word is a program.
pub(super) fn words(at: &Request<'_>, index: usize, slot: &Slot) -> Vec<CompletionItem> {
    let mut found: Vec<Known> = Vec::new();
    for analysis in at.versions() {
        found.extend(files(at, &analysis.plan));
    }
    found.retain(|it| it.is_program || index > 0);
    found.sort_by_key(|it| !it.is_program);
    let items = found.into_iter().map(|it| {
        slot.string(&it.path, CompletionKind::File)
            .with_detail(it.detail)
    });
    items.collect()
}

fn files(at: &Request<'_>, plan: &BuildPlan) -> Vec<Known> {
    let (Some(stage), Some(image)) = (plan.final_stage(), &plan.image) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for ancestor in plan.ancestors(stage) {
        for instruction in &ancestor.instructions {
            if let InstructionKind::Copy(copy) = &instruction.kind {
                found.extend(copied(at, copy, &image.workdir));
            }
        }
    }
    found
}

/// The files that a copy brings, where it is known that they are files.
fn copied(at: &Request<'_>, copy: &Copy, workdir: &str) -> Vec<Known> {
    let rooted = at.analysis.layout.rooted(at.context);
    let sources = copy.sources.iter().filter(|it| !it.path.ends_with('/'));
    let files = sources.filter_map(|source| {
        let (detail, is_program) = match &copy.from {
            Source::Context => match rooted.entry(source.path.trim_start_matches("./")) {
                Entry::File { executable } => {
                    let is_program = executable || source.path.ends_with(".sh");
                    (format!("`{}`", source.path), is_program)
                }
                _ => return None,
            },
            Source::Stage { name, .. } => (format!("from `{name}`"), true),
            Source::Image(reference) => (format!("from `{reference}`"), true),
            Source::Named(_) => return None,
        };
        let name = file_name(&source.path);
        if name.contains(['*', '?', '[', '$']) || copy.dst.contains('$') {
            return None;
        }
        let path = match copy.dst.strip_suffix('/') {
            Some(folder) => joined(folder, name),
            None => copy.dst.clone(),
        };
        Some(Known {
            path: absolute(workdir, &path),
            detail,
            is_program,
        })
    });
    files.collect()
}
