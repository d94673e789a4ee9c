//! The final stage: its instructions in their fixed order.

use crate::config::runtime::{Expose, Port, PortText};
use crate::config::spellings::Canonical;
use crate::config::stage::{RunAs, Step};
use crate::config::values::Text;
use crate::plan::command::{Start, check_command, healthcheck, init, start, with_init};
use crate::plan::languages::{self, Built, Variable};
use crate::plan::packages::install;
use crate::plan::paths::{Layout, can_link, is_below};
use crate::plan::shell::quote;
use crate::plan::step::{Surroundings, arg_of, copies, env_of, step};
use crate::plan::user::{creation, owner};
use crate::plan::{
    BaseFacts, BaseImage, BuildStage, Command, Copy, FinalImage, Instruction, InstructionKind,
    Origin, Problem, ProblemKind, Run, RunningUser, Source, SourcePath, StageKind,
};
use crate::text::{Span, Spanned};

/// The name of the final stage.
pub(crate) const NAME: &str = "runtime";

/// The final image's base and its user.
#[derive(Debug, Clone)]
pub(super) struct Image {
    /// What is known of the base.
    pub(super) base: BaseFacts,
    /// Where it is named; for a default the language's place.
    pub(super) base_span: Span,
    /// The user.
    pub(super) user: RunningUser,
}

