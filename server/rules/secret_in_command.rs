//! `secret-in-command`.

use std::ops::Range;

use crate::config::values::Text;
use crate::diagnostic::File;
use crate::plan::credentials::{passwords, tokens};
use crate::plan::shell_text::other_texts;
use crate::plan::sources::step_tables;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::string::decoded_span;
use crate::text::Span;

rule! {
    /// A command, a step or a url holds a token or a password.
    ///
    /// It stays in the Dockerfile and in the history of the image, for everyone who can pull it, also where a later step
    /// removes the file that it went into. Known are the tokens of well-known services, private keys, and the form
    /// `https://user:password@host`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// platforms = ["linux/amd64"]
    /// [[external_tools]]
    /// name = "x"
    /// url = "https://me:hunter2@example.com/x"
    /// sha256 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
    /// dst = "/app/bin/x"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// platforms = ["linux/amd64"]
    /// [[external_tools]]
    /// name = "x"
    /// url = "https://example.com/x"
    /// sha256 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
    /// dst = "/app/bin/x"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it for a password that everybody may know, such as that of a public mirror:
    /// `# docksmith: ignore[secret-in-command] the mirror's password is public`.
    "secret-in-command", ErrorUnlessOld, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for text in urls(subject) {
        let place = |range: Range<usize>| decoded_span(subject.text, text.span, range);
        for range in passwords(&text) {
            password(File::Document, place(range), findings);
        }
        for credential in tokens(&text) {
            let what = "the url";
            token(
                File::Document,
                place(credential.range),
                what,
                credential.kind,
                findings,
            );
        }
    }
    let others = other_texts(subject.config, subject.plan, subject.text);
    for text in subject.shell_texts().iter().chain(&others) {
        let ranges = |text: &str| passwords(text).into_iter().map(|it| ((), it)).collect();
        for ((), span) in text.find(ranges) {
            password(text.file.clone(), span, findings);
        }
        let kinds = |text: &str| {
            tokens(text)
                .into_iter()
                .map(|it| (it.kind, it.range))
                .collect()
        };
        for (kind, span) in text.find(kinds) {
            token(text.file.clone(), span, "the command", kind, findings);
        }
    }
}

/// The addresses that something is downloaded from.
fn urls(subject: &Subject<'_>) -> Vec<Text> {
    let tools = subject.config.external_tools.iter();
    let mut urls: Vec<Text> = tools.filter_map(|tool| tool.url.clone()).collect();
    for step in step_tables(subject.config) {
        urls.extend(step.add.iter().flat_map(|add| add.src.texts()));
    }
    urls
}

fn password(file: File, span: Span, findings: &mut Findings<'_>) {
    findings
        .report_in(file, span, "the url carries a password")
        .why("it stays in the history of the image")
        .help("download it in a step with a `secret`, or from an address that needs none");
}

fn token(file: File, span: Span, what: &str, kind: &str, findings: &mut Findings<'_>) {
    findings
        .report_in(file, span, format!("{what} holds {kind}"))
        .why("it stays in the history of the image")
        .help("declare it under `[secrets.<id>]` and name it in the step's `secret`");
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::rules::tests::check;

    #[test]
    fn a_command_is_looked_at() {
        check(
            r#"
language = "go"
install.command = "git clone https://me:hunter2@example.com/x"
#                            ^^^^^^^^^^^^^^^^^^^ error: the url carries a password
"#,
        );
    }

    #[test]
    fn steps_are_looked_at() {
        check(
            r#"
language = "go"
build.steps = [
  "RUN echo \u00e9 && git clone https://me:hunter2@example.com/x",
#                               ^^^^^^^^^^^^^^^^^^^ error: the url carries a password
  { run = ["git", "clone", "https://me:hunter2@example.com/x"] },
#                           ^^^^^^^^^^^^^^^^^^^ error: the url carries a password
  "ADD --checksum=sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88 https://me:hunter2@example.com/x /x",
#                                                                                         ^^^^^^^^^^^^^^^^^^^ error: the url carries a password
]
"#,
        );
    }

    #[test]
    fn a_token_is_repeated_nowhere() {
        let token = format!("ghp_{}", "0a1B2c3D4e".repeat(4));
        let text = format!(
            "language = \"go\"\noverlay = \"o\"\nbuild.command = \"make TOKEN={token}\"\nbuild.output = \"/app/x\"\n"
        );
        let overlay = format!("RUN \\\r\n curl -H 'Authorization: Bearer {token}' x\r\n");
        let files = Files::new([("o", overlay.as_str()), ("go.mod", "")]);
        let analysis = analyze(&text, &files);
        let found: Vec<&str> = analysis
            .diagnostics
            .iter()
            .filter(|it| it.rule == "secret-in-command")
            .map(|it| it.message.as_str())
            .collect();
        assert_eq!(found, ["the command holds a GitHub token"; 2]);
        assert!(!format!("{:?}", analysis.diagnostics).contains(&token));
        assert!(!analysis.printable_text().contains(&token));
        assert!(analysis.printable_text().contains("make TOKEN=****"));
        assert!(!analysis.files["o"].contains(&token));
        assert!(analysis.files["o"].contains("Bearer ****"));
    }

    #[test]
    fn a_password_in_a_cut_message_is_not_printed() {
        let text = "language = \"go\"\nbuild.steps = [\"ADD https://me:correct-horse-battery@example.com/x /x\"]\n";
        let found = format!(
            "{:?}",
            analyze(text, &Files::new([("go.mod", "")])).diagnostics
        );
        assert!(!found.contains("correct-horse"), "{found}");
    }

    #[test]
    fn a_variable_and_a_port_are_no_password() {
        check(
            "language = \"go\"\ninstall.command = \"git clone https://me:$TOKEN@example.com:443/x\"\n",
        );
    }

    #[test]
    fn what_only_looks_like_a_token() {
        check(
            "language = \"go\"\nbuild.steps = [\"RUN npm_config_loglevel=warn echo ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx AKIAIOSFODNN7EXAMPLE\"]\n",
        );
    }
}
