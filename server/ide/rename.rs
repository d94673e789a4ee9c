//! A new name for what a document names, in every place.

use crate::analysis::Analysis;
use crate::context::BuildContext;
use crate::diagnostic::{Edit, File};
use crate::ide::target::{Target as Word, target_at};
use crate::names::{Kind, Made, Name, Occurrence, Place, Target, Use, why_illegal};
use crate::plan::instructions::{PLATFORM_ARGS, PREDEFINED_ARGS};
use crate::text::Span;

/// What can be renamed at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamable {
    /// The word, without quotes.
    pub span: Span,
    /// Its name now.
    pub name: String,
}

/// What is renamed at an offset.
///
/// # Errors
/// Nothing can be; the reason.
pub fn prepare(
    analysis: &Analysis,
    context: &dyn BuildContext,
    offset: u32,
) -> Result<Renamable, String> {
    let (occurrence, _) = renamed(analysis, context, offset)?;
    let (span, name) = match occurrence {
        Occurrence::Target(it) => (it.place.span, it.name.name.clone()),
        Occurrence::Use(it) => (it.place.span, it.name.clone()),
    };
    Ok(Renamable { span, name })
}

/// The edits, in this and in other files, that give what stands at an offset another name. At a stage that is named after
/// a tool or a binary, the new name may have the prefix or not.
///
/// # Errors
/// It can't have that name, or none but its own; the reason.
pub fn rename(
    analysis: &Analysis,
    context: &dyn BuildContext,
    offset: u32,
    new_name: &str,
) -> Result<Vec<Edit>, String> {
    let (occurrence, name) = renamed(analysis, context, offset)?;
    let new = bare(analysis, occurrence, new_name);
    if new == name.name {
        return Err(format!("`{new}` is its name already"));
    }
    if let Some(reason) = why_illegal(name.kind, new).or_else(|| taken(analysis, &name, new)) {
        return Err(reason);
    }
    let targets = analysis.names.targets_of(&name);
    let mut edits: Vec<Edit> = targets
        .filter(|it| it.made == Made::Written)
        .map(|it| edit(analysis, &it.place, new))
        .collect();
    edits.extend(analysis.names.uses_of(&name).map(|it| {
        let around = analysis.names.target(it).map(|target| &target.made);
        match around {
            Some(Made::Around { before, after, .. }) => {
                edit(analysis, &it.place, &format!("{before}{new}{after}"))
            }
            _ => edit(analysis, &it.place, new),
        }
    }));
    edits.sort_by(|one, other| (&one.file, one.span).cmp(&(&other.file, other.span)));
    edits.dedup();
    Ok(edits)
}

/// The new name without what docksmith puts around it.
fn bare<'a>(analysis: &Analysis, occurrence: Occurrence<'_>, new: &'a str) -> &'a str {
    let Occurrence::Use(it) = occurrence else {
        return new;
    };
    let made = analysis.names.target(it).map(|target| &target.made);
    let Some(Made::Around { before, after, .. }) = made else {
        return new;
    };
    let inner = new.strip_prefix(before.as_str());
    inner
        .and_then(|inner| inner.strip_suffix(after.as_str()))
        .unwrap_or(new)
}

/// The replacement of a word. What was a bare key may need quotes.
fn edit(analysis: &Analysis, place: &Place, new: &str) -> Edit {
    let is_bare = place.file == File::Document
        && place.span == place.literal
        && new.contains('.')
        && is_key(analysis, place.span);
    Edit {
        file: place.file.clone(),
        span: place.span,
        text: if is_bare {
            format!("\"{new}\"")
        } else {
            new.to_owned()
        },
    }
}

/// Whether a word is a key of the document.
fn is_key(analysis: &Analysis, span: Span) -> bool {
    let path = analysis.document.path_at(span.start);
    let found = path.and_then(|path| {
        let found = analysis.document.find(&path)?;
        Some(found.key == span)
    });
    // A table whose header names it is found by its own header only.
    let mut targets = analysis.names.targets.iter();
    found == Some(true)
        || targets.any(|it| it.name.kind == Kind::Secret && it.place.literal == span)
}

/// The word at an offset and what it names, if that can have another name.
fn renamed<'a>(
    analysis: &'a Analysis,
    context: &dyn BuildContext,
    offset: u32,
) -> Result<(Occurrence<'a>, Name), String> {
    let names = &analysis.names;
    let Some(occurrence) = names.at(offset) else {
        return Err(why_not_a_name(analysis, offset));
    };
    let name = match occurrence {
        Occurrence::Use(it) if it.target.is_none() => return Err(why_unmade(analysis, it)),
        it => names.named(it),
    };
    let Some(name) = name else {
        return Err(NOTHING.to_owned());
    };
    match why_fixed(analysis, context, &name) {
        Some(reason) => Err(reason),
        None => Ok((occurrence, name)),
    }
}

/// What is said of a place that names nothing.
const NOTHING: &str = "nothing here has a name that can be changed";

/// Why there is nothing to rename at an offset where no name is.
fn why_not_a_name(analysis: &Analysis, offset: u32) -> String {
    match target_at(analysis, offset).map(|it| it.target) {
        Some(Word::Image(image)) => {
            return format!("`{image}` is an image: its name is not made in this file");
        }
        Some(Word::File(path)) => {
            return format!("`{path}` is a file: it is renamed where it lies");
        }
        Some(Word::Rule(rule)) => {
            return format!("`{}` is a rule of docksmith", rule.name);
        }
        _ => {}
    }
    let path = analysis.document.path_at(offset);
    let found = path.and_then(|path| Some(analysis.document.find(&path)?.key));
    match found.filter(|key| key.touches(offset) && !key.is_empty()) {
        Some(key) => format!(
            "`{}` is a key: the format gives it its name",
            analysis.redacted(key.of(&analysis.text))
        ),
        None => NOTHING.to_owned(),
    }
}

