//! .NET: one project is published on the platform of the builder, and its dll is started by the runtime.

mod files;

use crate::config::spellings::Canonical;
use crate::plan::Problem;
use crate::plan::languages::compiled::{OUT, listed};
use crate::plan::languages::dotnet::files::Search;
use crate::plan::languages::project::{BUILDER, Project, version};
use crate::plan::languages::{Built, Planner, Variable, images, probe};
use crate::plan::paths::{absolute, file_name};
use crate::plan::shell::quote;

/// Where packages are kept.
const PACKAGES: &str = "/root/.nuget/packages";

/// How .NET programs are planned.
pub(super) const PLANNER: Planner = Planner {
    stages: |_| vec![BUILDER.to_owned()],
    image: |config| format!("mcr.microsoft.com/dotnet/aspnet:{}", tag(config)),
    plan,
};

/// The version as Microsoft's tags name it: `8.0`, never `8`.
fn tag(config: &Canonical) -> String {
    let version = version(config, images::DOTNET);
    if version.chars().all(|it| it.is_ascii_digit()) {
        format!("{version}.0")
    } else {
        version
    }
}

/// What is published.
struct Published {
    /// What `dotnet` is given: a project file or a folder; nothing for the folder that the builder works in.
    argument: Option<String>,
    /// The project file, where it is known.
    file: Option<String>,
    /// The name of the dll, where it is known.
    name: Option<String>,
}

fn plan(project: &Project<'_>, problems: &mut Vec<Problem>) -> Built {
    let published = published(project, problems);
    let image = format!("mcr.microsoft.com/dotnet/sdk:{}", tag(project.config));
    let image = project.builder_image(image);
    let folder = project.source_folder();
    let mut stage = project.stage_from(BUILDER, &image, false);
    let list = &mut stage.instructions;
    list.extend(project.begin(&image, &folder, &[], problems));
    let restore = project.install_step(&[PACKAGES], vec![line("restore", &published)]);
    match files::manifests(project, published.file.as_deref()) {
        Some(copies) => {
            list.extend(copies);
            list.push(restore);
            list.push(project.all_sources());
        }
        None => {
            list.push(project.all_sources());
            list.push(restore);
        }
    }
    list.extend(project.before_build(&folder, problems));
    let own = project.config.build.command.as_ref();
    let own_output = own.and_then(|text| output_of(text));
    if own.is_some() && own_output.is_none() {
        // MSBuild takes variables for properties, so that a command which does not say where to publish does it here.
        list.extend(project.env("PublishDir", &format!("{OUT}/"), false));
    }
    let mut words = vec![line("publish", &published)];
    words.push(format!("-c Release -o {OUT} -p:UseAppHost=false"));
    words.extend(project.flags());
    let mut step = project.build_step(&[PACKAGES], vec![words.join(" ")]);
    step.origin.span = project.build_place();
    list.push(step);
    let output = own_output.map_or_else(|| OUT.to_owned(), |it| absolute(&folder, &it));
    let output = format!("{}/", output.trim_end_matches('/'));
    let home = format!("{}/", project.home());
    let port = project.port;
    Built {
        stages: vec![stage],
        copies: vec![project.copy_from(BUILDER, &output, &home)],
        command: command(project, published.name.as_deref()),
        check: port.and_then(|port| probe::connects(&project.base, port)),
        env: port
            .map(|port| Variable::literal("ASPNETCORE_URLS", format!("http://+:{port}")))
            .into_iter()
            .collect(),
        ..Built::default()
    }
}

/// `dotnet <verb>`, with the project where one must be named.
fn line(verb: &str, published: &Published) -> String {
    match &published.argument {
        Some(argument) => format!("dotnet {verb} {}", quote(argument)),
        None => format!("dotnet {verb}"),
    }
}

