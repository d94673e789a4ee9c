//! All text of a file that a shell runs, in whichever way it is said, with the place of every part: steps, commands, the
//! overlay, and the file that `dockerfile` names.

mod script;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::config::spellings::Canonical;
use crate::config::stage::{Run as StepRun, Step};
use crate::config::values::Text;
use crate::diagnostic::File;
use crate::plan::commands::{UserCommand, commands as container_commands};
use crate::plan::shell_text::script::{Source, exec, is_shell, read, script_index};
use crate::plan::sources::step_tables;
use crate::plan::{BuildPlan, BuildStage, Instruction, InstructionKind, RunCommand, Written};
use crate::syntax::string::{Places, decoded_offset};
use crate::text::{Span, Spanned};

pub use crate::plan::shell_text::script::{SimpleCommand, Word};

/// When a text is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// While the image is built.
    Build,
    /// In the container.
    Container,
    /// By Docker, to see that the program works.
    Check,
}

/// A text that a shell runs, or a program with its arguments.
#[derive(Debug)]
pub struct ShellText<'a> {
    /// The stage that it belongs to, as far as that is known.
    pub stage: Option<&'a BuildStage>,
    /// The instruction that it is a part of, if it is one of the plan's.
    pub instruction: Option<&'a Instruction>,
    /// The file that it stands in.
    pub file: File,
    /// When it is run.
    pub phase: Phase,
    /// Whether it is a list of words, which no shell splits.
    pub is_list: bool,
    /// Its commands; none where the shell is one whose language is not known.
    pub commands: Vec<SimpleCommand>,
    parts: Vec<Part>,
}

impl ShellText<'_> {
    /// What a search finds in it, with the places: the search gives ranges of bytes of the text that it is given.
    pub fn find<T>(&self, search: impl Fn(&str) -> Vec<(T, Range<usize>)>) -> Vec<(T, Span)> {
        let mut found = Vec::new();
        for part in &self.parts {
            let inside = search(&part.text).into_iter();
            found.extend(inside.map(|(what, range)| (what, part.place(range))));
        }
        found
    }
}

/// A stretch of text and how its bytes lie in a file.
#[derive(Debug)]
struct Part {
    text: String,
    places: PartPlaces,
}

#[derive(Debug)]
enum PartPlaces {
    /// In a string literal, from a byte of its decoded text on.
    Literal {
        places: Places,
        offset: usize,
        returns: Returns,
    },
    /// In a file, from a byte on.
    File { offset: usize, returns: Returns },
    /// Somewhere in a place.
    Within(Span),
}

/// Where line breaks lost their carriage return when a text was read.
#[derive(Debug, Default)]
struct Returns(Vec<usize>);

impl Returns {
    fn all(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    fn moved(&self, offset: usize) -> usize {
        offset + self.0.partition_point(|at| *at < offset)
    }
}

impl Part {
    fn place(&self, range: Range<usize>) -> Span {
        match &self.places {
            PartPlaces::Literal {
                places,
                offset,
                returns,
            } => {
                places.span(offset + returns.moved(range.start)..offset + returns.moved(range.end))
            }
            PartPlaces::File { offset, returns } => Span::new(
                offset + returns.moved(range.start),
                offset + returns.moved(range.end),
            ),
            PartPlaces::Within(span) => *span,
        }
    }

    /// All of the text of a literal.
    fn literal(text: &Text, document: &str) -> Self {
        Self {
            text: text.value.clone(),
            places: PartPlaces::Literal {
                places: Places::new(document, text.span),
                offset: 0,
                returns: Returns::default(),
            },
        }
    }

    fn commands(&self, is_instruction: bool) -> Vec<SimpleCommand> {
        let place = |range: Range<usize>| self.place(range);
        let source = Source {
            text: &self.text,
            is_instruction,
            place: &place,
        };
        let mut commands = Vec::new();
        read(&source, &mut commands);
        commands
    }
}

/// Everything that a shell runs. `document` is the text that places of the document lie in.
pub fn shell_texts<'a>(
    config: &Canonical,
    plan: &'a BuildPlan,
    document: &str,
) -> Vec<ShellText<'a>> {
    let mut walk = Walk::new(document, steps(config), lists(config));
    for stage in &plan.stages {
        walk.stage(stage);
    }
    // The container's shell is that of the last stage.
    for command in container_commands(config, document) {
        walk.container(&command, plan.final_stage());
    }
    walk.is_known = true;
    // Where the renderer puts the file's own commands among others of its own, they are no instruction by themselves.
    let commands = [&config.build.command, &config.install_command];
    for text in commands.into_iter().flatten() {
        if !walk.seen.contains(&text.span) {
            walk.literal(text, plan.stage("builder"), None);
        }
    }
    walk.found
}

