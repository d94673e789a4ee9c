//! `copy-source-case`.

use crate::diagnostic::Fix;
use crate::plan::sources::real_case;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A source differs from the file in case only.
    ///
    /// The build works on macOS and Windows, whose file systems take one for the other, and stops with `not found` where
    /// case counts: on Linux and in CI.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:Templates/mail.html
    /// <p>Hello</p>
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "templates", dst = "/app/" }]
    /// ```
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:Templates/mail.html
    /// <p>Hello</p>
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "Templates", dst = "/app/" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the image is built on macOS or Windows only, by everybody and for ever.
    "copy-source-case", ErrorUnlessOld, check in files; fix Safe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for source in subject.sources() {
        let (Some(span), Some(path)) = (source.span, source.plain()) else {
            continue;
        };
        let Some(real) = real_case(subject.context, path) else {
            continue;
        };
        let real = subject.named_from(&source.written, path, &real);
        let message = format!("`{}` is named `{real}` on the disk", source.written);
        let finding = findings.report_in(source.file.clone(), span, message);
        finding.why("the build would stop with `not found` wherever case counts, as in CI");
        finding.help(format!("write `{real}`"));
        if let Some(text) = source.renamed(subject.text, &real) {
            let title = format!("replace `{}` by `{real}`", source.written);
            finding.fix(Fix::safe(title, span, text));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check_with;

    #[test]
    fn case_counts_in_every_folder_of_the_path() {
        check_with(
            r#"
stages = [{ name = "a", from = "alpine:3.22", final = true, user = "1:1", steps = ["COPY SQL/one.sql x/Y /"] }]
#                                                                                        ^^^^^^^^^^^ error: `SQL/one.sql` is named `sql/one.sql` on the disk
"#,
            &[("sql/one.sql", ""), ("x/Y", ""), ("x/y", "")],
        );
    }
}
