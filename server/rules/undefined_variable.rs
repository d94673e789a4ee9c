//! `undefined-variable`.

use std::collections::HashSet;

use crate::config::tool::ExternalTool;
use crate::diagnostic::{Diagnostic, File, Fix};
use crate::image::variables as image_variables;
use crate::plan::instructions::{PLATFORM_ARGS, PREDEFINED_ARGS, Reader};
use crate::plan::scope::{of_instruction, variables};
use crate::plan::{InstructionKind, Variable};
use crate::rules::{Findings, Subject, nearest, rule};
use crate::syntax::string::decoded_span;
use crate::text::Span;

/// What a tool's url may name.
const PLACEHOLDERS: [&str; 5] = ["os", "arch", "version", "TARGETARCH", "TARGETOS"];

rule! {
    /// An image or a url uses a variable that nothing defines.
    ///
    /// In an image it would be empty: `failed to parse stage name "alpine:": invalid reference format`. Image references
    /// know the names of `[args]`; urls know `${os}`, `${arch}` and `${version}`. In steps it is a warning where the name
    /// is nearly one that is set, or where the stage begins with nothing.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:${ALPINE}"
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// args = { ALPINE = "3.23" }
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:${ALPNIE}"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// args = { ALPINE = "3.23" }
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:${ALPINE}"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it in a step where the base image is known to set the variable. Never in an image or a url, where
    /// nothing else could fill it in.
    "undefined-variable", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let globals = subject.plan.global_args();
    for reference in subject.references() {
        for (name, range) in image_variables(&reference.text) {
            let written = reference.text.get(range.clone()).unwrap_or_default();
            // `${NAME:-default}` has a value in any case.
            let has_default = written.contains(":-") || written.contains(":?");
            let is_known =
                globals.iter().any(|it| it.name == name) || PLATFORM_ARGS.contains(&name);
            let is_misplaced = reference.file != File::Document && is_set_by_overlay(subject, name);
            if has_default || is_known || is_misplaced {
                continue;
            }
            let span = reference.place(subject.text, range);
            let message = format!("there is no global build argument `{name}`");
            let finding = findings.report_in(reference.file.clone(), span, message);
            finding.why("it would be empty, and the image reference with it");
            let names = globals.iter().map(|it| it.name.as_str());
            suggest(finding, name, names, || {
                format!("declare it: `args = {{ {name} = \"…\" }}` at the top of the file")
            });
            offer(subject, finding, name, span);
        }
    }
    for tool in &subject.config.external_tools {
        check_url(subject, tool, findings);
    }
    check_steps(subject, findings);
}

/// Whether an `ARG` before the overlay's first `FROM` sets a name: another rule says that it is in the wrong place.
fn is_set_by_overlay(subject: &Subject<'_>, name: &str) -> bool {
    let stage = subject.plan.final_stage().into_iter();
    let mut instructions = stage.flat_map(|stage| &stage.instructions);
    subject.plan.verbatim.is_none()
        && instructions.any(|it| match &it.kind {
            InstructionKind::Written(written) => {
                let mut pairs = written.pairs.iter();
                it.origin.file != File::Document
                    && written.keyword == "ARG"
                    && pairs.any(|pair| pair.name.value == name)
            }
            _ => false,
        })
}

/// What the builder replaces in steps. Another image may set any name, so what is not declared is wrong for certain
/// only where the stage begins with nothing, or where builders alone could set it.
fn check_steps(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let globals = subject.plan.global_args().into_iter();
    let globals: HashSet<String> = globals.map(|it| it.name).collect();
    for stage in &subject.plan.stages {
        let knows_all = subject.plan.begins_with_nothing(stage);
        let inherited = subject.plan.inherited(stage).into_iter();
        let mut declared: HashSet<String> = inherited.map(|it| it.name).collect();
        for instruction in &stage.instructions {
            let own = of_instruction(instruction).into_iter();
            let own: Vec<String> = own.map(|it| it.name).collect();
            // `ARG A=1 B=$A` reads what stands before it; `ENV` sets all at once.
            let is_arg =
                matches!(&instruction.kind, InstructionKind::Written(it) if it.keyword == "ARG");
            let found = variables(instruction, subject.text).into_iter();
            let found = found.filter(|it| it.reader == Reader::Builder && !it.has_default());
            for variable in found {
                let name = variable.name.value.as_str();
                let is_declared = declared.contains(name)
                    || globals.contains(name)
                    || is_arg && own.iter().any(|it| it == name);
                if is_declared || PREDEFINED_ARGS.contains(&name) || name == "PATH" {
                    continue;
                }
                let near = (declared.len() <= MOST_NAMES)
                    .then(|| nearest(name, declared.iter().map(String::as_str)))
                    .flatten();
                if PLATFORM_ARGS.contains(&name) || knows_all || near.is_some() {
                    let file = instruction.origin.file.clone();
                    let message = format!("nothing sets `{name}` in the stage `{}`", stage.name);
                    let finding = findings.report_in(file, variable.span, message);
                    say_undefined(finding, &variable, near);
                }
            }
            declared.extend(own);
        }
    }
}

