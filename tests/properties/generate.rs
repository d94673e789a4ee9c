//! Configurations as people might write them, and some that nobody would.

use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::sample::{select, subsequence};
use toml::{Table, Value};

type Values = BoxedStrategy<Value>;

/// The text of a `docksmith.toml`.
pub(crate) fn document() -> impl Strategy<Value = String> {
    (top_level(), build(), runtime(), stages(), tools()).prop_map(
        |(mut file, build, runtime, stages, tools)| {
            let old = file.get("runtime").is_some();
            put(&mut file, "build", build);
            put(
                &mut file,
                if old { "runtime_config" } else { "runtime" },
                runtime,
            );
            file.insert("stages".to_owned(), Value::Array(stages));
            file.insert("external_tools".to_owned(), Value::Array(tools));
            toml::to_string(&file).expect("a table can be written")
        },
    )
}

fn put(file: &mut Table, name: &str, table: Table) {
    if !table.is_empty() {
        file.insert(name.to_owned(), Value::Table(table));
    }
}

/// A table of some of these keys.
fn table(keys: Vec<(&'static str, Values)>) -> BoxedStrategy<Table> {
    let (names, values): (Vec<_>, Vec<_>) = keys.into_iter().unzip();
    let values: Vec<_> = values
        .into_iter()
        .map(|value| proptest::option::weighted(0.25, value))
        .collect();
    values
        .prop_map(move |values| {
            let set = names.iter().zip(values);
            let set = set.filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
            set.collect()
        })
        .boxed()
}

fn with(table: BoxedStrategy<Table>, needed: Vec<(&'static str, Values)>) -> BoxedStrategy<Table> {
    let (names, values): (Vec<_>, Vec<_>) = needed.into_iter().unzip();
    (values, table)
        .prop_map(move |(values, rest)| {
            let needed = names.iter().map(|name| (*name).to_owned()).zip(values);
            needed.chain(rest).collect()
        })
        .boxed()
}

fn one_of(texts: &'static [&'static str]) -> Values {
    select(texts).prop_map(Value::from).boxed()
}

fn list(value: Values, longest: usize) -> Values {
    vec(value, 0..=longest).prop_map(Value::Array).boxed()
}

fn switch() -> Values {
    any::<bool>().prop_map(Value::Boolean).boxed()
}

fn inner(table: BoxedStrategy<Table>) -> Values {
    table.prop_map(Value::Table).boxed()
}

/// A value of a variable: everyday ones, and every character that means something to somebody.
fn free_text() -> Values {
    let odd = "[ -~éß漢\u{1f40b}\t]{0,12}".prop_map(Value::from);
    let everyday = one_of(&[
        "prod",
        "",
        "a b",
        "it's",
        "\"x\"",
        "$HOME",
        "${HOME}",
        "$(id)",
        "`id`",
        "a\\",
        "\\n",
        "#",
        "a=b",
        "{\"a\": [1]}",
        "100%",
        "<<EOT",
        "--x",
        "['a']",
    ]);
    prop_oneof![2 => everyday, 1 => odd].boxed()
}

fn name() -> Values {
    one_of(&[
        "VERSION",
        "COMMIT",
        "APP_ENV",
        "PORT",
        "NODE_ENV",
        "PATH",
        "_x",
        "http_proxy",
    ])
}

fn variables(value: fn() -> Values) -> Values {
    let entry = (name(), value());
    vec(entry, 0..4)
        .prop_map(|entries| {
            let entries = entries.into_iter();
            let text = |name: Value| name.as_str().unwrap_or_default().to_owned();
            Value::Table(entries.map(|(name, value)| (text(name), value)).collect())
        })
        .boxed()
}

fn env_value() -> Values {
    let expanded = one_of(&["/opt/bin:$PATH", "${A:-b} c", "a\"b$C"]).prop_map(|value| {
        Value::Table(Table::from_iter([
            ("value".to_owned(), value),
            ("expand".to_owned(), Value::Boolean(true)),
        ]))
    });
    prop_oneof![4 => free_text(), 1 => expanded].boxed()
}

fn path() -> Values {
    one_of(&[
        "web",
        "web/",
        "./web/dist/",
        "a b",
        "it's",
        "conf/*.toml",
        "a$b",
        "-x",
        "[a]",
        "ü/ñ.txt",
        ".",
        "atlas.hcl",
        "<<x",
    ])
}

fn absolute() -> Values {
    one_of(&[
        "/app/",
        "/app/web",
        "/srv/a b/",
        "/usr/local/bin/x",
        "/bin/x",
        "/app/$x",
        "/etc/x.conf",
        "/it's",
    ])
}

fn image() -> Values {
    one_of(&[
        "alpine:3.21",
        "debian:bookworm-slim",
        "node:22-alpine",
        "golang:1.26",
        "scratch",
        "ghcr.io/acme/base:1",
        "gcr.io/distroless/static-debian12:nonroot",
        "gcr.io/distroless/cc-debian12",
        "nginx:1.29-alpine",
        "alpine@sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88",
        "ubuntu:24.04",
    ])
}

fn packages() -> Values {
    list(
        one_of(&["git", "tzdata", "libpq-dev", "g++", "curl=8.0"]),
        3,
    )
}

fn words() -> Values {
    list(
        prop_oneof![
            one_of(&["/app/main", "serve", "--port=8080", "sh", "-c"]),
            free_text()
        ]
        .boxed(),
        4,
    )
}

fn command() -> Values {
    prop_oneof![
        one_of(&[
            "/app/main serve",
            "npm start",
            "gunicorn app:app",
            "sh -c 'a && b'",
            "./server",
            "java -jar x.jar"
        ]),
        words(),
        inner(table(vec![(
            "shell",
            one_of(&["exec /app/main $X", "[ -f x ] && y"])
        )])),
    ]
    .boxed()
}

fn shell() -> Values {
    one_of(&[
        "make build",
        "a && b",
        "a \\\n  && b",
        "a\nb\n",
        "cat <<EOF\nx\nEOF",
        "echo \"$HOME\"",
        "# only a comment",
        "[\"a\"]",
        "--mount=type=ssh x",
        "EOT\nEOT1",
        "echo 'it'\\''s'\necho b",
        "if a; then\n  b\nfi",
        "a\r\nb",
    ])
}

fn stage_name() -> Values {
    one_of(&[
        "web",
        "assets",
        "docs",
        "nowhere",
        "builder",
        "image:alpine:3.21",
        "context:extra",
    ])
}

fn copy() -> Values {
    let source = prop_oneof![path(), list(path(), 3)].boxed();
    let rest = table(vec![
        ("from", stage_name()),
        (
            "chown",
            one_of(&["10001:10001", "app:app", "root", "nobody"]),
        ),
        ("chmod", one_of(&["0755", "0644", "u=rwX,go=rX"])),
        ("link", switch()),
        ("exclude", list(one_of(&["*.md", "**/*.map"]), 2)),
        ("parents", switch()),
    ]);
    inner(with(
        rest,
        vec![
            ("src", source),
            ("dst", prop_oneof![absolute(), path()].boxed()),
        ],
    ))
}

fn mount() -> Values {
    prop_oneof![
        one_of(&["/root/.cache", "/cache"]),
        inner(with(
            table(vec![
                ("id", one_of(&["c"])),
                ("sharing", one_of(&["shared", "locked"]))
            ]),
            vec![("target", one_of(&["/cache"]))],
        )),
    ]
    .boxed()
}

fn step() -> Values {
    let run = with(
        table(vec![
            ("cache", list(mount(), 2)),
            ("secret", list(one_of(&["token", "npmrc"]), 2)),
            ("ssh", prop_oneof![switch(), one_of(&["default"])].boxed()),
            ("network", one_of(&["none", "host"])),
            ("as", one_of(&["user"])),
        ]),
        vec![("run", prop_oneof![2 => shell(), 1 => words()].boxed())],
    );
    let verb = |name: &'static str, value: Values| {
        inner(with(Just(Table::new()).boxed(), vec![(name, value)]))
    };
    prop_oneof![
        3 => inner(run),
        1 => verb("copy", copy()),
        1 => verb("env", variables(env_value)),
        1 => verb("workdir", absolute()),
        1 => verb("user", one_of(&["root", "1000:1000"])),
        1 => verb("arg", variables(free_text)),
        1 => verb("shell", Just(Value::from(vec!["/bin/sh", "-c"])).boxed()),
        2 => one_of(&[
            "RUN make", "COPY --from=web /dist/ ./dist/", "ENV A=1 B=\"x y\"", "RUN <<EOT\na\nEOT", "ADD x.tar /x/",
            "USER 1000", "EXPOSE 80", "HEALTHCHECK NONE", "ONBUILD RUN x", "COPY [\"a b\", \"/x/\"]", "FROM x", "RAN x",
        ]),
    ]
    .boxed()
}

