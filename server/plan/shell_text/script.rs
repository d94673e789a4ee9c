//! Shell text as simple commands, each word with its place.
//!
//! It knows what POSIX shells share, POSIX.1-2024, 2.3 to 2.10: quotes, expansions, pipes, lists, redirections and
//! heredocs. What it does not know becomes a command that nobody looks for, never a wrong one.

use std::ops::Range;

use crate::text::Span;

/// The shells whose language is read.
const SHELLS: [&str; 6] = ["sh", "bash", "dash", "ash", "zsh", "ksh"];

/// Words that stand before a command and are not one.
const RESERVED: [&str; 12] = [
    "!", "{", "}", "if", "then", "else", "elif", "fi", "do", "done", "while", "until",
];

/// How deeply commands in commands are read.
const DEEPEST: usize = 12;

/// A word of a command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    /// Its text without quotes; what is expanded in it stands as it is written.
    pub text: String,
    /// Its place, quotes included.
    pub span: Span,
    /// Its bytes in the text that was read.
    pub range: Range<usize>,
    /// Whether a variable or the output of a command is put into it.
    pub expands: bool,
    /// The commands whose output is put into it, or that it is a file of; as indices.
    pub nested: Vec<usize>,
}

/// A command with its words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SimpleCommand {
    /// The assignments before it, such as `A=1`.
    pub assignments: Vec<Word>,
    /// Its words; none where it only assigns.
    pub words: Vec<Word>,
    /// The files that it reads in place of a terminal, as far as a command makes them.
    pub reads: Vec<Word>,
    /// The command whose output it reads, as an index.
    pub piped_from: Option<usize>,
}

impl SimpleCommand {
    /// The name of the program, without folders and wrappers such as `exec` and `sudo`, and what follows it. Nothing where
    /// nobody can know.
    pub fn program(&self) -> Option<(&str, &[Word])> {
        let mut rest = self.words.as_slice();
        loop {
            let (first, arguments) = rest.split_first()?;
            let name = base_name(first)?;
            rest = match name {
                "exec" | "command" | "builtin" | "nohup" | "time" => arguments,
                "sudo" | "doas" => after_sudo(arguments),
                "env" => {
                    let set = arguments.iter().take_while(|it| it.text.contains('='));
                    arguments.get(set.count()..)?
                }
                _ => return Some((name, arguments)),
            };
            if rest.first().is_some_and(|it| it.text.starts_with('-')) {
                return Some((name, arguments));
            }
        }
    }

    /// The word that names its program.
    pub fn program_word(&self) -> Option<&Word> {
        let (_, arguments) = self.program()?;
        let before = self.words.len().checked_sub(arguments.len() + 1)?;
        self.words.get(before)
    }

    /// Whether it is a shell that runs what it reads.
    pub fn is_shell_of_input(&self) -> bool {
        self.program()
            .is_some_and(|(name, arguments)| SHELLS.contains(&name) && reads_program(arguments))
    }
}

/// Whether a shell with these arguments takes its program from its input.
fn reads_program(arguments: &[Word]) -> bool {
    for word in arguments {
        let text = word.text.as_str();
        match text {
            "-" | "-s" => return true,
            _ if text.starts_with("--") => {}
            _ if text.starts_with(['-', '+']) => {
                if text.contains('c') {
                    return false;
                }
                if text.contains('s') {
                    return true;
                }
                if text.ends_with('o') {
                    // An option's name follows, which is no script.
                    return false;
                }
            }
            _ => return matches!(text, "/dev/stdin"),
        }
    }
    true
}

fn base_name(word: &Word) -> Option<&str> {
    let is_known = !word.expands && !word.text.is_empty();
    is_known.then(|| word.text.rsplit('/').next().unwrap_or_default())
}

/// What follows `sudo` and those of its flags that take nothing.
fn after_sudo(arguments: &[Word]) -> &[Word] {
    let is_flag =
        |it: &&Word| matches!(it.text.as_str(), "-E" | "-H" | "-n" | "-S" | "-EH" | "-HE");
    let flags = arguments.iter().take_while(is_flag).count();
    arguments.get(flags..).unwrap_or_default()
}

/// Whether a program is a shell whose language is read.
pub(super) fn is_shell(path: &str) -> bool {
    SHELLS.contains(&path.rsplit('/').next().unwrap_or_default())
}

