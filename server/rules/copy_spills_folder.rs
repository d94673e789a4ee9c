//! `copy-spills-folder`.

use crate::config::words::{array, quoted};
use crate::context::Entry;
use crate::diagnostic::{File, Fix};
use crate::plan::{Flag, Instruction, InstructionKind, Written};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// Several folders are copied into one, and lose their names.
    ///
    /// Docker copies what is in a folder, not the folder: after `COPY sql web /app/` there is no `/app/sql`, and the
    /// program stops with `open /app/sql: no such file or directory`. A `copy` table keeps the names.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:sql/schema.sql
    /// ```
    ///
    /// ```text,file:web/index.html
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// runtime.steps = ["COPY sql web /app/"]
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// runtime.steps = [{ copy = { src = ["sql", "web"], dst = "/app/" } }]
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where the folders are meant to be merged. A `/` behind each of them says the same, and to readers too.
    "copy-spills-folder", Warning, Medium, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (_, instruction) in subject.plan.instructions() {
        let InstructionKind::Written(written) = &instruction.kind else {
            continue;
        };
        let takes_context = matches!(written.keyword.as_str(), "COPY" | "ADD")
            && written.flag("from").is_none()
            && written.flag("parents").is_none();
        let Some((dst, sources)) = written.paths.split_last().filter(|_| takes_context) else {
            continue;
        };
        if sources.len() < 2 {
            continue;
        }
        // Who writes the slash means what is in the folder.
        let mut spilt = sources.iter().filter(|source| {
            let path = source.path.as_str();
            let is_plain = !path.ends_with(['/', '.']) && !path.contains(['$', '*', '?', '[']);
            is_plain && subject.context.entry(path.trim_start_matches("./")) == Entry::Folder
        });
        let Some(source) = spilt.next() else {
            continue;
        };
        let path = source.path.as_str();
        let file = instruction.origin.file.clone();
        let span = source.span.unwrap_or(instruction.origin.span);
        let message = format!("what is in `{path}` is copied, not the folder itself");
        let finding = findings.report_in(file.clone(), span, message);
        let name = path.rsplit('/').next().unwrap_or_default();
        let folder = dst.path.trim_end_matches('/');
        finding.help(format!(
            "copy it alone, `COPY {path} {folder}/{name}`, or write `{path}/` if that is meant"
        ));
        if let Some(fix) = as_table(written, instruction, subject) {
            finding.fix(fix);
        }
        if let Some(span) = spilt.next().and_then(|other| other.span) {
            finding.label_in(file, span, "so is what is in this one");
        }
    }
}

/// A string step as a table, which keeps the folders' names.
fn as_table(written: &Written, instruction: &Instruction, subject: &Subject<'_>) -> Option<Fix> {
    let place = instruction.origin.span;
    let is_literal = instruction.origin.file == File::Document
        && subject.written(place).starts_with(['"', '\'']);
    let (dst, sources) = written.paths.split_last()?;
    let is_known = |flag: &Flag| matches!(flag.name.as_str(), "chown" | "chmod");
    // The words as they are written: the paths may have the application's folder in front.
    let words: Option<Vec<&str>> = sources
        .iter()
        .map(|source| source.span.map(|span| subject.written(span)))
        .collect();
    let words = words?;
    let is_plain = |word: &&str| !word.contains(['$', '*', '?', '[', '\\', '"', '\'']);
    let is_sure = is_literal
        && written.keyword == "COPY"
        && written.flags.iter().all(is_known)
        && dst.path.ends_with('/')
        && words.iter().all(is_plain)
        && is_plain(&dst.path.as_str());
    if !is_sure {
        return None;
    }
    let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    let mut keys = format!("src = {}, dst = {}", array(&words), quoted(&dst.path));
    for flag in &written.flags {
        keys.push_str(&format!(
            ", {} = {}",
            flag.name,
            quoted(flag.value.as_deref()?)
        ));
    }
    let table = format!("{{ copy = {{ {keys} }} }}");
    Some(Fix::unsafe_(
        "copy with a table, which keeps the names",
        place,
        table,
    ))
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{check_with, fixed_with};

    fn check_step(step: &str) {
        let files = [("go.mod", "module x"), ("sql/é.sql", ""), ("a", "")];
        check_with(
            &format!("language = \"go\"\nbuild.steps = [{step}\n"),
            &files,
        );
    }

    #[test]
    fn the_folder_is_marked() {
        check_step(
            r#"'COPY a sql ./x/']
#                      ^^^ warning: what is in `sql` is copied, not the folder itself"#,
        );
    }

    #[test]
    fn a_folder_alone_and_a_slash_are_meant() {
        check_step("'COPY sql ./x/', 'COPY a sql/ ./x/', 'COPY --parents a sql ./x/']");
    }

    #[test]
    fn the_table_has_the_flags() {
        let files = [("go.mod", "module x"), ("sql/1.sql", ""), ("a", "")];
        let text =
            "language = \"go\"\nruntime.steps = ['COPY --chown=1:1 a sql ./x/', \"RUN id\"]\n";
        let fixed = fixed_with(text, &files);
        let table = r#"{ copy = { src = ["a", "sql"], dst = "./x/", chown = "1:1" } }"#;
        assert!(fixed.contains(&format!("[{table}, ")), "{fixed}");
    }
}
