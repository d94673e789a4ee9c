"""What carries docksmith into other people's CI: the GitHub Action, the hooks, the GitLab job, the releases, the image.

The scripts of the action and of the release run here as their runners run them, with a folder in the place of GitHub's
releases.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

import pytest
import yaml
from test_cli import BROKEN, WARNED, write
from test_dockerfiles import unexplained

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def load(path):
    return yaml.safe_load((ROOT / path).read_text())


ACTION = load("action.yml")
RELEASE = load(".github/workflows/release.yml")
GITLAB = load(".gitlab/docksmith.yml")
VERSION = re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]
TARGETS = [entry["target"] for entry in RELEASE["jobs"]["archive"]["strategy"]["matrix"]["include"]]

# What GitHub calls its runners, and the target whose program runs there.
RUNNERS = {
    ("Linux", "X64"): "x86_64-unknown-linux-musl",
    ("Linux", "ARM64"): "aarch64-unknown-linux-musl",
    ("macOS", "X64"): "x86_64-apple-darwin",
    ("macOS", "ARM64"): "aarch64-apple-darwin",
    ("Windows", "X64"): "x86_64-pc-windows-msvc",
    ("Windows", "ARM64"): "x86_64-pc-windows-msvc",
}


def scripts():
    """Every script of the kit by a name for it: those in YAML, and those that are files."""
    for index, step in enumerate(ACTION["runs"]["steps"]):
        yield f"action.yml-{index}", step["run"]
    for path in WORKFLOWS:
        for job, content in load(path)["jobs"].items():
            for index, step in enumerate(content["steps"]):
                if "run" in step:
                    yield f"{path.name}-{job}-{index}", step["run"]
    yield "docksmith.yml", "\n".join(GITLAB["docksmith"]["script"])
    named = ["tests/run", "tests/kit.bash", ".ci/run", "editors/test/run", "editors/test/run-others", "editors/test/picture", "editors/vscode/install"]
    for path in [*(ROOT / name for name in named), *ROOT.glob("tests/builds/*.sh")]:
        yield path.relative_to(ROOT).as_posix(), path.read_text()
    for path in sorted(ROOT.glob("tests/projects/**/*.sh")):
        yield path.relative_to(ROOT).as_posix(), path.read_text()


SCRIPTS = dict(scripts())
each_script = pytest.mark.parametrize("name", SCRIPTS)


def bash(text, folder, **environment):
    """Runs a script as GitHub's runners do for `shell: bash`."""
    file = folder / "step.sh"
    file.write_text(text)
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", file],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def pack(folder, target, program):
    """Packs a program as the release workflow does, with that workflow's own script; the archive lies in `folder`."""
    [step] = [it for it in RELEASE["jobs"]["archive"]["steps"] if it.get("name", "").startswith("Pack")]
    work = folder / f"pack-{target}"
    built = work / "target" / target / "release"
    built.mkdir(parents=True)
    is_windows = "windows" in target
    file = built / ("docksmith.exe" if is_windows else "docksmith")
    file.write_text(program)
    file.chmod(0o755)
    for name in ("LICENSE", "README.md"):
        (work / name).write_text(name)
    archive = RELEASE["jobs"]["archive"]["env"]["ARCHIVE"].replace("${{ matrix.target }}", target)
    runner = "Windows" if is_windows else "Linux"
    packed = bash(step["run"], work, PATH=os.environ["PATH"], TARGET=target, ARCHIVE=archive, RUNNER_OS=runner)
    assert packed.returncode == 0, packed.stderr
    for name in (archive, f"{archive}.sha256"):
        (work / name).rename(folder / name)
    return folder / archive


@pytest.fixture(scope="session")
def archives(tmp_path_factory):
    """A folder with an archive for each target that holds a program which calls ours."""
    folder = tmp_path_factory.mktemp("archives")
    program = f'#!/bin/sh\nexec "{os.path.abspath(os.environ["DOCKSMITH_BIN"])}" "$@"\n'
    for target in TARGETS:
        pack(folder, target, program)
    return folder


