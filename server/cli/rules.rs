//! `docksmith rules`.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::cli::Outcome;
use crate::cli::output::{pretty, printed};
use crate::rules::{ALL, Level, Rule};

/// List the rules.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  docksmith rules\n  docksmith rules --format json")]
pub(crate) struct Rules {
    /// text or json.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Rules {
    /// Prints the list.
    pub(crate) fn run(self) -> Outcome {
        let text = match self.format {
            Format::Text => {
                let width = ALL
                    .iter()
                    .map(|rule| rule.name.len())
                    .max()
                    .unwrap_or_default();
                let line = |rule: &&Rule| {
                    format!(
                        "{:width$}  {:8}  {}\n",
                        rule.name,
                        rule.level.name(),
                        rule.summary()
                    )
                };
                ALL.iter().map(line).collect::<String>()
            }
            Format::Json => pretty(&Value::from(
                ALL.iter().map(|rule| object(rule)).collect::<Vec<_>>(),
            )),
        };
        printed(&text, Outcome::Fine)
    }
}

fn object(rule: &Rule) -> Value {
    json!({
        "name": rule.name,
        "level": rule.level.name(),
        "lenient_in_old_files": rule.level == Level::ErrorUnlessOld,
        "confidence": rule.confidence.name(),
        "fix": rule.fixes.name(),
        "equivalents": rule.equivalents,
        "summary": rule.summary(),
    })
}
