//! Java: Maven or Gradle builds one jar, on the platform of the builder; a runtime without compiler starts it.

mod jar;
mod tool;

use crate::config::spellings::Canonical;
use crate::image::Platform;
use crate::plan::languages::compiled::{OUT, listed};
use crate::plan::languages::java::tool::Tool;
use crate::plan::languages::project::{BUILDER, Project, tagged, version};
use crate::plan::languages::{Built, Planner, images, probe};
use crate::plan::paths::absolute;
use crate::plan::tool::platforms;
use crate::plan::{Instruction, InstructionKind, Problem, ProblemKind, Run};
use crate::text::Spanned;

/// How Java programs are planned.
pub(super) const PLANNER: Planner = Planner {
    stages: |_| vec![BUILDER.to_owned()],
    image,
    plan: |project, problems| {
        let tool = Tool::of(project);
        Java { project, tool }.plan(problems)
    },
};

/// The default base: a runtime on Alpine. Before Java 21 that is made for amd64 alone.
fn image(config: &Canonical) -> String {
    let version = version(config, images::JAVA);
    let number = version.split(|it: char| !it.is_ascii_digit()).next();
    let is_old = number
        .and_then(|number| number.parse::<u32>().ok())
        .is_some_and(|number| number < 21);
    let is_amd64 = |platform: &Platform| platform.architecture == "amd64";
    let is_alpine = !is_old || platforms(config).iter().all(is_amd64);
    let variant = if is_alpine { "jre-alpine" } else { "jre" };
    format!("eclipse-temurin:{}", tagged(&version, variant))
}

/// A Java program.
struct Java<'a> {
    project: &'a Project<'a>,
    tool: Tool,
}

impl Java<'_> {
    fn plan(&self, problems: &mut Vec<Problem>) -> Built {
        let project = self.project;
        self.check(problems);
        let image = project.builder_image(self.tool.image(&project.version(images::JAVA)));
        let folder = project.source_folder();
        let mut stage = project.stage_from(BUILDER, &image, false);
        let list = &mut stage.instructions;
        list.extend(project.begin(&image, &folder, &[], problems));
        list.extend(self.env());
        let cache = self.tool.cache();
        if self.tool.has_layer(project) {
            list.extend(self.tool.manifests(project));
            list.push(project.install_step(&[cache], vec![self.tool.download(project)]));
            list.push(project.all_sources());
        } else {
            list.push(project.all_sources());
            if project.config.install_command.is_some() {
                list.push(project.install_step(&[cache], Vec::new()));
            }
        }
        list.extend(project.before_build(&folder, problems));
        let mut step = project.build_step(&[cache], vec![self.build_line()]);
        step.origin.span = project.build_place();
        list.push(step);
        let path = self.jar_path();
        match self.jar_folder() {
            Some(folder) => list.push(self.pick(&folder)),
            // What is neither Maven nor Gradle writes its jar where it will be in the image.
            None if project.config.build.output.is_some() => {}
            None => problems.push(Problem::new(
                ProblemKind::UnknownOutput,
                project.build_place(),
            )),
        }
        let from = match self.jar_folder() {
            Some(_) => format!("{OUT}/app.jar"),
            None => path.value.clone(),
        };
        let mut copy = project.copy_from(BUILDER, &from, &path);
        copy.origin.span = path.span;
        Built {
            stages: vec![stage],
            copies: vec![copy],
            command: Some(self.command(&path)),
            check: project
                .port
                .and_then(|port| probe::connects(&project.base, port)),
            ..Built::default()
        }
    }

    /// Reports what the build context shows to be missing.
    fn check(&self, problems: &mut Vec<Problem>) {
        let project = self.project;
        if !project.is_known() || project.config.build.command.is_some() {
            return;
        }
        if let Some((name, error)) = self.tool.missing_file(project) {
            project.lacks(name, error, problems);
        }
        let modules = self.tool.modules(project);
        if project.target().is_none() && !modules.is_empty() {
            let reason = format!("there are several modules, {}", listed(&modules));
            project.lacks_target(reason, problems);
        }
    }

    /// Gradle's folder of downloads, outside of the home that its image declares as a volume.
    fn env(&self) -> Option<Instruction> {
        let (name, value) = self.tool.env()?;
        self.project.env(name, value, false)
    }

    fn build_line(&self) -> String {
        let project = self.project;
        let line = self.tool.build(project, project.target());
        let flags = project.flags();
        [vec![line], flags].concat().join(" ")
    }

    /// The folder in which the build leaves its jar, seen from the builder's; nothing where a command of the file's own is
    /// neither Maven nor Gradle.
    fn jar_folder(&self) -> Option<String> {
        let command = self.project.config.build.command.as_ref();
        if command.is_some_and(|command| Tool::named_in(command).is_none()) {
            return None;
        }
        Some(self.tool.jars(self.project.target()))
    }

    /// Where the jar goes in the image: `output`, the jar that the command names, else `app.jar` in the working folder.
    fn jar_path(&self) -> Spanned<String> {
        let project = self.project;
        if let Some(output) = &project.config.build.output {
            return output.clone();
        }
        let words = project.start_words().unwrap_or_default();
        let named = words.iter().position(|word| word == "-jar");
        let named = named.and_then(|at| words.get(at + 1));
        let path = match named {
            Some(word) => absolute(project.workdir(), word),
            None => format!("{}/app.jar", project.home()),
        };
        Spanned::new(path, project.build_place())
    }

    /// The step that finds the one jar that can be started.
    fn pick(&self, folder: &str) -> Instruction {
        let output = self.project.config.build.output.as_ref();
        let lines = jar::pick(folder, output.map(|output| output.value.as_str()));
        self.project.at(InstructionKind::Run(Run::lines(lines)))
    }

    /// The images of distroless start `java -jar` by themselves.
    fn command(&self, jar: &str) -> Vec<String> {
        let is_started = self
            .project
            .base
            .reference
            .starts_with("gcr.io/distroless/java");
        let words: &[&str] = if is_started { &[] } else { &["java", "-jar"] };
        let words = words.iter().copied().chain([jar]);
        words.map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests;
