//! The final stage: its instructions in their fixed order.

use crate::config::runtime::{Expose, Port, PortText};
use crate::config::spellings::Canonical;
use crate::config::stage::{RunAs, Step};
use crate::config::values::Text;
use crate::plan::command::{Start, healthcheck, init_package, start, with_init};
use crate::plan::image::base_of;
use crate::plan::languages::Built;
use crate::plan::packages::install;
use crate::plan::paths::{Layout, can_link, is_below};
use crate::plan::shell::quote;
use crate::plan::step::{Surroundings, arg_of, copies, env_of, step};
use crate::plan::user::{creation, owner, running_user};
use crate::plan::{
    BaseFacts, BaseImage, BuildStage, Copy, FinalImage, Instruction, InstructionKind, Origin,
    Problem, ProblemKind, Run, RunningUser, Source, SourcePath, StageKind,
};
use crate::text::{Span, Spanned};

/// The name of the final stage.
pub(crate) const NAME: &str = "runtime";

/// What goes into the final stage from elsewhere.
pub(super) struct Parts<'a> {
    /// What the language builds.
    pub(super) built: &'a Built,
    /// The copies of the tools.
    pub(super) tools: Vec<Instruction>,
    /// The overlay's instructions.
    pub(super) overlay: Vec<Instruction>,
    /// The names of all stages.
    pub(super) stages: &'a [String],
}

/// The final stage and what is known of it.
pub(super) fn final_stage(
    config: &Canonical,
    text: &str,
    layout: &Layout,
    parts: Parts<'_>,
    problems: &mut Vec<Problem>,
) -> (BuildStage, FinalImage) {
    let (base, base_span) = base_of(config);
    let user = running_user(config, &base, base_span, problems);
    let workdir = config
        .runtime
        .workdir
        .as_ref()
        .map_or("/app", |workdir| workdir.value.as_str());
    let mut start = start(
        config,
        layout,
        parts.built.binaries.first().map(|it| it.path.clone()),
        problems,
    );
    if start.entrypoint.is_none() && start.cmd.is_none() {
        let place = config
            .language
            .as_ref()
            .map(|language| language.span)
            .unwrap_or(base_span);
        problems.push(Problem::new(ProblemKind::MissingCommand, place));
    }
    with_init(config, &base, &mut start);
    let writer = Writer {
        config,
        text,
        layout,
        base: &base,
        user: &user,
        workdir,
        place: base_span,
    };
    let instructions = writer.instructions(parts, &start, problems);
    let name = NAME.to_owned();
    let origin = Origin::document(base_span);
    let stage = BuildStage {
        name,
        kind: StageKind::Final,
        platform: None,
        base: BaseImage::Image(base.reference.clone()),
        origin,
        instructions,
    };
    let stage = match base.reference.as_str() {
        "scratch" => BuildStage {
            base: BaseImage::Scratch,
            ..stage
        },
        _ => stage,
    };
    let workdir = workdir.to_owned();
    (
        stage,
        FinalImage {
            base,
            base_span,
            user,
            workdir,
            script: start.script,
        },
    )
}

struct Writer<'a> {
    config: &'a Canonical,
    text: &'a str,
    layout: &'a Layout,
    base: &'a BaseFacts,
    user: &'a RunningUser,
    workdir: &'a str,
    /// Where what follows from the base image alone comes from.
    place: Span,
}

