//! What is shown above tables: the preview, how much it is, who uses a stage, a binary or a tool.

use crate::analysis::Analysis;
use crate::diagnostic::File;
use crate::ide::nodes::{each_node, find, has_header};
use crate::plan::order::needs;
use crate::plan::{BuildStage, InstructionKind, Source, StageKind};
use crate::syntax::Node;
use crate::text::Span;

/// A line above a table or key. Whoever takes it sees the preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lens {
    /// The header or key.
    pub span: Span,
    /// What it says.
    pub title: String,
}

/// The most users that are named.
const LONGEST: usize = 3;

/// The lenses of a document, in order.
pub fn lenses(analysis: &Analysis) -> Vec<Lens> {
    let mut lenses = Vec::new();
    if let Some(span) = first_place(analysis) {
        let title = "Preview Dockerfile".to_owned();
        lenses.push(Lens { span, title });
        // Above the image itself, where there is one: two lenses on one line are a question in some editors.
        let span = header(analysis, "runtime").unwrap_or(span);
        lenses.extend(amount(analysis).map(|title| Lens { span, title }));
    }
    // A Dockerfile that is used as it is uses nothing of the document.
    if analysis.plan.verbatim.is_none() {
        lenses.extend(items(analysis, &["stages"], stage_users));
        lenses.extend(items(analysis, &["build", "binaries"], binary_users));
        lenses.extend(items(analysis, &["external_tools"], tool_users));
    }
    lenses.sort_by_key(|lens| lens.span);
    lenses
}

/// The first header; where there is none, the first key.
fn first_place(analysis: &Analysis) -> Option<Span> {
    let mut headers = Vec::new();
    each_node(&analysis.document, &mut |place| {
        headers.extend(has_header(place.node).then_some(place.node.span));
    });
    let keys = analysis.document.root.entries.iter();
    let keys = keys.map(|entry| entry.key.span);
    headers.into_iter().min().or_else(|| keys.min())
}

/// The header of a table.
fn header(analysis: &Analysis, name: &str) -> Option<Span> {
    let node = analysis.document.root.node(name)?;
    has_header(node).then_some(node.span)
}

/// How much is rendered.
fn amount(analysis: &Analysis) -> Option<String> {
    analysis.dockerfile()?;
    let plan = &analysis.plan;
    let stages = plan.stages.iter().map(|stage| stage.instructions.len() + 1);
    let count = plan.args.len() + stages.sum::<usize>();
    if count == 0 {
        return None;
    }
    let plural = if count == 1 { "" } else { "s" };
    Some(format!("renders to {count} instruction{plural}"))
}

/// A lens for each item of an array of tables that is planned.
fn items(
    analysis: &Analysis,
    array: &[&str],
    title: impl Fn(&Analysis, &Node, &str) -> Option<String>,
) -> Vec<Lens> {
    let found = find(analysis, array);
    let nodes = found.and_then(|found| found.node.items());
    let lens = |node: &Node| {
        let name = node.table()?.node("name")?.string()?;
        let title = title(analysis, node, name)?;
        let span = node.span;
        Some(Lens { span, title })
    };
    nodes.unwrap_or_default().iter().filter_map(lens).collect()
}

/// Who uses something.
fn used_by(users: &[String]) -> String {
    if users.is_empty() {
        return "not used".to_owned();
    }
    let shown: Vec<&str> = users.iter().take(LONGEST).map(String::as_str).collect();
    let shown = shown.join(", ");
    match users.len().saturating_sub(LONGEST) {
        0 => format!("used by {shown}"),
        more => format!("used by {shown} and {more} more"),
    }
}

/// The stages that need a stage of `[[stages]]`, unless it is what all is made for.
fn stage_users(analysis: &Analysis, _node: &Node, name: &str) -> Option<String> {
    Some(match analysis.plan.stage(name)?.kind {
        StageKind::Final => "the final image".to_owned(),
        StageKind::User | StageKind::Generated => {
            stages_where(analysis, |stage| stage_needs(stage, name))
        }
    })
}

/// The stages that a binary is copied into: those with a copy that comes from its table, or from the stage that builds it.
fn binary_users(analysis: &Analysis, node: &Node, name: &str) -> Option<String> {
    let made = format!("builder-{name}");
    let extent = node.span.cover(node.extent);
    let is_copied = |stage: &BuildStage| {
        stage.instructions.iter().any(|instruction| {
            let origin = &instruction.origin;
            let is_own = origin.file == File::Document && extent.covers(origin.span);
            is_own
                && matches!(
                    &instruction.kind,
                    InstructionKind::Copy(copy) if matches!(copy.from, Source::Stage { .. })
                )
        })
    };
    analysis.plan.final_stage()?;
    Some(stages_where(analysis, |stage| {
        is_copied(stage) || stage_needs(stage, &made)
    }))
}

