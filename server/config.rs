//! The types of `docksmith.toml`: the one definition of the format.
//!
//! serde reads into them, schemars makes the JSON Schema of them, and their doc comments are what hover, completion and
//! `docksmith explain` show. Every key says what it does, what it renders to, and an example.

pub mod build;
pub mod check;
pub mod docs;
pub mod lint;
pub mod old;
pub mod read;
pub(crate) mod respelling;
pub mod runtime;
pub mod schema;
pub mod spellings;
pub mod stage;
pub mod tool;
pub mod values;
pub(crate) mod words;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::build::Build;
use crate::config::lint::Lint;
use crate::config::old::{Asset, Install, RuntimeKey, Start};
use crate::config::runtime::{EnvValue, Runtime};
use crate::config::stage::Stage;
use crate::config::tool::ExternalTool;
use crate::config::values::{Entries, Text};
use crate::text::{Span, Spanned};

/// How a service becomes a container image.
///
/// docksmith renders this file into a plain, hardened multi-stage Dockerfile.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "docksmith.toml", extend("x-tombi-toml-version" = "v1.1.0"))]
pub struct Config {
    /// The language that is built: it picks the builder.
    ///
    /// Needed unless `dockerfile` is set or a stage says `final = true`. Renders the stage `builder` and its base image,
    /// for Go `FROM --platform=$BUILDPLATFORM golang:1.26-alpine AS builder`.
    ///
    /// Example: `language = "go"`
    pub language: Option<Spanned<Language>>,
    /// The version of the language: the tag of its image.
    ///
    /// Without it the language's default is used. Renders into `FROM golang:1.25-alpine`. For Node.js, Bun and Deno an
    /// image that the file names says the version, too.
    ///
    /// Example: `version = "1.25"`
    #[schemars(regex(pattern = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}$"), extend("x-rule" = "invalid-image-reference", "examples" = ["1.25"]))]
    pub version: Option<Text>,
    /// The package manager of a Node.js or Python project. Default: `npm`, `pip`.
    ///
    /// `npm`, `pnpm`, `yarn` and `bun` belong to `node`; `pip`, `uv`, `poetry`, `pdm` and `pipenv` to `python`.
    ///
    /// For Node.js a command of the file that begins with a package manager chooses it, too. corepack brings pnpm and
    /// Yarn in the version that `packageManager` in `package.json` names; Yarn installs into `node_modules`, unless
    /// `build.env` sets `YARN_NODE_LINKER`. bun installs and builds in its own image, and Node.js runs the program.
    ///
    /// Example: `package_manager = "pnpm"`
    pub package_manager: Option<Spanned<PackageManager>>,
    /// Where the build context begins: an ancestor of this file's folder. Default: the folder itself.
    ///
    /// The application's paths are resolved below the context, so with `../..` in `services/api/docksmith.toml` a source
    /// `sql` renders `COPY services/api/sql …`. `..` steps are allowed here and only here. In an old-style file a value
    /// without `..` is the application's sub-folder.
    ///
    /// Example: `context_root = "../.."`
    #[schemars(extend("default" = ".", "examples" = ["../.."]))]
    pub context_root: Option<Text>,
    /// Use this Dockerfile as it is: it is linted and previewed, nothing is rendered.
    ///
    /// Every other key has no effect beside it.
    ///
    /// Example: `dockerfile = "Dockerfile.production"`
    #[schemars(extend("examples" = ["Dockerfile.production"]))]
    pub dockerfile: Option<Text>,
    /// A Dockerfile fragment that is merged into the rendered file.
    ///
    /// Instructions before its first `FROM` go into the final stage before `USER`; its stages go before the final stage.
    ///
    /// Example: `overlay = "Dockerfile.overlay"`
    #[schemars(extend("examples" = ["Dockerfile.overlay"]))]
    pub overlay: Option<Text>,
    /// The platforms that the image is meant for, as `os/arch[/variant]`.
    ///
    /// Every tool needs a checksum for each of them. Default: `["linux/amd64", "linux/arm64"]`.
    ///
    /// Example: `platforms = ["linux/amd64"]`
    #[schemars(inner(regex(pattern = r"^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$")), extend("default" = ["linux/amd64", "linux/arm64"], "x-rule" = "invalid-platform"))]
    pub platforms: Option<Spanned<Vec<Text>>>,
    /// Global build arguments with their defaults, usable in image references.
    ///
    /// Renders `ARG NAME=default` before the first `FROM`.
    ///
    /// Example: `args = { ALPINE = "3.21" }`
    #[schemars(extend("propertyNames" = {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "x-rule": "invalid-env-name"}))]
    pub args: Entries<Text>,
    /// Environment variables of the final image: the old place of `[runtime.env]`, which may stand beside it and comes
    /// second.
    ///
    /// Renders one `ENV NAME="value"` per name, in file order.
    ///
    /// Example: `env = { DEPLOY_ENV = "prod" }`
    #[schemars(extend("propertyNames" = {"pattern": "^[^=\\s\\x00-\\x1f\"'$\\\\#`]+$", "x-rule": "invalid-env-name"}))]
    pub env: Entries<EnvValue>,
    /// Build secrets by id. A step names them in `secret = ["id"]`; they never reach a layer.
    ///
    /// Renders `RUN --mount=type=secret,id=…`. Where no step names a secret, it is mounted on the dependency-install and
    /// build steps.
    ///
    /// Example: `secrets.netrc = { target = "/root/.netrc" }`
    #[schemars(extend("propertyNames" = {"pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "x-rule": "invalid-stage-name"}))]
    pub secrets: Entries<Secret>,
    /// Which builder the text is for.
    pub render: Option<Render>,
    /// Levels of the rules for this file.
    pub lint: Option<Lint>,
    /// What is built, and how.
    pub build: Option<Build>,
    /// The installation of dependencies.
    pub install: Option<Install>,
    /// The old place of `runtime.entrypoint` and `runtime.cmd`.
    pub start: Option<Start>,
    /// Extra build stages, emitted in dependency order before whatever uses them.
    #[schemars(length(max = 500))]
    pub stages: Vec<Spanned<Stage>>,
    /// Programs that are downloaded or copied from another image, pinned by checksum.
    #[schemars(length(max = 500))]
    pub external_tools: Vec<Spanned<ExternalTool>>,
    /// The final image. In old files a string: the language.
    pub runtime: Option<RuntimeKey>,
    /// The old name of `[runtime]`, the only one possible beside `runtime = "go"`.
    pub runtime_config: Option<Spanned<Runtime>>,
    /// The old name of `[[runtime.copy]]`; it keeps Docker's own meaning of folder sources and comes first.
    #[schemars(length(max = 2000))]
    pub runtime_assets: Vec<Spanned<Asset>>,
}

