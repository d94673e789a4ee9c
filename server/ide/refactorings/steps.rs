//! A step as text or as a table: the same instruction, byte for byte, but for the line breaks between flags.

use crate::analysis::Analysis;
use crate::diagnostic::File;
use crate::ide::refactorings::writing::{array, one_or_many, string, table};
use crate::ide::refactorings::{Place, Refactoring, replacement, rewriting};
use crate::plan::parse::parse_step;
use crate::plan::{Written, WrittenMount};
use crate::syntax::{Node, Notation, Step, Value};

/// The pairs of a table.
type Pairs = Vec<(String, String)>;

/// The other form of the step that is touched.
pub(super) fn other_form(place: &Place<'_>) -> Option<Refactoring> {
    let path = place.path()?;
    let node = step(place.analysis, &path)?;
    let (title, new) = match &node.value {
        Value::String(text) => ("write the step as a table", as_table(place.analysis, text)?),
        Value::Table(table) if table.notation == Notation::Inline => {
            ("write the step as text", as_text(place.analysis, node)?)
        }
        _ => return None,
    };
    if place.has_comment(node.span) {
        return None;
    }
    let edits = vec![replacement(node.span, new)];
    let after = place.after(&edits)?;
    let is_same = rendered(&after)? == rendered(place.analysis)?;
    let is_sound = is_same && after.new_error(place.analysis).is_none();
    is_sound.then(|| rewriting(title, edits))
}

/// The step on a path.
pub(super) fn step<'a>(analysis: &'a Analysis, path: &[Step]) -> Option<&'a Node> {
    let steps = path
        .windows(2)
        .position(|pair| matches!(pair, [Step::Key(name), Step::Index(_)] if name == "steps"))?;
    Some(analysis.document.find(path.get(..steps + 2)?)?.node)
}

/// The Dockerfile with the flags of every `RUN` on one line: a table puts each mount on a line of its own.
fn rendered(analysis: &Analysis) -> Option<String> {
    Some(folded(&analysis.dockerfile()?.text))
}

fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut goes_on = false;
    for line in text.split_inclusive('\n') {
        let content = if goes_on {
            line.trim_start_matches(' ')
        } else {
            line
        };
        let flags = content
            .strip_suffix("\\\n")
            .filter(|flags| goes_on || flags.starts_with("RUN --"));
        let is_flag = |word: &str| word.starts_with("--");
        let words = |flags: &str| {
            flags
                .trim_start_matches("RUN ")
                .split(' ')
                .all(|it| it.is_empty() || is_flag(it))
        };
        goes_on = flags.is_some_and(words);
        folded.push_str(flags.filter(|_| goes_on).unwrap_or(content));
    }
    folded
}

/// The text of a table step: what it renders to, if that is one instruction on one line.
fn as_text(analysis: &Analysis, node: &Node) -> Option<String> {
    let dockerfile = analysis.dockerfile()?;
    let lines = dockerfile.text.split_inclusive('\n');
    let own: String = lines
        .zip(&dockerfile.origins)
        .filter(|(_, origin)| {
            origin.as_ref().is_some_and(|origin| {
                origin.file == File::Document && node.span.covers(origin.span)
            })
        })
        .map(|(line, _)| line)
        .collect();
    let own = folded(&own);
    let text = own.strip_suffix('\n')?;
    // A digest of the lock stays in the lock.
    let is_locked = analysis.plan.lock.is_some() && text.contains("@sha256:");
    (!text.is_empty() && !text.contains('\n') && !is_locked).then(|| string(text))
}

/// The table of a text step.
fn as_table(analysis: &Analysis, text: &str) -> Option<String> {
    let (written, faults) = parse_step(text);
    let written = written.filter(|_| faults.is_empty())?;
    let pairs = match written.keyword.as_str() {
        "RUN" => run(&written)?,
        "COPY" => vec![("copy".to_owned(), table(&copy(analysis, &written)?))],
        "ADD" => vec![("add".to_owned(), table(&add(&written)?))],
        "ENV" => vec![("env".to_owned(), table(&variables(&written)?))],
        "ARG" => vec![("arg".to_owned(), table(&arguments(&written)))],
        "WORKDIR" => vec![("workdir".to_owned(), string(written.arguments.trim()))],
        "USER" => vec![("user".to_owned(), string(written.arguments.trim()))],
        "SHELL" => {
            let words = written.exec.as_ref()?.iter().map(String::as_str);
            vec![("shell".to_owned(), array(words))]
        }
        _ => return None,
    };
    Some(table(&pairs))
}

fn pair(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

/// The value of a flag that is on or off.
fn switch(value: Option<&str>) -> Option<&'static str> {
    match value {
        None | Some("true") => Some("true"),
        Some("false") => Some("false"),
        Some(_) => None,
    }
}

fn run(written: &Written) -> Option<Pairs> {
    let command = match &written.exec {
        Some(words) => array(words.iter().map(String::as_str)),
        None => string(&written.arguments),
    };
    let mut pairs = vec![pair("run", command)];
    let mounts = |kind: &str| {
        written
            .mounts
            .iter()
            .filter(move |it| it.kind() == kind)
            .collect::<Vec<_>>()
    };
    let (caches, binds) = (mounts("cache"), mounts("bind"));
    let (secrets, agents) = (mounts("secret"), mounts("ssh"));
    if caches.len() + binds.len() + secrets.len() + agents.len() != written.mounts.len() {
        return None;
    }
    let list = |mounts: &[&WrittenMount], value: fn(&WrittenMount) -> Option<String>| {
        let values: Option<Vec<String>> = mounts.iter().map(|it| value(it)).collect();
        values.map(|values| format!("[{}]", values.join(", ")))
    };
    for (name, mounts, value) in [
        (
            "cache",
            &caches,
            cache as fn(&WrittenMount) -> Option<String>,
        ),
        ("bind", &binds, bind),
        ("secret", &secrets, secret),
    ] {
        if !mounts.is_empty() {
            pairs.push(pair(name, list(mounts, value)?));
        }
    }
    match agents.as_slice() {
        [] => {}
        [agent] => {
            let id = agent.value(&["id"]).map(|id| string(id));
            pairs.push(pair("ssh", id.unwrap_or_else(|| "true".to_owned())));
        }
        _ => return None,
    }
    for flag in &written.flags {
        match (flag.name.as_str(), &flag.value) {
            ("mount", _) => {}
            ("network", Some(network)) => pairs.push(pair("network", string(network))),
            _ => return None,
        }
    }
    Some(pairs)
}

