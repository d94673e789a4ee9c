//! `privileged-port`.

use crate::diagnostic::Fix;
use crate::plan::InstructionKind;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// The program is to listen on a port below 1024, and is not root.
    ///
    /// Docker lets any user bind such a port; Podman and Kubernetes leave it to root, so there the program would stop
    /// with `permission denied`. Outside of the container any port can be mapped to any other: `docker run -p 80:8080`.
    ///
    /// ```toml,bad
    /// language = "static"
    /// runtime.expose = 80
    /// ```
    ///
    /// ```toml,good
    /// language = "static"
    /// runtime.expose = 8080
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the image runs on Docker only, or where the cluster lowers
    /// `net.ipv4.ip_unprivileged_port_start`.
    "privileged-port", Info, Medium, check; fix Unsafe
}

/// The first port that every user can bind everywhere.
const FIRST_FREE: u16 = 1024;

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (Some(image), Some(stage)) = (&subject.plan.image, subject.plan.final_stage()) else {
        return;
    };
    if image.user.is_root() {
        return;
    }
    for instruction in &stage.instructions {
        let InstructionKind::Expose(text) = &instruction.kind else {
            continue;
        };
        let digits = text.split(|it: char| !it.is_ascii_digit()).next();
        let number = digits.and_then(|digits| digits.parse::<u16>().ok());
        let Some(number) = number.filter(|number| (1..FIRST_FREE).contains(number)) else {
            continue;
        };
        let span = instruction.origin.span;
        let other = 8000 + number;
        let message = format!("port {number} is root's on some systems, and the user is not root");
        let finding = findings.report(span, message);
        finding.why("Podman and Kubernetes would stop the program with `permission denied`");
        if subject.config.runtime.expose.is_none() {
            finding.help(format!("say another port: `expose = {other}`"));
            continue;
        }
        finding.help(format!("let the program listen on {other}"));
        if subject.written(span) == number.to_string() {
            finding.fix(Fix::unsafe_(
                format!("expose {other}"),
                span,
                other.to_string(),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn each_port_is_looked_at() {
        check(
            r#"
language = "go"
runtime.expose = [8080, "53/udp"]
#                       ^^^^^^^^ info: port 53 is root's on some systems, and the user is not root
"#,
        );
    }

    #[test]
    fn old_files_have_port_80_by_default() {
        check(
            r#"
runtime = "static"
#         ^^^^^^^^ info: port 80 is root's on some systems, and the user is not root
"#,
        );
    }

    #[test]
    fn root_may_bind_any_port() {
        let found = crate::analysis::analyze(
            "language = \"static\"\nruntime.expose = 80\nruntime.user = false\n",
            &crate::context::NoContext::default(),
        );
        assert!(
            found
                .diagnostics
                .iter()
                .all(|it| it.rule != "privileged-port")
        );
    }
}
