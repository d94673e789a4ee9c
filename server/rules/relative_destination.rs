//! `relative-destination`.

use crate::config::check::ShapeKind;
use crate::config::words::{last_key, quoted, short};
use crate::diagnostic::Fix;
use crate::plan::paths::absolute;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A path in the image that does not begin with `/`.
    ///
    /// What it is relative to would depend on instructions far away. `dst` of a copy may be relative to `workdir`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// runtime.workdir = "app"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.workdir = "/app"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: such a path cannot be rendered, since it would mean another folder after each `WORKDIR`.
    "relative-destination", Error, check; fix Safe; also ["hadolint DL3000"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let workdir = subject.config.runtime.workdir.as_ref();
    let workdir = workdir.map_or("/app", |workdir| workdir.value.as_str());
    for shape in subject.shapes_of("relative-destination") {
        let name = last_key(&shape.path);
        let node = subject.document.find(&shape.path).map(|found| found.node);
        let text = node.and_then(|node| node.string()).unwrap_or_default();
        if shape.kind == ShapeKind::Empty || text.is_empty() {
            findings
                .report(shape.span, format!("`{name}` is empty"))
                .help("write a path that begins with `/`");
            continue;
        }
        let base = if name == "workdir" { "/" } else { workdir };
        let path = absolute(base, text);
        let finding = findings.report(
            shape.span,
            format!("`{}` does not begin with `/`", short(text)),
        );
        finding.help(format!("write `{}`", quoted(&path)));
        if !text.contains("..") && !text.starts_with(['$', '~', ' ', '\\']) {
            finding.fix(Fix::safe(
                format!("replace it by `{path}`"),
                shape.span,
                quoted(&path),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn an_output_is_a_literal_path() {
        check(
            r#"
language = "go"
build.output = "bin/main"
#              ^^^^^^^^^^ error: `bin/main` does not begin with `/`
"#,
        );
    }

    #[test]
    fn a_copys_destination_may_be_relative() {
        check("language = \"go\"\nruntime.copy = [{ src = \"sql\", dst = \"sql\" }]\n");
    }
}
