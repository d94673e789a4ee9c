//! The rendering bugs that the format's first tool is known for, by their numbers: ours has none of them.

use docksmith::analysis::{Analysis, analyze};
use docksmith::context::Files;

/// The languages, each with what its old-style file needs beside `runtime`.
const LANGUAGES: [(&str, &str); 12] = [
    ("node", "npm start"),
    ("python", "python app.py"),
    ("go", "./server"),
    ("php", "apache2-foreground"),
    ("java", "java -jar /app/app.jar"),
    ("dotnet", "dotnet App.dll"),
    ("rust", "./server"),
    ("ruby", "bundle exec puma"),
    ("elixir", "bin/app start"),
    ("deno", "deno run -A main.ts"),
    ("bun", "bun run start"),
    ("static", ""),
];

/// An old-style file of a language.
fn old(language: &str) -> String {
    let (_, command) = LANGUAGES
        .iter()
        .find(|(name, _)| *name == language)
        .expect("a language");
    match *command {
        "" => format!("runtime = \"{language}\"\n"),
        command => format!("runtime = \"{language}\"\nstart.command = \"{command}\"\n"),
    }
}

fn analysis(toml: &str, files: &[(&str, &str)]) -> Analysis {
    analyze(toml, &Files::new(files.iter().copied()))
}

fn unseen(toml: &str) -> Analysis {
    analyze(toml, &docksmith::context::NoContext::default())
}

#[track_caller]
fn render(toml: &str) -> String {
    let analysis = unseen(toml);
    match analysis.dockerfile() {
        Some(file) => file.text.clone(),
        None => panic!("{toml}\n{:#?}", analysis.diagnostics),
    }
}

/// Just the files that make a project of each language.
const PROJECT: [(&str, &str); 11] = [
    ("package.json", "{}"),
    ("requirements.txt", ""),
    ("go.mod", ""),
    ("composer.json", "{}"),
    ("pom.xml", "<project/>"),
    ("App.csproj", "<Project/>"),
    ("Cargo.toml", "[package]\nname = \"server\"\n"),
    ("Gemfile", ""),
    ("mix.exs", ""),
    ("deno.json", "{}"),
    ("main.ts", ""),
];

/// The text for a build context with those files.
#[track_caller]
fn render_seen(toml: &str) -> String {
    let analysis = analysis(toml, &PROJECT);
    analysis.dockerfile().expect("a Dockerfile").text.clone()
}

#[track_caller]
fn has(text: &str, expected: &str) {
    assert!(text.contains(expected), "{expected}\n\nis not in\n\n{text}");
}

#[track_caller]
fn lacks(text: &str, unexpected: &str) {
    assert!(
        !text.contains(unexpected),
        "{unexpected}\n\nis in\n\n{text}"
    );
}

/// The lines of the final stage.
fn final_stage(text: &str) -> &str {
    let start = text.find(" AS runtime").expect("a final stage");
    text.get(start..).expect("the rest of the text")
}

/// The instructions of a text, continuation lines joined.
fn instructions(text: &str) -> Vec<String> {
    let joined = text.replace(" \\\n", " ");
    joined.lines().map(str::to_owned).collect()
}

/// What one text has and the other lacks, in order.
fn added(text: &str, before: &str) -> Vec<String> {
    let before = instructions(before);
    let mut lines = instructions(text);
    lines.retain(|line| !before.contains(line));
    lines
}

/// A key with a value, as it is added to an old-style file.
const KEYS: [&str; 23] = [
    "version = \"9\"",
    "package_manager = \"pnpm\"",
    "package_manager = \"uv\"",
    "env.A = \"1\"",
    "build.command = \"make all\"",
    "build.no_cache = true",
    "start.entrypoint = [\"/bin/x\"]",
    "start.entrypoint_script = \"run.sh\"",
    "install.command = \"make deps\"",
    "install.system_deps = [\"jq\"]",
    "runtime_config.image = \"alpine:3.20\"",
    "runtime_config.image_family = \"alpine\"",
    "runtime_config.expose = 9999",
    "runtime_config.user = \"4242\"",
    "runtime_config.healthcheck = \"true\"",
    "runtime_config.healthcheck = false",
    "runtime_config.system_deps = [\"curl\"]",
    "runtime_config.healthcheck_opts.interval = \"7s\"",
    "secrets.token.target = \"/run/token\"",
    "build.ldflags.\"main.v\" = \"1\"",
    "[[build.binaries]]\nname = \"x\"\npath = \"./cmd/x\"",
    "[[runtime_assets]]\nsrc = \"conf\"\ndst = \"/etc/conf\"",
    "context_root = \"apps/web\"",
];

