//! One instruction of a text.

use std::ops::Range;

use parse_dockerfile::{Flag as ParsedFlag, FromInstruction, Instruction as Parsed};

use crate::plan::instructions::{self, INSTRUCTIONS, Keyword, Reader as Replacer};
use crate::plan::parse::lines::{Heredoc, Piece};
use crate::plan::parse::parts::Parts;
use crate::plan::parse::variables::Scan;
use crate::plan::parse::words::{Word, words};
use crate::plan::parse::{Fault, From, Item, flags};
use crate::plan::{Flag, Pair, SourcePath, Variable, Written};
use crate::text::{Span, Spanned};

/// What stands behind a text in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// Nothing: it is a file.
    Nothing,
    /// More instructions, which an unfinished line would swallow.
    More,
}

/// Reads the instructions of a text.
pub(super) struct Reader<'a> {
    text: &'a str,
    escape: char,
    after: After,
    /// Everything that is wrong, in order.
    pub(super) faults: Vec<Fault>,
}

/// The lines in front of an instruction, without which the crate reads none.
fn head(escape: char) -> String {
    format!("# escape={escape}\nFROM scratch\n")
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, escape: char, after: After) -> Self {
        Self {
            text,
            escape,
            after,
            faults: Vec::new(),
        }
    }

    fn fault(&mut self, message: impl Into<String>, place: Range<usize>) -> Option<Item> {
        self.faults.push(Fault::new(message, span(&place)));
        None
    }

    /// An instruction with its place. What is wrong with it is a fault; nothing if it cannot be read at all.
    pub(super) fn item(&mut self, piece: &Piece) -> Option<Item> {
        let words = words(self.text, piece.head.clone(), self.escape);
        let first = words.first()?;
        let name = first.text();
        let Some(keyword) = instructions::keyword(&name) else {
            let names = INSTRUCTIONS.iter().map(|it| it.name);
            let message = format!("there is no instruction `{}`", short(&name));
            let fault = Fault::new(message, span(&first.range));
            let fault = fault.help("begin with an instruction, such as `RUN` or `COPY`");
            self.faults.push(fault.names(&name, names));
            return None;
        };
        let Some(second) = words.get(1) else {
            return self.fault(
                format!("`{}` needs an argument", keyword.name),
                first.range.clone(),
            );
        };
        if let Some(escape) = piece
            .unfinished
            .clone()
            .filter(|_| self.after == After::More)
        {
            return self.fault(
                format!("the last line of `{}` goes on behind its end", keyword.name),
                escape,
            );
        }
        if let Some(open) = piece.heredocs.iter().find(|it| it.end.is_none()) {
            let word = self.text.get(open.word.clone()).unwrap_or_default();
            let message = format!(
                "`{}` has no end: no line is `{}`",
                short(word),
                short(&open.name)
            );
            return self.fault(message, open.word.clone());
        }
        if keyword.name == "ONBUILD" {
            return self.trigger(piece, &first.range, second.range.start);
        }
        self.read(piece, keyword, &words)
    }

    /// `ONBUILD` and the instruction behind it.
    fn trigger(&mut self, piece: &Piece, name: &Range<usize>, start: usize) -> Option<Item> {
        let inner = Piece {
            head: start..piece.head.end,
            unfinished: None,
            heredocs: piece.heredocs.clone(),
        };
        let word = words(self.text, inner.head.clone(), self.escape);
        let word = word.first()?;
        let text = word.text();
        let keyword = instructions::keyword(&text);
        if let Some(keyword) = keyword.filter(|keyword| !keyword.is_trigger()) {
            let message = format!("`ONBUILD` cannot wait with `{}`", keyword.name);
            return self.fault(message, word.range.clone());
        }
        let Item::Instruction(trigger, _) = self.item(&inner)? else {
            return None;
        };
        let place = start..piece.end();
        let written = Written {
            keyword: "ONBUILD".to_owned(),
            keyword_span: span(name),
            arguments: self.lines(&place),
            arguments_span: span(&place),
            trigger: Some(trigger),
            ..Written::default()
        };
        let place = Span::new(name.start, piece.end());
        Some(Item::Instruction(Box::new(written), place))
    }

    /// Any other instruction.
    fn read(&mut self, piece: &Piece, keyword: &'static Keyword, words: &[Word]) -> Option<Item> {
        let front = head(self.escape);
        let whole = format!("{front}{}", self.masked(piece));
        let back = piece.head.start as isize - front.len() as isize;
        let file = match parse_dockerfile::parse(&whole) {
            Ok(file) => file,
            Err(error) => {
                self.unreadable(keyword, words, &error.to_string());
                return None;
            }
        };
        let mut instructions = file.instructions.iter().skip(1);
        let parsed = instructions.next()?;
        let place = Place { back };
        if let Parsed::From(from) = parsed {
            return Some(Item::From(Box::new(self.from(from, &place, keyword))));
        }
        let written = self.written(piece, keyword, &Parts::of(parsed), &place, words)?;
        let place = Span::new(piece.head.start, piece.end());
        Some(Item::Instruction(Box::new(written), place))
    }

    /// The first lines, with every heredoc's word made a plain one: the crate knows some places of them only.
    fn masked(&self, piece: &Piece) -> String {
        let mut text = self
            .text
            .get(piece.head.clone())
            .unwrap_or_default()
            .to_owned();
        for heredoc in &piece.heredocs {
            let word = heredoc.word.start - piece.head.start..heredoc.word.end - piece.head.start;
            if text.get(word.clone()).is_some_and(|it| !it.contains('\n')) {
                text.replace_range(word.clone(), &"h".repeat(word.len()));
            }
        }
        text
    }

    /// Says why the crate could not read an instruction; its own words are for readers of its source.
    fn unreadable(&mut self, keyword: &Keyword, words: &[Word], reason: &str) {
        let mut rest = words.iter().skip(1);
        let arguments = rest.find(|word| !word.text().starts_with("--"));
        let end = words.last().map_or(0, |word| word.range.end);
        let place = arguments.map_or(
            span(&words.first().map_or(0..0, |it| it.range.clone())),
            |it| Span::new(it.range.start, end),
        );
        let name = keyword.name;
        let fault = |message: String| Fault::new(message, place);
        let fault = match (name, arguments) {
            (_, None) => fault(format!("`{name}` needs an argument")),
            _ if words.iter().any(|word| word.is_open) => {
                fault("a quote of it has no end".to_owned())
            }
            ("ADD" | "COPY", _) => fault(format!("`{name}` needs a source and a destination")),
            ("SHELL", _) => fault("`SHELL` takes a JSON array".to_owned())
                .help("write it so: `SHELL [\"/bin/bash\", \"-c\"]`"),
            ("HEALTHCHECK", Some(word)) if word.text().eq_ignore_ascii_case("NONE") => {
                fault("`HEALTHCHECK NONE` takes nothing else".to_owned())
            }
            ("HEALTHCHECK", Some(word)) if word.text().eq_ignore_ascii_case("CMD") => {
                fault("`HEALTHCHECK CMD` needs a command".to_owned())
            }
            ("HEALTHCHECK", Some(word)) => Fault::new(
                "a health check is `CMD` with a command, or `NONE`",
                span(&word.range),
            )
            .names(&word.text(), ["CMD", "NONE"]),
            ("FROM", _) => fault("`FROM` takes an image, and a name behind `AS`".to_owned())
                .help("write it so: `FROM alpine:3.23 AS tools`"),
            _ => {
                let reason = reason.rsplit_once(" at line ").map_or(reason, |(it, _)| it);
                fault(format!("`{name}` cannot be read: {reason}"))
            }
        };
        self.faults.push(fault);
    }

    fn from(&mut self, from: &FromInstruction<'_>, place: &Place, keyword: &Keyword) -> From {
        let flags: Vec<Flag> = from.options.iter().map(|flag| place.flag(flag)).collect();
        flags::check(keyword, &flags, &mut self.faults);
        let text = |it: &parse_dockerfile::UnescapedString<'_>| {
            Spanned::new(it.value.to_string(), place.span(&it.span))
        };
        let platform = flags.into_iter().find(|flag| flag.name == "platform");
        let platform = platform.and_then(|flag| Some(Spanned::new(flag.value?, flag.span)));
        let image = text(&from.image);
        let name = from.as_.as_ref().map(|(_, name)| text(name));
        let end = name.as_ref().map_or(image.span, |name| name.span).end;
        let begin = place.span(&from.from.span).start;
        let mut variables = Vec::new();
        for part in platform.iter().chain([&image]) {
            let found = self.variables(part.span.range(), Replacer::Builder);
            variables.extend(found);
        }
        From {
            platform,
            image,
            name,
            variables,
            span: Span { start: begin, end },
        }
    }

    fn written(
        &mut self,
        piece: &Piece,
        keyword: &'static Keyword,
        parts: &Parts<'_, '_>,
        place: &Place,
        words: &[Word],
    ) -> Option<Written> {
        let flags: Vec<Flag> = parts.flags.iter().map(|flag| place.flag(flag)).collect();
        flags::check(keyword, &flags, &mut self.faults);
        let name = words.first()?.range.clone();
        if keyword.flags.is_empty()
            && let Some(word) = words.get(1)
            && word.text().starts_with("--")
            && word.range.len() > "--".len()
        {
            self.faults
                .push(flags::not_taken(keyword, &word.text(), span(&word.range)));
        }
        let after_flags = flags.last().map_or(name.end, |flag| {
            flag.span.end.max(flag.name_span.end) as usize
        });
        // A line break of flags may stand before the arguments.
        let start = words
            .iter()
            .map(|word| word.range.start)
            .find(|start| *start >= after_flags)
            .unwrap_or(piece.head.end);
        let arguments = start..piece.end();
        if start >= piece.head.end {
            self.fault(format!("`{}` needs an argument", keyword.name), name);
            return None;
        }
        let is_heredoc = |span: Span| {
            let mut heredocs = piece.heredocs.iter();
            heredocs.any(|it| it.word.start == span.start as usize)
        };
        let paths = parts.paths.iter().map(|(path, span)| SourcePath {
            path: path.clone(),
            span: Some(place.span(span)),
        });
        let paths = paths.filter(|path| !path.span.is_some_and(is_heredoc));
        let head = start..piece.head.end;
        let rest: Vec<&Word> = words
            .iter()
            .filter(|word| word.range.start >= start)
            .collect();
        let mounts = flags.iter().filter(|flag| flag.name == "mount");
        let mounts: Vec<_> = mounts
            .map(|flag| flags::mount(flag, &mut self.faults))
            .collect();
        let mut written = Written {
            keyword: keyword.name.to_owned(),
            keyword_span: span(&name),
            arguments: self.lines(&arguments),
            arguments_span: span(&arguments),
            exec: parts.exec.clone(),
            paths: paths.collect(),
            pairs: self.pairs(keyword, &rest),
            ports: ports(keyword, &rest),
            variables: Vec::new(),
            trigger: None,
            mounts,
            flags,
        };
        written.variables = self.all_variables(&written, keyword, head, &piece.heredocs);
        Some(written)
    }

    /// The text at a place, its lines ending in line feeds.
    fn lines(&self, place: &Range<usize>) -> String {
        let text = self.text.get(place.clone()).unwrap_or_default();
        text.replace("\r\n", "\n")
    }

    /// The variables of an instruction: of its flags, its arguments, and its heredocs.
    fn all_variables(
        &mut self,
        written: &Written,
        keyword: &Keyword,
        head: Range<usize>,
        heredocs: &[Heredoc],
    ) -> Vec<Variable> {
        let mut found = Vec::new();
        // A stage is known before anything is replaced, and health checks are read as they stand.
        for flag in &written.flags {
            if flag.name != "from" && keyword.name != "HEALTHCHECK" && flag.value.is_some() {
                found.extend(self.variables(flag.span.range(), Replacer::Builder));
            }
        }
        let reads_arguments = keyword.reader != Replacer::Nobody
            && (keyword.reader == Replacer::Builder || written.exec.is_none());
        if reads_arguments {
            found.extend(self.variables(head, keyword.reader));
        }
        for heredoc in heredocs {
            let is_read = keyword.reader == Replacer::BuildShell || !heredoc.is_quoted;
            if is_read {
                found.extend(self.variables(heredoc.body.clone(), keyword.reader));
            }
        }
        found
    }

    fn variables(&mut self, place: Range<usize>, reader: Replacer) -> Vec<Variable> {
        let by_builder = reader == Replacer::Builder;
        let scan = Scan {
            text: self.text,
            // Shells have their own escape. What they leave alone in single quotes may be for another shell.
            escape: if by_builder { self.escape } else { '\\' },
            quotes: by_builder,
            reader,
        };
        scan.variables(place, &mut self.faults)
    }

    /// The names and values of `ENV`, `ARG` and `LABEL`.
    fn pairs(&mut self, keyword: &Keyword, words: &[&Word]) -> Vec<Pair> {
        if !matches!(keyword.name, "ENV" | "ARG" | "LABEL") {
            return Vec::new();
        }
        let mut pairs: Vec<Pair> = words.iter().map(|word| pair(word)).collect();
        let is_old = keyword.name != "ARG" && pairs.first().is_some_and(|it| it.value.is_none());
        if is_old {
            // `ENV NAME value of words`.
            let rest: Vec<String> = words.iter().skip(1).map(|word| word.text()).collect();
            let mut places = words.iter().skip(1).map(|word| span(&word.range));
            let Some(first) = places.next() else {
                let place = words.first().map_or(0..0, |word| word.range.clone());
                let message = format!("`{}` needs a value: `NAME=value`", keyword.name);
                self.fault(message, place);
                return Vec::new();
            };
            let place = places.fold(first, Span::cover);
            pairs.truncate(1);
            if let Some(pair) = pairs.first_mut() {
                pair.value = Some(Spanned::new(rest.join(" "), place));
            }
            return pairs;
        }
        if keyword.name != "ARG"
            && let Some(lonely) = pairs.iter().find(|it| it.value.is_none())
        {
            let message = format!("`{}` has no value", short(&lonely.name.value));
            self.faults.push(
                Fault::new(message, lonely.name.span)
                    .help("quote a value that holds blanks: `NAME=\"a b\"`"),
            );
        }
        pairs
    }
}

