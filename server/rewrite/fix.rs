//! Fixes, applied until there is nothing left to apply.
//!
//! What is changed is looked at again after every pass, so that one fix may stand on another; what does not take its
//! own finding away, or breaks what could be read before, is left out.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::{Analysis, Options, analyze_with};
use crate::context::{BuildContext, Entry};
use crate::diagnostic::{Diagnostic, Edit, File, Fix};
use crate::syntax::parse;

/// How often a document is looked at again for fixes that stood on others.
const PASSES: usize = 10;

/// Which fixes are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinds {
    /// Those that keep the meaning.
    Safe,
    /// Those that may change it too, but for fixes of other files.
    UnsafeInDocument,
    /// All.
    Unsafe,
}

impl Kinds {
    /// Whether a fix is one of them. Fixes of other files are always unsafe.
    pub fn take(self, fix: &Fix) -> bool {
        let is_elsewhere = fix.edits.iter().any(|edit| edit.file != File::Document);
        match self {
            Self::Safe => fix.safe && !is_elsewhere,
            Self::UnsafeInDocument => !is_elsewhere,
            Self::Unsafe => true,
        }
    }
}

/// A document after its fixes.
#[derive(Debug, Clone)]
pub struct Fixed {
    /// What is known of it now; its text is the fixed one.
    pub analysis: Analysis,
    /// The new texts of other files, by their paths from the document's folder, as a build context takes them.
    pub files: BTreeMap<String, String>,
    /// How many fixes were applied.
    pub count: usize,
}

/// Applies the fixes that an analysis offers, those that come up then, and so on. Nothing is written.
pub fn fix(
    analysis: Analysis,
    context: &dyn BuildContext,
    options: &Options,
    kinds: Kinds,
) -> Fixed {
    let mut state = State {
        analysis,
        texts: BTreeMap::new(),
    };
    let work = Work {
        context,
        options,
        kinds,
    };
    let mut seen = BTreeSet::new();
    let mut count = 0;
    for _ in 0..PASSES {
        seen.insert(state.fingerprint());
        let fixes = work.offered(&state);
        let (next, applied) = work.apply(&state, &[], &fixes);
        let applied = applied.len();
        // Fixes that lead back to where they were would never settle.
        let Some(next) = next.filter(|next| !seen.contains(&next.fingerprint())) else {
            break;
        };
        state = next;
        count += applied;
    }
    Fixed {
        analysis: state.analysis,
        files: state.texts,
        count,
    }
}

/// The texts at one moment, and what is known of them.
#[derive(Debug, Clone)]
struct State {
    analysis: Analysis,
    /// The changed texts of other files, by their paths from the document's folder.
    texts: BTreeMap<String, String>,
}

impl State {
    fn fingerprint(&self) -> (String, BTreeMap<String, String>) {
        (self.analysis.text.clone(), self.texts.clone())
    }

    /// How often something is said.
    fn says(&self, finding: &Diagnostic) -> usize {
        let all = self.analysis.diagnostics.iter();
        all.filter(|it| it.rule == finding.rule && it.message == finding.message)
            .count()
    }
}

/// A finding with its fix, whose edits are in order.
type Offer<'a> = (&'a Diagnostic, Vec<&'a Edit>);

/// How fixes are applied.
struct Work<'a> {
    context: &'a dyn BuildContext,
    options: &'a Options,
    kinds: Kinds,
}

