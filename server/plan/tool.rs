//! Tools: one verified download per architecture, then the one that the image needs.

use crate::config::spellings::Canonical;
use crate::config::tool::{Checksum, ExternalTool, ToolFormat};
use crate::image::Platform;
use crate::plan::languages::images::ALPINE;
use crate::plan::paths::{can_link, file_name};
use crate::plan::shell::quote;
use crate::plan::{
    Add, BaseImage, BuildStage, Copy, Instruction, InstructionKind, Mount, Origin, Run, RunCommand,
    Source, SourcePath, StageKind,
};
use crate::text::{Span, Spanned};

/// A tool as it will be fetched.
pub(super) struct Tool<'a> {
    tool: &'a Spanned<ExternalTool>,
    /// Which build argument picks the architecture: the image's, or the builder's for what runs there.
    argument: &'static str,
}

/// What a tool brings: its stages, and the copy that puts it in place.
pub(super) struct Fetched {
    /// The stages, in order.
    pub(super) stages: Vec<BuildStage>,
    /// The copy.
    pub(super) copy: Option<Instruction>,
}

impl<'a> Tool<'a> {
    pub(super) fn new(tool: &'a Spanned<ExternalTool>, on_build_platform: bool) -> Self {
        let argument = if on_build_platform {
            "BUILDARCH"
        } else {
            "TARGETARCH"
        };
        Self { tool, argument }
    }

    /// The stages and the copy.
    pub(super) fn fetch(&self, config: &Canonical, portable: bool) -> Fetched {
        if let Some(image) = &self.tool.image {
            return Fetched {
                stages: Vec::new(),
                copy: self.copy_from_image(image),
            };
        }
        let Some(url) = &self.tool.url else {
            return Fetched {
                stages: Vec::new(),
                copy: None,
            };
        };
        let downloads = self.downloads(url, config);
        let stages = if portable {
            self.portable_stages(&downloads)
        } else {
            self.stages(&downloads)
        };
        Fetched {
            stages,
            copy: self.copy_from_stage(),
        }
    }

    /// The literal path in the image; the folder with a trailing slash for a whole archive.
    fn destination(&self) -> Option<String> {
        if let Some(dst) = &self.tool.dst {
            return Some(dst.value.clone());
        }
        let folder = self.tool.install_path.as_ref()?.trim_end_matches('/');
        Some(if self.is_whole_archive() {
            format!("{folder}/")
        } else {
            format!("{folder}/{}", *self.tool.name)
        })
    }

    /// Whether an old file means all of an archive.
    fn is_whole_archive(&self) -> bool {
        self.tool.dst.is_none() && self.tool.member.is_none() && self.format() != ToolFormat::Binary
    }

    fn format(&self) -> ToolFormat {
        format_of(self.tool)
    }

    fn copy_from_image(&self, image: &Spanned<String>) -> Option<Instruction> {
        let src = self.tool.src.as_ref()?;
        let sources = vec![SourcePath {
            path: src.value.clone(),
            span: Some(src.span),
        }];
        let dst = self.destination()?;
        let copy = Copy {
            sources,
            link: can_link(&dst),
            ..Copy::plain(Source::Image(image.value.clone()), &[], &dst)
        };
        Some(Instruction::new(InstructionKind::Copy(copy), self.place()))
    }

    fn copy_from_stage(&self) -> Option<Instruction> {
        let dst = self.destination()?;
        let from = Source::Stage {
            name: self.stage_name(),
            span: None,
        };
        let path = if self.is_whole_archive() {
            "/out/".to_owned()
        } else {
            format!("/{}", *self.tool.name)
        };
        let link = can_link(&dst) && !self.is_whole_archive();
        let copy = Copy {
            link,
            ..Copy::plain(from, &[&path], &dst)
        };
        Some(Instruction::new(InstructionKind::Copy(copy), self.place()))
    }

    /// The key that says where the tool goes.
    fn place(&self) -> Span {
        self.tool
            .dst
            .as_ref()
            .or(self.tool.install_path.as_ref())
            .map_or(self.tool.span, |dst| dst.span)
    }

    fn stage_name(&self) -> String {
        format!("tool-{}", *self.tool.name)
    }

    /// What is fetched for each architecture that has a checksum; a platform without one gets no stage, so that only its
    /// own build fails.
    fn downloads(&self, url: &Spanned<String>, config: &Canonical) -> Vec<Download> {
        let architectures = architectures(config);
        let version = self
            .tool
            .version
            .as_ref()
            .map_or("", |version| version.value.as_str());
        let download = |architecture: Option<&str>, sha256: &str, span| Download {
            architecture: architecture.map(str::to_owned),
            url: expand(url, architecture.unwrap_or_default(), version),
            url_span: url.span,
            sha256: sha256.to_owned(),
            span,
        };
        match self.tool.sha256.as_ref() {
            Some(Spanned {
                value: Checksum::PerArchitecture(sums),
                ..
            }) => {
                let sum = |architecture: &String| {
                    sums.value(architecture)
                        .map(|sum| download(Some(architecture), &sum.0, sum.0.span))
                };
                architectures.iter().filter_map(sum).collect()
            }
            Some(Spanned {
                value: Checksum::One(sum),
                span,
            }) if names_platform(url) => architectures
                .iter()
                .map(|architecture| download(Some(architecture), sum, *span))
                .collect(),
            Some(Spanned {
                value: Checksum::One(sum),
                span,
            }) => vec![download(None, sum, *span)],
            None => Vec::new(),
        }
    }

