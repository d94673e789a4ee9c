//! The rules: one file each, one list.
//!
//! A rule knows what is wrong with a file and says so. Levels, suppression and the order of what is said are applied
//! elsewhere, once. Its doc comment is its page: the first line is its summary, and its examples run as tests.

mod build_target_missing;
mod copy_glob_empty;
mod copy_source_case;
mod copy_source_ignored;
mod copy_source_missing;
mod copy_source_outside_context;
mod dest_needs_slash;
mod duplicate_destination;
mod file_mode_on_folder;
mod invalid_suppression;
mod project_file_missing;
mod referenced_file_missing;
mod script_bom;
mod script_crlf;
mod script_interpreter;
mod script_missing_shebang;
mod script_no_exec;
mod script_without_exec_args;
mod sensitive_file;
mod toml_syntax;
mod unknown_key;
mod unknown_stage;
pub(crate) mod unused_suppression;

#[cfg(test)]
mod tests;

use crate::config::check::Shape;
use crate::config::spellings::Canonical;
use crate::context::{Entry, Rooted};
use crate::diagnostic::{Diagnostic, File, Severity};
use crate::plan::BuildPlan;
use crate::plan::entry_script::EntryScript;
use crate::plan::paths::Layout;
use crate::plan::sources::{ContextSource, context_sources, join};
use crate::syntax::Document;
use crate::text::Span;

/// All rules, in alphabetical order.
pub static ALL: &[&Rule] = &[
    &build_target_missing::RULE,
    &copy_glob_empty::RULE,
    &copy_source_case::RULE,
    &copy_source_ignored::RULE,
    &copy_source_missing::RULE,
    &copy_source_outside_context::RULE,
    &dest_needs_slash::RULE,
    &duplicate_destination::RULE,
    &file_mode_on_folder::RULE,
    &invalid_suppression::RULE,
    &project_file_missing::RULE,
    &referenced_file_missing::RULE,
    &script_bom::RULE,
    &script_crlf::RULE,
    &script_interpreter::RULE,
    &script_missing_shebang::RULE,
    &script_no_exec::RULE,
    &script_without_exec_args::RULE,
    &sensitive_file::RULE,
    &toml_syntax::RULE,
    &unknown_key::RULE,
    &unknown_stage::RULE,
    &unused_suppression::RULE,
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

    /// Whether the file is an old-style one.
    pub fn is_old_style(&self) -> bool {
        self.config.old_style.is_some()
    }

    /// Another path than `path` in the words in which the file names that one, `written`.
    pub(crate) fn named_from(&self, written: &str, path: &str, other: &str) -> String {
        let front = path
            .strip_suffix(written.trim_start_matches('/').trim_end_matches('/'))
            .unwrap_or_default();
        let named = other.strip_prefix(front).unwrap_or(other);
        let root = if written.starts_with('/') { "/" } else { "" };
        let end = if written.ends_with('/') { "/" } else { "" };
        format!("{root}{named}{end}")
    }

    /// The entrypoint's script, if the image has one whose text is known.
    pub fn entry_script(&self) -> Option<EntryScript> {
        EntryScript::of(self.sources(), self.context)
    }

    /// What the plan takes from the build context.
    pub fn sources(&self) -> Vec<ContextSource<'a>> {
        context_sources(self.config, self.plan, self.layout)
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

/// The existing path that differs from a missing one in one misspelt name.
pub(crate) fn nearest_path(context: &Rooted<'_>, path: &str) -> Option<String> {
    let names: Vec<&str> = path.split('/').collect();
    let mut folder = String::new();
    for (index, name) in names.iter().enumerate() {
        let next = join(&folder, name);
        if context.entry(&next) != Entry::Missing {
            folder = next;
            continue;
        }
        let siblings = context.list(&folder);
        let near = nearest(name, siblings.iter().map(String::as_str))?;
        let rest = names.get(index + 1..).unwrap_or_default();
        let found = rest
            .iter()
            .fold(join(&folder, near), |path, name| join(&path, name));
        let exists = matches!(context.entry(&found), Entry::File { .. } | Entry::Folder);
        return exists.then_some(found);
    }
    None
}
