//! `not-portable`.

use crate::config::values::Text;
use crate::diagnostic::{Diagnostic, File, Fix};
use crate::image::variables;
use crate::plan::sources::{copy_tables, step_tables};
use crate::plan::{Flag, InstructionKind, Mount, Written};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::removal::removal_of_value;
use crate::text::Span;

rule! {
    /// Something that older builders do not know, in a file that is rendered for them.
    ///
    /// With `render.target = "portable"`, everything that docksmith writes by itself is understood by buildah 1.28 and by
    /// Docker 20.10 without network; `link` and `start_interval` are left out, and scripts of several lines are written
    /// without heredocs. What is left out only at the price of another image is rendered as it was asked for: older
    /// builders stop there, with an error such as `unknown flag: --exclude`, or ignore it silently.
    ///
    /// ```toml,bad
    /// language = "go"
    /// render.target = "portable"
    /// runtime.copy = [{ src = "web/", dst = "/app/web/", exclude = ["*.map"] }]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// render.target = "portable"
    /// runtime.copy = [{ src = "web/", dst = "/app/web/" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the builders that are used are known to understand it; if all do, `render.target = "buildkit"`
    /// says so for the whole file.
    "not-portable", Warning, check; fix Unsafe
}

/// What older builders make of most of it.
const STOPS: &str = "buildah 1.28 and Docker 20.10 stop there";

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !subject.plan.portable {
        return;
    }
    check_copies(subject, findings);
    check_steps(subject, findings);
    check_secrets(subject, findings);
    for stage in &subject.plan.stages {
        if substitutes(stage.base.text()) {
            let file = stage.origin.file.clone();
            unknown(findings, file, stage.origin.span, SUBSTITUTION, COMPUTE);
        }
    }
    for (_, instruction) in subject.plan.instructions() {
        let file = &instruction.origin.file;
        match &instruction.kind {
            InstructionKind::Env {
                value,
                expand: true,
                ..
            } if substitutes(value) => {
                let span = instruction.origin.span;
                unknown(findings, file.clone(), span, SUBSTITUTION, COMPUTE);
            }
            InstructionKind::Written(written) => check_written(written, file, findings),
            _ => {}
        }
    }
}

const SUBSTITUTION: &str = "`${NAME#pattern}` and its kin";
const COMPUTE: &str = "compute the value in a `RUN`, or give it as a build argument";
const LIST: &str = "list the files that are wanted, or leave the others out by `.dockerignore`";
const WHOLE: &str = "write one `COPY` for each folder";
const ONE_FILE: &str = "mount the secret as a file, and read it in the command";
const NUMBERS: &str = "write the mode in octal digits, such as `0755`";

/// Something that builders stop at.
fn unknown<'a>(
    findings: &'a mut Findings<'_>,
    file: File,
    span: Span,
    what: &str,
    help: &str,
) -> &'a mut Diagnostic {
    findings
        .report_in(file, span, format!("older builders do not know {what}"))
        .why(STOPS)
        .help(help)
}

/// A fix that drops the key whose value the finding marks.
fn drop_key(subject: &Subject<'_>, name: &str, finding: &mut Diagnostic) {
    if let Some(place) = removal_of_value(subject.text, subject.document, finding.span) {
        finding.fix(Fix::unsafe_(format!("drop `{name}`"), place, ""));
    }
}

/// A mode that is not octal.
fn check_mode(mode: &str, file: &File, span: Span, findings: &mut Findings<'_>) {
    if mode.bytes().all(|it| it.is_ascii_digit()) {
        return;
    }
    findings
        .report_in(
            file.clone(),
            span,
            format!("older builders do not know the mode `{mode}`"),
        )
        .why("Docker 20.10 ignores it silently, and buildah 1.28 stops at symbols")
        .help(NUMBERS);
}

fn check_copies(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for copy in copy_tables(subject.config) {
        if let Some(exclude) = copy.exclude.as_ref().filter(|it| !it.is_empty()) {
            let finding = unknown(findings, File::Document, exclude.span, "`exclude`", LIST);
            drop_key(subject, "exclude", finding);
        }
        if let Some(parents) = copy.parents.as_ref().filter(|it| it.value) {
            let finding = unknown(findings, File::Document, parents.span, "`parents`", WHOLE);
            drop_key(subject, "parents", finding);
        }
        if let Some(chmod) = &copy.chmod {
            check_mode(chmod, &File::Document, chmod.span, findings);
        }
    }
}

