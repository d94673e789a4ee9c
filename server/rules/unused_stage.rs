//! `unused-stage`.

use std::collections::{BTreeSet, HashSet};

use crate::diagnostic::{File, Fix};
use crate::names::{Form, Kind};
use crate::plan::{BuildStage, StageKind};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::removal::item_removal;
use crate::text::Span;

rule! {
    /// Nothing uses a build stage.
    ///
    /// Builders skip such a stage without a word: nothing of it reaches the image, and a mistake in it shows nowhere.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    ///
    /// [[stages]]
    /// name = "web"
    /// from = "node:22-alpine"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.copy = [{ from = "web", src = "/web/dist/", dst = "web/dist" }]
    ///
    /// [[stages]]
    /// name = "web"
    /// from = "node:22-alpine"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it for a stage that is built by name, with `docker build --target`.
    "unused-stage", Warning, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // Who builds a file that is used as it is may name any of its stages as the target.
    if subject.plan.verbatim.is_some() {
        return;
    }
    let stages = &subject.plan.stages;
    // Without a final stage nobody knows what uses what; in a ring another rule speaks.
    if subject.plan.final_stage().is_none() {
        return;
    }
    let needed = used(subject);
    let misspelt = names_of_nothing(subject);
    for stage in stages.iter().filter(|it| it.kind == StageKind::User) {
        // A step that could not be read may be what uses it.
        if needed.contains(stage.name.as_str()) || may_be_meant(subject, stage, &misspelt) {
            continue;
        }
        let (file, span) = place(subject, stage);
        let finding = findings.report_in(
            file,
            span,
            format!("nothing uses the stage `{}`", stage.name),
        );
        finding.why("builders skip it, and nothing of it reaches the image");
        finding.help(format!(
            "copy from it, `from = \"{}\"`, or remove it",
            stage.name
        ));
        finding.unnecessary();
        if finding.file == File::Document
            && let Some(lines) = lines(subject, span)
        {
            let title = format!("remove the stage `{}`", stage.name);
            finding.fix(Fix::unsafe_(title, lines, ""));
        }
    }
}

/// The names of the stages that other stages take something from. A tool goes into its stage and takes nothing.
fn used<'a>(subject: &'a Subject<'_>) -> HashSet<&'a str> {
    let uses = subject.names.uses(Kind::Stage);
    let others = uses.filter(|it| {
        it.is_planned && it.form != Form::ToolStage && it.inside.as_deref() != Some(&it.name)
    });
    others.map(|it| it.name.as_str()).collect()
}

/// The names that something needs and no stage has.
fn names_of_nothing<'a>(subject: &'a Subject<'_>) -> BTreeSet<&'a str> {
    let uses = subject.names.uses(Kind::Stage);
    let uses = uses.filter(|it| it.is_planned && it.form != Form::ToolStage);
    let mut names: BTreeSet<&str> = uses.map(|it| it.name.as_str()).collect();
    for stage in &subject.plan.stages {
        names.remove(stage.name.as_str());
    }
    names
}

/// Whether a name that no stage has, or a step that could not be read, is probably meant to be this stage.
fn may_be_meant(subject: &Subject<'_>, stage: &BuildStage, misspelt: &BTreeSet<&str>) -> bool {
    let unread = subject.plan.problems.iter().any(|problem| {
        matches!(
            problem.kind,
            crate::plan::ProblemKind::StepSyntax(_) | crate::plan::ProblemKind::OverlaySyntax(_)
        )
    });
    unread
        || misspelt
            .iter()
            .any(|name| crate::rules::nearest(name, [stage.name.as_str()]).is_some())
}

/// The name of the stage.
fn place(subject: &Subject<'_>, stage: &BuildStage) -> (File, Span) {
    let own = subject
        .config
        .stages
        .iter()
        .find(|it| it.name.value == stage.name);
    match own {
        Some(own) if stage.origin.file == File::Document => (File::Document, own.name.span),
        _ => (stage.origin.file.clone(), stage.origin.span),
    }
}

/// The lines of the stage whose name stands at a place.
fn lines(subject: &Subject<'_>, name: Span) -> Option<Span> {
    let stages = subject.document.root.node("stages")?.items()?;
    let stage = stages.iter().find(|stage| {
        let own = stage.table().and_then(|table| table.node("name"));
        own.is_some_and(|own| own.span == name)
    })?;
    item_removal(subject.text, stage)
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_stage_that_only_itself_would_use_is_unused() {
        check(
            r#"
language = "go"
stages = [{ name = "web", from = "node:22-alpine", steps = ["RUN npm ci"] }]
#                  ^^^^^ warning: nothing uses the stage `web`
"#,
        );
    }

    #[test]
    fn a_mount_uses_a_stage() {
        check(
            r#"
language = "go"
build.steps = [{ run = "cp /web/x .", bind = [{ from = "web", target = "/web" }] }]
stages = [{ name = "web", from = "node:22-alpine" }]
"#,
        );
    }
}
