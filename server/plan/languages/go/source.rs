//! The stage with the sources: all of the builder's work before the build itself.

use crate::config::values::Text;
use crate::plan::image::{base_of, uses_cgo};
use crate::plan::languages::go::command::OwnCommand;
use crate::plan::languages::go::{Go, MODULE_CACHE, VERSION};
use crate::plan::packages::install;
use crate::plan::step::{Surroundings, cache_mount, copies, env_of, secret_mount, step};
use crate::plan::{
    BaseFacts, BaseImage, BuildStage, Copy, Instruction, InstructionKind, Mount, Origin, Problem,
    Run, RunCommand, Source, StageKind,
};
use crate::text::Spanned;

impl Go<'_> {
    /// The stage with the sources: all of the builder's work before the build itself.
    pub(super) fn source(
        &self,
        command: Option<&OwnCommand>,
        only: bool,
        problems: &mut Vec<Problem>,
    ) -> BuildStage {
        let native = uses_cgo(self.config) || matches!(command, Some(OwnCommand::Opaque { .. }));
        let name = if only { "builder" } else { "source" };
        let image = self.image();
        let span = self
            .config
            .build
            .image
            .as_ref()
            .map_or(self.place, |image| image.span);
        let facts = BaseFacts::of(&image);
        let mut list = Vec::new();
        list.extend(self.packages(&facts, problems));
        list.push(self.at(InstructionKind::Workdir(self.folder())));
        let env = self.config.build.env.iter();
        list.extend(env.map(|(name, value)| env_of(name, value.text(), value.expands())));
        list.extend(self.tools.iter().cloned());
        list.push(self.manifests());
        list.push(self.download());
        let all = if self.layout.application.is_empty() {
            "."
        } else {
            "/src/"
        };
        list.push(self.at(InstructionKind::Copy(Copy::plain(
            Source::Context,
            &["."],
            all,
        ))));
        let folder = self.folder();
        let around = self.surroundings(&folder);
        for copy in &self.config.build.copy {
            list.extend(copies(copy, copy.span, &around, problems));
        }
        for it in &self.config.build.steps {
            list.extend(step(it, &around, problems));
        }
        BuildStage {
            name: name.to_owned(),
            kind: StageKind::Generated,
            // What is built where it will run needs its sources there too.
            platform: (!native).then(|| "$BUILDPLATFORM".to_owned()),
            base: BaseImage::Image(image),
            origin: Origin::document(span),
            instructions: list,
        }
    }

    pub(super) fn surroundings<'b>(&'b self, folder: &'b str) -> Surroundings<'b> {
        Surroundings {
            config: self.config,
            text: self.text,
            layout: self.layout,
            stages: self.stages,
            workdir: Some(folder),
            image: None,
        }
    }

    /// The builder's image. Where C code is linked in, it follows the base, so that both have the same C library.
    pub(super) fn image(&self) -> String {
        if let Some(image) = &self.config.build.image {
            return image.value.clone();
        }
        let version = self
            .config
            .version
            .as_ref()
            .map_or(VERSION, |version| version.value.as_str());
        let debian = uses_cgo(self.config) && !base_of(self.config).0.is_alpine();
        format!(
            "golang:{version}-{}",
            if debian { "bookworm" } else { "alpine" }
        )
    }

    pub(super) fn packages(
        &self,
        facts: &BaseFacts,
        problems: &mut Vec<Problem>,
    ) -> Option<Instruction> {
        let packages = self.config.build.packages.as_ref();
        let mut names: Vec<Text> = packages
            .map(|packages| packages.value.clone())
            .unwrap_or_default();
        let compiler = self
            .config
            .build
            .cgo
            .as_ref()
            .filter(|_| uses_cgo(self.config) && facts.is_alpine());
        if let Some(cgo) = compiler {
            let package = Spanned::new("build-base".to_owned(), cgo.span);
            if !names.contains(&package) {
                names.push(package);
            }
        }
        let span = packages
            .map(|packages| packages.span)
            .or(names.first().map(|name| name.span))?;
        install(facts, &names, span, problems)
    }

    /// `go.sum` is a pattern, so that a module without dependencies builds too (documented experiment e8).
    pub(super) fn manifests(&self) -> Instruction {
        let application = &self.layout.application;
        let (module, sums) = (
            format!("{application}go.mod"),
            format!("{application}go.sum*"),
        );
        self.at(InstructionKind::Copy(Copy::plain(
            Source::Context,
            &[&module, &sums],
            "./",
        )))
    }

    pub(super) fn download(&self) -> Instruction {
        let (command, span) = match &self.config.install_command {
            Some(command) => (RunCommand::Shell(command.value.clone()), command.span),
            None => (
                RunCommand::Lines(vec!["go mod download".to_owned()]),
                self.place,
            ),
        };
        let mounts = self.mounts(&[MODULE_CACHE]);
        Instruction::new(
            InstructionKind::Run(Run {
                mounts,
                network: None,
                command,
            }),
            span,
        )
    }

    /// The caches, and the secrets that no step of the file names: every step that reads private modules needs them.
    pub(super) fn mounts(&self, caches: &[&str]) -> Vec<Mount> {
        let cached = !self
            .config
            .build
            .no_cache
            .as_ref()
            .is_some_and(|no_cache| no_cache.value);
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
}
