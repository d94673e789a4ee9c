//! Code actions and migration on everything that the repository has.
#![expect(
    clippy::disallowed_methods,
    reason = "these tests look at the examples and at what became of them"
)]

use std::path::Path;

use docksmith::analysis::{Analysis, Options, analyze_with};
use docksmith::config::spellings::old_spellings;
use docksmith::context::BuildContext;
use docksmith::diagnostic::Edit;
use docksmith::disk::Folder;
use docksmith::ide::ignore::ignore;
use docksmith::ide::refactorings::{Place as At, refactorings};
use docksmith::rewrite::migrate::migrate;
use docksmith::syntax::parse;
use docksmith::text::Span;

use crate::cli::Place;
use crate::dockerfiles::{documents, examples};

const FULL_OLD: &str = include_str!("full_old.toml");

/// A folder with a document and what it builds.
fn project(text: &str) -> Place {
    Place::new(&[
        ("docksmith.toml", text),
        ("go.mod", "module example.com/x\n"),
        ("cmd/x/main.go", "package main\n"),
    ])
}

fn read(path: &Path) -> (String, Folder) {
    let text = std::fs::read_to_string(path).expect("an example");
    let folder = path.parent().expect("it lies in a folder");
    (text, Folder::new(folder))
}

fn applied(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let mut text = text.to_owned();
    for edit in edits.iter().rev() {
        text.replace_range(edit.span.range(), &edit.text);
    }
    text
}

/// The actions of a place leave a text that can be read as well as before. Gives how many there are.
fn try_all(analysis: &Analysis, context: &dyn BuildContext, offset: u32) -> usize {
    let options = Options::default();
    let found = refactorings(&At {
        analysis,
        context,
        options: &options,
        span: Span {
            start: offset,
            end: offset,
        },
    });
    for it in &found {
        let text = applied(&analysis.text, &it.edits);
        let errors = parse(&text).errors.len();
        assert!(
            errors <= analysis.document.errors.len(),
            "{}\n{text}",
            it.title
        );
        let is_empty = it.edits.is_empty() && it.file.is_none();
        assert!(!is_empty, "{} does nothing", it.title);
    }
    found.len()
}

#[test]
fn no_refactoring_of_any_example_breaks_it() {
    let mut count = 0;
    for path in documents(&examples()) {
        let (text, folder) = read(&path);
        let analysis = analyze_with(&text, &folder, &Options::default());
        for (offset, _) in text.char_indices().step_by(7) {
            let offset = u32::try_from(offset).expect("it is short");
            count += try_all(&analysis, &folder, offset);
        }
        // Half of it: somebody is typing.
        let half = text.char_indices().nth(text.chars().count() / 2 + 3);
        let broken = &text[..half.map_or(0, |(at, _)| at)];
        let analysis = analyze_with(broken, &folder, &Options::default());
        for (offset, _) in broken.char_indices().step_by(29) {
            try_all(
                &analysis,
                &folder,
                u32::try_from(offset).expect("it is short"),
            );
        }
    }
    assert!(count > 100, "only {count} were offered");
}

#[test]
fn every_finding_that_can_be_hidden_is_hidden() {
    for text in [
        FULL_OLD,
        "language = \"go\"\nruntime.user = \"root\"\nx = 1\n",
    ] {
        let context = docksmith::context::NoContext::default();
        let options = Options {
            pedantic: true,
            ..Options::default()
        };
        let before = analyze_with(text, &context, &options);
        for finding in &before.diagnostics {
            let Some(edit) = ignore(&before, finding, &context, &options) else {
                continue;
            };
            let after = analyze_with(&applied(text, &[edit]), &context, &options);
            let count = |it: &Analysis| {
                let all = it.diagnostics.iter();
                all.filter(|it| it.rule == finding.rule).count()
            };
            assert!(count(&after) < count(&before), "{finding:#?}");
        }
    }
}

