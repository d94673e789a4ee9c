//! What the client can do, as far as we care.

use tower_lsp::ls_types::{
    ClientCapabilities, DiagnosticTag, MarkupKind, PositionEncodingKind, ResourceOperationKind,
};

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
    /// The documentation of completion items may say of which format it is.
    pub(crate) completion_markup: bool,
    /// Completion items may say what they replace at most, and what if the text behind the cursor is to stay.
    pub(crate) insert_replace: bool,
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
    /// Only whole lines can be folded away.
    pub(crate) line_folding_only: bool,
    /// How many folding ranges the client wants at most.
    pub(crate) folding_limit: Option<usize>,
    /// The types of semantic tokens that the client knows; it may list none.
    pub(crate) token_types: Vec<String>,
    /// Links may say what they lead to.
    pub(crate) link_tooltips: bool,
    /// The client can be told to ask for code lenses again.
    pub(crate) refresh_lenses: bool,
    /// The client can be told to ask for inlay hints again.
    pub(crate) refresh_hints: bool,
    /// The client can be told to ask for semantic tokens again.
    pub(crate) refresh_tokens: bool,
    /// Renaming may be prepared.
    pub(crate) prepared_rename: bool,
    /// We may ask for the configuration.
    pub(crate) configuration: bool,
    /// The client asks for diagnostics, or says that it can.
    pub(crate) pull_diagnostics: bool,
    /// The client can be told to ask for diagnostics again.
    pub(crate) diagnostics_refresh: bool,
    /// We may register for files to be watched.
    pub(crate) watches_files: bool,
    /// Patterns of files may begin in a folder.
    pub(crate) watches_folders: bool,
    /// Edits may say which version they are of.
    pub(crate) document_changes: bool,
    /// Edits may make files.
    pub(crate) create_files: bool,
    /// We may ask for edits to be applied.
    pub(crate) apply_edit: bool,
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
        support.read_shapes(capabilities);
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
        self.pull_diagnostics = text_document.is_some_and(|all| all.diagnostic.is_some());
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
        let rename = text_document.rename.as_ref();
        self.prepared_rename = rename.and_then(|it| it.prepare_support) == Some(true);
        let symbols = text_document.document_symbol.as_ref();
        self.symbol_tree =
            symbols.and_then(|it| it.hierarchical_document_symbol_support) == Some(true);
        let completion = text_document.completion.as_ref();
        let Some(item) = completion.and_then(|completion| completion.completion_item.as_ref())
        else {
            return;
        };
        self.completion_markdown = knows_markdown(&item.documentation_format);
        let formats = item.documentation_format.as_deref().unwrap_or_default();
        self.completion_markup = !formats.is_empty();
        self.insert_replace = item.insert_replace_support == Some(true);
        self.snippets = item.snippet_support == Some(true);
        self.label_details = item.label_details_support == Some(true);
        self.lazy_documentation = item.resolve_support.as_ref().is_some_and(|resolve| {
            let mut properties = resolve.properties.iter();
            properties.any(|property| property == "documentation")
        });
    }

    fn read_shapes(&mut self, capabilities: &ClientCapabilities) {
        if let Some(text_document) = &capabilities.text_document {
            if let Some(folding) = &text_document.folding_range {
                self.line_folding_only = folding.line_folding_only == Some(true);
                let limit = folding.range_limit.map(usize::try_from);
                self.folding_limit = limit.and_then(Result::ok);
            }
            if let Some(tokens) = &text_document.semantic_tokens {
                let types = tokens.token_types.iter();
                self.token_types = types.map(|name| name.as_str().to_owned()).collect();
            }
            let links = text_document.document_link.as_ref();
            self.link_tooltips = links.and_then(|it| it.tooltip_support) == Some(true);
        }
        if let Some(workspace) = &capabilities.workspace {
            let lenses = workspace.code_lens.as_ref();
            self.refresh_lenses = lenses.and_then(|it| it.refresh_support) == Some(true);
            let hints = workspace.inlay_hint.as_ref();
            self.refresh_hints = hints.and_then(|it| it.refresh_support) == Some(true);
            let tokens = workspace.semantic_tokens.as_ref();
            self.refresh_tokens = tokens.and_then(|it| it.refresh_support) == Some(true);
        }
    }

    fn read_workspace(&mut self, capabilities: &ClientCapabilities) {
        let Some(workspace) = &capabilities.workspace else {
            return;
        };
        self.configuration = workspace.configuration == Some(true);
        let refresh = workspace.diagnostics.as_ref();
        self.diagnostics_refresh = refresh.and_then(|it| it.refresh_support) == Some(true);
        let watched = workspace.did_change_watched_files.as_ref();
        self.watches_files = watched.and_then(|it| it.dynamic_registration) == Some(true);
        self.watches_folders = watched.and_then(|it| it.relative_pattern_support) == Some(true);
        self.apply_edit = workspace.apply_edit == Some(true);
        let Some(edit) = &workspace.workspace_edit else {
            return;
        };
        self.document_changes = edit.document_changes == Some(true);
        let operations = edit.resource_operations.as_deref().unwrap_or_default();
        self.create_files = operations.contains(&ResourceOperationKind::Create);
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
            "workspace": { "didChangeWatchedFiles": {}, "configuration": true, "diagnostics": {} },
            "textDocument": { "publishDiagnostics": { "tagSupport": { "valueSet": [1] } } },
        }));
        assert!(support.configuration);
        assert!(
            !support.watches_files && !support.pull_diagnostics && !support.diagnostics_refresh
        );
        assert!(support.unnecessary_tag);
        assert!(!support.related_information);
    }
}
