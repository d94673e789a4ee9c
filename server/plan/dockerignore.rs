//! The `.dockerignore` that suits a file: what its language leaves behind on a developer's machine, and never anything
//! that the rendered Dockerfile copies by name.
//!
//! A name that means the same in every folder stands behind `**/`; one that may be a folder of sources further down, such
//! as `target` or `vendor`, is looked for beside the manifest only. What some builds need is in no list: `README.md` and
//! `LICENSE` (named by manifests), `*.pem` and `*.jar` (certificates, Gradle's wrapper), `vendor` of Go, `dist` and `build`
//! of Node (sources or scripts as often as results), `.npmrc` and `pip.conf` (addresses of registries).

use crate::config::Language;
use crate::config::spellings::Canonical;
use crate::context::glob::is_glob;
use crate::context::ignore::Ignore;
use crate::plan::BuildPlan;
use crate::plan::paths::Layout;
use crate::plan::sources::{ContextSource, context_sources};

/// The first line: a file that begins with it may be written anew.
pub const HEADER: &str = "# Written by docksmith for docksmith.toml. Take this line out, and docksmith leaves the file alone.";

/// What no image is built from.
const EVERYWHERE: &[&str] = &[
    "**/.git",
    "**/.github",
    "**/.DS_Store",
    "**/.idea",
    "**/.vscode",
    "**/.netrc",
    "**/Dockerfile",
    "**/Dockerfile.*",
    "**/.dockerignore",
    "**/docker-compose*.yml",
    "**/docker-compose*.yaml",
    "**/compose.yml",
    "**/compose.yaml",
    "**/docksmith.toml",
    "**/docksmith.lock",
];

/// Local settings, which hold credentials.
const SETTINGS: &[&str] = &["**/.env", "**/.env.*"];

/// The same where `.env.production` is a file of the project that the build reads.
const LOCAL_SETTINGS: &[&str] = &["**/.env", "**/.env.local", "**/.env.*.local"];

/// What a language leaves behind. Without `**/` a pattern is looked for in the application's folder.
fn of_language(language: Language) -> &'static [&'static str] {
    match language {
        Language::Node => &[
            "**/node_modules",
            "**/.next",
            "**/.nuxt",
            "**/.output",
            "**/.svelte-kit",
            "**/.turbo",
            "**/.parcel-cache",
            "**/npm-debug.log*",
            "coverage",
        ],
        Language::Python => &[
            "**/__pycache__",
            "**/*.py[cod]",
            "**/.venv",
            "venv",
            "**/.pytest_cache",
            "**/.mypy_cache",
            "**/.ruff_cache",
            "**/.tox",
            "**/*.egg-info",
            ".coverage",
            "htmlcov",
        ],
        Language::Go => &["**/*.test", "**/coverage.out"],
        // The folder of the host would cover the packages that Composer installs.
        Language::Php => &[
            "vendor",
            "**/node_modules",
            "storage/logs/*.log",
            "bootstrap/cache/*.php",
        ],
        Language::Java => &[
            "target",
            "*/target",
            "build",
            "*/build",
            "**/.gradle",
            "**/*.class",
        ],
        // What is restored on the host names folders of the host.
        Language::Dotnet => &["**/bin", "**/obj", "**/.vs", "**/*.user", "**/*.suo"],
        Language::Rust => &["target"],
        Language::Ruby => &[
            ".bundle",
            "vendor/bundle",
            "log/*",
            "tmp/*",
            "config/*.key",
            "coverage",
            "**/node_modules",
        ],
        Language::Elixir => &[
            "_build",
            "deps",
            "cover",
            "**/.elixir_ls",
            "**/erl_crash.dump",
            "**/node_modules",
        ],
        Language::Deno | Language::Bun => &["**/node_modules", "coverage"],
        Language::Static => &["**/node_modules"],
    }
}

