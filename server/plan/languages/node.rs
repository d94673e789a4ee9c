//! Node: dependencies, the `build` script, and what is left of both.

use crate::config::runtime::ImageFamily;
use crate::config::spellings::Canonical;
use crate::image::known::Libc;
use crate::plan::commands::{Purpose, commands};
use crate::plan::languages::javascript::manager::Manager;
use crate::plan::languages::javascript::manifest::Manifest;
use crate::plan::languages::javascript::{
    Builder, check, is_image, libc, matching_suffix, start_script, starts_bun, version,
};
use crate::plan::languages::project::{BUILDER, DEPENDENCIES, Project, tagged};
use crate::plan::languages::{Built, Planner, Variable, family, images};
use crate::plan::{Instruction, InstructionKind, Problem, Run};

/// How Node programs are planned.
pub(super) const PLANNER: Planner = Planner {
    stages: |_| vec![DEPENDENCIES.to_owned(), BUILDER.to_owned()],
    image,
    plan: |project, problems| Node::new(project).plan(problems),
};

/// Where corepack keeps the package managers that it has downloaded, so that the image can have the builder's.
const COREPACK_HOME: &str = "/usr/local/share/corepack";

/// The default base. Modules with C code run on the C library that they are built with.
fn image(config: &Canonical) -> String {
    let is_slim = match (family(config), &config.build.image) {
        (Some(family), _) => family == ImageFamily::Slim,
        (None, Some(image)) => libc(image) == Some(Libc::Glibc),
        (None, None) => false,
    };
    let variant = if is_slim { "slim" } else { "alpine" };
    if starts_bun(config) {
        return format!("oven/bun:{}-{variant}", images::BUN);
    }
    let version = version(config, "node", images::NODE);
    format!("node:{}", tagged(&version, variant))
}

/// A Node program.
struct Node<'a> {
    project: &'a Project<'a>,
    manager: Manager,
    manifest: Option<Manifest>,
}

impl<'a> Node<'a> {
    fn new(project: &'a Project<'a>) -> Self {
        Self {
            project,
            manager: Manager::of(project.config).0,
            manifest: Manifest::of(project),
        }
    }

    fn plan(&self, problems: &mut Vec<Problem>) -> Built {
        let project = self.project;
        let command = self.command();
        let in_image = self.starts_with_corepack(command.as_ref());
        let image = project.builder_image(self.default_builder());
        let builder = Builder {
            image: &image,
            manager: self.manager,
            manifest: self.manifest.as_ref(),
            preparation: self.preparation(in_image),
        };
        let mut built = Built {
            stages: builder.stages(project, problems).into(),
            env: vec![Variable::literal("NODE_ENV", "production")],
            command,
            check: project.port.and_then(|port| self.check(port)),
            needs_init: true,
            ..Built::default()
        };
        let port = project.port.map(|port| port.to_string());
        built
            .env
            .extend(port.map(|port| Variable::literal("PORT", port)));
        if in_image {
            built.setup.push(self.corepack());
            built
                .copies
                .push(project.folder_from(BUILDER, COREPACK_HOME));
            built
                .env
                .push(Variable::literal("COREPACK_HOME", COREPACK_HOME));
        }
        built
            .copies
            .push(project.folder_from(BUILDER, &project.home()));
        built
    }

    /// The builder's image: the base itself where that is Node's own, else one with the base's C library.
    fn default_builder(&self) -> String {
        let base = &self.project.base;
        let suffix = matching_suffix(base);
        if self.manager == Manager::Bun {
            let suffix = if suffix == "-alpine" { suffix } else { "-slim" };
            return format!("oven/bun:{}{suffix}", images::BUN);
        }
        let config = self.project.config;
        let is_own = is_image(&base.reference, "node") && base.known.is_some();
        if is_own && config.version.is_none() {
            return base.reference.clone();
        }
        let version = version(config, "node", images::NODE);
        let variant = suffix.trim_start_matches('-');
        format!("node:{}", tagged(&version, variant))
    }

