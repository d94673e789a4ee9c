"""One file with one mistake, as three editors meet it: everything that the server offers, asked for as they ask.

pytest-lsp holds each answer against what the editor can do; its warnings are errors here (see pytest.ini).
"""

import asyncio
import os
import pathlib

import pytest
import pytest_lsp
from lsprotocol import types as t
from pygls.protocol import default_converter
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

URI = "file:///ws/docksmith.toml"
DOCUMENT = t.TextDocumentIdentifier(URI)
TEXT = (pathlib.Path(__file__).parents[2] / "editors" / "test" / "fixture.toml").read_text()
LAST_LINE = TEXT.count("\n")
WHOLE = t.Range(t.Position(0, 0), t.Position(LAST_LINE, 0))


def registering_client():
    """A client that lets the server register what it announced to be registrable, as the server does after a while."""
    client = LanguageClient(converter_factory=default_converter)
    client.registered = []

    def register(params):
        client.registered.extend(params.registrations)

    register_lsp_features(client, {**DEFAULT_CLIENT_FEATURES, t.CLIENT_REGISTER_CAPABILITY: register})
    return client


@pytest_lsp.fixture(
    params=["visual_studio_code", "neovim", "emacs"],
    config=ClientServerConfig(
        server_command=[os.environ["DOCKSMITH_BIN"], "lsp"], client_factory=registering_client
    ),
)
async def client(lsp_client: LanguageClient, request):
    lsp_client.offer = await lsp_client.initialize_session(
        t.InitializeParams(
            capabilities=client_capabilities(request.param), root_uri="file:///ws", workspace_folders=None
        )
    )
    lsp_client.text_document_did_open(t.DidOpenTextDocumentParams(t.TextDocumentItem(URI, "toml", 1, TEXT)))
    await lsp_client.wait_for_notification(t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    yield
    await lsp_client.shutdown_session()


def behind(text):
    """The position behind the first occurrence of a text; the fixture is ASCII, so every encoding counts alike."""
    before = TEXT[: TEXT.index(text) + len(text)]
    return t.Position(before.count("\n"), len(before) - before.rfind("\n") - 1)


def edits_of(edit):
    """The edits of the one document that a workspace edit changes, whichever form the editor takes."""
    if edit.document_changes:
        [change] = edit.document_changes
        assert change.text_document.uri == URI
        return list(change.edits)
    return list(edit.changes[URI])


def names_of(symbols):
    """The names of an outline, a tree or a flat list, as the editor takes it."""
    names = set()
    for symbol in symbols:
        names.add(symbol.name)
        names |= names_of(getattr(symbol, "children", None) or [])
    return names


def locations(answer):
    """The start lines of places, and of links to places."""
    answer = answer if isinstance(answer, (list, tuple)) else [answer]
    return sorted(
        (place.range if isinstance(place, t.Location) else place.target_selection_range).start.line for place in answer
    )


@pytest.mark.asyncio
async def test_the_only_mistake_has_a_quick_fix(client: LanguageClient):
    [found] = client.diagnostics[URI]
    assert found.code == "unknown-key"
    assert found.range.start.line == 19
    [fix] = await client.text_document_code_action_async(
        t.CodeActionParams(DOCUMENT, found.range, t.CodeActionContext([found]))
    )
    [edit] = edits_of(fix.edit)
    assert edit.new_text == "interval"


@pytest.mark.asyncio
async def test_only_the_kinds_of_actions_that_were_asked_for_are_offered(client):
    [found] = client.diagnostics[URI]
    offered = await client.text_document_code_action_async(
        t.CodeActionParams(
            DOCUMENT, found.range, t.CodeActionContext([found], only=[t.CodeActionKind.Refactor])
        )
    )
    assert all(action.kind.startswith("refactor") for action in offered or [])


@pytest.mark.asyncio
async def test_a_key_has_a_hover_text_at_its_place(client):
    hover = await client.text_document_hover_async(t.HoverParams(DOCUMENT, behind("lang")))
    assert "language" in hover.contents.value
    assert hover.range == t.Range(t.Position(0, 0), t.Position(0, 8))


@pytest.mark.asyncio
async def test_stages_are_completed_within_their_line(client):
    position = behind('\n[[runtime.copy]]\nfrom = "we')
    answer = await client.text_document_completion_async(t.CompletionParams(DOCUMENT, position))
    items = answer.items if isinstance(answer, t.CompletionList) else answer
    assert {"web", "builder"} <= {item.label for item in items}
    for item in items:
        span = item.text_edit.range if isinstance(item.text_edit, t.TextEdit) else item.text_edit.replace
        assert span.start.line == span.end.line == position.line
        assert span.start.character <= position.character <= span.end.character


@pytest.mark.asyncio
async def test_what_resolve_adds_is_documentation_only(client):
    position = t.Position(LAST_LINE, 0)
    answer = await client.text_document_completion_async(t.CompletionParams(DOCUMENT, position))
    items = answer.items if isinstance(answer, t.CompletionList) else answer
    item = items[0]
    resolved = await client.completion_item_resolve_async(item)
    assert (resolved.label, resolved.text_edit, resolved.insert_text) == (
        item.label,
        item.text_edit,
        item.insert_text,
    )


@pytest.mark.asyncio
async def test_a_stage_is_renamed_at_its_name_and_its_use(client):
    place = behind('name = "we')
    edit = await client.text_document_rename_async(t.RenameParams(DOCUMENT, place, "frontend"))
    edits = edits_of(edit)
    assert sorted(edit.range.start.line for edit in edits) == [6, 14]
    assert all("frontend" in edit.new_text for edit in edits)


@pytest.mark.asyncio
async def test_a_bad_name_is_refused_with_a_reason(client):
    with pytest.raises(Exception, match="(?i)stage|name"):
        await client.text_document_rename_async(t.RenameParams(DOCUMENT, behind('name = "we'), "a b"))


@pytest.mark.asyncio
async def test_the_use_of_a_stage_leads_to_its_definition_and_back(client):
    use = behind('\n[[runtime.copy]]\nfrom = "we')
    assert locations(await client.text_document_definition_async(t.DefinitionParams(DOCUMENT, use))) == [6]
    found = await client.text_document_references_async(
        t.ReferenceParams(t.ReferenceContext(include_declaration=True), DOCUMENT, use)
    )
    assert locations(found) == [6, 14]
    marked = await client.text_document_document_highlight_async(t.DocumentHighlightParams(DOCUMENT, use))
    assert sorted(mark.range.start.line for mark in marked) == [6, 14]


@pytest.mark.asyncio
async def test_the_outline_names_the_stage(client):
    symbols = await client.text_document_document_symbol_async(t.DocumentSymbolParams(DOCUMENT))
    assert {"web", "runtime"} <= names_of(symbols)


@pytest.mark.asyncio
async def test_tables_are_folded(client):
    folds = await client.text_document_folding_range_async(t.FoldingRangeParams(DOCUMENT))
    assert 5 in {fold.start_line for fold in folds}
    assert all(fold.start_line < fold.end_line <= LAST_LINE for fold in folds)


@pytest.mark.asyncio
async def test_a_selection_grows_from_a_word_to_the_file(client):
    [selection] = await client.text_document_selection_range_async(
        t.SelectionRangeParams(DOCUMENT, [behind("RUN mk")])
    )
    sizes = []
    while selection:
        start, end = selection.range.start, selection.range.end
        sizes.append((end.line - start.line, end.character - start.character))
        selection = selection.parent
    assert len(sizes) > 2
    assert sizes[-1][0] >= LAST_LINE - 1


@pytest.mark.asyncio
async def test_strings_have_tokens_within_their_lines(client):
    answer = await client.text_document_semantic_tokens_full_async(t.SemanticTokensParams(DOCUMENT))
    line = column = 0
    lines = TEXT.split("\n")
    texts = set()
    for down, right, length, _, _ in zip(*[iter(answer.data)] * 5):
        line, column = line + down, right if down else column + right
        assert length > 0 and column + length <= len(lines[line])
        texts.add(lines[line][column : column + length])
    assert {"web", "RUN"} <= texts


@pytest.mark.asyncio
async def test_the_first_lens_is_the_preview(client):
    lenses = await client.text_document_code_lens_async(t.CodeLensParams(DOCUMENT))
    assert lenses[0].command.command == "docksmith.previewDockerfile"
    assert list(lenses[0].command.arguments) == [URI]
    assert lenses[0].command.command in client.offer.capabilities.execute_command_provider.commands


@pytest.mark.asyncio
async def test_defaults_are_hinted(client):
    hints = await client.text_document_inlay_hint_async(t.InlayHintParams(DOCUMENT, WHOLE))
    assert hints
    assert all(hint.position.line < LAST_LINE for hint in hints)


@pytest.mark.asyncio
async def test_an_official_image_is_linked_to_its_page(client):
    [link] = await client.text_document_document_link_async(t.DocumentLinkParams(DOCUMENT))
    assert link.target == "https://hub.docker.com/_/node"
    assert link.range.start.line == link.range.end.line == 7


@pytest.mark.asyncio
async def test_a_formatted_file_stays_as_it_is(client):
    assert not await client.text_document_formatting_async(
        t.DocumentFormattingParams(DOCUMENT, t.FormattingOptions(tab_size=4, insert_spaces=True))
    )


@pytest.mark.asyncio
async def test_files_are_watched_where_the_editor_can(client):
    files = client.capabilities.workspace.did_change_watched_files
    expected = {"workspace/didChangeWatchedFiles"} if files and files.dynamic_registration else set()
    # The server registers some time after it was started; a session that can register nothing gets no such request at all.
    for _ in range(100 if expected else 30):
        if {one.method for one in client.registered} & {"workspace/didChangeWatchedFiles"}:
            break
        await asyncio.sleep(0.1)
    assert {one.method for one in client.registered} & {"workspace/didChangeWatchedFiles"} == expected
