//! Inside string steps: instructions, their flags, and what these name.

use super::slot::Slot;
use super::values::{own_stage, owners, secrets, stage_items, users};
use super::{CompletionItem, CompletionKind, Page, Request, paths};
use crate::diagnostic::File;
use crate::ide::instruction_pages::{
    flag_page, instruction_page, mount_key_page, mount_page, word_page,
};
use crate::ide::meaning::names;
use crate::ide::words::{Word, flag, has_type, mount_option, mount_type_of, words};
use crate::plan::instructions::{
    self, INSTRUCTIONS, Keyword, MOUNT_TYPES, MountType, PLATFORM_ARGS, Takes,
};
use crate::plan::scope::Declared;
use crate::syntax::Step;

/// What fits behind `typed`, the text of a step before the cursor.
pub(super) fn complete(at: &Request<'_>, path: &[Step], typed: &str) -> Vec<CompletionItem> {
    if let Some(typed) = variable_before(typed) {
        return variables(at, path, typed);
    }
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
        _ => Vec::new(),
    }
}

/// What is typed of a variable's name, if the cursor stands in one.
fn variable_before(typed: &str) -> Option<&str> {
    let (before, name) = typed.rsplit_once('$')?;
    let bare = name.strip_prefix('{').unwrap_or(name);
    let is_name = bare
        .bytes()
        .all(|it| it.is_ascii_alphanumeric() || it == b'_');
    (is_name && !before.ends_with('\\')).then_some(name)
}

/// The variables that the stage of a path can read; `typed` stands behind the `$`.
fn variables(at: &Request<'_>, path: &[Step], typed: &str) -> Vec<CompletionItem> {
    let bare = typed.strip_prefix('{').unwrap_or(typed);
    let closes = bare.len() < typed.len() && !in_braces(at.after());
    let end = if closes { "}" } else { "" };
    with_slot(at, bare, |slot| {
        let mut items: Vec<CompletionItem> = Vec::new();
        let mut add = |name: &str, detail: &str| {
            if items.iter().all(|item| item.label != name) {
                items.push(CompletionItem {
                    text: format!("{name}{end}"),
                    ..slot.string(name, CompletionKind::Name).with_detail(detail)
                });
            }
        };
        for it in declared(at, path).into_iter().rev() {
            let detail = if it.is_env {
                "environment variable"
            } else {
                "build argument"
            };
            add(&it.name, detail);
        }
        for it in at.analysis.plan.global_args() {
            add(&it.name, "global build argument: needs an `ARG` here");
        }
        for name in PLATFORM_ARGS {
            add(name, "set by the builder: needs an `ARG` here");
        }
        items
    })
}

/// Whether the rest of a name ends in a brace.
fn in_braces(after: &str) -> bool {
    let rest = after.trim_start_matches(|it: char| it.is_ascii_alphanumeric() || it == '_');
    rest.starts_with('}')
}

/// What is declared in the stage of a path before the cursor.
fn declared(at: &Request<'_>, path: &[Step]) -> Vec<Declared> {
    let plan = &at.analysis.plan;
    let stage = match own_stage(at, path) {
        Some(name) => plan.stage(name),
        None => plan.final_stage(),
    };
    let Some(stage) = stage else {
        return Vec::new();
    };
    let mut declared = plan.declared(stage, stage.instructions.len());
    declared.retain(|it| {
        let place = it.origin.span;
        let document = &at.analysis.document;
        let is_step = document
            .path_at(place.start)
            .is_some_and(|path| names(&path).contains(&"steps"));
        it.origin.file != File::Document || !is_step || place.end <= at.offset
    });
    declared
}

/// What an `ARG` may name: the global arguments, and those that builders set.
fn arguments(at: &Request<'_>, slot: &Slot) -> Vec<CompletionItem> {
    let globals = at.analysis.plan.global_args().into_iter();
    let globals = globals.map(|it| {
        slot.string(&it.name, CompletionKind::Name)
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
            ..slot
                .string(keyword.name, CompletionKind::Keyword)
                .with_detail(keyword.does)
                .with_page(Page::Text(instruction_page(keyword)))
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
            .with_page(Page::Text(flag_page(keyword, flag)))
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
        Takes::Stage => stage_items(at, path, slot),
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
            .with_page(Page::Text(mount_page(kind)))
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
        let page = Page::Text(mount_key_page(kind, key));
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
