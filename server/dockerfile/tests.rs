//! The rendering as a whole: files of a few lines, and the lines that they render to.

use crate::analysis::analyze;
use crate::context::{Files, NoContext};
use crate::dockerfile::testing::{has, lacks, render};

const GO: &str = "language = \"go\"\nbuild.target = \"./cmd/server\"\n";

fn go(rest: &str) -> String {
    format!("{GO}{rest}")
}

#[test]
fn linker_flags_as_a_table_are_sorted_by_name() {
    has(
        &go("[build.ldflags]\n\"main.version\" = \"1.0\"\n\"github.com/a-b/c.Commit\" = \"a b\"\n"),
        r#"    go build -trimpath -ldflags="-s -w -X 'github.com/a-b/c.Commit=a b' -X 'main.version=1.0'" -o /out/server ./cmd/server"#,
    );
}

#[test]
fn tags_flags_and_switches_of_the_build() {
    let toml = go(
        "build.tags = [\"netgo\", \"osusergo\"]\nbuild.flags = [\"-mod=vendor\"]\nbuild.strip = false\nbuild.trimpath = false\n",
    );
    has(
        &toml,
        "    go build -tags=netgo,osusergo -mod=vendor -o /out/server ./cmd/server",
    );
}

#[test]
fn no_cache_leaves_out_every_cache_mount() {
    lacks(&go("build.no_cache = true\n"), "type=cache");
}

#[test]
fn packages_and_environment_of_the_builder() {
    has(
        &go("build.packages = [\"git\"]\nbuild.env = { GOPRIVATE = \"example.com/*\" }\n"),
        "RUN apk add --no-cache git\nWORKDIR /src\nENV GOPRIVATE=\"example.com/*\"\nCOPY go.mod go.sum* ./",
    );
}

#[test]
fn install_command_replaces_the_download_and_nothing_else() {
    let toml = go("install.command = \"go mod download -x\"\n");
    has(
        &toml,
        "RUN --mount=type=cache,target=/go/pkg/mod \\\n    go mod download -x\nCOPY . .",
    );
    has(
        &toml,
        "    go build -trimpath -ldflags=\"-s -w\" -o /out/server ./cmd/server",
    );
}

#[test]
fn a_go_build_of_ones_own_is_cross_built_and_copied_from_its_output() {
    for (command, from) in [
        ("go build -o /app/x ./cmd/x", "/app/x"),
        ("go build -o bin/x ./cmd/x", "/src/bin/x"),
        ("go build -o bin/ ./cmd/x", "/src/bin/x"),
        ("go build ./cmd/x", "/src/x"),
    ] {
        let toml = format!("language = \"go\"\nbuild.command = \"{command}\"\n");
        has(
            &toml,
            &format!(
                "    CGO_ENABLED=0 GOOS=\"$TARGETOS\" GOARCH=\"$TARGETARCH\" \\\n    {command}"
            ),
        );
        has(
            &toml,
            &format!("COPY --link --from=builder {from} /usr/local/bin/x"),
        );
    }
}

#[test]
fn an_opaque_command_runs_on_the_target_platform() {
    let toml = "language = \"go\"\n[build]\ncommand = \"make build\"\noutput = \"/app/server\"\n";
    has(toml, "FROM golang:1.26-alpine AS builder");
    has(toml, "ENV CGO_ENABLED=\"0\"");
    has(toml, "COPY --link --from=builder /app/server /app/server");
}

#[test]
fn the_binary_lies_where_the_command_says() {
    let toml = "runtime = \"go\"\nstart.command = \"./server --port 80\"\n";
    has(toml, "COPY --link --from=builder /out/server /app/server");
    has(toml, "CMD [\"./server\", \"--port\", \"80\"]");
}

#[test]
fn several_binaries_are_built_in_one_stage() {
    let toml = r#"
language = "go"
[[build.binaries]]
name = "api"
path = "./cmd/api"
[[build.binaries]]
name = "worker"
path = "./cmd/worker"
output_name = "acme-worker"
dst = "/app/"
tags = ["worker"]
ldflags = ["-X main.role=worker"]
"#;
    has(
        toml,
        "    go build -trimpath -ldflags=\"-s -w\" -o /out/api ./cmd/api",
    );
    has(
        toml,
        "    go build -trimpath -tags=worker -ldflags=\"-s -w -X 'main.role=worker'\" -o /out/acme-worker ./cmd/worker",
    );
    has(
        toml,
        "COPY --link --from=builder /out/api /usr/local/bin/api\nCOPY --link --from=builder /out/acme-worker /app/acme-worker",
    );
    has(toml, "CMD [\"/usr/local/bin/api\"]");
}