/// What starts the program; a path of its own where the working folder is another.
fn command(project: &Project<'_>, name: Option<&str>) -> Option<Vec<String>> {
    let dll = format!("{}.dll", name?);
    let is_home = project.home() == project.workdir().trim_end_matches('/');
    let dll = if is_home {
        dll
    } else {
        format!("{}/{dll}", project.home())
    };
    Some(vec!["dotnet".to_owned(), dll])
}

/// What follows `-o` or `--output` in a command that publishes.
fn output_of(text: &str) -> Option<String> {
    let words = shlex::split(text)?;
    let at = words.iter().position(|word| word == "publish")?;
    let words = words.get(at..)?;
    let option = words.iter().position(|word| {
        matches!(word.as_str(), "-o" | "--output")
            || word.starts_with("--output=")
            || word.starts_with("-o=")
    })?;
    match words.get(option)?.split_once('=') {
        Some((_, value)) => Some(value.to_owned()),
        None => words.get(option + 1).cloned(),
    }
}

/// The project that is published: `build.target`, else the only one that there is.
fn published(project: &Project<'_>, problems: &mut Vec<Problem>) -> Published {
    if let Some(target) = project.target() {
        return of_target(project, target);
    }
    let found = match files::search(project) {
        Search::One(file) => return of_file(project, file),
        Search::Several(files) => files,
        Search::None => {
            if project.is_known() && project.config.build.command.is_none() {
                let error = "MSB1003: Specify a project or solution file";
                project.lacks("*.csproj", error, problems);
            }
            Vec::new()
        }
        Search::Unknown => Vec::new(),
    };
    // A command of the file's own says what is built, and the start command what is started.
    let starts = project.start_words().is_some();
    let is_own = project.config.build.command.is_some();
    if !(found.is_empty() || starts && is_own) {
        let named = named_by_command(project);
        let is_named = |file: &&String| Some(files::assembly_name(project, file)) == named;
        let mut of_name = found.iter().filter(is_named);
        if let Some(file) = of_name.next() {
            return of_file(project, file.clone());
        }
        let reason = format!("there are several projects, {}", listed(&found));
        project.lacks_target(reason, problems);
    } else if !starts && project.config.runtime.entrypoint.is_none() {
        project.lacks_target("nobody can know the name of the dll".to_owned(), problems);
    }
    Published {
        argument: None,
        file: None,
        name: named_by_command(project),
    }
}

/// The name in `dotnet Api.dll`.
fn named_by_command(project: &Project<'_>) -> Option<String> {
    let words = project.start_words()?;
    let dll = words.iter().find_map(|word| word.strip_suffix(".dll"))?;
    Some(file_name(dll).to_owned())
}

fn of_file(project: &Project<'_>, file: String) -> Published {
    let name = files::assembly_name(project, &file);
    let is_alone = !file.contains('/') && files::of_folder(project, "").len() == 1;
    Published {
        argument: (!is_alone).then(|| file.clone()),
        name: Some(name),
        file: Some(file),
    }
}

/// A project file, or a folder that holds one.
fn of_target(project: &Project<'_>, target: &str) -> Published {
    if files::is_project(target) {
        return Published {
            argument: Some(target.to_owned()),
            name: Some(files::assembly_name(project, target)),
            file: (project.has(target) == Some(true)).then(|| target.to_owned()),
        };
    }
    match files::of_folder(project, target).as_slice() {
        [only] => Published {
            argument: Some(only.clone()),
            name: Some(files::assembly_name(project, only)),
            file: Some(only.clone()),
        },
        _ => {
            // `Api` may also be the name of a project in this folder.
            let file = format!("{target}.csproj");
            let is_file = project.has(&file) == Some(true);
            Published {
                argument: Some(if is_file {
                    file.clone()
                } else {
                    target.to_owned()
                }),
                name: Some(match is_file {
                    true => files::assembly_name(project, &file),
                    false => file_name(target).to_owned(),
                }),
                file: is_file.then_some(file),
            }
        }
    }
}

#[cfg(test)]
mod tests;