@pytest.fixture
def releases(tmp_path, archives):
    """The releases: the version of now with its archives."""
    folder = tmp_path / "releases" / "download" / f"v{VERSION}"
    folder.mkdir(parents=True)
    for file in archives.glob("docksmith-*"):
        shutil.copy(file, folder)
    return tmp_path / "releases"


@pytest.fixture
def act(tmp_path, releases):
    """A function that runs the action in a folder with inputs and gives the last step's result."""

    def run(folder, inputs=None, runner=("Linux", "X64"), **environment):
        inputs = inputs or {}
        assert set(inputs) <= set(ACTION["inputs"])
        values = {f"inputs.{name}": inputs.get(name, spec["default"]) for name, spec in ACTION["inputs"].items()}
        values["github.server_url"] = "https://git.invalid"
        values["github.action_repository || github.repository"] = "acme/docksmith"
        output, path, temporary = tmp_path / "output", tmp_path / "path", tmp_path / "runner temp"
        temporary.mkdir(exist_ok=True)
        for step in ACTION["runs"]["steps"]:
            output.write_text("")
            variables = {name: EXPRESSION.sub(lambda it: values[it[1]], text) for name, text in step["env"].items()}
            outer = {
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "RUNNER_OS": runner[0],
                "RUNNER_ARCH": runner[1],
                "RUNNER_TEMP": str(temporary),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_PATH": str(path),
                "DOCKSMITH_RELEASES": releases.as_uri(),
            }
            finished = bash(step["run"], folder, **(outer | variables | environment))
            if finished.returncode != 0:
                break
            for line in output.read_text().splitlines():
                name, value = line.split("=", 1)
                values[f"steps.{step['id']}.outputs.{name}"] = value
        return finished

    return run


