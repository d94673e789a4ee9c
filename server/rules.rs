//! The rules: one file each, one list.
//!
//! A rule knows what is wrong with a file and says so. Levels, suppression and the order of what is said are applied
//! elsewhere, once. Its doc comment is its page: the first line is its summary, and its examples run as tests.

mod byte_order_mark;
mod conflicting_keys;
mod duplicate_env;
mod duplicate_key;
mod insecure_download;
mod invalid_checksum;
mod invalid_duration;
mod invalid_env_name;
mod invalid_label_key;
mod invalid_ldflags;
mod invalid_mode;
mod invalid_package_name;
mod invalid_platform;
mod invalid_stage_name;
mod invalid_suppression;
mod invalid_value;
mod invalid_words;
mod missing_checksum;
mod missing_command;
mod missing_key;
pub(crate) mod no_effect;
mod old_spelling;
mod overlay_syntax;
mod port_mapping;
mod port_out_of_range;
mod relative_destination;
mod shell_syntax_in_value;
mod spelling_conflict;
mod step_syntax;
mod toml_1_1_syntax;
pub(crate) mod toml_syntax;
mod unknown_key;
mod unknown_stage;
mod unsupported_language;
mod unused_step_verb;
pub(crate) mod unused_suppression;
mod wrong_type;

#[cfg(test)]
mod tests;

use crate::config::check::Shape;
use crate::config::spellings::Canonical;
use crate::context::Rooted;
use crate::diagnostic::{Diagnostic, File, Severity};
use crate::plan::BuildPlan;
use crate::plan::paths::Layout;
use crate::syntax::{Document, Node, Table};
use crate::text::Span;

/// All rules, in alphabetical order.
pub static ALL: &[&Rule] = &[
    &byte_order_mark::RULE,
    &conflicting_keys::RULE,
    &duplicate_env::RULE,
    &duplicate_key::RULE,
    &insecure_download::RULE,
    &invalid_checksum::RULE,
    &invalid_duration::RULE,
    &invalid_env_name::RULE,
    &invalid_label_key::RULE,
    &invalid_ldflags::RULE,
    &invalid_mode::RULE,
    &invalid_package_name::RULE,
    &invalid_platform::RULE,
    &invalid_stage_name::RULE,
    &invalid_suppression::RULE,
    &invalid_value::RULE,
    &invalid_words::RULE,
    &missing_checksum::RULE,
    &missing_command::RULE,
    &missing_key::RULE,
    &no_effect::RULE,
    &old_spelling::RULE,
    &overlay_syntax::RULE,
    &port_mapping::RULE,
    &port_out_of_range::RULE,
    &relative_destination::RULE,
    &shell_syntax_in_value::RULE,
    &spelling_conflict::RULE,
    &step_syntax::RULE,
    &toml_1_1_syntax::RULE,
    &toml_syntax::RULE,
    &unknown_key::RULE,
    &unknown_stage::RULE,
    &unsupported_language::RULE,
    &unused_step_verb::RULE,
    &unused_suppression::RULE,
    &wrong_type::RULE,
];

/// The rule with this name.
pub fn by_name(name: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.name == name)
}

/// What a rule is, beside its check.
#[derive(Debug)]
pub struct Rule {
    /// The problem in kebab-case: what stands behind "ignore".
    pub name: &'static str,
    /// How severe its findings are by default.
    pub level: Level,
    /// How often its findings are right.
    pub confidence: Confidence,
    /// Its page, as Markdown: the doc comment.
    pub documentation: &'static str,
    /// Reports what is wrong.
    pub check: fn(&Subject<'_>, &mut Findings<'_>),
}

impl Rule {
    /// The first line of its page.
    pub fn summary(&self) -> &'static str {
        self.documentation
            .trim()
            .lines()
            .next()
            .unwrap_or_default()
            .trim()
    }
}

/// How severe findings are by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Errors.
    Error,
    /// Errors; warnings in an old-style file, which the existing tool accepts.
    ErrorUnlessOld,
    /// Warnings.
    Warning,
    /// For information.
    Info,
    /// For information, and only when asked for.
    Pedantic,
}

impl Level {
    /// The severity in a file; `old_style` says whether it is an old-style one.
    pub fn severity(self, old_style: bool) -> Severity {
        match self {
            Self::ErrorUnlessOld if old_style => Severity::Warning,
            Self::Error | Self::ErrorUnlessOld => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Info | Self::Pedantic => Severity::Info,
        }
    }
}

