"""An agent's process, and JSON-RPC messages to and from it, one a line.

This module is copied into sandboxes beside `awb_acp`; it uses the standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
from typing import IO, Any

LINE_BYTES = 32 << 20
"""A longer message ends the conversation."""

JUNK = 5
"""How many lines that are no messages are kept."""


class Failed(Exception):
    """The conversation cannot go on; the message says why."""


class Pipe:
    """The agent's process, and messages to and from it."""

    def __init__(self, command: list[str], folder: str) -> None:
        try:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise Failed(f"{command[0]} cannot be started: {error.strerror}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin: IO[bytes] = self._process.stdin
        self._stdout: IO[bytes] = self._process.stdout
        self._selector = selectors.DefaultSelector()
        for stream in (self._stdin, self._stdout):
            os.set_blocking(stream.fileno(), False)
        self._selector.register(self._stdout, selectors.EVENT_READ)
        self._to_send = bytearray()
        self._received = bytearray()
        self.junk: list[str] = []
        self.junk_lines = 0

    def send(self, message: dict[str, Any]) -> None:
        """Queue a message; it goes out while messages are waited for."""
        text = json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":"))
        if not self._to_send and not self._stdin.closed:
            self._selector.register(self._stdin, selectors.EVENT_WRITE)
        self._to_send += text.encode() + b"\n"

    def receive(self, deadline: float) -> dict[str, Any] | None:
        """Return the next message, None if none came in time.

        Raises:
            EOFError: the agent says nothing more.
            Failed: its message has no end.
        """
        while True:
            line = self._line()
            if line is not None:
                message = _message(line)
                if message is not None:
                    return message
                self._note_junk(line)
                continue
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            for key, _ in self._selector.select(min(left, 60.0)):
                if key.fileobj is self._stdin:
                    self._write()
                else:
                    self._read()

    def close(self) -> None:
        """Say that nothing more will be asked."""
        if self._to_send:
            self._selector.unregister(self._stdin)
            self._to_send.clear()
        with contextlib.suppress(OSError):
            self._stdin.close()

    def status(self, seconds: float) -> int | None:
        """Return the agent's exit status, None if it still runs then."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        return None

    def kill(self) -> None:
        """End the agent with what it started: as long as it holds our standard error, we have not ended either."""
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _line(self) -> bytes | None:
        end = self._received.find(b"\n")
        if end < 0:
            if len(self._received) > LINE_BYTES:
                raise Failed(f"the agent sent a message of more than {LINE_BYTES >> 20} MiB")
            return None
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return line

    def _read(self) -> None:
        data = os.read(self._stdout.fileno(), 1 << 18)
        if not data and not self._received:
            raise EOFError
        # The last message may lack its end of line.
        self._received += data or b"\n"

    def _write(self) -> None:
        try:
            sent = os.write(self._stdin.fileno(), self._to_send[: 1 << 16])
            del self._to_send[:sent]
        except BlockingIOError:
            return
        except OSError:
            # It reads no more; what it still has to say is read to the end.
            self._to_send.clear()
        if not self._to_send:
            self._selector.unregister(self._stdin)

    def _note_junk(self, line: bytes) -> None:
        if line.strip():
            self.junk_lines += 1
            if len(self.junk) < JUNK:
                self.junk.append(line[:200].decode("utf-8", "replace"))


def _message(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
