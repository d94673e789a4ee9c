//! Keys that only old files use.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::Language;
use crate::config::runtime::{Cmd, Runtime};
use crate::config::values::{OneOrMany, Text, by_shape};
use crate::text::Spanned;

/// The value of `runtime`: the final image, or in old files the language.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum RuntimeKey {
    /// The final image.
    Image(Box<Spanned<Runtime>>),
    /// The old spelling of `language`.
    Language(Spanned<Language>),
}

impl<'de> Deserialize<'de> for RuntimeKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shape = Spanned::<RuntimeShape>::deserialize(deserializer)?;
        Ok(match shape.value {
            RuntimeShape::Language(language) => Self::Language(Spanned::new(language, shape.span)),
            RuntimeShape::Image(image) => Self::Image(Box::new(Spanned::new(*image, shape.span))),
        })
    }
}

/// [`RuntimeKey`] before it has a place.
enum RuntimeShape {
    Language(Language),
    Image(Box<Runtime>),
}

by_shape!(RuntimeShape { string => Language, table => Image });

/// The installation of dependencies.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Install {
    /// Replaces the generated step that installs dependencies, and no other.
    ///
    /// Renders `RUN …` in place of `RUN go mod download`.
    ///
    /// Example: `command = "go mod download -x"`
    #[schemars(regex(pattern = r"\S"), extend("x-rule" = "missing-command", "examples" = ["go mod download -x"]))]
    pub command: Option<Text>,
    /// The old spelling of `build.packages`.
    ///
    /// Example: `system_deps = ["git"]`
    #[schemars(inner(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._+-]*$")), extend("x-rule" = "invalid-package-name"))]
    pub system_deps: Option<Spanned<Vec<Text>>>,
}

/// The old place of `runtime.entrypoint` and `runtime.cmd`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Start {
    /// The old spelling of `runtime.cmd`: a string is split into words.
    ///
    /// Example: `command = "/app/main serve"`
    pub command: Option<Spanned<Cmd>>,
    /// The old spelling of `runtime.entrypoint` in exec form.
    ///
    /// Example: `entrypoint = ["/app/main"]`
    pub entrypoint: Option<Spanned<Vec<Text>>>,
    /// The old spelling of `runtime.entrypoint` as a script.
    ///
    /// Example: `entrypoint_script = "entrypoint.sh"`
    pub entrypoint_script: Option<Text>,
}

/// The old spelling of `[[runtime.copy]]`: one `COPY src dst` as written, so that a folder's contents are copied.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// What is copied, relative to the build context.
    ///
    /// Example: `src = "migrations"`
    pub src: Spanned<OneOrMany>,
    /// Where it goes, absolute.
    ///
    /// Example: `dst = "/app/migrations/"`
    #[schemars(regex(pattern = r"^/"), extend("x-rule" = "relative-destination"))]
    pub dst: Text,
    /// The owner, as `user:group` or `uid:gid`.
    ///
    /// Example: `chown = "app:app"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_.-]*)?$"), extend("x-rule" = "shell-syntax-in-value"))]
    pub chown: Option<Text>,
}

/// The old place of the health check's timing.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HealthcheckOpts {
    /// The time between two checks: one number with one unit of `ms s m h`.
    ///
    /// Example: `interval = "10s"`
    #[schemars(regex(pattern = r"^[0-9]+(ms|s|m|h)$"), extend("x-rule" = "invalid-duration", "default" = "30s"))]
    pub interval: Option<Text>,
    /// How long a check may take.
    ///
    /// Example: `timeout = "3s"`
    #[schemars(regex(pattern = r"^[0-9]+(ms|s|m|h)$"), extend("x-rule" = "invalid-duration", "default" = "5s"))]
    pub timeout: Option<Text>,
    /// The time after the start in which failures do not count.
    ///
    /// Example: `start_period = "30s"`
    #[schemars(regex(pattern = r"^[0-9]+(ms|s|m|h)$"), extend("x-rule" = "invalid-duration", "default" = "10s"))]
    pub start_period: Option<Text>,
    /// How many failures in a row make it unhealthy, 0 to 10.
    ///
    /// Example: `retries = 5`
    #[schemars(range(min = 0, max = 10), extend("x-rule" = "invalid-value"))]
    pub retries: Option<Spanned<i64>>,
}
