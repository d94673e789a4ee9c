//! `command-not-in-image`.

use crate::config::Language;
use crate::diagnostic::Fix;
use crate::plan::commands::{Purpose, UserCommand, commands};
use crate::plan::paths::file_name;
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// The container starts a program of the build.
    ///
    /// Package managers stay in the builder: what they have installed is copied into the image, they are not. The
    /// container would not start: `exec: "uv": executable file not found in $PATH`.
    ///
    /// ```toml,bad
    /// language = "python"
    /// package_manager = "uv"
    /// runtime.cmd = ["uv", "run", "gunicorn", "app:app"]
    /// ```
    ///
    /// ```toml,good
    /// language = "python"
    /// package_manager = "uv"
    /// runtime.cmd = ["gunicorn", "app:app"]
    /// ```
    ///
    /// Nothing is said where `runtime.image`, packages, copies or steps may bring the program.
    ///
    /// # When to ignore
    ///
    /// Ignore it where the program comes as a dependency of the project, so that it is installed with the others.
    "command-not-in-image", Warning, Medium, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let (Some(language), Some(_)) = (&config.language, &subject.plan.image) else {
        return;
    };
    let runtime = &config.runtime;
    let may_be_brought = runtime.image.is_some()
        || runtime.packages.is_some()
        || !runtime.copy.is_empty()
        || !runtime.steps.is_empty()
        || !config.external_tools.is_empty()
        || config.overlay.is_some();
    let (programs, instead) = programs(language.value);
    if may_be_brought {
        return;
    }
    for command in commands(config, subject.text) {
        let first = command
            .words
            .first()
            .filter(|_| command.purpose != Purpose::Check);
        let Some(word) = first.filter(|word| programs.contains(&file_name(word))) else {
            continue;
        };
        let finding = findings.report(word.span, format!("`{}` is not in the image", word.value));
        finding.why(format!(
            "the container would not start: `exec: \"{}\": executable file not found in $PATH`",
            word.value
        ));
        finding.help(instead);
        if let Some(fix) = without_manager(&command, subject) {
            finding.fix(fix);
        }
    }
}

/// Takes `uv run` and its kin away from a program without flags of theirs in between.
fn without_manager(command: &UserCommand, subject: &Subject<'_>) -> Option<Fix> {
    let [manager, run, program, ..] = command.words.as_slice() else {
        return None;
    };
    if run.as_str() != "run" || program.starts_with('-') {
        return None;
    }
    let span = Span::new(manager.span.start as usize, program.span.start as usize);
    // Between the words stands what parts them, and no comment.
    let between = Span::new(manager.span.end as usize, program.span.start as usize);
    let between = between.of(subject.text).replacen("run", "", 1);
    let is_plain = between
        .chars()
        .all(|it| it.is_whitespace() || matches!(it, ',' | '"' | '\''));
    let is_inside = manager.span != command.span && program.span != command.span;
    (is_plain && is_inside && !span.is_empty())
        .then(|| Fix::unsafe_(format!("start `{}` itself", program.value), span, ""))
}

/// The programs that a language's builder has and its image lacks, and what to start instead.
fn programs(language: Language) -> (&'static [&'static str], &'static str) {
    match language {
        Language::Python => (
            &["uv", "uvx", "poetry", "pdm", "pipenv"],
            "start the program itself: what is installed is in the `PATH`",
        ),
        Language::Php => (&["composer"], "start the program itself"),
        Language::Elixir => (
            &["mix", "elixir", "iex"],
            "start the release: `/app/bin/<name> start`",
        ),
        _ => (&[], ""),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, fixed};

    #[test]
    fn an_old_file_is_only_warned() {
        check(
            r#"
runtime = "python"
package_manager = "poetry"
start.command = "poetry run gunicorn app:app"
#                ^^^^^^ warning: `poetry` is not in the image
"#,
        );
    }

    #[test]
    fn a_release_needs_no_mix() {
        check(
            r#"
language = "elixir"
runtime.cmd = ["mix", "phx.server"]
#              ^^^^^ warning: `mix` is not in the image
"#,
        );
    }

    #[test]
    fn steps_may_bring_the_program() {
        check(
            r#"
language = "python"
runtime.cmd = ["uv", "run", "web"]
runtime.steps = ["RUN pip install uv"]
"#,
        );
    }

    #[test]
    fn the_program_itself_is_started() {
        let text = "runtime = \"python\"\npackage_manager = \"poetry\"\nstart.command = ";
        assert_eq!(
            fixed(&format!("{text}'poetry run web --port 80'\n")),
            format!("{text}'web --port 80'\n")
        );
    }
}
