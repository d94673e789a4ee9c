//! From our own types to the protocol's.

pub(crate) mod code_action;
pub(crate) mod completion;
pub(crate) mod folding;
pub(crate) mod names;
pub(crate) mod notes;
pub(crate) mod page;
mod plain_text;
pub(crate) mod preview;
pub(crate) mod report;
pub(crate) mod selection;
pub(crate) mod symbols;
#[cfg(test)]
mod testing;
pub(crate) mod tokens;
pub(crate) mod workspace_edit;
pub(crate) mod workspace_symbols;

use serde_json::{Value, json};
use tower_lsp::ls_types::{
    self, CodeDescription, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    Location, NumberOrString, Position, Range, TextEdit, Uri,
};

use crate::diagnostic::{Diagnostic, Edit, File, Fix, Severity};
use crate::lsp::client_support::ClientSupport;
use crate::lsp::context::{text_of, uri_of};
use crate::lsp::documents::Snapshot;
use crate::text::{LineIndex, PositionEncoding, Span};

/// The range of a span of the document.
pub(crate) fn range(document: &Snapshot, span: Span) -> Range {
    range_in(
        &document.text,
        &document.line_index,
        document.encoding,
        span,
    )
}

/// Edits of the document itself.
pub(crate) fn text_edits(document: &Snapshot, edits: &[Edit]) -> Vec<TextEdit> {
    edits
        .iter()
        .map(|edit| TextEdit::new(range(document, edit.span), edit.text.clone()))
        .collect()
}

/// The range of a span of any text.
pub(crate) fn range_in(
    text: &str,
    lines: &LineIndex,
    encoding: PositionEncoding,
    span: Span,
) -> Range {
    let position = |offset| {
        let position = lines.position(text, offset, encoding);
        Position::new(position.line, position.column)
    };
    Range::new(position(span.start), position(span.end))
}

/// The place of a span in the document or in a file beside it; `None` if that file cannot be read.
pub(crate) fn location(document: &Snapshot, file: &File, span: Span) -> Option<Location> {
    match file {
        File::Document => Some(Location::new(document.uri.clone(), range(document, span))),
        File::Context(path) => {
            let analysis = document.sketch();
            let root = &analysis.layout.root;
            let text = match analysis.files.get(path) {
                Some(text) => text.clone(),
                None => text_of(&document.uri, root, path)?,
            };
            let uri = uri_of(&document.uri, root, path)?;
            let lines = LineIndex::new(&text);
            let range = range_in(&text, &lines, document.encoding, span);
            Some(Location::new(uri, range))
        }
    }
}

/// A diagnostic, with what the client can show of it.
///
/// What is said about a file beside the document stands at the start of the document and names the file.
pub(crate) fn diagnostic(
    document: &Snapshot,
    diagnostic: &Diagnostic,
    support: &ClientSupport,
) -> ls_types::Diagnostic {
    let (span, message) = match &diagnostic.file {
        File::Document => (diagnostic.span, diagnostic.full_message()),
        File::Context(path) => (
            Span::default(),
            format!("`{path}`: {}", diagnostic.full_message()),
        ),
    };
    ls_types::Diagnostic {
        range: range(document, span),
        severity: Some(severity(diagnostic.severity)),
        code: Some(NumberOrString::String(diagnostic.rule.to_owned())),
        code_description: support
            .code_description
            .then(|| page(diagnostic.rule))
            .flatten(),
        source: Some("docksmith".to_owned()),
        message: with_advice(message, diagnostic),
        related_information: support
            .related_information
            .then(|| related(document, diagnostic))
            .filter(|places| !places.is_empty()),
        tags: (support.unnecessary_tag && diagnostic.unnecessary)
            .then(|| vec![DiagnosticTag::UNNECESSARY]),
        data: diagnostic
            .fix
            .as_ref()
            .filter(|_| support.diagnostic_data)
            .and_then(|fix| data(document, fix)),
    }
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Info => DiagnosticSeverity::INFORMATION,
    }
}

/// The message, then what would happen and what to do, each on its line.
fn with_advice(mut message: String, diagnostic: &Diagnostic) -> String {
    if let Some(why) = &diagnostic.why {
        message.push('\n');
        message.push_str(why);
    }
    if let Some(help) = &diagnostic.help {
        message.push_str("\nhelp: ");
        message.push_str(help);
    }
    message
}

/// The page of a rule, as soon as the project has an address.
fn page(rule: &str) -> Option<CodeDescription> {
    let repository = Some(env!("CARGO_PKG_REPOSITORY")).filter(|address| !address.is_empty())?;
    let page = format!("{repository}/blob/main/server/rules/README.md#{rule}");
    let href = page.parse::<Uri>().ok()?;
    Some(CodeDescription { href })
}

