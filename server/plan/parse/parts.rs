//! What the crate's instructions have in common.

use std::ops::Range;

use parse_dockerfile::{
    Command as ParsedCommand, Flag as ParsedFlag, HealthcheckArguments, Instruction as Parsed,
};

/// What instructions have in common, taken out of the parser's types. Places are in the whole text.
pub(super) struct Parts<'a, 'b> {
    pub(super) flags: Vec<&'b ParsedFlag<'a>>,
    pub(super) exec: Option<Vec<String>>,
    pub(super) paths: Vec<(String, Range<usize>)>,
}

impl<'a, 'b> Parts<'a, 'b> {
    pub(super) fn of(instruction: &'b Parsed<'a>) -> Self {
        let plain = || Self {
            flags: Vec::new(),
            exec: None,
            paths: Vec::new(),
        };
        match instruction {
            Parsed::Add(it) => Self {
                flags: it.options.iter().collect(),
                paths: paths(&it.src, &it.dest),
                ..plain()
            },
            Parsed::Copy(it) => Self {
                flags: it.options.iter().collect(),
                paths: paths(&it.src, &it.dest),
                ..plain()
            },
            Parsed::Run(it) => Self {
                flags: it.options.iter().collect(),
                exec: exec(&it.arguments),
                ..plain()
            },
            Parsed::Cmd(it) => Self {
                exec: exec(&it.arguments),
                ..plain()
            },
            Parsed::Entrypoint(it) => Self {
                exec: exec(&it.arguments),
                ..plain()
            },
            Parsed::Healthcheck(it) => {
                let exec = match &it.arguments {
                    HealthcheckArguments::Cmd { arguments, .. } => exec(arguments),
                    _ => None,
                };
                Self {
                    flags: it.options.iter().collect(),
                    exec,
                    ..plain()
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
                    ..plain()
                }
            }
            _ => plain(),
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
) -> Vec<(String, Range<usize>)> {
    let path =
        |text: &parse_dockerfile::UnescapedString<'_>| (text.value.to_string(), text.span.clone());
    let sources = sources.iter().filter_map(|source| match source {
        parse_dockerfile::Source::Path(text) => Some(path(text)),
        _ => None,
    });
    sources.chain([path(destination)]).collect()
}
