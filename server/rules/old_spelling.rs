//! `old-spelling`.

use crate::config::respelling::{Edits, edits};
use crate::config::spellings::{conflicts, old_spellings};
use crate::diagnostic::{Edit, File, Fix};
use crate::rules::{Findings, Subject, rule};

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
    /// A whole table moves at once: `[runtime_config]` becomes `[runtime]`, and the keys of `[start]` go where they belong.
    /// Two stay as they are: `[[runtime_assets]]`, which copies a folder's contents where `[[runtime.copy]]` copies the
    /// folder, and `runtime = "go"` where the old style means another port or another context.
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
        let edits = edits(subject.text, subject.document, &old, &canonical, span);
        if let Some(edits) = edits {
            finding.fix(fix(&old, &canonical, edits));
        }
    }
}

fn fix(old: &str, canonical: &str, edits: Edits) -> Fix {
    let edits = edits.into_iter().map(|(span, text)| Edit {
        file: File::Document,
        span,
        text,
    });
    Fix {
        title: format!("write `{canonical}` instead of `{old}`"),
        safe: true,
        edits: edits.collect(),
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
