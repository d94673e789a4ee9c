//! From a name to what it names.

use crate::analysis::Analysis;
use crate::context::{BuildContext, Entry};
use crate::diagnostic::File;
use crate::ide::open_string::named_in_open_string;
use crate::ide::target::{Target, target_at};
use crate::names::{Occurrence, Place};
use crate::text::Span;

/// Where something is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The word that names it.
    pub origin: Span,
    /// The file in which it is made, or that it is.
    pub file: File,
    /// The place there.
    pub span: Span,
}

/// Where the thing is made that the word at an offset names: its name, or the key that makes a stage of docksmith's; for a
/// path the file.
pub fn definition(
    analysis: &Analysis,
    context: &dyn BuildContext,
    offset: u32,
) -> Option<Definition> {
    let named = analysis.names.at(offset);
    if let Some(found) = named
        && let Some(to) = made_at(analysis, found)
    {
        return Some(Definition {
            origin: found.place().literal,
            file: to.file.clone(),
            span: to.literal,
        });
    }
    if let Some((made, origin)) = named_in_open_string(analysis, offset) {
        return Some(Definition {
            origin,
            file: made.place.file.clone(),
            span: made.place.literal,
        });
    }
    let named = target_at(analysis, offset)?;
    let Target::File(path) = named.target else {
        return None;
    };
    let entry = analysis.layout.rooted(context).entry(&path);
    matches!(entry, Entry::File { .. }).then(|| Definition {
        origin: named.span,
        file: File::Context(path),
        span: Span::default(),
    })
}

/// The place of what makes the name of an occurrence.
fn made_at<'a>(analysis: &'a Analysis, occurrence: Occurrence<'a>) -> Option<&'a Place> {
    match occurrence {
        Occurrence::Target(target) => Some(&target.place),
        Occurrence::Use(it) => Some(&analysis.names.target(it)?.place),
    }
}

#[cfg(test)]
mod tests {
    use super::definition;
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::diagnostic::File;
    use crate::ide::testing::{PROJECT, fixture, project, split};

