"""The golden Dockerfiles, read by parsers and linters that are not ours."""

import json
import pathlib
import re
import subprocess
import sys

import dockerfile
import pytest
from conftest import EXAMPLES

GOLDEN = sorted(EXAMPLES.rglob("Dockerfile"))
NAMES = [str(path.parent.relative_to(EXAMPLES)) for path in GOLDEN]
each_golden = pytest.mark.parametrize("path", GOLDEN, ids=NAMES)

# What hadolint may say about a rendered file, and why that is right. README.md explains the same list.
# An entry holds for the lines that its pattern finds, not for the whole rule.
ALLOWED = {
    # The versions of distribution packages are the user's decision: pinned ones vanish from the mirrors.
    "DL3008": r"^RUN apt-get update",
    "DL3018": r"^RUN apk add --no-cache ",
    # The line names a stage of the same file, one per architecture; hadolint takes it for an image without a tag.
    "DL3006": r"^FROM tool-[a-z0-9_-]+-\$\{(TARGET|BUILD)ARCH\} AS tool-",
    # The user wrote the check as a string, in shell form, with an operator in it. Exec form would mean something else.
    "DL3025": r"^HEALTHCHECK .*\|\|",
    # GOPRIVATE holds module paths; the rule only looks at the word PRIVATE in the name.
    "DL3064": r"^ENV GOPRIVATE=",
}


def instruction_at(text, line):
    """The whole instruction that begins at a line (from 1), its continuations joined."""
    lines = text.splitlines()[line - 1 :]
    joined = []
    for content in lines:
        joined.append(content.removesuffix("\\"))
        if not content.endswith("\\"):
            break
    return "".join(joined)


