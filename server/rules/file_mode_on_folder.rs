//! `file-mode-on-folder`.

use crate::context::Entry;
use crate::diagnostic::Fix;
use crate::plan::InstructionKind;
use crate::plan::sources::copy_tables;
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// A folder is copied with a mode that lets nobody enter it.
    ///
    /// Current builders give the mode to the folder itself and to all that lies in it. Without its search bits nobody but
    /// root enters it: `permission denied` for every file in it when the program starts.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:templates/mail.html
    /// <p>Hello</p>
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "templates", dst = "/app/", chmod = "0644" }]
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
    /// ```text,file:templates/mail.html
    /// <p>Hello</p>
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "templates", dst = "/app/", chmod = "0755" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the container runs with other rights than the file says, as root by its orchestrator's settings.
    "file-mode-on-folder", Error, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // Root enters every folder.
    if subject
        .plan
        .image
        .as_ref()
        .is_none_or(|image| image.user.is_root())
    {
        return;
    }
    let tables = copy_tables(subject.config);
    for source in subject.sources() {
        let Some(path) = source.plain().filter(|_| source.stage.kind.is_final()) else {
            continue;
        };
        let mode = match &source.instruction.kind {
            InstructionKind::Copy(copy) if copy.chmod.is_some() => {
                let holds = |span| source.span.is_some_and(|it| Span::covers(span, it));
                let table = tables.iter().find(|table| holds(table.src.span));
                let chmod = table.and_then(|table| table.chmod.as_ref());
                chmod.map(|chmod| (chmod.value.clone(), chmod.span))
            }
            InstructionKind::Written(written) => written
                .flag("chmod")
                .and_then(|flag| Some((flag.value.clone()?, flag.span))),
            _ => None,
        };
        let Some((mode, span)) = mode.filter(|(mode, _)| lacks_search(mode)) else {
            continue;
        };
        if subject.context.entry(path) != Entry::Folder {
            continue;
        }
        let message = format!(
            "with the mode `{mode}` nobody can enter `{}`",
            source.written
        );
        let finding = findings.report_in(source.file.clone(), span, message);
        finding
            .why("builders apply the mode to the folder itself too: `permission denied`")
            .help("let it be entered: `0755`");
        let is_document = *source.file == Default::default();
        let literal = subject.written(span);
        if is_document && literal.matches(&mode).count() == 1 {
            let text = literal.replace(&mode, "0755");
            finding.fix(Fix::unsafe_(
                format!("replace `{mode}` by `0755`"),
                span,
                text,
            ));
        }
    }
}

/// Whether an octal mode lets nobody search a folder.
fn lacks_search(mode: &str) -> bool {
    u32::from_str_radix(mode, 8).is_ok_and(|mode| mode & 0o111 == 0)
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check_with;

    const FILES: &[(&str, &str)] = &[
        ("go.mod", "module x"),
        ("cmd/server/main.go", "package main"),
        ("web/a.html", ""),
        ("a.conf", ""),
    ];

    #[test]
    fn a_step_is_looked_at() {
        check_with(
            r#"
language = "go"
build.target = "./cmd/server"
runtime.steps = ["COPY --chmod=644 web /app/web"]
#                              ^^^ error: with the mode `644` nobody can enter `web`
"#,
            FILES,
        );
    }

    #[test]
    fn files_symbolic_modes_and_root_are_fine() {
        check_with(
            r#"
language = "go"
build.target = "./cmd/server"
runtime.copy = [{ src = "a.conf", dst = "/app/", chmod = "0644" }, { src = "web", dst = "/app/", chmod = "u=rwX,go=rX" }]
"#,
            FILES,
        );
    }
}