impl Writer<'_> {
    /// The instructions in their fixed order: packages and users before anything is owned, arguments behind the first
    /// `RUN`s, which they would repeat at every new value, and labels last, since a version label changes often.
    fn instructions(
        &self,
        parts: Parts<'_>,
        start: &Start,
        problems: &mut Vec<Problem>,
    ) -> Vec<Instruction> {
        let runtime = &self.config.runtime;
        let mut list = Vec::new();
        list.extend(runtime.shell.as_ref().map(shell));
        list.extend(self.packages(problems));
        list.extend(creation(self.user, self.config, self.base));
        list.extend(
            runtime
                .args
                .iter()
                .map(|(name, default)| arg_of(name, default)),
        );
        list.push(self.workdir());
        list.extend(parts.tools);
        list.extend(parts.built.copies.iter().cloned());
        let mut assets = self.assets(problems);
        link_where_safe(&mut assets, &list, self.workdir);
        list.extend(assets);
        let around = self.surroundings(parts.stages);
        for copy in &runtime.copy {
            let mut copies = copies(copy, copy.span, &around, problems);
            if copy.link.is_none() {
                link_where_safe(&mut copies, &list, self.workdir);
            }
            list.extend(copies);
        }
        list.extend(
            start
                .script
                .as_ref()
                .map(|script| script_copy(&script.path, &script.dst, script.span)),
        );
        list.extend(self.dirs());
        list.extend(self.steps(RunAs::Root, &around, problems));
        list.extend(parts.overlay);
        list.extend(
            self.config
                .env
                .iter()
                .map(|(name, value)| env_of(name, value.text(), value.expands())),
        );
        list.extend(self.ports());
        list.extend(runtime.volumes.as_ref().map(volume));
        list.extend(runtime.stop_signal.as_ref().map(|signal| {
            Instruction::new(
                InstructionKind::StopSignal(signal.value.clone()),
                signal.span,
            )
        }));
        list.push(Instruction::new(
            InstructionKind::User(self.user.text()),
            self.user.span,
        ));
        list.extend(self.steps(RunAs::User, &around, problems));
        list.extend(self.healthcheck());
        list.extend(start.entrypoint.as_ref().map(|command| {
            Instruction::new(
                InstructionKind::Entrypoint(command.value.clone()),
                command.span,
            )
        }));
        list.extend(start.cmd.as_ref().map(|command| {
            Instruction::new(InstructionKind::Cmd(command.value.clone()), command.span)
        }));
        list.extend(runtime.labels.iter().map(|(key, value)| label(key, value)));
        self.with_root(list)
    }

    fn surroundings<'b>(&'b self, stages: &'b [String]) -> Surroundings<'b> {
        Surroundings {
            config: self.config,
            text: self.text,
            layout: self.layout,
            stages,
            workdir: Some(self.workdir),
            image: Some((self.base, self.user)),
        }
    }

    /// A base whose own user is not root gets `USER 0:0` before the first `RUN`.
    fn with_root(&self, mut list: Vec<Instruction>) -> Vec<Instruction> {
        let leaves_root = self
            .base
            .known
            .as_ref()
            .is_some_and(|known| known.user.is_some());
        let is_run = |it: &Instruction| match &it.kind {
            InstructionKind::Run(_) => true,
            InstructionKind::Written(written) => written.keyword == "RUN",
            _ => false,
        };
        let is_user = |it: &Instruction| matches!(it.kind, InstructionKind::User(_));
        let first_run = list.iter().position(is_run);
        let first_user = list.iter().position(is_user).unwrap_or(list.len());
        if let Some(index) = first_run.filter(|index| leaves_root && *index < first_user) {
            list.insert(
                index,
                Instruction::new(InstructionKind::User("0:0".to_owned()), self.place),
            );
        }
        list
    }

    fn packages(&self, problems: &mut Vec<Problem>) -> Option<Instruction> {
        let packages = self.config.runtime.packages.as_ref();
        let mut names: Vec<Text> = packages
            .map(|packages| packages.value.clone())
            .unwrap_or_default();
        if let Some(package) = init_package(self.config)
            && !names.contains(&package)
        {
            names.push(package);
        }
        let span = packages
            .map(|packages| packages.span)
            .or(names.first().map(|name| name.span))?;
        install(self.base, &names, span, problems)
    }

    fn workdir(&self) -> Instruction {
        let span = self
            .config
            .runtime
            .workdir
            .as_ref()
            .map_or(self.place, |workdir| workdir.span);
        Instruction::new(InstructionKind::Workdir(self.workdir.to_owned()), span)
    }

    /// `[[runtime_assets]]`: one `COPY src dst` as written, with Docker's own meaning of folders.
    fn assets(&self, problems: &mut Vec<Problem>) -> Vec<Instruction> {
        let mut list = Vec::new();
        for asset in &self.config.assets {
            let chown = asset
                .chown
                .as_ref()
                .map(|chown| owner(chown, chown.span, self.user, self.base, problems));
            let sources = asset.src.texts();
            let sources = sources
                .iter()
                .map(|source| SourcePath {
                    path: self.layout.path(source),
                    span: Some(source.span),
                })
                .collect();
            let copy = Copy {
                sources,
                chown,
                ..Copy::plain(Source::Context, &[], &asset.dst)
            };
            list.push(Instruction::new(InstructionKind::Copy(copy), asset.span));
        }
        list
    }

    fn steps(
        &self,
        who: RunAs,
        around: &Surroundings<'_>,
        problems: &mut Vec<Problem>,
    ) -> Vec<Instruction> {
        let runs_as = |it: &Spanned<Step>| match &it.value {
            Step::Table(table) => table.r#as.as_ref().map_or(RunAs::Root, |who| who.value),
            Step::Text(_) => RunAs::Root,
        };
        let steps = self
            .config
            .runtime
            .steps
            .iter()
            .filter(|it| runs_as(it) == who);
        steps.flat_map(|it| step(it, around, problems)).collect()
    }

    /// Folders that the user owns. Where no shell can make them, a `WORKDIR` behind `USER` does: builders give such a
    /// folder to that user (documented experiment e11).
    fn dirs(&self) -> Vec<Instruction> {
        let Some(dirs) = self
            .config
            .runtime
            .dirs
            .as_ref()
            .filter(|dirs| !dirs.is_empty())
        else {
            return Vec::new();
        };
        let folders = dirs
            .iter()
            .map(|dir| crate::plan::paths::absolute(self.workdir, dir));
        if self.base.shell() == Some(false) {
            let mut kinds = vec![InstructionKind::User(self.user.text())];
            kinds.extend(folders.map(InstructionKind::Workdir));
            kinds.push(InstructionKind::Workdir(self.workdir.to_owned()));
            return kinds
                .into_iter()
                .map(|kind| Instruction::new(kind, dirs.span))
                .collect();
        }
        let names: Vec<String> = folders.map(|folder| quote(&folder)).collect();
        let names = names.join(" ");
        let lines = vec![
            format!("mkdir -p {names}"),
            format!("&& chown {} {names}", self.user.text()),
        ];
        vec![Instruction::new(
            InstructionKind::Run(Run::lines(lines)),
            dirs.span,
        )]
    }

    fn ports(&self) -> Vec<Instruction> {
        let one = |text: String, span| Instruction::new(InstructionKind::Expose(text), span);
        let Some(expose) = &self.config.runtime.expose else {
            let port = self
                .config
                .language
                .as_ref()
                .and_then(|it| crate::plan::languages::port(it.value));
            return port
                .map(|port| one(port.to_string(), self.place))
                .into_iter()
                .collect();
        };
        match &expose.value {
            Expose::None(_) => Vec::new(),
            Expose::Port(number) => vec![one(number.to_string(), expose.span)],
            Expose::Text(PortText(text)) => vec![one(text.clone(), expose.span)],
            Expose::Many(ports) => ports
                .iter()
                .map(|port| one(port_text(&port.value), port.span))
                .collect(),
        }
    }

    fn healthcheck(&self) -> Option<Instruction> {
        if let Some(span) = self.config.no_healthcheck {
            return Some(Instruction::new(InstructionKind::Healthcheck(None), span));
        }
        let check = self.config.healthcheck.as_ref()?;
        Some(Instruction::new(
            InstructionKind::Healthcheck(Some(healthcheck(check))),
            check.span,
        ))
    }
}