impl Work<'_> {
    /// The fixes of one pass, the first by position where two overlap.
    fn offered<'s>(&self, state: &'s State) -> Vec<Offer<'s>> {
        let mut taken: Vec<&Edit> = Vec::new();
        let mut offers = Vec::new();
        for diagnostic in &state.analysis.diagnostics {
            let Some(fix) = diagnostic.fix.as_ref().filter(|fix| self.kinds.take(fix)) else {
                continue;
            };
            let mut edits: Vec<&Edit> = fix.edits.iter().collect();
            edits.sort_by(|one, other| (&one.file, one.span).cmp(&(&other.file, other.span)));
            let overlaps =
                |one: &Edit, other: &Edit| one.file == other.file && one.span.overlaps(other.span);
            let own = edits.windows(2).any(|pair| match pair {
                // Two insertions at one place of one fix come in the order in which it names them.
                [one, other] => overlaps(one, other) && !touch(one, other),
                _ => false,
            });
            let others = edits
                .iter()
                .any(|edit| taken.iter().any(|other| overlaps(edit, other)));
            if own || others || edits.is_empty() {
                continue;
            }
            taken.extend(edits.iter().copied());
            offers.push((diagnostic, edits));
        }
        offers
    }

    /// The state after the sound ones of some fixes, beside those that are certain; the sound ones come along. Where all
    /// together are not sound, each half is tried by itself, so that one bad fix costs little.
    fn apply<'s>(
        &self,
        state: &State,
        certain: &[Offer<'s>],
        fixes: &[Offer<'s>],
    ) -> (Option<State>, Vec<Offer<'s>>) {
        if fixes.is_empty() {
            return (None, Vec::new());
        }
        let all = [certain, fixes].concat();
        if let Some(next) = self.applied(state, &all) {
            return (Some(next), fixes.to_vec());
        }
        if fixes.len() == 1 {
            return (None, Vec::new());
        }
        let (front, back) = fixes.split_at(fixes.len() / 2);
        let (after_front, mut sound) = self.apply(state, certain, front);
        let certain = [certain, sound.as_slice()].concat();
        let (after_back, more) = self.apply(state, &certain, back);
        sound.extend(more);
        (after_back.or(after_front), sound)
    }

    /// The state after all of some fixes, if they are sound.
    fn applied(&self, state: &State, fixes: &[Offer<'_>]) -> Option<State> {
        let mut by_file: BTreeMap<&File, Vec<&Edit>> = BTreeMap::new();
        for edit in fixes.iter().flat_map(|(_, edits)| edits) {
            by_file.entry(&edit.file).or_default().push(edit);
        }
        let mut text = state.analysis.text.clone();
        let mut texts = state.texts.clone();
        for (file, edits) in by_file {
            match file {
                File::Document => text = edited(&text, edits, Breaks::Kept)?,
                File::Context(path) => {
                    let path = from_document(&state.analysis.layout.root, path);
                    let old = self.text(&texts, &path)?;
                    texts.insert(path, edited(&old, edits, Breaks::AsSaid)?);
                }
            }
        }
        if parse(&text).errors.len() > state.analysis.document.errors.len() {
            return None;
        }
        let changed = Changed {
            context: self.context,
            texts: &texts,
        };
        let analysis = analyze_with(&text, &changed, self.options);
        let next = State { analysis, texts };
        let was_rendered = state.analysis.dockerfile().is_some();
        let is_rendered = next.analysis.dockerfile().is_some();
        // As many as were fixed must be gone: another finding may say the same of another place.
        let is_gone = fixes.iter().all(|(finding, _)| {
            let fixed = fixes
                .iter()
                .filter(|(it, _)| it.rule == finding.rule && it.message == finding.message);
            next.says(finding) + fixed.count() <= state.says(finding)
        });
        ((is_rendered || !was_rendered) && is_gone).then_some(next)
    }

    /// The text of a file of the build context as it is now. What is certainly not there can be made.
    fn text(&self, texts: &BTreeMap<String, String>, path: &str) -> Option<String> {
        if let Some(text) = texts.get(path) {
            return Some(text.clone());
        }
        match self.context.entry(path) {
            Entry::Missing => Some(String::new()),
            Entry::File { .. } => self.context.text(path),
            _ => None,
        }
    }
}

/// Whether two edits only meet at an end.
fn touch(one: &Edit, other: &Edit) -> bool {
    one.span.end <= other.span.start
}

/// What becomes of the line breaks in edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Breaks {
    /// They become those of the text.
    Kept,
    /// They stay as they are: the fix may be about them.
    AsSaid,
}

