"""A task's judge: its module in a process of its own, asked over pipes, with a time limit for each reply."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from awb_core.protocols import OracleContext


class JudgeFailed(Exception):
    """A judge raised, hung, or said nothing that makes sense."""


class Judge:
    """Answers one request after another, until one fails."""

    def __init__(
        self, process: subprocess.Popen[bytes], module: str, seconds: float, errors: Path
    ) -> None:
        self._process = process
        self._module = module
        self._seconds = seconds
        self._errors = errors

    def ask(self, action: str, **request: Any) -> Any:
        """Return the reply to one request.

        Raises:
            JudgeFailed: there is none.
        """
        deadline = time.monotonic() + self._seconds
        data = json.dumps({"action": action, **request}).encode() + b"\n"
        reply = self._exchange(data, deadline)
        if reply is None:
            message = f"tests/{self._module}: {action} took longer than {self._seconds:g} s"
            raise JudgeFailed(message)
        with contextlib.suppress(ValueError):
            return json.loads(reply)
        words = self._errors.read_bytes().decode(errors="replace")[-3000:]
        how = f"failed: {words}" if words else "gave no reply"
        raise JudgeFailed(f"tests/{self._module}: {action} {how}")

    def _exchange(self, data: bytes, deadline: float) -> bytes | None:
        """Write a request and read a line; an end without one gives b"", a time-out None."""
        source, target = _raw(self._process.stdout), _raw(self._process.stdin)
        reply = bytearray()
        while not reply.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            ready, room, _ = select.select([source], [target] if data else [], [], left)
            if room:
                try:
                    data = data[os.write(target, data[: 1 << 16]) :]
                except BrokenPipeError:
                    data = b""
            if ready:
                piece = os.read(source, 1 << 20)
                if not piece:
                    return b""
                reply += piece
        return bytes(reply)


@contextmanager
def open_judge(context: OracleContext, module: str) -> Iterator[Judge]:
    """Start the judge of a check; leaving the context ends it.

    Raises:
        JudgeFailed: there is no such module.
    """
    path = context.tests / module
    if not path.is_file():
        raise JudgeFailed(f"tests/{module} is missing")
    script = Path(__file__).with_name("judge_process.py")
    errors = context.scratch / "judge.log"
    with (
        errors.open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-I", "-B", str(script), str(path.resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            bufsize=0,
            cwd=context.scratch,
            env={"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0", "TZ": "UTC", "LANG": "C.UTF-8"},
        ) as process,
    ):
        os.set_blocking(_raw(process.stdin), False)
        try:
            yield Judge(process, module, context.seconds, errors)
        finally:
            process.kill()


def _raw(stream: IO[bytes] | None) -> int:
    assert stream is not None
    return stream.fileno()
