//! What is still certain in a broken file: findings that rest on something being absent are not, where the text that
//! would hold it could not be read.

use crate::config::check::{Shape, ShapeKind};
use crate::config::docs;
use crate::diagnostic::Diagnostic;
use crate::rules::{Subject, nearest};
use crate::syntax::cursor::{Cursor, Place, cursor};
use crate::syntax::{Document, Step, SyntaxErrorKind};

/// The rules that speak of something absent, with the top-level keys in which it would stand; `*` is any.
const ABSENCE: &[(&str, &[&str])] = &[
    (
        "unknown-stage",
        &[
            "stages",
            "external_tools",
            "build",
            "overlay",
            "language",
            "runtime",
        ],
    ),
    ("stage-name-typo", &["stages"]),
    ("unused-stage", &["*"]),
    ("unused-secret", &["*"]),
    ("unused-variable", &["*"]),
    ("undeclared-secret", &["secrets"]),
    ("undeclared-build-arg", &["build"]),
    (
        "undefined-variable",
        &["args", "external_tools", "stages", "build", "runtime"],
    ),
    ("arg-not-in-scope", &["stages", "build", "runtime"]),
    ("shell-placeholder", &["stages", "build", "runtime"]),
    (
        "missing-platform-checksum",
        &["external_tools", "platforms"],
    ),
    ("missing-checksum", &["external_tools"]),
    ("missing-command", &["*"]),
    ("chown-name-unresolved", &["runtime", "runtime_config"]),
    ("command-is-sibling", &["build", "platforms"]),
    ("unused-suppression", &["*"]),
];

/// The rules that rest on what is known of an image, and on the packages that are added to it.
const OF_IMAGES: &[&str] = &[
    "ca-certificates-missing",
    "chown-name-unresolved",
    "command-needs-shell",
    "deprecated-image",
    "dynamic-binary-on-static-image",
    "entrypoint-needs-shell",
    "healthcheck-needs-shell",
    "healthcheck-tool-missing",
    "image-family-unsupported",
    "libc-mismatch",
    "no-package-manager",
    "reserved-user-id",
    "root-user",
    "script-interpreter",
    "timezone-data-missing",
    "unknown-user",
    "user-not-creatable",
    "wrong-package-manager",
];

/// The keys that choose an image, or add to it, in every spelling.
const CHOOSE_IMAGES: &[&str] = &[
    "from",
    "image",
    "image_family",
    "init",
    "language",
    "packages",
    "runtime",
    "runtime_config",
    "runtime_image",
    "version",
];

/// What could not be read.
#[derive(Debug, Clone)]
pub(super) struct Unread {
    /// The top-level keys that could not be read whole; `*` where nobody knows which.
    keys: Vec<String>,
    /// The last keys of the paths that could not be read, as they are probably meant.
    names: Vec<String>,
    /// Whether there is anything at all.
    any: bool,
}

impl Unread {
    pub(super) fn new(text: &str, document: &Document, shapes: &[Shape]) -> Self {
        let mut keys: Vec<String> = shapes.iter().filter_map(defining_key).collect();
        let mut names: Vec<String> = shapes.iter().filter_map(unread_name).collect();
        let mut any = !shapes.is_empty();
        for error in &document.errors {
            if error.kind == SyntaxErrorKind::Grammar {
                let place = cursor(text, error.span.start);
                names.extend(last_key(&place.path));
                any = true;
                if let Some(word) = lone_word(text, &place) {
                    keys.extend(begun_keys(word));
                    continue;
                }
                let is_header = matches!(place.place, Place::Header { .. });
                let key = first_key(&place.path).filter(|_| !is_header);
                keys.push(key.unwrap_or_else(|| "*".to_owned()));
            }
        }
        any |= !keys.is_empty();
        Self { keys, names, any }
    }

    /// Whether a finding stays true whatever the unreadable text turns out to be.
    pub(super) fn leaves_certain(&self, diagnostic: &Diagnostic, subject: &Subject<'_>) -> bool {
        if OF_IMAGES.contains(&diagnostic.rule) && self.may_choose_another_image() {
            return false;
        }
        if is_misspelt_instead(diagnostic, subject) {
            return false;
        }
        let Some((_, tables)) = ABSENCE.iter().find(|(rule, _)| *rule == diagnostic.rule) else {
            return true;
        };
        let speaks_of_shape =
            |shape: &Shape| shape.rule == diagnostic.rule && shape.span == diagnostic.span;
        if subject.shapes.iter().any(speaks_of_shape) {
            return true;
        }
        if tables.contains(&"*") {
            return !self.any;
        }
        !self
            .keys
            .iter()
            .any(|key| key == "*" || tables.contains(&key.as_str()))
    }

    /// Whether what could not be read may say which image something runs on, or what is in it. Then what follows from
    /// the default image is no second mistake.
    fn may_choose_another_image(&self) -> bool {
        let chooses = |name: &String| CHOOSE_IMAGES.contains(&name.as_str());
        self.names.iter().any(chooses)
    }
}

/// The word that is all of a line outside of every table: somebody types a key.
fn lone_word<'a>(text: &'a str, place: &Cursor) -> Option<&'a str> {
    let Place::Key { span, .. } = place.place else {
        return None;
    };
    let word = span.of(text);
    let is_bare = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
    let is_word = place.path.is_empty() && !word.is_empty() && word.chars().all(is_bare);
    let before = text.get(..span.start as usize)?;
    let after = text.get(span.end as usize..)?;
    let is_alone = before.is_empty() || before.ends_with('\n');
    let is_all = after.is_empty() || after.starts_with(['\n', '\r']);
    (is_word && is_alone && is_all).then_some(word)
}

