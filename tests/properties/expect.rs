//! What a plan says, held against what a reader finds in the text.

use docksmith::plan::{
    Add, BuildStage, Command, Copy, Flag, InstructionKind, Mount, Run, RunCommand, SourcePath,
};

use crate::properties::reader::{Read, expanded, json, word};

/// The `FROM` of a stage.
pub(crate) fn begins(stage: &BuildStage, read: &Read) {
    assert_eq!(read.keyword, "FROM");
    let platform = stage.platform.iter().map(|it| format!("platform={it}"));
    assert_eq!(read.flags, platform.collect::<Vec<_>>());
    let expected = format!("{} AS {}", stage.base.text(), stage.name);
    assert_eq!(read.arguments, expected);
}

/// Any other instruction.
pub(crate) fn says(kind: &InstructionKind, read: &Read, portable: bool) {
    let (keyword, text) = (read.keyword.as_str(), read.arguments.as_str());
    match kind {
        InstructionKind::Add(it) => add(it, read, portable),
        InstructionKind::Copy(it) => copy(it, read, portable),
        InstructionKind::Run(it) => run(it, read, portable),
        InstructionKind::Arg { name, default } => {
            assert_eq!(keyword, "ARG");
            let (found, value) = match text.split_once('=') {
                Some((name, value)) => (name, Some(word(value))),
                None => (text, None),
            };
            assert_eq!((found, value.as_ref()), (name.as_str(), default.as_ref()));
        }
        InstructionKind::Env {
            name,
            value,
            expand,
        } => {
            assert_eq!(keyword, "ENV");
            let (found, text) = text.split_once('=').expect("a value");
            let expected = if *expand {
                // Variables stay, and everything else is as literal as ever.
                expanded(text, true)
            } else {
                word(text)
            };
            assert_eq!((found, &expected), (name.as_str(), value));
        }
        InstructionKind::Label { key, value } => {
            assert_eq!(keyword, "LABEL");
            let (found, text) = text.split_once("\"=\"").expect("a value");
            assert_eq!(&word(&format!("{found}\"")), key);
            assert_eq!(&word(&format!("\"{text}")), value);
        }
        InstructionKind::Cmd(it) => {
            assert_eq!(keyword, "CMD");
            command(it, text);
        }
        InstructionKind::Entrypoint(it) => {
            assert_eq!(keyword, "ENTRYPOINT");
            command(it, text);
        }
        InstructionKind::Healthcheck(None) => assert_eq!((keyword, text), ("HEALTHCHECK", "NONE")),
        InstructionKind::Healthcheck(Some(check)) => {
            assert_eq!(keyword, "HEALTHCHECK");
            let interval = check.start_interval.iter().filter(|_| !portable);
            let retries = check.retries.iter();
            let flags = [
                format!("interval={}", check.interval),
                format!("timeout={}", check.timeout),
                format!("start-period={}", check.start_period),
            ]
            .into_iter()
            .chain(interval.map(|it| format!("start-interval={it}")))
            .chain(retries.map(|it| format!("retries={it}")));
            assert_eq!(read.flags, flags.collect::<Vec<_>>());
            command(&check.command, text.strip_prefix("CMD ").expect("CMD"));
        }
        InstructionKind::Expose(port) => assert_eq!((keyword, &word(text)), ("EXPOSE", port)),
        InstructionKind::StopSignal(it) => assert_eq!((keyword, &word(text)), ("STOPSIGNAL", it)),
        InstructionKind::User(user) => assert_eq!((keyword, &word(text)), ("USER", user)),
        InstructionKind::Workdir(it) => assert_eq!((keyword, &word(text)), ("WORKDIR", it)),
        InstructionKind::Shell(words) => {
            assert_eq!((keyword, json(text)), ("SHELL", Some(words.clone())));
        }
        InstructionKind::Volume(volumes) => {
            assert_eq!(keyword, "VOLUME");
            let found: Vec<String> = json(text)
                .expect("JSON")
                .iter()
                .map(|it| word(it))
                .collect();
            assert_eq!(&found, volumes);
        }
        InstructionKind::Written(written) => {
            assert_eq!(keyword, written.keyword);
            let flag = |flag: &Flag| match &flag.value {
                Some(value) => format!("{}={value}", flag.name),
                None => flag.name.clone(),
            };
            let flags: Vec<String> = written.flags.iter().map(flag).collect();
            assert_eq!(read.flags, flags);
            let first = written.arguments.replace("\\\n", " ");
            let first = first.lines().next().unwrap_or_default();
            assert!(blanks(text).starts_with(&blanks(first)), "{text}");
        }
    }
}

