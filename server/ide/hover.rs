//! What is known of the word under the cursor.

#[cfg(test)]
mod cases;
mod notes;
mod step;
#[cfg(test)]
mod tests;
mod variable;

use crate::analysis::Analysis;
use crate::config::docs::{self, KeyDoc};
use crate::context::BuildContext;
use crate::ide::excerpt::rendered_from;
use crate::ide::meaning::{Meaning, meaning};
use crate::ide::pages::{image_page, key_page, rule_page, stage_page};
use crate::ide::target::{Target, target_at};
use crate::syntax::{Found, Step};
use crate::text::Span;

/// What is shown for a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// The word.
    pub span: Span,
    /// Markdown.
    pub markdown: String,
}

/// What is known of the word at an offset: a variable, a name, else the word of a step, else the key.
///
/// `last` is the last version of the document without syntax errors, whose stages are shown while this one has some; the
/// paths that are named are those of `context`.
pub fn hover(
    analysis: &Analysis,
    last: Option<&Analysis>,
    context: &dyn BuildContext,
    offset: u32,
) -> Option<Hover> {
    let at = Request {
        analysis,
        last: last.filter(|_| analysis.has_syntax_errors()),
        context,
        offset,
    };
    variable::variable(analysis, offset)
        .or_else(|| named(&at))
        .or_else(|| step::step(analysis, offset))
        .or_else(|| key(&at))
}

/// What is asked.
struct Request<'a> {
    analysis: &'a Analysis,
    /// The last version without syntax errors, while this one has some.
    last: Option<&'a Analysis>,
    context: &'a dyn BuildContext,
    offset: u32,
}

fn named(at: &Request<'_>) -> Option<Hover> {
    let named = target_at(at.analysis, at.offset)?;
    let markdown = match named.target {
        Target::Stage(name) => shown_stage(at, &name)?,
        // A stage of the last sound version may look like an image here.
        Target::Image(reference) => image_page(&reference).or_else(|| {
            let last = at.last?;
            stage_page(last, &reference)
        })?,
        Target::Rule(rule) => rule_page(rule),
        // As the value of a key it is told with the key.
        Target::File(path) if is_in_step(at) => notes::file(at, &path)?,
        Target::Secret(id) if is_in_step(at) => notes::secret(at, &id),
        Target::File(_) | Target::Secret(_) => return None,
    };
    Some(Hover {
        span: named.span,
        markdown,
    })
}

/// Whether the cursor stands in a step that is written as a string.
fn is_in_step(at: &Request<'_>) -> bool {
    let path = at.analysis.document.path_at(at.offset);
    path.is_some_and(|path| meaning(&path) == Meaning::Step)
}

/// The page of a stage; that of the last sound version where this one renders none.
fn shown_stage(at: &Request<'_>, name: &str) -> Option<String> {
    let now = stage_page(at.analysis, name);
    let is_whole = now.as_ref().is_some_and(|page| page.contains("```"));
    let last = at.last.filter(|_| !is_whole);
    last.and_then(|last| stage_page(last, name)).or(now)
}

fn key(at: &Request<'_>) -> Option<Hover> {
    let analysis = at.analysis;
    let path = analysis.document.path_at(at.offset)?;
    let found = analysis.document.find(&path)?;
    let is_on_key = found.key.touches(at.offset);
    let span = if is_on_key {
        found.key
    } else {
        found.node.span
    };
    if let Some(name) = stage_name(analysis, &path) {
        let markdown = shown_stage(at, &name)?;
        return Some(Hover { span, markdown });
    }
    let mut parts: Vec<String> = notes::of_value(at, &path, &found).into_iter().collect();
    parts.push(key_page(&documented(&path)?));
    parts.extend(value_page(&path, &analysis.text, &found));
    if let Some(rendered) = rendered_from(analysis, extent(&found)) {
        parts.push(format!("Here:\n\n{rendered}"));
    }
    Some(Hover {
        span,
        markdown: parts.join("\n\n"),
    })
}

/// The documentation of the nearest key on a path that the format has.
fn documented(path: &[Step]) -> Option<KeyDoc> {
    let mut path = path;
    loop {
        if let Some(key) = docs::key(path) {
            return Some(key);
        }
        (_, path) = path.split_last()?;
    }
}

/// The name of a stage, if the path is that of a `name` in `[[stages]]`.
fn stage_name(analysis: &Analysis, path: &[Step]) -> Option<String> {
    let [Step::Key(table), Step::Index(_), Step::Key(key)] = path else {
        return None;
    };
    if table != "stages" || key != "name" {
        return None;
    }
    let name = analysis.document.find(path)?.node.string()?;
    Some(name.to_owned())
}

/// What the value of an enumeration means.
fn value_page(path: &[Step], text: &str, found: &Found<'_>) -> Option<String> {
    let written = found.node.span.of(text);
    let mut values = docs::values(path).into_iter();
    let value = values.find(|value| value.text == written && !value.description.is_empty())?;
    Some(format!("`{}`: {}", value.text, value.description))
}

/// A key with all that belongs to it.
fn extent(found: &Found<'_>) -> Span {
    let node = found.node;
    if node.table().is_some() {
        return node.extent.cover(node.span);
    }
    match node.items().and_then(<[_]>::last) {
        Some(last) => found.key.cover(node.span).cover(last.extent),
        None => found.key.cover(node.span),
    }
}