#[test]
fn a0_every_key_changes_the_image_or_is_reported() {
    for (language, _) in LANGUAGES {
        let before = old(language);
        let sound = unseen(&before);
        for key in KEYS {
            // What is the default already can't change anything.
            let key = match language {
                "node" => key.replace("\"alpine\"", "\"slim\""),
                _ => key.to_owned(),
            };
            let toml = format!("{before}{key}\n");
            let analysis = unseen(&toml);
            let text = |analysis: &Analysis| analysis.dockerfile().map(|it| it.text.clone());
            let speaks = analysis.diagnostics.len() > sound.diagnostics.len();
            let changes = text(&analysis) != text(&sound);
            assert!(changes || speaks, "{toml}\n{:?}", text(&analysis));
        }
    }
}

#[test]
fn a1_an_install_command_replaces_the_install_step_alone() {
    for (language, _) in LANGUAGES.iter().filter(|(name, _)| *name != "static") {
        let before = render_seen(&old(language));
        let toml = format!("{}install.command = \"make deps\"\n", old(language));
        let text = render_seen(&toml);
        let (new, gone) = (added(&text, &before), added(&before, &text));
        assert_eq!(new.len(), 1, "{language}: {new:#?}\n{text}");
        // cargo has no step that installs: its command comes before the build.
        let replaced = usize::from(*language != "rust");
        assert_eq!(gone.len(), replaced, "{language}: {gone:#?}\n{text}");
        has(&new[0], "make deps");
        let both = format!("{toml}build.command = \"make all\"\nbuild.output = \"/out/x\"\n");
        let analysis = analysis(&both, &PROJECT);
        let text = &analysis.dockerfile().expect("a Dockerfile").text;
        has(text, "make deps");
        let arrives = text.contains("make all");
        let is_said = analysis
            .diagnostics
            .iter()
            .any(|it| it.rule == "no-effect" && it.message.contains("command"));
        assert!(arrives || is_said, "{both}\n{text}");
    }
}

#[test]
fn a2_a_build_command_runs_behind_the_sources_or_is_reported() {
    let text = render(&format!("{}build.command = \"make all\"\n", old("python")));
    let place = |line: &str| text.find(line).unwrap_or_else(|| panic!("{line}\n{text}"));
    assert!(place("COPY . .") < place("make all"), "{text}");
    has(final_stage(&text), "\"/usr/bin/tini\"");
    for language in ["php", "static"] {
        let analysis = unseen(&format!("{}build.command = \"make all\"\n", old(language)));
        assert!(
            analysis.diagnostics.iter().any(|it| it.rule == "no-effect"),
            "{language}"
        );
    }
}

#[test]
fn a3_a_go_command_of_ones_own_is_cross_built_and_found() {
    for (command, from) in [
        ("go build -o /app/server ./cmd/server", "/app/server"),
        ("go build -o bin/server ./cmd/server", "/src/bin/server"),
        ("go build -o bin/ ./cmd/server", "/src/bin/server"),
        ("go build ./cmd/server", "/src/server"),
    ] {
        let text = render(&format!("{}build.command = \"{command}\"\n", old("go")));
        has(
            &text,
            &format!("CGO_ENABLED=0 GOOS=\"$TARGETOS\" GOARCH=\"$TARGETARCH\" \\\n    {command}"),
        );
        has(
            &text,
            &format!("COPY --link --from=builder {from} /app/server\n"),
        );
    }
}

