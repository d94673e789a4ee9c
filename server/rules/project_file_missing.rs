//! `project-file-missing`.

use crate::context::Entry;
use crate::plan::ProblemKind;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A file that every project of this language has is not in the build context.
    ///
    /// The generated steps copy it first, to download dependencies before the sources, so the build would stop with
    /// `"/go.mod": not found`.
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the file is generated before the build, so that it is not there when the file is checked.
    "project-file-missing", ErrorUnlessOld, check in files
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(language) = &subject.config.language else {
        return;
    };
    for (problem, span) in subject.problems() {
        if let ProblemKind::MissingProjectFile { name, error } = problem
            && subject.sees_project()
        {
            let message = format!("there is no `{name}` in the build context");
            let finding = findings.report(span, message);
            finding.why(format!("the build would stop with `{error}`"));
        }
    }
    for source in subject.sources() {
        let Some(path) = source.plain().filter(|_| source.span.is_none()) else {
            continue;
        };
        if subject.context.entry(path) != Entry::Missing {
            continue;
        }
        let message = format!("there is no `{}` in the build context", source.written);
        let finding = findings.report(language.span, message);
        finding.why(format!(
            "the build would stop with `\"/{path}\": not found`"
        ));
        if source.written == "go.mod" {
            finding.help(
                "make one with `go mod init`, or move this file beside the one of the module",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check_with;

    #[test]
    fn each_language_has_its_own_file() {
        for (language, file) in [
            ("java", "pom.xml"),
            ("rust", "Cargo.toml"),
            ("dotnet", "*.csproj"),
        ] {
            let carets = "^".repeat(language.len() + 2);
            check_with(
                &format!(
                    "runtime = \"{language}\"\n#         {carets} warning: there is no `{file}` in the build context\nversion = \"17\"\nstart.command = \"app\"\n"
                ),
                &[("README.md", "")],
            );
        }
    }

    #[test]
    fn the_file_lies_in_the_folder_of_the_application() {
        check_with(
            r#"
language = "go"
#          ^^^^ error: there is no `go.mod` in the build context
context_root = ".."
build.target = "./cmd/server"
"#,
            &[
                ("../go.mod", "module x"),
                ("../app/cmd/server/main.go", "package main"),
            ],
        );
        check_with(
            "language = \"go\"\ncontext_root = \"..\"\nbuild.target = \"./cmd/server\"\n",
            &[
                ("../app/go.mod", "module x"),
                ("../app/cmd/server/main.go", "package main"),
            ],
        );
    }
}
