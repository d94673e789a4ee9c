//! `copy-source-partly-ignored`.

use crate::context::ignore::{Ignore, remaining};
use crate::plan::sources::ContextSource;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// `.dockerignore` leaves some files of a copied folder out.
    ///
    /// That is what it is for, and often meant. It is worth a look where the container misses a file that lies on the disk.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:sql/1.sql
    /// select 1;
    /// ```
    ///
    /// ```text,file:sql/seed.test.sql
    /// select 2;
    /// ```
    ///
    /// ```text,file:.dockerignore
    /// **/*.test.sql
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "sql", dst = "/app/" }]
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
    /// ```text,file:sql/1.sql
    /// select 1;
    /// ```
    ///
    /// ```text,file:.dockerignore
    /// **/*.test.sql
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "sql", dst = "/app/" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Where it is meant: `# docksmith: ignore[copy-source-partly-ignored] without the tests`.
    "copy-source-partly-ignored", Pedantic, check in files
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(ignore) = subject.sound_ignored() else {
        return;
    };
    let application = subject.layout.application.trim_end_matches('/');
    for source in subject.sources() {
        // Of the whole context something is always left out.
        let is_whole = source
            .path
            .as_deref()
            .is_none_or(|path| path.is_empty() || path == application);
        if !is_whole {
            check_source(source, ignore, subject, findings);
        }
    }
}

fn check_source(
    source: &ContextSource<'_>,
    ignore: &Ignore,
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(span) = source.span else { return };
    let (mut on_disk, mut left) = (0, 0);
    for path in source.paths(subject.context).unwrap_or_default() {
        let count = remaining(subject.context, ignore, &path);
        if count.bounded {
            return;
        }
        on_disk += count.files_on_disk;
        left += count.files_left;
    }
    if left == 0 || left == on_disk {
        return;
    }
    let message = format!(
        "{left} of {on_disk} files of `{}` reach the build",
        source.written
    );
    findings
        .report_in(source.file.clone(), span, message)
        .why("`.dockerignore` leaves the others out")
        .help("take back in what the container needs: `!path` below the pattern");
}

#[cfg(test)]
mod tests {
    use crate::analysis::{Options, analyze_with};
    use crate::context::Files;
    use crate::rules::tests::check_with;

    #[test]
    fn the_files_are_counted() {
        let document = r#"
stages = [{ name = "a", from = "alpine:3.22", final = true, user = "1:1", steps = ["COPY sql /sql/"] }]
#                                                                                        ^^^ info: 1 of 2 files of `sql` reach the build
"#;
        let files = [
            ("sql/a.sql", ""),
            ("sql/b.sql", ""),
            (".dockerignore", "sql/b*\n"),
        ];
        check_with(document, &files);
        let document = document
            .replace("COPY sql ", "COPY s*l ")
            .replace("`sql`", "`s*l`");
        check_with(&document, &files);
    }

    #[test]
    fn what_is_whole_is_fine() {
        let pedantic = Options {
            pedantic: true,
            ..Options::default()
        };
        let files = [("sql/a.sql", ""), ("x", ""), (".dockerignore", "x\n")];
        for step in ["COPY sql /sql/", "COPY . /sql/"] {
            let document = format!(
                "stages = [{{ name = \"a\", from = \"alpine:3.22\", final = true, steps = [\"{step}\"] }}]\n"
            );
            let files = Files::new(files).in_folder("app");
            let analysis = analyze_with(&document, &files, &pedantic);
            let mut found = analysis.diagnostics.iter();
            assert!(
                found.all(|it| it.rule != "copy-source-partly-ignored"),
                "{step}"
            );
        }
    }
}
