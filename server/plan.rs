//! The build plan: what will be built, as build stages and instructions, each with its origin.
//!
//! Everything that a file can say ends here, in whichever spelling it was said: rules look at the plan, and the renderer
//! writes it down. A plan exists for every configuration; what could not be planned is among its problems.

pub mod entry_script;
pub mod instructions;
pub mod parse;
pub mod resolve;

mod command;
pub mod commands;
pub mod credentials;
pub mod dockerignore;
pub mod duration;
pub mod ignore_file;
pub(crate) mod image;
pub mod images;
pub(crate) mod languages;
pub mod local_url;
pub mod lock;
pub(crate) mod order;
mod overlay;
mod packages;
pub mod paths;
mod problem;
pub mod references;
mod runtime;
pub mod scope;
pub(crate) mod shell;
pub mod shell_text;
mod shells;
pub mod sources;
mod step;
pub(crate) mod tool;
pub(crate) mod user;
mod verbatim;
mod written;

pub use crate::plan::image::BaseFacts;
pub use crate::plan::problem::{Problem, ProblemKind};
pub use crate::plan::user::RunningUser;
pub use crate::plan::written::{Flag, MountOption, Pair, Variable, Written, WrittenMount};

use crate::diagnostic::File;
use crate::image::ImageReference;
use crate::plan::lock::Lock;
use crate::text::Span;

/// Everything that a Dockerfile will say.
#[derive(Debug, Clone, Default)]
pub struct BuildPlan {
    /// `ARG` before the first `FROM`.
    pub args: Vec<Instruction>,
    /// The build stages in the order in which they are written; the last one is the image.
    pub stages: Vec<BuildStage>,
    /// Whether the text is for builders without the newest frontend.
    pub portable: bool,
    /// The digests of `docksmith.lock`, if there is one. The plan names images as the file does; the digests come in when
    /// it is written down, so that nothing that is known of an image depends on them.
    pub lock: Option<Lock>,
    /// What is known of the final stage, once there is one.
    pub image: Option<FinalImage>,
    /// What could not be planned as it was said.
    pub problems: Vec<Problem>,
    /// The names that `FROM … AS` gives in Dockerfile text, each with its place.
    pub written_names: Vec<(String, Origin)>,
    /// The Dockerfile that is used as it is, if `dockerfile` names one that can be read.
    pub verbatim: Option<String>,
}

impl BuildPlan {
    /// The stage with this name.
    pub fn stage(&self, name: &str) -> Option<&BuildStage> {
        self.stages.iter().find(|stage| stage.name == name)
    }

    /// Whether a name that may be a stage's is an image's: it holds a tag or a path.
    pub fn is_image(&self, name: &str) -> bool {
        name.contains([':', '/', '@']) && self.stage(name).is_none()
    }

    /// Whether the lock holds an image at a digest.
    pub fn is_locked(&self, image: &ImageReference) -> bool {
        self.lock
            .as_ref()
            .is_some_and(|lock| lock.digest(image).is_some())
    }

    /// The final stage.
    pub fn final_stage(&self) -> Option<&BuildStage> {
        self.stages.iter().rfind(|stage| stage.kind.is_final())
    }

    /// What is known of the image that a stage begins with, through the stages that it builds on.
    pub fn base_facts(&self, stage: &BuildStage) -> Option<BaseFacts> {
        if let Some(image) = &self.image
            && stage.kind.is_final()
        {
            return Some(image.base.clone());
        }
        self.ancestors(stage)
            .last()
            .filter(|stage| !matches!(stage.base, BaseImage::Stage(_)))
            .map(|stage| BaseFacts::of(stage.base.text()))
    }

    /// A stage, the stage that it builds on, and so on. A ring ends where it begins.
    pub fn ancestors<'a>(&'a self, stage: &'a BuildStage) -> Vec<&'a BuildStage> {
        let mut line = vec![stage];
        while let Some(BaseImage::Stage(name)) = line.last().map(|stage| &stage.base) {
            match self.stage(name) {
                Some(next) if !line.iter().any(|it| it.name == next.name) => line.push(next),
                _ => break,
            }
        }
        line
    }

    /// The path of the first built binary in the image.
    pub fn program(&self) -> Option<&str> {
        self.final_stage()?
            .instructions
            .iter()
            .find_map(|instruction| match &instruction.kind {
                InstructionKind::Copy(copy)
                    if matches!(&copy.from, Source::Stage { name, span: None } if name == "builder") =>
                {
                    Some(copy.dst.as_str())
                }
                _ => None,
            })
    }

