//! `conflicting-keys`.

use crate::diagnostic::Fix;
use crate::plan::BaseFacts;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::removal::removal;
use crate::syntax::{Document, Entry, Node, Table, Value};

rule! {
    /// Two keys that exclude each other.
    ///
    /// Only one of them could count, and the file does not say which one: nothing is built before it does.
    ///
    /// ```toml,bad
    /// language = "go"
    /// [runtime]
    /// image = "alpine:3.23"
    /// image_family = "alpine"
    /// user = "app:10001"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// [runtime]
    /// image = "alpine:3.23"
    /// user = "app:10001"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: the file says two things, and only one of them can be done.
    "conflicting-keys", Error, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for table in tables(subject.document, &["runtime", "runtime_config"]) {
        if image_is_known(table) {
            one_of(subject, table, &["image", "image_family"], findings);
        }
        let inner = |name: &str| table.node(name).and_then(Node::table);
        if let Some(entrypoint) = inner("entrypoint") {
            one_of(subject, entrypoint, &["script", "exec", "shell"], findings);
        }
        if let Some(cmd) = inner("cmd") {
            one_of(subject, cmd, &["exec", "shell"], findings);
        }
        if let Some(check) = inner("healthcheck") {
            one_of(subject, check, &["test", "cmd"], findings);
        }
    }
    let build = subject.document.root.node("build").and_then(Node::table);
    for binary in build
        .map(|build| items(build, "binaries"))
        .unwrap_or_default()
    {
        one_of(subject, binary, &["platforms", "architectures"], findings);
    }
    for tool in items(&subject.document.root, "external_tools") {
        one_of(subject, tool, &["url", "image"], findings);
        one_of(subject, tool, &["dst", "install_path"], findings);
    }
    final_stages(subject, findings);
}

fn tables<'a>(document: &'a Document, names: &[&str]) -> Vec<&'a Table> {
    let nodes = names.iter().filter_map(|name| document.root.node(name));
    nodes.filter_map(Node::table).collect()
}

fn items<'a>(table: &'a Table, name: &str) -> Vec<&'a Table> {
    let items = table.node(name).and_then(Node::items).unwrap_or_default();
    items.iter().filter_map(Node::table).collect()
}

/// Beside an image that nobody knows the family says what it is.
fn image_is_known(table: &Table) -> bool {
    let image = table.node("image").and_then(Node::string);
    image.is_some_and(|image| BaseFacts::of(image).known.is_some())
}

/// Reports the second and every further one of the keys that are there.
fn one_of(subject: &Subject<'_>, table: &Table, keys: &[&str], findings: &mut Findings<'_>) {
    let mut present: Vec<&Entry> = keys.iter().filter_map(|key| table.entry(key)).collect();
    present.sort_by_key(|entry| entry.key.span);
    let Some((first, further)) = present.split_first() else {
        return;
    };
    for entry in further {
        let (one, other) = (&first.key.name, &entry.key.name);
        let finding = findings.report(
            entry.key.span,
            format!("`{other}` excludes `{one}`, which is there too"),
        );
        finding.label(first.key.span, format!("`{one}` is here"));
        finding.help(format!("keep `{one}` or `{other}`"));
        if let Some(span) = removal(subject.text, subject.document, entry.key.span) {
            finding.fix(Fix::unsafe_(format!("remove `{other}`"), span, ""));
        }
    }
}

fn final_stages(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let stages = items(&subject.document.root, "stages");
    let finals = stages.iter().filter_map(|stage| stage.entry("final"));
    let mut finals = finals.filter(|entry| matches!(entry.value.value, Value::Boolean(true)));
    let Some(first) = finals.next() else { return };
    for entry in finals {
        let finding = findings.report(entry.key.span, "a second stage is the image");
        finding.label(first.key.span, "the first one");
        finding.help("leave `final = true` to one stage");
        if let Some(span) = removal(subject.text, subject.document, entry.key.span) {
            finding.fix(Fix::unsafe_("remove the second `final`", span, ""));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_health_check_has_one_command() {
        check(
            r#"
language = "go"
runtime.healthcheck = { test = ["/x"], cmd = ["/y"] }
#                                      ^^^ error: `cmd` excludes `test`, which is there too
"#,
        );
    }

    #[test]
    fn one_stage_is_the_image() {
        check(
            r#"
[[stages]]
name = "one"
from = "alpine:3.23"
user = "1000:1000"
steps = ["RUN true"]
final = true
[[stages]]
name = "two"
from = "alpine:3.23"
user = "1000:1000"
steps = ["COPY --from=one /etc/os-release /one"]
final = true
#^^^^ error: a second stage is the image
"#,
        );
    }

    #[test]
    fn an_unknown_image_may_say_its_family() {
        check(
            r#"
language = "go"
[runtime]
image = "registry.example.com/base:1"
image_family = "alpine"
user = "app:10001"
"#,
        );
    }
}
