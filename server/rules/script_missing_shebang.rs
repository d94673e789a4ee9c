//! `script-missing-shebang`.

use crate::diagnostic::{Edit, Fix};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// The entrypoint's script does not say what runs it.
    ///
    /// A script that the system starts needs a first line such as `#!/bin/sh`. Without it the container would exit with
    /// `exec /entrypoint.sh: exec format error`.
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
    /// Ignore it where the file is a program and no script, in spite of its name.
    "script-missing-shebang", ErrorUnlessOld, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(script) = subject.entry_script() else {
        return;
    };
    // A mark in front of it is what another rule speaks of.
    if script.without_mark().starts_with("#!") {
        return;
    }
    let message = format!("`{}` does not begin with `#!`", script.written);
    let start = script.mark().end as usize;
    findings
        .report(script.span, message)
        .label_in(
            script.file(),
            script.first_line(),
            "the first line names no interpreter",
        )
        .why("the container would exit with `exec format error`")
        .help("let its first line be `#!/bin/sh`")
        .fix(Fix {
            title: format!("add `#!/bin/sh` to `{}`", script.written),
            safe: false,
            edits: vec![Edit {
                file: script.file(),
                span: Span::new(start, start),
                text: "#!/bin/sh\n".to_owned(),
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

    #[test]
    fn a_comment_is_no_shebang() {
        check_script(
            r#"
language = "go"
build.target = "./cmd/server"
runtime.image_family = "alpine"
runtime.entrypoint = { script = "scripts/start.sh", dst = "/start" }
#                               ^^^^^^^^^^^^^^^^^^ error: `scripts/start.sh` does not begin with `#!`
"#,
            "# Starts.\nexec \"$@\"\n",
        );
    }

    #[test]
    fn a_program_is_no_script() {
        check_script(
            r#"
language = "go"
build.target = "./cmd/server"
runtime.entrypoint = ["/scripts/start.sh"]
"#,
            "exec \"$@\"\n",
        );
    }
}
