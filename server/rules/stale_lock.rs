//! `stale-lock`.

use std::collections::BTreeSet;

use crate::diagnostic::{Edit, File, Fix};
use crate::plan::lock::NAME;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// `docksmith.lock` and the images of the file have parted.
    ///
    /// An image that the lock lacks is built from whatever its tag means on that day, while everybody takes it for held. A
    /// line that nothing uses any more tells a reviewer of an image that is not there.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:docksmith.lock
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
    /// alpine:3.20 sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88
    /// gcr.io/distroless/static-debian12:nonroot sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88
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
    /// Ignore it for an image that is built locally and has no digest, so that no lock can hold it.
    "stale-lock", Warning, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // A line that can't be read may be the one that is missed.
    let lock = subject.plan.lock.as_ref();
    let Some(lock) = lock.filter(|lock| lock.faults().is_empty()) else {
        return;
    };
    let images = subject.plan.lockable_images();
    for image in &images {
        if lock.digest_of(&image.canonical).is_none() {
            findings
                .report_in(
                    image.file.clone(),
                    image.span,
                    format!("`{NAME}` has no digest for `{}`", image.reference),
                )
                .why("the same file may build another image tomorrow")
                .help(format!(
                    "add a line `{} sha256:…` with `docksmith lock --from FILE`",
                    image.canonical
                ));
        }
    }
    // What could not be planned may use any of them.
    if !subject.plan.problems.is_empty() || subject.plan.final_stage().is_none() {
        return;
    }
    let file = File::Context(subject.layout.beside_document(NAME));
    let used: BTreeSet<&str> = images.iter().map(|it| it.canonical.as_str()).collect();
    for (canonical, entry) in lock.entries() {
        if used.contains(canonical) {
            continue;
        }
        let message = format!("nothing uses `{}`", entry.written);
        let finding = findings.report_in(file.clone(), entry.span, message);
        finding
            .help("take the line out, as `docksmith lock` does")
            .unnecessary();
        finding.fix(Fix {
            title: format!("take `{}` out of `{NAME}`", entry.written),
            safe: false,
            edits: vec![Edit {
                file: file.clone(),
                span: entry.line,
                text: String::new(),
            }],
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::diagnostic::File;
    use crate::rules::tests::check_with;

    const ONE: &str = "sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88";

    fn lock(images: &[&str]) -> String {
        images.iter().map(|it| format!("{it} {ONE}\n")).collect()
    }

    #[test]
    fn an_image_is_missed_where_it_is_named_first() {
        let lock = lock(&["golang:1.26-alpine"]);
        check_with(
            r#"
language = "go"
runtime.image = "alpine:3.21"
#               ^^^^^^^^^^^^^ warning: `docksmith.lock` has no digest for `alpine:3.21`
runtime.copy = [{ from = "image:docker.io/library/alpine:3.21", src = "/x", dst = "/x" }]
"#,
            &[("go.mod", ""), ("docksmith.lock", &lock)],
        );
    }

    #[test]
    fn a_line_that_nothing_uses_is_told_in_the_lock() {
        let lock = lock(&[
            "docker.io/library/golang:1.26-alpine",
            "alpine:3.20",
            "gcr.io/distroless/static-debian12:nonroot",
        ]);
        let files = Files::new([("go.mod", ""), ("docksmith.lock", lock.as_str())]);
        let mut found = analyze("language = \"go\"\n", &files).diagnostics;
        found.retain(|it| it.rule == "stale-lock");
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].file, File::Context("docksmith.lock".to_owned()));
        assert_eq!(found[0].message, "nothing uses `alpine:3.20`");
        let fix = found[0].fix.as_ref().expect("a fix");
        let mut fixed = lock.clone();
        fixed.replace_range(fix.edits[0].span.range(), &fix.edits[0].text);
        assert_eq!(fixed, lock.replace(&format!("alpine:3.20 {ONE}\n"), ""));
    }

    #[test]
    fn an_image_with_a_digest_of_its_own_or_a_variable_needs_no_line() {
        let lock = lock(&["golang:1.26-alpine"]);
        check_with(
            &format!(
                "language = \"go\"\nargs.V = \"3\"\nruntime.image = \"alpine:3.21@{ONE}\"\n\
                 stages = [{{ name = \"a\", from = \"acme/app:${{V}}\" }}]\n\
                 runtime.copy = [{{ from = \"a\", src = \"/y\", dst = \"/y\" }}]\n"
            ),
            &[("go.mod", ""), ("docksmith.lock", &lock)],
        );
    }
}
