//! `duplicate-key`.

use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::SyntaxErrorKind;
use crate::syntax::removal::lines;
use crate::text::Span;

rule! {
    /// A key or a table that is there already.
    ///
    /// TOML allows each once. The first one counts here; other readers refuse the file, as Python's with `Cannot
    /// overwrite a value`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// version = "1.26"
    /// version = "1.25"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// version = "1.26"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: it is no TOML, and other readers refuse the whole file.
    "duplicate-key", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for error in &subject.document.errors {
        let SyntaxErrorKind::Duplicate { first, entry, .. } = &error.kind else {
            continue;
        };
        let finding = findings.report(error.span, error.message.clone());
        finding
            .labelled("and here again")
            .label(*first, "first here");
        finding.help(if error.help.is_empty() {
            "keep one of the two"
        } else {
            error.help.as_str()
        });
        if let Some(span) = removable(subject.text, *entry) {
            finding.fix(Fix::unsafe_("remove the second one", span, ""));
        }
    }
}

/// The lines of an entry. Without its header, what stands below a table would belong to another one.
fn removable(text: &str, entry: Span) -> Option<Span> {
    let is_header = entry.of(text).starts_with('[');
    lines(text, entry, entry).filter(|_| !is_header)
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_table_stands_once() {
        check(
            r#"
language = "go"
[build]
target = "./cmd/server"
[runtime]
expose = 8080
[build]
#^^^^^^ error: `[build]` is there twice
"#,
        );
    }

    #[test]
    fn the_same_key_in_two_tables_is_fine() {
        check("language = \"go\"\nbuild.env = { A = \"1\" }\nruntime.env = { A = \"1\" }\n");
    }
}
