//! `invalid-label-key`.

use crate::config::words::short;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A label's key that is not written as a reversed domain name.
    ///
    /// Keys are lower-case words with `.` and `-` between them, so that tools of different makers do not meet:
    /// `org.opencontainers.image.source`. Three beginnings are Docker's own.
    ///
    /// ```toml,bad
    /// language = "go"
    /// runtime.labels = { "Build Date" = "2026-11-01" }
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.labels = { "com.example.build-date" = "2026-11-01" }
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where a tool reads the label under just this key: `# docksmith: ignore[invalid-label-key] our
    /// scheduler wants it so`.
    "invalid-label-key", Warning, check; also ["hadolint DL3048"]
}

/// What Docker keeps for itself: <https://docs.docker.com/engine/manage-resources/labels/>.
const RESERVED: [&str; 3] = ["com.docker.", "io.docker.", "org.dockerproject."];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (key, _) in &subject.config.runtime.labels {
        if let Some(reserved) = RESERVED.iter().find(|it| key.starts_with(**it)) {
            findings
                .report(
                    key.span,
                    format!("labels that begin with `{reserved}` are Docker's own"),
                )
                .help("begin it with a domain name of yours: `com.example.`");
        } else if !is_sound(key) {
            findings
                .report(key.span, format!("`{}` is not a label's key", short(key)))
                .help("write lower-case words with `.` and `-` between them: `com.example.build-date`");
        }
    }
}

/// Lower-case letters and digits at both ends, single separators in between.
fn is_sound(key: &str) -> bool {
    let is_word = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
    let parts: Vec<&str> = key.split(['.', '-', '_', '/']).collect();
    parts
        .iter()
        .all(|part| !part.is_empty() && part.chars().all(is_word))
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn dockers_own_names_are_reserved() {
        check(
            r#"
language = "go"
runtime.labels = { "com.docker.kind" = "x" }
#                  ^^^^^^^^^^^^^^^^^ warning: labels that begin with `com.docker.` are Docker's own
"#,
        );
    }

    #[test]
    fn a_word_alone_is_fine() {
        check("language = \"go\"\nruntime.labels = { maintainer = \"a@example.com\" }\n");
    }
}
