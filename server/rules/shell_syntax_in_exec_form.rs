//! `shell-syntax-in-exec-form`.

use crate::diagnostic::{Diagnostic, Fix};
use crate::plan::InstructionKind;
use crate::plan::commands::{Purpose, UserCommand, commands};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A command without a shell uses the syntax of one.
    ///
    /// No shell reads an array, nor a string that is split into words: `&&`, `|` and `$PORT` reach the program as they
    /// are, as arguments.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.cmd = ["/usr/local/bin/server", "--port", "$PORT"]
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image_family = "alpine"
    /// runtime.cmd = ["/usr/local/bin/server", "--port", "$PORT"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.cmd = ["/usr/local/bin/server", "--port", "8080"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the program itself expands the text, such as one with templates of its own.
    "shell-syntax-in-exec-form", ErrorUnlessOld, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.plan.image.is_some() {
        for command in commands(subject.config, subject.text) {
            if !command.shell_form {
                check_command(subject, &command, findings);
            }
        }
    }
    for (_, instruction) in subject.plan.instructions() {
        let InstructionKind::Written(written) = &instruction.kind else {
            continue;
        };
        let words = written.exec.iter().flatten().map(String::as_str);
        let words: Vec<&str> = words.collect();
        if written.keyword == "SHELL" {
            continue;
        }
        if let Some(index) = offender(&words) {
            let file = instruction.origin.file.clone();
            let word = words.get(index).copied().unwrap_or_default();
            let finding = findings.report_in(file, written.arguments_span, message(word));
            finding.why(WHY);
        }
    }
}

const WHY: &str = "it would reach the program as it is, as an argument";

fn message(word: &str) -> String {
    format!("no shell reads `{word}` here")
}

fn check_command(subject: &Subject<'_>, command: &UserCommand, findings: &mut Findings<'_>) {
    let words: Vec<&str> = command
        .words
        .iter()
        .map(|word| word.value.as_str())
        .collect();
    // Compose's words in front are another mistake.
    let is_compose = matches!(words.first(), Some(&("CMD" | "CMD-SHELL" | "NONE")));
    if command.purpose == Purpose::Check && is_compose {
        return;
    }
    let Some(word) = offender(&words).and_then(|index| command.words.get(index)) else {
        return;
    };
    let finding = findings.report(word.span, message(word));
    if command.purpose == Purpose::Check {
        finding.as_error();
    }
    finding.why(WHY);
    let has_shell = subject.plan.image.as_ref().and_then(|it| it.base.shell()) == Some(true);
    match shell_text(command) {
        Some(text) if has_shell => offer_shell(command, text, finding),
        _ => {
            finding.help("write the value itself, or let the program read its environment");
        }
    }
}

/// The first word that only a shell would understand.
fn offender(words: &[&str]) -> Option<usize> {
    let name = |word: &str| word.rsplit('/').next().unwrap_or_default().to_owned();
    let shell = words
        .iter()
        .position(|word| matches!(name(word).as_str(), "sh" | "bash" | "ash" | "dash" | "zsh"));
    let end = match shell {
        // What follows `sh -c` is read by that shell.
        Some(index) if words.iter().skip(index).any(|it| is_command_flag(it)) => index,
        _ => words.len(),
    };
    // These have a language of their own, in which `$` means something.
    let own_language = words.first().is_some_and(|word| {
        matches!(
            name(word).as_str(),
            "awk"
                | "gawk"
                | "sed"
                | "perl"
                | "php"
                | "ruby"
                | "node"
                | "envsubst"
                | "psql"
                | "grep"
        )
    });
    words.iter().take(end).position(|word| {
        is_operator(word) || !own_language && (has_expansion(word) || word.starts_with("~/"))
    })
}

fn is_command_flag(word: &str) -> bool {
    word.starts_with('-') && !word.starts_with("--") && word.ends_with('c')
}

fn is_operator(word: &str) -> bool {
    matches!(
        word,
        "&&" | "||"
            | "|"
            | ";"
            | "&"
            | ">"
            | ">>"
            | "<"
            | "<<"
            | "2>"
            | "2>&1"
            | "2>/dev/null"
            | ">/dev/null"
    )
}

fn has_expansion(word: &str) -> bool {
    let mut rest = word;
    while let Some((_, after)) = rest.split_once('$') {
        let next = after.chars().next();
        if next.is_some_and(|it| it.is_ascii_alphabetic() || matches!(it, '_' | '{' | '(')) {
            return true;
        }
        rest = after;
    }
    word.matches('`').count() >= 2
}

/// The command as a shell's text, where that is certain.
fn shell_text(command: &UserCommand) -> Option<String> {
    if let Some(text) = &command.text {
        return Some(text.clone());
    }
    let mut parts = Vec::new();
    for word in &command.words {
        parts.push(match word.as_str() {
            word if is_operator(word) || word.starts_with("~/") && !word.contains(' ') => {
                word.to_owned()
            }
            word if word.contains(['"', '\\', '`']) || word.contains("$(") => return None,
            word if has_expansion(word) => format!("\"{word}\""),
            word => crate::plan::shell::quote(word),
        });
    }
    Some(parts.join(" "))
}

/// A command has a shell form of its own; what is an array elsewhere names the shell.
fn offer_shell(command: &UserCommand, text: String, finding: &mut Diagnostic) {
    let value = if command.purpose == Purpose::Cmd && command.text.is_some() {
        format!("{{ shell = {} }}", toml::Value::from(text))
    } else {
        let words = vec!["/bin/sh".to_owned(), "-c".to_owned(), text];
        let array = serde_json::Value::from(words).to_string();
        array.replace("\",\"", "\", \"")
    };
    finding.help(format!("let a shell run it: `{value}`"));
    finding.fix(Fix::unsafe_("let a shell run it", command.span, value));
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_check_is_an_error_in_old_files_too() {
        check(
            r#"
runtime = "go"
start.command = "/usr/local/bin/app && true"
#                                   ^^ warning: no shell reads `&&` here
[runtime_config]
image = "alpine:3.23"
healthcheck = ["wget", "http://127.0.0.1:8080/", "||", "exit", "1"]
#                                                ^^^^ error: no shell reads `||` here
"#,
        );
    }

    #[test]
    fn a_shell_of_its_own_reads_it() {
        check(
            r#"
language = "go"
runtime.image = "alpine:3.23"
runtime.entrypoint = ["tini", "--", "/bin/sh", "-ec", "exec app --port $PORT"]
runtime.healthcheck = ["app", "-match", "ok$", "a; b"]
"#,
        );
    }
}
