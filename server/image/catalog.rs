//! Image references that are worth offering where one can be written.

/// References with their usual tags, in the order in which they are offered.
pub fn references() -> &'static [&'static str] {
    REFERENCES
}

/// The images that the twelve languages build on and run on, and plain bases.
const REFERENCES: &[&str] = &[
    "alpine:3.23",
    "alpine:3.22",
    "alpine:3.21",
    "debian:trixie-slim",
    "debian:bookworm-slim",
    "ubuntu:24.04",
    "ubuntu:22.04",
    "busybox:1.37",
    "scratch",
    "gcr.io/distroless/static-debian12:nonroot",
    "gcr.io/distroless/static-debian13:nonroot",
    "gcr.io/distroless/base-debian12:nonroot",
    "gcr.io/distroless/base-debian13:nonroot",
    "gcr.io/distroless/cc-debian12:nonroot",
    "gcr.io/distroless/cc-debian13:nonroot",
    "gcr.io/distroless/java21-debian12:nonroot",
    "gcr.io/distroless/nodejs22-debian12:nonroot",
    "gcr.io/distroless/python3-debian12:nonroot",
    "cgr.dev/chainguard/static:latest",
    "cgr.dev/chainguard/wolfi-base:latest",
    "registry.access.redhat.com/ubi9/ubi-minimal:9.6",
    "golang:1.26-alpine",
    "golang:1.26-bookworm",
    "golang:1.25-alpine",
    "golang:1.25-bookworm",
    "node:24-alpine",
    "node:24-slim",
    "node:22-alpine",
    "node:22-slim",
    "python:3.13-slim",
    "python:3.13-alpine",
    "python:3.12-slim",
    "python:3.12-alpine",
    "ruby:3.4-slim",
    "ruby:3.3-slim",
    "ruby:3.3-alpine",
    "php:8.4-apache",
    "php:8.3-apache",
    "php:8.3-fpm-alpine",
    "composer:2",
    "eclipse-temurin:21-jre-alpine",
    "eclipse-temurin:21-jre",
    "maven:3.9-eclipse-temurin-21",
    "gradle:8-jdk21",
    "mcr.microsoft.com/dotnet/sdk:9.0",
    "mcr.microsoft.com/dotnet/sdk:8.0",
    "mcr.microsoft.com/dotnet/aspnet:9.0",
    "mcr.microsoft.com/dotnet/aspnet:8.0",
    "rust:1.85-alpine",
    "rust:1.85-bookworm",
    "elixir:1.18-alpine",
    "elixir:1.16-alpine",
    "denoland/deno:2.1.4",
    "oven/bun:1",
    "oven/bun:1-alpine",
    "nginx:alpine",
    "nginx:1.28-alpine",
];

#[cfg(test)]
mod tests {
    use super::references;
    use crate::image::ImageReference;
    use crate::image::known::known;

    #[test]
    fn every_offered_image_is_known() {
        for text in references() {
            let reference = ImageReference::parse(text).expect(text);
            assert!(known(&reference).is_some(), "{text}");
            assert_eq!(reference.to_string(), *text);
        }
    }

    #[test]
    fn no_image_is_offered_twice() {
        let mut sorted = references().to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), references().len());
    }
}
