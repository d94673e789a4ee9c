"""What the builds share: an image store, and copies of projects."""

import os
import shutil
import subprocess

import engine
import languages
import pytest


def pytest_configure():
    if not os.access(os.environ.get("DOCKSMITH_BIN", ""), os.X_OK):
        pytest.exit("DOCKSMITH_BIN must name the built docksmith program; tests/run sets it", returncode=2)


def pytest_report_header():
    return ["base images, and what is real in them:", *(f"  {name}: {base}" for name, base in languages.table().items())]


@pytest.fixture(scope="session", autouse=True)
def store():
    """The image store of this run. The suite's network has a loopback and nothing else, so nothing outside can be asked."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    links = subprocess.run(["ip", "-brief", "link"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert [line.split()[0] for line in links] == ["lo"], "the builds need a network namespace of their own; tests/run makes one"
    engine.set_up()
    yield
    engine.tear_down()


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """A function that copies a project and returns the copy's folder."""

    def copy(source):
        folder = tmp_path_factory.mktemp("project") / source.name
        shutil.copytree(source, folder)
        return folder

    return copy
