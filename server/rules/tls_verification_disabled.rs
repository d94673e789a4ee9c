//! `tls-verification-disabled`.

use crate::config::runtime::EnvValue;
use crate::config::values::Text;
use crate::diagnostic::{Diagnostic, Fix};
use crate::plan::scope::of_instruction;
use crate::plan::shell_text::{ShellText, SimpleCommand, Word};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// A command does not look at the certificate of the server that it talks to.
    ///
    /// Then anybody in between can answer in its place: what is downloaded is whatever they send, and they see the
    /// credentials. In an environment variable it holds for the program in the container too.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.steps = ["RUN curl -k -o /x https://example.com/x"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.steps = ["RUN curl -o /x https://example.com/x"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the download is compared with a checksum in the same step. For a server of your own, rather bring
    /// its authority's certificate: `curl --cacert`.
    "tls-verification-disabled", ErrorUnlessOld, check; fix Unsafe
}

/// Variables that switch it off, and the values with which they do not.
const VARIABLES: &[(&str, &[&str])] = &[
    ("GIT_SSL_NO_VERIFY", &["", "0", "false", "no", "off"]),
    ("NODE_TLS_REJECT_UNAUTHORIZED", &["", "1", "true"]),
    ("PYTHONHTTPSVERIFY", &["", "1"]),
    ("NPM_CONFIG_STRICT_SSL", &["", "true", "1"]),
    ("YARN_STRICT_SSL", &["", "true", "1"]),
];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for text in subject.shell_texts() {
        for command in &text.commands {
            for it in &command.assignments {
                check_assignment(it, text, findings);
            }
            check_command(command, text, findings);
        }
    }
    check_variables(subject, findings);
}

/// Environment variables and build arguments.
fn check_variables(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (_, instruction) in subject.plan.instructions() {
        for declared in of_instruction(instruction) {
            let value = declared.value.unwrap_or_default();
            if switches_off(&declared.name, &value) {
                let place = entry_place(subject, declared.origin.span);
                let message = format!("`{}` switches the check of certificates off", declared.name);
                let finding = findings.report_in(declared.origin.file, place, message);
                explain(finding);
            }
        }
    }
}

/// The value at the place of an environment variable's name and value.
fn entry_place(subject: &Subject<'_>, origin: Span) -> Span {
    let config = subject.config;
    let envs = config.env.iter().chain(config.build.env.iter());
    let mut envs = envs.chain(config.stages.iter().flat_map(|stage| stage.env.iter()));
    let is_there = |(name, value): &&(Text, EnvValue)| name.span.cover(value.text().span) == origin;
    envs.find(is_there)
        .map_or(origin, |(_, value)| value.text().span)
}

fn explain(finding: &mut Diagnostic) {
    finding
        .why("anybody in between can answer in the server's place")
        .help("drop it; for a server of your own bring its authority's certificate");
}

fn switches_off(name: &str, value: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let value = value.to_ascii_lowercase();
    let known = VARIABLES.iter().find(|(variable, _)| *variable == upper);
    known.is_some_and(|(_, harmless)| !harmless.contains(&value.as_str()) && !value.contains('$'))
}

/// `GIT_SSL_NO_VERIFY=1` in front of a command or behind `export`.
fn check_assignment(word: &Word, text: &ShellText<'_>, findings: &mut Findings<'_>) {
    if let Some((name, value)) = word.text.split_once('=')
        && switches_off(name, value)
    {
        let message = format!("`{name}` switches the check of certificates off");
        explain(findings.report_in(text.file.clone(), word.span, message));
    }
}

