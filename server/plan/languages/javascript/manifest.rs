//! `package.json`, as far as a plan depends on it.

use serde_json::Value;

use crate::plan::languages::javascript::manager::Manager;
use crate::plan::languages::project::Project;

/// A read `package.json`. It is written by others: nothing in it is trusted to have any shape.
#[derive(Debug, Clone)]
pub(crate) struct Manifest {
    value: Value,
}

/// The scripts that an installation runs.
const INSTALL_SCRIPTS: [&str; 8] = [
    "preinstall",
    "install",
    "postinstall",
    "prepublish",
    "preprepare",
    "prepare",
    "postprepare",
    "pnpm:devPreinstall",
];

impl Manifest {
    /// Reads a manifest; nothing for what is no JSON object.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
        value.is_object().then_some(Self { value })
    }

    /// The application's manifest, if it is known.
    pub(in crate::plan::languages) fn of(project: &Project<'_>) -> Option<Self> {
        Self::parse(&project.file("package.json")?)
    }

    /// A script.
    fn script(&self, name: &str) -> Option<&str> {
        self.value.get("scripts")?.get(name)?.as_str()
    }

    /// Whether it has a script.
    pub(crate) fn has_script(&self, name: &str) -> bool {
        self.script(name).is_some()
    }

    /// The package manager that `packageManager` names, as in `pnpm@9.15.0`.
    pub(crate) fn manager(&self) -> Option<Manager> {
        let field = self.value.get("packageManager")?.as_str()?;
        let name = field.split('@').next()?;
        Manager::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Whether the installation reads more than manifests: the packages of a workspace, or what scripts run. Git hooks
    /// are none of that.
    pub(in crate::plan::languages) fn installs_from_sources(&self) -> bool {
        let mut scripts = INSTALL_SCRIPTS.iter().filter_map(|name| self.script(name));
        self.value.get("workspaces").is_some() || scripts.any(|script| !script.starts_with("husky"))
    }
}

/// Whether pnpm is told of further packages. The file may hold nothing but settings.
pub(in crate::plan::languages) fn has_members(project: &Project<'_>) -> bool {
    let text = project.file("pnpm-workspace.yaml").unwrap_or_default();
    text.lines().any(|line| line.starts_with("packages:"))
}

#[cfg(test)]
mod tests {
    use super::Manifest;
    use crate::plan::languages::javascript::manager::Manager;

    #[test]
    fn any_json_can_be_a_manifest() {
        for text in ["", "[]", "{", "null", "\"a\""] {
            assert!(Manifest::parse(text).is_none(), "{text}");
        }
        for text in [
            "{}",
            r#"{"scripts": 1, "packageManager": {}}"#,
            r#"{"scripts": {"start": []}}"#,
        ] {
            let manifest = Manifest::parse(text).expect("an object");
            assert!(!manifest.has_script("start"));
            assert_eq!(manifest.manager(), None);
            assert!(!manifest.installs_from_sources());
        }
    }

    #[test]
    fn the_package_manager_stands_before_its_version() {
        let of = |text: &str| Manifest::parse(text).expect("an object").manager();
        assert_eq!(
            of(r#"{"packageManager": "yarn@4.5.0"}"#),
            Some(Manager::Yarn)
        );
        assert_eq!(
            of(r#"{"packageManager": "pnpm@9.15.0+sha512.aa"}"#),
            Some(Manager::Pnpm)
        );
        assert_eq!(of(r#"{"packageManager": "cnpm@9"}"#), None);
    }

    #[test]
    fn hooks_of_git_need_no_sources() {
        let of = |text: &str| {
            Manifest::parse(text)
                .expect("an object")
                .installs_from_sources()
        };
        assert!(!of(r#"{"scripts": {"prepare": "husky", "build": "tsc"}}"#));
        assert!(of(r#"{"scripts": {"postinstall": "prisma generate"}}"#));
        assert!(of(r#"{"workspaces": ["packages/*"]}"#));
    }
}
