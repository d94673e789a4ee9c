"""The language server, driven as Visual Studio Code and Neovim announce themselves.

pytest-lsp also checks every answer against what the client can do; its warnings are errors here (see pytest.ini).
"""

import asyncio
import os
import pathlib
import shutil
import tempfile

import pytest
import pytest_lsp
from conftest import EXAMPLES, run
from lsprotocol import types as t
from pytest_lsp import ClientServerConfig, client_capabilities
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, LanguageClient, register_lsp_features
from pygls.protocol import default_converter

SECONDS = 20
COMPOSITE = (EXAMPLES / "composite" / "docksmith.toml").read_text()


def remembering_client():
    """A client that keeps the version of each publication beside its diagnostics."""
    client = LanguageClient(converter_factory=default_converter)
    client.published = []

    def publish(params):
        client.published.append(params)

    def register(params):
        client.registered.extend(params.registrations)

    client.registered = []
    register_lsp_features(
        client,
        {
            **DEFAULT_CLIENT_FEATURES,
            t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: publish,
            t.CLIENT_REGISTER_CAPABILITY: register,
        },
    )
    return client


@pytest_lsp.fixture(
    params=["visual_studio_code", "neovim"],
    config=ClientServerConfig(
        server_command=[os.environ["DOCKSMITH_BIN"], "lsp"],
        client_factory=remembering_client,
    ),
)
async def client(lsp_client: LanguageClient, request):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="docksmith-"))
    shutil.copytree(EXAMPLES / "composite", folder, dirs_exist_ok=True)
    lsp_client.folder = folder
    lsp_client.uri = (folder / "docksmith.toml").as_uri()
    lsp_client.version = 0
    lsp_client.offer = await lsp_client.initialize_session(
        t.InitializeParams(
            capabilities=client_capabilities(request.param),
            root_uri=folder.as_uri(),
            workspace_folders=[t.WorkspaceFolder(folder.as_uri(), "composite")],
        )
    )
    yield
    await lsp_client.shutdown_session()
    shutil.rmtree(folder)


def show(client, text):
    """Opens the document with a text, or replaces the text of the open one."""
    client.version += 1
    if client.version == 1:
        client.text_document_did_open(
            t.DidOpenTextDocumentParams(t.TextDocumentItem(client.uri, "toml", client.version, text))
        )
        return
    client.text_document_did_change(
        t.DidChangeTextDocumentParams(
            t.VersionedTextDocumentIdentifier(version=client.version, uri=client.uri),
            [t.TextDocumentContentChangeWholeDocument(text)],
        )
    )


async def diagnostics(client, enough):
    """The diagnostics of the newest version, once `enough` holds for them and no later publication follows."""
    found = None
    for _ in range(SECONDS * 10):
        current = [params for params in client.published if params.version == client.version]
        found = list(current[-1].diagnostics) if current else None
        if found is not None and enough(found):
            break
        await asyncio.sleep(0.1)
    return found


async def settled(client):
    """The diagnostics of the newest version after half a second without a new publication."""
    await diagnostics(client, lambda found: True)
    count = -1
    while count != len(client.published):
        count = len(client.published)
        await asyncio.sleep(0.5)
    return await diagnostics(client, lambda found: True)


def marked(text, finding):
    """The text that a finding marks; the files here are ASCII, so every position encoding counts alike."""
    start, end = finding.range.start, finding.range.end
    lines = text.split("\n")
    if start.line == end.line:
        return lines[start.line][start.character : end.character]
    return lines[start.line][start.character :]


def swap(old, new):
    assert old in COMPOSITE
    return COMPOSITE.replace(old, new, 1)


DISTROLESS = (
    COMPOSITE.replace('image      = "alpine:3.21"', 'image      = "gcr.io/distroless/static-debian12:nonroot"')
    .replace('packages   = ["ca-certificates", "tzdata"]\n', "")
    .replace('user       = { name = "permanu", uid = 10001 }', 'user       = "65532:65532"')
    .replace('chown = "permanu:permanu"', 'chown = "65532:65532"')
)
TOKEN = "ghp_" + "a1B2c3D4" * 4 + "e5F6"
ARM_SUM = ', arm64 = "b76308f558d50d006add507f3ab86afc1147644519dd327f7f5fac6d02d4f595"'

