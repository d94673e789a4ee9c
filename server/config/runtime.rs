//! `[runtime]`: the final image.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::old::HealthcheckOpts;
use crate::config::stage::Step;
use crate::config::values::{Entries, False, OneOrMany, Text, by_shape};
use crate::text::Spanned;

/// The final image.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Runtime {
    /// The base image instead of the language's default.
    ///
    /// Renders `FROM alpine:3.21 AS runtime`.
    ///
    /// Example: `image = "alpine:3.21"`
    #[schemars(extend("examples" = ["alpine:3.21"]))]
    pub image: Option<Text>,
    /// Picks a default base image: `alpine`, `slim` or `distroless`. Beside an `image` that docksmith doesn't know it
    /// says that image's family.
    ///
    /// Example: `image_family = "alpine"`
    pub image_family: Option<Spanned<ImageFamily>>,
    /// System packages of the final image, installed with the image's package manager.
    ///
    /// Renders `RUN apk add --no-cache ca-certificates tzdata`.
    ///
    /// Example: `packages = ["ca-certificates", "tzdata"]`
    #[schemars(inner(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._+-]*(=[A-Za-z0-9._+:~-]+)?$")), extend("x-rule" = "invalid-package-name", "examples" = [["ca-certificates", "tzdata"]]))]
    pub packages: Option<Spanned<Vec<Text>>>,
    /// The old name of `packages`.
    ///
    /// Example: `system_deps = ["ca-certificates"]`
    #[schemars(inner(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._+-]*$")), extend("x-rule" = "invalid-package-name"))]
    pub system_deps: Option<Spanned<Vec<Text>>>,
    /// The user that the image runs as: `"name"`, `"name:uid"`, `"name:uid:gid"`, `"1000:1000"`, a table, or `false` to
    /// stay root. A named user that the image lacks is created.
    ///
    /// Renders `USER 10001:10001`.
    ///
    /// Example: `user = { name = "app", uid = 10001 }`
    pub user: Option<Spanned<User>>,
    /// The folder in which the program starts. Default: `/app`.
    ///
    /// Renders `WORKDIR /app`.
    ///
    /// Example: `workdir = "/srv"`
    #[schemars(regex(pattern = r"^/(.*\S)?$"), extend("x-rule" = "relative-destination", "default" = "/app"))]
    pub workdir: Option<Text>,
    /// Folders that are created and owned by the user.
    ///
    /// Renders `RUN install -d -o 10001 -g 10001 /app/data`.
    ///
    /// Example: `dirs = ["/app/data"]`
    #[schemars(extend("examples" = [["/app/data"]]))]
    pub dirs: Option<Spanned<Vec<Text>>>,
    /// The ports that the program listens on; `false` for none. Default: the language's port.
    ///
    /// Renders `EXPOSE 4290`.
    ///
    /// Example: `expose = [8080, "53/udp"]`
    pub expose: Option<Spanned<Expose>>,
    /// Environment variables, one `ENV` each, in file order. A value is literal; `{ value = "/app/bin:$PATH", expand =
    /// true }` lets `$NAME` through.
    ///
    /// Renders `ENV DEPLOY_ENV="prod"`.
    ///
    /// Example: `env = { DEPLOY_ENV = "prod" }`
    #[schemars(extend("propertyNames" = {"pattern": "^[^=\\s\\x00-\\x1f\"'$\\\\#`]+$", "x-rule": "invalid-env-name"}))]
    pub env: Entries<EnvValue>,
    /// Labels.
    ///
    /// Renders `LABEL "org.opencontainers.image.source"="…"`.
    ///
    /// Example: `labels = { "org.opencontainers.image.licenses" = "MIT" }`
    #[schemars(extend("propertyNames" = {"pattern": "^[^\\x00-\\x1f]+$", "x-rule": "invalid-value"}))]
    pub labels: Entries<Text>,
    /// Folders whose content outlives the container.
    ///
    /// Renders `VOLUME ["/data"]`.
    ///
    /// Example: `volumes = ["/data"]`
    #[schemars(inner(regex(pattern = r"^/")), extend("x-rule" = "relative-destination", "examples" = [["/data"]]))]
    pub volumes: Option<Spanned<Vec<Text>>>,
    /// The signal that ends the program.
    ///
    /// Renders `STOPSIGNAL SIGINT`.
    ///
    /// Example: `stop_signal = "SIGINT"`
    #[schemars(regex(pattern = r"^(SIG[A-Z0-9]+([+-][0-9]+)?|[0-9]{1,2})$"), extend("x-rule" = "invalid-value", "examples" = ["SIGTERM", "SIGINT", "SIGQUIT"]))]
    pub stop_signal: Option<Text>,
    /// The shell of shell-form commands.
    ///
    /// Renders `SHELL ["/bin/bash", "-c"]`.
    ///
    /// Example: `shell = ["/bin/bash", "-o", "pipefail", "-c"]`
    #[schemars(length(min = 1))]
    pub shell: Option<Spanned<Vec<Text>>>,
    /// Build arguments of the final stage with their defaults.
    ///
    /// Renders `ARG NAME=default`.
    ///
    /// Example: `args = { REVISION = "unknown" }`
    #[schemars(extend("propertyNames" = {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "x-rule": "invalid-env-name"}))]
    pub args: Entries<Text>,
    /// The program that is process 1, forwards signals and reaps: `"tini"`, or `false` for none.
    ///
    /// Renders `ENTRYPOINT ["/sbin/tini", "--", …]` and installs the package.
    ///
    /// Example: `init = "tini"`
    pub init: Option<Spanned<Init>>,
    /// Instructions that run as root before `USER`; `{ run = "…", as = "user" }` runs after it.
    ///
    /// Example: `steps = ["RUN mkdir /run/app"]`
    pub steps: Vec<Spanned<Step>>,
    /// Files that are copied into the image.
    ///
    /// Renders `COPY --chown=10001:10001 sql /app/sql`.
    #[schemars(length(max = 2000))]
    pub copy: Vec<Spanned<Copy>>,
    /// What the container starts: a script of the build context (`"entrypoint.sh"`), an exec-form array
    /// (`["/app/main"]`), or a table.
    ///
    /// Renders `ENTRYPOINT ["/entrypoint.sh"]`.
    ///
    /// Example: `entrypoint = "scripts/entrypoint.sh"`
    pub entrypoint: Option<Spanned<Entrypoint>>,
    /// The command, or the arguments of the entrypoint. A string is split into words. Default: the first binary.
    ///
    /// Renders `CMD ["/app/main"]`.
    ///
    /// Example: `cmd = ["/app/main"]`
    pub cmd: Option<Spanned<Cmd>>,
    /// How Docker sees that the program works: an exec-form array, a string for the shell, a table, or `false` for none.
    ///
    /// Renders `HEALTHCHECK --interval=30s … CMD ["/app/main", "health"]`.
    ///
    /// Example: `healthcheck = ["/app/main", "health"]`
    pub healthcheck: Option<Spanned<Healthcheck>>,
    /// The old place of the health check's timing.
    pub healthcheck_opts: Option<Spanned<HealthcheckOpts>>,
}

