//! Go: one builder for the native binaries, one stage for each cross-built sibling.

pub(crate) mod command;
mod flags;
mod own;
mod sibling;
mod source;

use std::ops::Deref;

use crate::config::build::Binary as BinaryTable;
use crate::config::runtime::ImageFamily;
use crate::config::spellings::Canonical;
use crate::config::values::Text;
use crate::plan::image::uses_cgo;
use crate::plan::languages::go::command::read_command;
use crate::plan::languages::go::flags::Flags;
use crate::plan::languages::project::{BUILDER, Project};
use crate::plan::languages::{Binary, Built, Planner, family, images};
use crate::plan::paths::{can_link, file_name};
use crate::plan::shell::quote;
use crate::plan::tool::platforms;
use crate::plan::{
    BuildStage, Copy, Instruction, InstructionKind, Problem, Run, RunCommand, Source,
};
use crate::text::{Span, Spanned};

const MODULE_CACHE: &str = "/go/pkg/mod";
const BUILD_CACHE: &str = "/root/.cache/go-build";

/// A Go program.
struct Go<'a> {
    project: &'a Project<'a>,
}

/// Everything that languages share.
impl<'a> Deref for Go<'a> {
    type Target = Project<'a>;

    fn deref(&self) -> &Project<'a> {
        self.project
    }
}

/// How Go programs are planned.
pub(super) const PLANNER: Planner = Planner {
    stages,
    image,
    plan: |project, problems| Go { project }.plan(problems),
};

/// The stages that a Go program is built in.
fn stages(config: &Canonical) -> Vec<String> {
    let siblings: Vec<_> = config
        .build
        .binaries
        .iter()
        .filter(|it| is_sibling(it))
        .collect();
    let mut names = vec![BUILDER.to_owned()];
    if !siblings.is_empty() {
        names.push("source".to_owned());
    }
    names.extend(
        siblings
            .iter()
            .map(|sibling| format!("builder-{}", *sibling.name)),
    );
    names
}

/// The default base.
fn image(config: &Canonical) -> String {
    match family(config) {
        Some(ImageFamily::Alpine) => images::ALPINE,
        Some(ImageFamily::Slim) => images::DEBIAN,
        _ if uses_cgo(config) => images::DISTROLESS_BASE,
        _ => images::DISTROLESS_STATIC,
    }
    .to_owned()
}

/// One native binary as it will be built.
struct Native<'a> {
    /// The package.
    package: String,
    /// Where the builder puts it.
    built: String,
    /// Its path in the final image, with the place that decides it.
    path: Spanned<String>,
    /// Where its build step comes from.
    span: Span,
    /// Its own keys, for one of `[[build.binaries]]`.
    table: Option<&'a BinaryTable>,
}

