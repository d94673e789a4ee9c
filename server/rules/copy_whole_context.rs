//! `copy-whole-context`.

use crate::config::values::Text;
use crate::context::Entry;
use crate::context::ignore::Ignore;
use crate::diagnostic::{Edit, File, Fix};
use crate::plan::sources::{Usage, join};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// The whole build context is copied into the image.
    ///
    /// Git's history, local settings and sources go with it, for everybody who can pull the image; and any change of any file
    /// makes the image a new one. What the program needs is copied by name.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:templates/index.html
    /// <p>Hello</p>
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = ".", dst = "/app/" }]
    /// ```
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:templates/index.html
    /// <p>Hello</p>
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.copy = [{ src = ["templates"], dst = "/app/" }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Where everything is meant: `# docksmith: ignore[copy-whole-context] a site without build`. Nothing is said where
    /// `.dockerignore` leaves all out but what it names.
    "copy-whole-context", Warning, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (ignore, _) = subject.ignored();
    // A list of what is wanted leaves out a name that nobody thought of.
    if ignore.excludes(&subject.layout.path("not/on/any.list")) {
        return;
    }
    let application = subject.layout.application.trim_end_matches('/');
    for source in subject.sources() {
        let is_copied =
            source.stage.kind.is_final() && matches!(source.usage, Usage::Table | Usage::Written);
        let is_whole = source
            .plain()
            .is_some_and(|path| path.is_empty() || path == application);
        let (Some(span), true) = (source.span, is_copied && is_whole) else {
            continue;
        };
        let finding = findings.report_in(
            source.file.clone(),
            span,
            "the whole build context is copied into the image",
        );
        finding.why("git's history, local settings and sources would be there for everybody");
        finding.help("name what the program needs: `src = [\"templates\", \"config\"]`");
        if source.file == &File::Document && source.usage == Usage::Table {
            finding.fix = narrowed(subject, ignore, span);
        }
    }
}

/// The most names that are written in place of the context.
const MOST_NAMES: usize = 12;

/// Names what lies in the application's folder in place of the folder itself.
fn narrowed(subject: &Subject<'_>, ignore: &Ignore, span: Span) -> Option<Fix> {
    let copies = subject.config.runtime.copy.iter();
    let mut fitting = copies.filter(|copy| copy.src.texts().iter().any(|text| text.span == span));
    let copy = fitting.next()?;
    let folder = subject.layout.application.trim_end_matches('/');
    let names: Vec<String> = subject
        .context
        .list(folder)
        .into_iter()
        .filter(|name| is_of_program(name) && !ignore.excludes(&join(folder, name)))
        .filter(|name| subject.context.entry(&join(folder, name)) != Entry::Outside)
        .map(|name| format!("\"{name}\""))
        .collect();
    let is_alone = copy.src.texts().len() == 1 && !subject.written(copy.src.span).starts_with('[');
    if names.is_empty() || names.len() > MOST_NAMES || !is_alone {
        return None;
    }
    let edit = |span, text| Edit {
        file: File::Document,
        span,
        text,
    };
    let mut edits = vec![edit(span, format!("[{}]", names.join(", ")))];
    edits.extend(with_slash(&copy.dst, subject).map(|(span, text)| edit(span, text)));
    Some(Fix {
        title: "name what lies in the context".to_owned(),
        safe: false,
        edits,
    })
}

/// Several sources need a destination that ends in a slash.
fn with_slash(dst: &Text, subject: &Subject<'_>) -> Option<(Span, String)> {
    let literal = subject.written(dst.span);
    let quote = literal.chars().last()?;
    let at = dst.span.end as usize - quote.len_utf8();
    (!dst.ends_with('/')).then(|| (Span::new(at, at), "/".to_owned()))
}

/// Whether a name of the context is none of those that only people and builders need.
fn is_of_program(name: &str) -> bool {
    let is_plain = name
        .chars()
        .all(|it| it.is_ascii_alphanumeric() || "._-".contains(it));
    let lower = name.to_lowercase();
    let is_other = [
        "dockerfile",
        "docksmith.",
        "docker-compose",
        "compose.",
        "readme",
        "makefile",
    ]
    .iter()
    .any(|front| lower.starts_with(front));
    is_plain && !is_other && !name.starts_with('.')
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check_with;

    #[test]
    fn steps_and_tables_are_looked_at() {
        check_with(
            r#"
stages = [{ name = "a", from = "alpine:3.22", final = true, user = "1:1", steps = ["COPY ./ /app"] }]
#                                                                                        ^^ warning: the whole build context is copied into the image
"#,
            &[("a", "")],
        );
        check_with(
            r#"
language = "go"
build.target = "./cmd/server"
runtime.copy = [{ src = "./", dst = "/app/x" }]
#                       ^^^^ warning: the whole build context is copied into the image
"#,
            &[("go.mod", ""), ("cmd/server/main.go", "")],
        );
    }

    #[test]
    fn another_stage_or_a_list_of_what_is_wanted_is_fine() {
        check_with(
            r#"
stages = [
  { name = "b", from = "alpine:3.22", steps = ["COPY . /src"] },
  { name = "a", from = "b", final = true, user = "1:1", steps = ["COPY sql /app/"] },
]
"#,
            &[("sql/1", "")],
        );
        check_with(
            r#"
stages = [{ name = "a", from = "alpine:3.22", final = true, user = "1:1", steps = ["COPY . /app"] }]
"#,
            &[("sql/1", ""), (".dockerignore", "*\n!sql\n")],
        );
    }
}