/// A kind of base image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImageFamily {
    /// Alpine: small, musl, `apk`.
    Alpine,
    /// Debian: glibc, `apt-get`.
    Slim,
    /// Distroless: no shell, no package manager.
    Distroless,
}

impl ImageFamily {
    /// The word of the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alpine => "alpine",
            Self::Slim => "slim",
            Self::Distroless => "distroless",
        }
    }
}

/// The user of the final image.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum User {
    /// `name`, `name:uid`, `name:uid:gid`, `uid` or `uid:gid`; the old `""` means root.
    Text(
        #[schemars(regex(pattern = r"^([A-Za-z_][A-Za-z0-9_.-]*(:[0-9]{1,10}(:[0-9]{1,10})?)?|[0-9]{1,10}(:[0-9]{1,10})?|)$"), extend("x-rule" = "invalid-value"))]
         String,
    ),
    /// `false`: the image stays root.
    Root(False),
    /// Name and ids.
    Table(UserTable),
}

by_shape!(User { string => Text, boolean => Root, table => Table });

/// A user with name and ids.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UserTable {
    /// The name.
    ///
    /// Example: `name = "app"`
    #[schemars(regex(pattern = r"^[a-z_][a-z0-9_-]{0,31}$"), extend("x-rule" = "invalid-value"))]
    pub name: Option<Text>,
    /// The user id. Default: 10001.
    #[schemars(range(min = 0, max = 2_147_483_647), extend("x-rule" = "invalid-value", "default" = 10001))]
    pub uid: Option<Spanned<i64>>,
    /// The group id. Default: the user id.
    #[schemars(range(min = 0, max = 2_147_483_647), extend("x-rule" = "invalid-value"))]
    pub gid: Option<Spanned<i64>>,
    /// The home folder. Default: the working folder `/app`.
    #[schemars(regex(pattern = r"^/[^\s:'\x22\x24\\;&|`()<>]*$"), extend("x-rule" = "shell-syntax-in-value", "default" = "/app"))]
    pub home: Option<Text>,
    /// The login shell. Default: one that refuses.
    #[schemars(regex(pattern = r"^/[^\s:'\x22\x24\\;&|`()<>]*$"), extend("x-rule" = "shell-syntax-in-value", "default" = "/sbin/nologin"))]
    pub shell: Option<Text>,
}

