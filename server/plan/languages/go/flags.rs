//! The flags of `go build`, as shell text.

use crate::config::build::{Binary, Build, Ldflags};
use crate::config::values::Text;
use crate::plan::shell::{double_quoted, quote_with};
use crate::plan::{Problem, ProblemKind};
use crate::text::Spanned;

/// Where the flags of one binary come from.
pub(super) struct Flags<'a> {
    pub(super) build: &'a Build,
    pub(super) binary: Option<&'a Binary>,
}

impl Flags<'_> {
    /// The flags between `go build` and `-o`.
    pub(super) fn text(&self, problems: &mut Vec<Problem>) -> String {
        let mut flags = Vec::new();
        if self
            .build
            .trimpath
            .as_ref()
            .is_none_or(|trimpath| trimpath.value)
        {
            flags.push("-trimpath".to_owned());
        }
        let tags = self
            .binary
            .and_then(|binary| binary.tags.as_ref())
            .or(self.build.tags.as_ref());
        if let Some(tags) = tags.filter(|tags| !tags.is_empty()) {
            let names: Vec<&str> = tags.iter().map(|tag| tag.value.as_str()).collect();
            flags.push(format!("-tags={}", names.join(",")));
        }
        let names = self.names();
        let own = self.binary.and_then(|binary| binary.flags.as_ref());
        for flag in self
            .build
            .flags
            .iter()
            .chain(own)
            .flat_map(|flags| flags.iter())
        {
            flags.push(quote_with(flag, &names));
        }
        let linker = self.ldflags(problems);
        if !linker.is_empty() {
            flags.push(format!("-ldflags=\"{}\"", linker.join(" ")));
        }
        flags.join(" ")
    }

    /// The build arguments, which values may refer to.
    fn names(&self) -> Vec<&str> {
        self.build
            .args
            .iter()
            .map(|(name, _)| name.value.as_str())
            .collect()
    }

    /// The linker's flags, each as it stands inside the double quotes of the shell.
    fn ldflags(&self, problems: &mut Vec<Problem>) -> Vec<String> {
        let mut flags = Vec::new();
        if self.build.strip.as_ref().is_none_or(|strip| strip.value) {
            flags.push("-s -w".to_owned());
        }
        let own = self.binary.and_then(|binary| binary.ldflags.as_ref());
        for ldflags in self.build.ldflags.iter().chain(own) {
            self.add(ldflags, &mut flags, problems);
        }
        flags
    }

    fn add(
        &self,
        ldflags: &Spanned<Ldflags>,
        flags: &mut Vec<String>,
        problems: &mut Vec<Problem>,
    ) {
        match &ldflags.value {
            Ldflags::List(list) => {
                for flag in list {
                    for word in words(flag, problems) {
                        flags.push(self.word(&word, flag, problems));
                    }
                }
            }
            Ldflags::Variables(variables) => {
                let mut variables: Vec<&(Text, Text)> = variables.iter().collect();
                variables.sort_by(|one, other| one.0.value.cmp(&other.0.value));
                for (name, value) in variables {
                    let assignment = format!("{}={}", name.value, value.value);
                    flags.push(self.word(&Word::Assignment(assignment), value, problems));
                }
            }
        }
    }

    /// One flag. An assignment always stands in quotes of Go's own, which carry the blanks of an argument's value.
    fn word(&self, word: &Word, place: &Text, problems: &mut Vec<Problem>) -> String {
        let names = self.names();
        match word {
            Word::Flag(text) if is_plain(text) => text.clone(),
            Word::Flag(text) => self.quoted(text, &names, place, problems),
            Word::Assignment(text) => format!("-X {}", self.quoted(text, &names, place, problems)),
        }
    }

    /// Go splits the linker's flags at blanks outside quotes, and knows no escapes inside them
    /// (<https://pkg.go.dev/cmd/internal/quoted>).
    fn quoted(
        &self,
        text: &str,
        names: &[&str],
        place: &Text,
        problems: &mut Vec<Problem>,
    ) -> String {
        if !text.contains('\'') {
            return format!("'{}'", double_quoted(text, names));
        }
        if text.contains('"') {
            let reason = "Go's linker flags can hold `'` or `\"`, not both in one value".to_owned();
            problems.push(Problem::new(ProblemKind::Ldflags(reason), place.span));
        }
        format!("\\\"{}\\\"", double_quoted(&text.replace('"', ""), names))
    }
}

