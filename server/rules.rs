//! The rules: one file each, one list.
//!
//! A rule knows what is wrong with a file and says so. Levels, suppression and the order of what is said are applied
//! elsewhere, once. Its doc comment is its page: the first line is its summary, and its examples run as tests.

mod arg_not_in_scope;
mod build_target_missing;
mod byte_order_mark;
mod chown_name_unresolved;
mod command_is_sibling;
mod command_needs_shell;
mod command_not_in_image;
mod conflicting_keys;
mod copy_glob_empty;
mod copy_source_case;
mod copy_source_ignored;
mod copy_source_missing;
mod copy_source_outside_context;
mod copy_spills_folder;
mod deprecated_image;
mod dest_needs_slash;
mod duplicate_destination;
mod duplicate_env;
mod duplicate_key;
mod duplicate_stage;
mod dynamic_binary_on_static_image;
mod empty_group;
mod entrypoint_needs_shell;
mod entrypoint_string;
mod env_not_expanded;
mod file_mode_on_folder;
mod healthcheck_compose_prefix;
mod healthcheck_needs_shell;
mod healthcheck_tool_missing;
mod image_family_unsupported;
mod image_latest_tag;
mod image_no_digest;
mod image_unpinned_tag;
mod insecure_download;
mod invalid_checksum;
mod invalid_digest;
mod invalid_duration;
mod invalid_env_name;
mod invalid_image_reference;
mod invalid_label_key;
mod invalid_ldflags;
mod invalid_lock;
mod invalid_mode;
mod invalid_package_name;
mod invalid_platform;
mod invalid_stage_name;
mod invalid_suppression;
mod invalid_value;
mod invalid_words;
mod json_like_form;
mod libc_mismatch;
mod link_unsafe;
mod missing_checksum;
mod missing_command;
mod missing_key;
mod missing_platform_checksum;
mod no_dockerignore;
pub(crate) mod no_effect;
mod no_healthcheck;
mod no_package_manager;
mod node_modules_in_context;
mod not_portable;
mod old_spelling;
mod overlay_directive;
mod overlay_syntax;
mod package_manager_mismatch;
mod port_mapping;
mod port_out_of_range;
mod predefined_arg_default;
mod privileged_port;
mod project_file_missing;
mod referenced_file_missing;
mod registry_not_allowed;
mod relative_destination;
mod reserved_destination;
mod reserved_stage_name;
mod root_user;
mod script_bom;
mod script_crlf;
mod script_interpreter;
mod script_missing_shebang;
mod script_no_exec;
mod script_without_exec_args;
mod secret_in_command;
mod secret_in_env;
mod sensitive_file;
mod setuid_mode;
mod shell_placeholder;
mod shell_syntax_in_exec_form;
pub(crate) mod shell_syntax_in_value;
mod spelling_conflict;
mod stage_cycle;
mod stage_name_typo;
mod stage_self_reference;
mod stale_lock;
mod step_syntax;
mod toml_1_1_syntax;
pub(crate) mod toml_syntax;
mod undeclared_build_arg;
mod undeclared_secret;
mod undefined_variable;
mod unknown_key;
mod unknown_stage;
mod unknown_user;
mod unused_secret;
mod unused_stage;
mod unused_step_verb;
pub(crate) mod unused_suppression;
mod user_not_creatable;
mod wrong_package_manager;
mod wrong_type;

#[cfg(test)]
mod tests;

use crate::config::check::Shape;
use crate::config::spellings::Canonical;
use crate::context::{Entry, Rooted};
use crate::diagnostic::{Diagnostic, File, Fix, Severity};
use crate::image::ImageReference;
use crate::image::catalog::references;
use crate::image::known::known;
use crate::plan::entry_script::EntryScript;
use crate::plan::ignore_file::IgnoreFile;
use crate::plan::parse::Fault;
use crate::plan::paths::Layout;
use crate::plan::sources::{ContextSource, context_sources, join};
use crate::plan::{BuildPlan, ProblemKind};
use crate::syntax::{Document, Node, Step, Table};
use crate::text::Span;

