//! Deno: the modules of the program are fetched into a folder of their own, which the image gets with the sources.

use serde_json::Value;

use crate::config::spellings::Canonical;
use crate::plan::languages::javascript::{check, is_image, version};
use crate::plan::languages::project::{BUILDER, Project};
use crate::plan::languages::{Built, Planner, images};
use crate::plan::shell::quote;
use crate::plan::{Copy, Instruction, InstructionKind, Problem, Source};

/// How Deno programs are planned.
pub(super) const PLANNER: Planner = Planner {
    stages: |_| vec![BUILDER.to_owned()],
    image: |config| match &config.build.image {
        Some(image) if is_own(image) && config.version.is_none() => image.value.clone(),
        _ => default_image(config),
    },
    plan,
};

/// Where Deno's image keeps what it has fetched and compiled. It is no cache mount, since the image needs it.
const MODULES: &str = "/deno-dir/";

/// What a program is called where nothing says it.
const MAIN: &str = "main.ts";

fn default_image(config: &Canonical) -> String {
    format!("denoland/deno:{}", version(config, "deno", images::DENO))
}

fn is_own(image: &str) -> bool {
    is_image(image, "deno")
}

fn plan(project: &Project<'_>, problems: &mut Vec<Problem>) -> Built {
    let config = project.config;
    let home = project.home();
    let image = project.builder_image(default_image(config));
    let mut builder = project.stage_from(BUILDER, &image, true);
    let list = &mut builder.instructions;
    list.extend(project.begin(&image, &home, &[], problems));
    let manifests = manifests(project);
    if manifests.is_empty() {
        list.push(project.sources());
        list.extend(project.own_steps(&home, problems));
        list.push(project.install_step(&[], vec![cache(project)]));
    } else {
        list.push(project.manifests(&manifests));
        list.push(project.install_step(&[], vec!["deno install".to_owned()]));
        list.push(project.sources());
        list.extend(project.own_steps(&home, problems));
        list.push(project.run(&[], vec![cache(project)]));
    }
    list.extend(project.arguments());
    list.extend(project.own_build_step(&[]));
    let has_deno = is_own(&project.base.reference);
    let port = project.port.filter(|_| has_deno);
    Built {
        stages: vec![builder],
        copies: vec![modules(project), project.folder_from(BUILDER, &home)],
        check: port.map(|port| check(["deno", "eval"], "Deno.exit", port)),
        ..Built::default()
    }
}

/// What says which modules are needed, in the files that the project is known to have: those of the dependencies come
/// first then. Packages of a workspace have files of their own.
fn manifests(project: &Project<'_>) -> Vec<&'static str> {
    let major = version(project.config, "deno", images::DENO);
    let is_old = major.starts_with("1.") || major == "1";
    let name = ["deno.json", "deno.jsonc"]
        .into_iter()
        .find(|name| project.has(name) == Some(true));
    let (Some(name), false) = (name, is_old) else {
        return Vec::new();
    };
    let text = project.file(name).unwrap_or_default();
    if text.contains("\"workspace\"") {
        return Vec::new();
    }
    vec![name, "deno.lock*", "package.json*", ".npmrc*"]
}

/// The step that fetches and compiles all modules of the program. The program of a task that cannot be read may have any
/// name.
fn cache(project: &Project<'_>) -> String {
    match entry(project) {
        Some(entry) => format!("deno cache {}", quote(&entry)),
        None => format!("if [ -f {MAIN} ]; then deno cache {MAIN}; fi"),
    }
}

/// The program's first module: `build.target`; else the last word of the command that is one, or of the task that it
/// runs.
fn entry(project: &Project<'_>) -> Option<String> {
    if let Some(target) = &project.config.build.target {
        return Some(target.value.clone());
    }
    let words = project.start_words()?;
    if let Some(word) = words.iter().rev().find(|word| is_module(word)) {
        return Some(word.clone());
    }
    let task = match words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["deno", "task", name, ..] | ["task", name, ..] => task(project, name)?,
        _ => return None,
    };
    let words = shlex::split(&task)?;
    words.into_iter().rev().find(|word| is_module(word))
}

fn is_module(word: &str) -> bool {
    let extensions = [".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs"];
    // What comes from `deno.json` may hold anything, and a line break ends an instruction.
    let is_name = !word.starts_with('-') && !word.contains(char::is_control);
    is_name && extensions.iter().any(|it| word.ends_with(it))
}

/// A task of `deno.json`.
fn task(project: &Project<'_>, name: &str) -> Option<String> {
    let text = project.file("deno.json")?;
    let manifest: Value = serde_json::from_str(&text).ok()?;
    let task = manifest.get("tasks")?.get(name)?;
    let command = task.as_str().or_else(|| task.get("command")?.as_str())?;
    Some(command.to_owned())
}

/// The fetched modules, for the user that adds compiled ones to them.
fn modules(project: &Project<'_>) -> Instruction {
    let source = Source::Stage {
        name: BUILDER.to_owned(),
        span: None,
    };
    let owner = project.user.text();
    let copy = Copy {
        chown: (!project.user.is_root()).then_some(owner),
        ..Copy::plain(source, &[MODULES], MODULES)
    };
    project.at(InstructionKind::Copy(copy))
}

