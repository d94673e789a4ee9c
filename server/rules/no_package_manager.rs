//! `no-package-manager`.

use crate::config::Language;
use crate::diagnostic::Fix;
use crate::plan::ProblemKind;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::insertion::before;
use crate::text::Span;

rule! {
    /// Packages are wanted of an image that has no package manager.
    ///
    /// Distroless images and `scratch` hold neither `apk` nor `apt-get`: nothing can be installed in them. `init = "tini"`
    /// needs a package, too.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.packages = ["tzdata"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image_family = "alpine"
    /// runtime.packages = ["tzdata"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: the packages cannot be installed, and nothing can be rendered that would do it.
    "no-package-manager", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (kind, span) in subject.problems() {
        let ProblemKind::NoPackageManager { image } = kind else {
            continue;
        };
        let finding = findings.report(
            span,
            format!("`{image}` has no package manager to install this with"),
        );
        let is_runtime = subject
            .plan
            .image
            .as_ref()
            .is_some_and(|it| it.base.reference == *image);
        if is_runtime && subject.config.runtime.image.is_some() {
            subject.label_base(finding, "neither `apk` nor `apt-get`");
        }
        if is_runtime && let Some(fix) = alpine(subject, span) {
            finding.fix(fix);
        }
        finding.help(if is_runtime {
            "choose an image that has one: `image_family = \"alpine\"`"
        } else {
            "choose an image that has one, such as `alpine:3.23`"
        });
    }
}

/// Another image, which can install packages, if the language has one.
fn alpine(subject: &Subject<'_>, wanted: Span) -> Option<Fix> {
    let language = subject.config.language.as_ref()?.value;
    if !matches!(language, Language::Go | Language::Rust) {
        return None;
    }
    let title = "run on Alpine";
    if let Some(family) = &subject.config.runtime.image_family {
        return Some(Fix::unsafe_(title, family.span, "\"alpine\""));
    }
    let tables = ["runtime", "runtime_config"].into_iter();
    let mut tables = tables.filter_map(|name| subject.document.root.node(name)?.table());
    if subject.config.runtime.image.is_some() {
        let image = tables.find_map(|table| table.entry("image"))?;
        let mut fix = Fix::unsafe_(title, image.key.span, "image_family");
        let value = Fix::unsafe_(title, image.value.span, "\"alpine\"");
        fix.edits.extend(value.edits);
        return Some(fix);
    }
    let line = "image_family = \"alpine\"";
    let (place, new) = tables.find_map(|table| {
        let mut entries = table.entries.iter();
        let entry = entries.find(|it| it.value.span.covers(wanted) || it.key.span == wanted)?;
        before(subject.text, table, entry.key.span, line)
    })?;
    Some(Fix::unsafe_(title, place, new))
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_stage_from_nothing_installs_nothing() {
        check(
            r#"
language = "go"
runtime.copy = [{ from = "data", src = "/x", dst = "/x" }]
[[stages]]
name = "data"
from = "scratch"
packages = ["git"]
#          ^^^^^^^ error: `scratch` has no package manager to install this with
"#,
        );
    }

    #[test]
    fn an_unknown_image_may_have_one() {
        check(
            r#"
language = "go"
runtime.image = "ghcr.io/acme/base:1"
runtime.packages = ["tzdata"]
"#,
        );
    }
}
