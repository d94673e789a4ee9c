//! `duplicate-destination`.

use std::collections::HashMap;

use crate::config::runtime::Copy as CopyTable;
use crate::context::Entry;
use crate::plan::paths::{absolute, file_name};
use crate::plan::sources::{cleaned, copy_tables};
use crate::plan::{Copy, Instruction, InstructionKind, Source};
use crate::rules::{Findings, Subject, rule};
use crate::text::{Span, Spanned};

rule! {
    /// Two things are written to one path of the image.
    ///
    /// The later one wins without a word: the container starts another program than the one that was built, or lacks a
    /// file.
    ///
    /// ```toml,bad
    /// language = "go"
    ///
    /// [[build.binaries]]
    /// name = "api"
    /// path = "./cmd/api"
    /// dst = "/app/main"
    ///
    /// [[build.binaries]]
    /// name = "worker"
    /// path = "./cmd/worker"
    /// dst = "/app/main"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    ///
    /// [[build.binaries]]
    /// name = "api"
    /// path = "./cmd/api"
    /// dst = "/app/"
    ///
    /// [[build.binaries]]
    /// name = "worker"
    /// path = "./cmd/worker"
    /// dst = "/app/"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the later file is meant to replace the earlier one, as a configuration of your own over that of
    /// a folder.
    "duplicate-destination", ErrorUnlessOld, check in files
}

/// A path that the final stage writes.
struct Target {
    path: String,
    span: Span,
    /// Whether it is a file for certain; a folder's contents join those that are there.
    is_file: bool,
    /// The `copy` table that writes it.
    table: Option<Span>,
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(stage) = subject.plan.final_stage() else {
        return;
    };
    let tables = copy_tables(subject.config);
    let mut seen: HashMap<String, Vec<Target>> = HashMap::new();
    for instruction in &stage.instructions {
        let InstructionKind::Copy(copy) = &instruction.kind else {
            continue;
        };
        for target in targets(copy, instruction, &tables, subject) {
            let seen = seen.entry(target.path.clone()).or_default();
            if let Some(first) = seen.iter().find(|it| collide(it, &target, subject)) {
                let message = format!("`{}` is written twice", target.path);
                let finding = findings.report(target.span, message);
                finding.why("the later one wins, and the other is not in the image");
                finding.help("give one of them another destination");
                if first.span != target.span {
                    finding.label(first.span, "written here first");
                }
            }
            seen.push(target);
        }
    }
}

fn collide(first: &Target, second: &Target, subject: &Subject<'_>) -> bool {
    // The sources of one table lack a `/` behind their destination, which another rule says.
    let of_one_table = first.table.is_some() && first.table == second.table;
    (first.is_file || second.is_file)
        && !of_one_table
        && !are_alike(first.span, second.span, subject)
}

/// Whether two binaries or tools have one name, which another rule says.
fn are_alike(first: Span, second: Span, subject: &Subject<'_>) -> bool {
    let config = subject.config;
    let mut places: Vec<(Span, &str)> = Vec::new();
    for binary in &config.build.binaries {
        let name = binary.output_name.as_ref().unwrap_or(&binary.name);
        let keys = [Some(name), Some(&binary.path), binary.dst.as_ref()];
        places.extend(
            keys.into_iter()
                .flatten()
                .map(|key| (key.span, name.value.as_str())),
        );
    }
    for tool in &config.external_tools {
        let keys = [
            Some(&tool.name),
            tool.dst.as_ref(),
            tool.install_path.as_ref(),
        ];
        let keys = keys
            .into_iter()
            .flatten()
            .map(|key| key.span)
            .chain([tool.span]);
        places.extend(keys.map(|span| (span, tool.name.value.as_str())));
    }
    let name_at = |span: Span| {
        places
            .iter()
            .find(|(place, _)| *place == span)
            .map(|(_, name)| name)
    };
    name_at(first).is_some_and(|name| name_at(second) == Some(name))
}

/// What a copy writes, as far as it is known.
fn targets(
    copy: &Copy,
    instruction: &Instruction,
    tables: &[&Spanned<CopyTable>],
    subject: &Subject<'_>,
) -> Vec<Target> {
    let workdir = subject
        .plan
        .image
        .as_ref()
        .map_or("/", |image| image.workdir.as_str());
    let dst = absolute(workdir, &copy.dst);
    let mut list = Vec::new();
    for source in &copy.sources {
        let place = source.span.unwrap_or(instruction.origin.span);
        let table = tables.iter().find(|table| table.src.span.covers(place));
        let is_file = match (&copy.from, source.span) {
            // What the renderer copies by itself: binaries and tools; a whole archive goes into a folder.
            (Source::Stage { .. }, None) => !source.path.ends_with('/'),
            (Source::Context, _) => cleaned(&source.path).is_some_and(|path| {
                matches!(subject.context.entry(&path), Entry::File { .. })
                    || is_script(subject, instruction)
            }),
            _ => false,
        };
        let path = match dst.strip_suffix('/') {
            Some(folder) if is_file => format!("{folder}/{}", file_name(&source.path)),
            Some(_) => continue,
            None => dst.clone(),
        };
        let span = table.map_or(instruction.origin.span, |table| table.dst.span);
        list.push(Target {
            path,
            span,
            is_file,
            table: table.map(|table| table.src.span),
        });
    }
    list
}

fn is_script(subject: &Subject<'_>, instruction: &Instruction) -> bool {
    let image = subject.plan.image.as_ref();
    let script = image.and_then(|image| image.script.as_ref());
    script.is_some_and(|script| script.span == instruction.origin.span)
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, check_with};

    #[test]
    fn a_copy_over_the_program_is_reported() {
        check(
            r#"
language = "go"
build.target = "./cmd/server"
build.output = "/app/main"
runtime.copy = [{ src = "main", dst = "/app/main" }]
#                                     ^^^^^^^^^^^ error: `/app/main` is written twice
"#,
        );
    }

    #[test]
    fn a_file_keeps_its_name_in_a_folder() {
        check_with(
            r#"
language = "go"
build.target = "./cmd/server"
runtime.copy = [
  { src = "a/app.conf", dst = "/app/" },
  { src = "b/app.conf", dst = "./" },
#                             ^^^^ error: `/app/app.conf` is written twice
]
"#,
            &[
                ("go.mod", "module x"),
                ("cmd/server/main.go", ""),
                ("a/app.conf", ""),
                ("b/app.conf", ""),
            ],
        );
    }

    #[test]
    fn two_tools_are_told_apart_by_their_names() {
        let sum = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88";
        let other = "b76308f558d50d006add507f3ab86afc1147644519dd327f7f5fac6d02d4f595";
        check(&format!(
            r#"
language = "go"
platforms = ["linux/amd64"]
build.target = "./cmd/server"
external_tools = [
  {{ name = "a", url = "https://example.com/a-1.0", sha256 = "{sum}", dst = "/app/tool" }},
  {{ name = "b", url = "https://example.com/b-1.0", sha256 = "{other}", dst = "/app/tool" }},
#                                                                                                                                     ^^^^^^^^^^^ error: `/app/tool` is written twice
]
"#
        ));
    }

    #[test]
    fn folders_are_joined() {
        check_with(
            r#"
language = "go"
build.target = "./cmd/server"
runtime.copy = [{ src = "a", dst = "/app/web" }, { src = "b", dst = "/app/web" }]
"#,
            &[
                ("go.mod", "module x"),
                ("cmd/server/main.go", ""),
                ("a/x", ""),
                ("b/y", ""),
            ],
        );
    }
}
