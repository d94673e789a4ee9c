//! The whole core: text in, analysis out.

mod certainty;
mod levels;
mod redaction;
mod suppression;

use std::collections::BTreeMap;

use crate::analysis::certainty::Unread;
use crate::analysis::levels::Levels;
use crate::analysis::suppression::Suppressions;
use crate::config::check::{Shape, ShapeKind, check};
use crate::config::read::read;
use crate::config::spellings::Canonical;
use crate::context::{BuildContext, Named};
use crate::diagnostic::{Diagnostic, File, Severity};
use crate::dockerfile::{Dockerfile, render};
use crate::plan::BuildPlan;
use crate::plan::lock;
use crate::plan::paths::Layout;
use crate::plan::resolve::resolve;
use crate::rules::no_effect::BESIDE_DOCKERFILE;
use crate::rules::{ALL, Findings, Subject};
use crate::syntax::{Document, Entry, SyntaxErrorKind, parse};
use crate::text::{LineIndex, Span};

/// How a document is judged, beside its own `[lint]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether pedantic rules speak.
    pub pedantic: bool,
    /// Levels by rule, from the command line: they beat those of the file. Nothing means off.
    pub levels: Vec<(String, Option<Severity>)>,
    /// If any, only these rules speak, and `toml-syntax`.
    pub select: Vec<String>,
    /// These rules are off.
    pub ignore: Vec<String>,
    /// Whether rules see only the files that the rendering needs, the overlay, the lock and the Dockerfile that
    /// `dockerfile` names: a file can be rendered where the rest of its build context is not.
    pub only_named_files: bool,
}

/// What is known of one version of a document. It never changes.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The text that was analyzed.
    pub text: String,
    /// Where its lines begin.
    pub lines: LineIndex,
    /// Its tree.
    pub document: Document,
    /// What it says, in the canonical spelling.
    pub config: Canonical,
    /// Where the build context begins.
    pub layout: Layout,
    /// What will be built.
    pub plan: BuildPlan,
    /// Everything that is said about it, in the order of places.
    pub diagnostics: Vec<Diagnostic>,
    /// How many findings suppression comments hide.
    pub suppressed: usize,
    /// The texts of other files that diagnostics or origins speak of, by their paths below the context root.
    pub files: BTreeMap<String, String>,
    /// The places of credentials, which nobody may print.
    pub credentials: Vec<Span>,
    dockerfile: Option<Dockerfile>,
}

impl Analysis {
    /// The rendered Dockerfile of the parts that are sound; nothing where there is no final stage.
    pub fn dockerfile(&self) -> Option<&Dockerfile> {
        self.dockerfile.as_ref()
    }

    /// Whether anything is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The text with every credential blotted out; all places stay as they are.
    pub fn printable_text(&self) -> String {
        redaction::blot(&self.text, &self.credentials)
    }
}

/// Analyzes a document with the default options. It never fails: a broken file is a file with diagnostics.
pub fn analyze(text: &str, context: &dyn BuildContext) -> Analysis {
    analyze_with(text, context, &Options::default())
}

/// The largest text that is analyzed, in bytes. Real ones have a few kilobytes.
pub const LARGEST: usize = 1 << 20;

/// Analyzes a document.
pub fn analyze_with(text: &str, context: &dyn BuildContext, options: &Options) -> Analysis {
    if text.len() > LARGEST {
        return too_large(text);
    }
    let document = parse(text);
    let shapes = check(&document);
    let config = Canonical::new(read(&document.root));
    let layout = Layout::new(&config, context);
    let plan = resolve(&config, text, context);
    let dockerfile = render(&plan);
    let named = Named::new(context, named_files(&config, &layout));
    let rooted = layout.rooted(if options.only_named_files {
        &named
    } else {
        context
    });
    let subject = Subject {
        text,
        document: &document,
        shapes: &shapes,
        config: &config,
        plan: &plan,
        context: &rooted,
        layout: &layout,
        shell: std::cell::OnceCell::new(),
    };
    let found = findings(&subject);
    let credentials = redaction::credentials(&found, &File::Document);
    let elsewhere: Vec<Diagnostic> = found
        .iter()
        .filter(|it| it.file != File::Document)
        .cloned()
        .collect();
    let suppressions = Suppressions::read(&subject);
    let levels = Levels::new(&config, options);
    let (mut diagnostics, suppressed) = judge(found, &suppressions, &levels, &subject);
    redaction::redact(&mut diagnostics, text, &credentials);
    let files = files(&diagnostics, &plan, |path| {
        let credentials = redaction::credentials(&elsewhere, &File::Context(path.to_owned()));
        rooted
            .text(path)
            .map(|text| redaction::blot(&text, &credentials))
    });
    Analysis {
        text: text.to_owned(),
        lines: LineIndex::new(text),
        files,
        credentials,
        diagnostics,
        suppressed,
        dockerfile,
        document,
        config,
        layout,
        plan,
    }
}

