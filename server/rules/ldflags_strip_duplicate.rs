//! `ldflags-strip-duplicate`.

use crate::config::Language;
use crate::config::build::Ldflags;
use crate::config::values::Text;
use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::removal::item;
use crate::syntax::string::decoded_span;
use crate::text::Spanned;

rule! {
    /// The linker's flags say `-s` or `-w` again.
    ///
    /// Both stand in front of the flags already, unless `strip = false`, so that binaries carry no symbols.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.ldflags = ["-s -w", "-X main.version=1.0"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// build.ldflags = ["-X main.version=1.0"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// There is no reason to: the binary is the same without them.
    "ldflags-strip-duplicate", Info, check; fix Safe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let build = &config.build;
    let is_go = config
        .language
        .as_ref()
        .is_some_and(|it| it.value == Language::Go);
    let strips = build.strip.as_ref().is_none_or(|strip| strip.value);
    // Beside a command the flags have no effect at all.
    if !is_go || !strips || build.command.is_some() {
        return;
    }
    let own = build.binaries.iter().filter_map(|it| it.ldflags.as_ref());
    for ldflags in build.ldflags.iter().chain(own) {
        let Ldflags::List(list) = &ldflags.value else {
            continue;
        };
        for flag in list {
            report(flag, list, subject, findings);
        }
    }
}

fn report(flag: &Text, list: &[Text], subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // What follows another flag may be its value.
    let words: Vec<&str> = flag.split_whitespace().collect();
    let count = words
        .iter()
        .take_while(|it| matches!(**it, "-s" | "-w"))
        .count();
    let before = list.iter().take_while(|it| it.span != flag.span).last();
    let is_value = before.is_some_and(takes_value);
    if count == 0 || is_value {
        return;
    }
    let start = flag.len() - flag.trim_start().len();
    let rest = words.get(count).and_then(|word| flag.find(word));
    let end = rest.unwrap_or(flag.trim_end().len());
    let span = decoded_span(
        subject.text,
        flag.span,
        start..flag.get(..end).map_or(end, |it| it.trim_end().len()),
    );
    let flags = words.get(..count).unwrap_or_default().join(" ");
    let finding = findings.report(
        span,
        format!("`{flags}` stands in front of the flags already"),
    );
    finding.help("leave it out, or say `strip = false`");
    finding.unnecessary();
    let place = match rest {
        Some(rest) => Some(decoded_span(subject.text, flag.span, start..rest)),
        None => item(subject.text, flag.span),
    };
    if let Some(place) = place {
        finding.fix(Fix::safe(format!("leave `{flags}` out"), place, ""));
    }
}

/// Whether an element ends in a flag whose value is the next one.
fn takes_value(flag: &Spanned<String>) -> bool {
    let last = flag.split_whitespace().last();
    last.is_some_and(|it| it.starts_with('-') && !it.contains('=') && !matches!(it, "-s" | "-w"))
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::NoContext;
    use crate::rules::tests::check;

    #[test]
    fn each_place_is_found() {
        check(
            r#"
language = "go"
build.ldflags = ["-w -X main.a=1"]
#                 ^^ info: `-w` stands in front of the flags already
[[build.binaries]]
name = "a"
path = "./a"
ldflags = ["-X main.b=1", "-s"]
#                          ^^ info: `-s` stands in front of the flags already
"#,
        );
    }

    fn is_silent(text: &str) {
        let found = analyze(text, &NoContext::default()).diagnostics;
        let is_own = |it: &&crate::diagnostic::Diagnostic| it.rule == "ldflags-strip-duplicate";
        assert!(found.iter().find(is_own).is_none(), "{text}");
    }

    #[test]
    fn other_flags_and_unstripped_binaries_are_fine() {
        is_silent("language = \"go\"\nbuild.strip = false\nbuild.ldflags = [\"-s -w\"]\n");
        is_silent("language = \"go\"\nbuild.ldflags = [\"-X\", \"-s\"]\n");
        is_silent("language = \"go\"\nbuild.ldflags = [\"-extldflags '-static -s'\"]\n");
        is_silent("language = \"go\"\nbuild.ldflags = [\"-X 'main.motd= -s'\"]\n");
        is_silent("language = \"go\"\nbuild.ldflags = [\"-static\"]\n");
    }

    #[test]
    fn what_stays_is_the_same() {
        for (flags, fixed) in [
            ("[\"-s -w -X main.a=1\"]", "[\"-X main.a=1\"]"),
            ("[\"-X main.a=1\", \"-s\"]", "[\"-X main.a=1\"]"),
            (
                "[\n  \"-w\",\n  \"-X main.a=1\",\n]",
                "[\n  \"-X main.a=1\",\n]",
            ),
        ] {
            let text = format!("language = \"go\"\nbuild.ldflags = {flags}\n");
            let found = analyze(&text, &NoContext::default()).diagnostics;
            let found = found.iter().find(|it| it.rule == "ldflags-strip-duplicate");
            let edit = &found.and_then(|it| it.fix.clone()).expect("a fix").edits[0];
            let mut after = text.clone();
            after.replace_range(edit.span.range(), &edit.text);
            assert_eq!(
                after,
                format!("language = \"go\"\nbuild.ldflags = {fixed}\n")
            );
        }
    }
}
