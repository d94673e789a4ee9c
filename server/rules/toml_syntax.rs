//! `toml-syntax`.

use crate::rules::{Findings, Subject, rule};
use crate::syntax::SyntaxErrorKind;

rule! {
    /// The text is not TOML.
    ///
    /// docksmith reads TOML 1.1. What can be read around the mistake is checked all the same; nothing is said about what
    /// lies inside it.
    ///
    /// ```toml,bad
    /// language = "go
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never, and it cannot be: what cannot be read cannot hold a comment that is meant for it.
    "toml-syntax", Error, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for error in &subject.document.errors {
        if error.kind != SyntaxErrorKind::Grammar {
            continue;
        }
        let finding = findings.report(error.span, error.message.clone());
        if !error.help.is_empty() {
            finding.help(error.help.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn what_stands_around_a_mistake_is_checked() {
        check(
            r#"
language = "go
#          ^^^ error: the string is not closed
version = "1.25"
"#,
        );
    }

    #[test]
    fn quotes_in_a_literal_string_are_text() {
        check("language = 'go'\nbuild.target = \"./cmd/server\" # \"go\n");
    }
}
