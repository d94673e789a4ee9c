"""What all tests from outside share: the built program, and the example projects."""

import os
import pathlib
import shutil
import subprocess

import pytest

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"


def pytest_configure():
    program = os.environ.get("DOCKSMITH_BIN", "")
    if not os.access(program, os.X_OK):
        pytest.exit("DOCKSMITH_BIN must name the built docksmith program; tests/run sets it", returncode=2)


def run(*arguments, folder=EXAMPLES, stdin=""):
    """Runs the program without a terminal; its output stays bytes decoded as UTF-8, line ends untouched."""
    finished = subprocess.run(
        [os.environ["DOCKSMITH_BIN"], *map(str, arguments)],
        cwd=folder,
        input=stdin.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    finished.stdout = finished.stdout.decode()
    finished.stderr = finished.stderr.decode()
    return finished


@pytest.fixture
def docksmith():
    """A function that runs the program and gives its exit code, output and error output."""
    return run


@pytest.fixture
def project(tmp_path):
    """A function that copies an example and returns the copy's folder; it takes replacements for `docksmith.toml`."""

    def copy(case="simple", *replacements):
        folder = tmp_path / case
        shutil.copytree(EXAMPLES / case, folder)
        file = folder / "docksmith.toml"
        text = file.read_text()
        for old, new in replacements:
            assert old in text, f"{case}/docksmith.toml has no {old!r}"
            text = text.replace(old, new, 1)
        file.write_text(text)
        return folder

    return copy
