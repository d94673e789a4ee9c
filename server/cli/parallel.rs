//! Work on many documents at once.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, available_parallelism, scope};

/// As much as the first thread of a process has: a document may be nested deeply.
const STACK: usize = 8 << 20;

/// How many threads are of use here.
pub(crate) fn threads() -> usize {
    available_parallelism().map_or(1, NonZero::get)
}

/// What a function makes of each item, in the order of the items.
pub(crate) fn map<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    make: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut made = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return made;
            };
            made.push((index, make(item)));
        }
    };
    let mut made = scope(|scope| {
        let helpers = 1..threads.min(items.len());
        // Where the system gives no more threads, those that are there do the work.
        let helpers: Vec<_> = helpers
            .filter_map(|_| {
                let builder = Builder::new().stack_size(STACK);
                builder.spawn_scoped(scope, work).ok()
            })
            .collect();
        let mut made = work();
        for helper in helpers {
            match helper.join() {
                Ok(more) => made.extend(more),
                Err(panic) => resume_unwind(panic),
            }
        }
        made
    });
    made.sort_by_key(|(index, _)| *index);
    made.into_iter().map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    use super::map;
    use crate::analysis::Options;
    use crate::cli::input::{Document, documents, read};
    use crate::cli::output::pretty;
    use crate::disk::write_atomic;
    use crate::report::Checked;
    use crate::report::json::json;
    use crate::report::terminal::{Style, terminal};

    #[test]
    fn many_threads_report_the_same_bytes_as_one() {
        let folder = tempfile::tempdir().expect("a folder");
        for number in 0..40 {
            let path = folder.path().join(format!("{number}.toml"));
            let keys = "x = 1\n".repeat(number % 5);
            write_atomic(&path, &format!("langauge = \"go\"\n{keys}")).expect("a file");
        }
        let paths: Vec<_> = (0..40)
            .map(|number| folder.path().join(format!("{number}.toml")))
            .collect();
        let paths = documents(&paths).expect("documents");
        let reported = |threads| {
            let read = map(&paths, threads, |path| {
                read(path, true, &Options::default())
            });
            let checked: Vec<Checked> = read
                .into_iter()
                .map(|document| document.map(Document::checked).expect("a document"))
                .collect();
            (
                terminal(&checked, &Style::default()),
                pretty(&json(&checked, "0")),
            )
        };
        let alone = reported(1);
        assert!(alone.0.contains("langauge"));
        for threads in [2, 3, 16] {
            assert!(reported(threads) == alone, "{threads} threads");
        }
    }

    #[test]
    fn the_order_is_that_of_the_items() {
        let items: Vec<usize> = (0..1000).collect();
        for threads in [0, 1, 2, 7, 2000] {
            let doubled = map(&items, threads, |item| item * 2);
            assert!(doubled.iter().zip(&items).all(|(two, one)| *two == one * 2));
            assert_eq!(doubled.len(), items.len());
        }
        assert!(map(&[] as &[usize], 4, |item| *item).is_empty());
    }
}
