//! A build context that is asked each question once.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::context::{BuildContext, Entry, Listed};

/// Passes each question on once, and gives the same answer from then on: stages copy the same files time and again, and
/// a disk that may hang is dear to ask.
#[derive(Debug)]
pub struct Remembered<C> {
    context: C,
    entries: RefCell<BTreeMap<String, Entry>>,
    lists: RefCell<BTreeMap<String, Vec<String>>>,
    texts: RefCell<BTreeMap<String, Option<String>>>,
}

impl<C> Remembered<C> {
    /// Nothing is asked yet.
    pub fn new(context: C) -> Self {
        Self {
            context,
            entries: RefCell::default(),
            lists: RefCell::default(),
            texts: RefCell::default(),
        }
    }
}

/// The answer that is known, or the one that is asked for now.
fn once<A: Clone>(
    answers: &RefCell<BTreeMap<String, A>>,
    path: &str,
    ask: impl FnOnce() -> A,
) -> A {
    if let Some(answer) = answers.borrow().get(path) {
        return answer.clone();
    }
    let answer = ask();
    answers.borrow_mut().insert(path.to_owned(), answer.clone());
    answer
}

impl<C: BuildContext> BuildContext for Remembered<C> {
    fn entry(&self, path: &str) -> Entry {
        once(&self.entries, path, || self.context.entry(path))
    }

    fn list(&self, path: &str) -> Vec<String> {
        once(&self.lists, path, || self.context.list(path))
    }

    /// Not remembered: one rule asks, and for each folder once.
    fn sizes(&self, path: &str) -> Vec<Listed> {
        self.context.sizes(path)
    }

    fn text(&self, path: &str) -> Option<String> {
        once(&self.texts, path, || self.context.text(path))
    }

    fn folder(&self, levels: usize) -> Option<String> {
        self.context.folder(levels)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::Remembered;
    use crate::context::{BuildContext, Entry};

    /// Notes what it is asked, and answers differently each time.
    #[derive(Default)]
    struct Asked(RefCell<Vec<String>>);

    impl Asked {
        fn note(&self, question: &str, path: &str) -> String {
            let mut asked = self.0.borrow_mut();
            asked.push(format!("{question} {path}"));
            asked.len().to_string()
        }
    }

    impl BuildContext for Asked {
        fn entry(&self, path: &str) -> Entry {
            self.note("entry", path);
            Entry::Folder
        }

        fn list(&self, path: &str) -> Vec<String> {
            vec![self.note("list", path)]
        }

        fn text(&self, path: &str) -> Option<String> {
            Some(self.note("text", path)).filter(|_| path != "none")
        }

        fn folder(&self, _levels: usize) -> Option<String> {
            None
        }
    }

    #[test]
    fn a_question_is_asked_once() {
        let context = Remembered::new(Asked::default());
        for _ in 0..3 {
            assert_eq!(context.entry("é"), Entry::Folder);
            assert_eq!(context.entry(""), Entry::Folder);
            assert_eq!(context.list("é"), ["3"]);
            assert_eq!(context.text("é").as_deref(), Some("4"));
            assert_eq!(context.text("none"), None);
        }
        let asked = context.context.0.into_inner();
        assert_eq!(
            asked,
            ["entry é", "entry ", "list é", "text é", "text none"]
        );
    }
}
