//! `copy-source-outside-context`.

use crate::context::Entry;
use crate::plan::sources::ContextSource;
use crate::rules::{Findings, Subject, rule};
use crate::text::Spanned;

rule! {
    /// A source lies outside of the build context.
    ///
    /// Builders are given the build context and nothing else, so the build would stop with `"/shared/certs": not
    /// found`. Sources are relative to it: neither absolute, nor with `..`, nor through a symbolic link that leads out.
    /// `context_root` alone may climb.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "../shared/certs", dst = "/app/" }]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = "certs", dst = "/app/" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: no builder sees what lies outside of the build context.
    "copy-source-outside-context", Error, check in files
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for source in subject.sources() {
        check_source(source, subject, findings);
    }
    let config = subject.config;
    for file in [&config.overlay, &config.dockerfile].into_iter().flatten() {
        if subject.layout.named_file(file).is_none() {
            report_text(file, findings);
        }
    }
    if let Some(root) = config
        .context_root
        .as_ref()
        .filter(|root| root.starts_with('/'))
    {
        let message = format!("the context root `{}` is not relative to this file", **root);
        findings
            .report(root.span, message)
            .why("the build context is a folder above this file, wherever the project lies")
            .help("climb with `..` steps: `context_root = \"../..\"`");
    }
}

fn check_source(source: &ContextSource<'_>, subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(span) = source.span else { return };
    let written = &source.written;
    let file = source.file.clone();
    if source.path.is_none() {
        let message = format!("`{written}` lies outside of the build context");
        let help = if written.starts_with('/') {
            "name the stage that it comes from with `from`, or a path relative to the build context"
        } else {
            "move it into the build context, or let the context begin higher with `context_root`"
        };
        findings
            .report_in(file, span, message)
            .why("builders are given nothing but the build context")
            .help(help);
        return;
    }
    if source.plain().map(|path| subject.context.entry(path)) == Some(Entry::Outside) {
        let message = format!("`{written}` leads out of the build context by a symbolic link");
        findings
            .report_in(file, span, message)
            .why("builders do not follow a link to what they were not given: `not found`")
            .help("copy the file into the build context");
    }
}

fn report_text(file: &Spanned<String>, findings: &mut Findings<'_>) {
    let message = format!("`{}` lies outside of the build context", file.value);
    findings
        .report(file.span, message)
        .why("only `context_root` may climb")
        .help("name a path relative to this file, below it");
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::{BuildContext, Entry};
    use crate::rules::tests::check;

    #[test]
    fn absolute_and_climbing_sources_are_reported() {
        check(
            r#"
language = "go"
build.target = "./cmd/server"
build.steps = ["COPY ../x ./", "COPY /cmd ./", "COPY a/../b ./"]
#                    ^^^^ error: `../x` lies outside of the build context
runtime.copy = [{ src = ["/etc/passwd", "a..b"], dst = "/app/" }]
#                        ^^^^^^^^^^^^^ error: `/etc/passwd` lies outside of the build context
"#,
        );
    }

    #[test]
    fn the_context_root_is_relative() {
        check(
            r#"
language = "go"
build.target = "./cmd/server"
context_root = "/srv/shop"
#              ^^^^^^^^^^^ error: the context root `/srv/shop` is not relative to this file
"#,
        );
    }

    struct Link;

    impl BuildContext for Link {
        fn entry(&self, path: &str) -> Entry {
            if path == "certs" {
                Entry::Outside
            } else {
                Entry::Unknown
            }
        }
        fn list(&self, _path: &str) -> Vec<String> {
            Vec::new()
        }
        fn text(&self, _path: &str) -> Option<String> {
            None
        }
        fn folder(&self, _levels: usize) -> Option<String> {
            None
        }
    }

    #[test]
    fn a_link_that_leads_out_is_reported() {
        let text = "language = \"go\"\nbuild.target = \"./cmd/server\"\nruntime.copy = [{ src = [\"certs\", \"web\"], dst = \"/app/\" }]\n";
        let analysis = analyze(text, &Link);
        let found: Vec<_> = analysis
            .diagnostics
            .iter()
            .map(|it| (it.rule, it.span.of(text)))
            .collect();
        assert_eq!(found, [("copy-source-outside-context", "\"certs\"")]);
    }
}
