//! The user's settings, however the client passes them on.

use serde_json::Value;
use tower_lsp::ls_types::TraceValue;

use crate::diagnostic::Severity;

/// What the user can set. The defaults are the same in every editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// `lint.level`: the least severity that is shown.
    pub(crate) least_severity: Severity,
    /// `lint.pedantic`: whether the rules of taste speak too.
    pub(crate) pedantic: bool,
    /// `inlayHints.enable`: whether there are inlay hints.
    pub(crate) inlay_hints: bool,
    /// `codeLens.enable`: whether there are code lenses.
    pub(crate) code_lens: bool,
    /// `previewNotifications`: whether the client wants to hear that a preview changed.
    pub(crate) preview_notifications: bool,
    /// `trace`: how much is told of what the server does; `$/setTrace` changes it, too.
    pub(crate) trace: TraceValue,
    /// `testing`: whether the requests of `lsp::testing` are there. Only as an initialization option.
    pub(crate) testing: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            least_severity: Severity::Info,
            pedantic: false,
            inlay_hints: true,
            code_lens: true,
            preview_notifications: false,
            trace: TraceValue::Off,
            testing: false,
        }
    }
}

impl Settings {
    /// The settings of the initialization options.
    pub(crate) fn initial(options: &Value) -> Self {
        let testing = flag(section(options), "testing").unwrap_or_default();
        Self {
            testing,
            ..Self::default().with(options)
        }
    }

    /// These settings, with those that `value` names: under `settings.docksmith`, `docksmith`, or bare. What is missing
    /// or makes no sense stays.
    #[must_use]
    pub(crate) fn with(&self, value: &Value) -> Self {
        let section = section(value);
        let level = find(section, "lint.level").and_then(Value::as_str);
        Self {
            least_severity: level.and_then(severity).unwrap_or(self.least_severity),
            pedantic: flag(section, "lint.pedantic").unwrap_or(self.pedantic),
            inlay_hints: flag(section, "inlayHints.enable").unwrap_or(self.inlay_hints),
            code_lens: flag(section, "codeLens.enable").unwrap_or(self.code_lens),
            preview_notifications: flag(section, "previewNotifications")
                .unwrap_or(self.preview_notifications),
            trace: find(section, "trace").and_then(trace).unwrap_or(self.trace),
            testing: self.testing,
        }
    }
}

/// The part of a value that holds our settings.
fn section(value: &Value) -> &Value {
    let value = value.get("settings").unwrap_or(value);
    value.get("docksmith").unwrap_or(value)
}

/// The value at a path with points; some clients nest tables, some do not.
fn find<'a>(section: &'a Value, path: &str) -> Option<&'a Value> {
    section
        .get(path)
        .or_else(|| section.pointer(&format!("/{}", path.replace('.', "/"))))
}

fn flag(section: &Value, path: &str) -> Option<bool> {
    find(section, path)?.as_bool()
}

/// The value itself, or that of `trace.server`, as clients of Visual Studio Code name it.
fn trace(value: &Value) -> Option<TraceValue> {
    let value = value.get("server").unwrap_or(value);
    serde_json::from_value(value.clone()).ok()
}

fn severity(name: &str) -> Option<Severity> {
    [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .find(|severity| severity.name() == name)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Settings;
    use crate::diagnostic::Severity;

    #[test]
    fn settings_may_be_nested_bare_or_written_with_points() {
        let expected = Settings {
            least_severity: Severity::Warning,
            pedantic: true,
            ..Settings::default()
        };
        let bare = json!({ "lint": { "level": "warning", "pedantic": true } });
        for value in [
            bare.clone(),
            json!({ "docksmith": bare }),
            json!({ "settings": { "docksmith": bare } }),
            json!({ "docksmith": { "lint.level": "warning", "lint.pedantic": true } }),
        ] {
            assert_eq!(Settings::initial(&value), expected, "{value}");
        }
    }

    #[test]
    fn hints_and_lenses_are_there_unless_they_are_switched_off() {
        let settings = Settings::initial(&Value::Null);
        assert!(settings.inlay_hints && settings.code_lens);
        let value = json!({ "inlayHints": { "enable": false }, "codeLens.enable": false });
        let settings = settings.with(&json!({ "docksmith": value }));
        assert!(!settings.inlay_hints && !settings.code_lens);
    }

    #[test]
    fn what_is_missing_or_makes_no_sense_stays() {
        let initial = Settings::initial(&json!({ "previewNotifications": true }));
        for value in [
            Value::Null,
            json!([]),
            json!({ "lint": "all" }),
            json!({ "docksmith": null }),
            json!({ "lint": { "level": "loud", "pedantic": 1 } }),
        ] {
            assert_eq!(initial.with(&value), initial, "{value}");
        }
    }

    #[test]
    fn the_requests_for_tests_are_switched_on_at_the_start_only() {
        assert!(Settings::initial(&json!({ "testing": true })).testing);
        assert!(
            !Settings::default()
                .with(&json!({ "testing": true }))
                .testing
        );
    }
}
