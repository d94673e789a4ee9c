//! `[build]` and `[[build.binaries]]`: what is built.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::runtime::{Copy, EnvValue};
use crate::config::stage::Step;
use crate::config::values::{Entries, Text, by_shape};
use crate::text::Spanned;

/// What is built, and how.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Build {
    /// What is built. For Go a package such as `./cmd/server`: one binary, named by the last path element.
    ///
    /// For Rust the name of a binary, for .NET a project file or its folder, for Java a module, for Elixir the release,
    /// for Deno the first module, for PHP and static files the folder that is served.
    ///
    /// Renders `go build … -o /out/server ./cmd/server` in the stage `builder`.
    ///
    /// Example: `target = "./cmd/server"`
    #[schemars(extend("examples" = ["./cmd/server"]))]
    pub target: Option<Text>,
    /// The literal path of that binary in the final image. Default: `/usr/local/bin/<name>`.
    ///
    /// For Java the path of the jar, `/app/app.jar`; a jar of that name is chosen where the build leaves several.
    ///
    /// Renders `COPY --link --from=builder /out/main /app/main`.
    ///
    /// Example: `output = "/app/main"`
    #[schemars(regex(pattern = r"^/"), extend("x-rule" = "relative-destination", "examples" = ["/app/main"]))]
    pub output: Option<Text>,
    /// Your own build command instead of the generated one.
    ///
    /// For Go its `-o` says where the binary is, for Rust cargo's options do; where that can't be known (`make build`),
    /// `output` is needed. For Java it also says whether Maven or Gradle builds. For Node.js and Bun it replaces the script
    /// `build`; Deno builds nothing by itself. For Python and Ruby it runs once the sources are there, and the image gets
    /// what it leaves in the application's folder. For Elixir it leaves the release where Mix does, or in `/out`.
    ///
    /// Example: `command = "go build -o /out/server ./cmd/server"`
    #[schemars(regex(pattern = r"\S"), extend("x-rule" = "missing-command", "examples" = ["make build"]))]
    pub command: Option<Text>,
    /// Flags for Go's linker, behind `-s -w` unless `strip = false`. They reach every binary.
    ///
    /// `${NAME}` takes a value of `build.args`. A table names `-X` variables:
    /// `[build.ldflags]` with `"main.version" = "1.0"` means `-X main.version=1.0`, sorted by name.
    ///
    /// Example: `ldflags = ["-X main.version=${VERSION}"]`
    #[schemars(extend("examples" = [["-X main.version=${VERSION}"]]))]
    pub ldflags: Option<Spanned<Ldflags>>,
    /// Whether `-s -w` stays in front of the linker's flags, so that the binary carries no symbols. Default: `true`.
    ///
    /// Example: `strip = false`
    #[schemars(extend("default" = true))]
    pub strip: Option<Spanned<bool>>,
    /// Build arguments with their defaults, declared right before the build step.
    ///
    /// Renders `ARG VERSION=dev`.
    ///
    /// Example: `args = { VERSION = "dev" }`
    #[schemars(extend("propertyNames" = {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "x-rule": "invalid-env-name"}))]
    pub args: Entries<Text>,
    /// Go build tags.
    ///
    /// Renders `-tags=netgo,osusergo`.
    ///
    /// Example: `tags = ["netgo"]`
    #[schemars(inner(regex(pattern = r"^[A-Za-z0-9_.]+$")), extend("x-rule" = "shell-syntax-in-value", "examples" = [["netgo"]]))]
    pub tags: Option<Spanned<Vec<Text>>>,
    /// Further flags of `go build`, `cargo build`, Maven, Gradle or `dotnet publish`. They may use `${NAME}` of `args`.
    ///
    /// Example: `flags = ["-mod=vendor"]`
    #[schemars(extend("examples" = [["-mod=vendor"]]))]
    pub flags: Option<Spanned<Vec<Text>>>,
    /// Whether paths of the builder are left out of the binary. Default: `true`.
    ///
    /// Renders `-trimpath`.
    ///
    /// Example: `trimpath = false`
    #[schemars(extend("default" = true))]
    pub trimpath: Option<Spanned<bool>>,
    /// Whether C code is linked in. Default: `false`.
    ///
    /// Builds on the target platform instead of cross, and needs a C library in the final image: its default base is
    /// `gcr.io/distroless/base-debian12:nonroot`.
    ///
    /// Example: `cgo = true`
    #[schemars(extend("default" = false))]
    pub cgo: Option<Spanned<bool>>,
    /// Environment of the build step and of the download of dependencies.
    ///
    /// Renders `ENV GOPRIVATE="example.com/*"` in the builder.
    ///
    /// Example: `env = { GOPRIVATE = "example.com/*" }`
    #[schemars(extend("propertyNames" = {"pattern": "^[^=\\s\\x00-\\x1f\"'$\\\\#`]+$", "x-rule": "invalid-env-name"}))]
    pub env: Entries<EnvValue>,
    /// The builder's image instead of the language's default.
    ///
    /// Example: `image = "golang:1.25-bookworm"`
    #[schemars(extend("examples" = ["golang:1.25-bookworm"]))]
    pub image: Option<Text>,
    /// System packages of the builder, installed with the image's package manager. For PHP they go into the final
    /// image, where extensions are compiled.
    ///
    /// Renders `RUN apk add --no-cache git`.
    ///
    /// Example: `packages = ["git"]`
    #[schemars(inner(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._+-]*(=[A-Za-z0-9._+:~-]+)?$")), extend("x-rule" = "invalid-package-name", "examples" = [["git"]]))]
    pub packages: Option<Spanned<Vec<Text>>>,
    /// Whether the builder's caches are switched off. Default: `false`.
    ///
    /// Example: `no_cache = true`
    #[schemars(extend("default" = false))]
    pub no_cache: Option<Spanned<bool>>,
    /// Several binaries, and siblings that are cross-built for listed platforms.
    #[schemars(length(max = 500))]
    pub binaries: Vec<Spanned<Binary>>,
    /// Files brought into the builder after the sources, such as a frontend for `go:embed`.
    #[schemars(length(max = 2000))]
    pub copy: Vec<Spanned<Copy>>,
    /// Steps that run in the builder after the sources are there and before the build.
    ///
    /// Example: `steps = ["RUN go generate ./..."]`
    pub steps: Vec<Spanned<Step>>,
}

