//! Pages about Dockerfile's own language, from the table of instructions.

use crate::plan::instructions::{Keyword, KnownFlag, MountKey, MountType, Takes};

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
