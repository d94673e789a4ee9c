//! `invalid-lock`.

use crate::context::Entry;
use crate::diagnostic::File;
use crate::plan::lock::NAME;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A line of `docksmith.lock` that can't be used.
    ///
    /// A line is an image and its digest. What can't be read holds nothing: the image would be built from whatever its tag
    /// means on that day. Two lines for one image contradict each other, also when it is spelt in two ways.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:docksmith.lock
    /// gcr.io/distroless/static-debian12:nonroot sha256:c12b889e
    /// golang:1.26-alpine sha256:b76308f558d50d006add507f3ab86afc1147644519dd327f7f5fac6d02d4f595
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
    /// ```text,file:docksmith.lock
    /// gcr.io/distroless/static-debian12:nonroot sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88
    /// golang:1.26-alpine sha256:b76308f558d50d006add507f3ab86afc1147644519dd327f7f5fac6d02d4f595
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: a lock that is not read locks nothing. A line that is not wanted is better removed.
    "invalid-lock", Error, check in files
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let path = subject.layout.beside_document(NAME);
    let Some(lock) = &subject.plan.lock else {
        return check_unread(&path, subject, findings);
    };
    let file = File::Context(path);
    for fault in lock.faults() {
        let finding = findings.report_in(file.clone(), fault.span, fault.message.clone());
        finding.why("what can't be read holds no image");
        if let Some(first) = fault.first {
            finding.label_in(file.clone(), first, "this line counts");
        }
        finding.help("take the line out, or write the file anew: `docksmith lock --from FILE`");
    }
}

/// A lock that is there and can't be read must not pass for none.
fn check_unread(path: &str, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.config.dockerfile.is_some() {
        return;
    }
    let message = match subject.context.entry(path) {
        Entry::File { .. } => format!("`{NAME}` is not UTF-8, or larger than 1 MiB"),
        Entry::Folder => format!("`{NAME}` is a folder"),
        Entry::Outside => format!("`{NAME}` leads out of the build context"),
        Entry::Missing | Entry::Unknown => return,
    };
    let first = subject.document.root.entries.first();
    let span = first.map(|entry| entry.key.span).unwrap_or_default();
    findings
        .report(span, message)
        .why("no image would be held at its digest")
        .help("remove it, or write it anew: `docksmith lock --from FILE`");
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::diagnostic::File;
    use crate::rules::tests::check_with;

    const ONE: &str = "sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88";

    fn found(document: &str, path: &str, lock: &str) -> Vec<(File, String, String)> {
        let files = Files::new([("go.mod", ""), (path, lock)]).in_folder("app");
        let found = analyze(document, &files).diagnostics.into_iter();
        let found = found.filter(|it| it.rule.ends_with("-lock"));
        found
            .map(|it| (it.file, it.span.of(lock).to_owned(), it.message))
            .collect()
    }

    #[test]
    fn the_place_lies_in_the_lock() {
        let lock = format!("alpine:3.23 {ONE}\ngolang 1\ndocker.io/library/alpine:3.23 {ONE}\n");
        let file = File::Context("docksmith.lock".to_owned());
        let digest = "a digest is `sha256:` and 64 hexadecimal digits";
        let again = "`docker.io/library/alpine:3.23` is there already";
        assert_eq!(
            found("language = \"go\"\n", "docksmith.lock", &lock),
            [
                (file.clone(), "1".to_owned(), digest.to_owned()),
                (
                    file,
                    "docker.io/library/alpine:3.23".to_owned(),
                    again.to_owned()
                ),
            ]
        );
    }

    #[test]
    fn below_another_context_root_the_lock_lies_beside_the_document() {
        let document = "language = \"go\"\ncontext_root = \"..\"\n";
        let found = found(document, "../app/docksmith.lock", "x\n");
        let file = File::Context("app/docksmith.lock".to_owned());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, file);
    }

    #[test]
    fn a_folder_is_no_lock() {
        check_with(
            "\nlanguage = \"go\"\n#^^^^^^^ error: `docksmith.lock` is a folder\n",
            &[("go.mod", ""), ("docksmith.lock/x", "")],
        );
    }

    #[test]
    fn a_file_that_is_not_rendered_needs_no_lock() {
        check_with(
            "dockerfile = \"Dockerfile\"\n",
            &[
                ("Dockerfile", "FROM scratch\nUSER 1:1\n"),
                ("docksmith.lock", "x\n"),
            ],
        );
    }
}
