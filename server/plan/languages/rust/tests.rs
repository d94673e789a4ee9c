//! Rust programs and what they render to.

use crate::dockerfile::testing::{has, holds, lacks, render, render_with};
use crate::plan::languages::testing::every_key_counts;

const PACKAGE: (&str, &str) = ("Cargo.toml", "package.name = \"server\"\n");
const MAIN: (&str, &str) = ("src/main.rs", "fn main() {}\n");
const LOCK: (&str, &str) = ("Cargo.lock", "");

const RUST: &str = "language = \"rust\"\nbuild.target = \"server\"\n";

fn rust(rest: &str) -> String {
    format!("{RUST}{rest}")
}

#[test]
fn the_image_holds_one_binary() {
    let text = render(RUST);
    let expected = r#"
FROM rust:1.85-alpine AS builder
RUN apk add --no-cache musl-dev
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/usr/local/cargo/git \
    --mount=type=cache,target=/src/target,sharing=locked \
    find . -path ./target -prune -o -type f -exec touch {} + \
 && cargo build --release --locked --bin server \
 && install -D target/release/server /out/server

FROM gcr.io/distroless/cc-debian12:nonroot AS runtime
WORKDIR /app
COPY --link --from=builder /out/server /usr/local/bin/server
EXPOSE 8080
USER 65532:65532
CMD ["/usr/local/bin/server"]
"#;
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn the_only_binary_needs_no_name() {
    let toml = "language = \"rust\"\n";
    let text = render_with(toml, &[PACKAGE, MAIN, LOCK]);
    holds(&text, " && cargo build --release --locked --bin server \\");
    let listed = "package.name = \"acme\"\n[[bin]]\nname = \"api\"\npath = \"src/main.rs\"\n";
    let text = render_with(toml, &[("Cargo.toml", listed), MAIN, LOCK]);
    holds(&text, "CMD [\"/usr/local/bin/api\"]");
}

#[test]
fn the_command_names_the_binary() {
    let old = "runtime = \"rust\"\nstart.command = \"./worker --port 80\"\n";
    has(old, "COPY --link --from=builder /out/worker /app/worker");
    has(old, "CMD [\"./worker\", \"--port\", \"80\"]");
    let bare = "language = \"rust\"\nruntime.cmd = \"worker\"\n";
    has(
        bare,
        "COPY --link --from=builder /out/worker /usr/local/bin/worker",
    );
    // Behind another program it is the word that a package has.
    let wrapped = "language = \"rust\"\nruntime.image = \"alpine:3.23\"\nruntime.cmd = [\"sh\", \"-c\", \"server\"]\n";
    let text = render_with(wrapped, &[PACKAGE, MAIN, LOCK]);
    holds(
        &text,
        "COPY --link --from=builder /out/server /usr/local/bin/server",
    );
}

#[test]
fn a_member_is_named_with_its_package_where_cargo_would_not_look() {
    let files = [
        (
            "Cargo.toml",
            "package.name = \"acme\"\nworkspace.members = [\"crates/*\"]\n",
        ),
        MAIN,
        LOCK,
        ("crates/api/Cargo.toml", "package.name = \"acme-api\"\n"),
        ("crates/api/src/bin/api.rs", ""),
    ];
    let text = render_with("language = \"rust\"\nbuild.target = \"api\"\n", &files);
    holds(
        &text,
        " && cargo build --release --locked --package acme-api --bin api \\",
    );
    let text = render_with("language = \"rust\"\nbuild.target = \"acme\"\n", &files);
    holds(&text, " && cargo build --release --locked --bin acme \\");
}

#[test]
fn a_member_of_a_workspace_compiles_in_a_known_folder() {
    let toml = "runtime = \"rust\"\ncontext_root = \"services/api\"\nbuild.target = \"api\"\n";
    has(
        toml,
        "WORKDIR /src/services/api\nENV CARGO_TARGET_DIR=\"/src/target\"\nCOPY . /src/\n",
    );
    has(
        toml,
        r"    find /src -path /src/target -prune -o -type f -exec touch {} + \
 && cargo build --release --locked --bin api \
 && install -D /src/target/release/api /out/api",
    );
}

#[test]
fn without_a_lock_file_none_is_asked_for() {
    let text = render_with(RUST, &[PACKAGE, MAIN]);
    holds(&text, " && cargo build --release --bin server \\");
}

#[test]
fn a_build_of_ones_own_is_taken_from_where_cargo_puts_it() {
    for (command, folder) in [
        ("cargo build --release --bin api", "release"),
        ("cargo build --profile dist --bin api", "dist"),
        ("cargo build --bin=api", "debug"),
    ] {
        let toml = format!("language = \"rust\"\nbuild.command = \"{command}\"\n");
        has(
            &toml,
            &format!(" && {command} \\\n && install -D /src/target/{folder}/api /out/api"),
        );
    }
    let several = "language = \"rust\"\nbuild.target = \"api\"\nbuild.command = \"make assets; cargo build -r\"\n";
    has(
        several,
        "make assets; cargo build -r\ninstall -D /src/target/release/api /out/api\nEOT",
    );
}

#[test]
fn another_tool_writes_the_binary_where_it_will_be() {
    let toml = "language = \"rust\"\nbuild.command = \"make\"\nbuild.output = \"/app/server\"\n";
    has(toml, "    make\n");
    has(toml, "COPY --link --from=builder /app/server /app/server");
    lacks(toml, "install -D");
}

#[test]
fn flags_and_arguments_reach_cargo() {
    let toml = rust(
        "build.args = { FEATURES = \"tls\" }\nbuild.flags = [\"--features\", \"${FEATURES}\", \"--profile=dist\"]\n",
    );
    has(
        &toml,
        " && cargo build --locked --bin server --features \"${FEATURES}\" --profile=dist \\\n && install -D target/dist/server /out/server",
    );
    has(
        &toml,
        "ARG FEATURES=tls\nRUN --mount=type=cache,target=/usr/local/cargo/registry \\",
    );
}

#[test]
fn an_install_command_is_a_step_of_its_own() {
    let toml = rust("install.command = \"cargo fetch\"\nsecrets.git.env = \"TOKEN\"\n");
    has(
        &toml,
        r"COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/usr/local/cargo/git \
    --mount=type=secret,id=git,env=TOKEN \
    cargo fetch
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/usr/local/cargo/git \
    --mount=type=cache,target=/src/target,sharing=locked \
    --mount=type=secret,id=git,env=TOKEN \
    find . -path ./target -prune -o -type f -exec touch {} + \",
    );
}

#[test]
fn cargo_may_compile_elsewhere() {
    let toml = rust("build.env = { CARGO_TARGET_DIR = \"out\" }\n");
    has(
        &toml,
        r"    --mount=type=cache,target=/src/out,sharing=locked \
    find /src -path /src/out -prune -o -type f -exec touch {} + \
 && cargo build --release --locked --bin server \
 && install -D /src/out/release/server /out/server",
    );
}

#[test]
fn without_cache_nothing_is_touched() {
    let toml = rust("build.no_cache = true\n");
    has(
        &toml,
        "RUN cargo build --release --locked --bin server \\\n && install -D target/release/server /out/server",
    );
}

#[test]
fn what_a_file_names_stays_one_word() {
    let toml = "language = \"rust\"\nbuild.target = \"a; id\"\n";
    has(toml, " && cargo build --release --locked --bin 'a; id' \\");
}

#[test]
fn the_family_picks_the_base() {
    has(
        &rust("runtime.image_family = \"alpine\"\n"),
        "FROM alpine:3.23 AS runtime",
    );
    has(
        &rust("runtime.image_family = \"slim\"\n"),
        "FROM debian:bookworm-slim AS runtime",
    );
    // Debian's compiler finds a C library there.
    lacks(&rust("build.image = \"rust:1.85-bookworm\"\n"), "musl-dev");
}

#[test]
fn old_and_canonical_spelling_render_alike() {
    let old = "runtime = \"rust\"\nstart.command = \"./server\"\nruntime_config.expose = 9000\nruntime_config.system_deps = [\"curl\"]\nruntime_config.image = \"alpine:3.23\"\ninstall.system_deps = [\"cmake\"]\n";
    let new = "language = \"rust\"\nruntime.cmd = \"./server\"\nruntime.expose = 9000\nruntime.packages = [\"curl\"]\nruntime.image = \"alpine:3.23\"\nbuild.packages = [\"cmake\"]\n";
    assert_eq!(render(old), render(new));
    has(new, "RUN apk add --no-cache musl-dev cmake");
}

#[test]
fn every_key_changes_the_image_or_is_reported() {
    let files = [PACKAGE, MAIN, LOCK, ("README.md", "")];
    every_key_counts("language = \"rust\"\n", &files);
}
