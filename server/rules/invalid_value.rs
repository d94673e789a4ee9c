//! `invalid-value`.

use crate::config::check::{Shape, ShapeKind};
use crate::config::words::{choice, last_key, list, quoted, requoted, short};
use crate::config::{Language, PackageManager};
use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, nearest, rule};

rule! {
    /// A value that its key does not take.
    ///
    /// Where there are at most eight values, the message lists them.
    ///
    /// ```toml,bad
    /// language = "golang"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: the key would have no meaning, and nothing is built by guessing.
    "invalid-value", Error, check; fix Either
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("invalid-value") {
        let name = last_key(&shape.path);
        let value = short(value(subject, shape));
        match &shape.kind {
            ShapeKind::NotOneOf { options } => {
                not_one_of(subject, shape, options, findings);
            }
            ShapeKind::ControlCharacter => {
                findings
                    .report(
                        shape.span,
                        format!("`{name}` holds a line break or another control character"),
                    )
                    .why("the instruction would end there")
                    .help("write the text on one line, or put it into a file that is copied in");
            }
            ShapeKind::Name { name } => {
                findings.report(
                    shape.span,
                    format!("the name `{}` holds a control character", short(name)),
                );
            }
            ShapeKind::Range => {
                let written = subject.written(shape.span);
                findings
                    .report(shape.span, format!("`{name}` can't be {written}"))
                    .help(range(name));
            }
            ShapeKind::Empty => {
                findings.report(shape.span, format!("`{name}` is empty"));
            }
            _ => {
                let finding = findings.report(shape.span, format!("`{name}` can't be `{value}`"));
                if let Some(form) = form(name) {
                    finding.help(form);
                }
            }
        }
    }
    package_manager(subject, findings);
    context_root(subject, findings);
}

fn value<'a>(subject: &Subject<'a>, shape: &Shape) -> &'a str {
    let node = subject.document.find(&shape.path).map(|found| found.node);
    node.and_then(|node| node.string())
        .unwrap_or_else(|| subject.written(shape.span))
}

fn not_one_of(
    subject: &Subject<'_>,
    shape: &Shape,
    options: &[String],
    findings: &mut Findings<'_>,
) {
    let text = value(subject, shape);
    let name = last_key(&shape.path);
    let finding = findings.report(shape.span, format!("`{name}` can't be `{}`", short(text)));
    let names = || options.iter().map(String::as_str);
    let same = names().find(|option| option.eq_ignore_ascii_case(text.trim()));
    if let Some(option) = same {
        finding.help(format!("write `{}`", quoted(option)));
        finding.fix(Fix::safe(
            format!("write `{option}`"),
            shape.span,
            requoted(subject.written(shape.span), option),
        ));
    } else if let Some(option) = alias(text)
        .filter(|it| names().any(|name| name == *it))
        .or_else(|| nearest(text, names()))
    {
        finding.help(format!("did you mean `{}`?", quoted(option)));
        finding.fix(Fix::unsafe_(
            format!("replace `{}` by `{option}`", short(text)),
            shape.span,
            requoted(subject.written(shape.span), option),
        ));
    } else if options.len() <= 8 {
        finding.help(format!("it can be {}", choice(names())));
    } else {
        finding.help(format!("the values are {}", list(names())));
    }
}

/// Other words for values, which are too far away to be found by their letters.
fn alias(text: &str) -> Option<&'static str> {
    Some(match text.to_lowercase().as_str() {
        "golang" => "go",
        "nodejs" | "node.js" | "javascript" | "typescript" => "node",
        "py" | "python3" => "python",
        "csharp" | "c#" | ".net" => "dotnet",
        "html" | "nginx" => "static",
        "tgz" | "tar" => "tar.gz",
        "bin" | "raw" | "none" => "binary",
        "debian" => "slim",
        "warn" => "warning",
        "ignore" | "disabled" => "off",
        _ => return None,
    })
}

fn range(name: &str) -> &'static str {
    match name {
        "retries" => "docksmith takes 0 to 1000 in `healthcheck`, 0 to 10 in `healthcheck_opts`",
        _ => "an id is a number from 0 to 2147483647",
    }
}

/// What a key's value looks like, as an example.
fn form(name: &str) -> Option<String> {
    Some(match name {
        "user" => "write `\"name\"`, `\"name:uid\"`, `\"name:uid:gid\"`, `\"1000:1000\"`, or `false` for root".to_owned(),
        "name" => "a user's name has up to 32 lower-case letters, digits, `_` and `-`".to_owned(),
        "stop_signal" => "write a signal such as `\"SIGTERM\"`, or its number".to_owned(),
        _ => return None,
    })
}

/// A package manager of another language.
fn package_manager(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (Some(manager), Some(language)) =
        (&subject.config.package_manager, &subject.config.language)
    else {
        return;
    };
    let is_python = matches!(
        manager.value,
        PackageManager::Pip
            | PackageManager::Uv
            | PackageManager::Poetry
            | PackageManager::Pdm
            | PackageManager::Pipenv
    );
    let (name, fits, values) = match language.value {
        Language::Node => (
            "node",
            !is_python,
            ["npm", "pnpm", "yarn", "bun"].as_slice(),
        ),
        Language::Python => (
            "python",
            is_python,
            ["pip", "uv", "poetry", "pdm", "pipenv"].as_slice(),
        ),
        // Elsewhere the key has no effect, which `no-effect` says.
        _ => return,
    };
    if !fits {
        let written = subject.written(manager.span).trim_matches(['"', '\'']);
        findings
            .report(
                manager.span,
                format!("`{written}` is no package manager of `{name}`"),
            )
            .label(language.span, "the language")
            .help(format!("it can be {}", choice(values.iter().copied())));
    }
}

/// A context root that is not above the file.
fn context_root(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(root) = &subject.config.context_root else {
        return;
    };
    let steps: Vec<&str> = root
        .split('/')
        .filter(|step| !step.is_empty() && *step != ".")
        .collect();
    let climbs = steps.iter().all(|step| *step == "..");
    // `WORKDIR` loses blanks at its ends.
    let is_whole = root.trim() == root.value;
    let is_folder = subject.is_old_style() && !steps.contains(&"..") && is_whole;
    // That it is absolute is another rule's finding.
    if climbs || is_folder || root.starts_with('/') {
        return;
    }
    findings
        .report(
            root.span,
            format!("`context_root` can't be `{}`", short(root)),
        )
        .help("it names a folder above the file by `..` steps: `context_root = \"../..\"`");
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn the_case_of_a_value_counts() {
        check(
            r#"
language = "Go"
#          ^^^^ error: `language` can't be `Go`
"#,
        );
    }

    #[test]
    fn a_line_break_in_a_variable_is_reported() {
        check(
            r#"
language = "go"
runtime.env = { MOTD = "a\nb" }
#                      ^^^^^^ error: `MOTD` holds a line break or another control character
"#,
        );
    }

    #[test]
    fn a_context_root_lies_above() {
        check(
            r#"
language = "go"
context_root = "services"
#              ^^^^^^^^^^ error: `context_root` can't be `services`
"#,
        );
        check("language = \"go\"\ncontext_root = \"../..\"\n");
        check(
            r#"
runtime = "go"
start.command = "./server"
context_root = "api "
#              ^^^^^^ error: `context_root` can't be `api `
"#,
        );
    }

    #[test]
    fn a_level_is_one_of_four() {
        check(
            r#"
language = "go"
lint.rules.unknown-key = "warn"
#                        ^^^^^^ error: `unknown-key` can't be `warn`
"#,
        );
    }
}
