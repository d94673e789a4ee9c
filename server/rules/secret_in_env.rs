//! `secret-in-env`.

use crate::config::runtime::EnvValue;
use crate::config::stage::Step;
use crate::config::values::{Entries, Text};
use crate::plan::credentials::token_kind;
use crate::plan::{InstructionKind, Origin};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A credential stands in an environment variable, a build argument or a label.
    ///
    /// Everybody who can pull the image can read it: `docker history` and `docker inspect` show environment, build
    /// arguments and labels. A known kind of token is an error; a name that says so is a warning.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.env = { DB_PASSWORD = "correct horse" }
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.env = { DB_PASSWORD_FILE = "/run/secrets/db" }
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it for a value that is no secret, such as a password of a local test database.
    "secret-in-env", ErrorUnlessOld, check; also ["BuildKit SecretsUsedInArgOrEnv"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    for (name, value) in &config.env {
        check_env(name, value, "image", findings);
    }
    check_texts(&config.runtime.labels, "image", findings);
    check_texts(&config.runtime.args, "image", findings);
    check_texts(&config.args, "build", findings);
    check_texts(&config.build.args, "build", findings);
    check_envs(&config.build.env, "build", findings);
    for stage in &config.stages {
        let place = if stage.is_final() { "image" } else { "build" };
        check_texts(&stage.args, place, findings);
        check_envs(&stage.env, place, findings);
        check_steps(stage.steps.iter().map(|it| &it.value), place, findings);
    }
    check_steps(
        config.build.steps.iter().map(|it| &it.value),
        "build",
        findings,
    );
    check_steps(
        config.runtime.steps.iter().map(|it| &it.value),
        "image",
        findings,
    );
    check_written(subject, findings);
}

fn check_steps<'a>(
    steps: impl Iterator<Item = &'a Step>,
    place: &str,
    findings: &mut Findings<'_>,
) {
    for step in steps {
        if let Step::Table(table) = step {
            if let Some(env) = &table.env {
                check_envs(env, place, findings);
            }
            if let Some(args) = &table.arg {
                check_texts(args, place, findings);
            }
        }
    }
}

fn check_envs(entries: &Entries<EnvValue>, place: &str, findings: &mut Findings<'_>) {
    for (name, value) in entries {
        check_env(name, value, place, findings);
    }
}

fn check_env(name: &str, value: &EnvValue, place: &str, findings: &mut Findings<'_>) {
    // What another variable holds is not known.
    let by_name = !(value.expands() && value.text().contains('$'));
    let origin = Origin::document(value.text().span);
    check_value(name, value.text(), origin, place, by_name, findings);
}

fn check_texts(entries: &Entries<Text>, place: &str, findings: &mut Findings<'_>) {
    for (name, value) in entries {
        check_value(
            name,
            value,
            Origin::document(value.span),
            place,
            true,
            findings,
        );
    }
}

/// `ENV`, `ARG` and `LABEL` in Dockerfile's own language.
fn check_written(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (stage, instruction) in subject.plan.instructions() {
        let InstructionKind::Written(written) = &instruction.kind else {
            continue;
        };
        if !matches!(written.keyword.as_str(), "ENV" | "ARG" | "LABEL") {
            continue;
        }
        let place = if stage.kind.is_final() {
            "image"
        } else {
            "build"
        };
        for pair in &written.pairs {
            let Some(value) = &pair.value else { continue };
            let origin = Origin {
                file: instruction.origin.file.clone(),
                span: value.span,
            };
            let by_name = !value.contains('$');
            check_value(&pair.name.value, value, origin, place, by_name, findings);
        }
    }
}

fn check_value(
    name: &str,
    value: &str,
    origin: Origin,
    place: &str,
    by_name: bool,
    findings: &mut Findings<'_>,
) {
    let kind = token_kind(value);
    if kind.is_none() && !(by_name && is_secret_name(name) && may_be_secret(value)) {
        return;
    }
    let message = match kind {
        Some(_) => format!("`{name}` puts a credential into the {place}"),
        None => format!("`{name}` seems to put a credential into the {place}"),
    };
    let finding = findings.report_in(origin.file, origin.span, message);
    match kind {
        Some(kind) => finding.labelled(format!("looks like {kind}")),
        None => finding.as_warning(),
    };
    finding.why("everybody who can pull the image can read it, also in `docker history`");
    finding.help(
        "declare it under `[secrets.<id>]` and name it in a step's `secret`, or pass it when the container starts",
    );
}

/// Whether the last word of a name means a credential.
fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let words: Vec<&str> = name
        .split(['_', '-', '.', '/'])
        .filter(|word| !word.is_empty())
        .collect();
    if words.contains(&"PUBLIC") {
        return false;
    }
    match words.as_slice() {
        [.., before, "KEY"] => matches!(
            *before,
            "API" | "PRIVATE" | "ACCESS" | "SECRET" | "SIGNING" | "ENCRYPTION"
        ),
        [.., last] => matches!(
            *last,
            "TOKEN"
                | "PASSWORD"
                | "PASSWD"
                | "PASSPHRASE"
                | "SECRET"
                | "CREDENTIAL"
                | "CREDENTIALS"
                | "APIKEY"
        ),
        [] => false,
    }
}

/// Whether a value can be a secret at all: not empty, a boolean, a number, a path or an address.
fn may_be_secret(value: &str) -> bool {
    let value = value.trim();
    let is_word = matches!(
        value.to_ascii_lowercase().as_str(),
        "" | "true" | "false" | "yes" | "no" | "on" | "off" | "none" | "null"
    );
    let is_number = value.parse::<f64>().is_ok();
    let is_path =
        value.starts_with(['/', '~']) || value.starts_with("./") || value.starts_with("../");
    !is_word && !is_number && !is_path && !value.contains("://")
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::NoContext;
    use crate::rules::tests::check;

    fn token() -> String {
        format!("ghp_{}", "0a1B2c3D4e".repeat(4))
    }

    #[test]
    fn a_token_is_an_error_and_is_repeated_nowhere() {
        let text = format!(
            "language = \"go\"\nbuild.flags = [\"${{X}}\"]\nbuild.args = {{ X = \"Bearer {}\" }}\n",
            token()
        );
        let analysis = analyze(&text, &NoContext::default());
        let [diagnostic] = analysis.diagnostics.as_slice() else {
            panic!("{:?}", analysis.diagnostics);
        };
        assert_eq!(diagnostic.message, "`X` puts a credential into the build");
        assert_eq!(diagnostic.label, "looks like a GitHub token");
        assert!(!format!("{diagnostic:?}").contains(&token()));
        assert!(!analysis.printable_text().contains(&token()));
    }

    #[test]
    fn a_step_is_looked_at() {
        check(
            r#"
language = "go"
runtime.steps = ["ENV API_KEY=abc123def"]
#                             ^^^^^^^^^ warning: `API_KEY` seems to put a credential into the image
"#,
        );
    }

    #[test]
    fn names_and_values_that_only_sound_like_it() {
        check(
            r#"
language = "go"
[runtime.env]
KMS_KEY_ALIAS = "alias/app"
SSH_AUTH_SOCK = "agent"
SECRET_FILE = "secret.txt"
NEXT_PUBLIC_API_KEY = "abc123"
CSRF_TOKEN = "true"
PASSWORD = ""
MAX_TOKEN = "4096"
TLS_PRIVATE_KEY = "/run/secrets/key"
AWS_SAMPLE = "AKIAIOSFODNN7EXAMPLE"
TOKEN_URL = "https://example.com/token"
"#,
        );
    }
}
