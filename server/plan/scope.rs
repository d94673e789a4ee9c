//! What a variable means at a place of a stage: who declares it, and with which value.

use std::collections::HashSet;

use crate::plan::parse::shell_variables;
use crate::plan::{
    BaseImage, BuildPlan, BuildStage, Instruction, InstructionKind, Origin, RunCommand, Variable,
};
use crate::syntax::string::Places;
use crate::text::Span;

/// A name that instructions behind it can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The name.
    pub name: String,
    /// The value or default, as far as it is known.
    pub value: Option<String>,
    /// Whether `ENV` sets it, so that the container has it too.
    pub is_env: bool,
    /// The place that declares it.
    pub origin: Origin,
}

impl BuildPlan {
    /// What the instruction at an index of a stage can read, the latest declaration last: of the stages that it builds on,
    /// and of what stands before it.
    pub fn declared(&self, stage: &BuildStage, index: usize) -> Vec<Declared> {
        let mut declared = self.inherited(stage);
        let before = stage.instructions.get(..index).unwrap_or_default();
        declared.extend(before.iter().flat_map(of_instruction));
        declared
    }

    /// What the stages declare that a stage builds on.
    pub fn inherited(&self, stage: &BuildStage) -> Vec<Declared> {
        let line = self.ancestors(stage);
        let others = line.into_iter().skip(1).rev();
        others
            .flat_map(|other| &other.instructions)
            .flat_map(of_instruction)
            .collect()
    }

    /// The global build arguments: for image references, and with an `ARG` of the same name for stages.
    pub fn global_args(&self) -> Vec<Declared> {
        self.args.iter().flat_map(of_instruction).collect()
    }

    /// Whether nothing is set in a stage but what the file itself sets.
    pub fn begins_with_nothing(&self, stage: &BuildStage) -> bool {
        let line = self.ancestors(stage);
        line.last().is_some_and(|it| it.base == BaseImage::Scratch)
    }
}

/// The names that an instruction declares.
pub fn of_instruction(instruction: &Instruction) -> Vec<Declared> {
    let file = &instruction.origin.file;
    let one = |name: &str, value: Option<&str>, is_env| Declared {
        name: name.to_owned(),
        value: value.map(str::to_owned),
        is_env,
        origin: instruction.origin.clone(),
    };
    match &instruction.kind {
        InstructionKind::Arg { name, default } => vec![one(name, default.as_deref(), false)],
        InstructionKind::Env { name, value, .. } => vec![one(name, Some(value), true)],
        InstructionKind::Written(written) if matches!(written.keyword.as_str(), "ARG" | "ENV") => {
            let pairs = written.pairs.iter().map(|pair| Declared {
                name: pair.name.value.clone(),
                value: pair.value.as_ref().map(|value| value.value.clone()),
                is_env: written.keyword == "ENV",
                origin: Origin {
                    file: file.clone(),
                    span: pair.name.span,
                },
            });
            pairs.collect()
        }
        _ => Vec::new(),
    }
}

/// The variables that are replaced in an instruction, with their places; `document` is the text that places of the
/// document lie in.
pub fn variables(instruction: &Instruction, document: &str) -> Vec<Variable> {
    match &instruction.kind {
        InstructionKind::Written(written) => written.variables.clone(),
        InstructionKind::Run(run) => match &run.command {
            RunCommand::Shell(text) => {
                let places = Places::new(document, instruction.origin.span);
                let place = |span: Span| places.span(span.range());
                shell_variables(text)
                    .into_iter()
                    .map(|variable| variable.moved(&place))
                    .collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The names that the shell text of an instruction sets itself, so that what is declared does not count.
pub fn set_in_shell(instruction: &Instruction) -> HashSet<&str> {
    let text = match &instruction.kind {
        InstructionKind::Written(written) if written.keyword == "RUN" => written.arguments.as_str(),
        InstructionKind::Run(run) => match &run.command {
            RunCommand::Shell(text) => text.as_str(),
            _ => "",
        },
        _ => "",
    };
    set_by(text)
}

/// The names that a shell text sets.
pub fn set_by(text: &str) -> HashSet<&str> {
    let words = text.split(|it: char| !(it.is_ascii_alphanumeric() || it == '_' || it == '='));
    let mut set = HashSet::new();
    let mut before = "";
    for word in words.filter(|word| !word.is_empty()) {
        match word.split_once('=') {
            Some((name, _)) => set.extend(Some(name)),
            None if matches!(before, "for" | "read" | "r") => set.extend(Some(word)),
            None => {}
        }
        before = word;
    }
    set
}