fn check_steps(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for step in step_tables(subject.config) {
        if let Some(network) = &step.network {
            let help = "leave it out: nothing else of the step depends on it";
            let finding = unknown(findings, File::Document, network.span, "`network`", help);
            drop_key(subject, "network", finding);
        }
        let Some(add) = &step.add else { continue };
        if let Some(checksum) = &add.checksum {
            let help = "declare the download under `[[external_tools]]`, which is checked in every builder";
            unknown(findings, File::Document, checksum.span, "`checksum`", help);
        }
        if let Some(unpack) = &add.unpack {
            let help = "unpack it in a `RUN`";
            unknown(findings, File::Document, unpack.span, "`unpack`", help);
        }
        if let Some(chmod) = &add.chmod {
            let is_remote = add.src.texts().iter().any(|it: &Text| it.contains("://"));
            check_mode(chmod, &File::Document, chmod.span, findings);
            if is_remote && chmod.bytes().all(|it| it.is_ascii_digit()) {
                of_remote(&File::Document, chmod.span, findings);
            }
        }
    }
}

/// The mode of a download.
fn of_remote(file: &File, span: Span, findings: &mut Findings<'_>) {
    findings
        .report_in(
            file.clone(),
            span,
            "older builders do not give a download its mode",
        )
        .why("Docker 20.10 ignores it silently: the file is readable by root only")
        .help("set the mode in a `RUN chmod`, or declare it under `[[external_tools]]`");
}

/// Secrets that are variables, where something mounts them.
fn check_secrets(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (id, secret) in subject.config.secrets.iter() {
        let Some(env) = &secret.env else { continue };
        let is_mounted = subject
            .plan
            .instructions()
            .any(|(_, instruction)| match &instruction.kind {
                InstructionKind::Run(run) => run.mounts.iter().any(
                    |mount| matches!(mount, Mount::Secret { id: mounted, .. } if *mounted == id.value),
                ),
                _ => false,
            });
        if is_mounted {
            unknown(
                findings,
                File::Document,
                env.span,
                "secrets in variables",
                ONE_FILE,
            );
        }
    }
}

/// An instruction in Dockerfile's own language. `--link` and `--start-interval` are left out when it is rendered.
fn check_written(written: &Written, file: &File, findings: &mut Findings<'_>) {
    for flag in &written.flags {
        check_flag(written, flag, file, findings);
    }
    if has_heredoc(written) {
        let help = "write a `{ run = \"…\" }` step, or copy a file of the build context";
        unknown(
            findings,
            file.clone(),
            written.arguments_span,
            "heredocs",
            help,
        );
    }
    let expands = matches!(
        written.keyword.as_str(),
        "ADD"
            | "ARG"
            | "COPY"
            | "ENV"
            | "EXPOSE"
            | "LABEL"
            | "STOPSIGNAL"
            | "USER"
            | "VOLUME"
            | "WORKDIR"
    );
    if expands && substitutes(&written.arguments) {
        unknown(
            findings,
            file.clone(),
            written.arguments_span,
            SUBSTITUTION,
            COMPUTE,
        );
    }
}

fn check_flag(written: &Written, flag: &Flag, file: &File, findings: &mut Findings<'_>) {
    let value = flag.value.as_deref().unwrap_or_default();
    let help = match (written.keyword.as_str(), flag.name.as_str()) {
        ("COPY" | "ADD", "exclude") => LIST,
        ("COPY", "parents") => WHOLE,
        ("ADD", "checksum") => {
            "declare the download under `[[external_tools]]`, which is checked in every builder"
        }
        ("ADD", "unpack") => "unpack it in a `RUN`",
        ("ADD", "keep-git-dir") => "clone the repository in a `RUN`",
        ("RUN", "network" | "security" | "device") => "leave it out, or render for BuildKit",
        ("RUN", "mount") if value.split(',').any(|part| part.starts_with("env=")) => {
            unknown(
                findings,
                file.clone(),
                flag.span,
                "secrets in variables",
                ONE_FILE,
            );
            return;
        }
        ("COPY" | "ADD", "chmod") => {
            check_mode(value, file, flag.span, findings);
            let is_remote = written.paths.iter().any(|path| path.path.contains("://"));
            if is_remote && value.bytes().all(|it| it.is_ascii_digit()) {
                of_remote(file, flag.span, findings);
            }
            return;
        }
        _ => return,
    };
    let what = format!("`--{}`", flag.name);
    let finding = unknown(findings, file.clone(), flag.span, &what, help);
    // Without the others something would be missing or unchecked.
    if matches!(
        flag.name.as_str(),
        "exclude" | "parents" | "network" | "security" | "device"
    ) {
        let place = written.without_flag(flag);
        finding.fix(Fix::unsafe_(format!("drop {what}"), place, "").in_file(file));
    }
}

