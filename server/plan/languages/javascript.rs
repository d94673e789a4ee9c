//! What Node, Bun and Deno share: a package manager's steps, the versions of images, and the health check.

pub(crate) mod manager;
pub(crate) mod manifest;

use crate::config::spellings::Canonical;
use crate::image::ImageReference;
use crate::image::known::{Family, Libc};
use crate::plan::languages::javascript::manager::Manager;
use crate::plan::languages::javascript::manifest::Manifest;
use crate::plan::languages::project::{BUILDER, DEPENDENCIES, Project};
use crate::plan::paths::file_name;
use crate::plan::{BaseFacts, BuildStage, Instruction, Problem};
use crate::text::Spanned;

/// What both builders need.
pub(super) struct Builder<'a> {
    /// Their image.
    pub(super) image: &'a Spanned<String>,
    /// What installs and builds.
    pub(super) manager: Manager,
    /// `package.json`, as far as it is known.
    pub(super) manifest: Option<&'a Manifest>,
    /// What brings the package manager into the image.
    pub(super) preparation: Vec<Instruction>,
}

impl Builder<'_> {
    /// The stage with all dependencies, and the one that builds and leaves those of the image.
    pub(super) fn stages(
        self,
        project: &Project<'_>,
        problems: &mut Vec<Problem>,
    ) -> [BuildStage; 2] {
        let home = project.home();
        let mut dependencies = project.stage_from(DEPENDENCIES, self.image, true);
        let list = &mut dependencies.instructions;
        list.extend(project.begin(self.image, &home, &[], problems));
        list.extend(self.preparation);
        // What the installation reads beside the manifests nobody can list, so it gets everything.
        let needs_sources = self.manifest.is_some_and(Manifest::installs_from_sources)
            || manifest::has_members(project);
        if needs_sources {
            list.push(project.sources());
        } else {
            list.push(project.manifests(self.manager.manifests()));
            list.extend(self.manager.folders().iter().filter_map(|folder| {
                let folder = format!("{folder}/");
                (project.has(folder.trim_end_matches('/')) == Some(true))
                    .then(|| project.manifests_to(&[&folder], &folder))
            }));
        }
        let caches = self.manager.caches();
        list.push(project.install_step(caches, self.manager.install()));

        let mut builder = project.stage_on(BUILDER, DEPENDENCIES, project.place);
        let list = &mut builder.instructions;
        if !needs_sources {
            list.push(project.sources());
        }
        list.extend(project.before_build(&home, problems));
        list.push(project.build_step(caches, self.manager.build()));
        list.push(project.run(caches, self.manager.prune()));
        [dependencies, builder]
    }
}

/// What the container starts unless the file says it: the `start` script, as far as there may be one.
pub(super) fn start_script(
    project: &Project<'_>,
    manifest: Option<&Manifest>,
    words: &[&str],
) -> Option<Vec<String>> {
    // npm and pnpm start `server.js` where no script is.
    let has_default =
        matches!(words, ["npm" | "pnpm", ..]) && project.has("server.js") != Some(false);
    let may_start = manifest.is_none_or(|manifest| manifest.has_script("start")) || has_default;
    may_start.then(|| words.iter().map(|word| (*word).to_owned()).collect())
}

/// The first word of what the file starts: the program. `exec` in front of it is the shell's.
pub(super) fn program(config: &Canonical) -> Option<String> {
    let words = super::project::start_words(config)?;
    words.into_iter().find(|word| word != "exec")
}

/// Whether a Node project uses nothing of Node: bun installs, builds and runs it.
pub(crate) fn needs_no_node(config: &Canonical) -> bool {
    let (manager, _) = Manager::of(config);
    manager == Manager::Bun && starts_bun(config)
}

/// Whether what the container starts is bun.
pub(super) fn starts_bun(config: &Canonical) -> bool {
    let manager = program(config).and_then(|word| Manager::of_program(&word));
    manager == Some(Manager::Bun)
}

/// Whether an image is one of a name, wherever it is kept: `ghcr.io/acme/node:22` is one of `node`.
pub(super) fn is_image(reference: &str, name: &str) -> bool {
    ImageReference::parse(reference).is_ok_and(|it| file_name(&it.name) == name)
}

/// The version of a language: `version`; else that of an image of it that the file names, since modules that are built
/// for one version may not load in another; else the default.
pub(super) fn version(config: &Canonical, name: &str, default: &str) -> String {
    if let Some(version) = &config.version {
        return version.value.clone();
    }
    let images = [&config.build.image, &config.runtime.image];
    let mut named = images.into_iter().flatten();
    named
        .find_map(|image| tagged_version(image, name))
        .unwrap_or_else(|| default.to_owned())
}

/// `22.4` of `node:22.4-alpine`.
fn tagged_version(image: &str, name: &str) -> Option<String> {
    // What a registry of somebody's own counts in its tags is not the language's version.
    BaseFacts::of(image).known?;
    let tag = ImageReference::parse(image)
        .ok()
        .filter(|it| file_name(&it.name) == name)?
        .tag?;
    let version = tag.split('-').find(|part| {
        part.starts_with(|it: char| it.is_ascii_digit())
            && part.chars().all(|it| it.is_ascii_digit() || it == '.')
    })?;
    Some(version.to_owned())
}

