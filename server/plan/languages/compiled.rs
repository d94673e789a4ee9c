//! What languages share that are compiled from sources in one folder of the builder.

use crate::plan::languages::project::Project;
use crate::plan::shell::quote_with;
use crate::plan::{Copy, Instruction, InstructionKind, Problem, ProblemKind, Source};
use crate::text::Span;

/// Where the sources lie in the builder: all of the build context.
pub(super) const SOURCES: &str = "/src";

/// Where the builder puts what goes into the image.
pub(super) const OUT: &str = "/out";

impl Project<'_> {
    /// The folder in which the builder works: that of the application.
    pub(super) fn source_folder(&self) -> String {
        format!("{SOURCES}/{}", self.layout.application)
            .trim_end_matches('/')
            .to_owned()
    }

    /// Everything into the builder: an application may need what lies beside its folder.
    pub(super) fn all_sources(&self) -> Instruction {
        let dst = if self.layout.application.is_empty() {
            "."
        } else {
            "/src/"
        };
        self.at(InstructionKind::Copy(Copy::plain(
            Source::Context,
            &["."],
            dst,
        )))
    }

    /// `build.flags` as words of the shell; they may refer to build arguments.
    pub(super) fn flags(&self) -> Vec<String> {
        let build = &self.config.build;
        let names: Vec<&str> = build
            .args
            .iter()
            .map(|(name, _)| name.value.as_str())
            .collect();
        let flags = build.flags.iter().flat_map(|flags| flags.iter());
        flags.map(|flag| quote_with(flag, &names)).collect()
    }

    /// `build.target` without the `./` in front and the slash at the end; nothing for the folder itself.
    pub(super) fn target(&self) -> Option<&str> {
        let target = self.config.build.target.as_ref()?;
        let target = target.strip_prefix("./").unwrap_or(target);
        let target = target.trim_end_matches('/');
        (!matches!(target, "" | ".")).then_some(target)
    }

    /// Where the built program comes from: `build.command`, else `build.target`, else the language.
    pub(super) fn build_place(&self) -> Span {
        let build = &self.config.build;
        let own = build.command.as_ref().or(build.target.as_ref());
        own.map_or(self.place, |own| own.span)
    }

    /// Whether somebody looked at the build context.
    pub(super) fn is_seen(&self) -> bool {
        self.has("docksmith.toml").is_some()
    }

    /// Whether what is not found in the build context is missing in the builder: copies and steps of the file's own may
    /// bring anything.
    pub(super) fn is_known(&self) -> bool {
        let build = &self.config.build;
        self.is_seen() && build.steps.is_empty() && build.copy.is_empty()
    }

    /// Whether one of some files is known to be there.
    pub(super) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(name) == Some(true))
    }

    /// Says that a file which the generated steps need is known to be missing.
    pub(super) fn lacks(&self, name: &str, error: &str, problems: &mut Vec<Problem>) {
        let kind = ProblemKind::MissingProjectFile {
            name: name.to_owned(),
            error: error.to_owned(),
        };
        problems.push(Problem::new(kind, self.place));
    }

    /// Says that nobody can know what is built without `build.target`, unless all of the project is missing.
    pub(super) fn lacks_target(&self, reason: String, problems: &mut Vec<Problem>) {
        let is_missing =
            |problem: &Problem| matches!(problem.kind, ProblemKind::MissingProjectFile { .. });
        if problems.iter().any(is_missing) {
            return;
        }
        problems.push(Problem::new(
            ProblemKind::UnknownTarget(reason),
            self.build_place(),
        ));
    }
}

/// Some names as text, the first few of them.
pub(super) fn listed(names: &[String]) -> String {
    let mut list: Vec<String> = names.iter().take(4).map(|it| format!("`{it}`")).collect();
    if names.len() > list.len() {
        list.push("…".to_owned());
    }
    list.join(", ")
}
