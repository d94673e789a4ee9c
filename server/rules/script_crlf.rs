//! `script-crlf`.

use crate::diagnostic::{Edit, Fix};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// The lines of the entrypoint's script end as on Windows.
    ///
    /// The carriage return becomes part of the interpreter's name, so that the container would exit with
    /// `exec /entrypoint.sh: no such file or directory`, though the file is there.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:entrypoint.sh,crlf
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
    /// Never: the script cannot start. Ignore it only where a step of the build converts the file.
    "script-crlf", ErrorUnlessOld, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(script) = subject.entry_script() else {
        return;
    };
    let first = script.without_mark().split('\n').next().unwrap_or_default();
    if !first.starts_with("#!") || !first.ends_with('\r') {
        return;
    }
    let message = format!(
        "the first line of `{}` ends in a carriage return",
        script.written
    );
    findings
        .report(script.span, message)
        .label_in(script.file(), script.first_line(), "ends in CR LF")
        .why("the container would exit with `no such file or directory`")
        .help("save it with LF line ends, and put `*.sh text eol=lf` into `.gitattributes`")
        .fix(Fix {
            title: format!("end the lines of `{}` in LF", script.written),
            safe: false,
            edits: vec![Edit {
                file: script.file(),
                span: Span::new(0, script.text.len()),
                text: script.text.replace("\r\n", "\n"),
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
    fn the_first_line_counts() {
        let expected = DOCUMENT.to_owned()
            + "#                    ^^^^^^^^^^^^^^^^^^ error: the first line of `scripts/start.sh` ends in a carriage return\n";
        check_script(&expected, "#!/bin/sh\r\nexec \"$@\"\r\n");
        check_script(DOCUMENT, "#!/bin/sh\nprintf 'a\r\n'\nexec \"$@\"\n");
    }
}