/// The options of a mount as the pairs of a table.
fn options(mount: &WrittenMount, known: &[(&str, &[&str])]) -> Option<Pairs> {
    let mut pairs = Vec::new();
    for option in &mount.options {
        let key = option.key.value.as_str();
        if key == "type" {
            continue;
        }
        let (name, _) = known.iter().find(|(_, names)| names.contains(&key))?;
        let value = option.value.as_ref().map(|value| value.value.as_str());
        let value = match *name {
            "rw" => switch(value)?.to_owned(),
            _ => string(value?),
        };
        pairs.push(pair(name, value));
    }
    Some(pairs)
}

const TARGET: &[&str] = &["target", "dst", "destination"];

fn cache(mount: &WrittenMount) -> Option<String> {
    let known = [
        ("target", TARGET),
        ("id", &["id"]),
        ("sharing", &["sharing"]),
    ];
    let pairs = options(mount, &known)?;
    match pairs.as_slice() {
        [(name, target)] if name == "target" => Some(target.clone()),
        pairs => Some(table(pairs)),
    }
}

fn bind(mount: &WrittenMount) -> Option<String> {
    let known: [(&str, &[&str]); 4] = [
        ("target", TARGET),
        ("source", &["source", "src"]),
        ("from", &["from"]),
        ("rw", &["rw", "readwrite"]),
    ];
    let pairs = options(mount, &known)?;
    match pairs.as_slice() {
        [(one, source), (other, target)]
            if one == "source" && other == "target" && source == target =>
        {
            Some(source.clone())
        }
        pairs => Some(table(pairs)),
    }
}

fn secret(mount: &WrittenMount) -> Option<String> {
    mount.secret().map(|id| string(id))
}

/// The sources and the destination of `COPY` and `ADD`.
fn paths(written: &Written) -> Option<Pairs> {
    let (dst, sources) = written.paths.split_last()?;
    let is_heredoc = written.arguments.contains("<<");
    let sources: Vec<&str> = sources.iter().map(|it| it.path.as_str()).collect();
    (!sources.is_empty() && !is_heredoc).then(|| {
        vec![
            pair("src", one_or_many(&sources)),
            pair("dst", string(&dst.path)),
        ]
    })
}

fn copy(analysis: &Analysis, written: &Written) -> Option<Pairs> {
    let mut pairs = Vec::new();
    let mut excluded: Vec<&str> = Vec::new();
    let mut more = Vec::new();
    for flag in &written.flags {
        let value = flag.value.as_deref();
        match flag.name.as_str() {
            "from" => pairs.push(pair("from", string(&source(analysis, value?)))),
            "chown" | "chmod" => more.push(pair(&flag.name, string(value?))),
            "link" | "parents" => more.push(pair(&flag.name, switch(value)?)),
            "exclude" => excluded.push(value?),
            _ => return None,
        }
    }
    pairs.extend(paths(written)?);
    pairs.extend(more);
    if !excluded.is_empty() {
        pairs.push(pair("exclude", array(excluded)));
    }
    Some(pairs)
}

/// What `--from=` names, as `from` names it.
fn source(analysis: &Analysis, name: &str) -> String {
    let is_stage = analysis.plan.stage(name).is_some();
    match (is_stage, analysis.plan.is_image(name)) {
        (true, _) | (false, false) => name.to_owned(),
        (false, true) => format!("image:{name}"),
    }
}

fn add(written: &Written) -> Option<Pairs> {
    let mut pairs = paths(written)?;
    for flag in &written.flags {
        let value = flag.value.as_deref();
        pairs.push(match flag.name.as_str() {
            "checksum" | "chown" | "chmod" => pair(&flag.name, string(value?)),
            "link" | "unpack" => pair(&flag.name, switch(value)?),
            _ => return None,
        });
    }
    Some(pairs)
}

fn variables(written: &Written) -> Option<Pairs> {
    let variable = |it: &crate::plan::Pair| {
        let value = it.value.as_ref()?.value.as_str();
        let written = if value.contains('$') {
            table(&[pair("value", string(value)), pair("expand", "true")])
        } else {
            string(value)
        };
        Some(pair(&it.name, written))
    };
    written.pairs.iter().map(variable).collect()
}

fn arguments(written: &Written) -> Pairs {
    let argument = |it: &crate::plan::Pair| {
        let value = it.value.as_ref().map_or("", |value| value.value.as_str());
        pair(&it.name, string(value))
    };
    written.pairs.iter().map(argument).collect()
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn only_flags_are_put_on_one_line() {
        assert_eq!(
            folded("RUN --mount=a \\\n    --network=none \\\n    apk \\\n    add x\nCMD x\n"),
            "RUN --mount=a --network=none apk \\\n    add x\nCMD x\n"
        );
        let text = "RUN apk add \\\n    --no-cache x\n";
        assert_eq!(folded(text), text);
    }
}
