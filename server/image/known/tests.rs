//! Rows of the table, asked for as files write them.

use super::{Family, Known, Libc, PackageManager, family_defaults, known};
use crate::image::ImageReference;

fn of(text: &str) -> Option<Known> {
    known(&ImageReference::parse(text).expect(text))
}

fn sure(text: &str) -> Known {
    of(text).expect(text)
}

/// `+` has it, `-` lacks it, `?` nobody knows: shell, bash, curl, wget, certificates, zones.
fn cells(known: &Known) -> String {
    [
        known.shell,
        known.bash,
        known.curl,
        known.wget,
        known.ca_certificates,
        known.zoneinfo,
    ]
    .map(|cell| match cell {
        Some(true) => '+',
        Some(false) => '-',
        None => '?',
    })
    .iter()
    .collect()
}

type Row<'a> = (
    &'a str,
    Family,
    Option<Libc>,
    Option<PackageManager>,
    &'a str,
);

#[test]
fn the_table_holds_what_is_known_of_each_image() {
    use Family::{Alpine, Busybox, Debian, Distroless, Scratch, Ubi, Wolfi};
    use Libc::{Glibc, Musl};
    use PackageManager::{Apk, Apt};
    let no_libc = Some(Libc::None);
    let no_manager = Some(PackageManager::None);
    let digest = "@sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88";
    let pinned = format!("alpine:3.21{digest}");
    let rows: &[Row<'_>] = &[
        ("scratch", Scratch, no_libc, no_manager, "------"),
        ("alpine", Alpine, Some(Musl), Some(Apk), "+--++-"),
        ("alpine:3.21", Alpine, Some(Musl), Some(Apk), "+--++-"),
        ("alpine:${V}", Alpine, Some(Musl), Some(Apk), "+--++-"),
        (&pinned, Alpine, Some(Musl), Some(Apk), "+--++-"),
        (
            "debian:bookworm-slim",
            Debian,
            Some(Glibc),
            Some(Apt),
            "++---+",
        ),
        ("debian", Debian, Some(Glibc), Some(Apt), "++---+"),
        ("ubuntu:24.04", Debian, Some(Glibc), Some(Apt), "++----"),
        ("ubuntu:22.04", Debian, Some(Glibc), Some(Apt), "++---?"),
        ("busybox:1.37", Busybox, None, no_manager, "+--+--"),
        (
            "busybox:1.37-musl",
            Busybox,
            Some(Musl),
            no_manager,
            "+--+--",
        ),
        (
            "gcr.io/distroless/static",
            Distroless,
            no_libc,
            no_manager,
            "----++",
        ),
        (
            "gcr.io/distroless/static-debian12:nonroot",
            Distroless,
            no_libc,
            no_manager,
            "----++",
        ),
        (
            "gcr.io/distroless/static-debian12:debug",
            Distroless,
            no_libc,
            no_manager,
            "?--?++",
        ),
        (
            "gcr.io/distroless/base-debian13:latest",
            Distroless,
            Some(Glibc),
            no_manager,
            "----++",
        ),
        (
            "gcr.io/distroless/java21-debian12",
            Distroless,
            Some(Glibc),
            no_manager,
            "----++",
        ),
        (
            "gcr.io/distroless/nodejs22-debian12",
            Distroless,
            Some(Glibc),
            no_manager,
            "----++",
        ),
        (
            "gcr.io/distroless/python3-debian12",
            Distroless,
            Some(Glibc),
            no_manager,
            "??--++",
        ),
        (
            "cgr.dev/chainguard/static",
            Wolfi,
            no_libc,
            no_manager,
            "----++",
        ),
        (
            "cgr.dev/chainguard/wolfi-base",
            Wolfi,
            Some(Glibc),
            Some(Apk),
            "+--++-",
        ),
        (
            "cgr.dev/chainguard/node",
            Wolfi,
            Some(Glibc),
            None,
            "????+?",
        ),
        (
            "cgr.dev/chainguard/node:latest-dev",
            Wolfi,
            Some(Glibc),
            Some(Apk),
            "+???+?",
        ),
        (
            "registry.access.redhat.com/ubi9/ubi-minimal:9.6",
            Ubi,
            Some(Glibc),
            None,
            "+++-++",
        ),
        (
            "golang:1.25-alpine3.21",
            Alpine,
            Some(Musl),
            Some(Apk),
            "+--++-",
        ),
        (
            "golang:${V}-alpine",
            Alpine,
            Some(Musl),
            Some(Apk),
            "+--++-",
        ),
        ("golang:1.25", Debian, Some(Glibc), Some(Apt), "++++++"),
        (
            "golang:1.25rc1-bookworm",
            Debian,
            Some(Glibc),
            Some(Apt),
            "++++++",
        ),
        ("node:22-alpine", Alpine, Some(Musl), Some(Apk), "+--++-"),
        (
            "node:22-bookworm-slim",
            Debian,
            Some(Glibc),
            Some(Apt),
            "++---+",
        ),
        ("node:lts", Debian, Some(Glibc), Some(Apt), "++++++"),
        (
            "python:3.12-alpine",
            Alpine,
            Some(Musl),
            Some(Apk),
            "+--+++",
        ),
        ("python:3.12-slim", Debian, Some(Glibc), Some(Apt), "++--++"),
        ("ruby:3.3-slim", Debian, Some(Glibc), Some(Apt), "++--++"),
        ("php:8.3-apache", Debian, Some(Glibc), Some(Apt), "+++?++"),
        (
            "php:8.3-fpm-alpine",
            Alpine,
            Some(Musl),
            Some(Apk),
            "+-+++-",
        ),
        (
            "eclipse-temurin:21-jre-alpine",
            Alpine,
            Some(Musl),
            Some(Apk),
            "+??+++",
        ),
        (
            "eclipse-temurin:21-jre",
            Debian,
            Some(Glibc),
            Some(Apt),
            "++??++",
        ),
        (
            "maven:3.9-eclipse-temurin-21",
            Debian,
            Some(Glibc),
            Some(Apt),
            "++??++",
        ),
        ("gradle:8-jdk21", Debian, Some(Glibc), Some(Apt), "++??++"),
        (
            "mcr.microsoft.com/dotnet/aspnet:8.0",
            Debian,
            Some(Glibc),
            Some(Apt),
            "++--++",
        ),
        (
            "mcr.microsoft.com/dotnet/sdk:9.0",
            Debian,
            Some(Glibc),
            Some(Apt),
            "+++?++",
        ),
        (
            "mcr.microsoft.com/dotnet/aspnet:9.0-alpine",
            Alpine,
            Some(Musl),
            Some(Apk),
            "+??++?",
        ),
        (
            "mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled",
            Distroless,
            Some(Glibc),
            no_manager,
            "----+?",
        ),
        (
            "denoland/deno:2.1.4",
            Debian,
            Some(Glibc),
            Some(Apt),
            "++---+",
        ),
        (
            "denoland/deno:alpine-2.1.4",
            Alpine,
            None,
            Some(Apk),
            "+??++?",
        ),
        ("oven/bun:1", Debian, Some(Glibc), Some(Apt), "++---+"),
        ("oven/bun:1-alpine", Alpine, Some(Musl), Some(Apk), "+--++-"),
        ("nginx:alpine", Alpine, Some(Musl), Some(Apk), "+-++++"),
        ("nginx:1.27", Debian, Some(Glibc), Some(Apt), "+++???"),
        ("rust:1.85-alpine", Alpine, Some(Musl), Some(Apk), "+??++?"),
        (
            "elixir:1.16-alpine",
            Alpine,
            Some(Musl),
            Some(Apk),
            "+??++?",
        ),
        ("composer:2", Alpine, Some(Musl), Some(Apk), "+++++?"),
    ];
    for (text, family, libc, package_manager, expected) in rows {
        let known = sure(text);
        assert_eq!(known.family, *family, "{text}");
        assert_eq!(known.libc, *libc, "{text}");
        assert_eq!(known.package_manager, *package_manager, "{text}");
        assert_eq!(cells(&known), *expected, "{text}");
    }
}

