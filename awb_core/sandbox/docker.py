"""The Docker sandbox: a hardened container a phase, driven through the Docker SDK; files move as tar streams."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from awb_core.errors import SandboxFailed, SandboxUnavailable
from awb_core.model import Environment, Limits
from awb_core.protocols import Collected, Command, CommandResult, SandboxSpec, SandboxStatus
from awb_core.sandbox.archive import ArchiveLimits, extract, pack
from awb_core.sandbox.docker_container import (
    HIDDEN,
    HOME,
    PREFIX,
    PYTHON,
    USER,
    WORK,
    archive_of,
    cgroup_number,
    create_container,
    create_sidecar,
    explained,
    out_of_memory,
    owner_is_dead,
    words,
)
from awb_core.sandbox.docker_exec import read_exec
from awb_core.sandbox.docker_image import ensure_image
from awb_core.sandbox.network import GATEWAY_URL, variables, ways_out
from awb_core.sandbox.process import reap_folders

if TYPE_CHECKING:
    from docker import APIClient

STARTS = 4
"""Containers that start at once on one daemon; more only makes each slower."""

TIMEOUT_SECONDS = 600

NOT_RUNNING = frozenset({404, 409})
"""What the daemon answers when a container that is to be killed is gone or has ended: as good."""


class DockerProvider:
    """Runs phases in containers of the daemon that `DOCKER_HOST` names."""

    name = "docker"

    def __init__(self) -> None:
        self._starts = threading.Semaphore(STARTS)
        self._open: set[DockerSandbox] = set()
        self._prepared: dict[str, str] = {}
        self._building: set[str] = set()

    @cached_property
    def api(self) -> APIClient:
        """The connection to the daemon.

        Raises:
            SandboxUnavailable: no daemon answers.
        """
        import docker

        try:
            client = docker.from_env(timeout=TIMEOUT_SECONDS, max_pool_size=64).api
            client.ping()
        except Exception as error:  # the SDK and its transports raise many kinds
            message = f"no Docker daemon answers ({words(error)})"
            raise SandboxUnavailable(message) from error
        return client

    def probe(self) -> SandboxStatus:
        """Ask the daemon."""
        protections = {
            "network off": True,
            "files of the host hidden": True,
            "all processes killed": True,
            "memory and process limits": True,
        }
        try:
            self.api.ping()
            facts = self._facts
        except Exception as error:  # noqa: BLE001 - whatever it is, Docker does not work here
            self.__dict__.pop("api", None)
            return SandboxStatus(
                available=False, summary=words(error), fix="start dockerd, or use --sandbox local"
            )
        return SandboxStatus(
            available=True,
            summary=f"Docker {facts['docker']}, {facts['runtime']}, cgroup v{facts['cgroup']}",
            protections=protections,
            facts=facts,
        )

    @cached_property
    def _facts(self) -> dict[str, str]:
        info = self.api.info()
        runc = (info.get("RuncCommit") or {}).get("ID", "")
        return {
            "isolation": "docker",
            "docker": str(info.get("ServerVersion", "?")),
            "runtime": f"{info.get('DefaultRuntime', '?')} {runc[:12]}".strip(),
            "cgroup": str(info.get("CgroupVersion", "1")),
            "storage": str(info.get("Driver", "?")),
        }

    def prepare(self, environment: Environment, report: Callable[[str], None]) -> str:
        """Build the environment's image unless the daemon has it; return its id."""
        if environment.digest not in self._prepared:
            self._prepared[environment.digest] = ensure_image(
                self.api, environment, report, self._building
            )
        return self._prepared[environment.digest]

    @contextmanager
    def open(self, spec: SandboxSpec) -> Iterator[DockerSandbox]:
        """Start a container; it is removed afterwards, whatever happens."""
        image = self.prepare(spec.environment, lambda _: None)
        made: list[str] = []

        def start(container: str) -> str:
            made.append(container)
            with explained("start a container"):
                self.api.start(container)
            return container

        sandbox = None
        try:
            with self._starts:
                locked = bool(ways_out(spec))
                sidecar = start(create_sidecar(self.api, image, spec)) if locked else ""
                container = start(create_container(self.api, image, spec, sidecar))
                sandbox = DockerSandbox(self.api, container, spec)
                self._open.add(sandbox)
            yield sandbox
        finally:
            if sandbox is not None:
                self._open.discard(sandbox)
            for container in reversed(made):
                _remove(self.api, container)

    def stop(self) -> None:
        """Kill the containers this process holds open, also those that images are made from."""
        for container in list(self._building):
            _remove(self.api, container)
        for sandbox in list(self._open):
            with contextlib.suppress(SandboxFailed):  # the others must be killed all the same
                sandbox.kill()

    def reap(self) -> int:
        """Remove containers whose owner is gone or whose time is over, and the folders of owners that are gone."""
        count = reap_folders()
        with explained("list containers"):
            found = self.api.containers(all=True, filters={"label": "awb.owner"})
        for container in found:
            labels = container.get("Labels") or {}
            late = float(labels.get("awb.deadline", "inf")) < time.time()
            if late or owner_is_dead(labels.get("awb.owner", "")):
                _remove(self.api, container["Id"])
                count += 1
        return count


