"""The engine's side of the way to package indexes: a process for each agent phase, and what was asked of it."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from awb_core.errors import SandboxFailed
from awb_core.gateway.package_hosts import Origin
from awb_core.gateway.packages import Bounds, dump
from awb_core.gateway.sockets import unix_socket
from awb_core.scratch import named

START_SECONDS = 30.0
STOP_SECONDS = 10.0


@dataclass(slots=True)
class Packages:
    """A way to package indexes that is open."""

    socket: Path
    """Its folder holds nothing else, so that it can be mounted."""
    pid: int
    asked: list[dict[str, Any]] = field(default_factory=list)
    """What was asked of each host; known once it is closed."""


@contextmanager
def open_packages(origins: tuple[Origin, ...], bounds: Bounds | None = None) -> Iterator[Packages]:
    """Let whoever reaches the socket fetch from these places, for as long as the context lasts.

    Raises:
        SandboxFailed: the process does not start, or did not live as long as it was needed.
    """
    # The path of a socket may have 107 bytes at most.
    place = Path(tempfile.mkdtemp(prefix=named("packages")))
    place.chmod(0o711)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, place, ignore_errors=True)
        words = stack.enter_context(tempfile.TemporaryFile())
        listening = stack.enter_context(unix_socket(place / "packages.sock"))
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-P", "-m", "awb_core.gateway.packages"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=words,
                bufsize=0,  # nothing is left to be written when it is gone
                pass_fds=(listening.fileno(),),
                start_new_session=True,  # Ctrl-C is for us; we stop it when the trial is over
            )
        )
        stack.callback(process.kill)
        _start(process, dump(listening.fileno(), origins, bounds or Bounds()), words)
        packages = Packages(place / "packages.sock", process.pid)
        yield packages
        packages.asked = _stop(process, words)


def _start(process: subprocess.Popen[bytes], configuration: bytes, words: IO[bytes]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    timer = threading.Timer(START_SECONDS, process.kill)
    timer.start()
    try:
        # It stays open: its end tells the process that its owner is gone.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(configuration)
        ready = process.stdout.readline()
    finally:
        timer.cancel()
        timer.join()
    if not ready:
        raise SandboxFailed(f"the way to package indexes does not start: {_last(words)}")


def _stop(process: subprocess.Popen[bytes], words: IO[bytes]) -> list[dict[str, Any]]:
    try:
        output, _ = process.communicate(timeout=STOP_SECONDS)
        asked: list[dict[str, Any]] = json.loads(output)
    except (subprocess.TimeoutExpired, ValueError):
        message = f"the way to package indexes ended before its trial: {_last(words)}"
        raise SandboxFailed(message) from None
    return asked


def _last(words: IO[bytes]) -> str:
    words.seek(0)
    return " ".join(words.read().decode(errors="replace").strip().splitlines()[-1:])
