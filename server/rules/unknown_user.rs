//! `unknown-user`.

use crate::config::runtime::User;
use crate::diagnostic::Fix;
use crate::plan::ProblemKind;
use crate::plan::user::DEFAULT_ID;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A user is named on an image that nobody knows, without a number.
    ///
    /// Whether the image has that user cannot be known here; if it lacks it, the container does not start: `unable to find
    /// user app: no matching entries in passwd file`. Kubernetes refuses a name where `runAsNonRoot` is set.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "ghcr.io/acme/base:1"
    /// runtime.user = "app"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "ghcr.io/acme/base:1"
    /// runtime.user = "app:10001"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the image is known to have that user and whoever starts the container asks for no number.
    "unknown-user", Warning, Medium, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (kind, span) in subject.problems() {
        let ProblemKind::UnknownUser { name, image } = kind else {
            continue;
        };
        let finding = findings.report(
            span,
            format!("whether `{image}` has a user `{name}` is not known"),
        );
        finding.why("if it has none, the container does not start");
        finding.help(format!("give its number: `user = \"{name}:{DEFAULT_ID}\"`"));
        let user = subject.config.runtime.user.as_ref().map(|user| &user.value);
        if let Some(User::Text(_)) = user {
            finding.fix(Fix::unsafe_(
                format!("use the number {DEFAULT_ID}"),
                span,
                format!("\"{name}:{DEFAULT_ID}\""),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_table_without_a_number_is_a_bare_name_too() {
        check(
            r#"
language = "go"
[runtime]
image = "ghcr.io/acme/base:1"
user = { name = "app" }
#      ^^^^^^^^^^^^^^^^ warning: whether `ghcr.io/acme/base:1` has a user `app` is not known
"#,
        );
    }

    #[test]
    fn a_known_image_creates_the_user() {
        check(
            r#"
language = "go"
runtime.image = "alpine:3.23"
runtime.user = "app"
"#,
        );
    }
}
