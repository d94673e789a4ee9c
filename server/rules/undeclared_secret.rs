//! `undeclared-secret`.

use crate::config::stage::Step;
use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, nearest, rule};

rule! {
    /// A step names a build secret that `[secrets]` does not declare.
    ///
    /// Nothing says then where the step finds it, and who builds the image does not learn that it is needed.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.steps = [{ run = "go generate ./...", secret = ["netrc"] }]
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.steps = [
    ///   { run = "go generate ./...", secret = ["netrc"] },
    ///   { run = "go vet ./...", secret = ["netcr"] },
    /// ]
    /// secrets.netrc = { target = "/root/.netrc" }
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.steps = [{ run = "go generate ./...", secret = ["netrc"] }]
    ///
    /// [secrets.netrc]
    /// target = "/root/.netrc"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: nobody could know where the step finds the secret.
    "undeclared-secret", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let stages = config.stages.iter().flat_map(|stage| &stage.steps);
    for step in stages
        .chain(&config.build.steps)
        .chain(&config.runtime.steps)
    {
        let Step::Table(table) = &step.value else {
            continue;
        };
        for id in table.secret.iter().flat_map(|ids| ids.iter()) {
            if config.secrets.value(id).is_some() {
                continue;
            }
            let name = id.value.as_str();
            let finding = findings.report(id.span, format!("there is no secret `{name}`"));
            let declared = config.secrets.iter().map(|(name, _)| name.value.as_str());
            match nearest(name, declared) {
                Some(near) => {
                    finding.help(format!("did you mean `{near}`?"));
                    finding.fix(Fix::unsafe_(
                        format!("replace `{name}` by `{near}`"),
                        id.span,
                        format!("\"{near}\""),
                    ));
                }
                None => {
                    finding.help(format!(
                        "declare it: `[secrets.{name}]` with `target = \"…\"` or `env = \"…\"`"
                    ));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_misspelt_secret_is_marked_in_the_array() {
        check(
            r#"
language = "go"
secrets.netrc = { target = "/root/.netrc" }
build.steps = [{ run = "make", secret = ["netrc", "nertc"] }]
#                                                 ^^^^^^^ error: there is no secret `nertc`
"#,
        );
    }

    #[test]
    fn an_own_mount_needs_no_declaration() {
        check("language = \"go\"\nbuild.steps = [\"RUN --mount=type=secret,id=netrc make\"]\n");
    }
}
