//! Paths: of the build context, folder by folder, and those that are known to be in a stage.

use std::collections::BTreeSet;

use super::slot::Slot;
use super::{CompletionItem, CompletionKind, Page, Request};
use crate::context::ignore::Ignore;
use crate::context::{Entry, LONGEST_LIST};
use crate::plan::ignore_file::IgnoreFile;
use crate::plan::paths::{absolute, file_name};
use crate::plan::{BuildPlan, BuildStage, InstructionKind, Source, Written};

/// The most entries of a folder that are offered at once.
const MOST_ENTRIES: usize = 500;

/// The names of a folder that are worth a look: hidden ones only behind a dot, and not too many at once.
fn offered(at: &Request<'_>, mut names: Vec<String>, typed: &str) -> Vec<String> {
    let is_cut = names.len() >= LONGEST_LIST;
    let wants_hidden = typed.starts_with('.');
    names.retain(|name| name != ".git" && (wants_hidden || !name.starts_with('.')));
    if names.len() > MOST_ENTRIES {
        let typed = typed.to_lowercase();
        names.retain(|name| name.to_lowercase().starts_with(&typed));
    }
    if is_cut || names.len() > MOST_ENTRIES {
        at.is_incomplete.set(true);
        names.truncate(MOST_ENTRIES);
    }
    names
}

/// What lies in the folder that is typed so far. No other folder is looked at.
pub(super) fn in_context(at: &Request<'_>, typed: &str, slot: &Slot) -> Vec<CompletionItem> {
    let end = typed.rfind('/').map_or(0, |at| at + 1);
    let folder = typed.get(..end).unwrap_or_default();
    // An absolute path is not below the context, and `..` leads out of it.
    if folder.starts_with('/') || folder.split('/').any(|step| step == "..") {
        return Vec::new();
    }
    let rooted = at.analysis.layout.rooted(at.context);
    let base = below(at, folder);
    let file = IgnoreFile::of(&at.analysis.config, &at.analysis.layout, &rooted);
    let ignore = file.as_ref().map(|file| Ignore::parse(&file.text).0);
    let ignored_by = |path: &str| {
        let is_ignored = ignore.as_ref().is_some_and(|it| it.excludes(path));
        let file = file.as_ref().filter(|_| is_ignored)?;
        Some(format!("ignored by {}", file_name(&file.path)))
    };
    let names = offered(at, rooted.list(&base), typed.get(end..).unwrap_or_default());
    let items = names.into_iter().map(|name| {
        let place = joined(&base, &name);
        let is_folder = rooted.entry(&place) == Entry::Folder;
        let (kind, slash) = if is_folder {
            (CompletionKind::Folder, "/")
        } else {
            (CompletionKind::File, "")
        };
        let path = format!("{folder}{name}{slash}");
        let note = ignored_by(&place).unwrap_or_default();
        let page = Page::Text(context_page(&place, is_folder, &note));
        let item = slot.string(&path, kind).with_page(page);
        CompletionItem {
            note,
            ..item.labelled(format!("{name}{slash}"))
        }
    });
    items.collect()
}

/// What is known of a path of the build context without a look into it.
fn context_page(path: &str, is_folder: bool, note: &str) -> String {
    let what = if is_folder { "folder" } else { "file" };
    let page = format!("A {what} of the build context: `{path}`.");
    if note.is_empty() {
        return page;
    }
    format!("{page}\n\nNo build gets it: {note}.")
}

/// A path of the application as a path of the context, without `./` and slashes at the end.
fn below(at: &Request<'_>, path: &str) -> String {
    let path = path.trim_start_matches("./");
    let path = format!("{}{path}", at.analysis.layout.application);
    path.trim_end_matches('/').to_owned()
}

pub(super) fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// The paths of a stage that the plan speaks of: what is copied into it and out of it, and its folders; also what the
/// stages bring that it builds on.
pub(super) fn in_stage(at: &Request<'_>, name: &str, slot: &Slot) -> Vec<CompletionItem> {
    let mut paths = BTreeSet::new();
    for analysis in at.versions() {
        let plan = &analysis.plan;
        let Some(stage) = plan.stage(name) else {
            continue;
        };
        for ancestor in plan.ancestors(stage) {
            paths.extend(brought(ancestor));
            paths.extend(taken(plan, &ancestor.name));
        }
    }
    paths
        .iter()
        .filter(|path| path.starts_with('/') && *path != "/")
        .map(|path| {
            let kind = if path.ends_with('/') {
                CompletionKind::Folder
            } else {
                CompletionKind::File
            };
            slot.string(path, kind)
                .with_detail(format!("in `{name}`"))
                .with_page(Page::Stage(name.to_owned()))
        })
        .collect()
}

/// What a stage has: where files go, and the folders in which it works.
fn brought(stage: &BuildStage) -> Vec<String> {
    let mut folder = "/".to_owned();
    let mut paths = Vec::new();
    let enter = |folder: &mut String, path: &str| {
        *folder = absolute(folder, path);
        (!path.contains('$')).then(|| format!("{}/", folder.trim_end_matches('/')))
    };
    for instruction in &stage.instructions {
        match &instruction.kind {
            InstructionKind::Copy(copy) => paths.push(absolute(&folder, &copy.dst)),
            InstructionKind::Add(add) => paths.push(absolute(&folder, &add.dst)),
            InstructionKind::Workdir(path) => paths.extend(enter(&mut folder, path)),
            InstructionKind::Written(written) if written.keyword == "WORKDIR" => {
                let path = written.arguments.trim().trim_matches('"');
                paths.extend(enter(&mut folder, path));
            }
            InstructionKind::Written(written) => {
                let dst = destination(written).filter(|dst| !dst.contains('$'));
                paths.extend(dst.map(|dst| absolute(&folder, dst)));
            }
            _ => {}
        }
    }
    paths
}

/// Where a written `COPY` or `ADD` goes to.
fn destination(written: &Written) -> Option<&str> {
    let is_copy = matches!(written.keyword.as_str(), "COPY" | "ADD");
    let last = written.paths.last().filter(|_| is_copy)?;
    Some(&last.path)
}

/// What others take out of a stage.
fn taken(plan: &BuildPlan, name: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for (_, instruction) in plan.instructions() {
        match &instruction.kind {
            InstructionKind::Copy(copy) => {
                if matches!(&copy.from, Source::Stage { name: from, .. } if from == name) {
                    paths.extend(copy.sources.iter().map(|source| source.path.clone()));
                }
            }
            InstructionKind::Written(written) => {
                let mut flags = written.flags.iter();
                let takes = flags.any(|it| it.name == "from" && it.value.as_deref() == Some(name));
                let sources = written.paths.split_last().filter(|_| takes);
                let sources = sources.into_iter().flat_map(|(_, sources)| sources);
                paths.extend(sources.map(|source| source.path.clone()));
            }
            _ => {}
        }
    }
    // What is typed just now would be offered as if it were known.
    paths.retain(|path| !path.is_empty() && !path.contains(['$', '*']));
    paths
}