fn top_level() -> BoxedStrategy<Table> {
    let language = one_of(&[
        "go", "node", "python", "php", "java", "dotnet", "rust", "ruby", "elixir", "deno", "bun",
        "static",
    ]);
    let rest = table(vec![
        ("version", one_of(&["1.25", "20", "3.13", "17", "8.0"])),
        (
            "package_manager",
            one_of(&[
                "npm", "pnpm", "yarn", "bun", "pip", "uv", "poetry", "pdm", "pipenv",
            ]),
        ),
        (
            "platforms",
            list(one_of(&["linux/amd64", "linux/arm64", "linux/arm/v7"]), 3),
        ),
        ("args", variables(free_text)),
        (
            "install",
            inner(table(vec![
                ("command", shell()),
                ("system_deps", packages()),
            ])),
        ),
        (
            "secrets",
            inner(table(vec![
                (
                    "token",
                    inner(table(vec![
                        ("target", one_of(&["/run/t"])),
                        ("required", switch()),
                    ])),
                ),
                (
                    "npmrc",
                    inner(with(
                        Just(Table::new()).boxed(),
                        vec![("env", one_of(&["NPMRC"]))],
                    )),
                ),
            ])),
        ),
        (
            "render",
            inner(table(vec![("target", one_of(&["portable", "buildkit"]))])),
        ),
        ("context_root", one_of(&["..", "../..", "."])),
    ]);
    (language, proptest::bool::weighted(0.2), rest)
        .prop_map(|(language, old, rest)| {
            let key = if old { "runtime" } else { "language" };
            [(key.to_owned(), language)]
                .into_iter()
                .chain(rest)
                .collect()
        })
        .boxed()
}

