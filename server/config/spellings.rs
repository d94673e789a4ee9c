//! Old and canonical spellings: one table of them, and the configuration in the canonical one.

use std::ops::Deref;

use crate::config::build::Build;
use crate::config::old::{Asset, RuntimeKey, Start};
use crate::config::runtime::{Cmd, Entrypoint, EnvValue, Healthcheck, HealthcheckTable, Runtime};
use crate::config::stage::Run;
use crate::config::values::{Entries, Text};
use crate::config::{Config, Language};
use crate::syntax::{Document, Entry, Node, Table, Value};
use crate::text::{Span, Spanned};

/// An old key and the canonical one that means the same. `*` stands for any item of an array, or any key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelling {
    /// The old key's path.
    pub old: &'static [&'static str],
    /// The canonical key's path.
    pub canonical: &'static [&'static str],
    /// Whether the two are joined, so that both may stand in one file.
    pub joined: bool,
}

const fn spelling(old: &'static [&'static str], canonical: &'static [&'static str]) -> Spelling {
    Spelling {
        old,
        canonical,
        joined: false,
    }
}

const fn joined(old: &'static [&'static str], canonical: &'static [&'static str]) -> Spelling {
    Spelling {
        old,
        canonical,
        joined: true,
    }
}

/// Every old spelling. `runtime` as a string is told apart by its type, see [`conflicts`].
pub const SPELLINGS: &[Spelling] = &[
    spelling(&["runtime"], &["language"]),
    spelling(&["runtime_config", "*"], &["runtime", "*"]),
    joined(&["runtime_config", "copy"], &["runtime", "copy"]),
    joined(&["runtime_config", "env"], &["runtime", "env"]),
    joined(&["runtime_assets"], &["runtime", "copy"]),
    joined(&["env"], &["runtime", "env"]),
    spelling(&["start", "command"], &["runtime", "cmd"]),
    spelling(&["start", "entrypoint"], &["runtime", "entrypoint"]),
    spelling(&["start", "entrypoint_script"], &["runtime", "entrypoint"]),
    spelling(&["start", "entrypoint_script"], &["start", "entrypoint"]),
    spelling(&["runtime", "system_deps"], &["runtime", "packages"]),
    spelling(
        &["runtime", "healthcheck_opts", "interval"],
        &["runtime", "healthcheck", "interval"],
    ),
    spelling(
        &["runtime", "healthcheck_opts", "timeout"],
        &["runtime", "healthcheck", "timeout"],
    ),
    spelling(
        &["runtime", "healthcheck_opts", "start_period"],
        &["runtime", "healthcheck", "start_period"],
    ),
    spelling(
        &["runtime", "healthcheck_opts", "retries"],
        &["runtime", "healthcheck", "retries"],
    ),
    spelling(&["install", "system_deps"], &["build", "packages"]),
    spelling(
        &["build", "binaries", "*", "build_flags"],
        &["build", "binaries", "*", "flags"],
    ),
    spelling(
        &["build", "copy", "*", "from_stage"],
        &["build", "copy", "*", "from"],
    ),
    spelling(
        &["build", "copy", "*", "from-stage"],
        &["build", "copy", "*", "from"],
    ),
    spelling(
        &["runtime", "copy", "*", "from_stage"],
        &["runtime", "copy", "*", "from"],
    ),
    spelling(
        &["runtime", "copy", "*", "from-stage"],
        &["runtime", "copy", "*", "from"],
    ),
    spelling(
        &["runtime", "copy", "*", "from-stage"],
        &["runtime", "copy", "*", "from_stage"],
    ),
];

/// One meaning in two spellings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The old key as it stands, dotted, and its place.
    pub old: (String, Span),
    /// The canonical key as it stands, dotted, and its place.
    pub canonical: (String, Span),
}