fn check_command(command: &SimpleCommand, text: &ShellText<'_>, findings: &mut Findings<'_>) {
    let Some((name, arguments)) = command.program() else {
        return;
    };
    // A server on the same machine has nobody in between.
    if arguments.iter().any(|word| is_local(&word.text)) {
        return;
    }
    if matches!(name, "export" | "env" | "declare") {
        for it in arguments {
            check_assignment(it, text, findings);
        }
        return;
    }
    for (index, word) in arguments.iter().enumerate() {
        if word.expands {
            continue;
        }
        let before = index.checked_sub(1).and_then(|it| arguments.get(it));
        let before = before.map_or("", |it| it.text.as_str());
        let Some(kept) = without_check(name, before, arguments, word) else {
            continue;
        };
        let next = arguments.get(index + 1);
        let message = format!("`{}` switches the check of certificates off", word.text);
        let finding = findings.report_in(text.file.clone(), word.span, message);
        explain(finding);
        if let Some(fix) = fix(word, next, kept, text) {
            finding.fix(fix);
        }
    }
}

/// What a fix makes of an argument.
enum Kept {
    /// Nothing stays.
    Nothing,
    /// Other flags stay.
    Flags(String),
    /// It belongs to others.
    Unknown,
}

/// Whether an argument switches the check off, and what stays without it.
fn without_check(name: &str, before: &str, all: &[Word], word: &Word) -> Option<Kept> {
    let text = word.text.as_str();
    let first = all.first().map_or("", |it| it.text.as_str());
    match name {
        "curl" if text == "--insecure" || text == "--proxy-insecure" => Some(Kept::Nothing),
        "curl" => without_k(text),
        "wget" if text == "--no-check-certificate" => Some(Kept::Nothing),
        "git" => {
            let lower = text.to_ascii_lowercase();
            let is_set = before.eq_ignore_ascii_case("http.sslverify");
            let is_off = matches!(lower.as_str(), "false" | "0" | "no" | "off");
            let is_flag = before == "-c" && lower.starts_with("http.sslverify=");
            let value = lower.split_once('=').map_or("", |(_, value)| value);
            let flag_is_off = matches!(value, "false" | "0" | "no" | "off");
            (is_set && is_off || is_flag && flag_is_off).then_some(Kept::Unknown)
        }
        "npm" | "yarn" | "pnpm" => {
            let is_set = first == "config" && before == "strict-ssl" && text == "false";
            let is_flag = matches!(
                text,
                "--strict-ssl=false" | "strict-ssl=false" | "--no-strict-ssl"
            );
            (is_set || is_flag).then_some(if text.starts_with("--") {
                Kept::Nothing
            } else {
                Kept::Unknown
            })
        }
        "pip" | "pip3" | "uv" => {
            let is_flag = matches!(text, "--trusted-host" | "--allow-insecure-host");
            let with_value =
                text.starts_with("--trusted-host=") || text.starts_with("--allow-insecure-host=");
            (is_flag || with_value).then_some(if is_flag {
                Kept::Unknown
            } else {
                Kept::Nothing
            })
        }
        "apt" | "apt-get" => {
            let lower = text.to_ascii_lowercase();
            let value = lower.strip_prefix("-o").unwrap_or(&lower);
            let is_off = |it: &str| {
                value
                    .strip_prefix(it)
                    .is_some_and(|it| matches!(it, "=false" | "=0" | "=no" | "=off"))
            };
            let is_flag =
                is_off("acquire::https::verify-peer") || is_off("acquire::https::verify-host");
            is_flag.then_some(Kept::Unknown)
        }
        _ => None,
    }
}

/// The short flags of curl that take a value, so that what follows them in a word is none.
const CURL_VALUES: &str = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";

/// A word of short flags of curl without its `k`.
fn without_k(text: &str) -> Option<Kept> {
    let flags = text.strip_prefix('-').filter(|it| !it.starts_with('-'))?;
    let end = flags
        .find(|it| CURL_VALUES.contains(it))
        .unwrap_or(flags.len());
    let at = flags.get(..end)?.find('k')?;
    let rest = format!("{}{}", flags.get(..at)?, flags.get(at + 1..)?);
    Some(if rest.is_empty() {
        Kept::Nothing
    } else {
        Kept::Flags(format!("-{rest}"))
    })
}