/// The text of the ignore file.
pub fn dockerignore(config: &Canonical, plan: &BuildPlan, layout: &Layout) -> String {
    let language = config.language.as_ref().map(|language| language.value);
    let settings = match language {
        Some(Language::Node | Language::Deno | Language::Bun) => LOCAL_SETTINGS,
        _ => SETTINGS,
    };
    let own = language.map(of_language).unwrap_or_default();
    let patterns = EVERYWHERE.iter().chain(settings).chain(own);
    let mut text = format!("{HEADER}\n");
    for pattern in patterns {
        if !pattern.starts_with("**/") {
            text.push_str(&layout.application);
        }
        text.push_str(pattern);
        text.push('\n');
    }
    let (ignore, _) = Ignore::parse(&text);
    let mut needed: Vec<String> = context_sources(config, plan, layout)
        .iter()
        .filter_map(|source| lost(source, &ignore))
        .collect();
    needed.sort();
    needed.dedup();
    if !needed.is_empty() {
        text.push_str("# The Dockerfile copies:\n");
    }
    for path in needed {
        text.push_str(&format!("!{path}\n"));
    }
    text
}

/// The path or glob of a source that the patterns would leave out.
fn lost(source: &ContextSource<'_>, ignore: &Ignore) -> Option<String> {
    let path = source.path.as_ref()?;
    if !source.is_glob {
        return ignore.excludes(path).then(|| escaped(path));
    }
    // What a glob matches is not known here, but in the two plainest cases: nothing, and a letter, for each of its signs.
    let plain = |letter: &str| path.replace(['*', '?'], letter);
    let is_lost = [plain(""), plain("x")].iter().any(|it| ignore.excludes(it));
    // A bare star means the files of a folder, of which some may well be left out.
    let is_folder = path.rsplit('/').next() == Some("*");
    (is_lost && !is_folder).then(|| path.clone())
}

