//! What is built: packages of Go, binaries of Rust, projects and folders of others.

use super::slot::Slot;
use super::{CompletionItem, CompletionKind, Request, paths};
use crate::config::Language;
use crate::context::{Entry, Rooted};
use crate::plan::languages::rust::manifest;

/// The most folders that are looked at for programs.
const MOST_FOLDERS: usize = 200;

/// The most names that are looked at for programs.
const MOST_NAMES: usize = 2_000;

/// The most files of one folder that are read to see whether they make a program.
const MOST_FILES: usize = 8;

/// Folders in which nobody keeps programs of their own.
const SKIPPED: [&str; 3] = ["node_modules", "testdata", "vendor"];

/// What the file's language can build; of a language without targets nothing.
pub(super) fn complete(at: &Request<'_>, typed: &str, slot: &Slot) -> Vec<CompletionItem> {
    let languages = at.versions().filter_map(|it| it.config.language.as_ref());
    match languages.map(|language| language.value).next() {
        None | Some(Language::Go) => packages(at, typed, slot),
        Some(Language::Rust) => binaries(at, slot),
        Some(Language::Java) => folders(at, typed, slot, &[]),
        Some(Language::Dotnet) => folders(at, typed, slot, &[".csproj", ".fsproj", ".vbproj"]),
        Some(Language::Deno) => paths::in_context(at, typed, slot),
        Some(_) => Vec::new(),
    }
}

/// The binaries that the `Cargo.toml` files name, or cargo finds.
fn binaries(at: &Request<'_>, slot: &Slot) -> Vec<CompletionItem> {
    let layout = &at.analysis.layout;
    let packages = manifest::read(&layout.rooted(at.context), &layout.application);
    let names = packages.map(|packages| packages.binaries());
    let names = names.into_iter().flatten();
    names
        .map(|name| {
            slot.string(&name, CompletionKind::Value)
                .with_detail("binary")
        })
        .collect()
}

/// What lies in the typed folder: the folders there, and the files whose names end so.
fn folders(at: &Request<'_>, typed: &str, slot: &Slot, ends: &[&str]) -> Vec<CompletionItem> {
    let mut items = paths::in_context(at, typed, slot);
    items.retain(|item| {
        item.kind == CompletionKind::Folder || ends.iter().any(|end| item.label.ends_with(end))
    });
    items
}

/// The folders that hold a program, as Go names packages. In a project that is too large to be looked through, the folders
/// of the typed one come with them.
fn packages(at: &Request<'_>, typed: &str, slot: &Slot) -> Vec<CompletionItem> {
    let rooted = at.analysis.layout.rooted(at.context);
    let root = at.analysis.layout.application.trim_end_matches('/');
    let mut packages = Vec::new();
    let mut folders = vec![String::new()];
    let (mut looked_at, mut left) = (0, MOST_NAMES);
    let mut is_cut = false;
    while let Some(folder) = folders.pop() {
        looked_at += 1;
        if looked_at > MOST_FOLDERS || left == 0 {
            is_cut = true;
            break;
        }
        let (has_program, inner) = look(&rooted, root, &folder, &mut left);
        if has_program {
            packages.push(format!("./{folder}").trim_end_matches('/').to_owned());
        }
        folders.extend(inner);
    }
    packages.sort();
    let items = packages.iter();
    let mut items: Vec<CompletionItem> = items
        .map(|package| slot.string(package, CompletionKind::Folder))
        .collect();
    if is_cut {
        at.is_incomplete.set(true);
        items.extend(self::folders(at, typed, slot, &[]));
    }
    items
}

/// Whether a folder holds a program, and the folders in it; at most so many names are looked at as are `left`.
fn look(rooted: &Rooted<'_>, root: &str, folder: &str, left: &mut usize) -> (bool, Vec<String>) {
    let path = paths::joined(root, folder);
    let path = path.trim_matches('/');
    let names = rooted.list(path);
    let has_program = is_program(rooted, path, &names);
    let inner = names
        .into_iter()
        .filter(|name| !name.starts_with('.') && !SKIPPED.contains(&name.as_str()))
        .filter(|_| {
            let is_left = *left > 0;
            *left = left.saturating_sub(1);
            is_left
        })
        .filter(|name| rooted.entry(&paths::joined(path, name)) == Entry::Folder)
        .map(|name| paths::joined(folder, &name));
    (has_program, inner.collect())
}

/// Whether Go makes a program of a folder: a file of it says `package main`. One named `main.go` does.
fn is_program(rooted: &Rooted<'_>, path: &str, names: &[String]) -> bool {
    if names.iter().any(|name| name == "main.go") {
        return true;
    }
    let is_source = |name: &&String| name.ends_with(".go") && !name.ends_with("_test.go");
    let sources = names.iter().filter(is_source).take(MOST_FILES);
    let texts = sources.filter_map(|name| rooted.text(&paths::joined(path, name)));
    texts.into_iter().any(|text| {
        let mut lines = text.lines().map(str::trim);
        lines.find(|line| line.starts_with("package ")) == Some("package main")
    })
}

/// The folders that can be the build context: that of the document, and those above it, as far as they are known.
pub(super) fn roots(at: &Request<'_>, typed: &str, slot: &Slot) -> Vec<CompletionItem> {
    const MOST_LEVELS: usize = 5;
    let own = slot.string(".", CompletionKind::Folder);
    let mut items = vec![own.with_detail("the folder of this file")];
    for levels in 1..=MOST_LEVELS {
        let path = vec![".."; levels].join("/");
        let folder = at.context.folder(levels).filter(|it| !it.is_empty());
        if folder.is_none() && levels > 1 {
            break;
        }
        let detail = folder.map(|folder| format!("this file is in `{folder}/` of it"));
        let item = slot.string(&path, CompletionKind::Folder);
        items.push(item.with_detail(detail.unwrap_or_default()));
    }
    // An old file names the folder of the application.
    if at.analysis.config.old_style.is_some() {
        items.extend(folders(at, typed, slot, &[]));
    }
    items
}
