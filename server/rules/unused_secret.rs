//! `unused-secret`.

use crate::config::stage::Step;
use crate::diagnostic::Fix;
use crate::plan::{InstructionKind, WrittenMount};
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
    let used = used(subject);
    if used.is_empty() {
        return;
    }
    for (name, _) in &subject.config.secrets {
        if !used.contains(&name.value) {
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

/// The ids that steps name.
fn used(subject: &Subject<'_>) -> Vec<String> {
    let config = subject.config;
    let mut used: Vec<String> = Vec::new();
    let stages = config.stages.iter().flat_map(|stage| &stage.steps);
    for step in stages
        .chain(&config.build.steps)
        .chain(&config.runtime.steps)
    {
        if let Step::Table(table) = &step.value {
            let ids = table.secret.iter().flat_map(|ids| ids.iter());
            used.extend(ids.map(|id| id.value.clone()));
        }
    }
    for (_, instruction) in subject.plan.instructions() {
        if let InstructionKind::Written(written) = &instruction.kind {
            let secrets = written.mounts.iter().filter_map(WrittenMount::secret);
            used.extend(secrets.map(|id| id.value.clone()));
        }
    }
    used
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
