//! What a fix would change, as a small diff.

use std::collections::BTreeMap;

use similar::{ChangeTag, TextDiff};

use crate::diagnostic::{Diagnostic, Edit, File, Fix};
use crate::report::terminal::Style;
use crate::report::terminal::columns::{MARK, TAB, window};
use crate::report::{Checked, Source, without_controls};
use crate::text::Span;

/// How many lines of a fix are shown.
const MOST: usize = 12;

/// How many lines of one place are compared.
const LONGEST: usize = 200;

const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const CYAN: &str = "\u{1b}[36m";
const RESET: &str = "\u{1b}[0m";

/// Neighbouring edits, with the lines that they change.
struct Hunk<'a> {
    /// The first line.
    first: u32,
    /// The last line.
    last: u32,
    edits: Vec<&'a Edit>,
}

/// The lines of the diff, none wider than `room`.
pub(super) fn diff(
    document: &Checked,
    diagnostic: &Diagnostic,
    fix: &Fix,
    room: usize,
    style: &Style,
) -> Vec<String> {
    let mut by_file: BTreeMap<&File, Vec<&Edit>> = BTreeMap::new();
    for edit in &fix.edits {
        by_file.entry(&edit.file).or_default().push(edit);
    }
    let mut lines = Vec::new();
    for (file, edits) in by_file {
        let Some(source) = document.source(file) else {
            continue;
        };
        let home = (*file == diagnostic.file).then_some(diagnostic.span);
        for hunk in hunks(source, edits) {
            let changes = hunk.changes(document, source, room.saturating_sub(2), style);
            if !changes.is_empty() && !home.is_some_and(|span| hunk.holds(source, span)) {
                let place = format!("@@ {}:{} @@", source.path, hunk.first + 1);
                lines.push(coloured(&without_controls(&place), CYAN, style));
            }
            lines.extend(changes);
        }
    }
    let more = lines.len().saturating_sub(MOST);
    if more > 1 {
        lines.truncate(MOST);
        lines.push(format!("{MARK} {more} more lines"));
    }
    lines
}

/// The edits of one file by the lines that they change together.
fn hunks<'a>(source: &Source, mut edits: Vec<&'a Edit>) -> Vec<Hunk<'a>> {
    edits.retain(|edit| source.text.get(edit.span.range()).is_some());
    edits.sort_by_key(|edit| edit.span);
    let mut hunks: Vec<Hunk<'a>> = Vec::new();
    for edit in edits {
        let (start, last) = (
            source.lines.line(edit.span.start),
            source.lines.line(edit.span.end),
        );
        let line = source.lines.line_span(&source.text, start);
        // What is inserted between two lines is shown with the line before it.
        let is_between = edit.span.is_empty() && edit.span.start == line.start;
        let first = start.saturating_sub(u32::from(is_between));
        match hunks.last_mut() {
            Some(hunk) if first <= hunk.last + 1 => {
                hunk.last = hunk.last.max(last);
                hunk.edits.push(edit);
            }
            _ => hunks.push(Hunk {
                first,
                last,
                edits: vec![edit],
            }),
        }
    }
    hunks
}

