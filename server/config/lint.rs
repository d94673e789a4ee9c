//! How files are judged: `[lint]`, and the file with settings that several documents share.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::values::{Entries, Text};
use crate::text::{Span, Spanned};

/// The name of a file with settings for the documents in its folder and below.
pub const SHARED_NAME: &str = ".docksmith-lint.toml";

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
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

/// Settings for all documents in a folder and below it.
///
/// The nearest file of this name counts, from a document's folder up to the root of its repository. What a document says
/// in `[lint]` beats it, rule by rule and key by key; the command line beats both.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = ".docksmith-lint.toml")]
pub struct SharedFile {
    /// The level of each named rule: `"error"`, `"warning"`, `"info"` or `"off"`.
    ///
    /// Example: `rules.image-no-digest = "warning"`
    #[schemars(with = "BTreeMap<String, Level>")]
    rules: BTreeMap<toml::Spanned<String>, Level>,
    /// The registries that images may come from. Default: any.
    ///
    /// Example: `allowed_registries = ["docker.io", "gcr.io"]`
    allowed_registries: Option<Vec<String>>,
    /// Whether a suppression comment must say why. Default: `false`.
    ///
    /// Example: `require_reason = true`
    require_reason: Option<bool>,
    /// Whether pedantic rules speak, too. Default: `false`.
    ///
    /// Example: `pedantic = true`
    pedantic: Option<bool>,
    /// What makes the exit code of `docksmith lint` 1. Default: `"error"`.
    ///
    /// Example: `fail_on = "warning"`
    fail_on: Option<Threshold>,
}

/// What makes the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Threshold {
    /// An error.
    Error,
    /// A warning or an error.
    Warning,
    /// Anything.
    Info,
    /// Nothing.
    Never,
}

/// The settings that documents share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shared {
    /// Where they stand, as it is shown.
    pub path: String,
    /// The levels of rules, by their names.
    pub rules: Vec<(String, Level)>,
    /// The registries that images may come from.
    pub allowed_registries: Option<Vec<String>>,
    /// Whether a suppression comment must say why.
    pub require_reason: Option<bool>,
    /// Whether pedantic rules speak.
    pub pedantic: Option<bool>,
    /// What makes the exit code 1.
    pub fail_on: Option<Threshold>,
}

/// Why settings can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedFault {
    /// The place.
    pub span: Span,
    /// The reason, in one line.
    pub message: String,
}

impl Shared {
    /// Reads settings that stand at a path; `is_rule` knows the names of rules.
    ///
    /// # Errors
    /// The text is not what the schema says, or a rule is not known.
    pub fn read(
        path: String,
        text: &str,
        is_rule: impl Fn(&str) -> bool,
    ) -> Result<Self, SharedFault> {
        let file: SharedFile = toml::from_str(text).map_err(|error| SharedFault {
            span: error
                .span()
                .map(|range| Span::new(range.start, range.end))
                .unwrap_or_default(),
            message: error.message().trim().replace('\n', " "),
        })?;
        if let Some(name) = file.rules.keys().find(|name| !is_rule(name.as_ref())) {
            let range = name.span();
            return Err(SharedFault {
                span: Span::new(range.start, range.end),
                message: format!("there is no rule `{}`", name.as_ref()),
            });
        }
        let rules = file.rules.into_iter();
        Ok(Self {
            path,
            rules: rules
                .map(|(name, level)| (name.into_inner(), level))
                .collect(),
            allowed_registries: file.allowed_registries,
            require_reason: file.require_reason,
            pedantic: file.pedantic,
            fail_on: file.fail_on,
        })
    }

    /// The level that they give a rule.
    pub fn level(&self, rule: &str) -> Option<Level> {
        self.rules
            .iter()
            .find(|(name, _)| name == rule)
            .map(|(_, level)| *level)
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, Shared, Threshold};

    fn read(text: &str) -> Result<Shared, (u32, String)> {
        Shared::read(".docksmith-lint.toml".to_owned(), text, |name| {
            name == "root-user"
        })
        .map_err(|fault| (fault.span.start, fault.message))
    }

    #[test]
    fn settings_are_read() {
        let shared = read(
            "pedantic = true\nfail_on = \"warning\"\nrequire_reason = true\n\
             allowed_registries = [\"gcr.io\"]\n[rules]\nroot-user = \"off\"\n",
        );
        let shared = shared.expect("settings");
        assert_eq!(shared.level("root-user"), Some(Level::Off));
        assert_eq!(shared.level("unknown-key"), None);
        assert_eq!(shared.fail_on, Some(Threshold::Warning));
        assert_eq!(
            (shared.pedantic, shared.require_reason),
            (Some(true), Some(true))
        );
        assert_eq!(shared.allowed_registries, Some(vec!["gcr.io".to_owned()]));
        assert!(read("").is_ok());
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place_in_one_line() {
        for (text, place, part) in [
            ("pedantic = 1\n", 11, "expected a boolean"),
            ("x = 1\n", 0, "unknown field `x`"),
            ("a = [\n", 5, "array"),
            (
                "[rules]\nroot-usr = \"off\"\n",
                8,
                "there is no rule `root-usr`",
            ),
            (
                "[rules]\nroot-user = \"loud\"\n",
                20,
                "unknown variant `loud`",
            ),
        ] {
            let (start, message) = read(text).expect_err("a fault");
            assert_eq!(start, place, "{text}: {message}");
            assert!(message.contains(part), "{message}");
            assert_eq!(message.lines().count(), 1);
        }
    }
}