/// The arguments of the instructions in Dockerfile's own language that no shell runs, with places: what is copied, and from
/// where. What sets variables and labels is left out: the plan has its parts.
pub fn other_texts<'a>(
    config: &Canonical,
    plan: &'a BuildPlan,
    document: &str,
) -> Vec<ShellText<'a>> {
    let mut walk = Walk::new(document, steps(config), HashMap::new());
    walk.is_known = false;
    for (stage, instruction) in plan.instructions() {
        if let InstructionKind::Written(written) = &instruction.kind
            && !matches!(
                written.keyword.as_str(),
                "RUN" | "CMD" | "ENTRYPOINT" | "HEALTHCHECK" | "ONBUILD" | "ENV" | "ARG" | "LABEL"
            )
        {
            let part = walk.written_part(written, instruction);
            walk.add(Some(stage), Some(instruction), Phase::Build, part, true);
        }
    }
    walk.found
}

/// The text of each string step by its place.
fn steps(config: &Canonical) -> HashMap<Span, &str> {
    let stages = config.stages.iter().flat_map(|stage| &stage.steps);
    let steps = stages
        .chain(&config.build.steps)
        .chain(&config.runtime.steps);
    let texts = steps.filter_map(|step| match &step.value {
        Step::Text(text) => Some((step.span, text.as_str())),
        Step::Table(_) => None,
    });
    texts.collect()
}

/// The words of each `run` that is a list, by its place.
fn lists(config: &Canonical) -> HashMap<Span, &[Text]> {
    let runs = step_tables(config)
        .into_iter()
        .filter_map(|it| it.run.as_ref());
    let lists = runs.filter_map(|run| match &run.value {
        StepRun::Exec(words) => Some((run.span, words.as_slice())),
        StepRun::Shell(_) => None,
    });
    lists.collect()
}

struct Walk<'a, 'b> {
    document: &'b str,
    steps: HashMap<Span, &'b str>,
    lists: HashMap<Span, &'b [Text]>,
    /// Whether the language of the shell is known.
    is_known: bool,
    /// The literals that were looked at.
    seen: HashSet<Span>,
    found: Vec<ShellText<'a>>,
}

impl<'a, 'b> Walk<'a, 'b> {
    /// A walk that has seen nothing, in a shell whose language is known.
    fn new(
        document: &'b str,
        steps: HashMap<Span, &'b str>,
        lists: HashMap<Span, &'b [Text]>,
    ) -> Self {
        Self {
            document,
            steps,
            lists,
            is_known: true,
            seen: HashSet::new(),
            found: Vec::new(),
        }
    }

    fn stage(&mut self, stage: &'a BuildStage) {
        self.is_known = true;
        for instruction in &stage.instructions {
            match &instruction.kind {
                InstructionKind::Shell(words) => self.shell(words),
                InstructionKind::Run(run) => match &run.command {
                    RunCommand::Shell(text) => {
                        let text = Spanned::new(text.clone(), instruction.origin.span);
                        self.literal(&text, Some(stage), Some(instruction));
                    }
                    RunCommand::Exec(_) => {
                        if let Some(words) = self.lists.get(&instruction.origin.span) {
                            let words = words.to_vec();
                            self.list(&words, Some(stage), Some(instruction), Phase::Build);
                        }
                    }
                    RunCommand::Lines(_) => {}
                },
                InstructionKind::Written(written) => self.written(written, stage, instruction),
                _ => {}
            }
        }
    }

    fn shell(&mut self, words: &[String]) {
        self.is_known = words.first().is_some_and(|program| is_shell(program));
    }

    fn literal(
        &mut self,
        text: &Text,
        stage: Option<&'a BuildStage>,
        instruction: Option<&'a Instruction>,
    ) {
        let part = Part::literal(text, self.document);
        self.seen.insert(text.span);
        self.add(stage, instruction, Phase::Build, part, false);
    }

    fn container(&mut self, command: &UserCommand, stage: Option<&'a BuildStage>) {
        let phase = match command.purpose {
            crate::plan::commands::Purpose::Check => Phase::Check,
            _ => Phase::Container,
        };
        match &command.text {
            Some(text) if command.shell_form => {
                let text = Spanned::new(text.clone(), command.span);
                let part = Part::literal(&text, self.document);
                self.add(stage, None, phase, part, false);
            }
            _ => self.list(&command.words, stage, None, phase),
        }
    }

