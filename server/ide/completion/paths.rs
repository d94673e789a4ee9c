//! Paths: of the build context, folder by folder, and those that are known to be in a stage.

use std::collections::BTreeSet;

use super::slot::Slot;
use super::{CompletionItem, CompletionKind, Request};
use crate::context::ignore::Ignore;
use crate::context::{Entry, Rooted};
use crate::plan::ignore_file::IgnoreFile;
use crate::plan::paths::file_name;
use crate::plan::{InstructionKind, Source};

/// The most folders that are looked at for programs.
const MOST_FOLDERS: usize = 200;

/// Folders in which nobody keeps programs of their own.
const SKIPPED: [&str; 3] = ["node_modules", "testdata", "vendor"];

/// What lies in the folder that is typed so far.
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
    let mut names = rooted.list(&base);
    names.retain(|name| name != ".git");
    names.sort_by_key(|name| name.starts_with('.'));
    let items = names.into_iter().map(|name| {
        let place = joined(&base, &name);
        let is_folder = rooted.entry(&place) == Entry::Folder;
        let (kind, slash) = if is_folder {
            (CompletionKind::Folder, "/")
        } else {
            (CompletionKind::File, "")
        };
        let path = format!("{folder}{name}{slash}");
        CompletionItem {
            note: ignored_by(&place).unwrap_or_default(),
            ..slot.string(&path, kind).labelled(format!("{name}{slash}"))
        }
    });
    items.collect()
}

/// A path of the application as a path of the context, without `./` and slashes at the end.
fn below(at: &Request<'_>, path: &str) -> String {
    let path = path.trim_start_matches("./");
    let path = format!("{}{path}", at.analysis.layout.application);
    path.trim_end_matches('/').to_owned()
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// The folders that hold a `main.go`, as Go names packages.
pub(super) fn packages(at: &Request<'_>, slot: &Slot) -> Vec<CompletionItem> {
    let rooted = at.analysis.layout.rooted(at.context);
    let root = below(at, "");
    let mut packages = Vec::new();
    let mut folders = vec![String::new()];
    let mut looked_at = 0;
    while let Some(folder) = folders.pop() {
        looked_at += 1;
        if looked_at > MOST_FOLDERS {
            break;
        }
        let (has_program, inner) = look(&rooted, &root, &folder);
        if has_program {
            packages.push(format!("./{folder}").trim_end_matches('/').to_owned());
        }
        folders.extend(inner);
    }
    packages.sort();
    let items = packages.iter();
    items
        .map(|package| slot.string(package, CompletionKind::Folder))
        .collect()
}

/// Whether a folder holds a program, and the folders in it.
fn look(rooted: &Rooted<'_>, root: &str, folder: &str) -> (bool, Vec<String>) {
    let path = joined(root, folder);
    let path = path.trim_matches('/');
    let names = rooted.list(path);
    let has_program = names.iter().any(|name| name == "main.go");
    let inner = names
        .into_iter()
        .filter(|name| !name.starts_with('.') && !SKIPPED.contains(&name.as_str()))
        .filter(|name| rooted.entry(&joined(path, name)) == Entry::Folder)
        .map(|name| joined(folder, &name));
    (has_program, inner.collect())
}

/// The paths of a stage that the plan speaks of: what is copied into it and out of it, and its folder.
pub(super) fn in_stage(at: &Request<'_>, name: &str, slot: &Slot) -> Vec<CompletionItem> {
    let mut paths = BTreeSet::new();
    for (stage, instruction) in at.analysis.plan.instructions() {
        match &instruction.kind {
            InstructionKind::Copy(copy) => {
                if stage.name == name {
                    paths.insert(copy.dst.clone());
                }
                if matches!(&copy.from, Source::Stage { name: from, .. } if from == name) {
                    paths.extend(copy.sources.iter().map(|source| source.path.clone()));
                }
            }
            InstructionKind::Add(add) if stage.name == name => {
                paths.insert(add.dst.clone());
            }
            InstructionKind::Workdir(folder) if stage.name == name => {
                paths.insert(format!("{}/", folder.trim_end_matches('/')));
            }
            _ => {}
        }
    }
    paths
        .iter()
        .filter(|path| path.starts_with('/'))
        .map(|path| {
            let kind = if path.ends_with('/') {
                CompletionKind::Folder
            } else {
                CompletionKind::File
            };
            slot.string(path, kind).with_detail(format!("in `{name}`"))
        })
        .collect()
}
