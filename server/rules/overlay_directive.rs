//! `overlay-directive`.

use crate::diagnostic::File;
use crate::plan::parse::parse_fragment;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A parser directive at the head of an overlay.
    ///
    /// The overlay's instructions go into the middle of the rendered file, which has its own first line. There a
    /// directive is a comment: another frontend is not asked for, and the backslash stays the escape.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:Dockerfile.overlay
    /// # syntax=docker/dockerfile:1-labs
    /// WORKDIR /srv
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// overlay = "Dockerfile.overlay"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.steps = ["WORKDIR /srv"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it for an overlay that is also built by itself, where the directive counts.
    "overlay-directive", Warning, check in files
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(path) = &subject.config.overlay else {
        return;
    };
    let path = subject.layout.path(path);
    let Some(text) = subject.context.text(&path) else {
        return;
    };
    for directive in parse_fragment(&text).directives {
        let message = format!("`{}` has no effect in an overlay", directive.name);
        let file = File::Context(path.clone());
        let finding = findings.report_in(file, directive.span, message);
        finding.help("drop the line");
        finding.unnecessary();
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::Files;

    fn messages(overlay: &str) -> Vec<String> {
        let files = Files::new([("Dockerfile.overlay", overlay)]);
        let text = "language = \"go\"\noverlay = \"Dockerfile.overlay\"\n";
        let found = analyze(text, &files).diagnostics.into_iter();
        found
            .filter(|it| it.rule == "overlay-directive")
            .map(|it| it.message)
            .collect()
    }

    #[test]
    fn every_directive_is_said() {
        let overlay = "# escape=\\\n# check=skip=all\nUSER é\n";
        assert_eq!(
            messages(overlay),
            [
                "`escape` has no effect in an overlay",
                "`check` has no effect in an overlay"
            ]
        );
    }

    #[test]
    fn a_comment_is_no_directive() {
        assert!(messages("# é\n# syntax=x\nUSER a\n").is_empty());
        assert!(messages("#!/bin/sh\nUSER a\n").is_empty());
    }
}
