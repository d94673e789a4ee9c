//! From a build plan to a Dockerfile, with an origin for every line.

mod quote;
mod script;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use crate::dockerfile::quote::{argument, exec_form, label, shell_safe, variable, word, words};
use crate::dockerfile::script::Surroundings;
use crate::plan::{
    Add, BaseImage, BuildPlan, BuildStage, Command, Copy, Healthcheck, Instruction,
    InstructionKind, Mount, Origin, Run, RunCommand, Source, SourcePath, Written,
};

/// A rendered Dockerfile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dockerfile {
    /// The text; it ends in a line feed.
    pub text: String,
    /// One for each line of the text: where it comes from. Headers and blank lines come from nowhere.
    pub origins: Vec<Option<Origin>>,
}

/// The first line for builders that follow it: the frontend that knows every feature used here.
const SYNTAX: &str = "# syntax=docker/dockerfile:1";

/// What the text says of itself.
const HEADER: &str = "# Rendered by docksmith from docksmith.toml; edit that file, not this one.";

/// Writes a plan down. Nothing for a plan without any stage.
pub fn render(plan: &BuildPlan) -> Option<Dockerfile> {
    if let Some(text) = &plan.verbatim {
        let lines = text.split_inclusive('\n').count();
        return Some(Dockerfile {
            text: text.clone(),
            origins: vec![None; lines],
        });
    }
    if plan.stages.is_empty() {
        return None;
    }
    let mut writer = Writer {
        plan,
        portable: plan.portable,
        surroundings: Surroundings::default(),
        file: Dockerfile::default(),
    };
    if !plan.portable {
        writer.line(SYNTAX, None);
    }
    writer.line(HEADER, None);
    if !plan.args.is_empty() {
        writer.line("", None);
    }
    for instruction in &plan.args {
        writer.instruction(instruction);
    }
    for stage in &plan.stages {
        writer.stage(stage);
    }
    Some(writer.file)
}

struct Writer<'a> {
    plan: &'a BuildPlan,
    portable: bool,
    /// Of the place that is written next, for portable scripts.
    surroundings: Surroundings,
    file: Dockerfile,
}

