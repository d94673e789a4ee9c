//! `docksmith lint --fix` and `--diff`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use similar::TextDiff;

use crate::analysis::{Analysis, analyze_with};
use crate::cli::input::{Document, folder, shown};
use crate::context::{BuildContext, Entry, NoContext};
use crate::disk::{Folder, real, write_atomic};
use crate::rewrite::fix::{Fixed, Kinds, fix};

/// What is done about fixes.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct FixArguments {
    /// Apply the safe fixes, and report what is left. Standard input comes out fixed, what is left goes to standard error.
    #[arg(long, group = "rewriting", conflicts_with = "show_config")]
    fix: bool,
    /// Apply unsafe fixes, too: they may change the meaning, or other files of the build context.
    #[arg(long, requires = "rewriting")]
    unsafe_fixes: bool,
    /// Write nothing; print what --fix would change. Exit code 1 if there is anything to change.
    #[arg(long, group = "rewriting", conflicts_with_all = ["formats", "statistics", "show_config"])]
    pub(crate) diff: bool,
}

/// Documents after their fixes.
pub(crate) struct Fixes {
    /// The documents as they are now, or would be.
    pub(crate) documents: Vec<Document>,
    /// How many fixes were applied.
    pub(crate) count: usize,
    /// The new text of standard input.
    pub(crate) input: Option<String>,
    /// Whether files beside the documents changed.
    elsewhere: bool,
    /// What changed, by the files that paths lead to.
    changes: BTreeMap<PathBuf, Change>,
}

/// One file that changes.
#[derive(Debug, Clone)]
struct Change {
    /// The path as it was given.
    path: PathBuf,
    old: String,
    new: String,
    /// The texts without credentials.
    printable_old: String,
    printable_new: String,
}

impl FixArguments {
    /// Whether anything is fixed.
    pub(crate) fn is_asked(self) -> bool {
        self.fix || self.diff
    }

    /// Applies fixes, document after document, since two may share a script. Each document is written with the files
    /// that its fixes change, all of them or none. Without `look`, nothing of the build context is looked at.
    ///
    /// # Errors
    /// A file can't be written; the reason in one line.
    pub(crate) fn apply(self, documents: Vec<Document>, look: bool) -> Result<Fixes, String> {
        let mut fixes = Fixes {
            documents: Vec::new(),
            count: 0,
            input: None,
            elsewhere: false,
            changes: BTreeMap::new(),
        };
        for document in documents {
            let document = if self.is_asked() {
                self.apply_to(document, look, &mut fixes)?
            } else {
                document
            };
            fixes.documents.push(document);
        }
        Ok(fixes)
    }

    /// Which fixes a document gets. What comes from standard input changes no file.
    fn kinds(self, document: &Document) -> Kinds {
        match (self.unsafe_fixes, document.is_input) {
            (false, _) => Kinds::Safe,
            (true, true) => Kinds::UnsafeInDocument,
            (true, false) => Kinds::Unsafe,
        }
    }

    fn apply_to(
        self,
        mut document: Document,
        look: bool,
        fixes: &mut Fixes,
    ) -> Result<Document, String> {
        if document.is_input && !document.is_text {
            return Err("cannot fix standard input: it is not UTF-8".to_owned());
        }
        let kinds = self.kinds(&document);
        let around = Around::new(&document.path, look, &fixes.changes);
        let file = real(&document.path);
        let own = fixes.changes.get(&file).filter(|_| !document.is_input);
        // Another document changed a file that this one may look at, or is this one under another name.
        if document.is_text && (own.is_some() || fixes.elsewhere) {
            let text = own.map_or(document.analysis.text.as_str(), |change| &change.new);
            document.analysis = analyze_with(text, &around, &document.options);
        }
        let mut offers = document.analysis.diagnostics.iter();
        if !offers.any(|it| it.fix.as_ref().is_some_and(|fix| kinds.take(fix))) {
            if document.is_input {
                fixes.input = Some(document.analysis.text.clone());
            }
            return Ok(document);
        }
        let old = document.analysis;
        let fixed = fix(old.clone(), &around, &document.options, kinds);
        let changes = around.changes(&document.path, &old, &fixed)?;
        if document.is_input {
            fixes.input = Some(fixed.analysis.text.clone());
        }
        if !self.diff && !document.is_input {
            write(&changes)?;
        }
        fixes.count += fixed.count;
        fixes.elsewhere |= !fixed.files.is_empty();
        for (file, change) in changes {
            fixes
                .changes
                .entry(file)
                .and_modify(|it| it.follow(&change))
                .or_insert(change);
        }
        Ok(Document {
            analysis: fixed.analysis,
            ..document
        })
    }
}