impl Hunk<'_> {
    /// Whether a place begins in its lines.
    fn holds(&self, source: &Source, span: Span) -> bool {
        (self.first..=self.last).contains(&source.lines.line(span.start))
    }

    /// The lines as they are, and as they would be.
    fn texts(&self, document: &Checked, source: &Source) -> (String, String) {
        let start = source.lines.line_span(&source.text, self.first).start as usize;
        let next = source.lines.line_span(&source.text, self.last + 1);
        let end = next.start as usize;
        let slice = |start: usize, end: usize| source.text.get(start..end).unwrap_or_default();
        let mut new = String::new();
        let mut copied = start;
        for edit in &self.edits {
            new.push_str(slice(copied, edit.span.start as usize));
            new.push_str(&without_credentials(document, edit));
            copied = copied.max(edit.span.end as usize);
        }
        new.push_str(slice(copied, end));
        (slice(start, end).to_owned(), new)
    }

    fn changes(
        &self,
        document: &Checked,
        source: &Source,
        room: usize,
        style: &Style,
    ) -> Vec<String> {
        let (old, new) = self.texts(document, source);
        let is_ended = old.contains('\n');
        let (old, new) = (lines(&old), lines(&new));
        let shows_ends = is_ended && ends_in_return(&old) != ends_in_return(&new);
        let visible = |lines: &[&str]| -> Vec<String> {
            lines.iter().map(|line| visible(line, shows_ends)).collect()
        };
        let (old, new) = (visible(&old), visible(&new));
        let (old, new): (Vec<&str>, Vec<&str>) = (
            old.iter().map(String::as_str).collect(),
            new.iter().map(String::as_str).collect(),
        );
        let compared = TextDiff::from_slices(&old, &new);
        let mut shown = Vec::new();
        for operation in compared.grouped_ops(1).iter().flatten() {
            let (before, after) = (
                old.get(operation.old_range()).unwrap_or_default(),
                new.get(operation.new_range()).unwrap_or_default(),
            );
            let (tag, _, _) = operation.as_tag_tuple();
            if tag == similar::DiffTag::Equal {
                shown.extend(
                    before
                        .iter()
                        .map(|line| row(ChangeTag::Equal, line, "", room, style)),
                );
                continue;
            }
            for (tag, lines, others) in [
                (ChangeTag::Delete, before, after),
                (ChangeTag::Insert, after, before),
            ] {
                for (index, line) in lines.iter().enumerate() {
                    let other = others.get(index).copied().unwrap_or_default();
                    shown.push(row(tag, line, other, room, style));
                }
            }
        }
        shown
    }
}

/// One line of a diff, cut around what distinguishes it from its other version.
fn row(tag: ChangeTag, line: &str, other: &str, room: usize, style: &Style) -> String {
    let same = |(left, right): &(char, char)| left == right;
    let common = line.chars().zip(other.chars()).take_while(same);
    let start: usize = common.map(|(character, _)| character.len_utf8()).sum();
    let start = if start == line.len() { 0 } else { start };
    let text = match window(line, std::slice::from_ref(&(start..start)), 0, room) {
        None => line.to_owned(),
        Some(part) => {
            let before = if part.start > 0 { MARK } else { "" };
            let behind = if part.end < line.len() { MARK } else { "" };
            format!("{before}{}{behind}", line.get(part).unwrap_or_default())
        }
    };
    let (sign, colour) = match tag {
        ChangeTag::Equal => return format!("  {text}").trim_end().to_owned(),
        ChangeTag::Delete => ("-", RED),
        ChangeTag::Insert => ("+", GREEN),
    };
    coloured(format!("{sign} {text}").trim_end(), colour, style)
}

fn coloured(text: &str, colour: &str, style: &Style) -> String {
    if style.colour {
        format!("{colour}{text}{RESET}")
    } else {
        text.to_owned()
    }
}

/// The lines of a text without their line feeds.
fn lines(text: &str) -> Vec<&str> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    if text.is_empty() {
        return Vec::new();
    }
    text.split('\n').take(LONGEST).collect()
}

fn ends_in_return(lines: &[&str]) -> bool {
    lines.iter().any(|line| line.ends_with('\r'))
}

/// A line with marks for what can't be seen, so that no two different lines look alike.
fn visible(line: &str, shows_ends: bool) -> String {
    let line = match line.strip_suffix('\r') {
        Some(line) if !shows_ends => line,
        _ => line,
    };
    without_controls(line)
        .replace('\r', "␍")
        .replace('\u{feff}', "<U+FEFF>")
        .replace('\t', &" ".repeat(TAB))
}

/// The text of an edit without the credentials that it repeats. The longer ones are already blotted out.
fn without_credentials(document: &Checked, edit: &Edit) -> String {
    let analysis = &document.analysis;
    let mut text = analysis.redacted(&edit.text);
    if edit.file != File::Document {
        return text;
    }
    // Short ones are credentials only where they stand.
    for credential in &analysis.credentials {
        let secret = credential.of(&analysis.text).trim_matches(['"', '\'']);
        if credential.overlaps(edit.span) && !secret.is_empty() {
            text = text.replace(secret, "<redacted>");
        }
    }
    text
}