fn command(command: &Command, text: &str) {
    match command {
        Command::Exec(words) => assert_eq!(json(text).as_ref(), Some(words)),
        Command::Shell(shell) => {
            let given = json(text).map(|words| words.last().cloned().unwrap_or_default());
            assert_eq!(
                given.unwrap_or_else(|| text.to_owned()).trim(),
                shell.trim()
            );
        }
    }
}

/// Paths keep their place; one that looks like something else stands behind `./`.
fn paths(sources: &[SourcePath], dst: &str, text: &str) {
    let found: Vec<String> = match json(text) {
        Some(words) => words.iter().map(|it| word(it)).collect(),
        None => text.split_whitespace().map(str::to_owned).collect(),
    };
    let expected: Vec<String> = sources
        .iter()
        .map(|source| source.path.clone())
        .chain([dst.to_owned()])
        .map(|path| {
            let number = path.trim_start_matches(|it: char| it.is_ascii_digit());
            let odd = path.starts_with('-') || number.starts_with("<<") || path.starts_with('[');
            if odd { format!("./{path}") } else { path }
        })
        .collect();
    assert_eq!(found, expected);
}

fn copy(copy: &Copy, read: &Read, portable: bool) {
    assert_eq!(read.keyword, "COPY");
    let mut flags: Vec<String> = Vec::new();
    flags.extend((copy.link && !portable).then(|| "link".to_owned()));
    flags.extend(copy.from.flag().map(|from| format!("from={from}")));
    flags.extend(copy.chown.iter().map(|it| format!("chown={it}")));
    flags.extend(copy.chmod.iter().map(|it| format!("chmod={it}")));
    flags.extend(copy.exclude.iter().map(|it| format!("exclude={it}")));
    flags.extend(copy.parents.then(|| "parents".to_owned()));
    assert_eq!(read.flags, flags);
    paths(&copy.sources, &copy.dst, &read.arguments);
}

fn add(add: &Add, read: &Read, portable: bool) {
    assert_eq!(read.keyword, "ADD");
    let mut flags: Vec<String> = Vec::new();
    flags.extend((add.link && !portable).then(|| "link".to_owned()));
    flags.extend(add.checksum.iter().map(|it| format!("checksum={it}")));
    flags.extend(add.chown.iter().map(|it| format!("chown={it}")));
    flags.extend(add.chmod.iter().map(|it| format!("chmod={it}")));
    flags.extend(add.unpack.iter().map(|it| format!("unpack={it}")));
    assert_eq!(read.flags, flags);
    paths(&add.sources, &add.dst, &read.arguments);
}

fn run(run: &Run, read: &Read, portable: bool) {
    assert_eq!(read.keyword, "RUN");
    let mut flags: Vec<String> = run.mounts.iter().map(mount).collect();
    flags.extend(run.network.map(|it| format!("network={it}")));
    assert_eq!(read.flags, flags);
    let text = read.arguments.as_str();
    match &run.command {
        RunCommand::Exec(words) => assert_eq!(json(text).as_ref(), Some(words)),
        RunCommand::Lines(lines) => assert_eq!(blanks(text), blanks(&lines.join(" "))),
        RunCommand::Shell(shell) => match &read.heredoc {
            Some(body) => {
                let lines: Vec<&str> = shell.trim_matches('\n').trim_end().lines().collect();
                assert_eq!(body.first().map(String::as_str), Some("set -e"));
                assert_eq!(body.get(1..).unwrap_or_default(), lines);
            }
            None if portable && text.starts_with("printf ") => {
                let words = shlex::split(text).expect("words of a shell");
                let end = words.iter().position(|word| word == ">").expect("a script");
                let body = words.get(3..end).unwrap_or_default();
                let lines: Vec<&str> = shell.trim_matches('\n').trim_end().lines().collect();
                assert_eq!(body, lines);
            }
            None => assert_eq!(blanks(text), blanks(&shell.replace("\\\n", " "))),
        },
    }
}

fn blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn mount(mount: &Mount) -> String {
    let part = |name: &str, value: &Option<String>| {
        let value = value.iter().map(|value| format!(",{name}={value}"));
        value.collect::<String>()
    };
    match mount {
        Mount::Cache {
            target,
            id,
            sharing,
        } => format!(
            "mount=type=cache{},target={target}{}",
            part("id", id),
            part("sharing", &sharing.map(str::to_owned))
        ),
        Mount::Bind {
            from,
            source,
            target,
            writable,
        } => format!(
            "mount=type=bind{}{},target={target}{}",
            part("from", from),
            part("source", source),
            if *writable { ",rw=true" } else { "" }
        ),
        Mount::Secret {
            id,
            target,
            env,
            required,
        } => format!(
            "mount=type=secret,id={id}{}{}{}",
            part("target", target),
            part("env", env),
            if *required { ",required=true" } else { "" }
        ),
        Mount::Ssh { id } => format!("mount=type=ssh{}", part("id", id)),
    }
}
