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
from dataclasses import dataclass, field
from typing import Any

ANSWER_LIMIT = 4 << 20
"""Largest answer to one case, in bytes; a longer one counts as lost."""


def serve(
    handle: Callable[[Any], Any],
    *,
    isolate: bool = True,
    seconds: float = 10.0,
    parallel: int = 1,
    measure_cpu: bool = False,
) -> None:
    """Answer each case on stdin with `handle(case)`.

    With `isolate` each case runs in a forked child that is killed after `seconds`; `parallel` children run at once,
    which suits cases that wait more than they compute. With `measure_cpu` an answer then has `cpu_seconds`, what the
    kernel says that the child used: a bound on what it may claim to have done. Without `isolate` all cases share this
    process, and a crash loses all that follow.
    """
    answers = _claim_stdout()
    cases = [json.loads(line) for line in sys.stdin if line.strip()]
    _send(answers, {"ready": True})
    if isolate:
        _answer_in_children(handle, cases, seconds, parallel, answers, measure_cpu)
    else:
        for case in cases:
            _send(answers, {"id": case["id"], "answer": _answer(handle, case["input"])})
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


@dataclass
class _Child:
    """A case that is being answered."""

    case: str
    pid: int
    reader: int
    deadline: float
    chunks: list[bytes] = field(default_factory=list)
    size: int = 0


def _answer_in_children(
    handle: Callable[[Any], Any],
    cases: list[dict[str, Any]],
    seconds: float,
    parallel: int,
    answers: int,
    measure_cpu: bool,
) -> None:
    waiting = list(reversed(cases))
    running: dict[int, _Child] = {}
    while waiting or running:
        while waiting and len(running) < max(1, parallel):
            child = _start(handle, waiting.pop(), seconds, answers)
            running[child.reader] = child
        ready, _, _ = select.select(list(running), [], [], 0.2)
        now = time.monotonic()
        for child in list(running.values()):
            lost = _advance(child, child.reader in ready, now)
            if lost is not None:
                del running[child.reader]
                answer, cpu_seconds = _end(child, lost)
                if measure_cpu:
                    answer["cpu_seconds"] = cpu_seconds
                _send(answers, {"id": child.case, "answer": answer})


def _start(
    handle: Callable[[Any], Any], case: dict[str, Any], seconds: float, answers: int
) -> _Child:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(answers)
        _run_child(handle, case["input"], reader, writer)
    os.close(writer)
    return _Child(case=case["id"], pid=pid, reader=reader, deadline=time.monotonic() + seconds)


def _advance(child: _Child, ready: bool, now: float) -> str | None:
    """Read what is there; return why the child is over ("" for its own end), or None while it goes on."""
    if ready:
        return _read(child)
    if os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
        # It may have written since the last look; a grandchild that keeps the pipe open must not hold us up.
        while select.select([child.reader], [], [], 0)[0]:
            lost = _read(child)
            if lost is not None:
                return lost
        return ""
    return "timeout" if now > child.deadline else None


def _read(child: _Child) -> str | None:
    """Read one piece; return "" at the end of the answer, "died" if it is too long."""
    chunk = os.read(child.reader, 1 << 16)
    child.chunks.append(chunk)
    child.size += len(chunk)
    if not chunk:
        return ""
    return "died" if child.size > ANSWER_LIMIT else None


def _end(child: _Child, lost: str) -> tuple[dict[str, Any], float]:
    """Return the answer and the CPU seconds of a child that is over."""
    os.close(child.reader)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child.pid, signal.SIGKILL)
    _, _, used = os.wait4(child.pid, 0)
    cpu_seconds = round(used.ru_utime + used.ru_stime, 4)
    if lost:
        return {"lost": lost}, cpu_seconds
    try:
        answer = json.loads(b"".join(child.chunks))
    except (ValueError, RecursionError):
        return {"lost": "died"}, cpu_seconds
    return (answer if isinstance(answer, dict) else {"lost": "died"}), cpu_seconds


def _run_child(handle: Callable[[Any], Any], case: Any, reader: int, writer: int) -> None:
    try:
        os.setsid()
        os.close(reader)
        data = json.dumps(_answer(handle, case)).encode()
        while data:
            data = data[os.write(writer, data) :]
    finally:
        os._exit(0)