/// Every pair of keys in a document that say the same in two spellings.
pub fn conflicts(document: &Document) -> Vec<Conflict> {
    let mut conflicts: Vec<Conflict> = Vec::new();
    for spelling in SPELLINGS.iter().filter(|spelling| !spelling.joined) {
        for (old, canonical) in pairs(&document.root, spelling) {
            let known = conflicts.iter().any(|conflict| conflict.old.1 == old.1);
            if !known {
                conflicts.push(Conflict { old, canonical });
            }
        }
    }
    conflicts.retain(|conflict| !is_joined(conflict));
    conflicts
}

/// Whether a pair that a wildcard found is one of those that are joined.
fn is_joined(conflict: &Conflict) -> bool {
    let same = |path: &[&str], text: &str| path.join(".") == text;
    SPELLINGS.iter().any(|spelling| {
        spelling.joined
            && same(spelling.old, &conflict.old.0)
            && same(spelling.canonical, &conflict.canonical.0)
    })
}

/// Every old spelling that a document uses, with its canonical path.
pub fn old_spellings(document: &Document) -> Vec<(String, Span, String)> {
    let mut found: Vec<(String, Span, String)> = Vec::new();
    for spelling in SPELLINGS {
        for (keys, place) in matches(&document.root, spelling.old) {
            if spelling.old == ["runtime"] && !is_string(&document.root, "runtime") {
                continue;
            }
            if found.iter().all(|(_, span, _)| *span != place.1) {
                found.push((place.0, place.1, fill(spelling.canonical, &keys)));
            }
        }
    }
    found.sort_by_key(|(_, span, _)| *span);
    found
}

fn is_string(root: &Table, name: &str) -> bool {
    root.node(name).is_some_and(|node| node.string().is_some())
}

type Place = (String, Span);

fn pairs(root: &Table, spelling: &Spelling) -> Vec<(Place, Place)> {
    let mut pairs = Vec::new();
    for (keys, old) in matches(root, spelling.old) {
        let path = fill(spelling.canonical, &keys);
        let canonical = matches(root, spelling.canonical)
            .into_iter()
            .find(|(_, place)| place.0 == path);
        if let Some((_, canonical)) = canonical
            && canonical.1 != old.1
        {
            pairs.push((old, canonical));
        }
    }
    if spelling.old == ["runtime"] && !is_string(root, "runtime") {
        pairs.clear();
    }
    pairs
}