fn build() -> BoxedStrategy<Table> {
    let binary = with(
        table(vec![
            (
                "platforms",
                list(one_of(&["linux/amd64", "linux/arm64", "linux/arm/v7"]), 2),
            ),
            ("dst", absolute()),
            (
                "ldflags",
                list(one_of(&["-X main.a=b c", "-X main.v=$(id)"]), 2),
            ),
        ]),
        vec![
            ("name", one_of(&["agent", "worker"])),
            ("path", one_of(&["./cmd/agent", "./cmd/worker"])),
        ],
    );
    table(vec![
        (
            "target",
            one_of(&[
                "./cmd/server",
                "server",
                "main.ts",
                "dist",
                "src/App",
                "./cmd/a b",
            ]),
        ),
        ("output", one_of(&["/app/main", "/usr/local/bin/x"])),
        (
            "command",
            prop_oneof![
                shell(),
                one_of(&["go build -o x ./cmd/x", "npm run build", "gradle build"])
            ]
            .boxed(),
        ),
        (
            "ldflags",
            list(
                one_of(&[
                    "-X main.v=${VERSION}",
                    "-X main.v=it's",
                    "-extldflags '-static'",
                ]),
                3,
            ),
        ),
        ("args", variables(free_text)),
        ("env", variables(env_value)),
        ("image", image()),
        ("packages", packages()),
        ("no_cache", switch()),
        ("cgo", switch()),
        ("tags", list(one_of(&["netgo", "osusergo"]), 2)),
        (
            "flags",
            list(one_of(&["-mod=vendor", "-race", "a b", "$X"]), 2),
        ),
        ("binaries", list(inner(binary), 2)),
        ("copy", list(copy(), 2)),
        ("steps", list(step(), 3)),
    ])
}