#[test]
fn a4_the_binary_is_what_the_command_names() {
    let text = render(&old("go"));
    has(&text, " /app/server\n");
    has(&text, "CMD [\"./server\"]");
}

#[test]
fn a5_nginx_gets_its_words_and_can_write_its_files() {
    let text = render(&format!("{}build.target = \"dist\"\n", old("static")));
    has(&text, "CMD [\"nginx\", \"-g\", \"daemon off;\"]");
    has(&text, "pid /var/cache/nginx/nginx.pid;");
    has(&text, "chown -R 101:101 /var/cache/nginx");
    has(&text, "COPY dist /usr/share/nginx/html/");
}

#[test]
fn a6_commands_are_split_as_a_shell_splits_words_and_written_as_json() {
    let text =
        render("runtime = \"go\"\nbuild.target = \"./x\"\nstart.command = 'sh -c \"a && b\"'\n");
    has(&text, "CMD [\"sh\", \"-c\", \"a && b\"]");
    let text = render("runtime = \"go\"\nstart.entrypoint = [\"a\\u001Bb\"]\n");
    has(&text, "ENTRYPOINT [\"a\\u001bb\"]");
}

#[test]
fn a7_environment_values_are_literal() {
    for (value, written) in [
        ("", "\"\""),
        ("a b", "\"a b\""),
        ("$HOME", "\"\\$HOME\""),
        ("a\\", "\"a\\\\\""),
        ("\"q\"", "\"\\\"q\\\"\""),
        ("`id` $(id)", "\"`id` \\$(id)\""),
        ("#", "\"#\""),
    ] {
        let value = toml::Value::from(value);
        let text = render(&format!("{}env.A = {value}\n", old("go")));
        has(&text, &format!("\nENV A={written}\n"));
    }
}

#[test]
fn a8_health_checks_are_programs_of_the_base() {
    for (language, _) in LANGUAGES {
        let text = render(&old(language));
        let check = final_stage(&text).split("HEALTHCHECK").nth(1);
        let has_none = matches!(language, "go" | "rust");
        assert_eq!(check.is_none(), has_none, "{language}\n{text}");
        if let Some(check) = check {
            has(check, "    CMD [\"");
            lacks(check, "curl");
            lacks(check, "localhost");
        }
        let off = render(&format!(
            "{}runtime_config.healthcheck = false\n",
            old(language)
        ));
        has(&off, "HEALTHCHECK NONE");
        let image = "runtime_config.image = \"gcr.io/distroless/base-debian12:nonroot\"\n";
        lacks(
            &render(&format!("{}{image}", old(language))),
            "HEALTHCHECK --",
        );
    }
}

#[test]
fn a9_tools_are_expanded_by_the_renderer_and_need_no_program_of_the_image() {
    let sum = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88";
    let tool = |url: &str, rest: &str| {
        format!(
            "runtime = \"go\"\nbuild.target = \"./x\"\n[[external_tools]]\nname = \"x\"\nurl = {}\nsha256 = {{ amd64 = \"{sum}\", arm64 = \"{sum}\" }}\n{rest}",
            toml::Value::from(url)
        )
    };
    let plain = "https://e.com/x-${TARGETARCH}.tar.gz";
    let text = render(&tool(
        plain,
        "dst = \"/usr/local/bin/x\"\nmember = \"bin/x\"\n",
    ));
    has(&text, "https://e.com/x-arm64.tar.gz");
    has(&text, "tar -xzOf /archive 'bin/x'");
    lacks(&text, "curl");
    let early = render(&tool(
        plain,
        "dst = \"/usr/local/bin/x\"\nstage = \"builder\"\n",
    ));
    let place = |line: &str| early.find(line).expect("a line");
    assert!(place("--from=tool-x /x") < place("go build"), "{early}");
    for hostile in [
        "https://e.com/\"x",
        "https://e.com/$(id)",
        "https://e.com/a\nRUN b",
    ] {
        let analysis = unseen(&tool(hostile, "dst = \"/usr/local/bin/x\"\n"));
        assert!(analysis.has_errors(), "{hostile:?}");
    }
}