/// Where a text is read from, and how.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    /// Whether it is an instruction, so that continued lines skip comments.
    pub(super) is_instruction: bool,
    pub(super) place: &'a dyn Fn(Range<usize>) -> Span,
}

/// Reads the commands of a text.
pub(super) fn read(source: &Source<'_>, commands: &mut Vec<SimpleCommand>) {
    let range = 0..source.text.len();
    Lexer::new(source, range, 0, source.is_instruction).run(commands);
}

/// The commands of a program and its arguments that no shell splits.
pub(super) fn exec(words: Vec<Word>) -> SimpleCommand {
    SimpleCommand {
        words,
        ..SimpleCommand::default()
    }
}

/// The index of the word behind `-c`, if a command is a shell with one.
pub(super) fn script_index(words: &[Word]) -> Option<usize> {
    let first = words.first()?;
    if first.expands || !is_shell(&first.text) {
        return None;
    }
    let is_flag = |it: &Word| it.text.starts_with('-') && !it.text.starts_with("--");
    let flag = words
        .iter()
        .position(|it| is_flag(it) && it.text.ends_with('c'))?;
    words.get(1..flag)?.iter().all(is_flag).then_some(flag + 1)
}

struct Heredoc {
    name: String,
    is_indented: bool,
}

struct Lexer<'a> {
    source: &'a Source<'a>,
    at: usize,
    end: usize,
    depth: usize,
    is_instruction: bool,
    current: SimpleCommand,
    /// The latest command of this level.
    last: Option<usize>,
    /// The command whose output the next one reads.
    pipe: Option<usize>,
    heredocs: Vec<Heredoc>,
    /// How many brackets are open.
    open: usize,
    /// Whether a closing bracket ends it.
    is_nested: bool,
    is_broken: bool,
}

impl<'a> Lexer<'a> {
    fn new(
        source: &'a Source<'a>,
        range: Range<usize>,
        depth: usize,
        is_instruction: bool,
    ) -> Self {
        Self {
            source,
            at: range.start,
            end: range.end,
            depth,
            is_instruction,
            current: SimpleCommand::default(),
            last: None,
            pipe: None,
            heredocs: Vec::new(),
            open: 0,
            is_nested: false,
            is_broken: depth > DEEPEST,
        }
    }