/// A word as a name and, behind the first `=`, its value.
fn pair(word: &Word) -> Pair {
    let spanned = |(text, place): (String, Range<usize>)| Spanned::new(text, span(&place));
    let end = word.characters.len();
    match word.characters.iter().position(|(it, _)| *it == '=') {
        Some(at) => Pair {
            name: spanned(word.part(0..at)),
            value: Some(spanned(word.part(at + 1..end))),
        },
        None => Pair {
            name: Spanned::new(word.text(), span(&word.range)),
            value: None,
        },
    }
}

fn ports(keyword: &Keyword, words: &[&Word]) -> Vec<Spanned<String>> {
    let words = words.iter().filter(|_| keyword.name == "EXPOSE");
    words
        .map(|word| Spanned::new(word.text(), span(&word.range)))
        .collect()
}

/// From the text that the crate read to the text that was given.
struct Place {
    back: isize,
}

impl Place {
    fn span(&self, range: &Range<usize>) -> Span {
        let moved = |offset: usize| offset.saturating_add_signed(self.back);
        Span::new(moved(range.start), moved(range.end))
    }

    fn flag(&self, flag: &ParsedFlag<'_>) -> Flag {
        let name_span = self.span(&flag.flag_span());
        Flag {
            name: flag.name.value.to_string(),
            name_span,
            value: flag.value.as_ref().map(|value| value.value.to_string()),
            span: flag
                .value
                .as_ref()
                .map_or(name_span, |value| self.span(&value.span)),
        }
    }
}

fn span(range: &Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

/// A text for a message, cut if it is long.
fn short(text: &str) -> String {
    crate::config::words::short(text)
}