impl Fixes {
    /// What was done in a few words; nothing if nothing was.
    pub(crate) fn said(&self, verb: &str) -> Option<String> {
        let files = self.changes.len();
        let word = if files == 1 { "file" } else { "files" };
        (files > 0).then(|| format!("{verb} {} in {files} {word}", self.count))
    }

    /// What changes, for people and `patch`; without credentials.
    pub(crate) fn difference(&self) -> String {
        let mut changes: Vec<&Change> = self.changes.values().collect();
        changes.sort_by_key(|change| shown(&change.path));
        let mut text = String::new();
        for change in changes {
            let name = shown(&change.path);
            let difference = TextDiff::from_lines(&change.printable_old, &change.printable_new);
            text.push_str(&difference.unified_diff().header(&name, &name).to_string());
        }
        text
    }
}

impl Change {
    fn new(path: PathBuf, texts: [&str; 2], blotted: [String; 2]) -> Self {
        let [old, new] = texts;
        let [mut printable_old, mut printable_new] = blotted;
        // What is known to be a credential in one of the texts is one in the other.
        for secret in [secrets(old, &printable_old), secrets(new, &printable_new)].concat() {
            let stars = "*".repeat(secret.len());
            printable_old = printable_old.replace(&secret, &stars);
            printable_new = printable_new.replace(&secret, &stars);
        }
        Self {
            path,
            old: old.to_owned(),
            new: new.to_owned(),
            printable_old,
            printable_new,
        }
    }

    /// The same file changes again.
    fn follow(&mut self, later: &Self) {
        self.new.clone_from(&later.new);
        self.printable_new.clone_from(&later.printable_new);
    }
}

/// How a document at `path` changes, for people and `patch`; without credentials.
pub(crate) fn difference(path: &Path, old: &Analysis, new: &Analysis) -> String {
    let blotted = [old, new].map(|it| it.redacted(&it.printable_text()));
    let change = Change::new(path.to_owned(), [&old.text, &new.text], blotted);
    let name = shown(path);
    TextDiff::from_lines(&change.printable_old, &change.printable_new)
        .unified_diff()
        .header(&name, &name)
        .to_string()
}

/// The shortest text that is looked for elsewhere: shorter ones are words.
const SHORTEST: usize = 8;

/// The parts of a text that are blotted out in a copy of it.
fn secrets(text: &str, blotted: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for (index, character) in text.char_indices() {
        let is_blotted = blotted.as_bytes().get(index) == Some(&b'*');
        match found.last_mut() {
            Some(last) if is_blotted => last.push(character),
            Some(last) if last.is_empty() => {}
            _ => found.push(String::new()),
        }
    }
    found.retain(|secret| secret.len() >= SHORTEST && !secret.trim_matches('*').is_empty());
    found
}

/// Writes all files, or leaves all as they were.
fn write(changes: &[(PathBuf, Change)]) -> Result<(), String> {
    for (index, (file, change)) in changes.iter().enumerate() {
        if let Err(error) = write_atomic(file, &change.new) {
            for (file, change) in changes.iter().take(index) {
                // Nothing better can be done for it than what was just done.
                let _left_behind = write_atomic(file, &change.old);
            }
            let path = shown(&change.path);
            return Err(format!("cannot write {path}: {}", error.reason));
        }
    }
    Ok(())
}

