//! The command line: arguments, exit codes, and one module per command.
#![expect(
    clippy::disallowed_methods,
    reason = "the command line reads its arguments, its environment and standard input"
)]

mod dockerfile;
mod explain;
mod fix;
mod fmt;
mod input;
mod lint;
mod lock;
mod migrate;
mod output;
mod parallel;
mod rewriting;
mod rules;
mod show_config;
mod usage;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::cli::output::{Colour, complain, printed};

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// What was asked is done, and nothing is wrong.
    Fine,
    /// It is done, and something is wrong.
    Found,
    /// It could not be done; one line on standard error said why.
    Impossible,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fine => Self::SUCCESS,
            Outcome::Found => Self::from(1),
            Outcome::Impossible => Self::from(2),
        }
    }
}

/// Linter, Dockerfile renderer and language server for docksmith.toml.
#[derive(Debug, Parser)]
#[command(
    name = "docksmith",
    version,
    after_help = "Example: docksmith lint services/"
)]
struct Arguments {
    /// When to colour: auto, always or never. NO_COLOR is heeded.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto)]
    color: Colour,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check files.
    Lint(lint::Lint),
    /// Render a file to a Dockerfile.
    Dockerfile(dockerfile::Dockerfile),
    /// Hold images at digests.
    Lock(lock::LockImages),
    /// Format files.
    Fmt(fmt::Fmt),
    /// Rewrite old spellings to the canonical ones.
    Migrate(migrate::Migrate),
    /// Run the language server on standard input and output.
    #[command(
        after_help = "Example: docksmith lsp\n\nAn editor starts it; exit code 0 after `shutdown` and `exit`, else 1."
    )]
    Lsp {
        /// Accepted for editors that pass it; there is no other way.
        #[arg(long)]
        stdio: bool,
    },
    /// Print the JSON Schema of the format, or that of what `lint --format json` prints.
    #[command(
        after_help = "Examples:\n  docksmith schema > docksmith.schema.json\n  docksmith schema lint-output > lint-output.schema.json"
    )]
    Schema {
        /// What the schema is of.
        #[arg(value_enum, default_value_t = SchemaOf::Format)]
        of: SchemaOf,
    },
    /// List the rules.
    Rules(rules::Rules),
    /// Explain a rule or a key.
    Explain(explain::Explain),
    /// Print completions for a shell.
    #[command(
        after_help = "Example: docksmith completions bash > /etc/bash_completion.d/docksmith"
    )]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// What a schema is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum SchemaOf {
    /// docksmith.toml.
    Format,
    /// The output of `docksmith lint --format json`.
    LintOutput,
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage::answer(&error).into(),
    };
    let colour = arguments.color;
    let outcome = match arguments.command {
        Command::Lint(lint) => lint.run(colour),
        Command::Dockerfile(dockerfile) => dockerfile.run(colour),
        Command::Lock(lock) => lock.run(colour),
        Command::Fmt(fmt) => fmt.run(),
        Command::Migrate(migrate) => migrate.run(),
        // The thread that reads standard input may never end, and returning would wait for it on some systems.
        Command::Lsp { .. } => std::process::exit(crate::lsp::run()),
        Command::Schema { of } => schema(of),
        Command::Rules(rules) => rules.run(),
        Command::Explain(explain) => explain.run(),
        Command::Completions { shell } => completions(shell),
    };
    outcome.into()
}

fn schema(of: SchemaOf) -> Outcome {
    let schema = match of {
        SchemaOf::Format => {
            crate::config::schema::published(crate::rules::ALL.iter().map(|rule| rule.name))
        }
        SchemaOf::LintOutput => crate::report::json::schema(),
    };
    printed(&output::pretty(&schema), Outcome::Fine)
}

fn completions(shell: clap_complete::Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "docksmith", &mut script);
    printed(&String::from_utf8_lossy(&script), Outcome::Fine)
}

/// Says in one line why something could not be done.
fn impossible(reason: impl std::fmt::Display) -> Outcome {
    // A name from the disk may hold anything; this stays one line.
    let reason = reason
        .to_string()
        .replace(|character: char| character.is_control(), "?");
    complain(&format!("docksmith: {reason}"));
    Outcome::Impossible
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example() {
        for command in Arguments::command().get_subcommands() {
            let help = command.clone().render_long_help().to_string();
            let example = format!("docksmith {}", command.get_name());
            assert!(help.contains("Example"), "{help}");
            assert!(help.contains(&example), "{help}");
        }
    }
}
