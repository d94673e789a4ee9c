//! The rules: one file each, one list.
//!
//! A rule knows what is wrong with a file and says so. Levels, suppression and the order of what is said are applied
//! elsewhere, once. Its doc comment is its page: the first line is its summary, and its examples run as tests.

mod arg_not_in_scope;
mod build_target_missing;
mod byte_order_mark;
mod ca_certificates_missing;
mod cgo_cross_compile;
mod chown_name_unresolved;
mod command_is_sibling;
mod command_needs_shell;
mod command_not_in_image;
mod conflicting_keys;
mod constant_platform;
mod copy_glob_empty;
mod copy_source_case;
mod copy_source_ignored;
mod copy_source_missing;
mod copy_source_outside_context;
mod copy_source_partly_ignored;
mod copy_spills_folder;
mod copy_whole_context;
mod deprecated_image;
mod dest_needs_slash;
mod digest_without_tag;
mod duplicate_destination;
mod duplicate_env;
mod duplicate_key;
mod duplicate_port;
mod duplicate_stage;
mod dynamic_binary_on_static_image;
mod empty_group;
mod entrypoint_needs_shell;
mod entrypoint_string;
mod env_not_expanded;
mod env_overrides_path;
mod env_self_reference;
mod file_mode_on_folder;
mod healthcheck_compose_prefix;
mod healthcheck_localhost;
mod healthcheck_needs_shell;
mod healthcheck_not_in_oci;
mod healthcheck_port_mismatch;
mod healthcheck_timing;
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
mod large_context;
mod ldflags_strip_duplicate;
mod libc_mismatch;
mod link_unsafe;
mod migration_start_period;
mod missing_checksum;
mod missing_command;
mod missing_key;
mod missing_platform_checksum;
mod moving_url;
mod no_dockerignore;
pub(crate) mod no_effect;
mod no_healthcheck;
mod no_package_manager;
mod node_modules_in_context;
mod nondeterministic_build;
mod not_portable;
mod old_spelling;
mod overlapping_destination;
mod overlay_conflict;
mod overlay_directive;
mod overlay_global_arg;
mod overlay_no_effect;
mod overlay_syntax;
mod package_hygiene;
mod package_manager_mismatch;
mod pipe_to_shell;
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
mod reserved_user_id;
mod reused_checksum;
mod root_user;
mod script_bom;
mod script_crlf;
mod script_interpreter;
mod script_missing_shebang;
mod script_no_exec;
mod script_not_executable;
mod script_without_exec_args;
mod secret_in_command;
pub(crate) mod secret_in_env;
mod sensitive_file;
mod setuid_mode;
mod shell_placeholder;
mod shell_syntax_in_exec_form;
pub(crate) mod shell_syntax_in_value;
mod spelling_conflict;
mod ssh_port;
mod stage_cycle;
mod stage_name_typo;
mod stage_self_reference;
mod stale_lock;
mod step_syntax;
mod sudo_in_command;
mod timezone_data_missing;
mod tls_verification_disabled;
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
mod unused_variable;
mod user_not_creatable;
mod world_writable;
mod wrong_package_manager;
mod wrong_type;

#[cfg(test)]
pub(crate) mod tests;

use std::cell::OnceCell;

use crate::config::check::Shape;
use crate::config::lint::Shared;
use crate::config::spellings::Canonical;
use crate::context::ignore::{Ignore, PatternError};
use crate::context::{Entry, Rooted};
use crate::diagnostic::{Diagnostic, File, Fix, Severity};
use crate::image::ImageReference;
use crate::image::catalog::references as usual_images;
use crate::image::known::{PackageManager, known};
use crate::names::Names;
use crate::plan::entry_script::EntryScript;
use crate::plan::ignore_file::IgnoreFile;
use crate::plan::parse::Fault;
use crate::plan::paths::Layout;
use crate::plan::references::{Reference, references};
use crate::plan::shell_text::{ShellText, shell_texts};
use crate::plan::sources::{ContextSource, context_sources, join};
use crate::plan::{BuildPlan, BuildStage, InstructionKind, ProblemKind, RunCommand};
use crate::syntax::beside::beside;
use crate::syntax::{Document, Node, Step, Table};
use crate::text::Span;

