//! `copy-source-ignored`.

use crate::context::Entry;
use crate::context::ignore::{Ignore, Pattern, keeps_any, remaining};
use crate::diagnostic::{Edit, File, Fix};
use crate::plan::ignore_file::IgnoreFile;
use crate::plan::sources::{ContextSource, join};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::insertion::line_break;
use crate::text::Span;

rule! {
    /// A source is there, but `.dockerignore` leaves nothing of it.
    ///
    /// The file lies on the disk, so that everybody looks at the wrong place when the build stops with `not found`. Unlike
    /// git's, patterns are anchored at the root of the context, the last match decides, and `!` takes back in also what
    /// lies below an excluded folder.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:web/dist/index.html
    /// <p>Hello</p>
    /// ```
    ///
    /// ```text,file:.dockerignore
    /// .git
    /// **/dist
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "web/dist", dst = "/app/" }]
    /// ```
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:web/dist/index.html
    /// <p>Hello</p>
    /// ```
    ///
    /// ```text,file:.dockerignore
    /// .git
    /// **/dist
    /// !web/dist
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "web/dist", dst = "/app/" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the build is given another ignore file than the check sees, as one that CI writes.
    "copy-source-ignored", ErrorUnlessOld, check in files; fix Unsafe; also ["BuildKit CopyIgnoredFile"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(file) = subject.ignore_file() else {
        return;
    };
    let Some(ignore) = subject.sound_ignored() else {
        return;
    };
    for source in subject.sources() {
        check_source(source, ignore, file, subject, findings);
    }
}

fn check_source(
    source: &ContextSource<'_>,
    ignore: &Ignore,
    ignore_file: &IgnoreFile,
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(span) = source.span else { return };
    let paths = source.paths(subject.context).unwrap_or_default();
    let is_lost = |path: &String| keeps_any(subject.context, ignore, path) == Some(false);
    if !paths.iter().all(is_lost) {
        return;
    }
    let counts = paths
        .iter()
        .map(|path| remaining(subject.context, ignore, path).files_on_disk);
    let count: usize = counts.sum();
    let Some(pattern) = paths
        .iter()
        .find_map(|path| pattern_of(path, ignore, subject))
        .filter(|_| count > 0)
    else {
        return;
    };
    let message = format!("`{}` is left out of the build context", source.written);
    let files = if count == 1 { "file" } else { "files" };
    let finding = findings.report_in(source.file.clone(), span, message);
    finding
        .labelled(format!("{count} {files} on disk, 0 reach the build"))
        .label_in(
            File::Context(ignore_file.path.clone()),
            Span::new(pattern.span.start, pattern.span.end),
            "left out by this pattern",
        )
        .why(match paths.first() {
            Some(path) if !source.is_glob => {
                format!("the build would stop with `\"/{path}\": not found`")
            }
            _ => "nothing would be copied, or the build would stop".to_owned(),
        });
    let Some(path) = source.plain() else {
        finding.help(format!("narrow the pattern `{}`", pattern.text));
        return;
    };
    finding.help(format!("take it back in below the pattern: `!{path}`"));
    let text = &ignore_file.text;
    let line_end = line_break(text);
    let line = format!("{line_end}!{path}");
    let mut after = text.clone();
    if !after.is_char_boundary(pattern.span.end) {
        return;
    }
    after.insert_str(pattern.span.end, &line);
    if keeps_any(subject.context, &Ignore::parse(&after).0, path) == Some(true) {
        finding.fix(Fix {
            title: format!("add `!{path}` to `{}`", ignore_file.path),
            safe: false,
            edits: vec![Edit {
                file: File::Context(ignore_file.path.clone()),
                span: Span::new(pattern.span.end, pattern.span.end),
                text: line,
            }],
        });
    }
}

/// The pattern that leaves out a path, or else the first file below it.
fn pattern_of<'a>(path: &str, ignore: &'a Ignore, subject: &Subject<'_>) -> Option<&'a Pattern> {
    let mut path = path.to_owned();
    loop {
        if let Some(pattern) = ignore.excluded_by(&path) {
            return Some(pattern);
        }
        if subject.context.entry(&path) != Entry::Folder || path.len() > 4_096 {
            return None;
        }
        path = join(&path, subject.context.list(&path).first()?);
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::diagnostic::File;
    use crate::rules::tests::check_with;

    const DOCUMENT: &str = r#"
stages = [{ name = "a", from = "alpine:3.22", final = true, user = "1:1", steps = ["COPY sql/*.sql /sql/"] }]
"#;

    #[test]
    fn the_pattern_is_labelled() {
        let document = r#"
stages = [{ name = "a", from = "alpine:3.22", final = true, user = "1:1", steps = ["COPY sql /sql/"] }]
#                                                                                        ^^^ error: `sql` is left out of the build context
"#;
        let files = [
            ("sql/a.sql", ""),
            (".dockerignore", "# all\n*.sql\n**/*.sql\n"),
        ];
        check_with(document, &files);
        let analysis = analyze(document, &Files::new(files));
        let label = &analysis.diagnostics[0].labels[0];
        assert_eq!(label.file, File::Context(".dockerignore".to_owned()));
        assert_eq!(label.span.of(files[1].1), "**/*.sql");
    }

    #[test]
    fn a_pattern_of_sources_is_looked_at_file_by_file() {
        let expected = DOCUMENT.to_owned()
            + "#                                                                                        ^^^^^^^^^ error: `sql/*.sql` is left out of the build context\n";
        check_with(&expected, &[("sql/a.sql", ""), (".dockerignore", "sql\n")]);
        check_with(
            DOCUMENT,
            &[("sql/a.sql", ""), (".dockerignore", "sql\n!sql/a*\n")],
        );
    }

    #[test]
    fn the_ignore_file_of_the_dockerfile_decides() {
        let document = r#"
stages = [{ name = "a", from = "alpine:3.22", final = true, user = "1:1", steps = ["COPY sql /sql/"] }]
"#;
        let own = ("Dockerfile.dockerignore", "*.md\n");
        let files = [("sql/a.sql", ""), (".dockerignore", "sql\n"), own];
        check_with(document, &files);
        let own = ("Dockerfile.dockerignore", "sql\n");
        let analysis = analyze(document, &Files::new([files[0], own]));
        let label = &analysis.diagnostics[0].labels[0];
        assert_eq!(
            label.file,
            File::Context("Dockerfile.dockerignore".to_owned())
        );
    }

    #[test]
    fn a_folder_of_which_something_is_left_is_fine() {
        let document = r#"
stages = [{ name = "a", from = "alpine:3.22", final = true, user = "1:1", steps = ["COPY sql /sql/"] }]
"#;
        check_with(
            document,
            &[
                ("sql/a", ""),
                ("sql/b", ""),
                (".dockerignore", "*\n!sql/b\n"),
            ],
        );
        check_with(document, &[("sql/a", ""), (".dockerignore", "sql\n!\n")]);
    }
}
