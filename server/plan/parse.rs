//! Dockerfile text to instructions: string steps and the overlay.
//!
//! The text is read by the crate `parse-dockerfile`, which has places and reads heredocs; of the maintained parsers it is
//! the only one that read every file of a corpus of ninety public Dockerfiles. Nothing is pasted: what is not exactly
//! one instruction is refused, and what is taken over keeps its own spelling behind its flags.

use parse_dockerfile::{
    Command as ParsedCommand, Flag as ParsedFlag, HealthcheckArguments, Instruction as Parsed,
};

use crate::plan::{Flag, SourcePath, Written};
use crate::text::Span;

/// A stage or an instruction of Dockerfile text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// `FROM`.
    From {
        /// `--platform=`.
        platform: Option<String>,
        /// The image or stage.
        image: String,
        /// The name behind `AS`.
        name: Option<String>,
        /// The place of the whole instruction.
        span: Span,
    },
    /// Any other instruction, with its place.
    Instruction(Written, Span),
}

/// Why a text is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The reason, in the words of a message.
    pub message: String,
    /// The place in the text.
    pub span: Span,
}

fn error(message: impl Into<String>, span: Span) -> ParseError {
    ParseError {
        message: message.into(),
        span,
    }
}

/// The line that lets a fragment without `FROM` be read as a Dockerfile.
const HEAD: &str = "FROM scratch\n";

/// Reads a text that is exactly one instruction other than `FROM`. Places are relative to the text.
///
/// # Errors
/// The text is not exactly one known instruction with known flags.
pub fn parse_step(text: &str) -> Result<Written, ParseError> {
    let all = Span::new(0, text.len());
    if text.trim_start().starts_with('#') {
        return Err(error(
            "a step begins with its instruction, not with a comment",
            all,
        ));
    }
    if text.contains('\r') {
        return Err(error("a step's lines end in a line feed", all));
    }
    let mut items = parse_fragment(text)?.into_iter();
    match (items.next(), items.next()) {
        (Some(Item::Instruction(written, _)), None) => Ok(written),
        (Some(Item::From { span, .. }), _) => Err(error(
            "`FROM` begins a stage: write a `[[stages]]` table",
            span,
        )),
        (Some(_), Some(Item::Instruction(_, span) | Item::From { span, .. })) => Err(error(
            "a step is one instruction, and here a second one begins",
            span,
        )),
        (None, _) => Err(error(
            "a step is one instruction, such as `COPY web/ ./`",
            all,
        )),
    }
}

/// Reads a Dockerfile fragment. Places are relative to the text.
///
/// # Errors
/// The text is not Dockerfile text, or an instruction or flag is unknown.
pub fn parse_fragment(text: &str) -> Result<Vec<Item>, ParseError> {
    let whole = format!("{HEAD}{text}");
    let file = parse_dockerfile::parse(&whole)
        .map_err(|failure| syntax_error(&failure.to_string(), text))?;
    let reader = Reader { whole: &whole };
    file.instructions
        .iter()
        .skip(1)
        .map(|instruction| reader.item(instruction))
        .collect()
}

/// Reads a whole Dockerfile, to know that it is one.
///
/// # Errors
/// The text is not a Dockerfile.
pub fn parse_dockerfile_text(text: &str) -> Result<(), ParseError> {
    parse_dockerfile::parse(text)
        .map(|_| ())
        .map_err(|failure| syntax_error(&failure.to_string(), text))
}

/// The parser's message in our words, at the line that it names.
fn syntax_error(message: &str, text: &str) -> ParseError {
    let (reason, place) = message.rsplit_once(" at ").unwrap_or((message, ""));
    let line = place
        .trim_start_matches("line ")
        .split([' ', ':'])
        .next()
        .and_then(|number| number.parse::<usize>().ok());
    let mut start = 0;
    for (number, content) in text.split('\n').enumerate() {
        // The head is one line, so line 2 of the parser is our first.
        if line == Some(number + 2) {
            return error(
                reason.to_owned(),
                Span::new(start, start + content.trim_end().len()),
            );
        }
        start += content.len() + 1;
    }
    error(reason.to_owned(), Span::new(0, text.trim_end().len()))
}

struct Reader<'a> {
    whole: &'a str,
}

