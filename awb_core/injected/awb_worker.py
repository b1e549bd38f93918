"""Answer a judge's cases inside the sandbox: JSON lines in on stdin, JSON lines out on the original stdout.

This module is copied into the sandbox beside a worker; it uses the standard library only. The first line out says
`{"ready": true}` before any code of the workspace is imported, so that a broken worker (a failure of the verifier)
is told apart from a broken workspace (a wrong answer).
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

ANSWER_LIMIT = 4 << 20
"""Largest answer to one case, in bytes; a longer one counts as lost."""


def serve(
    handle: Callable[[Any], Any],
    *,
    isolate: bool = True,
    seconds: float = 10.0,
) -> None:
    """Answer each case on stdin with `handle(case)`.

    With `isolate` each case runs in a forked child that is killed after `seconds`; without it all cases share this
    process, and a crash loses all that follow.
    """
    answers = _claim_stdout()
    cases = [json.loads(line) for line in sys.stdin if line.strip()]
    _send(answers, {"ready": True})
    for case in cases:
        if isolate:
            answer = _answer_in_child(handle, case["input"], seconds)
        else:
            answer = _answer(handle, case["input"])
        _send(answers, {"id": case["id"], "answer": answer})
    _send(answers, {"done": len(cases)})


def _claim_stdout() -> int:
    """Keep the real stdout for answers and send whatever the workspace prints to stderr."""
    sys.stdout.flush()
    private = os.dup(1)
    os.set_inheritable(private, False)
    os.dup2(2, 1)
    return private


def _send(descriptor: int, message: dict[str, Any]) -> None:
    data = (json.dumps(message, default=_refuse) + "\n").encode()
    while data:
        data = data[os.write(descriptor, data) :]


def _refuse(value: object) -> str:
    return f"<not plain data: {type(value).__name__}>"


def _answer(handle: Callable[[Any], Any], case: Any) -> dict[str, Any]:
    try:
        value = handle(case)
        return {"value": json.loads(json.dumps(value, default=_refuse))}
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - the workspace may raise anything
        return {"error": {"type": type(error).__name__, "message": str(error)[:2000]}}


def _answer_in_child(handle: Callable[[Any], Any], case: Any, seconds: float) -> dict[str, Any]:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _run_child(handle, case, reader, writer)
    os.close(writer)
    data, timed_out = _read_until_closed(reader, child, seconds)
    os.close(reader)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if timed_out:
        return {"lost": "timeout"}
    try:
        answer = json.loads(data)
    except ValueError:
        return {"lost": "died"}
    return answer if isinstance(answer, dict) else {"lost": "died"}


def _run_child(handle: Callable[[Any], Any], case: Any, reader: int, writer: int) -> None:
    try:
        os.setsid()
        os.close(reader)
        data = json.dumps(_answer(handle, case)).encode()
        while data:
            data = data[os.write(writer, data) :]
    finally:
        os._exit(0)


def _read_until_closed(reader: int, child: int, seconds: float) -> tuple[bytes, bool]:
    """Read the child's answer; end when it closes the pipe, dies, or its time is over."""
    chunks: list[bytes] = []
    size = 0
    deadline = time.monotonic() + seconds
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return b"", True
        ready, _, _ = select.select([reader], [], [], min(left, 0.2))
        if not ready:
            # A grandchild that keeps the pipe open must not outlive the child's answer.
            if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                return b"".join(chunks), False
            continue
        chunk = os.read(reader, 1 << 16)
        if not chunk:
            return b"".join(chunks), False
        chunks.append(chunk)
        size += len(chunk)
        if size > ANSWER_LIMIT:
            return b"", False
