//! From a name to what it names.

use crate::analysis::Analysis;
use crate::context::{BuildContext, Entry};
use crate::diagnostic::File;
use crate::ide::stages::stage;
use crate::ide::target::{Target, target_at};
use crate::syntax::Step;
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

/// Where the thing is made that the word at an offset names: for a stage its name or the key that makes it, for a path
/// the file, for a secret its key.
pub fn definition(
    analysis: &Analysis,
    context: &dyn BuildContext,
    offset: u32,
) -> Option<Definition> {
    let named = target_at(analysis, offset)?;
    let (file, span) = match named.target {
        Target::Stage(name) => {
            let stage = stage(analysis, &name)?;
            (stage.file, stage.place)
        }
        Target::File(path) => {
            let entry = analysis.layout.rooted(context).entry(&path);
            if !matches!(entry, Entry::File { .. }) {
                return None;
            }
            (File::Context(path), Span::default())
        }
        Target::Secret(id) => {
            let path = [Step::Key("secrets".to_owned()), Step::Key(id)];
            (File::Document, analysis.document.find(&path)?.key)
        }
        Target::Image(_) | Target::Rule(_) => return None,
    };
    Some(Definition {
        origin: named.span,
        file,
        span,
    })
}

#[cfg(test)]
mod tests {
    use super::definition;
    use crate::diagnostic::File;
    use crate::ide::testing::{PROJECT, fixture, project};

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
    fn a_stage_is_found_in_a_broken_document() {
        check(
            "copy = [{ from = \"we<|>b\", src = \"",
            Some(("\"web\"", "\"web\"")),
        );
    }
}