impl Reader<'_> {
    fn span(&self, span: &std::ops::Range<usize>) -> Span {
        Span::new(
            span.start.saturating_sub(HEAD.len()),
            span.end.saturating_sub(HEAD.len()),
        )
    }

    fn item(&self, instruction: &Parsed<'_>) -> Result<Item, ParseError> {
        if let Parsed::From(from) = instruction {
            let flag = from
                .options
                .iter()
                .find(|flag| flag.name.value == "platform");
            let end = from
                .as_
                .as_ref()
                .map_or(from.image.span.end, |(_, name)| name.span.end);
            return Ok(Item::From {
                platform: flag
                    .and_then(|flag| flag.value.as_ref())
                    .map(|value| value.value.to_string()),
                image: from.image.value.to_string(),
                name: from.as_.as_ref().map(|(_, name)| name.value.to_string()),
                span: self.span(&(from.from.span.start..end)),
            });
        }
        self.written(instruction)
    }

    /// The parts that all other instructions share.
    fn written(&self, instruction: &Parsed<'_>) -> Result<Item, ParseError> {
        let parts = Parts::of(instruction);
        let keyword = self
            .whole
            .get(parts.keyword.clone())
            .unwrap_or_default()
            .to_ascii_uppercase();
        let flags: Vec<Flag> = parts.flags.iter().map(|flag| self.flag(flag)).collect();
        if let Some(unknown) = flags.iter().find(|flag| !knows_flag(&keyword, &flag.name)) {
            return Err(error(
                format!("`{keyword}` has no flag `--{}`", unknown.name),
                unknown.span,
            ));
        }
        let after_flags = parts.flags.last().map_or(parts.keyword.end, |flag| {
            flag.value
                .as_ref()
                .map_or(flag.name.span.end, |value| value.span.end)
        });
        let end = parts.end.max(after_flags);
        let rest = self.whole.get(end..).unwrap_or_default();
        let end = end
            + if parts.ends_in_document {
                delimiter_line(rest)
            } else {
                json_tail(rest)
            };
        let raw = self.whole.get(after_flags..end).unwrap_or_default();
        let start = after_flags + (raw.len() - raw.trim_start().len());
        let arguments = self
            .whole
            .get(start..end)
            .unwrap_or_default()
            .trim_end()
            .to_owned();
        if arguments.is_empty() {
            return Err(error(
                format!("`{keyword}` needs an argument"),
                self.span(&parts.keyword),
            ));
        }
        let arguments_span = self.span(&(start..start + arguments.len()));
        let span = self.span(&(parts.keyword.start..start + arguments.len()));
        let paths = parts.paths.iter().map(|(path, span)| SourcePath {
            path: path.clone(),
            span: Some(self.span(span)),
        });
        let written = Written {
            keyword,
            flags,
            arguments,
            arguments_span,
            exec: parts.exec,
            paths: paths.collect(),
        };
        Ok(Item::Instruction(written, span))
    }

    fn flag(&self, flag: &ParsedFlag<'_>) -> Flag {
        let span = flag
            .value
            .as_ref()
            .map_or(&flag.name.span, |value| &value.span);
        Flag {
            name: flag.name.value.to_string(),
            value: flag.value.as_ref().map(|value| value.value.to_string()),
            span: self.span(span),
        }
    }
}

/// What instructions have in common, taken out of the parser's types. Places are in the whole text.
struct Parts<'a, 'b> {
    keyword: std::ops::Range<usize>,
    flags: Vec<&'b ParsedFlag<'a>>,
    end: usize,
    /// Whether the end is that of a heredoc's text, before the line that closes it.
    ends_in_document: bool,
    exec: Option<Vec<String>>,
    paths: Vec<(String, std::ops::Range<usize>)>,
}

