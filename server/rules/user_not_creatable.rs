//! `user-not-creatable`.

use crate::config::runtime::User;
use crate::diagnostic::Fix;
use crate::plan::ProblemKind;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A user is named that the image lacks and that nothing in it can create.
    ///
    /// Without a shell there is no `adduser`. The image would run as a number without a name, and a program that looks up
    /// its user fails: `user: unknown userid 10001`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.user = "acme"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.user = "65532:65532"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the program never looks up who runs it, so that a number without a name is enough; better give
    /// the number itself.
    "user-not-creatable", ErrorUnlessOld, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (kind, span) in subject.problems() {
        let ProblemKind::UserNotCreatable { name, image } = kind else {
            continue;
        };
        let finding = findings.report(
            span,
            format!("there is no user `{name}`, and nothing here can create it"),
        );
        subject.label_base(finding, "has no shell and no `adduser`");
        let own = subject
            .plan
            .image
            .as_ref()
            .and_then(|it| it.base.known.as_ref())
            .and_then(|known| known.application_user);
        let (ids, whose) = match own {
            Some(user) => (
                format!("{}:{}", user.uid, user.gid),
                format!("`{}` of `{image}`", user.name),
            ),
            None => (
                "10001:10001".to_owned(),
                "a number without a name".to_owned(),
            ),
        };
        finding.help(format!("run as {whose}: `user = \"{ids}\"`"));
        let user = subject.config.runtime.user.as_ref().map(|user| &user.value);
        if let Some(User::Text(_)) = user {
            finding.fix(Fix::unsafe_(
                format!("run as {whose}"),
                span,
                format!("\"{ids}\""),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn scratch_has_no_users() {
        check(
            r#"
language = "go"
runtime.image = "scratch"
runtime.user = { name = "acme", uid = 10001 }
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: there is no user `acme`, and nothing here can create it
"#,
        );
    }

    #[test]
    fn a_user_of_the_image_needs_no_creation() {
        check("language = \"go\"\nruntime.user = \"nonroot\"\n");
    }
}
