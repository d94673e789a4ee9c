//! `port-mapping`.

use crate::config::words::{quoted, short};
use crate::diagnostic::Fix;
use crate::plan::InstructionKind;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A port of the host, or an address, where the container's port is wanted.
    ///
    /// An image only says which ports its program listens on; who starts the container maps them. The build would stop
    /// with `invalid containerPort`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// runtime.expose = "8080:80"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.expose = 8080
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: no builder takes such a port.
    "port-mapping", Error, check; fix Unsafe; also ["BuildKit ExposeInvalidFormat"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    check_written(subject, findings);
    for shape in subject.shapes_of("port-mapping") {
        let node = subject.document.find(&shape.path).map(|found| found.node);
        let text = node.and_then(|node| node.string()).unwrap_or_default();
        let message = if text.contains(':') {
            format!("`{}` maps a port, which an image can't do", short(text))
        } else {
            format!("`{}` is not a port", short(text))
        };
        let finding = findings.report(shape.span, message);
        match container_part(text) {
            Some(port) => {
                finding.help(format!("write the container's port: `{port}`"));
                finding.fix(Fix::unsafe_(
                    format!("replace it by `{port}`"),
                    shape.span,
                    port,
                ));
            }
            None => {
                finding.help("write a port such as `8080` or `\"53/udp\"`");
            }
        }
    }
}

/// `EXPOSE` in Dockerfile's own language.
fn check_written(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (_, instruction) in subject.plan.instructions() {
        let InstructionKind::Written(written) = &instruction.kind else {
            continue;
        };
        for port in &written.ports {
            let numbers = port.split('/').next().unwrap_or_default();
            let is_number = numbers.bytes().all(|it| it.is_ascii_digit() || it == b'-');
            let protocol = port
                .split_once('/')
                .map(|(_, protocol)| protocol.to_lowercase());
            let is_known = protocol.is_none_or(|it| matches!(it.as_str(), "tcp" | "udp" | "sctp"));
            if port.contains('$') || (is_number && is_known) {
                continue;
            }
            let file = instruction.origin.file.clone();
            let message = if port.contains(':') {
                format!("`{}` maps a port, which an image can't do", short(port))
            } else {
                format!("`{}` is not a port", short(port))
            };
            let finding = findings.report_in(file, port.span, message);
            match container_part(port).filter(|_| port.contains(':')) {
                Some(part) => {
                    let part = part.trim_matches('"').to_owned();
                    finding.help(format!("write the container's port: `{part}`"));
                    let title = format!("replace it by `{part}`");
                    let fix = Fix::unsafe_(title, port.span, part);
                    finding.fix(fix.in_file(&instruction.origin.file));
                }
                None => {
                    finding.help("write a port such as `8080` or `53/udp`");
                }
            }
        }
    }
}

/// The container's port in a mapping, as TOML writes it.
fn container_part(text: &str) -> Option<String> {
    let last = text.trim().rsplit(':').next()?.to_lowercase();
    let (ports, protocol) = match last.split_once('/') {
        Some((ports, protocol)) => (ports, Some(protocol)),
        None => (last.as_str(), None),
    };
    let is_port = |port: &str| matches!(port.parse::<u16>(), Ok(1..)) && !port.starts_with('+');
    let is_range = ports
        .split_once('-')
        .is_some_and(|(one, other)| is_port(one) && is_port(other));
    match protocol {
        None if is_port(ports) => Some(ports.trim_start_matches('0').to_owned()),
        None if is_range => Some(quoted(&format!("{ports}/tcp"))),
        Some("tcp" | "udp" | "sctp") if is_port(ports) || is_range => Some(quoted(&last)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::container_part;
    use crate::rules::tests::check;

    #[test]
    fn an_address_is_no_port() {
        check(
            r#"
language = "go"
runtime.expose = ["127.0.0.1:8080"]
#                 ^^^^^^^^^^^^^^^^ error: `127.0.0.1:8080` maps a port, which an image can't do
"#,
        );
    }

    #[test]
    fn a_mapping_in_a_step_is_marked_alone() {
        check(
            r#"
language = "go"
runtime.steps = ['EXPOSE 80 8080:80 53/upd ${PORT:-80}']
#                           ^^^^^^^ error: `8080:80` maps a port, which an image can't do
#                                   ^^^^^^ error: `53/upd` is not a port
"#,
        );
    }

    #[test]
    fn digits_alone_are_a_port_in_quotes() {
        check(
            r#"
language = "go"
runtime.expose = ["8080"]
#                 ^^^^^^ error: an item of `expose` takes an integer, not a string
"#,
        );
    }

    #[test]
    fn the_containers_port_stands_last() {
        assert_eq!(container_part("8080:80").as_deref(), Some("80"));
        assert_eq!(container_part("53:53/UDP").as_deref(), Some("\"53/udp\""));
        assert_eq!(
            container_part("8000-8010").as_deref(),
            Some("\"8000-8010/tcp\"")
        );
        assert_eq!(container_part("http"), None);
    }
}