/// The files around a document, as earlier fixes left them.
struct Around<'a> {
    folder: Option<Folder>,
    blind: NoContext,
    changes: &'a BTreeMap<PathBuf, Change>,
}

impl<'a> Around<'a> {
    fn new(path: &Path, look: bool, changes: &'a BTreeMap<PathBuf, Change>) -> Self {
        let absolute = std::path::absolute(path).ok();
        let parent = absolute.as_deref().and_then(Path::parent);
        let folder_name = parent.map(|it| it.to_string_lossy().replace('\\', "/"));
        Self {
            folder: look.then(|| folder(path)),
            blind: NoContext {
                folder: folder_name.unwrap_or_default(),
            },
            changes,
        }
    }

    /// The new text of a file, if fixes changed it.
    fn changed(&self, path: &str) -> Option<&'a Change> {
        if self.changes.is_empty() {
            return None;
        }
        self.changes.get(&self.folder.as_ref()?.place(path)?)
    }

    /// What the fixes of a document change: first other files, so that the document speaks of what is there.
    fn changes(
        &self,
        path: &Path,
        old: &Analysis,
        fixed: &Fixed,
    ) -> Result<Vec<(PathBuf, Change)>, String> {
        let new = &fixed.analysis;
        let mut changes = Vec::new();
        for (name, text) in &fixed.files {
            let before = self.text(name).unwrap_or_default();
            let place = self.folder.as_ref().and_then(|it| it.place(name));
            let place = place.ok_or_else(|| {
                format!("cannot write {name}: it is outside of the build context")
            })?;
            if before == *text {
                continue;
            }
            let blotted = [in_context(old, name, &before), in_context(new, name, text)];
            let shown = path.parent().unwrap_or(Path::new("")).join(name);
            let change = Change::new(tidy(&shown), [&before, text], blotted);
            changes.push((place.clone(), change));
        }
        if old.text != new.text {
            let texts = [old.text.as_str(), new.text.as_str()];
            let blotted = [old, new].map(|it| it.redacted(&it.printable_text()));
            let change = Change::new(path.to_owned(), texts, blotted);
            changes.push((real(path), change));
        }
        Ok(changes)
    }
}

/// A text of the build context without the credentials that an analysis found; `name` begins at the document's folder.
fn in_context(analysis: &Analysis, name: &str, text: &str) -> String {
    let root = format!("{}/", analysis.layout.root);
    let below = name.strip_prefix(&root).unwrap_or(name);
    let known = analysis.files.get(below);
    let known = known.filter(|known| known.len() == text.len());
    analysis.redacted(known.map_or(text, String::as_str))
}

/// A path without steps that lead back.
fn tidy(path: &Path) -> PathBuf {
    let mut parts: Vec<std::path::Component<'_>> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (std::path::Component::CurDir, _) => {}
            (std::path::Component::ParentDir, Some(std::path::Component::Normal(_))) => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.into_iter().collect()
}

impl BuildContext for Around<'_> {
    fn entry(&self, path: &str) -> Entry {
        let Some(folder) = &self.folder else {
            return self.blind.entry(path);
        };
        match folder.entry(path) {
            Entry::Missing if self.changed(path).is_some() => Entry::File { executable: false },
            entry => entry,
        }
    }

    fn list(&self, path: &str) -> Vec<String> {
        self.folder
            .as_ref()
            .map_or_else(Vec::new, |folder| folder.list(path))
    }

    fn text(&self, path: &str) -> Option<String> {
        match self.changed(path) {
            Some(change) => Some(change.new.clone()),
            None => self.folder.as_ref()?.text(path),
        }
    }

    fn folder(&self, levels: usize) -> Option<String> {
        match &self.folder {
            Some(folder) => folder.folder(levels),
            None => self.blind.folder(levels),
        }
    }
}