    /// What a line below the project points from, and at: the text there, or the path of a file.
    fn check(line: &str, expected: Option<(&str, &str)>) {
        let (analysis, offset) = fixture(&format!("{PROJECT}{line}"));
        let found = definition(&analysis, &project(), offset).map(|it| {
            let target = match it.file {
                File::Document => it.span.of(&analysis.text).to_owned(),
                File::Context(path) => path,
            };
            (it.origin.of(&analysis.text).to_owned(), target)
        });
        let expected = expected.map(|(from, to)| (from.to_owned(), to.to_owned()));
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn a_stage_leads_to_its_name_or_to_the_key_that_makes_it() {
        for (name, target) in [
            ("web", "\"web\""),
            ("builder", "build"),
            ("builder-agent", "\"agent\""),
            ("tool-atlas", "\"atlas\""),
        ] {
            let line = format!("copy = [{{ from = \"{name}<|>\", src = \"/x\", dst = \"/x\" }}]");
            check(&line, Some((&format!("\"{name}\""), target)));
        }
    }

    #[test]
    fn a_stage_is_found_from_both_ends_of_its_name_in_a_step() {
        for word in ["<|>web", "we<|>b", "web<|>"] {
            let line = format!("steps = [\"COPY --from={word} /é /x\"]");
            check(&line, Some(("web", "\"web\"")));
            let line = format!("steps = [\"RUN --mount=type=bind,from={word},target=/x é\"]");
            check(&line, Some(("web", "\"web\"")));
        }
    }

    #[test]
    fn a_path_leads_to_the_file() {
        check(
            "entrypoint = \"entry<|>point.sh\"",
            Some(("\"entrypoint.sh\"", "entrypoint.sh")),
        );
        check(
            "copy = [{ src = [\"go.mod\", \"sql/é<|>.sql\"], dst = \"/x/\" }]",
            Some(("\"sql/é.sql\"", "sql/é.sql")),
        );
        check(
            "steps = [\"COPY sql/schema<|>.sql /x\"]",
            Some(("sql/schema.sql", "sql/schema.sql")),
        );
        check("entrypoint = \"none<|>.sh\"", None);
        check(
            "copy = [{ from = \"web\", src = \"go<|>.mod\", dst = \"/x\" }]",
            None,
        );
    }

    #[test]
    fn a_secret_leads_to_its_key() {
        check(
            "steps = [{ run = \"x\", secret = [\"net<|>rc\"] }]",
            Some(("\"netrc\"", "netrc")),
        );
        check(
            "steps = [\"RUN --mount=type=secret,id=netrc<|> x\"]",
            Some(("netrc", "netrc")),
        );
    }

    #[test]
    fn a_variable_leads_to_what_sets_it() {
        for (lines, to) in [
            (
                "args = { V = \"é\" }\nsteps = [\"WORKDIR /é/${<|>V}\"]",
                "V",
            ),
            (
                "args = { \"V\" = \"\" }\nsteps = [\"WORKDIR /😀/$V<|>\"]",
                "\"V\"",
            ),
            ("steps = ['ENV W=2', { run = \"echo \\u00e9 $<|>W\" }]", "W"),
            ("steps = [\"ARG X=é\", \"RUN echo ${X<|>}", "X"),
            (
                "steps = [{ arg = { Y = \"\" } }, { run = \"é $<|>Y\" }]",
                "Y",
            ),
        ] {
            let (analysis, offset) = fixture(&format!("{PROJECT}{lines}"));
            let found = definition(&analysis, &project(), offset).expect(lines);
            assert_eq!(found.span.of(&analysis.text), to, "{lines}");
            assert_eq!(found.origin.len(), 1, "{lines}");
        }
    }

    #[test]
    fn a_variable_of_a_flag_leads_to_the_argument_of_the_build() {
        let (analysis, offset) =
            fixture("language = \"go\"\n[build]\nldflags = [\"-X é=${<|>V}\"]\nargs.V = \"1\"\n");
        let found = definition(&analysis, &project(), offset).expect("an argument");
        assert_eq!(found.span.of(&analysis.text), "V");
        assert!(found.span.start > offset);
    }

    #[test]
    fn a_user_leads_to_its_name() {
        check(
            "copy = [{ src = \"go.mod\", dst = \"/é\", chown = \"app:<|>app\" }]",
            Some(("app", "\"app\"")),
        );
        check(
            "steps = [\"COPY --chown=ap<|>p é /x\"]",
            Some(("app", "\"app\"")),
        );
        check("steps = [\"USER app<|>\"]", Some(("app", "\"app\"")));
        check("steps = [{ user = \"<|>nobody\" }]", None);
    }

    #[test]
    fn a_name_is_where_it_is_made() {
        let (analysis, offset) = fixture(&PROJECT.replace("\"agent", "\"ag<|>ent"));
        let found = definition(&analysis, &project(), offset).expect("a binary");
        assert_eq!(found.span.of(&analysis.text), "\"agent\"");
    }

    #[test]
    fn a_stage_of_the_overlay_leads_into_it() {
        let overlay = "COPY --from=web /é /x\nFROM alpine:3.23 AS é2\nFROM web AS extra\n";
        let files = Files::new([("Dockerfile.overlay", overlay)]);
        let text = format!(
            "overlay = \"Dockerfile.overlay\"\n{PROJECT}copy = [{{ from = \"ex<|>tra\", src = \"/é\", dst = \"/x\" }}]"
        );
        let (text, offset) = split(&text);
        let analysis = analyze(&text, &files);
        let found = definition(&analysis, &files, offset).expect("a stage");
        assert_eq!(found.file, File::Context("Dockerfile.overlay".to_owned()));
        assert_eq!(found.span.of(overlay), "extra");
    }

    #[test]
    fn the_use_of_a_stage_in_an_open_string_leads_to_it() {
        let target = Some(("\"web", "\"web\""));
        for below in [
            "",
            "\n",
            "\n\n[lint]\nrequire_reason = true\n",
            "\r\n# é\r\n",
        ] {
            for line in [
                "copy = [{ from = \"we<|>b",
                "[[runtime.copy]]\nfrom = \"<|>web",
                "[[runtime.copy]]\nfrom = \"web<|>",
            ] {
                check(&format!("{line}{below}"), target);
            }
        }
        check(
            "[[runtime.copy]]\nfrom = 'we<|>b\nsrc = \"é\"",
            Some(("'web", "\"web\"")),
        );
        check(
            "[[stages]]\nname = \"é\"\nfrom = \"we<|>b\nworkdir = \"/😀\"",
            target,
        );
        check(
            "steps = [\"COPY --from=we<|>b /é /x\n",
            Some(("web", "\"web\"")),
        );
        check("copy = [{ from = \"we<|>b, src = \"é\" }]", target);
        check("[[runtime.copy]]\nfrom = \"we<|>", None);
        check("[[runtime.copy]]\nfrom = \"we<|>b # é", target);
    }

    #[test]
    fn a_stage_whose_name_is_refused_is_found_all_the_same() {
        for name in ["We b", "-é", "runtime", "builder"] {
            let text = format!(
                "language = \"go\"\n[[stages]]\nname = \"{name}\"\nfrom = \"alpine:3.23\"\n[[runtime.copy]]\nfrom = \"<|>{name}\"\nsrc = \"/x\"\ndst = \"/x\"\n"
            );
            let (analysis, offset) = fixture(&text);
            let found = definition(&analysis, &project(), offset).expect(name);
            assert_eq!(found.span.start, 34, "{name}");
            let rules: Vec<_> = analysis.diagnostics.iter().map(|it| it.rule).collect();
            assert!(!rules.contains(&"unknown-stage"), "{name}: {rules:?}");
        }
    }

    #[test]
    fn a_stage_is_found_in_a_broken_document() {
        check(
            "copy = [{ from = \"we<|>b\", src = \"",
            Some(("\"web\"", "\"web\"")),
        );
    }
}
