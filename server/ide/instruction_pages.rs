//! Pages about Dockerfile's own language, from the table of instructions.

use std::ops::Range;

use crate::ide::words::{Word, mount_option, mount_type_of, words};
use crate::plan::instructions::{self, Keyword, KnownFlag, MountKey, MountType, Takes};

/// The page of an instruction: what it does, and its forms.
pub(super) fn instruction_page(keyword: &Keyword) -> String {
    let mut page = format!(
        "`{}` {}.\n\n{}\n\n```dockerfile\n{}\n```",
        keyword.name,
        keyword.does,
        keyword.page,
        keyword.forms.join("\n")
    );
    if !keyword.flags.is_empty() {
        let flags = keyword
            .flags
            .iter()
            .map(|flag| format!("`--{}`", flag.name));
        let flags: Vec<String> = flags.collect();
        page.push_str(&format!("\n\nFlags: {}.", flags.join(", ")));
    }
    page
}

/// The page of a flag: what it says, and its values.
pub(super) fn flag_page(keyword: &Keyword, flag: &KnownFlag) -> String {
    let form = match flag.takes {
        Takes::Switch => format!("--{}", flag.name),
        takes => format!("--{}={}", flag.name, takes.placeholder()),
    };
    let title = format!("`{form}`, a flag of `{}`", keyword.name);
    with_words(title, flag.page, flag.takes)
}

/// The page of a type of mount: what it is for, and its keys.
pub(super) fn mount_page(kind: &MountType) -> String {
    let keys = kind
        .keys
        .iter()
        .map(|key| format!("- `{}`: {}", key.name, key.page));
    let keys: Vec<String> = keys.collect();
    format!(
        "`type={}`\n\n{}\n\n{}",
        kind.name,
        kind.page,
        keys.join("\n")
    )
}

/// The page of a key of a mount.
pub(super) fn mount_key_page(kind: &MountType, key: &MountKey) -> String {
    let form = format!("{}={}", key.name, key.takes.placeholder());
    let mut title = format!("`{form}`, of a {} mount", kind.name);
    if !key.aliases.is_empty() {
        title.push_str(&format!("; also `{}`", key.aliases.join("`, `")));
    }
    with_words(title, key.page, key.takes)
}

/// What one of the listed words means.
pub(super) fn word_page(takes: Takes, word: &str) -> Option<String> {
    let Takes::Words(words) = takes else {
        return None;
    };
    let (name, meaning) = words.iter().find(|(name, _)| *name == word)?;
    Some(format!("`{name}`: {meaning}"))
}

fn with_words(title: String, page: &str, takes: Takes) -> String {
    let words = takes.words();
    let listed = words.iter().filter_map(|word| word_page(takes, word));
    let listed: Vec<String> = listed.map(|it| format!("- {it}")).collect();
    if listed.is_empty() {
        format!("{title}\n\n{page}")
    } else {
        format!("{title}\n\n{page}\n\n{}", listed.join("\n"))
    }
}

/// The page of the instruction, the flag or the option that holds a byte of a step.
pub(super) fn page_at(text: &str, at: usize) -> Option<(String, Range<usize>)> {
    let words = words(text);
    let index = words
        .iter()
        .position(|word| word.place.start <= at && at <= word.place.end)?;
    let keyword_at = |index: usize| instructions::keyword(words.get(index)?.text);
    // `ONBUILD` has another instruction behind it.
    let first = keyword_at(0)?;
    let start = usize::from(first.name == "ONBUILD" && index > 0);
    let keyword = keyword_at(start)?;
    let word = words.get(index)?;
    if index == start {
        return Some((instruction_page(keyword), word.place.clone()));
    }
    let is_flag = |word: &Word<'_>| word.text.starts_with("--");
    let mut flags = words.get(start + 1..=index)?.iter();
    flags
        .all(is_flag)
        .then(|| flag(keyword, word, at))
        .flatten()
}

fn flag(keyword: &Keyword, word: &Word<'_>, at: usize) -> Option<(String, Range<usize>)> {
    let start = word.place.start;
    let name = word.text.strip_prefix("--")?;
    let name = name.split('=').next().unwrap_or(name);
    let known = keyword.flag(name)?;
    let end = start + "--".len() + name.len();
    if at <= end {
        return Some((flag_page(keyword, known), start..end));
    }
    if let Some((begin, option)) = mount_option(word.text, at - start) {
        return mount(word.text, start + begin, option, at);
    }
    let value = word.text.get(end + 1 - start..)?;
    Some((word_page(known.takes, value)?, end + 1..word.place.end))
}

/// The page of an option of a mount that begins at `start`.
fn mount(mount: &str, start: usize, option: &str, at: usize) -> Option<(String, Range<usize>)> {
    let kind = instructions::mount_type(mount_type_of(mount))?;
    let whole = start..start + option.len();
    let (key, value) = option.split_once('=').unwrap_or((option, ""));
    if key == "type" {
        return Some((mount_page(kind), whole));
    }
    let known = kind.key(key)?;
    let end = start + key.len();
    if at > end
        && let Some(page) = word_page(known.takes, value)
    {
        return Some((page, end + 1..whole.end));
    }
    Some((mount_key_page(kind, known), start..end))
}
