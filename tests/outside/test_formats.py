"""Every format of `lint` as other programs read it: validators, parsers, and the schemas that are public."""

import json
import os
import pathlib
import re
import subprocess
import urllib.parse
import xml.etree.ElementTree as tree

import jsonschema
import pytest
from conftest import EXAMPLES
from junitparser import JUnitXml

NODE = pathlib.Path(__file__).resolve().parent.parent / ".cache" / "node" / "node_modules"
FORMATS = ["human", "concise", "json", "sarif", "github", "gitlab", "junit", "checkstyle", "rdjson"]
# What paths hold that some format has a meaning for.
FOLDER = "a b/100%,é"
BROKEN = """language = "go"
build.target = "./x"
stages = [{ name = "日é", from = "biulder" }]
# docksmith: ignore[root-user] it opens a raw socket <&>
runtime.user = "root"
runtime.image = "alpine:latest"
runtime.expse = 8080
runtime.env = { A = "1", "B C" = "2" }
platforms = ["linux/amd64", "x86_64/linux"]
"""
CLEAN = EXAMPLES / "simple" / "docksmith.toml"


@pytest.fixture
def folder(tmp_path):
    """A folder with one file that has errors, warnings, fixes and something hidden, and an empty one."""
    for name, text in [(FOLDER, BROKEN), ("empty", None)]:
        (tmp_path / name).mkdir(parents=True)
        if text:
            (tmp_path / name / "docksmith.toml").write_text(text)
    return tmp_path


@pytest.fixture
def lint(docksmith, folder):
    """What `lint` prints in a format: for the file with findings, or for standard input without any."""

    def run(format, clean=False):
        if clean:
            result = docksmith("lint", "--no-fs", "--format", format, "-", folder=folder, stdin=CLEAN.read_text())
            assert result.returncode == 0
        else:
            result = docksmith("lint", "--pedantic", "--format", format, FOLDER, folder=folder)
            assert result.returncode == 1, result.stderr
        return result.stdout

    return run


@pytest.fixture
def findings(lint):
    """What is found, as the format of our own says it."""
    found = json.loads(lint("json"))
    assert found["summary"]["errors"] >= 2
    assert found["summary"]["warnings"] >= 1
    assert found["summary"]["suppressed"] == 1
    assert any(it["fix"] for it in found["diagnostics"])
    return found["diagnostics"]


@pytest.mark.parametrize("format", FORMATS)
def test_output_is_the_same_each_time_and_ends_in_a_line_break(lint, format):
    first = lint(format)
    assert first == lint(format)
    assert first.endswith("\n")
    assert "\x1b" not in first
    assert not first.startswith("\ufeff")


def test_several_formats_are_written_at_once(docksmith, folder, lint):
    machine = [it for it in FORMATS if it != "human"]
    result = docksmith(
        "lint", "--pedantic", *(f"--format={it}={it}.out" for it in machine), "--format=human", FOLDER, folder=folder
    )
    assert result.returncode == 1
    assert "error[" in result.stdout
    for format in machine:
        assert (folder / f"{format}.out").read_text() == lint(format)


# json


