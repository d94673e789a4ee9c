//! What is rendered for Elixir projects.

use crate::dockerfile::testing::{has, holds, lacks, render, render_with};

const SHOP: &str = "language = \"elixir\"\nbuild.target = \"shop\"\n";
const FILES: [(&str, &str); 3] = [
    (
        "mix.exs",
        "def project, do: [app: :shop, version: \"0.1.0\"]",
    ),
    ("mix.lock", "%{}"),
    ("config/config.exs", "import Config"),
];

#[test]
fn a_release_is_built_and_runs_without_elixir() {
    let text = render_with("language = \"elixir\"\n", &FILES);
    let expected = r#"
FROM elixir:1.16-alpine AS builder
RUN apk add --no-cache build-base git
WORKDIR /src
ENV MIX_ENV="prod"
RUN mix local.hex --force \
 && mix local.rebar --force
COPY mix.exs mix.lock* ./
COPY config/ config/
RUN --mount=type=cache,target=/root/.hex/packages \
    mix deps.get --only "$MIX_ENV" \
 && mix deps.compile
COPY . .
RUN --mount=type=cache,target=/root/.hex/packages \
    mix release --path /out

FROM alpine:3.21 AS runtime
RUN apk add --no-cache libstdc++ ncurses-libs openssl
RUN addgroup -S -g 10001 app \
 && adduser -S -D -H -u 10001 -G app -h /app -s /sbin/nologin app
WORKDIR /app
COPY --link --from=builder /out/ /app/
ENV LANG="C.UTF-8"
ENV RELEASE_TMP="/var/tmp"
ENV PORT="4000"
EXPOSE 4000
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["nc", "-z", "127.0.0.1", "4000"]
CMD ["/app/bin/shop", "start"]
"#;
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn a_folder_of_configuration_may_be_missing() {
    has(SHOP, "COPY config* config/");
    let text = render_with(SHOP, &[("mix.exs", "")]);
    assert!(!text.contains("config"), "{text}");
}

#[test]
fn dependencies_of_the_project_come_with_its_sources() {
    for text in ["apps_path: \"apps\"", "{:common, path: \"libs/common\"}"] {
        let text = render_with(SHOP, &[("mix.exs", text)]);
        assert!(text.find("COPY . .") < text.find("mix deps.get"), "{text}");
    }
}

#[test]
fn the_release_is_started_where_its_name_is_known() {
    has(SHOP, "    mix release shop --path /out");
    has(SHOP, "CMD [\"/app/bin/shop\", \"start\"]");
    let server = [
        FILES.as_slice(),
        &[("rel/overlays/bin/server", "#!/bin/sh")],
    ]
    .concat();
    let text = render_with("language = \"elixir\"\n", &server);
    holds(&text, "CMD [\"/app/bin/server\"]");
    lacks("language = \"elixir\"\n", "CMD [\"/app");
    let several = [("mix.exs", "[app: :shop, releases: [web: []]]")];
    assert!(!render_with("language = \"elixir\"\n", &several).contains("CMD [\"/app"));
}

#[test]
fn a_build_command_leaves_its_release_where_mix_does_or_in_out() {
    let toml = format!("{SHOP}build.command = \"mix assets.deploy && mix release\"\n");
    let expected = r#"
RUN --mount=type=cache,target=/root/.hex/packages \
    mix assets.deploy && mix release
RUN if [ ! -d /out ]; then \
    set -- _build/"$MIX_ENV"/rel/shop/ \
 && test $# -eq 1 && cp -R "$1" /out; fi
"#;
    has(&toml, expected);
}

#[test]
fn an_image_with_another_c_library_is_built_on_it() {
    let toml = format!("{SHOP}runtime.image = \"debian:bookworm-slim\"\n");
    has(&toml, "FROM elixir:1.16-slim AS builder");
    has(
        &toml,
        r" && apt-get install -y --no-install-recommends libstdc++6 libncurses6 openssl \",
    );
    has(
        &toml,
        r#"    CMD ["bash", "-c", "</dev/tcp/127.0.0.1/4000"]"#,
    );
}

#[test]
fn a_command_of_its_own_replaces_the_installation_alone() {
    let toml = format!("{SHOP}install.command = \"mix deps.get\"\n");
    let generated = "mix deps.get --only \"$MIX_ENV\" \\\n && mix deps.compile";
    assert_eq!(
        render(&toml),
        render(SHOP).replace(generated, "mix deps.get")
    );
}

#[test]
fn hex_is_hidden_by_no_cache_and_secrets_reach_every_step_that_needs_them() {
    let toml = format!("{SHOP}secrets.hex = {{ env = \"HEX_API_KEY\" }}\n");
    let text = render(&toml);
    assert!(!text.contains("/root/.mix"), "{text}");
    assert_eq!(
        text.matches("--mount=type=secret,id=hex,env=HEX_API_KEY")
            .count(),
        3
    );
}

#[test]
fn an_application_below_the_context_root_is_built_in_its_folder() {
    let toml =
        "runtime = \"elixir\"\ncontext_root = \"shop\"\nstart.command = \"bin/shop start\"\n";
    let files = [
        ("shop/mix.exs", "app: :shop"),
        ("shop/config/config.exs", ""),
    ];
    let text = render_with(toml, &files);
    holds(
        &text,
        "COPY shop/mix.exs shop/mix.lock* ./\nCOPY shop/config/ config/",
    );
    holds(&text, "COPY shop/ ./");
    holds(&text, "WORKDIR /src/shop");
}

#[test]
fn old_and_canonical_files_render_to_the_same_bytes() {
    let old = "runtime = \"elixir\"\nversion = \"1.17\"\nstart.command = \"bin/shop start\"\n";
    let new =
        "language = \"elixir\"\nversion = \"1.17\"\nruntime.cmd = [\"bin/shop\", \"start\"]\n";
    assert_eq!(render(old), render(new));
    has(new, "FROM elixir:1.17-alpine AS builder");
}
