//! `sudo-in-command`.

use crate::diagnostic::Fix;
use crate::plan::shell_text::{Phase, SimpleCommand, Word};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// A command of the build calls `sudo`.
    ///
    /// Steps run as root already, and images for containers have no `sudo`: the build would stop with `sudo: not found`.
    /// Where it is installed for this, it stays in the image, and lets the program become root.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.steps = ["RUN sudo mkdir /data"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.steps = ["RUN mkdir /data"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the base image runs steps as another user and brings `sudo`:
    /// `# docksmith: ignore[sudo-in-command] the base image runs as a user`.
    "sudo-in-command", Warning, check; fix Unsafe; also ["hadolint DL3004"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for text in subject.shell_texts() {
        for command in &text.commands {
            let Some((word, next)) = sudo(command) else {
                continue;
            };
            let message = match text.phase {
                Phase::Build => "`sudo` is not needed: steps run as root",
                Phase::Container | Phase::Check => "`sudo` makes the program root",
            };
            let finding = findings.report_in(text.file.clone(), word.span, message);
            finding.why("images for containers have no `sudo`: `sudo: not found`");
            finding.help("drop it; a step that needs another user says `USER`");
            if let Some(next) = next.filter(|_| !text.is_list) {
                let place = Span {
                    start: word.span.start,
                    end: next.span.start,
                };
                finding.fix(Fix::unsafe_("drop `sudo`", place, "").in_file(&text.file));
            }
        }
    }
}

/// The `sudo` of a command, with the word behind it, unless that is a flag.
fn sudo(command: &SimpleCommand) -> Option<(&Word, Option<&Word>)> {
    let mut words = command.words.iter();
    let word = words.next().filter(|it| !it.expands)?;
    let is_sudo = matches!(word.text.rsplit('/').next(), Some("sudo"));
    let next = words.next().filter(|it| !it.text.starts_with('-'));
    is_sudo.then_some((word, next))
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn every_command_of_a_list_is_looked_at() {
        check(
            r#"
language = "go"
build.steps = ["RUN a && sudo -E b", { run = "if true; then sudo b; fi" }, { run = ["sudo", "b"] }]
#                        ^^^^ warning: `sudo` is not needed: steps run as root
#                                                           ^^^^ warning: `sudo` is not needed: steps run as root
#                                                                                   ^^^^^^ warning: `sudo` is not needed: steps run as root
"#,
        );
    }

    #[test]
    fn a_command_of_the_container_is_looked_at() {
        check(
            r#"
language = "go"
runtime.image = "alpine:3.23"
runtime.cmd = { shell = "sudo /app/main" }
#                        ^^^^ warning: `sudo` makes the program root
"#,
        );
    }

    #[test]
    fn the_word_alone_is_no_call() {
        check(
            r#"
language = "go"
build.steps = ["RUN echo sudo; mkdir /etc/sudo", { run = "command -v sudo" }]
"#,
        );
    }
}