/// A path as a pattern that means nothing else.
fn escaped(path: &str) -> String {
    if is_glob(path) || path.contains('\\') {
        let signs = ['*', '?', '[', '\\'];
        return path
            .chars()
            .flat_map(|it| signs.contains(&it).then_some('\\').into_iter().chain([it]))
            .collect();
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{HEADER, dockerignore};
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::context::ignore::Ignore;

    const LANGUAGES: [&str; 12] = [
        "node", "python", "go", "php", "java", "dotnet", "rust", "ruby", "elixir", "deno", "bun",
        "static",
    ];

    fn written(document: &str, files: &[(&str, &str)]) -> String {
        let files = Files::new(files.iter().copied()).in_folder("services/api");
        let analysis = analyze(document, &files);
        dockerignore(&analysis.config, &analysis.plan, &analysis.layout)
    }

    fn of(language: &str) -> Ignore {
        let text = written(&format!("language = \"{language}\"\n"), &[]);
        let (ignore, errors) = Ignore::parse(&text);
        assert_eq!(errors, [], "{text}");
        ignore
    }

    #[test]
    fn every_language_leaves_its_results_and_keeps_its_sources() {
        let rows: [(&str, &[&str], &[&str]); 12] = [
            (
                "node",
                &[
                    "node_modules/a",
                    "web/node_modules/a",
                    ".next/x",
                    ".env.local",
                ],
                &[
                    "package.json",
                    "build/webpack.js",
                    ".env.production",
                    ".npmrc",
                    "src/coverage/a.js",
                ],
            ),
            (
                "python",
                &["a/__pycache__/x.pyc", ".venv/bin/python", "x.egg-info/y"],
                &["pyproject.toml", "README.md", "app/venv/a.py"],
            ),
            (
                "go",
                &["server.test", ".env.prod"],
                &["go.mod", "vendor/modules.txt", "cmd/server/main.go"],
            ),
            (
                "php",
                &["vendor/autoload.php", "storage/logs/a.log"],
                &[
                    "composer.json",
                    "resources/views/vendor/x.php",
                    "bootstrap/cache/.gitignore",
                    "storage/logs/.gitignore",
                ],
            ),
            (
                "java",
                &["target/a.jar", "core/target/x", "build/libs/a.jar"],
                &[
                    "pom.xml",
                    "gradle/wrapper/gradle-wrapper.jar",
                    "src/main/java/a/build/X.java",
                ],
            ),
            (
                "dotnet",
                &["bin/a.dll", "src/App/obj/project.assets.json"],
                &["App.csproj", "src/objects/a.cs"],
            ),
            (
                "rust",
                &["target/release/a"],
                &["Cargo.toml", "src/target/mod.rs"],
            ),
            (
                "ruby",
                &[
                    "log/a.log",
                    "tmp/pids/x",
                    "config/master.key",
                    "vendor/bundle/x",
                ],
                &["Gemfile", "vendor/cache/x.gem", "app/log/a.rb"],
            ),
            (
                "elixir",
                &["_build/prod/x", "deps/a", "assets/node_modules/x"],
                &["mix.exs", "lib/deps/a.ex"],
            ),
            ("deno", &["node_modules/x"], &["deno.json", "vendor/a.ts"]),
            ("bun", &["node_modules/x"], &["package.json", "bun.lock"]),
            (
                "static",
                &["node_modules/x", ".git/config"],
                &["index.html", "img/a.png"],
            ),
        ];
        for (language, left_out, kept) in rows {
            let ignore = of(language);
            for path in left_out {
                assert!(ignore.excludes(path), "{language} leaves {path} out");
            }
            for path in kept {
                assert!(!ignore.excludes(path), "{language} keeps {path}");
            }
        }
    }

    #[test]
    fn no_build_lacks_what_the_old_lists_took_away() {
        for language in LANGUAGES {
            let ignore = of(language);
            for path in [
                "README.md",
                "LICENSE",
                "certs/ca.pem",
                "lib/a.jar",
                "settings.xml",
            ] {
                assert!(!ignore.excludes(path), "{language} {path}");
            }
            for path in [
                ".git/config",
                "sub/.git",
                ".env",
                "a/b/.env",
                "docksmith.toml",
            ] {
                assert!(ignore.excludes(path), "{language} {path}");
            }
        }
    }

    #[test]
    fn what_is_copied_by_name_is_taken_back_in() {
        let text = written(
            r#"
language = "go"
overlay = "Dockerfile.overlay"
runtime.entrypoint = ".github/run.sh"
runtime.copy = [
    { src = [".env.example", "sql", "a.test"], dst = "/app/" },
    { src = "fixtures/*.test", dst = "/app/fixtures/" },
    { src = "conf/*", dst = "/app/conf/" },
]
build.copy = [{ src = "testdata/x[1].test", dst = "x" }]
[[build.steps]]
run = "true"
bind = [".netrc"]
"#,
            &[(
                "Dockerfile.overlay",
                "COPY Dockerfile.dev /x\nFROM scratch AS y\nADD .vscode /z\n",
            )],
        );
        let taken: Vec<&str> = text.lines().filter(|line| line.starts_with('!')).collect();
        assert_eq!(
            taken,
            [
                "!.env.example",
                "!.github/run.sh",
                "!.netrc",
                "!.vscode",
                "!Dockerfile.dev",
                "!a.test",
                "!fixtures/*.test",
                "!testdata/x[1].test",
            ],
            "{text}"
        );
    }

    #[test]
    fn below_another_root_the_lists_mean_the_application() {
        let document = "language = \"rust\"\ncontext_root = \"../..\"\n";
        let (ignore, _) = Ignore::parse(&written(document, &[]));
        assert!(ignore.excludes("services/api/target/x"));
        assert!(ignore.excludes("libs/.git"));
        assert!(!ignore.excludes("target/x"));
    }

    #[test]
    fn a_file_without_language_has_the_common_patterns() {
        let text = written(
            "[[stages]]\nname = \"a\"\nfrom = \"scratch\"\nfinal = true\n",
            &[],
        );
        assert!(text.starts_with(&format!("{HEADER}\n**/.git\n")));
        assert!(text.ends_with("**/.env.*\n"));
    }
}