/// A flag of the linker.
enum Word {
    Flag(String),
    /// What follows `-X`.
    Assignment(String),
}

fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || "_./:=@%+,-".contains(it))
}

/// The flags in one element: usually one with its value, as in `-X main.version=1.0`; what follows `-X` may hold blanks.
fn words(element: &Text, problems: &mut Vec<Problem>) -> Vec<Word> {
    let mut words = Vec::new();
    let mut parts = split_assignments(element.trim());
    let before = parts.remove(0);
    match shlex::split(&before) {
        Some(flags) => words.extend(flags.into_iter().map(Word::Flag)),
        None => problems.push(unbalanced(element)),
    }
    for part in parts {
        match assignment(&part) {
            Some(text) => words.push(Word::Assignment(text)),
            None => problems.push(unbalanced(element)),
        }
    }
    words
}

fn unbalanced(element: &Text) -> Problem {
    Problem::new(
        ProblemKind::Ldflags("the quotes are not balanced".to_owned()),
        element.span,
    )
}

/// The text before the first `-X`, then what follows each.
fn split_assignments(text: &str) -> Vec<String> {
    let spaced = format!(" {text}").replace(" -X=", " -X ");
    spaced
        .split(" -X ")
        .map(|part| part.trim().to_owned())
        .collect()
}

/// An assignment without the quotes around it; nothing if they are not balanced.
fn assignment(text: &str) -> Option<String> {
    let quote = text
        .chars()
        .next()
        .filter(|first| matches!(first, '\'' | '"'));
    let Some(quote) = quote else {
        return Some(text.to_owned());
    };
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    Some(inner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Flags;
    use crate::config::build::{Build, Ldflags};
    use crate::config::values::Entries;
    use crate::text::{Span, Spanned};

    fn text(text: &str) -> Spanned<String> {
        Spanned::new(text.to_owned(), Span::default())
    }

    fn flags(ldflags: &[&str]) -> String {
        let list = ldflags.iter().map(|flag| text(flag)).collect();
        let build = Build {
            args: Entries(vec![(text("VERSION"), text("dev"))]),
            ldflags: Some(Spanned::new(Ldflags::List(list), Span::default())),
            ..Build::default()
        };
        Flags {
            build: &build,
            binary: None,
        }
        .text(&mut Vec::new())
    }

    #[test]
    fn an_assignment_stands_in_quotes() {
        let expected = r#"-trimpath -ldflags="-s -w -X 'main.version=${VERSION}'""#;
        assert_eq!(flags(&["-X main.version=${VERSION}"]), expected);
        assert_eq!(flags(&["-X=main.version=${VERSION}"]), expected);
        assert_eq!(flags(&["-X 'main.version=${VERSION}'"]), expected);
    }

    #[test]
    fn blanks_and_shell_syntax_arrive_literally() {
        let expected = r#"-trimpath -ldflags="-s -w -X 'main.v=a b \$(id) \`x\` \${HOME}'""#;
        assert_eq!(flags(&["-X main.v=a b $(id) `x` ${HOME}"]), expected);
    }

    #[test]
    fn other_flags_stay_as_they_are() {
        let expected = r#"-trimpath -ldflags="-s -w -linkmode external -extldflags '-static -lm'""#;
        assert_eq!(
            flags(&["-linkmode external", "-extldflags '-static -lm'"]),
            expected
        );
    }
}