/// All rules, in alphabetical order.
pub static ALL: &[&Rule] = &[
    &arg_not_in_scope::RULE,
    &build_target_missing::RULE,
    &byte_order_mark::RULE,
    &chown_name_unresolved::RULE,
    &command_is_sibling::RULE,
    &command_needs_shell::RULE,
    &command_not_in_image::RULE,
    &conflicting_keys::RULE,
    &copy_glob_empty::RULE,
    &copy_source_case::RULE,
    &copy_source_ignored::RULE,
    &copy_source_missing::RULE,
    &copy_source_outside_context::RULE,
    &copy_spills_folder::RULE,
    &deprecated_image::RULE,
    &dest_needs_slash::RULE,
    &duplicate_destination::RULE,
    &duplicate_env::RULE,
    &duplicate_key::RULE,
    &duplicate_stage::RULE,
    &dynamic_binary_on_static_image::RULE,
    &empty_group::RULE,
    &entrypoint_needs_shell::RULE,
    &entrypoint_string::RULE,
    &env_not_expanded::RULE,
    &file_mode_on_folder::RULE,
    &healthcheck_compose_prefix::RULE,
    &healthcheck_needs_shell::RULE,
    &healthcheck_tool_missing::RULE,
    &image_family_unsupported::RULE,
    &image_latest_tag::RULE,
    &image_no_digest::RULE,
    &image_unpinned_tag::RULE,
    &insecure_download::RULE,
    &invalid_checksum::RULE,
    &invalid_digest::RULE,
    &invalid_duration::RULE,
    &invalid_env_name::RULE,
    &invalid_image_reference::RULE,
    &invalid_label_key::RULE,
    &invalid_ldflags::RULE,
    &invalid_lock::RULE,
    &invalid_mode::RULE,
    &invalid_package_name::RULE,
    &invalid_platform::RULE,
    &invalid_stage_name::RULE,
    &invalid_suppression::RULE,
    &invalid_value::RULE,
    &invalid_words::RULE,
    &json_like_form::RULE,
    &libc_mismatch::RULE,
    &link_unsafe::RULE,
    &missing_checksum::RULE,
    &missing_command::RULE,
    &missing_key::RULE,
    &missing_platform_checksum::RULE,
    &no_dockerignore::RULE,
    &no_effect::RULE,
    &no_healthcheck::RULE,
    &no_package_manager::RULE,
    &node_modules_in_context::RULE,
    &not_portable::RULE,
    &old_spelling::RULE,
    &overlay_directive::RULE,
    &overlay_syntax::RULE,
    &package_manager_mismatch::RULE,
    &port_mapping::RULE,
    &port_out_of_range::RULE,
    &predefined_arg_default::RULE,
    &privileged_port::RULE,
    &project_file_missing::RULE,
    &referenced_file_missing::RULE,
    &registry_not_allowed::RULE,
    &relative_destination::RULE,
    &reserved_destination::RULE,
    &reserved_stage_name::RULE,
    &root_user::RULE,
    &script_bom::RULE,
    &script_crlf::RULE,
    &script_interpreter::RULE,
    &script_missing_shebang::RULE,
    &script_no_exec::RULE,
    &script_without_exec_args::RULE,
    &secret_in_command::RULE,
    &secret_in_env::RULE,
    &sensitive_file::RULE,
    &setuid_mode::RULE,
    &shell_placeholder::RULE,
    &shell_syntax_in_exec_form::RULE,
    &shell_syntax_in_value::RULE,
    &spelling_conflict::RULE,
    &stage_cycle::RULE,
    &stage_name_typo::RULE,
    &stage_self_reference::RULE,
    &stale_lock::RULE,
    &step_syntax::RULE,
    &toml_1_1_syntax::RULE,
    &toml_syntax::RULE,
    &undeclared_build_arg::RULE,
    &undeclared_secret::RULE,
    &undefined_variable::RULE,
    &unknown_key::RULE,
    &unknown_stage::RULE,
    &unknown_user::RULE,
    &unused_secret::RULE,
    &unused_stage::RULE,
    &unused_step_verb::RULE,
    &unused_suppression::RULE,
    &user_not_creatable::RULE,
    &wrong_package_manager::RULE,
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
    /// Which fixes its findings may carry.
    pub fixes: Fixes,
    /// The equivalent checks of other linters: `hadolint DL3006`, `BuildKit StageNameCasing`, `trivy DS-0001`.
    pub equivalents: &'static [&'static str],
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

/// Which fixes the findings of a rule may carry. A finding without one is always possible: not every place has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fixes {
    /// None: only the user knows.
    None,
    /// Such as keep the meaning.
    Safe,
    /// Such as may change it.
    Unsafe,
    /// Either, by the case.
    Either,
}

impl Fixes {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::Either => "either",
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

    /// Whether the files of the build context can be seen. A file is rendered where the rest of its project is not.
    pub fn sees_project(&self) -> bool {
        self.context.entry("") != Entry::Unknown
    }