#[test]
fn siblings_of_the_old_form_have_a_short_suffix() {
    let toml = go(
        "[[build.binaries]]\nname = \"agent\"\npath = \"./cmd/agent\"\narchitectures = [\"amd64\", \"arm64\"]\n",
    );
    has(
        &toml,
        "COPY --link --from=builder-agent /out/agent-amd64 /out/agent-arm64 /usr/local/bin/",
    );
}

#[test]
fn a_sibling_for_an_arm_variant_names_it() {
    let toml = go(
        "[[build.binaries]]\nname = \"agent\"\npath = \"./cmd/agent\"\nplatforms = [\"linux/arm/v7\"]\n",
    );
    has(
        &toml,
        "    CGO_ENABLED=0 GOOS=linux GOARCH=arm GOARM=7 \\\n    go build -trimpath -ldflags=\"-s -w\" -o /out/agent-linux-arm-v7 ./cmd/agent",
    );
    lacks(&toml, "builder-agent\nARG TARGETARCH");
}

#[test]
fn arm_variants_of_the_image_reach_the_compiler() {
    let toml = go("platforms = [\"linux/amd64\", \"linux/arm/v7\"]\n")
        .replace("build.target", "build.no_cache = true\nbuild.target");
    has(
        &toml,
        "ARG TARGETVARIANT\nRUN CGO_ENABLED=0 GOOS=\"$TARGETOS\" GOARCH=\"$TARGETARCH\" GOARM=\"${TARGETVARIANT#v}\" \\",
    );
}

#[test]
fn c_code_is_built_where_it_runs() {
    let toml = go("build.cgo = true\n");
    has(&toml, "FROM golang:1.26-bookworm AS builder");
    has(
        &toml,
        "FROM gcr.io/distroless/base-debian12:nonroot AS runtime",
    );
    has(&toml, "    CGO_ENABLED=1 \\");
    lacks(&toml, "TARGETARCH");
    let alpine = go("build.cgo = true\nruntime.image = \"alpine:3.21\"\n");
    has(
        &alpine,
        "FROM golang:1.26-alpine AS builder\nRUN apk add --no-cache build-base",
    );
}

const SUM: &str = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88";

#[test]
fn a_tool_without_architecture_is_one_stage() {
    let toml = go(&format!(
        "[[external_tools]]\nname = \"x\"\nurl = \"https://e.com/x.sh\"\nsha256 = \"{SUM}\"\ndst = \"/usr/local/bin/x\"\n"
    ));
    has(
        &toml,
        &format!(
            "FROM scratch AS tool-x\nADD --checksum=sha256:{SUM} --chmod=0755 https://e.com/x.sh /x"
        ),
    );
}

#[test]
fn a_member_of_an_archive_is_taken_out_in_alpine() {
    let toml = go(&format!(
        "[[external_tools]]\nname = \"x\"\nurl = \"https://e.com/x.zip\"\nsha256 = \"{SUM}\"\ndst = \"/bin/x\"\nmember = \"a/it's\"\n"
    ));
    has(
        &toml,
        "    unzip -p /archive 'a/it'\\''s' > /x \\\n && chmod 0755 /x",
    );
    has(&toml, "COPY --from=tool-x /x /bin/x");
}

#[test]
fn a_tool_from_an_image_needs_no_stage() {
    let toml = go(
        "[[external_tools]]\nname = \"x\"\nimage = \"e.com/x:1\"\nsrc = \"/x\"\ndst = \"/usr/local/bin/x\"\n",
    );
    has(&toml, "COPY --link --from=e.com/x:1 /x /usr/local/bin/x");
    lacks(&toml, "tool-x");
}

#[test]
fn a_tool_of_the_builder_follows_the_builders_platform() {
    let toml = go(&format!(
        "[[external_tools]]\nname = \"x\"\nurl = \"https://e.com/x-${{arch}}\"\nsha256 = {{ amd64 = \"{SUM}\", arm64 = \"{SUM}\" }}\ndst = \"/usr/local/bin/x\"\nstage = \"builder\"\n"
    ));
    has(&toml, "FROM tool-x-${BUILDARCH} AS tool-x");
    has(
        &toml,
        "COPY --link --from=tool-x /x /usr/local/bin/x\nCOPY go.mod go.sum* ./",
    );
}

