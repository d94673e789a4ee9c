//! Credentials: found once, printed nowhere.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, File};
use crate::plan::credentials::credentials as known_forms;
use crate::rules::Rule;
use crate::syntax::{Document, Node, Table, Value};
use crate::text::Span;

/// The rules whose findings stand on a credential.
const RULES: [&str; 2] = ["secret-in-env", "secret-in-command"];

/// What stands in the place of a credential.
const REDACTED: &str = "<redacted>";

/// The shortest text that is looked for in messages: shorter ones are words.
const SHORTEST: usize = 8;

/// The shortest password that is looked for in messages.
const SHORTEST_PASSWORD: usize = 5;

/// Whether a rule finds credentials.
pub(super) fn finds_credentials(rule: &Rule) -> bool {
    RULES.contains(&rule.name)
}

/// Whether a finding stands on a credential.
pub(super) fn speaks_of_credential(diagnostic: &Diagnostic) -> bool {
    RULES.contains(&diagnostic.rule)
}

fn found_by_rules(found: &[Diagnostic], file: &File) -> Vec<Span> {
    found
        .iter()
        .filter(|it| speaks_of_credential(it) && it.file == *file)
        .map(|it| it.span)
        .collect()
}

fn in_order(mut places: Vec<Span>) -> Vec<Span> {
    places.sort_unstable();
    places.dedup();
    places
}

/// The keys and strings that hold a credential only behind their escapes: their places, and what they mean.
pub(super) fn escaped<'a>(document: &'a Document, text: &str) -> Vec<(Span, &'a str)> {
    let mut found = Vec::new();
    in_table(&document.root, text, &mut found);
    found
}

fn in_table<'a>(table: &'a Table, text: &str, found: &mut Vec<(Span, &'a str)>) {
    for entry in &table.entries {
        in_literal(&entry.key.name, entry.key.span, text, found);
        in_node(&entry.value, text, found);
    }
}

fn in_node<'a>(node: &'a Node, text: &str, found: &mut Vec<(Span, &'a str)>) {
    match &node.value {
        Value::String(value) => in_literal(value, node.span, text, found),
        Value::Array(items) => items.iter().for_each(|it| in_node(it, text, found)),
        Value::Table(table) => in_table(table, text, found),
        _ => {}
    }
}

fn in_literal<'a>(value: &'a str, span: Span, text: &str, found: &mut Vec<(Span, &'a str)>) {
    let written = span.of(text);
    if written.contains('\\') && known_forms(value).len() > known_forms(written).len() {
        found.push((span, value));
    }
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

/// The credentials of a document and of the files around it, to be taken out of what is said.
#[derive(Debug, Clone, Default)]
pub(super) struct Secrets {
    /// Whole values that rules found.
    values: Vec<String>,
    /// The words of the others, in lower case: a message may repeat one changed or in part.
    words: BTreeSet<String>,
}

impl Secrets {
    /// Adds the credentials in a file: those that rules found, before levels and suppression are applied, and those that
    /// are known by their form, whatever they stand in. Gives their places.
    pub(super) fn add(&mut self, found: &[Diagnostic], file: &File, text: &str) -> Vec<Span> {
        let by_rules = in_order(found_by_rules(found, file));
        let values = by_rules
            .iter()
            .map(|span| span.of(text).trim_matches(['"', '\'']));
        let long = values.filter(|value| value.len() >= SHORTEST);
        self.values.extend(long.map(str::to_owned));
        let mut places = self.add_known(text);
        places.extend(by_rules);
        in_order(places)
    }

    /// Adds what is known by its form. Gives the places.
    pub(super) fn add_known(&mut self, text: &str) -> Vec<Span> {
        let places = known_forms(text);
        for span in &places {
            let secret = span.of(text);
            let is_login = text
                .get(..span.start as usize)
                .is_some_and(|it| it.ends_with("://"));
            let (secret, shortest) = match secret.split_once(':') {
                Some((_, password)) if is_login => (password, SHORTEST_PASSWORD),
                _ => (secret, SHORTEST),
            };
            // The letter of an escape stands before a word, parts two, or is taken for one of them.
            let unescaped = secret
                .replace("\\n", " ")
                .replace("\\r", " ")
                .replace("\\t", " ");
            for text in [secret, &unescaped, &secret.replace('\\', "")] {
                let words = text.split(|it: char| !it.is_alphanumeric());
                let long = words.filter(|word| word.len() >= shortest);
                self.words.extend(long.map(str::to_lowercase));
            }
        }
        places
    }

    /// The text without any of them.
    pub(super) fn redacted(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for value in &self.values {
            if text.contains(value.as_str()) {
                text = text.replace(value.as_str(), REDACTED);
            }
            redact_beginning(&mut text, value);
        }
        let mut clean = String::new();
        let mut end = 0;
        for span in known_forms(&text) {
            clean.push_str(text.get(end..span.start as usize).unwrap_or_default());
            clean.push_str(REDACTED);
            end = span.end as usize;
        }
        clean.push_str(text.get(end..).unwrap_or_default());
        self.without_words(&clean)
    }

    fn without_words(&self, text: &str) -> String {
        if self.words.is_empty() {
            return text.to_owned();
        }
        let mut clean = String::new();
        for part in text.split_inclusive(|it: char| !it.is_alphanumeric()) {
            let word = part.trim_end_matches(|it: char| !it.is_alphanumeric());
            if self.has_word(&word.to_lowercase()) {
                clean.push_str(REDACTED);
                clean.push_str(part.get(word.len()..).unwrap_or_default());
            } else {
                clean.push_str(part);
            }
        }
        clean
    }

    /// Whether a word is one of a credential, or the beginning of one: messages shorten long values.
    fn has_word(&self, word: &str) -> bool {
        if word.len() < SHORTEST {
            return word.len() >= SHORTEST_PASSWORD && self.words.contains(word);
        }
        let next = self.words.range(word.to_owned()..).next();
        next.is_some_and(|secret| secret.starts_with(word))
    }

    /// Takes credentials out of everything that a diagnostic says. The edits of its fix stay as they are: to apply one
    /// changes the file, and what is not to be printed is for the formats to leave out.
    pub(super) fn redact(&self, diagnostic: &mut Diagnostic) {
        for part in parts(diagnostic) {
            let clean = self.redacted(part);
            if clean != *part {
                *part = clean;
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

/// Every text in a diagnostic but those of its edits.
fn parts(diagnostic: &mut Diagnostic) -> Vec<&mut String> {
    let mut parts = vec![&mut diagnostic.message, &mut diagnostic.label];
    parts.extend(diagnostic.labels.iter_mut().map(|label| &mut label.message));
    parts.extend(&mut diagnostic.why);
    parts.extend(&mut diagnostic.help);
    parts.extend(diagnostic.fix.as_mut().map(|fix| &mut fix.title));
    parts
}
