//! `healthcheck-compose-prefix`.

use crate::config::runtime::Run;
use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// The health check begins with a word of Docker Compose.
    ///
    /// `["CMD", …]` and `["CMD-SHELL", …]` belong in a Compose file. Here the first element is the program: every check
    /// would fail with `exec: "CMD": executable file not found in $PATH`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.healthcheck = ["CMD", "/usr/local/bin/server", "health"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.healthcheck = ["/usr/local/bin/server", "health"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it only where the image really has a program with that name.
    "healthcheck-compose-prefix", Error, check; fix Safe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(check) = &subject.config.healthcheck else {
        return;
    };
    let Run::Exec(words) = &check.command else {
        return;
    };
    let Some((first, rest)) = words.split_first() else {
        return;
    };
    let written: Vec<&str> = rest.iter().map(|word| subject.written(word.span)).collect();
    let replacement = match first.value.as_str() {
        "CMD" => Some(format!("[{}]", written.join(", "))).filter(|_| !rest.is_empty()),
        "CMD-SHELL" => match written.as_slice() {
            [text] => Some((*text).to_owned()),
            _ => None,
        },
        "NONE" => {
            let is_key = [
                ["runtime", "healthcheck"],
                ["runtime_config", "healthcheck"],
            ];
            let is_key = is_key
                .iter()
                .any(|path| subject.is_value_of(check.span, path));
            is_key.then(|| "false".to_owned())
        }
        _ => return,
    };
    let message = format!("`{}` would be run as a program", first.value);
    let finding = findings.report(first.span, message);
    finding.why(
        "it is a word of Docker Compose; every check would fail with `executable file not found`",
    );
    finding.help(match &replacement {
        Some(text) => format!("write `{text}`"),
        None => {
            "drop it: an array is run as it is, a string by the shell, `false` is none".to_owned()
        }
    });
    if let Some(text) = replacement {
        finding.fix(Fix::safe(format!("write `{text}`"), check.span, text));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn the_shell_form_is_a_string() {
        check(
            r#"
language = "go"
[runtime]
image = "alpine:3.23"
[runtime.healthcheck]
test = ["CMD-SHELL", "wget -q http://127.0.0.1:8080/ || exit 1"]
#       ^^^^^^^^^^^ error: `CMD-SHELL` would be run as a program
"#,
        );
    }

    #[test]
    fn a_program_may_have_such_an_argument() {
        check("language = \"go\"\nruntime.healthcheck = [\"/usr/local/bin/app\", \"CMD\"]\n");
    }
}
