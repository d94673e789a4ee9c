"""The command line as scripts see it: exit codes, which stream says what, and the shape of JSON."""

import json
import re

import pytest
from conftest import EXAMPLES

BROKEN = 'language = "go"\n[build]\ntarget = "./cmd/server"\n[runtime]\nexpse = 8080\n'
# One warning and no error: the tag moves.
WARNED = 'language = "go"\n[build]\ntarget = "./cmd/server"\n[runtime]\nimage = "alpine:latest"\nexpose = 8080\n'

CASES = sorted(
    str(file.parent.relative_to(EXAMPLES)) for file in EXAMPLES.rglob("docksmith.toml")
)


def write(folder, text):
    (folder / "docksmith.toml").write_text(text)
    return folder


@pytest.fixture
def broken(project):
    return write(project(), BROKEN)


@pytest.fixture
def warned(project):
    return write(project(), WARNED)


# lint


@pytest.mark.parametrize("case", CASES)
def test_every_example_is_clean(docksmith, case):
    result = docksmith("lint", "--format", "json", case)
    found = json.loads(result.stdout)
    assert [(finding["rule"], finding["message"]) for finding in found["diagnostics"]] == []
    assert result.returncode == 0
    assert result.stderr == ""


def test_findings_go_to_standard_output_and_exit_with_1(docksmith, broken):
    result = docksmith("lint", folder=broken)
    assert result.returncode == 1
    assert "error[unknown-key]" in result.stdout
    assert "expse" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize(
    "format", ["human", "concise", "json", "sarif", "github", "gitlab", "junit", "checkstyle", "rdjson"]
)
def test_the_exit_code_is_the_same_in_every_format(docksmith, broken, format):
    write(broken, BROKEN)
    assert docksmith("lint", "--format", format, folder=broken).returncode == 1
    write(broken, WARNED)
    assert docksmith("lint", "--format", format, folder=broken).returncode == 0


def test_concise_is_one_line_for_each_finding(docksmith, broken):
    result = docksmith("lint", "--format", "concise", folder=broken)
    [line] = [line for line in result.stdout.splitlines() if "unknown-key" in line]
    assert re.match(r"docksmith\.toml:5:1: error\[unknown-key\]: .*`expse`", line)


def test_json_has_the_promised_shape(docksmith, broken):
    result = docksmith("lint", "--format", "json", folder=broken)
    report = json.loads(result.stdout)
    assert set(report) == {"version", "tool", "files", "diagnostics", "summary"}
    assert report["version"] == 1
    assert report["tool"]["name"] == "docksmith"
    assert report["files"] == ["docksmith.toml"]
    assert set(report["summary"]) == {"errors", "warnings", "infos", "fixable", "suppressed"}
    assert report["summary"]["errors"] == 1
    [finding] = report["diagnostics"]
    assert {"rule", "severity", "message", "path", "range", "labels"} <= set(finding)
    assert (finding["rule"], finding["severity"], finding["path"]) == ("unknown-key", "error", "docksmith.toml")
    start = BROKEN.index("expse")
    assert finding["range"] == {
        "start": {"line": 5, "column": 1, "byte": start},
        "end": {"line": 5, "column": 6, "byte": start + 5},
    }


def test_columns_count_characters_and_bytes_count_bytes(docksmith, project):
    folder = write(project(), 'language = "go"\n[build]\ntarget = "./cmd/server"\n[runtime]\nlabels = { "ä.b" = "😀", "c.d" = 1 }\n')
    report = json.loads(docksmith("lint", "--format", "json", folder=folder).stdout)
    [finding] = [finding for finding in report["diagnostics"] if finding["rule"] == "wrong-type"]
    text = (folder / "docksmith.toml").read_text()
    at = text.index("= 1 }") + 2
    line = text[:at].splitlines()[-1]
    assert finding["range"]["start"] == {"line": 5, "column": len(line) + 1, "byte": len(text[:at].encode())}


def test_the_same_input_gives_the_same_bytes(docksmith, broken):
    outputs = {docksmith("lint", "--format", "json", folder=broken).stdout for _ in range(5)}
    assert len(outputs) == 1


def test_a_folder_is_walked(docksmith, tmp_path):
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, BROKEN)
    report = json.loads(docksmith("lint", "--no-fs", "--format", "json", folder=tmp_path).stdout)
    assert report["files"] == ["a/docksmith.toml", "b/docksmith.toml"]
    assert [finding["path"] for finding in report["diagnostics"]] == report["files"]