fn fix(word: &Word, next: Option<&Word>, kept: Kept, text: &ShellText<'_>) -> Option<Fix> {
    let title = format!("drop `{}`", word.text);
    if text.is_list {
        return None;
    }
    match kept {
        Kept::Unknown => None,
        Kept::Flags(flags) => {
            let is_plain = word.span.len() as usize == word.text.len();
            is_plain.then(|| Fix::unsafe_("drop `-k`", word.span, flags).in_file(&text.file))
        }
        Kept::Nothing => {
            let next = next.filter(|it| it.span.start > word.span.end)?;
            let place = Span {
                start: word.span.start,
                end: next.span.start,
            };
            Some(Fix::unsafe_(title, place, "").in_file(&text.file))
        }
    }
}

fn is_local(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else {
        return text == "localhost" || text.starts_with("localhost:") || text.starts_with("127.");
    };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    host == "localhost"
        || host.starts_with("localhost:")
        || host.starts_with("127.")
        || host.starts_with("[::1]")
        || host.starts_with("0.0.0.0")
}

#[cfg(test)]
mod tests {
    use super::switches_off;
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::diagnostic::File;
    use crate::rules::tests::check;

    #[test]
    fn flags_of_many_programs_are_known() {
        check(
            r#"
language = "go"
build.steps = [
  "RUN curl -fsSLko /x https://example.com/x",
#           ^^^^^^^ error: `-fsSLko` switches the check of certificates off
  { run = "a && wget -q --no-check-certificate https://example.com/x" },
#                       ^^^^^^^^^^^^^^^^^^^^^^ error: `--no-check-certificate` switches the check of certificates off
  "RUN git -c http.sslVerify=false clone https://example.com/x",
#             ^^^^^^^^^^^^^^^^^^^^ error: `http.sslVerify=false` switches the check of certificates off
  "RUN npm config set strict-ssl false",
#                                ^^^^^ error: `false` switches the check of certificates off
  "RUN GIT_SSL_NO_VERIFY=1 git clone https://example.com/x",
#      ^^^^^^^^^^^^^^^^^^^ error: `GIT_SSL_NO_VERIFY` switches the check of certificates off
]
"#,
        );
    }

    #[test]
    fn variables_count_wherever_they_are_set() {
        check(
            r#"
language = "go"
build.env = { GIT_SSL_NO_VERIFY = "true" }
#                                 ^^^^^^ error: `GIT_SSL_NO_VERIFY` switches the check of certificates off
runtime.env = { NODE_TLS_REJECT_UNAUTHORIZED = "0" }
#                                              ^^^ error: `NODE_TLS_REJECT_UNAUTHORIZED` switches the check of certificates off
"#,
        );
        assert!(!switches_off("GIT_SSL_NO_VERIFY", "false"));
        assert!(!switches_off("NODE_TLS_REJECT_UNAUTHORIZED", "1"));
    }

    #[test]
    fn other_flags_and_local_servers_are_fine() {
        check(
            r#"
language = "go"
build.steps = [
  "RUN curl -fsSLo k https://example.com/x",
  "RUN curl -ok --cacert ca.pem https://example.com/x",
  "RUN curl -H -k https://127.0.0.1:8443/",
  "RUN echo curl -k https://example.com",
  "RUN tar -k x && git config http.sslVerify true",
]
"#,
        );
    }

    #[test]
    fn an_overlay_can_be_fixed_too() {
        let overlay = "RUN curl -skL https://example.com/x\n";
        let files = Files::new([("o", overlay), ("go.mod", "")]);
        let analysis = analyze("language = \"go\"\noverlay = \"o\"\n", &files);
        let found = analysis
            .diagnostics
            .iter()
            .find(|it| it.rule == "tls-verification-disabled");
        let fix = found.and_then(|it| it.fix.clone()).expect("a fix");
        assert_eq!(fix.edits[0].file, File::Context("o".to_owned()));
        let mut fixed = overlay.to_owned();
        fixed.replace_range(fix.edits[0].span.range(), &fix.edits[0].text);
        assert_eq!(fixed, "RUN curl -sL https://example.com/x\n");
    }
}
