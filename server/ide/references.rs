//! From a name to every place that makes or uses it.

use crate::analysis::Analysis;
use crate::diagnostic::File;
use crate::ide::open_string::named_in_open_string;
use crate::names::{Made, Name};
use crate::text::Span;

/// A place that makes or uses a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The file.
    pub file: File,
    /// The word, without quotes; for a stage that docksmith makes the key that makes it.
    pub span: Span,
    /// Whether it makes the name.
    pub is_declaration: bool,
    /// Whether the name itself stands there.
    pub is_written: bool,
}

/// Every place of the name at an offset, in the order of files and places; nothing where no name is that the file makes.
pub fn references(analysis: &Analysis, offset: u32) -> Option<Vec<Reference>> {
    let names = &analysis.names;
    if let Some(name) = names.at(offset).and_then(|found| names.named(found)) {
        return Some(places(analysis, &name));
    }
    let (made, literal) = named_in_open_string(analysis, offset)?;
    let mut places = places(analysis, &made.whole());
    let written = literal.of(&analysis.text);
    let word = written.trim_start_matches(['"', '\'']);
    let end = literal.end as usize;
    places.push(Reference {
        file: File::Document,
        span: Span::new(end - word.len(), end),
        is_declaration: false,
        is_written: true,
    });
    places.sort();
    Some(places)
}

/// The places in the document itself of the name at an offset.
pub fn highlights(analysis: &Analysis, offset: u32) -> Option<Vec<Reference>> {
    let mut places = references(analysis, offset)?;
    places.retain(|it| it.file == File::Document && it.is_written);
    Some(places)
}

