"""Steps in Dockerfile's own language, read back by BuildKit's line parser: the same instruction, however TOML writes it."""

import json

import dockerfile
import pytest

# What goes before and behind a step in each kind of TOML string, and how the step is written in it.
KINDS = {
    "basic": lambda step: json.dumps(step, ensure_ascii=False),
    "escaped": lambda step: json.dumps(step),
    "multi-line": lambda step: '"""\n' + step.replace("\\", "\\\\").replace('"""', '\\"\\"\\"') + '"""',
    "literal": lambda step: "'''\n" + step + "'''",
}

STEPS = [
    "ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/x /x",
    "ADD --keep-git-dir=true https://github.com/a/b.git#v1 /src",
    "ADD --chown=1:1 --chmod=0644 --link --exclude=*.md --unpack=true a b /x/",
    "ARG A=1",
    'CMD ["a", "é"]',
    "CMD a && b",
    "COPY --from=web --chown=1:1 --chmod=0755 --link --parents --exclude=*.md /dist /x/",
    'COPY ["a b", "/x/"]',
    "COPY <<EOT /x\nhello ü\nEOT",
    'ENTRYPOINT ["a"]',
    'ENV A=1 B="x y" C=${A:-z}',
    "EXPOSE 80 443/udp",
    'HEALTHCHECK --interval=3s --timeout=1m30s --start-period=1s --start-interval=1s --retries=3 CMD ["/x"]',
    "HEALTHCHECK NONE",
    'LABEL a="b c" d=e',
    "MAINTAINER a",
    "ONBUILD RUN --mount=type=cache,target=/c make",
    "RUN --mount=type=cache,target=/c,sharing=locked --mount=type=secret,id=s --network=none make \\\n    && x",
    "RUN <<EOT\nset -e\necho ü\nEOT",
    "RUN cat <<A > /a && cat <<-'B' > /b\n1\nA\n\t2\n\tB",
    'RUN ["make", "x"]',
    'SHELL ["/bin/bash", "-c"]',
    "STOPSIGNAL SIGINT",
    "USER 1:1",
    'VOLUME ["/a"]',
    "WORKDIR /a/${A#v}",
]

DOCUMENT = """
[[stages]]
name = "web"
from = "scratch"

[[stages]]
name = "image"
from = "alpine:3.23"
final = true
steps = [{}]
"""


def said(command):
    """What an instruction says, without its place in the file."""
    return command.cmd, command.sub_cmd, command.json, command.flags, command.value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_rendered_as_the_same_instruction(docksmith, tmp_path, step, kind):
    (tmp_path / "docksmith.toml").write_text(DOCUMENT.format(KINDS[kind](step)))
    result = docksmith("dockerfile", folder=tmp_path)
    assert result.returncode == 0, result.stderr
    [expected] = dockerfile.parse_string(step)
    assert said(dockerfile.parse_string(result.stdout)[-1]) == said(expected)
