//! `chown-name-unresolved`.

use crate::config::words::requoted;
use crate::diagnostic::Fix;
use crate::plan::ProblemKind;
use crate::rules::{Findings, Subject, nearest, rule};

rule! {
    /// Files are given to somebody whom neither the image nor `user` knows.
    ///
    /// The build stops: `unable to find user app: no matching entries in passwd file`. Where the image is unknown, it
    /// may have that user, and this is a warning.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.copy = [{ src = "sql", dst = "/app/sql", chown = "acme" }]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.user = "acme:10001"
    /// runtime.copy = [{ src = "sql", dst = "/app/sql", chown = "acme" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore the warning where you know that the image has the user. Never the error: the known image lacks the name,
    /// and the build stops.
    "chown-name-unresolved", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(image) = &subject.plan.image else {
        return;
    };
    for (kind, span) in subject.problems() {
        let ProblemKind::UnresolvedOwner {
            name,
            image: reference,
        } = kind
        else {
            continue;
        };
        let known = image.base.known.as_ref();
        // Some releases have that user, or a group of that name is there.
        let is_sure = known.is_some_and(|known| {
            known.has_user(name) == Some(false) && known.has_group(name) == Some(false)
        });
        let message = if is_sure {
            format!("there is no user or group `{name}` to own this")
        } else {
            format!("whether `{reference}` knows `{name}` is not known")
        };
        // A name in both halves is one mistake.
        let finding = findings.report(span, message);
        if !is_sure {
            finding.as_warning();
        }
        finding.why(format!(
            "the build would stop with `unable to find user {name}: no matching entries in passwd file`"
        ));
        let own = image.user.name.as_deref();
        let literal = subject.written(span);
        let (title, text) = match (own.and_then(|own| nearest(name, [own])), image.user.ids) {
            (Some(near), _) => {
                finding.help(format!("did you mean `{near}`?"));
                let owner = literal.trim_matches(['"', '\'']).split(':');
                let owner: Vec<&str> = owner.map(|it| if it == name { near } else { it }).collect();
                (format!("replace `{name}` by `{near}`"), owner.join(":"))
            }
            (None, Some((uid, gid))) => {
                finding.help(format!("give a number: `chown = \"{uid}:{gid}\"`"));
                (
                    "give the files to the image's user".to_owned(),
                    format!("{uid}:{gid}"),
                )
            }
            (None, None) => {
                finding.help(format!(
                    "give a number instead of `{name}`: `chown = \"10001:10001\"`"
                ));
                continue;
            }
        };
        // What an unknown image knows is its own.
        if is_sure && literal.starts_with(['"', '\'']) {
            finding.fix(Fix::unsafe_(title, span, requoted(literal, &text)));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, fixed};

    #[test]
    fn an_unknown_image_may_know_the_owner() {
        check(
            r#"
language = "go"
[runtime]
image = "ghcr.io/acme/base:1"
[[runtime.copy]]
src = "sql"
dst = "/app/sql"
chown = "acme:acme"
#       ^^^^^^^^^^^ warning: whether `ghcr.io/acme/base:1` knows `acme` is not known
"#,
        );
    }

    #[test]
    fn numbers_need_no_names() {
        check(
            r#"
language = "go"
runtime.copy = [{ src = "sql", dst = "/app/sql", chown = "10001:0" }]
"#,
        );
    }

    #[test]
    fn a_misspelt_user_is_corrected_in_its_quotes() {
        let fixed = fixed(
            "language = \"go\"\nruntime.image = \"alpine:3.23\"\nruntime.user = \"acme:10001\"\nruntime.copy = [{ src = \"a\", dst = \"/a\", chown = 'amce:0' }]\n",
        );
        assert!(fixed.contains("chown = 'acme:0'"), "{fixed}");
    }
}
