//! `referenced-file-missing`.

use crate::context::Entry;
use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, nearest_path, rule};

rule! {
    /// The overlay or the Dockerfile that this file names does not exist, or can't be read.
    ///
    /// Nothing of it would be in the image.
    ///
    /// ```text,file:Dockerfile.prod
    /// FROM scratch
    /// USER 65532:65532
    /// ```
    ///
    /// ```toml,bad
    /// dockerfile = "Dockerfile.prd"
    /// ```
    ///
    /// ```text,file:Dockerfile.prod
    /// FROM scratch
    /// USER 65532:65532
    /// ```
    ///
    /// ```toml,good
    /// dockerfile = "Dockerfile.prod"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never by habit: without that file nothing, or only a part, can be rendered. Ignore it where the file is
    /// generated right before.
    "referenced-file-missing", Error, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let is_placed = subject.layout.is_placed();
    for file in [&config.overlay, &config.dockerfile].into_iter().flatten() {
        let Some(path) = subject.layout.named_file(file).filter(|_| is_placed) else {
            continue;
        };
        let message = match subject.context.entry(&path) {
            Entry::Missing => format!("there is no file `{}`", file.value),
            Entry::Folder => format!("`{}` is a folder", file.value),
            Entry::Outside => format!("`{}` leads out of the build context", file.value),
            Entry::File { .. } if subject.context.text(&path).is_none() => {
                format!("`{}` can't be read", file.value)
            }
            Entry::File { .. } | Entry::Unknown => continue,
        };
        let is_there = !message.starts_with("there is no");
        let finding = findings.report(file.span, message);
        if is_there {
            finding.why("nothing of it would be in the image");
            finding.help("name a file of the build context: UTF-8 text of at most 1 MiB");
            continue;
        }
        let Some(near) = nearest_path(subject.context, &path) else {
            continue;
        };
        let near = near
            .strip_prefix(&subject.layout.application)
            .unwrap_or(&near);
        finding.help(format!("did you mean `{near}`?"));
        let literal = subject.written(file.span);
        if literal.matches(&file.value).count() == 1 {
            finding.fix(Fix::unsafe_(
                format!("replace `{}` by `{near}`", file.value),
                file.span,
                literal.replace(&file.value, near),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check, check_with};

    #[test]
    fn an_overlay_is_a_file() {
        let document = r#"
language = "go"
overlay = "Dockerfile.overlay"
#         ^^^^^^^^^^^^^^^^^^^^ error: there is no file `Dockerfile.overlay`
build.target = "./cmd/server"
"#;
        check_with(
            document,
            &[("go.mod", "module x"), ("cmd/server/main.go", "")],
        );
    }

    #[test]
    fn a_file_that_nobody_looked_for_is_not_missing() {
        check(
            "language = \"go\"\noverlay = \"Dockerfile.overlay\"\nbuild.target = \"./cmd/server\"\n",
        );
    }
}
