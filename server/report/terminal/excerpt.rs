//! The lines of a text that a diagnostic shows, cut to the terminal's width, with its places in them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::report::Source;
use crate::report::terminal::columns::{MARK, window};
use crate::text::{PositionEncoding, Span};

/// How many lines around the ends of a place of several lines may be shown.
const NEAR: u32 = 4;

/// Some lines of a text, each under its number in that text, counted from 0. All offsets are those in `text`.
pub(super) struct Excerpt {
    /// The lines one after the other, each with a line break.
    pub(super) text: String,
    lines: BTreeMap<usize, Line>,
    /// The columns in the original of the places that were asked for, counted from 1.
    columns: BTreeMap<usize, usize>,
}

/// One line of an excerpt.
struct Line {
    /// Where it lies in the excerpt, with its line break.
    range: Range<usize>,
    /// Where the part of it that is shown lies in the original.
    shown: Range<usize>,
    is_cut_before: bool,
    is_cut_behind: bool,
}

impl Excerpt {
    /// The lines around places of a text, the most important place first; nothing where one lies outside of the text,
    /// as in a file that changed while it was read. `tail` columns are for what is said behind that place.
    pub(super) fn new(source: &Source, spans: &[Span], tail: usize, room: usize) -> Option<Self> {
        let fits = |span: &Span| source.text.get(span.range()).is_some();
        if !spans.iter().all(fits) {
            return None;
        }
        let spans: Vec<Span> = spans.iter().map(|span| trimmed(source, *span)).collect();
        let mut excerpt = Self {
            text: String::new(),
            lines: BTreeMap::new(),
            columns: BTreeMap::new(),
        };
        for line in numbers(source, &spans) {
            excerpt.push(source, line, &spans, (tail, room));
        }
        for span in spans {
            let column = source
                .position(span.start, PositionEncoding::CodePoints)
                .column as usize
                + 1;
            let place = excerpt.range(source, span).start;
            excerpt.columns.entry(place).or_insert(column);
        }
        Some(excerpt)
    }

    fn push(&mut self, source: &Source, number: u32, spans: &[Span], (tail, room): (usize, usize)) {
        let span = source.lines.line_span(&source.text, number);
        let content = span.of(&source.text);
        let offset = span.start as usize;
        let inside = |other: &Span| {
            let (start, end) = (other.start.max(span.start), other.end.min(span.end));
            (start <= end && other.overlaps(span))
                .then(|| start as usize - offset..end as usize - offset)
        };
        let places: Vec<Range<usize>> = spans.iter().filter_map(inside).collect();
        let part = window(content, &places, tail, room).unwrap_or(0..content.len());
        let (is_cut_before, is_cut_behind) = (part.start > 0, part.end < content.len());
        let start = self.text.len();
        if is_cut_before {
            self.text.push_str(MARK);
        }
        self.text
            .push_str(content.get(part.clone()).unwrap_or_default());
        if is_cut_behind {
            self.text.push_str(MARK);
        }
        self.text.push('\n');
        let line = Line {
            range: start..self.text.len(),
            shown: offset + part.start..offset + part.end,
            is_cut_before,
            is_cut_behind,
        };
        self.lines.insert(number as usize, line);
    }

    /// Where a place of the original lies here. What was cut away lies at the mark.
    pub(super) fn range(&self, source: &Source, span: Span) -> Range<usize> {
        let span = trimmed(source, span);
        let line = |offset| self.lines.get(&(source.lines.line(offset) as usize));
        let start = line(span.start).map_or(0, |line| line.start_of(span.start as usize));
        let end = line(span.end).map_or(0, |line| line.end_of(span.end as usize));
        start..end.max(start)
    }

    /// The number of the line that holds an offset.
    pub(super) fn line_index(&self, offset: usize) -> usize {
        let mut lines = self.lines.iter();
        let found = lines.find(|(_, line)| line.range.contains(&offset));
        let last = self.lines.keys().next_back().copied().unwrap_or_default();
        found.map_or(last, |(number, _)| *number)
    }

    /// The range of a line; empty for one that is not shown.
    pub(super) fn line_range(&self, number: usize) -> Range<usize> {
        let end = self.text.len();
        let line = self.lines.get(&number);
        line.map_or(end..end, |line| line.range.clone())
    }

    /// The column in the original of the place that begins at an offset, counted from 1.
    pub(super) fn column(&self, offset: usize) -> usize {
        self.columns.get(&offset).copied().unwrap_or(1)
    }
}

impl Line {
    /// Where the text begins behind the mark in front.
    fn first(&self) -> usize {
        let mark = if self.is_cut_before { MARK.len() } else { 0 };
        self.range.start + mark
    }

    /// Where the text ends before the mark behind.
    fn last(&self) -> usize {
        self.first() + self.shown.len()
    }

    fn start_of(&self, offset: usize) -> usize {
        if self.is_cut_before && offset < self.shown.start {
            return self.range.start;
        }
        self.first() + offset.clamp(self.shown.start, self.shown.end) - self.shown.start
    }

    fn end_of(&self, offset: usize) -> usize {
        if self.is_cut_behind && offset > self.shown.end {
            return self.last() + MARK.len();
        }
        self.first() + offset.clamp(self.shown.start, self.shown.end) - self.shown.start
    }
}

/// A place without the line break that it ends with: a whole line is a place in one line.
fn trimmed(source: &Source, span: Span) -> Span {
    let line = source.lines.line(span.end);
    let begins_line = source.lines.line_span(&source.text, line).start == span.end;
    if span.is_empty() || !begins_line || line == 0 {
        return span;
    }
    let before = source.lines.line_span(&source.text, line - 1);
    Span {
        start: span.start,
        end: before.end.max(span.start),
    }
}

/// The lines that may be shown of places.
fn numbers(source: &Source, spans: &[Span]) -> BTreeSet<u32> {
    let last = u32::try_from(source.lines.len() - 1).unwrap_or(u32::MAX);
    let near = |span: &Span| {
        let (start, end) = (source.lines.line(span.start), source.lines.line(span.end));
        // A line between two places may be shown instead of a gap.
        let reach = if start == end { 1 } else { NEAR };
        let around =
            move |line: u32| line.saturating_sub(reach)..=line.saturating_add(reach).min(last);
        around(start).chain(around(end))
    };
    spans.iter().flat_map(near).collect()
}
