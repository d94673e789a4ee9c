//! `copy-source-missing`.

use crate::context::Entry;
use crate::diagnostic::Fix;
use crate::plan::sources::real_case;
use crate::rules::{Findings, Subject, nearest_path, rule};

rule! {
    /// A file or folder that the image needs is not in the build context.
    ///
    /// The build would stop after minutes with `"/sql": not found`. Sources of copies, mounts and the entrypoint's script
    /// are looked for on the disk, as they will be when the image is built.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:migrations/1.sql
    /// select 1
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "migration", dst = "/app/" }]
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
    /// ```text,file:migrations/1.sql
    /// select 1
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "migrations", dst = "/app/" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where something makes the file between the check and the build:
    /// `# docksmith: ignore[copy-source-missing] made by the release job`.
    "copy-source-missing", ErrorUnlessOld, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for source in subject.sources() {
        let (Some(span), Some(path)) = (source.span, source.plain()) else {
            continue;
        };
        let is_missing = subject.context.entry(path) == Entry::Missing;
        if !is_missing || real_case(subject.context, path).is_some() {
            continue;
        }
        let message = format!("`{}` is not in the build context", source.written);
        let finding = findings.report_in(source.file.clone(), span, message);
        finding.why(format!(
            "the build would stop with `\"/{path}\": not found`"
        ));
        let Some(near) = nearest_path(subject.context, path) else {
            continue;
        };
        let near = subject.named_from(&source.written, path, &near);
        finding.help(format!("did you mean `{near}`?"));
        if let Some(text) = source.renamed(subject.text, &near) {
            let title = format!("replace `{}` by `{near}`", source.written);
            finding.fix(Fix::unsafe_(title, span, text));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check_with;

    const FILES: &[(&str, &str)] = &[
        ("go.mod", "module x"),
        ("cmd/server/main.go", "package main"),
        ("scripts/start.sh", "#!/bin/sh\nexec \"$@\"\n"),
    ];

    #[test]
    fn sources_in_steps_mounts_and_scripts_are_looked_for() {
        check_with(
            r#"
language = "go"
build.target = "./cmd/server"
build.steps = ["COPY --chown=1:1 web/ cmd/ ./", { run = "make", bind = ["Makefile"] }]
#                                ^^^^ error: `web/` is not in the build context
#                                                                       ^^^^^^^^^^ error: `Makefile` is not in the build context
runtime.image_family = "alpine"
runtime.entrypoint = "scripts/strat.sh"
#                    ^^^^^^^^^^^^^^^^^^ error: `scripts/strat.sh` is not in the build context
"#,
            FILES,
        );
    }

    #[test]
    fn stages_addresses_and_variables_are_no_files() {
        check_with(
            r#"
language = "go"
build.target = "./cmd/server"
build.steps = ["COPY --from=builder /nothing ./", "ADD --checksum=sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88 https://example.com/x ./", "COPY ${NAME} ./", "COPY /cmd ./cmd"]
runtime.copy = [{ from = "builder", src = "/src/x", dst = "/app/" }]
"#,
            FILES,
        );
    }
}
