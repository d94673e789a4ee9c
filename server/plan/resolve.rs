//! From the configuration to the build plan.

use crate::config::RenderTarget;
use crate::config::spellings::Canonical;
use crate::config::stage::{Stage, Step};
use crate::context::BuildContext;
use crate::plan::image::{base_image, base_of};
use crate::plan::languages::project::Project;
use crate::plan::languages::{self, Built};
use crate::plan::lock::{self, Lock};
use crate::plan::overlay::{self, Overlay};
use crate::plan::packages::install;
use crate::plan::paths::Layout;
use crate::plan::runtime::{self, Image, Parts};
use crate::plan::step::{Surroundings, arg_of, env_of, step};
use crate::plan::tool::{Fetched, Tool};
use crate::plan::user::running_user;
use crate::plan::{
    BaseFacts, BuildPlan, BuildStage, Instruction, InstructionKind, Origin, Problem, ProblemKind,
    StageKind, order, verbatim,
};
use crate::text::{Span, Spanned};

/// Plans what a configuration says. `text` is the document, for places inside strings; the context gives the overlay,
/// the lock and the Dockerfile that `dockerfile` names, and nothing else.
pub fn resolve(config: &Canonical, text: &str, context: &dyn BuildContext) -> BuildPlan {
    let layout = Layout::new(config, context);
    if let Some(path) = &config.dockerfile {
        let read = |path: String| {
            let text = layout.rooted(context).text(&path)?;
            Some(verbatim::plan(path, text))
        };
        return layout.named_file(path).and_then(read).unwrap_or_default();
    }
    let lock = layout
        .rooted(context)
        .text(&layout.beside_document(lock::NAME))
        .map(|text| Lock::parse(&text));
    BuildPlan {
        lock,
        ..Resolver::new(config, text, layout, context).plan()
    }
}

struct Resolver<'a> {
    config: &'a Canonical,
    context: &'a dyn BuildContext,
    text: &'a str,
    layout: Layout,
    /// The names of all stages, also of those that are yet to be planned.
    names: Vec<String>,
    overlay: Overlay,
    problems: Vec<Problem>,
    portable: bool,
}

impl<'a> Resolver<'a> {
    fn new(
        config: &'a Canonical,
        text: &'a str,
        layout: Layout,
        context: &'a dyn BuildContext,
    ) -> Self {
        let mut names: Vec<String> = config
            .stages
            .iter()
            .map(|stage| stage.name.value.clone())
            .collect();
        names.extend(generated_names(config));
        let mut problems = Vec::new();
        let overlay = config.overlay.as_ref();
        let overlay = overlay.and_then(|path| layout.named_file(path));
        let overlay =
            overlay.and_then(|path| layout.rooted(context).text(&path).map(|text| (path, text)));
        let overlay = overlay
            .map(|(path, text)| overlay::read(&path, &text, &names, &mut problems))
            .unwrap_or_default();
        names.extend(overlay.stages.iter().map(|stage| stage.name.clone()));
        let target = config
            .render
            .as_ref()
            .and_then(|render| render.target.as_ref());
        let portable = target.is_some_and(|target| target.value == RenderTarget::Portable);
        Self {
            config,
            context,
            text,
            layout,
            names,
            overlay,
            problems,
            portable,
        }
    }

    fn plan(mut self) -> BuildPlan {
        let mut user: Vec<BuildStage> = self
            .config
            .stages
            .iter()
            .map(|stage| self.user_stage(stage))
            .collect();
        let overlay = std::mem::take(&mut self.overlay);
        user.extend(overlay.stages);
        let written_names = overlay.names;
        let (tool_stages, mut runtime_tools, builder_tools) = self.tools(&mut user);
        let image = self.image();
        let built = self.language(builder_tools, &image);
        let mut generated = built.stages.clone();
        generated.extend(tool_stages);
        let (last, image) = match self.take_final(&mut user) {
            Some(mut stage) => {
                runtime_tools.extend(overlay.instructions);
                stage.instructions.splice(0..0, runtime_tools);
                (Some(stage), None)
            }
            None if self.config.language.is_some() => {
                let parts = Parts {
                    image,
                    built: &built,
                    tools: runtime_tools,
                    overlay: overlay.instructions,
                    stages: &self.names,
                };
                let (stage, image) = runtime::final_stage(
                    self.config,
                    self.text,
                    &self.layout,
                    parts,
                    &mut self.problems,
                );
                (Some(stage), Some(image))
            }
            None => (None, None),
        };
        self.check_language();
        let stages = order::sorted(user, generated, last);
        if let Some(ring) = order::cycle(&stages) {
            let span = ring.first().map(|(_, span)| *span).unwrap_or_default();
            self.problems
                .push(Problem::new(ProblemKind::StageCycle(ring), span));
        }
        let args = self
            .config
            .args
            .iter()
            .map(|(name, default)| arg_of(name, default))
            .collect();
        let problems = self.problems;
        BuildPlan {
            args,
            stages,
            portable: self.portable,
            lock: None,
            image,
            problems,
            written_names,
            verbatim: None,
        }
    }

    /// The final image's base and user. What is wrong with the user counts only where the image is planned.
    fn image(&mut self) -> Image {
        let (base, base_span) = base_of(self.config);
        let mut unsaid = Vec::new();
        let problems = if self.config.language.is_some() && self.config.final_stage().is_none() {
            &mut self.problems
        } else {
            &mut unsaid
        };
        let user = running_user(self.config, &base, base_span, problems);
        Image {
            base,
            base_span,
            user,
        }
    }

