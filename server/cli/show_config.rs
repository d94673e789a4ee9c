//! `docksmith lint --show-config`: what holds for each file, and who says so, as TOML for people.

use clap::ValueEnum;
use serde_json::json;

use crate::analysis::Origin;
use crate::cli::input::{Document, shown};
use crate::cli::lint::FailOn;
use crate::config::lint::Shared;
use crate::diagnostic::Severity;

/// The settings of all documents.
pub(crate) fn show_config(documents: &[Document], fail_on: Option<FailOn>) -> String {
    let texts: Vec<String> = documents
        .iter()
        .map(|document| settings(document, fail_on))
        .collect();
    texts.join("\n")
}

fn settings(document: &Document, fail_on: Option<FailOn>) -> String {
    let options = &document.options;
    let shared = options.shared.as_deref();
    let lint = document.analysis.config.lint.as_ref();
    let mut text = format!("# {}\n", shown(&document.path));
    let mut line = |key: &str, value: serde_json::Value, origin: Origin| {
        text.push_str(&format!("{key} = {value} # {}\n", name(origin, shared)));
    };
    let shared_pedantic = shared.and_then(|it| it.pedantic);
    let (pedantic, origin) = match (options.pedantic, shared_pedantic) {
        (true, _) => (true, Origin::CommandLine),
        (false, Some(pedantic)) => (pedantic, Origin::Shared),
        (false, None) => (false, Origin::Default),
    };
    line("pedantic", json!(pedantic), origin);
    let shared_fail_on = shared.and_then(|it| it.fail_on).map(FailOn::from);
    let (fail_on, origin) = chosen(fail_on, None, shared_fail_on, FailOn::Error);
    let word = fail_on.to_possible_value();
    let word = word.as_ref().map_or("", |value| value.get_name());
    line("fail_on", json!(word), origin);
    let own = lint.and_then(|it| it.require_reason.as_ref());
    let (reason, origin) = chosen(
        None,
        own.map(|it| it.value),
        shared.and_then(|it| it.require_reason),
        false,
    );
    line("require_reason", json!(reason), origin);
    let own = lint.and_then(|it| it.allowed_registries.as_ref());
    let own = own.map(|names| names.iter().map(|it| it.value.clone()).collect());
    let common = shared.and_then(|it| it.allowed_registries.clone());
    let (registries, origin) = chosen(None, own.map(Some), common.map(Some), None);
    if let Some(registries) = registries {
        let registries: Vec<String> = registries;
        line("allowed_registries", json!(registries), origin);
    }
    text.push_str("\n[rules]\n");
    for (rule, severity, origin) in document.analysis.levels(options) {
        let level = severity.map_or("off", Severity::name);
        text.push_str(&format!(
            "{rule} = \"{level}\" # {}\n",
            name(origin, shared)
        ));
    }
    text
}

/// What holds of the command line, the document, the settings that it shares and the default; and who says so.
fn chosen<T>(
    command_line: Option<T>,
    own: Option<T>,
    shared: Option<T>,
    default: T,
) -> (T, Origin) {
    match (command_line, own, shared) {
        (Some(value), ..) => (value, Origin::CommandLine),
        (_, Some(value), _) => (value, Origin::Document),
        (_, _, Some(value)) => (value, Origin::Shared),
        _ => (default, Origin::Default),
    }
}

fn name(origin: Origin, shared: Option<&Shared>) -> &str {
    match origin {
        Origin::Default => "default",
        Origin::Shared => shared.map_or("", |shared| &shared.path),
        Origin::Document => "[lint]",
        Origin::CommandLine => "command line",
    }
}
