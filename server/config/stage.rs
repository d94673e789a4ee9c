//! `[[stages]]` and steps: extra build stages.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::runtime::{Copy, EnvValue};
use crate::config::values::{Entries, OneOrMany, Text, by_shape};
use crate::text::Spanned;

/// An extra build stage.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// The name under which others copy from it.
    ///
    /// Renders `FROM … AS web`.
    ///
    /// Example: `name = "web"`
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_.-]*$"), extend("x-rule" = "invalid-stage-name", "examples" = ["web"]))]
    pub name: Text,
    /// What it starts from: a stage, an image, or `scratch`.
    ///
    /// Renders `FROM node:22-alpine AS …`.
    ///
    /// Example: `from = "node:22-alpine"`
    #[schemars(extend("examples" = ["node:22-alpine"]))]
    pub from: Text,
    /// Where it runs: `"build"` (the builder's platform), `"target"` (the image's), or a literal such as `linux/amd64`.
    ///
    /// `"build"` renders `FROM --platform=$BUILDPLATFORM …`.
    ///
    /// Example: `platform = "build"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^(build|target|[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?)$"), extend("x-rule" = "invalid-platform", "examples" = ["build", "target"]))]
    pub platform: Option<Text>,
    /// Build arguments with their defaults; an empty default takes the global one of `[args]`.
    ///
    /// Renders `ARG NAME=default` at the head of the stage.
    ///
    /// Example: `args = { VERSION = "dev" }`
    #[serde(default)]
    #[schemars(extend("propertyNames" = {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "x-rule": "invalid-env-name"}))]
    pub args: Entries<Text>,
    /// Environment variables of the stage.
    ///
    /// Renders `ENV NAME="value"`.
    ///
    /// Example: `env = { CI = "true" }`
    #[serde(default)]
    #[schemars(extend("propertyNames" = {"pattern": "^[^=\\s\\x00-\\x1f\"'$\\\\#`]+$", "x-rule": "invalid-env-name"}))]
    pub env: Entries<EnvValue>,
    /// The folder in which the steps run.
    ///
    /// Renders `WORKDIR /web`.
    ///
    /// Example: `workdir = "/web"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^/(.*\S)?$"), extend("x-rule" = "relative-destination", "examples" = ["/web"]))]
    pub workdir: Option<Text>,
    /// The user that runs the steps, as `name`, `uid`, or either with a group behind a colon.
    ///
    /// Renders `USER 1000:1000`.
    ///
    /// Example: `user = "1000:1000"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$"), extend("x-rule" = "shell-syntax-in-value"))]
    pub user: Option<Text>,
    /// The shell that runs shell-form steps.
    ///
    /// Renders `SHELL ["/bin/bash", "-c"]`.
    ///
    /// Example: `shell = ["/bin/bash", "-o", "pipefail", "-c"]`
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub shell: Option<Spanned<Vec<Text>>>,
    /// System packages, installed with the image's package manager.
    ///
    /// Example: `packages = ["git"]`
    #[serde(default)]
    #[schemars(inner(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._+-]*(=[A-Za-z0-9._+:~-]+)?$")), extend("x-rule" = "invalid-package-name"))]
    pub packages: Option<Spanned<Vec<Text>>>,
    /// The instructions of the stage, in order.
    ///
    /// Example: `steps = ["COPY web/ ./", { run = "npm ci", cache = ["/root/.npm"] }]`
    #[serde(default)]
    pub steps: Vec<Spanned<Step>>,
    /// Whether this stage is the image. Default: `false`.
    ///
    /// Example: `final = true`
    #[serde(default)]
    #[schemars(extend("default" = false))]
    pub r#final: Option<Spanned<bool>>,
}

impl Stage {
    /// Whether this stage is the image.
    pub fn is_final(&self) -> bool {
        self.r#final.as_ref().is_some_and(|value| value.value)
    }
}

/// One Dockerfile instruction, as text or as a table.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Step {
    /// One Dockerfile instruction, such as `"COPY web/ ./"`.
    Text(String),
    /// A table with exactly one verb.
    Table(Box<StepTable>),
}

by_shape!(Step { string => Text, table => Table });

