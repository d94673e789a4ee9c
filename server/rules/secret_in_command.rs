//! `secret-in-command`.

use crate::rules::{Findings, Subject, rule};
use crate::text::Spanned;

rule! {
    /// A url carries a password.
    ///
    /// It stays in the Dockerfile and in the history of the image, for everyone who can pull it.
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
    "secret-in-command", ErrorUnlessOld, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let urls = subject
        .config
        .external_tools
        .iter()
        .filter_map(|tool| tool.url.as_ref());
    let commands = [
        &subject.config.build.command,
        &subject.config.install_command,
    ];
    for text in urls.chain(commands.into_iter().flatten()) {
        if has_password(text) {
            findings
                .report(text.span, "the url carries a password")
                .why("it stays in the history of the image")
                .help("download it in a step with a `secret`, or from an address that needs none");
        }
    }
}

/// Whether a url in a text has the form `scheme://user:password@host`; a variable is no password.
fn has_password(text: &Spanned<String>) -> bool {
    text.split("://").skip(1).any(|rest| {
        let end = rest.find(|it: char| it == '/' || it.is_whitespace() || it == '"' || it == '\'');
        let authority = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        user.split_once(':')
            .is_some_and(|(_, password)| !password.is_empty() && !password.contains('$'))
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_command_is_looked_at() {
        check(
            r#"
language = "go"
install.command = "git clone https://me:hunter2@example.com/x"
#                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: the url carries a password
"#,
        );
    }

    #[test]
    fn a_variable_and_a_port_are_no_password() {
        check(
            "language = \"go\"\ninstall.command = \"git clone https://me:$TOKEN@example.com:443/x\"\n",
        );
    }
}