/// The ports of the image.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Expose {
    /// One TCP port.
    Port(#[schemars(range(min = 1, max = 65535), extend("x-rule" = "port-out-of-range"))] i64),
    /// One port with its protocol.
    Text(PortText),
    /// Several.
    Many(Vec<Spanned<Port>>),
    /// None.
    None(False),
}

by_shape!(Expose { integer => Port, string => Text, array => Many, boolean => None });

/// One port.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Port {
    /// TCP.
    Number(#[schemars(range(min = 1, max = 65535), extend("x-rule" = "port-out-of-range"))] i64),
    /// With its protocol.
    Text(PortText),
}

by_shape!(Port { integer => Number, string => Text });

/// A port with its protocol, such as `53/udp`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct PortText(
    /// The text.
    #[schemars(regex(pattern = r"^[0-9]{1,5}(-[0-9]{1,5})?/(tcp|udp|sctp)$"), extend("x-rule" = "port-mapping"))]
    pub String,
);

/// The value of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum EnvValue {
    /// Literal: `$` means itself.
    Literal(Text),
    /// With options.
    Table(EnvTable),
}

impl<'de> Deserialize<'de> for EnvValue {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shape = Spanned::<EnvShape>::deserialize(deserializer)?;
        Ok(match shape.value {
            EnvShape::Literal(text) => Self::Literal(Spanned::new(text, shape.span)),
            EnvShape::Table(table) => Self::Table(table),
        })
    }
}

/// [`EnvValue`] before its literal has a place.
enum EnvShape {
    Literal(String),
    Table(EnvTable),
}

by_shape!(EnvShape { string => Literal, table => Table });

/// The value of an environment variable with options.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvTable {
    /// The value.
    pub value: Text,
    /// Whether `$NAME` in the value is replaced when the image is built. Default: `false`.
    #[serde(default)]
    #[schemars(extend("default" = false))]
    pub expand: Option<Spanned<bool>>,
}

impl EnvValue {
    /// The value with its place.
    pub fn text(&self) -> &Text {
        match self {
            Self::Literal(text) => text,
            Self::Table(table) => &table.value,
        }
    }

    /// Whether `$NAME` in it is replaced.
    pub fn expands(&self) -> bool {
        match self {
            Self::Literal(_) => false,
            Self::Table(table) => table.expand.as_ref().is_some_and(|expand| expand.value),
        }
    }
}

/// The program that is process 1.
#[derive(Debug, Clone, Copy, JsonSchema)]
#[schemars(untagged)]
pub enum Init {
    /// A program.
    Program(InitProgram),
    /// None.
    None(False),
}

by_shape!(Init { string => Program, boolean => None });

/// A program that forwards signals and reaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum InitProgram {
    /// tini.
    Tini,
}

