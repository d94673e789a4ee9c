//! `invalid-package-name`.

use crate::config::check::ShapeKind;
use crate::config::words::short;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A text that can't be the name of a system package.
    ///
    /// Package names become words of a shell command. Anything else would be run, or end the build with `unable to
    /// select packages` or `Unable to locate package`. One has letters, digits and `._+-`, and may end in `=version`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// runtime.image = "alpine:3.23"
    /// runtime.user = "app:10001"
    /// runtime.packages = ["curl; id"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.image = "alpine:3.23"
    /// runtime.user = "app:10001"
    /// runtime.packages = ["curl"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: no package manager has a package with such a name, and a shell would read it as more than a name.
    "invalid-package-name", Error, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("invalid-package-name") {
        if shape.kind == ShapeKind::Empty {
            continue;
        }
        let node = subject.document.find(&shape.path).map(|found| found.node);
        let text = node.and_then(|node| node.string()).unwrap_or_default();
        let message = match text.trim() {
            "" => "the name of a package is empty".to_owned(),
            _ => format!("`{}` is not the name of a package", short(text)),
        };
        let finding = findings.report(shape.span, message);
        match text.split_whitespace().collect::<Vec<_>>().as_slice() {
            names @ [_, _, ..] if names.iter().all(|name| is_plain(name)) => {
                let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
                finding.help(format!(
                    "write one string for each package: `{}`",
                    names.join(", ")
                ));
            }
            _ => {
                finding.help("write one name, with its version if need be: `\"curl=8.17.0-r1\"`");
            }
        }
    }
}

fn is_plain(name: &str) -> bool {
    let begins = name
        .chars()
        .next()
        .is_some_and(|it| it.is_ascii_alphanumeric());
    begins
        && name
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || "._+-".contains(it))
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn two_packages_are_two_strings() {
        check(
            r#"
language = "go"
build.packages = ["git make"]
#                 ^^^^^^^^^^ error: `git make` is not the name of a package
"#,
        );
    }

    #[test]
    fn a_version_is_fine() {
        check("language = \"go\"\nbuild.packages = [\"git=2.52.0-r0\", \"g++\"]\n");
    }
}