#[test]
fn the_stages_of_a_builder_tool_come_before_the_one_that_picks_among_them() {
    for stage in ["builder", "web"] {
        let toml = go(&format!(
            "[[stages]]\nname = \"web\"\nfrom = \"alpine:3.21\"\n[[external_tools]]\nname = \"x\"\nurl = \"https://e.com/x-${{arch}}\"\nsha256 = {{ amd64 = \"{SUM}\", arm64 = \"{SUM}\" }}\ndst = \"/usr/local/bin/x\"\nstage = \"{stage}\"\n"
        ));
        let text = render(&toml);
        let place = |line: &str| text.find(line).unwrap();
        let picked = text.find("FROM tool-x-${").unwrap();
        assert!(place("FROM scratch AS tool-x-amd64") < picked, "{text}");
        assert!(place("FROM scratch AS tool-x-arm64") < picked, "{text}");
    }
}

#[test]
fn a_platform_without_checksum_gets_no_stage() {
    let toml = go(&format!(
        "[[external_tools]]\nname = \"x\"\nurl = \"https://e.com/x-${{arch}}\"\nsha256 = {{ amd64 = \"{SUM}\" }}\ndst = \"/x\"\n"
    ));
    lacks(&toml, "tool-x-arm64");
}

#[test]
fn users_in_every_spelling() {
    let debian = "runtime.image = \"debian:bookworm-slim\"\n";
    for (user, expected) in [
        ("\"app\"", "USER 10001:10001"),
        ("\"app:2000\"", "USER 2000:2000"),
        ("\"app:2000:3000\"", "USER 2000:3000"),
        ("\"1234\"", "USER 1234:1234"),
        ("\"1234:5\"", "USER 1234:5"),
        ("{ name = \"app\", uid = 7, gid = 8 }", "USER 7:8"),
        ("{ uid = 7 }", "USER 7:7"),
        ("false", "USER 0:0"),
        ("\"\"", "USER 0:0"),
        ("\"www-data\"", "USER 33:33"),
    ] {
        has(&go(&format!("{debian}runtime.user = {user}\n")), expected);
    }
    has(
        &go(&format!("{debian}runtime.user = \"app:2000:3000\"\n")),
        "RUN groupadd --gid 3000 app \\\n && useradd --uid 2000 --gid app --no-create-home --home-dir /app --shell /usr/sbin/nologin app",
    );
    lacks(
        &go(&format!("{debian}runtime.user = \"www-data\"\n")),
        "useradd",
    );
    lacks(
        &go(&format!("{debian}runtime.user = \"1234\"\n")),
        "useradd",
    );
}

#[test]
fn a_default_user_is_the_images_own_or_created() {
    has(&go("runtime.image = \"alpine:3.21\"\n"), "USER 10001:10001");
    has(&go(""), "USER 65532:65532");
    lacks(
        &go("runtime.image = \"registry.example.com/base:1\"\n"),
        "adduser",
    );
}

#[test]
fn packages_follow_the_image() {
    let toml = |image: &str| {
        go(&format!(
            "runtime.image = \"{image}\"\nruntime.packages = [\"tzdata\"]\n"
        ))
    };
    has(&toml("alpine:3.21"), "RUN apk add --no-cache tzdata");
    has(
        &toml("ubuntu:24.04"),
        "RUN apt-get update \\\n && apt-get install -y --no-install-recommends tzdata \\\n && rm -rf /var/lib/apt/lists/*",
    );
    lacks(&toml("gcr.io/distroless/static-debian12:nonroot"), "tzdata");
    has(
        &toml("registry.example.com/base:1"),
        "RUN if command -v apk > /dev/null; then apk add --no-cache tzdata; \\",
    );
}

#[test]
fn a_base_that_leaves_root_returns_to_it_before_the_first_run() {
    let toml = go(
        "runtime.image = \"gcr.io/distroless/static-debian12:debug-nonroot\"\nruntime.steps = [\"RUN x\"]\n",
    );
    has(&toml, "USER 0:0\nRUN x");
}