class DockerSandbox:
    """One running container."""

    workspace = WORK
    hidden = HIDDEN
    home = HOME
    python = PYTHON

    def __init__(self, api: APIClient, identity: str, spec: SandboxSpec) -> None:
        self._api = api
        self.id = identity
        self._spec = spec
        self.gateway_url = GATEWAY_URL if spec.gateway is not None else ""
        self._killed = False
        self._inputs = 0

    def put(self, source: Path, *, hidden: bool = False) -> None:
        """Send a folder's content as a tar stream."""
        owner, top = (0, HIDDEN) if hidden else (1000, WORK)
        self._upload(b"".join(pack(source, uid=owner, gid=owner)), top)

    def run(self, command: Command) -> CommandResult:
        """Run a command; on its time limit the whole container is killed."""
        if self._killed:
            raise SandboxFailed("the container was killed before this command")
        argv, env = list(command.argv), {**_env(self._spec), **command.env}
        if command.stdin:
            self._inputs += 1
            name = f".stdin-{self._inputs}"
            self._upload(archive_of({name: command.stdin}), HIDDEN)
            argv = ["sh", "-c", f'exec "$@" < {HIDDEN}/{name}', "sh", *argv]
        before = cgroup_number(self.id, "cpuacct", "cpuacct.usage")
        with explained(f"run {command.argv[0]}"):
            result = read_exec(
                self._api, self.id, argv, env=env, command=command, user=USER, kill=self.kill
            )
        after = cgroup_number(self.id, "cpuacct", "cpuacct.usage")
        cpu = None if before is None or after is None else (after - before) / 1e9
        return replace(result, cpu_seconds=cpu, out_of_memory=out_of_memory(self.id))

    def collect(self, destination: Path, limits: Limits) -> Collected:
        """Kill the container, then read the workspace out of its file system."""
        self.kill()
        bounds = ArchiveLimits(bytes=limits.disk_mb << 20)
        with explained("read the workspace"):
            stream, _ = self._api.get_archive(self.id, f"{WORK}/.", chunk_size=1 << 20)
        try:
            return extract(stream, destination, bounds)
        finally:
            close = getattr(stream, "close", None)
            if close:
                close()

    def kill(self) -> None:
        """Kill every process of the container."""
        if self._killed:
            return
        self._killed = True
        import docker.errors

        with explained("kill a container"):
            try:
                self._api.kill(self.id)
            except docker.errors.APIError as error:
                if error.status_code not in NOT_RUNNING:
                    raise

    def _upload(self, data: bytes, top: str) -> None:
        with explained("send files"):
            self._api.put_archive(self.id, top, data)


def _remove(api: APIClient, container: str) -> None:
    """Remove a container; gone already, or being removed, is as good."""
    import docker.errors

    with (
        contextlib.suppress(docker.errors.APIError, SandboxFailed),
        explained("remove a container"),
    ):
        api.remove_container(container, force=True, v=True)


def _env(spec: SandboxSpec) -> dict[str, str]:
    return {
        "PATH": f"{PREFIX}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": HOME,
        "TMPDIR": "/tmp",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "dumb",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "AWB_SANDBOX": spec.trial or "-",
        **variables(spec),
    }
