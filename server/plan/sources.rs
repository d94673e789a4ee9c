//! What the plan takes from the build context, and the paths that lie near a misspelt one.

use crate::config::runtime::Copy as CopyTable;
use crate::config::spellings::Canonical;
use crate::config::stage::{BindMount, Step, StepTable};
use crate::context::{LONGEST_LIST, Rooted, glob};
use crate::diagnostic::File;
use crate::plan::paths::Layout;
use crate::plan::{
    BuildPlan, BuildStage, Instruction, InstructionKind, Mount, Source, SourcePath, Written,
    WrittenMount,
};
use crate::text::{Span, Spanned};

/// Something of the build context that an instruction needs.
#[derive(Debug, Clone)]
pub struct ContextSource<'a> {
    /// The path as the user names it.
    pub written: String,
    /// The path below the context root, cleaned; empty for the root. Nothing if it leads out by its own text.
    pub path: Option<String>,
    /// Whether it is a pattern.
    pub is_glob: bool,
    /// What it is needed for.
    pub usage: Usage,
    /// The file that names it.
    pub file: &'a File,
    /// Where it is named; what the renderer adds by itself has no place.
    pub span: Option<Span>,
    /// The instruction.
    pub instruction: &'a Instruction,
    /// Its stage.
    pub stage: &'a BuildStage,
}

/// What a source is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// A `copy` or `add` table.
    Table,
    /// `COPY` and `ADD` in Dockerfile's own language: a leading `/` means the context root.
    Written,
    /// A mount.
    Mount,
    /// The entrypoint's script.
    Script,
}

impl ContextSource<'_> {
    /// The path of a source that lies in the context and is no pattern.
    pub fn plain(&self) -> Option<&str> {
        self.path.as_deref().filter(|_| !self.is_glob)
    }

    /// The paths that it means; nothing if they are unknown.
    pub fn paths(&self, context: &Rooted<'_>) -> Option<Vec<String>> {
        let path = self.path.as_ref()?;
        if self.is_glob {
            return glob::expand(context, path);
        }
        Some(vec![path.clone()])
    }

    /// The text at its place with another path in it, if that is certain.
    pub fn renamed(&self, text: &str, new: &str) -> Option<String> {
        if *self.file != File::Document {
            return None;
        }
        let literal = self.span?.of(text);
        (literal.matches(&self.written).count() == 1).then(|| literal.replace(&self.written, new))
    }
}

/// Everything that the plan takes from the build context. Left out is what holds a variable, and everything where nobody
/// knows the application's folder.
pub fn context_sources<'a>(
    config: &Canonical,
    plan: &'a BuildPlan,
    layout: &Layout,
) -> Vec<ContextSource<'a>> {
    // A file that is used as it is may be built elsewhere, with files that are not there yet.
    if plan.verbatim.is_some() {
        return Vec::new();
    }
    let mut list = Vec::new();
    if !layout.is_placed() {
        return list;
    }
    for (stage, instruction) in plan.instructions() {
        let mut add = |path: &str, span: Option<Span>, usage| {
            list.extend(
                source(layout, path, usage).map(|(written, path)| ContextSource {
                    is_glob: usage != Usage::Mount && glob::is_glob(&written),
                    written,
                    path,
                    usage,
                    file: &instruction.origin.file,
                    span,
                    instruction,
                    stage,
                }),
            );
        };
        match &instruction.kind {
            InstructionKind::Copy(copy) if copy.from == Source::Context => {
                let usage = if is_script(plan, instruction) {
                    Usage::Script
                } else {
                    Usage::Table
                };
                for source in &copy.sources {
                    add(&source.path, source.span, usage);
                }
            }
            InstructionKind::Add(it) => {
                for source in it.sources.iter().filter(|it| !is_remote(it)) {
                    add(&source.path, source.span, Usage::Table);
                }
            }
            InstructionKind::Run(run) => {
                for mount in &run.mounts {
                    if let Mount::Bind {
                        from: None,
                        source: Some(path),
                        ..
                    } = mount
                    {
                        add(
                            path,
                            bind_span(config, layout, path, instruction),
                            Usage::Mount,
                        );
                    }
                }
            }
            InstructionKind::Written(written) => {
                for (path, span) in of_written(written) {
                    let usage = if written.keyword == "RUN" {
                        Usage::Mount
                    } else {
                        Usage::Written
                    };
                    add(&path, Some(span), usage);
                }
            }
            _ => {}
        }
    }
    list
}

