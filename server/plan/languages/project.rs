//! What the planners of all languages share: the file, its build context, and the steps that every builder has.

use std::borrow::Cow;

use crate::config::spellings::Canonical;
use crate::config::values::Text;
use crate::context::{Entry, Rooted};
use crate::plan::packages::install;
use crate::plan::paths::{Layout, absolute, can_link, file_name};
use crate::plan::step::{Surroundings, arg_of, cache_mount, copies, env_of, secret_mount, step};
use crate::plan::{
    BaseFacts, BaseImage, BuildStage, Copy, Instruction, InstructionKind, Mount, Origin, Problem,
    Run, RunCommand, RunningUser, Source, StageKind,
};
use crate::text::{Span, Spanned};

/// The stage that has the dependencies, where it is not the builder itself.
pub(super) const DEPENDENCIES: &str = "builder-deps";

/// The stage that builds.
pub(super) const BUILDER: &str = "builder";

/// One program as its planner sees it.
pub(in crate::plan) struct Project<'a> {
    pub(in crate::plan) config: &'a Canonical,
    pub(in crate::plan) text: &'a str,
    pub(in crate::plan) layout: &'a Layout,
    /// The names of all stages.
    pub(in crate::plan) stages: &'a [String],
    /// The copies of tools that the build uses.
    pub(in crate::plan) tools: Vec<Instruction>,
    /// Where `language` stands.
    pub(in crate::plan) place: Span,
    /// The final image's base.
    pub(in crate::plan) base: BaseFacts,
    /// The user that the image runs as.
    pub(in crate::plan) user: RunningUser,
    /// The first port that the image exposes.
    pub(in crate::plan) port: Option<u16>,
    /// The build context. Only what no text can be right for without knowing it is looked up there.
    pub(in crate::plan) context: Rooted<'a>,
}