/// The C library of an image, if it is known.
pub(super) fn libc(reference: &str) -> Option<Libc> {
    BaseFacts::of(reference).known.and_then(|known| known.libc)
}

/// The end of a tag of `node` or `oven/bun` with the C library of another image; Alpine where that is not known.
pub(super) fn matching_suffix(base: &BaseFacts) -> &'static str {
    let Some(known) = &base.known else {
        return "-alpine";
    };
    match (known.libc, known.family) {
        // A module that is linked against a newer Debian does not load in an older one.
        (Some(Libc::Glibc), Family::Distroless) if base.reference.contains("-debian12") => {
            "-bookworm-slim"
        }
        (Some(Libc::Glibc), Family::Distroless) if base.reference.contains("-debian13") => {
            "-trixie-slim"
        }
        (Some(Libc::Glibc), _) => "-slim",
        _ => "-alpine",
    }
}

/// A health check that asks the server itself, with a program that takes JavaScript. Any status below 500 is healthy: a
/// 404 at `/` is not a fault.
pub(super) fn check(words: [&str; 2], exit: &str, port: u16) -> Vec<String> {
    let script = format!(
        "fetch('http://127.0.0.1:{port}/').then(r=>{exit}(r.status<500?0:1),()=>{exit}(1))"
    );
    let words = words.into_iter().map(str::to_owned);
    words.chain([script]).collect()
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::NoContext;
    use crate::dockerfile::testing::{has, holds, render};

    const LANGUAGES: [&str; 3] = ["node", "bun", "deno"];

    fn minimal(language: &str) -> String {
        format!("language = \"{language}\"\nruntime.cmd = [\"start\"]\n")
    }

    /// The keys that speak of building, each with a value that is not its default.
    const KEYS: [&str; 24] = [
        "version = \"1.2.3\"",
        "package_manager = \"yarn\"",
        "args = { A = \"b\" }",
        "env = { A = \"b\" }",
        "secrets.token = { target = \"/run/token\" }",
        "install.command = \"install\"",
        "install.system_deps = [\"git\"]",
        "build.target = \"app.ts\"",
        "build.output = \"/app/app\"",
        "build.command = \"make\"",
        "build.ldflags = [\"-X a.b=c\"]",
        "build.strip = false",
        "build.args = { A = \"b\" }",
        "build.tags = [\"x\"]",
        "build.flags = [\"-v\"]",
        "build.trimpath = false",
        "build.cgo = true",
        "build.env = { A = \"b\" }",
        "build.image = \"debian:bookworm\"",
        "build.packages = [\"git\"]",
        "build.no_cache = true",
        "build.binaries = [{ name = \"a\", path = \"./a\" }]",
        "build.copy = [{ src = \"a\", dst = \"b\" }]",
        "build.steps = [\"RUN true\"]",
    ];

    #[test]
    fn every_key_changes_the_text_or_is_reported() {
        for language in LANGUAGES {
            let plain = render(&minimal(language));
            for key in KEYS {
                let toml = format!("{}{key}\n", minimal(language));
                let analysis = analyze(&toml, &NoContext::default());
                let text = &analysis.dockerfile().expect("a Dockerfile").text;
                let mut found = analysis.diagnostics.iter();
                let is_reported = found.any(|it| it.rule == "no-effect");
                assert_eq!(is_reported, *text == plain, "{language}: {key}\n{text}");
            }
        }
    }

    #[test]
    fn a_command_for_the_installation_replaces_that_step_alone() {
        let own = "    make deps";
        let replaced = [
            (
                "node",
                "    if [ -f package-lock.json ] || [ -f npm-shrinkwrap.json ]; then npm ci; else npm install; fi",
            ),
            ("bun", "    bun install --frozen-lockfile"),
        ];
        for (language, line) in replaced {
            let toml = minimal(language);
            let expected = render(&toml).replacen(&format!("{line}\n"), &format!("{own}\n"), 1);
            assert_eq!(
                render(&format!("{toml}install.command = \"make deps\"\n")),
                expected
            );
        }
        let toml = minimal("deno");
        let expected = render(&toml).replace(
            "RUN if [ -f main.ts ]; then deno cache main.ts; fi",
            "RUN make deps",
        );
        assert_eq!(
            render(&format!("{toml}install.command = \"make deps\"\n")),
            expected
        );
    }

    #[test]
    fn both_commands_arrive() {
        for language in LANGUAGES {
            let toml = format!(
                "{}install.command = \"make deps\"\nbuild.command = \"make all\"\n",
                minimal(language)
            );
            let text = render(&toml);
            let deps = text.find("make deps").expect("the installation");
            let all = text.find("make all").expect("the build");
            assert!(deps < all, "{text}");
        }
    }

    #[test]
    fn every_step_that_reads_packages_has_the_same_mounts() {
        for (language, steps) in [("node", 3), ("bun", 3), ("deno", 2)] {
            let toml = format!(
                "{}build.command = \"make\"\nsecrets.b = {{ env = \"B\" }}\nsecrets.a = {{ target = \"/a\", env = \"A\" }}\n",
                minimal(language)
            );
            let text = render(&toml);
            let secrets = "--mount=type=secret,id=a,target=/a,env=A \\\n    --mount=type=secret,id=b,env=B \\\n";
            assert_eq!(text.matches(secrets).count(), steps, "{text}");
            let cached = text.matches("--mount=type=cache").count();
            assert_eq!(cached, if language == "deno" { 0 } else { steps }, "{text}");
            let without = render(&format!("{toml}build.no_cache = true\n"));
            assert!(!without.contains("type=cache"), "{without}");
        }
    }

    #[test]
    fn a_tool_of_the_builder_is_there_before_anything_is_installed() {
        for language in LANGUAGES {
            let toml = format!(
                "{}[[external_tools]]\nname = \"buf\"\nimage = \"bufbuild/buf:1.50\"\nsrc = \"/usr/local/bin/buf\"\ndst = \"/usr/local/bin/buf\"\nstage = \"builder\"\n",
                minimal(language)
            );
            let text = render(&toml);
            holds(
                &text,
                "WORKDIR /app\nCOPY --link --from=bufbuild/buf:1.50 /usr/local/bin/buf /usr/local/bin/buf",
            );
        }
    }

    #[test]
    fn the_builders_own_keys_come_between_sources_and_build() {
        let toml = r#"
language = "node"
[build]
args = { REVISION = "dev" }
env = { CI = "true" }
packages = ["git"]
steps = ["RUN node generate.js"]
copy = [{ src = "proto/", dst = "proto/" }]
"#;
        has(
            toml,
            "RUN apk add --no-cache git\nWORKDIR /app\nENV CI=\"true\"\nCOPY package.json package-lock.json* npm-shrinkwrap.json* .npmrc* ./",
        );
        has(
            toml,
            "COPY . .\nCOPY proto/ /app/proto/\nRUN node generate.js\nARG REVISION=dev\nRUN --mount=type=cache,target=/root/.npm \\\n    npm run build --if-present",
        );
    }

    #[test]
    fn the_applications_folder_alone_is_copied() {
        let context = NoContext {
            folder: "/srv/services/api".to_owned(),
        };
        let sources = [
            (
                "node",
                "COPY services/api/package.json services/api/package-lock.json* services/api/npm-shrinkwrap.json* services/api/.npmrc* ./",
            ),
            ("bun", "COPY services/api/ ./"),
            ("deno", "COPY services/api/ ./"),
        ];
        for (language, expected) in sources {
            let toml = format!("{}context_root = \"../..\"\n", minimal(language));
            let analysis = analyze(&toml, &context);
            holds(&analysis.dockerfile().expect("a Dockerfile").text, expected);
            let old = format!(
                "runtime = \"{language}\"\ncontext_root = \"services/api\"\nstart.command = \"start\"\n"
            );
            holds(&render(&old), expected);
        }
    }

    #[test]
    fn another_working_folder_is_that_of_the_build() {
        for language in LANGUAGES {
            let toml = format!("{}runtime.workdir = \"/srv/web\"\n", minimal(language));
            has(&toml, "COPY --link --from=builder /srv/web/ /srv/web/");
            assert_eq!(render(&toml).matches("WORKDIR /srv/web\n").count(), 2);
        }
    }

    #[test]
    fn old_and_canonical_spelling_render_to_the_same_bytes() {
        let old = r#"
runtime = "node"
version = "20"
package_manager = "pnpm"
[install]
command = "pnpm install --frozen-lockfile --prod=false"
system_deps = ["git"]
[build]
command = "pnpm build"
[start]
command = "node dist/main.js"
[runtime_config]
system_deps = ["curl"]
image_family = "slim"
expose = 4000
healthcheck_opts = { interval = "10s" }
[env]
LOG_LEVEL = "info"
"#;
        let canonical = r#"
language = "node"
version = "20"
package_manager = "pnpm"
install.command = "pnpm install --frozen-lockfile --prod=false"
[build]
packages = ["git"]
command = "pnpm build"
[runtime]
cmd = ["node", "dist/main.js"]
packages = ["curl"]
image_family = "slim"
expose = 4000
[runtime.healthcheck]
interval = "10s"
[runtime.env]
LOG_LEVEL = "info"
"#;
        let text = render(old);
        assert_eq!(text, render(canonical));
        holds(
            &text,
            "HEALTHCHECK --interval=10s --timeout=5s --start-period=10s \\\n    CMD [\"node\", \"-e\", \"fetch('http://127.0.0.1:4000/').then(r=>process.exit(r.status<500?0:1),()=>process.exit(1))\"]",
        );
        for language in ["bun", "deno"] {
            let old = format!("runtime = \"{language}\"\nstart.command = \"start\"\n");
            assert_eq!(render(&old), render(&minimal(language)));
        }
    }
}
