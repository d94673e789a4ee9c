//! What suppression comments hide.

use crate::analysis::levels::Levels;
use crate::diagnostic::{Diagnostic, File};
use crate::rules::{Findings, Rule, Subject, by_name, unused_suppression};
use crate::syntax::suppression::{Scope, Suppression, suppressions};

/// The suppression comments of a document; each rule in each of them counts by itself.
pub(super) struct Suppressions {
    list: Vec<Suppression>,
}

impl Suppressions {
    pub(super) fn read(subject: &Subject<'_>) -> Self {
        let mut list = suppressions(subject.text, subject.document);
        list.retain(|suppression| suppression.fault.is_none());
        if subject.needs_reasons() {
            list.retain(|suppression| !suppression.reason.is_empty());
        }
        Self { list }
    }

    /// How many rules are named in all comments.
    pub(super) fn len(&self) -> usize {
        self.list
            .iter()
            .map(|suppression| suppression.rules.len())
            .sum()
    }

    /// The reason for which a diagnostic is hidden, if it is; what hides it is marked as used.
    pub(super) fn hides(&self, diagnostic: &Diagnostic, used: &mut [bool]) -> Option<&str> {
        let can_be_silenced = by_name(diagnostic.rule).is_none_or(Rule::can_be_silenced);
        if !can_be_silenced || diagnostic.file != File::Document {
            return None;
        }
        let mut hidden = None;
        let names = self
            .list
            .iter()
            .flat_map(|it| it.rules.iter().map(move |(name, _)| (it, name)));
        for ((suppression, name), used) in names.zip(used.iter_mut()) {
            let covers = match suppression.scope {
                Scope::File => true,
                Scope::Node(span) => span.covers(diagnostic.span),
            };
            if name == diagnostic.rule && covers {
                *used = true;
                hidden = hidden.or(Some(suppression.reason.as_str()));
            }
        }
        hidden
    }

    /// What hides nothing. Rules that are off are not judged.
    pub(super) fn findings(
        &self,
        used: &[bool],
        levels: &Levels<'_>,
        subject: &Subject<'_>,
    ) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let mut findings = Findings::new(
            &unused_suppression::RULE,
            subject.is_old_style(),
            &mut found,
        );
        let names = self
            .list
            .iter()
            .flat_map(|it| it.rules.iter().map(move |named| (it, named)));
        for ((suppression, (name, span)), used) in names.zip(used) {
            // Where no files can be seen, nobody knows whether it hides something that a look at them would find.
            let can_judge = |rule: &Rule| !rule.reads_files || subject.sees_project();
            let is_judged = by_name(name).is_some_and(can_judge) && levels.speaks(name);
            if !used && is_judged && subject.document.errors.is_empty() {
                unused_suppression::report(suppression, name, *span, subject, &mut findings);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::{Options, analyze_with};
    use crate::context::{BuildContext, Files, NoContext};

    /// The rules that speak of a document, without those of taste.
    fn names(text: &str, context: &dyn BuildContext) -> Vec<&'static str> {
        let options = Options {
            ignore: vec!["no-dockerignore".to_owned()],
            ..Options::default()
        };
        let found = analyze_with(text, context, &options).diagnostics;
        found.iter().map(|it| it.rule).collect()
    }

    fn found(text: &str) -> Vec<&'static str> {
        names(text, &NoContext::default())
    }

    /// One line each that a rule speaks of, in a document that is sound otherwise.
    const REPRESENTATIVE: [(&str, &str); 10] = [
        ("unknown-key", "x = 1"),
        ("wrong-type", "runtime.expose = '80'"),
        ("invalid-value", "render.target = \"docker\""),
        ("port-out-of-range", "runtime.expose = 99999"),
        ("invalid-platform", "platforms = [\"amd64\"]"),
        ("image-latest-tag", "runtime.image = \"alpine:latest\""),
        ("root-user", "runtime.user = \"root\""),
        ("relative-destination", "runtime.workdir = \"app\""),
        (
            "invalid-duration",
            "runtime.healthcheck = { test = [\"/x\"], interval = 30 }",
        ),
        (
            "predefined-arg-default",
            "args = { TARGETARCH = \"amd64\" }",
        ),
    ];

    #[test]
    fn a_comment_above_or_behind_hides_any_rule() {
        for (rule, line) in REPRESENTATIVE {
            let above = format!("language = \"go\"\n# docksmith: ignore[{rule}] why\n{line}\n");
            let behind = format!("language = \"go\"\n{line} # docksmith: ignore[{rule}] why\n");
            let bare = format!("language = \"go\"\n{line}\n");
            assert_eq!(found(&bare), [rule]);
            assert_eq!(found(&above), [""; 0], "{above}");
            assert_eq!(found(&behind), [""; 0], "{behind}");
        }
    }

