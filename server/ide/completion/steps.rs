//! Inside string steps: instructions, their flags, and what these name.

use super::slot::Slot;
use super::values::{owners, secrets, stage_items, users};
use super::{CompletionItem, CompletionKind, Page, Request, paths};
use crate::ide::words::{flag, has_type, mount_option, words};
use crate::syntax::Step;

/// The instructions that a step may hold, with what they do.
const INSTRUCTIONS: [(&str, &str); 16] = [
    ("RUN", "runs a command"),
    ("COPY", "copies files"),
    ("ADD", "adds files from an address or an archive"),
    ("ENV", "sets an environment variable"),
    ("ARG", "declares a build argument"),
    ("WORKDIR", "changes the folder"),
    ("USER", "changes the user"),
    ("SHELL", "changes the shell"),
    ("LABEL", "adds a label"),
    ("EXPOSE", "names a port"),
    ("VOLUME", "names a folder that outlives the container"),
    ("STOPSIGNAL", "names the signal that ends the program"),
    ("HEALTHCHECK", "says how to see that the program works"),
    ("CMD", "names the command"),
    ("ENTRYPOINT", "names the program"),
    ("ONBUILD", "waits for a build on top"),
];

/// What fits behind `typed`, the text of a step before the cursor.
pub(super) fn complete(at: &Request<'_>, path: &[Step], typed: &str) -> Vec<CompletionItem> {
    let mut before = words(typed);
    // Behind a blank a new word begins.
    let word = if typed.ends_with(char::is_whitespace) {
        ""
    } else {
        before.pop().map_or("", |word| word.text)
    };
    let Some(keyword) = before.first() else {
        return instructions(at, word);
    };
    let keyword = keyword.text.to_ascii_uppercase();
    if let Some(name) = word.strip_prefix("--from=") {
        return with_slot(at, name, |slot| stage_items(at, path, slot));
    }
    if let Some(name) = word.strip_prefix("--chown=") {
        return with_slot(at, name, |slot| owners(at, slot));
    }
    if word.starts_with("--mount=") {
        return in_mount(at, path, word);
    }
    if let Some(name) = word.strip_prefix("--network=") {
        return with_slot(at, name, |slot| list(slot, &["default", "none", "host"]));
    }
    if word.starts_with('-')
        && before
            .iter()
            .skip(1)
            .all(|word| word.text.starts_with("--"))
    {
        return with_slot(at, word, |slot| list(slot, flags(&keyword)));
    }
    match (keyword.as_str(), flag(&before, "from")) {
        ("COPY" | "ADD", None) => with_slot(at, word, |slot| paths::in_context(at, word, slot)),
        ("COPY", Some(stage)) => with_slot(at, word, |slot| paths::in_stage(at, stage, slot)),
        ("USER", _) => with_slot(at, word, |slot| users(at, slot)),
        _ => Vec::new(),
    }
}

/// What fits in a place that is a word, if it is one.
fn with_slot(
    at: &Request<'_>,
    typed: &str,
    items: impl FnOnce(&Slot) -> Vec<CompletionItem>,
) -> Vec<CompletionItem> {
    Slot::word(at, typed).map_or_else(Vec::new, |slot| items(&slot))
}

fn instructions(at: &Request<'_>, word: &str) -> Vec<CompletionItem> {
    with_slot(at, word, |slot| {
        let follows = if slot.is_followed_by_blank(at) {
            ""
        } else {
            " "
        };
        let items = INSTRUCTIONS.iter();
        let items = items.map(|(name, what)| CompletionItem {
            text: format!("{name}{follows}"),
            ..slot
                .string(name, CompletionKind::Keyword)
                .with_page(Page::Text(format!("`{name}` {what}.")))
        });
        items.collect()
    })
}

/// The flags of an instruction, as it is written with a value.
fn flags(keyword: &str) -> &'static [&'static str] {
    match keyword {
        "COPY" => &[
            "--from=",
            "--chown=",
            "--chmod=",
            "--link",
            "--exclude=",
            "--parents",
        ],
        "ADD" => &[
            "--checksum=",
            "--chown=",
            "--chmod=",
            "--link",
            "--exclude=",
            "--unpack=",
        ],
        "RUN" => &["--mount=", "--network=", "--security="],
        "HEALTHCHECK" => &[
            "--interval=",
            "--timeout=",
            "--start-period=",
            "--start-interval=",
            "--retries=",
        ],
        _ => &[],
    }
}

/// What fits into an option of a mount.
fn in_mount(at: &Request<'_>, path: &[Step], word: &str) -> Vec<CompletionItem> {
    let Some((_, option)) = mount_option(word, word.len()) else {
        return Vec::new();
    };
    let Some((key, value)) = option.split_once('=') else {
        return with_slot(at, option, |slot| list(slot, options(word)));
    };
    with_slot(at, value, |slot| match key {
        "type" => list(slot, &["cache", "bind", "secret", "ssh", "tmpfs"]),
        "sharing" => list(slot, &["shared", "private", "locked"]),
        "from" => stage_items(at, path, slot),
        "id" if has_type(word, "secret") => secrets(at, slot),
        "source" | "src" if has_type(word, "bind") && !word.contains("from=") => {
            paths::in_context(at, value, slot)
        }
        _ => Vec::new(),
    })
}

/// The options of a mount of the type that is written.
fn options(mount: &str) -> &'static [&'static str] {
    if !mount.contains("type=") {
        return &["type=", "target="];
    }
    if has_type(mount, "cache") {
        return &["target=", "id=", "sharing="];
    }
    if has_type(mount, "secret") {
        return &["id=", "target=", "env=", "required=true"];
    }
    if has_type(mount, "bind") {
        return &["target=", "source=", "from=", "rw"];
    }
    &["target=", "id="]
}

fn list(slot: &Slot, words: &[&str]) -> Vec<CompletionItem> {
    let items = words.iter();
    items
        .map(|word| slot.string(word, CompletionKind::Keyword))
        .collect()
}