    fn stages(&self, downloads: &[Download]) -> Vec<BuildStage> {
        let archive = self.format() != ToolFormat::Binary;
        let chosen = if archive {
            format!("{}-archive", self.stage_name())
        } else {
            self.stage_name()
        };
        let target = if archive {
            "/archive".to_owned()
        } else {
            format!("/{}", *self.tool.name)
        };
        let mut stages: Vec<BuildStage> = downloads
            .iter()
            .map(|it| self.fetch_stage(it, &chosen, &target))
            .collect();
        if downloads
            .iter()
            .any(|download| download.architecture.is_some())
        {
            let base = BaseImage::Stage(format!("{}-${{{}}}", self.stage_name(), self.argument));
            stages.push(self.stage(chosen.clone(), base, None));
        }
        if archive && !downloads.is_empty() {
            stages.push(self.unpack_stage(&chosen));
        }
        stages
    }

    fn stage(&self, name: String, base: BaseImage, platform: Option<&str>) -> BuildStage {
        BuildStage {
            name,
            kind: StageKind::Generated,
            platform: platform.map(str::to_owned),
            base,
            origin: Origin::document(self.tool.name.span),
            instructions: Vec::new(),
        }
    }

    fn fetch_stage(&self, download: &Download, chosen: &str, target: &str) -> BuildStage {
        let name = match &download.architecture {
            Some(architecture) => format!("{}-{architecture}", self.stage_name()),
            None => chosen.to_owned(),
        };
        let add = Add {
            sources: vec![SourcePath {
                path: download.url.clone(),
                span: Some(download.url_span),
            }],
            dst: target.to_owned(),
            checksum: Some(format!("sha256:{}", download.sha256)),
            chown: None,
            chmod: (self.format() == ToolFormat::Binary).then(|| "0755".to_owned()),
            link: false,
            unpack: None,
        };
        let mut stage = self.stage(name, BaseImage::Scratch, None);
        stage
            .instructions
            .push(Instruction::new(InstructionKind::Add(add), download.span));
        stage
    }

    /// The stage that takes the member out of the archive, in Alpine, whose `tar` does not keep the archive's owners.
    fn unpack_stage(&self, archive: &str) -> BuildStage {
        let mount = Mount::Bind {
            from: Some(archive.to_owned()),
            source: Some("/archive".to_owned()),
            target: "/archive".to_owned(),
            writable: false,
        };
        let command = RunCommand::Lines(self.unpack_lines());
        let run = Run {
            mounts: vec![mount],
            network: None,
            command,
        };
        let mut stage = self.stage(
            self.stage_name(),
            BaseImage::Image(ALPINE.to_owned()),
            Some("$BUILDPLATFORM"),
        );
        let span = self
            .tool
            .member
            .as_ref()
            .map_or(self.tool.span, |member| member.span);
        stage
            .instructions
            .push(Instruction::new(InstructionKind::Run(run), span));
        stage
    }

    fn unpack_lines(&self) -> Vec<String> {
        let zip = self.format() == ToolFormat::Zip;
        if self.is_whole_archive() {
            let unpack = if zip {
                "unzip -q /archive -d /out"
            } else {
                "tar -xzof /archive -C /out"
            };
            return vec!["mkdir /out".to_owned(), format!("&& {unpack}")];
        }
        let member = self.tool.member.as_ref().unwrap_or(&self.tool.name);
        let member = format!("'{}'", member.replace('\'', r"'\''"));
        let target = format!("/{}", *self.tool.name);
        let unpack = if zip {
            format!("unzip -p /archive {member}")
        } else {
            format!("tar -xzOf /archive {member}")
        };
        vec![
            format!("{unpack} > {target}"),
            format!("&& chmod 0755 {target}"),
        ]
    }

