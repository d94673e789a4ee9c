//! `large-context`.

use std::collections::VecDeque;

use crate::context::Entry;
use crate::context::ignore::Ignore;
use crate::plan::paths::is_below;
use crate::plan::sources::join;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// More than 100 MB of the build context reach the builder.
    ///
    /// Every build begins with sending them, over the network where the builder is elsewhere, and a copy of the whole is made
    /// anew whenever one of them changes. Mostly they are not needed: data for tests, results of other builds, git's history.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:data/dump.sql,150MB
    /// select 1;
    /// ```
    ///
    /// ```text,file:.dockerignore
    /// **/.git
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// ```
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:data/dump.sql,150MB
    /// select 1;
    /// ```
    ///
    /// ```text,file:.dockerignore
    /// **/.git
    /// data
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Where the build needs them: `# docksmith: ignore[large-context] the model belongs into the image`.
    "large-context", Info, check in files
}

/// How many bytes are many.
const MANY: u64 = 100_000_000;

/// How many entries are looked at; the files of the upper folders come first.
const MOST_ENTRIES: usize = 5_000;

/// How many files are named.
const NAMED: usize = 5;

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (ignore, errors) = subject.ignored();
    // Docker refuses the whole file.
    if !errors.is_empty() {
        return;
    }
    let sources = subject.sources();
    let mut paths: Vec<&str> = sources.iter().filter_map(|source| source.plain()).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut roots: Vec<&str> = Vec::new();
    for path in paths {
        let is_inside = roots
            .iter()
            .any(|root| root.is_empty() || is_below(path, root));
        if !is_inside {
            roots.push(path);
        }
    }
    let mut files = sent(subject, ignore, &roots);
    let total: u64 = files.iter().map(|(_, size)| size).sum();
    if total <= MANY {
        return;
    }
    files.sort_by(|(one, own), (other, size)| size.cmp(own).then_with(|| one.cmp(other)));
    let largest: Vec<String> = files
        .iter()
        .take(NAMED)
        .filter(|(_, size)| *size > 0)
        .map(|(path, size)| format!("`{path}` ({})", megabytes(*size)))
        .collect();
    let heaviest = files.first().map_or("", |(path, _)| path.as_str());
    let source = sources.iter().find(|source| {
        let path = source.plain();
        path.is_some_and(|path| path.is_empty() || is_below(heaviest, path))
    });
    let Some(source) = source else { return };
    let span = source.span.unwrap_or(source.instruction.origin.span);
    findings
        .report_in(
            source.file.clone(),
            span,
            format!("{} of the build context reach the builder", megabytes(total)),
        )
        .why(format!("the largest: {}", largest.join(", ")))
        .help(format!(
            "leave out what the build does not need, by a line such as `{heaviest}` in `.dockerignore`"
        ));
}

/// The files at or below these paths that reach the builder, with their sizes; of a large context not all.
fn sent(subject: &Subject<'_>, ignore: &Ignore, roots: &[&str]) -> Vec<(String, u64)> {
    let mut files = Vec::new();
    let mut open: VecDeque<String> = VecDeque::new();
    for root in roots {
        match subject.context.entry(root) {
            Entry::Folder => open.push_back((*root).to_owned()),
            Entry::File { .. } if !ignore.excludes(root) => {
                let (folder, name) = root.rsplit_once('/').unwrap_or(("", root));
                let listed = subject.context.sizes(folder).into_iter();
                let size = listed.filter(|it| it.name == name).find_map(|it| it.size);
                files.extend(size.map(|size| ((*root).to_owned(), size)));
            }
            _ => {}
        }
    }
    let mut left = MOST_ENTRIES;
    while let Some(folder) = open.pop_front() {
        for entry in subject.context.sizes(&folder) {
            let Some(fewer) = left.checked_sub(1) else {
                return files;
            };
            left = fewer;
            let path = join(&folder, &entry.name);
            match entry.size {
                None if ignore.may_keep_below(&path) => open.push_back(path),
                Some(size) if !ignore.excludes(&path) => files.push((path, size)),
                _ => {}
            }
        }
    }
    files
}

/// A size for people.
fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::{Files, NoContext};

    const MB: u64 = 1_000_000;

    fn found(document: &str, ignore: &str, sizes: &[(&str, u64)]) -> Vec<String> {
        let paths = sizes.iter().map(|(path, _)| (*path, ""));
        let others = [("go.mod", "module x"), (".dockerignore", ignore)];
        let files = Files::new(paths.chain(others));
        let files = sizes
            .iter()
            .fold(files, |files, (path, size)| files.sized(path, *size * MB));
        let analysis = analyze(document, &files.in_folder("app"));
        let found = analysis.diagnostics.into_iter();
        let found = found.filter(|it| it.rule == "large-context");
        found
            .map(|it| format!("{}; {}", it.message, it.why.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn the_largest_files_are_named() {
        let sizes = [
            ("a", 3),
            ("b/x", 70),
            ("b/c/y", 40),
            ("d", 1),
            ("e", 2),
            ("f", 4),
        ];
        assert_eq!(
            found("language = \"go\"\n", "**/.git\n", &sizes),
            [
                "120 MB of the build context reach the builder; the largest: `b/x` (70 MB), `b/c/y` (40 MB), `f` (4 MB), `a` (3 MB), `e` (2 MB)"
            ]
        );
    }

    #[test]
    fn only_what_is_copied_is_sent() {
        let document = |src: &str| {
            format!(
                "stages = [{{ name = \"a\", from = \"alpine:3.22\", final = true, user = \"1:1\", steps = [\"COPY {src} /x/\"] }}]\n"
            )
        };
        let sizes = [("sql/a", 1), ("data/b", 200)];
        assert!(found(&document("sql"), "", &sizes).is_empty());
        assert_eq!(found(&document("sql data/b"), "", &sizes).len(), 1);
    }

    #[test]
    fn what_is_left_out_or_not_known_is_not_counted() {
        let sizes = [("data/b", 200), ("data/c", 99)];
        assert!(found("language = \"go\"\n", "data\n!data/c\n", &sizes).is_empty());
        let analysis = analyze("language = \"go\"\n", &NoContext::default());
        let mut found = analysis.diagnostics.iter();
        assert!(found.all(|it| it.rule != "large-context"));
    }
}
