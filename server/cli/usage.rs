//! What is answered to arguments that can't be followed, and to `--help`.

use clap::Error;
use clap::error::ErrorKind;

use crate::cli::output::complain;
use crate::cli::{Outcome, impossible};

/// Prints help where it was asked for, else one line that says what is wrong with the arguments.
pub(crate) fn answer(error: &Error) -> Outcome {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Whoever reads it may close it early.
            let _closed_early = error.print();
            Outcome::Fine
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            complain(&error.render().to_string());
            Outcome::Impossible
        }
        _ => impossible(line(&error.render().to_string())),
    }
}

/// The first paragraph of the parser's message and its tip.
fn line(text: &str) -> String {
    let mut paragraphs = text.split("\n\n").map(joined);
    let first = paragraphs.next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(&first);
    let tip = paragraphs.find_map(|it| it.strip_prefix("tip: ").map(str::to_owned));
    match tip {
        Some(tip) => format!("{message}; {tip}"),
        None => message.to_owned(),
    }
}

fn joined(paragraph: &str) -> String {
    let words: Vec<&str> = paragraph.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::line;
    use crate::cli::Arguments;

    fn refusal(arguments: &[&str]) -> String {
        let error = Arguments::try_parse_from(arguments).expect_err("they can't be followed");
        line(&error.render().to_string())
    }

    #[test]
    fn a_refusal_is_one_line_with_a_tip() {
        assert_eq!(
            refusal(&["docksmith", "lint", "--pedantik"]),
            "unexpected argument '--pedantik' found; a similar argument exists: '--pedantic'"
        );
        let missing = refusal(&["docksmith", "explain"]);
        assert!(
            missing.contains("<NAME>") && !missing.contains('\n'),
            "{missing}"
        );
    }
}