/// How often findings are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// Always, as far as is known.
    High,
    /// Nearly always.
    Medium,
}

impl Confidence {
    /// The word of machine formats.
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
        }
    }
}

/// What rules look at.
pub struct Subject<'a> {
    /// The document's text.
    pub text: &'a str,
    /// Its tree.
    pub document: &'a Document,
    /// Where it does not keep to the schema.
    pub shapes: &'a [Shape],
    /// What it says, in the canonical spelling; without what breaks the schema.
    pub config: &'a Canonical,
    /// What will be built.
    pub plan: &'a BuildPlan,
    /// The build context, from its root.
    pub context: &'a Rooted<'a>,
    /// Where the application lies in it.
    pub layout: &'a Layout,
}

impl<'a> Subject<'a> {
    /// The mistakes of shape that a rule speaks about.
    pub fn shapes_of(&self, rule: &'static str) -> impl Iterator<Item = &'a Shape> {
        self.shapes.iter().filter(move |shape| shape.rule == rule)
    }

    /// The steps that the document writes, in whatever state.
    pub fn steps(&self) -> Vec<&'a Node> {
        let root = &self.document.root;
        let mut tables: Vec<&Table> = ["build", "runtime", "runtime_config"]
            .iter()
            .filter_map(|name| root.node(name))
            .filter_map(Node::table)
            .collect();
        let stages = root.node("stages").and_then(Node::items);
        tables.extend(stages.unwrap_or_default().iter().filter_map(Node::table));
        let steps = tables
            .iter()
            .filter_map(|table| table.node("steps"))
            .filter_map(Node::items);
        steps.flatten().collect()
    }

    /// Whether the file is an old-style one.
    pub fn is_old_style(&self) -> bool {
        self.config.old_style.is_some()
    }

    /// The text at a place of the document, as it is written.
    pub fn written(&self, span: Span) -> &'a str {
        span.of(self.text)
    }
}

/// Where a rule puts what it finds.
pub struct Findings<'a> {
    rule: &'static Rule,
    severity: Severity,
    list: &'a mut Vec<Diagnostic>,
}

impl<'a> Findings<'a> {
    /// The findings of one rule at its default severity.
    pub fn new(rule: &'static Rule, old_style: bool, list: &'a mut Vec<Diagnostic>) -> Self {
        Self {
            rule,
            severity: rule.level.severity(old_style),
            list,
        }
    }

    /// Reports something at a place of the document. What is returned takes labels, help and a fix.
    pub fn report(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.report_in(File::Document, span, message)
    }

    /// The same in another file.
    pub fn report_in(
        &mut self,
        file: File,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let diagnostic = Diagnostic {
            rule: self.rule.name,
            severity: self.severity,
            message: message.into(),
            file,
            span,
            label: String::new(),
            labels: Vec::new(),
            why: None,
            help: None,
            fix: None,
            unnecessary: false,
        };
        self.list.push(diagnostic);
        let last = self.list.len() - 1;
        &mut self.list[last]
    }
}

/// Declares a rule: its doc comment, its name, its level, optionally its confidence, and its check.
macro_rules! rule {
    ($(#[doc = $doc:literal])+ $name:literal, $level:ident, $check:ident $(,)?) => {
        crate::rules::rule!($(#[doc = $doc])+ $name, $level, High, $check);
    };
    ($(#[doc = $doc:literal])+ $name:literal, $level:ident, $confidence:ident, $check:ident $(,)?) => {
        $(#[doc = $doc])+
        pub(crate) static RULE: crate::rules::Rule = crate::rules::Rule {
            name: $name,
            level: crate::rules::Level::$level,
            confidence: crate::rules::Confidence::$confidence,
            documentation: concat!($($doc, "\n"),+),
            check: $check,
        };
    };
}
pub(crate) use rule;

/// The name among `names` that is nearest to a misspelt one, if one is near and no other is as near: within a third of
/// its length in edits.
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(1);
    let distance =
        |other: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase());
    let mut near: Vec<(usize, &str)> = names
        .into_iter()
        .map(|other| (distance(other), other))
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    near.sort_unstable();
    near.dedup();
    match near.as_slice() {
        [(_, only)] => Some(only),
        [(first, name), (second, _), ..] if first < second => Some(name),
        _ => None,
    }
}
