//! The text of the entrypoint's script, as far as it can be read without running it.

use crate::context::Rooted;
use crate::diagnostic::File;
use crate::plan::sources::{ContextSource, Usage};
use crate::text::Span;

/// The entrypoint's script.
#[derive(Debug, Clone)]
pub struct EntryScript {
    /// The path as the user names it.
    pub written: String,
    /// The path below the context root.
    pub path: String,
    /// Where the document names it.
    pub span: Span,
    /// Its text.
    pub text: String,
}

/// What some editors put in front of a text.
const MARK: char = '\u{feff}';

impl EntryScript {
    /// The script among what the plan takes from the build context, if its text is known.
    pub fn of(sources: &[ContextSource<'_>], context: &Rooted<'_>) -> Option<Self> {
        let script = sources.iter().find(|it| it.usage == Usage::Script)?;
        let path = script.plain()?.to_owned();
        Some(Self {
            text: context.text(&path)?,
            span: script.span?,
            written: script.written.clone(),
            path,
        })
    }

    /// The script as a file that a diagnostic speaks of.
    pub fn file(&self) -> File {
        File::Context(self.path.clone())
    }

    /// The place of the byte-order mark; empty without one.
    pub fn mark(&self) -> Span {
        let has_mark = self.text.starts_with(MARK);
        Span::new(0, if has_mark { MARK.len_utf8() } else { 0 })
    }

    /// The text behind the byte-order mark.
    pub fn without_mark(&self) -> &str {
        self.text.strip_prefix(MARK).unwrap_or(&self.text)
    }

    /// The place of the first line, without its end.
    pub fn first_line(&self) -> Span {
        let line = self.text.lines().next().unwrap_or_default();
        Span::new(0, line.trim_end().len())
    }

    /// What runs it, with its place: the word behind `#!`, or the one that `env` looks for, with `env`.
    pub fn interpreter(&self) -> Option<(&str, Span)> {
        let rest = self.without_mark().lines().next()?.strip_prefix("#!")?;
        let start = self.mark().end as usize + 2;
        let begin = start + (rest.len() - rest.trim_start().len());
        let mut words = rest.split_whitespace();
        let program = words.next()?;
        if program.rsplit('/').next() != Some("env") {
            return Some((program, Span::new(begin, begin + program.len())));
        }
        let found = words.find(|word| !word.starts_with('-') && !word.contains('='))?;
        // Flags behind it stay the shell's own.
        let end = rest.find(found).unwrap_or(rest.len()) + found.len();
        Some((found, Span::new(begin, start + end)))
    }

    /// Whether a shell runs it.
    pub fn is_shell(&self) -> bool {
        let name = self
            .interpreter()
            .and_then(|(name, _)| name.rsplit('/').next());
        name.is_some_and(|name| matches!(name, "sh" | "ash" | "dash" | "bash"))
    }

    /// The place of the last command, if it stands by itself at the end of the script: not in a function or a branch, a
    /// heredoc or a string of several lines.
    pub fn last_command(&self) -> Option<Span> {
        // Where these begin and end takes a shell to know.
        if self.text.contains("<<") || !has_even_quotes(&self.text) {
            return None;
        }
        let (mut last, mut continued) = (None, None);
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let content = line.trim_end();
            let is_empty = content.is_empty() || content.trim_start().starts_with('#');
            let begin = continued.take().unwrap_or(start);
            if begin < start || !is_empty {
                last = Some(Span::new(begin, start + content.len()));
            }
            if !is_empty && content.ends_with('\\') {
                continued = Some(begin);
            }
            start += line.len();
        }
        last.filter(|last| continued.is_none() && !last.of(&self.text).starts_with([' ', '\t']))
    }
}

/// Whether no string goes on behind the end of its line, comments apart.
fn has_even_quotes(text: &str) -> bool {
    let mut lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    lines.all(|line| {
        let double = line.matches('"').count() - line.matches("\\\"").count();
        double % 2 == 0
    })
}

/// The words of a simple command behind its variables, and where they begin; nothing where it is more than one command.
pub fn words(command: &str) -> Option<(usize, Vec<String>)> {
    let words = shlex::split(&command.replace("\\\n", " "))?;
    if command.contains([';', '&', '|', '<', '>', '(', ')', '`']) {
        return None;
    }
    let is_variable = |word: &str| {
        let name = word.split_once('=').map(|(name, _)| name);
        name.is_some_and(|name| name.chars().all(|it| it.is_alphanumeric() || it == '_'))
    };
    let count = words.iter().take_while(|word| is_variable(word)).count();
    let words = words.get(count..)?.to_vec();
    let mut place = 0;
    for word in command.split(' ').take(count) {
        // A value with blanks in quotes: nobody needs to know where it ends.
        if !is_variable(word) || word.contains(['"', '\'']) {
            return None;
        }
        place += word.len() + 1;
    }
    Some((place, words))
}