impl<'a, 'b> Parts<'a, 'b> {
    fn of(instruction: &'b Parsed<'a>) -> Self {
        let plain = |keyword: &std::ops::Range<usize>, end| Self {
            keyword: keyword.clone(),
            flags: Vec::new(),
            end,
            ends_in_document: false,
            exec: None,
            paths: Vec::new(),
        };
        match instruction {
            Parsed::Add(it) => Self {
                flags: it.options.iter().collect(),
                paths: paths(&it.src, &it.dest),
                ends_in_document: source_end(&it.src, 0) > 0,
                ..plain(&it.add.span, source_end(&it.src, it.dest.span.end))
            },
            Parsed::Copy(it) => Self {
                flags: it.options.iter().collect(),
                paths: paths(&it.src, &it.dest),
                ends_in_document: source_end(&it.src, 0) > 0,
                ..plain(&it.copy.span, source_end(&it.src, it.dest.span.end))
            },
            Parsed::Run(it) => {
                let end = it
                    .here_docs
                    .iter()
                    .map(|document| document.span.end)
                    .fold(command_end(&it.arguments), usize::max);
                Self {
                    flags: it.options.iter().collect(),
                    exec: exec(&it.arguments),
                    ends_in_document: !it.here_docs.is_empty(),
                    ..plain(&it.run.span, end)
                }
            }
            Parsed::Cmd(it) => Self {
                exec: exec(&it.arguments),
                ..plain(&it.cmd.span, command_end(&it.arguments))
            },
            Parsed::Entrypoint(it) => Self {
                exec: exec(&it.arguments),
                ..plain(&it.entrypoint.span, command_end(&it.arguments))
            },
            Parsed::Healthcheck(it) => {
                let (end, exec) = match &it.arguments {
                    HealthcheckArguments::Cmd { arguments, .. } => {
                        (command_end(arguments), exec(arguments))
                    }
                    HealthcheckArguments::None { none, .. } => (none.span.end, None),
                    _ => (it.healthcheck.span.end, None),
                };
                Self {
                    flags: it.options.iter().collect(),
                    exec,
                    ..plain(&it.healthcheck.span, end)
                }
            }
            Parsed::Shell(it) => {
                let exec = it
                    .arguments
                    .iter()
                    .map(|word| word.value.to_string())
                    .collect();
                let end = it
                    .arguments
                    .last()
                    .map_or(it.shell.span.end, |word| word.span.end);
                Self {
                    exec: Some(exec),
                    ..plain(&it.shell.span, end)
                }
            }
            Parsed::Onbuild(it) => plain(&it.onbuild.span, Self::of(&it.instruction).end),
            Parsed::Volume(it) => plain(
                &it.volume.span,
                volume_end(&it.arguments, it.volume.span.end),
            ),
            Parsed::Expose(it) => plain(
                &it.expose.span,
                it.arguments
                    .last()
                    .map_or(it.expose.span.end, |port| port.span.end),
            ),
            Parsed::Arg(it) => plain(&it.arg.span, it.arguments.span.end),
            Parsed::Env(it) => plain(&it.env.span, it.arguments.span.end),
            Parsed::Label(it) => plain(&it.label.span, it.arguments.span.end),
            Parsed::Maintainer(it) => plain(&it.maintainer.span, it.name.span.end),
            Parsed::Stopsignal(it) => plain(&it.stopsignal.span, it.arguments.span.end),
            Parsed::User(it) => plain(&it.user.span, it.arguments.span.end),
            Parsed::Workdir(it) => plain(&it.workdir.span, it.arguments.span.end),
            Parsed::From(it) => plain(&it.from.span, it.image.span.end),
            _ => plain(&(0..0), 0),
        }
    }
}

fn exec(command: &ParsedCommand<'_>) -> Option<Vec<String>> {
    let ParsedCommand::Exec(words) = command else {
        return None;
    };
    Some(
        words
            .value
            .iter()
            .map(|word| word.value.to_string())
            .collect(),
    )
}

fn command_end(command: &ParsedCommand<'_>) -> usize {
    match command {
        ParsedCommand::Exec(words) => words.span.end,
        ParsedCommand::Shell(text) => text.span.end,
        _ => 0,
    }
}

fn volume_end(volumes: &parse_dockerfile::JsonOrStringArray<'_, 1>, otherwise: usize) -> usize {
    match volumes {
        parse_dockerfile::JsonOrStringArray::Json(words) => words.span.end,
        parse_dockerfile::JsonOrStringArray::String(words) => {
            words.last().map_or(otherwise, |word| word.span.end)
        }
    }
}

