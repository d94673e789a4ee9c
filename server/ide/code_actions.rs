//! Quick fixes: they are those of the diagnostics of a place.

use crate::analysis::Analysis;
use crate::diagnostic::{Diagnostic, File};
use crate::text::Span;

/// The diagnostics of the document that touch a span.
pub fn findings_at(analysis: &Analysis, span: Span) -> impl Iterator<Item = &Diagnostic> {
    let touches = move |it: &Diagnostic| it.span.start <= span.end && span.start <= it.span.end;
    let of_document = analysis.diagnostics.iter();
    of_document.filter(move |it| it.file == File::Document && touches(it))
}

#[cfg(test)]
mod tests {
    use super::findings_at;
    use crate::ide::testing::fixture;
    use crate::text::Span;

    /// The document after each fix at the cursor.
    fn fixed(text: &str) -> Vec<String> {
        let (analysis, offset) = fixture(text);
        let place = Span {
            start: offset,
            end: offset,
        };
        let fixes = findings_at(&analysis, place).filter_map(|it| it.fix.as_ref());
        let fixes: Vec<_> = fixes.collect();
        let safe = fixes.iter().filter(|fix| fix.safe).count();
        fixes
            .iter()
            .map(|fix| {
                assert!(fix.safe && safe == 1, "{}", fix.title);
                let mut text = analysis.text.clone();
                for edit in fix.edits.iter().rev() {
                    text.replace_range(edit.span.range(), &edit.text);
                }
                text
            })
            .collect()
    }

    #[test]
    fn a_misspelt_key_is_fixed_from_either_end() {
        let expected = ["# é\nlanguage = \"go\"\nbuild.target = \"./cmd/server\"\n"];
        for cursor in ["<|>langauge", "langauge<|>"] {
            let text = format!("# é\n{cursor} = \"go\"\nbuild.target = \"./cmd/server\"\n");
            assert_eq!(fixed(&text), expected);
        }
    }

    #[test]
    fn elsewhere_there_is_nothing_to_fix() {
        assert!(fixed("langauge = \"go\"\nbuild.target = \"./cmd/<|>server\"\n").is_empty());
        assert!(fixed("a = [<|>\n").is_empty());
    }
}