fn is_remote(source: &SourcePath) -> bool {
    source.path.contains("://") || source.path.starts_with("git@")
}

fn is_script(plan: &BuildPlan, instruction: &Instruction) -> bool {
    let script = plan.image.as_ref().and_then(|image| image.script.as_ref());
    script.is_some_and(|script| script.span == instruction.origin.span)
}

/// The user's words and the cleaned path; nothing if nobody can know what is meant.
fn source(layout: &Layout, path: &str, usage: Usage) -> Option<(String, Option<String>)> {
    let written = path.strip_prefix(&layout.application).unwrap_or(path);
    let is_escaped = written.contains('\\') && !glob::is_glob(written);
    if written.contains('$') || is_escaped || path.is_empty() {
        return None;
    }
    // Such a string is no script: another rule says that it is meant as a command.
    if usage == Usage::Script && (written.starts_with('/') || written.contains(char::is_whitespace))
    {
        return None;
    }
    let leads_out = usage == Usage::Table && written.starts_with('/')
        || matches!(usage, Usage::Table | Usage::Script) && written.split('/').any(|it| it == "..");
    let below = cleaned(path).filter(|_| !leads_out);
    Some((written.to_owned(), below))
}

/// A path below the context root without `.`, `..` and doubled slashes; nothing if it leads out.
pub fn cleaned(path: &str) -> Option<String> {
    let mut names = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop()?;
            }
            name => names.push(name),
        }
    }
    Some(names.join("/"))
}

/// The sources of an instruction in Dockerfile's own language.
fn of_written(written: &Written) -> Vec<(String, Span)> {
    match written.keyword.as_str() {
        "COPY" | "ADD" if written.flag("from").is_none() => {
            let sources = written
                .paths
                .split_last()
                .map_or(&[][..], |(_, sources)| sources);
            let local = sources.iter().filter(|source| !is_remote(source));
            local
                .filter_map(|source| Some((source.path.clone(), source.span?)))
                .collect()
        }
        "RUN" => {
            let mounts = written.mounts.iter();
            let sources = mounts.filter_map(WrittenMount::context_source);
            sources
                .map(|source| (source.value.clone(), source.span))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Where a step names what it mounts.
fn bind_span(
    config: &Canonical,
    layout: &Layout,
    path: &str,
    instruction: &Instruction,
) -> Option<Span> {
    let is_run = |table: &&StepTable| {
        table
            .run
            .as_ref()
            .is_some_and(|run| run.span == instruction.origin.span)
    };
    let table = step_tables(config).into_iter().find(is_run)?;
    let binds = table.bind.iter().flat_map(|binds| binds.iter());
    binds
        .filter_map(|bind| match &bind.value {
            BindMount::Path(path) => Some((layout.path(path), bind.span)),
            BindMount::Table(table) => {
                let source = table.source.as_ref()?;
                Some((layout.path(source), source.span))
            }
        })
        .find(|(source, _)| source == path)
        .map(|(_, span)| span)
}

/// All steps that are tables.
pub fn step_tables(config: &Canonical) -> Vec<&StepTable> {
    let stages = config.stages.iter().flat_map(|stage| &stage.steps);
    let steps = config.build.steps.iter().chain(&config.runtime.steps);
    let tables = steps.chain(stages).filter_map(|step| match &step.value {
        Step::Table(table) => Some(&**table),
        Step::Text(_) => None,
    });
    tables.collect()
}

/// All `copy` tables.
pub fn copy_tables(config: &Canonical) -> Vec<&Spanned<CopyTable>> {
    let steps = step_tables(config).into_iter();
    let steps = steps.filter_map(|step| step.copy.as_ref());
    let copies = config.runtime.copy.iter().chain(&config.build.copy);
    copies.chain(steps).collect()
}

/// The existing path that differs in case only, where a file system that minds case finds nothing.
pub fn real_case(context: &Rooted<'_>, path: &str) -> Option<String> {
    let mut real = String::new();
    for name in path.split('/') {
        let names = context.list(&real);
        if names.len() >= LONGEST_LIST {
            return None;
        }
        let found = if names.iter().any(|it| it == name) {
            name
        } else {
            let lower = name.to_lowercase();
            let mut alike = names.iter().filter(|it| it.to_lowercase() == lower);
            match (alike.next(), alike.next()) {
                (Some(only), None) => only,
                _ => return None,
            }
        };
        real = join(&real, found);
    }
    (real != path).then_some(real)
}

/// A name in a folder; the empty folder is the root.
pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}
