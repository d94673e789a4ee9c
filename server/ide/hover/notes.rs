//! What is known of what a value names: a file, a secret, a user, a tool.

use super::Request;
use crate::config::tool::{Checksum, ExternalTool};
use crate::context::Entry;
use crate::context::ignore::Ignore;
use crate::ide::meaning::{Meaning, meaning, names, source_of};
use crate::plan::ignore_file::IgnoreFile;
use crate::plan::paths::file_name;
use crate::plan::tool::{architectures, expand, names_platform};
use crate::syntax::{Found, Step};
use crate::text::Spanned;

/// What the value at a path names, as Markdown, if the cursor stands on it; for a tool also on its keys.
pub(super) fn of_value(at: &Request<'_>, path: &[Step], found: &Found<'_>) -> Option<String> {
    if let ["external_tools", "#"]
    | [
        "external_tools",
        "#",
        "name" | "url" | "version" | "sha256",
        ..,
    ] = names(path).as_slice()
    {
        return tool(at, path);
    }
    if found.key.touches(at.offset) && !matches!(path.last(), Some(Step::Index(_))) {
        return None;
    }
    let text = found.node.string()?;
    match meaning(path) {
        Meaning::Source if source_of(at.analysis, path).is_some() => None,
        Meaning::Source | Meaning::File => file(at, &at.analysis.layout.path(text)),
        Meaning::Secret => Some(secret(at, text)),
        Meaning::User | Meaning::Owner => user(at, text),
        _ => None,
    }
}

/// What lies at a path of the build context; nothing where nobody knows.
pub(super) fn file(at: &Request<'_>, path: &str) -> Option<String> {
    if path.is_empty() || path.contains(['*', '?', '[', '$']) {
        return None;
    }
    let rooted = at.analysis.layout.rooted(at.context);
    let path = path.trim_end_matches('/');
    let what = match rooted.entry(path) {
        Entry::File { executable: true } => "a file that can be run",
        Entry::File { executable: false } => "a file",
        Entry::Folder => "a folder",
        Entry::Missing => "nothing lies there",
        Entry::Outside => "leads out of the build context",
        Entry::Unknown => return None,
    };
    let file = IgnoreFile::of(&at.analysis.config, &at.analysis.layout, &rooted);
    let file = file.filter(|file| Ignore::parse(&file.text).0.excludes(path));
    let ignored = file.map_or_else(String::new, |file| {
        format!(
            ", ignored by `{}`: the build does not see it",
            file_name(&file.path)
        )
    });
    Some(format!("`{path}`: {what}{ignored}"))
}

/// A secret: where a step finds it.
pub(super) fn secret(at: &Request<'_>, id: &str) -> String {
    let title = format!("secret `{id}`");
    let Some(secret) = at.analysis.config.secrets.value(id) else {
        return format!("{title}\n\nNo `[secrets.{id}]` in this file.");
    };
    let mut facts = Vec::new();
    if let Some(env) = &secret.env {
        facts.push(format!("- in the variable `{}`", env.value));
    }
    match &secret.target {
        Some(target) => facts.push(format!("- in the file `{}`", target.value)),
        None if secret.env.is_none() => facts.push(format!("- in the file `/run/secrets/{id}`")),
        None => {}
    }
    let is_required = secret.required.as_ref().is_some_and(|it| it.value);
    facts.push(if is_required {
        "- required: the build stops without it".to_owned()
    } else {
        "- not required".to_owned()
    });
    format!("{title}\n\n{}", facts.join("\n"))
}

/// A user of the final image, by its name or number; nothing of one that nobody knows.
fn user(at: &Request<'_>, text: &str) -> Option<String> {
    let image = at.analysis.plan.image.as_ref()?;
    let name = text.split(':').next().filter(|name| !name.is_empty())?;
    let own = &image.user;
    let own_ids = own.ids.map(|(uid, gid)| format!("{uid}:{gid}"));
    let is_own = own.name.as_deref() == Some(name)
        || own.ids.is_some_and(|(uid, _)| uid.to_string() == name);
    if is_own {
        let name = own.name.as_deref().unwrap_or(name);
        let ids = own_ids.map_or_else(String::new, |ids| format!(" ({ids})"));
        let origin = if own.created {
            "docksmith creates it"
        } else {
            "the base image has it"
        };
        return Some(format!(
            "user `{name}`{ids}: the image runs as it; {origin}"
        ));
    }
    let users = image.base.known.iter().flat_map(|known| &known.users);
    let mut users = users.filter(|user| user.name == name || user.uid.to_string() == name);
    let user = users.next()?;
    let base = &image.base.reference;
    Some(format!(
        "user `{}` ({}:{}): `{base}` has it",
        user.name, user.uid, user.gid
    ))
}

/// A tool: what is downloaded for each platform.
fn tool(at: &Request<'_>, path: &[Step]) -> Option<String> {
    let analysis = at.analysis;
    let table = analysis.document.find(path.get(..2)?)?.node;
    let place = table.extent.cover(table.span);
    let mut tools = analysis.config.external_tools.iter();
    let tool = tools.find(|tool| place.covers(tool.name.span))?;
    let downloads = downloads(at, tool)?;
    let name = &tool.name.value;
    Some(format!("tool `{name}`\n\n{}", downloads.join("\n")))
}

fn downloads(at: &Request<'_>, tool: &Spanned<ExternalTool>) -> Option<Vec<String>> {
    let url = &tool.url.as_ref()?.value;
    let version = tool.version.as_ref();
    let version = version.map_or("${version}", |version| version.value.as_str());
    let line = |architecture: Option<&str>, sum: Option<&str>| {
        let expanded = expand(url, architecture.unwrap_or_default(), version);
        let expanded = at.analysis.redacted(&expanded);
        let platform = architecture.map_or("every platform".to_owned(), |it| format!("linux/{it}"));
        let sum = sum.map_or("no checksum".to_owned(), |sum| format!("`sha256:{sum}`"));
        format!("- {platform}: `{expanded}`, {sum}")
    };
    let checksum = tool.sha256.as_ref().map(|sum| &sum.value);
    let architectures = architectures(&at.analysis.config);
    if !names_platform(url) {
        let sum = match checksum {
            Some(Checksum::One(sum)) => Some(sum.as_str()),
            _ => None,
        };
        if sum.is_some() || checksum.is_none() {
            return Some(vec![line(None, sum)]);
        }
    }
    let lines = architectures.iter().map(|architecture| {
        let sum = match checksum {
            Some(Checksum::One(sum)) => Some(sum.as_str()),
            Some(Checksum::PerArchitecture(sums)) => {
                sums.value(architecture).map(|sum| sum.0.value.as_str())
            }
            None => None,
        };
        line(Some(architecture), sum)
    });
    Some(lines.collect())
}
