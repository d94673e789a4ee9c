//! Diagnostics in the formats of the command line: pure functions from what was checked to text.
//!
//! Beside `analysis`, whose results they print, they know only `text`, `diagnostic` and `rules`.

pub mod checkstyle;
pub mod concise;
mod escape;
mod found;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
pub mod preview;
pub mod rdjson;
pub mod sarif;
pub mod terminal;
#[cfg(test)]
mod testing;

use std::collections::BTreeMap;

use crate::analysis::Analysis;
use crate::diagnostic::{Diagnostic, File, Fix, Severity};
use crate::text::{LineIndex, Position, PositionEncoding, Span};

/// Where the project is at home, for the formats that name it; empty while it has no public place.
const HOME: &str = env!("CARGO_PKG_REPOSITORY");

/// A document that was checked.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Its path as it is shown.
    pub path: String,
    /// What is known of it.
    pub analysis: Analysis,
    /// The texts that anything is said about, prepared once: a file may have thousands of diagnostics.
    sources: BTreeMap<File, Source>,
}

/// A text that places are shown in.
#[derive(Debug, Clone)]
struct Source {
    /// Its path as it is shown.
    path: String,
    /// The text without credentials and without characters that a terminal would obey. All places stay as they are.
    text: String,
    lines: LineIndex,
}

impl Source {
    fn new(path: String, text: &str) -> Self {
        let text = without_controls(text);
        let lines = LineIndex::new(&text);
        Self { path, text, lines }
    }

    fn position(&self, offset: u32, encoding: PositionEncoding) -> Position {
        self.lines.position(&self.text, offset, encoding)
    }
}

impl Checked {
    /// A document at a path, as it is shown.
    pub fn new(path: impl Into<String>, analysis: Analysis) -> Self {
        let path = path.into();
        let document = Source::new(path.clone(), &analysis.printable_text());
        let mut sources = BTreeMap::from([(File::Document, document)]);
        let texts = analysis.files.keys().cloned().map(File::Context);
        let hidden = analysis.suppressed.iter().map(|it| &it.diagnostic);
        let said = analysis.diagnostics.iter().chain(hidden);
        let spoken = said.flat_map(spoken).cloned();
        for file in texts.chain(spoken) {
            let File::Context(name) = &file else {
                continue;
            };
            let text = analysis.files.get(name).map_or("", String::as_str);
            let shown = context_path(&path, &analysis.layout.root, name);
            sources
                .entry(file)
                .or_insert_with(|| Source::new(shown, text));
        }
        Self {
            path,
            analysis,
            sources,
        }
    }

    /// The path of a file that a diagnostic speaks of, as it is shown.
    fn path_of(&self, file: &File) -> &str {
        self.source(file).map_or("", |source| &source.path)
    }

    fn source(&self, file: &File) -> Option<&Source> {
        self.sources.get(file)
    }

    /// What stands at a place of the document; nothing where a credential does, and nothing for other files, whose
    /// credentials are known no more.
    fn written(&self, file: &File, span: Span) -> Option<&str> {
        let shown = span.of(&self.source(file)?.text);
        let is_clean = *file == File::Document && shown == span.of(&self.analysis.text);
        is_clean.then_some(shown)
    }

    /// The fix of a diagnostic as it may be printed: none that would write a credential.
    fn fix_of<'a>(&self, diagnostic: &'a Diagnostic) -> Option<&'a Fix> {
        let is_clean = |text: &String| self.analysis.redacted(text) == *text;
        diagnostic
            .fix
            .as_ref()
            .filter(|fix| fix.edits.iter().all(|edit| is_clean(&edit.text)))
    }

    /// The place in lines and columns, which count code points.
    fn place(&self, file: &File, span: Span) -> Place {
        self.place_in(file, span, PositionEncoding::CodePoints)
    }

    /// The place in lines and columns.
    fn place_in(&self, file: &File, span: Span, encoding: PositionEncoding) -> Place {
        let position = |offset| match self.source(file) {
            Some(source) => source.position(offset, encoding),
            None => Position { line: 0, column: 0 },
        };
        Place {
            start: position(span.start),
            end: position(span.end),
        }
    }
}

/// The files that a diagnostic names.
fn spoken(diagnostic: &Diagnostic) -> impl Iterator<Item = &File> {
    let labels = diagnostic.labels.iter().map(|label| &label.file);
    let edits = diagnostic.fix.iter().flat_map(|fix| &fix.edits);
    let edits = edits.map(|edit| &edit.file);
    [&diagnostic.file].into_iter().chain(labels).chain(edits)
}

/// The shown path of a file of the build context, whose root is seen from the document's folder.
fn context_path(document: &str, root: &str, path: &str) -> String {
    let folder = match document.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None => "",
    };
    normalized(&[folder, root, path])
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

/// The text with every control character but tabs and line breaks replaced by a mark of as many bytes, so that offsets
/// and columns stay as they are. Characters that turn the direction of writing make a terminal show other text than is
/// there; they are replaced, too.
fn without_controls(text: &str) -> String {
    let safe = |character: char| match character {
        '\t' | '\n' | '\r' => character,
        control if control.is_ascii_control() => '?',
        control if control.is_control() => '¿',
        '\u{61c}' => '¿',
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        character => character,
    };
    text.chars().map(safe).collect()
}

