//! What edits make of a document, and whether they did any harm.

use crate::analysis::{Analysis, Options, analyze_with};
use crate::context::BuildContext;
use crate::diagnostic::{Edit, File, Severity};
use crate::syntax::parse;

impl Analysis {
    /// The analysis after edits of the document, judged as before. Nothing if they do not fit it, overlap, or break what
    /// could be read.
    pub fn after(
        &self,
        edits: &[Edit],
        context: &dyn BuildContext,
        options: &Options,
    ) -> Option<Self> {
        let text = edited(&self.text, edits)?;
        let errors = parse(&text).errors.len();
        (errors <= self.document.errors.len()).then(|| analyze_with(&text, context, options))
    }

    /// Whether it renders to the same bytes as another; nothing equals nothing.
    pub fn renders_as(&self, other: &Self) -> bool {
        let text = |it: &Self| it.dockerfile().map(|file| file.text.clone());
        text(self) == text(other)
    }

    /// The first error of a rule that has more of them here than before a change. What is said may name other keys.
    pub fn new_error(&self, before: &Self) -> Option<&str> {
        let count = |it: &Self, rule: &str| it.errors().filter(|(name, _)| *name == rule).count();
        self.errors()
            .find(|(rule, _)| count(self, rule) > count(before, rule))
            .map(|(_, message)| message)
    }

    fn errors(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.diagnostics
            .iter()
            .filter(|it| it.severity == Severity::Error)
            .map(|it| (it.rule, it.message.as_str()))
    }
}

/// The text after edits of the document; nothing if they overlap or do not fit it. Of several insertions at one place
/// the first comes first.
fn edited(text: &str, edits: &[Edit]) -> Option<String> {
    let mut edits: Vec<&Edit> = edits
        .iter()
        .filter(|it| it.file == File::Document)
        .collect();
    edits.sort_by_key(|edit| edit.span);
    let mut result = String::with_capacity(text.len());
    let mut end = 0;
    for edit in edits {
        let range = edit.span.range();
        result.push_str(text.get(end..range.start)?);
        text.get(range.clone())?;
        result.push_str(&edit.text);
        end = range.end;
    }
    result.push_str(text.get(end..)?);
    Some(result)
}

#[cfg(test)]
mod tests {
    use crate::analysis::{Analysis, Options, analyze};
    use crate::context::NoContext;
    use crate::diagnostic::{Edit, File};
    use crate::text::Span;

    const TEXT: &str = "language = \"go\"\nbuild.target = \"./cmd/é\"\n";

    fn after(before: &Analysis, edits: &[(usize, usize, &str)]) -> Option<Analysis> {
        let edits: Vec<Edit> = edits
            .iter()
            .map(|(start, end, text)| Edit {
                file: File::Document,
                span: Span::new(*start, *end),
                text: (*text).to_owned(),
            })
            .collect();
        before.after(&edits, &NoContext::default(), &Options::default())
    }

    #[test]
    fn edits_are_applied_where_they_fit() {
        let before = analyze(TEXT, &NoContext::default());
        let same = after(&before, &[(0, 0, "# x\n"), (0, 0, "# y\n")]).expect("a text");
        assert_eq!(same.text, format!("# x\n# y\n{TEXT}"));
        assert!(same.renders_as(&before));
        for bad in [
            [(0, 4, ""), (2, 3, "")],
            [(39, 40, ""), (0, 0, "")],
            [(0, 9999, ""), (0, 0, "")],
        ] {
            assert!(after(&before, &bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn what_breaks_the_text_is_nothing_and_new_errors_are_told() {
        let before = analyze(TEXT, &NoContext::default());
        assert!(after(&before, &[(11, 12, "")]).is_none());
        let worse = after(&before, &[(0, 8, "langauge")]).expect("a text");
        assert!(worse.new_error(&before).is_some());
        assert!(before.new_error(&worse).is_none());
        assert!(!worse.renders_as(&before));
    }
}
