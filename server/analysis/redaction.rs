//! Credentials: found once, printed nowhere.

use crate::diagnostic::{Diagnostic, File};
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

/// Takes credentials out of everything that a diagnostic says.
pub(super) fn redact(diagnostics: &mut [Diagnostic], text: &str, credentials: &[Span]) {
    let secrets: Vec<&str> = credentials
        .iter()
        .map(|span| span.of(text).trim_matches(['"', '\'']))
        .collect();
    for secret in secrets
        .into_iter()
        .filter(|secret| secret.len() >= SHORTEST)
    {
        for diagnostic in diagnostics.iter_mut() {
            for part in parts(diagnostic) {
                if part.contains(secret) {
                    *part = part.replace(secret, REDACTED);
                }
                redact_beginning(part, secret);
            }
        }
    }
}

/// Takes out the beginning of a secret, where a text that was cut ends in it.
fn redact_beginning(part: &mut String, secret: &str) {
    let Some(cut) = part.find('…') else { return };
    let before = part.get(..cut).unwrap_or_default();
    let lengths = secret.char_indices().map(|(index, _)| index).rev();
    let beginning = lengths
        .take_while(|length| *length >= SHORTEST)
        .find(|length| secret.get(..*length).is_some_and(|it| before.ends_with(it)));
    if let Some(length) = beginning {
        part.replace_range(cut - length..cut, REDACTED);
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
        parts.extend(fix.edits.iter_mut().map(|edit| &mut edit.text));
    }
    parts
}
