//! `undeclared-build-arg`.

use crate::diagnostic::Fix;
use crate::names::{Form, Kind};
use crate::rules::{Findings, Subject, nearest, rule};
use crate::syntax::Step;
use crate::text::Span;

rule! {
    /// A flag of the build uses a build argument that `build.args` does not declare.
    ///
    /// Nothing would fill it in: the program would be built with the text `${VERSION}` instead of a version.
    ///
    /// ```toml,bad
    /// language = "go"
    ///
    /// [build]
    /// target = "./cmd/server"
    /// ldflags = ["-X main.version=${VERSION}"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    ///
    /// [build]
    /// target = "./cmd/server"
    /// args = { VERSION = "dev" }
    /// ldflags = ["-X main.version=${VERSION}"]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the program shall hold the very text `${NAME}`, which it replaces itself.
    "undeclared-build-arg", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let build = &subject.config.build;
    // The user's own command is the shell's business, and flags have no effect beside it.
    if build.command.is_some() {
        return;
    }
    // Only `${NAME}` is filled in; `$NAME` is literal.
    let uses = subject.names.uses(Kind::Variable);
    let flags = uses.filter(|it| it.form == Form::Flag);
    let unknown = flags.filter(|it| build.args.value(&it.name).is_none());
    let unknown: Vec<(&str, Span)> = unknown
        .map(|it| (it.name.as_str(), around(subject.text, it.place.span)))
        .collect();
    for (name, span) in &unknown {
        report(subject, name, *span, &unknown, findings);
    }
}

/// `${NAME}` around a name.
fn around(text: &str, name: Span) -> Span {
    let head = text.get(..name.start as usize).unwrap_or_default();
    let tail = text.get(name.end as usize..).unwrap_or_default();
    let before = if head.ends_with("${") { 2 } else { 0 };
    Span {
        start: name.start - before,
        end: name.end + u32::from(tail.starts_with('}')),
    }
}

fn report(
    subject: &Subject<'_>,
    name: &str,
    span: Span,
    unknown: &[(&str, Span)],
    findings: &mut Findings<'_>,
) {
    let finding = findings.report(span, format!("there is no build argument `{name}`"));
    finding.why(format!(
        "the program would hold the text `${{{name}}}` itself"
    ));
    let declared = subject.config.build.args.iter();
    if let Some(near) = nearest(name, declared.map(|(name, _)| name.value.as_str())) {
        finding.help(format!("did you mean `${{{near}}}`?"));
        finding.fix(Fix::unsafe_(
            format!("replace `{name}` by `{near}`"),
            span,
            format!("${{{near}}}"),
        ));
        return;
    }
    finding.help(format!("declare it: `build.args = {{ {name} = \"…\" }}`"));
    let mut names: Vec<&str> = unknown.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    if let Some((span, line)) = declaration(subject, &names) {
        let title = format!("declare `{}` with empty defaults", names.join("`, `"));
        finding.fix(Fix::unsafe_(title, span, line));
    }
}

/// The line that declares arguments, right above `ldflags` or `flags`, where `args` is free.
fn declaration(subject: &Subject<'_>, names: &[&str]) -> Option<(Span, String)> {
    let key = |name: &str| Step::Key(name.to_owned());
    let document = subject.document;
    if document.find(&[key("build"), key("args")]).is_some() {
        return None;
    }
    let flags = ["ldflags", "flags"].into_iter().find_map(|name| {
        let found = document.find(&[key("build"), key(name)])?;
        (found.node.table().is_none()).then_some(found.key)
    })?;
    let before = subject.text.get(..flags.start as usize)?;
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    let prefix = before.get(line..)?;
    let is_key = prefix.trim().is_empty() || prefix.trim() == "build.";
    let entries: Vec<String> = names.iter().map(|name| format!("{name} = \"\"")).collect();
    let text = format!("{prefix}args = {{ {} }}\n", entries.join(", "));
    is_key.then_some((Span::new(line, line), text))
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn the_place_is_inside_the_string() {
        check(
            r#"
language = "go"
build.args = { VERSION = "dev" }
build.ldflags = ["-X 'main.version=${VERSOIN}'"]
#                                  ^^^^^^^^^^ error: there is no build argument `VERSOIN`
"#,
        );
    }

    #[test]
    fn a_table_of_variables_is_looked_at() {
        check(
            r#"
language = "go"
[build.ldflags]
"main.commit" = "${COMMIT}"
#                ^^^^^^^^^ error: there is no build argument `COMMIT`
"#,
        );
    }

    #[test]
    fn a_dollar_alone_is_literal() {
        check("language = \"go\"\nbuild.ldflags = [\"-X main.price=$5 -X main.a=$A\"]\n");
    }
}
