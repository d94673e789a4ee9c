//! Values: of enumerations, and names of things.

use super::slot::{Literal, Slot};
use super::{
    CompletionItem, CompletionKind, Page, Request, names, paths, programs, steps, targets,
    variables,
};
use crate::config::docs;
use crate::ide::meaning::{Meaning, meaning, names as names_of, source_of};
use crate::image::catalog;
use crate::plan::languages::name;
use crate::rules;
use crate::syntax::{Step, Value};
use crate::text::Span;

/// The values that can stand at `path` instead of a literal, of which `typed` stands before the cursor.
pub(super) fn complete(
    at: &Request<'_>,
    path: &[Step],
    typed: &str,
    literal: &Literal,
) -> Vec<CompletionItem> {
    if literal.quoted
        && let Some(items) = variables::complete(at, path, typed)
    {
        return items;
    }
    let meaning = meaning(path);
    let slot = Slot::value(at, literal);
    if meaning == Meaning::Step {
        return match literal.quoted {
            true => steps::complete(at, path, typed),
            false => steps::beginnings(&slot),
        };
    }
    let mut items = listed(path, literal, &slot);
    items.extend(usual(at, path, &slot));
    items.extend(match meaning {
        Meaning::CopyFrom => {
            let mut items = stage_items(at, path, &slot);
            items.extend(images(&slot, "image:"));
            items
        }
        Meaning::Base => {
            let mut items = stage_items(at, path, &slot);
            items.extend(images(&slot, ""));
            items
        }
        Meaning::ToolStage => tool_stages(at, path, &slot),
        Meaning::Image => images(&slot, ""),
        Meaning::Source => sources(at, path, typed, &slot),
        Meaning::File => paths::in_context(at, typed, &slot),
        Meaning::Package => targets::complete(at, typed, &slot),
        Meaning::Platform => platforms(&slot),
        Meaning::StagePlatform => {
            let words = ["build", "target"].map(|word| slot.string(word, CompletionKind::Value));
            words.into_iter().chain(platforms(&slot)).collect()
        }
        Meaning::Owner => owners(at, &slot),
        Meaning::User => users(at, &slot),
        Meaning::Secret => secrets(at, &slot),
        Meaning::Step | Meaning::Other => others(at, path, typed, &slot),
    });
    items
}

/// What fits where no name stands: folders, words of commands, packages of the system.
fn others(at: &Request<'_>, path: &[Step], typed: &str, slot: &Slot) -> Vec<CompletionItem> {
    let index = match path.last() {
        Some(Step::Index(index)) => *index,
        _ => 0,
    };
    match names_of(path).as_slice() {
        ["context_root"] => targets::roots(at, typed, slot),
        [
            "runtime" | "runtime_config",
            "entrypoint" | "cmd" | "healthcheck",
            "#",
        ]
        | ["runtime", "entrypoint" | "cmd", "exec", "#"]
        | [.., "healthcheck", "test" | "cmd", "#"]
        | ["start", "entrypoint" | "command", "#"] => programs::words(at, index, slot),
        [.., "packages" | "system_deps", "#"] => system_packages(at, path, slot),
        _ => Vec::new(),
    }
}

/// Packages that rules ask for, by the same name on Alpine and Debian, and what for.
const PACKAGES: [(&str, &str, Option<&str>); 6] = [
    (
        "ca-certificates",
        "the authorities that TLS trusts",
        Some("ca-certificates-missing"),
    ),
    ("tzdata", "time zones", Some("timezone-data-missing")),
    (
        "bash",
        "the shell of scripts that name it",
        Some("script-interpreter"),
    ),
    (
        "curl",
        "a client of HTTP, as for health checks",
        Some("healthcheck-tool-missing"),
    ),
    (
        "wget",
        "a client of HTTP, as for health checks",
        Some("healthcheck-tool-missing"),
    ),
    ("tini", "process 1 that forwards signals and reaps", None),
];

