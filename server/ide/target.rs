//! What the word under a cursor names: one answer for hover and definition.

use std::ops::Range;

use crate::analysis::Analysis;
use crate::ide::meaning::{Meaning, meaning, source_of};
use crate::ide::stages::stages;
use crate::ide::words::{Word, flag, has_type, mount_option, words};
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
        Meaning::CopyFrom => from(text).map(whole),
        Meaning::Base => Some(whole(base(analysis, text))),
        Meaning::ToolStage => Some(whole(Target::Stage(text.to_owned()))),
        Meaning::Image => Some(whole(Target::Image(text.to_owned()))),
        Meaning::Secret => Some(whole(Target::Secret(text.to_owned()))),
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

/// What `from` of a copy names.
fn from(text: &str) -> Option<Target> {
    if let Some(reference) = text.strip_prefix("image:") {
        return Some(Target::Image(reference.to_owned()));
    }
    (!text.starts_with("context:")).then(|| Target::Stage(text.to_owned()))
}

/// What `FROM` or `--from=` names: a stage where one has the name, else an image.
fn base(analysis: &Analysis, text: &str) -> Target {
    if stages(analysis).iter().any(|stage| stage.name == text) {
        Target::Stage(text.to_owned())
    } else {
        Target::Image(text.to_owned())
    }
}

/// What a word of a step names.
fn in_step(analysis: &Analysis, literal: &Node, offset: u32) -> Option<Named> {
    let step = literal.string()?;
    let at = decoded_offset(&analysis.text, literal.span, offset)?;
    let words = words(step);
    let index = words
        .iter()
        .position(|word| word.place.start <= at && at <= word.place.end)?;
    let (target, place) = in_word(analysis, &words, index, at)?;
    Some(Named {
        target,
        span: decoded_span(&analysis.text, literal.span, place),
    })
}

fn in_word(
    analysis: &Analysis,
    words: &[Word<'_>],
    index: usize,
    at: usize,
) -> Option<(Target, Range<usize>)> {
    let word = words.get(index)?;
    let start = word.place.start;
    if let Some(name) = word.text.strip_prefix("--from=") {
        return Some((
            base(analysis, name),
            start + "--from=".len()..word.place.end,
        ));
    }
    if let Some((begin, option)) = mount_option(word.text, at - start) {
        let (key, value) = option.split_once('=')?;
        let end = start + begin + option.len();
        let place = end - value.len()..end;
        return match key {
            "from" => Some((base(analysis, value), place)),
            "id" if has_type(word.text, "secret") => {
                Some((Target::Secret(value.to_owned()), place))
            }
            _ => None,
        };
    }
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
