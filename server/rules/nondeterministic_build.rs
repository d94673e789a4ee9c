//! `nondeterministic-build`.

use crate::plan::shell_text::{Phase, SimpleCommand, Word};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A command of the build gives another result every time that it runs.
    ///
    /// The builder's cache looks at the command's text, not at the clock or at what `@latest` is today: it keeps an old
    /// result until it is thrown away, then everything behind it is built anew. Two builds of one commit differ.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.steps = ["RUN go install example.com/tool@latest"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.steps = ["RUN go install example.com/tool@v1.2.3"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the newest is what you want, and the build runs without a cache:
    /// `# docksmith: ignore[nondeterministic-build] built nightly without a cache`.
    "nondeterministic-build", Info, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for text in subject.shell_texts() {
        if text.phase != Phase::Build {
            continue;
        }
        for command in &text.commands {
            let Some((word, message, help)) = moving(command) else {
                continue;
            };
            findings
                .report_in(text.file.clone(), word.span, message)
                .why("the cache keeps an old result, and two builds of one commit differ")
                .help(help);
        }
    }
}

/// What gives another result every time, in words, with what to do.
fn moving(command: &SimpleCommand) -> Option<(&Word, String, &'static str)> {
    let (name, arguments) = command.program()?;
    let program = command.program_word()?;
    let has = |flag: &str| arguments.iter().any(|word| word.text.starts_with(flag));
    match name {
        // A date that is given, or that of a file, is the same every time.
        "date"
            if !(has("-d")
                || has("--date")
                || has("-r")
                || has("--reference")
                || has("-s")
                || has("@")
                || has("--help")) =>
        {
            Some((
                program,
                "the date of the build goes into the image".to_owned(),
                "pass it in as a build argument: `ARG BUILD_DATE`",
            ))
        }
        "git" if arguments.first().is_some_and(|it| it.text == "describe") => Some((
            arguments.first()?,
            "`git describe` looks at tags that the builder may not have".to_owned(),
            "pass the version in as a build argument: `ARG VERSION`",
        )),
        "go" | "npm" | "npx" | "pnpm" | "pnpx" | "yarn" | "bun" | "bunx" | "deno" | "corepack" => {
            let latest = arguments
                .iter()
                .find(|word| word.text.ends_with("@latest"))?;
            Some((
                latest,
                format!(
                    "`{}` is another version tomorrow",
                    crate::config::words::short(&latest.text)
                ),
                "name the version",
            ))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn every_kind_is_found() {
        check(
            r#"
language = "go"
build.command = "go build -ldflags \"-X main.date=$(date -u +%F)\" -o /out/server ./cmd/server"
#                                                   ^^^^ info: the date of the build goes into the image
build.steps = [{ run = "npm i -g npm@latest && git describe --tags > version" }]
#                                ^^^^^^^^^^ info: `npm@latest` is another version tomorrow
#                                                  ^^^^^^^^ info: `git describe` looks at tags that the builder may not have
"#,
        );
    }

    #[test]
    fn fixed_dates_and_versions_are_fine() {
        let text = r#"
language = "go"
build.steps = ["RUN date -d @$SOURCE_DATE_EPOCH && npm i npm@10.1.0 && echo date @latest && git rev-parse HEAD"]
runtime.cmd = { shell = "date; /app/main" }
"#;
        let found = crate::analysis::analyze(text, &crate::context::NoContext::default());
        let mut found = found.diagnostics.iter();
        assert!(found.all(|it| it.rule != "nondeterministic-build"));
    }
}
