//! `json-like-form`.

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
    "json-like-form", Warning, check; also ["BuildKit JSONArgsRecommended"]
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
    }
}

/// The array that is meant by arguments which nearly are one.
fn meant(written: &Written) -> Option<String> {
    let takes_array = matches!(
        written.keyword.as_str(),
        "CMD" | "ENTRYPOINT" | "RUN" | "VOLUME" | "COPY" | "ADD"
    );
    let text = written.arguments.trim();
    let inside = text.strip_prefix('[')?.strip_suffix(']')?.trim();
    if !takes_array || written.exec.is_some() || !inside.starts_with(['"', '\'']) {
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
    use crate::rules::tests::check;

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
    fn a_test_of_the_shell_is_none() {
        check_step(r#"'RUN [ "$A" = b ]', 'RUN [ -f x ]', 'CMD ["a"]', 'VOLUME ["/a"]']"#);
    }
}