impl Writer<'_> {
    fn line(&mut self, text: &str, origin: Option<&Origin>) {
        self.file.text.push_str(text.trim_end_matches(' '));
        self.file.text.push('\n');
        self.file.origins.push(origin.cloned());
    }

    fn stage(&mut self, stage: &BuildStage) {
        if !self.file.text.ends_with("\n\n") {
            self.line("", None);
        }
        let platform = stage
            .platform
            .as_ref()
            .map(|platform| format!("--platform={platform} "))
            .unwrap_or_default();
        let base = match &stage.base {
            BaseImage::Image(reference) => self.plan.locked(reference),
            base => base.text().into(),
        };
        let text = format!("FROM {platform}{base} AS {}", stage.name);
        self.line(&text, Some(&stage.origin));
        self.surroundings = Surroundings::of(self.plan, stage);
        for instruction in &stage.instructions {
            self.instruction(instruction);
            self.surroundings.pass(&instruction.kind);
        }
    }

    fn instruction(&mut self, instruction: &Instruction) {
        let text = self.text(&instruction.kind);
        // A heredoc is followed by an empty line, without which linters refuse the file.
        let ends_in_heredoc = text.contains("<<") && text.contains('\n') && !text.ends_with('\n');
        for line in text.split('\n') {
            self.file.text.push_str(line);
            self.file.text.push('\n');
            self.file.origins.push(Some(instruction.origin.clone()));
        }
        if ends_in_heredoc {
            self.line("", None);
        }
    }

    fn text(&self, kind: &InstructionKind) -> String {
        match kind {
            InstructionKind::Add(add) => self.add(add),
            InstructionKind::Arg {
                name,
                default: Some(default),
            } => format!("ARG {name}={}", argument(default)),
            InstructionKind::Arg {
                name,
                default: None,
            } => format!("ARG {name}"),
            InstructionKind::Cmd(command) => format!("CMD {}", command_text(command)),
            InstructionKind::Copy(copy) => self.copy(copy),
            InstructionKind::Entrypoint(command) => format!("ENTRYPOINT {}", command_text(command)),
            InstructionKind::Env {
                name,
                value,
                expand,
            } => format!("ENV {name}={}", variable(value, *expand)),
            InstructionKind::Expose(port) => format!("EXPOSE {}", word(port)),
            InstructionKind::Healthcheck(None) => "HEALTHCHECK NONE".to_owned(),
            InstructionKind::Healthcheck(Some(check)) => self.healthcheck(check),
            InstructionKind::Label { key, value } => {
                format!("LABEL {}={}", label(key), label(value))
            }
            InstructionKind::Run(run) => self.run(run),
            InstructionKind::Shell(words) => format!("SHELL {}", exec_form(words)),
            InstructionKind::StopSignal(signal) => format!("STOPSIGNAL {}", word(signal)),
            InstructionKind::User(user) => format!("USER {}", word(user)),
            InstructionKind::Volume(volumes) => {
                let volumes: Vec<String> = volumes.iter().map(|volume| word(volume)).collect();
                format!("VOLUME {}", exec_form(&volumes))
            }
            InstructionKind::Workdir(folder) => format!("WORKDIR {}", word(folder)),
            InstructionKind::Written(written) => self.written(written),
        }
    }

    fn copy(&self, copy: &Copy) -> String {
        let mut flags = Vec::new();
        if copy.link && !self.portable {
            flags.push("--link".to_owned());
        }
        let from = match &copy.from {
            Source::Image(reference) => Some(self.plan.locked(reference)),
            Source::Stage { name, .. } => Some(self.plan.locked_source(name)),
            Source::Named(name) => Some(name.into()),
            Source::Context => None,
        };
        flags.extend(from.map(|from| format!("--from={from}")));
        flags.extend(copy.chown.as_ref().map(|chown| format!("--chown={chown}")));
        flags.extend(copy.chmod.as_ref().map(|chmod| format!("--chmod={chmod}")));
        flags.extend(
            copy.exclude
                .iter()
                .map(|pattern| format!("--exclude={pattern}")),
        );
        if copy.parents {
            flags.push("--parents".to_owned());
        }
        paths("COPY", flags, &copy.sources, &copy.dst)
    }

    fn add(&self, add: &Add) -> String {
        let mut flags = Vec::new();
        if add.link && !self.portable {
            flags.push("--link".to_owned());
        }
        flags.extend(
            add.checksum
                .as_ref()
                .map(|checksum| format!("--checksum={checksum}")),
        );
        flags.extend(add.chown.as_ref().map(|chown| format!("--chown={chown}")));
        flags.extend(add.chmod.as_ref().map(|chmod| format!("--chmod={chmod}")));
        flags.extend(add.unpack.map(|unpack| format!("--unpack={unpack}")));
        paths("ADD", flags, &add.sources, &add.dst)
    }

    fn healthcheck(&self, check: &Healthcheck) -> String {
        let mut flags = vec![
            format!("--interval={}", check.interval),
            format!("--timeout={}", check.timeout),
            format!("--start-period={}", check.start_period),
        ];
        if let Some(interval) = check.start_interval.as_ref().filter(|_| !self.portable) {
            flags.push(format!("--start-interval={interval}"));
        }
        flags.extend(check.retries.map(|retries| format!("--retries={retries}")));
        format!(
            "HEALTHCHECK {} \\\n    CMD {}",
            flags.join(" "),
            command_text(&check.command)
        )
    }

    fn run(&self, run: &Run) -> String {
        let mut parts: Vec<String> = run
            .mounts
            .iter()
            .map(|mount| self.mount_flag(mount))
            .collect();
        parts.extend(run.network.map(|network| format!("--network={network}")));
        match &run.command {
            RunCommand::Lines(lines) => parts.extend(lines.iter().cloned()),
            RunCommand::Exec(words) => parts.push(exec_form(words)),
            RunCommand::Shell(text) => parts.push(self.shell_text(text)),
        }
        let mut text = format!("RUN {}", parts.first().map_or("", String::as_str));
        for part in parts.iter().skip(1) {
            let indent = if part.starts_with("&& ") { " " } else { "    " };
            text.push_str(&format!(" \\\n{indent}{part}"));
        }
        text
    }

    /// The user's shell text. One plain line stays as it is, and so do lines that are continued; everything else becomes
    /// a script that stops at the first failing line.
    fn shell_text(&self, text: &str) -> String {
        let text = text.replace("\r\n", "\n");
        let text = text.trim_matches('\n').trim_end();
        let mut lines = text.lines().rev();
        let last_is_open = lines.next().is_some_and(|line| line.ends_with('\\'));
        let is_continued = lines.all(continues);
        if is_continued && !last_is_open && shell_safe(text) {
            return text.to_owned();
        }
        if self.portable {
            return self.surroundings.script(text);
        }
        let taken = |mark: &str| text.lines().any(|line| line == mark);
        let mark = (0..).map(|number| {
            if number == 0 {
                "EOT".to_owned()
            } else {
                format!("EOT{number}")
            }
        });
        let mark = mark
            .take(text.lines().count() + 1)
            .find(|mark| !taken(mark))
            .unwrap_or_default();
        format!("<<'{mark}'\nset -e\n{text}\n{mark}")
    }

    /// `--mount=…`; the schema keeps commas and blanks out of every part.
    fn mount_flag(&self, mount: &Mount) -> String {
        let mut parts: Vec<String> = Vec::new();
        let mut part = |name: &str, value: &Option<String>| {
            parts.extend(value.as_ref().map(|value| format!("{name}={value}")));
        };
        match mount {
            Mount::Cache {
                target,
                id,
                sharing,
            } => {
                part("type", &Some("cache".to_owned()));
                part("id", id);
                part("target", &Some(target.clone()));
                part("sharing", &sharing.map(str::to_owned));
            }
            Mount::Bind {
                from,
                source,
                target,
                writable,
            } => {
                part("type", &Some("bind".to_owned()));
                let from = from
                    .as_ref()
                    .map(|name| self.plan.locked_source(name).into_owned());
                part("from", &from);
                part("source", source);
                part("target", &Some(target.clone()));
                part("rw", &writable.then(|| "true".to_owned()));
            }
            Mount::Secret {
                id,
                target,
                env,
                required,
            } => {
                part("type", &Some("secret".to_owned()));
                part("id", &Some(id.clone()));
                part("target", target);
                part("env", env);
                part("required", &required.then(|| "true".to_owned()));
            }
            Mount::Ssh { id } => {
                part("type", &Some("ssh".to_owned()));
                part("id", id);
            }
        }
        format!("--mount={}", parts.join(","))
    }

    fn written(&self, written: &Written) -> String {
        let mut text = written.keyword.clone();
        let is_left_out = |name: &str| self.portable && matches!(name, "link" | "start-interval");
        for flag in written.flags.iter().filter(|it| !is_left_out(&it.name)) {
            text.push_str(" --");
            text.push_str(&flag.name);
            if let Some(value) = self.plan.locked_flag(flag) {
                text.push('=');
                text.push_str(&value);
            }
        }
        format!("{text} {}", written.arguments)
    }
}

/// Whether a line goes on in the next one, as builders see it: a backslash behind a backslash is literal.
fn continues(line: &str) -> bool {
    line.strip_suffix('\\')
        .is_some_and(|rest| !rest.ends_with('\\'))
}

/// A command in its form. Shell text that Docker would read as something else is given to the shell by name.
fn command_text(command: &Command) -> String {
    match command {
        Command::Exec(words) => exec_form(words),
        Command::Shell(text) if shell_safe(text) => text.trim().to_owned(),
        Command::Shell(text) => exec_form(&["/bin/sh".to_owned(), "-c".to_owned(), text.clone()]),
    }
}

fn paths(keyword: &str, flags: Vec<String>, sources: &[SourcePath], dst: &str) -> String {
    let mut list: Vec<&str> = sources.iter().map(|source| source.path.as_str()).collect();
    list.push(dst);
    let mut parts = vec![keyword.to_owned()];
    parts.extend(flags);
    parts.push(words(&list));
    parts.join(" ")
}