/// Files that are copied in.
///
/// A source keeps its name under a `dst` that ends in `/`; a source that ends in `/` means the folder's contents.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Copy {
    /// What is copied: a path or a pattern, or several. Without `from` it is relative to the build context.
    ///
    /// Example: `src = ["atlas.hcl", "sql"]`
    #[schemars(extend("examples" = ["web/dist/", ["atlas.hcl", "sql"]]))]
    pub src: Spanned<OneOrMany>,
    /// Where it goes, absolute or relative to `workdir`. Several sources need one that ends in `/`.
    ///
    /// Example: `dst = "/app/"`
    #[schemars(length(min = 1), extend("x-rule" = "relative-destination", "examples" = ["/app/"]))]
    pub dst: Text,
    /// Where it comes from: a stage, `image:<reference>`, or `context:<name>`. Default: the build context.
    ///
    /// Example: `from = "web"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^(image:[^\s\x22'\\]+|context:[A-Za-z0-9._/-]+|[A-Za-z0-9_.-]+)$"), extend("x-rule" = "shell-syntax-in-value", "examples" = ["builder"]))]
    pub from: Option<Text>,
    /// An accepted spelling of `from`.
    #[serde(default)]
    #[schemars(regex(pattern = r"^(image:[^\s\x22'\\]+|context:[A-Za-z0-9._/-]+|[A-Za-z0-9_.-]+)$"), extend("x-rule" = "shell-syntax-in-value"))]
    pub from_stage: Option<Text>,
    /// An accepted spelling of `from`.
    #[serde(default, rename = "from-stage")]
    #[schemars(regex(pattern = r"^(image:[^\s\x22'\\]+|context:[A-Za-z0-9._/-]+|[A-Za-z0-9_.-]+)$"), extend("x-rule" = "shell-syntax-in-value"))]
    pub from_stage_dashed: Option<Text>,
    /// The owner, as `user:group` or `uid:gid`. A name must be known to the image or created by `user`.
    ///
    /// Renders `COPY --chown=10001:10001`.
    ///
    /// Example: `chown = "app:app"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_.-]*)?$"), extend("x-rule" = "shell-syntax-in-value", "examples" = ["10001:10001"]))]
    pub chown: Option<Text>,
    /// The mode, such as `"0755"`.
    ///
    /// Renders `COPY --chmod=0755`.
    ///
    /// Example: `chmod = "0755"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^(0?[0-7]{3,4}|[ugoa]*=[rwxX]*(,[ugoa]*=[rwxX]*)*)$"), extend("x-rule" = "invalid-mode", "examples" = ["0755"]))]
    pub chmod: Option<Text>,
    /// Whether it becomes a layer that does not depend on those below. Default: where that is safe.
    ///
    /// Renders `COPY --link`.
    ///
    /// Example: `link = true`
    #[serde(default)]
    pub link: Option<Spanned<bool>>,
    /// Patterns of files that are left out.
    ///
    /// Renders `COPY --exclude=*.md`.
    ///
    /// Example: `exclude = ["*.md"]`
    #[serde(default)]
    #[schemars(inner(regex(pattern = r"^[^\s\x22'$\\]+$")), extend("x-rule" = "shell-syntax-in-value"))]
    pub exclude: Option<Spanned<Vec<Text>>>,
    /// Whether the folders of a source's path are kept.
    ///
    /// Renders `COPY --parents`.
    ///
    /// Example: `parents = true`
    #[serde(default)]
    pub parents: Option<Spanned<bool>>,
}

impl Copy {
    /// Where the files come from, in whichever spelling.
    pub fn source(&self) -> Option<&Text> {
        self.from
            .as_ref()
            .or(self.from_stage.as_ref())
            .or(self.from_stage_dashed.as_ref())
    }
}

/// What the container starts.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Entrypoint {
    /// A script of the build context: copied in, made executable, run.
    Script(String),
    /// Exec form.
    Exec(Vec<Text>),
    /// With options.
    Table(EntrypointTable),
}

by_shape!(Entrypoint { string => Script, array => Exec, table => Table });

impl Entrypoint {
    /// The text, if it is a string that is no path of a script but a program: absolute, or with arguments.
    pub fn program(&self) -> Option<&str> {
        match self {
            Self::Script(text) if text.starts_with('/') || text.trim().contains(' ') => Some(text),
            _ => None,
        }
    }
}