/// The files that the rendering needs, by their paths from the document's folder.
fn named_files(config: &Canonical, layout: &Layout) -> Vec<String> {
    let paths = [&config.overlay, &config.dockerfile]
        .into_iter()
        .flatten()
        .filter_map(|path| layout.named_file(path))
        .chain([layout.beside_document(lock::NAME)]);
    let root = if layout.root.is_empty() {
        String::new()
    } else {
        format!("{}/", layout.root)
    };
    paths.map(|path| format!("{root}{path}")).collect()
}

/// What all rules find, without what lies in something that another rule already speaks of.
fn findings(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in ALL {
        (rule.check)(
            subject,
            &mut Findings::new(rule, subject.is_old_style(), &mut found),
        );
    }
    let unread = Unread::new(subject);
    found.retain(|diagnostic| {
        is_new(diagnostic, subject) && unread.leaves_certain(diagnostic, subject)
    });
    found
}

/// How many mistakes of shape before a place are looked at for one that covers it.
const NEAR: usize = 32;

/// Whether a finding is not about something that the syntax or the schema already refuses.
fn is_new(diagnostic: &Diagnostic, subject: &Subject<'_>) -> bool {
    if diagnostic.file != File::Document {
        return true;
    }
    if has_no_effect(diagnostic, subject) {
        return false;
    }
    let speaks_of_syntax = matches!(
        diagnostic.rule,
        "toml-syntax" | "duplicate-key" | "byte-order-mark"
    );
    let broken = subject
        .document
        .errors
        .iter()
        .filter(|error| error.kind == SyntaxErrorKind::Grammar);
    if !speaks_of_syntax
        && broken
            .into_iter()
            .any(|error| error.span.overlaps(diagnostic.span))
    {
        return false;
    }
    let refuses = |shape: &Shape| {
        let is_own = shape.rule == diagnostic.rule;
        let is_whole = matches!(shape.kind, ShapeKind::MissingKey { .. });
        !is_own && !is_whole && !speaks_of_syntax && shape.span.covers(diagnostic.span)
    };
    // They are in order of place, and hardly lie inside each other.
    let before = subject
        .shapes
        .partition_point(|shape| shape.span.start <= diagnostic.span.start);
    let near = subject
        .shapes
        .get(before.saturating_sub(NEAR)..before)
        .unwrap_or_default();
    !near.iter().any(refuses)
}

/// Whether a finding is about a key that `dockerfile` makes meaningless: then that is all there is to say.
fn has_no_effect(diagnostic: &Diagnostic, subject: &Subject<'_>) -> bool {
    const STILL_SAID: [&str; 6] = [
        "byte-order-mark",
        "duplicate-key",
        "invalid-suppression",
        "no-effect",
        "toml-1-1-syntax",
        "toml-syntax",
    ];
    let root = &subject.document.root;
    if root.entry("dockerfile").is_none() || STILL_SAID.contains(&diagnostic.rule) {
        return false;
    }
    let counts = root
        .entries
        .iter()
        .filter(|entry| BESIDE_DOCKERFILE.contains(&entry.key.name.as_str()));
    !counts
        .into_iter()
        .any(|entry| entry_covers(entry, diagnostic.span))
}

/// Whether a place lies in a key or its value; a table of dotted keys has no extent of its own.
fn entry_covers(entry: &Entry, span: Span) -> bool {
    let below = entry
        .value
        .table()
        .is_some_and(|table| table.entries.iter().any(|entry| entry_covers(entry, span)));
    below || entry.key.span.covers(span) || entry.value.extent.covers(span)
}

