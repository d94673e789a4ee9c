//! `build-target-missing`.

use crate::config::Language;
use crate::config::values::Text;
use crate::context::Entry;
use crate::diagnostic::Fix;
use crate::plan::paths::is_below;
use crate::plan::sources::cleaned;
use crate::rules::{Findings, Subject, nearest_path, rule};

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
    let is_go = config
        .language
        .as_ref()
        .is_some_and(|it| it.value == Language::Go);
    let is_deno = config
        .language
        .as_ref()
        .is_some_and(|it| it.value == Language::Deno);
    let is_placed = subject.layout.root.is_empty() || !subject.layout.application.is_empty();
    if is_deno && is_placed && config.build.steps.is_empty() {
        if let Some(target) = &config.build.target {
            check_module(target, subject, findings);
        }
        return;
    }
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

/// Deno's first module: a file, unless it is an address.
fn check_module(module: &Text, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let path = cleaned(&subject.layout.path(module)).filter(|_| !module.contains(':'));
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
