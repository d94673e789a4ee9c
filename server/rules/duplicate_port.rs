//! `duplicate-port`.

use std::collections::HashMap;

use crate::config::runtime::{Expose, Port, PortText};
use crate::diagnostic::{File, Fix};
use crate::plan::{BuildStage, InstructionKind};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::removal::item;
use crate::text::Span;

rule! {
    /// A port is exposed twice.
    ///
    /// The second one does nothing. Mostly another port was meant, which the image does not tell about then.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.expose = [8080, "8080/tcp"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.expose = [8080, "8080/udp"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// There is no reason to: what is said twice can go.
    "duplicate-port", Warning, check; fix Safe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for stage in &subject.plan.stages {
        let mut seen: HashMap<String, (File, Span)> = HashMap::new();
        for (file, span, port) in exposed(stage, subject) {
            let Some((first_file, first)) = seen.get(&port) else {
                seen.insert(port, (file, span));
                continue;
            };
            let message = format!("port {} is exposed twice", port.trim_end_matches("/tcp"));
            let finding = findings.report_in(file.clone(), span, message);
            finding.label_in(first_file.clone(), *first, "exposed here first");
            finding.help("leave it out, or name the other port");
            finding.unnecessary();
            if let Some(place) = removed(subject, &file, span) {
                finding.fix(Fix::safe("leave it out", place, ""));
            }
        }
    }
}

/// The ports that the file has a stage expose, with protocol and place.
fn exposed(stage: &BuildStage, subject: &Subject<'_>) -> Vec<(File, Span, String)> {
    let mut ports = Vec::new();
    let by_language = subject.config.runtime.expose.is_none();
    for instruction in &stage.instructions {
        let file = &instruction.origin.file;
        match &instruction.kind {
            InstructionKind::Expose(port) if !by_language => {
                ports.push((file.clone(), instruction.origin.span, full(port)));
            }
            InstructionKind::Written(written) => {
                let known = written.ports.iter().filter(|port| !port.contains('$'));
                ports.extend(known.map(|port| (file.clone(), port.span, full(port))));
            }
            _ => {}
        }
    }
    // What is written in the file itself comes first, wherever it goes in the image.
    ports.sort_by_key(|(file, span, _)| (*file != File::Document, *span));
    ports
}

/// A port with its protocol.
fn full(port: &str) -> String {
    let port = port.to_ascii_lowercase();
    if port.contains('/') {
        port
    } else {
        format!("{port}/tcp")
    }
}

/// What to remove so that an item of `expose` is gone.
fn removed(subject: &Subject<'_>, file: &File, span: Span) -> Option<Span> {
    let expose = subject.config.runtime.expose.as_ref()?;
    let Expose::Many(ports) = &expose.value else {
        return None;
    };
    let is_item = |port: &crate::text::Spanned<Port>| port.span == span;
    // A text that is no port is another rule's.
    let is_plain = ports
        .iter()
        .filter(|port| is_item(port))
        .all(|port| match &port.value {
            Port::Number(_) => true,
            Port::Text(PortText(text)) => !text.contains(':'),
        });
    let is_own = *file == File::Document && ports.iter().any(is_item);
    (is_own && is_plain).then(|| item(subject.text, span))?
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::NoContext;
    use crate::rules::tests::check;

    #[test]
    fn steps_and_ranges_count() {
        check(
            r#"
language = "go"
runtime.expose = [8080, "8000-8010/tcp", "8000-8010/tcp"]
#                                        ^^^^^^^^^^^^^^^ warning: port 8000-8010 is exposed twice
runtime.steps = ["EXPOSE 8080/TCP 9090"]
#                        ^^^^^^^^ warning: port 8080 is exposed twice
"#,
        );
    }

    #[test]
    fn two_protocols_two_stages_and_a_default_are_fine() {
        check("language = \"go\"\nruntime.expose = [53, \"53/udp\"]\n");
        check("runtime = \"static\"\nruntime_config.steps = [\"EXPOSE 80\"]\n");
        check(
            r#"
language = "go"
[runtime]
expose = 8080
[[stages]]
name = "x"
from = "alpine:3.23"
steps = ["EXPOSE 8080"]
[[runtime.copy]]
from = "x"
src = "/a"
dst = "/a"
"#,
        );
    }

    #[test]
    fn an_item_goes_with_its_comma() {
        for (text, fixed) in [
            ("[80, 80]", "[80]"),
            ("[80, 80, 81]", "[80, 81]"),
            ("[\n  80,\n  80,\n  81, # é\n]", "[\n  80,\n  81, # é\n]"),
        ] {
            let document = format!("language = \"go\"\nruntime.expose = {text}\n");
            let found = analyze(&document, &NoContext::default()).diagnostics;
            let found = found.iter().find(|it| it.rule == "duplicate-port");
            let edit = &found.and_then(|it| it.fix.clone()).expect("a fix").edits[0];
            let mut after = document.clone();
            after.replace_range(edit.span.range(), &edit.text);
            assert_eq!(
                after,
                format!("language = \"go\"\nruntime.expose = {fixed}\n")
            );
        }
    }
}
