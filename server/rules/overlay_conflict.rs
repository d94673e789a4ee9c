//! `overlay-conflict`.

use crate::config::values::Text;
use crate::diagnostic::{Edit, File, Fix};
use crate::plan::{BuildStage, Instruction, InstructionKind, Written};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// The overlay sets what the file sets too.
    ///
    /// Of two commands, users or values of one variable the last one counts, and which one that is takes a look at the
    /// rendered text. Say it once, in the file.
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
    /// ENV MODE=debug
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// overlay = "Dockerfile.overlay"
    /// build.target = "./cmd/server"
    /// runtime.env = { MODE = "release" }
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
    /// ENV LEVEL=debug
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// overlay = "Dockerfile.overlay"
    /// build.target = "./cmd/server"
    /// runtime.env = { MODE = "release" }
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: remove one of the two. Nothing is said of a `USER`, an `ENV` or a `SHELL` that a `RUN` of the overlay needs.
    "overlay-conflict", Error, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // In a stage that the user writes all lines are the user's.
    let (Some(_), Some(stage)) = (&subject.plan.image, subject.plan.final_stage()) else {
        return;
    };
    for (index, instruction) in stage.instructions.iter().enumerate() {
        let InstructionKind::Written(written) = &instruction.kind else {
            continue;
        };
        if instruction.origin.file == File::Document {
            continue;
        }
        let needed = is_needed(stage, index);
        for (what, span, other) in contradictions(subject, written, needed) {
            let finding = findings.report_in(
                instruction.origin.file.clone(),
                span,
                format!("the overlay and the file set {what}"),
            );
            finding.label(other, "set here too");
            finding.why("the last one in the rendered text counts, and the other does nothing");
            finding.help("remove it here, and say it in the file alone");
            if written.pairs.len() < 2 {
                finding.fix = removal(subject, instruction);
            }
        }
    }
}

/// What an instruction sets that the file sets too: its name for people, its place, and the place in the file.
fn contradictions(
    subject: &Subject<'_>,
    written: &Written,
    needed: bool,
) -> Vec<(String, Span, Span)> {
    let config = subject.config;
    let runtime = &config.runtime;
    let keyword = written.keyword.as_str();
    let check = config.healthcheck.as_ref().map(|check| check.span);
    let other = match keyword {
        "CMD" => runtime.cmd.as_ref().map(|it| it.span),
        "ENTRYPOINT" => runtime.entrypoint.as_ref().map(|it| it.span),
        "HEALTHCHECK" => check.or(config.no_healthcheck),
        "STOPSIGNAL" => runtime.stop_signal.as_ref().map(|it| it.span),
        "USER" if !needed => runtime.user.as_ref().map(|it| it.span),
        "SHELL" if !needed => runtime.shell.as_ref().map(|it| it.span),
        "WORKDIR" if !needed => runtime.workdir.as_ref().map(|it| it.span),
        _ => None,
    };
    let mut list: Vec<(String, Span, Span)> = Vec::new();
    list.extend(other.map(|other| (format!("`{keyword}`"), written.keyword_span, other)));
    let names: Vec<&Text> = match keyword {
        "ENV" if !needed => config
            .env
            .iter()
            // `PATH = { value = "/app/bin:$PATH", expand = true }` adds to what the overlay sets.
            .filter(|(name, value)| {
                !(value.expands() && value.text().contains(&format!("${}", name.value)))
            })
            .map(|(name, _)| name)
            .collect(),
        "LABEL" => runtime.labels.iter().map(|(name, _)| name).collect(),
        _ => Vec::new(),
    };
    for pair in &written.pairs {
        let same = names.iter().find(|name| name.value == pair.name.value);
        if let Some(name) = same {
            let what = format!("`{}`", pair.name.value);
            list.push((what, pair.name.span, name.span));
        }
    }
    list
}

/// Whether an instruction of the overlay further down may need what this one sets.
fn is_needed(stage: &BuildStage, index: usize) -> bool {
    let later = stage.instructions.get(index + 1..).unwrap_or_default();
    let own = later
        .iter()
        .take_while(|it| it.origin.file != File::Document);
    own.into_iter().any(|it| match &it.kind {
        InstructionKind::Written(written) => {
            matches!(
                written.keyword.as_str(),
                "RUN" | "COPY" | "ADD" | "ENV" | "WORKDIR"
            )
        }
        _ => false,
    })
}

/// Takes an instruction out of the overlay, with the end of its line.
fn removal(subject: &Subject<'_>, instruction: &Instruction) -> Option<Fix> {
    let File::Context(path) = &instruction.origin.file else {
        return None;
    };
    let text = subject.context.text(path)?;
    let span = instruction.origin.span;
    let rest = text.get(span.end as usize..)?;
    let line_end = rest.bytes().take_while(|it| b" \t\r".contains(it)).count();
    let line_end = line_end + usize::from(rest.as_bytes().get(line_end) == Some(&b'\n'));
    Some(Fix {
        title: "remove the line of the overlay".to_owned(),
        safe: false,
        edits: vec![Edit {
            file: instruction.origin.file.clone(),
            span: Span::new(span.start as usize, span.end as usize + line_end),
            text: String::new(),
        }],
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::with_overlay;

    /// What is said, and what the fixes leave of the overlay.
    fn found(document: &str, overlay: &str) -> (Vec<String>, String) {
        let analysis = with_overlay(document, overlay);
        let found = analysis.diagnostics.into_iter();
        let found: Vec<_> = found.filter(|it| it.rule == "overlay-conflict").collect();
        let mut fixed = overlay.to_owned();
        let edits = found.iter().filter_map(|it| it.fix.as_ref());
        let mut edits: Vec<_> = edits.flat_map(|fix| &fix.edits).collect();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
        for edit in edits {
            fixed.replace_range(edit.span.range(), &edit.text);
        }
        (found.into_iter().map(|it| it.message).collect(), fixed)
    }

    #[test]
    fn what_both_set_is_found_and_removed() {
        let (messages, fixed) = found(
            "runtime.cmd = [\"a\"]\nruntime.user = \"1:1\"",
            "CMD [\"b\"]\nEXPOSE 1\nUSER 2:2\n",
        );
        assert_eq!(
            messages,
            [
                "the overlay and the file set `CMD`",
                "the overlay and the file set `USER`"
            ]
        );
        assert_eq!(fixed, "EXPOSE 1\n");
    }

    #[test]
    fn names_are_compared() {
        let (messages, fixed) = found(
            "env.A = \"1\"\nruntime.labels = { \"a.b\" = \"x\" }",
            "LABEL a.b=1 a.c=2\nENV A=2 B=3\n",
        );
        assert_eq!(
            messages,
            [
                "the overlay and the file set `a.b`",
                "the overlay and the file set `A`"
            ]
        );
        assert_eq!(fixed, "LABEL a.b=1 a.c=2\nENV A=2 B=3\n");
    }

    #[test]
    fn what_differs_or_is_needed_is_fine() {
        for (document, overlay) in [
            ("runtime.user = \"1:1\"", "USER 0:0\nRUN id\n"),
            ("env.A = \"1\"", "ENV a=1\n"),
            (
                "env.PATH = { value = \"/x:$PATH\", expand = true }",
                "ENV PATH=/y:$PATH\n",
            ),
            ("runtime.expose = 1", "EXPOSE 1\n"),
            (
                "runtime.cmd = [\"a\"]",
                "FROM alpine:3.23 AS a\nCMD [\"b\"]\n",
            ),
        ] {
            assert!(found(document, overlay).0.is_empty(), "{overlay}");
        }
    }
}
