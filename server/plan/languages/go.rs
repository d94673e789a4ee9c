//! Go: one builder for the native binaries, one stage for each cross-built sibling.

pub(crate) mod command;
mod flags;
mod own;
mod sibling;
mod source;

use crate::config::build::Binary as BinaryTable;
use crate::config::spellings::Canonical;
use crate::config::values::Text;
use crate::plan::image::uses_cgo;
use crate::plan::languages::go::command::read_command;
use crate::plan::languages::go::flags::Flags;
use crate::plan::languages::{Binary, Built};
use crate::plan::paths::{Layout, absolute, can_link, file_name};
use crate::plan::shell::quote;
use crate::plan::step::arg_of;
use crate::plan::tool::platforms;
use crate::plan::{
    BaseImage, BuildStage, Copy, Instruction, InstructionKind, Origin, Problem, Run, RunCommand,
    Source, StageKind,
};
use crate::text::{Span, Spanned};

/// The default version, checked in November 2026.
pub(crate) const VERSION: &str = "1.26";

/// Where the sources lie in the builder.
const SOURCES: &str = "/src";

const MODULE_CACHE: &str = "/go/pkg/mod";
const BUILD_CACHE: &str = "/root/.cache/go-build";

/// Everything that planning a Go program needs.
pub(in crate::plan) struct Go<'a> {
    pub(in crate::plan) config: &'a Canonical,
    pub(in crate::plan) text: &'a str,
    pub(in crate::plan) layout: &'a Layout,
    /// The names of all stages.
    pub(in crate::plan) stages: &'a [String],
    /// The copies of tools that the build uses.
    pub(in crate::plan) tools: Vec<Instruction>,
    /// Where `language` stands.
    pub(in crate::plan) place: Span,
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
    pub(in crate::plan) fn plan(self, problems: &mut Vec<Problem>) -> Built {
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
        let path = self.main_path(&name, span);
        let built = format!("/out/{}", file_name(&path));
        Native {
            package: package.to_owned(),
            built,
            path,
            span,
            table: None,
        }
    }

    /// `output`; else the command's first word, when it is a path with the binary's name; else `/usr/local/bin/<name>`.
    fn main_path(&self, name: &str, span: Span) -> Spanned<String> {
        if let Some(output) = &self.config.build.output {
            return output.clone();
        }
        let word =
            first_word(self.config).filter(|word| word.contains('/') && file_name(word) == name);
        let path = word.map(|word| absolute(self.workdir(), &word));
        Spanned::new(
            path.unwrap_or_else(|| format!("/usr/local/bin/{name}")),
            span,
        )
    }

    fn workdir(&self) -> &str {
        self.config
            .runtime
            .workdir
            .as_ref()
            .map_or("/app", |workdir| workdir.value.as_str())
    }

    /// The name in a command such as `./server`.
    fn command_name(&self) -> Option<String> {
        let word = first_word(self.config)?;
        word.contains('/').then(|| file_name(&word).to_owned())
    }

    /// The folder in which the builder works.
    fn folder(&self) -> String {
        format!("{SOURCES}/{}", self.layout.application)
            .trim_end_matches('/')
            .to_owned()
    }

    fn at(&self, kind: InstructionKind) -> Instruction {
        Instruction::new(kind, self.place)
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
            built.stages.push(self.stage("builder", list, self.place));
        }
        for native in natives {
            self.add_binary(&native.built, native.path.clone(), built);
        }
    }

    fn add_binary(&self, from: &str, path: Spanned<String>, built: &mut Built) {
        let link = can_link(&path);
        let source = Source::Stage {
            name: "builder".to_owned(),
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
            name: name.to_owned(),
            kind: StageKind::Generated,
            platform: None,
            base: BaseImage::Stage("source".to_owned()),
            origin: Origin::document(span),
            instructions,
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

    /// The build arguments, right before the steps that read them.
    fn arguments(&self) -> Vec<Instruction> {
        self.config
            .build
            .args
            .iter()
            .map(|(name, default)| arg_of(name, default))
            .collect()
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

/// The first word of what the container starts, if it is known.
fn first_word(config: &Canonical) -> Option<String> {
    use crate::config::runtime::{Cmd, CmdTable, Entrypoint, EntrypointTable};
    let exec = match config.runtime.entrypoint.as_ref().map(|it| &it.value) {
        Some(Entrypoint::Exec(words)) => words.first().map(|word| word.value.clone()),
        Some(Entrypoint::Table(EntrypointTable {
            exec: Some(words), ..
        })) => words.first().map(|word| word.value.clone()),
        _ => None,
    };
    exec.or_else(|| match &config.runtime.cmd.as_ref()?.value {
        Cmd::Words(text) => shlex::split(text)?.into_iter().next(),
        Cmd::Exec(words)
        | Cmd::Table(CmdTable {
            exec: Some(Spanned { value: words, .. }),
            ..
        }) => words.first().map(|word| word.value.clone()),
        Cmd::Table(_) => None,
    })
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
