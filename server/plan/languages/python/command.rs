//! The command of a Python program: where it listens.

use crate::config::runtime::{Cmd, CmdTable};
use crate::config::spellings::Canonical;
use crate::config::values::Text;
use crate::plan::paths::file_name;
use crate::text::Spanned;

/// What gunicorn's command lacks to be reached from outside its container: where to listen. Its own configuration file
/// may say that, and so may its variable.
pub(super) fn missing_bind(
    config: &Canonical,
    port: Option<u16>,
    has_configuration: Option<bool>,
) -> Vec<String> {
    let (Some(port), Some(words)) = (port, words(config)) else {
        return Vec::new();
    };
    let by_variable = config
        .env
        .iter()
        .any(|(name, _)| name.value == "GUNICORN_CMD_ARGS");
    let is_said =
        has_configuration == Some(true) || by_variable || words.iter().any(|word| says_where(word));
    if is_said || !is_gunicorn(&words) {
        return Vec::new();
    }
    vec!["--bind".to_owned(), format!("0.0.0.0:{port}")]
}

/// The words of `cmd`, unless a shell runs it.
fn words(config: &Canonical) -> Option<Vec<String>> {
    let texts = |words: &[Text]| words.iter().map(|word| word.value.clone()).collect();
    match &config.runtime.cmd.as_ref()?.value {
        Cmd::Words(text) => shlex::split(text),
        Cmd::Exec(words)
        | Cmd::Table(CmdTable {
            exec: Some(Spanned { value: words, .. }),
            ..
        }) => Some(texts(words)),
        Cmd::Table(_) => None,
    }
}

/// `gunicorn …`, also behind `python -m`, `uv run` and their like.
fn is_gunicorn(words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(|word| file_name(word)).collect();
    matches!(
        words.as_slice(),
        ["gunicorn", ..]
            | ["python" | "python3", "-m", "gunicorn", ..]
            | ["uv" | "poetry" | "pdm" | "pipenv", "run", "gunicorn", ..]
    )
}

/// `-b`, `--bind`, and a configuration file: `-c`, `--config`.
fn says_where(word: &str) -> bool {
    let is_short = word.starts_with("-b") || word.starts_with("-c");
    let name = word.split('=').next().unwrap_or_default();
    is_short || matches!(name, "--bind" | "--config")
}