#[test]
fn unknown_images_are_unknown() {
    let digest = "@sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88";
    let pinned = format!("golang{digest}");
    for text in [
        "acme/app",
        "ghcr.io/acme/alpine:3",
        "acme/golang:1-alpine",
        "${BASE}",
        "${REGISTRY}/alpine:3",
        "golang:${TAG}",
        "golang:1.25-windowsservercore",
        "golang:tip-20250101",
        "node:22-acme",
        "gcr.io/distroless/acme",
        "gcr.io/distroless/static-debian99",
        "public.ecr.aws/acme/alpine",
        "mcr.microsoft.com/dotnet/aspnet:8.0-azurelinux3.0",
        "denoland/deno:bin-2.1.4",
        "oven/bun:distroless",
        "scratch:1",
        &pinned,
    ] {
        assert_eq!(of(text), None, "{text}");
    }
}

#[test]
fn official_images_are_known_under_all_their_names() {
    let expected = sure("alpine:3.21");
    for text in [
        "library/alpine:3.21",
        "docker.io/alpine:3.21",
        "docker.io/library/alpine:3.21",
        "index.docker.io/library/alpine:3.21",
        "public.ecr.aws/docker/library/alpine:3.21",
        "mirror.gcr.io/library/alpine:3.21",
    ] {
        assert_eq!(sure(text), expected, "{text}");
    }
}

