"""A hardened container: how it is made, whose it is, and what its control group says."""

from __future__ import annotations

import contextlib
import io
import os
import platform
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from awb_core.errors import SandboxFailed
from awb_core.protocols import SandboxSpec
from awb_core.resources import injected
from awb_core.sandbox.network import FORWARDER, forwarded, ways_out

if TYPE_CHECKING:
    from docker import APIClient

USER = "1000:1000"
WORK, HIDDEN, HOME = "/work", "/hidden", "/home/awb"
WAYS = "/gateway"
"""Where the sidecar sees the folders of the sockets it leads to."""

PREFIX = "/opt/awb/env"
"""The virtual environment inside the image."""

PYTHON = f"{PREFIX}/bin/python"


def create_container(api: APIClient, image: str, spec: SandboxSpec, sidecar: str = "") -> str:
    """Create a container for one phase, not started yet, and return its id.

    Its root is read-only: the workspace and the hidden files are volumes of its own, HOME and /tmp are in memory.
    With a `sidecar` it has no network but that container's loopback.
    """
    from docker.types import LogConfig, Ulimit

    limits = spec.limits
    lock = "none" if spec.network != "open" else "bridge"
    host = api.create_host_config(
        network_mode=f"container:{sidecar}" if sidecar else lock,
        read_only=True,
        binds=[f"{mount.source}:{mount.target}:ro" for mount in spec.mounts],
        cap_drop=["ALL"],
        security_opt=["no-new-privileges:true"],
        init=True,
        ipc_mode="private",
        pids_limit=limits.pids,
        mem_limit=f"{limits.memory_mb}m",
        memswap_limit=f"{limits.memory_mb}m",
        nano_cpus=int(min(limits.cpus, os.cpu_count() or 1) * 1e9),
        shm_size="64m",
        tmpfs={
            "/tmp": "rw,nosuid,nodev,exec,size=256m,mode=1777",
            HOME: "rw,nosuid,nodev,exec,size=1g,mode=700,uid=1000,gid=1000",
        },
        ulimits=[
            Ulimit(name="core", soft=0, hard=0),
            Ulimit(name="nofile", soft=4096, hard=4096),
            Ulimit(name="fsize", soft=limits.disk_mb << 20, hard=limits.disk_mb << 20),
        ],
        log_config=LogConfig(type="none", config={}),
    )
    with explained("create a container"):
        created = api.create_container(
            image,
            # PID 1 is a dead man's switch: when it ends, everything ends with it.
            ["sleep", str(int(spec.seconds))],
            host_config=host,
            user=USER,
            working_dir=WORK,
            labels=labels_of(spec, spec.phase),
            volumes=[WORK, HIDDEN],
            # A container in another one's network has its name, too.
            hostname=None if sidecar else "sandbox",
            network_disabled=lock == "none" and not sidecar,
        )
    return str(created["Id"])


def create_sidecar(api: APIClient, image: str, spec: SandboxSpec) -> str:
    """Create the container that owns a locked network: its loopback has the ways out, and there are no others.

    Raises:
        SandboxFailed: the daemon refuses it, for example because it runs on another host.
    """
    from docker.types import LogConfig

    host = api.create_host_config(
        network_mode="none",
        read_only=True,
        binds=[f"{socket.parent}:{WAYS}/{name}:ro" for name, (_, socket) in ways_out(spec).items()],
        cap_drop=["ALL"],
        security_opt=["no-new-privileges:true"],
        init=True,
        pids_limit=32,
        mem_limit="128m",
        log_config=LogConfig(type="none", config={}),
    )
    argv = [f"{PYTHON}", "-I", "-B", "-c", injected(FORWARDER).read_text("utf-8")]
    argv += [forwarded(spec, WAYS), str(int(spec.seconds))]
    with explained("create a sidecar"):
        created = api.create_container(
            image,
            argv,
            host_config=host,
            user="65534:65534",
            labels=labels_of(spec, "sidecar"),
            hostname="sandbox",
        )
    return str(created["Id"])


def labels_of(spec: SandboxSpec, phase: str) -> dict[str, str]:
    """Return the labels by which a container of ours is found again."""
    return {
        "awb.run": spec.run or "-",
        "awb.trial": spec.trial or "-",
        "awb.phase": phase,
        "awb.owner": owner(),
        "awb.deadline": str(time.time() + spec.seconds),
    }


def owner() -> str:
    """Identify this process over reboots and reused process ids."""
    return f"{platform.node()}:{_boot()}:{os.getpid()}:{_start_time(os.getpid())}"


def owner_is_dead(label: str) -> bool:
    """Say whether the process that a label names is gone; of other hosts nothing is known."""
    host, boot, pid, started = [*label.rsplit(":", 3), "", "", ""][:4]
    if host != platform.node():
        return False
    return boot != _boot() or not pid.isdigit() or _start_time(int(pid)) != started


def _boot() -> str:
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
    return "-"


def _start_time(pid: int) -> str:
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    return "-"


def cgroup_number(container: str, kind: str, file: str) -> int | None:
    """Read a counter of a container on this host; None where its control group cannot be seen."""
    with contextlib.suppress(OSError, ValueError):
        return int(Path(f"/sys/fs/cgroup/{kind}/docker/{container}/{file}").read_text())
    with contextlib.suppress(OSError, ValueError, KeyError):
        scope = Path(f"/sys/fs/cgroup/system.slice/docker-{container}.scope/cpu.stat")
        lines = dict(line.split() for line in scope.read_text().splitlines())
        return int(lines["usage_usec"]) * 1000
    return None


def out_of_memory(container: str) -> bool:
    """Say whether the kernel killed a process of a container on this host for its memory."""
    for place in (
        f"/sys/fs/cgroup/memory/docker/{container}/memory.oom_control",
        f"/sys/fs/cgroup/system.slice/docker-{container}.scope/memory.events",
    ):
        with contextlib.suppress(OSError, ValueError):
            lines = Path(place).read_text().splitlines()
            return int(dict(line.split() for line in lines).get("oom_kill", 0)) > 0
    return False


def words(error: BaseException) -> str:
    """Return the first line of an error."""
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn what the SDK and its transport raise into a failure of the sandbox."""
    import docker.errors
    import requests

    try:
        yield
    except docker.errors.ImageNotFound as error:
        raise SandboxFailed(f"Docker cannot {what}: the image is gone: {words(error)}") from error
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        raise SandboxFailed(f"Docker cannot {what}: {words(error)}") from error


def archive_of(files: Mapping[str, bytes]) -> bytes:
    """Return a tar archive of a few files that everyone may read."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o644
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()
