//! `invalid-words`.

use crate::plan::ProblemKind;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A string command whose quotes are not balanced.
    ///
    /// A string `cmd` is split into words as a shell would do it, and this one can't be.
    ///
    /// ```toml,bad
    /// language = "go"
    /// runtime.cmd = "/usr/local/bin/app --title 'my app"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.cmd = "/usr/local/bin/app --title 'my app'"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: nobody can say which words the program would be given.
    "invalid-words", ErrorUnlessOld, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for problem in &subject.plan.problems {
        if problem.kind == ProblemKind::UnbalancedQuotes {
            findings
                .report(problem.span, "the command's quotes are not balanced")
                .why("it can't be split into words, so the container would have no such command")
                .help("close the quote, or write an array: `cmd = [\"/usr/local/bin/app\", \"serve\"]`");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn in_an_old_file_it_is_a_warning() {
        check(
            r#"
runtime = "go"
start.command = "/usr/local/bin/app 'x"
#               ^^^^^^^^^^^^^^^^^^^^^^^ warning: the command's quotes are not balanced
"#,
        );
    }

    #[test]
    fn an_apostrophe_in_quotes_is_fine() {
        check("language = \"go\"\nruntime.cmd = \"\"\"/usr/local/bin/app \"it's\" \"\"\"\n");
    }
}