def test_standard_input_is_read(docksmith, broken):
    result = docksmith("lint", "-", "--stdin-path", "docksmith.toml", "--format", "concise", folder=broken, stdin=BROKEN)
    assert result.returncode == 1
    assert "docksmith.toml:5:1: error[unknown-key]" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["lint", "no/such/folder"],
        ["lint", "."],
        ["lint", "--format", "no-such-format"],
        ["lint", "--no-such-flag"],
        ["lint", "--select", "no-such-rule"],
        ["lint", "--level", "unknown-key=loud"],
        ["dockerfile", "no/such/folder"],
        ["dockerfile", "."],
        ["explain", "no-such-thing"],
        ["completions", "no-such-shell"],
        ["no-such-command"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_exits_with_2_and_says_why(docksmith, tmp_path, arguments):
    result = docksmith(*arguments, folder=tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.strip() != ""
    assert "panicked" not in result.stderr


def test_a_file_that_is_not_there_is_named_in_one_line(docksmith, tmp_path):
    result = docksmith("lint", "missing/docksmith.toml", folder=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1
    assert "missing/docksmith.toml" in result.stderr


def test_fail_on_sets_the_threshold(docksmith, broken):
    assert docksmith("lint", "--fail-on", "never", folder=broken).returncode == 0
    write(broken, WARNED)
    assert docksmith("lint", "--fail-on", "error", folder=broken).returncode == 0
    assert docksmith("lint", "--fail-on", "warning", folder=broken).returncode == 1
    assert docksmith("lint", "--fail-on", "info", folder=broken).returncode == 1
    assert docksmith("lint", "--fail-on", "never", folder=broken).returncode == 0


def rules(docksmith, folder, *arguments):
    report = json.loads(docksmith("lint", "--format", "json", *arguments, folder=folder).stdout)
    return {(finding["rule"], finding["severity"]) for finding in report["diagnostics"]}


def test_rules_can_be_chosen_and_weighed(docksmith, warned):
    assert ("image-latest-tag", "warning") in rules(docksmith, warned)
    assert rules(docksmith, warned, "--select", "image-latest-tag") == {("image-latest-tag", "warning")}
    assert rules(docksmith, warned, "--ignore", "image-latest-tag") == set()
    assert rules(docksmith, warned, "--level", "image-latest-tag=error") == {("image-latest-tag", "error")}
    assert rules(docksmith, warned, "--level", "image-latest-tag=off") == set()
    assert docksmith("lint", "--level", "image-latest-tag=error", folder=warned).returncode == 1


def test_pedantic_adds_findings(docksmith, project):
    folder = project()
    assert rules(docksmith, folder) == set()
    assert ("no-healthcheck", "info") in rules(docksmith, folder, "--pedantic")
    old = project("composite-old")
    assert "old-spelling" in {rule for rule, _ in rules(docksmith, old, "--pedantic")}


def test_without_the_file_system_nothing_is_missed(docksmith, tmp_path):
    write(tmp_path, 'language = "go"\n[build]\ntarget = "./cmd/server"\n')
    assert "project-file-missing" in {rule for rule, _ in rules(docksmith, tmp_path)}
    result = docksmith("lint", "--no-fs", folder=tmp_path)
    assert result.returncode == 0
    assert "--no-fs" in result.stdout + result.stderr


def test_a_suppression_hides_its_rule_and_is_counted(docksmith, warned):
    text = WARNED.replace('image = "alpine:latest"', 'image = "alpine:latest" # docksmith: ignore[image-latest-tag] on purpose')
    write(warned, text)
    report = json.loads(docksmith("lint", "--format", "json", folder=warned).stdout)
    assert report["diagnostics"] == []
    assert report["summary"]["suppressed"] == 1


def test_quiet_says_nothing_about_a_clean_file(docksmith, project):
    result = docksmith("lint", "--quiet", folder=project())
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_statistics_name_the_rules(docksmith, broken):
    result = docksmith("lint", "--statistics", folder=broken)
    assert result.returncode == 1
    assert "unknown-key" in result.stdout


def test_pipes_get_no_colours_unless_asked_for(docksmith, broken):
    assert "\x1b[" not in docksmith("lint", folder=broken).stdout
    assert "\x1b[" in docksmith("lint", "--color", "always", folder=broken).stdout


def test_a_secret_is_never_repeated(docksmith, project):
    secret = "ghp_" + "a1B2c3D4" * 4 + "e5F6"
    folder = project("simple", ("expose = 8080", f'expose = 8080\nenv = {{ GITHUB_TOKEN = "{secret}" }}'))
    for format in ("human", "concise", "json"):
        result = docksmith("lint", "--format", format, folder=folder)
        assert "secret-in-env" in result.stdout
        assert secret not in result.stdout + result.stderr


# dockerfile


def test_a_file_or_its_folder_is_rendered(docksmith):
    by_folder = docksmith("dockerfile", "composite")
    by_file = docksmith("dockerfile", "composite/docksmith.toml")
    inside = docksmith("dockerfile", folder=EXAMPLES / "composite")
    assert by_folder.returncode == by_file.returncode == inside.returncode == 0
    assert by_folder.stdout == by_file.stdout == inside.stdout != ""


def test_a_broken_file_is_not_rendered(docksmith, broken):
    result = docksmith("dockerfile", folder=broken)
    assert (result.returncode, result.stdout) == (1, "")
    assert "unknown-key" in result.stderr


def test_a_warning_does_not_stop_the_rendering(docksmith, warned):
    result = docksmith("dockerfile", folder=warned)
    assert result.returncode == 0
    assert "FROM alpine:latest AS runtime" in result.stdout


def test_the_rendered_file_is_written_and_checked(docksmith, project):
    folder = project()
    golden = (folder / "Dockerfile").read_text()
    (folder / "Dockerfile").unlink()
    written = docksmith("dockerfile", "-o", "Dockerfile", folder=folder)
    assert (written.returncode, written.stdout) == (0, "")
    assert (folder / "Dockerfile").read_text() == golden
    assert docksmith("dockerfile", "--check", "Dockerfile", folder=folder).returncode == 0
    (folder / "Dockerfile").write_text(golden.replace("EXPOSE 8080", "EXPOSE 80"))
    stale = docksmith("dockerfile", "--check", "Dockerfile", folder=folder)
    assert stale.returncode == 1
    difference = (stale.stdout + stale.stderr).splitlines()
    assert "-EXPOSE 80" in difference
    assert "+EXPOSE 8080" in difference
    assert "EXPOSE 80\n" in (folder / "Dockerfile").read_text()


def test_a_broken_file_overwrites_nothing(docksmith, broken):
    before = (broken / "Dockerfile").read_text()
    assert docksmith("dockerfile", "-o", "Dockerfile", folder=broken).returncode == 1
    assert (broken / "Dockerfile").read_text() == before


def test_the_preview_object_has_an_origin_for_each_line(docksmith):
    result = docksmith("dockerfile", "--format", "json", "composite")
    preview = json.loads(result.stdout)
    assert set(preview) == {"uri", "version", "text", "lines", "diagnostics"}
    assert preview["version"] is None
    assert preview["diagnostics"] == []
    lines = preview["text"].splitlines()
    assert len(preview["lines"]) == len(lines)
    assert preview["lines"][0] is None
    for text, origin in zip(lines, preview["lines"], strict=True):
        if text.startswith("#") or text == "":
            assert origin is None
    [user] = [origin for text, origin in zip(lines, preview["lines"], strict=True) if text == "EXPOSE 4290"]
    source = (EXAMPLES / "composite" / "docksmith.toml").read_text().splitlines()
    assert source[user["range"]["start"]["line"] - 1].startswith("expose")


# the small commands


def test_the_schema_is_json(docksmith):
    result = docksmith("schema")
    assert result.returncode == 0
    schema = json.loads(result.stdout)
    assert "$schema" in schema
    assert {"language", "build", "runtime", "stages", "external_tools"} <= set(schema["properties"])


def test_rules_are_listed_and_each_is_explained(docksmith):
    result = docksmith("rules", "--format", "json")
    assert result.returncode == 0
    names = set(re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', result.stdout))
    assert {"unknown-key", "unknown-stage", "entrypoint-needs-shell"} <= names
    listed = docksmith("rules").stdout
    for name in ("unknown-key", "unknown-stage", "entrypoint-needs-shell"):
        assert name in listed
        explained = docksmith("explain", name)
        assert explained.returncode == 0
        assert name in explained.stdout


def test_a_key_is_explained(docksmith):
    result = docksmith("explain", "runtime.healthcheck")
    assert result.returncode == 0
    assert "start_period" in result.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_are_printed(docksmith, shell):
    result = docksmith("completions", shell)
    assert result.returncode == 0
    assert "dockerfile" in result.stdout


@pytest.mark.parametrize("command", ["lint", "dockerfile", "lsp", "schema", "rules", "explain", "completions"])
def test_every_command_has_help_with_an_example(docksmith, command):
    result = docksmith(command, "--help")
    assert result.returncode == 0
    assert f"docksmith {command}" in result.stdout
    assert result.stderr == ""