/// The packages that are usual, but for those of the list already.
fn system_packages(at: &Request<'_>, path: &[Step], slot: &Slot) -> Vec<CompletionItem> {
    let list = path.split_last().map_or(path, |(_, list)| list);
    let list = at.analysis.document.find(list);
    let list = list
        .and_then(|found| found.node.items())
        .unwrap_or_default();
    let is_typed_here = |span: Span| span.touches(at.offset);
    let is_there = |name: &str| {
        let mut items = list.iter().filter(|item| !is_typed_here(item.span));
        items.any(|item| item.string() == Some(name))
    };
    let packages = PACKAGES.iter().filter(|(name, ..)| !is_there(name));
    let items = packages.map(|(name, what, rule)| {
        let rule = rule.and_then(rules::by_name);
        slot.string(name, CompletionKind::Value)
            .with_detail(*what)
            .with_page(rule.map_or(Page::None, |rule| Page::Rule(rule.name)))
    });
    items.collect()
}

/// The values that the format lists.
fn listed(path: &[Step], literal: &Literal, slot: &Slot) -> Vec<CompletionItem> {
    let values = docs::values(path).into_iter();
    let items = values.filter_map(|value| {
        let string = value
            .text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        let item = match string {
            Some(text) => slot.string(text, CompletionKind::Value),
            None if literal.quoted => return None,
            None => slot.bare(&value.text, CompletionKind::Value),
        };
        Some(item.with_page(Page::Text(value.description)))
    });
    items.collect()
}

/// Signals that end a program.
pub(super) const SIGNALS: [&str; 7] = [
    "SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH",
];

/// Usual values where any of a form will do.
fn usual(at: &Request<'_>, path: &[Step], slot: &Slot) -> Vec<CompletionItem> {
    const MODES: [&str; 4] = ["0755", "0644", "0700", "0600"];
    const DURATIONS: [&str; 5] = ["5s", "10s", "30s", "1m", "5m"];
    let names = names_of(path);
    let values: Vec<String> = match names.as_slice() {
        ["version"] => versions(at),
        ["runtime" | "runtime_config", "stop_signal"] => SIGNALS.map(str::to_owned).to_vec(),
        [.., "chmod"] => MODES.map(str::to_owned).to_vec(),
        [.., "healthcheck" | "healthcheck_opts", key] if is_duration(key) => {
            DURATIONS.map(str::to_owned).to_vec()
        }
        _ => Vec::new(),
    };
    let values = values.iter();
    values
        .map(|value| slot.string(value, CompletionKind::Value))
        .collect()
}

/// The languages with their images.
const IMAGES: [(&str, &str); 11] = [
    ("go", "golang"),
    ("node", "node"),
    ("python", "python"),
    ("php", "php"),
    ("java", "eclipse-temurin"),
    ("dotnet", "mcr.microsoft.com/dotnet/sdk"),
    ("rust", "rust"),
    ("ruby", "ruby"),
    ("elixir", "elixir"),
    ("deno", "denoland/deno"),
    ("bun", "oven/bun"),
];

/// The versions of the language whose images are known: the tags without what follows a dash.
fn versions(at: &Request<'_>) -> Vec<String> {
    let languages = at.versions().filter_map(|it| it.config.language.as_ref());
    let language = languages.map(|language| name(language.value)).next();
    let image = IMAGES.iter().find(|(name, _)| Some(*name) == language);
    let Some((_, image)) = image else {
        return Vec::new();
    };
    let tags = catalog::references().iter().filter_map(|reference| {
        let tag = reference.strip_prefix(image)?.strip_prefix(':')?;
        tag.split('-').next()
    });
    tags.map(str::to_owned).collect()
}

fn is_duration(key: &str) -> bool {
    matches!(
        key,
        "interval" | "timeout" | "start_period" | "start_interval"
    )
}

/// The stages that can be named at a path: all but the one that the path is in.
pub(super) fn stage_items(at: &Request<'_>, path: &[Step], slot: &Slot) -> Vec<CompletionItem> {
    let own = own_stage(at, path);
    let stages = names::stage_names(at).into_iter();
    stages
        .filter(|stage| Some(stage.name.as_str()) != own)
        .map(|stage| {
            slot.string(&stage.name, CompletionKind::Stage)
                .with_detail(stage.detail)
                .with_page(Page::Stage(stage.name))
        })
        .collect()
}

