//! Steps: text or tables to instructions.

use crate::config::runtime::Copy as CopyTable;
use crate::config::spellings::Canonical;
use crate::config::stage::{
    Add as AddTable, BindMount, CacheMount, Run as StepRun, Ssh, Step, StepTable,
};
use crate::config::values::OneOrMany;
use crate::plan::parse::parse_step;
use crate::plan::paths::{Layout, absolute, file_name};
use crate::plan::user::owner;
use crate::plan::{
    Add, BaseFacts, Copy, Instruction, InstructionKind, Mount, Problem, ProblemKind, Run,
    RunCommand, RunningUser, Source, SourcePath, Written,
};
use crate::syntax::string::Places;
use crate::text::{Span, Spanned};

/// What a step is planned against.
pub(super) struct Surroundings<'a> {
    pub(super) config: &'a Canonical,
    pub(super) text: &'a str,
    pub(super) layout: &'a Layout,
    /// The names of all stages.
    pub(super) stages: &'a [String],
    /// The working folder, where the stage's is known.
    pub(super) workdir: Option<&'a str>,
    /// The image and its user, in the final stage.
    pub(super) image: Option<(&'a BaseFacts, &'a RunningUser)>,
}

/// The instructions of one step.
pub(super) fn step(
    step: &Spanned<Step>,
    around: &Surroundings<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Instruction> {
    match &step.value {
        Step::Text(text) => written(text, step.span, around, problems)
            .into_iter()
            .collect(),
        Step::Table(table) => of_table(table, step.span, around, problems),
    }
}

/// A string step. Places inside it become places of the document.
fn written(
    text: &str,
    literal: Span,
    around: &Surroundings<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Instruction> {
    let places = Places::new(around.text, literal);
    let place = |span: Span| places.span(span.range());
    let (step, faults) = parse_step(text);
    for fault in faults {
        let fault = fault.moved(&place);
        let span = fault.span;
        problems.push(Problem::new(ProblemKind::StepSyntax(fault), span));
    }
    let mut step = step?.moved(&place);
    below_context(&mut step, around.layout);
    let kind = InstructionKind::Written(Box::new(step));
    Some(Instruction::new(kind, literal))
}

/// Puts the application's folder in front of context sources.
fn below_context(step: &mut Written, layout: &Layout) {
    let from_context =
        matches!(step.keyword.as_str(), "COPY" | "ADD") && step.flag("from").is_none();
    let json = step.arguments.starts_with('[');
    if layout.application.is_empty() || !from_context || step.arguments.contains('\n') {
        return;
    }
    let Some((_, sources)) = step.paths.split_last() else {
        return;
    };
    let count = sources.len();
    for path in step.paths.iter_mut().take(count) {
        if !path.path.contains("://") && !path.path.starts_with('/') {
            path.path = layout.path(&path.path);
        }
    }
    let words: Vec<String> = step.paths.iter().map(|path| path.path.clone()).collect();
    // A folder's own name may need the JSON form; variables mean the same in it.
    let is_plain = |word: &String| {
        !word.starts_with(['-', '[', '<'])
            && !word.contains(|it: char| it.is_whitespace() || "\"'\\".contains(it))
    };
    step.arguments = if json || !words.iter().all(is_plain) {
        serde_json::Value::from(words).to_string()
    } else {
        words.join(" ")
    };
}

fn of_table(
    table: &StepTable,
    span: Span,
    around: &Surroundings<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Instruction> {
    let one = |kind| vec![Instruction::new(kind, span)];
    if let Some(run) = &table.run {
        return vec![Instruction::new(
            InstructionKind::Run(run_of(table, run, around)),
            run.span,
        )];
    }
    if let Some(table) = &table.copy {
        return copies(&table.value, table.span, around, problems);
    }
    if let Some(add) = &table.add {
        return one(InstructionKind::Add(add_of(&add.value, around)));
    }
    if let Some(env) = &table.env {
        let env = env
            .iter()
            .map(|(name, value)| env_of(name, value.text(), value.expands()));
        return env.collect();
    }
    if let Some(workdir) = &table.workdir {
        return one(InstructionKind::Workdir(workdir.value.clone()));
    }
    if let Some(user) = &table.user {
        return one(InstructionKind::User(user.value.clone()));
    }
    if let Some(args) = &table.arg {
        return args
            .iter()
            .map(|(name, default)| arg_of(name, default))
            .collect();
    }
    match &table.shell {
        Some(words) => one(InstructionKind::Shell(
            words.iter().map(|word| word.value.clone()).collect(),
        )),
        None => Vec::new(),
    }
}

/// One `ENV`.
pub(super) fn env_of(name: &Spanned<String>, value: &Spanned<String>, expand: bool) -> Instruction {
    let kind = InstructionKind::Env {
        name: name.value.clone(),
        value: value.value.clone(),
        expand,
    };
    Instruction::new(kind, name.span.cover(value.span))
}

/// One `ARG`; an empty default takes the global one.
pub(super) fn arg_of(name: &Spanned<String>, default: &Spanned<String>) -> Instruction {
    let default_value = (!default.value.is_empty()).then(|| default.value.clone());
    let kind = InstructionKind::Arg {
        name: name.value.clone(),
        default: default_value,
    };
    Instruction::new(kind, name.span.cover(default.span))
}

fn run_of(table: &StepTable, run: &Spanned<StepRun>, around: &Surroundings<'_>) -> Run {
    let command = match &run.value {
        StepRun::Shell(text) => RunCommand::Shell(text.clone()),
        StepRun::Exec(words) => {
            RunCommand::Exec(words.iter().map(|word| word.value.clone()).collect())
        }
    };
    Run {
        mounts: mounts(table, around),
        network: table.network.as_ref().map(|network| network.name()),
        command,
    }
}

/// The mounts in their order: cache, bind, secret, ssh.
fn mounts(table: &StepTable, around: &Surroundings<'_>) -> Vec<Mount> {
    let mut mounts = Vec::new();
    for cache in table.cache.iter().flat_map(|caches| caches.iter()) {
        mounts.push(match &cache.value {
            CacheMount::Target(target) => cache_mount(target),
            CacheMount::Table(table) => Mount::Cache {
                target: table.target.value.clone(),
                id: table.id.as_ref().map(|id| id.value.clone()),
                sharing: table.sharing.as_ref().map(|sharing| sharing.name()),
            },
        });
    }
    for bind in table.bind.iter().flat_map(|binds| binds.iter()) {
        mounts.push(bind_mount(&bind.value, around.layout));
    }
    for id in table.secret.iter().flat_map(|ids| ids.iter()) {
        mounts.push(secret_mount(around.config, id));
    }
    match table.ssh.as_ref().map(|ssh| &ssh.value) {
        Some(Ssh::Default(true)) => mounts.push(Mount::Ssh { id: None }),
        Some(Ssh::Id(id)) => mounts.push(Mount::Ssh {
            id: Some(id.clone()),
        }),
        Some(Ssh::Default(false)) | None => {}
    }
    mounts
}

/// A cache mount at a folder.
pub(super) fn cache_mount(target: &str) -> Mount {
    Mount::Cache {
        target: target.to_owned(),
        id: None,
        sharing: None,
    }
}

fn bind_mount(bind: &BindMount, layout: &Layout) -> Mount {
    match bind {
        BindMount::Path(path) => Mount::Bind {
            from: None,
            source: Some(layout.path(path)),
            target: path.clone(),
            writable: false,
        },
        BindMount::Table(table) => Mount::Bind {
            from: table.from.as_ref().map(|from| from.value.clone()),
            source: table.source.as_ref().map(|source| match table.from {
                Some(_) => source.value.clone(),
                None => layout.path(source),
            }),
            target: table.target.value.clone(),
            writable: table.rw.as_ref().is_some_and(|rw| rw.value),
        },
    }
}

/// The mount of a secret as `[secrets]` describes it; one that is not declared there has only its id.
pub(super) fn secret_mount(config: &Canonical, id: &str) -> Mount {
    let secret = config.secrets.value(id).cloned().unwrap_or_default();
    Mount::Secret {
        id: id.to_owned(),
        target: secret.target.map(|target| target.value),
        env: secret.env.map(|env| env.value),
        required: secret.required.is_some_and(|required| required.value),
    }
}

/// Where a `from` takes its files.
pub(super) fn source_of(from: Option<&Spanned<String>>, stages: &[String]) -> Source {
    let Some(from) = from else {
        return Source::Context;
    };
    if let Some(image) = from.strip_prefix("image:") {
        return Source::Image(image.to_owned());
    }
    match from.strip_prefix("context:") {
        Some(name) if !stages.contains(&from.value) => Source::Named(name.to_owned()),
        _ => Source::Stage {
            name: from.value.clone(),
            span: Some(from.span),
        },
    }
}

/// The copies of a `copy` table: a source keeps its name under a destination that ends in `/`.
pub(super) fn copies(
    table: &CopyTable,
    span: Span,
    around: &Surroundings<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Instruction> {
    let from = source_of(table.source(), around.stages);
    let dst = match around.workdir {
        Some(workdir) => absolute(workdir, &table.dst),
        None => table.dst.value.clone(),
    };
    let parents = table.parents.as_ref().is_some_and(|parents| parents.value);
    let chown = table.chown.as_ref().map(|chown| match around.image {
        Some((base, user)) => owner(chown, chown.span, user, base, problems),
        None => chown.value.clone(),
    });
    let place_of = |source: &Spanned<String>| match &table.src.value {
        OneOrMany::One(_) => span,
        OneOrMany::Many(_) => source.span,
    };
    let copy = |source: &Spanned<String>| {
        let path = match from {
            Source::Context => around.layout.path(source),
            _ => source.value.clone(),
        };
        let keeps_name = dst.ends_with('/') && !parents && has_name(source);
        let dst = if keeps_name {
            format!("{dst}{}", file_name(source))
        } else {
            dst.clone()
        };
        let copy = Copy {
            from: from.clone(),
            sources: vec![SourcePath {
                path,
                span: Some(source.span),
            }],
            dst,
            chown: chown.clone(),
            chmod: table.chmod.as_ref().map(|chmod| chmod.value.clone()),
            link: table.link.as_ref().is_some_and(|link| link.value),
            exclude: table
                .exclude
                .iter()
                .flat_map(|patterns| patterns.iter().map(|it| it.value.clone()))
                .collect(),
            parents,
        };
        Instruction::new(InstructionKind::Copy(copy), place_of(source))
    };
    table.src.texts().iter().map(copy).collect()
}

/// Whether a source has a name of its own to keep: globs, `folder/` and `.` mean what they match or hold.
fn has_name(source: &str) -> bool {
    let is_glob = source.contains(['*', '?', '[']);
    !is_glob && !source.ends_with('/') && !matches!(file_name(source), "" | "." | "..")
}

fn add_of(table: &AddTable, around: &Surroundings<'_>) -> Add {
    let source = |source: &Spanned<String>| {
        let path = if source.contains("://") {
            source.value.clone()
        } else {
            around.layout.path(source)
        };
        SourcePath {
            path,
            span: Some(source.span),
        }
    };
    Add {
        sources: table.src.texts().iter().map(source).collect(),
        dst: table.dst.value.clone(),
        checksum: table
            .checksum
            .as_ref()
            .map(|checksum| checksum.value.clone()),
        chown: table.chown.as_ref().map(|chown| chown.value.clone()),
        chmod: table.chmod.as_ref().map(|chmod| chmod.value.clone()),
        link: table.link.as_ref().is_some_and(|link| link.value),
        unpack: table.unpack.as_ref().map(|unpack| unpack.value),
    }
}