/// All rules, in alphabetical order.
pub static ALL: &[&Rule] = &[
    &arg_not_in_scope::RULE,
    &build_target_missing::RULE,
    &byte_order_mark::RULE,
    &ca_certificates_missing::RULE,
    &cgo_cross_compile::RULE,
    &chown_name_unresolved::RULE,
    &command_is_sibling::RULE,
    &command_needs_shell::RULE,
    &command_not_in_image::RULE,
    &conflicting_keys::RULE,
    &constant_platform::RULE,
    &copy_glob_empty::RULE,
    &copy_source_case::RULE,
    &copy_source_ignored::RULE,
    &copy_source_missing::RULE,
    &copy_source_outside_context::RULE,
    &copy_source_partly_ignored::RULE,
    &copy_spills_folder::RULE,
    &copy_whole_context::RULE,
    &deprecated_image::RULE,
    &dest_needs_slash::RULE,
    &digest_without_tag::RULE,
    &duplicate_destination::RULE,
    &duplicate_env::RULE,
    &duplicate_key::RULE,
    &duplicate_port::RULE,
    &duplicate_stage::RULE,
    &dynamic_binary_on_static_image::RULE,
    &empty_group::RULE,
    &entrypoint_needs_shell::RULE,
    &entrypoint_string::RULE,
    &env_not_expanded::RULE,
    &env_overrides_path::RULE,
    &env_self_reference::RULE,
    &file_mode_on_folder::RULE,
    &healthcheck_compose_prefix::RULE,
    &healthcheck_localhost::RULE,
    &healthcheck_needs_shell::RULE,
    &healthcheck_not_in_oci::RULE,
    &healthcheck_port_mismatch::RULE,
    &healthcheck_timing::RULE,
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
    &large_context::RULE,
    &ldflags_strip_duplicate::RULE,
    &libc_mismatch::RULE,
    &link_unsafe::RULE,
    &migration_start_period::RULE,
    &missing_checksum::RULE,
    &missing_command::RULE,
    &missing_key::RULE,
    &missing_platform_checksum::RULE,
    &moving_url::RULE,
    &no_dockerignore::RULE,
    &no_effect::RULE,
    &no_healthcheck::RULE,
    &no_package_manager::RULE,
    &node_modules_in_context::RULE,
    &nondeterministic_build::RULE,
    &not_portable::RULE,
    &old_spelling::RULE,
    &overlapping_destination::RULE,
    &overlay_conflict::RULE,
    &overlay_directive::RULE,
    &overlay_global_arg::RULE,
    &overlay_no_effect::RULE,
    &overlay_syntax::RULE,
    &package_hygiene::RULE,
    &package_manager_mismatch::RULE,
    &pipe_to_shell::RULE,
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
    &reserved_user_id::RULE,
    &reused_checksum::RULE,
    &root_user::RULE,
    &script_bom::RULE,
    &script_crlf::RULE,
    &script_interpreter::RULE,
    &script_missing_shebang::RULE,
    &script_no_exec::RULE,
    &script_not_executable::RULE,
    &script_without_exec_args::RULE,
    &secret_in_command::RULE,
    &secret_in_env::RULE,
    &sensitive_file::RULE,
    &setuid_mode::RULE,
    &shell_placeholder::RULE,
    &shell_syntax_in_exec_form::RULE,
    &shell_syntax_in_value::RULE,
    &spelling_conflict::RULE,
    &ssh_port::RULE,
    &stage_cycle::RULE,
    &stage_name_typo::RULE,
    &stage_self_reference::RULE,
    &stale_lock::RULE,
    &step_syntax::RULE,
    &sudo_in_command::RULE,
    &timezone_data_missing::RULE,
    &tls_verification_disabled::RULE,
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
    &unused_variable::RULE,
    &user_not_creatable::RULE,
    &world_writable::RULE,
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
    /// Whether it looks at files around the document. Where none can be seen, nobody knows what it would find.
    pub reads_files: bool,
    /// The equivalent checks of other linters: `hadolint DL3006`, `BuildKit StageNameCasing`, `trivy DS-0001`.
    pub equivalents: &'static [&'static str],
    /// Its page, as Markdown: the doc comment.
    pub documentation: &'static str,
    /// Reports what is wrong.
    pub check: fn(&Subject<'_>, &mut Findings<'_>),
}

/// Rules that nobody can silence: without them a broken file or comment would pass for a sound one.
const UNSUPPRESSIBLE: [&str; 2] = ["toml-syntax", "invalid-suppression"];

