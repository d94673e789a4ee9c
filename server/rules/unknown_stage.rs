//! `unknown-stage`.

use crate::diagnostic::{File, Fix};
use crate::names::{Form, Kind, Use};
use crate::rules::{Findings, Subject, nearest, rule};
use crate::syntax::Node;

rule! {
    /// Something is copied from a build stage that does not exist.
    ///
    /// Builders would take the name for an image and try to pull it: `pull access denied, repository does not exist`.
    /// An image is named with `image:` in front, another build context with `context:`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ from = "bilder", src = "/src/web/", dst = "/app/web/" }]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ from = "builder", src = "/src/web/", dst = "/app/web/" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: what is meant as an image is written `image:NAME`, and another build context `context:NAME`.
    "unknown-stage", Error, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // An overlay that can't be read may hold any stage.
    if subject.config.overlay.is_some()
        && subject
            .plan
            .stages
            .iter()
            .all(|stage| stage.origin.file == Default::default())
    {
        let unread = subject
            .plan
            .problems
            .iter()
            .any(|problem| problem.file != Default::default());
        let path = subject
            .config
            .overlay
            .as_ref()
            .map(|path| subject.layout.path(path))
            .unwrap_or_default();
        if unread || subject.context.text(&path).is_none() {
            return;
        }
    }
    for it in subject.names.uses(Kind::Stage) {
        // What a stage builds on may be an image; what the plan does not have is what another rule speaks of.
        let counts = it.is_planned && it.form != Form::Base;
        let is_final = it.form == Form::ToolStage && it.name == "runtime";
        if counts && !is_final {
            check_name(it, subject, findings);
        }
    }
}

fn check_name(it: &Use, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let name = it.name.as_str();
    // What holds a tag, a path or a variable is an image or nobody's business; in a `from` key images have a prefix.
    let is_image = name.contains([':', '/', '$', '@']);
    if is_stage(name, subject) || is_image || is_declared(name, subject) {
        return;
    }
    let (file, span) = (&it.place.file, it.place.literal);
    let message = format!("there is no build stage `{name}`");
    let known = findings.report_in(file.clone(), span, message);
    known.why("the builder would take it for an image and try to pull it");
    let names = subject.plan.stages.iter().map(|stage| stage.name.as_str());
    match nearest(name, names) {
        Some(near) => {
            known.help(format!("did you mean `{near}`?"));
            let new = match file {
                File::Document => subject.written(span).replace(name, near),
                File::Context(_) => near.to_owned(),
            };
            let mut fix = Fix::unsafe_(format!("replace `{name}` by `{near}`"), span, new);
            fix.edits
                .iter_mut()
                .for_each(|edit| edit.file = file.clone());
            known.fix(fix);
        }
        None => {
            known.help(format!(
                "an image is named with `image:` in front: `image:{name}:<tag>`"
            ));
        }
    }
}

/// Whether a stage has the name, in whichever case, or the number.
fn is_stage(name: &str, subject: &Subject<'_>) -> bool {
    let stages = &subject.plan.stages;
    stages
        .iter()
        .any(|stage| stage.name.eq_ignore_ascii_case(name))
        || name
            .parse::<usize>()
            .is_ok_and(|number| number < stages.len())
}

/// Whether the document has such a stage, with a mistake of its own.
fn is_declared(name: &str, subject: &Subject<'_>) -> bool {
    let stages = subject.document.root.node("stages").and_then(Node::items);
    stages.unwrap_or_default().iter().any(|stage| {
        let declared = stage.table().and_then(|table| table.node("name"));
        declared.is_none_or(|node| node.string().is_none_or(|text| text == name))
    })
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::diagnostic::File;
    use crate::rules::tests::check;

    #[test]
    fn a_misspelt_stage_is_reported_at_its_name() {
        check(
            r#"
language = "go"
build.target = "./cmd/server"
runtime.copy = [{ from = "bilder", src = "/src/web/", dst = "/app/web/" }]
#                        ^^^^^^^^ error: there is no build stage `bilder`
"#,
        );
    }

    #[test]
    fn a_stage_in_a_string_step_is_reported_inside_the_string() {
        check(
            r#"
language = "go"
build.steps = ["COPY --from=wbe /dist ./dist"]
#                           ^^^ error: there is no build stage `wbe`
"#,
        );
    }

    #[test]
    fn a_mount_of_a_table_is_reported_at_its_stage() {
        check(
            r#"
language = "go"
build.steps = [{ run = "cp /é .", bind = [{ from = "wbe", target = "/web" }] }]
#                                                  ^^^^^ error: there is no build stage `wbe`
"#,
        );
    }

    #[test]
    fn an_overlay_is_marked_in_its_own_file() {
        let files = Files::new([("Dockerfile.overlay", "COPY --from=bilder /é /x\n")]);
        let text = "language = \"go\"\noverlay = \"Dockerfile.overlay\"\n";
        let analysis = analyze(text, &files);
        let mut found = analysis.diagnostics.iter();
        let found = found
            .find(|it| it.rule == "unknown-stage")
            .expect("a finding");
        assert_eq!(found.file, File::Context("Dockerfile.overlay".to_owned()));
        assert_eq!((found.span.start, found.span.end), (12, 18));
        let fix = found.fix.as_ref().expect("a fix");
        assert_eq!(
            (fix.edits[0].text.as_str(), &fix.edits[0].file),
            ("builder", &found.file)
        );
    }

    #[test]
    fn a_stage_whose_name_is_refused_is_not_missed_too() {
        check(
            r#"
language = "go"
stages = [{ name = "Web", from = "alpine:3.23" }]
#                  ^^^^^ error: `Web` can't be the name of a stage
build.steps = [
  "COPY --from=Web /dist ./dist",
  "RUN --mount=type=bind,from=Web,target=/web cp /web/é .",
  { run = "cp /é .", bind = [{ from = "Web", target = "/web" }] },
]
runtime.copy = [{ from = "Web", src = "/😀", dst = "/app/😀" }]
external_tools = [{ name = "x", image = "alpine:3.23", src = "/x", dst = "/x", stage = "Web" }]
"#,
        );
    }

    #[test]
    fn an_image_is_no_stage() {
        check(
            r#"
language = "go"
runtime.copy = [{ from = "image:nginx:1.29", src = "/etc/nginx/mime.types", dst = "/app/mime.types" }]
"#,
        );
    }
}
