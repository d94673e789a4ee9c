//! Diagnostics with the lines that they speak of, for people.

use codespan_reporting::diagnostic::{Diagnostic as Shown, Label, Severity as ShownSeverity};
use codespan_reporting::files::SimpleFiles;
use codespan_reporting::term::{self, Config, termcolor};

use crate::diagnostic::{Diagnostic, File, Severity};
use crate::report::{Checked, help, without_controls};
use crate::text::Span;

/// All diagnostics with source lines, in the order in which they are given.
pub fn terminal(checked: &[Checked], colour: bool) -> String {
    checked
        .iter()
        .flat_map(|document| {
            document
                .analysis
                .diagnostics
                .iter()
                .map(|it| one(document, it, colour))
        })
        .collect()
}

/// One diagnostic. The library has no room for links and diffs; everything goes through this function.
fn one(document: &Checked, diagnostic: &Diagnostic, colour: bool) -> String {
    let mut files = SimpleFiles::new();
    let mut known: Vec<File> = Vec::new();
    let mut place = |file: &File| match known.iter().position(|other| other == file) {
        Some(index) => index,
        None => {
            known.push(file.clone());
            files.add(document.path_of(file), document.text_of(file))
        }
    };
    let primary = place(&diagnostic.file);
    let mut labels = vec![
        Label::primary(primary, range(diagnostic.span)).with_message(plain(&diagnostic.label)),
    ];
    for label in &diagnostic.labels {
        let file = place(&label.file);
        labels.push(Label::secondary(file, range(label.span)).with_message(plain(&label.message)));
    }
    let shown = Shown::new(severity(diagnostic.severity))
        .with_code(diagnostic.rule)
        .with_message(plain(&diagnostic.message))
        .with_labels(labels)
        .with_notes(notes(diagnostic));
    let config = Config::default();
    let mut bytes = Vec::new();
    let result = if colour {
        term::emit_to_write_style(
            &mut termcolor::Ansi::new(&mut bytes),
            &config,
            &files,
            &shown,
        )
    } else {
        term::emit_to_io_write(&mut bytes, &config, &files, &shown)
    };
    // The library refuses places outside a text, which a file that changed while it was read may have.
    match result {
        Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => format!(
            "{}[{}]: {}\n\n",
            diagnostic.severity.name(),
            diagnostic.rule,
            plain(&diagnostic.full_message())
        ),
    }
}

fn range(span: Span) -> std::ops::Range<usize> {
    span.range()
}

fn severity(severity: Severity) -> ShownSeverity {
    match severity {
        Severity::Error => ShownSeverity::Error,
        Severity::Warning => ShownSeverity::Warning,
        Severity::Info => ShownSeverity::Note,
    }
}

/// Text that nothing in a terminal obeys.
fn plain(text: &str) -> String {
    without_controls(text)
}

fn notes(diagnostic: &Diagnostic) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(
        diagnostic
            .why
            .as_ref()
            .map(|why| format!("why: {}", plain(why))),
    );
    notes.extend(help(diagnostic).map(|help| format!("help: {}", plain(&help))));
    notes.push(format!("docs: docksmith explain {}", diagnostic.rule));
    notes
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::terminal;
    use crate::report::tests::checked;

    #[test]
    fn the_line_and_the_place_are_shown() {
        expect![[r#"
            error[unknown-key]: `[runtime]` has no key `helthcheck`
              ┌─ app/docksmith.toml:3:1
              │
            3 │ helthcheck = ["/x"]
              │ ^^^^^^^^^^
              │
              = help: did you mean `healthcheck`?
              = docs: docksmith explain unknown-key

        "#]]
        .assert_eq(&terminal(
            &[checked(
                "language = \"go\"\n[runtime]\nhelthcheck = [\"/x\"]\n",
            )],
            false,
        ));
    }

    #[test]
    fn tabs_wide_characters_and_line_ends_do_not_shift_the_mark() {
        expect![[r#"
            error[unknown-key]: `[runtime]` has no key `wrkdir`
              ┌─ app/docksmith.toml:2:34
              │
            2 │ runtime = { env = { A = "日本é" }, wrkdir = "/x" }
              │                                    ^^^^^^
              │
              = help: did you mean `workdir`?
              = docs: docksmith explain unknown-key

        "#]]
        .assert_eq(&terminal(
            &[checked(
                "language = \"go\"\r\nruntime = {\tenv = { A = \"日本é\" }, wrkdir = \"/x\" }\r\n",
            )],
            false,
        ));
    }

    #[test]
    fn a_file_without_a_last_line_break_and_an_empty_one_are_shown() {
        assert!(terminal(&[checked("langage = 1")], false).contains("langage"));
        terminal(&[checked("")], false);
        let long = format!("language = \"go\" # {}\nlangage = 1", "x".repeat(300));
        assert!(terminal(&[checked(&long)], false).contains("langage"));
    }

    #[test]
    fn nothing_in_a_file_reaches_the_terminal_as_a_command() {
        let text = terminal(&[checked("\"a\\u001B[31m\" = 1\nb = \"\u{7f}\"\n")], false);
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{7f}'),
            "{text}"
        );
    }

    #[test]
    fn colours_come_only_when_asked_for() {
        assert!(terminal(&[checked("x = 1")], true).contains('\u{1b}'));
        assert!(!terminal(&[checked("x = 1")], false).contains('\u{1b}'));
    }
}
