//! What is found in all documents together, with a name for each finding that lasts while the file around it changes.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Severity};
use crate::report::{Checked, Place};
use crate::text::Span;

/// A finding with what several formats say of it.
pub(super) struct Found<'a> {
    /// The document whose check found it.
    pub(super) document: &'a Checked,
    /// What is said.
    pub(super) diagnostic: &'a Diagnostic,
    /// The dotted path of the key that it lies on; empty in another file, and where only the document covers it.
    pub(super) key_path: String,
    /// The same in the next run, whatever is written above it.
    pub(super) fingerprint: String,
    /// If a comment hides it, the reason that it gives; may be empty.
    pub(super) hidden: Option<&'a str>,
}

impl Found<'_> {
    /// The shown path of the file that must change.
    pub(super) fn path(&self) -> &str {
        self.document.path_of(&self.diagnostic.file)
    }

    /// Where in it.
    pub(super) fn place(&self) -> Place {
        self.document
            .place(&self.diagnostic.file, self.diagnostic.span)
    }
}

/// Everything that is found and not hidden, in the order of paths, places and rules.
pub(super) fn found(checked: &[Checked]) -> Vec<Found<'_>> {
    let mut all = found_and_hidden(checked);
    all.retain(|it| it.hidden.is_none());
    all
}

/// The same with what comments hide.
pub(super) fn found_and_hidden(checked: &[Checked]) -> Vec<Found<'_>> {
    let mut all = Vec::new();
    for document in checked {
        let key_paths = document.analysis.key_paths();
        let said = document.analysis.diagnostics.iter().map(|it| (it, None));
        let hidden = document.analysis.suppressed.iter();
        let hidden = hidden.map(|it| (&it.diagnostic, Some(it.justification.as_str())));
        for (diagnostic, hidden) in said.chain(hidden) {
            let key_path = if diagnostic.file == crate::diagnostic::File::Document {
                document.analysis.redacted(key_paths.at(diagnostic.span))
            } else {
                String::new()
            };
            all.push(Found {
                document,
                diagnostic,
                key_path,
                fingerprint: String::new(),
                hidden,
            });
        }
    }
    all.sort_by(|one, other| order(one).cmp(&order(other)));
    number(&mut all);
    all
}

fn order<'a>(found: &'a Found<'_>) -> (&'a str, Span, &'a str, &'a str) {
    let diagnostic = found.diagnostic;
    (
        found.path(),
        diagnostic.span,
        diagnostic.rule,
        &diagnostic.message,
    )
}

/// Names every finding by its rule, its path, its key and its value; those alike get a number each, as some programs take
/// equal ones for one.
fn number(all: &mut [Found<'_>]) {
    let mut seen: HashMap<[String; 4], usize> = HashMap::new();
    for found in all {
        let parts = [
            found.diagnostic.rule.to_owned(),
            found.path().to_owned(),
            found.key_path.clone(),
            value(found),
        ];
        let mut hash = Sha256::new();
        for part in &parts {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let before = seen.entry(parts).or_default();
        hash.update(before.to_string().as_bytes());
        *before += 1;
        found.fingerprint = hash
            .finalize()
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
    }
}

/// What stands at the place, without the difference between one blank and several.
fn value(found: &Found<'_>) -> String {
    let source = found.document.source(&found.diagnostic.file);
    let text = source.map_or("", |source| found.diagnostic.span.of(&source.text));
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// The most severe first; otherwise the order stays.
pub(super) fn most_severe_first(all: &mut [Found<'_>]) {
    all.sort_by_key(|it| {
        let hidden = it.hidden.is_some();
        (
            hidden,
            std::cmp::Reverse::<Severity>(it.diagnostic.severity),
        )
    });
}

#[cfg(test)]
mod tests {
    use super::found;
    use crate::report::tests::checked;

    const TEXT: &str = "language = \"go\"\nbuild.target = \"./x\"\n[runtime]\nenvv = 1\n\
        copy = [{ from = \"a\", src = \"/a\", dst = \"/b\" }, { from = \"a\", src = \"/c\", dst = \"/d\" }]\n";

    fn fingerprints(text: &str) -> Vec<String> {
        let checked = [checked(text)];
        found(&checked)
            .into_iter()
            .map(|it| it.fingerprint)
            .collect()
    }

    #[test]
    fn fingerprints_survive_what_is_written_above() {
        let before = fingerprints(TEXT);
        assert_eq!(before.len(), 3);
        let above = format!("# a comment\n\n{TEXT}");
        let between = TEXT.replace("[runtime]", "\n\n# é\n[runtime]\nworkdir = \"/x\"");
        let blanks = TEXT.replace("envv = 1", "  envv    =    1 # docksmith");
        for after in [above, between, blanks] {
            assert_eq!(fingerprints(&after), before, "{after}");
        }
    }

    #[test]
    fn fingerprints_differ_where_findings_do() {
        let mut all = fingerprints(TEXT);
        all.extend(fingerprints(&TEXT.replace("\"a\"", "\"e\"")).split_off(1));
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
        // The same rule twice on one key: a number tells them apart.
        let twice = fingerprints("language = \"go\"\nplatforms = [\"x/y\", \"x/y\"]\n");
        assert_eq!(twice.len(), 2);
        assert_ne!(twice[0], twice[1]);
    }
}
