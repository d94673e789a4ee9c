"""Compares two images: what their configurations say and what their file systems hold."""

import hashlib
import os
import stat

import engine

# What a container is started with. The rest of a configuration (when, by whom, with which commands) may differ.
COMPARED = (
    "User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "StopSignal", "Healthcheck",
    "Shell", "OnBuild",
)  # fmt: skip

# Places that a builder or a package manager writes to by itself, with the time in it or with the machine's own settings.
IGNORED = {
    "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/var/log/apk.log", "/var/log/dpkg.log", "/var/log/alternatives.log",
    "/var/log/apt/history.log", "/var/log/apt/term.log", "/var/cache/ldconfig/aux-cache", "/lib/apk/db/scripts.tar",
    "/proc", "/sys", "/dev", "/run",
}  # fmt: skip


def settings(image):
    """The part of the configuration that counts, as a list of lines."""
    document = engine.config(image)
    lines = [f"{key} {document.get(key)}" for key in ("architecture", "os", "variant") if document.get(key)]
    for key in COMPARED:
        value = document["config"].get(key)
        if key == "Labels" and value:
            value = {name: text for name, text in value.items() if name != "io.buildah.version"}
        if not value:
            continue
        if isinstance(value, dict):
            lines += [f"{key} {name}={value[name]!r}" for name in sorted(value)]
        elif key == "Env":
            lines += [f"{key} {entry}" for entry in sorted(value)]
        else:
            lines.append(f"{key} {value!r}")
    return lines


def tree(image):
    """The file system of an image, as a list of lines: kind, mode, owner, path, and the content's checksum or the link's target."""
    with engine.files(image) as root:
        return [describe(root, path) for path in sorted(walk(root, ""))]


def walk(root, folder):
    for entry in os.scandir(f"{root}{folder}"):
        path = f"{folder}/{entry.name}"
        if path in IGNORED:
            continue
        yield path
        if entry.is_dir(follow_symlinks=False):
            yield from walk(root, path)


def describe(root, path):
    status = os.lstat(f"{root}{path}")
    kind, content = stat.filemode(status.st_mode)[0], ""
    if kind == "l":
        content = os.readlink(f"{root}{path}")
    elif kind == "-":
        with open(f"{root}{path}", "rb") as file:
            content = hashlib.sha256(file.read()).hexdigest()
    return f"{kind} {stat.S_IMODE(status.st_mode):04o} {status.st_uid}:{status.st_gid} {path} {content}".rstrip()


def differences(left, right):
    """What one image has and the other has not. Empty when they are the same image but for what builders add by themselves."""
    found = []
    for lines in (settings, tree):
        ours, theirs = lines(left), lines(right)
        found += [f"only in {left}: {line}" for line in ours if line not in set(theirs)]
        found += [f"only in {right}: {line}" for line in theirs if line not in set(ours)]
    return found
