//! The two builders of Java: what each needs, says and leaves behind.

use crate::image::ImageReference;
use crate::plan::Instruction;
use crate::plan::languages::images;
use crate::plan::languages::project::Project;
use crate::plan::paths::file_name;
use crate::plan::shell::quote;

/// What builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    /// Maven.
    Maven,
    /// Gradle: the image's, or the one that the project's wrapper script fetches.
    Gradle,
}

const GRADLE_BUILDS: [&str; 2] = ["build.gradle", "build.gradle.kts"];
const GRADLE_SETTINGS: [&str; 2] = ["settings.gradle", "settings.gradle.kts"];

impl Tool {
    /// What a project is built with: what its commands or its builder's image name, else what its files are for.
    pub(super) fn of(project: &Project<'_>) -> Self {
        let config = project.config;
        let commands = config.build.command.iter().chain(&config.install_command);
        let by_command = commands.into_iter().find_map(|text| Self::named_in(text));
        let by_image = || Self::of_image(config.build.image.as_ref()?);
        let by_files = || {
            let files = [GRADLE_BUILDS, GRADLE_SETTINGS].concat();
            let is_gradle = !project.has_any(&["pom.xml"]) && project.has_any(&files);
            is_gradle.then_some(Self::Gradle)
        };
        by_command
            .or_else(by_image)
            .or_else(by_files)
            .unwrap_or(Self::Maven)
    }

    /// What a command calls.
    pub(super) fn named_in(command: &str) -> Option<Self> {
        let words = command.split(|it: char| it.is_whitespace() || ";&|()".contains(it));
        words.into_iter().find_map(|word| match file_name(word) {
            "mvn" | "mvnw" => Some(Self::Maven),
            "gradle" | "gradlew" => Some(Self::Gradle),
            _ => None,
        })
    }

    fn of_image(image: &str) -> Option<Self> {
        let name = ImageReference::parse(image).ok()?.name;
        match file_name(&name) {
            "maven" => Some(Self::Maven),
            "gradle" => Some(Self::Gradle),
            _ => None,
        }
    }

    /// The image of the builder.
    pub(super) fn image(self, version: &str) -> String {
        let name = match self {
            Self::Maven => images::MAVEN,
            Self::Gradle => images::GRADLE,
        };
        // Its tags end in Java's number, whatever variant of Java the image runs on.
        let number = version.split('-').next().unwrap_or_default();
        format!("{name}{number}")
    }

    /// Where it keeps what it downloads.
    pub(super) fn cache(self) -> &'static str {
        match self {
            Self::Maven => "/root/.m2",
            Self::Gradle => "/gradle",
        }
    }

    /// The variable that moves that folder.
    pub(super) fn env(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Maven => None,
            Self::Gradle => Some(("GRADLE_USER_HOME", self.cache())),
        }
    }

    /// How it is called. The wrapper script stands for the version of Gradle that a project's build files are written for;
    /// git may hold it without its execute bit. Maven's versions read each other's files, so the image's own will do.
    fn program(self, project: &Project<'_>) -> &'static str {
        match self {
            Self::Maven => "mvn -B",
            Self::Gradle if has_wrapper(project) => "sh gradlew --no-daemon",
            Self::Gradle => "gradle --no-daemon",
        }
    }

    /// Whether the build files alone are enough to download dependencies: not where they name other modules, whose files
    /// would be missing, nor where nobody knows.
    pub(super) fn has_layer(self, project: &Project<'_>) -> bool {
        if !project.is_seen() {
            return false;
        }
        match self {
            Self::Maven => match project.file("pom.xml") {
                Some(pom) => {
                    let is_nested = !project.layout.application.is_empty();
                    !(pom.contains("<modules>") || is_nested && pom.contains("<parent>"))
                }
                // A module that is named has a parent, whose file alone is not enough.
                None => project.config.build.target.is_none(),
            },
            Self::Gradle => {
                let mut settings = GRADLE_SETTINGS.iter().filter_map(|name| project.file(name));
                let has_modules = settings.any(|text| text.contains("include"));
                !has_modules && !project.has_any(&["buildSrc"])
            }
        }
    }

    /// The copies of the build files.
    pub(super) fn manifests(self, project: &Project<'_>) -> Vec<Instruction> {
        if self == Self::Maven {
            return vec![project.manifests(&["pom.xml"])];
        }
        let mut files = vec!["build.gradle*", "settings.gradle*", "gradle.properties*"];
        if has_wrapper(project) {
            files.push("gradlew");
        }
        let mut copies = vec![project.manifests(&files)];
        // The wrapper's own files, and the catalog of versions.
        if project.has_any(&["gradle"]) {
            copies.push(project.manifests_to(&["gradle"], "gradle/"));
        }
        copies
    }

    /// The line that downloads dependencies.
    pub(super) fn download(self, project: &Project<'_>) -> String {
        let task = match self {
            Self::Maven => "dependency:go-offline",
            Self::Gradle => "dependencies",
        };
        format!("{} {task}", self.program(project))
    }

    /// The line that builds all, or one module and what it needs.
    pub(super) fn build(self, project: &Project<'_>, target: Option<&str>) -> String {
        let program = self.program(project);
        match (self, target) {
            (Self::Maven, None) => format!("{program} package -DskipTests"),
            (Self::Maven, Some(target)) => {
                format!("{program} package -DskipTests -pl {} -am", quote(target))
            }
            (Self::Gradle, None) => format!("{program} build -x test"),
            (Self::Gradle, Some(target)) => {
                let task = format!("{}:build", gradle_path(target));
                format!("{program} {} -x test", quote(&task))
            }
        }
    }

    /// The folder with the jar.
    pub(super) fn jars(self, target: Option<&str>) -> String {
        let below = match self {
            Self::Maven => "target",
            Self::Gradle => "build/libs",
        };
        match target.map(folder) {
            Some(folder) => format!("{folder}/{below}"),
            None => below.to_owned(),
        }
    }

    /// The modules of a project that has nothing to start in its own folder; none where that is not certain.
    pub(super) fn modules(self, project: &Project<'_>) -> Vec<String> {
        let pom = match self {
            Self::Maven => project.file("pom.xml").unwrap_or_default(),
            Self::Gradle => String::new(),
        };
        let modules = pom.split("<module>").skip(1);
        let modules = modules.filter_map(|rest| rest.split("</module>").next());
        modules.map(|name| name.trim().to_owned()).collect()
    }

    /// A file without which it can't begin, if that is known to be missing and no generated copy names it; with the error.
    pub(super) fn missing_file(
        self,
        project: &Project<'_>,
    ) -> Option<(&'static str, &'static str)> {
        let files = [GRADLE_BUILDS, GRADLE_SETTINGS].concat();
        let is_missing = self == Self::Gradle && !project.has_any(&files);
        is_missing.then_some(("build.gradle", "does not contain a Gradle build"))
    }
}

fn has_wrapper(project: &Project<'_>) -> bool {
    project.has_any(&["gradlew"]) && project.has_any(&["gradle/wrapper/gradle-wrapper.properties"])
}

/// The folder of a module, which Gradle also names by a path of its own: `:services:api`.
fn folder(target: &str) -> String {
    target.trim_start_matches(':').replace(':', "/")
}

/// The path by which Gradle names a module.
fn gradle_path(target: &str) -> String {
    format!(":{}", target.trim_start_matches(':').replace('/', ":"))
}
