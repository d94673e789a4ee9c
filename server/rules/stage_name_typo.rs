//! `stage-name-typo`.

use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A build stage starts from something that is nearly the name of another stage.
    ///
    /// What no stage is named is an image: the builder would try to pull it, and stop with `pull access denied,
    /// repository does not exist`, or start from an image that somebody happens to have published.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.copy = [{ from = "web", src = "/dist/", dst = "web/dist" }]
    ///
    /// [[stages]]
    /// name = "assets"
    /// from = "node:22-alpine"
    ///
    /// [[stages]]
    /// name = "web"
    /// from = "asets"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.copy = [{ from = "web", src = "/dist/", dst = "web/dist" }]
    ///
    /// [[stages]]
    /// name = "assets"
    /// from = "node:22-alpine"
    ///
    /// [[stages]]
    /// name = "web"
    /// from = "assets"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the image really has that name; with a tag behind it, `web:1`, nobody takes it for a stage.
    "stage-name-typo", Warning, Medium, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for stage in &subject.config.stages {
        let from = &stage.from;
        let Some(near) = subject.misspelt_stage(from) else {
            continue;
        };
        let finding = findings.report(
            from.span,
            format!(
                "`{}` is no stage, so it would be pulled as an image",
                from.value
            ),
        );
        finding.help(format!("did you mean the stage `{near}`?"));
        finding.fix(Fix::unsafe_(
            format!("replace `{}` by `{near}`", from.value),
            from.span,
            format!("\"{near}\""),
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_generated_stage_may_be_meant() {
        check(
            r#"
language = "go"
runtime.copy = [{ from = "docs", src = "/x", dst = "/y" }]
stages = [{ name = "docs", from = "bulider" }]
#                                 ^^^^^^^^^ warning: `bulider` is no stage, so it would be pulled as an image
"#,
        );
    }

    #[test]
    fn what_has_a_tag_is_an_image() {
        check(
            r#"
language = "go"
runtime.copy = [{ from = "docs", src = "/x", dst = "/y" }]
stages = [{ name = "docs", from = "bulider:1" }]
"#,
        );
    }
}
