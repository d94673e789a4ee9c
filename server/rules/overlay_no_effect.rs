//! `overlay-no-effect`.

use crate::diagnostic::File;
use crate::plan::{BuildStage, Instruction, InstructionKind};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// An instruction of the overlay is overwritten by a line that stands further down.
    ///
    /// What stands before the overlay's first `FROM` goes into the final stage before `USER`. Behind it the renderer writes
    /// the user, the health check and the command, and of each Docker heeds the last one only. A `USER` for the `RUN`s of the
    /// overlay counts; of it nothing is said.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:Dockerfile.overlay
    /// CMD ["/usr/local/bin/server", "--verbose"]
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// overlay = "Dockerfile.overlay"
    /// build.target = "./cmd/server"
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
    /// ```text,file:Dockerfile.overlay
    /// COPY go.mod /app/go.mod
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// overlay = "Dockerfile.overlay"
    /// build.target = "./cmd/server"
    /// runtime.cmd = ["/usr/local/bin/server", "--verbose"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: the line does nothing.
    "overlay-no-effect", Warning, check in files
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // In a stage that the user writes all lines are the user's.
    let (Some(_), Some(stage)) = (&subject.plan.image, subject.plan.final_stage()) else {
        return;
    };
    let runtime = &subject.config.runtime;
    for (index, instruction) in stage.instructions.iter().enumerate() {
        let InstructionKind::Written(written) = &instruction.kind else {
            continue;
        };
        // What the file sets itself is a contradiction, which another rule speaks about.
        let (key, is_set) = match written.keyword.as_str() {
            "CMD" => ("cmd", runtime.cmd.is_some()),
            "ENTRYPOINT" => ("entrypoint", runtime.entrypoint.is_some()),
            "USER" => ("user", runtime.user.is_some()),
            "HEALTHCHECK" => (
                "healthcheck",
                subject.config.healthcheck.is_some() || subject.config.no_healthcheck.is_some(),
            ),
            _ => continue,
        };
        let is_overlay = instruction.origin.file != File::Document;
        if !is_overlay || is_set || !is_overwritten(stage, index, &written.keyword) {
            continue;
        }
        let keyword = &written.keyword;
        findings
            .report_in(
                instruction.origin.file.clone(),
                written.keyword_span,
                format!("`{keyword}` has no effect: a default line follows"),
            )
            .why(format!("the last `{keyword}` of a stage counts"))
            .help(format!("say it in the file: `runtime.{key} = …`"))
            .unnecessary();
    }
}

/// Whether the renderer's own line follows, and nothing between heeds this one.
fn is_overwritten(stage: &BuildStage, index: usize, keyword: &str) -> bool {
    let later = stage.instructions.get(index + 1..).unwrap_or_default();
    let heeds = |it: &Instruction| {
        keyword == "USER"
            && match &it.kind {
                InstructionKind::Run(_) => true,
                InstructionKind::Written(written) => {
                    matches!(written.keyword.as_str(), "RUN" | "WORKDIR")
                }
                _ => false,
            }
    };
    for it in later {
        let is_same = match &it.kind {
            InstructionKind::Cmd(_) => keyword == "CMD",
            InstructionKind::Entrypoint(_) => keyword == "ENTRYPOINT",
            InstructionKind::User(_) => keyword == "USER",
            InstructionKind::Healthcheck(_) => keyword == "HEALTHCHECK",
            _ => false,
        };
        if is_same || heeds(it) {
            return is_same;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::with_overlay;

    fn found(document: &str, overlay: &str) -> Vec<String> {
        let analysis = with_overlay(document, overlay);
        let found = analysis.diagnostics.into_iter();
        let found = found.filter(|it| it.rule == "overlay-no-effect");
        found.map(|it| it.message).collect()
    }

    #[test]
    fn what_a_default_line_overwrites_is_found() {
        assert_eq!(
            found("", "USER 1:1\nCMD [\"x\"]\n"),
            [
                "`USER` has no effect: a default line follows",
                "`CMD` has no effect: a default line follows",
            ]
        );
        let init = "runtime.init = \"tini\"";
        assert_eq!(
            found(init, "ENTRYPOINT [\"x\"]\n"),
            ["`ENTRYPOINT` has no effect: a default line follows"]
        );
    }

    #[test]
    fn what_counts_is_fine() {
        for overlay in [
            "USER 1:1\nRUN id\n",
            "ENTRYPOINT [\"x\"]\n",
            "HEALTHCHECK NONE\n",
            "FROM alpine:3.23 AS a\nUSER 1:1\nCMD [\"x\"]\n",
        ] {
            assert!(found("", overlay).is_empty(), "{overlay}");
        }
        let check = "HEALTHCHECK CMD true\n";
        assert!(found("runtime.healthcheck = false", check).is_empty());
    }
}
