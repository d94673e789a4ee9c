//! Rust: one builder where the image will run, whose target folder is kept between builds.

mod command;
pub(crate) mod link;
pub(crate) mod manifest;

use crate::config::runtime::ImageFamily;
use crate::config::spellings::Canonical;
use crate::plan::languages::compiled::{OUT, SOURCES, listed};
use crate::plan::languages::project::{BUILDER, Project, tagged};
use crate::plan::languages::rust::command::CargoBuild;
use crate::plan::languages::rust::manifest::Packages;
use crate::plan::languages::{Binary, Built, Planner, family, images};
use crate::plan::paths::{absolute, can_link, file_name};
use crate::plan::shell::{has_operator, quote};
use crate::plan::{
    BaseFacts, BuildStage, Copy, Instruction, InstructionKind, Mount, Problem, ProblemKind, Run,
    RunCommand, Source,
};
use crate::text::Spanned;

const REGISTRY: &str = "/usr/local/cargo/registry";
const GIT: &str = "/usr/local/cargo/git";

/// Where the builder compiles. Everything of the build context lies below `/src`, so that a package of a workspace is
/// compiled here too.
const TARGET: &str = "/src/target";

/// The variable that moves it.
const TARGET_VARIABLE: &str = "CARGO_TARGET_DIR";

/// Programs that start another one: the first word of a command says nothing then.
const LAUNCHERS: [&str; 6] = ["sh", "bash", "env", "exec", "tini", "dumb-init"];

/// How Rust programs are planned.
pub(super) const PLANNER: Planner = Planner {
    stages: |_| vec![BUILDER.to_owned()],
    image,
    plan: |project, problems| {
        let packages = manifest::read(&project.context, &project.layout.application);
        let packages = packages.filter(|_| project.is_seen());
        Rust { project, packages }.plan(problems)
    },
};

/// The default base. Alpine's compiler links the C library in, so that its binaries run on each of them.
fn image(config: &Canonical) -> String {
    match family(config) {
        Some(ImageFamily::Alpine) => images::ALPINE,
        Some(ImageFamily::Slim) => images::DEBIAN,
        _ => images::DISTROLESS_CC,
    }
    .to_owned()
}

/// A Rust program.
struct Rust<'a> {
    project: &'a Project<'a>,
    /// Its packages, where they are known.
    packages: Option<Packages>,
}

