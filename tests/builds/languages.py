"""The languages whose images are built here, and what the stand-in bases are made of."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Language:
    """What an image of a language must be when it runs."""

    port: int
    # Owner of the process that serves, as numbers.
    user: str
    # The name of process 1, as the kernel knows it.
    first: str
    # What is real in the base images, and what stands in for what.
    base: str
    # Whether the health check wants an answer below 500; others only connect. `None`: the image has no check.
    check: str | None = "answer"
    # A command that keeps a container alive without serving.
    idle: tuple[str, ...] = ("sleep", "60")


LANGUAGES = {
    "node": Language(
        3000, "1000:1000", "tini",
        "node:22-alpine: real Alpine, real Node 22.20 and npm for musl; tini is Debian's static one, packed for apk",
    ),
    "bun": Language(
        3000, "1000:1000", "tini",
        "oven/bun:1: Debian 12 minimal, real Bun 1.4",
    ),
    "deno": Language(
        8000, "1993:1993", "tini",
        "denoland/deno:2.9.8: Debian 12 minimal, real Deno; entrypoint rebuilt after the official one",
    ),
    "python": Language(
        8000, "10001:10001", "tini",
        "python:3.11-slim: Debian 12 minimal with Debian's Python and pip; a folder of wheels is the index; compilers are empty packages",
    ),
    "ruby": Language(
        3000, "10001:10001", "ruby",
        "ruby:3.1-slim: Debian 12 minimal with Debian's Ruby and Bundler; compilers are empty packages",
    ),
    "php": Language(
        8080, "33:33", "apache2",
        "php:8.2-apache, composer:2: Debian 12 minimal with Debian's Apache, PHP and Composer; docker-php-ext-install installs Debian's extension",
        check="connection",
    ),
    "rust": Language(
        8080, "65532:65532", "hello",
        "rust:1.96-alpine: real Alpine with Debian's Rust, so the program is linked with glibc; distroless cc from Debian's libraries",
        check=None,
    ),
    "java": Language(
        8080, "10001:10001", "java",
        "maven:3.9-eclipse-temurin-17, eclipse-temurin:17-jre: Debian 12 minimal with Debian's OpenJDK, Maven 3.8 and Maven artifacts",
        check="connection",
    ),
    "static": Language(
        8080, "101:101", "nginx",
        "nginx:1.29-alpine: real Alpine; Debian's nginx with its C library; settings rebuilt after the official ones",
        check="connection",
    ),
}  # fmt: skip

# Built by test_composite.py.
GO = "golang:1.25-alpine, alpine: real Alpine, real Go 1.25; distroless static from the machine's certificates and time zones"

# Not built, and why.
NOT_BUILT = {
    "dotnet": "no SDK in Debian, PyPI or npm",
    "elixir": "`mix local.hex` loads Hex from its own site, which signs what it serves",
}


def table():
    """For each language, what its images are built from, or why they are not."""
    built = {"go": GO} | {name: language.base for name, language in LANGUAGES.items()}
    return built | {name: f"not built: {reason}" for name, reason in NOT_BUILT.items()}