#[test]
fn entrypoints_in_every_form() {
    let alpine = "runtime.image = \"alpine:3.21\"\n";
    let script = go(&format!(
        "{alpine}runtime.entrypoint = \"scripts/start.sh\"\n"
    ));
    has(&script, "COPY --chmod=0755 scripts/start.sh /entrypoint.sh");
    has(
        &script,
        "ENTRYPOINT [\"/entrypoint.sh\"]\nCMD [\"/usr/local/bin/server\"]",
    );
    let exec = go("runtime.entrypoint = [\"/usr/local/bin/server\"]\n");
    has(&exec, "ENTRYPOINT [\"/usr/local/bin/server\"]");
    lacks(&exec, "CMD");
    has(
        &go(&format!(
            "{alpine}runtime.entrypoint = {{ shell = \"exec server $X\" }}\n"
        )),
        "ENTRYPOINT exec server $X",
    );
    has(
        &go(&format!(
            "{alpine}runtime.entrypoint = {{ script = \"s.sh\", dst = \"/go\" }}\n"
        )),
        "COPY --chmod=0755 s.sh /go",
    );
}

#[test]
fn commands_in_every_form() {
    has(
        &go("runtime.cmd = \"server --name 'a b'\"\n"),
        "CMD [\"server\", \"--name\", \"a b\"]",
    );
    has(&go("runtime.cmd = { exec = [\"a\"] }\n"), "CMD [\"a\"]");
    has(&go("runtime.cmd = { shell = \"a && b\" }\n"), "CMD a && b");
    has(
        &go("runtime.cmd = { shell = '[\"a\"]' }\n"),
        "CMD [\"/bin/sh\", \"-c\", \"[\\\"a\\\"]\"]",
    );
}

#[test]
fn tini_is_the_first_process_and_installed() {
    let toml = go(
        "runtime.image = \"debian:bookworm-slim\"\nruntime.init = \"tini\"\nruntime.entrypoint = \"e.sh\"\n",
    );
    has(
        &toml,
        "ENTRYPOINT [\"/usr/bin/tini\", \"--\", \"/entrypoint.sh\"]",
    );
    has(
        &toml,
        " && apt-get install -y --no-install-recommends tini \\",
    );
}

#[test]
fn health_checks_in_every_form() {
    has(&go("runtime.healthcheck = false\n"), "HEALTHCHECK NONE");
    has(
        &go("runtime.healthcheck = [\"/x\"]\n"),
        "HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \\\n    CMD [\"/x\"]",
    );
    let alpine = "runtime.image = \"alpine:3.21\"\n";
    has(
        &go(&format!("{alpine}runtime.healthcheck = \"x || exit 1\"\n")),
        "    CMD x || exit 1",
    );
    let table = "runtime.healthcheck = { test = [\"/x\"], interval = \"1m\", timeout = \"2s\", start_period = \"3s\", start_interval = \"1s\", retries = 4 }\n";
    has(
        &go(table),
        "HEALTHCHECK --interval=1m --timeout=2s --start-period=3s --start-interval=1s --retries=4 \\",
    );
}

#[test]
fn ports_volumes_signals_labels_and_folders() {
    let toml = go(
        "runtime.image = \"alpine:3.21\"\nruntime.expose = [8080, \"53/udp\"]\nruntime.volumes = [\"/data\"]\nruntime.stop_signal = \"SIGINT\"\nruntime.labels = { \"a.b\" = 'x \"y\"' }\nruntime.dirs = [\"/data\", \"cache\"]\n",
    );
    has(
        &toml,
        "EXPOSE 8080\nEXPOSE 53/udp\nVOLUME [\"/data\"]\nSTOPSIGNAL SIGINT\nUSER 10001:10001",
    );
    has(&toml, "LABEL \"a.b\"=\"x \\\"y\\\"\"");
    has(
        &toml,
        "RUN mkdir -p /data /app/cache \\\n && chown 10001:10001 /data /app/cache",
    );
    lacks(&go("runtime.expose = false\n"), "EXPOSE");
}

#[test]
fn folders_without_a_shell_are_made_by_the_user() {
    has(
        &go("runtime.dirs = [\"/data\"]\n"),
        "USER 65532:65532\nWORKDIR /data\nWORKDIR /app",
    );
}

#[test]
fn environment_is_literal_and_in_file_order() {
    let toml = go(
        "[env]\nB = \"$HOME\"\n[runtime.env]\nA = 'a \"b\" \\'\nPATH = { value = \"/x:$PATH\", expand = true }\n",
    );
    has(
        &toml,
        "ENV B=\"\\$HOME\"\nENV A=\"a \\\"b\\\" \\\\\"\nENV PATH=\"/x:$PATH\"",
    );
}

