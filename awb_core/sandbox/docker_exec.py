"""Run a command in a container with a deadline and bounded output."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from awb_core.protocols import Command, CommandResult
from awb_core.sandbox.streams import BoundedOutput

if TYPE_CHECKING:
    from docker import APIClient

HEADER = struct.Struct(">BxxxL")
"""Frame of an attached stream: which stream, how many bytes."""


def read_exec(
    api: APIClient,
    container: str,
    argv: list[str],
    *,
    env: Mapping[str, str],
    command: Command,
    user: str,
    kill: Callable[[], None],
) -> CommandResult:
    """Run `argv` and read its output; kill the container on a time-out or a flood."""
    started = time.monotonic()
    created = api.exec_create(container, argv, environment=dict(env), user=user, workdir="/work")
    stream = api.exec_start(created["Id"], socket=True)
    out, err = BoundedOutput(command.keep_bytes), BoundedOutput(command.keep_bytes)
    try:
        end = _read(_socket_of(stream), out, err, command, started + command.seconds)
    finally:
        # An open stream makes the daemon wait ten seconds before it kills.
        connection = _socket_of(stream)
        stream.close()
        connection.close()
        response = getattr(stream, "_response", None)
        with contextlib.suppress(ValueError):  # it tries to flush the stream just closed
            if response is not None:
                response.close()
    if end:
        kill()
        code = 137
    else:
        code = _exit_code(api, created["Id"])
    return CommandResult(
        exit_code=code,
        stdout=out.value,
        stderr=err.value,
        stdout_bytes=out.total,
        seconds=time.monotonic() - started,
        timed_out=end == "late",
        flooded=end == "flood",
    )


def _read(
    connection: socket.socket,
    out: BoundedOutput,
    err: BoundedOutput,
    command: Command,
    deadline: float,
) -> str:
    """Read frames until the end of the stream; return why it was cut short, if it was."""
    buffer = b""
    left, target = 0, out
    while True:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            return "late"
        ready, _, _ = select.select([connection], [], [], min(remaining, 1.0))
        if not ready:
            continue
        data = connection.recv(1 << 16)
        if not data:
            return ""
        buffer += data
        while buffer:
            if left == 0:
                if len(buffer) < HEADER.size:
                    break
                kind, left = HEADER.unpack_from(buffer)
                target = err if kind == 2 else out
                buffer = buffer[HEADER.size :]
            piece, buffer = buffer[:left], buffer[left:]
            target.feed(piece)
            left -= len(piece)
        if out.total + err.total > command.flood_bytes:
            return "flood"


def _socket_of(stream: Any) -> socket.socket:
    """Return the socket below the SDK's wrapper."""
    return getattr(stream, "_sock", stream)  # type: ignore[no-any-return]


def _exit_code(api: APIClient, identity: str) -> int:
    """Ask for the exit code; the stream may end a moment before the daemon knows."""
    for _ in range(100):
        state = api.exec_inspect(identity)
        if not state["Running"] and state["ExitCode"] is not None:
            return int(state["ExitCode"])
        time.sleep(0.01)
    return 255
