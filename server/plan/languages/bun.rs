//! Bun: as Node, with everything from one image.

use crate::config::spellings::Canonical;
use crate::plan::Problem;
use crate::plan::languages::javascript::manager::Manager;
use crate::plan::languages::javascript::manifest::Manifest;
use crate::plan::languages::javascript::{Builder, check, is_image, start_script, version};
use crate::plan::languages::project::{BUILDER, DEPENDENCIES, Project, tagged};
use crate::plan::languages::{Built, Planner, Variable, images};

/// How Bun programs are planned.
pub(super) const PLANNER: Planner = Planner {
    stages: |_| vec![DEPENDENCIES.to_owned(), BUILDER.to_owned()],
    image: |config| match &config.build.image {
        // Modules with C code run on the C library that they are built with.
        Some(image) if is_own(image) && config.version.is_none() => image.value.clone(),
        _ => default_image(config),
    },
    plan,
};

fn default_image(config: &Canonical) -> String {
    format!("oven/bun:{}", version(config, "bun", images::BUN))
}

fn is_own(image: &str) -> bool {
    is_image(image, "bun")
}

fn plan(project: &Project<'_>, problems: &mut Vec<Problem>) -> Built {
    let manifest = Manifest::of(project);
    let has_bun = is_own(&project.base.reference);
    let image = project.builder_image(default_builder(project));
    let builder = Builder {
        image: &image,
        manager: Manager::Bun,
        manifest: manifest.as_ref(),
        preparation: Vec::new(),
    };
    let mut built = Built {
        stages: builder.stages(project, problems).into(),
        copies: vec![project.folder_from(BUILDER, &project.home())],
        env: vec![Variable::literal("NODE_ENV", "production")],
        needs_init: true,
        ..Built::default()
    };
    if has_bun {
        built.command = start_script(project, manifest.as_ref(), &["bun", "run", "start"]);
    }
    if let Some(port) = project.port {
        // Bun's own server listens there.
        built.env.push(Variable::literal("PORT", port.to_string()));
        built.check = has_bun.then(|| check(["bun", "-e"], "process.exit", port));
    }
    built
}

/// The base itself where that is Bun's own.
fn default_builder(project: &Project<'_>) -> String {
    let (config, base) = (project.config, &project.base);
    if config.version.is_none() && is_own(&base.reference) && base.known.is_some() {
        return base.reference.clone();
    }
    if base.is_alpine() {
        let version = version(config, "bun", images::BUN);
        return format!("oven/bun:{}", tagged(&version, "alpine"));
    }
    default_image(config)
}

#[cfg(test)]
mod tests {
    use crate::dockerfile::testing::{has, holds, lacks, render, render_with};

    #[test]
    fn a_version_may_name_a_variant() {
        let text = render("language = \"bun\"\nversion = \"1-alpine\"\nruntime.cmd = [\"bun\"]\n");
        holds(&text, "FROM oven/bun:1-alpine AS builder-deps");
        holds(&text, "FROM oven/bun:1-alpine AS runtime");
    }

    #[test]
    fn everything_is_done_by_bun() {
        let expected = r#"
FROM oven/bun:1 AS builder-deps
WORKDIR /app
COPY package.json bun.lock* bun.lockb* bunfig.toml* .npmrc* ./
RUN --mount=type=cache,target=/root/.bun/install/cache \
    bun install --frozen-lockfile

FROM builder-deps AS builder
COPY . .
RUN --mount=type=cache,target=/root/.bun/install/cache \
    bun run --if-present build
RUN --mount=type=cache,target=/root/.bun/install/cache \
    rm -rf node_modules && bun install --frozen-lockfile --production

FROM oven/bun:1 AS runtime
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --link --from=builder /app/ /app/
ENV NODE_ENV="production"
ENV PORT="3000"
EXPOSE 3000
USER 1000:1000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["bun", "-e", "fetch('http://127.0.0.1:3000/').then(r=>process.exit(r.status<500?0:1),()=>process.exit(1))"]
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["bun", "run", "start"]
"#;
        let text = render("language = \"bun\"\n");
        assert!(text.ends_with(expected), "{text}");
    }

    #[test]
    fn builder_and_base_are_of_one_kind() {
        let from = |toml: &str| {
            let text = render(&format!("language = \"bun\"\n{toml}\n"));
            let images = text.lines().filter(|line| line.starts_with("FROM oven"));
            images.map(str::to_owned).collect::<Vec<_>>().join("; ")
        };
        assert_eq!(
            from("version = \"1.1\""),
            "FROM oven/bun:1.1 AS builder-deps; FROM oven/bun:1.1 AS runtime"
        );
        assert_eq!(
            from("runtime.image = \"oven/bun:1.2-alpine\""),
            "FROM oven/bun:1.2-alpine AS builder-deps; FROM oven/bun:1.2-alpine AS runtime"
        );
        assert_eq!(
            from("build.image = \"oven/bun:1.2-slim\""),
            "FROM oven/bun:1.2-slim AS builder-deps; FROM oven/bun:1.2-slim AS runtime"
        );
        assert_eq!(
            from("runtime.image = \"alpine:3.23\"\nruntime.cmd = [\"/app/server\"]"),
            "FROM oven/bun:1-alpine AS builder-deps"
        );
    }

    #[test]
    fn another_base_has_no_bun_to_ask_with() {
        let toml = "language = \"bun\"\nruntime.image = \"alpine:3.23\"\nruntime.cmd = [\"/app/server\"]\n";
        lacks(toml, "HEALTHCHECK");
        has(toml, "CMD [\"/app/server\"]");
    }

    #[test]
    fn a_build_command_replaces_the_script_alone() {
        let text =
            render("language = \"bun\"\nbuild.command = \"bun build ./server.ts --outdir dist\"\n");
        holds(
            &text,
            "    bun build ./server.ts --outdir dist\nRUN --mount=type=cache,target=/root/.bun/install/cache \\\n    rm -rf node_modules && bun install --frozen-lockfile --production",
        );
        assert!(!text.contains("--if-present"), "{text}");
    }

    #[test]
    fn a_workspace_is_installed_from_its_sources() {
        let manifest = r#"{"workspaces": ["packages/*"], "scripts": {"start": "bun ."}}"#;
        let text = render_with("language = \"bun\"\n", &[("package.json", manifest)]);
        holds(
            &text,
            "WORKDIR /app\nCOPY . .\nRUN --mount=type=cache,target=/root/.bun/install/cache \\",
        );
    }
}
