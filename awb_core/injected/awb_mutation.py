"""Run a test suite against mutants of a module inside the sandbox; each run is a forked child of one process.

The request comes on stdin: `{"target", "suite", "path", "original", "variants": [{"id", "text"}],
"mutants": [{"id", "old", "new"}], "repeats", "seconds"}`. Only the mutant under test ever lies on the disk.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import signal
import sys
import time
from pathlib import Path

GREEN = 0
LEAST_SECONDS = 5.0


def main() -> None:
    """Prove the suite green on right code, then count what it kills."""
    request = json.loads(sys.stdin.read())
    reply = os.dup(1)
    os.dup2(2, 1)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    import pytest  # noqa: F401 - loaded once for all children, before anything of the workspace can be

    sys.path[:0] = [str(Path(path).resolve()) for path in request["path"]]

    with os.fdopen(os.dup(reply), "w") as out:
        out.write('{"ready": true}\n')
    result = examine(request)
    with os.fdopen(reply, "w") as out:
        json.dump(result, out)


def examine(request: dict[str, object]) -> dict[str, object]:
    """Return `{"green": bool, "note": str, "killed": {id: bool}}`."""
    target, original = Path(str(request["target"])), str(request["original"])
    limit, slowest = float(request["seconds"]), 0.0  # type: ignore[arg-type]
    begun = time.monotonic()
    right = [("the code as it is", original)] * int(request["repeats"])  # type: ignore[call-overload]
    right += [(f"variant {v['id']}", v["text"]) for v in request["variants"]]  # type: ignore[attr-defined]
    try:
        for order, (name, text) in enumerate(right):
            started = time.monotonic()
            target.write_text(text, "utf-8")
            run = run_suite(request, order=order, first_failure=False, seconds=limit)
            slowest = max(slowest, time.monotonic() - started)
            if run["code"] != GREEN or not run.get("passed"):
                return {"green": False, "note": f"not green on {name}: {_words(run)}", "killed": {}}
            if not run.get("imported"):
                return {"green": False, "note": f"does not import {target}", "killed": {}}
        killed = {}
        last = begun + 0.9 * 4 * limit
        for mutant in request["mutants"]:  # type: ignore[attr-defined]
            target.write_text(original.replace(mutant["old"], mutant["new"]), "utf-8")
            bound = min(limit, max(LEAST_SECONDS, 10 * slowest))
            if time.monotonic() + bound > last:
                return {"green": False, "note": "the suite is too slow", "killed": {}}
            run = run_suite(request, order=0, first_failure=True, seconds=bound)
            killed[mutant["id"]] = run["code"] != GREEN
        return {"green": True, "note": "", "killed": killed}
    finally:
        target.write_text(original, "utf-8")


def run_suite(
    request: dict[str, object], *, order: int, first_failure: bool, seconds: float
) -> dict[str, object]:
    """Run the suite in a child; a run that takes too long is a failing one."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.setsid()
            os.close(reader)
            code = _child(request, order, first_failure, writer)
        finally:
            os._exit(code)
    os.close(writer)
    data, late = _read(reader, seconds)
    os.close(reader)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if late:
            os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    try:
        facts = json.loads(data)
    except ValueError:
        facts = {}
    return {**facts, "code": 124 if late else os.waitstatus_to_exitcode(status)}


def _child(request: dict[str, object], order: int, first_failure: bool, writer: int) -> int:
    import pytest

    counter = Counter(order)
    # Failures are counted, not explained, so assertions need no rewriting.
    arguments = ["-q", "--assert=plain", "-c", os.devnull, "-p", "no:cacheprovider", "--noconftest"]
    arguments += [
        "--rootdir",
        str(Path.cwd()),
        *(["-x"] if first_failure else []),
        *request["suite"],
    ]  # type: ignore[misc]
    code = int(pytest.main(arguments, plugins=[counter]))
    target = os.path.realpath(str(request["target"]))
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    imported = any(file and os.path.realpath(file) == target for file in files)
    facts = {"passed": counter.passed, "failed": counter.failed[:3], "imported": imported}
    os.write(writer, json.dumps(facts).encode())
    return code


class Counter:
    """Counts passes and shuffles the order of tests."""

    def __init__(self, order: int) -> None:
        self.order = order
        self.passed = 0
        self.failed: list[str] = []

    def pytest_collection_modifyitems(self, items: list[object]) -> None:
        """Shuffle, except in the first run."""
        if self.order:
            random.Random(self.order).shuffle(items)

    def pytest_runtest_logreport(self, report: object) -> None:
        """Count."""
        if report.outcome == "failed":  # type: ignore[attr-defined]
            self.failed.append(report.nodeid)  # type: ignore[attr-defined]
        elif report.when == "call" and report.outcome == "passed":  # type: ignore[attr-defined]
            self.passed += 1


def _read(reader: int, seconds: float) -> tuple[bytes, bool]:
    deadline = time.monotonic() + seconds
    chunks: list[bytes] = []
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return b"", True
        ready, _, _ = select.select([reader], [], [], left)
        if not ready:
            return b"", True
        chunk = os.read(reader, 1 << 16)
        if not chunk:
            return b"".join(chunks), False
        chunks.append(chunk)


def _words(run: dict[str, object]) -> str:
    if run.get("failed"):
        return "fails " + ", ".join(run["failed"])  # type: ignore[arg-type]
    return {124: "too slow", 5: "no tests"}.get(run["code"], f"exit {run['code']}")  # type: ignore[call-overload, no-any-return]


if __name__ == "__main__":
    main()
