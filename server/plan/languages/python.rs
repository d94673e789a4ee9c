//! Python: dependencies in a virtual environment, which the final image gets beside the sources.

mod command;
mod manager;

use std::ops::Deref;

use crate::plan::languages::interpreter::{Interpreter, is_distroless, no_effect, packages};
use crate::plan::languages::project::{BUILDER, Project};
use crate::plan::languages::python::command::missing_bind;
use crate::plan::languages::python::manager::Manager;
use crate::plan::languages::{Built, Planner, Variable, images};
use crate::plan::shell::quote;
use crate::plan::{BaseFacts, Copy, Instruction, InstructionKind, Problem, Source};

/// The image that Python comes in.
const PYTHON: Interpreter = Interpreter {
    repository: "python",
    version: images::PYTHON,
};

/// How Python programs are planned.
pub(super) const PLANNER: Planner = Planner {
    stages: |_| vec![BUILDER.to_owned()],
    image: |config| PYTHON.image(config),
    plan: |project, problems| {
        let manager = Manager::of(project.config);
        let manifest = Manifest::of(project, manager);
        Python {
            project,
            manager,
            manifest,
        }
        .plan(problems)
    },
};

/// A Python program.
struct Python<'a> {
    project: &'a Project<'a>,
    manager: &'static Manager,
    manifest: Manifest,
}

/// Everything that languages share.
impl<'a> Deref for Python<'a> {
    type Target = Project<'a>;

    fn deref(&self) -> &Project<'a> {
        self.project
    }
}

/// What says which dependencies are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manifest {
    /// The package manager's own files, and nothing beside them.
    Alone,
    /// The same, but they name further files of the project.
    WithSources,
    /// `pyproject.toml` or `setup.py`: pip builds the project itself.
    Project,
    /// Nobody can know which of these.
    Unknown,
}

impl Manifest {
    fn of(project: &Project<'_>, manager: &Manager) -> Self {
        let is_there = |name| project.has(name) == Some(true);
        if manager.is_pip() {
            match project.has("requirements.txt") {
                None => return Self::Unknown,
                Some(false) if is_there("pyproject.toml") || is_there("setup.py") => {
                    return Self::Project;
                }
                Some(_) => {}
            }
        }
        let own = project.config.install_command.as_ref();
        let by_command = own.is_some_and(|command| manager.command_reads_sources(command));
        let mut texts = manager
            .manifests
            .iter()
            .filter_map(|name| project.file(name));
        if by_command || own.is_none() && texts.any(|text| manager.manifest_reads_sources(&text)) {
            return Self::WithSources;
        }
        Self::Alone
    }
}