/// Levels and suppression, applied once. What is left is in the order of files, places and rules.
fn judge(
    found: Vec<Diagnostic>,
    suppressions: &Suppressions,
    levels: &Levels<'_>,
    subject: &Subject<'_>,
) -> (Vec<Diagnostic>, usize) {
    let mut diagnostics: Vec<Diagnostic> = found
        .into_iter()
        .filter_map(|it| levels.apply(it))
        .collect();
    let before = diagnostics.len();
    let mut used = vec![false; suppressions.len()];
    diagnostics.retain(|diagnostic| !suppressions.hides(diagnostic, &mut used));
    let suppressed = before - diagnostics.len();
    let own = suppressions.findings(&used, levels, subject);
    diagnostics.extend(own.into_iter().filter_map(|it| levels.apply(it)));
    diagnostics.sort_by(|one, other| order(one).cmp(&order(other)));
    diagnostics.dedup();
    (diagnostics, suppressed)
}

fn order(diagnostic: &Diagnostic) -> (&File, Span, &str, &str) {
    (
        &diagnostic.file,
        diagnostic.span,
        diagnostic.rule,
        &diagnostic.message,
    )
}

/// The texts of the other files that are spoken of.
fn files(
    diagnostics: &[Diagnostic],
    plan: &BuildPlan,
    text: impl Fn(&str) -> Option<String>,
) -> BTreeMap<String, String> {
    let spoken = diagnostics
        .iter()
        .flat_map(|it| it.labels.iter().map(|label| &label.file).chain([&it.file]));
    let origins = plan
        .instructions()
        .map(|(_, instruction)| &instruction.origin.file);
    let stages = plan.stages.iter().map(|stage| &stage.origin.file);
    let mut files = BTreeMap::new();
    for file in spoken.chain(origins).chain(stages) {
        if let File::Context(path) = file
            && !files.contains_key(path)
            && let Some(text) = text(path)
        {
            files.insert(path.clone(), text);
        }
    }
    files
}

/// What is said of a document that nobody wrote by hand.
fn too_large(text: &str) -> Analysis {
    let mut analysis = analyze("", &crate::context::NoContext::default());
    analysis.diagnostics.clear();
    let end = text
        .char_indices()
        .map(|(index, _)| index)
        .nth(40)
        .unwrap_or_default();
    let rule = &crate::rules::toml_syntax::RULE;
    let message = format!(
        "the file has more than the {} MiB that are read",
        LARGEST >> 20
    );
    Findings::new(rule, false, &mut analysis.diagnostics).report(Span::new(0, end), message);
    Analysis {
        text: text.to_owned(),
        lines: LineIndex::new(text),
        ..analysis
    }
}

/// What is known of a document that stops being UTF-8: `text` is what comes before.
pub fn not_utf8(text: &str) -> Analysis {
    // What comes before is analyzed for its credentials: the line with the place is quoted.
    let mut analysis = analyze(text, &crate::context::NoContext::default());
    analysis.diagnostics.clear();
    analysis.suppressed = 0;
    let end = Span::new(text.len(), text.len());
    let rule = &crate::rules::toml_syntax::RULE;
    Findings::new(rule, false, &mut analysis.diagnostics)
        .report(end, "the file is not UTF-8 from here on")
        .help("save it as UTF-8");
    Analysis {
        dockerfile: None,
        ..analysis
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGEST, analyze};
    use crate::context::{Files, NoContext};

    #[test]
    fn a_credential_in_an_overlay_is_not_kept() {
        let token = format!("ghp_{}", "0a1B2c3D4e".repeat(4));
        let overlay = format!("ENV GITHUB_TOKEN={token}\n");
        let files = Files::new([("Dockerfile.overlay", overlay.as_str()), ("go.mod", "")]);
        let analysis = analyze(
            "language = \"go\"\noverlay = \"Dockerfile.overlay\"\n",
            &files,
        );
        assert!(
            analysis
                .diagnostics
                .iter()
                .any(|it| it.rule == "secret-in-env")
        );
        assert!(!analysis.files["Dockerfile.overlay"].contains(&token));
        assert!(!format!("{:?}", analysis.diagnostics).contains(&token));
    }

    #[test]
    fn a_text_that_nobody_wrote_by_hand_is_one_diagnostic() {
        let text = "# é\n".repeat(LARGEST / 4);
        let found = analyze(&text, &NoContext::default()).diagnostics;
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].message,
            "the file has more than the 1 MiB that are read"
        );
    }
}
