//! The images that docksmith starts from by itself, all in one table. Checked in November 2026.

/// The Alpine that docksmith's own stages run on.
pub(crate) const ALPINE: &str = "alpine:3.23";
/// A small Debian.
pub(crate) const DEBIAN: &str = "debian:bookworm-slim";
/// For binaries without a C library.
pub(crate) const DISTROLESS_STATIC: &str = "gcr.io/distroless/static-debian12:nonroot";
/// For binaries with a C library.
pub(crate) const DISTROLESS_BASE: &str = "gcr.io/distroless/base-debian12:nonroot";
/// For binaries with a C library and `libgcc`.
pub(crate) const DISTROLESS_CC: &str = "gcr.io/distroless/cc-debian12:nonroot";

// The default version of each language: the part of its image's tag that `version` replaces.

pub(crate) const BUN: &str = "1";
pub(crate) const DENO: &str = "2.1.4";
pub(crate) const DOTNET: &str = "8.0";
pub(crate) const ELIXIR: &str = "1.16";
pub(crate) const GO: &str = "1.26";
pub(crate) const JAVA: &str = "21";
pub(crate) const NODE: &str = "22";
pub(crate) const PHP: &str = "8.3";
pub(crate) const PYTHON: &str = "3.12";
pub(crate) const RUBY: &str = "3.3";
pub(crate) const RUST: &str = "1.85";

/// What serves static files.
pub(crate) const NGINX: &str = "nginx:1.29-alpine";
/// What an Elixir release runs on: the same Alpine as `elixir:1.16-alpine`, whose libraries it is linked against.
pub(crate) const ELIXIR_BASE: &str = "alpine:3.21";
/// PHP's package manager.
pub(crate) const COMPOSER: &str = "composer:2";
/// Maven, by the version of Java behind it.
pub(crate) const MAVEN: &str = "maven:3.9-eclipse-temurin-";
/// Gradle, by the version of Java behind it.
pub(crate) const GRADLE: &str = "gradle:8-jdk";
/// corepack brings pnpm and yarn to every version of Node; from 25 on Node ships none.
pub(crate) const COREPACK: &str = "corepack@0";
/// uv, from its package.
pub(crate) const UV: &str = "0.13.9";
/// Poetry, from its package.
pub(crate) const POETRY: &str = "2.5.1";
/// PDM, from its package.
pub(crate) const PDM: &str = "2.29.4";
/// Pipenv, from its package.
pub(crate) const PIPENV: &str = "2026.10.3";