fn runtime() -> BoxedStrategy<Table> {
    let check = inner(table(vec![
        ("cmd", words()),
        ("interval", one_of(&["10s", "1m30s"])),
        ("start_interval", one_of(&["1s"])),
        ("retries", Just(Value::Integer(5)).boxed()),
    ]));
    let entrypoint = prop_oneof![
        one_of(&["entrypoint.sh", "scripts/start up.sh"]),
        words(),
        inner(table(vec![
            ("script", one_of(&["run.sh"])),
            ("dst", one_of(&["/run.sh", "/a b.sh"]))
        ])),
        inner(table(vec![("shell", one_of(&["exec /app/main"]))])),
    ];
    table(vec![
        ("image", image()),
        ("image_family", one_of(&["alpine", "slim", "distroless"])),
        ("packages", packages()),
        (
            "user",
            prop_oneof![
                one_of(&[
                    "app",
                    "app:5000",
                    "web:5000:5001",
                    "1000:1000",
                    "nobody",
                    "root"
                ]),
                Just(Value::Boolean(false)),
            ]
            .boxed(),
        ),
        (
            "workdir",
            one_of(&["/srv", "/", "/a b", "/app/", "/srv/$x"]),
        ),
        ("dirs", list(one_of(&["data", "/var/lib/x", "/app/a b"]), 2)),
        (
            "expose",
            prop_oneof![
                (1i64..65536).prop_map(Value::Integer),
                one_of(&["53/udp", "8000-8002/tcp"]),
                Just(Value::Boolean(false)),
            ]
            .boxed(),
        ),
        ("env", variables(env_value)),
        (
            "labels",
            inner(table(vec![
                ("org.acme.title", free_text()),
                ("org.acme.note", free_text()),
            ])),
        ),
        ("volumes", list(absolute(), 2)),
        ("stop_signal", one_of(&["SIGTERM", "SIGINT", "9"])),
        ("args", variables(free_text)),
        (
            "init",
            prop_oneof![one_of(&["tini"]), Just(Value::Boolean(false))].boxed(),
        ),
        ("steps", list(step(), 3)),
        ("copy", list(copy(), 3)),
        ("entrypoint", entrypoint.boxed()),
        ("cmd", command()),
        (
            "healthcheck",
            prop_oneof![shell(), words(), check, Just(Value::Boolean(false)),].boxed(),
        ),
    ])
}

fn stages() -> BoxedStrategy<Vec<Value>> {
    let stage = table(vec![
        ("platform", one_of(&["build", "target", "linux/amd64"])),
        ("args", variables(free_text)),
        ("env", variables(env_value)),
        ("workdir", absolute()),
        ("user", one_of(&["1000:1000"])),
        ("packages", packages()),
        ("steps", list(step(), 3)),
    ]);
    let names = subsequence(vec!["web", "assets", "docs"], 0..=3);
    let from =
        || prop_oneof![2 => image(), 1 => one_of(&["web", "assets", "docs", "builder"])].boxed();
    (names, vec((from(), stage), 3))
        .prop_map(|(names, tables)| {
            let stages = names.into_iter().zip(tables);
            let stage = |(name, (from, rest)): (&str, (Value, Table))| {
                let needed = [
                    ("name".to_owned(), Value::from(name)),
                    ("from".to_owned(), from),
                ];
                Value::Table(needed.into_iter().chain(rest).collect())
            };
            stages.map(stage).collect()
        })
        .boxed()
}

fn tools() -> BoxedStrategy<Vec<Value>> {
    const SUM: &str = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88";
    let both = Table::from_iter(["amd64", "arm64"].map(|name| (name.to_owned(), Value::from(SUM))));
    let sums = prop_oneof![Just(Value::Table(both)), Just(Value::from(SUM))].boxed();
    let tool = with(
        table(vec![
            ("version", one_of(&["1.2.0"])),
            ("member", one_of(&["bin/x", "it's"])),
            ("stage", one_of(&["builder", "web", "runtime"])),
        ]),
        vec![
            (
                "url",
                one_of(&[
                    "https://example.com/x-${os}-${arch}-${version}",
                    "https://example.com/x.tar.gz",
                    "https://example.com/x-${arch}.zip",
                    "https://example.com/a%20b",
                ]),
            ),
            ("sha256", sums),
            ("dst", absolute()),
        ],
    );
    let names = subsequence(vec!["atlas", "atlas-cli"], 0..=2);
    (names, vec(tool, 2))
        .prop_map(|(names, tables)| {
            let named = |(name, mut table): (&str, Table)| {
                table.insert("name".to_owned(), Value::from(name));
                Value::Table(table)
            };
            names.into_iter().zip(tables).map(named).collect()
        })
        .boxed()
}
