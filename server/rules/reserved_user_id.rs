//! `reserved-user-id`.

use crate::config::runtime::{User, UserTable};
use crate::diagnostic::Fix;
use crate::image::known::{Family, Known};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// The user of the image gets a number that is taken.
    ///
    /// A name is made for the user of the image, and its number is another user's there, such as `node` with 1000: the
    /// build would stop with `uid '1000' in use`, or two names are one user. 0 is root whatever it is called. BusyBox, as in
    /// Alpine, counts to 256000 only.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "node:22-alpine"
    /// runtime.user = "app:1000"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "node:22-alpine"
    /// runtime.user = "app:10001"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where an earlier step removes the other user:
    /// `# docksmith: ignore[reserved-user-id] a step removes node`.
    "reserved-user-id", Warning, check; fix Unsafe
}

/// The largest number of a user that BusyBox's `adduser` takes.
const BUSYBOX_LAST: u32 = 256_000;

/// A number that nothing has.
const FREE: u32 = 10001;

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (Some(image), Some(written)) = (&subject.plan.image, &subject.config.runtime.user) else {
        return;
    };
    let user = &image.user;
    let (Some(name), Some((uid, gid)), true) = (&user.name, user.ids, user.created) else {
        return;
    };
    let Some(known) = &image.base.known else {
        return;
    };
    let Some(reason) = taken(known, name, uid, gid) else {
        return;
    };
    let is_group = reason.is_group;
    let span = place(&written.value, is_group).unwrap_or(written.span);
    let finding = findings.report(span, reason.message);
    finding.why(reason.why);
    finding.help(format!("take another number: `user = \"{name}:{FREE}\"`"));
    match &written.value {
        User::Text(_) => {
            let text = format!("\"{name}:{FREE}\"");
            finding.fix(Fix::unsafe_(format!("take {FREE}"), written.span, text));
        }
        User::Table(_) if span != written.span => {
            finding.fix(Fix::unsafe_(format!("take {FREE}"), span, FREE.to_string()));
        }
        _ => {}
    }
}

struct Reason {
    message: String,
    why: String,
    is_group: bool,
}

/// Why a number is not free.
fn taken(known: &Known, name: &str, uid: u32, gid: u32) -> Option<Reason> {
    let reason = |message: String, why: String, is_group| {
        Some(Reason {
            message,
            why,
            is_group,
        })
    };
    if uid == 0 {
        return reason(
            format!("0 is root's number, whatever `{name}` is called"),
            "the container would run as root, or the build stop with `uid '0' in use`".to_owned(),
            false,
        );
    }
    if let Some(other) = known.user_with_id(uid).filter(|it| it.name != name) {
        return reason(
            format!("{uid} is the number of `{}` in this image", other.name),
            format!("the build would stop: the number {uid} is in use"),
            false,
        );
    }
    let group = known
        .groups
        .iter()
        .find(|it| it.gid == gid && it.name != name);
    if let Some(other) = group {
        return reason(
            format!(
                "{gid} is the number of the group `{}` in this image",
                other.name
            ),
            format!("the build would stop: the number {gid} is in use"),
            true,
        );
    }
    let is_busybox = matches!(known.family, Family::Alpine | Family::Busybox);
    let largest = uid.max(gid);
    if is_busybox && largest > BUSYBOX_LAST {
        return reason(
            format!("{largest} is more than the {BUSYBOX_LAST} that BusyBox counts to"),
            format!(
                "the build would stop with `number {largest} is not in 0..{BUSYBOX_LAST} range`"
            ),
            uid <= BUSYBOX_LAST,
        );
    }
    None
}

/// Where the number stands in a table; that of the group is the user's unless it is said.
fn place(user: &User, is_group: bool) -> Option<Span> {
    let User::Table(UserTable { uid, gid, .. }) = user else {
        return None;
    };
    let number = if is_group {
        gid.as_ref().or(uid.as_ref())
    } else {
        uid.as_ref()
    };
    number.map(|number| number.span)
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn every_reason_is_said() {
        check(
            r#"
language = "go"
runtime.image = "alpine:3.23"
runtime.user = { name = "app", uid = 300000 }
#                                    ^^^^^^ warning: 300000 is more than the 256000 that BusyBox counts to
"#,
        );
        check(
            r#"
language = "go"
runtime.image = "alpine:3.23"
runtime.user = "app:0"
#              ^^^^^^^ warning: 0 is root's number, whatever `app` is called
"#,
        );
        check(
            r#"
language = "go"
runtime.image = "alpine:3.23"
runtime.user = { name = "app", uid = 999 }
#                                    ^^^ warning: 999 is the number of the group `ping` in this image
"#,
        );
    }

    #[test]
    fn numbers_alone_and_free_ones_are_fine() {
        check(
            "language = \"go\"\nruntime.image = \"node:22-alpine\"\nruntime.user = \"1000:1000\"\n",
        );
        check("language = \"go\"\nruntime.image = \"node:22-alpine\"\nruntime.user = \"node\"\n");
        check("language = \"go\"\nruntime.image = \"alpine:3.23\"\nruntime.user = \"app:1000\"\n");
        check(
            "language = \"go\"\nruntime.image = \"debian:bookworm-slim\"\nruntime.user = \"app:300000\"\n",
        );
    }
}