/// The stages that a tool is copied into.
fn tool_users(analysis: &Analysis, node: &Node, name: &str) -> Option<String> {
    let table = node.table()?;
    let made = format!("tool-{name}");
    if analysis.plan.stage(&made).is_some() {
        let own = format!("{made}-");
        return Some(stages_where(analysis, |stage| {
            stage_needs(stage, &made) && !stage.name.starts_with(&own)
        }));
    }
    // A tool of an image has no stage of its own.
    table.node("image")?.string()?;
    let target = table.node("stage").and_then(Node::string);
    let target = target.unwrap_or("runtime");
    let target = match target {
        "runtime" => analysis.plan.final_stage()?,
        name => analysis.plan.stage(name)?,
    };
    Some(used_by(std::slice::from_ref(&target.name)))
}

fn stage_needs(stage: &BuildStage, name: &str) -> bool {
    stage.name != name && needs(stage).iter().any(|(needed, _)| needed == name)
}

fn stages_where(analysis: &Analysis, is_user: impl Fn(&BuildStage) -> bool) -> String {
    let stages = analysis.plan.stages.iter();
    let users = stages.filter(|stage| is_user(stage));
    let names: Vec<String> = users.map(|stage| stage.name.clone()).collect();
    used_by(&names)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::lenses;
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::ide::testing::{PROJECT, project};

    fn check(text: &str, expected: &Expect) {
        check_in(&project(), text, expected);
    }

    fn check_in(context: &Files, text: &str, expected: &Expect) {
        let analysis = analyze(text, context);
        let mut shown = String::new();
        for lens in lenses(&analysis) {
            shown.push_str(&format!("{}: {}\n", lens.span.of(text), lens.title));
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn tables_say_who_uses_them() {
        check(
            &format!(
                "{PROJECT}[[runtime.copy]]\nfrom = \"web\"\nsrc = \"/x\"\ndst = \"/é\"\n[[stages]]\nname = \"lonely\"\nfrom = \"web\"\n[[external_tools]]\nname = \"uv\"\nimage = \"example.com/uv:1\"\nsrc = \"/uv\"\ndst = \"/uv\"\nstage = \"web\"\n"
            ),
            &expect![[r#"
                [build]: Preview Dockerfile
                [[build.binaries]]: used by runtime
                [[stages]]: used by lonely, runtime
                [[external_tools]]: used by runtime
                [runtime]: renders to 31 instructions
                [[stages]]: not used
                [[external_tools]]: used by web
            "#]],
        );
    }

    #[test]
    fn many_users_are_counted() {
        let users: String = (0..5)
            .map(|index| format!("[[stages]]\r\nname = \"u{index}\"\r\nfrom = \"base\"\r\n"))
            .collect();
        check(
            &format!(
                "[[stages]]\r\nname = \"base\"\r\nfrom = \"scratch\"\r\n{users}final = true\r\n"
            ),
            &expect![[r#"
                [[stages]]: Preview Dockerfile
                [[stages]]: renders to 6 instructions
                [[stages]]: used by u0, u1, u2 and 2 more
                [[stages]]: not used
                [[stages]]: not used
                [[stages]]: not used
                [[stages]]: not used
                [[stages]]: the final image
            "#]],
        );
    }

    #[test]
    fn a_dockerfile_of_ones_own_uses_nothing() {
        let context = Files::new([("Dockerfile.é", "FROM alpine:3\nRUN x\n")]);
        check_in(
            &context,
            "dockerfile = \"Dockerfile.é\"\n[[stages]]\nname = \"x\"\nfrom = \"scratch\"\n",
            &expect![[r#"
                [[stages]]: Preview Dockerfile
                [[stages]]: renders to 2 instructions
            "#]],
        );
    }

    #[test]
    fn old_and_broken_documents_have_lenses() {
        check(
            "# é\n[build]\ntarget = \"./cmd/server\"\n[runtime]\n",
            &expect![[r#"
                [build]: Preview Dockerfile
            "#]],
        );
        check(
            "runtime = \"go\"\n[[build.binaries]]\nname = \"x\"\npath = \"./x\"\n[[stages]]\nname = \"é",
            &expect![[r#"
                [[build.binaries]]: Preview Dockerfile
                [[build.binaries]]: renders to 14 instructions
                [[build.binaries]]: used by runtime
            "#]],
        );
        check("", &expect![""]);
        check("=", &expect![""]);
    }
}