#[test]
fn a10_a_script_on_an_image_without_shell_is_diagnosed_and_tini_runs_it_elsewhere() {
    let script = "start.entrypoint_script = \"run.sh\"\n";
    let files = [
        ("go.mod", ""),
        ("server/x.go", ""),
        ("run.sh", "#!/bin/sh\nexec \"$@\"\n"),
    ];
    let analysis = analysis(&format!("{}{script}", old("go")), &files);
    let found = analysis
        .diagnostics
        .iter()
        .any(|it| it.rule == "entrypoint-needs-shell");
    assert!(found, "{:#?}", analysis.diagnostics);
    let text = render(&format!("{}{script}", old("node")));
    has(
        &text,
        "ENTRYPOINT [\"/sbin/tini\", \"--\", \"/entrypoint.sh\"]",
    );
    let exec = render(&format!("{}start.entrypoint = [\"node\"]\n", old("node")));
    lacks(&exec, "tini");
}

#[test]
fn a11_the_folder_of_the_application_goes_before_paths_only() {
    for (language, _) in LANGUAGES {
        for (root, folder) in [(".", ""), ("apps/web", "apps/web/")] {
            let text = render(&format!(
                "context_root = \"{root}\"\n{}[[runtime_assets]]\nsrc = \"conf\"\ndst = \"/etc/conf\"\nchown = \"0:0\"\n",
                old(language)
            ));
            has(&text, &format!("COPY --chown=0:0 {folder}conf /etc/conf"));
            lacks(&text, "apps/web/--");
        }
    }
    let analysis = unseen(&format!("context_root = \"a/../../b\"\n{}", old("go")));
    assert!(analysis.has_errors());
}

#[test]
fn a12_go_on_alpine_gets_a_user_that_is_there() {
    let text = render(&format!(
        "{}runtime_config.image_family = \"alpine\"\n",
        old("go")
    ));
    has(&text, "adduser -S -D -H -u 10001 -G app");
    has(&text, "USER 10001:10001");
    lacks(&text, "nonroot");
}

#[test]
fn a13_users_that_the_image_has_are_numbers_and_not_created() {
    for (language, name, ids) in [
        ("node", "node", "1000:1000"),
        ("static", "nginx", "101:101"),
        ("bun", "bun", "1000:1000"),
        ("php", "www-data", "33:33"),
    ] {
        let text = render(&format!(
            "{}runtime_config.user = \"{name}\"\n",
            old(language)
        ));
        has(&text, &format!("USER {ids}\n"));
        lacks(&text, "adduser");
        lacks(&text, "useradd");
    }
    for (user, ids) in [
        ("web", "10001:10001"),
        ("web:2000", "2000:2000"),
        ("web:2000:3000", "2000:3000"),
        ("2000", "2000:2000"),
        ("2000:3000", "2000:3000"),
    ] {
        for language in ["node", "python"] {
            let text = render(&format!(
                "{}runtime_config.user = \"{user}\"\n",
                old(language)
            ));
            has(&text, &format!("USER {ids}\n"));
            lacks(&text, "appuser");
        }
    }
}

#[test]
fn a14_the_family_is_that_of_the_image_in_use() {
    let packages = "install.system_deps = [\"git\"]\n";
    let config = "[runtime_config]\nsystem_deps = [\"tzdata\"]\nuser = \"web\"\n";
    for (image, install, create) in [
        ("node:22-alpine", "apk add --no-cache", "adduser -S"),
        ("node:22-slim", "apt-get install", "useradd"),
    ] {
        let text = render(&format!(
            "{}{packages}{config}image = \"{image}\"\n",
            old("node")
        ));
        has(final_stage(&text), install);
        has(final_stage(&text), create);
        let tini = if image.ends_with("slim") {
            "/usr/bin/tini"
        } else {
            "/sbin/tini"
        };
        has(final_stage(&text), tini);
    }
    let text = render(&format!(
        "{}{packages}{config}image = \"python:3.12-alpine\"\n",
        old("python")
    ));
    has(final_stage(&text), "apk add --no-cache");
}

