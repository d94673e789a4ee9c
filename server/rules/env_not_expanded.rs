//! `env-not-expanded`.

use crate::config::runtime::EnvValue;
use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// In an old file, the value of an environment variable holds `$NAME`, which is literal here.
    ///
    /// The tool that came before let the builder replace it. Here the variable's value would be the text itself, dollar
    /// sign and all: `open $HOME/cache: no such file or directory`. `expand = true` lets `$NAME` through.
    ///
    /// ```toml,bad
    /// runtime = "go"
    /// env = { CACHE = "$HOME/cache" }
    /// ```
    ///
    /// ```toml,good
    /// runtime = "go"
    /// env = { CACHE = { value = "$HOME/cache", expand = true } }
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the dollar sign is meant literally, as in a template that the program itself fills in: `#
    /// docksmith: ignore[env-not-expanded] the server replaces it`.
    "env-not-expanded", Warning, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !subject.is_old_style() {
        return;
    }
    for (_, value) in &subject.config.env {
        let EnvValue::Literal(text) = value else {
            continue;
        };
        let Some(name) = variable(text) else { continue };
        let literal = subject.written(text.span);
        findings
            .report(
                text.span,
                format!("`${name}` is not replaced: values are literal"),
            )
            .help(format!(
                "let it through: `{{ value = {literal}, expand = true }}`"
            ))
            .fix(Fix::unsafe_(
                "let variables in the value be replaced",
                text.span,
                format!("{{ value = {literal}, expand = true }}"),
            ));
    }
}

/// The name of the first `$NAME` or `${NAME}` in a text.
fn variable(text: &str) -> Option<&str> {
    text.split('$').skip(1).find_map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest
            .find(|it: char| !(it.is_ascii_alphanumeric() || it == '_'))
            .unwrap_or(rest.len());
        let name = rest.get(..end)?;
        let begins_well = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_');
        begins_well.then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn braces_count_too() {
        check(
            r#"
runtime = "go"
[env]
A = "x${HOME}"
#   ^^^^^^^^^^ warning: `$HOME` is not replaced: values are literal
"#,
        );
    }

    #[test]
    fn a_price_and_a_new_file_are_fine() {
        check("runtime = \"go\"\nenv = { A = \"5$\", B = \"$5\" }\n");
        check("language = \"go\"\nenv = { A = \"$HOME\" }\n");
    }
}
