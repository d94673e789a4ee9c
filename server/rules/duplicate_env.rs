//! `duplicate-env`.

use std::collections::HashMap;

use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::removal::removal;
use crate::text::Span;

rule! {
    /// One environment variable in two tables.
    ///
    /// `[env]` and `[runtime.env]` are joined, so only one of the two values could count, and the file does not say
    /// which one.
    ///
    /// ```toml,bad
    /// language = "go"
    /// env = { LOG_LEVEL = "info" }
    /// runtime.env = { LOG_LEVEL = "debug" }
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.env = { LOG_LEVEL = "debug" }
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: a variable has one value.
    "duplicate-env", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let env = &subject.config.env;
    // The last place of each name.
    let places: HashMap<&str, Span> = env
        .iter()
        .map(|(name, _)| (name.value.as_str(), name.span))
        .collect();
    for (name, _) in env {
        let Some(canonical) = places
            .get(name.value.as_str())
            .filter(|span| **span != name.span)
        else {
            continue;
        };
        let finding = findings.report(name.span, format!("`{}` is set in two tables", name.value));
        finding.label(*canonical, "set here as well");
        finding.help("keep the one in `[runtime.env]`");
        if let Some(span) = removal(subject.text, subject.document, name.span) {
            finding.fix(Fix::unsafe_(
                format!("remove `{}` here", name.value),
                span,
                "",
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn the_old_place_is_marked() {
        check(
            r#"
language = "go"
[env]
AA = "1"
BB = "2"
#^ error: `BB` is set in two tables
[runtime.env]
BB = "3"
"#,
        );
    }

    #[test]
    fn the_builder_has_variables_of_its_own() {
        check("language = \"go\"\nbuild.env = { A = \"1\" }\nenv = { A = \"2\" }\n");
    }
}