/// The top-level keys that a half-typed word may become.
fn begun_keys(word: &str) -> Vec<String> {
    let keys: Vec<String> = docs::keys(&[]).into_iter().map(|key| key.name).collect();
    let near = nearest(word, keys.iter().map(String::as_str)).map(str::to_owned);
    let begun = keys.into_iter().filter(|key| key.starts_with(word));
    begun.chain(near).collect()
}

/// Whether a key is missed that stands in its table under a misspelt name: the misspelling is all there is to say.
fn is_misspelt_instead(diagnostic: &Diagnostic, subject: &Subject<'_>) -> bool {
    if diagnostic.rule != "missing-key" {
        return false;
    }
    let missed = subject.shapes.iter().filter_map(|shape| match &shape.kind {
        ShapeKind::MissingKey { name } if shape.span == diagnostic.span => Some((shape, name)),
        _ => None,
    });
    missed.into_iter().any(|(missed, name)| {
        let mut beside = subject.shapes.iter().filter(|it| it.path == missed.path);
        beside.any(|shape| meant(shape) == Some(name.as_str()))
    })
}

/// The key that an unknown one is probably the misspelt name of.
fn meant(shape: &Shape) -> Option<&str> {
    match &shape.kind {
        ShapeKind::UnknownKey { name, known } => nearest(name, known.iter().map(String::as_str)),
        _ => None,
    }
}

/// The key whose value a mistake of shape makes unreadable.
fn unread_name(shape: &Shape) -> Option<String> {
    match &shape.kind {
        ShapeKind::UnknownKey { .. } => meant(shape).map(str::to_owned),
        ShapeKind::MissingKey { .. } => None,
        _ => last_key(&shape.culprit()),
    }
}

fn last_key(path: &[Step]) -> Option<String> {
    path.iter().rev().find_map(|step| match step {
        Step::Key(name) => Some(name.clone()),
        Step::Index(_) => None,
    })
}

/// The top-level key that a mistake of shape makes unreadable. An unknown key defines nothing, unless it is the misspelt
/// name of one that does.
fn defining_key(shape: &Shape) -> Option<String> {
    match &shape.kind {
        ShapeKind::UnknownKey { name, known } if shape.path.is_empty() => {
            nearest(name, known.iter().map(String::as_str)).map(str::to_owned)
        }
        ShapeKind::UnknownKey { .. } => None,
        _ => first_key(&shape.culprit()),
    }
}

fn first_key(path: &[Step]) -> Option<String> {
    match path.first() {
        Some(Step::Key(name)) => Some(name.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::NoContext;

    fn rules(text: &str) -> Vec<&'static str> {
        analyze(text, &NoContext::default())
            .diagnostics
            .iter()
            .map(|it| it.rule)
            .collect()
    }

    const COPY: &str =
        "language = \"go\"\nruntime.copy = [{ from = \"web\", src = \"/a\", dst = \"/b\" }]\n";

    #[test]
    fn a_stage_that_could_not_be_read_is_not_missed() {
        assert_eq!(
            rules(&format!(
                "{COPY}[[stages]\nname = \"web\"\nfrom = \"alpine:3.23\"\n"
            )),
            ["toml-syntax"]
        );
        assert_eq!(
            rules(&format!("{COPY}[[stages]]\nname = \"web\"\n")),
            ["missing-key"]
        );
    }

    #[test]
    fn what_an_unreadable_image_would_have_is_not_missed() {
        for mistake in ["miage = \"debian:bookworm-slim\"", "image = 7", "image = "] {
            let text = format!(
                "language = \"go\"\n[runtime]\n{mistake}\npackages = [\"curl\"]\nuser = \"web\"\n\
                 healthcheck = \"curl -f localhost\"\n"
            );
            assert_eq!(rules(&text).len(), 1, "{mistake}: {:?}", rules(&text));
        }
        let text = "language = \"go\"\n[runtime]\nimage = \"debian:bookworm-slim\"\npackages = 7\n\
                    healthcheck = \"curl -f localhost\"\n";
        assert_eq!(rules(text), ["wrong-type"]);
    }

    #[test]
    fn a_mistake_that_chooses_no_image_hides_nothing_of_it() {
        let text = "language = \"go\"\nplatforms = [\"amd64\"]\nruntime.user = \"root\"\n";
        assert_eq!(rules(text), ["invalid-platform", "root-user"]);
    }

    #[test]
    fn a_misspelt_key_is_not_missed_too() {
        let text = "language = \"go\"\n[[stages]]\nnmae = \"web\"\nfrom = \"alpine:3.23\"\n";
        assert_eq!(rules(text), ["unknown-key"]);
    }

    #[test]
    fn a_half_typed_word_hides_only_what_it_may_become() {
        for (word, hides) in [
            ("zz", false),
            ("sta", true),
            ("stagse", true),
            ("platf", false),
        ] {
            let found = rules(&format!("{word}\n{COPY}"));
            assert_eq!(
                !found.contains(&"unknown-stage"),
                hides,
                "{word}: {found:?}"
            );
            assert!(found.contains(&"toml-syntax"), "{word}: {found:?}");
        }
        // What stands beside the word, or above it, may be anything.
        for line in ["zz é", "[é", "zz.b", "\"zz"] {
            let found = rules(&format!("{line}\n{COPY}"));
            assert!(!found.contains(&"unknown-stage"), "{line}: {found:?}");
        }
    }

    #[test]
    fn a_mistake_elsewhere_hides_nothing() {
        assert_eq!(
            rules(&format!("{COPY}build.x = 1\n")),
            ["unknown-stage", "unknown-key"]
        );
        assert_eq!(
            rules(&format!("{COPY}[lint]\nrequire_reason = \n")),
            ["unknown-stage", "toml-syntax"]
        );
    }
}
