//! `spelling-conflict`.

use crate::config::spellings::conflicts;
use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::removal::removal;

rule! {
    /// One meaning in two spellings.
    ///
    /// Old files have their own names for some keys. Both in one file leave open which one counts. What is joined may
    /// stand beside its canonical spelling: `[env]`, `[[runtime_assets]]`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.packages = ["git"]
    /// install.system_deps = ["git"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.packages = ["git"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: one of the two values would be dropped without a word.
    "spelling-conflict", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for conflict in conflicts(subject.document) {
        let (old, old_span) = &conflict.old;
        let (canonical, canonical_span) = &conflict.canonical;
        let (later, first, first_name) = if old_span < canonical_span {
            (*canonical_span, *old_span, old)
        } else {
            (*old_span, *canonical_span, canonical)
        };
        let finding = findings.report(later, format!("`{old}` and `{canonical}` say the same"));
        finding.label(first, format!("`{first_name}` is here"));
        finding.help(match canonical.starts_with("start.") {
            true => "keep one of the two".to_owned(),
            false => format!("keep `{canonical}`, the canonical spelling"),
        });
        if let Some(span) = removal(subject.text, subject.document, *old_span) {
            finding.fix(Fix::unsafe_(format!("remove `{old}`"), span, ""));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn the_later_key_is_marked() {
        check(
            r#"
language = "go"
[start]
command = "/usr/local/bin/app serve"
[runtime]
cmd = ["/usr/local/bin/app"]
#^^ error: `start.command` and `runtime.cmd` say the same
"#,
        );
    }

    #[test]
    fn what_is_joined_may_stand_together() {
        check("language = \"go\"\nenv = { A = \"1\" }\nruntime.env = { B = \"2\" }\n");
    }
}