/// A binary beside the main one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Binary {
    /// Its name, unique among the binaries.
    ///
    /// Example: `name = "worker"`
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_-]*$"), extend("x-rule" = "invalid-stage-name", "examples" = ["worker"]))]
    pub name: Text,
    /// The package to build.
    ///
    /// Example: `path = "./cmd/worker"`
    #[schemars(extend("examples" = ["./cmd/worker"]))]
    pub path: Text,
    /// The file name in the final image. Default: `name`.
    ///
    /// Example: `output_name = "acme-worker"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._+-]*$"), extend("x-rule" = "invalid-stage-name", "examples" = ["acme-worker"]))]
    pub output_name: Option<Text>,
    /// Builds it once for each listed platform, whatever the image's own platform is, with the suffix `-<os>-<arch>`.
    ///
    /// Renders a stage `builder-<name>` with one `RUN` per platform.
    ///
    /// Example: `platforms = ["linux/amd64", "linux/arm64"]`
    #[serde(default)]
    #[schemars(inner(regex(pattern = r"^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$")), length(min = 1), extend("x-rule" = "invalid-platform"))]
    pub platforms: Option<Spanned<Vec<Text>>>,
    /// The old form of `platforms`: Linux architectures, with the suffix `-<arch>`.
    ///
    /// Example: `architectures = ["amd64", "arm64"]`
    #[serde(default)]
    #[schemars(inner(regex(pattern = r"^(amd64|arm64|arm|386|riscv64|ppc64le|s390x)$")), extend("x-rule" = "invalid-platform"))]
    pub architectures: Option<Spanned<Vec<Text>>>,
    /// Where it goes in the final image: a file, or a folder that ends in `/`. Default: `/usr/local/bin/`.
    ///
    /// Example: `dst = "/app/bin/"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^/"), extend("x-rule" = "relative-destination", "default" = "/usr/local/bin/"))]
    pub dst: Option<Text>,
    /// Flags for Go's linker, behind those of `build.ldflags`.
    ///
    /// Example: `ldflags = ["-X main.role=worker"]`
    #[serde(default)]
    pub ldflags: Option<Spanned<Ldflags>>,
    /// Further flags of `go build`, behind those of `build.flags`.
    ///
    /// Example: `flags = ["-race"]`
    #[serde(default)]
    pub flags: Option<Spanned<Vec<Text>>>,
    /// The old name of `flags`.
    #[serde(default)]
    pub build_flags: Option<Spanned<Vec<Text>>>,
    /// Go build tags instead of `build.tags`.
    ///
    /// Example: `tags = ["worker"]`
    #[serde(default)]
    #[schemars(inner(regex(pattern = r"^[A-Za-z0-9_.]+$")), extend("x-rule" = "shell-syntax-in-value"))]
    pub tags: Option<Spanned<Vec<Text>>>,
    /// Whether C code is linked in. Default: `build.cgo`.
    ///
    /// Example: `cgo = true`
    #[serde(default)]
    pub cgo: Option<Spanned<bool>>,
}

/// Flags of Go's linker.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum Ldflags {
    /// In order; an element is one flag with its value, as in `"-X main.version=1.0"`.
    List(Vec<Text>),
    /// Variables for `-X` with their values, sorted by name.
    Variables(
        #[schemars(extend("propertyNames" = {"pattern": "^[A-Za-z_][A-Za-z0-9_./-]*$", "x-rule": "invalid-ldflags"}))]
         Entries<Text>,
    ),
}

by_shape!(Ldflags { array => List, table => Variables });
