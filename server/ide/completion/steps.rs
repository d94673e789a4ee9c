//! Inside string steps: instructions, their flags, and what these name.

use super::slot::Slot;
use super::values::{SIGNALS, images, owners, secrets, stage_items, users};
use super::{CompletionItem, CompletionKind, Page, Request, names, paths};
use crate::ide::instruction_pages::word_page;
use crate::ide::words::{Word, flag, has_type, mount_option, mount_type_of, words};
use crate::plan::instructions::{
    self, INSTRUCTIONS, Keyword, MOUNT_TYPES, MountType, PLATFORM_ARGS, Takes,
};
use crate::syntax::Step;

/// What fits behind `typed`, the text of a step before the cursor.
pub(super) fn complete(at: &Request<'_>, path: &[Step], typed: &str) -> Vec<CompletionItem> {
    let mut before = words(typed);
    // Behind a blank a new word begins.
    let word = if typed.ends_with(char::is_whitespace) {
        ""
    } else {
        before.pop().map_or("", |word| word.text)
    };
    let is_trigger = before
        .first()
        .is_some_and(|word| word.text.eq_ignore_ascii_case("ONBUILD"));
    if is_trigger {
        before.remove(0);
    }
    let Some(keyword) = before.first() else {
        let fits = |it: &&Keyword| it.is_step() && (!is_trigger || it.is_trigger());
        return keywords(at, word, INSTRUCTIONS.iter().filter(fits));
    };
    let Some(keyword) = instructions::keyword(keyword.text) else {
        return Vec::new();
    };
    let is_flag = |word: &Word<'_>| word.text.starts_with("--");
    let is_head = before.iter().skip(1).all(is_flag);
    if is_head && word.starts_with('-') {
        return match word.split_once('=') {
            Some((name, value)) => flag_value(at, path, keyword, name, word, value),
            None => with_slot(at, word, |slot| flags(keyword, &before, slot)),
        };
    }
    match (keyword.name, flag(&before, "from")) {
        ("COPY" | "ADD", None) => with_slot(at, word, |slot| paths::in_context(at, word, slot)),
        ("COPY", Some(stage)) => with_slot(at, word, |slot| paths::in_stage(at, stage, slot)),
        ("USER", _) => with_slot(at, word, |slot| users(at, slot)),
        ("HEALTHCHECK", _) if is_head => with_slot(at, word, |slot| list(slot, &["CMD", "NONE"])),
        ("ARG", _) => with_slot(at, word, |slot| arguments(at, slot)),
        ("STOPSIGNAL", _) if is_head => with_slot(at, word, |slot| list(slot, &SIGNALS)),
        _ => Vec::new(),
    }
}

/// What an `ARG` may name: the global arguments, and those that builders set.
fn arguments(at: &Request<'_>, slot: &Slot) -> Vec<CompletionItem> {
    let globals = names::entries(at, &["args"]).into_iter();
    let globals = globals.map(|name| {
        slot.string(&name, CompletionKind::Name)
            .with_detail("global build argument")
    });
    let automatic = PLATFORM_ARGS.iter().map(|name| {
        slot.string(name, CompletionKind::Name)
            .with_detail("set by the builder")
    });
    globals.chain(automatic).collect()
}

/// What fits in a place that is a word, if it is one.
fn with_slot(
    at: &Request<'_>,
    typed: &str,
    items: impl FnOnce(&Slot) -> Vec<CompletionItem>,
) -> Vec<CompletionItem> {
    Slot::word(at, typed).map_or_else(Vec::new, |slot| items(&slot))
}

/// The instructions that may stand here, the more usual ones first.
fn keywords<'a>(
    at: &Request<'_>,
    word: &str,
    keywords: impl Iterator<Item = &'a Keyword>,
) -> Vec<CompletionItem> {
    const FIRST: [&str; 7] = ["RUN", "COPY", "ADD", "ENV", "ARG", "WORKDIR", "USER"];
    with_slot(at, word, |slot| {
        let follows = if slot.is_followed_by_blank(at) {
            ""
        } else {
            " "
        };
        let mut keywords: Vec<&Keyword> = keywords.filter(|it| it.name != "MAINTAINER").collect();
        let place = |it: &&Keyword| FIRST.iter().position(|name| *name == it.name);
        keywords.sort_by_key(|it| place(it).unwrap_or(FIRST.len()));
        let items = keywords.into_iter().map(|keyword| CompletionItem {
            text: format!("{}{follows}", keyword.name),
            rest_can_stay: follows.is_empty(),
            ..slot
                .string(keyword.name, CompletionKind::Keyword)
                .with_detail(keyword.does)
                .with_page(Page::Word(keyword.name.to_owned()))
        });
        items.collect()
    })
}

