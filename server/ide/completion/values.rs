//! Values: of enumerations, and names of things.

use super::slot::{Literal, Slot};
use super::{CompletionItem, CompletionKind, Page, Request, paths, steps};
use crate::config::docs;
use crate::ide::meaning::{Meaning, meaning, source_of};
use crate::ide::pages::image_page;
use crate::ide::stages::stages;
use crate::image::catalog;
use crate::syntax::{Step, Value};

/// The values that can stand at `path` instead of a literal, of which `typed` stands before the cursor.
pub(super) fn complete(
    at: &Request<'_>,
    path: &[Step],
    typed: &str,
    literal: &Literal,
) -> Vec<CompletionItem> {
    let meaning = meaning(path);
    if meaning == Meaning::Step {
        return if literal.quoted {
            steps::complete(at, path, typed)
        } else {
            Vec::new()
        };
    }
    let slot = Slot::value(at, literal);
    let mut items = listed(path, literal, &slot);
    items.extend(match meaning {
        Meaning::CopyFrom => stage_items(at, path, &slot),
        Meaning::Base => {
            let mut items = stage_items(at, path, &slot);
            items.extend(images(&slot));
            items
        }
        Meaning::ToolStage => tool_stages(at, path, &slot),
        Meaning::Image => images(&slot),
        Meaning::Source => sources(at, path, typed, &slot),
        Meaning::File => paths::in_context(at, typed, &slot),
        Meaning::Package => paths::packages(at, &slot),
        Meaning::Platform => platforms(&slot),
        Meaning::StagePlatform => {
            let words = ["build", "target"].map(|word| slot.string(word, CompletionKind::Value));
            words.into_iter().chain(platforms(&slot)).collect()
        }
        Meaning::Owner => owners(at, &slot),
        Meaning::User => users(at, &slot),
        Meaning::Secret => secrets(at, &slot),
        Meaning::Step | Meaning::Other => Vec::new(),
    });
    items
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

/// The stages that can be named at a path: all but the one that the path is in.
pub(super) fn stage_items(at: &Request<'_>, path: &[Step], slot: &Slot) -> Vec<CompletionItem> {
    let own = own_stage(at, path);
    let stages = stages(at.analysis).into_iter();
    stages
        .filter(|stage| Some(stage.name.as_str()) != own)
        .map(|stage| {
            slot.string(&stage.name, CompletionKind::Stage)
                .with_detail(stage.detail)
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

/// The image references that are worth offering.
fn images(slot: &Slot) -> Vec<CompletionItem> {
    let references = catalog::references().iter();
    references
        .map(|reference| {
            let page = image_page(reference).map_or(Page::None, Page::Text);
            slot.string(reference, CompletionKind::Image)
                .with_page(page)
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
    let Some(image) = &at.analysis.plan.image else {
        return Vec::new();
    };
    let mut items: Vec<CompletionItem> = Vec::new();
    let mut add = |text: String, detail: &str| {
        if items.iter().all(|item| item.label != text) {
            items.push(slot.string(&text, CompletionKind::Name).with_detail(detail));
        }
    };
    if let Some(name) = &image.user.name {
        add(written(name), "the image's user");
    }
    add(image.user.text(), "the image's user");
    for user in image.base.known.iter().flat_map(|known| &known.users) {
        add(written(user.name), "a user of the base image");
    }
    items
}

/// The ids of the secrets of the file.
pub(super) fn secrets(at: &Request<'_>, slot: &Slot) -> Vec<CompletionItem> {
    let secrets = at.analysis.document.root.node("secrets");
    let entries = secrets
        .and_then(|node| node.table())
        .map(|table| &table.entries);
    let entries = entries.into_iter().flatten();
    entries
        .map(|entry| {
            slot.string(&entry.key.name, CompletionKind::Name)
                .with_detail("secret")
        })
        .collect()
}