def test_json_keeps_to_its_own_schema(docksmith, lint, findings):
    schema = json.loads(docksmith("schema", "lint-output").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for clean in (False, True):
        validator.validate(json.loads(lint("json", clean)))
    wrong = json.loads(lint("json"))
    del wrong["diagnostics"][0]["help"]
    assert not validator.is_valid(wrong)


# sarif


def multitool(log, tmp_path):
    """The messages that Microsoft's validator calls errors. Its exit code is always 0, so its log is read."""
    program = NODE / "@microsoft" / "sarif-multitool-linux" / "Sarif.Multitool"
    assert os.access(program, os.X_OK), "tests/run installs it"
    file, report = tmp_path / "found.sarif", tmp_path / "report.sarif"
    file.write_text(log)
    finished = subprocess.run(
        [program, "validate", file, "--output", report, "--log", "ForceOverwrite", "--rule-kind", "Sarif;Ghas"],
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert report.exists(), finished.stdout + finished.stderr
    [run] = json.loads(report.read_text())["runs"]
    assert all(it["executionSuccessful"] for it in run["invocations"])
    return [(it["ruleId"], it["locations"]) for it in run.get("results", []) if it.get("level") == "error"]


def sarif_schema():
    file = NODE / "@microsoft" / "sarif-multitool-linux" / "sarif-2.1.0.json"
    schema = json.loads(file.read_text(encoding="utf-8-sig"))
    return jsonschema.validators.validator_for(schema)(schema)


@pytest.mark.parametrize("clean", [False, True])
def test_sarif_keeps_to_the_official_schema(lint, clean):
    sarif_schema().validate(json.loads(lint("sarif", clean)))


@pytest.mark.parametrize("clean", [False, True])
def test_sarif_satisfies_the_multitool(lint, tmp_path, clean):
    assert multitool(lint("sarif", clean), tmp_path) == []


def test_the_validators_of_sarif_can_fail(lint, tmp_path):
    log = json.loads(lint("sarif"))
    del log["runs"][0]["tool"]["driver"]["name"]
    assert not sarif_schema().is_valid(log)
    log = json.loads(lint("sarif"))
    log["runs"][0]["results"][0]["ruleIndex"] = 99
    assert multitool(json.dumps(log), tmp_path) != []


def test_sarif_says_what_json_says(lint, findings):
    [run] = json.loads(lint("sarif"))["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    shown = [it for it in run["results"] if it["suppressions"] == []]
    assert len(shown) == len(findings)
    rules = run["tool"]["driver"]["rules"]
    for result, finding in zip(shown, findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding["rule"]
        assert result["message"]["text"] == finding["message"]
        physical = result["locations"][0]["physicalLocation"]
        uri = physical["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri) and not uri.startswith("/")
        assert urllib.parse.unquote(uri) == finding["path"]
        region, range = physical["region"], finding["range"]
        assert (region["startLine"], region["startColumn"]) == (range["start"]["line"], range["start"]["column"])
        assert (region["endLine"], region["endColumn"]) == (range["end"]["line"], range["end"]["column"])
        assert ("fixes" in result) == (finding["fix"] is not None)
    [hidden] = [it for it in run["results"] if it["suppressions"] != []]
    assert hidden["ruleId"] == "root-user"
    assert hidden["suppressions"] == [{"kind": "inSource", "justification": "it opens a raw socket <&>"}]
    assert hidden["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "runtime.user"


# github


def commands(text):
    """Workflow commands as the runner reads them: properties end at commas, and escapes are undone last."""
    for line in text.splitlines():
        kind, properties, message = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line).groups()
        pairs = dict(it.split("=", 1) for it in properties.split(","))
        undo = [("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]
        for escaped, plain in undo:
            pairs = {name: value.replace(escaped, plain) for name, value in pairs.items()}
        for escaped, plain in undo[2:]:
            message = message.replace(escaped, plain)
        yield kind, pairs, message


def test_github_is_read_back(lint, findings):
    *found, summary = commands(lint("github"))
    assert len(found) == len(findings)
    expected = {(it["path"], str(it["range"]["start"]["line"]), it["rule"], it["message"]) for it in findings}
    assert {(pairs["file"], pairs["line"], pairs["title"], message) for _, pairs, message in found} == expected
    kinds = [kind for kind, _, _ in found]
    assert kinds == sorted(kinds, key=["error", "warning", "notice"].index)
    assert all(("col" in pairs) == (pairs["line"] == pairs["endLine"]) for _, pairs, _ in found)
    assert summary[0] == "notice" and "1 suppressed" in summary[2]


def test_github_without_findings_is_one_notice(lint):
    [(kind, _, message)] = commands(lint("github", clean=True))
    assert (kind, message) == ("notice", "nothing found in 1 file")


# gitlab

GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "pattern": "^[a-z0-9-]+$"},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./|/)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": False,
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def test_gitlab_keeps_to_its_schema(lint, findings):
    issues = json.loads(lint("gitlab"))
    jsonschema.validate(issues, GITLAB)
    assert [(it["check_name"], it["location"]["path"]) for it in issues] == [
        (it["rule"], it["path"]) for it in findings
    ]
    assert all(it["check_name"] in it["description"] for it in issues)
    assert len({it["fingerprint"] for it in issues}) == len(issues)
    assert json.loads(lint("gitlab", clean=True)) == []


def test_fingerprints_are_the_same_below_a_new_comment(lint, folder):
    def prints(format):
        if format == "gitlab":
            return [it["fingerprint"] for it in json.loads(lint(format))]
        results = json.loads(lint(format))["runs"][0]["results"]
        return [it["partialFingerprints"]["docksmithFinding/v1"] for it in results]

    before = [prints("gitlab"), prints("sarif")]
    file = folder / FOLDER / "docksmith.toml"
    file.write_text("# A comment.\n\n" + BROKEN.replace("platforms", "# And another one.\nplatforms"))
    assert [prints("gitlab"), prints("sarif")] == before


# junit

# What the schema of Jenkins allows: the attributes of each element, and its children.
JENKINS = {
    "testsuites": ({"name", "time", "tests", "failures", "disabled", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "time", "disabled", "skipped", "skips", "timestamp", "hostname", "id",
         "package", "file", "log", "url", "version", "group"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name", "time", "classname", "group"},
        {"skipped", "error", "failure", "system-out", "system-err", "properties", "rerunFailure", "rerunError"},
    ),
    "failure": ({"type", "message"}, set()),
}  # fmt: skip
TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?")


def check_jenkins(element):
    attributes, children = JENKINS[element.tag]
    assert set(element.attrib) <= attributes
    if "time" in attributes:
        assert TIME.fullmatch(element.get("time"))
    for child in element:
        assert child.tag in children
        check_jenkins(child)


@pytest.mark.parametrize("clean", [False, True])
def test_junit_is_what_jenkins_reads(lint, clean):
    root = tree.fromstring(lint("junit", clean).encode())
    assert root.tag == "testsuites"
    check_jenkins(root)


def test_junit_has_a_failure_for_each_finding(lint, findings):
    report = JUnitXml.fromstring(lint("junit").encode())
    [suite] = report
    assert suite.name == findings[0]["path"]
    assert (report.tests, report.failures, report.errors) == (len(findings), len(findings), 0)
    said = [(case.name.split()[0], case.result[0].message, case.result[0].type) for case in suite]
    assert said == [(it["rule"], it["message"], it["severity"]) for it in findings]


def test_junit_has_one_case_that_passes_for_a_clean_file(lint):
    report = JUnitXml.fromstring(lint("junit", clean=True).encode())
    [[case]] = [list(suite) for suite in report]
    assert case.is_passed and case.classname == "docksmith.toml"
    assert (report.tests, report.failures) == (1, 0)


# checkstyle


def test_checkstyle_is_read_back(lint, findings):
    root = tree.fromstring(lint("checkstyle").encode())
    assert root.tag == "checkstyle" and root.get("version")
    said = [
        (file.get("name"), int(it.get("line")), int(it.get("column")), it.get("severity"), it.get("message"), it.get("source"))
        for file in root
        for it in file
    ]
    assert said == [
        (
            it["path"],
            it["range"]["start"]["line"],
            it["range"]["start"]["column"],
            it["severity"],
            it["message"],
            f"docksmith.{it['rule']}",
        )
        for it in findings
    ]
    [file] = tree.fromstring(lint("checkstyle", clean=True).encode())
    assert (file.get("name"), len(file)) == ("docksmith.toml", 0)


# rdjson


def validate_rdjson(text):
    program = NODE / "@umbrelladocs" / "rdformat-validator" / "bin" / "rdformat-validator.js"
    return subprocess.run(
        ["node", program, "--strict", "--no-extra-fields"],
        input=text.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("clean", [False, True])
def test_rdjson_satisfies_its_validator(lint, clean):
    finished = validate_rdjson(lint("rdjson", clean))
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_the_validator_of_rdjson_can_fail(lint):
    report = json.loads(lint("rdjson"))
    report["diagnostics"][0]["rule"] = "x"
    assert validate_rdjson(json.dumps(report)).returncode != 0


def test_rdjson_counts_bytes(lint, findings):
    report = json.loads(lint("rdjson"))["diagnostics"]
    lines = BROKEN.encode().splitlines(keepends=True)
    assert len(report) == len(findings)
    for diagnostic, finding in zip(report, findings, strict=True):
        assert diagnostic["code"]["value"] == finding["rule"]
        assert diagnostic["location"]["path"] == finding["path"]
        for end in ("start", "end"):
            position = diagnostic["location"]["range"][end]
            before = sum(map(len, lines[: position["line"] - 1]))
            assert before + position["column"] - 1 == finding["range"][end]["byte"]


def test_the_suggestions_of_rdjson_do_what_the_fixes_do(lint, findings):
    def apply(text, edits):
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new.encode() + text[end:]
        return text

    text = BROKEN.encode()
    lines = text.splitlines(keepends=True)

    def offset(position):
        return sum(map(len, lines[: position["line"] - 1])) + position["column"] - 1

    compared = 0
    for diagnostic, finding in zip(json.loads(lint("rdjson"))["diagnostics"], findings, strict=True):
        if not finding["fix"] or any(it["path"] != finding["path"] for it in finding["fix"]["edits"]):
            assert "suggestions" not in diagnostic
            continue
        [suggestion] = diagnostic["suggestions"]
        span = [offset(suggestion["range"][end]) for end in ("start", "end")]
        edits = [(it["range"]["start"]["byte"], it["range"]["end"]["byte"], it["text"]) for it in finding["fix"]["edits"]]
        assert apply(text, [(*span, suggestion["text"])]) == apply(text, edits)
        compared += 1
    assert compared > 0
