//! `old-spelling`.

use crate::config::spellings::{conflicts, old_spellings};
use crate::diagnostic::{Diagnostic, Fix};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// A key in a spelling that is not the canonical one.
    ///
    /// Both mean the same and render to the same bytes. Teach the canonical one: the old one stays accepted.
    ///
    /// ```toml,bad
    /// language = "go"
    /// [[build.binaries]]
    /// name = "server"
    /// path = "./cmd/server"
    /// build_flags = ["-race"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// [[build.binaries]]
    /// name = "server"
    /// path = "./cmd/server"
    /// flags = ["-race"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// It is only shown under `--pedantic`. Ignore it while the existing tool has to read the file, too, which does
    /// not know all of the canonical names.
    "old-spelling", Pedantic, check; fix Safe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let conflicts = conflicts(subject.document);
    for (old, span, canonical) in old_spellings(subject.document) {
        // `spelling-conflict` speaks about those.
        if conflicts.iter().any(|it| it.old.1 == span) {
            continue;
        }
        let message = format!("`{old}` is the old spelling of `{canonical}`");
        let finding = findings.report(span, message);
        finding.help(format!("write `{canonical}` instead"));
        rename(&old, &canonical, span, finding);
    }
}

/// A key that stays in its table only changes its name.
fn rename(old: &str, canonical: &str, span: Span, finding: &mut Diagnostic) {
    let (Some((old_table, old_key)), Some((table, key))) =
        (old.rsplit_once('.'), canonical.rsplit_once('.'))
    else {
        return;
    };
    if old_table == table && old_key != key {
        finding.fix(Fix::safe(
            format!("rename `{old_key}` to `{key}`"),
            span,
            key,
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn the_old_key_is_marked() {
        check(
            r#"
language = "go"
start.command = "/usr/local/bin/app serve"
#     ^^^^^^^ info: `start.command` is the old spelling of `runtime.cmd`
"#,
        );
    }

    #[test]
    fn nothing_is_said_unless_asked_for() {
        check("language = \"go\"\nstart.command = \"/usr/local/bin/app serve\"\n");
    }
}