impl Project<'_> {
    /// An instruction that follows from the language alone.
    pub(super) fn at(&self, kind: InstructionKind) -> Instruction {
        Instruction::new(kind, self.place)
    }

    /// Whether a file of the application lies in the build context; nothing where nobody can know.
    pub(super) fn has(&self, name: &str) -> Option<bool> {
        if !self.layout.is_placed() {
            return None;
        }
        match self.context.entry(&self.layout.path(name)) {
            Entry::File { .. } | Entry::Folder => Some(true),
            Entry::Missing => Some(false),
            Entry::Outside | Entry::Unknown => None,
        }
    }

    /// The names in the application's folder, sorted; none where nobody can know.
    pub(super) fn names(&self) -> Vec<String> {
        if !self.layout.is_placed() {
            return Vec::new();
        }
        self.context
            .list(self.layout.application.trim_end_matches('/'))
    }

    /// The text of a file of the application, if it is known.
    pub(super) fn file(&self, name: &str) -> Option<String> {
        self.context
            .text(&self.layout.path(name))
            .filter(|_| self.layout.is_placed())
    }

    /// The working folder of the final image.
    pub(super) fn workdir(&self) -> &str {
        workdir(self.config)
    }

    /// The working folder, where a program and its dependencies can be copied whole: never the root itself.
    pub(super) fn home(&self) -> Cow<'_, str> {
        match self.workdir().trim_end_matches('/') {
            "" => Cow::Borrowed("/app"),
            folder => Cow::Borrowed(folder),
        }
    }

    /// `version`, or the language's default.
    pub(super) fn version(&self, default: &'static str) -> String {
        version(self.config, default)
    }

    /// The image of the builder: `build.image`, or the default.
    pub(super) fn builder_image(&self, default: String) -> Spanned<String> {
        match &self.config.build.image {
            Some(image) => image.clone(),
            None => Spanned::new(default, self.place),
        }
    }

    /// A stage from an image. `native` says that it runs where the image will: on the target platform.
    pub(super) fn stage_from(
        &self,
        name: &str,
        image: &Spanned<String>,
        native: bool,
    ) -> BuildStage {
        BuildStage {
            name: name.to_owned(),
            kind: StageKind::Generated,
            platform: (!native).then(|| "$BUILDPLATFORM".to_owned()),
            base: BaseImage::Image(image.value.clone()),
            origin: Origin::document(image.span),
            instructions: Vec::new(),
        }
    }

    /// A stage that goes on from another one.
    pub(super) fn stage_on(&self, name: &str, base: &str, span: Span) -> BuildStage {
        BuildStage {
            name: name.to_owned(),
            kind: StageKind::Generated,
            platform: None,
            base: BaseImage::Stage(base.to_owned()),
            origin: Origin::document(span),
            instructions: Vec::new(),
        }
    }

    /// How a builder begins: packages, its folder, `build.env`, and the tools that the build uses. `needed` are packages
    /// that the language's own steps need in this image.
    pub(super) fn begin(
        &self,
        image: &str,
        folder: &str,
        needed: &[&str],
        problems: &mut Vec<Problem>,
    ) -> Vec<Instruction> {
        let mut list = Vec::new();
        list.extend(self.builder_packages(&BaseFacts::of(image), needed, problems));
        list.extend(self.begin_without_packages(folder));
        list
    }

    /// The same in an image that is not the one which needs the packages.
    pub(super) fn begin_without_packages(&self, folder: &str) -> Vec<Instruction> {
        let mut list = vec![self.at(InstructionKind::Workdir(folder.to_owned()))];
        let env = self.config.build.env.iter();
        list.extend(env.map(|(name, value)| env_of(name, value.text(), value.expands())));
        list.extend(self.tools.iter().cloned());
        list
    }

    fn builder_packages(
        &self,
        image: &BaseFacts,
        needed: &[&str],
        problems: &mut Vec<Problem>,
    ) -> Option<Instruction> {
        let own = self.config.build.packages.as_ref();
        let names = self.with_packages(needed, own.map(|own| own.value.as_slice()));
        let span = own
            .map(|own| own.span)
            .or(names.first().map(|name| name.span))?;
        install(image, &names, span, problems)
    }

    /// Packages of the language before the file's own, each once.
    fn with_packages(&self, needed: &[&str], own: Option<&[Text]>) -> Vec<Text> {
        let own = own.unwrap_or_default();
        let needed = needed.iter().map(|name| self.package(name));
        let needed = needed.filter(|name| own.iter().all(|it| it.value != name.value));
        needed.chain(own.iter().cloned()).collect()
    }

    /// A package that the language needs.
    pub(super) fn package(&self, name: &str) -> Text {
        Spanned::new(name.to_owned(), self.place)
    }

    /// Manifests into the builder's folder, so that a change of the sources does not repeat the installation. Those that
    /// may be missing are given as patterns, `package-lock.json*`, since a pattern without match is no error beside a file.
    pub(super) fn manifests(&self, names: &[&str]) -> Instruction {
        self.manifests_to(names, "./")
    }

    /// Manifests into another folder.
    pub(super) fn manifests_to(&self, names: &[&str], dst: &str) -> Instruction {
        let paths: Vec<String> = names
            .iter()
            .map(|name| format!("{}{name}", self.layout.application))
            .collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        self.at(InstructionKind::Copy(Copy::plain(
            Source::Context,
            &paths,
            dst,
        )))
    }

    /// The application's files into the folder that the builder works in.
    pub(super) fn sources(&self) -> Instruction {
        let all = self.layout.path(".");
        let dst = if all == "." { "." } else { "./" };
        self.at(InstructionKind::Copy(Copy::plain(
            Source::Context,
            &[&all],
            dst,
        )))
    }

    /// What comes between the sources and the build: `build.copy`, `build.steps`, then the build arguments, right before
    /// the step that reads them.
    pub(super) fn before_build(
        &self,
        folder: &str,
        problems: &mut Vec<Problem>,
    ) -> Vec<Instruction> {
        let mut list = self.own_steps(folder, problems);
        list.extend(self.arguments());
        list
    }

    /// `build.copy` and `build.steps`.
    pub(super) fn own_steps(&self, folder: &str, problems: &mut Vec<Problem>) -> Vec<Instruction> {
        let around = Surroundings {
            config: self.config,
            text: self.text,
            layout: self.layout,
            stages: self.stages,
            workdir: Some(folder),
            image: None,
        };
        let mut list = Vec::new();
        for copy in &self.config.build.copy {
            list.extend(copies(copy, copy.span, &around, problems));
        }
        for it in &self.config.build.steps {
            list.extend(step(it, &around, problems));
        }
        list
    }

    /// The build arguments.
    pub(super) fn arguments(&self) -> Vec<Instruction> {
        let args = self.config.build.args.iter();
        args.map(|(name, default)| arg_of(name, default)).collect()
    }

    /// The step that installs dependencies: `install.command`, or the language's own lines.
    pub(super) fn install_step(&self, caches: &[&str], lines: Vec<String>) -> Instruction {
        self.step_or(self.config.install_command.as_ref(), caches, lines)
    }

    /// The step that builds: `build.command`, or the language's own lines.
    pub(super) fn build_step(&self, caches: &[&str], lines: Vec<String>) -> Instruction {
        self.step_or(self.config.build.command.as_ref(), caches, lines)
    }

    /// `build.command`, for a language that builds nothing by itself.
    pub(super) fn own_build_step(&self, caches: &[&str]) -> Option<Instruction> {
        self.config.build.command.as_ref()?;
        Some(self.build_step(caches, Vec::new()))
    }

    fn step_or(&self, own: Option<&Text>, caches: &[&str], lines: Vec<String>) -> Instruction {
        let (command, span) = match own {
            Some(command) => (RunCommand::Shell(command.value.clone()), command.span),
            None => (RunCommand::Lines(lines), self.place),
        };
        let run = Run {
            mounts: self.mounts(caches),
            network: None,
            command,
        };
        Instruction::new(InstructionKind::Run(run), span)
    }

    /// A further step that reads the caches.
    pub(super) fn run(&self, caches: &[&str], lines: Vec<String>) -> Instruction {
        self.step_or(None, caches, lines)
    }

    /// The caches, and the secrets that no step of the file names: every step that reads private packages needs them.
    pub(super) fn mounts(&self, caches: &[&str]) -> Vec<Mount> {
        let cached = self
            .config
            .build
            .no_cache
            .as_ref()
            .is_none_or(|no_cache| !no_cache.value);
        let mut mounts: Vec<Mount> = caches
            .iter()
            .filter(|_| cached)
            .map(|cache| cache_mount(cache))
            .collect();
        if !crate::plan::resolve::names_secrets(self.config) {
            let mut ids: Vec<&str> = self
                .config
                .secrets
                .iter()
                .map(|(id, _)| id.value.as_str())
                .collect();
            ids.sort_unstable();
            mounts.extend(ids.into_iter().map(|id| secret_mount(self.config, id)));
        }
        mounts
    }

    /// An environment variable that the language sets in a builder, unless `build.env` does.
    pub(super) fn env(&self, name: &str, value: &str, expand: bool) -> Option<Instruction> {
        let is_set = self
            .config
            .build
            .env
            .iter()
            .any(|(own, _)| own.value == name);
        (!is_set).then(|| {
            self.at(InstructionKind::Env {
                name: name.to_owned(),
                value: value.to_owned(),
                expand,
            })
        })
    }

    /// A copy of the renderer's own from a stage into the final image.
    pub(super) fn copy_from(&self, stage: &str, src: &str, dst: &str) -> Instruction {
        let source = Source::Stage {
            name: stage.to_owned(),
            span: None,
        };
        let copy = Copy {
            link: can_link(dst),
            ..Copy::plain(source, &[src], dst)
        };
        self.at(InstructionKind::Copy(copy))
    }

    /// Everything in a folder of a stage into the same folder of the final image.
    pub(super) fn folder_from(&self, stage: &str, folder: &str) -> Instruction {
        let folder = format!("{}/", folder.trim_end_matches('/'));
        self.copy_from(stage, &folder, &folder)
    }

    /// The words of what the container starts, as the file says it.
    pub(super) fn start_words(&self) -> Option<Vec<String>> {
        start_words(self.config)
    }

    /// `output`; else the command's first word, when it is a path with the program's name; else `/usr/local/bin/<name>`.
    pub(super) fn program_path(&self, name: &str, span: Span) -> Spanned<String> {
        if let Some(output) = &self.config.build.output {
            return output.clone();
        }
        let word = self
            .start_words()
            .and_then(|words| words.into_iter().next());
        let word = word.filter(|word| word.contains('/') && file_name(word) == name);
        let path = word.map(|word| absolute(self.workdir(), &word));
        Spanned::new(
            path.unwrap_or_else(|| format!("/usr/local/bin/{name}")),
            span,
        )
    }
}

