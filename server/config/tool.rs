//! `[[external_tools]]`: programs pinned by checksum.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::values::{Entries, Text, by_shape};
use crate::text::Spanned;

/// A program that is downloaded, checked and put at a literal path, or copied from a pinned image.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalTool {
    /// Its name, unique among the tools.
    ///
    /// Renders the stage `tool-atlas`.
    ///
    /// Example: `name = "atlas"`
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_-]*$"), extend("x-rule" = "invalid-stage-name", "examples" = ["atlas"]))]
    pub name: Text,
    /// Where it is downloaded, over https. `${os}`, `${arch}` and `${version}` are filled in by the renderer.
    ///
    /// Renders `ADD --checksum=sha256:… https://…`, one per architecture.
    ///
    /// Example: `url = "https://example.com/atlas-${os}-${arch}-v${version}"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^https://"), extend("x-rule" = "insecure-download", "examples" = ["https://example.com/atlas-${os}-${arch}-v${version}"]))]
    pub url: Option<Text>,
    /// Fills `${version}` of the url.
    ///
    /// Example: `version = "1.2.0"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^[A-Za-z0-9._+-]+$"), extend("x-rule" = "shell-syntax-in-value", "examples" = ["1.2.0"]))]
    pub version: Option<Text>,
    /// What the download must hash to: 64 hexadecimal digits, or one such per architecture.
    ///
    /// Example: `sha256 = { amd64 = "…", arm64 = "…" }`
    #[serde(default)]
    pub sha256: Option<Spanned<Checksum>>,
    /// The literal path in the image.
    ///
    /// Renders `COPY --link --from=tool-atlas /atlas /app/bin/atlas`.
    ///
    /// Example: `dst = "/app/bin/atlas"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^/"), extend("x-rule" = "relative-destination", "examples" = ["/app/bin/atlas"]))]
    pub dst: Option<Text>,
    /// The old form of `dst`: a folder, to which the name is added.
    ///
    /// Example: `install_path = "/usr/local/bin"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^/"), extend("x-rule" = "relative-destination"))]
    pub install_path: Option<Text>,
    /// What is downloaded. With `dst` it is inferred from the url; with `install_path` it is `tar.gz` unless said.
    ///
    /// Example: `format = "tar.gz"`
    #[serde(default)]
    pub format: Option<Spanned<ToolFormat>>,
    /// The file to take from the archive. Default: the tool's name.
    ///
    /// Example: `member = "bin/migrate"`
    #[serde(default)]
    #[schemars(extend("examples" = ["bin/migrate"]))]
    pub member: Option<Text>,
    /// An image to copy from instead of a url.
    ///
    /// Renders `COPY --link --from=arigaio/atlas:1.2.0 /atlas /app/bin/atlas`.
    ///
    /// Example: `image = "arigaio/atlas:1.2.0"`
    #[serde(default)]
    #[schemars(extend("examples" = ["arigaio/atlas:1.2.0"]))]
    pub image: Option<Text>,
    /// The path in that image.
    ///
    /// Example: `src = "/atlas"`
    #[serde(default)]
    #[schemars(extend("examples" = ["/atlas"]))]
    pub src: Option<Text>,
    /// Where it goes: `runtime` (the final image), `builder` (there before the build runs), or a stage's name.
    ///
    /// Example: `stage = "builder"`
    #[serde(default)]
    #[schemars(extend("default" = "runtime"))]
    pub stage: Option<Text>,
}

/// The checksum of a download.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged, extend("x-rule" = "invalid-checksum"))]
pub enum Checksum {
    /// One for every platform.
    One(#[schemars(regex(pattern = r"^[0-9a-f]{64}$"))] String),
    /// One per architecture, by Go's names.
    PerArchitecture(Entries<Sha256>),
}

by_shape!(Checksum { string => One, table => PerArchitecture });

/// The SHA-256 of a file: 64 hexadecimal digits in lower case.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("x-rule" = "invalid-checksum"))]
pub struct Sha256(
    /// The digits.
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    pub Text,
);

/// What is downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum ToolFormat {
    /// The program itself.
    #[serde(rename = "binary")]
    Binary,
    /// A gzipped tar archive.
    #[serde(rename = "tar.gz")]
    TarGz,
    /// A zip archive.
    #[serde(rename = "zip")]
    Zip,
}