/// What goes into the final stage from elsewhere.
pub(super) struct Parts<'a> {
    /// The base and the user.
    pub(super) image: Image,
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
    let Image {
        base,
        base_span,
        user,
    } = parts.image.clone();
    let workdir = languages::project::workdir(config);
    let place = config
        .language
        .as_ref()
        .map_or(base_span, |language| language.span);
    let default = default_command(parts.built, place);
    let mut start = start(config, layout, default, problems);
    if config.runtime.cmd.is_some()
        && let Some(Command::Exec(words)) = start.cmd.as_mut().map(|cmd| &mut cmd.value)
    {
        words.extend(parts.built.arguments.iter().cloned());
    }
    if start.entrypoint.is_none() && start.cmd.is_none() && !parts.built.base_starts {
        problems.push(Problem::new(ProblemKind::MissingCommand, place));
    }
    let init = init(
        config,
        &base,
        &start,
        parts.built.needs_init.then_some(place),
    );
    if let Some(init) = init {
        with_init(&base, init, &mut start);
    }
    let writer = Writer {
        config,
        text,
        layout,
        base: &base,
        user: &user,
        workdir,
        base_span,
        place,
        init,
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
    base_span: Span,
    /// Where what follows from the language alone comes from.
    place: Span,
    /// Where it is said that process 1 is tini.
    init: Option<Span>,
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
        list.extend(self.packages(&parts.built.packages, problems));
        list.extend(creation(self.user, self.config, self.base));
        list.extend(parts.built.setup.iter().cloned());
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
        list.extend(self.dirs(&parts.built.dirs));
        list.extend(self.steps(RunAs::Root, &around, problems));
        list.extend(parts.overlay);
        list.extend(self.default_env(&parts.built.env));
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
        list.extend(self.healthcheck(parts.built.check.as_ref()));
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
                Instruction::new(InstructionKind::User("0:0".to_owned()), self.base_span),
            );
        }
        list
    }

    /// The packages that the language needs, the file's own, and tini's.
    fn packages(&self, needed: &[Text], problems: &mut Vec<Problem>) -> Option<Instruction> {
        let packages = self.config.runtime.packages.as_ref();
        let own = packages.map(|it| it.value.as_slice()).unwrap_or_default();
        let init = self.init.map(|span| Spanned::new("tini".to_owned(), span));
        let mut names: Vec<Text> = Vec::new();
        for name in needed.iter().chain(own).chain(&init) {
            if names.iter().all(|other| other.value != name.value) {
                names.push(name.clone());
            }
        }
        let span = packages
            .map(|packages| packages.span)
            .or(names.first().map(|name| name.span))?;
        install(self.base, &names, span, problems)
    }

    /// The environment that the language sets and the file does not.
    fn default_env(&self, variables: &[Variable]) -> Vec<Instruction> {
        let is_set = |name: &str| self.config.env.iter().any(|(own, _)| own.value == name);
        let unset = variables.iter().filter(|variable| !is_set(variable.name));
        let env = |variable: &Variable| {
            let kind = InstructionKind::Env {
                name: variable.name.to_owned(),
                value: variable.value.clone(),
                expand: variable.expand,
            };
            Instruction::new(kind, self.place)
        };
        unset.map(env).collect()
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
    fn dirs(&self, needed: &[String]) -> Vec<Instruction> {
        let own = self.config.runtime.dirs.as_ref();
        let paths = own.iter().flat_map(|dirs| dirs.iter());
        let own_folders = paths.map(|dir| crate::plan::paths::absolute(self.workdir, dir));
        let mut folders: Vec<String> = needed.to_vec();
        folders.extend(own_folders.filter(|folder| !needed.contains(folder)));
        if folders.is_empty() {
            return Vec::new();
        }
        let span = own.map_or(self.place, |dirs| dirs.span);
        if self.base.shell() == Some(false) {
            let mut kinds = vec![InstructionKind::User(self.user.text())];
            kinds.extend(folders.into_iter().map(InstructionKind::Workdir));
            kinds.push(InstructionKind::Workdir(self.workdir.to_owned()));
            return kinds
                .into_iter()
                .map(|kind| Instruction::new(kind, span))
                .collect();
        }
        let names: Vec<String> = folders.iter().map(|folder| quote(folder)).collect();
        let names = names.join(" ");
        let lines = vec![
            format!("mkdir -p {names}"),
            format!("&& chown {} {names}", self.user.text()),
        ];
        vec![Instruction::new(
            InstructionKind::Run(Run::lines(lines)),
            span,
        )]
    }

    fn ports(&self) -> Vec<Instruction> {
        let one = |text: String, span| Instruction::new(InstructionKind::Expose(text), span);
        let Some(expose) = &self.config.runtime.expose else {
            let port = languages::port(self.config).map(|port| one(port.to_string(), self.place));
            return port.into_iter().collect();
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

    /// The file's own health check, else the language's.
    fn healthcheck(&self, by_language: Option<&Vec<String>>) -> Option<Instruction> {
        let config = self.config;
        if let Some(span) = config.no_healthcheck {
            return Some(Instruction::new(InstructionKind::Healthcheck(None), span));
        }
        let (check, span) = match (&config.healthcheck, by_language) {
            (Some(check), _) => (healthcheck(check_command(check), &check.timing), check.span),
            (None, Some(words)) => (
                healthcheck(Command::Exec(words.clone()), &config.timing),
                self.place,
            ),
            (None, None) => return None,
        };
        Some(Instruction::new(
            InstructionKind::Healthcheck(Some(check)),
            span,
        ))
    }
}

/// What the container starts unless the file says it: the language's command, or the first binary.
fn default_command(built: &Built, place: Span) -> Option<Spanned<Vec<String>>> {
    if let Some(words) = &built.command {
        return Some(Spanned::new(words.clone(), place));
    }
    let binary = built.binaries.first()?;
    Some(Spanned::new(
        vec![binary.path.value.clone()],
        binary.path.span,
    ))
}

/// The first port that the image exposes, without its protocol.
pub(super) fn first_port(config: &Canonical) -> Option<u16> {
    let number = |text: &str| {
        let digits = text.split(|it: char| !it.is_ascii_digit()).next();
        digits.and_then(|digits| digits.parse().ok())
    };
    match config.runtime.expose.as_ref().map(|expose| &expose.value) {
        None => languages::port(config),
        Some(Expose::None(_)) => None,
        Some(Expose::Port(port)) => u16::try_from(*port).ok(),
        Some(Expose::Text(PortText(text))) => number(text),
        Some(Expose::Many(ports)) => ports.first().and_then(|port| number(&port_text(port))),
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
