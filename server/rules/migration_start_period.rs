//! `migration-start-period`.

use crate::diagnostic::{Diagnostic, Edit, File, Fix};
use crate::plan::InstructionKind;
use crate::plan::duration::nanoseconds;
use crate::plan::entry_script::EntryScript;
use crate::plan::paths::file_name;
use crate::rules::{Findings, Subject, rule};
use crate::syntax::beside::beside;
use crate::text::Span;

rule! {
    /// The entrypoint's script migrates a database, and the health check does not wait for that.
    ///
    /// The program does not answer before the migration is done. Failures count once the start period is over, and what
    /// watches the container restarts it in the middle of a migration.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:cmd/server/main.go
    /// package main
    /// ```
    ///
    /// ```text,file:entrypoint.sh
    /// #!/bin/sh
    /// set -eu
    /// goose -dir migrations up
    /// exec "$@"
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.entrypoint = "entrypoint.sh"
    /// runtime.healthcheck.cmd = ["/usr/local/bin/server", "health"]
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
    /// ```text,file:entrypoint.sh
    /// #!/bin/sh
    /// set -eu
    /// goose -dir migrations up
    /// exec "$@"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.entrypoint = "entrypoint.sh"
    /// runtime.healthcheck.cmd = ["/usr/local/bin/server", "health"]
    /// runtime.healthcheck.start_period = "60s"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Where migrations are short: `# docksmith: ignore[migration-start-period] takes a second`.
    "migration-start-period", Info, Medium, check in files; fix Unsafe
}

/// The programs that migrate databases.
const PROGRAMS: &[&str] = &[
    "atlas",
    "goose",
    "migrate",
    "dbmate",
    "flyway",
    "alembic",
    "prisma",
    "db:migrate",
];

/// The shortest start period that is taken for a thought about migrations.
const SHORTEST: &str = "30s";

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(script) = subject.entry_script().filter(EntryScript::is_shell) else {
        return;
    };
    let Some(stage) = subject.plan.final_stage() else {
        return;
    };
    let check = stage.instructions.iter().find_map(|it| match &it.kind {
        InstructionKind::Healthcheck(Some(check)) => Some((check, it.origin.span)),
        _ => None,
    });
    let (Some((check, place)), Some(migration)) = (check, migration(&script)) else {
        return;
    };
    let period = nanoseconds(&check.start_period);
    if period.is_none() || period >= nanoseconds(SHORTEST) {
        return;
    }
    let own = subject.config.timing.start_period.as_ref();
    let span = own.map_or(place, |own| own.span);
    let message = format!(
        "`{}` migrates, and the health check waits {} only",
        file_name(&script.written),
        check.start_period
    );
    let finding = findings.report(span, message);
    finding.label_in(script.file(), migration, "the program starts after this");
    finding.why("the container may be restarted in the middle of a migration");
    finding.help("wait longer: `start_period = \"60s\"`");
    offer(subject, own.map(|own| own.span), place, finding);
}

/// The first command of a script that migrates.
fn migration(script: &EntryScript) -> Option<Span> {
    let mut start = 0;
    for line in script.text.split_inclusive('\n') {
        let content = line.trim();
        let is_said = ["#", "echo ", "printf ", "log "]
            .iter()
            .any(|front| content.starts_with(front));
        let mut words = content.split(|it: char| it.is_whitespace() || ";&|()\"'".contains(it));
        if !is_said && words.any(|word| PROGRAMS.contains(&file_name(word))) {
            let indent = line.len() - line.trim_start().len();
            return Some(Span::new(start + indent, start + indent + content.len()));
        }
        start += line.len();
    }
    None
}

/// Replaces the time that is there, or adds one beside the command.
fn offer(subject: &Subject<'_>, own: Option<Span>, command: Span, finding: &mut Diagnostic) {
    let place = match own {
        Some(own) => Some((own, "\"60s\"".to_owned())),
        None => beside(
            subject.text,
            command,
            &["cmd", "test"],
            "start_period = \"60s\"",
        ),
    };
    // `runtime.cmd` is no key of the check.
    let is_check = subject.config.healthcheck.as_ref().map(|it| it.span) == Some(command);
    if let Some((span, text)) = place.filter(|_| is_check || own.is_some()) {
        finding.fix(Fix {
            title: "wait 60s before failures count".to_owned(),
            safe: false,
            edits: vec![Edit {
                file: File::Document,
                span,
                text,
            }],
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::rules::tests::check_with;

    const GO: &str = "language = \"go\"\nbuild.target = \"./cmd/server\"\nruntime.image = \"alpine:3.23\"\nruntime.entrypoint = \"start.sh\"\n";

    fn check_script(lines: &str, script: &str) {
        let files = [
            ("go.mod", "module x"),
            ("cmd/server/main.go", "package main"),
            ("start.sh", script),
        ];
        check_with(&format!("{GO}{lines}\n"), &files);
    }

    #[test]
    fn the_time_is_marked_where_it_is_short() {
        check_script(
            r#"[runtime.healthcheck]
cmd = ["/usr/local/bin/server", "health"]
start_period = "29s"
#              ^^^^^ info: `start.sh` migrates, and the health check waits 29s only"#,
            "#!/bin/sh\nif true; then\n  /app/bin/atlas migrate apply\nfi\nexec \"$@\"\n",
        );
    }

    #[test]
    fn the_default_counts() {
        check_script(
            r#"runtime.healthcheck = ["/usr/local/bin/server", "health"]
#                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ info: `start.sh` migrates, and the health check waits 10s only"#,
            "#!/bin/sh\nbundle exec rails db:migrate\nexec \"$@\"\n",
        );
    }

    #[test]
    fn what_waits_or_migrates_nothing_is_fine() {
        let check = "runtime.healthcheck = [\"/x\"]";
        let waits = "runtime.healthcheck = { cmd = [\"/x\"], start_period = \"1m\" }";
        let migrates = "goose up";
        for (lines, command) in [
            (waits, migrates),
            ("runtime.healthcheck = false", migrates),
            (check, "# goose up\necho migrate"),
            (check, "cd /app/migrations"),
        ] {
            let script = format!("#!/bin/sh\n{command}\nexec \"$@\"\n");
            let files = Files::new([
                ("go.mod", "module x"),
                ("cmd/server/main.go", "package main"),
                ("start.sh", script.as_str()),
            ]);
            let analysis = analyze(&format!("{GO}{lines}\n"), &files.in_folder("app"));
            let mut found = analysis.diagnostics.iter();
            assert!(
                found.all(|it| it.rule != "migration-start-period"),
                "{lines} {command}"
            );
        }
    }
}
