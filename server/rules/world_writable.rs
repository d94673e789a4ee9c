//! `world-writable`.

use crate::config::stage::Step;
use crate::config::values::Text;
use crate::diagnostic::{File, Fix};
use crate::plan::shell_text::{Phase, SimpleCommand, Word};
use crate::plan::{Flag, InstructionKind};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::string::decoded_span;
use crate::text::Span;

rule! {
    /// Everybody in the container may write a file of the image.
    ///
    /// Whoever breaks into any program of the container can change what others run or read. The owner is enough: `chown`
    /// gives a file to the user that the image runs as.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// [[runtime.copy]]
    /// src = "data"
    /// dst = "/app/data"
    /// chmod = "0777"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.user = { name = "app", uid = 10001 }
    /// [[runtime.copy]]
    /// src = "data"
    /// dst = "/app/data"
    /// chown = "app:app"
    /// chmod = "0755"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it for a folder that any user must be able to write, where the platform chooses the user's number and its
    /// group is not root: `# docksmith: ignore[world-writable] runs under any uid`. With group root `"0775"` is enough.
    "world-writable", Warning, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for mode in modes(subject) {
        let digits = decoded_span(subject.text, mode.span, 0..mode.len());
        if let Some(fixed) = writable(mode) {
            report(&File::Document, mode.span, digits, mode, &fixed, findings);
        }
    }
    for (stage, instruction) in subject.plan.instructions() {
        if let InstructionKind::Written(written) = &instruction.kind
            && subject.is_in_image(stage)
            && let Some(Flag {
                value: Some(mode),
                span,
                ..
            }) = written.flag("chmod")
            && let Some(fixed) = writable(mode)
        {
            report(
                &instruction.origin.file,
                *span,
                *span,
                mode,
                &fixed,
                findings,
            );
        }
    }
    for text in subject.shell_texts() {
        let is_image = text.stage.is_some_and(|stage| subject.is_in_image(stage));
        if !is_image || text.phase != Phase::Build {
            continue;
        }
        for word in text.commands.iter().filter_map(mode_of) {
            let mode = word
                .text
                .strip_prefix("-m")
                .or(word.text.strip_prefix("--mode="));
            let mode = mode.unwrap_or(&word.text);
            if let Some(fixed) = writable(mode) {
                // Only digits that stand there as they are can be replaced.
                let is_plain = word.span.len() as usize == word.text.len();
                let start = word.span.end as usize - mode.len().min(word.span.end as usize);
                let digits = Span::new(start, word.span.end as usize);
                let digits = if is_plain { digits } else { Span::default() };
                report(&text.file, word.span, digits, mode, &fixed, findings);
            }
        }
    }
}

fn report(
    file: &File,
    span: Span,
    digits: Span,
    mode: &str,
    fixed: &str,
    findings: &mut Findings<'_>,
) {
    let message = format!("`{mode}` lets everybody write");
    let finding = findings.report_in(file.clone(), span, message);
    finding.help("leave writing to the owner, and give the file to the user with `chown`");
    if !fixed.is_empty() {
        finding.help(format!(
            "leave it out: `{fixed}`, and give the file to the user with `chown`"
        ));
        if digits.len() as usize == mode.len() {
            let title = format!("write `{fixed}`");
            finding.fix(Fix::unsafe_(title, digits, fixed).in_file(file));
        }
    }
}

/// The modes of what is copied into the image.
fn modes<'a>(subject: &Subject<'a>) -> Vec<&'a Text> {
    let config = subject.config;
    let copies = config.runtime.copy.iter();
    let mut modes: Vec<&Text> = copies.filter_map(|copy| copy.chmod.as_ref()).collect();
    let stages = config.stages.iter().filter(|stage| {
        let planned = subject.plan.stage(&stage.name);
        planned.is_some_and(|planned| subject.is_in_image(planned))
    });
    let steps = stages
        .flat_map(|stage| &stage.steps)
        .chain(&config.runtime.steps);
    for step in steps {
        if let Step::Table(table) = &step.value {
            modes.extend(table.copy.iter().filter_map(|copy| copy.chmod.as_ref()));
            modes.extend(table.add.iter().filter_map(|add| add.chmod.as_ref()));
        }
    }
    modes
}

/// The mode that a command gives to files.
fn mode_of(command: &SimpleCommand) -> Option<&Word> {
    let (name, arguments) = command.program()?;
    match name {
        "chmod" => arguments
            .iter()
            .find(|word| !word.text.starts_with('-') && !word.expands),
        "install" | "mkdir" => {
            let mut before = "";
            for word in arguments {
                let text = word.text.as_str();
                let is_joined =
                    text.starts_with("-m") && text.len() > 2 || text.starts_with("--mode=");
                if is_joined || matches!(before, "-m" | "--mode") {
                    return (!word.expands).then_some(word);
                }
                before = text;
            }
            None
        }
        _ => None,
    }
}

/// Whether a mode lets others write: the same without it; empty where that is not certain. A sticky folder such as `/tmp`
/// is made for everybody.
fn writable(mode: &str) -> Option<String> {
    if !mode.is_empty() && mode.bytes().all(|it| it.is_ascii_digit()) {
        let bits = u32::from_str_radix(mode, 8).ok()?;
        let is_open = bits & 0o002 != 0 && bits & 0o1000 == 0;
        let width = mode.len();
        return is_open.then(|| format!("{:0width$o}", bits & !0o002));
    }
    let mut parts = mode.split(',');
    let is_open = parts.any(|part| {
        let end = part.find(['+', '=', '-']).unwrap_or(part.len());
        let (who, what) = part.split_at(end);
        let is_all = who.contains(['o', 'a']);
        is_all && what.starts_with(['+', '=']) && what.contains('w')
    });
    let is_sticky = mode.contains('t');
    let is_mode = mode.chars().all(|it| "ugoarwxXst+-=,".contains(it));
    (is_open && is_mode && !is_sticky).then(String::new)
}

#[cfg(test)]
mod tests {
    use super::writable;
    use crate::rules::tests::check;

    #[test]
    fn every_place_counts() {
        check(
            r#"
language = "go"
[runtime]
image = "alpine:3.23"
steps = [
  "COPY --chmod=666 a /a",
#               ^^^ warning: `666` lets everybody write
  "RUN mkdir /data && chmod -R 0777 /data",
#                              ^^^^ warning: `0777` lets everybody write
  { run = "install -d -m 777 /data; chmod a+rwX /x" },
#                        ^^^ warning: `777` lets everybody write
#                                         ^^^^^ warning: `a+rwX` lets everybody write
  { copy = { src = "a", dst = "/b", chmod = "o=w" } },
#                                           ^^^^^ warning: `o=w` lets everybody write
]
"#,
        );
    }

    #[test]
    fn the_builder_is_its_own() {
        check("language = \"go\"\nbuild.steps = [\"RUN chmod -R 777 /src\"]\n");
    }

    #[test]
    fn others_may_read_and_use_sticky_folders() {
        for mode in [
            "0755", "1777", "775", "o+r", "g+w", "u+w", "+w", "a+t,o+w", "o-w", "file",
        ] {
            assert_eq!(writable(mode), None, "{mode}");
        }
        assert_eq!(writable("0777").as_deref(), Some("0775"));
        assert_eq!(writable("666").as_deref(), Some("664"));
        assert_eq!(writable("ugo+w").as_deref(), Some(""));
    }
}
