//! `no-dockerignore`.

use crate::plan::ignore_file::IgnoreFile;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// The whole build context is copied, and no `.dockerignore` leaves anything out.
    ///
    /// Git's history, local settings with credentials and what was built on the host go to the builder, which takes time, and
    /// the cache of the copy is void as soon as any of it changes.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
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
    /// ```text,file:.dockerignore
    /// **/.git
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it in a folder that holds nothing but what the build needs, such as one that another program writes.
    "no-dockerignore", Info, check in files
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let application = subject.layout.application.trim_end_matches('/');
    let sources = subject.sources();
    let mut whole = sources.iter().filter(|source| {
        let path = source.plain();
        path == Some("") || path == Some(application)
    });
    let Some(source) = whole.next() else { return };
    if !IgnoreFile::is_missing(subject.config, subject.layout, subject.context) {
        return;
    }
    let span = source.span.unwrap_or(source.instruction.origin.span);
    findings
        .report_in(
            source.file.clone(),
            span,
            "the whole build context is copied, and there is no `.dockerignore`",
        )
        .why("sending it takes time, and any change in it makes the cache useless")
        .help("write one: `docksmith dockerfile --dockerignore .dockerignore`");
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, check_with};

    const GO: &str = "\nlanguage = \"go\"\nruntime.healthcheck = false\n";

    #[test]
    fn the_language_copies_everything() {
        check_with(
            "\nlanguage = \"go\"\n#          ^^^^ info: the whole build context is copied, and there is no `.dockerignore`\nruntime.healthcheck = false\n",
            &[("go.mod", "")],
        );
    }

    #[test]
    fn the_file_of_the_dockerfile_is_one() {
        let expected = format!(
            "{GO}runtime.image = \"alpine:3.23\"\n#               ^^^^^^^^^^^^^ info: `alpine:3.23` has no digest\n"
        );
        check_with(
            &expected,
            &[("go.mod", ""), ("Dockerfile.dockerignore", "")],
        );
    }

    #[test]
    fn where_nobody_looked_nothing_is_said() {
        check(GO);
    }
}
