//! `pipe-to-shell`.

use crate::plan::shell_text::{SimpleCommand, Word};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A download is run by a shell as it comes.
    ///
    /// Whoever changes the file on the server, or sits in between, runs commands in the build. Nothing is compared with a
    /// checksum, and a connection that breaks runs half of a script.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.steps = ["RUN curl -fsSL https://example.com/install.sh | sh"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.steps = [
    ///   "ADD --checksum=sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88 https://example.com/install-1.2.sh /install.sh",
    ///   "RUN sh /install.sh",
    /// ]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it for a vendor whose script you trust as much as what it installs:
    /// `# docksmith: ignore[pipe-to-shell] the vendor offers nothing else`.
    "pipe-to-shell", Warning, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for text in subject.shell_texts() {
        for command in &text.commands {
            let piped = piped_download(command, &text.commands);
            let Some(word) = piped.or_else(|| read_download(command, &text.commands)) else {
                continue;
            };
            findings
                .report_in(
                    text.file.clone(),
                    word.span,
                    "a shell runs what is downloaded",
                )
                .why("nobody would notice if the script were replaced")
                .help(
                    "fetch it with `ADD --checksum=sha256:… <url> /install.sh`, then run the file",
                );
        }
    }
}

/// The shell at the end of a pipe that begins with a download.
fn piped_download<'a>(command: &'a SimpleCommand, all: &[SimpleCommand]) -> Option<&'a Word> {
    if !command.is_shell_of_input() {
        return None;
    }
    let mut before = command.piped_from;
    while let Some(index) = before {
        let earlier = all.get(index)?;
        if is_download(earlier) {
            return command.program_word();
        }
        before = earlier.piped_from;
    }
    None
}

/// `sh -c "$(curl …)"`, `eval "$(curl …)"`, `bash <(curl …)` and `. <(curl …)`.
fn read_download<'a>(command: &'a SimpleCommand, all: &[SimpleCommand]) -> Option<&'a Word> {
    let (name, arguments) = command.program()?;
    let takes_text = matches!(name, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh");
    let first = if takes_text {
        let is_flag = |it: &&Word| it.text.starts_with('-') && !it.expands;
        arguments.iter().find(|it| !is_flag(it))?
    } else if matches!(name, "eval" | "." | "source") {
        arguments.first()?
    } else {
        return None;
    };
    let reads = command.reads.iter().filter(|_| command.is_shell_of_input());
    let words = reads.chain([first]);
    // Only where all of the text is what was downloaded.
    let is_whole = |it: &&Word| {
        let text = it.text.as_str();
        (text.starts_with("$(") || text.starts_with("<(")) && text.ends_with(')')
            || text.starts_with('`') && text.ends_with('`')
    };
    words
        .filter(is_whole)
        .flat_map(|word| &word.nested)
        .any(|index| all.get(*index).is_some_and(is_download))
        .then(|| command.program_word())?
}

fn is_download(command: &SimpleCommand) -> bool {
    let Some((name, arguments)) = command.program() else {
        return false;
    };
    let is_far = |word: &Word| !word.text.contains("file://");
    matches!(name, "curl" | "wget") && !arguments.is_empty() && arguments.iter().all(is_far)
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, check_with};

    #[test]
    fn every_form_is_found() {
        check(
            r#"
language = "go"
build.steps = [
  "RUN wget -qO- https://example.com/a | tee /x | sudo -E bash -s -- -y",
#                                                 ^^^^ warning: `sudo` is not needed: steps run as root
#                                                         ^^^^ warning: a shell runs what is downloaded
  { run = "set -e; bash <(curl -fsSL https://example.com/a)" },
#                  ^^^^ warning: a shell runs what is downloaded
  { run = 'sh -c "$(curl -fsSL https://example.com/a)"' },
#          ^^ warning: a shell runs what is downloaded
]
"#,
        );
    }

    #[test]
    fn a_file_of_instructions_is_looked_at() {
        check_with(
            "overlay = \"Dockerfile.overlay\"\nlanguage = \"static\"\n",
            &[("Dockerfile.overlay", "# nothing\n")],
        );
        let files = crate::context::Files::new([(
            "D",
            "FROM alpine:3.23\nRUN a \\\n  && curl x | sh\nUSER 1\n",
        )]);
        let found = crate::analysis::analyze("dockerfile = \"D\"\n", &files);
        let found = found
            .diagnostics
            .iter()
            .filter(|it| it.rule == "pipe-to-shell");
        let places: Vec<u32> = found.map(|it| it.span.start).collect();
        assert_eq!(places, [39]);
    }

    #[test]
    fn other_readers_are_fine() {
        check(
            r#"
language = "go"
build.steps = [
  "RUN curl -fsSL https://example.com/a.tar.gz | tar xz",
  "RUN echo 'curl https://example.com/a | sh'",
  "RUN curl -fsSL https://example.com/a | sh -c 'cat > /x'",
  "RUN curl -fsSL https://example.com/a | sh ./script.sh",
  "RUN cat a.sh | sh",
  "RUN curl -fsSLo a.sh https://example.com/a && sha256sum -c sums && sh a.sh",
  "RUN sh -c \"test $(curl -s https://example.com/version) = 1\"",
]
"#,
        );
    }
}