/// The most names among which a nearer one is looked for.
const MOST_NAMES: usize = 256;

fn say_undefined(finding: &mut Diagnostic, variable: &Variable, near: Option<&str>) {
    let name = variable.name.value.as_str();
    finding.why("it is empty here");
    if !PLATFORM_ARGS.contains(&name) {
        finding.as_warning();
    }
    let Some(near) = near else {
        finding.help(format!("declare it before, in a step: `ARG {name}`"));
        return;
    };
    finding.help(format!("did you mean `{near}`?"));
    let title = format!("replace `{name}` by `{near}`");
    let file = finding.file.clone();
    let mut fix = Fix::unsafe_(title, variable.name.span, near);
    fix.edits
        .iter_mut()
        .for_each(|edit| edit.file = file.clone());
    finding.fix(fix);
}

fn check_url(subject: &Subject<'_>, tool: &ExternalTool, findings: &mut Findings<'_>) {
    let Some(url) = &tool.url else {
        return;
    };
    for (start, _) in url.match_indices("${") {
        let rest = url.get(start + 2..).unwrap_or_default();
        let Some((name, _)) = rest.split_once('}') else {
            continue;
        };
        let span = decoded_span(subject.text, url.span, start..start + name.len() + 3);
        if name == "version" && tool.version.is_none() {
            let message = format!("`${{version}}` is empty: `{}` has no `version`", *tool.name);
            findings
                .report(span, message)
                .help("add the key: `version = \"…\"`");
            continue;
        }
        if PLACEHOLDERS.contains(&name) {
            continue;
        }
        let finding = findings.report(span, format!("a url knows no `${{{name}}}`"));
        finding.why("the renderer fills in what it knows, and leaves the rest as it is");
        suggest(finding, name, ["os", "arch", "version"].into_iter(), || {
            "it knows `${os}`, `${arch}` and `${version}`".to_owned()
        });
        offer(subject, finding, name, span);
    }
}

fn suggest<'a>(
    finding: &mut Diagnostic,
    name: &str,
    names: impl Iterator<Item = &'a str>,
    otherwise: impl Fn() -> String,
) {
    match nearest(name, names) {
        Some(near) => finding.help(format!("did you mean `${{{near}}}`?")),
        None => finding.help(otherwise()),
    };
}

/// Replaces the name by the one that the help names.
fn offer(subject: &Subject<'_>, finding: &mut Diagnostic, name: &str, span: Span) {
    if finding.file != File::Document {
        return;
    }
    let near = finding
        .help
        .as_deref()
        .and_then(|help| help.strip_prefix("did you mean `${"))
        .and_then(|help| help.strip_suffix("}`?"))
        .map(str::to_owned);
    let written = subject.written(span);
    if let Some(near) = near
        && written == format!("${{{name}}}")
    {
        finding.fix(Fix::unsafe_(
            format!("replace `{name}` by `{near}`"),
            span,
            format!("${{{near}}}"),
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_url_knows_three_placeholders() {
        check(
            r#"
language = "go"
platforms = ["linux/amd64"]
[[external_tools]]
name = "x"
version = "1"
url = "https://example.com/x-${verison}-${os}"
#                            ^^^^^^^^^^ error: a url knows no `${verison}`
sha256 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
dst = "/app/bin/x"
"#,
        );
    }

    #[test]
    fn a_step_reads_what_its_stage_sets() {
        check(
            r#"
[[stages]]
name = "x"
from = "alpine:3.23"
final = true
user = "1000"
args = { VERSION = "1" }
steps = [
  'WORKDIR /é/${VERSOIN}', "WORKDIR /\"${VERSION}\"", "WORKDIR $OTHER",
#             ^^^^^^^^^^ warning: nothing sets `VERSOIN` in the stage `x`
  "COPY --chown=$TARGETOS a b",
#               ^^^^^^^^^ error: nothing sets `TARGETOS` in the stage `x`
]
"#,
        );
    }

    #[test]
    fn a_stage_may_use_what_the_builder_sets() {
        check(
            r#"
language = "go"
build.image = "golang:${GO:-1.26}-alpine"
build.copy = [{ from = "x", src = "/x", dst = "x" }]
stages = [{ name = "x", from = "alpine:3.23-${TARGETARCH}" }]
"#,
        );
    }
}
