//! The package managers: what each of them reads, keeps and runs.

use crate::config::PackageManager;
use crate::config::spellings::Canonical;
use crate::text::Span;

/// A package manager of `package.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manager {
    Npm,
    Pnpm,
    Yarn,
    Bun,
}

/// Where pnpm keeps packages; said to it, since by itself it looks for a place on the file system of the project.
const PNPM_STORE: &str = "/root/.local/share/pnpm/store";

impl Manager {
    pub(crate) const ALL: [Self; 4] = [Self::Npm, Self::Pnpm, Self::Yarn, Self::Bun];

    /// The package manager of a file with the place that decides it: `package_manager`; else the one that a command of
    /// the file begins with; else npm.
    pub(crate) fn of(config: &Canonical) -> (Self, Option<Span>) {
        let key = config.package_manager.as_ref();
        if let Some((manager, key)) = key.and_then(|it| Some((Self::of_key(it.value)?, it))) {
            return (manager, Some(key.span));
        }
        let commands = [&config.build.command, &config.install_command];
        let named = commands.into_iter().flatten().find_map(|command| {
            let manager = Self::of_program(command.split_whitespace().next()?)?;
            Some((manager, command.span))
        });
        if let Some((manager, span)) = named {
            return (manager, Some(span));
        }
        // Bun starts programs of any package manager.
        let program = super::program(config).and_then(|word| Self::of_program(&word));
        match (program, &config.runtime.cmd) {
            (Some(manager), Some(cmd)) if manager != Self::Bun => (manager, Some(cmd.span)),
            _ => (Self::Npm, None),
        }
    }

    fn of_key(key: PackageManager) -> Option<Self> {
        match key {
            PackageManager::Npm => Some(Self::Npm),
            PackageManager::Pnpm => Some(Self::Pnpm),
            PackageManager::Yarn => Some(Self::Yarn),
            PackageManager::Bun => Some(Self::Bun),
            _ => None,
        }
    }

    /// The package manager that a program belongs to.
    pub(crate) fn of_program(word: &str) -> Option<Self> {
        match word {
            "npm" | "npx" => Some(Self::Npm),
            "pnpm" | "pnpx" => Some(Self::Pnpm),
            "yarn" | "yarnpkg" => Some(Self::Yarn),
            "bun" | "bunx" => Some(Self::Bun),
            _ => None,
        }
    }

    /// Its program, and the value of `package_manager`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pnpm => "pnpm",
            Self::Yarn => "yarn",
            Self::Bun => "bun",
        }
    }

    /// The files that it locks versions in.
    pub(crate) fn lockfiles(self) -> &'static [&'static str] {
        match self {
            Self::Npm => &["package-lock.json", "npm-shrinkwrap.json"],
            Self::Pnpm => &["pnpm-lock.yaml"],
            Self::Yarn => &["yarn.lock"],
            Self::Bun => &["bun.lock", "bun.lockb"],
        }
    }

    /// Whether corepack brings it.
    pub(crate) fn needs_corepack(self) -> bool {
        matches!(self, Self::Pnpm | Self::Yarn)
    }

    /// What the installation reads; what may be missing is a pattern. `.npmrc` says where private packages come from and
    /// how strict the installation is.
    pub(in crate::plan::languages) fn manifests(self) -> &'static [&'static str] {
        match self {
            Self::Npm => &[
                "package.json",
                "package-lock.json*",
                "npm-shrinkwrap.json*",
                ".npmrc*",
            ],
            Self::Pnpm => &[
                "package.json",
                "pnpm-lock.yaml*",
                "pnpm-workspace.yaml*",
                ".pnpmfile.cjs*",
                ".npmrc*",
            ],
            Self::Yarn => &["package.json", "yarn.lock*", ".yarnrc*", ".npmrc*"],
            Self::Bun => &[
                "package.json",
                "bun.lock*",
                "bun.lockb*",
                "bunfig.toml*",
                ".npmrc*",
            ],
        }
    }

    /// Folders that the installation reads where they are.
    pub(in crate::plan::languages) fn folders(self) -> &'static [&'static str] {
        match self {
            Self::Npm => &[],
            // Yarn itself, its plugins and patches.
            Self::Yarn => &[".yarn"],
            Self::Pnpm | Self::Bun => &["patches"],
        }
    }

    /// The folders that are kept between builds. Yarn's are those of its first version and of all later ones.
    pub(in crate::plan::languages) fn caches(self) -> &'static [&'static str] {
        match self {
            Self::Npm => &["/root/.npm"],
            Self::Pnpm => &[PNPM_STORE],
            Self::Yarn => &["/usr/local/share/.cache/yarn", "/root/.yarn/berry/cache"],
            Self::Bun => &["/root/.bun/install/cache"],
        }
    }

    /// Installs everything: exactly what the lockfile says, where there is one.
    pub(in crate::plan::languages) fn install(self) -> Vec<String> {
        match self {
            Self::Npm => vec![
                "if [ -f package-lock.json ] || [ -f npm-shrinkwrap.json ]; then npm ci; else npm install; fi".to_owned(),
            ],
            Self::Pnpm => vec![
                format!("if [ -f pnpm-lock.yaml ]; then pnpm install --frozen-lockfile --store-dir={PNPM_STORE};"),
                format!("else pnpm install --store-dir={PNPM_STORE}; fi"),
            ],
            // `--immutable` is what Yarn calls it from its second version on; without a lockfile it would stop.
            Self::Yarn => vec![
                "if [ ! -f yarn.lock ]; then yarn install;".to_owned(),
                "else case \"$(yarn --version)\" in 1.*) yarn install --frozen-lockfile ;; *) yarn install --immutable ;; esac; fi".to_owned(),
            ],
            // Without a lockfile it installs all the same.
            Self::Bun => vec!["bun install --frozen-lockfile".to_owned()],
        }
    }

    /// Runs the `build` script, where there is one.
    pub(in crate::plan::languages) fn build(self) -> Vec<String> {
        let line = match self {
            Self::Npm => "npm run build --if-present",
            Self::Pnpm => "pnpm run --if-present build",
            // Yarn has no `--if-present`.
            Self::Yarn => {
                "if node -e \"process.exit(require('./package.json').scripts?.build ? 0 : 1)\"; then yarn run build; fi"
            }
            Self::Bun => "bun run --if-present build",
        };
        vec![line.to_owned()]
    }

    /// Leaves the dependencies of the program and drops those of its development.
    pub(in crate::plan::languages) fn prune(self) -> Vec<String> {
        let line = match self {
            Self::Npm => "npm prune --omit=dev",
            // Without `CI` it asks before it removes anything.
            Self::Pnpm => "CI=true pnpm prune --prod --ignore-scripts",
            // Yarn 2 and 3 can do it with a plugin only, and keep all dependencies.
            Self::Yarn => {
                "case \"$(yarn --version)\" in 1.*) yarn install --production --ignore-scripts --prefer-offline ;; [23].*) ;; *) yarn workspaces focus --all --production ;; esac"
            }
            // Bun removes nothing that it finds installed.
            Self::Bun => "rm -rf node_modules && bun install --frozen-lockfile --production",
        };
        vec![line.to_owned()]
    }
}