    fn rest(&self) -> &'a str {
        self.source.text.get(self.at..self.end).unwrap_or_default()
    }

    fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Reads up to the end, or to the bracket that closes it; returns where it stopped.
    fn run(&mut self, commands: &mut Vec<SimpleCommand>) -> usize {
        while !self.is_broken
            && let Some(next) = self.next()
        {
            if let Some(length) = self.continuation() {
                self.at += length;
                continue;
            }
            match next {
                '\n' => self.line_end(commands),
                ' ' | '\t' | '\r' => self.at += 1,
                '#' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                ';' => self.separate(1, commands),
                '&' | '|' => self.operator(commands),
                '(' => {
                    self.separate(1, commands);
                    self.open += 1;
                }
                ')' if self.open == 0 && self.is_nested => break,
                ')' => {
                    self.separate(1, commands);
                    self.open = self.open.saturating_sub(1);
                }
                '<' | '>' => self.redirection(commands),
                _ => self.take_word(commands),
            }
        }
        if !self.is_broken {
            self.finish(commands);
        }
        self.at
    }

    /// The length of a continued line's end.
    fn continuation(&self) -> Option<usize> {
        let text = self.rest();
        let after = text.strip_prefix('\\')?;
        let blanks = if self.is_instruction {
            after.trim_start_matches([' ', '\t'])
        } else {
            after
        };
        let line = blanks.strip_prefix('\r').unwrap_or(blanks);
        let mut rest = line.strip_prefix('\n')?;
        while self.is_instruction
            && let Some((line, next)) = rest.split_once('\n')
        {
            let content = line.trim();
            if !(content.is_empty() || content.starts_with('#')) {
                break;
            }
            rest = next;
        }
        Some(text.len() - rest.len())
    }

    fn separate(&mut self, length: usize, commands: &mut Vec<SimpleCommand>) {
        self.finish(commands);
        self.pipe = None;
        self.at += length;
    }

    fn operator(&mut self, commands: &mut Vec<SimpleCommand>) {
        let rest = self.rest();
        if rest.starts_with("&&") || rest.starts_with("||") {
            self.separate(2, commands);
        } else if rest.starts_with("&>") {
            self.at += 1;
            self.redirection(commands);
        } else if rest.starts_with('|') {
            self.finish(commands);
            self.pipe = self.last;
            self.at += if rest.starts_with("|&") { 2 } else { 1 };
        } else {
            self.separate(1, commands);
        }
    }

    /// Ends the command that is being read.
    fn finish(&mut self, commands: &mut Vec<SimpleCommand>) {
        let mut command = std::mem::take(&mut self.current);
        if command.words.is_empty() && command.assignments.is_empty() {
            return;
        }
        command.piped_from = self.pipe.take();
        let script = script_index(&command.words).and_then(|at| command.words.get(at));
        let script = script.and_then(|word| self.plain_content(word));
        self.last = Some(commands.len());
        commands.push(command);
        if let Some(range) = script {
            Lexer::new(self.source, range, self.depth + 1, self.is_instruction).run(commands);
        }
    }

    /// The inside of a word that is one quoted text without escapes.
    fn plain_content(&self, word: &Word) -> Option<Range<usize>> {
        let range = word.range.start + 1..word.range.end.saturating_sub(1);
        let content = self.source.text.get(range.clone())?;
        (content == word.text).then_some(range)
    }

    fn line_end(&mut self, commands: &mut Vec<SimpleCommand>) {
        let is_bare = self.current.words.is_empty();
        let index = commands.len();
        // A pipe goes on in the next line.
        if !is_bare || self.pipe.is_none() {
            self.separate(0, commands);
        }
        self.at += 1;
        for heredoc in std::mem::take(&mut self.heredocs) {
            let body = self.body(&heredoc);
            let runs = is_bare
                || commands
                    .get(index..)
                    .and_then(<[SimpleCommand]>::last)
                    .is_some_and(SimpleCommand::is_shell_of_input);
            if runs && self.is_script(&body) {
                Lexer::new(self.source, body, self.depth + 1, false).run(commands);
            }
        }
    }

    /// Whether a heredoc's text is for a shell.
    fn is_script(&self, body: &Range<usize>) -> bool {
        let text = self.source.text.get(body.clone()).unwrap_or_default();
        let Some(line) = text.strip_prefix("#!") else {
            return true;
        };
        let line = line.lines().next().unwrap_or_default();
        let mut words = line.split_whitespace();
        words.any(is_shell)
    }

    /// The lines of a heredoc; what follows its last line is read next.
    fn body(&mut self, heredoc: &Heredoc) -> Range<usize> {
        let start = self.at;
        let mut end = self.end;
        let mut at = start;
        self.at = self.end;
        for line in self
            .source
            .text
            .get(start..self.end)
            .unwrap_or_default()
            .split_inclusive('\n')
        {
            let content = line.trim_end_matches(['\n', '\r']);
            let content = if heredoc.is_indented {
                content.trim_start_matches('\t')
            } else {
                content
            };
            if content == heredoc.name {
                end = at;
                self.at = at + line.len();
                break;
            }
            at += line.len();
        }
        start..end
    }

    fn redirection(&mut self, commands: &mut Vec<SimpleCommand>) {
        let rest = self.rest();
        if rest.starts_with("<(") || rest.starts_with(">(") {
            return self.take_word(commands);
        }
        if rest.starts_with("<<") && !rest.starts_with("<<<") {
            self.at += 2;
            let is_indented = self.rest().starts_with('-');
            self.at += usize::from(is_indented);
            self.skip_blanks();
            if let Some(word) = self.word(commands) {
                self.heredocs.push(Heredoc {
                    name: word.text,
                    is_indented,
                });
            }
            return;
        }
        let reads = rest.starts_with('<');
        let length = rest.find(|it: char| !"<>&|".contains(it));
        self.at += length.unwrap_or(rest.len());
        self.skip_blanks();
        if let Some(word) = self.word(commands)
            && reads
        {
            self.current.reads.push(word);
        }
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    fn take_word(&mut self, commands: &mut Vec<SimpleCommand>) {
        let Some(word) = self.word(commands) else {
            return;
        };
        let is_number = !word.text.is_empty() && word.text.bytes().all(|it| it.is_ascii_digit());
        if is_number && self.next().is_some_and(|it| matches!(it, '<' | '>')) {
            return;
        }
        let is_first = self.current.words.is_empty();
        if is_first && self.current.assignments.is_empty() && RESERVED.contains(&word.text.as_str())
        {
            return;
        }
        if is_first && is_assignment(&word.text) {
            self.current.assignments.push(word);
        } else {
            self.current.words.push(word);
        }
    }

    /// The word at this place; nothing if there is none.
    fn word(&mut self, commands: &mut Vec<SimpleCommand>) -> Option<Word> {
        let start = self.at;
        let mut word = Word::default();
        while !self.is_broken
            && let Some(next) = self.next()
        {
            if let Some(length) = self.continuation() {
                self.at += length;
                continue;
            }
            match next {
                '<' | '>' if self.at == start => self.process(&mut word, commands),
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')' => break,
                '\'' => self.single_quoted(&mut word),
                '"' => self.double_quoted(&mut word, commands),
                '\\' => {
                    self.at += 1;
                    self.copy(&mut word);
                }
                '$' | '`' => self.expansion(&mut word, commands),
                _ => self.copy(&mut word),
            }
        }
        if self.at == start {
            // Nothing that a word can begin with.
            self.at += self.next().map_or(0, char::len_utf8);
            return None;
        }
        word.range = start..self.at;
        word.span = (self.source.place)(start..self.at);
        (!self.is_broken).then_some(word)
    }

    /// Takes one character over.
    fn copy(&mut self, word: &mut Word) {
        if let Some(next) = self.next() {
            word.text.push(next);
            self.at += next.len_utf8();
        }
    }

    fn single_quoted(&mut self, word: &mut Word) {
        self.at += 1;
        match self.rest().find('\'') {
            Some(length) => {
                word.text
                    .push_str(self.rest().get(..length).unwrap_or_default());
                self.at += length + 1;
            }
            None => self.is_broken = true,
        }
    }

    fn double_quoted(&mut self, word: &mut Word, commands: &mut Vec<SimpleCommand>) {
        self.at += 1;
        while !self.is_broken {
            if let Some(length) = self.continuation() {
                self.at += length;
                continue;
            }
            match self.next() {
                None => self.is_broken = true,
                Some('"') => {
                    self.at += 1;
                    return;
                }
                Some('\\') => {
                    self.at += 1;
                    if !self.next().is_some_and(|it| "\"\\$`".contains(it)) {
                        word.text.push('\\');
                    }
                    self.copy(word);
                }
                Some('$' | '`') => self.expansion(word, commands),
                Some(_) => self.copy(word),
            }
        }
    }

    /// `$NAME`, `${…}`, `$((…))`, `$(…)` and back-ticks.
    fn expansion(&mut self, word: &mut Word, commands: &mut Vec<SimpleCommand>) {
        word.expands = true;
        let start = self.at;
        let rest = self.rest();
        if rest.starts_with("$((") {
            self.at += rest.find("))").map_or(rest.len(), |it| it + 2);
        } else if rest.starts_with("$(") {
            self.nested(start + 2, self.end, word, commands);
        } else if rest.starts_with("${") {
            self.at += closing_brace(rest).unwrap_or(rest.len());
        } else if let Some(inside) = rest.strip_prefix('`') {
            let Some(length) = inside.find('`') else {
                self.is_broken = true;
                return;
            };
            self.nested(start + 1, start + 1 + length, word, commands);
        } else {
            self.at += 1;
        }
        word.text
            .push_str(self.source.text.get(start..self.at).unwrap_or_default());
    }

    /// `<(…)` and `>(…)`.
    fn process(&mut self, word: &mut Word, commands: &mut Vec<SimpleCommand>) {
        if self.rest().get(1..2) == Some("(") {
            let start = self.at;
            word.expands = true;
            self.nested(start + 2, self.end, word, commands);
            word.text
                .push_str(self.source.text.get(start..self.at).unwrap_or_default());
        } else {
            self.is_broken = true;
        }
    }

    /// The commands from `start` on, up to the bracket that closes them, or to `end`.
    fn nested(
        &mut self,
        start: usize,
        end: usize,
        word: &mut Word,
        commands: &mut Vec<SimpleCommand>,
    ) {
        let mut inner = Lexer::new(self.source, start..end, self.depth + 1, self.is_instruction);
        inner.is_nested = true;
        let first = commands.len();
        let stop = inner.run(commands);
        let is_broken = inner.is_broken;
        self.at = stop + 1;
        if is_broken || self.at > self.end {
            self.is_broken = true;
        }
        word.nested.extend(first..commands.len());
    }
}

