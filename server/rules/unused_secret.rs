//! `unused-secret`.

use std::collections::HashSet;

use crate::diagnostic::Fix;
use crate::names::Kind;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::removal::removal;

rule! {
    /// Some step names its secrets, and none names this one.
    ///
    /// Once one step says which secrets it needs, a secret is mounted only where it is named. A credential that nothing
    /// needs should not be asked for.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.steps = [{ run = "go generate ./...", secret = ["netrc"] }]
    /// secrets.netrc = { target = "/root/.netrc" }
    /// secrets.npm = { env = "NPM" }
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.steps = [{ run = "go generate ./...", secret = ["netrc", "npm"] }]
    /// secrets.netrc = { target = "/root/.netrc" }
    /// secrets.npm = { env = "NPM" }
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it for a secret that only an overlay's commands or a script read, in a way that cannot be seen from
    /// here.
    "unused-secret", Warning, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let uses = subject.names.uses(Kind::Secret);
    let used: HashSet<&str> = uses.map(|it| it.name.as_str()).collect();
    if used.is_empty() {
        return;
    }
    for (name, _) in &subject.config.secrets {
        if !used.contains(name.value.as_str()) {
            let message = format!("no step names the secret `{}`", name.value);
            let finding = findings.report(name.span, message);
            finding.why("other steps name theirs, so this one is mounted nowhere");
            finding.help(format!(
                "name it where it is needed, `secret = [\"{}\"]`, or remove it",
                name.value
            ));
            finding.unnecessary();
            if let Some(place) = removal(subject.text, subject.document, name.span) {
                let title = format!("remove the secret `{}`", name.value);
                finding.fix(Fix::unsafe_(title, place, ""));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_mount_of_a_string_step_names_its_secret() {
        check(
            r#"
language = "go"
build.steps = ["RUN --mount=type=secret,id=netrc make"]
[secrets.netrc]
target = "/root/.netrc"
[secrets.npm]
#        ^^^ warning: no step names the secret `npm`
target = "/root/.npmrc"
"#,
        );
    }

    #[test]
    fn secrets_that_no_step_names_are_for_the_build() {
        check("language = \"go\"\nsecrets.netrc = { target = \"/root/.netrc\" }\n");
    }
}
