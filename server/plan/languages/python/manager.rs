//! The package managers of Python.

use crate::config::PackageManager;
use crate::config::spellings::Canonical;
use crate::plan::languages::images;

/// A package manager.
pub(super) struct Manager {
    /// Its name, which is that of its package.
    pub(super) name: &'static str,
    /// The version that is installed; nothing for the one that Python's image brings.
    pub(super) version: Option<&'static str>,
    /// How it works in a build.
    pub(super) env: &'static [(&'static str, &'static str)],
    /// The files that it installs from.
    pub(super) manifests: &'static [&'static str],
    /// The folder of its downloads.
    pub(super) cache: &'static str,
    /// What installs the dependencies.
    pub(super) install: &'static str,
    /// What installs the project itself once its sources are there.
    pub(super) project: Option<&'static str>,
}

const PIP: Manager = Manager {
    name: "pip",
    version: None,
    env: &[],
    manifests: &["requirements.txt"],
    cache: "/root/.cache/pip",
    install: "pip install -r requirements.txt",
    project: None,
};

/// `--no-install-local` rather than `--no-install-project`: the members of a workspace have no sources yet either. The
/// second step is inexact, so that what `install.command` installs beside the lock file stays. A Python that uv downloads
/// would be missing in the final image.
const UV: Manager = Manager {
    name: "uv",
    version: Some(images::UV),
    env: &[("UV_LINK_MODE", "copy"), ("UV_PYTHON_DOWNLOADS", "never")],
    manifests: &["pyproject.toml", "uv.lock"],
    cache: "/root/.cache/uv",
    install: "uv sync --frozen --no-dev --no-install-local",
    project: Some("uv sync --frozen --no-dev --no-editable --inexact"),
};

const POETRY: Manager = Manager {
    name: "poetry",
    version: Some(images::POETRY),
    env: &[("POETRY_VIRTUALENVS_IN_PROJECT", "1")],
    manifests: &["pyproject.toml", "poetry.lock"],
    cache: "/root/.cache/pypoetry",
    install: "poetry install --only main --no-root",
    project: None,
};

const PDM: Manager = Manager {
    name: "pdm",
    version: Some(images::PDM),
    env: &[("PDM_CHECK_UPDATE", "0")],
    manifests: &["pyproject.toml", "pdm.lock"],
    cache: "/root/.cache/pdm",
    install: "pdm sync --prod --no-self",
    project: None,
};

const PIPENV: Manager = Manager {
    name: "pipenv",
    version: Some(images::PIPENV),
    env: &[("PIPENV_VENV_IN_PROJECT", "1")],
    manifests: &["Pipfile", "Pipfile.lock"],
    cache: "/root/.cache/pipenv",
    install: "pipenv sync",
    project: None,
};

impl Manager {
    /// What `package_manager` names; pip by default.
    pub(super) fn of(config: &Canonical) -> &'static Self {
        match config.package_manager.as_ref().map(|name| name.value) {
            Some(PackageManager::Uv) => &UV,
            Some(PackageManager::Poetry) => &POETRY,
            Some(PackageManager::Pdm) => &PDM,
            Some(PackageManager::Pipenv) => &PIPENV,
            _ => &PIP,
        }
    }

    pub(super) fn is_pip(&self) -> bool {
        self.version.is_none()
    }

    /// Whether an install command of the file's own needs more than the manifests: the project, or another file.
    pub(super) fn command_reads_sources(&self, command: &str) -> bool {
        let words = shlex::split(command).unwrap_or_default();
        let leaves_project = words.iter().any(|word| {
            word.starts_with("--no-install-") || word == "--no-root" || word == "--no-self"
        });
        if !self.is_pip() && !leaves_project && words.iter().any(|word| word == self.name) {
            return self.name != "pipenv";
        }
        let is_manifest = |word: &String| self.manifests.contains(&word.trim_start_matches("./"));
        words.iter().any(|word| {
            let is_project = word == "." || word.starts_with(".[") || word == "-e";
            let file = word
                .rsplit_once('=')
                .map_or(word.as_str(), |(_, file)| file)
                .to_owned();
            let is_file = [".txt", ".in", ".toml", ".cfg", ".py", ".whl", ".sh"]
                .iter()
                .any(|end| file.ends_with(end));
            is_project || is_file && !is_manifest(&file)
        })
    }

    /// Whether a manifest names files that lie beside it: further requirements, or packages of the project.
    pub(super) fn manifest_reads_sources(&self, text: &str) -> bool {
        let lines = text.lines().map(str::trim);
        let mut lines = lines.filter(|line| !line.starts_with('#'));
        if self.is_pip() {
            return lines.any(|line| {
                let starts = [
                    "-r",
                    "-c",
                    "-e",
                    "--requirement",
                    "--constraint",
                    "--editable",
                    ".",
                    "file:",
                ];
                starts.iter().any(|start| line.starts_with(start)) || line.contains("@ file:")
            });
        }
        // uv's first step leaves such packages out.
        self.project.is_none()
            && lines.any(|line| {
                line.contains("path =") || line.contains("path=") || line.contains("file:")
            })
    }
}

#[cfg(test)]
mod tests {
    use super::{PIP, PIPENV, POETRY, UV};

    #[test]
    fn a_command_that_names_only_manifests_needs_no_sources() {
        assert!(!PIP.command_reads_sources("pip install --no-deps -r requirements.txt"));
        assert!(!PIP.command_reads_sources("pip install --requirement=requirements.txt"));
        assert!(!UV.command_reads_sources("uv sync --frozen --no-install-project --extra web"));
        assert!(!POETRY.command_reads_sources("poetry install --no-root --only main,web"));
        assert!(!PIPENV.command_reads_sources("pipenv sync --categories web"));
    }

    #[test]
    fn a_command_that_names_other_files_or_the_project_needs_them() {
        assert!(PIP.command_reads_sources("pip install -r requirements/production.txt"));
        assert!(PIP.command_reads_sources("pip install -r requirements.txt --constraint=pins.txt"));
        assert!(PIP.command_reads_sources("pip install .[web]"));
        assert!(UV.command_reads_sources("uv sync --frozen --extra web"));
        assert!(POETRY.command_reads_sources("poetry install --only main"));
    }

    #[test]
    fn manifests_may_name_files_beside_them() {
        assert!(!PIP.manifest_reads_sources("flask==3.1.0\n# -r dev.txt\ngunicorn\n"));
        assert!(PIP.manifest_reads_sources("-r base.txt\n"));
        assert!(PIP.manifest_reads_sources("flask\n-e .\n"));
        assert!(PIP.manifest_reads_sources("common @ file:libs/common\n"));
        assert!(POETRY.manifest_reads_sources("common = { path = \"libs/common\" }\n"));
        assert!(!UV.manifest_reads_sources("common = { path = \"libs/common\" }\n"));
    }
}
