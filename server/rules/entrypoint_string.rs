//! `entrypoint-string`.

use crate::config::runtime::Entrypoint;
use crate::context::Entry;
use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// The entrypoint is a string that names a program.
    ///
    /// A string names a script of the build context, which is copied in and run. A program of the image is named in an
    /// array. Otherwise the build stops: `"/app/main": not found`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.entrypoint = "/usr/local/bin/server --verbose"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.entrypoint = ["/usr/local/bin/server", "--verbose"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: the string would be looked for as a file of the build context. An array says that the program is there
    /// already.
    "entrypoint-string", Error, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(entrypoint) = &subject.config.runtime.entrypoint else {
        return;
    };
    let Some(text) = entrypoint.program() else {
        return;
    };
    // A script's name may hold a blank.
    let path = subject.layout.path(text);
    let is_file = matches!(subject.context.entry(&path), Entry::File { .. });
    let is_absolute = text.starts_with('/');
    if !is_absolute && (is_file || subject.is_old_style()) {
        return;
    }
    let Some(words) = shlex::split(text).filter(|words| !words.is_empty()) else {
        return;
    };
    let message = if is_absolute {
        format!("`{text}` is a program of the image, and a string names a script")
    } else {
        format!("`{text}` has arguments, and a string names a script")
    };
    let array = serde_json::Value::from(words)
        .to_string()
        .replace("\",\"", "\", \"");
    let finding = findings.report(entrypoint.span, message);
    finding.why("a string is a file of the build context, which is copied in and run");
    finding.help(format!("write an array: `entrypoint = {array}`"));
    let is_key = subject.is_value_of(entrypoint.span, &["runtime", "entrypoint"])
        || subject.is_value_of(entrypoint.span, &["runtime_config", "entrypoint"]);
    if is_key && matches!(entrypoint.value, Entrypoint::Script(_)) {
        finding.fix(Fix::unsafe_("write it as an array", entrypoint.span, array));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_program_without_arguments_is_one_too() {
        check(
            r#"
language = "go"
runtime.image = "alpine:3.23"
runtime.entrypoint = "/app/main"
#                    ^^^^^^^^^^^ error: `/app/main` is a program of the image, and a string names a script
"#,
        );
    }

    #[test]
    fn a_relative_path_is_a_script() {
        check(
            r#"
language = "go"
runtime.image = "alpine:3.23"
runtime.entrypoint = "./deploy/entrypoint.sh"
"#,
        );
    }
}