    /// Whether the file is an old-style one.
    pub fn is_old_style(&self) -> bool {
        self.config.old_style.is_some()
    }

    /// The problems of the plan that lie in the document.
    pub fn problems(&self) -> impl Iterator<Item = (&'a ProblemKind, Span)> {
        let problems = self.plan.problems.iter();
        problems
            .filter(|problem| problem.file == File::Document)
            .map(|problem| (&problem.kind, problem.span))
    }

    /// Whether the value at a place is that of a key, given by its path in the canonical spelling.
    pub fn is_value_of(&self, span: Span, path: &[&str]) -> bool {
        let steps: Vec<Step> = path
            .iter()
            .map(|key| Step::Key((*key).to_owned()))
            .collect();
        let found = self.document.find(&steps);
        found.is_some_and(|found| found.node.span == span)
    }

    /// Labels the final image's base as the reason of a finding; `fact` says what it lacks.
    pub fn label_base(&self, finding: &mut Diagnostic, fact: &str) {
        let Some(image) = &self.plan.image else {
            return;
        };
        if self.config.runtime.image.is_some() {
            finding.label(image.base_span, fact);
        } else {
            finding.label(
                image.base_span,
                format!("the default image `{}` {fact}", image.base.reference),
            );
        }
    }

    /// The stage that a name without tag and path is probably meant to be, where no image is known under it.
    pub fn misspelt_stage(&self, name: &str) -> Option<&'a str> {
        let is_plain = !name.contains([':', '/', '@', '$']) && name != "scratch";
        let is_stage = self.plan.stage(name).is_some();
        let is_known = ImageReference::parse(name)
            .ok()
            .is_some_and(|reference| known(&reference).is_some())
            || references()
                .iter()
                .any(|it| it.split(':').next() == Some(name));
        if !is_plain || is_stage || is_known {
            return None;
        }
        nearest(name, self.plan.stages.iter().map(|it| it.name.as_str()))
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

    /// The ignore file that a build heeds, if it is known.
    pub fn ignore_file(&self) -> Option<IgnoreFile> {
        IgnoreFile::of(self.config, self.layout, self.context)
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

impl Findings<'_> {
    /// Reports what is wrong in Dockerfile text of a file, with the nearest of the names that could be meant.
    pub(crate) fn fault(&mut self, file: &File, fault: &Fault) -> &mut Diagnostic {
        let near = nearest(&fault.word, fault.names.iter().map(String::as_str));
        let near = near.map(str::to_owned);
        let finding = self.report_in(file.clone(), fault.span, fault.message.clone());
        if fault.is_harmless {
            finding.as_warning();
        }
        if let Some(help) = &fault.help {
            finding.help(help.clone());
        }
        if let Some(near) = near {
            finding.help(format!("did you mean `{near}`?"));
            let mut fix = Fix::unsafe_(
                format!("replace `{}` by `{near}`", fault.word),
                fault.span,
                near,
            );
            for edit in &mut fix.edits {
                edit.file = file.clone();
            }
            finding.fix(fix);
        }
        finding
    }
}

/// Declares a rule: its doc comment, its name, its level, optionally its confidence, and its check; then, where there are
/// any, the kind of its fixes and the equivalent checks of other linters:
/// `"root-user", Warning, check; fix Unsafe; also ["hadolint DL3002", "trivy DS-0002"]`.
macro_rules! rule {
    ($(#[doc = $doc:literal])+ $name:literal, $level:ident, $check:ident
     $(; fix $fix:ident)? $(; also [$($id:literal),+ $(,)?])? $(,)?) => {
        crate::rules::rule!($(#[doc = $doc])+ $name, $level, High, $check $(; fix $fix)? $(; also [$($id),+])?);
    };
    ($(#[doc = $doc:literal])+ $name:literal, $level:ident, $confidence:ident, $check:ident
     $(; fix $fix:ident)? $(; also [$($id:literal),+ $(,)?])? $(,)?) => {
        $(#[doc = $doc])+
        pub(crate) static RULE: crate::rules::Rule = crate::rules::Rule {
            name: $name,
            level: crate::rules::Level::$level,
            confidence: crate::rules::Confidence::$confidence,
            fixes: {
                #[allow(unused_mut, unused_assignments, reason = "a rule without fixes sets nothing")]
                let mut fixes = crate::rules::Fixes::None;
                $(fixes = crate::rules::Fixes::$fix;)?
                fixes
            },
            equivalents: &[$($($id),+)?],
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
