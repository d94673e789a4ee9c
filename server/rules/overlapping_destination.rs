//! `overlapping-destination`.

use crate::config::runtime::Copy as CopyTable;
use crate::context::Entry;
use crate::plan::paths::{absolute, file_name};
use crate::plan::sources::{cleaned, copy_tables, join};
use crate::plan::{Copy, Instruction, InstructionKind, Source};
use crate::rules::{Findings, Subject, rule};
use crate::text::{Span, Spanned};

rule! {
    /// A file goes into a copied folder that holds one of that name already.
    ///
    /// Which of the two the image has depends on the order of the copies: the later one wins without a word. Only what is
    /// certain is said: the folder is one of the build context, and has the file.
    ///
    /// ```text,file:web/config.json
    /// {}
    /// ```
    ///
    /// ```text,file:production.json
    /// {}
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
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [
    ///   { src = "web", dst = "/app/web" },
    ///   { src = "production.json", dst = "/app/web/config.json" },
    /// ]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [
    ///   { src = "web", dst = "/app/web", exclude = ["config.json"] },
    ///   { src = "production.json", dst = "/app/web/config.json" },
    /// ]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the later file is meant to replace the other:
    /// `# docksmith: ignore[overlapping-destination] production's own file`.
    "overlapping-destination", Warning, check in files
}

/// A copied folder of the build context.
struct Folder {
    source: String,
    dst: String,
    span: Span,
}

/// A file that is copied to a known path.
struct Target {
    path: String,
    span: Span,
}

/// What is copied, as far as it is certain.
struct Placed<'a> {
    tables: Vec<&'a Spanned<CopyTable>>,
    folders: Vec<Folder>,
    targets: Vec<Target>,
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (Some(image), Some(stage)) = (&subject.plan.image, subject.plan.final_stage()) else {
        return;
    };
    let (ignore, _) = subject.ignored();
    let mut placed = Placed {
        tables: copy_tables(subject.config),
        folders: Vec::new(),
        targets: Vec::new(),
    };
    for instruction in &stage.instructions {
        if let InstructionKind::Copy(copy) = &instruction.kind {
            let dst = absolute(&image.workdir, &copy.dst);
            place(copy, &dst, instruction, subject, &mut placed);
        }
    }
    let Placed {
        folders, targets, ..
    } = &placed;
    for target in targets {
        let meets = |folder: &&Folder| {
            let rest = target.path.strip_prefix(folder.dst.as_str());
            let rest = rest.and_then(|rest| rest.strip_prefix('/'));
            rest.is_some_and(|rest| {
                let path = join(&folder.source, rest);
                let is_sent = !ignore.excludes(&path);
                is_sent && matches!(subject.context.entry(&path), Entry::File { .. })
            })
        };
        if let Some(folder) = folders.iter().find(meets) {
            let message = format!("`{}` is in a copied folder too", file_name(&target.path));
            let finding = findings.report(target.span, message);
            finding.label(folder.span, "this folder has a file of that name");
            finding.why("the later copy wins, and the other file is not in the image");
            finding.help("leave the one out: `exclude` in the folder's copy");
        }
    }
}

/// What a copy writes, as far as it is certain.
fn place(
    copy: &Copy,
    dst: &str,
    instruction: &Instruction,
    subject: &Subject<'_>,
    placed: &mut Placed<'_>,
) {
    let Placed {
        tables,
        folders,
        targets,
    } = placed;
    for source in &copy.sources {
        let span = source.span.unwrap_or(instruction.origin.span);
        let table = tables.iter().find(|table| table.src.span.covers(span));
        let span = table.map_or(span, |table| table.dst.span);
        let bare = dst.trim_end_matches('/').to_owned();
        if copy.from != Source::Context {
            // What the renderer copies by itself is a file: a binary or a tool.
            let is_own =
                source.span.is_none() && !source.path.ends_with('/') && !dst.ends_with('/');
            if is_own {
                targets.push(Target { path: bare, span });
            }
            continue;
        }
        let Some(path) = cleaned(&source.path).filter(|_| !copy.parents) else {
            continue;
        };
        match subject.context.entry(&path) {
            Entry::Folder if copy.exclude.is_empty() => folders.push(Folder {
                source: path,
                dst: bare,
                span,
            }),
            Entry::File { .. } if dst.ends_with('/') => targets.push(Target {
                path: format!("{bare}/{}", file_name(&path)),
                span,
            }),
            Entry::File { .. } => targets.push(Target { path: bare, span }),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check_with;

    const FILES: [(&str, &str); 6] = [
        ("go.mod", "module x"),
        ("cmd/server/main.go", ""),
        ("web/bin/server", ""),
        ("web/a/x", ""),
        ("web/y", ""),
        ("x", ""),
    ];

    #[test]
    fn a_program_and_a_file_can_meet_a_folder() {
        check_with(
            r#"
language = "go"
build.target = "./cmd/server"
build.output = "/app/bin/server"
#              ^^^^^^^^^^^^^^^^^ warning: `server` is in a copied folder too
runtime.copy = [{ src = "x", dst = "/app/a/" }, { src = "web/", dst = "." }]
#                                  ^^^^^^^^^ warning: `x` is in a copied folder too
"#,
            &FILES,
        );
    }

    #[test]
    fn what_is_not_in_the_folder_is_fine() {
        check_with(
            r#"
language = "go"
build.target = "./cmd/server"
runtime.copy = [{ src = "web", dst = "/app/web" }, { src = "x", dst = "/app/web/x" }, { src = "x", dst = "/app/web2/y" }]
"#,
            &FILES,
        );
    }

    #[test]
    fn what_is_ignored_is_fine() {
        let mut files = FILES.to_vec();
        files.push((".dockerignore", "web/y\n"));
        check_with(
            r#"
language = "go"
build.target = "./cmd/server"
runtime.copy = [{ src = "web", dst = "/app/web" }, { src = "x", dst = "/app/web/y" }]
"#,
            &files,
        );
    }
}
