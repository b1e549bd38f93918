"""A place where a kind of sandbox is put to the test: folders on this host, and a gateway of its own."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from types import TracebackType
from typing import Any

from awb_core.model import Environment, Limits
from awb_core.protocols import Command, CommandResult, Sandbox, SandboxProvider, SandboxSpec
from awb_core.testing.adapter_behaviours import Observation
from awb_core.testing.watched import left_behind

LIMITS = Limits(memory_mb=128, pids=40, disk_mb=32, cpus=1)
LOCK_LIMITS = Limits(memory_mb=256, pids=64, disk_mb=32, cpus=1)
"""A sandbox that is locked to the gateway may need a process of its own for it."""

PROTECTIONS = (
    "network off",
    "files of the host hidden",
    "all processes killed",
    "memory and process limits",
)
"""What every kind of sandbox states of itself, each as true or false."""


class SandboxBench:
    """Opens sandboxes of one kind; use it in a `with` statement.

    Args:
        make: Returns a new provider; called more than once, also in other processes.
        environment: What the sandboxes have installed.
        leftovers: Says what there still is of a run's sandboxes, as far as its author can know.
    """

    def __init__(
        self,
        make: Callable[[], SandboxProvider],
        environment: Environment | None = None,
        leftovers: Callable[[str], Iterable[str]] = lambda _: (),
    ) -> None:
        self.make = make
        self.provider = make()
        self.environment = environment or Environment()
        self.run = f"sandbox-{secrets.token_hex(6)}"
        self._leftovers = leftovers
        self._stack = ExitStack()
        self._count = 0

    def __enter__(self) -> SandboxBench:
        with ExitStack() as stack:
            scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="awb-bench-"))
            self._root = Path(scratch)
            self.gateway = stack.enter_context(_echo(self._root / "gateway"))
            self.protections = self.provider.probe().protections
            self.provider.prepare(self.environment, lambda _: None)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def open(self, **changes: Any) -> AbstractContextManager[Sandbox]:
        """Open a sandbox; `changes` are fields of its `SandboxSpec`."""
        spec: dict[str, Any] = {
            "run": self.run,
            "trial": self.run,
            "phase": "agent",
            "limits": LIMITS,
        }
        spec |= {"environment": self.environment, "seconds": 120, **changes}
        return self.provider.open(SandboxSpec(**spec))

    def open_locked(self, **changes: Any) -> AbstractContextManager[Sandbox]:
        """Open a sandbox whose network leads to the gateway and nowhere else."""
        return self.open(
            **{"network": "model", "gateway": self.gateway, "limits": LOCK_LIMITS, **changes}
        )

    def folder(self, files: Mapping[str, str | bytes] | None = None) -> Path:
        """Make a folder on this host that everyone may read."""
        self._count += 1
        root = self._root / f"folder-{self._count}"
        root.mkdir()
        for name, content in (files or {}).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    def left(self, *markers: str) -> tuple[str, ...]:
        """Return what outlived the sandboxes: processes with a marker in their environment, and the leftovers."""
        found = left_behind(self.provider, self.run, markers, spare=os.getpid())
        return (*found, *self._leftovers(self.run))


def sh(sandbox: Sandbox, script: str, seconds: float = 30.0, **options: Any) -> CommandResult:
    """Run a shell script."""
    return sandbox.run(Command(argv=["sh", "-c", script], seconds=seconds, **options))


def python(sandbox: Sandbox, code: str, *arguments: str, **options: Any) -> CommandResult:
    """Run Python code with the environment's Python."""
    argv = [sandbox.python, "-I", "-c", code, *arguments]
    return sandbox.run(Command(argv=argv, **{"seconds": 30.0, **options}))


def seen(holds: bool, detail: object = "") -> Observation:
    """Say what was seen; the detail explains a behaviour that does not hold."""
    return Observation(holds=holds, detail="" if holds else str(detail))


def told(result: CommandResult) -> str:
    """Describe the end of a command."""
    marks = [name for name in ("timed_out", "flooded", "out_of_memory") if getattr(result, name)]
    words = ", ".join([f"exit {result.exit_code}", *marks])
    return f"{words}; stdout {result.stdout[-300:]!r}, stderr {result.stderr[-300:]!r}"


def alive(marker: str) -> tuple[int, ...]:
    """Return the processes of this host whose command line holds a marker."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if marker.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
    return tuple(found)


class _Echo(BaseHTTPRequestHandler):
    """Says back what it was sent."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "inside"

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def _echo(folder: Path) -> Iterator[Path]:
    """Serve an echo on a unix socket that everyone may reach, as the gateway does."""
    folder.mkdir()
    socket = folder / "socket"
    with ThreadingUnixStreamServer(str(socket), _Echo) as server:
        socket.chmod(0o666)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="echo")
        thread.start()
        try:
            yield socket
        finally:
            server.shutdown()
            thread.join()
