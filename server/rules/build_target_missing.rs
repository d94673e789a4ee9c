//! `build-target-missing`.

use crate::config::Language;
use crate::config::values::Text;
use crate::context::Entry;
use crate::diagnostic::Fix;
use crate::plan::languages::rust::manifest;
use crate::plan::paths::{file_name, is_below};
use crate::plan::sources::cleaned;
use crate::rules::{Findings, Subject, nearest, nearest_path, rule};

rule! {
    /// The package that is built does not exist.
    ///
    /// The build would stop after the download of all dependencies with `directory not found`.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/sever"
    /// ```
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// ```
    ///
    /// Nothing is said where `build.steps` may make the package.
    "build-target-missing", ErrorUnlessOld, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    match config.language.as_ref().map(|it| it.value) {
        Some(Language::Rust) => return check_binary(subject, findings),
        Some(Language::Java) => return check_path(subject, "module", &[""], findings),
        Some(Language::Dotnet) => {
            return check_path(subject, "project", &["", ".csproj"], findings);
        }
        Some(Language::Deno) => return check_module(subject, findings),
        _ => {}
    }
    let is_go = config
        .language
        .as_ref()
        .is_some_and(|it| it.value == Language::Go);
    let is_placed = subject.layout.is_placed();
    if !is_go || !is_placed || !config.build.steps.is_empty() {
        return;
    }
    // The user's own command names what it builds.
    let target = config
        .build
        .target
        .iter()
        .filter(|_| config.build.command.is_none());
    let binaries = config
        .build
        .binaries
        .iter()
        .map(|binary| &binary.value.path);
    for package in target.chain(binaries) {
        check_package(package, subject, findings);
    }
}

fn check_package(package: &Text, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let is_pattern = package.contains("...") || package.contains('$') || package.contains("..");
    let Some(written) = package.strip_prefix("./").filter(|_| !is_pattern) else {
        return;
    };
    let Some(path) = cleaned(&subject.layout.path(written)) else {
        return;
    };
    let is_copied = subject
        .config
        .build
        .copy
        .iter()
        .filter_map(|copy| cleaned(&subject.layout.path(&copy.dst)))
        .any(|dst| dst.is_empty() || is_below(&path, &dst));
    if is_copied || subject.context.entry(&path) != Entry::Missing {
        return;
    }
    let message = format!("there is no package `{}`", package.value);
    let finding = findings.report(package.span, message);
    finding.why(format!(
        "the build would stop with `stat /src/{path}: directory not found`"
    ));
    let Some(near) = nearest_path(subject.context, &path) else {
        return;
    };
    let near = near
        .strip_prefix(&subject.layout.application)
        .unwrap_or(&near);
    finding.help(format!("did you mean `./{near}`?"));
    let literal = subject.written(package.span);
    if literal.matches(written).count() == 1 {
        finding.fix(Fix::unsafe_(
            format!("replace `{}` by `./{near}`", package.value),
            package.span,
            literal.replace(written, near),
        ));
    }
}

/// The target of Java and .NET is a path, `kind` by name; `ends` are what may be left out at its end.
fn check_path(subject: &Subject<'_>, kind: &str, ends: &[&str], findings: &mut Findings<'_>) {
    let Some(target) = named_target(subject) else {
        return;
    };
    // Gradle also names a module by a path of its own: `:services:api`.
    let written = match kind {
        "module" => target.trim_start_matches(':').replace(':', "/"),
        _ => target.value.clone(),
    };
    let Some(path) = cleaned(&subject.layout.path(&written)) else {
        return;
    };
    let mut entries = ends
        .iter()
        .map(|end| subject.context.entry(&format!("{path}{end}")));
    if entries.any(|entry| entry != Entry::Missing) {
        return;
    }
    let message = format!("there is no {kind} `{}`", target.value);
    let finding = findings.report(target.span, message);
    if let Some(near) = nearest_path(subject.context, &path) {
        finding.help(format!("did you mean `{near}`?"));
    }
}

/// The target that the generated build step names, where the build context alone can have it.
fn named_target<'a>(subject: &'a Subject<'_>) -> Option<&'a Text> {
    let build = &subject.config.build;
    let is_placed = subject.layout.is_placed();
    let may_be_made = !build.steps.is_empty() || !build.copy.is_empty();
    let target = build.target.as_ref()?;
    (build.command.is_none() && is_placed && !may_be_made).then_some(target)
}

