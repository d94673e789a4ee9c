//! `dest-needs-slash`.

use crate::config::values::{OneOrMany, Text};
use crate::context::glob::{expand, is_glob};
use crate::diagnostic::Fix;
use crate::plan::sources::{cleaned, copy_tables, step_tables};
use crate::plan::{Instruction, InstructionKind, Written};
use crate::rules::{Findings, Subject, rule};
use crate::text::{Span, Spanned};

rule! {
    /// Several sources are copied to a destination that is no folder.
    ///
    /// The build would stop: `When using COPY with more than one source file, the destination must be a directory and end
    /// with a /`. The same holds for a pattern that matches several files.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = ["sql", "migrations"], dst = "/app/data" }]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = ["sql", "migrations"], dst = "/app/data/" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: every builder stops at this.
    "dest-needs-slash", Error, check in files; fix Safe; also ["hadolint DL3021"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    for copy in copy_tables(config) {
        check_table(
            &copy.src,
            &copy.dst,
            copy.source().is_none(),
            subject,
            findings,
        );
    }
    for asset in &config.assets {
        check_table(&asset.src, &asset.dst, true, subject, findings);
    }
    for add in step_tables(config)
        .into_iter()
        .filter_map(|step| step.add.as_ref())
    {
        check_table(&add.src, &add.dst, true, subject, findings);
    }
    for (_, instruction) in subject.plan.instructions() {
        if let InstructionKind::Written(written) = &instruction.kind {
            check_written(written, instruction, subject, findings);
        }
    }
}

fn check_table(
    src: &Spanned<OneOrMany>,
    dst: &Text,
    from_context: bool,
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
) {
    if is_folder(dst) {
        return;
    }
    let sources = src.texts();
    let globs = sources.iter().filter(|_| from_context);
    let globs = globs.map(|source| subject.layout.path(source));
    let Some(what) = several(sources.len(), globs, subject) else {
        return;
    };
    report(findings, dst, &what, dst.span, subject);
}

fn check_written(
    written: &Written,
    instruction: &Instruction,
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
) {
    let is_copy = matches!(written.keyword.as_str(), "COPY" | "ADD");
    let Some((dst, sources)) = written.paths.split_last().filter(|_| is_copy) else {
        return;
    };
    let Some(span) = dst.span.filter(|_| !is_folder(&dst.path)) else {
        return;
    };
    let globs = sources.iter().filter(|_| written.flag("from").is_none());
    let globs = globs.map(|source| source.path.clone());
    let Some(what) = several(sources.len(), globs, subject) else {
        return;
    };
    let message = message(&what, &dst.path);
    let finding = findings.report_in(instruction.origin.file.clone(), span, message);
    finding.why(WHY).help(format!("write `{}/`", dst.path));
    let is_document = instruction.origin.file == Default::default();
    if is_document && subject.written(span) == dst.path {
        finding.fix(Fix::safe(TITLE, span, format!("{}/", dst.path)));
    }
}

const WHY: &str = "the build would stop: a destination of several sources must end with a `/`";
const TITLE: &str = "add a `/` to the destination";

fn message(what: &str, dst: &str) -> String {
    format!("{what} to `{dst}`, which does not end in `/`")
}

fn report(findings: &mut Findings<'_>, dst: &str, what: &str, span: Span, subject: &Subject<'_>) {
    let finding = findings.report(span, message(what, dst));
    finding.why(WHY).help(format!("write `{dst}/`"));
    let literal = subject.written(span);
    if literal.matches(dst).count() == 1 {
        let text = literal.replace(dst, &format!("{dst}/"));
        finding.fix(Fix::safe(TITLE, span, text));
    }
}

/// Whether builders take a destination for a folder, or might.
fn is_folder(dst: &str) -> bool {
    dst.contains('$') || matches!(dst, "." | "..") || dst.ends_with(['/']) || dst.ends_with("/.")
}

/// What is copied, if it is more than one thing.
fn several(
    count: usize,
    globs: impl IntoIterator<Item = String>,
    subject: &Subject<'_>,
) -> Option<String> {
    if count > 1 {
        return Some(format!("{count} sources go"));
    }
    let glob = globs
        .into_iter()
        .find(|path| is_glob(path) && !path.contains('$'))?;
    let matched = expand(subject.context, &cleaned(&glob)?)?.len();
    (matched > 1).then(|| format!("{matched} matches go"))
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check_with;

    #[test]
    fn steps_and_patterns_are_looked_at() {
        check_with(
            r#"
stages = [{ name = "a", from = "alpine:3.22", final = true, user = "1:1", workdir = "/x", steps = ["COPY a.sql b.sql /sql", "COPY *.sql /sql", "COPY a.sql b.sql ."] }]
#                                                                                                                    ^^^^ error: 2 sources go to `/sql`, which does not end in `/`
#                                                                                                                                       ^^^^ error: 2 matches go to `/sql`, which does not end in `/`
"#,
            &[("a.sql", ""), ("b.sql", "")],
        );
    }

    #[test]
    fn one_match_may_be_renamed() {
        check_with(
            r#"
stages = [{ name = "a", from = "alpine:3.22", final = true, user = "1:1", steps = ["COPY *.sql /all", "COPY --from=nginx:1.29 /x* /y"] }]
"#,
            &[("a.sql", "")],
        );
    }
}
