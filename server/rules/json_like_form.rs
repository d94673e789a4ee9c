//! `json-like-form`.

use crate::config::runtime::Run;
use crate::config::words::{array, inside};
use crate::diagnostic::{File, Fix};
use crate::plan::{InstructionKind, Written};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// Words in brackets that are no JSON array, so that a shell reads them.
    ///
    /// Exec form is JSON: double quotes, and no comma behind the last word. Anything else is shell form without a word
    /// from the builder, and the container ends with `/bin/sh: [/app/main,: not found`.
    ///
    /// ```toml,bad
    /// [[stages]]
    /// name = "x"
    /// from = "alpine:3.23"
    /// final = true
    /// user = "1000"
    /// steps = ["CMD ['/app/main', 'serve']"]
    /// ```
    ///
    /// ```toml,good
    /// [[stages]]
    /// name = "x"
    /// from = "alpine:3.23"
    /// final = true
    /// user = "1000"
    /// steps = ['CMD ["/app/main", "serve"]']
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the brackets are meant for the shell, as those of a test with quotes around its first word.
    "json-like-form", Warning, check; fix Safe; also ["BuildKit JSONArgsRecommended"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (_, instruction) in subject.plan.instructions() {
        let InstructionKind::Written(written) = &instruction.kind else {
            continue;
        };
        let Some(words) = meant(written) else {
            continue;
        };
        let file = instruction.origin.file.clone();
        let message = format!(
            "this is no JSON array, so `{}` is in shell form",
            written.keyword
        );
        let finding = findings.report_in(file, written.arguments_span, message);
        finding.help(format!("write it so: `{} {words}`", written.keyword));
        let literal = subject.written(instruction.origin.span);
        if instruction.origin.file == File::Document
            && let Some(text) = inside(literal, &words)
        {
            finding.fix(Fix::safe(
                "write the words as a JSON array",
                written.arguments_span,
                text,
            ));
        }
    }
    check_string(subject, findings);
}

/// A health check that is a string and holds an array.
fn check_string(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(check) = &subject.config.healthcheck else {
        return;
    };
    let Run::Shell(text) = &check.command else {
        return;
    };
    let text = text.trim();
    let parsed = serde_json::from_str::<Vec<String>>(text);
    let words = parsed.or_else(|error| match nearly(text) {
        Some(array) => serde_json::from_str(&array),
        None => Err(error),
    });
    let Some(words) = words.ok().filter(|words| !words.is_empty()) else {
        return;
    };
    let array = array(&words);
    let finding = findings.report(check.span, "this string holds an array");
    finding.why("the builder reads the brackets, or the shell does: either way not what is meant");
    finding.help(format!("write the array itself: `{array}`"));
    finding.fix(Fix::safe("write the array itself", check.span, array));
}

/// The array that is meant by arguments which nearly are one.
fn meant(written: &Written) -> Option<String> {
    let takes_array = matches!(
        written.keyword.as_str(),
        "CMD" | "ENTRYPOINT" | "RUN" | "VOLUME" | "COPY" | "ADD"
    );
    let is_candidate = takes_array && written.exec.is_none();
    nearly(written.arguments.trim()).filter(|_| is_candidate)
}

/// The array that a text nearly is.
fn nearly(text: &str) -> Option<String> {
    let inside = text.strip_prefix('[')?.strip_suffix(']')?.trim();
    if !inside.starts_with(['"', '\'']) {
        return None;
    }
    let is_array = |text: &str| serde_json::from_str::<Vec<String>>(text).is_ok();
    if is_array(text) {
        return None;
    }
    let inside = inside.trim_end_matches([',', ' ']).replace('\'', "\"");
    let array = format!("[{inside}]");
    is_array(&array).then_some(array)
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, fixed};

    fn check_step(step: &str) {
        check(&format!(
            "[[stages]]\nname = \"x\"\nfrom = \"alpine:3.23\"\nfinal = true\nuser = \"1000\"\nsteps = [{step}\n"
        ));
    }

    #[test]
    fn a_comma_too_many_is_found() {
        check_step(
            r#"'ENTRYPOINT ["é",]']
#                    ^^^^^^ warning: this is no JSON array, so `ENTRYPOINT` is in shell form"#,
        );
    }

    #[test]
    fn a_check_that_is_a_string_holds_no_array() {
        check(
            r#"
language = "go"
runtime.image = "alpine:3.23"
runtime.healthcheck = '["/usr/local/bin/app", "health"]'
#                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: this string holds an array
"#,
        );
        check(
            "language = \"go\"\nruntime.image = \"alpine:3.23\"\nruntime.healthcheck = \"[ -f /run/app ]\"\n",
        );
    }

    #[test]
    fn a_test_of_the_shell_is_none() {
        check_step(r#"'RUN [ "$A" = b ]', 'RUN [ -f x ]', 'CMD ["a"]', 'VOLUME ["/a"]']"#);
    }

    #[test]
    fn the_array_is_written_in_the_quotes_that_are_there() {
        let text = "language = \"go\"\nruntime.image = \"alpine:3.23\"\nruntime.";
        for (wrong, right) in [
            (
                r#"steps = ["CMD ['a', 'b']"]"#,
                r#"steps = ["CMD [\"a\", \"b\"]"]"#,
            ),
            (r#"steps = ['CMD ["a",]']"#, r#"steps = ['CMD ["a"]']"#),
            (
                r#"healthcheck = "['/app', 'health']""#,
                r#"healthcheck = ["/app", "health"]"#,
            ),
        ] {
            assert_eq!(
                fixed(&format!("{text}{wrong}\n")),
                format!("{text}{right}\n")
            );
        }
    }
}