#[test]
fn a_source_keeps_its_name_below_a_folder() {
    let copy = |src: &str, dst: &str| {
        go(&format!(
            "runtime.copy = [{{ src = {src}, dst = \"{dst}\" }}]\n"
        ))
    };
    has(&copy("\"sql\"", "/app/"), "COPY --link sql /app/sql");
    has(
        &copy("\"a/b/sql\"", "data/"),
        "COPY --link a/b/sql /app/data/sql",
    );
    has(
        &copy("\"web/dist/\"", "/app/web/"),
        "COPY --link web/dist/ /app/web/",
    );
    has(
        &copy("\"*.sql\"", "/app/sql/"),
        "COPY --link *.sql /app/sql/",
    );
    has(&copy("\"x\"", "/app/y"), "COPY --link x /app/y");
    has(
        &copy("[\"a b\", \"c\"]", "./"),
        "COPY --link [\"a b\", \"/app/a b\"]\nCOPY --link c /app/c",
    );
    has(&copy("\"x\"", "/etc/x"), "COPY x /etc/x");
}

#[test]
fn old_assets_keep_dockers_own_meaning() {
    has(
        "runtime = \"go\"\n[[runtime_assets]]\nsrc = \"migrations\"\ndst = \"/app/migrations/\"\n",
        "COPY --link migrations /app/migrations/",
    );
}

#[test]
fn copies_take_files_from_stages_images_and_contexts() {
    let copy = |from: &str| {
        go(&format!(
            "runtime.copy = [{{ src = \"/x\", dst = \"/etc/x\", from = \"{from}\" }}]\n"
        ))
    };
    has(&copy("builder"), "COPY --from=builder /x /etc/x");
    has(
        &copy("image:nginx:1.29"),
        "COPY --from=nginx:1.29 /x /etc/x",
    );
    has(&copy("context:docs"), "COPY --from=docs /x /etc/x");
}

#[test]
fn a_link_is_not_made_below_a_folder_of_another_owner() {
    let toml = go(
        "runtime.image = \"alpine:3.21\"\nruntime.user = \"app\"\nruntime.copy = [{ src = \"a\", dst = \"/app/data/a\", chown = \"app\" }, { src = \"b\", dst = \"/app/data/b\" }]\n",
    );
    has(
        &toml,
        "COPY --chown=10001:10001 a /app/data/a\nCOPY b /app/data/b",
    );
}

#[test]
fn stages_come_right_before_what_needs_them() {
    let toml = go(r#"
[[stages]]
name = "late"
from = "web"
[[stages]]
name = "web"
from = "node:22-alpine"
platform = "build"
[[build.copy]]
from = "late"
src = "/dist/"
dst = "web/dist/"
"#);
    let text = render(&toml);
    let order: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("FROM"))
        .collect();
    assert_eq!(
        order,
        [
            "FROM --platform=$BUILDPLATFORM node:22-alpine AS web",
            "FROM web AS late",
            "FROM --platform=$BUILDPLATFORM golang:1.26-alpine AS builder",
            "FROM gcr.io/distroless/static-debian12:nonroot AS runtime",
        ]
    );
}

#[test]
fn stages_that_need_each_other_are_still_rendered() {
    let toml =
        go("[[stages]]\nname = \"a\"\nfrom = \"b\"\n[[stages]]\nname = \"b\"\nfrom = \"a\"\n");
    has(&toml, "FROM b AS a");
}

#[test]
fn steps_of_every_verb() {
    let toml = r#"
[[stages]]
name = "x"
from = "alpine:3.23"
final = true
env = { A = "1" }
args = { V = "dev" }
workdir = "/w"
user = "1000"
shell = ["/bin/sh", "-ec"]
steps = [
  { run = "make", cache = ["/c", { target = "/d", id = "d", sharing = "locked" }], secret = ["s"], ssh = true, network = "none" },
  { run = ["a", "b"], bind = ["go.mod", { from = "y", source = "/s", target = "/t", rw = true }] },
  { copy = { src = "web", dst = "./", chmod = "0644" } },
  { add = { src = "https://e.com/x", dst = "/x", checksum = "sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88" } },
  { env = { B = "2" } },
  { workdir = "sub" },
  { user = "root" },
  { arg = { Q = "" } },
  { shell = ["/bin/ash"] },
]
[[stages]]
name = "y"
from = "scratch"
[secrets.s]
target = "/s"
env = "S"
required = true
"#;
    has(
        toml,
        r#"
FROM scratch AS y

FROM alpine:3.23 AS x
SHELL ["/bin/sh", "-ec"]
ARG V=dev
ENV A="1"
WORKDIR /w
USER 1000
RUN --mount=type=cache,target=/c \
    --mount=type=cache,id=d,target=/d,sharing=locked \
    --mount=type=secret,id=s,target=/s,env=S,required=true \
    --mount=type=ssh \
    --network=none \
    make
RUN --mount=type=bind,source=go.mod,target=go.mod \
    --mount=type=bind,from=y,source=/s,target=/t,rw=true \
    ["a", "b"]
COPY --chmod=0644 web ./web
ADD --checksum=sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88 https://e.com/x /x
ENV B="2"
WORKDIR sub
USER root
ARG Q
SHELL ["/bin/ash"]
"#,
    );
}

