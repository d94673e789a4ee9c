//! A text cut into its instructions, as BuildKit's line reader cuts it: continued lines and heredocs belong together.
//!
//! The crate that reads instructions stops at its first mistake and knows a heredoc at the head of a `RUN` only. Cut
//! before, a broken instruction hides nothing of those around it.

use std::ops::Range;

use crate::plan::parse::words::{Word, words};
use crate::text::{Span, Spanned};

/// A text in its instructions.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    /// The parser directives at its head.
    pub(super) directives: Vec<Directive>,
    /// Its instructions.
    pub(super) pieces: Vec<Piece>,
    /// The character that continues a line and protects another.
    pub(super) escape: char,
}

/// A parser directive, such as `# escape=`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Its name, lower case.
    pub name: String,
    /// Its value.
    pub value: Spanned<String>,
    /// The place of all of it.
    pub span: Span,
}

/// One instruction.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// From its name to the end of its last continued line.
    pub(super) head: Range<usize>,
    /// The escape at the end of its last line, if nothing follows it.
    pub(super) unfinished: Option<Range<usize>>,
    /// Its heredocs, in order.
    pub(super) heredocs: Vec<Heredoc>,
}

/// A heredoc of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heredoc {
    /// The place of the word that names it, such as `<<-"EOT"`.
    pub(super) word: Range<usize>,
    /// The line that ends it.
    pub(super) name: String,
    /// Whether its name is quoted, so that nothing in it is replaced.
    pub(super) is_quoted: bool,
    /// Its lines.
    pub(super) body: Range<usize>,
    /// Where the line that ends it ends, if there is one.
    pub(super) end: Option<usize>,
}

impl Piece {
    /// Where it ends, heredocs included.
    pub(super) fn end(&self) -> usize {
        let last = self.heredocs.last();
        last.map_or(self.head.end, |it| it.end.unwrap_or(it.body.end))
    }
}

/// Cuts a text. `with_directives` says whether parser directives count at its head.
pub(super) fn cut(text: &str, with_directives: bool) -> Lines {
    let mut lines = Lines {
        escape: '\\',
        ..Lines::default()
    };
    let mut reader = LineReader { text, at: 0 };
    if text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    if with_directives {
        while let Some(directive) = reader.directive() {
            if directive.name == "escape" && directive.value.value == "`" {
                lines.escape = '`';
            }
            lines.directives.push(directive);
        }
    }
    while let Some(line) = reader.line() {
        let content = line.of(text);
        let trimmed = content.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let start = line.end as usize - trimmed.len();
        lines.pieces.push(reader.piece(start, line, lines.escape));
    }
    lines
}

struct LineReader<'a> {
    text: &'a str,
    at: usize,
}

impl LineReader<'_> {
    /// The next line without its line break.
    fn line(&mut self) -> Option<Span> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').unwrap_or(rest.len());
        let content = rest.get(..length).unwrap_or_default();
        let content = content.strip_suffix('\r').unwrap_or(content);
        let span = Span::new(self.at, self.at + content.len());
        self.at = (self.at + length + 1).min(self.text.len());
        Some(span)
    }

    /// A parser directive, if the next line is one.
    fn directive(&mut self) -> Option<Directive> {
        let start = self.at;
        let line = self.line()?;
        let found = directive(self.text, line);
        if found.is_none() {
            self.at = start;
        }
        found
    }

    /// The rest of an instruction that begins at `start` in `line`.
    fn piece(&mut self, start: usize, line: Span, escape: char) -> Piece {
        let mut last = line;
        let mut unfinished = continued(line, self.text, escape);
        while unfinished.is_some()
            && let Some(next) = self.line()
        {
            let content = next.of(self.text).trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            last = next;
            unfinished = continued(next, self.text, escape);
        }
        let content = self.text.get(start..last.end as usize).unwrap_or_default();
        let head = start..start + content.trim_end().len();
        let mut heredocs = heredocs(self.text, head.clone(), escape);
        for heredoc in &mut heredocs {
            self.body(heredoc);
        }
        Piece {
            head,
            unfinished,
            heredocs,
        }
    }

    /// The lines up to the one that ends a heredoc.
    fn body(&mut self, heredoc: &mut Heredoc) {
        let is_indented = heredoc.name.starts_with('-');
        let name = heredoc
            .name
            .strip_prefix('-')
            .unwrap_or(&heredoc.name)
            .to_owned();
        heredoc.body = self.at..self.text.len();
        while let Some(line) = self.line() {
            let content = line.of(self.text);
            let content = if is_indented {
                content.trim_start_matches('\t')
            } else {
                content
            };
            if content == name {
                heredoc.body.end = line.start as usize;
                heredoc.end = Some(line.end as usize);
                break;
            }
        }
        heredoc.name = name;
    }
}

/// `# name=value`, where the name is that of a directive.
fn directive(text: &str, line: Span) -> Option<Directive> {
    let content = line.of(text);
    let (name, value) = content.trim_start().strip_prefix('#')?.split_once('=')?;
    let name = name.trim().to_ascii_lowercase();
    if !matches!(name.as_str(), "syntax" | "escape" | "check") {
        return None;
    }
    let start = line.end as usize - value.trim_start().len();
    let value = value.trim();
    let end = start + value.len();
    Some(Directive {
        name,
        value: Spanned::new(value.to_owned(), Span::new(start, end)),
        span: Span::new(line.start as usize, end),
    })
}

