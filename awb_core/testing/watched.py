"""Sandboxes that are killed when a test says so, and what outlives them."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from awb_core.model import Environment
from awb_core.protocols import Command, Sandbox, SandboxProvider, SandboxSpec, SandboxStatus
from awb_core.sandbox.docker import DockerProvider

SETTLE_SECONDS = 3.0
"""How long what was killed may take to be gone."""


class WatchedProvider:
    """A provider whose sandboxes are killed once `is_due()`, or when they are open for longer than `seconds`."""

    def __init__(
        self, provider: SandboxProvider, *, seconds: float, is_due: Callable[[], bool]
    ) -> None:
        self.name = provider.name
        self._provider = provider
        self._seconds = seconds
        self._is_due = is_due
        self.overran = False
        """Whether a sandbox was open for too long."""
        self.lingered_seconds = 0.0
        """How long it took from the kill until the sandbox was left."""
        self.marker = ""
        """Value of `AWB_SANDBOX` in the processes of the sandbox."""

    def probe(self) -> SandboxStatus:
        """Say what works here."""
        return self._provider.probe()

    def prepare(self, environment: Environment, report: Callable[[str], None]) -> str:
        """Build the environment unless it is cached."""
        return self._provider.prepare(environment, report)

    @contextmanager
    def open(self, spec: SandboxSpec) -> Iterator[Sandbox]:
        """Open a sandbox and watch it."""
        with self._provider.open(spec) as sandbox:
            asked = sandbox.run(Command(argv=["sh", "-c", 'printf %s "$AWB_SANDBOX"']))
            self.marker = asked.stdout.decode(errors="replace")
            over = threading.Event()
            watcher = threading.Thread(target=self._watch, args=(sandbox, over), name="watcher")
            watcher.start()
            try:
                yield sandbox
            finally:
                over.set()
                watcher.join()

    def stop(self) -> None:
        """Kill everything in the open sandboxes."""
        self._provider.stop()

    def reap(self) -> int:
        """Remove what dead owners left behind."""
        return self._provider.reap()

    def _watch(self, sandbox: Sandbox, over: threading.Event) -> None:
        deadline = time.monotonic() + self._seconds
        while not over.wait(0.1):
            self.overran = time.monotonic() > deadline
            if self.overran or self._is_due():
                sandbox.kill()
                killed = time.monotonic()
                over.wait()
                self.lingered_seconds = time.monotonic() - killed


def left_behind(
    provider: SandboxProvider, run: str, markers: Iterable[str], *, spare: int
) -> tuple[str, ...]:
    """Return the processes whose environment has a marker and the containers of a run that are still there.

    The processes are killed. Of a daemon on another host only the containers are seen.
    """
    wanted = tuple(marker.encode() for marker in markers)
    deadline = time.monotonic() + SETTLE_SECONDS
    while (found := [*_processes(wanted, spare), *_containers(provider, run)]) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.05)
    for pid, _ in _processes(wanted, spare):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    return tuple(name for _, name in found)


def _processes(markers: tuple[bytes, ...], spare: int) -> Iterator[tuple[int, str]]:
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) in (os.getpid(), spare):
            continue
        with contextlib.suppress(OSError):
            if set(markers) & set((entry / "environ").read_bytes().split(b"\0")):
                name = (entry / "comm").read_text(errors="replace").strip()
                yield int(entry.name), f"process {name}"


def _containers(provider: SandboxProvider, run: str) -> Iterator[tuple[int, str]]:
    if not isinstance(provider, DockerProvider):
        return
    for one in provider.api.containers(all=True, filters={"label": f"awb.run={run}"}):
        yield 0, f"container {one['Id'][:12]}"
