//! `copy-glob-empty`.

use crate::context::glob::expand;
use crate::plan::sources::{ContextSource, Usage};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A pattern matches nothing in the build context.
    ///
    /// BuildKit copies nothing without a word, and the program misses its files when it runs: `no such file or
    /// directory`. Other builders stop with `no source files were specified`. As in a Dockerfile, `*` does not cross a
    /// `/`. Not reported: a pattern beside another source, and in a list a name with a `*` at its end, the way to say
    /// that a file may be missing (`yarn.lock*`).
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:sql/tables/users.sql
    /// select 1
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "sql/*.sql", dst = "/app/sql/" }]
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
    /// ```text,file:sql/tables/users.sql
    /// select 1
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "sql/*/*.sql", dst = "/app/sql/" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where something makes the files between the check and the build, or where the image works without
    /// them: `# docksmith: ignore[copy-glob-empty] made by the release job`.
    "copy-glob-empty", ErrorUnlessOld, check in files
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let sources = subject.sources();
    for source in sources {
        let (Some(span), Some(path), true) = (source.span, &source.path, source.is_glob) else {
            continue;
        };
        let is_empty = |source: &ContextSource<'_>| {
            let path = source.path.as_ref().filter(|_| source.is_glob);
            path.and_then(|path| expand(subject.context, path))
                .is_some_and(|paths| paths.is_empty())
        };
        let mut siblings = sources
            .iter()
            .filter(|it| std::ptr::eq(it.instruction, source.instruction));
        let is_of_list = source.usage == Usage::Table && source.instruction.origin.span == span;
        if !siblings.all(is_empty) || is_of_list && is_optional(path) {
            continue;
        }
        let message = format!("`{}` matches nothing in the build context", source.written);
        findings
            .report_in(source.file.clone(), span, message)
            .why("BuildKit would copy nothing without a word, other builders would stop")
            .help("a `*` does not cross a `/`: write `*/*` for the files one folder deeper");
    }
}

/// Whether a pattern names one file that may be missing.
fn is_optional(path: &str) -> bool {
    let name = path.strip_suffix('*').unwrap_or_default();
    !name.is_empty() && !name.ends_with('/') && !name.contains(['*', '?', '['])
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check_with;

    #[test]
    fn a_pattern_beside_a_file_may_match_nothing() {
        check_with(
            r#"
stages = [{ name = "a", from = "alpine:3.22", final = true, user = "1:1", steps = ["COPY package.json yarn.lock* /", "COPY *.md /"] }]
#                                                                                                                          ^^^^ error: `*.md` matches nothing in the build context
"#,
            &[("package.json", "{}")],
        );
    }

    #[test]
    fn an_optional_file_of_a_list_may_be_missing() {
        check_with(
            r#"
stages = [{ name = "a", from = "alpine:3.22", final = true, user = "1:1", steps = [{ copy = { src = ["package.json", "yarn.lock*"], dst = "/" } }] }]
"#,
            &[("package.json", "{}")],
        );
    }
}
