//! `package-hygiene`.

use crate::diagnostic::Fix;
use crate::image::known::PackageManager;
use crate::plan::shell_text::{Phase, ShellText, SimpleCommand, Word};
use crate::plan::{InstructionKind, Mount};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// A step installs system packages in a way that stops the build, or leaves in the image what nobody needs.
    ///
    /// `apt-get install` without `-y` asks, and the build stops with `Abort.`; an `update` alone in its step comes from the
    /// cache later, and `install` does not find what is there no more: `E: Unable to locate package`. Without
    /// `--no-install-recommends`, `--no-cache` and the like the image gets tens of megabytes more; that is said of steps of
    /// the image only, not of builders. `packages` does all of it.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.steps = ["RUN apk add git"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.packages = ["git"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the recommended packages are wanted, or a later command of your own cleans up:
    /// `# docksmith: ignore[package-hygiene] cleaned up by tidy.sh`.
    "package-hygiene", Warning, check; fix Unsafe;
    also ["hadolint DL3009", "hadolint DL3014", "hadolint DL3015", "hadolint DL3019", "trivy DS-0017"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for text in subject.shell_texts() {
        if text.phase != Phase::Build || text.is_list {
            continue;
        }
        for command in &text.commands {
            let Some(fault) = fault(command, text, subject) else {
                continue;
            };
            let finding = findings.report_in(text.file.clone(), fault.span, fault.message);
            finding.why(fault.why);
            finding.help("list the packages under `packages`, which installs them so");
            if let Some((at, flags)) = fault.missing {
                let place = Span { start: at, end: at };
                let title = format!("add `{flags}`");
                let fix = Fix::unsafe_(title, place, format!(" {flags}"));
                finding.fix(fix.in_file(&text.file));
            }
        }
    }
}

struct Fault {
    span: Span,
    message: String,
    why: &'static str,
    /// Flags to add, and where.
    missing: Option<(u32, String)>,
}

fn fault(command: &SimpleCommand, text: &ShellText<'_>, subject: &Subject<'_>) -> Option<Fault> {
    let (name, arguments) = command.program()?;
    let program = command.program_word()?;
    // That the image lacks the manager is said by another rule.
    let manager = text
        .stage
        .and_then(|stage| subject.plan.base_facts(stage))
        .and_then(|facts| facts.package_manager());
    let is_image = text.stage.is_some_and(|stage| subject.is_in_image(stage));
    match name {
        "apt-get" | "apt" if manager.is_none_or(|it| it == PackageManager::Apt) => {
            apt(program, arguments, text, is_image)
        }
        "apk" if manager.is_none_or(|it| it == PackageManager::Apk) => {
            apk(program, arguments, text, is_image)
        }
        _ => None,
    }
}

/// The word that says what a manager is to do.
fn verb(arguments: &[Word]) -> Option<(&Word, &[Word])> {
    let mut before = "";
    for (index, word) in arguments.iter().enumerate() {
        let is_value = matches!(before, "-o" | "-t" | "-c" | "--option" | "-X" | "-p");
        if !word.text.starts_with('-') && !is_value {
            return (!word.expands).then_some((word, arguments));
        }
        before = arguments.get(index).map_or("", |it| it.text.as_str());
    }
    None
}

fn apt(program: &Word, arguments: &[Word], text: &ShellText<'_>, is_image: bool) -> Option<Fault> {
    let (verb, words) = verb(arguments)?;
    // A variable may hold any flag.
    if words.iter().any(|word| word.text.starts_with('$')) {
        return None;
    }
    match verb.text.as_str() {
        "update" => updates_alone(
            program,
            verb,
            text,
            &[
                "install",
                "upgrade",
                "dist-upgrade",
                "full-upgrade",
                "build-dep",
                "satisfy",
                "download",
                "source",
            ],
        ),
        "install" => {
            let mut flags = Vec::new();
            if !answers_yes(words, text) {
                flags.push("-y");
            }
            let recommends = words.iter().any(|it| {
                let flag = it.text.to_ascii_lowercase();
                flag == "--no-install-recommends" || flag.contains("install-recommends=")
            });
            if is_image && !recommends {
                flags.push("--no-install-recommends");
            }
            lacks(program, verb, &flags)
                .or_else(|| leaves_lists(program, verb, text).filter(|_| is_image))
        }
        _ => None,
    }
}