    /// Every instruction with its stage, in order.
    pub fn instructions(&self) -> impl Iterator<Item = (&BuildStage, &Instruction)> {
        self.stages.iter().flat_map(|stage| {
            stage
                .instructions
                .iter()
                .map(move |instruction| (stage, instruction))
        })
    }
}

/// What is known of the final stage.
#[derive(Debug, Clone)]
pub struct FinalImage {
    /// What is known of its base image.
    pub base: BaseFacts,
    /// Where the base image is named; for a default the language's place.
    pub base_span: Span,
    /// The user that it runs as.
    pub user: RunningUser,
    /// The folder in which the program starts.
    pub workdir: String,
    /// The entrypoint's script, if it has one: its path in the build context, where it goes, and where it is named.
    pub script: Option<Script>,
}

/// A script of the build context that the image runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The path, relative to the context root.
    pub path: String,
    /// The path in the image.
    pub dst: String,
    /// Where the file names it.
    pub span: Span,
}

/// Where something comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The file.
    pub file: File,
    /// The place in it.
    pub span: Span,
}

impl Origin {
    /// A place in the document.
    pub fn document(span: Span) -> Self {
        Self {
            file: File::Document,
            span,
        }
    }
}

/// What `FROM` begins.
#[derive(Debug, Clone)]
pub struct BuildStage {
    /// Its name.
    pub name: String,
    /// Who made it.
    pub kind: StageKind,
    /// The value of `--platform=`, as it is rendered.
    pub platform: Option<String>,
    /// What it starts from.
    pub base: BaseImage,
    /// Where it comes from: the name of a stage that the user wrote, else the key that makes it.
    pub origin: Origin,
    /// Its instructions, in order.
    pub instructions: Vec<Instruction>,
}

/// Who made a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageKind {
    /// `[[stages]]` or the overlay.
    User,
    /// The renderer.
    Generated,
    /// The image: `[runtime]`, or a stage with `final = true`.
    Final,
}

impl StageKind {
    /// Whether it is the image.
    pub fn is_final(self) -> bool {
        self == Self::Final
    }
}

/// What a stage starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BaseImage {
    /// Nothing.
    Scratch,
    /// Another stage; the name may hold `${TARGETARCH}`.
    Stage(String),
    /// An image reference as it is written.
    Image(String),
}

impl BaseImage {
    /// As `FROM` names it.
    pub fn text(&self) -> &str {
        match self {
            Self::Scratch => "scratch",
            Self::Stage(name) => name,
            Self::Image(reference) => reference,
        }
    }
}

/// One instruction with its origin.
#[derive(Debug, Clone)]
pub struct Instruction {
    /// What it says.
    pub kind: InstructionKind,
    /// Where it comes from.
    pub origin: Origin,
}

impl Instruction {
    /// An instruction that a place in the document causes.
    pub fn new(kind: InstructionKind, span: Span) -> Self {
        Self {
            kind,
            origin: Origin::document(span),
        }
    }
}

/// What an instruction says. Texts are literal unless their documentation says otherwise: quoting is the renderer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstructionKind {
    /// `ADD`.
    Add(Add),
    /// `ARG`, with its default.
    Arg {
        /// The name.
        name: String,
        /// The default.
        default: Option<String>,
    },
    /// `CMD`.
    Cmd(Command),
    /// `COPY`.
    Copy(Copy),
    /// `ENTRYPOINT`.
    Entrypoint(Command),
    /// `ENV` of one name.
    Env {
        /// The name.
        name: String,
        /// The value.
        value: String,
        /// Whether `$NAME` in the value is replaced.
        expand: bool,
    },
    /// `EXPOSE` of one port, such as `53/udp`.
    Expose(String),
    /// `HEALTHCHECK`; nothing means `NONE`.
    Healthcheck(Option<Healthcheck>),
    /// `LABEL` of one key.
    Label {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// `RUN`.
    Run(Run),
    /// `SHELL`.
    Shell(Vec<String>),
    /// `STOPSIGNAL`.
    StopSignal(String),
    /// `USER`.
    User(String),
    /// `VOLUME`.
    Volume(Vec<String>),
    /// `WORKDIR`.
    Workdir(String),
    /// An instruction that the user wrote in Dockerfile's own language.
    Written(Box<Written>),
}

