//! What the word under a cursor names: one answer for hover and definition.
//!
//! Stages come from the table of names; what else it holds has no page. Images, files and rules are named here but made elsewhere.

use std::ops::Range;

use crate::analysis::Analysis;
use crate::ide::meaning::{Meaning, meaning, source_of};
use crate::ide::open_string::named_in_open_string;
use crate::ide::words::{Word, flag, words};
use crate::names::{Form, Kind, Occurrence};
use crate::rules::{Rule, by_name};
use crate::syntax::string::{decoded_offset, decoded_span};
use crate::syntax::suppression::suppressions;
use crate::syntax::{Node, Step};
use crate::text::Span;

/// Something that has a name.
#[derive(Debug)]
pub(super) enum Target {
    /// A build stage.
    Stage(String),
    /// An image.
    Image(String),
    /// A path of the build context, relative to its root.
    File(String),
    /// A build secret.
    Secret(String),
    /// A rule.
    Rule(&'static Rule),
}

/// What a word names, and where it stands.
#[derive(Debug)]
pub(super) struct Named {
    /// What is named.
    pub(super) target: Target,
    /// The word.
    pub(super) span: Span,
}

/// What the word at an offset names.
pub(super) fn target_at(analysis: &Analysis, offset: u32) -> Option<Named> {
    if let Some(rule) = suppressed_rule(analysis, offset) {
        return Some(rule);
    }
    if let Some((made, span)) = named_in_open_string(analysis, offset) {
        let name = made.name.name.clone();
        let target = match made.name.kind {
            Kind::Secret => Target::Secret(name),
            _ => Target::Stage(name),
        };
        return Some(Named { target, span });
    }
    if let Some(Occurrence::Use(it)) = analysis.names.at(offset) {
        let name = it.name.clone();
        // What an instruction takes from and no stage has is an image.
        let target = match (it.kind, it.form, it.target) {
            (Kind::Stage, Form::Instruction | Form::Bind, None) => Some(Target::Image(name)),
            (Kind::Stage, ..) => Some(Target::Stage(name)),
            (Kind::Secret, ..) => Some(Target::Secret(name)),
            _ => None,
        };
        let span = it.place.literal;
        return Some(Named {
            target: target?,
            span,
        });
    }
    let path = analysis.document.path_at(offset)?;
    let found = analysis.document.find(&path)?;
    if let [Step::Key(table), Step::Key(_), Step::Key(name)] = path.as_slice()
        && table == "lint"
        && found.key.touches(offset)
    {
        let target = Target::Rule(by_name(name)?);
        return Some(Named {
            target,
            span: found.key,
        });
    }
    if !found.node.span.touches(offset) {
        return None;
    }
    let text = found.node.string()?;
    let whole = |target| Named {
        target,
        span: found.node.span,
    };
    match meaning(&path) {
        Meaning::Step => in_step(analysis, found.node, offset),
        Meaning::Source if source_of(analysis, &path).is_some() => None,
        Meaning::Source | Meaning::File => Some(whole(file(analysis, text))),
        Meaning::CopyFrom => {
            let reference = text.strip_prefix("image:")?;
            Some(whole(Target::Image(reference.to_owned())))
        }
        Meaning::Base | Meaning::Image => Some(whole(Target::Image(text.to_owned()))),
        _ => None,
    }
}

/// A rule in a suppression comment.
fn suppressed_rule(analysis: &Analysis, offset: u32) -> Option<Named> {
    let comments = suppressions(&analysis.text, &analysis.document);
    let mut names = comments.iter().flat_map(|comment| &comment.rules);
    let (name, span) = names.find(|(_, span)| span.touches(offset))?;
    Some(Named {
        target: Target::Rule(by_name(name)?),
        span: *span,
    })
}

fn file(analysis: &Analysis, path: &str) -> Target {
    Target::File(analysis.layout.path(path))
}

/// The source that a word of a step is.
fn in_step(analysis: &Analysis, literal: &Node, offset: u32) -> Option<Named> {
    let step = literal.string()?;
    let at = decoded_offset(&analysis.text, literal.span, offset)?;
    let words = words(step);
    let index = words
        .iter()
        .position(|word| word.place.start <= at && at <= word.place.end)?;
    let (target, place) = source(analysis, &words, index)?;
    Some(Named {
        target,
        span: decoded_span(&analysis.text, literal.span, place),
    })
}

fn source(analysis: &Analysis, words: &[Word<'_>], index: usize) -> Option<(Target, Range<usize>)> {
    let word = words.get(index)?;
    let start = word.place.start;
    let keyword = words.first()?.text.to_ascii_uppercase();
    let is_source = matches!(keyword.as_str(), "COPY" | "ADD")
        && index > 0
        && index + 1 < words.len()
        && !word.text.starts_with("--")
        && flag(words, "from").is_none();
    let path = word.text.trim_matches(['[', ']', '"', ',']);
    let begin = start + word.text.find(path)?;
    is_source.then(|| (file(analysis, path), begin..begin + path.len()))
}
