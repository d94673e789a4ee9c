//! `unsupported-language`.

use crate::plan::ProblemKind;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A language that this version does not render yet.
    ///
    /// The file is checked all the same. An image of that language can be written with `[[stages]]` and `final = true`.
    ///
    /// ```toml,bad
    /// language = "java"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// ```
    "unsupported-language", Info, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for problem in &subject.plan.problems {
        if let ProblemKind::UnsupportedLanguage(name) = &problem.kind {
            findings
                .report(
                    problem.span,
                    format!("this version does not render `{name}` yet"),
                )
                .why("no Dockerfile would be written")
                .help(
                    "write the image with `[[stages]]` and `final = true`, or name a `dockerfile`",
                );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn the_language_is_marked() {
        check(
            r#"
language = "rust"
#          ^^^^^^ info: this version does not render `rust` yet
"#,
        );
    }

    #[test]
    fn a_file_without_language_is_another_mistake() {
        check(
            r#"
[[stages]]
name = "all"
from = "alpine:3.23"
user = "1000:1000"
steps = ["RUN true"]
final = true
"#,
        );
    }
}
