//! What is known of a variable: who declares it, and its default.

use std::ops::Range;

use super::Hover;
use crate::analysis::Analysis;
use crate::diagnostic::File;
use crate::ide::meaning::{Meaning, meaning, names};
use crate::image::variables;
use crate::plan::Origin;
use crate::plan::instructions::PLATFORM_ARGS;
use crate::plan::parse::{parse_step, shell_variables};
use crate::plan::scope::Declared;
use crate::plan::tool::architectures;
use crate::syntax::string::{decoded_offset, decoded_span};
use crate::syntax::{Step, Table};
use crate::text::Span;

/// What is known of the variable at an offset, in a step or in another value that may hold one.
pub(super) fn variable(analysis: &Analysis, offset: u32) -> Option<Hover> {
    let path = analysis.document.path_at(offset)?;
    let found = analysis.document.find(&path)?;
    let literal = found.node.span;
    let text = found.node.string().filter(|_| literal.touches(offset))?;
    let at = decoded_offset(&analysis.text, literal, offset)?;
    let names = names(&path);
    let (markdown, place) = match names.as_slice() {
        [.., "steps", "#"] => in_step(analysis, literal, text, at, true)?,
        [.., "env", _] => return None,
        names if names.contains(&"steps") => in_step(analysis, literal, text, at, false)?,
        _ => in_value(analysis, &path, text, at)?,
    };
    Some(Hover {
        span: decoded_span(&analysis.text, literal, place),
        markdown,
    })
}

/// The page of the variable that holds a byte of another value.
fn in_value(
    analysis: &Analysis,
    path: &[Step],
    text: &str,
    at: usize,
) -> Option<(String, Range<usize>)> {
    let mut found = variables(text).into_iter();
    let (name, place) = found.rfind(|(_, place)| place.start <= at && at <= place.end)?;
    let said = match names(path).as_slice() {
        ["external_tools", "#", "url"] => of_tool(analysis, path, name)?,
        ["build", .., "ldflags" | "flags" | "tags", _] | ["build", "command"] => {
            of_build(analysis, name)
        }
        [.., "env", _, "value"]
        | ["runtime", "healthcheck"]
        | ["runtime", "healthcheck", "test" | "cmd"]
        | ["runtime", "cmd" | "entrypoint", "shell"] => of_container(analysis, name),
        _ if matches!(meaning(path), Meaning::Image | Meaning::Base) => {
            of_reference(analysis, name)
        }
        _ => return None,
    };
    Some((format!("variable `{name}`\n\n{said}"), place))
}

/// What the renderer fills into the url of a tool.
fn of_tool(analysis: &Analysis, path: &[Step], name: &str) -> Option<String> {
    let (_, tool) = path.split_last()?;
    let table: &Table = analysis.document.find(tool)?.node.table()?;
    Some(match name {
        "version" => match table.node("version").and_then(|node| node.string()) {
            Some(version) => format!("The tool's `version`: `{}`.", analysis.redacted(version)),
            None => "The tool's `version`, which is not set.".to_owned(),
        },
        "arch" | "TARGETARCH" => {
            let names = architectures(&analysis.config);
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("The architecture: {}.", names.join(", "))
        }
        "os" | "TARGETOS" => "The operating system: `linux`.".to_owned(),
        _ => "Not filled in: only `${os}`, `${arch}` and `${version}` are.".to_owned(),
    })
}

/// A build argument of the builder.
fn of_build(analysis: &Analysis, name: &str) -> String {
    let plan = &analysis.plan;
    let builder = plan.stage("builder");
    let declared = builder.map(|stage| plan.declared(stage, stage.instructions.len()));
    let found = declared.into_iter().flatten().rfind(|it| it.name == name);
    match found {
        Some(it) => {
            let global = plan.global_args().into_iter().find(|it| it.name == name);
            let value = value(analysis, &it, global.as_ref());
            let place = place_of(analysis, &it.origin);
            format!("Build argument of the stage `builder`{value}.{place}")
        }
        None if PLATFORM_ARGS.contains(&name) => {
            "Set by the builder for each platform, where an `ARG` names it.".to_owned()
        }
        None => "Not set in this file: `build.args` does not declare it.".to_owned(),
    }
}

/// What a shell of the container reads.
fn of_container(analysis: &Analysis, name: &str) -> String {
    let plan = &analysis.plan;
    let stage = plan.final_stage();
    let declared = stage.map(|stage| plan.declared(stage, stage.instructions.len()));
    let mut declared = declared.into_iter().flatten();
    match declared.rfind(|it| it.is_env && it.name == name) {
        Some(it) => {
            let value = value(analysis, &it, None);
            let place = place_of(analysis, &it.origin);
            format!("Set by `ENV` in the image{value}.{place}")
        }
        None => "Not set in this file; the image may set it.".to_owned(),
    }
}

