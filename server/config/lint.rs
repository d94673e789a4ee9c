//! `[lint]` and `[render]`: how the file is judged.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::values::{Entries, Text};
use crate::text::Spanned;

/// Levels of the rules for this file.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Lint {
    /// The level of each named rule: `"error"`, `"warning"`, `"info"` or `"off"`.
    ///
    /// Example: `lint.rules.image-no-digest = "warning"`
    pub rules: Entries<Spanned<Level>>,
    /// The registries that images may come from. Default: any.
    ///
    /// Example: `allowed_registries = ["docker.io", "gcr.io"]`
    #[schemars(extend("examples" = [["docker.io", "gcr.io"]]))]
    pub allowed_registries: Option<Spanned<Vec<Text>>>,
    /// Whether a suppression comment must say why. Default: `false`.
    ///
    /// Example: `require_reason = true`
    #[schemars(extend("default" = false))]
    pub require_reason: Option<Spanned<bool>>,
}

/// What becomes of a rule's findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// They are errors.
    Error,
    /// They are warnings.
    Warning,
    /// They are for information.
    Info,
    /// They are not shown.
    Off,
}
