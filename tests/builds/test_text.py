"""What is built here is the portable rendering. It is the text of the default one but for four points, so the proof holds for both.

They are: the `# syntax` line, `--link`, how a pinned tool is fetched, and how a script of several lines is written down.
"""

import pathlib
import re
import shlex

import engine
import pytest

TESTS = pathlib.Path(__file__).parent.parent
PROJECTS = [
    file.parent
    for folder in (TESTS / "examples", TESTS / "builds" / "projects")
    for file in sorted(folder.rglob("docksmith.toml"))
    if "dockerfile" not in {line.split("=")[0].strip() for line in file.read_text().splitlines()}
]


def stages(text):
    """The stages of a Dockerfile by name, without those that fetch a pinned tool; what comes before the first is `""`."""
    name, found = "", {"": []}
    for line in text.splitlines():
        if line.startswith("FROM "):
            name = line.split()[-1]
            found[name] = []
        found[name].append(line)
    return {name: "\n".join(lines).strip() for name, lines in found.items() if not name.startswith("tool-")}


def scripts(text):
    """The text with each script of several lines as its lines, whichever way it is written."""
    heredoc = re.compile(r"^(RUN .*)<<'EOT'\n(.*?)\nEOT\n\n", flags=re.MULTILINE | re.DOTALL)
    printed = re.compile(r"^(RUN .*)printf '%s\\n' (.*) > /\.step \\\n && sh /\.step \\\n && rm /\.step\n", flags=re.MULTILINE)
    text = heredoc.sub(lambda found: f"{found[1]}script {found[2].splitlines()}\n", text)
    return printed.sub(lambda found: f"{found[1]}script {shlex.split(found[2])}\n", text)


def common(text):
    """What the default and the portable rendering must have in common."""
    without_frontend = text.removeprefix("# syntax=docker/dockerfile:1\n")
    without_link = re.sub(r"^(COPY|ADD) --link ", r"\1 ", without_frontend, flags=re.MULTILINE)
    return stages(scripts(without_link))


@pytest.mark.parametrize("folder", PROJECTS, ids=lambda folder: str(folder.relative_to(TESTS)))
def test_both_renderings_differ_in_four_points_only(project, folder):
    copy = project(folder)
    default = engine.docksmith("dockerfile", copy)
    engine.portable(copy)
    portable = engine.docksmith("dockerfile", copy)
    assert default.startswith("# syntax=docker/dockerfile:1\n")
    assert "# syntax" not in portable
    assert "--link" not in portable
    assert "ADD --checksum" not in portable
    assert "<<" not in portable
    assert common(default) == common(portable)