/// The user that the image brings for programs, and whether it switches to it.
fn application_user(text: &str) -> Option<(&'static str, u32, u32, bool)> {
    let known = sure(text);
    let user = known.application_user?;
    assert_eq!(known.user_named(user.name), Some(user), "{text}");
    assert_eq!(known.has_group(user.name), Some(true), "{text}");
    Some((user.name, user.uid, user.gid, known.user == Some(user)))
}

#[test]
fn the_users_of_images_are_known() {
    let rows = [
        (
            "gcr.io/distroless/static-debian12:nonroot",
            "nonroot",
            65532,
            true,
        ),
        (
            "gcr.io/distroless/static-debian12:debug-nonroot",
            "nonroot",
            65532,
            true,
        ),
        ("gcr.io/distroless/static-debian12", "nonroot", 65532, false),
        (
            "gcr.io/distroless/static-debian12:${T}",
            "nonroot",
            65532,
            false,
        ),
        ("cgr.dev/chainguard/static", "nonroot", 65532, true),
        ("node:22-slim", "node", 1000, false),
        ("node:22-alpine", "node", 1000, false),
        ("php:8.3-apache", "www-data", 33, false),
        ("php:8.3-fpm-alpine", "www-data", 82, false),
        ("mcr.microsoft.com/dotnet/aspnet:8.0", "app", 1654, false),
        (
            "mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled",
            "app",
            1654,
            true,
        ),
        ("denoland/deno:2.1.4", "deno", 1993, false),
        ("oven/bun:1", "bun", 1000, false),
        ("nginx:alpine", "nginx", 101, false),
        ("nginxinc/nginx-unprivileged:alpine", "nginx", 101, true),
        ("gradle:8-jdk21", "gradle", 1000, false),
    ];
    for (text, name, id, switches) in rows {
        assert_eq!(
            application_user(text),
            Some((name, id, id, switches)),
            "{text}"
        );
    }
    for text in [
        "alpine",
        "debian",
        "ubuntu",
        "python:3.12-slim",
        "mcr.microsoft.com/dotnet/aspnet:7.0",
    ] {
        assert_eq!(application_user(text), None, "{text}");
    }
}

#[test]
fn who_starts_as_root_is_known_or_left_open() {
    assert_eq!(sure("alpine").starts_as_root, Some(true));
    assert_eq!(sure("gcr.io/distroless/static").starts_as_root, Some(true));
    assert_eq!(
        sure("gcr.io/distroless/static:nonroot").starts_as_root,
        Some(false)
    );
    assert_eq!(sure("gcr.io/distroless/static:${TAG}").starts_as_root, None);
}

#[test]
fn names_are_absent_only_where_all_are_known() {
    let alpine = sure("alpine:3.21");
    assert_eq!(alpine.has_user("nobody"), Some(true));
    assert_eq!(alpine.has_user("permanu"), Some(false));
    assert_eq!(alpine.has_user("operator"), None);
    assert_eq!(alpine.has_group("www-data"), Some(true));
    assert_eq!(sure("ubuntu:24.04").has_user("ubuntu"), Some(true));
    assert_eq!(sure("debian").has_user("ubuntu"), None);
    assert_eq!(sure("cgr.dev/chainguard/node").has_user("node"), None);
    assert_eq!(sure("scratch").has_user("root"), Some(false));
    assert_eq!(
        alpine.user_with_id(405).map(|user| user.name),
        Some("guest")
    );
}

#[test]
fn a_family_says_only_what_all_its_images_share() {
    let shared = |family| {
        let known = family_defaults(family).expect(family);
        (
            known.family,
            known.libc,
            known.package_manager,
            cells(&known),
        )
    };
    let alpine = (
        Family::Alpine,
        Some(Libc::Musl),
        Some(PackageManager::Apk),
        "+?????".to_owned(),
    );
    assert_eq!(shared("alpine"), alpine);
    let debian = (
        Family::Debian,
        Some(Libc::Glibc),
        Some(PackageManager::Apt),
        "++????".to_owned(),
    );
    assert_eq!(shared("slim"), debian);
    let distroless = (
        Family::Distroless,
        None,
        Some(PackageManager::None),
        "--????".to_owned(),
    );
    assert_eq!(shared("distroless"), distroless);
    assert_eq!(family_defaults("windows"), None);
    let known = family_defaults("alpine").expect("the family is known");
    assert_eq!(known.has_user("app"), None);
}
