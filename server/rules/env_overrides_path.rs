//! `env-overrides-path`.

use crate::config::runtime::EnvValue;
use crate::config::values::Text;
use crate::diagnostic::{Diagnostic, Fix};
use crate::plan::InstructionKind;
use crate::plan::sources::step_tables;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A variable takes the programs of the image out of reach, or puts something into each of them.
    ///
    /// A `PATH` of its own hides the folders of the image: the next command stops with `sh: not found`. `LD_PRELOAD` loads a
    /// library into every program of the image; one that is not there, or is for another C library, is an error message at
    /// each start.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.env = { PATH = "/app/bin" }
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.env = { PATH = { value = "/app/bin:$PATH", expand = true } }
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it for an image in which one program runs nothing else, and for an allocator that the image does have:
    /// `# docksmith: ignore[env-overrides-path] jemalloc is in the image`.
    "env-overrides-path", Warning, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let stages = config.stages.iter().map(|stage| stage.env.0.as_slice());
    let steps = step_tables(config).into_iter();
    let steps = steps.filter_map(|step| step.env.as_ref().map(|env| env.value.0.as_slice()));
    for env in [config.env.as_slice(), &config.build.env.0]
        .into_iter()
        .chain(stages)
        .chain(steps)
    {
        check_entries(env, subject, findings);
    }
    for (_, instruction) in subject.plan.instructions() {
        let InstructionKind::Written(written) = &instruction.kind else {
            continue;
        };
        for pair in written.pairs.iter().filter(|_| written.keyword == "ENV") {
            let Some(value) = &pair.value else { continue };
            let file = instruction.origin.file.clone();
            match pair.name.as_str() {
                "PATH" if hides(value) => {
                    let finding = findings.report_in(file, value.span, HIDES);
                    path_why(finding).help(format!("keep them: `{}:$PATH`", value.value));
                }
                "LD_PRELOAD" if !value.is_empty() => {
                    preload(findings.report_in(file, value.span, PRELOAD))
                }
                _ => {}
            }
        }
    }
}

const HIDES: &str = "`PATH` hides the folders of the image's own programs";
const PRELOAD: &str = "`LD_PRELOAD` is loaded into every program of the image";

fn path_why(finding: &mut Diagnostic) -> &mut Diagnostic {
    finding.why("the next command would stop with `not found`")
}

fn preload(finding: &mut Diagnostic) {
    finding.why("what the image lacks is an error message at the start of each program");
    finding.help("set it for one program: `[\"env\", \"LD_PRELOAD=…\", \"/app/main\"]`");
}

fn check_entries(env: &[(Text, EnvValue)], subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (name, value) in env {
        let text = value.text();
        match name.as_str() {
            "PATH" => check_path(value, text, subject, findings),
            "LD_PRELOAD" if !text.is_empty() => preload(findings.report(text.span, PRELOAD)),
            _ => {}
        }
    }
}

fn check_path(value: &EnvValue, text: &Text, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let names_itself = names_path(text);
    let is_literal = matches!(value, EnvValue::Literal(_));
    // In an old file another rule says that nothing is replaced.
    if names_itself && (value.expands() || subject.is_old_style()) || !names_itself && !hides(text)
    {
        return;
    }
    let literal = subject.written(text.span);
    let finding = if names_itself {
        findings.report(text.span, "`$PATH` is not replaced: values are literal")
    } else {
        findings.report(text.span, HIDES)
    };
    path_why(finding);
    let quote = literal.chars().next().unwrap_or('"');
    let inside = literal
        .strip_prefix(quote)
        .and_then(|it| it.strip_suffix(quote));
    let Some(inside) = inside.filter(|it| !it.starts_with(quote) || it.is_empty()) else {
        finding.help("let it through: `{ value = \"/app/bin:$PATH\", expand = true }`");
        return;
    };
    let inside = if names_itself {
        inside.to_owned()
    } else {
        format!("{inside}:$PATH")
    };
    let entry = format!("{{ value = {quote}{inside}{quote}, expand = true }}");
    finding.help(format!("let it through: `{entry}`"));
    if is_literal {
        finding.fix(Fix::unsafe_(
            "keep the image's own folders",
            text.span,
            entry,
        ));
    }
}

/// Whether a value holds `$PATH`.
fn names_path(value: &str) -> bool {
    value.contains("${PATH")
        || value
            .split("$PATH")
            .skip(1)
            .any(|rest| !rest.starts_with(|it: char| it.is_ascii_alphanumeric() || it == '_'))
}

/// Whether a `PATH` leaves out the folders that every image has.
fn hides(value: &str) -> bool {
    let mut folders = value.split(':');
    let has = |folder: &str| {
        value
            .split(':')
            .any(|it| it.trim_end_matches('/') == folder)
    };
    let is_unknown = folders.any(|it| it.starts_with('$'));
    !(names_path(value) || is_unknown || has("/bin") && has("/usr/bin"))
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn every_place_counts() {
        check(
            r#"
language = "go"
[build]
env = { PATH = "/go/tools:$PATH" }
#              ^^^^^^^^^^^^^^^^^ warning: `$PATH` is not replaced: values are literal
[runtime]
steps = ["ENV PATH=/app/bin", { env = { PATH = "/x" } }]
#                  ^^^^^^^^ warning: `PATH` hides the folders of the image's own programs
#                                              ^^^^ warning: `PATH` hides the folders of the image's own programs
env = { LD_PRELOAD = "/usr/lib/libjemalloc.so.2" }
#                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: `LD_PRELOAD` is loaded into every program of the image
"#,
        );
    }

    #[test]
    fn what_keeps_the_folders_is_fine() {
        check(
            r#"
language = "go"
runtime.steps = ["ENV PATH=/app/bin:$PATH", "ENV PATH=\"${PATH}:/x\" CLASSPATH=/x"]
runtime.env = { PATH = "/app/bin:/usr/local/bin:/usr/bin:/bin", GOPATH = "/go", LD_LIBRARY_PATH = "/x" }
"#,
        );
    }
}