#[cfg(test)]
mod tests {
    use crate::dockerfile::testing::{has, holds, lacks, render, render_with};

    const RUN: &str = "language = \"deno\"\nruntime.cmd = [\"deno\", \"run\", \"--allow-net\", \"src/main.ts\"]\n";

    #[test]
    fn the_image_gets_the_modules_for_its_user() {
        let expected = r#"
FROM denoland/deno:2.1.4 AS builder
WORKDIR /app
COPY . .
RUN deno cache src/main.ts

FROM denoland/deno:2.1.4 AS runtime
WORKDIR /app
COPY --from=builder --chown=1993:1993 /deno-dir/ /deno-dir/
COPY --link --from=builder /app/ /app/
EXPOSE 8000
USER 1993:1993
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["deno", "eval", "fetch('http://127.0.0.1:8000/').then(r=>Deno.exit(r.status<500?0:1),()=>Deno.exit(1))"]
CMD ["deno", "run", "--allow-net", "src/main.ts"]
"#;
        let text = render(RUN);
        assert!(text.ends_with(expected), "{text}");
    }

    #[test]
    fn dependencies_come_first_where_a_file_names_them() {
        let text = render_with(RUN, &[("deno.json", "{}"), ("src/main.ts", "")]);
        holds(
            &text,
            "
WORKDIR /app
COPY deno.json deno.lock* package.json* .npmrc* ./
RUN deno install
COPY . .
RUN deno cache src/main.ts
",
        );
        // Deno 1 installs programs, and packages of a workspace have files of their own.
        let old = format!("version = \"1.46.3\"\n{RUN}");
        let old = render_with(&old, &[("deno.json", "{}"), ("src/main.ts", "")]);
        assert!(!old.contains("deno install"), "{old}");
        let members = r#"{"workspace": ["./add"]}"#;
        let members = render_with(RUN, &[("deno.json", members), ("src/main.ts", "")]);
        assert!(!members.contains("deno install"), "{members}");
    }

    #[test]
    fn the_first_module_is_where_the_file_or_a_task_says() {
        let cached = |toml: &str, files: &[(&str, &str)]| {
            let text = render_with(&format!("language = \"deno\"\n{toml}\n"), files);
            let line = text.lines().find(|line| line.contains("deno cache"));
            line.unwrap_or_default().to_owned()
        };
        let task = "runtime.cmd = [\"deno\", \"task\", \"start\"]";
        assert_eq!(
            cached(
                "build.target = \"app.tsx\"\nruntime.cmd = \"deno run main.ts\"",
                &[("app.tsx", "")]
            ),
            "RUN deno cache app.tsx"
        );
        let tasks = r#"{"tasks": {"start": "deno run -A serve.ts"}}"#;
        assert_eq!(
            cached(task, &[("deno.json", tasks)]),
            "RUN deno cache serve.ts"
        );
        let table = r#"{"tasks": {"start": {"command": "deno serve --port 8000 'my app.ts'"}}}"#;
        assert_eq!(
            cached(task, &[("deno.json", table)]),
            "RUN deno cache 'my app.ts'"
        );
        let unknown = "RUN if [ -f main.ts ]; then deno cache main.ts; fi";
        assert_eq!(cached(task, &[("deno.json", "// {")]), unknown);
        assert_eq!(cached(task, &[]), unknown);
    }

    #[test]
    fn a_name_over_several_lines_is_none() {
        let task = "language = \"deno\"\nruntime.cmd = [\"deno\", \"task\", \"start\"]\n";
        let tasks = r#"{"tasks": {"start": "deno run 'a\nUSER root\n.ts'"}}"#;
        let text = render_with(task, &[("deno.json", tasks)]);
        holds(&text, "RUN if [ -f main.ts ]; then deno cache main.ts; fi");
        assert!(!text.contains("USER root"), "{text}");
        let word =
            "language = \"deno\"\nruntime.cmd = [\"deno\", \"run\", \"a\\nUSER root\\n.ts\"]\n";
        has(word, "RUN if [ -f main.ts ]; then deno cache main.ts; fi");
    }

    #[test]
    fn a_build_command_comes_after_the_modules() {
        let toml = format!(
            "{RUN}[build]\ncommand = \"deno task build\"\nargs = {{ REVISION = \"dev\" }}\n"
        );
        has(
            &toml,
            "RUN deno cache src/main.ts\nARG REVISION=dev\nRUN deno task build",
        );
    }

    #[test]
    fn another_base_has_no_deno_to_ask_with() {
        let toml = "language = \"deno\"\nbuild.command = \"deno compile -o app main.ts\"\nruntime.image = \"debian:bookworm-slim\"\nruntime.cmd = [\"/app/app\"]\n";
        lacks(toml, "HEALTHCHECK");
        has(
            toml,
            "COPY --from=builder --chown=10001:10001 /deno-dir/ /deno-dir/",
        );
    }
}
