//! Requests that provoke what must not hurt. They are there for a client whose initialization options say
//! `"testing": true`; for all others the methods do not exist.

use serde_json::{Value, json};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::TextDocumentPositionParams;
use tower_lsp::{LanguageServer, LspServiceBuilder};

use crate::lsp::Backend;

/// Adds the methods.
pub(crate) fn with_methods(server: LspServiceBuilder<Backend>) -> LspServiceBuilder<Backend>
where
    Backend: LanguageServer,
{
    server
        .custom_method("docksmith/testPanic", Backend::test_panic)
        .custom_method("docksmith/testPanicSilently", Backend::test_panic_silently)
        .custom_method("docksmith/testHang", Backend::test_hang)
        .custom_method("docksmith/testAskClient", Backend::test_ask_client)
        .custom_method("docksmith/testText", Backend::test_text)
}

impl Backend {
    fn only_in_tests(&self) -> Result<()> {
        if self.session.settings().testing {
            Ok(())
        } else {
            Err(Error::method_not_found())
        }
    }

    /// Panics.
    async fn test_panic(&self, _params: Option<Value>) -> Result<Value> {
        self.only_in_tests()?;
        panic!("a test asked for it");
    }

    /// Panics where there is nobody to answer to.
    async fn test_panic_silently(&self, _params: Option<Value>) {
        assert!(self.only_in_tests().is_err(), "a test asked for it");
    }

    /// Never ends.
    async fn test_hang(&self, _params: Option<Value>) -> Result<Value> {
        self.only_in_tests()?;
        std::future::pending().await
    }

    /// Waits for the client inside the handler, as no other may; gives what the client said.
    async fn test_ask_client(&self, _params: Option<Value>) -> Result<Value> {
        self.only_in_tests()?;
        self.client.configuration(Vec::new()).await.map(Value::from)
    }

    /// The server's copy of a document: `{"text", "version", "offset"}`.
    async fn test_text(&self, place: TextDocumentPositionParams) -> Result<Option<Value>> {
        self.only_in_tests()?;
        self.answer_at(place, |document, offset| {
            Some(json!({ "text": document.text, "version": document.version, "offset": offset }))
        })
        .await
    }
}