def hadolint(path):
    program = pathlib.Path(sys.executable).with_name("hadolint")
    finished = subprocess.run(
        [program, "--no-color", "--no-fail", "-f", "json", "-c", "/dev/null", path],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(finished.stdout)


def unexplained(path):
    """What hadolint warns about in a rendered file, without what is explained."""
    text = path.read_text()
    found = []
    for finding in hadolint(path):
        if finding["level"] not in ("error", "warning"):
            continue
        allowed = ALLOWED.get(finding["code"])
        if allowed and re.search(allowed, instruction_at(text, finding["line"])):
            continue
        found.append(f"{finding['line']}: {finding['code']} {finding['message']}")
    return found


def stages(path):
    """The instructions of each stage by the stage's name, as BuildKit's parser reads them."""
    found = {}
    for command in dockerfile.parse_file(str(path)):
        if command.cmd == "FROM":
            name = command.value[2]
            found[name] = []
        found[name].append(command)
    return found


def of(commands, name):
    return [command for command in commands if command.cmd == name]


@pytest.fixture(scope="module")
def composite():
    return stages(EXAMPLES / "composite" / "Dockerfile")


def test_there_are_golden_files():
    assert len(GOLDEN) >= 13


@each_golden
def test_the_file_parses_and_begins_with_its_syntax_line(path):
    text = path.read_text()
    assert text.startswith("# syntax=docker/dockerfile:1\n# Rendered by docksmith")
    assert text.endswith("\n") and not text.endswith("\n\n")
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    assert dockerfile.parse_string(text)[0].cmd == "FROM"


@each_golden
def test_every_stage_has_a_name_of_its_own_and_is_used(path):
    commands = dockerfile.parse_file(str(path))
    named = [command.value[2] for command in commands if command.cmd == "FROM"]
    assert len(set(named)) == len(named)
    text = path.read_text()
    for name in named[:-1]:
        base = re.sub(r"-(amd64|arm64)$", "-${TARGETARCH}", name)
        assert re.search(rf"(from=|FROM )({re.escape(name)}|{re.escape(base)})[\s,]", text), name


@each_golden
def test_the_image_runs_as_a_numeric_user_other_than_root(path):
    users = [command for command in dockerfile.parse_file(str(path)) if command.cmd == "USER"]
    uid, gid = users[-1].value[0].split(":")
    assert int(uid) > 0 and int(gid) > 0


@each_golden
def test_words_are_in_exec_form(path):
    commands = dockerfile.parse_file(str(path))
    assert all(command.json for command in commands if command.cmd in ("CMD", "ENTRYPOINT"))


@each_golden
def test_hadolint_finds_nothing_but_what_is_explained(path):
    assert unexplained(path) == []


def test_hadolint_speaks_about_a_bad_file(tmp_path):
    bad = tmp_path / "Dockerfile"
    bad.write_text("FROM alpine\nRUN cd /tmp && sudo apk add git\n")
    assert {"DL3006", "DL3004"} <= {finding["code"] for finding in hadolint(bad)}


def test_the_hand_written_dockerfile_of_an_example_is_sound():
    assert hadolint(EXAMPLES / "dockerfile-mode" / "Dockerfile.prod") == []


@each_golden
def test_the_program_renders_the_golden_file(path, docksmith):
    rendered = docksmith("dockerfile", path.parent)
    assert (rendered.returncode, rendered.stderr) == (0, "")
    assert rendered.stdout == path.read_text()


def test_three_spellings_render_to_the_same_bytes(docksmith):
    canonical, old, request = (
        docksmith("dockerfile", name).stdout for name in ("composite", "composite-old", "composite-request")
    )
    assert canonical != ""
    assert old == canonical
    assert request == canonical


def test_gap_1_the_target_is_chosen_and_the_linker_gets_its_values(composite):
    [build] = of(composite["builder"], "RUN")
    assert build.value[0].endswith("-o /out/main ./cmd/server")
    assert "-X 'main.version=${VERSION}' -X 'main.commit=${COMMIT}'" in build.value[0]
    assert [argument.value[0] for argument in of(composite["builder"], "ARG")] == [
        "TARGETOS",
        "TARGETARCH",
        "VERSION=dev",
        "COMMIT=unknown",
    ]
    assert 'GOOS="$TARGETOS" GOARCH="$TARGETARCH"' in build.value[0]


def test_gap_2_the_tool_is_pinned_for_each_architecture_and_has_a_literal_path(composite):
    sums = set()
    for architecture in ("amd64", "arm64"):
        [download] = of(composite[f"tool-atlas-{architecture}"], "ADD")
        assert download.value[0] == f"https://release.ariga.io/atlas/atlas-linux-{architecture}-v1.2.0"
        assert re.fullmatch(r"--checksum=sha256:[0-9a-f]{64}", download.flags[0])
        assert "--chmod=0755" in download.flags
        sums.add(download.flags[0])
    assert len(sums) == 2
    assert composite["tool-atlas"][0].value[0] == "tool-atlas-${TARGETARCH}"
    [copied] = [copy for copy in of(composite["runtime"], "COPY") if "--from=tool-atlas" in copy.flags]
    assert copied.value == ("/atlas", "/app/bin/atlas")


def test_gap_3_a_sibling_is_built_for_two_platforms(composite):
    sibling = composite["builder-permanu-agent"]
    builds = [run.value[0] for run in of(sibling, "RUN")]
    assert len(builds) == 2
    for architecture, build in zip(("amd64", "arm64"), builds, strict=True):
        assert f"GOOS=linux GOARCH={architecture}" in build
        assert build.endswith(f"-o /out/permanu-agent-linux-{architecture} ./cmd/permanu-agent")
    # An automatic argument here would build both once more for every platform of the image.
    assert not [argument for argument in of(sibling, "ARG") if argument.value[0].startswith("TARGET")]
    [copied] = [copy for copy in of(composite["runtime"], "COPY") if "--from=builder-permanu-agent" in copy.flags]
    assert copied.value == (
        "/out/permanu-agent-linux-amd64",
        "/out/permanu-agent-linux-arm64",
        "/app/bin/",
    )


def test_gap_4_assets_keep_their_names_and_get_their_owner(composite):
    copies = [copy for copy in of(composite["runtime"], "COPY") if "--chown=10001:10001" in copy.flags]
    assert [copy.value for copy in copies] == [
        ("atlas.hcl", "/app/atlas.hcl"),
        ("sql", "/app/sql"),
        ("migrations", "/app/migrations"),
        ("templates", "/app/templates"),
    ]
    # With --link a folder above the copy would change its owner.
    assert not [copy for copy in copies if "--link" in copy.flags]


def test_gap_5_a_script_gates_the_start_and_hands_over_to_the_command(composite):
    runtime = composite["runtime"]
    [script] = [copy for copy in of(runtime, "COPY") if copy.value[-1] == "/entrypoint.sh"]
    assert (script.flags, script.value) == (("--chmod=0755",), ("entrypoint.sh", "/entrypoint.sh"))
    [entrypoint], [command] = of(runtime, "ENTRYPOINT"), of(runtime, "CMD")
    assert entrypoint.json and entrypoint.value == ("/entrypoint.sh",)
    assert command.json and command.value == ("/app/main",)
    assert (EXAMPLES / "composite" / "entrypoint.sh").read_text().rstrip().endswith('exec "$@"')


def test_gap_6_the_base_is_alpine_with_packages(composite):
    runtime = composite["runtime"]
    assert runtime[0].value == ("alpine:3.21", "AS", "runtime")
    assert of(runtime, "RUN")[0].value[0] == "apk add --no-cache ca-certificates tzdata"


def test_gap_7_the_health_check_is_in_exec_form(composite):
    [check] = of(composite["runtime"], "HEALTHCHECK")
    assert check.json and check.value == ("CMD", "/app/main", "health")
    assert check.flags == ("--interval=30s", "--timeout=5s", "--start-period=30s")


def test_gap_8_environment_values_are_literal_and_in_file_order(composite):
    assert [variable.value for variable in of(composite["runtime"], "ENV")] == [
        ("DEPLOY_ENV", '"prod"'),
        ("SERVER_PORT", '"4290"'),
        ("ATLAS_CONFIG", '"atlas.hcl"'),
        ("ATLAS_ENV", '"prod"'),
    ]