/// A command in one of its two forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Run by a shell.
    Shell(String),
    /// Run as it is.
    Exec(Vec<String>),
}

/// `RUN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The mounts, in the order cache, bind, secret, ssh.
    pub mounts: Vec<Mount>,
    /// The value of `--network=`.
    pub network: Option<&'static str>,
    /// What is run.
    pub command: RunCommand,
}

impl Run {
    /// A command of the renderer without mounts.
    pub fn lines(lines: Vec<String>) -> Self {
        Self {
            mounts: Vec::new(),
            network: None,
            command: RunCommand::Lines(lines),
        }
    }
}

/// What `RUN` runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunCommand {
    /// The renderer's own shell text: lines that are joined by continuations.
    Lines(Vec<String>),
    /// The user's shell text; of several lines it becomes a heredoc.
    Shell(String),
    /// Exec form.
    Exec(Vec<String>),
}

/// A mount of `RUN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mount {
    /// A folder that is kept between builds.
    Cache {
        /// The folder.
        target: String,
        /// The name under which builds share it.
        id: Option<String>,
        /// How concurrent builds use it.
        sharing: Option<&'static str>,
    },
    /// Files of the context, a stage or an image.
    Bind {
        /// The stage or image.
        from: Option<String>,
        /// The path there.
        source: Option<String>,
        /// Where it appears.
        target: String,
        /// Whether it can be written.
        writable: bool,
    },
    /// A build secret.
    Secret {
        /// Its id.
        id: String,
        /// The file that holds it.
        target: Option<String>,
        /// The variable that holds it.
        env: Option<String>,
        /// Whether the build stops without it.
        required: bool,
    },
    /// An SSH agent.
    Ssh {
        /// Its id.
        id: Option<String>,
    },
}

/// Where `COPY` takes files from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The build context.
    Context,
    /// A stage, with the place that names it; generated copies have none.
    Stage {
        /// Its name.
        name: String,
        /// Where it is named.
        span: Option<Span>,
    },
    /// An image.
    Image(String),
    /// A named build context.
    Named(String),
}

impl Source {
    /// The value of `--from=`.
    pub fn flag(&self) -> Option<&str> {
        match self {
            Self::Context => None,
            Self::Stage { name, .. } | Self::Image(name) | Self::Named(name) => Some(name),
        }
    }
}

/// A path with the place that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcePath {
    /// The path; from the build context it is relative to the context root.
    pub path: String,
    /// Where the file names it; what the renderer adds by itself has no place.
    pub span: Option<Span>,
}

/// `COPY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Where from.
    pub from: Source,
    /// What; at least one.
    pub sources: Vec<SourcePath>,
    /// Where to, absolute or in a builder relative to its folder; a folder ends in `/`.
    pub dst: String,
    /// `--chown=`.
    pub chown: Option<String>,
    /// `--chmod=`.
    pub chmod: Option<String>,
    /// `--link`.
    pub link: bool,
    /// `--exclude=`.
    pub exclude: Vec<String>,
    /// `--parents`.
    pub parents: bool,
}

impl Copy {
    /// A plain copy of paths that the renderer names itself.
    pub fn plain(from: Source, sources: &[&str], dst: &str) -> Self {
        let sources = sources
            .iter()
            .map(|path| SourcePath {
                path: (*path).to_owned(),
                span: None,
            })
            .collect();
        Self {
            from,
            sources,
            dst: dst.to_owned(),
            chown: None,
            chmod: None,
            link: false,
            exclude: Vec::new(),
            parents: false,
        }
    }
}

/// `ADD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Add {
    /// Addresses or paths; at least one.
    pub sources: Vec<SourcePath>,
    /// Where to.
    pub dst: String,
    /// `--checksum=`, with `sha256:`.
    pub checksum: Option<String>,
    /// `--chown=`.
    pub chown: Option<String>,
    /// `--chmod=`.
    pub chmod: Option<String>,
    /// `--link`.
    pub link: bool,
    /// `--unpack=`.
    pub unpack: Option<bool>,
}

/// `HEALTHCHECK`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Healthcheck {
    /// `--interval=`.
    pub interval: String,
    /// `--timeout=`.
    pub timeout: String,
    /// `--start-period=`.
    pub start_period: String,
    /// `--start-interval=`.
    pub start_interval: Option<String>,
    /// `--retries=`.
    pub retries: Option<i64>,
    /// What is run.
    pub command: Command,
}
