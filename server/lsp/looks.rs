//! What was asked of the files around a document, and what the answers were: by that the server knows which files to have
//! watched, and whether what it says still holds, without ever searching a folder.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::context::{BuildContext, Entry, Listed};

/// How many questions of each kind are noted. A document of which more is asked is looked at again at the next change.
const MOST: usize = 256;

/// How long an answer of the disk is good enough for a client that only reads.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// The questions about one version of a document, with their answers.
#[derive(Debug)]
pub(crate) struct Looks {
    asked: Mutex<Asked>,
    have_begun: AtomicBool,
}

#[derive(Debug, Clone)]
struct Asked {
    entries: BTreeMap<String, Entry>,
    /// Fingerprints: the answers may be long.
    lists: BTreeMap<String, u64>,
    texts: BTreeMap<String, u64>,
    /// When it was last looked whether the answers are the same.
    looked: Instant,
}

impl Default for Looks {
    fn default() -> Self {
        let asked = Asked {
            entries: BTreeMap::new(),
            lists: BTreeMap::new(),
            texts: BTreeMap::new(),
            looked: Instant::now(),
        };
        Self {
            asked: Mutex::new(asked),
            have_begun: AtomicBool::new(false),
        }
    }
}

impl Looks {
    /// A build context whose answers are noted.
    pub(crate) fn noted<C>(&self, context: C) -> Noted<'_, C> {
        self.have_begun.store(true, Ordering::SeqCst);
        Noted {
            context,
            looks: self,
        }
    }

    /// Whether anything may have been asked.
    pub(crate) fn have_begun(&self) -> bool {
        self.have_begun.load(Ordering::SeqCst)
    }

    /// Whether it is time to look whether the answers are the same; who is told so is to look.
    pub(crate) fn are_due(&self) -> bool {
        let mut asked = self.asked();
        let is_due = asked.looked.elapsed() >= GOOD_FOR;
        if is_due {
            asked.looked = Instant::now();
        }
        is_due
    }

    /// Whether the disk answers anything else by now. That it does not answer any more says nothing.
    pub(crate) fn are_outdated(&self, now: &dyn BuildContext) -> bool {
        let asked = self.asked().clone();
        let (mut entries, mut texts) = (asked.entries.iter(), asked.texts.iter());
        let is_other = entries.any(|(path, it)| now.entry(path) != *it)
            || texts.any(|(path, it)| fingerprint(&now.text(path)) != *it)
            || (asked.lists.iter()).any(|(path, it)| fingerprint(&now.list(path)) != *it);
        is_other && now.entry("") != Entry::Unknown
    }

    /// What to watch, seen from the document's folder: the files that were asked for and the folders that they lie in,
    /// which may come and go as a whole. What lies in a folder that was listed is `folder/*`.
    pub(crate) fn paths(&self) -> BTreeSet<String> {
        let asked = self.asked();
        let mut paths = BTreeSet::new();
        for path in asked.texts.keys().chain(asked.entries.keys()) {
            with_folders(path, &mut paths);
        }
        for path in asked.lists.keys() {
            with_folders(path, &mut paths);
            let separator = if path.is_empty() { "" } else { "/" };
            paths.insert(format!("{}{separator}*", literal(path)));
        }
        paths
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        // Each answer is noted whole, so a panic cannot leave half of one.
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds the pattern of a path and of each folder on the way to it. The root of the context stays where it is.
fn with_folders(path: &str, paths: &mut BTreeSet<String>) {
    let mut path = path;
    while !path.is_empty() && path != ".." && !path.ends_with("/..") {
        if !paths.insert(literal(path)) {
            return;
        }
        path = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    }
}

/// A pattern that a path fits. Clients differ in how a special character is to be escaped; one of any kind stands for it.
pub(crate) fn literal(path: &str) -> String {
    path.replace(['*', '?', '[', ']', '{', '}', ',', '!', '\\'], "?")
}

fn fingerprint(answer: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    answer.hash(&mut hasher);
    hasher.finish()
}

/// A build context whose answers are noted.
#[derive(Debug)]
pub(crate) struct Noted<'a, C> {
    context: C,
    looks: &'a Looks,
}

fn note<A>(answers: &mut BTreeMap<String, A>, path: &str, answer: A) {
    if answers.len() < MOST || answers.contains_key(path) {
        answers.insert(path.to_owned(), answer);
    }
}

impl<C: std::ops::Deref<Target = dyn BuildContext>> BuildContext for Noted<'_, C> {
    fn entry(&self, path: &str) -> Entry {
        let entry = self.context.entry(path);
        note(&mut self.looks.asked().entries, path, entry);
        entry
    }

    fn list(&self, path: &str) -> Vec<String> {
        let list = self.context.list(path);
        note(&mut self.looks.asked().lists, path, fingerprint(&list));
        list
    }

    /// Not noted: how large the context is may be known a little later.
    fn sizes(&self, path: &str) -> Vec<Listed> {
        self.context.sizes(path)
    }

    fn text(&self, path: &str) -> Option<String> {
        let text = self.context.text(path);
        note(&mut self.looks.asked().texts, path, fingerprint(&text));
        text
    }

    fn folder(&self, levels: usize) -> Option<String> {
        self.context.folder(levels)
    }
}

#[cfg(test)]
mod tests {
    use super::Looks;
    use crate::context::{BuildContext, Files};

    fn boxed(files: &[(&str, &str)]) -> Box<dyn BuildContext> {
        Box::new(Files::new(files.iter().copied()))
    }

    fn asked() -> Looks {
        let looks = Looks::default();
        let context = looks.noted(boxed(&[("a/é/b", "1"), ("c", "2"), ("../../d[1]", "3")]));
        context.entry("a/é/b");
        context.entry("missing/x");
        context.text("c");
        context.entry("../../d[1]");
        context.entry("");
        context.list("a");
        context.list("");
        looks
    }

    #[test]
    fn what_was_asked_for_is_watched_with_its_folders() {
        let paths: Vec<String> = asked().paths().into_iter().collect();
        let expected = [
            "*",
            "../../d?1?",
            "a",
            "a/*",
            "a/é",
            "a/é/b",
            "c",
            "missing",
            "missing/x",
        ];
        assert_eq!(paths, expected);
    }

    #[test]
    fn other_answers_are_seen() {
        let same: &[(&str, &str)] = &[("a/é/b", "1"), ("c", "2"), ("../../d[1]", "3")];
        assert!(!asked().are_outdated(boxed(same).as_ref()));
        for other in [
            [("a/é/b", "1"), ("c", "3"), ("../../d[1]", "3")].as_slice(),
            &[("a/é/b", "1"), ("c", "2")],
            &[same, &[("missing/x", "")]].concat(),
            &[same, &[("a/new", "")]].concat(),
        ] {
            assert!(asked().are_outdated(boxed(other).as_ref()), "{other:?}");
        }
    }

    #[test]
    fn a_document_that_asks_for_very_much_is_watched_in_part() {
        let looks = Looks::default();
        let context = looks.noted(boxed(&[]));
        for number in 0..10_000 {
            context.entry(&number.to_string());
        }
        assert_eq!(looks.paths().len(), super::MOST);
    }
}
