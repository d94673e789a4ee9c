//! Diagnostics with the lines that they speak of, for people.

use std::ops::Range;

use codespan_reporting::diagnostic::{Diagnostic as Shown, Label, Severity as ShownSeverity};
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::{self, Config, termcolor};

use crate::diagnostic::{Diagnostic, File, Severity};
use crate::report::{Checked, Source, one_line, without_controls};
use crate::rules::by_name;

/// All diagnostics with source lines, in the order in which they are given.
pub fn terminal(checked: &[Checked], colour: bool) -> String {
    let mut text = String::new();
    for document in checked {
        let sources = Sources(document.sources.iter().collect());
        for diagnostic in &document.analysis.diagnostics {
            text.push_str(&one(&sources, diagnostic, colour));
        }
    }
    text
}

/// The texts of one document for the library, which knows files by numbers.
struct Sources<'a>(Vec<(&'a File, &'a Source)>);

impl<'a> Sources<'a> {
    fn id(&self, file: &File) -> usize {
        let place = self.0.iter().position(|(known, _)| *known == file);
        place.unwrap_or_default()
    }

    fn source(&self, id: usize) -> Result<&'a Source, Error> {
        let (_, source) = self.0.get(id).ok_or(Error::FileMissing)?;
        Ok(source)
    }
}

/// Lines end where they end for everybody else here, at a lone carriage return too.
impl<'a> Files<'a> for Sources<'a> {
    type FileId = usize;
    type Name = String;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<String, Error> {
        Ok(one_line(&self.source(id)?.path))
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.source(id)?.text)
    }

    fn line_index(&'a self, id: usize, byte: usize) -> Result<usize, Error> {
        let source = self.source(id)?;
        let byte = byte.min(source.text.len());
        let line = source.lines.line(u32::try_from(byte).unwrap_or(u32::MAX));
        Ok(line as usize)
    }

    fn line_range(&'a self, id: usize, line: usize) -> Result<Range<usize>, Error> {
        let source = self.source(id)?;
        let start = |line: usize| {
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            source.lines.line_span(&source.text, line).range().start
        };
        Ok(start(line)..start(line + 1))
    }
}