impl Rule {
    /// Whether a comment can hide its findings.
    pub fn can_be_silenced(&self) -> bool {
        !UNSUPPRESSIBLE.contains(&self.name)
    }

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
    /// The word of lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error | Self::ErrorUnlessOld => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Pedantic => "pedantic",
        }
    }

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
    /// What it names, and where.
    pub names: &'a Names,
    /// The build context, from its root.
    pub context: &'a Rooted<'a>,
    /// Where the application lies in it.
    pub layout: &'a Layout,
    /// The settings that documents of a folder share.
    pub shared: Option<&'a Shared>,
    /// What several rules look at, once one asked for it.
    pub seen: Seen<'a>,
}

/// What is computed once for all rules, on first use.
#[derive(Debug, Default)]
pub struct Seen<'a> {
    shell: OnceCell<Vec<ShellText<'a>>>,
    sources: OnceCell<Vec<ContextSource<'a>>>,
    references: OnceCell<Vec<Reference>>,
    ignore_file: OnceCell<Option<IgnoreFile>>,
    ignored: OnceCell<(Ignore, Vec<PatternError>)>,
}

impl<'a> Subject<'a> {
    /// The mistakes of shape that a rule speaks about.
    pub fn shapes_of(&self, rule: &'static str) -> impl Iterator<Item = &'a Shape> {
        self.shapes.iter().filter(move |shape| shape.rule == rule)
    }

    /// Everything that a shell runs, in whichever way it is said.
    pub fn shell_texts(&self) -> &[ShellText<'a>] {
        self.seen
            .shell
            .get_or_init(|| shell_texts(self.config, self.plan, self.text))
    }

    /// Whether a stage becomes the image: it is the final one, or one that it builds on.
    pub fn is_in_image(&self, stage: &BuildStage) -> bool {
        self.plan.final_stage().is_some_and(|last| {
            let line = self.plan.ancestors(last);
            line.iter().any(|it| it.name == stage.name)
        })
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

    /// Whether a suppression comment must say why.
    pub fn needs_reasons(&self) -> bool {
        let own = self
            .config
            .lint
            .as_ref()
            .and_then(|it| it.require_reason.as_ref());
        let shared = self.shared.and_then(|it| it.require_reason);
        own.map(|own| own.value).or(shared).unwrap_or_default()
    }

    /// The registries that images may come from, if they are limited, and where the document says so itself.
    pub fn allowed_registries(&self) -> Option<(Vec<&'a str>, Option<Span>)> {
        let own = self
            .config
            .lint
            .as_ref()
            .and_then(|it| it.allowed_registries.as_ref());
        if let Some(own) = own {
            let names = own.value.iter().map(|name| name.value.as_str());
            return Some((names.collect(), Some(own.span)));
        }
        let names = self.shared?.allowed_registries.as_ref()?;
        Some((names.iter().map(String::as_str).collect(), None))
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
            || usual_images()
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
    pub fn ignore_file(&self) -> Option<&IgnoreFile> {
        let find = || IgnoreFile::of(self.config, self.layout, self.context);
        self.seen.ignore_file.get_or_init(find).as_ref()
    }

    /// The patterns of the ignore file and its mistakes; none of either where there is no such file.
    pub fn ignored(&self) -> (&Ignore, &[PatternError]) {
        let read = || {
            let file = self.ignore_file();
            file.map(|file| Ignore::parse(&file.text))
                .unwrap_or_default()
        };
        let (ignore, errors) = self.seen.ignored.get_or_init(read);
        (ignore, errors)
    }

    /// The patterns of the ignore file; nothing where there is none, or a mistake in it: Docker then refuses it.
    pub fn sound_ignored(&self) -> Option<&Ignore> {
        let (ignore, errors) = self.ignored();
        (self.ignore_file().is_some() && errors.is_empty()).then_some(ignore)
    }

    /// The fix that installs a package in the final image, where the package manager is known and the place is certain.
    pub(crate) fn add_package(&self, package: &str) -> Option<Fix> {
        let manager = self.plan.image.as_ref()?.base.package_manager();
        if !matches!(manager, Some(PackageManager::Apk | PackageManager::Apt)) {
            return None;
        }
        let title = format!("add the package `{package}`");
        let runtime = &self.config.runtime;
        if let Some(packages) = &runtime.packages {
            let start = packages.span.start as usize + 1;
            let more = if packages.is_empty() { "" } else { ", " };
            let text = format!("\"{package}\"{more}");
            let is_array = self.written(packages.span).starts_with('[');
            return is_array.then(|| Fix::unsafe_(title, Span::new(start, start), text));
        }
        let image = runtime.image.as_ref().map(|image| image.span);
        let image = image.or(runtime.image_family.as_ref().map(|family| family.span))?;
        let line = format!("packages = [\"{package}\"]");
        let (span, text) = beside(self.text, image, &["image", "image_family"], &line)?;
        Some(Fix::unsafe_(title, span, text))
    }

    /// Whether what fills the final image names one of these words: packages, commands, copies, variables.
    pub(crate) fn image_names(&self, words: &[&str]) -> bool {
        let names = |text: &str| words.iter().any(|word| text.contains(word));
        let Some(stage) = self.plan.final_stage() else {
            return false;
        };
        let stages = self.plan.ancestors(stage).into_iter();
        let mut instructions = stages.flat_map(|stage| &stage.instructions);
        instructions.any(|it| match &it.kind {
            InstructionKind::Run(run) => match &run.command {
                RunCommand::Lines(lines) => lines.iter().any(|line| names(line)),
                RunCommand::Shell(text) => names(text),
                RunCommand::Exec(words) => words.iter().any(|word| names(word)),
            },
            InstructionKind::Written(written) => names(&written.arguments),
            InstructionKind::Copy(copy) => {
                names(&copy.dst) || copy.sources.iter().any(|source| names(&source.path))
            }
            InstructionKind::Add(add) => {
                names(&add.dst) || add.sources.iter().any(|source| names(&source.path))
            }
            InstructionKind::Env { name, value, .. } => names(name) || names(value),
            _ => false,
        })
    }

    /// Whether a copy from elsewhere may bring any file of the system: one of a root or a folder near it.
    pub(crate) fn copies_system(&self) -> bool {
        let Some(stage) = self.plan.final_stage() else {
            return false;
        };
        let is_near = |path: &str| path.trim_matches('/').split('/').count() < 3;
        let is_system = |path: &str| {
            let folder = path.trim_matches('/').split('/').next().unwrap_or_default();
            matches!(folder, "" | "etc" | "usr" | ".") && is_near(path)
        };
        let is_folder = |source: &str, dst: &str| {
            is_system(dst) && (source.ends_with('/') || dst.trim_end_matches('/') == source)
        };
        stage.instructions.iter().any(|it| match &it.kind {
            InstructionKind::Copy(copy) => copy
                .sources
                .iter()
                .any(|source| is_folder(&source.path, &copy.dst)),
            InstructionKind::Written(written)
                if matches!(written.keyword.as_str(), "COPY" | "ADD") =>
            {
                written.paths.last().is_some_and(|dst| is_system(&dst.path))
            }
            InstructionKind::Add(add) => is_system(&add.dst),
            _ => false,
        })
    }

    /// The images that the file names.
    pub fn references(&self) -> &[Reference] {
        self.seen
            .references
            .get_or_init(|| references(self.config, self.plan, self.text))
    }

    /// What the plan takes from the build context.
    pub fn sources(&self) -> &[ContextSource<'a>] {
        self.seen
            .sources
            .get_or_init(|| context_sources(self.config, self.plan, self.layout))
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
/// any, the kind of its fixes and the equivalent checks of other linters. `check in files` looks at files around the
/// document:
/// `"root-user", Warning, check; fix Unsafe; also ["hadolint DL3002", "trivy DS-0002"]`.
macro_rules! rule {
    ($(#[doc = $doc:literal])+ $name:literal, $level:ident, $check:ident $(in $files:ident)?
     $(; fix $fix:ident)? $(; also [$($id:literal),+ $(,)?])? $(,)?) => {
        crate::rules::rule!($(#[doc = $doc])+ $name, $level, High, $check $(in $files)? $(; fix $fix)? $(; also [$($id),+])?);
    };
    ($(#[doc = $doc:literal])+ $name:literal, $level:ident, $confidence:ident, $check:ident $(in $files:ident)?
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
            reads_files: {
                const GIVEN: &[&str] = &[$(stringify!($files))?];
                !GIVEN.is_empty()
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
    let length = name.chars().count();
    let limit = (length / 3).max(1);
    let distance =
        |other: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase());
    let mut near: Vec<(usize, &str)> = names
        .into_iter()
        // No distance is shorter than the difference of the lengths, and a pasted name may be very long.
        .filter(|other| length.abs_diff(other.chars().count()) <= limit)
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