#[test]
fn a14_packages_and_extensions_of_php_are_those_of_its_image() {
    let toml = format!(
        "{}install.system_deps = [\"libonig-dev\"]\ninstall.command = \"docker-php-ext-install gd\"\n",
        old("php")
    );
    for text in [render(&toml), render_seen(&toml)] {
        has(
            final_stage(&text),
            "apt-get install -y --no-install-recommends libonig-dev",
        );
        has(final_stage(&text), "RUN docker-php-ext-install gd\n");
        lacks(&text, "apk add");
        lacks(&text, "pdo_mysql");
    }
}

#[test]
fn a_version_that_names_a_variant_is_the_tag() {
    for (language, version, image) in [
        ("node", "22-slim", "node:22-slim"),
        ("python", "3.12-alpine", "python:3.12-alpine"),
        ("go", "1.25-bookworm", "golang:1.25-bookworm"),
        ("rust", "1.88-slim", "rust:1.88-slim"),
        ("ruby", "3.3-slim-bookworm", "ruby:3.3-slim-bookworm"),
        ("elixir", "1.17-slim", "elixir:1.17-slim"),
        ("elixir", "1.17.3-otp-27", "elixir:1.17.3-otp-27-alpine"),
        ("java", "21-jdk", "eclipse-temurin:21-jdk"),
        ("php", "8.3-fpm", "php:8.3-fpm"),
    ] {
        let text = render(&format!("version = \"{version}\"\n{}", old(language)));
        has(&text, &format!(" {image} AS "));
    }
    let own = "[runtime_config]\nimage = \"registry.acme.io/base/node:1\"\n";
    has(
        &render(&format!("{}{own}", old("node"))),
        "FROM node:22-alpine AS builder-deps",
    );
}

#[test]
fn a15_every_step_that_reads_a_cache_mounts_it() {
    let text = render(&format!(
        "{}secrets.token.target = \"/run/token\"\n",
        old("go")
    ));
    let steps: Vec<String> = instructions(&text)
        .into_iter()
        .filter(|line| line.starts_with("RUN ") && line.contains(" go "))
        .collect();
    assert_eq!(steps.len(), 2);
    for step in steps {
        has(&step, "--mount=type=cache,target=/go/pkg/mod");
        has(&step, "--mount=type=secret,id=token,target=/run/token");
    }
    lacks(&render(&old("elixir")), "target=/root/.mix,");
    lacks(&render(&old("elixir")), "target=/root/.mix ");
}

#[test]
fn a16_secrets_are_in_order_and_on_the_steps_that_need_them() {
    let secrets = "secrets.b = { target = \"/run/b\", env = \"B\" }\nsecrets.a.env = \"A\"\n";
    for (language, _) in LANGUAGES.iter().filter(|(name, _)| *name != "static") {
        let toml = format!(
            "{}{secrets}install.system_deps = [\"git\"]\n",
            old(language)
        );
        let text = render(&toml);
        let mounts =
            "--mount=type=secret,id=a,env=A \\\n    --mount=type=secret,id=b,target=/run/b,env=B";
        has(&text, mounts);
        lacks(final_stage(&text), "type=secret");
        for line in instructions(&text) {
            let installs = line.contains("apk add") || line.contains("apt-get install");
            assert!(!(installs && line.contains("type=secret")), "{line}");
        }
        assert!((0..100).all(|_| render(&toml) == text), "{language}");
    }
}

#[test]
fn a17_linker_flags_beside_a_command_are_never_lost_without_a_word() {
    let toml = format!(
        "{}build.command = \"go build -o /app/server ./cmd/server\"\nbuild.ldflags.\"main.v\" = \"1\"\n",
        old("go")
    );
    let analysis = unseen(&toml);
    let said = analysis
        .diagnostics
        .iter()
        .any(|it| it.rule == "no-effect" && it.message.contains("ldflags"));
    assert!(said, "{:#?}", analysis.diagnostics);
}

