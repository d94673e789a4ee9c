//! Properties of the rendering, over ten thousand configurations: the text says exactly what was planned, its names
//! resolve, and root's work is done before `USER`.

mod expect;
mod generate;
mod reader;

use docksmith::analysis::{Analysis, analyze};
use docksmith::config::stage::{RunAs, Step};
use docksmith::context::NoContext;
use docksmith::plan::{BuildStage, InstructionKind, StageKind};
use docksmith::text::Span;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::properties::reader::{Read, read};

/// How many configurations are tried.
const CASES: u32 = 10_000;

/// Tries generated configurations that are the same on every machine; a failing one is shrunk to its smallest form.
fn for_generated(property: impl Fn(&str, &Analysis)) {
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::default()
    };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, random);
    let outcome = runner.run(&generate::document(), |text| {
        let analysis = analyze(&text, &NoContext::default());
        property(&text, &analysis);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn generated_configurations_render_to_what_was_planned() {
    let (sound, rendered) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    for_generated(|text, analysis| {
        let Some(file) = analysis.dockerfile() else {
            return;
        };
        rendered.set(rendered.get() + 1);
        sound.set(sound.get() + u32::from(!analysis.has_errors()));
        let instructions = read_back(analysis);
        names_resolve(analysis);
        no_automatic_argument_has_a_default(&instructions, text);
        roots_work_comes_before_user(analysis);
        if rendered.get() % 8 == 0 {
            let again = analyze(text, &NoContext::default());
            assert_eq!(again.dockerfile(), Some(file), "the same bytes");
        }
    });
    // A generator that only makes broken files would show nothing.
    assert!(
        rendered.get() > CASES * 9 / 10,
        "{} rendered",
        rendered.get()
    );
    assert!(sound.get() > CASES / 20, "{} without errors", sound.get());
}

/// The instructions of the rendered text, which are exactly those that were planned.
pub(crate) fn read_back(analysis: &Analysis) -> Vec<Read> {
    let plan = &analysis.plan;
    let text = &analysis.dockerfile().expect("a Dockerfile").text;
    let instructions = read(text);
    let mut found = instructions.iter();
    let mut next = || {
        found
            .next()
            .unwrap_or_else(|| panic!("less than planned in\n{text}"))
    };
    for argument in &plan.args {
        expect::says(&argument.kind, next(), plan.portable);
    }
    for stage in &plan.stages {
        expect::begins(stage, next());
        for instruction in &stage.instructions {
            expect::says(&instruction.kind, next(), plan.portable);
        }
    }
    assert_eq!(found.next(), None, "nothing that was not planned");
    // Docker takes an empty list, which resets what the base says; the other parser does not.
    let text = text
        .replace("\nENTRYPOINT []", "\nENTRYPOINT [\"\"]")
        .replace("\nCMD []", "\nCMD [\"\"]");
    let second = parse_dockerfile::parse(&text)
        .unwrap_or_else(|error| panic!("another parser reads it too: {error}\n{text}"));
    assert_eq!(second.instructions.len(), instructions.len());
    instructions
}

/// Whatever a stage that docksmith makes needs is a stage before it.
fn names_resolve(analysis: &Analysis) {
    let plan = &analysis.plan;
    let mut earlier: Vec<&str> = Vec::new();
    for stage in &plan.stages {
        for name in generated_needs(stage) {
            let found = match name.split_once("${") {
                Some((prefix, _)) => earlier.iter().any(|other| other.starts_with(prefix)),
                None => earlier.contains(&name),
            };
            let in_ring = analysis
                .diagnostics
                .iter()
                .any(|it| it.rule == "stage-cycle");
            let no_sum = analysis
                .diagnostics
                .iter()
                .any(|it| it.rule == "missing-platform-checksum");
            assert!(
                found || in_ring || no_sum,
                "`{}` needs `{name}`",
                stage.name
            );
        }
        earlier.push(&stage.name);
    }
}

/// The stages that a generated stage, or a generated copy, needs.
fn generated_needs(stage: &BuildStage) -> Vec<&str> {
    use docksmith::plan::{BaseImage, Source};
    let mut needs = Vec::new();
    if let (StageKind::Generated, BaseImage::Stage(name)) = (stage.kind, &stage.base) {
        needs.push(name.as_str());
    }
    for instruction in &stage.instructions {
        if let InstructionKind::Copy(copy) = &instruction.kind
            && let Source::Stage { name, span: None } = &copy.from
        {
            needs.push(name);
        }
    }
    needs
}

/// A default would override the automatic value in every builder.
fn no_automatic_argument_has_a_default(instructions: &[Read], text: &str) {
    let automatic =
        |argument: &str| argument.starts_with("TARGET") || argument.starts_with("BUILD");
    for read in instructions.iter().filter(|read| read.keyword == "ARG") {
        let is_default = automatic(&read.arguments) && read.arguments.contains('=');
        assert!(!is_default, "{}\n{text}", read.arguments);
    }
}

/// Once the image's user is set, only what is meant for it follows.
fn roots_work_comes_before_user(analysis: &Analysis) {
    let Some(stage) = analysis
        .plan
        .stages
        .iter()
        .find(|stage| stage.name == "runtime")
    else {
        return;
    };
    let Some(image) = &analysis.plan.image else {
        return;
    };
    let users: Vec<usize> = (0..stage.instructions.len())
        .filter(|index| {
            let kind = &stage.instructions[*index].kind;
            matches!(kind, InstructionKind::User(user) if *user == image.user.text())
        })
        .collect();
    let last = *users.last().expect("the image has a user");
    let after = stage.instructions.get(last + 1..).unwrap_or_default();
    for instruction in after {
        let needs_root = match &instruction.kind {
            InstructionKind::Run(_) => !is_users_step(analysis, instruction.origin.span),
            InstructionKind::Copy(_) | InstructionKind::Add(_) | InstructionKind::Volume(_) => true,
            _ => false,
        };
        assert!(!needs_root, "{instruction:#?}");
    }
}

/// Whether the step at a place says `as = "user"`.
fn is_users_step(analysis: &Analysis, place: Span) -> bool {
    analysis.config.runtime.steps.iter().any(|step| {
        let Step::Table(table) = &step.value else {
            return false;
        };
        let who = table.r#as.as_ref().map(|who| who.value);
        let run = table.run.as_ref().map(|run| run.span);
        who == Some(RunAs::User) && run == Some(place)
    })
}