/// The text after edits that do not overlap; nothing if one does not fit it.
fn edited(text: &str, mut edits: Vec<&Edit>, breaks: Breaks) -> Option<String> {
    edits.sort_by_key(|edit| edit.span);
    let wants_returns = breaks == Breaks::Kept && ends_lines_with_returns(text);
    let mut result = String::with_capacity(text.len());
    let mut end = 0;
    for edit in edits {
        let range = edit.span.range();
        result.push_str(text.get(end..range.start)?);
        text.get(range.clone())?;
        if wants_returns {
            result.push_str(&edit.text.replace("\r\n", "\n").replace('\n', "\r\n"));
        } else {
            result.push_str(&edit.text);
        }
        end = range.end;
    }
    result.push_str(text.get(end..)?);
    Some(result)
}

/// Whether the first line of a text ends as on Windows.
fn ends_lines_with_returns(text: &str) -> bool {
    text.split_once('\n')
        .is_some_and(|(line, _)| line.ends_with('\r'))
}

/// A path below the context root as one from the document's folder.
fn from_document(root: &str, path: &str) -> String {
    if root.is_empty() {
        path.to_owned()
    } else {
        format!("{root}/{path}")
    }
}

/// A build context in which some texts are changed.
struct Changed<'a> {
    context: &'a dyn BuildContext,
    texts: &'a BTreeMap<String, String>,
}

