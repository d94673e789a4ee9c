//! Which rules speak, and how severely.

use crate::analysis::Options;
use crate::config::lint::Level;
use crate::config::spellings::Canonical;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::{self, Rule, by_name};

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
                self.pedantic()
                    || by_name(name).is_none_or(|rule| rule.level != rules::Level::Pedantic)
            }
        }
    }

    /// Whether pedantic rules speak.
    fn pedantic(&self) -> bool {
        let shared = self.options.shared.as_ref().and_then(|it| it.pedantic);
        self.options.pedantic || shared.unwrap_or_default()
    }

    /// The level that somebody chose; an inner `None` means off.
    fn level(&self, name: &str) -> Option<Option<Severity>> {
        self.chosen(name).map(|(level, _)| level)
    }

    /// The level that somebody chose, and where.
    fn chosen(&self, name: &str) -> Option<(Option<Severity>, Origin)> {
        let levels = self.options.levels.iter().rev();
        if let Some((_, severity)) = levels.into_iter().find(|(rule, _)| rule == name) {
            return Some((*severity, Origin::CommandLine));
        }
        let own = self
            .config
            .lint
            .as_ref()
            .and_then(|it| it.rules.value(name));
        if let Some(level) = own {
            return Some((severity(level.value), Origin::Document));
        }
        let level = self.options.shared.as_ref()?.level(name)?;
        Some((severity(level), Origin::Shared))
    }

    /// The level at which a rule speaks, nothing if it is off, and who says so.
    pub(super) fn in_force(&self, rule: &Rule, old_style: bool) -> (Option<Severity>, Origin) {
        let chosen = self.chosen(rule.name);
        let severity = match chosen {
            Some((level, _)) => level,
            None => Some(rule.level.severity(old_style)),
        };
        if !self.speaks(rule.name) {
            let by_level = chosen.filter(|(level, _)| level.is_none());
            let listed = self.options.ignore.iter().any(|name| name == rule.name);
            let is_selected = self.options.select.is_empty();
            return match by_level {
                Some((_, origin)) if is_selected && !listed => (None, origin),
                _ if listed || !is_selected => (None, Origin::CommandLine),
                _ => (None, Origin::Default),
            };
        }
        let is_pedantic = rule.level == rules::Level::Pedantic;
        let origin = match chosen {
            Some((_, origin)) => origin,
            None if is_pedantic && self.options.pedantic => Origin::CommandLine,
            None if is_pedantic && self.options.select.is_empty() => Origin::Shared,
            None => Origin::Default,
        };
        (severity, origin)
    }
}

/// Who says how a file is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// docksmith itself.
    Default,
    /// The settings that documents of a folder share.
    Shared,
    /// The document's `[lint]`.
    Document,
    /// The command line, or the editor's settings.
    CommandLine,
}

fn severity(level: Level) -> Option<Severity> {
    match level {
        Level::Error => Some(Severity::Error),
        Level::Warning => Some(Severity::Warning),
        Level::Info => Some(Severity::Info),
        Level::Off => None,
    }
}
