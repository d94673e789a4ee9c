//! `predefined-arg-default`.

use crate::config::stage::Step;
use crate::config::values::{Entries, Text};
use crate::diagnostic::Fix;
use crate::plan::InstructionKind;
use crate::plan::instructions::PLATFORM_ARGS;
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// A build argument that the builder sets by itself is given a default.
    ///
    /// The default wins over the automatic value: every platform's image would be built for the same architecture, and the
    /// others stop at start with `exec format error`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.args = { TARGETARCH = "amd64" }
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.args = { VERSION = "dev" }
    /// build.ldflags = ["-X main.version=${VERSION}"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it in a file that is only ever built for the one platform, where the builder sets no such argument.
    "predefined-arg-default", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let mut tables: Vec<&Entries<Text>> =
        vec![&config.args, &config.build.args, &config.runtime.args];
    tables.extend(config.stages.iter().map(|stage| &stage.args));
    let stages = config.stages.iter().flat_map(|stage| &stage.steps);
    for step in stages
        .chain(&config.build.steps)
        .chain(&config.runtime.steps)
    {
        if let Step::Table(table) = &step.value {
            tables.extend(table.arg.as_ref().map(|args| &args.value));
        }
    }
    for (name, default) in tables.into_iter().flatten() {
        if PLATFORM_ARGS.contains(&name.value.as_str()) && !default.value.is_empty() {
            let finding = findings.report(default.span, message(name));
            finding.why(WHY);
            finding.help(format!("leave its default empty: `{} = \"\"`", name.value));
            finding.fix(Fix::unsafe_("empty the default", default.span, "\"\""));
        }
    }
    for (_, instruction) in subject.plan.instructions() {
        if let InstructionKind::Written(written) = &instruction.kind
            && written.keyword == "ARG"
        {
            for pair in written.pairs.iter().filter(|pair| pair.value.is_some()) {
                let name = pair.name.value.as_str();
                if PLATFORM_ARGS.contains(&name) {
                    let file = instruction.origin.file.clone();
                    let value = pair.value.as_ref().map_or(pair.name.span, |it| it.span);
                    let place = pair.name.span.cover(value);
                    let finding = findings.report_in(file, place, message(name));
                    finding.why(WHY);
                    finding.help(format!("drop the default: `ARG {name}`"));
                    let default = Span {
                        start: pair.name.span.end,
                        end: value.end,
                    };
                    let fix = Fix::unsafe_("drop the default", default, "");
                    finding.fix(fix.in_file(&instruction.origin.file));
                    // Such a file builds where it is used, for one platform.
                    if subject.plan.verbatim.is_some() {
                        finding.as_warning();
                    }
                }
            }
        }
    }
}

const WHY: &str = "it wins over the automatic value, so all platforms get the same one";

fn message(name: &str) -> String {
    format!("the builder sets `{name}`, and this default would override it")
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_string_step_is_looked_at() {
        check(
            r#"
language = "go"
build.steps = ["ARG BUILDOS=linux"]
#                   ^^^^^^^^^^^^^ error: the builder sets `BUILDOS`, and this default would override it
"#,
        );
    }

    #[test]
    fn an_empty_default_is_none() {
        check(
            r#"
language = "go"
build.copy = [{ from = "x", src = "/x", dst = "x" }]
stages = [{ name = "x", from = "alpine:3.23", args = { TARGETARCH = "" } }]
"#,
        );
    }
}