/// Whether nothing asks: by a flag, or by what is set for all commands.
fn answers_yes(words: &[Word], text: &ShellText<'_>) -> bool {
    let says_yes = |it: &Word| {
        let flag = it.text.as_str();
        let is_short = flag.starts_with('-') && !flag.starts_with("--");
        let is_quiet = flag.matches('q').count() >= 2 || flag == "-q=2";
        is_short && (flag.contains('y') || is_quiet)
            || matches!(flag, "--yes" | "--assume-yes" | "--force-yes" | "--quiet=2")
            || flag.to_ascii_lowercase().contains("assume-yes")
            || flag.to_ascii_lowercase().contains("assumeyes")
    };
    let is_piped = text
        .commands
        .iter()
        .any(|it| it.program().is_some_and(|(name, _)| name == "yes"));
    words.iter().any(says_yes) || is_piped
}

fn apk(program: &Word, arguments: &[Word], text: &ShellText<'_>, is_image: bool) -> Option<Fault> {
    let (verb, words) = verb(arguments)?;
    if words.iter().any(|word| word.text.starts_with('$')) {
        return None;
    }
    let has = |flag: &str| words.iter().any(|word| word.text == flag);
    match verb.text.as_str() {
        "update" => updates_alone(program, verb, text, &["add", "upgrade", "fix"]),
        "add" if is_image && !has("--no-cache") => {
            let cleans = has_cache(text, "/var/cache/apk") || removes(text, "/var/cache/apk");
            let cleans = cleans || has_cache(text, "/etc/apk/cache");
            lacks(program, verb, &["--no-cache"]).filter(|_| !cleans)
        }
        _ => None,
    }
}

/// The flags that a command lacks.
fn lacks(program: &Word, verb: &Word, flags: &[&str]) -> Option<Fault> {
    let (first, rest) = flags.split_first()?;
    let command = format!("{} {}", program.text, verb.text);
    let message = match rest.first() {
        Some(second) => format!("`{command}` without `{first}` and `{second}`"),
        None => format!("`{command}` without `{first}`"),
    };
    let why = match *first {
        "-y" => "it asks, nobody answers, and the build stops with `Abort.`",
        "--no-cache" => "the index of all packages stays in the image",
        _ => "packages that nobody needs go into the image",
    };
    Some(Fault {
        span: program.span.cover(verb.span),
        message,
        why,
        missing: Some((verb.span.end, flags.join(" "))),
    })
}

/// An `update` without what needs it in the same step.
fn updates_alone(
    program: &Word,
    verb: &Word,
    text: &ShellText<'_>,
    needs: &[&str],
) -> Option<Fault> {
    let name = base_name(program);
    let is_needed = text.commands.iter().any(|command| {
        command.program().is_some_and(|(other, arguments)| {
            let is_manager = other == name
                || matches!(
                    (name, other),
                    ("apt", "apt-get") | ("apt-get", "apt" | "aptitude")
                );
            let is_known = matches!(
                other,
                "apt" | "apt-get" | "apk" | "rm" | "echo" | "set" | "true"
            );
            // A script or a variable may install what it likes.
            is_manager
                && arguments
                    .iter()
                    .any(|it| needs.contains(&it.text.as_str()) || it.expands)
                || !is_known
        }) || command.program().is_none() && !command.words.is_empty()
    });
    (!is_needed).then(|| Fault {
        span: program.span.cover(verb.span),
        message: format!("`{} {}` stands alone in its step", program.text, verb.text),
        why: "it comes from the cache later: `Unable to locate package`",
        missing: None,
    })
}