/// The same in one line.
fn one_line(text: &str) -> String {
    without_controls(text).replace(['\n', '\r'], " ")
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
    /// Findings with a safe fix.
    pub fixable: usize,
    /// Findings with an unsafe fix.
    pub fixable_unsafely: usize,
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
            summary.suppressed += document.analysis.suppressed.len();
            for diagnostic in &document.analysis.diagnostics {
                match &diagnostic.fix {
                    Some(fix) if fix.safe => summary.fixable += 1,
                    Some(_) => summary.fixable_unsafely += 1,
                    None => {}
                }
                match diagnostic.severity {
                    Severity::Error => summary.errors += 1,
                    Severity::Warning => summary.warnings += 1,
                    Severity::Info => summary.infos += 1,
                }
            }
        }
        summary
    }

    /// One line for people: `3 errors, 1 warning in 2 files (1 fixable with --fix; 2 suppressed)`.
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
        format!(
            "{found} in {}{}",
            counted(self.files, "file"),
            self.remarks()
        )
    }

    fn remarks(&self) -> String {
        let fixes = match (self.fixable, self.fixable_unsafely) {
            (0, 0) => None,
            (safe, 0) => Some(format!("{safe} fixable with --fix")),
            (0, more) => Some(format!("{more} fixable with --fix --unsafe-fixes")),
            (safe, more) => Some(format!(
                "{safe} fixable with --fix, {more} more with --unsafe-fixes"
            )),
        };
        let suppressed = (self.suppressed > 0).then(|| format!("{} suppressed", self.suppressed));
        let remarks: Vec<String> = [fixes, suppressed].into_iter().flatten().collect();
        if remarks.is_empty() {
            return String::new();
        }
        format!(" ({})", remarks.join("; "))
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

#[cfg(test)]
pub(crate) mod tests {
    use super::{Checked, Summary, context_path, normalized, without_controls};
    use crate::analysis::{Options, Suppressed, analyze_with};
    use crate::context::NoContext;
    use crate::diagnostic::{Diagnostic, File, Fix, Severity};
    use crate::report::concise::concise;
    use crate::report::json::json;
    use crate::report::terminal::{Style, terminal};
    use crate::text::Span;
    use std::time::{Duration, Instant};

    pub(crate) fn checked(text: &str) -> Checked {
        let analysis = analyze_with(text, &NoContext::default(), &Options::default());
        Checked::new("app/docksmith.toml", analysis)
    }

    /// A text with one diagnostic of `unknown-stage`.
    pub(crate) fn marked(text: &str, span: Span) -> Checked {
        let mut analysis = checked(text).analysis;
        analysis.diagnostics = vec![diagnostic(span)];
        Checked::new("app/docksmith.toml", analysis)
    }

    pub(crate) fn diagnostic(span: Span) -> Diagnostic {
        Diagnostic {
            rule: "unknown-stage",
            severity: Severity::Error,
            message: "there is no build stage `bilder`".to_owned(),
            file: File::Document,
            span,
            label: String::new(),
            labels: Vec::new(),
            why: None,
            help: None,
            fix: None,
            unnecessary: false,
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
        assert_eq!(context_path("/docksmith.toml", "", "x"), "/x");
    }

    #[test]
    fn marks_for_control_characters_keep_bytes_and_columns() {
        assert_eq!(without_controls("a\u{1b}\t\u{9b}\r\n"), "a?\t¿\r\n");
        for turn in ["\u{61c}", "\u{200f}", "\u{202e}", "\u{2066}"] {
            let shown = without_controls(turn);
            assert!(shown != turn && shown.len() == turn.len(), "{turn:?}");
        }
    }

    #[test]
    fn the_summary_says_what_can_be_fixed_and_what_is_hidden() {
        let span = Span::new(0, 1);
        let mut file = marked("x = 1", span);
        file.analysis.diagnostics[0].fix(Fix::safe("write `y`", span, "y"));
        let mut other = diagnostic(span);
        other.severity = Severity::Warning;
        other.fix(Fix::unsafe_("write `y`", span, "y"));
        file.analysis.diagnostics.push(other);
        let hidden = Suppressed {
            diagnostic: diagnostic(span),
            justification: String::new(),
        };
        file.analysis.suppressed = vec![hidden; 2];
        assert_eq!(
            Summary::of(&[file]).line(),
            "1 error, 1 warning in 1 file \
            (1 fixable with --fix, 1 more with --unsafe-fixes; 2 suppressed)"
        );
    }

    /// A text of a megabyte that is prepared again for each place takes minutes.
    #[test]
    fn thousands_of_places_in_a_long_text_are_told_in_time() {
        let line = format!("# {}\n", "x".repeat(200));
        let mut file = marked(&line.repeat(5_000), Span::new(0, 1));
        let place = |number: usize| Span::new(number * line.len(), number * line.len() + 1);
        file.analysis.diagnostics = (0..5_000).map(|number| diagnostic(place(number))).collect();
        let start = Instant::now();
        let files = [file];
        assert_eq!(concise(&files).lines().count(), 5_000);
        json(&files, "0");
        terminal(&files, &Style::default());
        assert!(start.elapsed() < Duration::from_secs(20));
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