/// The name of the stage that a path is in.
pub(super) fn own_stage<'a>(at: &Request<'a>, path: &[Step]) -> Option<&'a str> {
    if matches!(path.first(), Some(Step::Key(name)) if name == "build") {
        return Some("builder");
    }
    let [Step::Key(table), Step::Index(index), ..] = path else {
        return None;
    };
    if table != "stages" {
        return None;
    }
    let items = &at.analysis.document.root.node("stages")?.value;
    let Value::Array(items) = items else {
        return None;
    };
    items.get(*index)?.table()?.node("name")?.string()
}

fn tool_stages(at: &Request<'_>, path: &[Step], slot: &Slot) -> Vec<CompletionItem> {
    let image = slot
        .string("runtime", CompletionKind::Stage)
        .with_detail("the image");
    let stages = stage_items(at, path, slot);
    // A tool goes where the user's steps run: into `builder` or a stage of the file.
    let takes_tools = |item: &CompletionItem| {
        item.label == "builder"
            || !(item.label == "source"
                || item.label.starts_with("builder-")
                || item.label.starts_with("tool-"))
    };
    let stages = stages.into_iter().filter(takes_tools);
    std::iter::once(image).chain(stages).collect()
}

/// The image references that are worth offering, behind a prefix.
pub(super) fn images(slot: &Slot, prefix: &str) -> Vec<CompletionItem> {
    let references = catalog::references().iter();
    references
        .map(|reference| {
            slot.string(&format!("{prefix}{reference}"), CompletionKind::Image)
                .with_page(Page::Image((*reference).to_owned()))
        })
        .collect()
}

fn sources(at: &Request<'_>, path: &[Step], typed: &str, slot: &Slot) -> Vec<CompletionItem> {
    match source_of(at.analysis, path) {
        Some(stage) => paths::in_stage(at, stage, slot),
        None => paths::in_context(at, typed, slot),
    }
}

fn platforms(slot: &Slot) -> Vec<CompletionItem> {
    PLATFORMS
        .iter()
        .map(|platform| slot.string(platform, CompletionKind::Value))
        .collect()
}

/// The platforms of Docker's official images.
const PLATFORMS: [&str; 8] = [
    "linux/amd64",
    "linux/arm64",
    "linux/arm/v7",
    "linux/arm/v6",
    "linux/386",
    "linux/ppc64le",
    "linux/riscv64",
    "linux/s390x",
];

/// Users with their groups: the image's own first, then those of its base.
pub(super) fn owners(at: &Request<'_>, slot: &Slot) -> Vec<CompletionItem> {
    accounts(at, slot, |name| format!("{name}:{name}"))
}

/// Users: the image's own first, then those of its base.
pub(super) fn users(at: &Request<'_>, slot: &Slot) -> Vec<CompletionItem> {
    accounts(at, slot, str::to_owned)
}

fn accounts(
    at: &Request<'_>,
    slot: &Slot,
    written: impl Fn(&str) -> String,
) -> Vec<CompletionItem> {
    let mut items: Vec<CompletionItem> = Vec::new();
    let mut add = |text: String, detail: &str, page: Page| {
        let item = slot.string(&text, CompletionKind::Name);
        items.push(item.with_detail(detail).with_page(page));
    };
    for image in at.versions().filter_map(|it| it.plan.image.as_ref()) {
        let page = || Page::Text(format!("`USER {}`", image.user.text()));
        if let Some(name) = &image.user.name {
            add(written(name), "the image's user", page());
        }
        add(image.user.text(), "the image's user", page());
        let Some(known) = &image.base.known else {
            continue;
        };
        // Programs run as the user that the image adds for them.
        let own = known.application_user.map(|user| user.name);
        let mut users = known.users.clone();
        users.sort_by_key(|user| Some(user.name) != own);
        for user in users {
            let page = Page::Text(format!("`USER {}:{}`", user.uid, user.gid));
            add(written(user.name), "a user of the base image", page);
        }
    }
    items
}

/// The ids of the secrets of the file.
pub(super) fn secrets(at: &Request<'_>, slot: &Slot) -> Vec<CompletionItem> {
    let names = names::entries(at, &["secrets"]).into_iter();
    names
        .map(|name| {
            slot.string(&name, CompletionKind::Name)
                .with_detail("secret")
        })
        .collect()
}