impl Go<'_> {
    /// The stages, the copies into the final stage, and the binaries.
    fn plan(&self, problems: &mut Vec<Problem>) -> Built {
        let natives = self.natives();
        let siblings: Vec<&Spanned<BinaryTable>> = self
            .config
            .build
            .binaries
            .iter()
            .filter(|binary| is_sibling(binary))
            .collect();
        let command = self
            .config
            .build
            .command
            .as_ref()
            .map(|command| read_command(command));
        let mut built = Built::default();
        let source = self.source(command.as_ref(), siblings.is_empty(), problems);
        if let Some(command) = &command {
            self.add_own(
                command,
                source,
                &natives,
                siblings.is_empty(),
                &mut built,
                problems,
            );
        } else {
            self.add_generated(source, &natives, siblings.is_empty(), &mut built, problems);
        }
        for sibling in siblings {
            self.add_sibling(sibling, &mut built, problems);
        }
        built
    }

    /// The main binary first, unless only `binaries` are listed.
    fn natives(&self) -> Vec<Native<'_>> {
        let build = &self.config.build;
        let mut natives = Vec::new();
        if build.target.is_some() || build.command.is_none() && build.binaries.is_empty() {
            natives.push(self.main());
        }
        for binary in build.binaries.iter().filter(|binary| !is_sibling(binary)) {
            let name = binary.output_name.as_ref().unwrap_or(&binary.name);
            let path = destination(binary, name);
            natives.push(Native {
                package: binary.path.value.clone(),
                built: format!("/out/{}", name.value),
                path,
                span: binary.path.span,
                table: Some(&binary.value),
            });
        }
        natives
    }

    fn main(&self) -> Native<'_> {
        let target = self.config.build.target.as_ref();
        let package = target.map_or(".", |target| target.value.as_str());
        let named = file_name(package);
        let name = match named {
            "." | "" | "..." => self.command_name().unwrap_or_else(|| "app".to_owned()),
            named => named.to_owned(),
        };
        let span = target.map_or(self.place, |target| target.span);
        let path = self.program_path(&name, span);
        let built = format!("/out/{}", file_name(&path));
        Native {
            package: package.to_owned(),
            built,
            path,
            span,
            table: None,
        }
    }

    /// The name in a command such as `./server`.
    fn command_name(&self) -> Option<String> {
        let word = self.start_words()?.into_iter().next()?;
        word.contains('/').then(|| file_name(&word).to_owned())
    }

    /// The builder that runs generated build steps.
    fn add_generated(
        &self,
        mut source: BuildStage,
        natives: &[Native<'_>],
        only: bool,
        built: &mut Built,
        problems: &mut Vec<Problem>,
    ) {
        if natives.is_empty() {
            built.stages.push(source);
            return;
        }
        let mut list = self.platform_arguments();
        list.extend(self.arguments());
        for native in natives {
            list.push(self.build(native, problems));
        }
        if only {
            source.instructions.extend(list);
            built.stages.push(source);
        } else {
            built.stages.push(source);
            built.stages.push(self.stage(BUILDER, list, self.place));
        }
        for native in natives {
            self.add_binary(&native.built, native.path.clone(), built);
        }
    }

    fn add_binary(&self, from: &str, path: Spanned<String>, built: &mut Built) {
        let link = can_link(&path);
        let source = Source::Stage {
            name: BUILDER.to_owned(),
            span: None,
        };
        let copy = Copy {
            link,
            ..Copy::plain(source, &[from], &path)
        };
        built
            .copies
            .push(Instruction::new(InstructionKind::Copy(copy), path.span));
        built.binaries.push(Binary { path });
    }

    fn stage(&self, name: &str, instructions: Vec<Instruction>, span: Span) -> BuildStage {
        BuildStage {
            instructions,
            ..self.stage_on(name, "source", span)
        }
    }

    /// Never with a default: it would override the automatic value in every builder.
    fn platform_arguments(&self) -> Vec<Instruction> {
        if uses_cgo(self.config) {
            return Vec::new();
        }
        let mut names = vec!["TARGETOS", "TARGETARCH"];
        if self.has_variants() {
            names.push("TARGETVARIANT");
        }
        let arg = |name: &str| {
            self.at(InstructionKind::Arg {
                name: name.to_owned(),
                default: None,
            })
        };
        names.into_iter().map(arg).collect()
    }

    fn has_variants(&self) -> bool {
        platforms(self.config)
            .iter()
            .any(|platform| platform.go_arm().is_some())
    }

    fn native_prefix(&self) -> String {
        let arm = if self.has_variants() {
            " GOARM=\"${TARGETVARIANT#v}\""
        } else {
            ""
        };
        format!("CGO_ENABLED=0 GOOS=\"$TARGETOS\" GOARCH=\"$TARGETARCH\"{arm}")
    }

    /// The build step of one native binary.
    fn build(&self, native: &Native<'_>, problems: &mut Vec<Problem>) -> Instruction {
        let own = native.table.and_then(|table| table.cgo.as_ref()).or(self
            .config
            .build
            .cgo
            .as_ref());
        let cgo = own.is_some_and(|cgo| cgo.value);
        let prefix = match (cgo, uses_cgo(self.config)) {
            (true, _) => "CGO_ENABLED=1".to_owned(),
            // Beside a binary with C code all of them are built where they will run.
            (false, true) => "CGO_ENABLED=0".to_owned(),
            (false, false) => self.native_prefix(),
        };
        let line = self.build_line(native.table, &native.built, &native.package, problems);
        self.build_step(vec![prefix, line], native.span)
    }

    fn build_line(
        &self,
        table: Option<&BinaryTable>,
        output: &str,
        package: &str,
        problems: &mut Vec<Problem>,
    ) -> String {
        let flags = Flags {
            build: &self.config.build,
            binary: table,
        }
        .text(problems);
        format!("go build {flags} -o {} {}", quote(output), quote(package))
            .replace("build  -o", "build -o")
    }

    fn build_step(&self, lines: Vec<String>, span: Span) -> Instruction {
        let mounts = self.mounts(&[MODULE_CACHE, BUILD_CACHE]);
        let run = Run {
            mounts,
            network: None,
            command: RunCommand::Lines(lines),
        };
        Instruction::new(InstructionKind::Run(run), span)
    }
}

/// Whether a binary is built for listed platforms instead of the image's own.
pub(crate) fn is_sibling(binary: &BinaryTable) -> bool {
    binary.platforms.is_some() || binary.architectures.is_some()
}

/// The path of a native binary in the final image.
fn destination(binary: &BinaryTable, name: &Text) -> Spanned<String> {
    match &binary.dst {
        Some(dst) if dst.ends_with('/') => {
            Spanned::new(format!("{}{}", dst.value, name.value), dst.span)
        }
        Some(dst) => dst.clone(),
        None => Spanned::new(format!("/usr/local/bin/{}", name.value), name.span),
    }
}
