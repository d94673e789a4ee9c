//! The words of Dockerfile text, as BuildKit's lexer cuts them: quotes and escapes keep blanks together.

use std::ops::Range;

/// A word of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Its place, quotes included.
    pub(super) range: Range<usize>,
    /// Each character of it without quotes and escapes, with the place of its source.
    pub(super) characters: Vec<(char, Range<usize>)>,
    /// Whether any of it is quoted or escaped.
    pub(super) is_quoted: bool,
    /// Whether a quote of it has no end.
    pub(super) is_open: bool,
}

impl Word {
    /// The word without quotes and escapes.
    pub(super) fn text(&self) -> String {
        self.characters.iter().map(|(it, _)| it).collect()
    }

    /// The part of the word between two of its characters, with its place.
    pub(super) fn part(&self, part: Range<usize>) -> (String, Range<usize>) {
        let characters = self.characters.get(part.clone()).unwrap_or_default();
        let text = characters.iter().map(|(it, _)| it).collect();
        let start = self
            .characters
            .get(part.start)
            .map_or(self.range.end, |(_, range)| range.start);
        let end = characters.last().map_or(start, |(_, range)| range.end);
        (text, start..end)
    }
}

/// The words between two offsets of a text. Line continuations, and the comments between continued lines, count for
/// nothing.
pub(super) fn words(text: &str, place: Range<usize>, escape: char) -> Vec<Word> {
    let mut lexer = Lexer {
        text: text.get(..place.end).unwrap_or(text),
        at: place.start,
        escape,
        words: Vec::new(),
        word: None,
    };
    while lexer.step() {}
    lexer.end_word();
    lexer.words
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    escape: char,
    words: Vec<Word>,
    word: Option<Word>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    fn word(&mut self) -> &mut Word {
        let at = self.at;
        self.word.get_or_insert_with(|| Word {
            range: at..at,
            characters: Vec::new(),
            is_quoted: false,
            is_open: false,
        })
    }

    /// Takes `length` bytes that stand for `character`.
    fn take(&mut self, length: usize, character: Option<char>) {
        let range = self.at..self.at + length;
        let word = self.word();
        word.characters
            .extend(character.map(|it| (it, range.clone())));
        word.range.end = range.end;
        self.at = range.end;
    }

    fn step(&mut self) -> bool {
        let Some(next) = self.rest().chars().next() else {
            return false;
        };
        if let Some(length) = continuation(self.rest(), self.escape) {
            self.at += length;
        } else if next.is_whitespace() {
            self.end_word();
            self.at += next.len_utf8();
        } else if next == '\'' || next == '"' {
            self.quoted(next);
        } else if next == self.escape {
            self.escaped();
        } else {
            self.take(next.len_utf8(), Some(next));
        }
        true
    }

    /// The escape and what it protects.
    fn escaped(&mut self) {
        let length = self.escape.len_utf8();
        let protected = self.rest().get(length..).and_then(|it| it.chars().next());
        self.word().is_quoted = true;
        match protected {
            Some(character) => self.take(length + character.len_utf8(), Some(character)),
            None => self.take(length, Some(self.escape)),
        }
    }

    fn quoted(&mut self, quote: char) {
        let word = self.word();
        word.is_quoted = true;
        word.is_open = true;
        self.take(1, None);
        while let Some(next) = self.rest().chars().next() {
            if let Some(length) = continuation(self.rest(), self.escape) {
                self.at += length;
            } else if next == quote {
                self.word().is_open = false;
                self.take(1, None);
                return;
            } else if next == self.escape && quote == '"' {
                let length = self.escape.len_utf8();
                let protected = self.rest().get(length..).and_then(|it| it.chars().next());
                match protected.filter(|it| matches!(it, '"' | '$') || *it == self.escape) {
                    Some(it) => self.take(length + it.len_utf8(), Some(it)),
                    None => self.take(length, Some(self.escape)),
                }
            } else {
                self.take(next.len_utf8(), Some(next));
            }
        }
    }
}

/// The length of a line continuation that a text begins with: the escape, blanks, the line break, and the comments and
/// empty lines behind it.
pub(super) fn continuation(text: &str, escape: char) -> Option<usize> {
    let after = text.strip_prefix(escape)?;
    let line = after.trim_start_matches([' ', '\t']);
    let line = line.strip_prefix('\r').unwrap_or(line);
    let mut rest = line.strip_prefix('\n')?;
    while let Some((line, next)) = rest.split_once('\n') {
        let content = line.trim();
        if !(content.is_empty() || content.starts_with('#')) {
            break;
        }
        rest = next;
    }
    Some(text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::words;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = words(text, 0..text.len(), '\\')
            .iter()
            .map(super::Word::text)
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn quotes_and_escapes_keep_blanks_together() {
        check("a  b", &["a", "b"]);
        check(
            "A='x y' B=\"é \\\" \\n\" C=a\\ b",
            &["A=x y", "B=é \" \\n", "C=a b"],
        );
        check("\"never closed", &["never closed"]);
        check("a\\", &["a\\"]);
    }

    #[test]
    fn continued_lines_are_one_line() {
        check("a \\\n  b\\ \t\n# c\n\n c", &["a", "b", "c"]);
        check("a\\\r\nb", &["ab"]);
    }

    #[test]
    fn a_part_of_a_word_has_its_place() {
        let text = "'A'=\"b\"";
        let words = words(text, 0..text.len(), '\\');
        assert_eq!(words[0].part(0..1), ("A".to_owned(), 1..2));
        assert_eq!(words[0].part(2..3), ("b".to_owned(), 5..6));
    }
}
