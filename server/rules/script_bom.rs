//! `script-bom`.

use crate::diagnostic::{Edit, Fix};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A byte-order mark stands in front of the script's `#!`.
    ///
    /// The system looks for `#!` at the very first byte, so that the container would exit with
    /// `exec /entrypoint.sh: exec format error`. Editors do not show the mark.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:entrypoint.sh,bom
    /// #!/bin/sh
    /// exec "$@"
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image_family = "alpine"
    /// runtime.entrypoint = "entrypoint.sh"
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
    /// ```text,file:entrypoint.sh
    /// #!/bin/sh
    /// exec "$@"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image_family = "alpine"
    /// runtime.entrypoint = "entrypoint.sh"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: the script cannot start. Ignore it only where a step of the build takes the mark out.
    "script-bom", ErrorUnlessOld, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(script) = subject.entry_script() else {
        return;
    };
    if script.mark().is_empty() || !script.without_mark().starts_with("#!") {
        return;
    }
    let message = format!("`{}` begins with a byte-order mark", script.written);
    findings
        .report(script.span, message)
        .label_in(
            script.file(),
            script.first_line(),
            "U+FEFF stands in front of `#!`",
        )
        .why("the container would exit with `exec format error`")
        .help("save it as UTF-8 without a byte-order mark")
        .fix(Fix {
            title: format!("take the mark out of `{}`", script.written),
            safe: false,
            edits: vec![Edit {
                file: script.file(),
                span: script.mark(),
                text: String::new(),
            }],
        });
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check_with;

    fn check_script(document: &str, script: &str) {
        let files = [
            ("go.mod", "module x"),
            ("cmd/server/main.go", "package main"),
            ("scripts/start.sh", script),
        ];
        check_with(document, &files);
    }

    const DOCUMENT: &str = r#"
language = "go"
build.target = "./cmd/server"
runtime.image_family = "alpine"
runtime.entrypoint = "scripts/start.sh"
"#;

    #[test]
    fn only_a_mark_at_the_beginning_counts() {
        let expected = DOCUMENT.to_owned()
            + "#                    ^^^^^^^^^^^^^^^^^^ error: `scripts/start.sh` begins with a byte-order mark\n";
        check_script(&expected, "\u{feff}#!/bin/sh\nexec \"$@\"\n");
        check_script(DOCUMENT, "#!/bin/sh\n# \u{feff}\nexec \"$@\"\n");
    }
}