/// A step with exactly one of the verbs `run`, `copy`, `add`, `env`, `workdir`, `user`, `arg` and `shell`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StepTable {
    /// Runs a command: a string in the shell, an array without one.
    ///
    /// A string of several lines renders a heredoc that stops at the first failing line.
    ///
    /// Example: `{ run = "npm ci", cache = ["/root/.npm"] }`
    pub run: Option<Spanned<Run>>,
    /// Copies files, as `[[runtime.copy]]` does.
    ///
    /// Example: `{ copy = { src = "web/", dst = "./" } }`
    pub copy: Option<Spanned<Copy>>,
    /// Adds files from an address or an archive.
    ///
    /// Example: `{ add = { src = "https://example.com/x.tar.gz", dst = "/x.tar.gz", checksum = "sha256:…" } }`
    pub add: Option<Spanned<Add>>,
    /// Sets environment variables.
    ///
    /// Example: `{ env = { CI = "true" } }`
    #[schemars(extend("propertyNames" = {"pattern": "^[^=\\s\\x00-\\x1f\"'$\\\\#`]+$", "x-rule": "invalid-env-name"}))]
    pub env: Option<Spanned<Entries<EnvValue>>>,
    /// Changes the folder.
    ///
    /// Example: `{ workdir = "/src" }`
    #[schemars(regex(pattern = r"^\S(.*\S)?$"), extend("x-rule" = "shell-syntax-in-value"))]
    pub workdir: Option<Text>,
    /// Changes the user.
    ///
    /// Example: `{ user = "1000:1000" }`
    #[schemars(regex(pattern = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$"), extend("x-rule" = "shell-syntax-in-value"))]
    pub user: Option<Text>,
    /// Declares build arguments with their defaults.
    ///
    /// Example: `{ arg = { VERSION = "dev" } }`
    #[schemars(extend("propertyNames" = {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "x-rule": "invalid-env-name"}))]
    pub arg: Option<Spanned<Entries<Text>>>,
    /// Changes the shell of the following shell-form commands.
    ///
    /// Example: `{ shell = ["/bin/bash", "-c"] }`
    #[schemars(length(min = 1))]
    pub shell: Option<Spanned<Vec<Text>>>,
    /// Beside `run`: folders that are kept between builds.
    ///
    /// Renders `--mount=type=cache,target=/root/.npm`.
    ///
    /// Example: `cache = ["/root/.npm"]`
    pub cache: Option<Spanned<Vec<Spanned<CacheMount>>>>,
    /// Beside `run`: files of the build context or of a stage that are there while the command runs.
    ///
    /// Renders `--mount=type=bind,source=go.mod,target=go.mod`.
    ///
    /// Example: `bind = [{ from = "web", source = "/dist", target = "/dist" }]`
    pub bind: Option<Spanned<Vec<Spanned<BindMount>>>>,
    /// Beside `run`: ids of `[secrets]`.
    ///
    /// Example: `secret = ["netrc"]`
    pub secret: Option<Spanned<Vec<Text>>>,
    /// Beside `run`: `true`, or the id of an SSH agent that is passed through.
    ///
    /// Renders `--mount=type=ssh`.
    ///
    /// Example: `ssh = true`
    pub ssh: Option<Spanned<Ssh>>,
    /// Beside `run`: the network that the command has.
    ///
    /// Renders `RUN --network=none`.
    ///
    /// Example: `network = "none"`
    pub network: Option<Spanned<Network>>,
    /// Beside `run`, in `runtime.steps`: `"user"` runs it after `USER`.
    ///
    /// Example: `{ run = "touch state", as = "user" }`
    pub r#as: Option<Spanned<RunAs>>,
}