fn places(analysis: &Analysis, name: &Name) -> Vec<Reference> {
    let targets = analysis.names.targets_of(name).map(|it| Reference {
        file: it.place.file.clone(),
        span: it.place.span,
        is_declaration: true,
        is_written: it.made == Made::Written,
    });
    let uses = analysis.names.uses_of(name).map(|it| Reference {
        file: it.place.file.clone(),
        span: it.place.span,
        is_declaration: false,
        is_written: true,
    });
    let mut places: Vec<Reference> = targets.chain(uses).collect();
    places.sort();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::{highlights, references};
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::diagnostic::File;
    use crate::ide::testing::{PROJECT, fixture, split};

    /// The places of the name at the cursor: the line of each, counted from 1, its text, and `!` for what makes it.
    fn check(fixture_text: &str, expected: &[&str]) {
        let (analysis, offset) = fixture(fixture_text);
        let found = references(&analysis, offset).unwrap_or_default();
        let shown: Vec<String> = found
            .iter()
            .map(|it| {
                let line = analysis.lines.line(it.span.start) + 1;
                let mark = if it.is_declaration { "!" } else { "" };
                format!("{line}:{}{mark}", it.span.of(&analysis.text))
            })
            .collect();
        assert_eq!(shown, expected, "{fixture_text}");
    }

    const STAGES: &str = r#"language = "go"
build.copy = [{ from = "web", src = "/é", dst = "x" }]
build.steps = ["COPY --from=web /é /x", { run = "😀", bind = [{ from = "web", target = "/x" }] }]
[[stages]]
name = "web"
from = "node:22-alpine"
[[stages]]
name = "two"
from = "web"
steps = ["RUN --mount=from=web,target=/x é"]
[[external_tools]]
name = "atlas"
stage = "web"
"#;

    #[test]
    fn an_open_string_has_the_references_of_its_name() {
        let text = "[[stages]]\nname = \"web\"\nfrom = \"é\"\n[[runtime.copy]]\nfrom = \"we<|>b\n[build]\ncopy = [{ from = \"web\" }]";
        check(text, &["2:web!", "5:web", "7:web"]);
    }

    #[test]
    fn a_stage_is_found_in_every_form_from_everywhere() {
        let expected = [
            "2:web", "3:web", "3:web", "5:web!", "9:web", "10:web", "13:web",
        ];
        let places: Vec<usize> = STAGES.match_indices("web").map(|(at, _)| at).collect();
        assert_eq!(places.len(), expected.len());
        for start in places {
            for at in [start, start + 1, start + 3] {
                let (before, after) = STAGES.split_at(at);
                check(&format!("{before}<|>{after}"), &expected);
            }
        }
    }

    #[test]
    fn a_broken_document_keeps_its_names() {
        check(
            "[[stages]]\nname = \"é<|>\"\nfrom = \"\n[[stages]]\nname = \"x\"\nsteps = [\"COPY --from=é\", \"RUN --mount=type=bind,from=é",
            &["2:é!", "6:é", "6:é"],
        );
        check(
            "[build]\nsteps = [\"ARG é1\", \"ARG V=1\", \"RUN echo $V<|>",
            &["2:V!", "2:V"],
        );
    }

    #[test]
    fn a_tool_is_what_its_stages_are_named_after() {
        let text = format!(
            "{PROJECT}copy = [{{ from = \"tool-at<|>las\", src = \"/é\", dst = \"/é\" }}]\nsteps = [\"COPY --from=tool-atlas-amd64 /é /é\"]"
        );
        check(
            &text,
            &["19:atlas!", "27:tool-atlas", "28:tool-atlas-amd64"],
        );
        check(
            &format!("{PROJECT}steps = [\"COPY --from=builder-agent /é /é\"]")
                .replace("\"agent", "\"<|>agent"),
            &["8:agent!", "27:builder-agent"],
        );
    }

    #[test]
    fn a_stage_of_docksmith_has_its_key() {
        check(
            &format!("{PROJECT}copy = [{{ from = \"builder<|>\", src = \"/é\", dst = \"/é\" }}]"),
            &["4:build!", "27:builder"],
        );
    }

    #[test]
    fn an_argument_is_one_in_all_stages() {
        let text = "language = \"go\"\nargs = { V = \"é\" }\n[build]\nsteps = [\"ARG V\", \"RUN echo '😀' ${V:-x}\"]\nldflags = [\"${V}\"]\n[runtime]\nimage = \"alpine:${<|>V}\"\nargs = { V = \"\" }\nsteps = [{ run = \"echo $V\" }, \"ENV V=$V\", \"RUN echo $V\"]";
        check(
            text,
            &["2:V!", "4:V!", "4:V", "5:V", "7:V", "8:V!", "9:V", "9:V"],
        );
        check(
            &text
                .replace("<|>", "")
                .replace("\"RUN echo $V\"]", "\"RUN echo $<|>V\"]"),
            &["9:V!", "9:V"],
        );
    }

    #[test]
    fn secrets_and_users_are_found() {
        check(
            &format!(
                "{PROJECT}steps = [{{ run = \"é\", secret = [\"net<|>rc\"] }}, \"RUN --mount=type=secret,id=netrc é\"]"
            ),
            &["2:netrc!", "27:netrc", "27:netrc"],
        );
        check(
            &format!(
                "{PROJECT}steps = [\"USER app\", \"COPY --chown=app:app é /x\"]\ncopy = [{{ src = \"é\", dst = \"/x\", chown = \"<|>app:0\" }}]"
            ),
            &["26:app!", "27:app", "27:app", "27:app", "28:app"],
        );
    }

    #[test]
    fn what_nothing_makes_has_no_references() {
        for text in [
            "<|>",
            "é<|> = 1",
            "runtime.image = \"alp<|>ine:3.23\"",
            "build.steps = [\"COPY --from=no<|>ne é /x\", \"RUN echo $HOM<|>E\"]",
        ] {
            let text = text.replacen("<|>", "\u{0}", 1).replace("<|>", "");
            check(&text.replace('\u{0}', "<|>"), &[]);
        }
    }

    #[test]
    fn an_overlay_is_reached_but_not_highlighted() {
        let overlay = "COPY --from=web /é /x\nFROM web AS more\nCOPY --from=web é /x\n";
        let files = Files::new([("Dockerfile.overlay", overlay)]);
        let text = "overlay = \"Dockerfile.overlay\"\nlanguage = \"go\"\nstages = [{ name = \"we<|>b\", from = \"alpine:3.23\" }]\n";
        let (text, offset) = split(text);
        let analysis = analyze(&text, &files);
        let found = references(&analysis, offset).expect("a stage");
        let of_file = found.iter().filter(|it| it.file != File::Document);
        let words: Vec<&str> = of_file.map(|it| it.span.of(overlay)).collect();
        assert_eq!(words, ["web", "web", "web"]);
        let own = highlights(&analysis, offset).expect("a stage");
        assert_eq!(own.len(), 1);
        assert!(own[0].is_declaration);
    }
}