    /// What brings the package manager into the builder, and how it works there.
    fn preparation(&self, in_image: bool) -> Vec<Instruction> {
        let mut list = Vec::new();
        if self.manager.needs_corepack() {
            if in_image {
                list.extend(self.project.env("COREPACK_HOME", COREPACK_HOME, false));
            }
            list.push(self.corepack());
        }
        if self.manager == Manager::Yarn {
            // By default Yarn's later versions leave packages in their cache, which is not in the image.
            list.extend(self.project.env("YARN_NODE_LINKER", "node-modules", false));
        }
        list
    }

    /// The step that brings pnpm and Yarn, in the version that `packageManager` says, to every version of Node.
    fn corepack(&self) -> Instruction {
        let lines = vec![
            format!("npm install --global {}", images::COREPACK),
            "&& corepack enable".to_owned(),
        ];
        self.project.at(InstructionKind::Run(Run::lines(lines)))
    }

    /// Whether what the container starts is, or runs in a shell, the package manager that corepack brings.
    fn starts_with_corepack(&self, default: Option<&Vec<String>>) -> bool {
        let config = self.project.config;
        let commands = commands(config, self.project.text);
        let started = commands.iter().filter(|it| it.purpose != Purpose::Check);
        let mut words: Vec<String> = started
            .flat_map(|command| &command.words)
            .flat_map(|word| shlex::split(word).unwrap_or_default())
            .collect();
        if config.runtime.cmd.is_none() {
            words.extend(default.into_iter().flatten().cloned());
        }
        let is_named = |word: &String| Manager::of_program(word) == Some(self.manager);
        self.manager.needs_corepack() && self.has_node() && words.iter().any(is_named)
    }

    /// The `start` script; without a shell none can be run.
    fn command(&self) -> Option<Vec<String>> {
        // npm starts what bun has installed: Node's image has no bun.
        let starter = match self.manager {
            Manager::Bun => "npm",
            manager => manager.name(),
        };
        if self.project.base.shell() == Some(false) {
            return None;
        }
        start_script(self.project, self.manifest.as_ref(), &[starter, "start"])
    }

    /// Whether the base is Node's image, with all that belongs to it.
    fn has_node(&self) -> bool {
        is_image(&self.project.base.reference, "node")
    }

    fn check(&self, port: u16) -> Option<Vec<String>> {
        let base = &self.project.base.reference;
        if is_image(base, "bun") {
            return Some(check(["bun", "-e"], "process.exit", port));
        }
        if !self.has_node() {
            return None;
        }
        let version = version(self.project.config, "node", images::NODE);
        let major = version.split('.').next().and_then(|it| it.parse().ok());
        Some(match major {
            Some(0..18) => check_without_fetch(port),
            _ => check(["node", "-e"], "process.exit", port),
        })
    }
}

/// The same question for versions of Node that have no `fetch`.
fn check_without_fetch(port: u16) -> Vec<String> {
    let script = format!(
        "require('http').get('http://127.0.0.1:{port}/',r=>process.exit(r.statusCode<500?0:1)).on('error',()=>process.exit(1))"
    );
    vec!["node".to_owned(), "-e".to_owned(), script]
}

#[cfg(test)]
mod tests {
    use crate::dockerfile::testing::{has, holds, lacks, render, render_with};

