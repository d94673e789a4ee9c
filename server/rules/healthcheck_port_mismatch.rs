//! `healthcheck-port-mismatch`.

use std::ops::RangeInclusive;

use crate::diagnostic::Fix;
use crate::plan::commands::{Purpose, commands};
use crate::plan::local_url::local_urls;
use crate::plan::{BuildStage, InstructionKind};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// The health check asks a port that the image does not expose.
    ///
    /// Mostly one of the two was changed and the other forgotten: every check fails with `connection refused`, and the
    /// container is unhealthy for ever.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.expose = 9000
    /// runtime.healthcheck = "wget -q --spider http://127.0.0.1:8080/ || exit 1"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.expose = 9000
    /// runtime.healthcheck = "wget -q --spider http://127.0.0.1:9000/ || exit 1"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Where the program answers checks on a port of its own that nobody else is to see:
    /// `# docksmith: ignore[healthcheck-port-mismatch] management port`.
    "healthcheck-port-mismatch", Warning, Medium, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(exposed) = subject.plan.final_stage().and_then(exposed) else {
        return;
    };
    let Some(first) = exposed.first().map(|range| *range.start()) else {
        return;
    };
    for command in commands(subject.config, subject.text) {
        if command.purpose != Purpose::Check {
            continue;
        }
        for url in local_urls(&command, subject.text) {
            let Some(port) = url.port else { continue };
            if exposed.iter().any(|range| range.contains(&port)) {
                continue;
            }
            let span = url.port_span.unwrap_or(url.host_span);
            let message = format!("the health check asks port {port}, which is not exposed");
            let finding = findings.report(span, message);
            match (&subject.config.runtime.expose, &subject.config.language) {
                (Some(expose), _) => finding.label(expose.span, "what the image exposes"),
                (None, Some(language)) => {
                    finding.label(language.span, format!("exposes {first} by default"))
                }
                (None, None) => finding,
            };
            finding.why("if nothing listens there, the container is unhealthy for ever");
            finding.help(format!(
                "ask port {first}, or expose the other one: `expose = {port}`"
            ));
            let is_only = exposed.len() == 1 && exposed.iter().all(|it| it.start() == it.end());
            if let Some(span) = url.port_span.filter(|_| is_only) {
                let title = format!("replace {port} by {first}");
                finding.fix(Fix::unsafe_(title, span, first.to_string()));
            }
        }
    }
}

/// The TCP ports that a stage exposes; nothing where they are not known.
fn exposed(stage: &BuildStage) -> Option<Vec<RangeInclusive<u16>>> {
    let mut texts: Vec<&str> = Vec::new();
    for instruction in &stage.instructions {
        match &instruction.kind {
            InstructionKind::Expose(text) => texts.push(text),
            InstructionKind::Written(written) => {
                texts.extend(written.ports.iter().map(|port| port.value.as_str()));
            }
            _ => {}
        }
    }
    let mut ports = Vec::new();
    for text in texts {
        let (numbers, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
        let range = first.parse().ok()?..=last.parse().ok()?;
        if protocol.eq_ignore_ascii_case("tcp") {
            ports.push(range);
        }
    }
    Some(ports)
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn the_port_of_the_scheme_counts() {
        check(
            r#"
language = "go"
runtime.image = "debian:bookworm-slim"
runtime.packages = ["ca-certificates", "curl"]
runtime.expose = [8080, "9000-9010/tcp", "443/udp"]
runtime.healthcheck = ["curl", "-kf", "https://[::1]/ready"]
#                                              ^^^^^ warning: the health check asks port 443, which is not exposed
"#,
        );
    }

    #[test]
    fn the_default_port_counts() {
        check(
            r#"
language = "node"
runtime.cmd = ["node", "server.js"]
runtime.healthcheck = { cmd = "wget -q --spider http://127.0.0.1:8081/" }
#                                                                ^^^^ warning: the health check asks port 8081, which is not exposed
"#,
        );
    }

    #[test]
    fn what_fits_or_is_not_known_is_fine() {
        for line in [
            "runtime.expose = [\"9000-9010/tcp\"]\nruntime.healthcheck = \"wget -q http://127.0.0.1:9001/\"",
            "runtime.expose = 80\nruntime.healthcheck = \"wget -q http://127.0.0.1/\"",
            "runtime.expose = false\nruntime.healthcheck = \"wget -q http://127.0.0.1:9001/\"",
            "runtime.healthcheck = \"wget -q http://127.0.0.1:${PORT}/\"",
            "runtime.healthcheck = \"wget -q http://127.0.0.1:80$PORT/\"",
            "runtime.healthcheck = \"wget -q http://other:9001/\"",
            "runtime.expose = 9001\nruntime.healthcheck = [\"/app/main\", \"health\"]",
            "runtime.steps = [\"EXPOSE $PORT\"]\nruntime.healthcheck = \"wget -q http://127.0.0.1:9001/\"",
        ] {
            check(&format!(
                "language = \"go\"\nruntime.image = \"alpine:3.23\"\n{line}\n"
            ));
        }
    }
}