#[test]
fn shell_text_of_several_lines_stops_at_the_first_failure() {
    let step = |run: &str| go(&format!("build.steps = [{{ run = {run} }}]\n"));
    has(&step("\"a\\nb\""), "RUN <<'EOT'\nset -e\na\nb\nEOT\n");
    has(&step("\"a \\\\\\n && b\""), "RUN a \\\n && b");
    has(&step("\"EOT\\nb\""), "RUN <<'EOT1'\nset -e\nEOT\nb\nEOT1\n");
    has(
        &step("\"--mount=type=ssh x\""),
        "RUN <<'EOT'\nset -e\n--mount=type=ssh x\nEOT\n",
    );
    has(
        &step("'cat <<EOF'"),
        "RUN <<'EOT'\nset -e\ncat <<EOF\nEOT\n",
    );
}

#[test]
fn secrets_that_no_step_names_reach_download_and_build() {
    let toml = go("[secrets.b]\ntarget = \"/b\"\n[secrets.a]\nenv = \"A\"\n");
    let mounts =
        "    --mount=type=secret,id=a,env=A \\\n    --mount=type=secret,id=b,target=/b \\\n";
    has(&toml, &format!("{mounts}    go mod download"));
    assert_eq!(render(&toml).matches("id=a").count(), 2);
    let named = go("secrets.a.env = \"A\"\nbuild.steps = [{ run = \"x\", secret = [\"a\"] }]\n");
    assert_eq!(render(&named).matches("id=a").count(), 1);
}

#[test]
fn the_overlay_is_merged() {
    let overlay = "RUN over\nFROM alpine:3.23 AS extra\nRUN <<EOT\nx\nEOT\n# the end\n";
    let toml = go("overlay = \"Dockerfile.overlay\"\nruntime.image = \"alpine:3.21\"\n")
        .replace("build.target", "\nbuild.target");
    let analysis = analyze(&toml, &Files::new([("Dockerfile.overlay", overlay)]));
    let text = &analysis.dockerfile().expect("a Dockerfile").text;
    assert!(
        text.contains(
            "\n\nFROM alpine:3.23 AS extra\nRUN <<EOT\nx\nEOT\n\nFROM alpine:3.21 AS runtime\n"
        ),
        "{text}"
    );
    assert!(text.contains("RUN over\nEXPOSE 8080\n"), "{text}");
    let origins = &analysis.dockerfile().expect("a Dockerfile").origins;
    let line = text
        .lines()
        .position(|line| line == "RUN over")
        .expect("the line");
    let origin = origins[line].clone().expect("an origin");
    assert_eq!(origin.span.of(overlay), "RUN over");
}

#[test]
fn a_deeper_context_puts_the_application_in_front_of_its_paths() {
    let toml = go(
        "context_root = \"../..\"\nruntime.copy = [{ src = \"sql\", dst = \"/app/\" }]\nbuild.steps = [\"COPY web/ ./web/\", { run = \"x\", bind = [\"a\"] }]\n",
    );
    let analysis = analyze(
        &toml,
        &NoContext {
            folder: "/home/me/shop/services/api".to_owned(),
        },
    );
    let text = &analysis.dockerfile().expect("a Dockerfile").text;
    for line in [
        "WORKDIR /src/services/api\nCOPY services/api/go.mod services/api/go.sum* ./\n",
        "COPY . /src/\nCOPY services/api/web/ ./web/\n",
        "source=services/api/a,target=a",
        "COPY --link services/api/sql /app/sql\n",
    ] {
        assert!(text.contains(line), "{line}\n\n{text}");
    }
}

#[test]
fn an_old_sub_folder_is_the_application() {
    has(
        "runtime = \"go\"\ncontext_root = \"svc/api\"\nbuild.target = \"./cmd/x\"\n",
        "COPY svc/api/go.mod svc/api/go.sum* ./",
    );
}

