//! The whole core: text in, analysis out.

mod certainty;
mod change;
mod levels;
mod redaction;
mod suppression;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use crate::analysis::certainty::Unread;
use crate::analysis::levels::Levels;
pub use crate::analysis::levels::Origin;
use crate::analysis::redaction::Secrets;
use crate::analysis::suppression::Suppressions;
use crate::config::check::{Shape, ShapeKind, certain, validate};
use crate::config::lint::Shared;
use crate::config::read::read;
use crate::config::spellings::Canonical;
use crate::context::{BuildContext, Named};
use crate::diagnostic::{Diagnostic, File, Severity};
use crate::dockerfile::{Dockerfile, render};
use crate::names::Names;
use crate::plan::BuildPlan;
use crate::plan::lock;
use crate::plan::paths::Layout;
use crate::plan::resolve::resolve;
use crate::rules::no_effect::BESIDE_DOCKERFILE;
use crate::rules::{ALL, Findings, Rule, Seen, Subject};
use crate::syntax::key_paths::KeyPaths;
use crate::syntax::{Document, Entry, SyntaxErrorKind, parse};
use crate::text::{LineIndex, PositionEncoding, Span};

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
    /// The settings that documents of a folder share. What a document says beats them.
    pub shared: Option<Arc<Shared>>,
}

/// What a version of a document means, whatever is wrong with it. It never changes.
#[derive(Debug, Clone)]
pub struct Model {
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
    /// What it names, and where.
    pub names: Names,
    shapes: Vec<Shape>,
    unread: Unread,
    dockerfile: Option<Dockerfile>,
}

/// What is known of one version of a document: its model, and what is said about it. It never changes.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// Shared with the sketch of the same version: an analysis that is there twice has one model.
    model: Arc<Model>,
    /// Everything that is said about it, in the order of places.
    pub diagnostics: Vec<Diagnostic>,
    /// The findings that suppression comments hide, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// The texts of other files that diagnostics or origins speak of, by their paths below the context root.
    pub files: BTreeMap<String, String>,
    /// The places of credentials, which nobody may print.
    pub credentials: Vec<Span>,
    secrets: Secrets,
    /// What the rules that find credentials found.
    hints: Vec<Diagnostic>,
}

impl Deref for Analysis {
    type Target = Model;

    fn deref(&self) -> &Model {
        &self.model
    }
}

/// A finding that a comment hides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    /// What would be said.
    pub diagnostic: Diagnostic,
    /// What the comment gives as its reason; may be empty.
    pub justification: String,
}

impl Analysis {
    /// The rendered Dockerfile of the parts that are sound; nothing where there is no final stage.
    pub fn dockerfile(&self) -> Option<&Dockerfile> {
        self.model.dockerfile.as_ref()
    }

    /// The level of each rule, nothing for one that is off, and who says so; `options` are those of the analysis.
    pub fn levels(&self, options: &Options) -> Vec<(&'static str, Option<Severity>, Origin)> {
        let levels = Levels::new(&self.config, options);
        let old_style = self.config.old_style.is_some();
        let in_force = ALL.iter().map(|rule| {
            let (severity, origin) = levels.in_force(rule, old_style);
            (rule.name, severity, origin)
        });
        in_force.collect()
    }

    /// Whether anything is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether the text is not TOML.
    pub fn has_syntax_errors(&self) -> bool {
        !self.document.errors.is_empty()
    }

    /// The text with every credential blotted out; all places stay as they are.
    pub fn printable_text(&self) -> String {
        redaction::blot(&self.text, &self.credentials)
    }

    /// The paths of its keys, by their places.
    pub fn key_paths(&self) -> KeyPaths {
        KeyPaths::new(&self.document)
    }

    /// Any other text without the credentials of the document and of the files around it.
    pub fn redacted(&self, text: &str) -> String {
        self.secrets.redacted(text)
    }
}

/// Reads the settings that documents share.
///
/// # Errors
/// They can't be read; `path:line:column: reason`.
pub fn shared(path: String, text: &str) -> Result<Shared, String> {
    let known = |name: &str| crate::rules::by_name(name).is_some();
    Shared::read(path.clone(), text, known).map_err(|fault| {
        let place =
            LineIndex::new(text).position(text, fault.span.start, PositionEncoding::CodePoints);
        let (line, column) = (place.line + 1, place.column + 1);
        format!("{path}:{line}:{column}: {}", fault.message)
    })
}

/// Makes what every analysis needs, such as the compiled schema, before the first one is asked for.
pub fn prepare() {
    analyze("", &crate::context::NoContext::default());
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
    let model = Model::new(text, context);
    model.with_subject(context, options, |subject| {
        let found = findings(subject, &model.unread, |_| true);
        let own = own_secrets(&found, &model.document, &model.text);
        model.judged(found, own, options, subject)
    })
}