/// Links copies where nothing can come of it: without owner and mode, into the root-owned working folder or
/// `/usr/local`, and not below a folder that an earlier copy made for another owner, since a linked copy resets its
/// parents to root's (documented experiment e22).
fn link_where_safe(copies: &mut [Instruction], earlier: &[Instruction], workdir: &str) {
    let owned: Vec<String> = earlier
        .iter()
        .chain(copies.iter())
        .filter_map(owned_destination)
        .collect();
    for instruction in copies {
        let InstructionKind::Copy(copy) = &mut instruction.kind else {
            continue;
        };
        let parent = parent_of(&copy.dst);
        let is_ours = (workdir != "/" && is_below(parent, workdir.trim_end_matches('/')))
            || is_below(parent, "/usr/local");
        let is_shared = parent != workdir
            && owned
                .iter()
                .any(|dst| shares_made_folder(dst, parent, workdir));
        copy.link = copy.chown.is_none()
            && copy.chmod.is_none()
            && can_link(&copy.dst)
            && is_ours
            && !is_shared;
    }
}

fn owned_destination(instruction: &Instruction) -> Option<String> {
    match &instruction.kind {
        InstructionKind::Copy(copy) if copy.chown.is_some() => Some(copy.dst.clone()),
        _ => None,
    }
}

/// The folder that a destination lies in; one that ends in `/` is that folder itself.
fn parent_of(dst: &str) -> &str {
    match dst.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

/// Whether a copy to `dst` made a folder on the way to `parent`, below the working folder.
fn shares_made_folder(dst: &str, parent: &str, workdir: &str) -> bool {
    let below = |path: &str| {
        path.strip_prefix(workdir)
            .unwrap_or(path)
            .trim_start_matches('/')
            .to_owned()
    };
    let first = |path: &str| below(path).split('/').next().unwrap_or_default().to_owned();
    !first(parent).is_empty() && first(dst) == first(parent)
}

fn port_text(port: &Port) -> String {
    match port {
        Port::Number(number) => number.to_string(),
        Port::Text(PortText(text)) => text.clone(),
    }
}

fn shell(words: &Spanned<Vec<Text>>) -> Instruction {
    let list = words.iter().map(|word| word.value.clone()).collect();
    Instruction::new(InstructionKind::Shell(list), words.span)
}

fn volume(volumes: &Spanned<Vec<Text>>) -> Instruction {
    let list = volumes.iter().map(|volume| volume.value.clone()).collect();
    Instruction::new(InstructionKind::Volume(list), volumes.span)
}

fn label(key: &Text, value: &Text) -> Instruction {
    let kind = InstructionKind::Label {
        key: key.value.clone(),
        value: value.value.clone(),
    };
    Instruction::new(kind, key.span.cover(value.span))
}

/// The entrypoint's script; git may hold it without its execute bit.
fn script_copy(path: &str, dst: &str, span: Span) -> Instruction {
    let sources = vec![SourcePath {
        path: path.to_owned(),
        span: Some(span),
    }];
    let copy = Copy {
        sources,
        chmod: Some("0755".to_owned()),
        ..Copy::plain(Source::Context, &[], dst)
    };
    Instruction::new(InstructionKind::Copy(copy), span)
}
