//! Keys and headers: those that fit and are not set yet.

use super::{CompletionItem, CompletionKind, Page, Request, Whole, snippets, starting_points};
use crate::config::docs::{self, KeyDoc};
use crate::config::spellings::SPELLINGS;
use crate::ide::meaning::{names, table};
use crate::rules;
use crate::syntax::{Notation, Step};
use crate::text::Span;

/// The keys for the table at `path`, instead of what is typed at `span`.
pub(super) fn complete(
    at: &Request<'_>,
    path: &[Step],
    span: Span,
    has_value: bool,
) -> Vec<CompletionItem> {
    let place = KeyPlace {
        at,
        path,
        span,
        has_value,
        takes_header: takes_header(at, path, span, has_value),
    };
    let mut items = Vec::new();
    if path.is_empty() && !has_value && starting_points::fit(at, span) {
        items.extend(starting_points::items(span));
    }
    items.extend(place.keys());
    items.extend(place.chosen_names());
    items
}

struct KeyPlace<'a> {
    at: &'a Request<'a>,
    path: &'a [Step],
    span: Span,
    has_value: bool,
    takes_header: bool,
}

impl KeyPlace<'_> {
    /// The keys of the format.
    fn keys(&self) -> Vec<CompletionItem> {
        let mut keys: Vec<KeyDoc> = docs::keys(self.path)
            .into_iter()
            .filter(|key| self.fits(key))
            .collect();
        // The sort is stable: otherwise the order is that of the format.
        keys.sort_by_key(|key| !key.required);
        keys.iter().map(|key| self.item(key)).collect()
    }

    fn fits(&self, key: &KeyDoc) -> bool {
        let is_current =
            self.at.analysis.config.old_style.is_some() || !is_old(&joined(self.path, &key.name));
        is_current
            && !self.is_set(&key.name)
            && !self.is_set_by_its_old_name(&key.name)
            && self.goes_with_verb(&key.name)
    }

    /// Whether the table has the key already, elsewhere than at the cursor.
    fn is_set(&self, name: &str) -> bool {
        let entry = table(self.at.analysis, self.path).and_then(|table| table.entry(name));
        entry.is_some_and(|entry| entry.key.span != self.span)
    }

    /// Whether an old spelling of the key is set; `runtime` is one as a string.
    fn is_set_by_its_old_name(&self, name: &str) -> bool {
        let path = joined(self.path, name);
        let canonical = names(&path);
        let spellings = SPELLINGS.iter();
        let mut spellings =
            spellings.filter(|it| !it.joined && it.canonical == canonical.as_slice());
        spellings.any(|spelling| {
            let keys = spelling.old.iter();
            let old: Vec<Step> = keys.map(|name| Step::Key((*name).to_owned())).collect();
            let found = self.at.analysis.document.find(&old);
            found.is_some_and(|found| spelling.old != ["runtime"] || found.node.string().is_some())
        })
    }

    /// Whether a key of a step goes with the verb that is there: only `run` has keys beside it.
    fn goes_with_verb(&self, name: &str) -> bool {
        if !names(self.path).ends_with(&["steps", "#"]) {
            return true;
        }
        let is_verb = VERBS.contains(&name);
        if self.is_set("run") {
            return !is_verb;
        }
        is_verb && !VERBS.iter().any(|verb| self.is_set(verb))
    }

    fn item(&self, key: &KeyDoc) -> CompletionItem {
        // As a string `runtime` is an old spelling.
        let is_image = self.path.is_empty() && key.name == "runtime";
        let is_table = key.is_array_of_tables || key.kind == "table" || is_image;
        let text = if self.has_value {
            key.name.clone()
        } else if is_table && self.takes_header {
            header(&joined(self.path, &key.name), key.is_array_of_tables)
        } else if key.kind == "table" || is_image {
            format!("{}.", key.name)
        } else {
            format!("{} = ", key.name)
        };
        let kind = if is_table {
            CompletionKind::Table
        } else {
            CompletionKind::Key
        };
        let required = if key.required { ", required" } else { "" };
        let detail = format!("{}{required}", key.kind);
        let page = Page::Key(joined(self.path, &key.name));
        let item = self
            .named(&key.name, kind, text)
            .with_detail(detail)
            .with_page(page);
        match self.snippet(key, is_table) {
            Some(snippet) => self.with_snippet(item, snippet),
            None => item,
        }
    }

    /// The item with a snippet in place of the whole key, its closing quote included.
    fn with_snippet(&self, item: CompletionItem, snippet: String) -> CompletionItem {
        if !self.is_closed() {
            return item.with_snippet(snippet);
        }
        let span = self.span;
        CompletionItem {
            whole: Some(Whole { span, snippet }),
            ..item
        }
    }

    /// The key with a place for its value; nothing where it has one, or where only its name can be written.
    fn snippet(&self, key: &KeyDoc, is_table: bool) -> Option<String> {
        if self.has_value {
            return None;
        }
        let path = joined(self.path, &key.name);
        if is_table && self.takes_header {
            let header = snippets::literal(&header(&path, key.is_array_of_tables));
            return Some(format!("{header}{}", required(path, key)));
        }
        let is_inline = !self.takes_header && is_inline(self.at, self.path);
        if key.kind == "table" && !is_inline {
            return None;
        }
        // As a string `runtime` is an old spelling.
        if self.path.is_empty() && key.name == "runtime" {
            return None;
        }
        let value = snippets::value(&path, 1);
        Some(format!("{} = {value}$0", self.written(&key.name)))
    }

    /// A name as it is written here: with the quotes that are typed.
    fn written(&self, name: &str) -> String {
        match self.quote() {
            Some(quote) => format!("{quote}{name}{quote}"),
            None => name.to_owned(),
        }
    }

    fn quote(&self) -> Option<char> {
        let written = self.span.of(&self.at.analysis.text);
        written.chars().next().filter(|it| matches!(it, '"' | '\''))
    }

    /// Whether the typed key ends in its closing quote.
    fn is_closed(&self) -> bool {
        let written = self.span.of(&self.at.analysis.text);
        self.quote()
            .is_some_and(|quote| written.len() > 1 && written.ends_with(quote))
    }

    /// Names that are not the format's but known all the same: rules, architectures.
    fn chosen_names(&self) -> Vec<CompletionItem> {
        let name = |name: &str, kind| {
            let text = if self.has_value {
                name.to_owned()
            } else {
                format!("{name} = ")
            };
            let item = self.named(name, kind, text);
            if self.has_value {
                return item;
            }
            let value = snippets::value(&joined(self.path, name), 1);
            let snippet = format!("{} = {value}$0", self.written(name));
            self.with_snippet(item, snippet)
        };
        match names(self.path).as_slice() {
            ["lint", "rules"] => rules::ALL
                .iter()
                .filter(|rule| !self.is_set(rule.name))
                .map(|rule| {
                    name(rule.name, CompletionKind::Rule)
                        .with_detail(rule.summary())
                        .with_page(Page::Rule(rule.name))
                })
                .collect(),
            ["external_tools", "#", "sha256"] => ["amd64", "arm64"]
                .into_iter()
                .filter(|architecture| !self.is_set(architecture))
                .map(|architecture| name(architecture, CompletionKind::Key))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn named(&self, name: &str, kind: CompletionKind, text: String) -> CompletionItem {
        let written = self.written(name);
        let mut span = self.span;
        let text = match (self.quote(), text.strip_prefix(name)) {
            // The closing quote stays, and nothing can come behind it.
            (Some(quote), Some(_)) if self.is_closed() => {
                span = Span::new(span.start as usize, span.end as usize - 1);
                format!("{quote}{name}")
            }
            (Some(_), Some(rest)) => format!("{written}{rest}"),
            _ => text,
        };
        CompletionItem {
            label: name.to_owned(),
            kind,
            detail: String::new(),
            note: String::new(),
            page: Page::None,
            span,
            rest_can_stay: self.has_value,
            text,
            snippet: None,
            whole: None,
            filter: written,
        }
    }
}

/// The keys of a step of which there is exactly one.
const VERBS: [&str; 8] = [
    "run", "copy", "add", "env", "workdir", "user", "arg", "shell",
];

/// Whether a table may begin at the key: it stands alone on its line, and no key follows that the new table would take.
fn takes_header(at: &Request<'_>, path: &[Step], span: Span, has_value: bool) -> bool {
    let text = &at.analysis.text;
    let before = text.get(..span.start as usize).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    // A byte-order mark is no blank.
    let is_alone = line.trim_start_matches('\u{feff}').trim().is_empty();
    let is_free = is_alone && !has_value && !is_inline(at, path);
    is_free && no_key_follows(text, span.end)
}

/// Whether a table is written in braces.
fn is_inline(at: &Request<'_>, path: &[Step]) -> bool {
    table(at.analysis, path).is_some_and(|table| table.notation == Notation::Inline)
}

/// Whether nothing stands behind an offset that a new table would take: the next thing is a header, or the end.
fn no_key_follows(text: &str, offset: u32) -> bool {
    let after = text.get(offset as usize..).unwrap_or_default();
    let mut following = after.lines().map(str::trim_start);
    let next = following.find(|line| !line.is_empty() && !line.starts_with('#'));
    next.is_none_or(|line| line.starts_with('['))
}

/// The lines of the keys that a new table needs.
fn required(mut path: Vec<Step>, key: &KeyDoc) -> String {
    if key.is_array_of_tables {
        path.push(Step::Index(0));
    }
    snippets::required(&path)
}

/// The headers for what is typed between brackets.
pub(super) fn headers(at: &Request<'_>, span: Span, array: bool) -> Vec<CompletionItem> {
    let text = &at.analysis.text;
    let opening = if array { 2 } else { 1 };
    let before = text.get(..span.start as usize).unwrap_or_default();
    let start = before.trim_end_matches([' ', '\t']).len();
    let after = text.get(span.end as usize..).unwrap_or_default();
    let closing = after
        .bytes()
        .take_while(|byte| *byte == b']')
        .count()
        .min(opening);
    let start = start.saturating_sub(opening);
    let place = Span::new(start, span.end as usize + closing);
    let is_new = no_key_follows(text, place.end);
    let mut items = Vec::new();
    collect_headers(at, &[], &mut items);
    items
        .into_iter()
        .filter(|(_, key)| key.is_array_of_tables || !array)
        .map(|(path, key)| {
            let header = header(&path, key.is_array_of_tables);
            let lines = is_new.then(|| required(path.clone(), &key));
            let snippet = lines.map(|lines| format!("{}{lines}", snippets::literal(&header)));
            // Of the brackets that close it, what is there stays, unless lines come behind it.
            let (snippet, whole) = match snippet {
                Some(snippet) if closing > 0 => (
                    None,
                    Some(Whole {
                        span: place,
                        snippet,
                    }),
                ),
                snippet => (snippet, None),
            };
            let text = header.get(..header.len() - closing).unwrap_or(&header);
            CompletionItem {
                text: text.to_owned(),
                kind: CompletionKind::Table,
                detail: String::new(),
                note: String::new(),
                page: Page::Key(path),
                span: Span::new(start, span.end as usize),
                rest_can_stay: false,
                filter: format!("{}{}", "[".repeat(opening), header.trim_start_matches('[')),
                snippet,
                whole,
                label: header,
            }
        })
        .collect()
}

/// The tables below a path that can still be written with a header.
fn collect_headers(at: &Request<'_>, path: &[Step], found: &mut Vec<(Vec<Step>, KeyDoc)>) {
    for key in docs::keys(path) {
        let mut inner = joined(path, &key.name);
        let is_hidden = at.analysis.config.old_style.is_none() && is_old(&inner);
        if !key.is_table || is_hidden {
            continue;
        }
        let set = table(at.analysis, path).and_then(|table| table.node(&key.name));
        let has_header = set
            .and_then(|node| node.table())
            .is_some_and(|table| table.notation != Notation::Implicit);
        let has_value = set.is_some_and(|node| node.table().is_none() && node.items().is_none());
        if !has_header && !has_value {
            found.push((inner.clone(), key.clone()));
        }
        let last = set
            .and_then(|node| node.items())
            .map(|items| items.len() - items.len().min(1));
        match last {
            Some(last) => inner.push(Step::Index(last)),
            None if key.is_array_of_tables => continue,
            None => {}
        }
        if inner.len() < 3 {
            collect_headers(at, &inner, found);
        }
    }
}

fn header(path: &[Step], is_array: bool) -> String {
    let keys = path.iter().filter_map(|step| match step {
        Step::Key(name) => Some(name.as_str()),
        Step::Index(_) => None,
    });
    let name = keys.collect::<Vec<_>>().join(".");
    if is_array {
        format!("[[{name}]]")
    } else {
        format!("[{name}]")
    }
}

fn joined(path: &[Step], name: &str) -> Vec<Step> {
    let mut path = path.to_vec();
    path.push(Step::Key(name.to_owned()));
    path
}

/// Whether a key is an old spelling, or a table of nothing else. `runtime` is one only as a string.
fn is_old(path: &[Step]) -> bool {
    let path = names(path);
    if path == ["runtime"] {
        return false;
    }
    let is_same = |old: &[&str]| {
        let step = |(old, name): (&&str, &&str)| *old == "*" || old == name;
        old.len() == path.len() && old.iter().zip(&path).all(step)
    };
    let only_old = ["start", "runtime_config", "runtime.healthcheck_opts"];
    only_old.contains(&path.join(".").as_str())
        || SPELLINGS.iter().any(|spelling| is_same(spelling.old))
}
