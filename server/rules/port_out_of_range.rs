//! `port-out-of-range`.

use crate::config::runtime::{Expose, Port};
use crate::config::words::short;
use crate::diagnostic::File;
use crate::plan::InstructionKind;
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// A port that is not between 1 and 65535, or a range that ends before it begins.
    ///
    /// The build would stop with `invalid containerPort`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// runtime.expose = 80800
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.expose = 8080
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: there is no such port, and no builder takes it.
    "port-out-of-range", Error, check; also ["hadolint DL3011"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("port-out-of-range") {
        let written = subject.written(shape.span).trim_matches(['"', '\'']);
        out_of_range(written, &File::Document, shape.span, findings);
    }
    for (_, instruction) in subject.plan.instructions() {
        if let InstructionKind::Written(written) = &instruction.kind {
            let file = &instruction.origin.file;
            // Other rules speak of what maps ports or is no port.
            let ports = written.ports.iter().filter(|it| is_numeric(it));
            ports.for_each(|port| text(port, file, port.span, findings));
        }
    }
    let Some(expose) = &subject.config.runtime.expose else {
        return;
    };
    match &expose.value {
        Expose::Text(port) => text(&port.0, &File::Document, expose.span, findings),
        Expose::Many(ports) => {
            for port in ports {
                if let Port::Text(port_text) = &port.value {
                    text(&port_text.0, &File::Document, port.span, findings);
                }
            }
        }
        Expose::Port(_) | Expose::None(_) => {}
    }
}

/// Whether a word of `EXPOSE` is a port or a range of them, whatever the numbers are.
fn is_numeric(word: &str) -> bool {
    let (ports, _) = word.split_once('/').unwrap_or((word, ""));
    !ports.is_empty() && ports.bytes().all(|it| it.is_ascii_digit() || it == b'-')
}

fn out_of_range(port: &str, file: &File, span: Span, findings: &mut Findings<'_>) {
    findings
        .report_in(
            file.clone(),
            span,
            format!("the port `{}` is not between 1 and 65535", short(port)),
        )
        .help("write a port from 1 to 65535, or `expose = false` for none");
}

/// A port or a range with its protocol.
fn text(port: &str, file: &File, span: Span, findings: &mut Findings<'_>) {
    let numbers = port.split('/').next().unwrap_or_default();
    let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
    for number in [first, last] {
        if !matches!(number.parse::<u16>(), Ok(1..)) {
            out_of_range(number, file, span, findings);
            return;
        }
    }
    if first.parse::<u16>().ok() > last.parse::<u16>().ok() {
        findings
            .report_in(
                file.clone(),
                span,
                format!("the range of ports `{numbers}` ends before it begins"),
            )
            .help(format!("write `{last}-{first}`"));
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_port_with_a_protocol_has_a_range_too() {
        check(
            r#"
language = "go"
runtime.expose = [8080, "0/udp", "70000/tcp"]
#                       ^^^^^^^ error: the port `0` is not between 1 and 65535
#                                ^^^^^^^^^^^ error: the port `70000` is not between 1 and 65535
"#,
        );
    }

    #[test]
    fn a_port_of_a_step_is_marked_alone() {
        check(
            r#"
language = "go"
runtime.steps = ["EXPOSE 80 70000/tcp $PORT 8000-8010"]
#                           ^^^^^^^^^ error: the port `70000` is not between 1 and 65535
"#,
        );
    }

    #[test]
    fn a_range_rises() {
        check(
            r#"
language = "go"
runtime.expose = "9000-8000/tcp"
#                ^^^^^^^^^^^^^^^ error: the range of ports `9000-8000` ends before it begins
"#,
        );
        check("language = \"go\"\nruntime.expose = \"8000-9000/tcp\"\n");
    }

    #[test]
    fn a_quoted_port_out_of_range_is_one_mistake() {
        check(
            r#"
language = "go"
runtime.expose = "70000"
#                ^^^^^^^ error: the port `70000` is not between 1 and 65535
"#,
        );
    }
}