/// Why a use that nothing in the file makes can't be renamed.
fn why_unmade(analysis: &Analysis, it: &Use) -> String {
    let name = it.name.as_str();
    match it.kind {
        Kind::Stage if analysis.plan.is_image(name) => {
            format!("`{name}` is an image: its name is not made in this file")
        }
        Kind::Stage => format!("there is no build stage `{name}`"),
        Kind::Secret => format!("there is no secret `{name}`"),
        Kind::User => format!("`{name}` is a user of the image: its name is not made in this file"),
        _ if PLATFORM_ARGS.contains(&name) || PREDEFINED_ARGS.contains(&name) => {
            format!("`{name}` is set by builders: it has no name to change")
        }
        _ => format!("nothing in this file sets `{name}`"),
    }
}

/// Why something that the file makes must keep its name.
fn why_fixed(analysis: &Analysis, context: &dyn BuildContext, name: &Name) -> Option<String> {
    let word = name.name.as_str();
    let targets = analysis.names.targets_of(name);
    let targets: Vec<&Target> = targets.collect();
    if targets.iter().all(|it| it.made == Made::Key) {
        return Some(format!(
            "docksmith makes this stage: `{word}` has no name to change"
        ));
    }
    if let Some(path) = unreadable(analysis, context) {
        return Some(format!(
            "`{path}` cannot be read, and it may name `{word}` too"
        ));
    }
    let is_single = !matches!(name.kind, Kind::Argument | Kind::Variable);
    if is_single && targets.len() > 1 {
        let kind = name.kind.word();
        return Some(format!(
            "more than one {kind} is named `{word}`: which is meant is not certain"
        ));
    }
    match name.kind {
        Kind::Variable => Some(format!(
            "programs read `{word}` by this name, which cannot be seen from here"
        )),
        Kind::Argument if PLATFORM_ARGS.contains(&word) || PREDEFINED_ARGS.contains(&word) => Some(
            format!("`{word}` is set by builders: it has no name to change"),
        ),
        Kind::Argument if analysis.names.set_by_commands.contains(word) => Some(format!(
            "a command sets `{word}` itself: what it means there is not certain"
        )),
        Kind::User => {
            let image = analysis.plan.image.as_ref()?;
            let is_images = image.base.user(word).is_some() || image.user.ids.is_none();
            is_images.then(|| {
                format!("`{word}` is a user of the image: its name is not made in this file")
            })
        }
        _ => None,
    }
}

/// The overlay, if there is one that can't be read.
fn unreadable<'a>(analysis: &'a Analysis, context: &dyn BuildContext) -> Option<&'a str> {
    let overlay = analysis.config.overlay.as_ref()?;
    let path = analysis.layout.named_file(overlay);
    let rooted = analysis.layout.rooted(context);
    let is_read = path.is_some_and(|path| rooted.text(&path).is_some());
    (!is_read).then_some(overlay.value.as_str())
}

/// Why a new name would be confused with something.
fn taken(analysis: &Analysis, name: &Name, new: &str) -> Option<String> {
    let names = &analysis.names;
    let is_variable = |kind| matches!(kind, Kind::Argument | Kind::Variable);
    let is_alike = |kind: Kind| match name.kind {
        Kind::Argument => is_variable(kind),
        own => kind == own,
    };
    let same = |other: &str, kind: Kind| match kind {
        Kind::Stage => other.eq_ignore_ascii_case(new),
        _ => other == new,
    };
    let targets = names.targets.iter();
    let mut targets = targets.filter(|it| is_alike(it.name.kind));
    if targets.any(|it| same(&it.name.name, it.name.kind)) {
        let kind = name.kind.word();
        let what = if name.kind == Kind::Argument {
            "variable"
        } else {
            kind
        };
        return Some(format!("there is a {what} `{new}` already"));
    }
    if let Some(stage) = taken_stage(analysis, name, new) {
        return Some(format!("there is a stage `{stage}` already"));
    }
    let uses = names.uses.iter();
    let uses = uses.filter(|it| it.target.is_none() && is_alike_use(name.kind, it.kind));
    if uses.into_iter().any(|it| same(&it.name, it.kind)) {
        return Some(format!(
            "`{new}` is named in this file already, and would mean this {} then",
            name.kind.word()
        ));
    }
    let image = analysis.plan.image.as_ref();
    let is_images = image.is_some_and(|image| image.base.user(new).is_some());
    if name.kind == Kind::User && is_images {
        return Some(format!("the image has a user `{new}` already"));
    }
    (name.kind == Kind::Argument && names.set_by_commands.contains(new))
        .then(|| format!("a command sets `{new}` itself"))
}

/// Whether a use could come to mean something of a kind.
fn is_alike_use(kind: Kind, of_use: Kind) -> bool {
    match kind {
        Kind::Argument => of_use == Kind::Variable,
        kind => of_use == kind,
    }
}

/// A stage whose name one would get that is named after a tool or a binary.
fn taken_stage(analysis: &Analysis, name: &Name, new: &str) -> Option<String> {
    let targets = &analysis.names.targets;
    let made = targets.iter().filter_map(|it| match &it.made {
        Made::Around {
            name: own,
            before,
            after,
        } if own == name => Some(format!("{before}{new}{after}")),
        _ => None,
    });
    let mut taken = made.filter(|it| analysis.names.stage(it).is_some());
    taken.next()
}

#[cfg(test)]
mod tests;