    /// Says what is missing for a final stage to be planned.
    fn check_language(&mut self) {
        if self.config.language.is_none() && self.config.final_stage().is_none() {
            let problem = Problem::new(ProblemKind::MissingLanguage, Span::default());
            self.problems.push(problem);
        }
    }

    fn take_final(&self, user: &mut Vec<BuildStage>) -> Option<BuildStage> {
        let index = user.iter().position(|stage| stage.kind.is_final())?;
        Some(user.remove(index))
    }

    fn language(&mut self, tools: Vec<Instruction>, image: &Image) -> Built {
        let Some(language) = &self.config.language else {
            return Built::default();
        };
        let project = Project {
            config: self.config,
            text: self.text,
            layout: &self.layout,
            stages: &self.names,
            tools,
            place: language.span,
            base: image.base.clone(),
            user: image.user.clone(),
            port: runtime::first_port(self.config),
            context: self.layout.rooted(self.context),
        };
        (languages::planner(language.value).plan)(&project, &mut self.problems)
    }

    /// The tools: their stages, the copies into the final stage, and those into the builder. A copy into a user's stage
    /// goes to its head.
    fn tools(
        &self,
        user: &mut [BuildStage],
    ) -> (Vec<BuildStage>, Vec<Instruction>, Vec<Instruction>) {
        let (mut stages, mut runtime, mut builder) = (Vec::new(), Vec::new(), Vec::new());
        for tool in &self.config.external_tools {
            let place = tool
                .stage
                .as_ref()
                .map_or("runtime", |stage| stage.value.as_str());
            let target = user.iter_mut().find(|stage| stage.name == place);
            let on_build_platform = match &target {
                Some(stage) => stage.platform.is_some(),
                None => place == "builder",
            };
            let Fetched {
                stages: fetched,
                copy,
            } = Tool::new(tool, on_build_platform).fetch(self.config, self.portable);
            stages.extend(fetched);
            match (copy, target) {
                (Some(copy), Some(stage)) => stage.instructions.insert(0, copy),
                (Some(copy), None) if place == "builder" => builder.push(copy),
                (Some(copy), None) => runtime.push(copy),
                (None, _) => {}
            }
        }
        (stages, runtime, builder)
    }

    /// A stage of `[[stages]]`.
    fn user_stage(&mut self, stage: &Spanned<Stage>) -> BuildStage {
        let base = base_image(&stage.from, &self.names);
        let facts = BaseFacts::of(base.text());
        let around = Surroundings {
            config: self.config,
            text: self.text,
            layout: &self.layout,
            stages: &self.names,
            workdir: None,
            image: None,
        };
        let mut list = Vec::new();
        list.extend(stage.shell.as_ref().map(|words| {
            let texts = words.iter().map(|word| word.value.clone()).collect();
            Instruction::new(InstructionKind::Shell(texts), words.span)
        }));
        list.extend(
            stage
                .args
                .iter()
                .map(|(name, default)| arg_of(name, default)),
        );
        if let Some(packages) = &stage.packages {
            list.extend(install(&facts, packages, packages.span, &mut self.problems));
        }
        list.extend(
            stage
                .env
                .iter()
                .map(|(name, value)| env_of(name, value.text(), value.expands())),
        );
        list.extend(stage.workdir.as_ref().map(|workdir| {
            Instruction::new(
                InstructionKind::Workdir(workdir.value.clone()),
                workdir.span,
            )
        }));
        list.extend(
            stage
                .user
                .as_ref()
                .map(|user| Instruction::new(InstructionKind::User(user.value.clone()), user.span)),
        );
        for it in &stage.steps {
            list.extend(step(it, &around, &mut self.problems));
        }
        let kind = if stage.is_final() {
            StageKind::Final
        } else {
            StageKind::User
        };
        BuildStage {
            name: stage.name.value.clone(),
            kind,
            platform: stage
                .platform
                .as_ref()
                .and_then(|platform| platform_flag(platform)),
            base,
            origin: Origin::document(stage.from.span),
            instructions: list,
        }
    }
}

/// The value of `--platform=`. A stage runs on the target platform by itself.
fn platform_flag(platform: &str) -> Option<String> {
    match platform {
        "build" => Some("$BUILDPLATFORM".to_owned()),
        "target" => None,
        literal => Some(literal.to_owned()),
    }
}

/// The names of the stages that docksmith makes for a configuration.
pub fn generated_names(config: &Canonical) -> Vec<String> {
    let mut names = Vec::new();
    if let Some(language) = &config.language {
        names.extend((languages::planner(language.value).stages)(config));
    }
    for tool in config
        .external_tools
        .iter()
        .filter(|tool| tool.url.is_some())
    {
        names.push(format!("tool-{}", *tool.name));
    }
    if config.final_stage().is_none() {
        names.push(runtime::NAME.to_owned());
    }
    names
}

/// Whether any step of the file names a secret, so that the generated steps are not meant.
pub(crate) fn names_secrets(config: &Canonical) -> bool {
    let stages = config.stages.iter().flat_map(|stage| &stage.steps);
    let steps = stages
        .chain(&config.build.steps)
        .chain(&config.runtime.steps);
    let names = |step: &Spanned<Step>| match &step.value {
        Step::Table(table) => table.secret.is_some(),
        Step::Text(text) => text.contains("type=secret"),
    };
    steps.into_iter().any(names)
}
