//! `toml-1-1-syntax`.

use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// Syntax that came with TOML 1.1.
    ///
    /// Readers of TOML 1.0 refuse it: trailing commas and line breaks in inline tables, `\e`, `\x41`, and times without
    /// seconds. docksmith itself reads it.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build = { target = "./cmd/server", }
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build = { target = "./cmd/server" }
    /// ```
    ///
    /// # When to ignore
    ///
    /// It is only shown under `--pedantic`. Ignore it where docksmith alone reads the file.
    "toml-1-1-syntax", Pedantic, check; fix Safe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for newer in &subject.document.newer_syntax {
        let finding = findings.report(newer.span, format!("TOML 1.0 does not know {}", newer.what));
        finding.why("readers of TOML 1.0 refuse the file");
        match &newer.replacement {
            Some(text) => {
                finding.help("write it as TOML 1.0 does");
                finding.fix(Fix::safe(
                    "write it as TOML 1.0 does",
                    newer.span,
                    text.clone(),
                ));
            }
            None => {
                finding.help("move the comment out, or write the table with a header of its own");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_short_escape_is_newer() {
        check(
            r#"
language = "go"
runtime.labels = { title = "\x41" }
#                           ^^^^ info: TOML 1.0 does not know an escape with two digits
"#,
        );
    }

    #[test]
    fn a_trailing_comma_in_an_array_is_old() {
        check("language = \"go\"\nplatforms = [\"linux/amd64\",]\n");
    }
}
