//! Flags and their values, against the table of instructions.

use std::ops::Range;

use crate::config::words::short;
use crate::plan::instructions::{INSTRUCTIONS, Keyword, MOUNT_TYPES, MountType, Takes, mount_type};
use crate::plan::parse::Fault;
use crate::plan::{Flag, MountOption, WrittenMount};
use crate::text::{Span, Spanned};

/// Reports what is wrong with the flags of an instruction. Durations and modes have rules of their own.
pub(super) fn check(keyword: &Keyword, flags: &[Flag], faults: &mut Vec<Fault>) {
    for (index, flag) in flags.iter().enumerate() {
        let Some(known) = keyword.flag(&flag.name) else {
            faults.push(unknown(keyword, flag));
            continue;
        };
        let before = flags.get(..index).unwrap_or_default();
        if !known.repeats && before.iter().any(|other| other.name == flag.name) {
            let message = format!("`--{}` stands twice", flag.name);
            faults.push(Fault::new(message, flag.name_span).help("drop one of the two"));
        }
        let Some(value) = &flag.value else {
            if known.takes != Takes::Switch {
                let message = format!("`--{}` needs a value", flag.name);
                let form = format!("`--{}={}`", flag.name, known.takes.placeholder());
                faults.push(Fault::new(message, flag.name_span).help(format!("write {form}")));
            }
            continue;
        };
        // Builders let a backslash escape the blank behind it, and disagree about the rest.
        if value.contains('\\') {
            let message = format!("the value of `--{}` holds a backslash", flag.name);
            faults.push(Fault::new(message, flag.span).help("write it without"));
            continue;
        }
        faults.extend(check_value(
            &format!("--{}", flag.name),
            known.takes,
            value,
            flag.span,
            false,
        ));
    }
}

/// Says of a word that it would be a flag, and its instruction has none: builders read no further.
pub(super) fn not_taken(keyword: &Keyword, word: &str, span: Span) -> Fault {
    let name = word.split('=').next().unwrap_or_default();
    let message = format!("`{}` has no flag `{}`", keyword.name, short(name));
    Fault::new(message, span).help(format!("`{}` has no flags", keyword.name))
}

fn unknown(keyword: &Keyword, flag: &Flag) -> Fault {
    let message = format!("`{}` has no flag `--{}`", keyword.name, short(&flag.name));
    let fault = Fault::new(message, flag.name_span);
    let other = INSTRUCTIONS.iter().find(|it| it.flag(&flag.name).is_some());
    match other {
        Some(other) => fault.help(format!("it is a flag of `{}`", other.name)),
        None => {
            let names: Vec<String> = keyword
                .flags
                .iter()
                .map(|it| format!("--{}", it.name))
                .collect();
            fault.names(
                &format!("--{}", flag.name),
                names.iter().map(String::as_str),
            )
        }
    }
}

/// What is wrong with the value of a flag or option. `replaced` says whether the builder replaces variables in it.
fn check_value(name: &str, takes: Takes, value: &str, span: Span, replaced: bool) -> Option<Fault> {
    if replaced && takes != Takes::Stage && value.contains('$') {
        return None;
    }
    let refused = |what: &str| {
        Some(Fault::new(
            format!("`{name}` takes {what}, not `{}`", short(value)),
            span,
        ))
    };
    match takes {
        Takes::Words(_) | Takes::Switch => {
            let words = takes.words();
            let minds_case = !replaced && takes != Takes::Switch;
            let is_word = words
                .iter()
                .any(|word| *word == value || !minds_case && word.eq_ignore_ascii_case(value));
            // Go's `strconv.ParseBool`, by which mounts read their switches.
            let is_bool = replaced && matches!(value, "1" | "t" | "T" | "0" | "f" | "F");
            if is_word || takes == Takes::Switch && is_bool {
                return None;
            }
            let choice = crate::config::words::choice(words.iter().copied());
            Some(refused(&choice)?.names(value, words))
        }
        Takes::Count if value.parse::<u32>().is_err() => refused("a whole number"),
        Takes::Size if !is_size(value) => refused("a number of bytes, such as `64m`"),
        Takes::Stage if value.contains('$') => Some(
            Fault::new(format!("`{name}` takes no variables"), span)
                .help("begin a stage with the variable in its base image, and name that stage"),
        ),
        _ => None,
    }
}

/// `64m`, `1.5GiB`, `1024`: what `RAMInBytes` of `docker/go-units` reads.
fn is_size(value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    let number = lower.trim_end_matches(|it: char| it.is_ascii_alphabetic() || it == ' ');
    let unit = lower.get(number.len()..).unwrap_or_default().trim();
    let unit = unit
        .strip_suffix("ib")
        .or(unit.strip_suffix('b'))
        .unwrap_or(unit);
    number.parse::<f64>().is_ok_and(|it| it >= 0.0)
        && matches!(unit, "" | "k" | "m" | "g" | "t" | "p")
}

