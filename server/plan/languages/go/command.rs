//! `build.command`: what the user's own build command says about its binary.

use crate::plan::shell::has_operator;

/// A build command of the user's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OwnCommand {
    /// Exactly one `go build`, which can be cross-built.
    GoBuild {
        /// What follows `-o`.
        output: Option<String>,
        /// The package, its last word.
        package: String,
    },
    /// Anything else: it runs on the target platform, since a `go run` or `go generate` in it would otherwise make a
    /// foreign program.
    Opaque {
        /// What follows an `-o` of a `go build` in it.
        output: Option<String>,
    },
}

/// Reads a build command.
pub(crate) fn read_command(text: &str) -> OwnCommand {
    let words = shlex::split(text).unwrap_or_default();
    let start = words
        .iter()
        .position(|word| !is_assignment(word))
        .unwrap_or(words.len());
    let command = words.get(start..).unwrap_or_default();
    let is_go_build = command.first().is_some_and(|word| word == "go")
        && command.get(1).is_some_and(|word| word == "build");
    let output = output_of(&words);
    if !is_go_build || has_operator(text) {
        let builds = words
            .windows(2)
            .any(|pair| matches!(pair, [go, build] if go == "go" && build == "build"));
        return OwnCommand::Opaque {
            output: output.filter(|output| builds && !output.ends_with('/')),
        };
    }
    let package = command
        .get(2..)
        .and_then(<[String]>::last)
        .filter(|word| !word.starts_with('-'));
    // The last word is the output itself in `go build -o server`.
    let package = package.filter(|word| {
        Some(*word) != output.as_ref() || command.iter().filter(|it| it == word).count() > 1
    });
    OwnCommand::GoBuild {
        output,
        package: package.cloned().unwrap_or_else(|| ".".to_owned()),
    }
}

/// `NAME=value` in front of a command.
fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty()
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_')
}

fn output_of(words: &[String]) -> Option<String> {
    let position = words
        .iter()
        .position(|word| word == "-o" || word.starts_with("-o="))?;
    match words.get(position)?.strip_prefix("-o=") {
        Some(output) => Some(output.to_owned()),
        None => words.get(position + 1).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{OwnCommand, read_command};

    fn go(output: Option<&str>, package: &str) -> OwnCommand {
        OwnCommand::GoBuild {
            output: output.map(str::to_owned),
            package: package.to_owned(),
        }
    }

    #[test]
    fn one_go_build_tells_its_output_and_package() {
        assert_eq!(
            read_command("go build -o /app/server ./cmd/server"),
            go(Some("/app/server"), "./cmd/server")
        );
        assert_eq!(
            read_command("CGO_ENABLED=0 go build -o=bin/ ./cmd/x"),
            go(Some("bin/"), "./cmd/x")
        );
        assert_eq!(read_command("go build ./cmd/x"), go(None, "./cmd/x"));
        assert_eq!(read_command("go build -o server"), go(Some("server"), "."));
        assert_eq!(read_command("go build"), go(None, "."));
    }

    #[test]
    fn anything_more_is_opaque() {
        assert_eq!(
            read_command("make build"),
            OwnCommand::Opaque { output: None }
        );
        let both = "go generate ./... && go build -o /out/x ./cmd/x";
        assert_eq!(
            read_command(both),
            OwnCommand::Opaque {
                output: Some("/out/x".to_owned())
            }
        );
    }
}
