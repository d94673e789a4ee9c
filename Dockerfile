# syntax=docker/dockerfile:1
# Rendered by docksmith from docksmith.toml; edit that file, not this one.

FROM rust:1.95-alpine AS builder
RUN apk add --no-cache musl-dev
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/usr/local/cargo/git \
    --mount=type=cache,target=/src/target,sharing=locked \
    find . -path ./target -prune -o -type f -exec touch {} + \
 && cargo build --release --locked --bin docksmith \
 && install -D target/release/docksmith /out/docksmith

FROM alpine:3.23 AS runtime
RUN addgroup -S -g 10001 app \
 && adduser -S -D -H -u 10001 -G app -h /app -s /sbin/nologin app
WORKDIR /work
COPY --link --from=builder /out/docksmith /usr/local/bin/docksmith
USER 10001:10001
HEALTHCHECK NONE
ENTRYPOINT ["/usr/local/bin/docksmith"]
CMD ["lint"]
LABEL "org.opencontainers.image.title"="docksmith"
LABEL "org.opencontainers.image.description"="Linter, Dockerfile renderer and language server for docksmith.toml"
LABEL "org.opencontainers.image.licenses"="Apache-2.0"
