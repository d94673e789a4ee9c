//! What is known of a word inside a step.

use std::ops::Range;

use super::Hover;
use crate::analysis::Analysis;
use crate::diagnostic::File;
use crate::ide::instruction_pages::{
    flag_page, instruction_page, mount_key_page, mount_page, word_page,
};
use crate::ide::meaning::names;
use crate::ide::words::{Word, mount_option, mount_type_of, words};
use crate::plan::instructions::{self, Keyword, PLATFORM_ARGS};
use crate::plan::parse::{parse_step, shell_variables};
use crate::plan::scope::Declared;
use crate::syntax::string::{decoded_offset, decoded_span};
use crate::text::Span;

/// What is known of the word at an offset, if it lies in a step.
pub(super) fn step(analysis: &Analysis, offset: u32) -> Option<Hover> {
    let path = analysis.document.path_at(offset)?;
    let found = analysis.document.find(&path)?;
    let names = names(&path);
    let is_step = matches!(names.as_slice(), [.., "steps", "#"]);
    if !is_step && !matches!(names.as_slice(), [.., "steps", "#", "run"]) {
        return None;
    }
    let literal = found.node.span;
    let text = found.node.string()?;
    let at = decoded_offset(&analysis.text, literal, offset)?;
    let variable = variable(analysis, literal, text, at, is_step);
    let (markdown, place) = variable.or_else(|| word(text, at).filter(|_| is_step))?;
    Some(Hover {
        span: decoded_span(&analysis.text, literal, place),
        markdown,
    })
}

/// The page of the variable that holds a byte of a step.
fn variable(
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
            format!("Set by `ENV` in the stage `{stage}`{value}.")
        }
        (Some((it, stage)), global) => {
            let value = value(analysis, &it, global);
            format!("Build argument of the stage `{stage}`{value}.")
        }
        (None, Some(it)) => {
            let value = value(analysis, it, None);
            format!("Global build argument{value}; this stage does not declare it.")
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

/// The page of the instruction, the flag or the option that holds a byte of a step.
fn word(text: &str, at: usize) -> Option<(String, Range<usize>)> {
    let words = words(text);
    let index = words
        .iter()
        .position(|word| word.place.start <= at && at <= word.place.end)?;
    let keyword_at = |index: usize| instructions::keyword(words.get(index)?.text);
    // `ONBUILD` has another instruction behind it.
    let first = keyword_at(0)?;
    let start = usize::from(first.name == "ONBUILD" && index > 0);
    let keyword = keyword_at(start)?;
    let word = words.get(index)?;
    if index == start {
        return Some((instruction_page(keyword), word.place.clone()));
    }
    let is_flag = |word: &Word<'_>| word.text.starts_with("--");
    let mut flags = words.get(start + 1..=index)?.iter();
    flags
        .all(is_flag)
        .then(|| flag(keyword, word, at))
        .flatten()
}

fn flag(keyword: &Keyword, word: &Word<'_>, at: usize) -> Option<(String, Range<usize>)> {
    let start = word.place.start;
    let name = word.text.strip_prefix("--")?;
    let name = name.split('=').next().unwrap_or(name);
    let known = keyword.flag(name)?;
    let end = start + "--".len() + name.len();
    if at <= end {
        return Some((flag_page(keyword, known), start..end));
    }
    if let Some((begin, option)) = mount_option(word.text, at - start) {
        return mount(word.text, start + begin, option, at);
    }
    let value = word.text.get(end + 1 - start..)?;
    Some((word_page(known.takes, value)?, end + 1..word.place.end))
}

/// The page of an option of a mount that begins at `start`.
fn mount(mount: &str, start: usize, option: &str, at: usize) -> Option<(String, Range<usize>)> {
    let kind = instructions::mount_type(mount_type_of(mount))?;
    let whole = start..start + option.len();
    let (key, value) = option.split_once('=').unwrap_or((option, ""));
    if key == "type" {
        return Some((mount_page(kind), whole));
    }
    let known = kind.key(key)?;
    let end = start + key.len();
    if at > end
        && let Some(page) = word_page(known.takes, value)
    {
        return Some((page, end + 1..whole.end));
    }
    Some((mount_key_page(kind, known), start..end))
}