/// One diagnostic. The library has no room for links and diffs; everything goes through this function.
fn one(sources: &Sources<'_>, diagnostic: &Diagnostic, colour: bool) -> String {
    let primary = Label::primary(sources.id(&diagnostic.file), diagnostic.span.range());
    let mut labels = vec![primary.with_message(plain(&diagnostic.label))];
    for label in &diagnostic.labels {
        let shown = Label::secondary(sources.id(&label.file), label.span.range());
        labels.push(shown.with_message(plain(&label.message)));
    }
    let shown = Shown::new(severity(diagnostic.severity))
        .with_code(diagnostic.rule)
        .with_message(one_line(&diagnostic.message))
        .with_labels(labels)
        .with_notes(notes(diagnostic));
    let config = Config::default();
    let mut bytes = Vec::new();
    let result = if colour {
        let mut ansi = termcolor::Ansi::new(&mut bytes);
        term::emit_to_write_style(&mut ansi, &config, sources, &shown)
    } else {
        term::emit_to_io_write(&mut bytes, &config, sources, &shown)
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match (result, diagnostic.severity) {
        // The library has no such severity; its own word comes first.
        (Ok(()), Severity::Info) => text.replacen("note", "info", 1),
        (Ok(()), _) => text,
        // The library refuses places outside a text, which a file that changed while it was read may have.
        (Err(_), severity) => format!(
            "{}[{}]: {}\n\n",
            severity.name(),
            diagnostic.rule,
            plain(&diagnostic.full_message())
        ),
    }
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
    notes.extend(
        diagnostic
            .help
            .as_ref()
            .map(|help| format!("help: {}", plain(help))),
    );
    if let Some(fix) = &diagnostic.fix {
        let kind = if fix.safe { "fix" } else { "unsafe fix" };
        notes.push(format!("help: {} ({kind})", plain(&fix.title)));
    }
    if by_name(diagnostic.rule).is_some() {
        notes.push(format!("docs: docksmith explain {}", diagnostic.rule));
    }
    notes
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::terminal;
    use crate::diagnostic::{File, Fix, Severity};
    use crate::report::Checked;
    use crate::report::tests::{checked, marked};
    use crate::text::Span;
    use expect_test::Expect;

    fn shows(file: Checked, expected: Expect) {
        expected.assert_eq(&terminal(&[file], false));
    }

    #[test]
    fn labels_reasons_and_fixes_are_shown() {
        let text = "language = \"go\"\nfrom = \"bilder\"\n";
        let span = Span::new(23, 31);
        let mut file = marked(text, span);
        file.analysis.diagnostics[0]
            .labelled("named here")
            .label(Span::new(0, 8), "a Go program")
            .why("the builder would pull it")
            .help("did you mean `builder`?")
            .fix(Fix::unsafe_("replace `bilder` by `builder`", span, "x"));
        shows(
            file,
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:2:8
              │
            1 │ language = "go"
              │ -------- a Go program
            2 │ from = "bilder"
              │        ^^^^^^^^ named here
              │
              = why: the builder would pull it
              = help: did you mean `builder`?
              = help: replace `bilder` by `builder` (unsafe fix)
              = docs: docksmith explain unknown-stage

        "#]],
        );
    }

    #[test]
    fn a_label_may_lie_in_another_file() {
        let file = marked(
            "context_root = \"..\"\na = \"web/dist\"\n",
            Span::new(24, 34),
        );
        let mut analysis = file.analysis;
        let ignored = ".dockerignore".to_owned();
        analysis
            .files
            .insert(ignored.clone(), "# c\n**/dist\n".to_owned());
        analysis.diagnostics[0].label_in(
            File::Context(ignored),
            Span::new(4, 11),
            "left out by this pattern",
        );
        shows(
            Checked::new("services/api/docksmith.toml", analysis),
            expect![[r#"
                error[unknown-stage]: there is no build stage `bilder`
                  ┌─ services/api/docksmith.toml:2:5
                  │
                2 │ a = "web/dist"
                  │     ^^^^^^^^^^
                  │
                  ┌─ services/.dockerignore:2:1
                  │
                2 │ **/dist
                  │ ------- left out by this pattern
                  │
                  = docs: docksmith explain unknown-stage

            "#]],
        );
    }

    #[test]
    fn an_info_is_called_so() {
        let mut file = marked("note = 1", Span::new(0, 4));
        file.analysis.diagnostics[0].severity = Severity::Info;
        shows(
            file,
            expect![[r#"
            info[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:1
              │
            1 │ note = 1
              │ ^^^^
              │
              = docs: docksmith explain unknown-stage

        "#]],
        );
    }

    #[test]
    fn a_long_line_is_shown_whole() {
        let text = format!("a = \"{}\" # x", "y".repeat(300));
        let shown = terminal(&[marked(&text, Span::new(307, 310))], false);
        assert!(shown.contains(&text), "{shown}");
        assert!(shown.contains("app/docksmith.toml:1:308"), "{shown}");
    }

    #[test]
    fn a_lone_carriage_return_ends_a_line_as_it_does_in_other_formats() {
        shows(
            marked("a = 1\rb = 2", Span::new(6, 7)),
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:2:1
              │
            2 │ b = 2
              │ ^
              │
              = docs: docksmith explain unknown-stage

        "#]],
        );
    }

    #[test]
    fn the_last_line_may_lack_its_break() {
        shows(
            marked("a = 1\nb = 2", Span::new(10, 11)),
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:2:5
              │
            2 │ b = 2
              │     ^
              │
              = docs: docksmith explain unknown-stage

        "#]],
        );
    }

    #[test]
    fn an_empty_file_has_a_place_too() {
        shows(
            marked("", Span::new(0, 0)),
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:1
              │
            1 │ 
              │ ^
              │
              = docs: docksmith explain unknown-stage

        "#]],
        );
    }

    #[test]
    fn the_end_of_the_text_is_a_place() {
        shows(
            marked("a = 1\n", Span::new(6, 6)),
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:2:1
              │
            2 │ 
              │ ^
              │
              = docs: docksmith explain unknown-stage

        "#]],
        );
    }

    #[test]
    fn a_place_past_the_end_is_no_panic() {
        let shown = terminal(&[marked("a = 1\n", Span::new(90, 99))], false);
        assert!(shown.starts_with("error[unknown-stage]"), "{shown}");
    }

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
              = help: rename `helthcheck` to `healthcheck` (fix)
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
              = help: rename `wrkdir` to `workdir` (fix)
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