/// Whether lines of content follow: `<<EOT`, `<<-"EOT"`. In arithmetic, as in `$((1 << n))`, `<<` has nothing to end it.
fn has_heredoc(written: &Written) -> bool {
    let is_possible = matches!(written.keyword.as_str(), "RUN" | "COPY" | "ADD");
    let mut openings = written.arguments.split("<<").skip(1);
    is_possible
        && openings.any(|rest| {
            let word = rest.trim_start_matches('-').trim_start_matches(['"', '\'']);
            let end = word
                .find(|it: char| !it.is_ascii_alphanumeric() && it != '_')
                .unwrap_or(word.len());
            let mark = word.get(..end).unwrap_or_default();
            let mut lines = rest.lines().skip(1);
            !mark.is_empty() && lines.any(|line| line.trim_start_matches('\t') == mark)
        })
}

/// Whether a variable is cut or replaced as it is expanded: `${X#v}`, `${X%.*}`, `${X//a/b}`.
fn substitutes(text: &str) -> bool {
    variables(text).iter().any(|(name, range)| {
        let behind = range.start + "${".len() + name.len();
        text.get(behind..range.end)
            .is_some_and(|rest| rest.starts_with(['#', '%', '/']))
    })
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::diagnostic::File;
    use crate::rules::tests::check;

    #[test]
    fn everything_that_changes_the_image_is_told_at_its_key() {
        check(
            r#"
language = "go"
render.target = "portable"
secrets.token = { env = "TOKEN" }
#                       ^^^^^^^ warning: older builders do not know secrets in variables
runtime.env.A = { value = "${VERSION#v}", expand = true }
#           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: older builders do not know `${NAME#pattern}` and its kin
[[build.copy]]
src = "web/"
dst = "web/"
chmod = "u=rwX,go=rX"
#       ^^^^^^^^^^^^^ warning: older builders do not know the mode `u=rwX,go=rX`
parents = true
#         ^^^^ warning: older builders do not know `parents`
[[build.steps]]
run = "true"
secret = ["token"]
network = "none"
#         ^^^^^^ warning: older builders do not know `network`
[[build.steps]]
[build.steps.add]
src = "https://example.com/x"
dst = "/x"
checksum = "sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
#          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: older builders do not know `checksum`
chmod = "0755"
#       ^^^^^^ warning: older builders do not give a download its mode
"#,
        );
    }

    /// What is said about an overlay, with the places.
    fn said(overlay: &str, target: &str) -> Vec<(String, String)> {
        let files = Files::new([("Dockerfile.overlay", overlay)]);
        let text = format!(
            "language = \"go\"\noverlay = \"Dockerfile.overlay\"\nrender.target = \"{target}\"\n"
        );
        let found = analyze(&text, &files).diagnostics.into_iter();
        let found = found.filter(|it| it.rule == "not-portable");
        found
            .map(|it| {
                assert_eq!(it.file, File::Context("Dockerfile.overlay".to_owned()));
                (it.span.of(overlay).to_owned(), it.message)
            })
            .collect()
    }

    #[test]
    fn an_overlay_is_read_flag_by_flag() {
        let rows = [
            ("COPY --exclude=*.md a /a", "*.md", "`--exclude`"),
            ("COPY --parents a/b /a/", "--parents", "`--parents`"),
            ("COPY --chmod=$MODE a /a", "$MODE", "the mode `$MODE`"),
            ("ADD --keep-git-dir=true a /a", "true", "`--keep-git-dir`"),
            ("RUN --network=none make", "none", "`--network`"),
            (
                "RUN --mount=type=secret,id=a,env=A make",
                "type=secret,id=a,env=A",
                "secrets in variables",
            ),
            ("RUN <<EOT\nmake\nEOT", "<<EOT\nmake\nEOT", "heredocs"),
            (
                "COPY <<-\"EOT\" /x\nmake\n\tEOT",
                "<<-\"EOT\" /x\nmake\n\tEOT",
                "heredocs",
            ),
            (
                "ENV A=${B//x/y}",
                "A=${B//x/y}",
                "`${NAME#pattern}` and its kin",
            ),
            (
                "FROM alpine:${V%-rc} AS x",
                "alpine:${V%-rc}",
                "`${NAME#pattern}` and its kin",
            ),
        ];
        for (line, place, what) in rows {
            let overlay = format!("RUN true\n{line}\n");
            let message = format!("older builders do not know {what}");
            assert_eq!(
                said(&overlay, "portable"),
                [(place.to_owned(), message)],
                "{line}"
            );
            assert_eq!(said(&overlay, "buildkit"), [], "{line}");
        }
    }

    #[test]
    fn what_every_builder_knows_is_fine() {
        for line in [
            "COPY --link --chown=1:1 --chmod=0755 a /a",
            "HEALTHCHECK --start-interval=1s CMD true",
            "RUN --mount=type=cache,target=/x --mount=type=secret,id=a,target=/a make",
            "RUN test $((1 << 2)) = 4 && echo ${A#b}",
            "ENV A=${B:-c}",
            "LABEL a=b",
        ] {
            assert_eq!(said(&format!("{line}\n"), "portable"), [], "{line}");
        }
    }
}