impl Config {
    /// Where `runtime = "go"` stands, the mark of an old-style file.
    pub fn old_style(&self) -> Option<Span> {
        match &self.runtime {
            Some(RuntimeKey::Language(language)) => Some(language.span),
            _ => None,
        }
    }

    /// Whether a stage says `final = true`.
    pub fn final_stage(&self) -> Option<&Spanned<Stage>> {
        self.stages.iter().find(|stage| stage.is_final())
    }
}

/// A language that docksmith can build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Node.js with npm, pnpm, yarn or bun.
    Node,
    /// Python with pip, uv, poetry, pdm or pipenv.
    Python,
    /// Go.
    Go,
    /// PHP with Apache.
    Php,
    /// Java with Maven or Gradle.
    Java,
    /// .NET.
    Dotnet,
    /// Rust.
    Rust,
    /// Ruby.
    Ruby,
    /// Elixir.
    Elixir,
    /// Deno.
    Deno,
    /// Bun.
    Bun,
    /// Static files behind nginx.
    Static,
}

/// The package manager of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PackageManager {
    /// Node.js: npm.
    Npm,
    /// Node.js: pnpm.
    Pnpm,
    /// Node.js: yarn.
    Yarn,
    /// Node.js: bun.
    Bun,
    /// Python: pip.
    Pip,
    /// Python: uv.
    Uv,
    /// Python: poetry.
    Poetry,
    /// Python: pdm.
    Pdm,
    /// Python: pipenv.
    Pipenv,
}

/// How a build secret reaches a step.
///
/// Renders `--mount=type=secret,id=…,target=…,env=…,required=true`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Secret {
    /// The file that holds the secret while the step runs.
    ///
    /// Example: `target = "/root/.netrc"`
    #[schemars(regex(pattern = r"^/[^,\s\x22'$\\]*$"), extend("x-rule" = "shell-syntax-in-value", "examples" = ["/root/.netrc"]))]
    pub target: Option<Text>,
    /// The environment variable that holds the secret while the step runs.
    ///
    /// Example: `env = "NPM_TOKEN"`
    #[schemars(regex(pattern = r"^[A-Za-z_][A-Za-z0-9_]*$"), extend("x-rule" = "invalid-env-name", "examples" = ["NPM_TOKEN"]))]
    pub env: Option<Text>,
    /// Whether the build stops when the secret is not given. Default: `false`.
    ///
    /// Example: `required = true`
    #[schemars(extend("default" = false))]
    pub required: Option<Spanned<bool>>,
}

/// Which builder the text is for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Render {
    /// `buildkit` uses the newest frontend; `portable` is for buildah, Podman and older engines. Default: `buildkit`.
    ///
    /// Example: `render.target = "portable"`
    #[schemars(extend("default" = "buildkit"))]
    pub target: Option<Spanned<RenderTarget>>,
}

/// A builder that a Dockerfile is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RenderTarget {
    /// Docker's current builder.
    #[default]
    Buildkit,
    /// Builders without the newest frontend.
    Portable,
}
