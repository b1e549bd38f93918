"""A connection to the daemon, a run of its own name, and a daemon of a test's own."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import docker
import pytest

from awb_core.model import Environment
from awb_core.sandbox.docker import DockerProvider
from awb_core.sandbox.docker_image import image_name


@pytest.fixture
def api():
    client = docker.from_env(timeout=60).api
    yield client
    client.close()


@pytest.fixture
def run_folder(tmp_path):
    """The folder of a run whose name no other run has: containers carry it as a label."""
    return tmp_path / f"run-{uuid.uuid4().hex[:12]}"


class Daemon:
    """A Docker daemon of a test's own, in one folder and in a network of its own.

    In the host's network it would remove the bridge of the daemon that runs here.
    """

    def __init__(self, root):
        self.root, self.host = root, f"unix://{root}/sock"

    def start(self):
        options = ("--bridge=none", "--iptables=false", "--ip6tables=false")
        places = ("--data-root", "data", "--exec-root", "exec", "--pidfile", "pid")
        paths = [word if word.startswith("--") else str(self.root / word) for word in places]
        log = self.root / "log"
        with log.open("wb") as stream:
            command = ["unshare", "--net", "dockerd", *options, *paths, "--host", self.host]
            self.process = subprocess.Popen(command, stdout=stream, stderr=stream)
        deadline = time.monotonic() + 60
        while "API listen on" not in log.read_text():
            alive = self.process.poll() is None and time.monotonic() < deadline
            assert alive, log.read_text()[-3000:]
            time.sleep(0.05)
        self.api = docker.APIClient(self.host, timeout=60)

    def kill(self):
        self.api.close()
        self.process.kill()
        self.process.wait()
        # Its containerd dies with it, but where nobody reaps orphans its process id seems alive.
        (self.root / "exec/containerd/containerd.pid").unlink()

    def remove(self):
        """Stop the daemon and remove all it has made."""
        if self.process.poll() is not None:
            self.start()
        for container in self.api.containers(all=True):
            self.api.remove_container(container["Id"], force=True)
        self.api.close()
        self.process.terminate()
        self.process.wait(60)
        for shim in self.processes():  # they have lost their containerd
            children = Path(f"/proc/{shim}/task/{shim}/children").read_text().split()
            for process in (*map(int, children), shim):
                os.kill(process, signal.SIGKILL)
        for line in Path("/proc/mounts").read_text().splitlines():
            if line.split()[1].startswith(str(self.root)):
                subprocess.run(["umount", "-l", line.split()[1]], check=True)
        shutil.rmtree(self.root)

    def processes(self):
        """Return the processes that name this daemon's folder."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                if str(self.root).encode() in path.read_bytes():
                    found.append(int(path.parent.name))
        return found


@pytest.fixture
def daemon(api):
    made = Daemon(Path(tempfile.mkdtemp(prefix="awb-daemon-", dir="/var/tmp")))
    try:
        made.start()
        DockerProvider().prepare(Environment(), lambda _: None)
        made.api.load_image(api.get_image(image_name(Environment())))
        yield made
    finally:
        made.remove()