/// A global build argument in an image reference.
fn of_reference(analysis: &Analysis, name: &str) -> String {
    let mut globals = analysis.plan.global_args().into_iter();
    match globals.find(|it| it.name == name) {
        Some(it) => {
            let value = value(analysis, &it, None);
            let place = place_of(analysis, &it.origin);
            format!("Global build argument{value}.{place}")
        }
        None if PLATFORM_ARGS.contains(&name) => "Set by the builder for each platform.".to_owned(),
        None => "Not set in this file: `[args]` does not declare it.".to_owned(),
    }
}

/// Where something is declared, in the words of a page.
fn place_of(analysis: &Analysis, origin: &Origin) -> String {
    match &origin.file {
        File::Document if origin.span.is_empty() => String::new(),
        File::Document => {
            let line = analysis.lines.line(origin.span.start) + 1;
            format!(" Declared in line {line}.")
        }
        File::Context(path) => format!(" Declared in `{path}`."),
    }
}

/// The page of the variable that holds a byte of a step.
fn in_step(
    analysis: &Analysis,
    literal: Span,
    text: &str,
    at: usize,
    is_step: bool,
) -> Option<(String, Range<usize>)> {
    let written = parse_step(text).0.filter(|_| is_step);
    let variables = written.map_or_else(|| shell_variables(text), |it| it.variables);
    let at = u32::try_from(at).ok()?;
    let found = variables.into_iter().rev().find(|it| it.span.touches(at))?;
    let page = variable_page(analysis, literal, &found.name.value);
    Some((page, found.span.range()))
}

/// Where a variable of a step is declared, and its default.
fn variable_page(analysis: &Analysis, literal: Span, name: &str) -> String {
    let plan = &analysis.plan;
    let stages = plan.stages.iter();
    let mut places = stages.filter_map(|stage| {
        let is_step = |origin: &crate::plan::Origin| {
            origin.file == File::Document && literal.covers(origin.span)
        };
        let mut instructions = stage.instructions.iter();
        Some((stage, instructions.position(|it| is_step(&it.origin))?))
    });
    let place = places.next();
    let declared = place.and_then(|(stage, index)| {
        let mut declared = plan.declared(stage, index);
        declared.reverse();
        let found = declared.into_iter().find(|it| it.name == name)?;
        Some((found, stage.name.as_str()))
    });
    let globals = plan.global_args();
    let global = globals.iter().find(|it| it.name == name);
    let said = match (declared, global) {
        (Some((it, stage)), global) if it.is_env => {
            let value = value(analysis, &it, global);
            let place = place_of(analysis, &it.origin);
            format!("Set by `ENV` in the stage `{stage}`{value}.{place}")
        }
        (Some((it, stage)), global) => {
            let value = value(analysis, &it, global);
            let place = place_of(analysis, &it.origin);
            format!("Build argument of the stage `{stage}`{value}.{place}")
        }
        (None, Some(it)) => {
            let value = value(analysis, it, None);
            let place = place_of(analysis, &it.origin);
            format!("Global build argument{value}; this stage does not declare it.{place}")
        }
        (None, None) if PLATFORM_ARGS.contains(&name) => {
            "Set by the builder for each platform, where an `ARG` names it.".to_owned()
        }
        (None, None) => "Not set in this file; the image may set it.".to_owned(),
    };
    format!("variable `{name}`\n\n{said}")
}

/// The value or default, in the words of a page; that of a credential is nobody's business.
fn value(analysis: &Analysis, declared: &Declared, global: Option<&Declared>) -> String {
    let origin = &declared.origin;
    let covers = |place: &Span| place.overlaps(origin.span);
    let is_secret = origin.file != File::Document || analysis.credentials.iter().any(covers);
    let own = declared.value.as_deref();
    let text = own.or_else(|| global.and_then(|it| it.value.as_deref()));
    let holds = |credential: &Span| {
        let credential = credential.of(&analysis.text).trim_matches(['"', '\'']);
        text.is_some_and(|text| !credential.is_empty() && text.contains(credential))
    };
    if is_secret || analysis.credentials.iter().any(holds) {
        return String::new();
    }
    match text {
        Some(text) if declared.is_env => format!(": `{text}`"),
        Some(text) => format!(", default `{text}`"),
        None => ", without a default".to_owned(),
    }
}
