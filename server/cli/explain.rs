//! `docksmith explain`.

use clap::Args;

use crate::cli::output::print;
use crate::cli::{Outcome, impossible};
use crate::config::docs::{KeyDoc, key, keys, values};
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
            print(&format!(
                "{}\n\n{}\n",
                rule.name,
                unindented(rule.documentation)
            ));
            return Outcome::Fine;
        }
        if let Some(text) = key_page(&self.name) {
            print(&text);
            return Outcome::Fine;
        }
        let top = keys(&[]);
        let names = ALL
            .iter()
            .map(|rule| rule.name)
            .chain(top.iter().map(|key| key.name.as_str()));
        let hint = nearest(&self.name, names)
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default();
        impossible(format!("there is no rule or key `{}`{hint}", self.name))
    }
}

/// A doc comment without the blank that each of its lines begins with.
fn unindented(text: &str) -> String {
    text.trim_end()
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
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