    #[test]
    fn a_comment_covers_values_of_many_lines_and_whole_tables() {
        let list = "platforms = [\n  \"linux/amd64\",\n  \"amd64\",\n]";
        for text in [
            format!("# docksmith: ignore[invalid-platform] why\n{list}\n"),
            format!("{list} # docksmith: ignore[invalid-platform] why\n"),
        ] {
            assert_eq!(
                found(&format!("language = \"go\"\n{text}")),
                [""; 0],
                "{text}"
            );
        }
        let table = "[runtime] # docksmith: ignore[port-out-of-range, unknown-key] why\n\
                     expose = 99999\nx = 1\n[build]\ny = 1\n";
        assert_eq!(
            found(&format!("language = \"go\"\n{table}")),
            ["unknown-key"]
        );
    }

    #[test]
    fn a_comment_of_the_file_stands_before_the_first_key() {
        let comment = "# docksmith: ignore-file[unknown-key] why\n";
        let text = "language = \"go\"\nx = 1\n[runtime]\ny = 1\n";
        assert_eq!(found(&format!("# top\n{comment}{text}")), [""; 0]);
        let late = format!("language = \"go\"\n{comment}x = 1\n");
        assert_eq!(found(&late), ["invalid-suppression", "unknown-key"]);
    }

    #[test]
    fn a_comment_in_an_array_belongs_to_no_key() {
        let text = "language = \"go\"\nplatforms = [\n  \"amd64\", # docksmith: ignore[invalid-platform] why\n]\n";
        assert_eq!(found(text), ["invalid-platform", "invalid-suppression"]);
    }

    #[test]
    fn what_is_said_of_something_absent_can_be_hidden() {
        let files = Files::new([("main.go", "package main\n")]);
        let text = "language = \"go\"";
        let comment = "# docksmith: ignore[project-file-missing] comes later";
        assert_eq!(names(text, &files), ["project-file-missing"]);
        assert_eq!(names(&format!("{text} {comment}\n"), &files), [""; 0]);
        assert_eq!(names(&format!("{comment}\n{text}\n"), &files), [""; 0]);
        let stage = "language = \"go\"\n[[stages]]\nname = \"a\"\n";
        assert!(found(stage).contains(&"missing-key"));
        let hidden = stage.replace(
            "[[stages]]",
            "[[stages]] # docksmith: ignore[missing-key, unused-stage] x",
        );
        assert!(
            !found(&hidden).contains(&"missing-key"),
            "{:?}",
            found(&hidden)
        );
    }

    #[test]
    fn what_hides_nothing_is_told_but_for_rules_that_are_off() {
        let text = "language = \"go\" # docksmith: ignore[unknown-key] why\n";
        assert_eq!(found(text), ["unused-suppression"]);
        let off = format!("{text}[lint.rules]\nunknown-key = \"off\"\n");
        assert_eq!(found(&off), [""; 0]);
        let pedantic = text.replace("unknown-key", "image-no-digest");
        assert_eq!(found(&pedantic), [""; 0]);
        // Where no file can be seen, nobody knows whether it hides something.
        let blind = text.replace("unknown-key", "copy-source-missing");
        assert_eq!(found(&blind), [""; 0]);
        let files = Files::new([("go.mod", "module x\n")]);
        assert_eq!(names(&blind, &files), ["unused-suppression"]);
    }

    #[test]
    fn some_rules_cannot_be_hidden() {
        let text = "# docksmith: ignore-file[toml-syntax, invalid-suppression] why\nlanguage = \"go\"\na = \n";
        assert!(found(text).contains(&"toml-syntax"));
    }

    /// Rules whose files begin to look around must be known here.
    #[test]
    fn the_rules_that_look_at_files_are_known() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("server/rules");
        let mut looking = Vec::new();
        for entry in folder.read_dir().expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().and_then(|it| it.to_str()).expect("a name");
            let bytes = crate::disk::read_document(&path).unwrap_or_default();
            let text = String::from_utf8(bytes).expect("a text");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let looks = [
                "subject.context",
                ".entry_script()",
                ".ignore_file()",
                ".ignored()",
                ".sound_ignored()",
                "sees_project",
                "nearest_path(",
            ];
            if name != "tests" && looks.iter().any(|it| code.contains(it)) {
                looking.push(name.replace('_', "-"));
            }
        }
        looking.retain(|name| !crate::rules::by_name(name).is_some_and(|rule| rule.reads_files));
        assert!(looking.is_empty(), "{looking:?}");
    }
}
