//! `command-is-sibling`.

use crate::config::words::requoted;
use crate::diagnostic::Fix;
use crate::plan::commands::{UserCommand, commands};
use crate::plan::paths::{absolute, file_name};
use crate::plan::tool::platforms;
use crate::plan::{BuildPlan, InstructionKind};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// The container runs a sibling that is built for one platform, and the image is meant for others, too.
    ///
    /// On the other platforms the container stops at start with `exec format error`. Siblings are for others to fetch; what
    /// the image runs itself is the binary without the suffix.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.binaries = [{ name = "agent", path = "./cmd/agent", platforms = ["linux/amd64"], dst = "/app/bin/" }]
    /// runtime.cmd = ["/app/bin/agent-linux-amd64"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.binaries = [{ name = "agent", path = "./cmd/agent", platforms = ["linux/amd64"], dst = "/app/bin/" }]
    /// runtime.cmd = ["/usr/local/bin/server"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the other platforms emulate the sibling's one, as Docker Desktop does, and that is good enough
    /// for them.
    "command-is-sibling", ErrorUnlessOld, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(image) = &subject.plan.image else {
        return;
    };
    let siblings = siblings(subject.plan);
    for command in commands(subject.config, subject.text) {
        let Some(word) = program(&command) else {
            continue;
        };
        let path = absolute(&image.workdir, word);
        if !siblings.contains(&path) {
            continue;
        }
        let others: Vec<String> = platforms(subject.config)
            .iter()
            .filter(|platform| {
                let architecture = format!("-{}", platform.architecture);
                !path.ends_with(&platform.suffix()) && !path.ends_with(&architecture)
            })
            .map(|platform| format!("`{platform}`"))
            .collect();
        if others.is_empty() {
            continue;
        }
        let finding = findings.report(
            word.span,
            format!(
                "`{}` does not run on {}",
                file_name(&path),
                others.join(", ")
            ),
        );
        if let Some(platforms) = &subject.config.platforms {
            finding.label(platforms.span, "what the image is meant for");
        }
        finding.why("there the container would stop at start with `exec format error`");
        match subject.plan.program() {
            Some(native) => {
                finding.help(format!(
                    "run the binary of the image's own platform: `{native}`"
                ));
                if command.text.is_none() {
                    let title = format!("run `{native}`");
                    let text = requoted(subject.written(word.span), native);
                    finding.fix(Fix::unsafe_(title, word.span, text));
                }
            }
            None => {
                finding.help("add a binary without `platforms` and run that");
            }
        }
    }
}

/// The word that names the program.
fn program(command: &UserCommand) -> Option<&crate::text::Spanned<String>> {
    let mut words = command.words.iter();
    // `exec server` in a shell starts the server.
    words.find(|word| !(command.shell_form && word.as_str() == "exec"))
}

/// The files of siblings in the image.
fn siblings(plan: &BuildPlan) -> Vec<String> {
    let Some(stage) = plan.final_stage() else {
        return Vec::new();
    };
    let mut paths = Vec::new();
    for instruction in &stage.instructions {
        let InstructionKind::Copy(copy) = &instruction.kind else {
            continue;
        };
        let is_sibling = copy
            .from
            .flag()
            .is_some_and(|name| name.starts_with("builder-"));
        for source in copy.sources.iter().filter(|_| is_sibling) {
            paths.push(if copy.dst.ends_with('/') {
                format!("{}{}", copy.dst, file_name(&source.path))
            } else {
                copy.dst.clone()
            });
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_relative_path_in_a_check_is_one_too() {
        check(
            r#"
language = "go"
build.target = "./cmd/server"
build.binaries = [{ name = "agent", path = "./cmd/agent", architectures = ["amd64"], dst = "/app/bin/" }]
runtime.healthcheck = ["./bin/agent-amd64", "health"]
#                      ^^^^^^^^^^^^^^^^^^^ error: `agent-amd64` does not run on `linux/arm64`
"#,
        );
    }

    #[test]
    fn an_image_for_one_platform_may_run_it() {
        check(
            r#"
language = "go"
platforms = ["linux/amd64"]
build.target = "./cmd/server"
build.binaries = [{ name = "agent", path = "./cmd/agent", platforms = ["linux/amd64"], dst = "/app/bin/" }]
runtime.cmd = ["/app/bin/agent-linux-amd64"]
"#,
        );
    }
}
