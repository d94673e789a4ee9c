//! What is still certain in a broken file: findings that rest on something being absent are not, where the text that
//! would hold it could not be read.

use crate::config::check::{Shape, ShapeKind};
use crate::diagnostic::Diagnostic;
use crate::rules::{Subject, nearest};
use crate::syntax::cursor::{Place, cursor};
use crate::syntax::{Step, SyntaxErrorKind};

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

/// What could not be read.
pub(super) struct Unread {
    /// The top-level keys that could not be read whole; `*` where nobody knows which.
    keys: Vec<String>,
    /// Whether there is anything at all.
    any: bool,
}

impl Unread {
    pub(super) fn new(subject: &Subject<'_>) -> Self {
        let mut keys: Vec<String> = subject.shapes.iter().filter_map(defining_key).collect();
        for error in &subject.document.errors {
            if error.kind == SyntaxErrorKind::Grammar {
                let place = cursor(subject.text, error.span.start);
                let is_header = matches!(place.place, Place::Header { .. });
                let key = first_key(&place.path).filter(|_| !is_header);
                keys.push(key.unwrap_or_else(|| "*".to_owned()));
            }
        }
        let any = !keys.is_empty() || !subject.shapes.is_empty();
        Self { keys, any }
    }

    /// Whether a finding stays true whatever the unreadable text turns out to be.
    pub(super) fn leaves_certain(&self, diagnostic: &Diagnostic, subject: &Subject<'_>) -> bool {
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
