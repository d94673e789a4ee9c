//! The table as a whole.

use super::{Form, Kind, Made, Names};
use crate::analysis::analyze;
use crate::context::{Files, NoContext};
use crate::diagnostic::File;

fn names(text: &str) -> Names {
    analyze(text, &NoContext::default()).names.clone()
}

/// The targets and uses of a text: kind, name and what stands at the place.
fn check(text: &str, targets: &[(Kind, &str, &str)], uses: &[(Kind, &str, &str, bool)]) {
    let names = names(text);
    let found: Vec<_> = names
        .targets
        .iter()
        .filter(|it| it.made == Made::Written)
        .map(|it| {
            let name = &it.name;
            (name.kind, name.name.as_str(), it.place.span.of(text))
        })
        .collect();
    assert_eq!(found, targets, "{text}");
    let found: Vec<_> = names
        .uses
        .iter()
        .map(|it| {
            let span = it.place.span.of(text);
            (it.kind, it.name.as_str(), span, it.target.is_some())
        })
        .collect();
    assert_eq!(found, uses, "{text}");
}

#[test]
fn places_are_exactly_the_words() {
    check(
        "[[stages]]\nname = \"w\\u0065b\" # é\nfrom = 'é'\nsteps = [\"COPY --from=\\u0077eb 😀 /x\", '''\nCOPY --from=web \\\n /é /x''']\n",
        &[(Kind::Stage, "web", "w\\u0065b")],
        &[
            (Kind::Stage, "é", "é", false),
            (Kind::Stage, "web", "\\u0077eb", true),
            (Kind::Stage, "web", "web", true),
        ],
    );
    check(
        "secrets.\"a.b\" = {}\n[secrets.c]\n",
        &[(Kind::Secret, "a.b", "a.b"), (Kind::Secret, "c", "c")],
        &[],
    );
}

#[test]
fn half_written_steps_have_names() {
    check(
        "[build]\nsteps = [\"ARG é=1 V\", \"RUN --mount=type=secret,id=x,from= --mount=from=é $V\\\\\", \"COPY --from=",
        &[(Kind::Argument, "é", "é"), (Kind::Argument, "V", "V")],
        &[
            (Kind::Variable, "V", "V", true),
            (Kind::Secret, "x", "x", false),
            (Kind::Stage, "", "", false),
            (Kind::Stage, "é", "é", false),
            (Kind::Stage, "", "", false),
        ],
    );
}

#[test]
fn the_latest_declaration_counts() {
    let text = "[[stages]]\nname = \"a\"\nfrom = \"alpine:3.23\"\nargs = { V = \"1\" }\nsteps = [\"RUN echo $V\", \"ENV V=2\", \"RUN echo $V\", \"CMD echo $V\"]\n[[stages]]\nname = \"b\"\nfrom = \"a\"\nsteps = [\"RUN echo $V\"]\n";
    let names = names(text);
    let kinds: Vec<Kind> = names
        .uses(Kind::Variable)
        .filter_map(|it| Some(names.target(it)?.name.kind))
        .collect();
    let variable = Kind::Variable;
    assert_eq!(kinds, [Kind::Argument, variable, variable, variable]);
}

#[test]
fn what_a_command_sets_itself_is_not_certain() {
    let names = names(
        "[runtime]\nargs.V = \"\"\nsteps = [\"RUN V=1; echo $V\", { run = \"for X in é; do echo $X; done\" }]",
    );
    assert_eq!(names.uses.len(), 0);
    assert!(names.set_by_commands.contains("V") && names.set_by_commands.contains("X"));
}

#[test]
fn a_whole_dockerfile_has_names_too() {
    let file = "ARG V=1\nFROM alpine:${V} AS Base\nARG V\nRUN echo $V\nFROM base\nCOPY --from=BASE /é /x\n";
    let context = Files::new([("Dockerfile", file)]);
    let names = analyze("dockerfile = \"Dockerfile\"\n", &context)
        .names
        .clone();
    let found: Vec<(&str, Form, bool)> = names
        .uses
        .iter()
        .map(|it| {
            assert_eq!(it.place.file, File::Context("Dockerfile".to_owned()));
            (it.place.span.of(file), it.form, it.target.is_some())
        })
        .collect();
    let expected = [
        ("alpine:${V}", Form::Base, false),
        ("V", Form::Variable, true),
        ("V", Form::Variable, true),
        ("base", Form::Base, true),
        ("BASE", Form::Instruction, true),
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_time_grows_with_the_text_and_no_faster() {
    let time = |count: usize| {
        let stages: String = (0..count)
            .map(|it| {
                format!("[[stages]]\nname = \"s{it}\"\nfrom = \"s{}\"\nargs = {{ A{it} = \"\" }}\nsteps = [\"COPY --from=s{} é /x\", {{ run = \"echo $A{it} $B\" }}]\n", it.saturating_sub(1), it / 2)
            })
            .collect();
        let document = crate::syntax::parse(&stages);
        let config = crate::config::spellings::Canonical::default();
        let plan = crate::plan::BuildPlan::default();
        let start = std::time::Instant::now();
        let names = Names::new(&document, &stages, &config, &plan);
        assert!(names.uses.len() > count * 3);
        start.elapsed()
    };
    time(100);
    let (short, long) = (time(200), time(2_000));
    assert!(
        long < short * 40 + std::time::Duration::from_millis(100),
        "{short:?} {long:?}"
    );
}