/// What the container starts, with exactly one of `script`, `exec` and `shell`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EntrypointTable {
    /// A script of the build context: copied in, made executable, run.
    ///
    /// Example: `script = "scripts/entrypoint.sh"`
    pub script: Option<Text>,
    /// Where the script goes. Default: `/entrypoint.sh`.
    ///
    /// Example: `dst = "/usr/local/bin/start"`
    #[schemars(regex(pattern = r"^/"), extend("x-rule" = "relative-destination", "default" = "/entrypoint.sh"))]
    pub dst: Option<Text>,
    /// Exec form.
    ///
    /// Example: `exec = ["/app/main"]`
    #[schemars(length(min = 1))]
    pub exec: Option<Spanned<Vec<Text>>>,
    /// Shell form.
    ///
    /// Example: `shell = "exec /app/main"`
    pub shell: Option<Text>,
}

/// The command of the container.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Cmd {
    /// Split into words as a shell splits them; exec form.
    Words(String),
    /// Exec form.
    Exec(Vec<Text>),
    /// With options.
    Table(CmdTable),
}

by_shape!(Cmd { string => Words, array => Exec, table => Table });

/// The command of the container, with exactly one of `exec` and `shell`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CmdTable {
    /// Exec form.
    ///
    /// Example: `exec = ["/app/main"]`
    #[schemars(length(min = 1))]
    pub exec: Option<Spanned<Vec<Text>>>,
    /// Shell form.
    ///
    /// Example: `shell = "exec /app/main --port $PORT"`
    pub shell: Option<Text>,
}

/// How Docker sees that the program works.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Healthcheck {
    /// Shell form; the old `""` means none.
    Shell(String),
    /// Exec form.
    Exec(#[schemars(length(min = 1), extend("x-rule" = "missing-command"))] Vec<Text>),
    /// `false`: `HEALTHCHECK NONE`.
    None(False),
    /// With timing.
    Table(Box<HealthcheckTable>),
}

by_shape!(Healthcheck { string => Shell, array => Exec, boolean => None, table => Table });

/// A health check with its timing.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HealthcheckTable {
    /// What is run: an array in exec form, a string in the shell.
    ///
    /// Example: `test = ["/app/main", "health"]`
    pub test: Option<Spanned<Run>>,
    /// Another name of `test`.
    ///
    /// Example: `cmd = ["/app/main", "health"]`
    pub cmd: Option<Spanned<Run>>,
    /// The time between two checks. Default: `30s`.
    ///
    /// Example: `interval = "10s"`
    #[schemars(regex(pattern = r"^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$"), extend("x-rule" = "invalid-duration", "default" = "30s"))]
    pub interval: Option<Text>,
    /// How long a check may take. Default: `5s`.
    ///
    /// Example: `timeout = "3s"`
    #[schemars(regex(pattern = r"^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$"), extend("x-rule" = "invalid-duration", "default" = "5s"))]
    pub timeout: Option<Text>,
    /// The time after the start in which failures do not count. Default: `10s`.
    ///
    /// Example: `start_period = "30s"`
    #[schemars(regex(pattern = r"^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$"), extend("x-rule" = "invalid-duration", "default" = "10s"))]
    pub start_period: Option<Text>,
    /// The time between two checks within the start period.
    ///
    /// Example: `start_interval = "2s"`
    #[schemars(regex(pattern = r"^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$"), extend("x-rule" = "invalid-duration"))]
    pub start_interval: Option<Text>,
    /// How many failures in a row make it unhealthy. Default: 3.
    ///
    /// Example: `retries = 5`
    #[schemars(range(min = 0, max = 1000), extend("x-rule" = "invalid-value", "default" = 3))]
    pub retries: Option<Spanned<i64>>,
}

impl HealthcheckTable {
    /// What is run, under either name.
    pub fn command(&self) -> Option<&Spanned<Run>> {
        self.test.as_ref().or(self.cmd.as_ref())
    }
}

/// A command in shell form or exec form.
pub use crate::config::stage::Run;