    #[test]
    fn dependencies_come_before_the_sources_and_those_of_development_go() {
        let expected = r#"
FROM node:22-alpine AS builder-deps
WORKDIR /app
COPY package.json package-lock.json* npm-shrinkwrap.json* .npmrc* ./
RUN --mount=type=cache,target=/root/.npm \
    if [ -f package-lock.json ] || [ -f npm-shrinkwrap.json ]; then npm ci; else npm install; fi

FROM builder-deps AS builder
COPY . .
RUN --mount=type=cache,target=/root/.npm \
    npm run build --if-present
RUN --mount=type=cache,target=/root/.npm \
    npm prune --omit=dev

FROM node:22-alpine AS runtime
RUN apk add --no-cache tini
WORKDIR /app
COPY --link --from=builder /app/ /app/
ENV NODE_ENV="production"
ENV PORT="3000"
EXPOSE 3000
USER 1000:1000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["node", "-e", "fetch('http://127.0.0.1:3000/').then(r=>process.exit(r.status<500?0:1),()=>process.exit(1))"]
ENTRYPOINT ["/sbin/tini", "--"]
CMD ["npm", "start"]
"#;
        let text = render("language = \"node\"\n");
        assert!(text.ends_with(expected), "{text}");
    }

    #[test]
    fn pnpm_is_the_version_of_the_project_also_where_it_starts_it() {
        let text = render("language = \"node\"\npackage_manager = \"pnpm\"\n");
        holds(
            &text,
            r#"
FROM node:22-alpine AS builder-deps
WORKDIR /app
ENV COREPACK_HOME="/usr/local/share/corepack"
RUN npm install --global corepack@0 \
 && corepack enable
COPY package.json pnpm-lock.yaml* pnpm-workspace.yaml* .pnpmfile.cjs* .npmrc* ./
RUN --mount=type=cache,target=/root/.local/share/pnpm/store \
    if [ -f pnpm-lock.yaml ]; then pnpm install --frozen-lockfile --store-dir=/root/.local/share/pnpm/store; \
    else pnpm install --store-dir=/root/.local/share/pnpm/store; fi

FROM builder-deps AS builder
COPY . .
RUN --mount=type=cache,target=/root/.local/share/pnpm/store \
    pnpm run --if-present build
RUN --mount=type=cache,target=/root/.local/share/pnpm/store \
    CI=true pnpm prune --prod --ignore-scripts

FROM node:22-alpine AS runtime
RUN apk add --no-cache tini
RUN npm install --global corepack@0 \
 && corepack enable
WORKDIR /app
COPY --link --from=builder /usr/local/share/corepack/ /usr/local/share/corepack/
COPY --link --from=builder /app/ /app/
ENV NODE_ENV="production"
ENV PORT="3000"
ENV COREPACK_HOME="/usr/local/share/corepack"
"#,
        );
        holds(&text, "CMD [\"pnpm\", \"start\"]");
    }

    #[test]
    fn a_program_that_node_starts_needs_no_package_manager_in_the_image() {
        let toml = "language = \"node\"\npackage_manager = \"pnpm\"\nruntime.cmd = [\"node\", \"server.js\"]\n";
        lacks(toml, "COREPACK_HOME");
        let text = render(toml);
        assert_eq!(text.matches("corepack enable").count(), 1, "{text}");
    }

    #[test]
    fn a_package_manager_behind_a_shell_or_an_entrypoint_is_in_the_image() {
        for command in [
            "cmd = [\"sh\", \"-c\", \"node migrate.js && pnpm start\"]",
            "cmd = { shell = \"exec pnpm start\" }",
            "entrypoint = [\"docker-entrypoint.sh\"]\ncmd = [\"pnpm\", \"start\"]",
        ] {
            let toml =
                format!("language = \"node\"\npackage_manager = \"pnpm\"\n[runtime]\n{command}\n");
            has(&toml, "ENV COREPACK_HOME=\"/usr/local/share/corepack\"");
            assert_eq!(render(&toml).matches("corepack enable").count(), 2);
        }
    }

    #[test]
    fn every_version_of_node_gets_corepack() {
        for version in ["16", "18", "22", "25"] {
            let toml = format!(
                "language = \"node\"\nversion = \"{version}\"\npackage_manager = \"yarn\"\n"
            );
            let text = render(&toml);
            assert_eq!(
                text.matches("npm install --global corepack@0").count(),
                2,
                "{text}"
            );
            assert_eq!(
                text.matches(&format!("FROM node:{version}-alpine AS "))
                    .count(),
                2
            );
        }
    }

