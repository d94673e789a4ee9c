//! The first steps of a stage as a stage of their own.
//!
//! The new stage starts from what the old one started from, has its packages, environment, folder and user, and runs the
//! steps up to the last one that is selected. The old stage starts from the new one, so that everything that those steps
//! did is there, and runs the rest. What an image does not hand on, its build arguments and its shell, both stages say.
//!
//! The builder and the image that docksmith writes start from images only: their steps stay where they are.

use crate::analysis::Analysis;
use crate::ide::refactorings::writing::string;
use crate::ide::refactorings::{Kind, Place, Refactoring, replacement};
use crate::plan::resolve::generated_names;
use crate::syntax::insertion::line_break;
use crate::syntax::removal::removal;
use crate::syntax::{Entry, Node, Notation, Table};
use crate::text::Span;

/// The keys of a stage whose effect the next stage takes over.
const MOVED: [&str; 4] = ["packages", "env", "workdir", "user"];

/// The keys that both stages need.
const COPIED: [&str; 3] = ["platform", "shell", "args"];

/// The stage whose steps are selected, in two.
pub(super) fn extracted(place: &Place<'_>) -> Option<Refactoring> {
    let analysis = place.analysis;
    let stages = analysis.document.root.node("stages")?.items()?;
    let stage = stages
        .iter()
        .find(|it| it.extent.touches(place.span.start) && is_written_out(it))?;
    let table = stage.table()?;
    let name = table.node("name")?.string()?;
    let from = table.node("from")?;
    let steps = table.entry("steps")?;
    let items = steps.value.items().filter(|it| !it.is_empty())?;
    let count = selected(place, steps, items)?;
    let is_filled = |tool: &crate::config::tool::ExternalTool| {
        tool.stage.as_ref().is_some_and(|stage| stage.value == name)
    };
    if analysis
        .config
        .external_tools
        .iter()
        .any(|tool| is_filled(tool))
    {
        return None;
    }
    let fresh = fresh_name(analysis, name);
    let cut = Cut::new(&analysis.text, &steps.value, items, count)?;
    let mut edits = vec![
        replacement(from.span, string(&fresh)),
        replacement(cut.first, ""),
    ];
    let mut lines = vec![
        "[[stages]]".to_owned(),
        format!("name = {}", string(&fresh)),
        format!("from = {}", from.span.of(&analysis.text)),
    ];
    for entry in &table.entries {
        let key = entry.key.name.as_str();
        if !MOVED.contains(&key) && !COPIED.contains(&key) {
            continue;
        }
        let line = removal(&analysis.text, &analysis.document, entry.key.span)?;
        lines.push(written(&analysis.text, entry)?);
        if MOVED.contains(&key) {
            edits.push(replacement(line, ""));
        }
    }
    lines.push(format!("steps = {}", cut.steps));
    edits.push(below(&analysis.text, stage, &lines));
    let after = place.after(&edits)?;
    let is_sound = after.new_error(analysis).is_none() && is_same(analysis, &after, name, &fresh);
    let moved = match count {
        1 => "step".to_owned(),
        count => format!("{count} steps"),
    };
    is_sound.then(|| Refactoring {
        title: format!("move the first {moved} into a stage `{fresh}`"),
        kind: Kind::Extract,
        edits,
        file: None,
    })
}

/// Whether a stage has a header and no part of it is written elsewhere.
fn is_written_out(stage: &Node) -> bool {
    let has_header = |table: &Table| table.notation == Notation::ArrayItem;
    let is_whole = |entry: &Entry| {
        entry
            .value
            .table()
            .is_none_or(|table| table.notation == Notation::Inline)
    };
    stage
        .table()
        .is_some_and(|table| has_header(table) && table.entries.iter().all(is_whole))
}

