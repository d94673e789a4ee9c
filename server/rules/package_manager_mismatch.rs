//! `package-manager-mismatch`.

use crate::config::Language;
use crate::config::spellings::Canonical;
use crate::context::Entry;
use crate::diagnostic::Fix;
use crate::plan::languages::javascript::manager::Manager;
use crate::plan::languages::javascript::manifest::Manifest;
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// The project belongs to another package manager than the one that installs it.
    ///
    /// Only its own package manager reads a lockfile. Any other resolves all versions anew, so the image gets others than
    /// those that were tested, or the installation stops; and corepack refuses a package manager that `packageManager` in
    /// `package.json` does not name.
    ///
    /// ```text,file:package.json
    /// { "scripts": { "start": "node server.js" } }
    /// ```
    ///
    /// ```text,file:pnpm-lock.yaml
    /// lockfileVersion: "9.0"
    /// ```
    ///
    /// ```toml,bad
    /// language = "node"
    /// ```
    ///
    /// ```text,file:package.json
    /// { "scripts": { "start": "node server.js" } }
    /// ```
    ///
    /// ```text,file:pnpm-lock.yaml
    /// lockfileVersion: "9.0"
    /// ```
    ///
    /// ```toml,good
    /// language = "node"
    /// package_manager = "pnpm"
    /// ```
    ///
    /// Nothing is said about lockfiles of several package managers beside each other, if that of the chosen one is there.
    ///
    /// # When to ignore
    ///
    /// Ignore it where a step removes the other lockfile, or where versions that nobody has tested do not matter.
    "package-manager-mismatch", Warning, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let Some(language) = config.language.as_ref() else {
        return;
    };
    let is_placed = subject.layout.is_placed();
    if language.value != Language::Node || !is_placed {
        return;
    }
    let (manager, place) = Manager::of(config);
    let Some((other, evidence)) = other_manager(subject, manager) else {
        return;
    };
    // Commands of the file may know better what to install.
    if config.install_command.is_some() {
        return;
    }
    let (name, other) = (manager.name(), other.name());
    let message = format!("{evidence} is for {other}, and {name} installs");
    let finding = findings.report(place.unwrap_or(language.span), message);
    finding.why(format!(
        "{name} would not install the versions that {other} has locked"
    ));
    finding.help(format!("say it: `package_manager = \"{other}\"`"));
    finding.fix(fix(config, subject.text, language.span, other));
}

/// The package manager that the project is for, with what says so, if it is another one.
fn other_manager(subject: &Subject<'_>, manager: Manager) -> Option<(Manager, String)> {
    let text = subject.context.text(&subject.layout.path("package.json"));
    let named = text.and_then(|text| Manifest::parse(&text)?.manager());
    match named {
        // bun and npm read no `packageManager`.
        Some(named) if named == manager => return None,
        Some(named) => return Some((named, "`packageManager` of `package.json`".to_owned())),
        None => {}
    }
    let lockfile = |manager: Manager| {
        let mut names = manager.lockfiles().iter().copied();
        names.find(|name| {
            let path = subject.layout.path(name);
            matches!(subject.context.entry(&path), Entry::File { .. })
        })
    };
    if lockfile(manager).is_some() {
        return None;
    }
    let found = Manager::ALL.into_iter();
    let mut found = found.filter_map(|other| Some((other, format!("`{}`", lockfile(other)?))));
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// Says the package manager: in its key, or in a new line below the language.
fn fix(config: &Canonical, text: &str, language: Span, other: &str) -> Fix {
    let title = format!("set `package_manager` to `{other}`");
    if let Some(key) = &config.package_manager {
        return Fix::unsafe_(title, key.span, format!("\"{other}\""));
    }
    let rest = text.get(language.end as usize..).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default();
    let end = language.end as usize + line.len();
    let newline = if rest
        .get(line.len()..)
        .is_some_and(|it| it.starts_with("\r\n"))
    {
        "\r\n"
    } else {
        "\n"
    };
    let key = format!("{newline}package_manager = \"{other}\"");
    Fix::unsafe_(title, Span::new(end, end), key)
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::rules::tests::check_with;

    const MANIFEST: (&str, &str) = ("package.json", r#"{"scripts": {"start": "node ."}}"#);

    #[test]
    fn the_chosen_one_is_where_it_is_said() {
        check_with(
            r#"
language = "node"
package_manager = "yarn"
#                 ^^^^^^ warning: `bun.lock` is for bun, and yarn installs
"#,
            &[MANIFEST, ("bun.lock", "{}")],
        );
        check_with(
            r#"
runtime = "node"
build.command = "yarn build"
#               ^^^^^^^^^^^^ warning: `package-lock.json` is for npm, and yarn installs
start.command = "node server.js"
"#,
            &[MANIFEST, ("package-lock.json", "{}")],
        );
    }

    #[test]
    fn corepack_reads_the_manifest() {
        check_with(
            r#"
language = "node"
#          ^^^^^^ warning: `packageManager` of `package.json` is for pnpm, and npm installs
"#,
            &[(
                "package.json",
                r#"{"packageManager": "pnpm@9.15.0", "scripts": {"start": "node ."}}"#,
            )],
        );
    }

    #[test]
    fn a_lockfile_of_its_own_is_enough() {
        check_with(
            "language = \"node\"\n",
            &[MANIFEST, ("package-lock.json", "{}"), ("yarn.lock", "")],
        );
        check_with(
            "language = \"bun\"\n",
            &[MANIFEST, ("package-lock.json", "{}")],
        );
    }

    #[test]
    fn the_fix_adds_a_line_below_the_language() {
        let text = "language = \"node\" # ours\r\nversion = \"22\"\r\n";
        let files = Files::new([MANIFEST, ("pnpm-lock.yaml", "")]);
        let analysis = analyze(text, &files);
        let found = analysis.diagnostics.iter();
        let mut found = found.filter(|it| it.rule == "package-manager-mismatch");
        let finding = found.next().expect("a finding");
        let fix = finding.fix.as_ref().expect("a fix");
        let edit = &fix.edits[0];
        let mut fixed = text.to_owned();
        fixed.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        assert_eq!(
            fixed,
            "language = \"node\" # ours\r\npackage_manager = \"pnpm\"\r\nversion = \"22\"\r\n"
        );
    }
}