# What others say about the files


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("vendor.github-actions", "action.yml"),
        *(("vendor.github-workflows", path.relative_to(ROOT).as_posix()) for path in WORKFLOWS),
        ("vendor.gitlab-ci", ".gitlab/docksmith.yml"),
    ],
)
def test_the_file_is_valid_by_its_schema(schema, path):
    finished = subprocess.run(
        [PROGRAMS / "check-jsonschema", "--builtin-schema", schema, ROOT / path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout


def test_there_are_workflows_for_each_change_and_for_a_release():
    assert {"ci.yml", "release.yml"} <= {path.name for path in WORKFLOWS}


@each_script
def test_bash_can_read_the_script(name):
    text = SCRIPTS[name]
    shell = "sh" if text.startswith("#!/bin/sh") else "bash"
    finished = subprocess.run([shell, "-n"], input=text, capture_output=True, text=True, timeout=60, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")


@each_script
def test_shellcheck_finds_nothing_in_the_script(name):
    text = SCRIPTS[name]
    shell = [] if text.startswith("#!") else ["--shell", "bash"]
    # Scripts that are read by another are found by a variable of it.
    excluded = ["SC1090", "SC1091"]
    if name == "docksmith.yml":
        # The words of the job's variables are meant to be split.
        excluded.append("SC2086")
    finished = subprocess.run(
        [PROGRAMS / "shellcheck", "--norc", "--exclude", ",".join(excluded), *shell, "-"],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (finished.returncode, finished.stdout) == (0, "")


@pytest.mark.parametrize("path", ["action.yml", *(path.relative_to(ROOT).as_posix() for path in WORKFLOWS)])
def test_no_script_holds_an_expression(path):
    """What is put into a script by GitHub is run by it; what is in the environment is not."""
    content = load(path)
    jobs = content["jobs"].values() if "jobs" in content else [content["runs"]]
    steps = [step for job in jobs for step in job["steps"]]
    assert steps
    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_of_others_are_named_by_their_commit(path):
    used = [step["uses"] for job in load(path)["jobs"].values() for step in job["steps"] if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", name)] == []


# One version and one set of names


def test_everything_names_the_version_of_the_crate():
    assert ACTION["inputs"]["version"]["default"] == VERSION
    assert GITLAB["variables"]["DOCKSMITH_IMAGE"].rsplit(":", 1)[1] == VERSION
    assert f"/v{VERSION}/.gitlab/docksmith.yml" in (ROOT / ".gitlab" / "docksmith.yml").read_text()


@pytest.mark.parametrize(("tag", "status"), [(f"v{VERSION}", 0), ("v99.0.0", 1), (VERSION.replace(".", "x"), 1)])
def test_a_release_has_the_tag_of_its_version(tmp_path, tag, status):
    [step] = [it for it in RELEASE["jobs"]["draft"]["steps"] if it.get("name", "").startswith("Compare")]
    (tmp_path / "Cargo.toml").write_text((ROOT / "Cargo.toml").read_text())
    assert bash(step["run"], tmp_path, PATH=os.environ["PATH"], GITHUB_REF_NAME=tag).returncode == status


def test_every_archive_is_for_some_runner():
    assert set(RUNNERS.values()) == set(TARGETS)
    assert len(TARGETS) == len(set(TARGETS))


def test_a_release_has_the_extension_for_every_platform():
    """The program that is linked statically runs on Alpine as well, and Windows runs programs of x86-64 on ARM."""
    named = re.search(r"^Targets: ([^;]+);", (ROOT / "editors/vscode/README.md").read_text(), re.MULTILINE)
    matrix = RELEASE["jobs"]["archive"]["strategy"]["matrix"]["include"]
    built = [target for entry in matrix for target in entry["extensions"].split()]
    assert sorted(built) == sorted(re.findall(r"`([\w-]+)`", named[1]))


def test_an_archive_holds_the_program_and_the_license(tmp_path):
    archive = pack(tmp_path, TARGETS[0], "#!/bin/sh\n")
    with tarfile.open(archive) as opened:
        assert sorted(opened.getnames()) == ["LICENSE", "README.md", "docksmith"]
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert archive.with_name(f"{archive.name}.sha256").read_text() == f"{digest}  {archive.name}\n"


# The action


@pytest.mark.parametrize("runner", RUNNERS, ids="-".join)
def test_the_action_installs_on_every_runner(act, project, tmp_path, runner):
    assert act(project(), {"format": "concise"}, runner).returncode == 0
    [folder] = (tmp_path / "path").read_text().splitlines()
    assert (pathlib.Path(folder) / f"docksmith-{RUNNERS[runner]}.tar.gz").is_file()
    name = "docksmith.exe" if runner[0] == "Windows" else "docksmith"
    assert os.access(pathlib.Path(folder) / name, os.X_OK)


def test_the_action_refuses_a_runner_without_a_release(act, project):
    result = act(project(), runner=("Linux", "ARM"))
    assert result.returncode == 2
    assert "no release for Linux on ARM" in result.stdout


def test_the_action_passes_a_sound_project(act, project):
    result = act(project())
    assert (result.returncode, result.stderr) == (0, "")
    assert "::error" not in result.stdout


def test_the_action_annotates_what_is_wrong(act, project):
    result = act(write(project(), BROKEN))
    assert result.returncode == 1
    annotations = [line for line in result.stdout.splitlines() if line.startswith("::error ")]
    assert len(annotations) == 1
    assert "file=docksmith.toml,line=5" in annotations[0]
    assert "unknown-key" in annotations[0]


def test_the_action_says_that_it_found_no_file(act, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert act(empty).returncode == 2


def test_the_input_fail_on_is_heeded(act, project):
    folder = write(project(), WARNED)
    assert act(folder).returncode == 0
    assert act(folder, {"fail-on": "warning"}).returncode == 1
    assert act(folder, {"fail-on": "never"}).returncode == 0
    assert act(folder, {"fail-on": "sometimes"}).returncode == 2


def test_the_input_format_is_heeded(act, project):
    result = act(write(project(), BROKEN), {"format": "json"})
    assert result.returncode == 1
    assert json.loads(result.stdout)["summary"]["errors"] == 1


def test_sarif_is_written_beside_the_annotations(act, project):
    folder = write(project(), BROKEN)
    result = act(folder, {"sarif-file": "out put.sarif"})
    assert result.returncode == 1
    assert "::error " in result.stdout
    assert json.loads((folder / "out put.sarif").read_text())["version"] == "2.1.0"


def test_paths_are_lines_and_may_hold_blanks(act, tmp_path):
    for name in ("a b", "c"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, BROKEN)
    result = act(tmp_path, {"format": "concise", "paths": "a b\nc\n"})
    assert result.returncode == 1
    assert "a b/docksmith.toml:5:1" in result.stdout
    assert "c/docksmith.toml:5:1" in result.stdout
    assert act(tmp_path, {"format": "concise", "paths": "a b\r\n--help\r\n"}).returncode == 2


def test_arguments_are_words(act, project):
    folder = write(project(), WARNED)
    arguments = "--level image-latest-tag=error\n  --quiet"
    result = act(folder, {"format": "concise", "args": arguments})
    assert result.returncode == 1
    assert "error[image-latest-tag]" in result.stdout


@pytest.mark.parametrize("name", ["version", "paths", "args", "fail-on", "format", "sarif-file"])
@pytest.mark.parametrize("value", ["$(touch pwned)", "`touch pwned`", "; touch pwned", "x\ntouch pwned", '"; touch pwned; "', "*"])
def test_nothing_of_an_input_is_run(act, project, name, value):
    folder = project()
    before = sorted(path.name for path in folder.iterdir())
    act(folder, {"format": "concise", name: value})
    left = {path.name for path in folder.iterdir()} - set(before) - {"step.sh"}
    # The file for SARIF may have any name, and no other file is made.
    assert left <= ({value} if name == "sarif-file" else set())


@pytest.mark.parametrize("version", ["", "1", "v0.1.0", "../../1.0.0", "1.0.0/..", "1.0.0 ", "1.0.0\n2.0.0"])
def test_a_version_is_a_number_or_latest(act, project, version):
    result = act(project(), {"version": version})
    assert result.returncode == 2
    assert result.stdout.startswith("::error title=docksmith::the input version")


def test_the_latest_release_can_be_asked_for(act, project, releases):
    (releases / "latest").mkdir()
    (releases / "latest" / "download").symlink_to(releases / "download" / f"v{VERSION}")
    assert act(project(), {"version": "latest", "format": "concise"}).returncode == 0


def test_a_release_that_is_not_there_is_named(act, project):
    result = act(project(), {"version": "9.9.9"})
    assert result.returncode == 2
    assert "cannot download docksmith-x86_64-unknown-linux-musl.tar.gz.sha256 of version 9.9.9" in result.stdout


@pytest.mark.parametrize("checksum", ["0" * 64, "", "\n"])
def test_an_archive_with_another_checksum_is_not_unpacked(act, project, releases, tmp_path, checksum):
    for file in releases.rglob("*.sha256"):
        file.write_text(checksum)
    result = act(project())
    assert result.returncode == 2
    assert "::error title=docksmith::the checksum" in result.stdout
    assert not list((tmp_path / "runner temp").rglob("docksmith"))
    assert not (tmp_path / "path").exists()


def test_releases_come_over_tls_from_the_repository_of_the_action(act, project, tmp_path):
    """Without a mirror; a `curl` that only tells what it is asked for stands in for the real one."""
    fake = tmp_path / "fake"
    fake.mkdir()
    (fake / "curl").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >"{tmp_path}/asked"\nexit 6\n')
    (fake / "curl").chmod(0o755)
    path = f"{fake}:{os.environ['PATH']}"
    assert act(project(), DOCKSMITH_RELEASES="", PATH=path).returncode == 2
    asked = (tmp_path / "asked").read_text().splitlines()
    archive = "docksmith-x86_64-unknown-linux-musl.tar.gz.sha256"
    assert asked[-1] == f"https://git.invalid/acme/docksmith/releases/download/v{VERSION}/{archive}"
    assert asked[asked.index("--proto") + 1] == "=https,file"
    assert asked[asked.index("--proto-redir") + 1] == "=https"


# The hooks of pre-commit


def git(folder, *arguments):
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


def test_the_hooks_are_valid():
    manifest = ROOT / ".pre-commit-hooks.yaml"
    finished = subprocess.run([PROGRAMS / "pre-commit", "validate-manifest", manifest], timeout=60, check=False)
    assert finished.returncode == 0
    hooks = {hook["id"]: hook for hook in load(manifest)}
    assert set(hooks) == {"docksmith-lint", "docksmith-fmt", "docksmith-lint-system", "docksmith-fmt-system"}
    for name in ("docksmith-lint", "docksmith-fmt"):
        assert hooks[name]["language"] == "rust"
        assert hooks[f"{name}-system"]["language"] == "system"
        assert hooks[name]["entry"] == hooks[f"{name}-system"]["entry"]


@pytest.fixture
def commit(tmp_path, project):
    """A function that writes a document into a repository and runs one of our hooks on what is staged there."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / ".pre-commit-hooks.yaml").write_text((ROOT / ".pre-commit-hooks.yaml").read_text())
    git(hooks, "init", "-q")
    git(hooks, "add", ".")
    git(hooks, "commit", "-qm", "Offer hooks")
    revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=hooks, capture_output=True, text=True, check=True).stdout
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "docksmith").symlink_to(os.path.abspath(os.environ["DOCKSMITH_BIN"]))
    folder = project()
    git(folder, "init", "-q")

    def run(hook, text):
        write(folder, text)
        configuration = {"repos": [{"repo": str(hooks), "rev": revision.strip(), "hooks": [{"id": hook}]}]}
        (folder / ".pre-commit-config.yaml").write_text(json.dumps(configuration))
        git(folder, "add", ".")
        environment = os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "home"), "PATH": f"{programs}:{os.environ['PATH']}"}
        return subprocess.run(
            [PROGRAMS / "pre-commit", "run", "--color", "never"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


SOUND = 'language = "go"\n[build]\ntarget = "./cmd/server"\n[runtime]\nexpose = 8080\n'


def test_the_lint_hook_stops_a_commit_that_is_wrong(commit):
    refused = commit("docksmith-lint-system", BROKEN)
    assert refused.returncode == 1
    assert "error[unknown-key]" in refused.stdout
    passed = commit("docksmith-lint-system", SOUND)
    assert passed.returncode == 0
    assert "Passed" in passed.stdout


def test_the_format_hook_formats(commit, tmp_path):
    refused = commit("docksmith-fmt-system", SOUND.replace("expose = 8080", "expose   =    8080"))
    assert refused.returncode == 1
    assert "files were modified by this hook" in refused.stdout
    formatted = next(tmp_path.rglob("simple/docksmith.toml")).read_text()
    assert "expose = 8080" in formatted
    assert commit("docksmith-fmt-system", formatted).returncode == 0


# The job of GitLab


def test_the_job_writes_a_report_and_fails_where_lint_does(project, tmp_path):
    folder = write(project(), BROKEN)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "docksmith").symlink_to(os.path.abspath(os.environ["DOCKSMITH_BIN"]))
    variables = GITLAB["variables"] | {"PATH": f"{programs}:{os.environ['PATH']}"}
    script = "\n".join(GITLAB["docksmith"]["script"])
    finished = bash(script, folder, **variables)
    assert finished.returncode == 1
    assert "error[unknown-key]" in finished.stdout
    report = json.loads((folder / GITLAB["docksmith"]["artifacts"]["reports"]["codequality"]).read_text())
    assert [entry["check_name"] for entry in report] == ["unknown-key"]
    sound = write(folder, SOUND)
    assert bash(script, sound, **variables).returncode == 0


# The image


def test_the_file_of_our_own_image_is_clean(docksmith):
    result = docksmith("lint", "--pedantic", "--fail-on", "warning", "--format", "json", "docksmith.toml", folder=ROOT)
    assert result.returncode == 0
    usual = docksmith("lint", "--format", "json", "docksmith.toml", folder=ROOT)
    assert json.loads(usual.stdout)["diagnostics"] == []


def test_our_own_dockerfile_is_in_step(docksmith):
    checked = docksmith("dockerfile", "--check", "Dockerfile", folder=ROOT)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_hadolint_finds_nothing_in_our_own_dockerfile():
    assert unexplained(ROOT / "Dockerfile") == []
