//! `link-unsafe`.

use crate::config::runtime::Copy as CopyTable;
use crate::config::stage::Step;
use crate::diagnostic::Fix;
use crate::plan::paths::{can_link, is_below};
use crate::plan::{BuildPlan, BuildStage, Copy, InstructionKind};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// A linked copy would hurt what lies around it.
    ///
    /// `COPY --link` makes a layer that knows nothing of those below. A copy into `/bin`, `/lib` or `/var/run` replaces the
    /// symbolic link there by a folder, a user's name cannot be looked up, and the folders above the destination are made
    /// anew, owned by root.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "debian:bookworm-slim"
    /// runtime.copy = [{ src = "tool", dst = "/bin/tool", link = true }]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "debian:bookworm-slim"
    /// runtime.copy = [{ src = "tool", dst = "/usr/local/bin/tool", link = true }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never for `/bin` and its kin: the link there would be gone for every program of the image. A copy that is only
    /// below a folder of another owner may stay linked where nobody needs to write to that folder.
    "link-unsafe", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let mut tables: Vec<&CopyTable> = config.runtime.copy.iter().map(|it| &it.value).collect();
    tables.extend(config.build.copy.iter().map(|it| &it.value));
    let stages = config.stages.iter().flat_map(|stage| &stage.steps);
    for step in stages
        .chain(&config.build.steps)
        .chain(&config.runtime.steps)
    {
        if let Step::Table(table) = &step.value {
            tables.extend(table.copy.as_ref().map(|copy| &copy.value));
        }
    }
    for table in tables {
        let Some(link) = table.link.as_ref().filter(|link| link.value) else {
            continue;
        };
        let places: Vec<Span> = table.src.texts().iter().map(|it| it.span).collect();
        let reason = planned(subject.plan, &places).find_map(|(stage, copy)| danger(stage, copy));
        if let Some(reason) = reason {
            let finding = findings.report(link.span, reason);
            finding.label(table.dst.span, "the destination");
            finding.help("drop `link`: the renderer links where that is safe");
            finding.fix(Fix::unsafe_("do not link", link.span, "false"));
        }
    }
    for (_, instruction) in subject.plan.instructions() {
        if let InstructionKind::Written(written) = &instruction.kind
            && let Some(flag) = written.flag("link")
            && flag.value.as_deref() != Some("false")
            && let Some(dst) = written.paths.last()
        {
            let owner = written.flag("chown").and_then(|it| it.value.as_deref());
            if let Some(reason) = own_danger(&dst.path, owner) {
                let file = instruction.origin.file.clone();
                let place = written.without_flag(flag);
                findings
                    .report_in(file.clone(), flag.span, reason)
                    .help("drop `--link`")
                    .fix(Fix::unsafe_("drop `--link`", place, "").in_file(&file));
            }
        }
    }
}

/// The planned copies of sources at these places.
fn planned<'a>(
    plan: &'a BuildPlan,
    places: &'a [Span],
) -> impl Iterator<Item = (&'a BuildStage, &'a Copy)> {
    plan.instructions().filter_map(|(stage, instruction)| {
        let InstructionKind::Copy(copy) = &instruction.kind else {
            return None;
        };
        let source = copy.sources.first().and_then(|source| source.span)?;
        places.contains(&source).then_some((stage, copy))
    })
}

fn danger(stage: &BuildStage, copy: &Copy) -> Option<String> {
    own_danger(&copy.dst, copy.chown.as_deref()).or_else(|| folder_danger(stage, copy))
}

/// What the copy alone says.
fn own_danger(dst: &str, owner: Option<&str>) -> Option<String> {
    if !can_link(dst) {
        return Some(format!(
            "a linked copy to `{dst}` would replace a symbolic link"
        ));
    }
    let named = |owner: &&str| {
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        !owner.contains('$') && !owner.split(':').all(is_number)
    };
    let owner = owner.filter(named)?;
    Some(format!("a linked copy cannot look up the owner `{owner}`"))
}

/// A folder that an earlier copy gave to somebody else.
fn folder_danger(stage: &BuildStage, copy: &Copy) -> Option<String> {
    let copies = stage.instructions.iter().filter_map(|it| match &it.kind {
        InstructionKind::Copy(copy) => Some(copy),
        _ => None,
    });
    let earlier = copies.take_while(|other| *other != copy).find(|other| {
        let folder = other.dst.trim_end_matches('/');
        let is_owned = other
            .chown
            .as_deref()
            .is_some_and(|owner| !owner.starts_with("0:"));
        is_owned
            && other.chown != copy.chown
            && copy.dst != other.dst
            && is_below(&copy.dst, folder)
    })?;
    let owner = earlier.chown.as_deref().unwrap_or_default();
    Some(format!(
        "a linked copy below `{}` would take it from `{owner}`",
        earlier.dst
    ))
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_folder_of_another_owner_is_taken_away() {
        check(
            r#"
language = "go"
[[runtime.copy]]
src = "data"
dst = "/srv/data"
chown = "10001:10001"
[[runtime.copy]]
src = "more"
dst = "/srv/data/more"
link = true
#      ^^^^ error: a linked copy below `/srv/data` would take it from `10001:10001`
"#,
        );
    }

    #[test]
    fn a_named_owner_cannot_be_looked_up() {
        check(
            r#"
language = "go"
build.steps = ["COPY --link --chown=app:app x /x"]
#                    ^^^^^^ error: a linked copy cannot look up the owner `app:app`
"#,
        );
    }

    #[test]
    fn a_folder_of_its_own_is_fine() {
        check(
            r#"
language = "go"
runtime.copy = [{ src = "data", dst = "/srv/data", link = true, chown = "10001:10001" }]
"#,
        );
    }
}