/// An `install` whose lists of all packages stay in the layer.
fn leaves_lists(program: &Word, verb: &Word, text: &ShellText<'_>) -> Option<Fault> {
    const LISTS: &str = "/var/lib/apt";
    let updates = text.commands.iter().any(|command| {
        command.program().is_some_and(|(name, arguments)| {
            matches!(name, "apt" | "apt-get") && arguments.iter().any(|it| it.text == "update")
        })
    });
    let is_clean = !updates || has_cache(text, LISTS) || removes(text, LISTS);
    (!is_clean).then(|| Fault {
        span: program.span.cover(verb.span),
        message: "the lists of all packages stay in the image".to_owned(),
        why: "they are tens of megabytes, and out of date when the image runs",
        missing: None,
    })
}

fn base_name(word: &Word) -> &str {
    word.text.rsplit('/').next().unwrap_or_default()
}

/// Whether a folder of the step is kept between builds, and not in the image.
fn has_cache(text: &ShellText<'_>, folder: &str) -> bool {
    let is_there = |target: &str| target.starts_with(folder);
    match text.instruction.map(|it| &it.kind) {
        Some(InstructionKind::Run(run)) => run.mounts.iter().any(|mount| match mount {
            Mount::Cache { target, .. } => is_there(target),
            _ => false,
        }),
        Some(InstructionKind::Written(written)) => written.mounts.iter().any(|mount| {
            let target = mount.value(&["target", "dst", "destination"]);
            matches!(mount.kind().as_str(), "cache" | "tmpfs")
                && target.is_some_and(|it| is_there(it))
        }),
        _ => false,
    }
}

/// Whether a step removes what lies in a folder.
fn removes(text: &ShellText<'_>, folder: &str) -> bool {
    text.commands.iter().any(|command| {
        command.program().is_some_and(|(name, arguments)| {
            matches!(name, "rm" | "find") && arguments.iter().any(|it| it.text.starts_with(folder))
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    fn check_steps(image: &str, steps: &str) {
        check(&format!(
            "language = \"go\"\nruntime.image = \"{image}\"\nruntime.steps = [\n{steps}\n]\n"
        ));
    }

    #[test]
    fn apt_is_looked_at() {
        check_steps(
            "debian:bookworm-slim",
            r#"
  "RUN apt-get update && apt-get install git && rm -rf /var/lib/apt/lists/*",
#                        ^^^^^^^^^^^^^^^ warning: `apt-get install` without `-y` and `--no-install-recommends`
  "RUN apt-get update",
#      ^^^^^^^^^^^^^^ warning: `apt-get update` stands alone in its step
  { run = "apt-get update && apt-get install -qy --no-install-recommends git" },
#                            ^^^^^^^^^^^^^^^ warning: the lists of all packages stay in the image
"#,
        );
    }

    #[test]
    fn apk_is_looked_at() {
        check_steps(
            "alpine:3.23",
            r#"
  "RUN apk add -U git",
#      ^^^^^^^ warning: `apk add` without `--no-cache`
  "RUN apk update",
#      ^^^^^^^^^^ warning: `apk update` stands alone in its step
"#,
        );
    }

    #[test]
    fn what_is_clean_is_fine() {
        check_steps(
            "debian:bookworm-slim",
            r#"
  "RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*",
  "RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y --no-install-recommends git",
  "RUN apt-get update && ./install.sh && rm -rf /var/lib/apt/lists/*",
  "RUN apt-get -o APT::Install-Recommends=0 install -qq git",
  "RUN apt-get install $FLAGS git",
"#,
        );
        check_steps(
            "alpine:3.23",
            "\"RUN apk --no-cache add git\", \"RUN apk add git && rm -rf /var/cache/apk/*\", { run = \"apk add git\", cache = [\"/var/cache/apk\"] }",
        );
    }

    #[test]
    fn the_size_of_a_builder_does_not_matter() {
        check(
            r#"
language = "go"
build.steps = ["RUN apk add git"]
"#,
        );
    }
}