/// The path with its wildcards filled in.
fn fill(path: &[&str], keys: &[String]) -> String {
    let mut keys = keys.iter();
    let parts = path.iter().map(|part| match *part {
        "*" => keys.next().cloned().unwrap_or_default(),
        part => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join(".")
}

/// The keys at a path, each with what its wildcards matched. `runtime_config` stands for `runtime` as well, since both
/// name the same table.
fn matches(root: &Table, path: &[&str]) -> Vec<(Vec<String>, Place)> {
    let mut found = Vec::new();
    walk(root, path, &mut Vec::new(), &mut Vec::new(), &mut found);
    if let ["runtime", rest @ ..] = path
        && !rest.is_empty()
        && !rest.contains(&"*")
    {
        let mut old = vec!["runtime_config"];
        old.extend(rest);
        walk(root, &old, &mut Vec::new(), &mut Vec::new(), &mut found);
        for (_, place) in &mut found {
            if let Some(rest) = place.0.strip_prefix("runtime_config.") {
                place.0 = format!("runtime.{rest}");
            }
        }
    }
    found
}

fn walk(
    table: &Table,
    path: &[&str],
    keys: &mut Vec<String>,
    dotted: &mut Vec<String>,
    found: &mut Vec<(Vec<String>, Place)>,
) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    let fitting = table
        .entries
        .iter()
        .filter(|entry| *first == "*" || entry.key.name == *first);
    for Entry { key, value } in fitting {
        dotted.push(key.name.clone());
        if *first == "*" {
            keys.push(key.name.clone());
        }
        if rest.is_empty() {
            found.push((keys.clone(), (dotted.join("."), key.span)));
        } else {
            walk_below(value, rest, keys, dotted, found);
        }
        if *first == "*" {
            keys.pop();
        }
        dotted.pop();
    }
}

fn walk_below(
    node: &Node,
    path: &[&str],
    keys: &mut Vec<String>,
    dotted: &mut Vec<String>,
    found: &mut Vec<(Vec<String>, Place)>,
) {
    match (&node.value, path) {
        (Value::Table(table), path) => walk(table, path, keys, dotted, found),
        (Value::Array(items), ["*", rest @ ..]) => {
            for (index, item) in items.iter().enumerate() {
                keys.push(index.to_string());
                dotted.push(index.to_string());
                walk_below(item, rest, keys, dotted, found);
                dotted.pop();
                keys.pop();
            }
        }
        _ => {}
    }
}

/// A configuration in the canonical spelling: what both spellings mean, once.
#[derive(Debug, Clone, Default)]
pub struct Canonical {
    config: Config,
    /// Where `runtime = "go"` stands, the mark of an old-style file.
    pub old_style: Option<Span>,
    /// The language that is built.
    pub language: Option<Spanned<Language>>,
    /// What is built.
    pub build: Build,
    /// The final image.
    pub runtime: Runtime,
    /// `[[runtime_assets]]`: copies with Docker's own meaning.
    pub assets: Vec<Spanned<Asset>>,
    /// The environment of the final image: `[env]` first.
    pub env: Vec<(Text, EnvValue)>,
    /// What replaces the generated dependency-install step.
    pub install_command: Option<Text>,
    /// The health check with its timing, unless it is switched off.
    pub healthcheck: Option<Check>,
    /// When a health check runs that the file does not name: the timing that it gives for one.
    pub timing: HealthcheckTable,
    /// Whether a health check is switched off explicitly.
    pub no_healthcheck: Option<Span>,
}

/// Everything that has one spelling only.
impl Deref for Canonical {
    type Target = Config;

    fn deref(&self) -> &Config {
        &self.config
    }
}

/// A health check with its timing.
#[derive(Debug, Clone)]
pub struct Check {
    /// What is run.
    pub command: Run,
    /// Where the command stands.
    pub span: Span,
    /// The timing.
    pub timing: HealthcheckTable,
}

impl Canonical {
    /// The canonical spelling of a configuration. Of two spellings of one meaning the canonical one counts.
    pub fn new(mut config: Config) -> Self {
        let old_style = config.old_style();
        let (mut runtime, language) = runtime_of(&mut config);
        let mut build = config.build.take().unwrap_or_default();
        let install = config.install.take().unwrap_or_default();
        build.packages = build.packages.take().or(install.system_deps);
        for binary in &mut build.binaries {
            binary.value.flags = binary
                .value
                .flags
                .take()
                .or(binary.value.build_flags.take());
        }
        runtime.packages = runtime.packages.take().or(runtime.system_deps.take());
        move_start(config.start.take().unwrap_or_default(), &mut runtime);
        let (healthcheck, timing, no_healthcheck) = check_of(&mut runtime);
        let env = [&config.env, &runtime.env]
            .into_iter()
            .flat_map(|Entries(entries)| entries.clone())
            .collect();
        let assets = std::mem::take(&mut config.runtime_assets);
        let install_command = install.command;
        Self {
            config,
            old_style,
            language,
            build,
            runtime,
            assets,
            env,
            install_command,
            healthcheck,
            timing,
            no_healthcheck,
        }
    }
}

/// The final image and the language, in whichever spelling.
fn runtime_of(config: &mut Config) -> (Runtime, Option<Spanned<Language>>) {
    let old = config.runtime_config.take().map(|runtime| runtime.value);
    match config.runtime.take() {
        Some(RuntimeKey::Language(language)) => (
            old.unwrap_or_default(),
            config.language.clone().or(Some(language)),
        ),
        Some(RuntimeKey::Image(image)) => {
            let runtime = match old {
                Some(old) => merge(image.value, old),
                None => image.value,
            };
            (runtime, config.language.clone())
        }
        None => (old.unwrap_or_default(), config.language.clone()),
    }
}

/// `[runtime]` beside `[runtime_config]`: the canonical one counts, lists and tables are joined, the old ones first.
fn merge(new: Runtime, old: Runtime) -> Runtime {
    Runtime {
        image: new.image.or(old.image),
        image_family: new.image_family.or(old.image_family),
        packages: new.packages.or(old.packages),
        system_deps: new.system_deps.or(old.system_deps),
        user: new.user.or(old.user),
        workdir: new.workdir.or(old.workdir),
        dirs: new.dirs.or(old.dirs),
        expose: new.expose.or(old.expose),
        env: Entries(old.env.0.into_iter().chain(new.env.0).collect()),
        labels: Entries(old.labels.0.into_iter().chain(new.labels.0).collect()),
        volumes: new.volumes.or(old.volumes),
        stop_signal: new.stop_signal.or(old.stop_signal),
        shell: new.shell.or(old.shell),
        args: Entries(old.args.0.into_iter().chain(new.args.0).collect()),
        init: new.init.or(old.init),
        steps: old.steps.into_iter().chain(new.steps).collect(),
        copy: old.copy.into_iter().chain(new.copy).collect(),
        entrypoint: new.entrypoint.or(old.entrypoint),
        cmd: new.cmd.or(old.cmd),
        healthcheck: new.healthcheck.or(old.healthcheck),
        healthcheck_opts: new.healthcheck_opts.or(old.healthcheck_opts),
    }
}

/// `[start]` into `[runtime]`.
fn move_start(start: Start, runtime: &mut Runtime) {
    let script = start
        .entrypoint_script
        .map(|script| script.map(Entrypoint::Script));
    // An empty array meant that nothing is set.
    let exec = start
        .entrypoint
        .filter(|words| !words.is_empty())
        .map(|words| words.map(Entrypoint::Exec));
    runtime.entrypoint = runtime.entrypoint.take().or(script).or(exec);
    runtime.cmd = runtime.cmd.take().or(start.command);
    let blank =
        |cmd: &Spanned<Cmd>| matches!(&cmd.value, Cmd::Words(text) if text.trim().is_empty());
    runtime.cmd = runtime.cmd.take().filter(|cmd| !blank(cmd));
}

/// The health check in all its forms, the timing for one that the language brings, and where it is switched off.
fn check_of(runtime: &mut Runtime) -> (Option<Check>, HealthcheckTable, Option<Span>) {
    let opts = runtime
        .healthcheck_opts
        .take()
        .map(|opts| opts.value)
        .unwrap_or_default();
    let mut timing = HealthcheckTable::default();
    let mut command = None;
    if let Some(check) = runtime.healthcheck.take() {
        match check.value {
            Healthcheck::None(_) => return (None, timing, Some(check.span)),
            Healthcheck::Shell(text) if text.is_empty() => return (None, timing, Some(check.span)),
            Healthcheck::Shell(text) => {
                command = Some(Spanned::new(Run::Shell(text), check.span));
            }
            Healthcheck::Exec(words) => command = Some(Spanned::new(Run::Exec(words), check.span)),
            Healthcheck::Table(table) => {
                command = table.command().cloned();
                timing = *table;
            }
        }
    }
    timing.interval = timing.interval.take().or(opts.interval);
    timing.timeout = timing.timeout.take().or(opts.timeout);
    timing.start_period = timing.start_period.take().or(opts.start_period);
    timing.retries = timing.retries.take().or(opts.retries);
    let check = command.map(|command| Check {
        command: command.value,
        span: command.span,
        timing: timing.clone(),
    });
    (check, timing, None)
}