    #[test]
    fn yarn_keeps_to_its_lockfile_in_every_version() {
        let text = render(
            "language = \"node\"\npackage_manager = \"yarn\"\nruntime.cmd = \"node server.js\"\n",
        );
        holds(
            &text,
            r#"
ENV YARN_NODE_LINKER="node-modules"
COPY package.json yarn.lock* .yarnrc* .npmrc* ./
RUN --mount=type=cache,target=/usr/local/share/.cache/yarn \
    --mount=type=cache,target=/root/.yarn/berry/cache \
    if [ ! -f yarn.lock ]; then yarn install; \
    else case "$(yarn --version)" in 1.*) yarn install --frozen-lockfile ;; *) yarn install --immutable ;; esac; fi
"#,
        );
        let own = "language = \"node\"\npackage_manager = \"yarn\"\nbuild.env = { YARN_NODE_LINKER = \"pnp\" }\n";
        has(own, "ENV YARN_NODE_LINKER=\"pnp\"");
        lacks(own, "node-modules\"");
    }

    #[test]
    fn bun_installs_in_its_own_image_and_node_runs_the_program() {
        let toml = "language = \"node\"\nversion = \"20\"\npackage_manager = \"bun\"\n";
        let text = render(toml);
        holds(
            &text,
            "FROM oven/bun:1-alpine AS builder-deps\nWORKDIR /app\nCOPY package.json bun.lock* bun.lockb* bunfig.toml* .npmrc* ./",
        );
        holds(&text, "FROM node:20-alpine AS runtime");
        holds(&text, "CMD [\"npm\", \"start\"]");
        assert!(!text.contains("corepack"), "{text}");
    }

    #[test]
    fn bun_runs_the_program_where_the_file_says_so() {
        let text = render(
            "language = \"node\"\npackage_manager = \"bun\"\nruntime.cmd = [\"bun\", \"run\", \"start\"]\n",
        );
        holds(&text, "FROM oven/bun:1-alpine AS runtime");
        holds(&text, "USER 1000:1000");
        assert!(text.contains("CMD [\"bun\", \"-e\", \"fetch("), "{text}");
    }

    #[test]
    fn a_command_that_begins_with_a_package_manager_chooses_it() {
        let old = "runtime = \"node\"\n[build]\ncommand = \"pnpm build\"\n[start]\ncommand = \"node dist/main.js\"\n";
        let text = render(old);
        holds(&text, "    pnpm build");
        holds(&text, "    CI=true pnpm prune --prod --ignore-scripts");
        let start = "runtime = \"node\"\nstart.command = \"yarn start\"\n";
        has(start, "COPY package.json yarn.lock* .yarnrc* .npmrc* ./");
        // The key says it better.
        let key =
            "language = \"node\"\npackage_manager = \"npm\"\nbuild.command = \"pnpm build\"\n";
        has(key, "    npm prune --omit=dev");
    }

    #[test]
    fn the_builder_has_the_c_library_and_the_version_of_the_base() {
        let builder = |toml: &str| {
            let text = render(&format!("language = \"node\"\n{toml}\n"));
            let mut images = text.lines().filter(|line| line.starts_with("FROM "));
            let first = images.next().unwrap_or_default().to_owned();
            let last = images.next_back().unwrap_or_default().to_owned();
            (
                first.replace(" AS builder-deps", ""),
                last.replace(" AS runtime", ""),
            )
        };
        let both = |image: &str| (format!("FROM {image}"), format!("FROM {image}"));
        assert_eq!(
            builder("runtime.image_family = \"slim\""),
            both("node:22-slim")
        );
        assert_eq!(
            builder("runtime.image = \"node:20.11-bookworm\""),
            both("node:20.11-bookworm")
        );
        assert_eq!(
            builder("build.image = \"node:20-bookworm\""),
            (
                "FROM node:20-bookworm".to_owned(),
                "FROM node:20-slim".to_owned()
            )
        );
        assert_eq!(
            builder("runtime.image = \"debian:bookworm-slim\""),
            (
                "FROM node:22-slim".to_owned(),
                "FROM debian:bookworm-slim".to_owned()
            )
        );
        let distroless = "gcr.io/distroless/nodejs22-debian12:nonroot";
        assert_eq!(
            builder(&format!(
                "runtime.image = \"{distroless}\"\nruntime.cmd = [\"server.js\"]"
            )),
            (
                "FROM node:22-bookworm-slim".to_owned(),
                format!("FROM {distroless}")
            )
        );
        assert_eq!(
            builder("package_manager = \"bun\"\nruntime.image_family = \"slim\"").0,
            "FROM oven/bun:1-slim"
        );
    }

    #[test]
    fn an_image_without_shell_has_neither_tini_nor_check() {
        let toml = "language = \"node\"\nruntime.image = \"gcr.io/distroless/nodejs22-debian12:nonroot\"\nruntime.cmd = [\"server.js\"]\n";
        lacks(toml, "tini");
        lacks(toml, "HEALTHCHECK");
        has(toml, "CMD [\"server.js\"]");
    }

    #[test]
    fn the_check_runs_in_old_versions() {
        let old = "language = \"node\"\nversion = \"16.20\"\n";
        lacks(old, "fetch(");
        assert!(render(old).contains("require('http').get('http://127.0.0.1:3000/',"));
        lacks(
            "language = \"node\"\nruntime.expose = false\n",
            "HEALTHCHECK",
        );
        lacks("language = \"node\"\nruntime.expose = false\n", "PORT");
    }

    #[test]
    fn the_port_and_the_users_environment_win() {
        let toml = "language = \"node\"\nruntime.expose = 8080\nruntime.env = { NODE_ENV = \"staging\" }\n";
        has(
            toml,
            "ENV PORT=\"8080\"\nENV NODE_ENV=\"staging\"\nEXPOSE 8080",
        );
        lacks(toml, "production");
    }

    #[test]
    fn what_the_installation_reads_comes_before_it() {
        let npm = "language = \"node\"\n";
        let files = |manifest| [("package.json", manifest)];
        let whole = "WORKDIR /app\nCOPY . .\nRUN --mount=type=cache,target=/root/.npm \\";
        holds(
            &render_with(
                npm,
                &files(r#"{"workspaces": ["packages/*"], "scripts": {"start": "node ."}}"#),
            ),
            whole,
        );
        holds(
            &render_with(
                npm,
                &files(r#"{"scripts": {"start": "node .", "postinstall": "prisma generate"}}"#),
            ),
            whole,
        );
        let hooks = render_with(
            npm,
            &files(r#"{"scripts": {"start": "node .", "prepare": "husky"}}"#),
        );
        holds(
            &hooks,
            "COPY package.json package-lock.json* npm-shrinkwrap.json* .npmrc* ./",
        );
        let pnpm = "language = \"node\"\npackage_manager = \"pnpm\"\n";
        let patched = render_with(
            pnpm,
            &[
                ("package.json", r#"{"scripts": {"start": "node ."}}"#),
                ("patches/ms.patch", ""),
            ],
        );
        holds(&patched, "COPY patches/ patches/");
        let members = [
            ("package.json", r#"{"scripts": {"start": "node ."}}"#),
            ("pnpm-workspace.yaml", "packages:\n  - apps/*\n"),
        ];
        holds(
            &render_with(pnpm, &members),
            "COPY . .\nRUN --mount=type=cache,target=/root/.local/share/pnpm/store \\",
        );
        let yarn = "language = \"node\"\npackage_manager = \"yarn\"\n";
        let berry = render_with(
            yarn,
            &[
                ("package.json", r#"{"scripts": {"start": "node ."}}"#),
                (".yarn/releases/yarn-4.5.0.cjs", ""),
            ],
        );
        holds(&berry, "COPY .yarn/ .yarn/");
    }
}
