//! What is known of a word inside a step.

use super::Hover;
use crate::analysis::Analysis;
use crate::ide::instruction_pages::page_at;
use crate::ide::meaning::{Meaning, meaning};
use crate::syntax::string::{decoded_offset, decoded_span};

/// What is known of the word at an offset, if it lies in a step.
pub(super) fn step(analysis: &Analysis, offset: u32) -> Option<Hover> {
    let path = analysis.document.path_at(offset)?;
    let found = analysis.document.find(&path)?;
    if meaning(&path) != Meaning::Step {
        return None;
    }
    let literal = found.node.span;
    let text = found.node.string()?;
    let at = decoded_offset(&analysis.text, literal, offset)?;
    let (markdown, place) = page_at(text, at)?;
    Some(Hover {
        span: decoded_span(&analysis.text, literal, place),
        markdown,
    })
}