/// A command of a `run` step.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Run {
    /// Shell form.
    Shell(#[schemars(regex(pattern = r"\S"), extend("x-rule" = "missing-command"))] String),
    /// Exec form.
    Exec(#[schemars(length(min = 1), extend("x-rule" = "missing-command"))] Vec<Text>),
}

by_shape!(Run { string => Shell, array => Exec });

/// Files added from an address, an archive or a git repository.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Add {
    /// An address, or files of the build context.
    pub src: Spanned<OneOrMany>,
    /// Where they go.
    pub dst: Text,
    /// The digest of what an address must deliver, `sha256:` and 64 hexadecimal digits.
    #[serde(default)]
    #[schemars(regex(pattern = r"^sha256:[0-9a-f]{64}$"), extend("x-rule" = "invalid-checksum"))]
    pub checksum: Option<Text>,
    /// The owner, as `user:group` or `uid:gid`.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_.-]*)?$"), extend("x-rule" = "shell-syntax-in-value"))]
    pub chown: Option<Text>,
    /// The mode, such as `"0755"`.
    #[serde(default)]
    #[schemars(regex(pattern = r"^(0?[0-7]{3,4}|[ugoa]*=[rwxX]*(,[ugoa]*=[rwxX]*)*)$"), extend("x-rule" = "invalid-mode"))]
    pub chmod: Option<Text>,
    /// Whether it becomes a layer that does not depend on those below.
    #[serde(default)]
    pub link: Option<Spanned<bool>>,
    /// Whether an archive from an address is unpacked.
    #[serde(default)]
    pub unpack: Option<Spanned<bool>>,
}

/// A cache mount: its target, or a table.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum CacheMount {
    /// The folder.
    Target(
        #[schemars(regex(pattern = r"^[^,\s\x22'$\\]+$"), extend("x-rule" = "shell-syntax-in-value"))]
         String,
    ),
    /// The folder with options.
    Table(CacheTable),
}

by_shape!(CacheMount { string => Target, table => Table });

/// A cache mount with options.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CacheTable {
    /// The folder.
    #[schemars(regex(pattern = r"^[^,\s\x22'$\\]+$"), extend("x-rule" = "shell-syntax-in-value"))]
    pub target: Text,
    /// The name under which builds share it. Default: the folder.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[^,\s\x22'$\\]+$"), extend("x-rule" = "shell-syntax-in-value"))]
    pub id: Option<Text>,
    /// How concurrent builds use it. Default: `shared`.
    #[serde(default)]
    pub sharing: Option<Spanned<Sharing>>,
}

/// How concurrent builds use a cache mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sharing {
    /// All at once.
    Shared,
    /// Each its own.
    Private,
    /// One after the other.
    Locked,
}

impl Sharing {
    /// The word of Dockerfile's `sharing=`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Private => "private",
            Self::Locked => "locked",
        }
    }
}

/// A bind mount: a path of the build context that appears at the same path below the working folder, or a table.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum BindMount {
    /// The path in both places.
    Path(
        #[schemars(regex(pattern = r"^[^,\s\x22'$\\]+$"), extend("x-rule" = "shell-syntax-in-value"))]
         String,
    ),
    /// With options.
    Table(BindTable),
}

by_shape!(BindMount { string => Path, table => Table });

/// A bind mount with options.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BindTable {
    /// Where it appears.
    #[schemars(regex(pattern = r"^[^,\s\x22'$\\]+$"), extend("x-rule" = "shell-syntax-in-value"))]
    pub target: Text,
    /// What appears: a path in the build context or in `from`. Default: all of it.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[^,\s\x22'$\\]+$"), extend("x-rule" = "shell-syntax-in-value"))]
    pub source: Option<Text>,
    /// A stage or an image instead of the build context.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[^,\s\x22'$\\]+$"), extend("x-rule" = "shell-syntax-in-value"))]
    pub from: Option<Text>,
    /// Whether the command may write there; what it writes is dropped.
    #[serde(default)]
    pub rw: Option<Spanned<bool>>,
}

/// An SSH agent that is passed through.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Ssh {
    /// The default agent.
    Default(bool),
    /// An agent by id.
    Id(
        #[schemars(regex(pattern = r"^[^,\s\x22'$\\]+$"), extend("x-rule" = "shell-syntax-in-value"))]
         String,
    ),
}

by_shape!(Ssh { boolean => Default, string => Id });

/// The network of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// The builder's own.
    Default,
    /// None.
    None,
    /// The host's.
    Host,
}

impl Network {
    /// The word of Dockerfile's `--network=`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::None => "none",
            Self::Host => "host",
        }
    }
}

/// Who runs a step of the final stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunAs {
    /// Root, before `USER`.
    Root,
    /// The image's user, after `USER`.
    User,
}
