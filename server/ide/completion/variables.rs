//! Variables behind a `$`, in the values that may hold one.

use super::slot::Slot;
use super::values::own_stage;
use super::{CompletionItem, CompletionKind, Request, names};
use crate::analysis::Analysis;
use crate::diagnostic::File;
use crate::ide::meaning::{Meaning, meaning, names as names_of, table};
use crate::plan::instructions::PLATFORM_ARGS;
use crate::plan::scope::Declared;
use crate::syntax::Step;

/// A variable that can be named: its name, and what it is.
type Variable = (String, &'static str);

/// What the url of a tool may hold.
const OF_A_TOOL: [(&str, &str); 3] = [
    ("version", "the tool's `version`"),
    ("arch", "the architecture, as in `amd64`"),
    ("os", "the operating system: `linux`"),
];

/// What fits behind a `$` at the end of `typed`, the text of the string at a path before the cursor; nothing where the
/// cursor is in no variable.
pub(super) fn complete(
    at: &Request<'_>,
    path: &[Step],
    typed: &str,
) -> Option<Vec<CompletionItem>> {
    let name = behind_dollar(typed)?;
    let (variables, needs_braces) = readable(at, path)?;
    Some(items(at, name, variables, needs_braces))
}

/// What is typed of a variable's name, with its brace, if the cursor stands in one.
fn behind_dollar(typed: &str) -> Option<&str> {
    let (before, name) = typed.rsplit_once('$')?;
    let bare = name.strip_prefix('{').unwrap_or(name);
    let is_name = bare
        .bytes()
        .all(|it| it.is_ascii_alphanumeric() || it == b'_');
    (is_name && !before.ends_with('\\')).then_some(name)
}

/// The variables that the string at a path can read, the nearest first, and whether they need braces; nothing where `$`
/// means itself.
fn readable(at: &Request<'_>, path: &[Step]) -> Option<(Vec<Variable>, bool)> {
    let names = names_of(path);
    let of_build = |names: Vec<String>| {
        let names = names.into_iter().map(|name| (name, "build argument"));
        names.collect::<Vec<_>>()
    };
    match names.as_slice() {
        [.., "env", _, "value"] if expands(at, path) => Some((of_stage(at, path), false)),
        [.., "env", _] | [.., "env", _, "value"] => None,
        names if names.contains(&"steps") => Some((of_stage(at, path), false)),
        ["external_tools", "#", "url"] => {
            let own = OF_A_TOOL.map(|(name, what)| (name.to_owned(), what));
            Some((own.to_vec(), true))
        }
        ["build", .., "ldflags" | "flags" | "tags", _] => {
            Some((of_build(names::entries(at, &["build", "args"])), true))
        }
        ["build", "command"] => Some((of_stage(at, path), false)),
        ["runtime", "healthcheck"]
        | ["runtime", "healthcheck", "test" | "cmd"]
        | ["runtime", "cmd" | "entrypoint", "shell"] => Some((of_container(at), false)),
        _ if matches!(meaning(path), Meaning::Image | Meaning::Base) => {
            let globals = names::entries(at, &["args"]).into_iter();
            let globals = globals.map(|name| (name, "global build argument"));
            Some((globals.collect(), true))
        }
        _ => None,
    }
}

/// Whether the variable that the path is in says `expand = true`.
fn expands(at: &Request<'_>, path: &[Step]) -> bool {
    let parent = path.split_last().map_or(path, |(_, parent)| parent);
    let expand = table(at.analysis, parent).and_then(|table| table.node("expand"));
    expand.is_some_and(|node| node.span.of(&at.analysis.text) == "true")
}

/// What the shell of the container can read.
fn of_container(at: &Request<'_>) -> Vec<Variable> {
    let mut found = Vec::new();
    for analysis in at.versions() {
        let Some(stage) = analysis.plan.final_stage() else {
            continue;
        };
        let mut declared = analysis.plan.declared(stage, stage.instructions.len());
        declared.retain(|it| it.is_env);
        add(&mut found, declared);
    }
    found
}

/// What the stage of a path can read.
fn of_stage(at: &Request<'_>, path: &[Step]) -> Vec<Variable> {
    let mut found = Vec::new();
    for analysis in at.versions() {
        add(&mut found, declared(at, analysis, path));
    }
    let globals = at.versions().flat_map(|it| it.plan.global_args());
    let globals = globals.map(|it| (it.name, "global build argument: needs an `ARG` here"));
    found.extend(globals);
    let automatic = PLATFORM_ARGS.iter();
    found.extend(automatic.map(|name| {
        let name = (*name).to_owned();
        (name, "set by the builder: needs an `ARG` here")
    }));
    found
}

/// Adds what is declared, the latest first.
fn add(found: &mut Vec<Variable>, declared: Vec<Declared>) {
    found.extend(declared.into_iter().rev().map(|it| {
        let detail = if it.is_env {
            "environment variable"
        } else {
            "build argument"
        };
        (it.name, detail)
    }));
}

/// What is declared in the stage of a path before the cursor.
fn declared(at: &Request<'_>, analysis: &Analysis, path: &[Step]) -> Vec<Declared> {
    let plan = &analysis.plan;
    let stage = match own_stage(at, path) {
        Some(name) => plan.stage(name),
        None => plan.final_stage(),
    };
    let Some(stage) = stage else {
        return Vec::new();
    };
    let mut declared = plan.declared(stage, stage.instructions.len());
    let document = &analysis.document;
    declared.retain(|it| {
        let place = it.origin.span;
        let is_step = document
            .path_at(place.start)
            .is_some_and(|path| names_of(&path).contains(&"steps"));
        it.origin.file != File::Document || !is_step || place.end <= at.offset
    });
    declared
}

fn items(
    at: &Request<'_>,
    typed: &str,
    variables: Vec<Variable>,
    needs_braces: bool,
) -> Vec<CompletionItem> {
    let bare = typed.strip_prefix('{').unwrap_or(typed);
    let has_brace = bare.len() < typed.len();
    let Some(slot) = Slot::name(at, bare) else {
        return Vec::new();
    };
    let closes = has_brace && !in_braces(at.after());
    let written = |name: &str| match (has_brace, closes) {
        (true, true) => format!("{name}}}"),
        (false, _) if needs_braces => format!("{{{name}}}"),
        _ => name.to_owned(),
    };
    let variables = variables.into_iter().map(|(name, detail)| CompletionItem {
        text: written(&name),
        rest_can_stay: written(&name) == name,
        ..slot.string(&name, CompletionKind::Name).with_detail(detail)
    });
    variables.collect()
}

/// Whether the rest of a name ends in a brace.
fn in_braces(after: &str) -> bool {
    let rest = after.trim_start_matches(|it: char| it.is_ascii_alphanumeric() || it == '_');
    rest.starts_with('}')
}