    /// Dockerfile's own language: shell form or a JSON array, also behind `ONBUILD`.
    fn written(&mut self, written: &Written, stage: &'a BuildStage, instruction: &'a Instruction) {
        let phase = match written.keyword.as_str() {
            "RUN" => Phase::Build,
            "CMD" | "ENTRYPOINT" => Phase::Container,
            "HEALTHCHECK" => Phase::Check,
            "SHELL" => {
                return self.shell(written.exec.as_deref().unwrap_or_default());
            }
            "ONBUILD" => {
                if let Some(trigger) = &written.trigger {
                    self.written(trigger, stage, instruction);
                }
                return;
            }
            _ => return,
        };
        let mut part = self.written_part(written, instruction);
        if phase == Phase::Check {
            part = behind_cmd(part);
        }
        match &written.exec {
            Some(words) => {
                let words = json_words(words, &part);
                self.add_list(words, Some(stage), Some(instruction), phase, vec![part]);
            }
            None => self.add(Some(stage), Some(instruction), phase, part, true),
        }
    }

    /// The arguments of an instruction with their places.
    fn written_part(&self, written: &Written, instruction: &Instruction) -> Part {
        let text = written.arguments.clone();
        let span = written.arguments_span;
        let places = match instruction.origin.file {
            File::Document => self.step_places(&text, span, instruction.origin.span),
            File::Context(_) => file_places(&text, span),
        };
        let places = places.unwrap_or(PartPlaces::Within(span));
        Part { text, places }
    }

    fn step_places(&self, text: &str, span: Span, literal: Span) -> Option<PartPlaces> {
        let offset = decoded_offset(self.document, literal, span.start)?;
        let whole = self.steps.get(&literal)?.get(offset..)?;
        let returns = if whole.starts_with(text) {
            Returns::default()
        } else if whole.replace("\r\n", "\n").starts_with(text)
            && whole.matches('\n').count() == whole.matches("\r\n").count()
        {
            Returns::all(text)
        } else {
            return None;
        };
        Some(PartPlaces::Literal {
            places: Places::new(self.document, literal),
            offset,
            returns,
        })
    }

    fn add(
        &mut self,
        stage: Option<&'a BuildStage>,
        instruction: Option<&'a Instruction>,
        phase: Phase,
        part: Part,
        is_instruction: bool,
    ) {
        let commands = if self.is_known {
            part.commands(is_instruction)
        } else {
            Vec::new()
        };
        self.found.push(ShellText {
            stage,
            instruction,
            file: file_of(instruction),
            phase,
            is_list: false,
            commands,
            parts: vec![part],
        });
    }

    /// A list of words, each a literal of the document.
    fn list(
        &mut self,
        list: &[Text],
        stage: Option<&'a BuildStage>,
        instruction: Option<&'a Instruction>,
        phase: Phase,
    ) {
        let parts: Vec<Part> = list
            .iter()
            .map(|word| Part::literal(word, self.document))
            .collect();
        let words = list.iter().map(|word| plain_word(&word.value, word.span));
        self.add_list(words.collect(), stage, instruction, phase, parts);
    }

    fn add_list(
        &mut self,
        words: Vec<Word>,
        stage: Option<&'a BuildStage>,
        instruction: Option<&'a Instruction>,
        phase: Phase,
        parts: Vec<Part>,
    ) {
        // What a list gives to a shell is shell text whatever the shell of the stage is.
        let script = script_index(&words);
        let inner = script.and_then(|index| parts.get(index));
        let mut commands = vec![exec(words)];
        if let Some(part) = inner {
            let shift = commands.len();
            commands.extend(
                part.commands(false)
                    .into_iter()
                    .map(|it| shifted(it, shift)),
            );
        }
        self.found.push(ShellText {
            stage,
            instruction,
            file: file_of(instruction),
            phase,
            is_list: true,
            commands,
            parts,
        });
    }
}

fn file_of(instruction: Option<&Instruction>) -> File {
    instruction.map_or(File::Document, |it| it.origin.file.clone())
}

fn plain_word(text: &str, span: Span) -> Word {
    Word {
        text: text.to_owned(),
        span,
        ..Word::default()
    }
}