    /// The same in one Alpine stage, for builders that do not know `ADD --checksum`.
    fn portable_stages(&self, downloads: &[Download]) -> Vec<BuildStage> {
        let Some(first) = downloads.first() else {
            return Vec::new();
        };
        let archive = self.format() != ToolFormat::Binary;
        let target = if archive {
            "/archive".to_owned()
        } else {
            format!("/{}", *self.tool.name)
        };
        let mut stage = self.stage(
            self.stage_name(),
            BaseImage::Image(ALPINE.to_owned()),
            Some("$BUILDPLATFORM"),
        );
        let mut lines = Vec::new();
        if first.architecture.is_some() {
            let name = self.argument.to_owned();
            stage.instructions.push(Instruction::new(
                InstructionKind::Arg {
                    name,
                    default: None,
                },
                self.tool.span,
            ));
            lines.extend(self.choice(downloads));
        } else {
            lines.push(format!(
                "url={} sha256={}",
                single_quoted(&first.url),
                first.sha256
            ));
        }
        lines.push(format!("&& wget -q -O {target} \"$url\""));
        lines.push(format!("&& echo \"$sha256  {target}\" > {target}.sha256"));
        lines.push(format!("&& sha256sum -c {target}.sha256"));
        if archive {
            let unpack = self.unpack_lines();
            lines.extend(unpack.into_iter().map(|line| {
                if line.starts_with("&&") {
                    line
                } else {
                    format!("&& {line}")
                }
            }));
        } else {
            lines.push(format!("&& chmod 0755 {target}"));
        }
        let span = self
            .tool
            .url
            .as_ref()
            .map_or(self.tool.span, |url| url.span);
        stage.instructions.push(Instruction::new(
            InstructionKind::Run(Run::lines(lines)),
            span,
        ));
        vec![stage]
    }

    fn choice(&self, downloads: &[Download]) -> Vec<String> {
        let argument = self.argument;
        let mut lines = vec![format!("case \"${argument}\" in")];
        for download in downloads {
            let architecture = download.architecture.as_deref().unwrap_or_default();
            lines.push(format!(
                "  {architecture}) url={} sha256={} ;;",
                single_quoted(&download.url),
                download.sha256
            ));
        }
        let name = quote(&self.tool.name);
        lines.push(format!(
            "  *) echo \"{name}: no checksum for ${argument}\" >&2; exit 1 ;;"
        ));
        lines.push("esac".to_owned());
        lines
    }
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "%27"))
}

/// One file to fetch.
struct Download {
    /// The architecture, by Go's names; nothing where one file serves all.
    architecture: Option<String>,
    url: String,
    url_span: Span,
    sha256: String,
    span: Span,
}

/// What is downloaded: as said, else by the url's ending; the old `install_path` always meant an archive.
pub(crate) fn format_of(tool: &ExternalTool) -> ToolFormat {
    if let Some(format) = &tool.format {
        return format.value;
    }
    if tool.dst.is_none() && tool.install_path.is_some() {
        return ToolFormat::TarGz;
    }
    let url = tool.url.as_ref().map_or("", |url| url.value.as_str());
    match file_name(url) {
        name if name.ends_with(".tar.gz") || name.ends_with(".tgz") => ToolFormat::TarGz,
        name if name.ends_with(".zip") => ToolFormat::Zip,
        _ => ToolFormat::Binary,
    }
}

/// Whether a url is another one on each platform.
pub(crate) fn names_platform(url: &str) -> bool {
    ["${arch}", "${os}", "${TARGETARCH}", "${TARGETOS}"]
        .iter()
        .any(|name| url.contains(name))
}

/// A url with its placeholders filled in; only Linux images are built.
pub(crate) fn expand(url: &str, architecture: &str, version: &str) -> String {
    let replacements = [
        ("${arch}", architecture),
        ("${TARGETARCH}", architecture),
        ("${os}", "linux"),
        ("${TARGETOS}", "linux"),
        ("${version}", version),
    ];
    replacements
        .iter()
        .fold(url.to_owned(), |url, (name, value)| {
            url.replace(name, value)
        })
}

/// What a tool's url becomes, with the architecture where it is another one on each; nothing for a tool without one.
pub(crate) fn addresses(tool: &ExternalTool, config: &Canonical) -> Vec<(Option<String>, String)> {
    let Some(url) = &tool.url else {
        return Vec::new();
    };
    let version = tool.version.as_ref().map_or("", |it| it.value.as_str());
    if !names_platform(url) {
        return vec![(None, expand(url, "", version))];
    }
    let architectures = architectures(config).into_iter();
    architectures
        .map(|architecture| {
            let address = expand(url, &architecture, version);
            (Some(architecture), address)
        })
        .collect()
}

/// The architectures of `platforms`, each once, in order.
pub(crate) fn architectures(config: &Canonical) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for platform in platforms(config) {
        if !names.contains(&platform.architecture) {
            names.push(platform.architecture);
        }
    }
    names
}

/// The platforms that the image is meant for: those of the file that can be read, or the usual two.
pub(crate) fn platforms(config: &Canonical) -> Vec<Platform> {
    let own = config.platforms.iter().flat_map(|list| list.iter());
    let own: Vec<Platform> = own.filter_map(|it| Platform::parse(it).ok()).collect();
    if !own.is_empty() {
        return own;
    }
    ["linux/amd64", "linux/arm64"]
        .iter()
        .filter_map(|platform| Platform::parse(platform).ok())
        .collect()
}
