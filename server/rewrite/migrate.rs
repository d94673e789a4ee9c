//! A whole document in the canonical spelling.
//!
//! Every step is looked at before the next one: it renders to the very same bytes and makes no error that was not there.
//! A file can do more than a fix of one key: it may say what the old style meant without words, such as its port.

use crate::analysis::{Analysis, Options};
use crate::config::respelling;
use crate::config::spellings::{conflicts, old_spellings};
use crate::context::BuildContext;
use crate::diagnostic::{Edit, File};
use crate::syntax::insertion::{into, line_break};
use crate::syntax::{Document, Node, Notation, SyntaxErrorKind};
use crate::text::Span;

/// How many steps a document may take; each moves at least one key.
const STEPS: usize = 100;

/// The port that an old-style file means where it names none and the canonical one differs.
const OLD_PORT: &str = "expose = 80";

/// A document after its migration.
#[derive(Debug, Clone)]
pub struct Migrated {
    /// What is known of it now; its text is the new one.
    pub analysis: Analysis,
    /// What stays in the old spelling.
    pub left: Vec<Left>,
}

/// An old spelling that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The key, as a dotted path.
    pub key: String,
    /// Its place in the new text.
    pub span: Span,
    /// Why, lower case and without full stop.
    pub reason: String,
}

/// Why a document is left alone, in the words of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It has syntax errors.
    Broken,
    /// It says one thing in two spellings.
    Conflict,
}

impl Refusal {
    /// The reason, lower case and without full stop.
    pub fn message(self) -> &'static str {
        match self {
            Self::Broken => "it has syntax errors",
            Self::Conflict => "it says the same in two spellings; keep one of them first",
        }
    }
}

/// Rewrites old spellings to the canonical ones; comments, order and line ends stay. `options` are those of the
/// analysis. Nothing is written.
///
/// # Errors
/// The document can't be read, or contradicts itself.
pub fn migrate(
    analysis: &Analysis,
    context: &dyn BuildContext,
    options: &Options,
) -> Result<Migrated, Refusal> {
    let document = &analysis.document;
    if document
        .errors
        .iter()
        .any(|error| error.kind == SyntaxErrorKind::Grammar)
    {
        return Err(Refusal::Broken);
    }
    if !conflicts(document).is_empty() {
        return Err(Refusal::Conflict);
    }
    let work = Work { context, options };
    let mut now = analysis.clone();
    for _ in 0..STEPS {
        let Some(next) = work.step(&now) else { break };
        now = next;
    }
    let left = work.left(&now);
    Ok(Migrated {
        analysis: now,
        left,
    })
}

/// How steps are judged.
struct Work<'a> {
    context: &'a dyn BuildContext,
    options: &'a Options,
}

impl Work<'_> {
    /// The document after one step: as many keys at once as do not touch each other, or the first that can be moved.
    fn step(&self, now: &Analysis) -> Option<Analysis> {
        let ways = ways(now);
        let mut all: Vec<Edit> = Vec::new();
        for way in &ways {
            let is_free = |edit: &Edit| all.iter().all(|other| !other.span.overlaps(edit.span));
            if way.iter().all(is_free) {
                all.extend(way.iter().cloned());
            }
        }
        let together = (ways.len() > 1).then(|| self.sound(now, &all)).flatten();
        together.or_else(|| ways.iter().find_map(|way| self.sound(now, way)))
    }

    /// The document after edits, if it means the same.
    fn sound(&self, now: &Analysis, edits: &[Edit]) -> Option<Analysis> {
        if edits.is_empty() {
            return None;
        }
        let next = now.after(edits, self.context, self.options)?;
        let is_sound = next.renders_as(now) && next.new_error(now).is_none();
        (is_sound && next.text != now.text && conflicts(&next.document).is_empty()).then_some(next)
    }

    /// What is in the old spelling still, with the reason.
    fn left(&self, now: &Analysis) -> Vec<Left> {
        let old = old_spellings(&now.document).into_iter();
        let left = old.map(|(key, span, canonical)| Left {
            reason: self.reason(now, &key, &canonical),
            key,
            span,
        });
        left.collect()
    }

    fn reason(&self, now: &Analysis, key: &str, canonical: &str) -> String {
        if key == "runtime_assets" {
            return "it copies what a folder holds, which `runtime.copy` would write otherwise"
                .to_owned();
        }
        let Some(place) = language_key(&now.document) else {
            return format!("`{canonical}` would mean something else");
        };
        if key != "runtime" {
            return "`runtime` names the language, so that there is no table of that name"
                .to_owned();
        }
        let edits = [replaced(place, "language")];
        let next = now.after(&edits, self.context, self.options);
        match next.as_ref().map(|next| (next.new_error(now), next)) {
            Some((Some(error), _)) => format!("beside `language` it is an error: {error}"),
            Some((None, next)) if !next.renders_as(now) => {
                "beside `language` the rest of the file renders otherwise".to_owned()
            }
            _ => "`language` would mean something else".to_owned(),
        }
    }
}