/// A command whose indices count from elsewhere.
fn shifted(mut command: SimpleCommand, shift: usize) -> SimpleCommand {
    command.piped_from = command.piped_from.map(|it| it + shift);
    let words = command.assignments.iter_mut().chain(&mut command.words);
    for word in words.chain(&mut command.reads) {
        for index in &mut word.nested {
            *index += shift;
        }
    }
    command
}

/// The arguments of a `HEALTHCHECK` are its command behind `CMD`.
fn behind_cmd(part: Part) -> Part {
    let skipped = part.text.len() - part.text.trim_start().len();
    let rest = part.text.get(skipped..).unwrap_or_default();
    let is_command = rest
        .get(..3)
        .is_some_and(|it| it.eq_ignore_ascii_case("CMD"));
    if !is_command {
        return part;
    }
    // Places stay as they are where what goes becomes blanks.
    let text = format!(
        "{}{}",
        " ".repeat(skipped + 3),
        rest.get(3..).unwrap_or_default()
    );
    Part { text, ..part }
}

/// The words of a JSON array, each at its place if it stands there as it is.
fn json_words(words: &[String], part: &Part) -> Vec<Word> {
    let mut from = 0;
    let mut found = Vec::new();
    for word in words {
        let quoted = format!("\"{word}\"");
        let rest = part.text.get(from..).unwrap_or_default();
        let span = match rest.find(&quoted) {
            Some(at) => {
                let start = from + at;
                from = start + quoted.len();
                part.place(start..from)
            }
            None => part.place(0..part.text.len()),
        };
        found.push(plain_word(word, span));
    }
    found
}

/// In a file every byte of the arguments is one of the file's, but for carriage returns before line feeds.
fn file_places(text: &str, span: Span) -> Option<PartPlaces> {
    let missing = (span.len() as usize).checked_sub(text.len())?;
    let returns = if missing == 0 {
        Returns::default()
    } else if missing == text.matches('\n').count() {
        Returns::all(text)
    } else {
        return None;
    };
    Some(PartPlaces::File {
        offset: span.start as usize,
        returns,
    })
}

#[cfg(test)]
mod tests {
    use super::shell_texts;
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::diagnostic::File;

    /// The words that stand at the places of all words `X`, by file.
    fn places(text: &str, files: &[(&str, &str)]) -> Vec<String> {
        let context = Files::new(files.iter().copied());
        let analysis = analyze(text, &context);
        let texts = shell_texts(&analysis.config, &analysis.plan, text);
        let mut found = Vec::new();
        for it in &texts {
            let words = it.commands.iter().flat_map(|it| &it.words);
            for word in words.filter(|word| word.text == "X") {
                let place = match &it.file {
                    File::Document => word.span.of(text),
                    File::Context(path) => word.span.of(&analysis.files[path]),
                };
                found.push(place.to_owned());
            }
        }
        found
    }

    #[test]
    fn everything_that_a_shell_runs_is_there() {
        let text = r#"
language = "go"
overlay = "o"
build.command = "make \u0058"
install.command = 'make "X"'
build.steps = ["RUN \u00e9 \\\n X", { run = ["X", "y"] }, { run = "X" }]
runtime.image = "alpine:3.23"
runtime.cmd = { shell = "X 1" }
runtime.entrypoint = ["sh", "-c", "X; a | b"]
runtime.healthcheck = "'X'"
"#;
        let overlay = "RUN a \\\r\n # c\r\n X\r\nFROM alpine:3.23 AS b\r\nRUN [\"a\", \"X\"]\r\nONBUILD RUN X\r\n";
        let found = places(text, &[("go.mod", ""), ("o", overlay)]);
        assert_eq!(
            found,
            [
                "\"X\"", "X", "\"X\"", "X", "\\u0058", "\"X\"", "X", "X", "X", "X", "'X'"
            ]
        );
    }

    #[test]
    fn a_dockerfile_is_looked_at() {
        let file = "FROM alpine:3.23\nRUN <<EOF\na\nX\nEOF\nHEALTHCHECK --interval=5s CMD a && X\n";
        let found = places("dockerfile = \"D\"\n", &[("D", file)]);
        assert_eq!(found, ["X", "X"]);
    }

    #[test]
    fn other_shells_are_not_read() {
        let file =
            "FROM x\nSHELL [\"pwsh\", \"-c\"]\nRUN X\nSHELL [\"/bin/bash\", \"-c\"]\nRUN X\n";
        assert_eq!(places("dockerfile = \"D\"\n", &[("D", file)]), ["X"]);
    }
}
