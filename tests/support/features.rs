//! What an editor can ask, as one table; it asks what the server announces.

use serde_json::{Value, json};

/// One kind of request.
pub(crate) struct Feature {
    /// The capability that announces it, as a path below `capabilities`.
    pub(crate) capability: &'static str,
    /// The method.
    pub(crate) method: &'static str,
    /// How the parameters differ from those of [`anywhere`].
    pub(crate) parameters: fn(&mut Value),
    /// The member of the answer that lists what can be resolved further; empty for the answer itself.
    pub(crate) items: &'static str,
    /// The method that does so, if the capability has a `resolveProvider`.
    pub(crate) resolve: Option<&'static str>,
    /// The command that it runs, if it runs one.
    pub(crate) command: Option<&'static str>,
    /// Whether it may be refused with a reason.
    pub(crate) may_refuse: bool,
}

impl Feature {
    const fn new(capability: &'static str, method: &'static str) -> Self {
        Self {
            capability,
            method,
            parameters: |_| {},
            items: "",
            resolve: None,
            command: None,
            may_refuse: false,
        }
    }

    const fn resolved_by(mut self, items: &'static str, method: &'static str) -> Self {
        (self.items, self.resolve) = (items, Some(method));
        self
    }

    const fn running(command: &'static str) -> Self {
        Self {
            command: Some(command),
            ..Self::new("executeCommandProvider", "workspace/executeCommand")
        }
    }
}

/// Every request about a document. A new feature is a new line.
pub(crate) const FEATURES: [Feature; 23] = [
    Feature::new("completionProvider", "textDocument/completion")
        .resolved_by("items", "completionItem/resolve"),
    Feature::new("hoverProvider", "textDocument/hover"),
    Feature::new("definitionProvider", "textDocument/definition"),
    Feature::new("referencesProvider", "textDocument/references"),
    Feature::new(
        "documentHighlightProvider",
        "textDocument/documentHighlight",
    ),
    Feature {
        may_refuse: true,
        ..Feature::new(
            "renameProvider/prepareProvider",
            "textDocument/prepareRename",
        )
    },
    Feature {
        may_refuse: true,
        parameters: |params| params["newName"] = json!("renamed"),
        ..Feature::new("renameProvider", "textDocument/rename")
    },
    Feature::new("documentSymbolProvider", "textDocument/documentSymbol"),
    Feature::new("workspaceSymbolProvider", "workspace/symbol"),
    Feature::new("foldingRangeProvider", "textDocument/foldingRange"),
    Feature::new("selectionRangeProvider", "textDocument/selectionRange"),
    Feature::new(
        "semanticTokensProvider/full",
        "textDocument/semanticTokens/full",
    ),
    Feature::new(
        "semanticTokensProvider/range",
        "textDocument/semanticTokens/range",
    ),
    Feature::new("codeActionProvider", "textDocument/codeAction")
        .resolved_by("", "codeAction/resolve"),
    // The actions of the whole text, which hold those that change all of it.
    Feature {
        parameters: |params| {
            params["range"] = params["whole"].clone();
            params["context"]["only"] = json!(["source"]);
        },
        ..Feature::new("codeActionProvider", "textDocument/codeAction")
    },
    Feature::new("codeLensProvider", "textDocument/codeLens").resolved_by("", "codeLens/resolve"),
    Feature {
        parameters: |params| params["range"] = params["whole"].clone(),
        ..Feature::new("inlayHintProvider", "textDocument/inlayHint")
    }
    .resolved_by("", "inlayHint/resolve"),
    Feature::new("documentLinkProvider", "textDocument/documentLink")
        .resolved_by("", "documentLink/resolve"),
    Feature::new("documentFormattingProvider", "textDocument/formatting"),
    Feature::new("diagnosticProvider", "textDocument/diagnostic"),
    Feature::running("docksmith.previewDockerfile"),
    Feature {
        may_refuse: true,
        ..Feature::running("docksmith.migrate")
    },
    Feature {
        may_refuse: true,
        ..Feature::running("docksmith.renderToFile")
    },
];

impl Feature {
    /// Whether the answer to `initialize` announces it.
    pub(crate) fn is_announced(&self, capabilities: &Value) -> bool {
        if let Some(command) = self.command {
            let commands = capabilities["executeCommandProvider"]["commands"].as_array();
            return commands.is_some_and(|all| all.contains(&json!(command)));
        }
        let value = capabilities.pointer(&format!("/{}", self.capability));
        value.is_some_and(|it| !matches!(it, Value::Null | Value::Bool(false)))
    }