/// The options of a `--mount=`.
pub(super) fn mount(flag: &Flag, faults: &mut Vec<Fault>) -> WrittenMount {
    let value = flag.value.as_deref().unwrap_or_default();
    let mut options = Vec::new();
    for field in fields(value) {
        let part = |range: Range<usize>| {
            let text = value.get(range.clone()).unwrap_or_default();
            Spanned::new(text.to_owned(), inside(flag, value, &range))
        };
        let text = value.get(field.clone()).unwrap_or_default();
        let end = text.find('=').map_or(field.end, |at| field.start + at);
        let key = part(field.start..end).map(|it| it.to_ascii_lowercase());
        let value = (end < field.end).then(|| part(end + 1..field.end));
        options.push(MountOption { key, value });
    }
    let mount = WrittenMount {
        options,
        span: flag.span,
    };
    if flag.value.is_some() {
        check_mount(&mount, faults);
    }
    mount
}

/// The fields of a line of comma-separated values, without the quotes around one.
fn fields(value: &str) -> Vec<Range<usize>> {
    let mut fields = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (index, character) in value.char_indices().chain([(value.len(), ',')]) {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted || index == value.len() => {
                fields.push(start..index);
                start = index + 1;
            }
            _ => {}
        }
    }
    let unquoted = |field: Range<usize>| {
        let text = value.get(field.clone()).unwrap_or_default();
        let is_quoted = text.len() > 1 && text.starts_with('"') && text.ends_with('"');
        if is_quoted {
            field.start + 1..field.end - 1
        } else {
            field
        }
    };
    fields.into_iter().map(unquoted).collect()
}

/// The place of a part of a flag's value; the whole value where it is not written in one piece.
fn inside(flag: &Flag, value: &str, range: &Range<usize>) -> Span {
    if flag.span.len() as usize != value.len() {
        return flag.span;
    }
    let start = flag.span.start as usize;
    Span::new(start + range.start, start + range.end)
}

fn check_mount(mount: &WrittenMount, faults: &mut Vec<Fault>) {
    let kind = mount.value(&["type"]);
    if kind.is_some_and(|kind| kind.contains('$')) {
        return;
    }
    let Some(known) = mount_type(kind.map(|it| it.value.as_str())) else {
        let names = MOUNT_TYPES.iter().map(|it| it.name);
        faults.extend(kind.map(|kind| {
            let message = format!("there is no mount of type `{}`", short(kind));
            Fault::new(message, kind.span).names(kind, names)
        }));
        return;
    };
    for option in mount.options.iter().filter(|it| it.key.value != "type") {
        faults.extend(check_option(known, option));
    }
    if known.name == "secret"
        && mount
            .value(&["id", "source", "src", "target", "dst", "destination"])
            .is_none()
    {
        let fault = Fault::new("a secret mount needs its `id`", mount.span);
        faults.push(fault.help("add `id=…`"));
    }
}

fn check_option(kind: &MountType, option: &MountOption) -> Option<Fault> {
    let name = option.key.value.as_str();
    let Some(known) = kind.key(name) else {
        let message = format!("a {} mount has no `{}`", kind.name, short(name));
        let fault = Fault::new(message, option.key.span);
        let other = MOUNT_TYPES.iter().find(|it| it.key(name).is_some());
        // The builder reads these for every type, and then forgets them.
        let counts = matches!(
            name,
            "required" | "size" | "mode" | "uid" | "gid" | "sharing"
        ) || name == "from" && kind.name == "secret";
        return Some(match other {
            Some(other) => Fault {
                is_harmless: !counts,
                ..fault.help(format!("`{name}` is for mounts of type `{}`", other.name))
            },
            None => {
                let names = kind.keys.iter().map(|it| it.name);
                fault.names(name, ["type"].into_iter().chain(names))
            }
        });
    };
    let Some(value) = &option.value else {
        return (known.takes != Takes::Switch).then(|| {
            Fault::new(format!("`{name}` needs a value"), option.key.span)
                .help(format!("write `{name}={}`", known.takes.placeholder()))
        });
    };
    let is_octal = |text: &str| text.contains('$') || u32::from_str_radix(text, 8).is_ok();
    if known.takes == Takes::Mode && !is_octal(value) {
        let message = format!("`{name}` takes octal digits, not `{}`", short(value));
        return Some(Fault::new(message, value.span));
    }
    check_value(name, known.takes, value, value.span, true)
}