/// Rust's target is the name of a binary in one of the packages.
fn check_binary(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(target) = named_target(subject) else {
        return;
    };
    let packages = manifest::read(subject.context, &subject.layout.application);
    let Some(packages) = packages.filter(|it| it.is_complete) else {
        return;
    };
    let name = file_name(target);
    if packages.has(name) {
        return;
    }
    let message = format!("there is no binary `{name}`");
    let finding = findings.report(target.span, message);
    finding.why(format!(
        "the build would stop with `no bin target named `{name}``"
    ));
    let binaries = packages.binaries();
    if let Some(near) = nearest(name, binaries.iter().map(String::as_str)) {
        finding.help(format!("did you mean `{near}`?"));
        finding.fix(Fix::unsafe_(
            format!("replace `{}` by `{near}`", target.value),
            target.span,
            format!("\"{near}\""),
        ));
    }
}

/// Deno's first module: a file, unless it is an address.
fn check_module(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(module) = named_target(subject).filter(|module| !module.contains(':')) else {
        return;
    };
    let path = cleaned(&subject.layout.path(module));
    let Some(path) = path.filter(|path| subject.context.entry(path) == Entry::Missing) else {
        return;
    };
    let message = format!("there is no module `{}`", module.value);
    let finding = findings.report(module.span, message);
    finding.why(format!(
        "the build would stop with `Module not found \"{path}\"`"
    ));
    if let Some(near) = nearest_path(subject.context, &path) {
        let near = near
            .strip_prefix(&subject.layout.application)
            .unwrap_or(&near);
        finding.help(format!("did you mean `{near}`?"));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check_with;

    #[test]
    fn binaries_are_packages_too() {
        check_with(
            r#"
language = "go"
[[build.binaries]]
name = "worker"
path = "./cmd/wroker"
#      ^^^^^^^^^^^^^^ error: there is no package `./cmd/wroker`
"#,
            &[
                ("go.mod", "module x"),
                ("cmd/worker/main.go", "package main"),
            ],
        );
    }

    #[test]
    fn a_binary_of_rust_has_a_name() {
        let files = [
            ("Cargo.toml", "package.name = \"server\""),
            ("Cargo.lock", ""),
            ("src/main.rs", ""),
            ("src/bin/worker.rs", ""),
        ];
        check_with(
            r#"
language = "rust"
build.target = "wroker"
#              ^^^^^^^^ error: there is no binary `wroker`
"#,
            &files,
        );
        check_with("language = \"rust\"\nbuild.target = \"worker\"\n", &files);
    }

    #[test]
    fn modules_and_projects_are_paths() {
        check_with(
            r#"
language = "java"
build.target = ":services:apii"
#              ^^^^^^^^^^^^^^^^ error: there is no module `:services:apii`
"#,
            &[("build.gradle", ""), ("services/api/build.gradle", "")],
        );
        for target in ["src/Api", "src/Api/Api.csproj", "src/Api/Api"] {
            check_with(
                &format!(
                    "language = \"dotnet\"\nversion = \"10.0\"\nbuild.target = \"{target}\"\n"
                ),
                &[("src/Api/Api.csproj", "")],
            );
        }
    }

    #[test]
    fn a_module_is_a_file_or_an_address() {
        check_with(
            r#"
language = "deno"
build.target = "src/mian.ts"
#              ^^^^^^^^^^^^^ error: there is no module `src/mian.ts`
runtime.cmd = ["deno", "run", "src/main.ts"]
"#,
            &[("src/main.ts", "")],
        );
        for target in [
            "src/main.ts",
            "jsr:@std/http/file-server",
            "https://example.com/main.ts",
        ] {
            check_with(
                &format!(
                    "language = \"deno\"\nbuild.target = \"{target}\"\nruntime.cmd = [\"deno\"]\n"
                ),
                &[("src/main.ts", "")],
            );
        }
    }

    #[test]
    fn patterns_files_and_import_paths_are_not_judged() {
        for target in ["./...", "./main.go", "example.com/x/cmd", "."] {
            check_with(
                &format!(
                    "language = \"go\"\nbuild.target = \"{target}\"\nbuild.output = \"/app/x\"\n"
                ),
                &[("go.mod", "module x"), ("main.go", "package main")],
            );
        }
    }
}