/// How many steps move: up to the last one that is touched; all where only the key is.
fn selected(place: &Place<'_>, steps: &Entry, items: &[Node]) -> Option<usize> {
    let span = place.span;
    if steps.key.span.touches(span.start) && span.is_empty() {
        return Some(items.len());
    }
    if !steps.value.span.covers(span) {
        return None;
    }
    let last = items
        .iter()
        .rposition(|item| item.span.overlaps(span) || item.span.touches(span.start))?;
    Some(last + 1)
}

/// Steps in two.
struct Cut {
    /// What goes from the old list.
    first: Span,
    /// The new list, with its brackets.
    steps: String,
}

impl Cut {
    fn new(text: &str, list: &Node, items: &[Node], count: usize) -> Option<Self> {
        let open = list.span.start as usize + 1;
        let last = items.get(count.checked_sub(1)?)?;
        let close = list.span.end as usize - 1;
        let end = match items.get(count) {
            None => text.get(open..close)?.trim_end().len() + open,
            Some(_) => {
                let rest = text.get(last.span.end as usize..close)?;
                // The comma, and on a line of its own what is said behind it.
                let comma = rest.find(',')? + 1;
                let line = rest.get(comma..)?.split('\n').next()?;
                let is_note = line.trim().is_empty() || line.trim().starts_with('#');
                let line = if is_note {
                    line.trim_end().len()
                } else {
                    line.len() - line.trim_start().len()
                };
                last.span.end as usize + comma + line
            }
        };
        let moved = text.get(open..end)?;
        let steps = if moved.contains('\n') {
            format!("[{}{}]", moved.trim_end(), line_break(text))
        } else {
            format!("[{}]", moved.trim().trim_end_matches(','))
        };
        Some(Self {
            first: Span::new(open, end),
            steps,
        })
    }
}

/// A key with its value, as they are written.
fn written(text: &str, entry: &Entry) -> Option<String> {
    let place = entry.key.span.cover(entry.value.span);
    text.get(place.range()).map(str::to_owned)
}

/// A name that no stage has.
fn fresh_name(analysis: &Analysis, name: &str) -> String {
    let mut taken = generated_names(&analysis.config);
    taken.extend(analysis.plan.stages.iter().map(|it| it.name.clone()));
    taken.extend(
        analysis
            .config
            .stages
            .iter()
            .map(|it| it.name.value.clone()),
    );
    let base = format!("{name}-base");
    let names = std::iter::once(base.clone()).chain((2..).map(|it| format!("{base}-{it}")));
    let mut names = names.take(taken.len() + 1);
    names.find(|it| !taken.contains(it)).unwrap_or(base)
}

/// The new table, behind the stage.
fn below(text: &str, stage: &Node, lines: &[String]) -> crate::diagnostic::Edit {
    let end = stage.extent.end as usize;
    let rest = text.get(end..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    let at = end + line.trim_end_matches('\r').len();
    let line_break = line_break(text);
    let new = format!("{line_break}{line_break}{}", lines.join(line_break));
    replacement(Span::new(at, at), new)
}

/// Whether the two stages do what the one did, in its order.
fn is_same(before: &Analysis, after: &Analysis, name: &str, fresh: &str) -> bool {
    let (Some(old), Some(first), Some(second)) =
        (block(before, name), block(after, fresh), block(after, name))
    else {
        return false;
    };
    let is_copied = |line: &&String| line.starts_with("ARG ") || line.starts_with("SHELL ");
    let repeated = second.iter().take_while(is_copied);
    let repeated = repeated.filter(|line| first.contains(line)).count();
    let both: Vec<&String> = first.iter().chain(second.iter().skip(repeated)).collect();
    old.iter().eq(both)
}

/// The lines of a stage behind its `FROM`.
fn block(analysis: &Analysis, name: &str) -> Option<Vec<String>> {
    let text = &analysis.dockerfile()?.text;
    let end = format!(" AS {name}");
    let mut lines = text
        .lines()
        .skip_while(|line| !(line.starts_with("FROM ") && line.ends_with(&end)));
    lines.next()?;
    let lines = lines.take_while(|line| !line.starts_with("FROM "));
    Some(
        lines
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
    )
}
