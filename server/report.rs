//! Diagnostics in the formats of the command line: pure functions from what was checked to text.

pub mod concise;
pub mod json;
pub mod preview;
pub mod terminal;

use std::collections::BTreeMap;

use crate::analysis::Analysis;
use crate::diagnostic::{Diagnostic, File, Severity};
use crate::text::{LineIndex, Position, PositionEncoding, Span};

/// A document that was checked.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Its path as it is shown.
    pub path: String,
    /// What is known of it.
    pub analysis: Analysis,
}

impl Checked {
    /// The path of a file that a diagnostic speaks of, as it is shown.
    pub fn path_of(&self, file: &File) -> String {
        let File::Context(path) = file else {
            return self.path.clone();
        };
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        normalized(&[folder, &self.analysis.layout.root, path])
    }

    /// The text of such a file, without credentials and without characters that a terminal would obey. All places stay
    /// as they are.
    pub fn text_of(&self, file: &File) -> String {
        let text = match file {
            File::Document => self.analysis.printable_text(),
            File::Context(path) => self.analysis.files.get(path).cloned().unwrap_or_default(),
        };
        without_controls(&text)
    }

    /// The place in lines and columns.
    fn place(&self, file: &File, span: Span) -> Place {
        let text = match file {
            File::Document => self.analysis.text.as_str(),
            File::Context(path) => self.analysis.files.get(path).map_or("", String::as_str),
        };
        let lines = LineIndex::new(text);
        let position = |offset| lines.position(text, offset, PositionEncoding::CodePoints);
        Place {
            start: position(span.start),
            end: position(span.end),
        }
    }
}

/// A place in lines and columns, both counted from 0.
struct Place {
    start: Position,
    end: Position,
}

/// Paths joined, without `.` and without `..` that can be resolved by the text alone.
fn normalized(parts: &[&str]) -> String {
    let absolute = parts.first().is_some_and(|first| first.starts_with('/'));
    let mut names: Vec<&str> = Vec::new();
    for name in parts.iter().flat_map(|part| part.split('/')) {
        match name {
            "" | "." => {}
            ".." if names.last().is_some_and(|last| *last != "..") => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    let path = names.join("/");
    if absolute { format!("/{path}") } else { path }
}

/// The text with every control character but tabs and line breaks replaced by as many question marks as it has bytes.
fn without_controls(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() && !matches!(character, '\t' | '\n' | '\r') {
            safe.extend(std::iter::repeat_n('?', character.len_utf8()));
        } else {
            safe.push(character);
        }
    }
    safe
}

/// What was found in all documents together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Infos.
    pub infos: usize,
    /// Findings with a fix.
    pub fixable: usize,
    /// Findings that comments hide.
    pub suppressed: usize,
    /// Documents that were checked.
    pub files: usize,
}

impl Summary {
    /// The counts over documents.
    pub fn of(checked: &[Checked]) -> Self {
        let mut summary = Self {
            files: checked.len(),
            ..Self::default()
        };
        for document in checked {
            summary.suppressed += document.analysis.suppressed;
            for diagnostic in &document.analysis.diagnostics {
                summary.fixable += usize::from(diagnostic.fix.is_some());
                match diagnostic.severity {
                    Severity::Error => summary.errors += 1,
                    Severity::Warning => summary.warnings += 1,
                    Severity::Info => summary.infos += 1,
                }
            }
        }
        summary
    }

    /// One line for people: `3 errors, 1 warning in 2 files (2 suppressed)`.
    pub fn line(&self) -> String {
        let counts = [
            (self.errors, "error"),
            (self.warnings, "warning"),
            (self.infos, "info"),
        ];
        let found: Vec<String> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(n, word)| counted(*n, word))
            .collect();
        let found = if found.is_empty() {
            "nothing found".to_owned()
        } else {
            found.join(", ")
        };
        let hidden = if self.suppressed > 0 {
            format!(" ({} suppressed)", self.suppressed)
        } else {
            String::new()
        };
        format!("{found} in {}{hidden}", counted(self.files, "file"))
    }
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 {
        format!("1 {word}")
    } else {
        format!("{count} {word}s")
    }
}

/// How often each rule spoke, the most frequent first.
pub fn statistics(checked: &[Checked]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in checked
        .iter()
        .flat_map(|document| &document.analysis.diagnostics)
    {
        *counts.entry(diagnostic.rule).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
        .iter()
        .map(|(rule, count)| format!("{count:>5}  {rule}\n"))
        .collect()
}

/// The help of a diagnostic with the fix that it offers.
fn help(diagnostic: &Diagnostic) -> Option<String> {
    let fix = diagnostic.fix.as_ref().map(|fix| {
        let kind = if fix.safe { "fix" } else { "unsafe fix" };
        format!("{} ({kind})", fix.title)
    });
    match (&diagnostic.help, fix) {
        (Some(help), _) => Some(help.clone()),
        (None, fix) => fix,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Checked, Summary, normalized};
    use crate::analysis::{Options, analyze_with};
    use crate::context::NoContext;

    pub(crate) fn checked(text: &str) -> Checked {
        let analysis = analyze_with(text, &NoContext::default(), &Options::default());
        Checked {
            path: "app/docksmith.toml".to_owned(),
            analysis,
        }
    }

    #[test]
    fn paths_are_joined_by_their_text() {
        assert_eq!(
            normalized(&["services/api", "../..", ".dockerignore"]),
            ".dockerignore"
        );
        assert_eq!(normalized(&["/a/b", "", "c"]), "/a/b/c");
        assert_eq!(normalized(&["", "..", "x"]), "../x");
    }

    #[test]
    fn the_summary_counts_in_words() {
        let summary = Summary::of(&[checked("language = \"go\"\nx = 1\n")]);
        assert_eq!(summary.line(), "1 error in 1 file");
        assert_eq!(
            Summary::of(&[checked("language = \"go\"\n")]).line(),
            "nothing found in 1 file"
        );
    }
}
