//! What `.dockerignore` leaves of a folder.

use std::ops::ControlFlow;

use super::Ignore;
use crate::context::{Entry, LONGEST_LIST, Rooted};

/// How many files and folders are looked at.
const MOST_ENTRIES: usize = 10_000;

/// How many files of a source there are, and how many of them reach the build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Remaining {
    /// The files on the disk, links among them.
    pub files_on_disk: usize,
    /// Those that `.dockerignore` leaves.
    pub files_left: usize,
    /// Whether not all were counted: there are too many, or some are not known.
    pub bounded: bool,
}

/// Counts the files at a path, relative to the context root, and those of them that reach the build.
pub fn remaining(rooted: &Rooted<'_>, ignore: &Ignore, path: &str) -> Remaining {
    let mut count = Remaining::default();
    let mut walk = Walk::new(rooted);
    // The walk goes on whatever is excluded, since all is counted.
    let _ = walk.visit(path, &mut |visited| {
        if let Visited::File(path) = visited {
            count.files_on_disk += 1;
            count.files_left += usize::from(!ignore.excludes(path));
        }
        ControlFlow::Continue(true)
    });
    count.bounded = walk.is_incomplete;
    count
}

/// Whether any file at a path reaches the build; `None` if that is not known. It looks no further than the first such
/// file, and into no folder from which nothing can come back.
pub fn keeps_any(rooted: &Rooted<'_>, ignore: &Ignore, path: &str) -> Option<bool> {
    let mut walk = Walk::new(rooted);
    let found = walk.visit(path, &mut |visited| match visited {
        Visited::File(path) if !ignore.excludes(path) => ControlFlow::Break(()),
        Visited::File(_) => ControlFlow::Continue(true),
        Visited::Folder(path) => ControlFlow::Continue(ignore.may_keep_below(path)),
    });
    match found {
        ControlFlow::Break(()) => Some(true),
        ControlFlow::Continue(()) if walk.is_incomplete => None,
        ControlFlow::Continue(()) => Some(false),
    }
}

enum Visited<'a> {
    File(&'a str),
    Folder(&'a str),
}

/// A walk over files and folders that ends after a number of them.
struct Walk<'a> {
    rooted: &'a Rooted<'a>,
    left: usize,
    is_incomplete: bool,
}

impl<'a> Walk<'a> {
    fn new(rooted: &'a Rooted<'a>) -> Self {
        Self {
            rooted,
            left: MOST_ENTRIES,
            is_incomplete: false,
        }
    }

    /// Tells of every file and folder from `start` on. What is told answers whether to go on, and into the folder.
    fn visit(
        &mut self,
        start: &str,
        tell: &mut impl FnMut(Visited<'_>) -> ControlFlow<(), bool>,
    ) -> ControlFlow<()> {
        let mut open = vec![start.trim_matches('/').to_owned()];
        while let Some(path) = open.pop() {
            if self.left == 0 {
                self.is_incomplete = true;
                return ControlFlow::Continue(());
            }
            self.left -= 1;
            match self.rooted.entry(&path) {
                // A link that leads out is sent as a link.
                Entry::File { .. } | Entry::Outside => {
                    tell(Visited::File(&path))?;
                }
                Entry::Folder => {
                    if tell(Visited::Folder(&path))? {
                        self.open(&path, &mut open);
                    }
                }
                Entry::Missing => {}
                Entry::Unknown => self.is_incomplete = true,
            }
        }
        ControlFlow::Continue(())
    }

    fn open(&mut self, folder: &str, open: &mut Vec<String>) {
        let names = self.rooted.list(folder);
        self.is_incomplete |= names.len() >= LONGEST_LIST;
        // The last one is looked at first.
        for name in names.iter().rev() {
            open.push(match folder {
                "" => name.clone(),
                folder => format!("{folder}/{name}"),
            });
        }
    }
}
