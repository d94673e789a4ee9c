//! Suppression comments: `# docksmith: ignore[rule] reason`.

use super::slot::Slot;
use super::{CompletionItem, CompletionKind, Page, Request};
use crate::rules;

/// The two ways to ask for silence, with what they cover.
const FORMS: [(&str, &str); 2] = [
    ("ignore[", "hides findings of the key or table"),
    ("ignore-file[", "hides findings of the whole file"),
];

/// What fits behind `typed`, the text of a comment before the cursor.
pub(super) fn complete(at: &Request<'_>, typed: &str) -> Vec<CompletionItem> {
    let body = typed.trim_start_matches('#').trim_start();
    let Some(rest) = body.strip_prefix("docksmith:") else {
        return Vec::new();
    };
    let rest = rest.trim_start();
    match rest.split_once('[') {
        None => forms(at, rest),
        Some((_, names)) if !names.contains(']') => rule_names(at, names),
        Some(_) => Vec::new(),
    }
}

fn forms(at: &Request<'_>, typed: &str) -> Vec<CompletionItem> {
    let Some(slot) = Slot::word(at, typed) else {
        return Vec::new();
    };
    let items = FORMS.iter();
    items
        .map(|(form, what)| {
            slot.string(form, CompletionKind::Keyword)
                .with_detail(*what)
        })
        .collect()
}

/// The rules that are not named yet.
fn rule_names(at: &Request<'_>, names: &str) -> Vec<CompletionItem> {
    let mut named: Vec<&str> = names.split(',').map(str::trim).collect();
    let typed = named.pop().unwrap_or_default();
    let Some(slot) = Slot::word(at, typed) else {
        return Vec::new();
    };
    let rules = rules::ALL.iter();
    rules
        .filter(|rule| !named.contains(&rule.name))
        .map(|rule| {
            slot.string(rule.name, CompletionKind::Rule)
                .with_detail(rule.summary())
                .with_page(Page::Rule(rule.name))
        })
        .collect()
}
