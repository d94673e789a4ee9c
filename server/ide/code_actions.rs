//! Quick fixes: what the diagnostics of a place offer.

use crate::analysis::Analysis;
use crate::diagnostic::{Diagnostic, Edit, File};
use crate::text::Span;

/// A change that takes a diagnostic away.
#[derive(Debug, Clone, Copy)]
pub struct CodeAction<'a> {
    /// What it does.
    pub title: &'a str,
    /// The diagnostic that it takes away.
    pub diagnostic: &'a Diagnostic,
    /// The replacements.
    pub edits: &'a [Edit],
    /// Whether it is the one to take: the only fix of the place, and a safe one.
    pub is_preferred: bool,
}

/// The diagnostics of the document that touch a span.
pub fn findings_at(analysis: &Analysis, span: Span) -> impl Iterator<Item = &Diagnostic> {
    let touches = move |it: &Diagnostic| it.span.start <= span.end && span.start <= it.span.end;
    let of_document = analysis.diagnostics.iter();
    of_document.filter(move |it| it.file == File::Document && touches(it))
}

/// The fixes of the diagnostics that touch a span.
pub fn code_actions(analysis: &Analysis, span: Span) -> Vec<CodeAction<'_>> {
    let fixes: Vec<_> = findings_at(analysis, span)
        .filter_map(|diagnostic| Some((diagnostic, diagnostic.fix.as_ref()?)))
        .collect();
    let safe = fixes.iter().filter(|(_, fix)| fix.safe).count();
    fixes
        .iter()
        .map(|(diagnostic, fix)| CodeAction {
            title: &fix.title,
            diagnostic,
            edits: &fix.edits,
            is_preferred: fix.safe && safe == 1,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::code_actions;
    use crate::ide::testing::fixture;
    use crate::text::Span;

    /// The document after each fix at the cursor.
    fn fixed(text: &str) -> Vec<String> {
        let (analysis, offset) = fixture(text);
        let place = Span {
            start: offset,
            end: offset,
        };
        code_actions(&analysis, place)
            .iter()
            .map(|action| {
                assert!(action.is_preferred, "{}", action.title);
                let mut text = analysis.text.clone();
                for edit in action.edits.iter().rev() {
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
