//! Credentials: found once, printed nowhere.

use crate::diagnostic::{Diagnostic, File, Fix};
use crate::rules::secret_in_env::is_token;
use crate::text::Span;

/// The rules whose findings stand on a credential.
const RULES: [&str; 2] = ["secret-in-env", "secret-in-command"];

/// What stands in the place of a credential.
const REDACTED: &str = "<redacted>";

/// The shortest text that is looked for in messages: shorter ones are words.
const SHORTEST: usize = 8;

/// The places of the credentials in a file: those that rules found, before levels and suppression are applied.
pub(super) fn credentials(found: &[Diagnostic], file: &File) -> Vec<Span> {
    let mut places: Vec<Span> = found
        .iter()
        .filter(|it| RULES.contains(&it.rule) && it.file == *file)
        .map(|it| it.span)
        .collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// The text with stars in the place of each credential, quotes left alone, so that all places stay as they are.
pub(super) fn blot(text: &str, credentials: &[Span]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for span in credentials {
        for byte in bytes.get_mut(span.range()).into_iter().flatten() {
            if !matches!(byte, b'"' | b'\'' | b'\n' | b'\r') {
                *byte = b'*';
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// The credentials at these places that are long enough to be told from words.
pub(super) fn secrets<'a>(text: &'a str, credentials: &'a [Span]) -> impl Iterator<Item = &'a str> {
    credentials
        .iter()
        .map(|span| span.of(text).trim_matches(['"', '\'']))
        .filter(|secret| secret.len() >= SHORTEST)
}

/// The places of what has the form of a token in any text.
pub(super) fn tokens(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = 0;
    for word in text.split_inclusive([' ', '\t', '\n', '"', '\'', '=', ',']) {
        if is_token(word) {
            found.push(Span::new(start, start + word.len()));
        }
        start += word.len();
    }
    found
}

/// Takes credentials out of everything that a diagnostic says.
pub(super) fn redact(diagnostics: &mut [Diagnostic], text: &str, credentials: &[Span]) {
    for secret in secrets(text, credentials) {
        for diagnostic in diagnostics.iter_mut() {
            // Without the credential the fix would be wrong, with it everybody could read it.
            let is_told = |fix: &Fix| fix.edits.iter().any(|edit| edit.text.contains(secret));
            if diagnostic.fix.as_ref().is_some_and(is_told) {
                diagnostic.fix = None;
            }
            for part in parts(diagnostic) {
                if part.contains(secret) {
                    *part = part.replace(secret, REDACTED);
                }
            }
        }
    }
}

/// Every text in a diagnostic.
fn parts(diagnostic: &mut Diagnostic) -> Vec<&mut String> {
    let mut parts = vec![&mut diagnostic.message, &mut diagnostic.label];
    parts.extend(diagnostic.labels.iter_mut().map(|label| &mut label.message));
    parts.extend(&mut diagnostic.why);
    parts.extend(&mut diagnostic.help);
    if let Some(fix) = &mut diagnostic.fix {
        parts.push(&mut fix.title);
    }
    parts
}
