//! `build.command`: the builder that runs the user's own command.

use crate::plan::image::uses_cgo;
use crate::plan::languages::Built;
use crate::plan::languages::go::command::OwnCommand;
use crate::plan::languages::go::{BUILD_CACHE, Go, MODULE_CACHE, Native};
use crate::plan::paths::{absolute, file_name};
use crate::plan::{
    BuildStage, Instruction, InstructionKind, Problem, ProblemKind, Run, RunCommand,
};

impl Go<'_> {
    /// The builder that runs the user's own command.
    pub(super) fn add_own(
        &self,
        command: &OwnCommand,
        mut source: BuildStage,
        natives: &[Native<'_>],
        only: bool,
        built: &mut Built,
        problems: &mut Vec<Problem>,
    ) {
        let Some(text) = &self.config.build.command else {
            return;
        };
        let mut list = Vec::new();
        if matches!(command, OwnCommand::GoBuild { .. }) {
            list.extend(self.platform_arguments());
        }
        list.extend(self.arguments());
        let (line, output) = match command {
            OwnCommand::GoBuild { output, package } => {
                let prefix = if uses_cgo(self.config) {
                    "CGO_ENABLED=1".to_owned()
                } else {
                    self.native_prefix()
                };
                (
                    RunCommand::Lines(vec![prefix, text.value.trim().to_owned()]),
                    self.own_output(output.as_deref(), package),
                )
            }
            OwnCommand::Opaque { output } => {
                let value = if uses_cgo(self.config) { "1" } else { "0" }.to_owned();
                list.push(self.at(InstructionKind::Env {
                    name: "CGO_ENABLED".to_owned(),
                    value,
                    expand: false,
                }));
                let output = output
                    .as_deref()
                    .and_then(|it| self.own_output(Some(it), "."));
                (RunCommand::Shell(text.value.clone()), output)
            }
        };
        let run = Run {
            mounts: self.mounts(&[MODULE_CACHE, BUILD_CACHE]),
            network: None,
            command: line,
        };
        list.push(Instruction::new(InstructionKind::Run(run), text.span));
        // The binaries beside it are built as always.
        for native in natives.iter().filter(|native| native.table.is_some()) {
            list.push(self.build(native, problems));
        }
        if only {
            source.instructions.extend(list);
            built.stages.push(source);
        } else {
            built.stages.push(source);
            built.stages.push(self.stage("builder", list, self.place));
        }
        let literal = self.config.build.output.clone();
        match (output, literal) {
            (Some(output), _) => {
                let path = self.program_path(file_name(&output), text.span);
                self.add_binary(&output, path, built);
            }
            (None, Some(literal)) => self.add_binary(&literal.value.clone(), literal, built),
            (None, None) => problems.push(Problem::new(ProblemKind::UnknownOutput, text.span)),
        }
        for native in natives.iter().filter(|native| native.table.is_some()) {
            self.add_binary(&native.built, native.path.clone(), built);
        }
    }

    /// Where the user's command puts the binary, absolute in the builder; nothing if that can't be known.
    pub(super) fn own_output(&self, output: Option<&str>, package: &str) -> Option<String> {
        let name = match file_name(package) {
            "." | "" | "..." => None,
            name => Some(name.to_owned()),
        };
        match output {
            Some(folder) if folder.ends_with('/') => Some(absolute(
                &self.source_folder(),
                &format!("{folder}{}", name?),
            )),
            Some(file) => Some(absolute(&self.source_folder(), file)),
            None => Some(absolute(&self.source_folder(), &name?)),
        }
    }
}