/// The flags of an instruction that are not set yet.
fn flags(keyword: &Keyword, before: &[Word<'_>], slot: &Slot) -> Vec<CompletionItem> {
    let is_set = |name: &str| {
        let mut names = before
            .iter()
            .filter_map(|word| word.text.strip_prefix("--"));
        names.any(|it| it.split('=').next() == Some(name))
    };
    let free = keyword
        .flags
        .iter()
        .filter(|flag| flag.repeats || !is_set(flag.name));
    let items = free.map(|flag| {
        let text = match flag.takes {
            Takes::Switch => format!("--{}", flag.name),
            _ => format!("--{}=", flag.name),
        };
        slot.string(&text, CompletionKind::Keyword)
            .with_page(Page::Word(format!("{} --{}", keyword.name, flag.name)))
    });
    items.collect()
}

/// What a flag takes, of which `value` is typed; `word` is the flag with it.
fn flag_value(
    at: &Request<'_>,
    path: &[Step],
    keyword: &Keyword,
    name: &str,
    word: &str,
    value: &str,
) -> Vec<CompletionItem> {
    let known = name.strip_prefix("--").and_then(|name| keyword.flag(name));
    let Some(known) = known else {
        return Vec::new();
    };
    if known.takes == Takes::Mount {
        return in_mount(at, path, word);
    }
    with_slot(at, value, |slot| taken(at, path, known.takes, slot))
}

/// The values of a kind.
fn taken(at: &Request<'_>, path: &[Step], takes: Takes, slot: &Slot) -> Vec<CompletionItem> {
    match takes {
        Takes::Stage => {
            let mut items = stage_items(at, path, slot);
            items.extend(images(slot, ""));
            items
        }
        Takes::Owner => owners(at, slot),
        Takes::Mode => list(slot, &["0755", "0644"]),
        Takes::Switch | Takes::Words(_) => {
            let items = takes.words().into_iter().map(|word| {
                let page = word_page(takes, word).map_or(Page::None, Page::Text);
                slot.string(word, CompletionKind::Keyword).with_page(page)
            });
            items.collect()
        }
        _ => Vec::new(),
    }
}

/// What fits into an option of a mount.
fn in_mount(at: &Request<'_>, path: &[Step], word: &str) -> Vec<CompletionItem> {
    let Some((_, option)) = mount_option(word, word.len()) else {
        return Vec::new();
    };
    let kind = instructions::mount_type(mount_type_of(word));
    let Some((key, value)) = option.split_once('=') else {
        return with_slot(at, option, |slot| options(word, kind, slot));
    };
    if key == "type" {
        return with_slot(at, value, mount_types);
    }
    let Some(known) = kind.and_then(|kind| kind.key(key)) else {
        return Vec::new();
    };
    let from = word.split(',').find_map(|it| it.strip_prefix("from="));
    with_slot(at, value, |slot| match known.takes {
        Takes::Id if has_type(word, "secret") => secrets(at, slot),
        Takes::Source => match from {
            Some(stage) => paths::in_stage(at, stage, slot),
            None => paths::in_context(at, value, slot),
        },
        takes => taken(at, path, takes, slot),
    })
}

fn mount_types(slot: &Slot) -> Vec<CompletionItem> {
    let types = MOUNT_TYPES.iter().map(|kind| {
        slot.string(kind.name, CompletionKind::Keyword)
            .with_page(Page::Word(format!("RUN --mount=type={}", kind.name)))
    });
    types.collect()
}

/// The options of a mount that are not set yet.
fn options(mount: &str, kind: Option<&MountType>, slot: &Slot) -> Vec<CompletionItem> {
    let is_set = |name: &str| {
        let options = mount.strip_prefix("--mount=").unwrap_or_default();
        let mut keys = options.split(',').map(|it| it.split('=').next());
        keys.any(|key| key == Some(name))
    };
    let mut items = Vec::new();
    if !is_set("type") {
        items.push(slot.string("type=", CompletionKind::Keyword));
    }
    for (kind, key) in kind
        .iter()
        .flat_map(|kind| kind.keys.iter().map(move |key| (kind, key)))
    {
        if is_set(key.name) || key.aliases.iter().any(|name| is_set(name)) {
            continue;
        }
        let text = match key.takes {
            Takes::Switch if key.name == "required" => "required=true".to_owned(),
            Takes::Switch => key.name.to_owned(),
            _ => format!("{}=", key.name),
        };
        let page = Page::Word(format!("RUN --mount=type={},{}", kind.name, key.name));
        items.push(slot.string(&text, CompletionKind::Keyword).with_page(page));
    }
    items
}

fn list(slot: &Slot, words: &[&str]) -> Vec<CompletionItem> {
    let items = words.iter();
    items
        .map(|word| slot.string(word, CompletionKind::Keyword))
        .collect()
}

/// The items of an array of steps, where none is begun: the usual instructions as strings, and the usual tables.
pub(super) fn beginnings(slot: &Slot) -> Vec<CompletionItem> {
    const WORDS: [&str; 6] = ["RUN", "COPY", "ENV", "WORKDIR", "ARG", "USER"];
    /// A table by what it begins with: as text that is sound by itself, and with places.
    const TABLES: [(&str, &str, &str); 3] = [
        ("{ run }", "{ run = \"\" }", "{ run = \"$1\" }$0"),
        (
            "{ run, cache }",
            "{ run = \"\", cache = [] }",
            "{ run = \"$1\", cache = [\"$2\"] }$0",
        ),
        (
            "{ copy }",
            "{ copy = { src = \"\", dst = \"\" } }",
            "{ copy = { src = \"$1\", dst = \"$2\" } }$0",
        ),
    ];
    let words = WORDS.iter().map(|word| {
        let does = instructions::keyword(word).map_or("", |keyword| keyword.does);
        CompletionItem {
            text: format!("\"{word} \""),
            ..slot.bare(word, CompletionKind::Keyword)
        }
        .with_detail(does)
        .with_page(Page::Word((*word).to_owned()))
        .with_snippet(format!("\"{word} $1\"$0"))
    });
    let tables = TABLES.iter().map(|(label, text, snippet)| {
        CompletionItem {
            text: (*text).to_owned(),
            ..slot.bare(label, CompletionKind::Keyword)
        }
        .with_detail("step as a table")
        .with_snippet(*snippet)
    });
    words.chain(tables).collect()
}
