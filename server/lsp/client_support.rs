//! What the client can do, as far as we care.

use tower_lsp::ls_types::{ClientCapabilities, DiagnosticTag, MarkupKind, PositionEncodingKind};

use crate::text::PositionEncoding;

/// What the client can do. By default nothing beyond what the protocol demands of everyone.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClientSupport {
    /// Columns may be counted in bytes, and the client prefers it.
    pub(crate) utf8: bool,
    /// Diagnostics may name further places.
    pub(crate) related_information: bool,
    /// Diagnostics may be tagged as unnecessary.
    pub(crate) unnecessary_tag: bool,
    /// Diagnostics may link to the page of their rule.
    pub(crate) code_description: bool,
    /// Diagnostics may carry data, which comes back with the request for code actions.
    pub(crate) diagnostic_data: bool,
    /// Pages may be Markdown.
    pub(crate) hover_markdown: bool,
    /// The documentation of completion items may be Markdown.
    pub(crate) completion_markdown: bool,
    /// The documentation of completion items may be asked for when it is shown.
    pub(crate) lazy_documentation: bool,
    /// Completion items may have a note beside their label.
    pub(crate) label_details: bool,
    /// Completion items may have places to fill in.
    pub(crate) snippets: bool,
    /// Definitions may say which word they are of.
    pub(crate) definition_links: bool,
    /// Document symbols may be a tree.
    pub(crate) symbol_tree: bool,
    /// We may ask for the configuration.
    pub(crate) configuration: bool,
}

impl ClientSupport {
    /// Reads the capabilities that came with `initialize`.
    pub(crate) fn new(capabilities: &ClientCapabilities) -> Self {
        let mut support = Self {
            utf8: prefers_utf8(capabilities),
            ..Self::default()
        };
        support.read_diagnostics(capabilities);
        support.read_workspace(capabilities);
        support.read_answers(capabilities);
        support
    }

    /// How columns are counted from now on.
    pub(crate) fn encoding(&self) -> PositionEncoding {
        if self.utf8 {
            PositionEncoding::Utf8
        } else {
            PositionEncoding::Utf16
        }
    }

    fn read_diagnostics(&mut self, capabilities: &ClientCapabilities) {
        let text_document = capabilities.text_document.as_ref();
        let Some(diagnostics) = text_document.and_then(|all| all.publish_diagnostics.as_ref())
        else {
            return;
        };
        self.related_information = diagnostics.related_information == Some(true);
        self.code_description = diagnostics.code_description_support == Some(true);
        self.diagnostic_data = diagnostics.data_support == Some(true);
        self.unnecessary_tag = diagnostics
            .tag_support
            .as_ref()
            .is_some_and(|tags| tags.value_set.contains(&DiagnosticTag::UNNECESSARY));
    }

    fn read_answers(&mut self, capabilities: &ClientCapabilities) {
        let Some(text_document) = &capabilities.text_document else {
            return;
        };
        let knows_markdown = |formats: &Option<Vec<MarkupKind>>| {
            let formats = formats.as_deref().unwrap_or_default();
            formats.contains(&MarkupKind::Markdown)
        };
        let hover = text_document.hover.as_ref();
        self.hover_markdown = hover.is_some_and(|hover| knows_markdown(&hover.content_format));
        let definition = text_document.definition.as_ref();
        self.definition_links = definition.and_then(|it| it.link_support) == Some(true);
        let symbols = text_document.document_symbol.as_ref();
        self.symbol_tree =
            symbols.and_then(|it| it.hierarchical_document_symbol_support) == Some(true);
        let completion = text_document.completion.as_ref();
        let Some(item) = completion.and_then(|completion| completion.completion_item.as_ref())
        else {
            return;
        };
        self.completion_markdown = knows_markdown(&item.documentation_format);
        self.snippets = item.snippet_support == Some(true);
        self.label_details = item.label_details_support == Some(true);
        self.lazy_documentation = item.resolve_support.as_ref().is_some_and(|resolve| {
            let mut properties = resolve.properties.iter();
            properties.any(|property| property == "documentation")
        });
    }

    fn read_workspace(&mut self, capabilities: &ClientCapabilities) {
        let Some(workspace) = &capabilities.workspace else {
            return;
        };
        self.configuration = workspace.configuration == Some(true);
    }
}

/// Whether the client names UTF-8 first. Merely knowing it is not enough: other servers may share the buffer.
fn prefers_utf8(capabilities: &ClientCapabilities) -> bool {
    let general = capabilities.general.as_ref();
    let encodings = general.and_then(|general| general.position_encodings.as_deref());
    encodings.and_then(<[_]>::first) == Some(&PositionEncodingKind::UTF8)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::ClientSupport;

    fn support(capabilities: Value) -> ClientSupport {
        ClientSupport::new(&serde_json::from_value(capabilities).expect("capabilities"))
    }

    #[test]
    fn bytes_are_counted_only_where_the_client_prefers_them() {
        let encodings = |list: Value| support(json!({ "general": { "positionEncodings": list } }));
        assert!(encodings(json!(["utf-8", "utf-16"])).utf8);
        assert!(!encodings(json!(["utf-16", "utf-8"])).utf8);
        assert!(!encodings(json!([])).utf8);
        assert!(!support(json!({})).utf8);
    }

    #[test]
    fn what_is_not_announced_is_not_there() {
        let support = support(json!({
            "workspace": { "didChangeWatchedFiles": {}, "configuration": true },
            "textDocument": { "publishDiagnostics": { "tagSupport": { "valueSet": [1] } } },
        }));
        assert!(support.configuration);
        assert!(support.unnecessary_tag);
        assert!(!support.related_information);
    }
}
