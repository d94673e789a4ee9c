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
        .map_err(|failure| syntax_error(&failure.to_string(), text, 1))?;
    let reader = Reader { whole: &whole };
    let starts = file
        .instructions
        .iter()
        .skip(2)
        .map(|instruction| Parts::of(instruction).keyword.start);
    let ends = starts.chain([whole.len()]);
    file.instructions
        .iter()
        .skip(1)
        .zip(ends)
        .map(|(instruction, end)| reader.item(instruction, end))
        .collect()
}

/// Reads a whole Dockerfile, to know that it is one.
///
/// # Errors
/// The text is not a Dockerfile.
pub fn parse_dockerfile_text(text: &str) -> Result<(), ParseError> {
    parse_dockerfile::parse(text)
        .map(|_| ())
        .map_err(|failure| syntax_error(&failure.to_string(), text, 0))
}

/// The parser's message at the line that it names; `head` lines came before the text.
fn syntax_error(message: &str, text: &str, head: usize) -> ParseError {
    let (reason, place) = message.rsplit_once(" at ").unwrap_or((message, ""));
    let line = place
        .trim_start_matches("line ")
        .split([' ', ':'])
        .next()
        .and_then(|number| number.parse::<usize>().ok());
    let mut start = 0;
    for (number, content) in text.split('\n').enumerate() {
        if line == Some(number + 1 + head) {
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

    fn item(&self, instruction: &Parsed<'_>, end: usize) -> Result<Item, ParseError> {
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
        self.written(instruction, end)
    }

    /// The parts that all other instructions share. `next` is where the next instruction begins.
    fn written(&self, instruction: &Parsed<'_>, next: usize) -> Result<Item, ParseError> {
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
        let raw = without_comments(self.whole.get(after_flags..next).unwrap_or_default());
        let end = after_flags + raw.len();
        let start = after_flags + (raw.len() - raw.trim_start().len());
        let arguments = self
            .whole
            .get(start..end)
            .unwrap_or_default()
            .trim_end()
            .to_owned();
        // It would swallow the line that follows.
        if arguments.ends_with('\\') {
            let last = Span::new(start + arguments.len() - 1, start + arguments.len());
            let place = self.span(&last.range());
            return Err(error(
                format!("the last line of `{keyword}` goes on behind its end"),
                place,
            ));
        }
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
            arguments: arguments.replace("\r\n", "\n"),
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

/// The text without the comments and empty lines that lie between it and the next instruction. A heredoc ends in its
/// delimiter, so no line of its content is lost.
fn without_comments(text: &str) -> &str {
    let text = text.trim_end();
    match text.rsplit_once('\n') {
        Some((before, last)) if last.trim_start().starts_with('#') => without_comments(before),
        _ => text,
    }
}

/// What instructions have in common, taken out of the parser's types. Places are in the whole text.
struct Parts<'a, 'b> {
    keyword: std::ops::Range<usize>,
    flags: Vec<&'b ParsedFlag<'a>>,
    exec: Option<Vec<String>>,
    paths: Vec<(String, std::ops::Range<usize>)>,
}

impl<'a, 'b> Parts<'a, 'b> {
    fn of(instruction: &'b Parsed<'a>) -> Self {
        let plain = |keyword: &std::ops::Range<usize>| Self {
            keyword: keyword.clone(),
            flags: Vec::new(),
            exec: None,
            paths: Vec::new(),
        };
        match instruction {
            Parsed::Add(it) => Self {
                flags: it.options.iter().collect(),
                paths: paths(&it.src, &it.dest),
                ..plain(&it.add.span)
            },
            Parsed::Copy(it) => Self {
                flags: it.options.iter().collect(),
                paths: paths(&it.src, &it.dest),
                ..plain(&it.copy.span)
            },
            Parsed::Run(it) => Self {
                flags: it.options.iter().collect(),
                exec: exec(&it.arguments),
                ..plain(&it.run.span)
            },
            Parsed::Cmd(it) => Self {
                exec: exec(&it.arguments),
                ..plain(&it.cmd.span)
            },
            Parsed::Entrypoint(it) => Self {
                exec: exec(&it.arguments),
                ..plain(&it.entrypoint.span)
            },
            Parsed::Healthcheck(it) => {
                let exec = match &it.arguments {
                    HealthcheckArguments::Cmd { arguments, .. } => exec(arguments),
                    _ => None,
                };
                Self {
                    flags: it.options.iter().collect(),
                    exec,
                    ..plain(&it.healthcheck.span)
                }
            }
            Parsed::Shell(it) => {
                let exec = it
                    .arguments
                    .iter()
                    .map(|word| word.value.to_string())
                    .collect();
                Self {
                    exec: Some(exec),
                    ..plain(&it.shell.span)
                }
            }
            Parsed::Onbuild(it) => plain(&it.onbuild.span),
            Parsed::Volume(it) => plain(&it.volume.span),
            Parsed::Expose(it) => plain(&it.expose.span),
            Parsed::Arg(it) => plain(&it.arg.span),
            Parsed::Env(it) => plain(&it.env.span),
            Parsed::Label(it) => plain(&it.label.span),
            Parsed::Maintainer(it) => plain(&it.maintainer.span),
            Parsed::Stopsignal(it) => plain(&it.stopsignal.span),
            Parsed::User(it) => plain(&it.user.span),
            Parsed::Workdir(it) => plain(&it.workdir.span),
            Parsed::From(it) => plain(&it.from.span),
            _ => plain(&(0..0)),
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
        assert!(refused("RUN a \\").contains("behind its end"));
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