impl BuildContext for Changed<'_> {
    fn entry(&self, path: &str) -> Entry {
        match self.context.entry(path) {
            Entry::Missing if self.texts.contains_key(path) => Entry::File { executable: false },
            entry => entry,
        }
    }

    fn list(&self, path: &str) -> Vec<String> {
        let mut names = self.context.list(path);
        let made = self.texts.keys().filter_map(|file| {
            let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
            (folder == path).then(|| name.to_owned())
        });
        names.extend(made);
        names.sort_unstable();
        names.dedup();
        names
    }

    fn text(&self, path: &str) -> Option<String> {
        match self.texts.get(path) {
            Some(text) => Some(text.clone()),
            None => self.context.text(path),
        }
    }

    fn folder(&self, levels: usize) -> Option<String> {
        self.context.folder(levels)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fixed, Kinds, edited, fix};
    use crate::analysis::{Options, analyze_with};
    use crate::context::{BuildContext, Files, NoContext};
    use crate::diagnostic::{Edit, File};
    use crate::rules::ALL;
    use crate::rules::tests::examples;
    use crate::syntax::parse;
    use crate::text::Span;

    fn fixed(text: &str, context: &dyn BuildContext, kinds: Kinds) -> Fixed {
        let options = Options {
            pedantic: true,
            ..Options::default()
        };
        fix(
            analyze_with(text, context, &options),
            context,
            &options,
            kinds,
        )
    }

    fn safely(text: &str) -> String {
        fixed(text, &NoContext::default(), Kinds::Safe)
            .analysis
            .text
            .clone()
    }

    /// The files around an example after its fixes.
    fn with(files: &[(String, String)], fixed: &Fixed) -> Vec<(String, String)> {
        let mut files = files.to_vec();
        for (path, text) in &mut files {
            if let Some(new) = fixed.files.get(path) {
                text.clone_from(new);
            }
        }
        files
    }

    #[test]
    fn every_example_is_rid_of_its_rule_and_stays_so() {
        let mut count = 0;
        let bad = |rule: &&'static crate::rules::Rule| {
            let name = rule.name;
            let all = examples(rule.documentation).into_iter();
            all.filter(|it| !it.good).map(move |it| (name, it))
        };
        for (rule, example) in ALL.iter().flat_map(bad) {
            for kinds in [Kinds::Safe, Kinds::UnsafeInDocument, Kinds::Unsafe] {
                let files = Files::new(example.files.clone()).in_folder("app");
                let blind = NoContext::default();
                let context: &dyn BuildContext = if example.files.is_empty() {
                    &blind
                } else {
                    &files
                };
                let options = Options {
                    pedantic: true,
                    ..Options::default()
                };
                let before = analyze_with(&example.text, context, &options);
                let offered = before
                    .diagnostics
                    .iter()
                    .filter(|it| it.rule == rule)
                    .any(|it| it.fix.as_ref().is_some_and(|fix| kinds.take(fix)));
                let after = fixed(&example.text, context, kinds);
                let left = after.analysis.diagnostics.iter();
                if offered {
                    count += 1;
                    let found: Vec<_> = left.filter(|it| it.rule == rule).collect();
                    assert!(found.is_empty(), "{}\n{found:#?}", after.analysis.text);
                }
                let errors = parse(&after.analysis.text).errors.len();
                assert!(errors <= before.document.errors.len());
                assert!(kinds == Kinds::Unsafe || after.files.is_empty());

                let around = Files::new(with(&example.files, &after)).in_folder("app");
                let context: &dyn BuildContext = if example.files.is_empty() {
                    &blind
                } else {
                    &around
                };
                let again = fixed(&after.analysis.text, context, kinds);
                assert_eq!(again.analysis.text, after.analysis.text, "{rule}");
                assert_eq!((again.count, again.files.len()), (0, 0), "{rule}");
            }
        }
        assert!(count > 100, "only {count} fixes");
    }

    #[test]
    fn comments_quotes_order_and_line_ends_stay() {
        let text = "# a\r\nlangauge = 'go' # b\r\n\r\n[runtime] # c\r\nexpose='80'\r\n";
        let expected = text.replace("langauge", "language").replace("'80'", "80");
        assert_eq!(safely(text), expected);
    }

    #[test]
    fn a_fix_may_stand_on_another() {
        // The value can only be judged when the key is right.
        assert_eq!(safely("langauge = \"Go\"\n"), "language = \"go\"\n");
    }

    #[test]
    fn of_fixes_that_overlap_the_first_comes_first() {
        let text = "language = \"go\" # docksmith: ignore[unknown-key, root-user] x\n";
        let after = fixed(text, &NoContext::default(), Kinds::Safe);
        let left = after.analysis.diagnostics.len();
        let again = safely(&after.analysis.text);
        assert_eq!(again, after.analysis.text, "{left}");
    }

    #[test]
    fn a_fix_that_would_name_a_key_twice_is_left_out() {
        let text = "language = \"go\"\n[runtime]\nexpose = 80\nexpse = 81\n";
        assert_eq!(safely(text), text);
    }

    #[test]
    fn edits_that_do_not_fit_are_refused() {
        let edit = |start, end, text: &str| Edit {
            file: File::Document,
            span: Span::new(start, end),
            text: text.to_owned(),
        };
        let apply =
            |edits: &[Edit]| edited("é\r\nb\r\n", edits.iter().collect(), super::Breaks::Kept);
        assert_eq!(
            apply(&[edit(5, 5, "c\n"), edit(0, 2, "a")]).as_deref(),
            Some("a\r\nbc\r\n\r\n")
        );
        assert_eq!(apply(&[edit(1, 2, "x")]), None);
        assert_eq!(apply(&[edit(0, 99, "x")]), None);
        assert_eq!(apply(&[edit(0, 4, "x"), edit(2, 5, "y")]), None);
    }

    #[test]
    fn what_is_hidden_or_off_is_not_fixed() {
        for text in [
            "langauge = \"go\" # docksmith: ignore[unknown-key] so it is\n",
            "langauge = \"go\"\n[lint.rules]\nunknown-key = \"off\"\n",
        ] {
            assert_eq!(safely(text), text);
        }
    }
}
