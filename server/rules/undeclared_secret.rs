//! `undeclared-secret`.

use crate::diagnostic::Fix;
use crate::names::{Form, Kind};
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
    let uses = subject.names.uses(Kind::Secret);
    // A mount in Dockerfile's own language says all about its secret itself.
    for id in uses.filter(|it| it.form == Form::SecretKey && it.target.is_none()) {
        let (name, span) = (id.name.as_str(), id.place.literal);
        let finding = findings.report(span, format!("there is no secret `{name}`"));
        let declared = subject.config.secrets.iter();
        let declared = declared.map(|(name, _)| name.value.as_str());
        match nearest(name, declared) {
            Some(near) => {
                finding.help(format!("did you mean `{near}`?"));
                finding.fix(Fix::unsafe_(
                    format!("replace `{name}` by `{near}`"),
                    span,
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
