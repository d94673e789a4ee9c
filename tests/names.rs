//! Names over all examples: a stage can be renamed without any other change, and every use knows all others.

use std::path::{Path, PathBuf};

use docksmith::analysis::{Analysis, analyze};
use docksmith::context::{BuildContext, NoContext};
use docksmith::diagnostic::{Edit, File};
use docksmith::disk::Folder;
use docksmith::ide::references::{Reference, references};
use docksmith::ide::rename::rename;
use docksmith::names::{Kind, Made};

use crate::dockerfiles::{analysis_of, documents, examples};

const FRESH: &str = "fresh_name";

/// A document with its analysis, and the files around it.
struct Case {
    path: PathBuf,
    analysis: Analysis,
    context: Box<dyn BuildContext>,
}

fn cases() -> Vec<Case> {
    let examples = documents(&examples()).into_iter().map(|path| {
        let text = std::fs::read_to_string(&path).expect("a document");
        let folder = path.parent().expect("a folder").to_owned();
        Case {
            analysis: analysis_of(&path, &text, &[]),
            context: Box::new(Folder::new(&folder)),
            path,
        }
    });
    let full = ["full.toml", "full_old.toml"].map(|name| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests")
            .join(name);
        let text = std::fs::read_to_string(&path).expect("a document");
        // Its overlay is not there, and then nobody can know what it names.
        let text = text.replace("overlay = \"Dockerfile.overlay\"\n", "");
        let context = NoContext::default();
        Case {
            analysis: analyze(&text, &context),
            context: Box::new(context),
            path,
        }
    });
    examples.chain(full).collect()
}

/// A text with the edits of one of its files.
fn applied(text: &str, edits: &[Edit], file: &File) -> String {
    let mut text = text.to_owned();
    for edit in edits.iter().rev().filter(|edit| edit.file == *file) {
        text.replace_range(edit.span.range(), &edit.text);
    }
    text
}

/// The analysis after a renaming.
fn renamed(case: &Case, offset: u32) -> Result<Analysis, String> {
    let edits = rename(&case.analysis, case.context.as_ref(), offset, FRESH)?;
    let text = applied(&case.analysis.text, &edits, &File::Document);
    if case.path.ends_with("docksmith.toml") {
        let overlay = case.path.with_file_name("Dockerfile.overlay");
        let overlay = std::fs::read_to_string(overlay).ok();
        let overlay = overlay.map(|text| {
            let file = File::Context("Dockerfile.overlay".to_owned());
            applied(&text, &edits, &file)
        });
        let beside = overlay.as_deref();
        let beside: Vec<_> = beside
            .map(|it| ("Dockerfile.overlay", it))
            .into_iter()
            .collect();
        return Ok(analysis_of(&case.path, &text, &beside));
    }
    Ok(analyze(&text, case.context.as_ref()))
}

/// A Dockerfile with another name for a stage, wherever a stage stands.
fn with_name(dockerfile: &str, old: &str) -> String {
    let mut text = String::new();
    let mut done = 0;
    for (at, _) in dockerfile.match_indices(old) {
        let (head, tail) = (&dockerfile[..at], &dockerfile[at + old.len()..]);
        let line = head.rsplit('\n').next().unwrap_or_default();
        let is_base = line.starts_with("FROM ") && tail.starts_with(" AS ");
        let is_word = tail.starts_with([' ', ',', '\n']) || tail.is_empty();
        if is_word && (is_base || head.ends_with(" AS ") || head.ends_with("from=")) {
            text.push_str(&dockerfile[done..at]);
            text.push_str(FRESH);
            done = at + old.len();
        }
    }
    text + &dockerfile[done..]
}

fn rules(analysis: &Analysis) -> Vec<&'static str> {
    analysis.diagnostics.iter().map(|it| it.rule).collect()
}

#[test]
fn a_renamed_stage_renders_to_the_same_but_for_its_name() {
    let mut count = 0;
    for case in cases() {
        let stages = case.analysis.names.targets.iter();
        let stages = stages.filter(|it| it.name.kind == Kind::Stage && it.made == Made::Written);
        for stage in stages.filter(|it| it.place.file == File::Document) {
            let name = stage.name.name.as_str();
            let place = format!("{} `{name}`", case.path.display());
            let after = renamed(&case, stage.place.span.start).expect(&place);
            let text = |analysis: &Analysis| {
                let file = analysis.dockerfile().expect("a Dockerfile");
                file.text.clone()
            };
            assert_eq!(
                text(&after),
                with_name(&text(&case.analysis), name),
                "{place}"
            );
            assert_ne!(text(&after), text(&case.analysis), "{place}");
            assert_eq!(rules(&after), rules(&case.analysis), "{place}");
            count += 1;
        }
    }
    assert!(count >= 8, "{count} stages");
}

#[test]
fn nothing_that_is_renamed_is_missed() {
    let mut count = 0;
    for case in cases() {
        for target in &case.analysis.names.targets {
            // A binary's name is that of its file, too.
            let is_ours = target.made == Made::Written && target.place.file == File::Document;
            if !is_ours || matches!(target.name.kind, Kind::Binary | Kind::Variable) {
                continue;
            }
            let Ok(after) = renamed(&case, target.place.span.start) else {
                continue;
            };
            let place = format!("{} {:?}", case.path.display(), target.name);
            assert_eq!(rules(&after), rules(&case.analysis), "{place}");
            count += 1;
        }
    }
    assert!(count >= 40, "{count} names");
}

#[test]
fn every_place_of_a_name_knows_all_others() {
    let mut count = 0;
    for case in cases() {
        let names = &case.analysis.names;
        let uses = names.uses.iter().filter(|it| it.target.is_some());
        let targets = names.targets.iter().filter(|it| it.made == Made::Written);
        let places = uses.map(|it| &it.place).chain(targets.map(|it| &it.place));
        for place in places.filter(|it| it.file == File::Document) {
            let all = references(&case.analysis, place.span.start).expect("a name");
            assert!(all.iter().any(|it| it.span == place.span), "{place:?}");
            let own = |it: &&Reference| it.file == File::Document && it.is_written;
            for other in all.iter().filter(own) {
                for offset in [other.span.start, other.span.end] {
                    let others = references(&case.analysis, offset);
                    assert_eq!(others.as_ref(), Some(&all), "{}", case.path.display());
                }
            }
            count += 1;
        }
    }
    assert!(count >= 100, "{count} places");
}
