//! `wrong-type`.

use crate::config::check::{Shape, ShapeKind};
use crate::config::docs::values;
use crate::config::words::{last_key, quoted, table_name};
use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::{Node, Notation, Step, Value};

rule! {
    /// A value of another type than its key takes.
    ///
    /// Such values silently did nothing, or were taken for something else. TOML tells `8080` from `"8080"`.
    ///
    /// ```toml,bad
    /// language = "go"
    /// runtime.expose = "8080"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.expose = 8080
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: the value could not be used as it is written.
    "wrong-type", Error, check; fix Safe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("wrong-type") {
        let ShapeKind::WrongType { expected, found } = &shape.kind else {
            continue;
        };
        let wanted: Vec<String> = expected.iter().map(|name| with_article(name)).collect();
        let message = format!(
            "{} takes {}, not {}",
            place(&shape.path),
            wanted.join(" or "),
            found_words(found, expected)
        );
        let finding = findings.report(shape.span, message);
        if let Some(fix) = fix(subject, shape, expected) {
            if let Some(edit) = fix.edits.first() {
                finding.help(format!("write `{}`", edit.text));
            }
            finding.fix(fix);
        }
    }
}

/// How the message names what is wrong.
fn place(path: &[Step]) -> String {
    match path.last() {
        Some(Step::Index(_)) => format!("an item of `{}`", last_key(path)),
        Some(Step::Key(key)) => format!("`{key}`"),
        None => table_name(path),
    }
}

/// What the value is; of the two booleans the one that is meant, where the other would do.
fn found_words(found: &str, expected: &[String]) -> String {
    match found {
        "boolean" if expected.iter().any(|it| it == "`false`") => "`true`".to_owned(),
        _ => with_article(found),
    }
}

fn with_article(name: &str) -> String {
    match name.chars().next() {
        Some('`') => name.to_owned(),
        Some('a' | 'e' | 'i' | 'o' | 'u') => format!("an {name}"),
        _ => format!("a {name}"),
    }
}

/// The same value in a type that the key takes, if nothing is lost.
fn fix(subject: &Subject<'_>, shape: &Shape, expected: &[String]) -> Option<Fix> {
    let node = subject.document.find(&shape.path)?.node;
    let written = subject.written(shape.span);
    let text = converted(node, written, expected)?;
    // In quotes it must be one of the words that the key takes, if those are known.
    let words = values(&shape.path);
    let is_quoted = |text: &str| text.starts_with('"');
    let has_words = words.iter().any(|word| is_quoted(&word.text));
    if is_quoted(&text) && has_words && words.iter().all(|word| word.text != text) {
        return None;
    }
    Some(Fix::safe(
        format!("replace it by `{text}`"),
        shape.span,
        text,
    ))
}

fn converted(node: &Node, written: &str, expected: &[String]) -> Option<String> {
    let takes = |name: &str| expected.iter().any(|it| it == name);
    match &node.value {
        Value::Integer(_) if takes("string") && is_plain_number(written) => {
            Some(format!("\"{written}\""))
        }
        Value::Float(_) if takes("string") && is_plain_number(written) => {
            Some(format!("\"{written}\""))
        }
        Value::Boolean(_) if takes("string") => Some(format!("\"{written}\"")),
        Value::String(text) if takes("integer") && is_integer(text.trim()) => {
            Some(text.trim().to_owned())
        }
        Value::String(text) if takes("boolean") && matches!(text.as_str(), "true" | "false") => {
            Some(text.clone())
        }
        Value::String(text) if takes("array") && !takes("string") => {
            Some(format!("[{}]", quoted(text)))
        }
        Value::Integer(_) if takes("array") && !takes("string") => {
            Some(format!("[\"{written}\"]")).filter(|_| is_plain_number(written))
        }
        Value::Table(table) if takes("array") && table.notation == Notation::Inline => {
            Some(format!("[{written}]"))
        }
        Value::Table(table) if takes("array") && table.notation == Notation::Header => {
            Some(format!("[{written}]"))
        }
        _ => None,
    }
}

/// Whether a number reads the same in quotes.
fn is_plain_number(written: &str) -> bool {
    written
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-')
}

fn is_integer(text: &str) -> bool {
    let plain = text.len() == 1 || !text.starts_with('0');
    plain && is_plain_number(text) && text.parse::<i64>().is_ok()
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::NoContext;
    use crate::rules::tests::check;

    fn replacement(text: &str) -> Option<String> {
        let analysis = analyze(text, &NoContext::default());
        let finding = analysis
            .diagnostics
            .into_iter()
            .find(|it| it.rule == "wrong-type")?;
        finding.fix?.edits.pop().map(|edit| edit.text)
    }

    #[test]
    fn an_environment_variable_is_a_string() {
        check(
            r#"
language = "go"
runtime.env = { WORKERS = 4 }
#                         ^ error: `WORKERS` takes a string or a table, not an integer
"#,
        );
    }

    #[test]
    fn a_table_key_given_a_string_is_reported() {
        check(
            r#"
language = "go"
build = "make"
#       ^^^^^^ error: `build` takes a table, not a string
"#,
        );
    }

    #[test]
    fn a_port_with_a_protocol_is_a_string() {
        check("language = \"go\"\nruntime.expose = \"53/udp\"\n");
    }

    #[test]
    fn what_loses_nothing_is_converted() {
        let fix = |line: &str| replacement(&format!("language = \"go\"\n{line}\n"));
        assert_eq!(fix("version = 1.25").as_deref(), Some("\"1.25\""));
        assert_eq!(
            fix("runtime.packages = 'git'").as_deref(),
            Some("[\"git\"]")
        );
        assert_eq!(fix("build.cgo = \"true\"").as_deref(), Some("true"));
        assert_eq!(
            fix("[stages]\nname = \"a\"\nfrom = \"b\"").as_deref(),
            Some("[[stages]]")
        );
        assert_eq!(fix("build = \"make\""), None);
        assert_eq!(fix("runtime.init = true"), None);
    }
}