#[test]
fn a_dockerfile_of_ones_own_is_taken_as_it_is() {
    let files = Files::new([("Dockerfile.prod", "FROM scratch\nCMD [\"/x\"]\n")]);
    let analysis = analyze("dockerfile = \"Dockerfile.prod\"\n", &files);
    assert_eq!(
        analysis.dockerfile().expect("a Dockerfile").text,
        "FROM scratch\nCMD [\"/x\"]\n"
    );
}

#[test]
fn the_portable_text_differs_in_three_points_only() {
    let toml = format!(
        "{}[[external_tools]]\nname = \"x\"\nurl = \"https://e.com/x-${{arch}}\"\nsha256 = {{ amd64 = \"{SUM}\", arm64 = \"{SUM}\" }}\ndst = \"/usr/local/bin/x\"\n",
        go("")
    );
    let portable = render(&format!("render.target = \"portable\"\n{toml}"));
    assert!(
        portable.starts_with("# Rendered by docksmith"),
        "{portable}"
    );
    assert!(
        portable.contains(" && sha256sum -c /x.sha256 \\\n && chmod 0755 /x\n"),
        "{portable}"
    );
    let plain = |text: &str| -> Vec<String> {
        let kept = text
            .split("\n\n")
            .filter(|part| !part.contains("AS tool-x") && !part.starts_with('#'));
        kept.map(|part| part.replace("--link ", "")).collect()
    };
    assert_eq!(plain(&portable), plain(&render(&toml)));
}

#[test]
fn global_arguments_stand_before_the_first_stage() {
    let toml = go("args = { BASE = \"alpine:3.21\" }\nruntime.image = \"${BASE}\"\n")
        .replace("build.target", "\nbuild.target");
    has(
        &toml,
        "ARG BASE=alpine:3.21\n\nFROM --platform=$BUILDPLATFORM golang:1.26-alpine AS builder",
    );
    has(&toml, "FROM ${BASE} AS runtime");
}

/// The text with digests of the letter `d` written as `@D`, below a lock with these images and an overlay.
fn locked(toml: &str, images: &[&str], overlay: &str) -> String {
    let digest = format!("sha256:{}", "d".repeat(64));
    let lock: String = images.iter().map(|it| format!("{it} {digest}\n")).collect();
    let files = Files::new([
        ("docksmith.lock", lock.as_str()),
        ("Dockerfile.overlay", overlay),
    ]);
    let analysis = analyze(toml, &files);
    let text = &analysis.dockerfile().expect("a Dockerfile").text;
    text.replace(&format!("@{digest}"), "@D")
}