#[test]
fn a18_values_of_linker_flags_arrive_literally() {
    for (value, written) in [("a b", "a b"), ("$(id)", "\\$(id)"), ("`id`", "\\`id\\`")] {
        let text = render(&format!(
            "{}build.ldflags.\"main.v\" = \"{value}\"\n",
            old("go")
        ));
        has(&text, &format!("-X 'main.v={written}'\""));
    }
}

#[test]
fn a19_flags_of_binaries_count_and_outputs_are_known() {
    let binary = |name: &str| {
        format!(
            "[[build.binaries]]\nname = \"{name}\"\npath = \"./cmd/{name}\"\nbuild_flags = [\"-race\"]\n"
        )
    };
    let text = render(&format!(
        "runtime = \"go\"\n{}{}",
        binary("one"),
        binary("two")
    ));
    has(&text, "-race");
    has(&text, "CMD [\"/usr/local/bin/one\"]");
    let twice = unseen(&format!(
        "runtime = \"go\"\n{}{}",
        binary("one"),
        binary("one")
    ));
    assert!(
        twice
            .diagnostics
            .iter()
            .any(|it| it.rule == "duplicate-stage")
    );
    let opaque = unseen(&format!("{}build.command = \"make\"\n", old("go")));
    assert!(opaque.diagnostics.iter().any(|it| it.rule == "missing-key"));
}

#[test]
fn a20_pnpm_is_there_when_it_runs() {
    for version in ["16", "22", "25"] {
        let text = render(&format!(
            "runtime = \"node\"\nversion = \"{version}\"\npackage_manager = \"pnpm\"\nstart.command = \"pnpm start\"\n"
        ));
        let (build, image) = text.split_at(text.len() - final_stage(&text).len());
        let corepack = "npm install --global corepack@0 \\\n && corepack enable";
        has(build, corepack);
        has(image, corepack);
    }
    let text = render(
        "runtime = \"node\"\nversion = \"20\"\npackage_manager = \"bun\"\nstart.command = \"node server.js\"\n",
    );
    has(&text, "FROM node:20-alpine AS runtime");
    has(&text, "oven/bun:1-alpine");
}

#[test]
fn a21_dotnet_listens_where_it_says_and_runs_what_it_is_told() {
    let text = render(&format!("{}runtime_config.expose = 9000\n", old("dotnet")));
    has(&text, "ENV ASPNETCORE_URLS=\"http://+:9000\"");
    has(&text, "CMD [\"dotnet\", \"App.dll\"]");
    lacks(final_stage(&text), "ENTRYPOINT");
    let text = render(&format!("version = \"6.0\"\n{}", old("dotnet")));
    has(&text, "useradd --uid 10001");
}

#[test]
fn a22_one_jar_or_a_failure_and_nothing_is_left_behind() {
    let text = render(&old("java"));
    has(&text, "/out/app.jar /app/app.jar");
    lacks(&text, "*.jar /app");
    let text = render(&old("deno"));
    has(&text, "/deno-dir/ /deno-dir/");
    let text = render(&old("php"));
    has(&text, "composer");
    has(&text, "USER 33:33");
    let text = render(&old("rust"));
    has(final_stage(&text), "/out/server /app/server");
    lacks(final_stage(&text), "target/release");
}

#[test]
fn a23_gunicorn_is_bound_to_every_address_and_a_variable_is_pointed_at() {
    let text = render("runtime = \"python\"\nstart.command = \"gunicorn app:app\"\n");
    has(
        &text,
        "CMD [\"gunicorn\", \"app:app\", \"--bind\", \"0.0.0.0:8000\"]",
    );
    let text =
        render("runtime = \"python\"\nstart.command = \"gunicorn -b 127.0.0.1:9 app:app\"\n");
    lacks(&text, "0.0.0.0");
    let analysis =
        unseen("runtime = \"python\"\nstart.command = \"uvicorn app:app --port $PORT\"\n");
    let found = analysis
        .diagnostics
        .iter()
        .find(|it| it.message.contains("$PORT"));
    let fix = found.and_then(|it| it.fix.as_ref()).expect("a fix");
    assert!(format!("{fix:?}").contains("shell = "), "{fix:?}");
}