BREAKS = {
    "unknown-key": (swap("expose     = 4290", "expse      = 4290"), "expse"),
    "wrong-type": (swap("expose     = 4290", 'expose     = 4290\ndirs       = "data"'), '"data"'),
    "invalid-value": (swap('dst     = "/app/bin/atlas"', 'dst     = "/app/bin/atlas"\nformat  = "rar"'), '"rar"'),
    "unknown-stage": (
        COMPOSITE + '\n[[runtime.copy]]\nfrom = "bilder"\nsrc  = "/src/docs"\ndst  = "/app/docs"\n',
        '"bilder"',
    ),
    "missing-platform-checksum": (swap(ARM_SUM, ""), None),
    "entrypoint-needs-shell": (DISTROLESS, '"entrypoint.sh"'),
    "copy-source-missing": (swap('"templates"]', '"templatez"]'), '"templatez"'),
    "toml-syntax": (swap("expose     = 4290", "expose     ="), None),
    "spelling-conflict": (COMPOSITE + '\n[start]\ncommand = "/app/main"\n', "command"),
    "secret-in-env": (swap('ATLAS_ENV    = "prod"', f'ATLAS_ENV    = "prod"\nGITHUB_TOKEN = "{TOKEN}"'), None),
}


@pytest.mark.asyncio
async def test_the_composite_example_has_no_diagnostics(client):
    show(client, COMPOSITE)
    assert await settled(client) == []


@pytest.mark.asyncio
@pytest.mark.parametrize("rule", BREAKS)
async def test_a_broken_file_gets_the_right_rule_and_a_mended_one_gets_none(client, rule):
    text, place = BREAKS[rule]
    show(client, COMPOSITE)
    show(client, text)
    found = await diagnostics(client, lambda found: rule in {finding.code for finding in found})
    found = await settled(client)
    assert {finding.code for finding in found} == {rule}
    assert {finding.source for finding in found} == {"docksmith"}
    assert {finding.severity for finding in found} == {t.DiagnosticSeverity.Error}
    if place:
        assert place in [marked(text, finding) for finding in found]
    assert not any(TOKEN in finding.message for finding in found)
    show(client, COMPOSITE)
    assert await settled(client) == []


async def completions(client, text):
    """The completion items at the end of a text."""
    show(client, text)
    lines = text.split("\n")
    answer = await client.text_document_completion_async(
        t.CompletionParams(
            t.TextDocumentIdentifier(client.uri), t.Position(len(lines) - 1, len(lines[-1]))
        )
    )
    return answer.items if isinstance(answer, t.CompletionList) else answer


def applied(text, item):
    """The text after a completion item was chosen at its end, a snippet's final stop taken out."""
    edit = item.text_edit
    span = edit.range if isinstance(edit, t.TextEdit) else edit.replace
    last = text.split("\n")[-1]
    assert span.start.line == span.end.line == text.count("\n")
    assert span.start.character <= len(last) == span.end.character
    return text[: len(text) - len(last) + span.start.character] + edit.new_text.replace("$0", "")


@pytest.mark.asyncio
async def test_a_stage_name_is_completed_in_a_half_typed_line(client):
    text = COMPOSITE + '\n[[runtime.copy]]\nfrom = "buil'
    items = await completions(client, text)
    [builder] = [item for item in items if item.label.strip('"') == "builder"]
    assert applied(text, builder).split("\n")[-1].startswith('from = "builder')


@pytest.mark.asyncio
async def test_a_copy_source_is_completed_in_a_half_typed_line(client):
    text = COMPOSITE + '\n[[runtime.copy]]\nsrc = "mig'
    items = await completions(client, text)
    [folder] = [item for item in items if item.label.strip('"').rstrip("/") == "migrations"]
    assert applied(text, folder).split("\n")[-1].startswith('src = "migrations')


async def preview(client):
    answer = await client.workspace_execute_command_async(
        t.ExecuteCommandParams("docksmith.previewDockerfile", [client.uri])
    )
    # The protocol types answer objects differently from version to version.
    return answer if isinstance(answer, dict) else vars(answer) if hasattr(answer, "__dict__") else answer._asdict()


@pytest.mark.asyncio
async def test_the_preview_is_what_the_command_line_renders(client):
    assert "docksmith.previewDockerfile" in client.offer.capabilities.execute_command_provider.commands
    show(client, COMPOSITE)
    shown = await preview(client)
    rendered = run("dockerfile", client.folder)
    assert rendered.returncode == 0
    assert shown["text"] == rendered.stdout
    assert shown["version"] == client.version
    assert len(shown["lines"]) == len(rendered.stdout.splitlines())


@pytest.mark.asyncio
async def test_the_preview_follows_the_unsaved_text(client):
    show(client, COMPOSITE)
    show(client, swap("expose     = 4290", "expose     = 4291"))
    shown = await preview(client)
    assert "\nEXPOSE 4291\n" in shown["text"]
    assert shown["version"] == client.version
