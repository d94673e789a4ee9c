//! Names in strings that nothing closes yet: the tree has no value for these.

use crate::analysis::Analysis;
use crate::ide::meaning::{Meaning, meaning};
use crate::names::{Kind, Target};
use crate::syntax::cursor::{Place, cursor};
use crate::text::Span;

/// What the word at an offset names, if that stands in an open string, and the word.
pub(super) fn named_in_open_string(analysis: &Analysis, offset: u32) -> Option<(&Target, Span)> {
    if !analysis.has_syntax_errors() {
        return None;
    }
    let found = cursor(&analysis.text, offset);
    let Place::Value {
        span,
        quoted: true,
        closed: false,
        ..
    } = found.place
    else {
        return None;
    };
    let content = span.of(&analysis.text).trim_start_matches(['"', '\'']);
    match meaning(&found.path) {
        Meaning::CopyFrom | Meaning::Base | Meaning::ToolStage => {
            Some((analysis.names.stage(content)?, span))
        }
        Meaning::Secret => Some((target(analysis, Kind::Secret, content)?, span)),
        Meaning::Step => in_step(analysis, offset),
        _ => None,
    }
}

/// The stage behind `from=`.
fn in_step(analysis: &Analysis, offset: u32) -> Option<(&Target, Span)> {
    let text = &analysis.text;
    let is_name = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_' | '.');
    let before = text.get(..offset as usize)?;
    let after = text.get(offset as usize..)?;
    let start = before.trim_end_matches(is_name).len();
    let end = text.len() - after.trim_start_matches(is_name).len();
    let word = Span::new(start, end);
    let is_from = text.get(..start)?.ends_with("from=");
    let stage = analysis.names.stage(word.of(text)).filter(|_| is_from)?;
    Some((stage, word))
}

fn target<'a>(analysis: &'a Analysis, kind: Kind, name: &str) -> Option<&'a Target> {
    let mut targets = analysis.names.targets.iter();
    targets.find(|it| it.name.kind == kind && it.name.name == name)
}