/// The further places of a diagnostic; first the primary one if it is in another file.
fn related(document: &Snapshot, diagnostic: &Diagnostic) -> Vec<DiagnosticRelatedInformation> {
    let primary = match &diagnostic.file {
        File::Document => None,
        file => Some((file, diagnostic.span, &diagnostic.message)),
    };
    let labels = diagnostic
        .labels
        .iter()
        .map(|label| (&label.file, label.span, &label.message));
    primary
        .into_iter()
        .chain(labels)
        .filter_map(|(file, span, message)| {
            Some(DiagnosticRelatedInformation {
                location: location(document, file, span)?,
                message: message.clone(),
            })
        })
        .collect()
}

/// The fix of a diagnostic: `{"version", "fix": {"title", "safe", "edits": [{"uri", "range", "text"}]}}`. It fits that
/// version of the document only.
fn data(document: &Snapshot, fix: &Fix) -> Option<Value> {
    let edit = |edit: &Edit| {
        let place = location(document, &edit.file, edit.span)?;
        Some(json!({ "uri": place.uri, "range": place.range, "text": edit.text }))
    };
    // Half a fix is none.
    let edits: Option<Vec<Value>> = fix.edits.iter().map(edit).collect();
    Some(json!({
        "version": document.version,
        "fix": { "title": fix.title, "safe": fix.safe, "edits": edits? },
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::diagnostic;
    use crate::diagnostic::{Diagnostic, File, Fix, Label, Severity};
    use crate::lsp::client_support::ClientSupport;
    use crate::lsp::documents::{Documents, Snapshot};
    use crate::text::{PositionEncoding, Span};
    use std::sync::Arc;

    /// `bilder` is at column 14 in bytes and at 11 in UTF-16.
    const TEXT: &str = "# é😀 from bilder\n";

    fn document(encoding: PositionEncoding) -> Arc<Snapshot> {
        let uri: tower_lsp::ls_types::Uri = "file:///docksmith.toml".parse().expect("a uri");
        let documents = Documents::default();
        documents.open(uri.clone(), 3, TEXT.to_owned(), encoding);
        documents.latest(&uri).expect("it is open")
    }

    fn finding() -> Diagnostic {
        let start = TEXT.find("bilder").expect("it is there");
        let span = Span::new(start, start + 6);
        Diagnostic {
            rule: "unknown-stage",
            severity: Severity::Error,
            message: "there is no build stage `bilder`".to_owned(),
            file: File::Document,
            span,
            label: String::new(),
            labels: vec![Label {
                file: File::Document,
                span: Span::new(0, 1),
                message: "see here".to_owned(),
            }],
            why: None,
            help: Some("did you mean `builder`?".to_owned()),
            fix: Some(Fix::safe("replace it", span, "builder")),
            unnecessary: true,
        }
    }

    fn converted(encoding: PositionEncoding, support: &ClientSupport) -> Value {
        let converted = diagnostic(&document(encoding), &finding(), support);
        serde_json::to_value(converted).expect("it is JSON")
    }

    fn range(start: u32, end: u32) -> Value {
        json!({ "start": { "line": 0, "character": start }, "end": { "line": 0, "character": end } })
    }

    #[test]
    fn a_client_without_capabilities_gets_the_plain_diagnostic() {
        assert_eq!(
            converted(PositionEncoding::Utf16, &ClientSupport::default()),
            json!({
                "range": range(11, 17),
                "severity": 1,
                "code": "unknown-stage",
                "source": "docksmith",
                "message": "there is no build stage `bilder`\nhelp: did you mean `builder`?",
            })
        );
    }

    #[test]
    fn what_the_client_can_show_is_added() {
        let support = ClientSupport {
            related_information: true,
            unnecessary_tag: true,
            diagnostic_data: true,
            ..ClientSupport::default()
        };
        let converted = converted(PositionEncoding::Utf8, &support);
        let uri = "file:///docksmith.toml";
        assert_eq!(converted["range"], range(14, 20));
        assert_eq!(converted["tags"], json!([1]));
        assert_eq!(
            converted["relatedInformation"],
            json!([{ "location": { "uri": uri, "range": range(0, 1) }, "message": "see here" }])
        );
        let edit = json!({ "uri": uri, "range": range(14, 20), "text": "builder" });
        assert_eq!(
            converted["data"],
            json!({ "version": 3, "fix": { "title": "replace it", "safe": true, "edits": [edit] } })
        );
    }

    #[test]
    fn what_is_said_about_another_file_names_it() {
        let finding = Diagnostic {
            file: File::Context("Dockerfile.overlay".to_owned()),
            ..finding()
        };
        let document = document(PositionEncoding::Utf16);
        let converted = diagnostic(&document, &finding, &ClientSupport::default());
        assert!(
            converted
                .message
                .starts_with("`Dockerfile.overlay`: there is")
        );
        assert_eq!(
            serde_json::to_value(converted.range).expect("JSON"),
            range(0, 0)
        );
    }
}