    /// The method that resolves its items, if that is announced.
    pub(crate) fn resolve(&self, capabilities: &Value) -> Option<&'static str> {
        let provider = capabilities[self.capability]["resolveProvider"].as_bool();
        self.resolve.filter(|_| provider == Some(true))
    }

    /// The parameters of a request from those of [`anywhere`].
    pub(crate) fn params(&self, anywhere: &Value) -> Value {
        let mut params = anywhere.clone();
        if let Some(command) = self.command {
            params["command"] = json!(command);
            params["arguments"] = json!([params["textDocument"]["uri"]]);
        }
        (self.parameters)(&mut params);
        params
    }
}

/// Parameters that every request can be read from: a place of a document, and its range `whole`.
pub(crate) fn anywhere(uri: &str, position: &Value, whole: &Value) -> Value {
    json!({
        "textDocument": { "uri": uri },
        "position": position,
        "positions": [position],
        "range": { "start": position, "end": position },
        "whole": whole,
        "context": { "includeDeclaration": true, "diagnostics": [], "triggerKind": 1 },
        "options": { "tabSize": 2, "insertSpaces": true },
        "query": "",
    })
}

/// The capabilities of a client that can do everything, but for pulling diagnostics.
pub(crate) fn able_client() -> Value {
    let markdown = json!(["markdown", "plaintext"]);
    let kinds = [
        "",
        "quickfix",
        "refactor",
        "refactor.rewrite",
        "refactor.extract",
        "source",
        "source.fixAll",
    ];
    json!({
        "general": { "positionEncodings": ["utf-16"] },
        "window": { "showDocument": { "support": true }, "workDoneProgress": true },
        "workspace": {
            "applyEdit": true,
            "configuration": true,
            "workspaceFolders": true,
            "didChangeConfiguration": { "dynamicRegistration": true },
            "didChangeWatchedFiles": { "dynamicRegistration": true, "relativePatternSupport": true },
            "workspaceEdit": {
                "documentChanges": true,
                "resourceOperations": ["create", "rename", "delete"],
                "changeAnnotationSupport": { "groupsOnLabel": true },
            },
            "semanticTokens": { "refreshSupport": true },
            "codeLens": { "refreshSupport": true },
            "inlayHint": { "refreshSupport": true },
            "symbol": { "resolveSupport": { "properties": ["location.range"] } },
        },
        "textDocument": {
            "synchronization": { "didSave": true },
            "completion": {
                "contextSupport": true,
                "completionItem": {
                    "snippetSupport": true,
                    "labelDetailsSupport": true,
                    "documentationFormat": markdown,
                    "resolveSupport": { "properties": ["documentation", "detail"] },
                    "insertReplaceSupport": true,
                },
            },
            "hover": { "contentFormat": markdown },
            "definition": { "linkSupport": true },
            "rename": { "prepareSupport": true, "prepareSupportDefaultBehavior": 1 },
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
            "foldingRange": { "lineFoldingOnly": false },
            "selectionRange": {},
            "semanticTokens": {
                "requests": { "full": true, "range": true },
                "tokenTypes": [
                    "namespace", "type", "class", "enum", "interface", "struct", "typeParameter", "parameter",
                    "variable", "property", "enumMember", "event", "function", "method", "macro", "keyword",
                    "modifier", "comment", "string", "number", "regexp", "operator", "decorator",
                ],
                "tokenModifiers": ["declaration", "definition", "readonly", "static", "deprecated"],
                "formats": ["relative"],
            },
            "codeAction": {
                "codeActionLiteralSupport": { "codeActionKind": { "valueSet": kinds } },
                "isPreferredSupport": true,
                "disabledSupport": true,
                "dataSupport": true,
                "resolveSupport": { "properties": ["edit"] },
            },
            "codeLens": {},
            "inlayHint": { "resolveSupport": { "properties": ["tooltip"] } },
            "documentLink": { "tooltipSupport": true },
            "publishDiagnostics": {
                "relatedInformation": true,
                "versionSupport": true,
                "codeDescriptionSupport": true,
                "dataSupport": true,
                "tagSupport": { "valueSet": [1, 2] },
            },
        },
    })
}
