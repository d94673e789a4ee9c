//! Which rules speak, and how severely.

use crate::analysis::Options;
use crate::config::lint::Level;
use crate::config::spellings::Canonical;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{self, by_name};

/// The levels in force for one document: the command line beats the file, the file the default.
pub(super) struct Levels<'a> {
    config: &'a Canonical,
    options: &'a Options,
}

impl<'a> Levels<'a> {
    pub(super) fn new(config: &'a Canonical, options: &'a Options) -> Self {
        Self { config, options }
    }

    /// The diagnostic at its level; nothing if its rule is off.
    pub(super) fn apply(&self, mut diagnostic: Diagnostic) -> Option<Diagnostic> {
        if !self.speaks(diagnostic.rule) {
            return None;
        }
        if let Some(level) = self.level(diagnostic.rule) {
            diagnostic.severity = level?;
        }
        Some(diagnostic)
    }

    /// Whether a rule speaks at all.
    pub(super) fn speaks(&self, name: &str) -> bool {
        let listed = |names: &[String]| names.iter().any(|other| other == name);
        if name == "toml-syntax" {
            return true;
        }
        if !self.options.select.is_empty() {
            return listed(&self.options.select);
        }
        if listed(&self.options.ignore) {
            return false;
        }
        match self.level(name) {
            Some(level) => level.is_some(),
            None => {
                self.options.pedantic
                    || by_name(name).is_none_or(|rule| rule.level != rules::Level::Pedantic)
            }
        }
    }

    /// The level that somebody chose; an inner `None` means off.
    fn level(&self, name: &str) -> Option<Option<Severity>> {
        let chosen = self
            .options
            .levels
            .iter()
            .rev()
            .find(|(rule, _)| rule == name);
        if let Some((_, severity)) = chosen {
            return Some(*severity);
        }
        let level = self.config.lint.as_ref()?.rules.value(name)?;
        Some(match level.value {
            Level::Error => Some(Severity::Error),
            Level::Warning => Some(Severity::Warning),
            Level::Info => Some(Severity::Info),
            Level::Off => None,
        })
    }
}
