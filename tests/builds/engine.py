"""Builds images with buildah and runs them with podman, on an image store of the suite's own."""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import time

CACHE = pathlib.Path(os.environ.get("BUILDS_CACHE", pathlib.Path(__file__).parent.parent / ".cache" / "builds")).resolve()
STORE = CACHE / "store"

STORAGE = """\
[storage]
driver = "overlay"
graphroot = "{store}/images"
runroot = "{store}/run"
"""

# crun and the default limits fail on machines without systemd; journald may be missing too.
CONTAINERS = """\
[containers]
default_ulimits = ["nofile=1024:20000", "nproc=1024:4096"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "{store}/tmp"
volume_path = "{store}/volumes"
"""


def set_up():
    """A store that has the base images, and an environment in which buildah and podman know no other.

    Its lists of images are a copy, its layers are links to those of the base images, which nothing writes to. What steps mount
    as a cache (`--mount=type=cache`) lies in `scratch` and stays for the next run.
    """
    tear_down()
    STORE.mkdir(parents=True)
    (CACHE / "scratch").mkdir(exist_ok=True)
    bases, store = CACHE / "images", STORE / "images"
    layers = [folder.name for folder in (bases / "overlay").iterdir() if folder.name != "l"]
    shutil.copytree(bases, store, symlinks=True, ignore=lambda folder, _: layers if folder == str(bases / "overlay") else [])
    for layer in layers:
        (store / "overlay" / layer).symlink_to(bases / "overlay" / layer)
    (STORE / "storage.conf").write_text(STORAGE.format(store=STORE))
    (STORE / "containers.conf").write_text(CONTAINERS.format(store=STORE))
    (STORE / "registries.conf").write_text('unqualified-search-registries = ["localhost"]\n')
    os.environ.update(
        CONTAINERS_STORAGE_CONF=f"{STORE}/storage.conf",
        CONTAINERS_CONF=f"{STORE}/containers.conf",
        CONTAINERS_REGISTRIES_CONF=f"{STORE}/registries.conf",
        BUILDAH_ISOLATION="chroot",
        TMPDIR=f"{CACHE}/scratch",
    )


def tear_down():
    """Removes the store. What podman has mounted in it goes first, or the folder would be busy."""
    mounted = [line.split()[1] for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()]
    for point in sorted((point for point in mounted if point.startswith(f"{STORE}/")), reverse=True):
        subprocess.run(["umount", "--lazy", point], check=True)
    if STORE.exists():
        shutil.rmtree(STORE)


def run(*command, **options):
    """Runs a command and gives its result; its output is in the message if it fails."""
    finished = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL, check=False, **options
    )
    if finished.returncode:
        raise Failed(command, finished)
    return finished.stdout


class Failed(Exception):
    """A command ended with another exit code than 0."""

    def __init__(self, command, finished):
        self.code = finished.returncode
        self.output = finished.stdout + finished.stderr
        super().__init__(f"{' '.join(map(str, command))}: exit code {self.code}\n{self.output[-6000:]}")


def docksmith(*arguments):
    return run(os.environ["DOCKSMITH_BIN"], *arguments)


def portable(folder):
    """Makes a project render for builders that are not BuildKit."""
    file = folder / "docksmith.toml"
    text = file.read_text()
    assert "[render]" not in text, f"{file} has a [render] table of its own"
    file.write_text(f'{text}\n[render]\ntarget = "portable"\n')


def build(context, tag, *options, dockerfile=None):
    """Builds an image and gives its name. The Docker format keeps HEALTHCHECK; nothing is pulled."""
    file = dockerfile or context / "Dockerfile"
    name = f"localhost/{tag}"
    # fmt: off
    run("buildah", "bud", "--format", "docker", "--layers=false", "--pull-never", "--network", "host",
        "--tag", name, "--file", file, *options, context)
    # fmt: on
    return name


def commit(base, tag, *files):
    """An image of a base and files put into it: pairs of a file and its place."""
    container = run("buildah", "from", "--pull-never", base).strip()
    for source, place in files:
        run("buildah", "copy", "--quiet", container, source, place)
    run("buildah", "commit", "--quiet", "--rm", "--format", "docker", container, f"localhost/{tag}")


def config(image):
    """The configuration of an image, as a registry would have it."""
    text = run("skopeo", "inspect", "--config", "--raw", f"containers-storage:{image}")
    return json.loads(text)


@contextlib.contextmanager
def files(image):
    """The folder in which the file system of an image can be read."""
    container = run("buildah", "from", "--pull-never", image).strip()
    try:
        yield pathlib.Path(run("buildah", "mount", container).strip())
    finally:
        run("buildah", "rm", container)


@contextlib.contextmanager
def container(image, *command, options=(), ready=None):
    """A running container. Its network is the suite's own, which reaches nothing but the suite."""
    started = Container(run("podman", "run", "--detach", "--network", "host", *options, image, *command).strip())
    try:
        if ready:
            started.wait_for(ready)
        yield started
    finally:
        run("podman", "rm", "--force", "--time", "0", started.name)


class Container:
    """A container that was started."""

    def __init__(self, name):
        self.name = name

    def exec(self, *command):
        return run("podman", "exec", self.name, *command)

    def logs(self):
        finished = subprocess.run(["podman", "logs", self.name], capture_output=True, text=True, check=True, timeout=60)
        return finished.stdout + finished.stderr

    def state(self):
        return json.loads(run("podman", "inspect", self.name))[0]["State"]

    def wait_for(self, condition, seconds=30):
        """Waits until something is true that becomes true while the container runs."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end or not self.state()["Running"]:
                raise AssertionError(f"the container is not ready; it said:\n{self.logs()}")
            time.sleep(0.05)

    def process(self):
        """Process 1 of the container as the kernel shows it from outside: its folder below `/proc`."""
        return pathlib.Path(f"/proc/{self.state()['Pid']}")

    def owners(self):
        """Who the processes of the container run as: numbers, `uid:gid`."""
        owners = set()
        for number in run("podman", "top", self.name, "hpid").split()[1:]:
            status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{number}/status").read_text().splitlines())
            # Real, effective, saved and for files: all four, or somebody could go back to another.
            owners.update(map(":".join, zip(status["Uid"].split(), status["Gid"].split())))
        return owners

    def healthy(self):
        """Runs the image's own health check once. A timer would need systemd."""
        finished = subprocess.run(
            ["podman", "healthcheck", "run", self.name], capture_output=True, text=True, check=False, timeout=60
        )
        if finished.returncode not in (0, 1) or "no defined healthcheck" in finished.stderr:
            raise Failed(["podman", "healthcheck", "run", self.name], finished)
        return finished.returncode == 0

    def stop(self, seconds=10):
        """Ends the container with SIGTERM; its exit code, and how long it took. A container that has to be killed gives 137."""
        begun = time.monotonic()
        run("podman", "stop", "--time", seconds, self.name)
        return self.state()["ExitCode"], time.monotonic() - begun