impl Python<'_> {
    fn plan(&self, problems: &mut Vec<Problem>) -> Built {
        self.check_keys(problems);
        let env = [
            Variable {
                name: "PATH",
                value: self.path(),
                expand: true,
            },
            Variable::literal("PYTHONUNBUFFERED", "1"),
        ];
        let port = self
            .port
            .map(|port| Variable::literal("PORT", port.to_string()));
        let libraries = packages(&self.base, &["libpq5"], &["libpq"]);
        Built {
            copies: self.copies(),
            packages: libraries.iter().map(|name| self.package(name)).collect(),
            env: env.into_iter().chain(port).collect(),
            arguments: missing_bind(self.config, self.port, self.has("gunicorn.conf.py")),
            check: self.port.filter(|_| !is_distroless(&self.base)).map(check),
            needs_init: true,
            stages: vec![self.builder(problems)],
            ..Built::default()
        }
    }

    /// Where the virtual environment lies: its programs name this path, so it is the same in builder and image.
    fn environment(&self) -> String {
        format!("{}/.venv", self.home())
    }

    fn path(&self) -> String {
        format!("{}/bin:$PATH", self.environment())
    }

    /// Whether the file makes something in the builder, so that its result is the application.
    fn makes_something(&self) -> bool {
        let build = &self.config.build;
        build.command.is_some() || !build.steps.is_empty() || !build.copy.is_empty()
    }

    /// Whether the project itself is built: a package among its dependencies.
    fn builds_project(&self) -> bool {
        self.manager.project.is_some()
            || matches!(self.manifest, Manifest::Project | Manifest::Unknown)
    }

    fn builder(&self, problems: &mut Vec<Problem>) -> crate::plan::BuildStage {
        let image = PYTHON.builder(self.project);
        let home = self.home().into_owned();
        let needed = packages(
            &BaseFacts::of(&image),
            &["build-essential", "libffi-dev", "libpq-dev"],
            &["build-base", "libffi-dev", "libpq-dev"],
        );
        let mut list = self.begin(&image, &home, needed, problems);
        list.extend(self.manager_steps());
        let sources_first = self.manifest != Manifest::Alone;
        if sources_first {
            list.push(self.sources());
        }
        if self.manager.is_pip() {
            list.push(self.environment_step(sources_first));
        }
        list.extend(self.env("PATH", &self.path(), true));
        if !sources_first {
            list.push(self.manifests(self.manager.manifests));
        }
        let builds_on_install = matches!(self.manifest, Manifest::Project | Manifest::Unknown);
        if builds_on_install {
            list.extend(self.arguments_of_project());
        }
        list.push(self.install_step(&[self.manager.cache], self.install_lines()));
        let needs_sources = self.makes_something() || self.manager.project.is_some();
        if needs_sources && !sources_first {
            list.push(self.sources());
        }
        list.extend(self.own_steps(&home, problems));
        if let Some(line) = self.manager.project {
            list.extend(self.arguments_of_project());
            list.push(self.run(&[self.manager.cache], vec![line.to_owned()]));
        }
        if self.config.build.command.is_some() {
            list.extend(self.arguments());
            list.extend(self.own_build_step(&[self.manager.cache]));
        }
        crate::plan::BuildStage {
            instructions: list,
            ..self.stage_from(BUILDER, &image, true)
        }
    }

    /// The package manager itself, unless the image brings it, and how it is to work.
    fn manager_steps(&self) -> Vec<Instruction> {
        let mut list = Vec::new();
        if let Some(version) = self.manager.version {
            let line = format!(
                "pip install --no-cache-dir {}=={version}",
                self.manager.name
            );
            list.push(self.run(&[], vec![line]));
        }
        let env = self.manager.env.iter();
        list.extend(env.filter_map(|(name, value)| self.env(name, value, false)));
        list
    }

    /// An environment that came along with the sources is another machine's.
    fn environment_step(&self, sources_first: bool) -> Instruction {
        let clear = if sources_first { "--clear " } else { "" };
        let line = format!("python -m venv {clear}{}", quote(&self.environment()));
        self.run(&[], vec![line])
    }

    fn install_lines(&self) -> Vec<String> {
        let lines: &[&str] = match self.manifest {
            Manifest::Alone | Manifest::WithSources => &[self.manager.install],
            Manifest::Project => &["pip install ."],
            Manifest::Unknown => &[
                "if [ -f requirements.txt ]; then pip install -r requirements.txt;",
                "else pip install .; fi",
            ],
        };
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    /// The build arguments before the project is built; a command of the file's own comes later and gets them itself.
    fn arguments_of_project(&self) -> Vec<Instruction> {
        match self.config.build.command {
            Some(_) => Vec::new(),
            None => self.arguments(),
        }
    }

    /// The application; the environment after it, so that none of another machine replaces it.
    fn copies(&self) -> Vec<Instruction> {
        if self.makes_something() {
            return vec![self.folder_from(BUILDER, &self.home())];
        }
        let all = self.layout.path(".");
        let sources = Copy::plain(Source::Context, &[&all], &format!("{}/", self.home()));
        vec![
            self.at(InstructionKind::Copy(sources)),
            self.folder_from(BUILDER, &self.environment()),
        ]
    }

    fn check_keys(&self, problems: &mut Vec<Problem>) {
        PYTHON.check_version(self.project, problems);
        let build = &self.config.build;
        let target = build.target.as_ref().map(|target| target.span);
        no_effect(
            &["build", "target"],
            target,
            "here: the sources are copied whole",
            problems,
        );
        if build.command.is_none() && !self.builds_project() {
            let args = build.args.iter().next().map(|(name, _)| name.span);
            no_effect(
                &["build", "args"],
                args,
                "without `build.command`",
                problems,
            );
        }
    }
}

/// Any answer below 500 is healthy: a program that says 404 at `/` works.
fn check(port: u16) -> Vec<String> {
    let program = format!(
        "import http.client as h;c=h.HTTPConnection('127.0.0.1',{port},timeout=4);c.request('GET','/');exit(c.getresponse().status>=500)"
    );
    vec!["python".to_owned(), "-c".to_owned(), program]
}

#[cfg(test)]
mod tests;
