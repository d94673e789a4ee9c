//! Diagnostics with the lines that they speak of, for people.

mod columns;
mod diff;
mod excerpt;
mod links;

use std::ops::Range;

use codespan_reporting::diagnostic::{Diagnostic as Shown, Label, Severity as ShownSeverity};
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::{self, Config, termcolor};

use crate::diagnostic::{Diagnostic, File, Severity};
use crate::report::terminal::columns::{TAB, width, wrapped};
use crate::report::terminal::diff::diff;
use crate::report::terminal::excerpt::Excerpt;
pub use crate::report::terminal::links::{Links, file_uri};
use crate::report::{Checked, Source, one_line, without_controls};
use crate::rules::by_name;
use crate::text::Span;

/// What the terminal can show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// How many columns it has.
    pub width: usize,
    /// Whether it shows colours.
    pub colour: bool,
    /// Where links lead, if it shows any.
    pub links: Option<Links>,
}

/// The columns where nobody knows of any.
pub const WIDTH: usize = 100;

/// The columns that are taken for granted: in fewer nothing can be read.
const NARROWEST: usize = 40;

/// A file or a pipe: no colours, no links.
impl Default for Style {
    fn default() -> Self {
        Self {
            width: WIDTH,
            colour: false,
            links: None,
        }
    }
}

/// All diagnostics with source lines, in the order in which they are given.
pub fn terminal(checked: &[Checked], style: &Style) -> String {
    let mut text = String::new();
    for document in checked {
        for diagnostic in &document.analysis.diagnostics {
            text.push_str(&one(document, diagnostic, style));
        }
    }
    text
}

/// The texts that one diagnostic speaks of, for the library, which knows files by numbers.
struct Sources<'a> {
    texts: Vec<(&'a File, &'a Source, Excerpt)>,
    style: &'a Style,
}

impl<'a> Sources<'a> {
    /// The places of a diagnostic, the primary one first.
    fn new(document: &'a Checked, diagnostic: &'a Diagnostic, style: &'a Style) -> Option<Self> {
        let room = style.width.max(NARROWEST) - gutter(document, diagnostic);
        let tail = width(&diagnostic.label) + 1;
        let places = places(diagnostic);
        let mut sources = Self {
            texts: Vec::new(),
            style,
        };
        for (file, _) in &places {
            if sources.texts.iter().any(|(known, _, _)| known == file) {
                continue;
            }
            let here = places.iter().filter(|(other, _)| other == file);
            let spans: Vec<Span> = here.map(|(_, span)| *span).collect();
            let source = document.source(file)?;
            let excerpt = Excerpt::new(source, &spans, tail, room)?;
            sources.texts.push((file, source, excerpt));
        }
        Some(sources)
    }

    fn text(&self, id: usize) -> Result<&(&'a File, &'a Source, Excerpt), Error> {
        self.texts.get(id).ok_or(Error::FileMissing)
    }

    /// The number of a file, and where a place lies in what is shown of it.
    fn place(&self, file: &File, span: Span) -> (usize, Range<usize>) {
        let id = self.texts.iter().position(|(known, _, _)| *known == file);
        let id = id.unwrap_or_default();
        let range = self.text(id);
        let range = range.map_or(0..0, |(_, source, excerpt)| excerpt.range(source, span));
        (id, range)
    }
}

fn places(diagnostic: &Diagnostic) -> Vec<(&File, Span)> {
    let labels = diagnostic.labels.iter().map(|it| (&it.file, it.span));
    [(&diagnostic.file, diagnostic.span)]
        .into_iter()
        .chain(labels)
        .collect()
}

/// The columns that the library puts in front of a line of source.
fn gutter(document: &Checked, diagnostic: &Diagnostic) -> usize {
    let lines = |(file, span): &(&File, Span)| {
        let place = document.place(file, *span);
        (place.start.line, place.end.line)
    };
    let places: Vec<(u32, u32)> = places(diagnostic).iter().map(lines).collect();
    let last = places.iter().map(|(_, end)| end + 1).max().unwrap_or(1);
    let bars = places.iter().filter(|(start, end)| start < end).count();
    last.to_string().len() + 3 + 2 * bars
}