/// Whether a word sets a variable: `NAME=value`.
fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        let name = name.strip_suffix('+').unwrap_or(name);
        name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
            && name
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || it == '_')
    })
}

/// The length of `${…}` up to its end.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 1 => return Some(index + 1),
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{SimpleCommand, Source, read};
    use crate::text::Span;

    fn commands(text: &str) -> Vec<SimpleCommand> {
        let place = |range: std::ops::Range<usize>| Span::new(range.start, range.end);
        let source = Source {
            text,
            is_instruction: true,
            place: &place,
        };
        let mut commands = Vec::new();
        read(&source, &mut commands);
        commands
    }

    /// The words of each command, with blanks between them.
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = commands(text)
            .iter()
            .map(|it| {
                let words = it.assignments.iter().chain(&it.words);
                words
                    .map(|word| word.text.as_str())
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn operators_and_reserved_words_part_commands() {
        check("a b&&c||d;e&f", &["a b", "c", "d", "e", "f"]);
        check("if a; then b; fi", &["a", "b"]);
        check("(a; { b; }) > x 2>&1 <y", &["a", "b"]);
        check("a \\\n# é ' \n  b # c\nd", &["a b", "d"]);
    }

    #[test]
    fn quotes_keep_words_together() {
        check("a 'b c' \"d \\\" e\"f\\ g", &["a b c d \" ef g"]);
        check("a ';' \"&&\" '#'b", &["a ; && #b"]);
        check("a 'never closed", &[]);
    }

    #[test]
    fn commands_in_words_are_read() {
        check(
            "a \"$(b c | d)\" ${E:-f} $((1+2))",
            &["b c", "d", "a $(b c | d) ${E:-f} $((1+2))"],
        );
        check("a `b c` d", &["b c", "a `b c` d"]);
        check("a <(b) c", &["b", "a <(b) c"]);
    }

    #[test]
    fn scripts_in_words_are_read() {
        check("sh -c 'a b; c'", &["sh -c a b; c", "a b", "c"]);
        check("bash -euxc \"a b\"", &["bash -euxc a b", "a b"]);
        check("sh -c", &["sh -c"]);
    }

    #[test]
    fn heredocs_are_scripts_for_shells_only() {
        check("<<EOF\na\nb\nEOF\n", &["a", "b"]);
        check("bash <<'EOF' && c\na\nEOF\nd", &["bash", "c", "d"]);
        check("cat <<EOF > x\na\nEOF\nb", &["cat", "b"]);
        check("<<EOF\n#!/usr/bin/env python\na\nEOF\n", &[]);
    }

    #[test]
    fn pipes_say_what_is_read() {
        let found = commands("a | b |\nc; d | e");
        let pipes: Vec<Option<usize>> = found.iter().map(|it| it.piped_from).collect();
        assert_eq!(pipes, [None, Some(0), Some(1), None, Some(3)]);
    }

    #[test]
    fn a_word_has_its_place() {
        let text = "é 'b c' d";
        let found = commands(text);
        let places: Vec<&str> = found[0].words.iter().map(|it| it.span.of(text)).collect();
        assert_eq!(places, ["é", "'b c'", "d"]);
    }

    #[test]
    fn wrappers_are_no_programs() {
        for (text, program) in [
            ("exec /usr/bin/curl x", "curl"),
            ("sudo -E env A=1 curl", "curl"),
            ("sudo -u me curl", "sudo"),
            ("$X curl", ""),
        ] {
            let found = commands(text);
            let name = found[0].program().map_or("", |(name, _)| name);
            assert_eq!(name, program, "{text}");
        }
    }

    #[test]
    fn nothing_panics() {
        for text in [
            "", "|", "$(", "`", "<<", "((((", "))))", "a <", "\"$(\"", "${", "&>", "<<E\n", "é$(é",
            "\\",
        ] {
            commands(text);
            commands(&text.repeat(40));
        }
    }
}
