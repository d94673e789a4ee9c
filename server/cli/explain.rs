//! `docksmith explain`.

use clap::Args;

use crate::cli::output::printed;
use crate::cli::{Outcome, impossible};
use crate::config::docs::{KeyDoc, key, keys, values};
use crate::rule_page::plain_page;
use crate::rules::{ALL, by_name, nearest};
use crate::syntax::Step;

/// Explain a rule or a key.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  docksmith explain unknown-stage\n  docksmith explain runtime.healthcheck"
)]
pub(crate) struct Explain {
    /// A rule's name, or a key's path such as runtime.healthcheck.interval.
    name: String,
}

impl Explain {
    /// Prints the page.
    pub(crate) fn run(self) -> Outcome {
        if let Some(rule) = by_name(&self.name) {
            return printed(&plain_page(rule), Outcome::Fine);
        }
        if let Some(text) = key_page(&self.name) {
            return printed(&text, Outcome::Fine);
        }
        impossible(unknown(&self.name))
    }
}

/// What is said of a name that nothing has, with the nearest that there is.
fn unknown(name: &str) -> String {
    let keys = key_names();
    let rules = ALL.iter().map(|rule| rule.name);
    let known = rules.chain(keys.iter().map(String::as_str));
    let inner = format!(".{name}");
    let near = nearest(name, known).or_else(|| {
        keys.iter()
            .map(String::as_str)
            .find(|key| key.ends_with(&inner))
    });
    let hint = near
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default();
    format!("there is no rule or key `{name}`{hint}")
}

/// How deep keys are named: no table of the format lies deeper.
const DEEPEST: usize = 6;

/// All keys of the format by their dotted paths.
fn key_names() -> Vec<String> {
    let mut names = Vec::new();
    collect("", &[], &mut names);
    names
}

fn collect(prefix: &str, path: &[Step], names: &mut Vec<String>) {
    if path.len() > DEEPEST {
        return;
    }
    for key in keys(path) {
        let name = format!("{prefix}{}", key.name);
        let mut inside = path.to_vec();
        inside.push(Step::Key(key.name));
        if key.is_array_of_tables {
            inside.push(Step::Index(0));
        }
        collect(&format!("{name}."), &inside, names);
        names.push(name);
    }
}

fn key_page(name: &str) -> Option<String> {
    let mut path = Vec::new();
    let mut found = None;
    for part in name.split('.') {
        path.push(Step::Key(part.trim_matches(['[', ']']).to_owned()));
        let doc = key(&path)?;
        if doc.is_array_of_tables {
            path.push(Step::Index(0));
        }
        found = Some(doc);
    }
    found.map(|doc| page(name, &doc, &path))
}

fn page(name: &str, doc: &KeyDoc, path: &[Step]) -> String {
    let mut text = format!("{name}: {}\n", doc.kind);
    if let Some(default) = &doc.default {
        text.push_str(&format!("default: {default}\n"));
    }
    text.push_str(&format!("\n{}\n", doc.description));
    let values = values(path);
    if !values.is_empty() {
        text.push_str("\nvalues:\n");
        text.extend(
            values
                .iter()
                .map(|value| format!("  {}  {}\n", value.text, value.description)),
        );
    }
    let keys = keys(path);
    if !keys.is_empty() {
        text.push_str("\nkeys:\n");
        let first = |doc: &KeyDoc| {
            doc.description
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        text.extend(
            keys.iter()
                .map(|key| format!("  {}  {}\n", key.name, first(key))),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{key_names, key_page, unknown};

    #[test]
    fn the_nearest_name_is_offered() {
        for (name, near) in [
            ("unknown-stag", "unknown-stage"),
            ("runtime.expsoe", "runtime.expose"),
            ("start_period", "runtime.healthcheck.start_period"),
        ] {
            let said = unknown(name);
            assert!(said.contains(&format!("`{near}`")), "{said}");
        }
    }

    #[test]
    fn every_key_has_a_page() {
        for name in key_names() {
            assert!(key_page(&name).is_some(), "{name}");
        }
    }
}
