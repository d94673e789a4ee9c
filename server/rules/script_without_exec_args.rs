//! `script-without-exec-args`.

use crate::diagnostic::{Edit, Fix};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// `cmd` is set, but the script never uses its arguments.
    ///
    /// The entrypoint's script gets the command as its arguments. One that neither ends in `exec "$@"` nor reads them otherwise
    /// starts something else, whatever `cmd` says.
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
    /// exec /usr/local/bin/server
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image_family = "alpine"
    /// runtime.entrypoint = "entrypoint.sh"
    /// runtime.cmd = ["/usr/local/bin/server", "--verbose"]
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
    /// echo "starting"
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image_family = "alpine"
    /// runtime.entrypoint = "entrypoint.sh"
    /// runtime.cmd = ["/usr/local/bin/server", "--verbose"]
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
    /// runtime.cmd = ["/usr/local/bin/server", "--verbose"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the script reads its arguments in a way that cannot be seen from its text, such as through
    /// another script.
    "script-without-exec-args", Warning, Medium, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(script) = subject.entry_script() else {
        return;
    };
    let Some(cmd) = &subject.config.runtime.cmd else {
        return;
    };
    if !script.is_shell() || uses_arguments(&script.text) {
        return;
    }
    let message = format!(
        "`cmd` has no effect: `{}` never uses `\"$@\"`",
        script.written
    );
    let finding = findings.report(cmd.span, message);
    finding
        .label(script.span, "gets `cmd` as its arguments")
        .why("the container would start what the script says, and nothing else")
        .help("end the script with `exec \"$@\"`");
    let mut words = script.text.split_whitespace();
    if words.any(|word| matches!(word, "exec" | "exit")) {
        return;
    }
    let end = script.text.len();
    let line_end = if script.text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    finding.fix(Fix {
        title: format!("end `{}` with `exec \"$@\"`", script.written),
        safe: false,
        edits: vec![Edit {
            file: script.file(),
            span: Span::new(end, end),
            text: format!("{line_end}exec \"$@\"\n"),
        }],
    });
}

/// Whether a script may read its arguments.
fn uses_arguments(text: &str) -> bool {
    let is_parameter = |it: char| matches!(it, '@' | '*' | '#' | '1'..='9');
    let mut places = text
        .match_indices('$')
        .filter_map(|(at, _)| text.get(at + 1..));
    let is_expanded = places.any(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        rest.starts_with(is_parameter)
    });
    let reads = |word: &str| matches!(word, "shift" | "getopts" | "source" | ".");
    is_expanded || text.split_whitespace().any(reads)
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
    fn every_way_to_read_arguments_counts() {
        for line in [
            "exec \"$@\"",
            "exec $1",
            "exec \"${@:2}\"",
            "shift",
            ". ./start",
            "test $# -gt 0",
        ] {
            check_script(
                r#"
language = "go"
build.target = "./cmd/server"
runtime.image_family = "alpine"
runtime.entrypoint = "scripts/start.sh"
runtime.cmd = "server"
"#,
                &format!("#!/bin/sh\n{line}\n"),
            );
        }
    }

    #[test]
    fn a_command_that_is_not_passed_on_is_reported() {
        check_script(
            r#"
language = "go"
build.target = "./cmd/server"
runtime.image_family = "alpine"
runtime.entrypoint = "scripts/start.sh"
runtime.cmd = "server"
#             ^^^^^^^^ warning: `cmd` has no effect: `scripts/start.sh` never uses `"$@"`
"#,
            "#!/bin/sh\nexec sleep $$\n",
        );
    }
}
