//! Commands as a list of words, or as text for a shell.
//!
//! Only `cmd` means the same as a string and as a list. Where a shell comes in or goes, the title says so; it is offered
//! only where no word needs a shell.

use crate::ide::refactorings::writing::{array, string, table};
use crate::ide::refactorings::{Place, Refactoring, replacement, rewriting};
use crate::syntax::{Node, Notation, Step, Value};

/// What runs a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// `cmd`: a string is split into words.
    Cmd,
    /// `entrypoint`: a string is a script.
    Entrypoint,
    /// The health check: a string is shell text.
    Check,
    /// `run` in a step: a string is shell text.
    Run,
}

impl Role {
    fn noun(self) -> &'static str {
        match self {
            Self::Cmd | Self::Run => "command",
            Self::Entrypoint => "entrypoint",
            Self::Check => "health check",
        }
    }
}

/// The other forms of the command that is touched.
pub(super) fn other_forms(place: &Place<'_>) -> Vec<Refactoring> {
    let Some(path) = place.path() else {
        return Vec::new();
    };
    let Some((role, length)) = command(&path) else {
        return Vec::new();
    };
    let found = path.get(..length);
    let found = found.and_then(|path| place.analysis.document.find(path));
    let Some(node) = found.map(|found| found.node) else {
        return Vec::new();
    };
    if place.has_comment(node.span) {
        return Vec::new();
    }
    forms(role, node)
        .into_iter()
        .map(|(title, new)| rewriting(title, vec![replacement(node.span, new)]))
        .filter(|found| place.is_harmless(&found.edits))
        .collect()
}

/// What the command on a path is for, and how long the path to it is.
fn command(path: &[Step]) -> Option<(Role, usize)> {
    let names: Vec<&str> = path
        .iter()
        .map(|step| match step {
            Step::Key(name) => name.as_str(),
            Step::Index(_) => "#",
        })
        .collect();
    match names.as_slice() {
        ["runtime" | "runtime_config", "cmd", ..] | ["start", "command", ..] => {
            Some((Role::Cmd, 2))
        }
        ["runtime" | "runtime_config", "entrypoint", ..] => Some((Role::Entrypoint, 2)),
        [
            "runtime" | "runtime_config",
            "healthcheck",
            "test" | "cmd",
            ..,
        ] => Some((Role::Check, 3)),
        ["runtime" | "runtime_config", "healthcheck"]
        | ["runtime" | "runtime_config", "healthcheck", "#"] => Some((Role::Check, 2)),
        [.., "steps", "#", "run"] => Some((Role::Run, names.len())),
        [.., "steps", "#", "run", "#"] => Some((Role::Run, names.len() - 1)),
        _ => None,
    }
}

/// The other forms of a command, each with its title.
fn forms(role: Role, node: &Node) -> Vec<(String, String)> {
    let noun = role.noun();
    let through = format!("run the {noun} through a shell (changes how it is run)");
    let without = format!("run the {noun} without a shell (changes how it is run)");
    let shell = |text: &str| table(&[("shell".to_owned(), string(text))]);
    let mut forms = Vec::new();
    match (&node.value, role) {
        (Value::String(text), Role::Cmd) => {
            let words = shlex::split(text).filter(|words| !words.is_empty());
            forms.extend(words.map(|words| {
                let list = array(words.iter().map(String::as_str));
                ("write the command as a list".to_owned(), list)
            }));
            forms.push((through, shell(text)));
        }
        (Value::String(text), Role::Check | Role::Run) => {
            forms.extend(plain_words(text).map(|list| (without, list)));
        }
        (Value::Array(items), _) => {
            let Some(text) = joined(items) else {
                return forms;
            };
            if role == Role::Cmd {
                forms.push(("write the command as text".to_owned(), string(&text)));
            }
            let new = match role {
                Role::Cmd | Role::Entrypoint => shell(&text),
                Role::Check | Role::Run => string(&text),
            };
            forms.push((through, new));
        }
        (Value::Table(entries), Role::Cmd | Role::Entrypoint)
            if entries.notation == Notation::Inline && entries.entries.len() == 1 =>
        {
            let text = entries.node("shell").and_then(Node::string);
            forms.extend(text.and_then(plain_words).map(|list| (without, list)));
        }
        _ => {}
    }
    forms
}

/// The words of a list as a shell reads them; nothing if an item is no string.
fn joined(items: &[Node]) -> Option<String> {
    let words: Option<Vec<&str>> = items.iter().map(Node::string).collect();
    let words = words.filter(|words| !words.is_empty())?;
    shlex::try_join(words).ok()
}

/// Shell text as a list, where a shell would do nothing but split it.
fn plain_words(text: &str) -> Option<String> {
    let text = text.trim();
    // `exec` is there to be rid of the shell.
    let text = text.strip_prefix("exec ").unwrap_or(text);
    let is_special = |it: char| "$`|&;<>()*?[]{}~#!\\\n\r".contains(it);
    if text.contains(is_special) {
        return None;
    }
    let words = shlex::split(text)?;
    let first = words.first()?;
    let is_builtin = BUILTINS.contains(&first.as_str()) || first.contains('=');
    (!is_builtin).then(|| array(words.iter().map(String::as_str)))
}

/// Words that only a shell knows.
const BUILTINS: [&str; 18] = [
    ".", ":", "alias", "cd", "eval", "exec", "exit", "export", "if", "for", "while", "case",
    "read", "set", "source", "ulimit", "umask", "unset",
];

#[cfg(test)]
mod tests {
    use super::plain_words;

    #[test]
    fn only_what_needs_no_shell_is_split() {
        assert_eq!(
            plain_words("exec /app/main --name 'é a'").as_deref(),
            Some(r#"["/app/main", "--name", "é a"]"#)
        );
        for text in ["a && b", "echo $HOME", "cd /x", "A=1 b", "", "ls *.c", "'a"] {
            assert_eq!(plain_words(text), None, "{text}");
        }
    }
}