/// The escape that continues a line: at its end, blanks aside, and not protected by another one.
fn continued(line: Span, text: &str, escape: char) -> Option<Range<usize>> {
    let content = line.of(text).trim_end_matches([' ', '\t']);
    let before = content.strip_suffix(escape)?;
    if before.ends_with(escape) {
        return None;
    }
    let at = line.start as usize + before.len();
    Some(at..at + escape.len_utf8())
}

/// The heredocs that the first lines of an instruction name. Their names still hold the dash that takes tabs away.
fn heredocs(text: &str, head: Range<usize>, escape: char) -> Vec<Heredoc> {
    let content = text.get(head.clone()).unwrap_or_default();
    if !content.contains("<<") {
        return Vec::new();
    }
    let mut words = words(text, head, escape).into_iter();
    let mut keyword = words.next().map(|it| it.text()).unwrap_or_default();
    if keyword.eq_ignore_ascii_case("ONBUILD") {
        keyword = words.next().map(|it| it.text()).unwrap_or_default();
    }
    let takes_heredocs = ["ADD", "COPY", "RUN"]
        .iter()
        .any(|it| keyword.eq_ignore_ascii_case(it));
    let heredoc = |word: &Word| {
        let written = text.get(word.range.clone())?;
        let after = written.trim_start_matches(|it: char| it.is_ascii_digit());
        let after = after.strip_prefix("<<")?;
        let whole = word.text();
        let (_, name) = whole.split_once("<<")?;
        let bare = name.strip_prefix('-').unwrap_or(name);
        let is_name = !bare.is_empty() && !name.contains('<');
        is_name.then(|| Heredoc {
            word: word.range.clone(),
            name: name.to_owned(),
            is_quoted: after.contains(['"', '\'']),
            body: 0..0,
            end: None,
        })
    };
    words
        .filter(|_| takes_heredocs)
        .filter_map(|word| heredoc(&word))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::cut;

    /// The instructions of a text.
    fn pieces(text: &str) -> Vec<&str> {
        let lines = cut(text, true);
        let pieces = lines.pieces.iter();
        pieces
            .map(|piece| &text[piece.head.start..piece.end()])
            .collect()
    }

    #[test]
    fn continued_lines_belong_together() {
        assert_eq!(
            pieces("\n # é\nRUN a \\\n# b\n\n  c\nRUN d  \n"),
            ["RUN a \\\n# b\n\n  c", "RUN d"]
        );
        assert_eq!(pieces("RUN a\\\r\n b\r\nRUN c"), ["RUN a\\\r\n b", "RUN c"]);
        assert_eq!(pieces("RUN a\\\\\nRUN b"), ["RUN a\\\\", "RUN b"]);
    }

    #[test]
    fn heredocs_belong_to_their_instruction() {
        let text = "RUN cat <<A <<-'B' > é\nRUN a\nA\n\tx\n\tB\nUSER a";
        assert_eq!(pieces(text).len(), 2);
        let lines = cut(text, false);
        let heredocs = &lines.pieces[0].heredocs;
        let bodies: Vec<&str> = heredocs.iter().map(|it| &text[it.body.clone()]).collect();
        assert_eq!(bodies, ["RUN a\n", "\tx\n"]);
        let quoted: Vec<bool> = heredocs.iter().map(|it| it.is_quoted).collect();
        assert_eq!(quoted, [false, true]);
        assert_eq!(pieces("COPY <<\"E F\" /x\nE F\nUSER a").len(), 2);
        assert_eq!(pieces("ONBUILD RUN <<E\nE\nUSER a").len(), 2);
    }

    #[test]
    fn what_only_looks_like_a_heredoc_is_none() {
        assert_eq!(pieces("RUN echo $((1<<2))\nUSER a").len(), 2);
        assert_eq!(pieces("RUN echo \"<<E\"\nUSER a").len(), 2);
        assert_eq!(pieces("RUN cat <<< x\nUSER a").len(), 2);
        assert_eq!(pieces("ENV A=<<E\nUSER a").len(), 2);
    }

    #[test]
    fn a_heredoc_without_an_end_takes_the_rest() {
        let lines = cut("RUN <<E\nUSER a", false);
        assert_eq!(lines.pieces[0].heredocs[0].end, None);
        assert_eq!(lines.pieces.len(), 1);
    }

    #[test]
    fn directives_stand_at_the_head_only() {
        let text =
            "# syntax=docker/dockerfile:1\n#ESCAPE = `\n# é\n# check=skip=all\nRUN a `\n b\n";
        let lines = cut(text, true);
        let names: Vec<&str> = lines.directives.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["syntax", "escape"]);
        assert_eq!(lines.directives[1].value.span.of(text), "`");
        assert_eq!(lines.pieces.len(), 1);
        assert_eq!(cut(text, false).pieces.len(), 2);
    }
}