impl Rust<'_> {
    fn plan(&self, problems: &mut Vec<Problem>) -> Built {
        let project = self.project;
        let build = &project.config.build;
        if build.command.is_none() && project.is_known() && project.has("Cargo.toml") == Some(false)
        {
            let error = "could not find `Cargo.toml` in `/src` or any parent directory";
            project.lacks("Cargo.toml", error, problems);
        }
        let own = build.command.as_ref().map(|text| command::read(text));
        let mut built = Built::default();
        let mut stage = self.builder(problems);
        let (step, output) = match own {
            // What is not cargo writes its binary where it will be in the image.
            Some(None) => {
                let caches = [REGISTRY, GIT, &self.target_folder()];
                let step = project.build_step(&caches, Vec::new());
                (self.locked(step), build.output.clone())
            }
            Some(Some(command)) => {
                let name = self.name(command.binary.as_deref(), problems);
                let output = format!("{OUT}/{}", *name);
                (
                    self.own_build(&command, &name),
                    Some(Spanned::new(output, name.span)),
                )
            }
            None => {
                let name = self.name(None, problems);
                let output = format!("{OUT}/{}", *name);
                (self.build(&name), Some(Spanned::new(output, name.span)))
            }
        };
        stage.instructions.push(step);
        built.stages.push(stage);
        match output {
            Some(from) => self.add_binary(&from, &mut built),
            None => {
                let kind = ProblemKind::UnknownOutput;
                problems.push(Problem::new(kind, project.build_place()));
            }
        }
        built
    }

    /// The builder up to the build itself. There is no step for dependencies before the sources: cargo can't compile them
    /// alone, and what it compiled before stays in the cache.
    fn builder(&self, problems: &mut Vec<Problem>) -> BuildStage {
        let project = self.project;
        let image = project.builder_image(format!(
            "rust:{}",
            tagged(&project.version(images::RUST), "alpine")
        ));
        let folder = project.source_folder();
        let needed = c_library(&image);
        let mut list = project.begin(&image, &folder, needed, problems);
        // A workspace compiles in its own root, wherever that is.
        if self.is_moved() {
            list.extend(project.env(TARGET_VARIABLE, TARGET, false));
        }
        list.push(project.all_sources());
        if project.config.install_command.is_some() {
            list.push(project.install_step(&[REGISTRY, GIT], Vec::new()));
        }
        list.extend(project.before_build(&folder, problems));
        BuildStage {
            instructions: list,
            ..project.stage_from(BUILDER, &image, true)
        }
    }

    /// Whether cargo is told where to compile.
    fn is_moved(&self) -> bool {
        let is_nested = !self.project.layout.application.is_empty();
        is_nested || self.project.config.build.command.is_some()
    }

    /// The folder in which cargo compiles.
    fn target_folder(&self) -> String {
        let env = self.project.config.build.env.iter();
        let mut own = env.filter(|(name, _)| name.value == TARGET_VARIABLE);
        own.next().map_or_else(
            || TARGET.to_owned(),
            |(_, value)| absolute(&self.project.source_folder(), value.text()),
        )
    }

    /// The same as the build's lines name it.
    fn named_target_folder(&self) -> String {
        match self.target_folder() {
            folder if folder == TARGET && !self.is_moved() => "target".to_owned(),
            folder => folder,
        }
    }

    /// The step of the generated build.
    fn build(&self, name: &Spanned<String>) -> Instruction {
        let line = self.build_line(name);
        let folder = command::read(&line)
            .and_then(|it| it.folder(&self.named_target_folder()))
            .unwrap_or_default();
        let mut lines = self.fresh_lines();
        lines.push(line);
        lines.push(take(&folder, name));
        self.step(RunCommand::Lines(chained(lines)))
    }

    fn build_line(&self, name: &str) -> String {
        let mut words = vec!["cargo build".to_owned()];
        let flags = self.project.flags();
        if !flags.iter().any(|flag| flag.starts_with("--profile")) {
            words.push("--release".to_owned());
        }
        if self.is_locked() {
            words.push("--locked".to_owned());
        }
        let package = self.packages.as_ref().and_then(|it| it.package_of(name));
        words.extend(package.map(|package| format!("--package {}", quote(package))));
        words.push(format!("--bin {}", quote(name)));
        words.extend(flags);
        words.join(" ")
    }

    /// Whether there is a lock file, as far as anybody knows: cargo asks for one with `--locked`.
    fn is_locked(&self) -> bool {
        let is_missing = |context: &crate::context::Rooted<'_>, path: &str| {
            context.entry(path) == crate::context::Entry::Missing
        };
        let project = self.project;
        !(project.has("Cargo.lock") == Some(false) && is_missing(&project.context, "Cargo.lock"))
    }

    /// The user's own build, whose binary is taken out of the cache in the same step.
    fn own_build(&self, command: &CargoBuild, name: &str) -> Instruction {
        let text = self.project.config.build.command.as_ref();
        let text = text.map_or("", |text| text.value.trim());
        let folder = command.folder(&self.target_folder()).unwrap_or_default();
        let mut lines = self.fresh_lines();
        lines.push(text.to_owned());
        lines.push(take(&folder, name));
        self.step(if has_operator(text) {
            RunCommand::Shell(lines.join("\n"))
        } else {
            RunCommand::Lines(chained(lines))
        })
    }

    /// Makes all sources newer than what the cache holds. Cargo compares times alone, so it would take a binary of the
    /// same name from another project, or an older version's, for this one.
    fn fresh_lines(&self) -> Vec<String> {
        let no_cache = self.project.config.build.no_cache.as_ref();
        if no_cache.is_some_and(|no_cache| no_cache.value) {
            return Vec::new();
        }
        let target = self.target_folder();
        let is_plain = self.project.layout.application.is_empty() && target == TARGET;
        let (root, target) = if is_plain {
            (".", "./target".to_owned())
        } else {
            (SOURCES, quote(&target))
        };
        vec![format!(
            "find {root} -path {target} -prune -o -type f -exec touch {{}} +"
        )]
    }

    fn step(&self, command: RunCommand) -> Instruction {
        let project = self.project;
        let run = Run {
            mounts: project.mounts(&[REGISTRY, GIT, &self.target_folder()]),
            network: None,
            command,
        };
        self.locked(Instruction::new(
            InstructionKind::Run(run),
            project.build_place(),
        ))
    }

    /// Two platforms of one image compile in the same folder, one after the other.
    fn locked(&self, mut step: Instruction) -> Instruction {
        let folder = self.target_folder();
        if let InstructionKind::Run(run) = &mut step.kind {
            for mount in &mut run.mounts {
                if let Mount::Cache {
                    target, sharing, ..
                } = mount
                    && *target == folder
                {
                    *sharing = Some("locked");
                }
            }
        }
        step
    }

    /// The name of the binary: `build.target`, what the build command names, a word of the start command, the package's.
    fn name(&self, by_command: Option<&str>, problems: &mut Vec<Problem>) -> Spanned<String> {
        let project = self.project;
        let place = project.build_place();
        if let Some(target) = project.target() {
            return Spanned::new(file_name(target).to_owned(), place);
        }
        if let Some(name) = by_command {
            return Spanned::new(name.to_owned(), place);
        }
        let words = project.start_words().unwrap_or_default();
        let words: Vec<&str> = words.iter().map(|word| file_name(word)).collect();
        let named = self.packages.as_ref().and_then(|packages| {
            let word = words.iter().find(|word| packages.has(word));
            word.copied().or(packages.default_binary())
        });
        let first = words.first().filter(|word| !LAUNCHERS.contains(word));
        if let Some(name) = named.or(first.copied()) {
            return Spanned::new(name.to_owned(), place);
        }
        let reason = match self.packages.as_ref().map(Packages::binaries) {
            Some(binaries) if !binaries.is_empty() => {
                format!("there are several binaries, {}", listed(&binaries))
            }
            _ => "nobody can know the name of the binary".to_owned(),
        };
        project.lacks_target(reason, problems);
        Spanned::new("app".to_owned(), place)
    }

    fn add_binary(&self, from: &Spanned<String>, built: &mut Built) {
        let path = self.project.program_path(file_name(from), from.span);
        let source = Source::Stage {
            name: BUILDER.to_owned(),
            span: None,
        };
        let copy = Copy {
            link: can_link(&path),
            ..Copy::plain(source, &[from], &path)
        };
        built
            .copies
            .push(Instruction::new(InstructionKind::Copy(copy), path.span));
        built.binaries.push(Binary { path });
    }
}

/// Alpine's image of Rust has a linker and no C library to link with: macros of `serde` and the like would not compile.
/// <https://github.com/rust-lang/docker-rust/blob/master/stable/alpine3.21/Dockerfile>
fn c_library(image: &str) -> &'static [&'static str] {
    if BaseFacts::of(image).is_alpine() {
        &["musl-dev"]
    } else {
        &[]
    }
}

/// Takes the binary out of the cache, which no later step sees.
fn take(folder: &str, name: &str) -> String {
    let from = quote(&format!("{folder}/{name}"));
    format!("install -D {from} {}", quote(&format!("{OUT}/{name}")))
}

/// Lines of which each runs if the one before succeeded.
fn chained(lines: Vec<String>) -> Vec<String> {
    let mut lines = lines.into_iter();
    let first = lines.next();
    let rest = lines.map(|line| format!("&& {line}"));
    first.into_iter().chain(rest).collect()
}

#[cfg(test)]
mod tests;
