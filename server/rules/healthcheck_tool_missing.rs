//! `healthcheck-tool-missing`.

use crate::diagnostic::{Diagnostic, Fix};
use crate::image::known::{Known, PackageManager};
use crate::plan::commands::{Purpose, UserCommand, commands};
use crate::plan::{FinalImage, InstructionKind, RunCommand};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// The health check runs `curl` or `wget`, which the image does not have.
    ///
    /// Every check fails with `curl: not found`, so the container is unhealthy for ever. Alpine has BusyBox's `wget` and no
    /// `curl`; Debian's slim images have neither.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.healthcheck = "curl -f http://127.0.0.1:8080/ || exit 1"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.healthcheck = "wget -q --spider http://127.0.0.1:8080/ || exit 1"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the tool comes in a way that the file does not show, as with a volume, or where the check runs
    /// nowhere, as under Kubernetes.
    "healthcheck-tool-missing", ErrorUnlessOld, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(image) = &subject.plan.image else {
        return;
    };
    let (Some(known), Some(stage)) = (&image.base.known, subject.plan.final_stage()) else {
        return;
    };
    for command in commands(subject.config, subject.text) {
        let lacks_shell = subject.plan.without_shell(stage).is_some();
        // Without a shell, a string is not run at all.
        if command.purpose != Purpose::Check || command.shell_form && lacks_shell {
            continue;
        }
        for (tool, span) in programs(&command) {
            let (has, other) = match tool {
                "curl" => (known.curl, known.wget.filter(|has| *has).map(|_| "wget")),
                _ => (known.wget, known.curl.filter(|has| *has).map(|_| "curl")),
            };
            if has == Some(false) && !may_be_brought(subject, tool) {
                let finding = findings.report(span, format!("the image has no `{tool}`"));
                finding
                    .why("every check would fail, and the container would be unhealthy for ever");
                subject.label_base(finding, &format!("has no `{tool}`"));
                finding.help(help(subject, image, known, tool, other));
                offer_other(&command, tool, other, finding);
                break;
            }
        }
    }
}

/// The `curl` and `wget` that a command begins with, also behind an operator.
fn programs(command: &UserCommand) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    let mut begins = true;
    for word in &command.words {
        let name = word.rsplit('/').next().unwrap_or_default();
        if begins && matches!(name, "curl" | "wget") {
            found.push((name, word.span));
        }
        let is_operator = matches!(word.as_str(), "&&" | "||" | "|" | ";" | "!" | "exec" | "if");
        begins = command.shell_form && (is_operator || word.ends_with(';'));
    }
    found
}

/// Whether a package, a step or a copy may bring a tool.
fn may_be_brought(subject: &Subject<'_>, tool: &str) -> bool {
    let packages = subject.config.runtime.packages.iter();
    let mut packages = packages.flat_map(|packages| packages.iter());
    let Some(stage) = subject.plan.final_stage() else {
        return true;
    };
    packages.any(|package| package.starts_with(tool))
        || stage.instructions.iter().any(|it| match &it.kind {
            InstructionKind::Run(run) => match &run.command {
                RunCommand::Shell(text) => text.contains(tool),
                RunCommand::Exec(words) => words.iter().any(|word| word.contains(tool)),
                RunCommand::Lines(_) => false,
            },
            InstructionKind::Copy(copy) => {
                let is_folder = matches!(
                    copy.dst.as_str(),
                    "/" | "/usr"
                        | "/usr/"
                        | "/bin/"
                        | "/usr/bin/"
                        | "/usr/local/bin/"
                        | "/usr/local/"
                );
                copy.dst.ends_with(tool) || is_folder
            }
            InstructionKind::Add(_) => true,
            InstructionKind::Written(written) => {
                matches!(written.keyword.as_str(), "ADD") || written.arguments.contains(tool)
            }
            _ => false,
        })
}

fn help(
    subject: &Subject<'_>,
    image: &FinalImage,
    known: &Known,
    tool: &str,
    other: Option<&str>,
) -> String {
    let has_manager = matches!(
        image.base.package_manager(),
        Some(PackageManager::Apk | PackageManager::Apt)
    );
    match (other, has_manager) {
        (Some("wget"), _) => format!("use `wget -q --spider <url>`, or add `{tool}` to `packages`"),
        (Some(_), _) => format!("use `curl -f <url>`, or add `{tool}` to `packages`"),
        (None, true) => format!("add it: `packages = [\"{tool}\"]`"),
        (None, false) => {
            let program = subject.plan.program().unwrap_or("/app/main");
            let family = if known.shell == Some(false) {
                ", or choose another image"
            } else {
                ""
            };
            format!("let the program check itself: `[\"{program}\", \"health\"]`{family}")
        }
    }
}

/// `curl -f URL` and `wget -q --spider URL` ask the same; with other flags nothing is certain.
fn offer_other(command: &UserCommand, tool: &str, other: Option<&str>, finding: &mut Diagnostic) {
    let words: Vec<&str> = command
        .words
        .iter()
        .map(|word| word.value.as_str())
        .collect();
    let [first, rest @ ..] = words.as_slice() else {
        return;
    };
    let end = rest
        .iter()
        .position(|word| *word == "||")
        .unwrap_or(rest.len());
    let (arguments, tail) = rest.split_at(end);
    let is_exit = matches!(tail, [] | ["||", "exit", "1"] | ["||", "false"]);
    let (urls, flags): (Vec<&str>, Vec<&str>) =
        arguments.iter().partition(|word| word.starts_with("http"));
    let plain: &[&str] = if tool == "curl" {
        &[
            "-f", "-s", "-S", "-fs", "-sf", "-fsS", "-sSf", "-sS", "--fail", "--silent",
        ]
    } else {
        &[
            "-q",
            "--spider",
            "--quiet",
            "-qO-",
            "-O-",
            "-O",
            "-",
            "/dev/null",
        ]
    };
    let is_plain = flags.iter().all(|flag| plain.contains(flag));
    let ([url], Some(other), true, true) =
        (urls.as_slice(), other, is_exit && *first == tool, is_plain)
    else {
        return;
    };
    if url.contains(['"', '\'', '\\', '$']) {
        return;
    }
    let flags: &[&str] = if other == "wget" {
        &["-q", "--spider"]
    } else {
        &["-fsS"]
    };
    let mut new: Vec<&str> = vec![other];
    new.extend(flags);
    new.push(url);
    new.extend(tail);
    let text = if command.shell_form {
        format!("\"{}\"", new.join(" "))
    } else {
        format!("[\"{}\"]", new.join("\", \""))
    };
    finding.fix(Fix::unsafe_(format!("use `{other}`"), command.span, text));
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_slim_image_has_no_wget() {
        check(
            r#"
language = "go"
runtime.image = "debian:bookworm-slim"
runtime.healthcheck = ["wget", "-q", "--spider", "http://127.0.0.1:8080/"]
#                      ^^^^^^ error: the image has no `wget`
"#,
        );
    }

    #[test]
    fn a_package_brings_it() {
        check(
            r#"
language = "go"
runtime.image = "alpine:3.23"
runtime.packages = ["curl"]
runtime.healthcheck = "curl -f http://127.0.0.1:8080/ || exit 1"
"#,
        );
    }
}