fn replaced(span: Span, text: &str) -> Edit {
    Edit {
        file: File::Document,
        span,
        text: text.to_owned(),
    }
}

/// Ways to move old keys, the plainest first. Not all of them keep the meaning.
fn ways(now: &Analysis) -> Vec<Vec<Edit>> {
    let (text, document) = (&now.text, &now.document);
    let mut ways: Vec<Vec<Edit>> = Vec::new();
    for (old, span, canonical) in old_spellings(document) {
        let edits = respelling::edits(text, document, &old, &canonical, span);
        ways.extend(edits.map(|edits| {
            let edits = edits.into_iter();
            edits.map(|(span, new)| replaced(span, &new)).collect()
        }));
    }
    ways.extend(language(text, document));
    ways.extend(assets(text, document));
    ways
}

/// The place of `runtime` where it names the language.
fn language_key(document: &Document) -> Option<Span> {
    let entry = document.root.entry("runtime")?;
    entry.value.string().map(|_| entry.key.span)
}

/// Ways to name the language: as it is, or with the port that the old style meant.
fn language(text: &str, document: &Document) -> Vec<Vec<Edit>> {
    let Some(key) = language_key(document) else {
        return Vec::new();
    };
    let name = replaced(key, "language");
    let mut ways = vec![vec![name.clone()]];
    let image = document.root.node("runtime_config");
    let below = image.and_then(|image| into(text, image.table()?, image.span, OLD_PORT));
    ways.extend(below.map(|(span, new)| vec![name.clone(), replaced(span, &new)]));
    let value = document.root.node("runtime").map(|node| node.span);
    if let Some(value) = value {
        let table = match image {
            Some(_) => "runtime_config",
            None => "runtime",
        };
        let rest = text.get(value.end as usize..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        let at = value.end as usize + line.trim_end_matches('\r').len();
        let new = format!("{}{table}.{OLD_PORT}", line_break(text));
        ways.push(vec![name, replaced(Span::new(at, at), &new)]);
    }
    ways
}

/// Ways to move `[[runtime_assets]]`: all, or one, the last first, since assets come before copies.
fn assets(text: &str, document: &Document) -> Vec<Vec<Edit>> {
    if language_key(document).is_some() || document.root.entry("runtime_config").is_some() {
        return Vec::new();
    }
    let items = document.root.node("runtime_assets").and_then(Node::items);
    let headers: Vec<Edit> = items
        .unwrap_or_default()
        .iter()
        .filter_map(|item| {
            let is_header = item.table()?.notation == Notation::ArrayItem;
            let at = item.span.of(text).find("runtime_assets")?;
            let start = item.span.start as usize + at;
            let place = Span::new(start, start + "runtime_assets".len());
            is_header.then(|| replaced(place, "runtime.copy"))
        })
        .collect();
    let single = headers.iter().rev().map(|header| vec![header.clone()]);
    let mut ways: Vec<Vec<Edit>> = single.collect();
    if headers.len() > 1 {
        ways.insert(0, headers);
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::{Refusal, migrate};
    use crate::analysis::{Options, analyze};
    use crate::config::spellings::old_spellings;
    use crate::context::NoContext;

    /// The text after its migration, and what stays.
    #[track_caller]
    fn migrated(text: &str) -> (String, Vec<String>) {
        let (context, options) = (NoContext::default(), Options::default());
        let before = analyze(text, &context);
        let after = migrate(&before, &context, &options).expect("it can be read");
        assert!(
            after.analysis.renders_as(&before),
            "{}",
            after.analysis.text
        );
        let again = migrate(&after.analysis, &context, &options).expect("it can be read");
        assert_eq!(again.analysis.text, after.analysis.text);
        let left = after.left.iter();
        let left = left.map(|it| format!("{}: {}", it.key, it.reason));
        (after.analysis.text.clone(), left.collect())
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        for (text, expected) in [
            (text.to_owned(), expected.to_owned()),
            (text.replace('\n', "\r\n"), expected.replace('\n', "\r\n")),
        ] {
            let (found, left) = migrated(&text);
            assert_eq!(found, expected);
            assert!(left.is_empty(), "{left:?}");
            let analysis = analyze(&found, &NoContext::default());
            assert!(old_spellings(&analysis.document).is_empty(), "{found}");
        }
    }

    #[test]
    fn an_old_file_becomes_canonical_with_its_comments() {
        check(
            "# é😀\nruntime = \"go\" # the language\n\n[install]\nsystem_deps = [\"git\"] # needs it\n\n\
             [build]\ntarget = \"./cmd/server\"\n\n[start]\ncommand = \"./server --port 8080\"\n\n[env]\nMODE = \"é\"\n\n\
             [runtime_config]\nimage = \"alpine:3.21\" # small\nsystem_deps = [\"ca-certificates\"]\n",
            "# é😀\nlanguage = \"go\" # the language\n\n\
             [build]\npackages = [\"git\"] # needs it\ntarget = \"./cmd/server\"\n\n[runtime.env]\nMODE = \"é\"\n\n\
             [runtime]\ncmd = \"./server --port 8080\"\nimage = \"alpine:3.21\" # small\npackages = [\"ca-certificates\"]\n",
        );
    }

    #[test]
    fn the_port_that_the_old_style_meant_is_said() {
        check(
            "runtime = \"static\" # é\n",
            "language = \"static\" # é\nruntime.expose = 80\n",
        );
        check(
            "runtime = \"static\"\n\n[runtime_config]\nlabels = { a = \"b\" }\n",
            "language = \"static\"\n\n[runtime]\nexpose = 80\nlabels = { a = \"b\" }\n",
        );
    }

    #[test]
    fn assets_that_mean_the_same_become_copies() {
        check(
            "runtime = \"go\"\nbuild.target = \"./cmd/x\"\n\n[[runtime_assets]] # sql\nsrc = \"sql\"\ndst = \"/app/sql\"\n\n\
             [[runtime_config.copy]]\nsrc = \"web\"\ndst = \"/app/\"\n",
            "language = \"go\"\nbuild.target = \"./cmd/x\"\n\n[[runtime.copy]] # sql\nsrc = \"sql\"\ndst = \"/app/sql\"\n\n\
             [[runtime.copy]]\nsrc = \"web\"\ndst = \"/app/\"\n",
        );
    }

    #[test]
    fn what_would_render_otherwise_stays_and_is_told() {
        let text = "language = \"go\"\nbuild.target = \"./cmd/x\"\n\n[[runtime_assets]]\nsrc = \"sql\"\ndst = \"/app/sql/\"\n";
        let (after, left) = migrated(text);
        assert_eq!(after, text);
        assert!(left[0].starts_with("runtime_assets: it copies"), "{left:?}");
        let text = "runtime = \"go\"\ncontext_root = \"services/api\"\nbuild.target = \"./cmd/x\"\ninstall.system_deps = [\"git\"]\n";
        let (after, left) = migrated(text);
        assert_eq!(after, text.replace("install.system_deps", "build.packages"));
        assert_eq!(left.len(), 1, "{left:?}");
        assert!(
            left[0].starts_with("runtime: beside `language`"),
            "{left:?}"
        );
    }

    #[test]
    fn a_broken_or_contradicting_file_is_left_alone() {
        let (context, options) = (NoContext::default(), Options::default());
        for (text, expected) in [
            ("runtime = \"go\"\nx = [", Refusal::Broken),
            (
                "language = \"go\"\ninstall.system_deps = [\"a\"]\nbuild.packages = [\"b\"]\n",
                Refusal::Conflict,
            ),
        ] {
            let refusal = migrate(&analyze(text, &context), &context, &options).err();
            assert_eq!(refusal, Some(expected), "{text}");
        }
        let (after, _) = migrated("");
        assert_eq!(after, "");
    }
}