/// `version`, or a default.
pub(super) fn version(config: &Canonical, default: &str) -> String {
    config
        .version
        .as_ref()
        .map_or(default, |version| version.value.as_str())
        .to_owned()
}

/// A tag: a version with a variant of the image, unless the version names one itself, as `22-slim` does.
pub(super) fn tagged(version: &str, variant: &str) -> String {
    const VARIANTS: [&str; 14] = [
        "alpine", "slim", "bullseye", "bookworm", "trixie", "jammy", "noble", "apache", "fpm",
        "cli", "zts", "jre", "jdk", "debian",
    ];
    let names_one = |part: &str| VARIANTS.iter().any(|it| part.starts_with(it));
    if version.split('-').any(names_one) {
        return version.to_owned();
    }
    format!("{version}-{variant}")
}

/// The working folder of the final image.
pub(in crate::plan) fn workdir(config: &Canonical) -> &str {
    config
        .runtime
        .workdir
        .as_ref()
        .map_or("/app", |workdir| workdir.value.as_str())
}

/// The words of the entrypoint in exec form, else of the command.
pub(super) fn start_words(config: &Canonical) -> Option<Vec<String>> {
    use crate::config::runtime::{Cmd, CmdTable, Entrypoint, EntrypointTable};
    let texts = |words: &[Text]| words.iter().map(|word| word.value.clone()).collect();
    let exec: Option<Vec<String>> = match config.runtime.entrypoint.as_ref().map(|it| &it.value) {
        Some(Entrypoint::Exec(words)) => Some(texts(words)),
        Some(Entrypoint::Table(EntrypointTable {
            exec: Some(words), ..
        })) => Some(texts(words)),
        _ => None,
    };
    exec.filter(|words| !words.is_empty())
        .or_else(|| match &config.runtime.cmd.as_ref()?.value {
            Cmd::Words(text) => shlex::split(text),
            Cmd::Exec(words)
            | Cmd::Table(CmdTable {
                exec: Some(Spanned { value: words, .. }),
                ..
            }) => Some(texts(words)),
            Cmd::Table(CmdTable { shell, .. }) => shlex::split(shell.as_ref()?),
        })
}
