//! The preview: the rendered Dockerfile, with what it leaves out.

use crate::analysis::Analysis;
use crate::dockerfile::Dockerfile;

/// What a document renders to.
#[derive(Debug, Clone, Copy)]
pub struct Preview<'a> {
    /// The text and the origin of each of its lines.
    pub dockerfile: &'a Dockerfile,
    /// Whether it lacks what could not be understood.
    pub is_partial: bool,
}

/// The preview of a document: the parts that are sound. `None` where nothing can be rendered.
pub fn preview(analysis: &Analysis) -> Option<Preview<'_>> {
    Some(Preview {
        dockerfile: analysis.dockerfile()?,
        is_partial: analysis.has_errors(),
    })
}

#[cfg(test)]
mod tests {
    use super::preview;
    use crate::analysis::analyze;
    use crate::context::NoContext;
    use crate::ide::testing::{PROJECT, project};

    #[test]
    fn every_line_has_an_origin_or_none() {
        let analysis = analyze(PROJECT, &project());
        let preview = preview(&analysis).expect("a preview");
        let lines = preview.dockerfile.text.lines().count();
        assert_eq!(preview.dockerfile.origins.len(), lines);
        assert!(!preview.is_partial, "{:?}", analysis.diagnostics);
    }

    #[test]
    fn a_broken_document_shows_its_sound_parts() {
        let text = format!("{PROJECT}\n[[runtime.copy]]\nsrc = \"é");
        let analysis = analyze(&text, &project());
        let preview = preview(&analysis).expect("a preview");
        assert!(preview.is_partial);
        assert!(
            preview
                .dockerfile
                .text
                .contains("FROM alpine:3.21 AS runtime")
        );
    }

    #[test]
    fn an_empty_document_has_no_preview() {
        let analysis = analyze("", &NoContext::default());
        assert!(preview(&analysis).is_none());
    }
}
