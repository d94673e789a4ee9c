"""The composite example, built from its portable rendering and run: all that its `docksmith.toml` says is true of the image."""

import hashlib
import http.client
import pathlib

import downloads
import engine
import images
import pytest

HERE = pathlib.Path(__file__).parent
EXAMPLE = HERE.parent / "examples" / "composite"
VERSION, COMMIT = "v1 with space", "a$b"
TOOL = "#!/bin/sh\necho \"atlas for {arch}: $*\"\n"
# Values that a shell, a Dockerfile or JSON would change if they were not quoted.
VALUES = {
    "QUOTES": """say "hi", it's me""",
    "DOLLARS": "$HOME ${PATH} a$b $(id)",
    "SPACES": "  two  each  ",
    "BACKSLASHES": "a\\b\\\\c\\",
    "UNICODE": "grün — ✓ `x` #y",
}
ARGUMENTS = ("--build-arg", f"VERSION={VERSION}", "--build-arg", f"COMMIT={COMMIT}")


def quoted(value):
    """A TOML basic string."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def checksum(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The host that the example downloads its tool from: two files, and a list of what was asked for."""
    folder = tmp_path_factory.mktemp("site")
    files = folder / "www" / "atlas"
    files.mkdir(parents=True)
    tools = {arch: TOOL.format(arch=arch).encode() for arch in ("amd64", "arm64")}
    for arch, content in tools.items():
        (files / f"atlas-linux-{arch}-v1.2.0").write_bytes(content)
    with downloads.serve(folder, "release.ariga.io", ["alpine:3.23"]) as requests:
        yield {"sums": {arch: checksum(content) for arch, content in tools.items()}, "requests": requests}


@pytest.fixture(scope="module")
def composite(project, site):
    """The example with the checksums of the files that are served, more environment variables, rendered for old builders."""
    folder = project(EXAMPLE)
    file = folder / "docksmith.toml"
    text = file.read_text()
    for arch, line in (("amd64", "c12b889e"), ("arm64", "b76308f5")):
        begin = text.index(line)
        text = text[:begin] + site["sums"][arch] + text[begin + 64 :]
    variables = "".join(f"{name} = {quoted(value)}\n" for name, value in VALUES.items())
    file.write_text(text.replace('ATLAS_ENV    = "prod"\n', f'ATLAS_ENV    = "prod"\n{variables}'))
    engine.portable(folder)
    engine.docksmith("dockerfile", folder, "-o", folder / "Dockerfile")
    return folder


def built(folder, tag, *options, dockerfile=None):
    return engine.build(folder, tag, "--add-host", "release.ariga.io:127.0.0.1", *options, dockerfile=dockerfile)


@pytest.fixture(scope="module")
def image(composite):
    return built(composite, "composite", *ARGUMENTS)


@pytest.fixture
def server(image):
    """The running server of the example."""
    with engine.container(image, ready=lambda: answers(4290)) as running:
        yield running


def answers(port):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False


def test_the_server_is_process_1_and_not_root(server):
    assert (server.process() / "cmdline").read_bytes() == b"/app/main\0"
    assert server.owners() == {"10001:10001"}


def test_environment_variables_arrive_to_the_byte(server):
    entries = (server.process() / "environ").read_bytes().decode().split("\0")
    found = dict(entry.split("=", 1) for entry in entries if entry)
    expected = {"DEPLOY_ENV": "prod", "SERVER_PORT": "4290", "ATLAS_CONFIG": "atlas.hcl", "ATLAS_ENV": "prod", **VALUES}
    assert {name: found.get(name) for name in expected} == expected


def test_build_arguments_reach_the_linker(server, image):
    assert f"server {VERSION} ({COMMIT}) listens on port 4290" in server.logs()
    agent = engine.run("podman", "run", "--rm", "--network", "none", image, "/app/bin/permanu-agent-linux-amd64")
    assert agent == f"permanu-agent {VERSION} ({COMMIT}) linux/amd64\n"


def test_without_build_arguments_their_defaults_arrive(composite):
    image = built(composite, "composite-defaults", "--target", "builder-permanu-agent")
    agent = engine.run("podman", "run", "--rm", "--network", "none", image, "/out/permanu-agent-linux-amd64")
    assert agent == "permanu-agent dev (unknown) linux/amd64\n"


def test_the_health_check_passes_while_the_server_runs(server):
    assert server.healthy()


def test_the_health_check_fails_without_a_server(image):
    with engine.container(image, "sleep", "60") as idle:
        assert not idle.healthy()


def test_sigterm_ends_the_server_at_once(image):
    with engine.container(image, ready=lambda: answers(4290)) as running:
        code, seconds = running.stop(seconds=10)
    # What does not listen is killed after ten seconds, with the exit code 137.
    assert (code, seconds < 8) == (0, True)


def test_migrations_run_when_asked_for(image):
    output = engine.run("podman", "run", "--rm", "--network", "none", "--env", "RUN_MIGRATIONS=1", image, "echo", "then this")
    assert output == "atlas for amd64: migrate apply --config file://atlas.hcl --env prod\nthen this\n"


def test_migrations_do_not_run_otherwise(image):
    output = engine.run("podman", "run", "--rm", "--network", "none", image, "echo", "only this")
    assert output == "only this\n"


def test_each_sibling_is_a_program_for_its_platform(image):
    # The machine's number in the header of an ELF file: 0x3e is x86-64, 0xb7 is AArch64.
    machines = {"amd64": 0x3E, "arm64": 0xB7}
    with engine.files(image) as root:
        headers = {arch: (root / f"app/bin/permanu-agent-linux-{arch}").read_bytes()[:20] for arch in machines}
    assert {arch: header[:4] for arch, header in headers.items()} == dict.fromkeys(machines, b"\x7fELF")
    assert {arch: int.from_bytes(header[18:20], "little") for arch, header in headers.items()} == machines


def test_the_tool_is_at_its_literal_path(image, site):
    with engine.files(image) as root:
        tool = root / "app/bin/atlas"
        assert checksum(tool.read_bytes()) == site["sums"]["amd64"]
        assert tool.stat().st_mode & 0o777 == 0o755


def test_only_the_tool_of_the_platform_is_downloaded(image, site):
    assert set(site["requests"]) == {"/atlas/atlas-linux-amd64-v1.2.0"}


def test_copied_files_belong_to_the_user_and_programs_do_not(image):
    with engine.files(image) as root:
        owners = {name: root.joinpath(name).stat() for name in ("app/sql", "app/sql/schema.sql", "app/atlas.hcl", "app/main")}
    found = {name: (status.st_uid, status.st_gid) for name, status in owners.items()}
    ours = (10001, 10001)
    assert found == {"app/sql": ours, "app/sql/schema.sql": ours, "app/atlas.hcl": ours, "app/main": (0, 0)}


def test_a_wrong_checksum_stops_the_build(composite, project, site):
    folder = project(composite)
    file = folder / "Dockerfile"
    file.write_text(file.read_text().replace(site["sums"]["amd64"], "0" * 64))
    with pytest.raises(engine.Failed, match="/atlas: FAILED"):
        built(folder, "composite-wrong", "--target", "tool-atlas")


def test_the_image_is_that_of_a_dockerfile_written_by_hand(composite, image, site):
    options = (*ARGUMENTS, "--build-arg", f"ATLAS_SHA256={site['sums']['amd64']}")
    by_hand = built(composite, "by-hand", *options, dockerfile=HERE / "composite.Dockerfile")
    assert len(images.tree(image)) > 1000
    assert images.differences(image, by_hand) == []
