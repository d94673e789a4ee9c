"""The comparison of images can fail: each difference that matters is reported, and nothing else is."""

import engine
import images
import pytest

SOUND = """\
FROM alpine:3.21
COPY --chown=10001:10001 --chmod=0755 file /app/file
ENV NAME="value"
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=5s CMD ["true"]
"""

# What is done to the file above, and the lines that must be reported for it.
CHANGES = {
    "a dropped owner": ("--chown=10001:10001 ", "", ["- 0755 0:0 /app/file", "- 0755 10001:10001 /app/file", "d 0755 0:0 /app", "d 0755 10001:10001 /app"]),
    "a dropped mode": ("--chmod=0755 ", "", ["- 0644 10001:10001 /app/file", "- 0755 10001:10001 /app/file"]),
    "another variable": ("USER", 'ENV MORE="1"\nUSER', ["Env MORE=1"]),
    "another timeout": ("--timeout=5s", "--timeout=6s", ["Healthcheck Timeout=5000000000", "Healthcheck Timeout=6000000000"]),
    "another user": ("USER 10001:10001", "USER 10001", ["User '10001'", "User '10001:10001'"]),
    "another content": ("USER", "RUN echo more >> /app/file\nUSER", ["- 0755 10001:10001 /app/file"] * 2),
    "another link": ("USER", "RUN ln -s file /app/link\nUSER", ["l 0777 0:0 /app/link file"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    folder = tmp_path_factory.mktemp("context")
    (folder / "file").write_text("content\n")
    (folder / "file").chmod(0o644)

    def build(text, tag):
        (folder / "Dockerfile").write_text(text)
        return engine.build(folder, tag)

    return build


@pytest.fixture(scope="module")
def sound(build):
    return build(SOUND, "sound")


def test_two_builds_of_one_file_are_the_same_image(build, sound):
    assert images.differences(sound, build(SOUND, "sound-again")) == []


@pytest.mark.parametrize("change", CHANGES)
def test_a_difference_is_reported(build, sound, change):
    old, new, reported = CHANGES[change]
    changed = build(SOUND.replace(old, new, 1), "changed")
    found = [line.split(": ", 1)[1] for line in images.differences(sound, changed)]
    # The checksum of a content says nothing to a reader.
    shortened = [" ".join(word for word in line.split() if len(word) != 64) for line in found]
    assert sorted(shortened) == sorted(reported)


def test_a_package_that_the_base_does_not_have_stops_the_build(build):
    with pytest.raises(engine.Failed, match="tzdato"):
        build("FROM alpine:3.21\nRUN apk add --no-cache tzdato\n", "unknown-package")