impl<'a> Files<'a> for Sources<'a> {
    type FileId = usize;
    type Name = String;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<String, Error> {
        let (_, source, _) = self.text(id)?;
        let path = one_line(&source.path);
        Ok(match &self.style.links {
            Some(links) => links.path(&source.path, &path),
            None => path,
        })
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.text(id)?.2.text)
    }

    fn line_index(&'a self, id: usize, byte: usize) -> Result<usize, Error> {
        Ok(self.text(id)?.2.line_index(byte))
    }

    fn column_number(&'a self, id: usize, _line: usize, byte: usize) -> Result<usize, Error> {
        Ok(self.text(id)?.2.column(byte))
    }

    fn line_range(&'a self, id: usize, line: usize) -> Result<Range<usize>, Error> {
        Ok(self.text(id)?.2.line_range(line))
    }
}

/// One diagnostic. The library is behind this function alone.
fn one(document: &Checked, diagnostic: &Diagnostic, style: &Style) -> String {
    let Some(sources) = Sources::new(document, diagnostic, style) else {
        return bare(diagnostic);
    };
    let (id, range) = sources.place(&diagnostic.file, diagnostic.span);
    let mut labels = vec![Label::primary(id, range).with_message(plain(&diagnostic.label))];
    for label in &diagnostic.labels {
        let (id, range) = sources.place(&label.file, label.span);
        labels.push(Label::secondary(id, range).with_message(plain(&label.message)));
    }
    let shown = Shown::new(severity(diagnostic.severity))
        .with_code(code(diagnostic.rule, style))
        .with_message(one_line(&diagnostic.message))
        .with_labels(labels)
        .with_notes(notes(document, diagnostic, style));
    let config = Config {
        tab_width: TAB,
        ..Config::default()
    };
    let mut bytes = Vec::new();
    let result = if style.colour {
        let mut ansi = termcolor::Ansi::new(&mut bytes);
        term::emit_to_write_style(&mut ansi, &config, &sources, &shown)
    } else {
        term::emit_to_io_write(&mut bytes, &config, &sources, &shown)
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match (result, diagnostic.severity) {
        // The library has no such severity; its own word comes first.
        (Ok(()), Severity::Info) => text.replacen("note", "info", 1),
        (Ok(()), _) => text,
        (Err(_), _) => bare(diagnostic),
    }
}

/// A diagnostic whose places lie outside of a text, as in a file that changed while it was read.
fn bare(diagnostic: &Diagnostic) -> String {
    format!(
        "{}[{}]: {}\n\n",
        diagnostic.severity.name(),
        diagnostic.rule,
        plain(&diagnostic.full_message())
    )
}

/// The rule's name, with a link to its page.
fn code(rule: &str, style: &Style) -> String {
    let links = style.links.as_ref().filter(|_| by_name(rule).is_some());
    let linked = links.and_then(|links| links.rule(rule));
    linked.unwrap_or_else(|| rule.to_owned())
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

/// What stands below the lines of source.
fn notes(document: &Checked, diagnostic: &Diagnostic, style: &Style) -> Vec<String> {
    let room = style.width.max(NARROWEST) - gutter(document, diagnostic);
    let note = |kind: &str, text: &str| wrapped(&format!("{kind}: {}", plain(text)), room);
    let mut notes = Vec::new();
    notes.extend(diagnostic.why.as_ref().map(|why| note("why", why)));
    notes.extend(diagnostic.help.as_ref().map(|help| note("help", help)));
    if let Some(fix) = &diagnostic.fix {
        let kind = if fix.safe { "safe fix" } else { "unsafe fix" };
        let title = note("help", &format!("{} ({kind})", fix.title));
        let changes = diff(document, diagnostic, fix, room, style);
        let lines = [title].into_iter().chain(changes);
        notes.push(lines.collect::<Vec<_>>().join("\n"));
    }
    if by_name(diagnostic.rule).is_some() {
        notes.push(format!("docs: docksmith explain {}", diagnostic.rule));
    }
    notes
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::{Links, Style, terminal};
    use crate::diagnostic::{Edit, File, Fix, Severity};
    use crate::report::Checked;
    use crate::report::tests::{checked, marked};
    use crate::text::Span;
    use expect_test::Expect;

    fn shows(file: Checked, expected: Expect) {
        expected.assert_eq(&terminal(&[file], &Style::default()));
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
                    - from = "bilder"
                    + from = x
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
        let shown = terminal(&[marked("a = 1\n", Span::new(90, 99))], &Style::default());
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
              = help: rename to `healthcheck` (safe fix)
                - helthcheck = ["/x"]
                + healthcheck = ["/x"]
              = docs: docksmith explain unknown-key

        "#]]
        .assert_eq(&terminal(
            &[checked(
                "language = \"go\"\n[runtime]\nhelthcheck = [\"/x\"]\n",
            )],
            &Style::default(),
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
              = help: rename to `workdir` (safe fix)
                - runtime = {    env = { A = "日本é" }, wrkdir = "/x" }
                + runtime = {    env = { A = "日本é" }, workdir = "/x" }
              = docs: docksmith explain unknown-key

        "#]]
        .assert_eq(&terminal(
            &[checked(
                "language = \"go\"\r\nruntime = {\tenv = { A = \"日本é\" }, wrkdir = \"/x\" }\r\n",
            )],
            &Style::default(),
        ));
    }

    #[test]
    fn a_file_without_a_last_line_break_and_an_empty_one_are_shown() {
        assert!(terminal(&[checked("langage = 1")], &Style::default()).contains("langage"));
        terminal(&[checked("")], &Style::default());
        let long = format!("language = \"go\" # {}\nlangage = 1", "x".repeat(300));
        assert!(terminal(&[checked(&long)], &Style::default()).contains("langage"));
    }

    #[test]
    fn nothing_in_a_file_reaches_the_terminal_as_a_command() {
        let text = terminal(
            &[checked("\"a\\u001B[31m\" = 1\nb = \"\u{7f}\"\n")],
            &Style::default(),
        );
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{7f}'),
            "{text}"
        );
    }

    #[test]
    fn colours_come_only_when_asked_for() {
        let colour = Style {
            colour: true,
            ..Style::default()
        };
        assert!(terminal(&[checked("x = 1")], &colour).contains('\u{1b}'));
        assert!(!terminal(&[checked("x = 1")], &Style::default()).contains('\u{1b}'));
    }

    #[test]
    fn links_lead_from_the_path_and_the_rule() {
        let style = Style {
            links: Some(Links {
                folder: "/home/me".to_owned(),
                rules: Some("https://example.com/rules".to_owned()),
            }),
            ..Style::default()
        };
        let shown = terminal(&[marked("a = 1\n", Span::new(0, 1))], &style);
        let visible = shown.replace('\u{1b}', "^");
        expect![[r#"
            error[^]8;;https://example.com/rules#unknown-stage^\unknown-stage^]8;;^\]: there is no build stage `bilder`
              ┌─ ^]8;;file:///home/me/app/docksmith.toml^\app/docksmith.toml^]8;;^\:1:1
              │
            1 │ a = 1
              │ ^
              │
              = docs: docksmith explain unknown-stage

        "#]]
        .assert_eq(&visible);
    }

    /// A file with one place, found by its text.
    fn pointed(text: &str, place: &str) -> Checked {
        let start = text.find(place).expect("the place is in the text");
        marked(text, Span::new(start, start + place.len()))
    }

    fn shows_in(file: Checked, width: usize, expected: Expect) {
        let style = Style {
            width,
            ..Style::default()
        };
        let shown = terminal(&[file], &style);
        let widest = shown.lines().map(super::columns::width).max();
        assert!(widest <= Some(width), "{shown}");
        expected.assert_eq(&shown);
    }

    #[test]
    fn a_line_wider_than_the_terminal_is_cut_around_the_place() {
        let text = format!("a = \"{}HERE{}\"\n", "x".repeat(150), "y".repeat(150));
        shows_in(
            pointed(&text, "HERE"),
            60,
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:156
              │
            1 │ …xxxxxxxxxxxxxxxxxxxxxxxxxHEREyyyyyyyyyyyyyyyyyyyyyyyyy…
              │                           ^^^^
              │
              = docs: docksmith explain unknown-stage

        "#]],
        );
        shows_in(
            pointed(&text, "a"),
            60,
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:1
              │
            1 │ a = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
              │ ^
              │
              = docs: docksmith explain unknown-stage

        "#]],
        );
        shows_in(
            pointed(&text, "yy\""),
            60,
            expect![[r#"
                error[unknown-stage]: there is no build stage `bilder`
                  ┌─ app/docksmith.toml:1:308
                  │
                1 │ …yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
                  │                                                    ^^^
                  │
                  = docs: docksmith explain unknown-stage

            "#]],
        );
    }

    #[test]
    fn a_place_wider_than_the_terminal_begins_in_what_is_shown() {
        let text = format!("a = \"{}\" # end\n", "x".repeat(300));
        let place = format!("\"{}\"", "x".repeat(300));
        shows_in(
            pointed(&text, &place),
            60,
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:5
              │
            1 │ a = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
              │     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              │
              = docs: docksmith explain unknown-stage

        "#]],
        );
    }

    #[test]
    fn a_second_place_that_was_cut_away_lies_at_the_mark() {
        let text = format!("first = 1, a = \"{}\", b = 2\n", "x".repeat(300));
        let mut file = pointed(&text, "b =");
        file.analysis.diagnostics[0]
            .labelled("here")
            .label(Span::new(0, 5), "and here");
        shows_in(
            file,
            60,
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:320
              │
            1 │ …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", b = 2
              │ -                                              ^^^ here
              │ │                                               
              │ and here
              │
              = docs: docksmith explain unknown-stage

        "#]],
        );
    }

    #[test]
    fn a_long_line_of_wide_characters_is_cut_between_them() {
        let text = format!(
            "a = \"{}🐳{}\"\n",
            "日本".repeat(50),
            "語e\u{301}".repeat(50)
        );
        shows_in(
            pointed(&text, "🐳"),
            60,
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:106
              │
            1 │ …本日本日本日本日本日本日本🐳語é語é語é語é語é語é語é語é語…
              │                            ^^
              │
              = docs: docksmith explain unknown-stage

        "#]],
        );
    }

    #[test]
    fn a_mark_stands_under_tabs_emoji_and_characters_that_combine() {
        shows(
            pointed("\ta = 1\t# x\n", "# x"),
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:8
              │
            1 │     a = 1   # x
              │             ^^^
              │
              = docs: docksmith explain unknown-stage

        "#]],
        );
        shows(
            pointed("a = \"🐳🐳\" # x\n", "# x"),
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:10
              │
            1 │ a = "🐳🐳" # x
              │            ^^^
              │
              = docs: docksmith explain unknown-stage

        "#]],
        );
        shows(
            pointed("a = \"e\u{301}e\u{301}\" # x\n", "# x"),
            expect![[r#"
                error[unknown-stage]: there is no build stage `bilder`
                  ┌─ app/docksmith.toml:1:12
                  │
                1 │ a = "éé" # x
                  │          ^^^
                  │
                  = docs: docksmith explain unknown-stage

            "#]],
        );
        shows(
            pointed("a = \"日本\" # x\r\nb = 1", "\"日本\""),
            expect![[r#"
                error[unknown-stage]: there is no build stage `bilder`
                  ┌─ app/docksmith.toml:1:5
                  │
                1 │ a = "日本" # x
                  │     ^^^^^^
                  │
                  = docs: docksmith explain unknown-stage

            "#]],
        );
    }

    #[test]
    fn a_place_of_several_lines_is_shown_by_its_ends() {
        let text = "a = [\n  1,\n  2,\n  3,\n  4,\n  5,\n  6,\n  7,\n]\n";
        let mut file = marked(text, Span::new(4, text.len() - 1));
        file.analysis.diagnostics[0].labelled("too many");
        shows(
            file,
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:5
              │  
            1 │   a = [
              │ ╭─────^
            2 │ │   1,
            3 │ │   2,
            4 │ │   3,
              · │
            8 │ │   7,
            9 │ │ ]
              │ ╰─^ too many
              │  
              = docs: docksmith explain unknown-stage

        "#]],
        );
    }

    #[test]
    fn a_whole_line_with_its_break_is_a_place_in_one_line() {
        shows(
            marked("a = 1\r\nb = 2\r\n", Span::new(0, 7)),
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:1
              │
            1 │ a = 1
              │ ^^^^^
              │
              = docs: docksmith explain unknown-stage

        "#]],
        );
    }

    #[test]
    fn notes_are_wrapped_to_the_terminal() {
        let mut file = pointed("a = 1\n", "1");
        file.analysis.diagnostics[0]
            .why("the container would exit at start with `exec /entrypoint.sh: no such file or directory`")
            .help("start the binary itself: `entrypoint = [\"/usr/local/bin/server\"]`, or choose an image with a shell");
        shows_in(
            file,
            70,
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:5
              │
            1 │ a = 1
              │     ^
              │
              = why: the container would exit at start with
                `exec /entrypoint.sh: no such file or directory`
              = help: start the binary itself:
                `entrypoint = ["/usr/local/bin/server"]`, or choose an image with
                a shell
              = docs: docksmith explain unknown-stage

        "#]],
        );
    }

    #[test]
    fn characters_that_turn_the_direction_of_writing_are_shown_as_marks() {
        let shown = terminal(
            &[pointed("a = \"\u{202e}x\" # \u{2066}", "x")],
            &Style::default(),
        );
        assert!(!shown.contains(['\u{202e}', '\u{2066}']), "{shown}");
    }

    /// A file whose finding at a place has a fix of several edits.
    fn fixed(text: &str, place: &str, edits: &[(&str, &str)]) -> Checked {
        let mut file = pointed(text, place);
        let mut fix = Fix::safe("write it anew", Span::new(0, 0), "");
        fix.edits = edits
            .iter()
            .map(|(old, new)| {
                let start = text.find(old).expect("what is replaced is in the text");
                Edit {
                    file: File::Document,
                    span: Span::new(start, start + old.len()),
                    text: (*new).to_owned(),
                }
            })
            .collect();
        file.analysis.diagnostics[0].fix(fix);
        file
    }

    #[test]
    fn a_fix_shows_the_lines_that_it_changes() {
        let text = "a = 1\nb = 2\nc = 3\nd = 4\ne = 5\n";
        shows(
            fixed(text, "b", &[("b", "B"), ("2", "\"2\"")]),
            expect![[r#"
                error[unknown-stage]: there is no build stage `bilder`
                  ┌─ app/docksmith.toml:2:1
                  │
                2 │ b = 2
                  │ ^
                  │
                  = help: write it anew (safe fix)
                    - b = 2
                    + B = "2"
                  = docs: docksmith explain unknown-stage

            "#]],
        );
        shows(
            fixed(text, "b", &[("b = 2\n", "")]),
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:2:1
              │
            2 │ b = 2
              │ ^
              │
              = help: write it anew (safe fix)
                - b = 2
                  c = 3
              = docs: docksmith explain unknown-stage

        "#]],
        );
        shows(
            fixed(text, "b", &[("b", "B"), ("e", "E")]),
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:2:1
              │
            2 │ b = 2
              │ ^
              │
              = help: write it anew (safe fix)
                - b = 2
                + B = 2
                @@ app/docksmith.toml:5 @@
                - e = 5
                + E = 5
              = docs: docksmith explain unknown-stage

        "#]],
        );
    }

    #[test]
    fn a_fix_keeps_quiet_about_line_ends_that_stay() {
        let text = "a = 1\r\nb = 2\r\nc = 3";
        shows(
            fixed(text, "b", &[("2", "3")]),
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:2:1
              │
            2 │ b = 2
              │ ^
              │
              = help: write it anew (safe fix)
                - b = 2
                + b = 3
              = docs: docksmith explain unknown-stage

        "#]],
        );
        shows(
            fixed(text, "c", &[("3", "4\r\nd = 5")]),
            expect![[r#"
                error[unknown-stage]: there is no build stage `bilder`
                  ┌─ app/docksmith.toml:3:1
                  │
                3 │ c = 3
                  │ ^
                  │
                  = help: write it anew (safe fix)
                    - c = 3
                    + c = 4
                    + d = 5
                  = docs: docksmith explain unknown-stage

            "#]],
        );
    }

    #[test]
    fn a_fix_of_what_cannot_be_seen_shows_it() {
        shows(
            fixed("a = 1\r\nb = 2\n", "a", &[("\r\n", "\n")]),
            expect![[r#"
                error[unknown-stage]: there is no build stage `bilder`
                  ┌─ app/docksmith.toml:1:1
                  │
                1 │ a = 1
                  │ ^
                  │
                  = help: write it anew (safe fix)
                    - a = 1␍
                    + a = 1
                      b = 2
                  = docs: docksmith explain unknown-stage

            "#]],
        );
        shows(
            fixed("\u{feff}a = 1\n", "a", &[("\u{feff}", "")]),
            expect![[r#"
                error[unknown-stage]: there is no build stage `bilder`
                  ┌─ app/docksmith.toml:1:2
                  │
                1 │ ﻿a = 1
                  │ ^
                  │
                  = help: write it anew (safe fix)
                    - <U+FEFF>a = 1
                    + a = 1
                  = docs: docksmith explain unknown-stage

            "#]],
        );
    }

    #[test]
    fn a_long_fix_is_shortened_in_lines_and_columns() {
        let long = format!("a = \"{}\"\n", "x".repeat(200));
        shows_in(
            fixed(&long, "a", &[("x\"", "y\"")]),
            60,
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:1
              │
            1 │ a = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
              │ ^
              │
              = help: write it anew (safe fix)
                - …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                + …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxy"
              = docs: docksmith explain unknown-stage

        "#]],
        );
        let many = "x = 1\n".repeat(30);
        shows(
            fixed("a = 1\n", "a", &[("a = 1\n", &many)]),
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:1
              │
            1 │ a = 1
              │ ^
              │
              = help: write it anew (safe fix)
                - a = 1
                + x = 1
                + x = 1
                + x = 1
                + x = 1
                + x = 1
                + x = 1
                + x = 1
                + x = 1
                + x = 1
                + x = 1
                + x = 1
                … 19 more lines
              = docs: docksmith explain unknown-stage

        "#]],
        );
    }

    #[test]
    fn a_fix_of_another_file_names_it() {
        let mut analysis = pointed("a = \"web/dist\"\n", "\"web/dist\"").analysis;
        let ignored = ".dockerignore".to_owned();
        let text = "# c\n**/dist\n*.log\n".to_owned();
        analysis.files.insert(ignored.clone(), text);
        let mut fix = Fix::unsafe_("take it back in", Span::new(12, 12), "!web/dist\n");
        fix.edits[0].file = File::Context(ignored);
        analysis.diagnostics[0].fix(fix);
        let mut absent = Fix::unsafe_("create it", Span::new(0, 0), ".git\n.env\n");
        absent.edits[0].file = File::Context("web/.dockerignore".to_owned());
        let mut second = analysis.diagnostics[0].clone();
        second.fix(absent);
        analysis.diagnostics.push(second);
        shows(
            Checked::new("app/docksmith.toml", analysis),
            expect![[r#"
            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:5
              │
            1 │ a = "web/dist"
              │     ^^^^^^^^^^
              │
              = help: take it back in (unsafe fix)
                @@ app/.dockerignore:2 @@
                  **/dist
                + !web/dist
                  *.log
              = docs: docksmith explain unknown-stage

            error[unknown-stage]: there is no build stage `bilder`
              ┌─ app/docksmith.toml:1:5
              │
            1 │ a = "web/dist"
              │     ^^^^^^^^^^
              │
              = help: create it (unsafe fix)
                @@ app/web/.dockerignore:1 @@
                + .git
                + .env
              = docs: docksmith explain unknown-stage

        "#]],
        );
    }

    #[test]
    fn a_fix_shows_no_credential() {
        let text = "language = \"go\"\n[env]\nGITHUB_TOKEN = \"ghp_0123456789abcdefghijABCDEFGHIJ012345\"\n";
        let mut file = checked(text);
        let span = file.analysis.credentials[0];
        let mut fix = Fix::safe("quote it otherwise", span, text.replace('"', "'"));
        fix.edits[0].text = format!("'{}'", span.of(text).trim_matches('"'));
        file.analysis.diagnostics[0].fix(fix);
        let shown = terminal(&[file], &Style::default());
        assert!(shown.contains("+ GITHUB_TOKEN = '<redacted>'"), "{shown}");
        assert!(shown.contains("- GITHUB_TOKEN = \"***"), "{shown}");
        assert!(!shown.contains("ghp_"), "{shown}");
    }

    #[test]
    fn a_fix_is_coloured_like_a_diff() {
        let style = Style {
            colour: true,
            ..Style::default()
        };
        let shown = terminal(&[fixed("a = 1\n", "a", &[("a", "b")])], &style);
        assert!(shown.contains("\u{1b}[31m- a = 1\u{1b}[0m"), "{shown}");
        assert!(shown.contains("\u{1b}[32m+ b = 1\u{1b}[0m"), "{shown}");
    }
}
