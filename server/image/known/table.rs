//! The table itself: which facts hold for which repository and tag.
//!
//! Repositories of Docker Hub stand without registry and `library/`.

use super::Libc;
use super::facts::{self, Facts};
use super::variant::{Tag, Variant};

/// The facts of an image; `None` for what the table lacks.
pub(super) fn facts(repository: &str, tag: &Tag) -> Option<Facts> {
    if let Some(image) = repository.strip_prefix("gcr.io/distroless/") {
        return distroless(image, tag);
    }
    if let Some(image) = repository.strip_prefix("cgr.dev/chainguard/") {
        return chainguard(image, tag);
    }
    if let Some(image) = repository.strip_prefix("mcr.microsoft.com/dotnet/") {
        return dotnet(image, tag);
    }
    plain(repository, tag).or_else(|| language(repository, tag.variant(), tag))
}

/// Images that are a distribution.
fn plain(repository: &str, tag: &Tag) -> Option<Facts> {
    let facts = match repository {
        // <https://hub.docker.com/_/alpine>
        "alpine" => facts::ALPINE,
        // <https://hub.docker.com/_/debian>: plain and slim differ in documentation only.
        "debian" => facts::DEBIAN,
        "ubuntu" => ubuntu(tag),
        "busybox" => busybox(tag),
        // <https://catalog.redhat.com>: the same image under three names.
        "redhat/ubi8-minimal"
        | "redhat/ubi9-minimal"
        | "redhat/ubi10-minimal"
        | "registry.access.redhat.com/ubi8/ubi-minimal"
        | "registry.access.redhat.com/ubi9/ubi-minimal"
        | "registry.access.redhat.com/ubi10/ubi-minimal"
        | "registry.access.redhat.com/ubi8-minimal"
        | "registry.access.redhat.com/ubi9-minimal" => facts::UBI_MINIMAL,
        _ => return None,
    };
    Some(facts)
}

/// <https://hub.docker.com/_/ubuntu>; the user `ubuntu` came with 23.04.
fn ubuntu(tag: &Tag) -> Facts {
    let is_new = match tag.variant() {
        Variant::NewUbuntu => true,
        Variant::Plain => tag.major().is_none_or(|major| major >= 23),
        _ => false,
    };
    match is_new {
        true => facts::UBUNTU_WITH_USER,
        false => facts::UBUNTU,
    }
}

/// <https://hub.docker.com/_/busybox>: `musl`, `glibc` or `uclibc` in the tag.
fn busybox(tag: &Tag) -> Facts {
    let libc = if tag.has("musl") {
        Some(Libc::Musl)
    } else if tag.has("glibc") {
        Some(Libc::Glibc)
    } else {
        None
    };
    Facts {
        libc,
        ..facts::BUSYBOX
    }
}

/// <https://github.com/GoogleContainerTools/distroless>, its READMEs and `BUILD` files.
fn distroless(image: &str, tag: &Tag) -> Option<Facts> {
    let name = match image.rsplit_once("-debian") {
        Some((name, "10" | "11" | "12" | "13")) => name,
        Some(_) => return None,
        None => image,
    };
    let language = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let facts = match language {
        "static" => facts::STATIC,
        "base" | "base-nossl" | "cc" | "java" | "java-base" | "nodejs" => facts::BASE,
        "python" => facts::DISTROLESS_PYTHON,
        _ => return None,
    };
    Some(distroless_tag(facts, tag))
}

fn distroless_tag(facts: Facts, tag: &Tag) -> Facts {
    // Tags may end in an architecture: `nonroot-amd64`.
    let facts = match () {
        () if !tag.is_certain() => Facts {
            starts_as_root: None,
            ..facts
        },
        () if tag.has("nonroot") => facts.switched(),
        () => facts,
    };
    if tag.is_certain() && !tag.has("debug") {
        return facts;
    }
    // The debug images have BusyBox in `/busybox`, which is in the `PATH`; whether scripts that ask for `/bin/sh` find
    // one depends on the release.
    Facts {
        shell: None,
        wget: None,
        ..facts
    }
}

/// <https://images.chainguard.dev>: tags are `latest` and `latest-dev`, the latter with a shell.
fn chainguard(image: &str, tag: &Tag) -> Option<Facts> {
    let facts = match image {
        "wolfi-base" => facts::WOLFI,
        "static" => facts::CHAINGUARD_STATIC,
        _ if tag.has("dev") => facts::CHAINGUARD_DEV,
        _ => facts::CHAINGUARD,
    };
    Some(facts)
}

