"""One mistake in a file that lies nowhere, as three editors meet it: one diagnostic, and the fix that takes it away."""

import os
import pathlib

import pytest
import pytest_lsp
from lsprotocol import types as t
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

URI = "file:///ws/docksmith.toml"
TEXT = pathlib.Path(__file__).with_name("fixture.toml").read_text()


@pytest_lsp.fixture(
    params=["visual_studio_code", "neovim", "emacs"],
    config=ClientServerConfig(server_command=[os.environ["DOCKSMITH_BIN"], "lsp"]),
)
async def client(lsp_client: LanguageClient, request):
    await lsp_client.initialize_session(
        t.InitializeParams(
            capabilities=client_capabilities(request.param), root_uri="file:///ws", workspace_folders=None
        )
    )
    lsp_client.text_document_did_open(t.DidOpenTextDocumentParams(t.TextDocumentItem(URI, "toml", 1, TEXT)))
    await lsp_client.wait_for_notification(t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    yield
    await lsp_client.shutdown_session()


@pytest.mark.asyncio
async def test_the_only_mistake_has_a_quick_fix(client: LanguageClient):
    [found] = client.diagnostics[URI]
    assert found.code == "unknown-key"
    assert found.range.start.line == 19
    [fix] = await client.text_document_code_action_async(
        t.CodeActionParams(t.TextDocumentIdentifier(URI), found.range, t.CodeActionContext([found]))
    )
    assert fix.edit.changes[URI][0].new_text == "interval"