#[test]
fn migrated_examples_render_to_the_same_bytes_and_stay_migrated() {
    let mut clean = 0;
    let mut old = 0;
    for path in documents(&examples()) {
        let (text, folder) = read(&path);
        let options = Options::default();
        let before = analyze_with(&text, &folder, &options);
        let after = migrate(&before, &folder, &options).expect("it is sound");
        let now = &after.analysis;
        assert!(now.renders_as(&before), "{}", now.text);
        assert_eq!(now.new_error(&before), None, "{}", now.text);
        let again = migrate(now, &folder, &options).expect("it is sound");
        assert_eq!(again.analysis.text, now.text);
        let left = old_spellings(&now.document).len();
        assert_eq!(left, after.left.len());
        if old_spellings(&before.document).is_empty() {
            assert_eq!(now.text, text);
        } else {
            old += 1;
            clean += usize::from(left == 0);
        }
        let comments = |text: &str| parse(text).comments.len();
        assert!(comments(&now.text) >= comments(&text), "{}", now.text);
    }
    assert!(old > 8 && clean * 10 >= old * 8, "{clean} of {old}");
}

#[test]
fn the_fullest_old_file_is_migrated_as_far_as_it_means_the_same() {
    let place = Place::with(FULL_OLD);
    let before = place.run(&["dockerfile"]);
    let run = place.run(&["migrate"]);
    run.ends_with(0);
    assert!(run.errors.contains("`runtime` stays: "), "{run}");
    assert!(run.errors.contains("`runtime_assets` stays: "), "{run}");
    let text = place.read("docksmith.toml");
    assert!(text.contains("packages = [\"git\"]"), "{text}");
    assert!(text.contains("\nflags = [\"-v\"]\n"), "{text}");
    assert_eq!(place.run(&["dockerfile"]).output, before.output);
    place.run(&["migrate", "--check"]).ends_with(0);
}

#[test]
fn a_migration_can_be_looked_at_first() {
    let text = "runtime = \"go\" # é\nbuild.target = \"./cmd/x\"\nruntime_config.expose = 80\n";
    let place = project(text);
    let checked = place.run(&["migrate", "--check"]);
    checked.ends_with(1);
    assert_eq!(checked.output, "docksmith.toml has old spellings\n");
    let shown = place.run(&["migrate", "--diff", "docksmith.toml"]);
    shown.ends_with(1);
    assert!(
        shown.output.contains("\n+language = \"go\" # é\n"),
        "{shown}"
    );
    assert_eq!(place.read("docksmith.toml"), text);
    let run = place.run(&["migrate"]);
    run.ends_with(0);
    assert_eq!((run.output.as_str(), run.errors.as_str()), ("", ""));
    let expected = "language = \"go\" # é\nbuild.target = \"./cmd/x\"\nruntime.expose = 80\n";
    assert_eq!(place.read("docksmith.toml"), expected);
    place.run(&["migrate", "--check"]).ends_with(0);
}

#[test]
fn what_cannot_be_migrated_is_left_alone_and_told() {
    let text = "runtime = \"go\"\nx = [\n";
    let place = Place::with(text);
    let run = place.run(&["migrate"]);
    run.ends_with(1);
    assert!(
        run.errors.contains("stays as it is: it has syntax errors"),
        "{run}"
    );
    assert_eq!(place.read("docksmith.toml"), text);
    place.run(&["migrate", "nowhere"]).was_impossible("nowhere");
}

#[test]
fn a_difference_shows_no_credential() {
    let secret = ["glpat", "-", "Zq7Rk2Vw9Xb4Tm6Hn3Jp"].concat();
    let text = format!(
        "language = \"go\"\nbuild.target = \"./cmd/x\"\n[runtime_config]\nimage = \"alpine:3.21\"\n[runtime_config.env]\nTOKEN = \"{secret}\"\n"
    );
    let run = project(&text).run(&["migrate", "--diff"]);
    run.ends_with(1);
    assert!(run.output.contains("+[runtime.env]"), "{run}");
    assert!(!run.output.contains(&secret), "{run}");
}