/// What is known of a document without most of its rules, which take the longest: nothing is said about it. All else is
/// there, its credentials too.
pub fn sketch(text: &str, context: &dyn BuildContext, options: &Options) -> Analysis {
    if text.len() > LARGEST {
        return too_large(text);
    }
    let model = Model::new(text, context);
    model.with_subject(context, options, |subject| {
        let hints = findings(subject, &model.unread, redaction::finds_credentials);
        let own = own_secrets(&hints, &model.document, &model.text);
        model.analysis(subject, hints, own, Vec::new(), Vec::new())
    })
}

impl Analysis {
    /// What the rules find that look at no files; the arguments are those of [`sketch`].
    pub fn found_in_text(&self, context: &dyn BuildContext, options: &Options) -> FoundInText {
        let is_asked = |rule: &Rule| !rule.reads_files && !redaction::finds_credentials(rule);
        let ask = |subject: &Subject<'_>| findings(subject, &self.model.unread, is_asked);
        let is_read = self.text.len() <= LARGEST;
        let found = is_read.then(|| self.model.with_subject(context, options, ask));
        FoundInText(found.unwrap_or_default())
    }

    /// The same with everything that is said about it, of which `found` was found before; the arguments are those of
    /// [`sketch`].
    pub fn judged(
        &self,
        context: &dyn BuildContext,
        options: &Options,
        found: FoundInText,
    ) -> Self {
        let is_asked = |rule: &Rule| rule.reads_files && !redaction::finds_credentials(rule);
        self.judged_with(context, options, found, is_asked)
    }

    /// The same with what was found in the text alone, without a look at files that the rendering does not need; the
    /// arguments are those of [`sketch`].
    pub fn judged_by_text(
        &self,
        context: &dyn BuildContext,
        options: &Options,
        found: FoundInText,
    ) -> Self {
        let options = Options {
            only_named_files: true,
            ..options.clone()
        };
        self.judged_with(context, &options, found, |_| false)
    }

    /// The same with what was found before and what those rules find that are asked.
    fn judged_with(
        &self,
        context: &dyn BuildContext,
        options: &Options,
        FoundInText(mut found): FoundInText,
        is_asked: impl Fn(&Rule) -> bool,
    ) -> Self {
        if self.text.len() > LARGEST {
            return self.clone();
        }
        self.model.with_subject(context, options, |subject| {
            found.extend(self.hints.iter().cloned());
            found.extend(findings(subject, &self.model.unread, is_asked));
            let own = (self.credentials.clone(), self.secrets.clone());
            self.model.judged(found, own, options, subject)
        })
    }
}

/// What rules find in a document without a look at the files around it, before levels and suppression.
#[derive(Debug, Clone, Default)]
pub struct FoundInText(Vec<Diagnostic>);

impl Model {
    fn new(text: &str, context: &dyn BuildContext) -> Arc<Self> {
        let document = parse(text);
        let broken = validate(&document.root);
        let config = Canonical::new(read(&document.root, &broken));
        let shapes = certain(&document, broken);
        let unread = Unread::new(text, &document, &shapes);
        let layout = Layout::new(&config, context);
        let plan = resolve(&config, text, context);
        let names = Names::new(&document, text, &config, &plan);
        let dockerfile = render(&plan);
        Arc::new(Self {
            text: text.to_owned(),
            lines: LineIndex::new(text),
            document,
            shapes,
            unread,
            config,
            layout,
            plan,
            names,
            dockerfile,
        })
    }