/// <https://github.com/dotnet/dotnet-docker>, `src/*/*/*/Dockerfile`.
fn dotnet(image: &str, tag: &Tag) -> Option<Facts> {
    let is_sdk = match image {
        "sdk" => true,
        "aspnet" | "runtime" | "runtime-deps" => false,
        _ => return None,
    };
    let is_old = tag.major().is_some_and(|major| major < 8);
    // Without a number, as with a variable, only what old and new share is certain.
    let has_user = tag.is_certain() && !is_old;
    if tag.has("chiseled") {
        return has_user.then_some(facts::DOTNET_CHISELED);
    }
    let facts = match (tag.variant(), is_sdk, has_user) {
        (Variant::Alpine, _, true) => facts::DOTNET_ALPINE,
        (Variant::Alpine, _, false) => facts::DOTNET_ALPINE_OLD,
        (Variant::Other | Variant::AlpineSlim, ..) => return None,
        (_, true, true) => facts::DOTNET_SDK,
        (_, true, false) => facts::DOTNET_SDK_OLD,
        (_, false, true) => facts::DOTNET,
        (_, false, false) => facts::DOTNET_OLD,
    };
    Some(facts)
}

/// Images of Docker Hub that hold a language or a server: by the system that the tag names.
fn language(repository: &str, variant: Variant, tag: &Tag) -> Option<Facts> {
    use Variant::{Alpine, AlpineSlim, Debian, NewUbuntu, OldUbuntu, Plain, Slim};
    let facts = match (repository, variant) {
        // <https://github.com/docker-library/golang>: Debian is `buildpack-deps:*-scm`.
        ("golang", Alpine) => facts::ALPINE,
        ("golang", Debian | Plain) => facts::BUILDPACK,
        // <https://github.com/nodejs/docker-node>
        ("node", Alpine) => facts::NODE_ALPINE,
        ("node", Slim) => facts::NODE_SLIM,
        ("node", Debian | Plain) => facts::NODE_DEBIAN,
        // <https://github.com/docker-library/python>, <https://github.com/docker-library/ruby>
        ("python" | "ruby", Alpine) => facts::ALPINE_WITH_ZONES,
        ("python" | "ruby", Slim) => facts::DEBIAN_WITH_CERTIFICATES,
        ("python" | "ruby", Debian | Plain) => facts::BUILDPACK,
        // <https://github.com/docker-library/php>
        ("php", Alpine) => facts::PHP_ALPINE,
        ("php", Debian | Plain) => facts::PHP_DEBIAN,
        // <https://github.com/composer/docker>
        ("composer", Plain) => facts::COMPOSER,
        // <https://github.com/adoptium/containers>
        ("eclipse-temurin", Alpine) => facts::TEMURIN_ALPINE,
        ("eclipse-temurin", NewUbuntu) => facts::TEMURIN_NOBLE,
        ("eclipse-temurin", OldUbuntu | Plain) => facts::TEMURIN_UBUNTU,
        // <https://github.com/carlossg/docker-maven>: plain tags stand on Temurin.
        ("maven", Alpine) if tag.has("temurin") => facts::ALPINE_SPECIAL,
        ("maven", NewUbuntu | OldUbuntu | Plain) => facts::TEMURIN_UBUNTU,
        // <https://github.com/gradle/docker-gradle>
        ("gradle", Alpine) => facts::GRADLE_ALPINE,
        ("gradle", NewUbuntu | OldUbuntu | Plain) => facts::GRADLE_UBUNTU,
        // <https://github.com/rust-lang/docker-rust>
        ("rust", Alpine) => facts::ALPINE_SPECIAL,
        ("rust", Slim) => facts::RUST_SLIM,
        ("rust", Debian | Plain) => facts::BUILDPACK,
        // <https://github.com/erlef/docker-elixir>: on `erlang`, whose plain tags stand on `buildpack-deps`.
        ("elixir" | "erlang", Alpine) => facts::ALPINE_SPECIAL,
        ("elixir" | "erlang", Slim) => facts::SLIM_SPECIAL,
        ("elixir" | "erlang", Debian | Plain) => facts::BUILDPACK,
        // <https://github.com/denoland/deno_docker>: the system comes first in the tag.
        ("denoland/deno", Alpine) => facts::DENO_ALPINE,
        ("denoland/deno", Plain) => facts::DENO_DEBIAN,
        // <https://github.com/oven-sh/bun/tree/main/dockerhub>
        ("oven/bun", Alpine) => facts::BUN_ALPINE,
        ("oven/bun", Debian | Slim | Plain) => facts::BUN_DEBIAN,
        // <https://github.com/nginx/docker-nginx>
        ("nginx", Alpine) => facts::NGINX_ALPINE,
        ("nginx", AlpineSlim) => facts::NGINX_ALPINE_SLIM,
        ("nginx", Debian | Plain) => facts::NGINX_DEBIAN,
        // <https://github.com/nginx/docker-nginx-unprivileged>
        ("nginxinc/nginx-unprivileged", Alpine) => facts::NGINX_ALPINE.switched(),
        ("nginxinc/nginx-unprivileged", AlpineSlim) => facts::NGINX_ALPINE_SLIM.switched(),
        ("nginxinc/nginx-unprivileged", Debian | Plain) => facts::NGINX_DEBIAN.switched(),
        _ => return None,
    };
    Some(facts)
}