/// The paths among the sources, and the destination last.
fn paths(
    sources: &[parse_dockerfile::Source<'_>],
    destination: &parse_dockerfile::UnescapedString<'_>,
) -> Vec<(String, std::ops::Range<usize>)> {
    let path =
        |text: &parse_dockerfile::UnescapedString<'_>| (text.value.to_string(), text.span.clone());
    let sources = sources.iter().filter_map(|source| match source {
        parse_dockerfile::Source::Path(text) => Some(path(text)),
        _ => None,
    });
    sources.chain([path(destination)]).collect()
}

/// The length of the quote and the bracket that close a JSON form whose last word has just ended, if one does: the
/// parser's places of `COPY`'s words lie between the quotes.
fn json_tail(rest: &str) -> usize {
    let close = || {
        let after = rest.strip_prefix('"')?.trim_start_matches([' ', '\t']);
        after.strip_prefix(']')
    };
    close().map_or(0, |after| rest.len() - after.len())
}

/// The length of the line that closes a heredoc, with the line break before it.
fn delimiter_line(rest: &str) -> usize {
    let line = rest.strip_prefix('\n').unwrap_or(rest);
    let length = line.find('\n').unwrap_or(line.len());
    rest.len() - line.len() + length
}

/// Where a `COPY` or `ADD` ends: behind its heredocs, if it has any.
fn source_end(sources: &[parse_dockerfile::Source<'_>], destination: usize) -> usize {
    let documents = sources.iter().filter_map(|source| match source {
        parse_dockerfile::Source::HereDoc(document) => Some(document.span.end),
        _ => None,
    });
    documents.fold(destination, usize::max)
}

/// The flags of each instruction, as in the Dockerfile reference of frontend 1.20.
fn knows_flag(keyword: &str, flag: &str) -> bool {
    let known: &[&str] = match keyword {
        "ADD" => &[
            "keep-git-dir",
            "checksum",
            "chown",
            "chmod",
            "link",
            "exclude",
            "unpack",
        ],
        "COPY" => &["from", "chown", "chmod", "link", "parents", "exclude"],
        "RUN" => &["mount", "network", "security", "device"],
        "HEALTHCHECK" => &[
            "interval",
            "timeout",
            "start-period",
            "start-interval",
            "retries",
        ],
        _ => &[],
    };
    known.contains(&flag)
}

#[cfg(test)]
mod tests {
    use super::{parse_fragment, parse_step};

    fn refused(text: &str) -> String {
        parse_step(text).expect_err("not one instruction").message
    }

    #[test]
    fn flags_and_arguments_are_taken_apart() {
        let step =
            parse_step("copy --from=web --chown=1:1 /dist ./dist/").expect("one instruction");
        assert_eq!(step.keyword, "COPY");
        assert_eq!(
            step.flags
                .iter()
                .map(|flag| flag.name.as_str())
                .collect::<Vec<_>>(),
            ["from", "chown"]
        );
        assert_eq!(step.arguments, "/dist ./dist/");
        assert_eq!(
            step.references()
                .first()
                .map(|(name, span)| (name.as_str(), span.start)),
            Some(("web", 12))
        );
    }

    #[test]
    fn every_instruction_keeps_its_arguments_as_written() {
        for step in [
            "ADD https://example.com/x /x",
            "ARG A=1",
            "CMD [\"a\", \"b\"]",
            "COPY [\"a b\", \"/x/\"]",
            "ENTRYPOINT a b",
            "ENV A=1 B=\"x y\"",
            "EXPOSE 80 443/udp",
            "HEALTHCHECK --interval=3s CMD [\"/x\"]",
            "LABEL a=\"b c\"",
            "ONBUILD RUN x",
            "RUN --mount=type=cache,target=/c make \\\n && x",
            "RUN <<EOT\na\nb\nEOT",
            "COPY <<EOT /x\nhello\nEOT",
            "SHELL [\"/bin/bash\", \"-c\"]",
            "STOPSIGNAL SIGINT",
            "USER 1:1",
            "VOLUME /a /b",
            "VOLUME [\"/a\"]",
            "WORKDIR /a b",
        ] {
            let parsed = parse_step(step).unwrap_or_else(|error| panic!("{step}: {error:?}"));
            assert!(
                step.ends_with(&parsed.arguments),
                "{step} lost something: {}",
                parsed.arguments
            );
            let flags: usize = parsed
                .flags
                .iter()
                .map(|flag| 4 + flag.name.len() + flag.value.as_ref().map_or(0, String::len))
                .sum();
            assert_eq!(
                step.len(),
                parsed.keyword.len() + 1 + flags + parsed.arguments.len(),
                "{step}"
            );
        }
    }

    #[test]
    fn more_or_less_than_one_instruction_is_refused() {
        assert!(refused("RUN a\nRUN b").contains("second"));
        assert!(refused("FROM scratch").contains("[[stages]]"));
        assert!(refused("").contains("one instruction"));
        assert!(refused("# escape=`\nRUN a").contains("comment"));
        assert!(refused("COPY --frm=web a b").contains("--frm"));
        refused("RAN a");
        refused("COPY a");
        refused("RUN <<EOT\nnever closed");
    }

    #[test]
    fn a_fragment_may_begin_without_a_stage() {
        let items = parse_fragment("RUN a\nFROM --platform=linux/amd64 x AS y\nRUN b\n")
            .expect("a fragment");
        assert_eq!(items.len(), 3);
    }
}