    /// Shows rules what they look at.
    fn with_subject<T>(
        &self,
        context: &dyn BuildContext,
        options: &Options,
        look: impl FnOnce(&Subject<'_>) -> T,
    ) -> T {
        let named = Named::new(context, named_files(&self.config, &self.layout));
        let rooted = self.layout.rooted(if options.only_named_files {
            &named
        } else {
            context
        });
        look(&Subject {
            text: &self.text,
            document: &self.document,
            shapes: &self.shapes,
            config: &self.config,
            plan: &self.plan,
            names: &self.names,
            context: &rooted,
            layout: &self.layout,
            shared: options.shared.as_deref(),
            seen: Seen::default(),
        })
    }

    /// What is said of what rules found.
    fn judged(
        self: &Arc<Self>,
        found: Vec<Diagnostic>,
        own: (Vec<Span>, Secrets),
        options: &Options,
        subject: &Subject<'_>,
    ) -> Analysis {
        let hints = found
            .iter()
            .filter(|it| redaction::speaks_of_credential(it))
            .cloned()
            .collect();
        let suppressions = Suppressions::read(subject);
        let levels = Levels::new(&self.config, options);
        let (diagnostics, suppressed) = judge(found, &suppressions, &levels, subject);
        self.analysis(subject, hints, own, diagnostics, suppressed)
    }

    /// The analysis with what is said, without the credentials that `hints` stand on; `own` are those of the document.
    fn analysis(
        self: &Arc<Self>,
        subject: &Subject<'_>,
        hints: Vec<Diagnostic>,
        (credentials, mut secrets): (Vec<Span>, Secrets),
        mut diagnostics: Vec<Diagnostic>,
        mut suppressed: Vec<Suppressed>,
    ) -> Analysis {
        let said = suppressed.iter().map(|it| &it.diagnostic);
        let said = said.chain(&diagnostics);
        let mut files = files(said, &self.plan, |path| subject.context.text(path));
        redact_files(&mut files, &hints, &mut secrets);
        for diagnostic in &mut diagnostics {
            secrets.redact(diagnostic);
        }
        for it in &mut suppressed {
            secrets.redact(&mut it.diagnostic);
            it.justification = secrets.redacted(&it.justification);
        }
        Analysis {
            credentials,
            model: Arc::clone(self),
            diagnostics,
            suppressed,
            files,
            secrets,
            hints,
        }
    }
}

/// The credentials in the document: their places, and what is not to be repeated.
fn own_secrets(found: &[Diagnostic], document: &Document, text: &str) -> (Vec<Span>, Secrets) {
    let mut secrets = Secrets::default();
    let mut places = secrets.add(found, &File::Document, text);
    for (span, value) in redaction::escaped(document, text) {
        secrets.add_known(value);
        places.push(span);
    }
    (places, secrets)
}

/// Blots the credentials of the other files out, and collects them.
fn redact_files(files: &mut BTreeMap<String, String>, found: &[Diagnostic], secrets: &mut Secrets) {
    for (path, text) in files {
        let places = secrets.add(found, &File::Context(path.clone()), text);
        *text = redaction::blot(text, &places);
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

/// What those rules find that are asked, without what lies in something that another rule already speaks of.
fn findings(
    subject: &Subject<'_>,
    unread: &Unread,
    is_asked: impl Fn(&Rule) -> bool,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in ALL.iter().filter(|rule| is_asked(rule)) {
        (rule.check)(
            subject,
            &mut Findings::new(rule, subject.is_old_style(), &mut found),
        );
    }
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
) -> (Vec<Diagnostic>, Vec<Suppressed>) {
    let mut diagnostics = Vec::new();
    let mut suppressed = Vec::new();
    let mut used = vec![false; suppressions.len()];
    for diagnostic in found.into_iter().filter_map(|it| levels.apply(it)) {
        match suppressions.hides(&diagnostic, &mut used) {
            Some(reason) => suppressed.push(Suppressed {
                diagnostic,
                justification: reason.to_owned(),
            }),
            None => diagnostics.push(diagnostic),
        }
    }
    let own = suppressions.findings(&used, levels, subject);
    diagnostics.extend(own.into_iter().filter_map(|it| levels.apply(it)));
    diagnostics.sort_by(|one, other| order(one).cmp(&order(other)));
    diagnostics.dedup();
    suppressed.sort_by(|one, other| order(&one.diagnostic).cmp(&order(&other.diagnostic)));
    suppressed.dedup();
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
fn files<'a>(
    diagnostics: impl Iterator<Item = &'a Diagnostic>,
    plan: &BuildPlan,
    text: impl Fn(&str) -> Option<String>,
) -> BTreeMap<String, String> {
    let spoken =
        diagnostics.flat_map(|it| it.labels.iter().map(|label| &label.file).chain([&it.file]));
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
        model: Arc::new(Model {
            text: text.to_owned(),
            lines: LineIndex::new(text),
            ..Arc::unwrap_or_clone(analysis.model)
        }),
        credentials: Secrets::default().add(&[], &File::Document, text),
        ..analysis
    }
}

/// What is known of a document that stops being UTF-8: `text` is what comes before.
pub fn not_utf8(text: &str) -> Analysis {
    // What comes before is analyzed for its credentials: the line with the place is quoted.
    let mut analysis = analyze(text, &crate::context::NoContext::default());
    analysis.diagnostics.clear();
    analysis.suppressed.clear();
    let end = Span::new(text.len(), text.len());
    let rule = &crate::rules::toml_syntax::RULE;
    Findings::new(rule, false, &mut analysis.diagnostics)
        .report(end, "the file is not UTF-8 from here on")
        .help("save it as UTF-8");
    Analysis {
        model: Arc::new(Model {
            dockerfile: None,
            ..Arc::unwrap_or_clone(analysis.model)
        }),
        ..analysis
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGEST, Options, analyze, sketch};
    use crate::context::{Files, NoContext};
    use crate::diagnostic::Diagnostic;

    /// A sketch knows all but what is said, and what is said does not depend on the way.
    #[test]
    fn a_sketch_is_an_analysis_without_findings() {
        let token = format!("ghp_{}", "0a1B2c3D4e".repeat(4));
        let overlay = format!("ENV GITHUB_TOKEN={token}\nCOPY --from=biuld é 😀 /x/\n");
        let files = Files::new([("Dockerfile.overlay", overlay.as_str()), ("go.mod", "")]);
        for rest in [
            format!("runtime.env.API_TOKEN = \"{token}\" # é 😀"),
            "runtime.user = \"root\" # docksmith: ignore[root-user] why".to_owned(),
            format!("build.steps = [\"RUN curl -H '{token}'\"]\nrunti"),
            "[runtime\nimage = \"alpine:latest".to_owned(),
            String::new(),
        ] {
            let text = format!("language = \"go\"\noverlay = \"Dockerfile.overlay\"\n{rest}\n");
            let options = Options::default();
            let whole = analyze(&text, &files);
            let sketch = sketch(&text, &files, &options);
            assert_eq!(sketch.credentials, whole.credentials, "{text}");
            assert_eq!(sketch.dockerfile(), whole.dockerfile(), "{text}");
            assert_eq!(
                sketch.redacted(&overlay),
                whole.redacted(&overlay),
                "{text}"
            );
            let overlay = "Dockerfile.overlay";
            assert_eq!(
                sketch.files.get(overlay),
                whole.files.get(overlay),
                "{text}"
            );
            assert!(sketch.diagnostics.is_empty() && !whole.diagnostics.is_empty());
            let in_text = sketch.found_in_text(&files, &options);
            let early = sketch.judged_by_text(&files, &options, in_text.clone());
            let is_said = |it: &Diagnostic| whole.diagnostics.contains(it);
            assert!(early.diagnostics.iter().all(is_said), "{text}");
            let judged = sketch.judged(&files, &options, in_text);
            assert_eq!(judged.diagnostics, whole.diagnostics, "{text}");
            assert_eq!(judged.suppressed, whole.suppressed, "{text}");
            assert_eq!(judged.files, whole.files, "{text}");
        }
    }

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

    /// A file that is used as it is gets the rules about steps, images and security, each at its line.
    #[test]
    fn a_named_dockerfile_is_checked() {
        let token = format!("ghp_{}", "0a1B2c3D4e".repeat(4));
        let dockerfile = format!(
            "ARG TAG
FROM node:latest AS build
ENV GITHUB_TOKEN={token}
ADD http://example.com/a /a
ADD https://example.com/b /b
COPY --chmod=4755 tool /tool
COPY .env /srv/.env
RUN --mount=type=bind,from=bulid,target=/x make
RUN wget https://me:hunter2hunter2@example.com/x
FROM alpine
LABEL api.token=\"{token}\"
RUN apt-get install -y git
COPY --from=biuld /a /a
COPY .env /srv/.env
EXPOSE 80800 8080:80
USER root
HEALTHCHECK CMD [\"curl\", \"http://127.0.0.1:$PORT/\"]
CMD [\"server\", \"--port\", \"$PORT\"]
"
        );
        let files = Files::new([
            ("Dockerfile.prod", dockerfile.as_str()),
            ("tool", ""),
            (".env", "A=1\n"),
            (".dockerignore", ".git\n"),
        ]);
        let analysis = analyze("dockerfile = \"Dockerfile.prod\"\n", &files);
        let line = |start: u32| dockerfile[..start as usize].matches('\n').count() + 1;
        let mut found: Vec<String> = analysis
            .diagnostics
            .iter()
            .filter(|it| it.file == crate::diagnostic::File::Context("Dockerfile.prod".to_owned()))
            .map(|it| format!("{} {}", line(it.span.start), it.rule))
            .collect();
        found.dedup();
        let expected = [
            "2 image-latest-tag",
            "3 secret-in-env",
            "4 insecure-download",
            "5 missing-checksum",
            "6 setuid-mode",
            "8 unknown-stage",
            "9 secret-in-command",
            "10 image-unpinned-tag",
            "11 secret-in-env",
            "12 wrong-package-manager",
            "13 unknown-stage",
            "14 sensitive-file",
            "15 port-out-of-range",
            "15 port-mapping",
            "16 root-user",
            "17 shell-syntax-in-exec-form",
            "18 shell-syntax-in-exec-form",
        ];
        assert_eq!(found, expected);
    }
}
