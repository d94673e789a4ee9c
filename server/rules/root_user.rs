//! `root-user`.

use crate::config::runtime::User;
use crate::diagnostic::{Diagnostic, File, Fix};
use crate::plan::{BuildStage, FinalImage, Instruction, InstructionKind};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// The container runs as root.
    ///
    /// Whoever breaks into the program is root in the container, and with a mounted folder or a fault of the kernel
    /// outside of it. Kubernetes refuses such an image where `runAsNonRoot` is set: `container has runAsNonRoot and image
    /// will run as root`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.user = false
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.user = "65532:65532"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it for a program that must be root, such as one that changes the network, or for an image that is only
    /// the base of others which name a user.
    "root-user", Warning, check; fix Unsafe; also ["hadolint DL3002", "trivy DS-0002"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    match (&subject.plan.image, subject.plan.final_stage()) {
        (Some(image), _) => check_runtime(subject, image, findings),
        (None, Some(stage)) => check_stage(subject, stage, findings),
        (None, None) => {}
    }
}

fn check_runtime(subject: &Subject<'_>, image: &FinalImage, findings: &mut Findings<'_>) {
    // That a new user has root's number is said by another rule.
    if !image.user.is_root() || image.user.created {
        return;
    }
    let known = image.base.known.as_ref();
    let own = known.and_then(|known| known.application_user);
    let has_shell = known.is_some_and(|known| known.shell == Some(true));
    let user = match own {
        Some(user) => format!("{}:{}", user.uid, user.gid),
        None if has_shell => "app:10001".to_owned(),
        None => "10001:10001".to_owned(),
    };
    let finding = findings.report(image.user.span, "the container runs as root");
    finding.why("whoever breaks into the program is root in the container");
    finding.help(format!("name a user: `user = \"{user}\"`"));
    let written = subject.config.runtime.user.as_ref();
    if let Some(User::Text(_) | User::Root(_)) = written.map(|user| &user.value) {
        finding.fix(Fix::unsafe_(
            format!("run as `{user}`"),
            image.user.span,
            format!("\"{user}\""),
        ));
    }
}

/// A stage with `final = true`: its last `USER`, else what its base image says.
fn check_stage(subject: &Subject<'_>, stage: &BuildStage, findings: &mut Findings<'_>) {
    let line = subject.plan.ancestors(stage);
    let mut users = line
        .iter()
        .flat_map(|stage| stage.instructions.iter().rev())
        .filter_map(|instruction| user_of(instruction).map(|user| (user, instruction)));
    if let Some((user, instruction)) = users.next() {
        if matches!(user.split(':').next(), Some("root" | "0")) {
            let origin = &instruction.origin;
            let finding = report(origin.file.clone(), origin.span, findings);
            if let InstructionKind::Written(written) = &instruction.kind {
                let title = "run as `10001:10001`";
                let fix = Fix::unsafe_(title, written.arguments_span, "10001:10001");
                finding.fix(fix.in_file(&origin.file));
            }
        }
        return;
    }
    let facts = subject.plan.base_facts(stage);
    let starts_as_root = facts
        .and_then(|facts| facts.known)
        .and_then(|known| known.starts_as_root);
    if starts_as_root == Some(true) {
        let own = subject.config.stages.iter().find(|it| it.is_final());
        let span = own.map_or(stage.origin.span, |own| own.name.span);
        report(stage.origin.file.clone(), span, findings);
    }
}

fn report<'a>(
    file: File,
    span: crate::text::Span,
    findings: &'a mut Findings<'_>,
) -> &'a mut Diagnostic {
    let help = match file {
        File::Document => "end the stage with a user: `steps = [ … , { user = \"10001:10001\" }]`",
        File::Context(_) => "end the stage with a user: `USER 10001:10001`",
    };
    let finding = findings.report_in(file, span, "the container runs as root");
    finding.why("whoever breaks into the program is root in the container");
    finding.help(help)
}

fn user_of(instruction: &Instruction) -> Option<&str> {
    match &instruction.kind {
        InstructionKind::User(user) => Some(user),
        InstructionKind::Written(written) if written.keyword == "USER" => {
            Some(written.arguments.trim())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn the_base_image_may_leave_a_final_stage_to_root() {
        check(
            r#"
[[stages]]
name = "image"
#      ^^^^^^^ warning: the container runs as root
from = "alpine:3.23"
final = true
"#,
        );
    }

    #[test]
    fn the_last_user_counts() {
        check(
            r#"
[[stages]]
name = "image"
from = "alpine:3.23"
final = true
steps = [{ user = "root" }, "RUN touch /x", "USER 10001"]
"#,
        );
    }

    #[test]
    fn a_named_root_is_root() {
        check(
            r#"
language = "go"
runtime.user = "root"
#              ^^^^^^ warning: the container runs as root
"#,
        );
    }
}
