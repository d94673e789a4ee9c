//! `reserved-stage-name`.

use crate::diagnostic::{Edit, File, Fix};
use crate::names::{Kind, reserved};
use crate::rules::{Findings, Subject, rule};
use crate::text::{Span, Spanned};

rule! {
    /// A build stage has a name that means something else.
    ///
    /// `scratch` is the empty image and `context` the build context; `source`, `builder`, `builder-*`, `tool-*` and
    /// `runtime` are the stages that docksmith makes. A second stage of that name would hide the first.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.copy = [{ from = "tool-web", src = "/dist/", dst = "web/dist" }]
    ///
    /// [[stages]]
    /// name = "tool-web"
    /// from = "node:22-alpine"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.copy = [{ from = "web", src = "/dist/", dst = "web/dist" }]
    ///
    /// [[stages]]
    /// name = "web"
    /// from = "node:22-alpine"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: one of the two stages of that name could not be reached.
    "reserved-stage-name", Error, check; fix Unsafe; also ["BuildKit ReservedStageName"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for stage in &subject.config.stages {
        // Where no language is built and nothing is generated, the names of generated stages are free but reserved.
        if let Some(meaning) = reserved(&stage.name) {
            let name = stage.name.value.as_str();
            let message = format!("`{name}` cannot be the name of a stage: it is {meaning}");
            let finding = findings.report(stage.name.span, message);
            let free = free_name(subject, name);
            finding.help(format!("choose another name, such as `{free}`"));
            if let Some(fix) = rename(subject, &stage.name, &free) {
                finding.fix(fix);
            }
        }
    }
    for stage in &subject.plan.stages {
        if stage.origin.file != File::Document
            && subject.plan.verbatim.is_none()
            && let Some(meaning) = reserved(&stage.name)
        {
            findings.report_in(
                stage.origin.file.clone(),
                stage.origin.span,
                format!(
                    "`{}` cannot be the name of a stage: it is {meaning}",
                    stage.name
                ),
            );
        }
    }
}

/// A name that nothing has yet.
fn free_name(subject: &Subject<'_>, name: &str) -> String {
    let stem = name
        .strip_prefix("tool-")
        .or(name.strip_prefix("builder-"))
        .unwrap_or(name);
    let taken = |name: &str| reserved(name).is_some() || subject.plan.stage(name).is_some();
    if !stem.is_empty() && !taken(stem) {
        return stem.to_owned();
    }
    let mut free = format!("my-{stem}");
    while taken(&free) {
        free.insert_str(0, "my-");
    }
    free
}

/// The name and everything that refers to it; nothing where a reference is ambiguous or cannot be edited.
fn rename(subject: &Subject<'_>, name: &Spanned<String>, free: &str) -> Option<Fix> {
    let same = |it: &&crate::plan::BuildStage| it.name == name.value;
    if subject.plan.stages.iter().filter(same).count() > 1 || subject.config.overlay.is_some() {
        return None;
    }
    let uses = subject.names.uses(Kind::Stage);
    let own = uses.filter(|it| it.name == name.value);
    let mut spans: Vec<Span> = own.map(|it| it.place.literal).collect();
    spans.push(name.span);
    spans.sort_unstable();
    spans.dedup();
    let mut edits = Vec::new();
    for span in spans {
        let quoted = [format!("\"{}\"", name.value), format!("'{}'", name.value)];
        let written = subject.written(span);
        let text = if written == name.value {
            free.to_owned()
        } else if quoted.iter().any(|it| it == written) {
            format!("\"{free}\"")
        } else {
            return None;
        };
        edits.push(Edit {
            file: File::Document,
            span,
            text,
        });
    }
    Some(Fix {
        title: format!("rename `{}` to `{free}`", name.value),
        safe: false,
        edits,
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn the_empty_image_is_no_stage() {
        check(
            r#"
language = "go"
runtime.copy = [{ from = "context", src = "/x", dst = "/y" }]
stages = [{ name = "context", from = "alpine:3.23" }]
#                  ^^^^^^^^^ error: `context` cannot be the name of a stage: it is the build context
"#,
        );
    }

    #[test]
    fn a_name_may_begin_like_a_reserved_one() {
        check(
            r#"
language = "go"
runtime.copy = [{ from = "builders", src = "/x", dst = "/y" }, { from = "tools", src = "/x", dst = "/z" }]
stages = [{ name = "builders", from = "alpine:3.23" }, { name = "tools", from = "alpine:3.23" }]
"#,
        );
    }
}
