//! The patterns of `.dockerignore`, as Docker reads them.
//!
//! The meaning is that of `MatchesOrParentMatches` in <https://github.com/moby/patternmatcher>, which differs from
//! git's: patterns are anchored at the context root, and `!` takes back in below an excluded folder, too.

mod pattern;
mod remaining;

use std::ops::Range;

pub use pattern::Pattern;
pub use remaining::{Remaining, keeps_any, remaining};

use super::matching::Run;

/// A read `.dockerignore`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ignore {
    patterns: Vec<Pattern>,
}

/// A line that Docker refuses, and the whole build with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// The bytes of the pattern.
    pub span: Range<usize>,
    /// What is wrong, ready to be shown.
    pub message: String,
}

impl Ignore {
    /// Reads the text of a `.dockerignore`. Malformed patterns are left out and returned beside it.
    pub fn parse(text: &str) -> (Self, Vec<PatternError>) {
        let mut patterns = Vec::new();
        let mut errors = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let first = start;
            start += line.len();
            // The byte order mark is dropped before the comment is looked for.
            let content = match first {
                0 => line.strip_prefix('\u{feff}').unwrap_or(line),
                _ => line,
            };
            let written = content.trim();
            if content.starts_with('#') || written.is_empty() {
                continue;
            }
            let indent = line.len() - content.trim_start().len();
            let span = first + indent..first + indent + written.len();
            match Pattern::parse(written, span.clone()) {
                Ok(pattern) => patterns.push(pattern),
                Err(message) => errors.push(PatternError { span, message }),
            }
        }
        (Self { patterns }, errors)
    }

    /// The patterns, in the order of the file.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// The pattern that decides about a path, relative to the context root: the last one that matches it or a folder
    /// above it. `None` if none does; then the path reaches the build.
    pub fn decision(&self, path: &str) -> Option<&Pattern> {
        let path = path.trim_matches('/');
        self.patterns
            .iter()
            .rev()
            .find(|pattern| pattern.matches(path))
    }

    /// The pattern that leaves a path out of the build context.
    pub fn excluded_by(&self, path: &str) -> Option<&Pattern> {
        self.decision(path).filter(|pattern| !pattern.takes_back)
    }

    /// Whether a path is left out of the build context.
    pub fn excludes(&self, path: &str) -> bool {
        self.excluded_by(path).is_some()
    }

    /// Whether something below a folder may reach the build: the folder does, or a later `!` may match there.
    pub fn may_keep_below(&self, folder: &str) -> bool {
        let folder = folder.trim_matches('/');
        for pattern in self.patterns.iter().rev() {
            if pattern.matches(folder) {
                return pattern.takes_back;
            }
            if pattern.takes_back && pattern.may_match_below(folder) {
                return true;
            }
        }
        true
    }
}

/// The state of a run after a folder and its `/`.
fn below<'a>(mut run: Run<'a>, folder: &str) -> Run<'a> {
    if folder.is_empty() {
        return run;
    }
    for character in folder.chars().chain(['/']) {
        run.read(character);
    }
    run
}

#[cfg(test)]
mod tests;
