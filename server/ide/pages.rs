//! Pages of documentation that several features show.

use crate::analysis::Analysis;
use crate::config::docs::KeyDoc;
use crate::ide::excerpt::rendered_stage;
use crate::ide::stages::stage;
use crate::image::ImageReference;
use crate::image::known::{Known, Libc, known};
use crate::rule_page::page;
use crate::rules::Rule;

/// Below this number there are the users of the system's own programs.
const FIRST_USER: u32 = 1000;

/// The most users of an image that its page lists.
const MOST_USERS: usize = 6;

/// The page of a key: how it is written, its documentation, its default.
pub(super) fn key_page(key: &KeyDoc) -> String {
    let required = if key.required { ", required" } else { "" };
    let mut page = format!(
        "`{}`: {}{required}\n\n{}",
        key.name, key.kind, key.description
    );
    if let Some(default) = &key.default
        && !key.description.contains("Default:")
    {
        page.push_str(&format!("\n\nDefault: `{default}`."));
    }
    page
}

/// What is known of an image, as Markdown; `None` for one that nobody knows.
pub(super) fn image_page(reference: &str) -> Option<String> {
    let parsed = ImageReference::parse(reference).ok()?;
    let facts = facts(&known(&parsed)?);
    Some(format!("image `{reference}`\n\n{facts}"))
}

/// The page of a stage: what it is, and what it renders to.
pub(super) fn stage_page(analysis: &Analysis, name: &str) -> Option<String> {
    let stage = stage(analysis, name)?;
    let title = format!("stage `{name}`: {}", stage.detail);
    Some(match rendered_stage(analysis, name) {
        Some(rendered) => format!("{title}\n\n{rendered}"),
        None => title,
    })
}

/// The page of a rule.
pub(super) fn rule_page(rule: &Rule) -> String {
    format!("rule `{}`\n\n{}", rule.name, page(rule, "###").trim_end())
}

fn facts(known: &Known) -> String {
    let mut facts = vec![format!("- family: {:?}", known.family)];
    let mut say = |what: &str, fact: Option<String>| {
        facts.extend(fact.map(|fact| format!("- {what}: {fact}")));
    };
    let yes_no = |fact: Option<bool>| fact.map(|fact| if fact { "yes" } else { "no" }.to_owned());
    say("shell", yes_no(known.shell));
    say("C library", known.libc.map(libc));
    say(
        "package manager",
        known
            .package_manager
            .map(|it| format!("{it:?}").to_lowercase()),
    );
    say("TLS certificates", yes_no(known.ca_certificates));
    say("time zones", yes_no(known.zoneinfo));
    say(
        "runs as",
        known
            .user
            .map(|user| format!("`{}` ({}:{})", user.name, user.uid, user.gid)),
    );
    let others = known.users.iter().filter(|user| user.uid >= FIRST_USER);
    let others: Vec<String> = others
        .take(MOST_USERS)
        .map(|user| format!("`{}` ({}:{})", user.name, user.uid, user.gid))
        .collect();
    say(
        "users",
        Some(others.join(", ")).filter(|users| !users.is_empty()),
    );
    facts.join("\n")
}

fn libc(libc: Libc) -> String {
    format!("{libc:?}").to_lowercase()
}