#[test]
fn the_lock_holds_an_image_wherever_one_is_named() {
    let toml = go(r#"
overlay = "Dockerfile.overlay"
runtime.image = "docker.io/library/alpine:3.23"
runtime.copy = [
    { from = "image:nginx:1", src = "/etc/mime.types", dst = "/app/mime.types" },
    { from = "web", src = "/w", dst = "/app/w" },
]
[[external_tools]]
name = "atlas"
image = "arigaio/atlas:1"
src = "/atlas"
dst = "/app/bin/atlas"
[[external_tools]]
name = "migrate"
url = "https://example.com/migrate.tar.gz"
sha256 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
dst = "/app/bin/migrate"
[[stages]]
name = "web"
from = "node:24"
steps = [
    "COPY --from=nginx:1 --chown=1:1 /a /a",
    "RUN --mount=type=bind,from=nginx:1,source=/a,target=/b --mount=type=bind,from=base,target=/c true",
    { run = "true", bind = [{ from = "nginx:1", target = "/d" }, { from = "base", target = "/e" }] },
]
[[stages]]
name = "base"
from = "scratch"
"#);
    let images = [
        "alpine:3.23",
        "golang:1.26-alpine",
        "nginx:1",
        "arigaio/atlas:1",
        "node:24",
    ];
    let overlay = "COPY --from=nginx:1 /o /o\nFROM nginx:1 AS extra\nRUN true\n";
    let text = locked(&toml, &images, overlay);
    for expected in [
        "FROM --platform=$BUILDPLATFORM golang:1.26-alpine@D AS builder",
        "FROM --platform=$BUILDPLATFORM alpine:3.23@D AS tool-migrate",
        "FROM docker.io/library/alpine:3.23@D AS runtime",
        "FROM node:24@D AS web",
        "FROM nginx:1@D AS extra",
        "FROM scratch AS base",
        "COPY --link --from=nginx:1@D /etc/mime.types /app/mime.types",
        "COPY --link --from=arigaio/atlas:1@D /atlas /app/bin/atlas",
        "COPY --from=nginx:1@D --chown=1:1 /a /a",
        "COPY --from=nginx:1@D /o /o",
        "RUN --mount=type=bind,from=nginx:1@D,source=/a,target=/b --mount=type=bind,from=base,target=/c true",
        "RUN --mount=type=bind,from=nginx:1@D,target=/d \\\n    --mount=type=bind,from=base,target=/e \\\n    true",
        "COPY --link --from=web /w /app/w",
    ] {
        assert!(
            text.contains(&format!("{expected}\n")),
            "{expected}\n\nis not in\n\n{text}"
        );
    }
    assert_eq!(text.matches("@D").count(), 11, "{text}");
}

#[test]
fn a_digest_that_is_written_or_a_variable_stays_as_it_is() {
    let own = format!("alpine:3.23@sha256:{}", "c".repeat(64));
    let toml = go(&format!(
        "args.V = \"1\"\nruntime.image = \"{own}\"\nstages = [{{ name = \"a\", from = \"alpine:${{V}}\" }}]\n\
         runtime.copy = [{{ from = \"a\", src = \"/y\", dst = \"/y\" }}]\n"
    ));
    let text = locked(&toml, &["alpine:3.23", "alpine:1", "runtime:latest"], "");
    assert!(text.contains(&format!("FROM {own} AS runtime\n")), "{text}");
    assert!(text.contains("FROM alpine:${V} AS a\n"), "{text}");
    assert_eq!(text.matches("@D").count(), 0, "{text}");
}

#[test]
fn what_is_known_of_an_image_does_not_depend_on_the_lock() {
    let toml = go(
        "runtime.image = \"alpine:3.23\"\nruntime.packages = [\"tzdata\"]\nruntime.user = \"app\"\n",
    );
    let text = locked(&toml, &["alpine:3.23"], "");
    assert_eq!(text.replace("@D", ""), render(&toml));
    assert!(text.contains("RUN apk add --no-cache tzdata\n"), "{text}");
}

#[test]
fn a_portable_script_runs_in_the_shell_and_as_the_user_of_its_stage() {
    let toml = r#"
render.target = "portable"
[[stages]]
name = "base"
from = "debian:bookworm-slim"
shell = ["/bin/bash", "-o", "pipefail", "-c"]
[[stages]]
name = "last"
from = "base"
final = true
steps = [
    { run = "a\nb 'c' \\\n  d" },
    "USER 10001:10001",
    { run = "e\nf" },
    'SHELL ["/bin/sh", "-c"]',
    { run = "g\nh" },
]
"#;
    has(
        toml,
        r"
RUN printf '%s\n' 'set -e' 'a' 'b '\''c'\'' \' '  d' > /.step \
 && /bin/bash -o pipefail /.step \
 && rm /.step
USER 10001:10001
RUN printf '%s\n' 'set -e' 'e' 'f' > /tmp/.step \
 && /bin/bash -o pipefail /tmp/.step \
 && rm /tmp/.step
SHELL ['/bin/sh', '-c']
RUN printf '%s\n' 'set -e' 'g' 'h' > /tmp/.step \
 && /bin/sh /tmp/.step \
 && rm /tmp/.step
"
        .replace("SHELL ['/bin/sh', '-c']", "SHELL [\"/bin/sh\", \"-c\"]")
        .as_str(),
    );
}

#[test]
fn a_written_step_is_portable_without_what_only_saves_time() {
    let steps = "steps = [\"COPY --link --from=b /a /a\", \"HEALTHCHECK --start-interval=1s --retries=2 CMD true\", \"ADD --link x /x\"]\n";
    let toml = format!(
        "[[stages]]\nname = \"a\"\nfrom = \"alpine:3.23\"\nfinal = true\n{steps}[[stages]]\nname = \"b\"\nfrom = \"scratch\"\n"
    );
    has(
        &toml,
        "COPY --link --from=b /a /a\nHEALTHCHECK --start-interval=1s --retries=2 CMD true\nADD --link x /x",
    );
    has(
        &format!("render.target = \"portable\"\n{toml}"),
        "COPY --from=b /a /a\nHEALTHCHECK --retries=2 CMD true\nADD x /x",
    );
}

#[test]
fn a_literal_backslash_at_the_end_of_a_line_continues_nothing() {
    for text in ["a\\\\\nUSER root", "a \\\\\\\nUSER root"] {
        let step = toml::Value::from(text);
        has(
            &go(&format!("build.steps = [{{ run = {step} }}]\n")),
            &format!("RUN <<'EOT'\nset -e\n{text}\nEOT"),
        );
    }
}
