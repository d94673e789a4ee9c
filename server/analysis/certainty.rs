//! What is still certain in a broken file: findings that rest on something being absent are not, where the text that
//! would hold it could not be read.

use crate::diagnostic::Diagnostic;
use crate::rules::Subject;
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
    ("undefined-variable", &["args", "external_tools"]),
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

/// The top-level keys that could not be read whole; `*` where nobody knows which.
pub(super) struct Unread(Vec<String>);

impl Unread {
    pub(super) fn new(subject: &Subject<'_>) -> Self {
        let mut keys: Vec<String> = subject
            .shapes
            .iter()
            .filter_map(|shape| first_key(&shape.culprit()))
            .collect();
        for error in &subject.document.errors {
            if error.kind == SyntaxErrorKind::Grammar {
                let place = cursor(subject.text, error.span.start);
                let is_header = matches!(place.place, Place::Header { .. });
                let key = first_key(&place.path).filter(|_| !is_header);
                keys.push(key.unwrap_or_else(|| "*".to_owned()));
            }
        }
        Self(keys)
    }

    /// Whether a finding stays true whatever the unreadable text turns out to be.
    pub(super) fn leaves_certain(&self, diagnostic: &Diagnostic) -> bool {
        let Some((_, tables)) = ABSENCE.iter().find(|(rule, _)| *rule == diagnostic.rule) else {
            return true;
        };
        let touches =
            |key: &String| key == "*" || tables.contains(&"*") || tables.contains(&key.as_str());
        !self.0.iter().any(touches)
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
            rules(&format!("{COPY}[lint]\nrequire_reason = \n")),
            ["unknown-stage", "toml-syntax"]
        );
    }
}
