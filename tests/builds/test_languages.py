"""One small project for each language, built from its portable rendering and run."""

import http.client
import pathlib

import engine
import pytest
from languages import LANGUAGES, table

PROJECTS = pathlib.Path(__file__).parent / "projects"


@pytest.fixture(params=LANGUAGES)
def name(request):
    return request.param


@pytest.fixture
def language(name):
    return LANGUAGES[name]


@pytest.fixture(scope="module")
def built():
    """The images that are there, by language: each is built once, in whatever order the tests come."""
    return {}


@pytest.fixture
def image(name, project, built):
    if name not in built:
        folder = project(PROJECTS / name)
        engine.portable(folder)
        engine.docksmith("dockerfile", folder, "-o", folder / "Dockerfile")
        built[name] = engine.build(folder, name)
    return built[name]


def answer(port):
    """The status and the body that a server gives, or nothing when it does not answer."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/")
        response = connection.getresponse()
        return response.status, response.read().decode()
    except OSError:
        return None


def started(image, language, *environment):
    """A context in which the server of an image runs and answers."""
    options = [option for variable in environment for option in ("--env", variable)]
    return engine.container(image, options=options, ready=lambda: answer(language.port))


def test_every_project_is_built():
    assert sorted(LANGUAGES) == sorted(folder.name for folder in PROJECTS.iterdir())


def test_the_readme_says_what_is_real():
    readme = (PROJECTS.parent / "README.md").read_text()
    assert [name for name, base in table().items() if f"| {name} | {base} |" not in readme] == []


def test_the_project_has_no_errors(name):
    engine.docksmith("lint", PROJECTS / name)


def test_the_server_answers_and_is_not_root(name, language, image):
    with started(image, language) as server:
        assert answer(language.port) == (200, f"hello from {name}\n")
        assert (server.process() / "comm").read_text().strip() == language.first
        assert server.owners() == {language.user}


def those(condition):
    """Runs a test for the languages that a condition holds for."""
    return pytest.mark.parametrize("name", [name for name in LANGUAGES if condition(LANGUAGES[name])], indirect=True)


@those(lambda language: language.check)
def test_the_health_check_follows_the_server(language, image):
    with started(image, language) as server:
        assert server.healthy()
    with engine.container(image, *language.idle) as idle:
        assert not idle.healthy()


@those(lambda language: language.check == "answer")
def test_the_health_check_wants_an_answer_below_500(language, image):
    with started(image, language, "STATUS=404") as server:
        assert answer(language.port)[0] == 404
        assert server.healthy()
    with started(image, language, "STATUS=500") as server:
        assert answer(language.port)[0] == 500
        assert not server.healthy()


@those(lambda language: not language.check)
def test_there_is_no_health_check_that_could_not_run(image):
    assert "Healthcheck" not in engine.config(image)["config"]


def test_the_stop_signal_ends_the_server(language, image):
    with started(image, language) as server:
        code, seconds = server.stop(seconds=10)
    # What does not listen is killed after ten seconds, with the exit code 137.
    assert (code, seconds < 8) == (0, True)
