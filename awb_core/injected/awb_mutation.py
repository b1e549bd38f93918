"""Run a test suite against mutants of a module inside the sandbox, so that no run can tell whether it meets a mutant.

The request comes on stdin: `{"target", "suite", "path", "unchanged": [name], "original",
"variants": [{"id", "text"}], "mutants": [{"id", "old", "new"}], "repeats", "seconds", "seed"}`. Two processes share the
work: this one knows the mutants and writes the module under test; the other, forked before anything is known, forks
again for each run of the suite. Right code and mutants come in a random order, tests too, with the same arguments, and
every text of the module ends with a comment of its own, so neither memory, nor order, nor the source's hash tells them
apart.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import json
import os
import random
import select
import signal
import sys
import time
import types
from pathlib import Path
from typing import IO, Any

GREEN = 0
LEAST_SECONDS = 5.0
PR_SET_DUMPABLE = 4


def main() -> None:
    """Prove the suite green on right code, then count what it kills."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    import pytest  # noqa: F401 - loaded once for all runs, before anything of the workspace can be

    runner = Runner()
    # No run may read the mutants in this process's memory.
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    request = json.loads(sys.stdin.read())
    reply = os.dup(1)
    os.dup2(2, 1)
    with os.fdopen(reply, "w") as out:
        out.write('{"ready": true}\n')
        out.flush()
        json.dump(examine(request, runner), out)


def examine(request: dict[str, Any], runner: Runner) -> dict[str, Any]:
    """Return `{"green": bool, "note": str, "killed": {id: bool}}`."""
    target, original, limit = Path(request["target"]), request["original"], request["seconds"]
    draw = random.Random(request["seed"])
    right = [("the code as it is", original)]
    right += [(f"variant {variant['id']}", variant["text"]) for variant in request["variants"]]
    mixed: list[tuple[str, str, str]] = [
        ("", name, text) for name, text in (*[right[0]] * (request["repeats"] - 1), *right[1:])
    ]
    mixed += [
        (mutant["id"], "", original.replace(mutant["old"], mutant["new"]))
        for mutant in request["mutants"]
    ]
    draw.shuffle(mixed)
    slowest, killed = 0.0, {}
    last = time.monotonic() + 0.9 * 4 * limit
    try:
        for number, (mutant, name, text) in enumerate([*(("", *one) for one in right), *mixed]):
            bound = limit if number < len(right) else min(limit, max(LEAST_SECONDS, 10 * slowest))
            if number >= len(right) and time.monotonic() + bound > last:
                return {"green": False, "note": "the suite is too slow", "killed": {}}
            target.write_text(f"{text}\n# {draw.getrandbits(64):016x}\n", "utf-8")
            started = time.monotonic()
            run = runner.run(request, order=draw.getrandbits(32) if number else 0, seconds=bound)
            if mutant:
                killed[mutant] = run["code"] != GREEN
                continue
            slowest = max(slowest, time.monotonic() - started)
            if run["code"] != GREEN or not run.get("passed"):
                return {"green": False, "note": f"not green on {name}: {_words(run)}", "killed": {}}
            if not run.get("imported"):
                return {"green": False, "note": f"does not import {target}", "killed": {}}
            if run.get("changed"):
                note = f"leaves changed on {name}: {', '.join(map(str, run['changed']))}"
                return {"green": False, "note": note, "killed": {}}
        return {"green": True, "note": "", "killed": killed}
    finally:
        target.write_text(original, "utf-8")


class Runner:
    """The process that runs the suite; it is told what every run is told, and nothing else."""

    def __init__(self) -> None:
        """Fork it."""
        asked, ask = os.pipe()
        answer, answered = os.pipe()
        if os.fork() == 0:
            os.close(ask)
            os.close(answer)
            code = 70
            try:
                os.dup2(2, 1)
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                _serve(os.fdopen(asked), os.fdopen(answered, "w"))
                code = 0
            finally:
                os._exit(code)
        os.close(asked)
        os.close(answered)
        self._ask, self._answer = os.fdopen(ask, "w"), os.fdopen(answer)

    def run(self, request: dict[str, Any], *, order: int, seconds: float) -> dict[str, Any]:
        """Run the suite once; a run that takes too long is a failing one."""
        told = {key: request[key] for key in ("target", "suite", "path", "unchanged")}
        try:
            self._ask.write(json.dumps({**told, "order": order, "seconds": seconds}) + "\n")
            self._ask.flush()
            found = json.loads(self._answer.readline())
        except (OSError, ValueError):
            return {"code": 70}  # the suite killed its runner
        return found if isinstance(found, dict) and "code" in found else {"code": 70}


def _serve(asked: IO[str], answered: IO[str]) -> None:
    for line in asked:
        answered.write(json.dumps(run_suite(json.loads(line))) + "\n")
        answered.flush()


def run_suite(run: dict[str, Any]) -> dict[str, Any]:
    """Run the suite in a child of its own, and kill what it leaves."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.setsid()
            os.close(reader)
            code = _child(run, writer)
        finally:
            os._exit(code)
    os.close(writer)
    data, late = _read(reader, run["seconds"])
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
    facts = facts if isinstance(facts, dict) else {}
    return {**facts, "code": 124 if late else os.waitstatus_to_exitcode(status)}


def _child(run: dict[str, Any], writer: int) -> int:
    sys.path[:0] = [str(Path(path).resolve()) for path in run["path"]]
    import pytest

    counter = Counter(run["order"])
    # Failures are counted, not explained, so assertions need no rewriting.
    arguments = ["-q", "-x", "--assert=plain", "-c", os.devnull, "-p", "no:cacheprovider"]
    arguments += ["--noconftest", "--rootdir", str(Path.cwd()), *run["suite"]]
    code = int(pytest.main(arguments, plugins=[counter]))
    module = _module_at(os.path.realpath(run["target"]))
    facts = {
        "passed": counter.passed,
        "failed": counter.failed[:3],
        "imported": module is not None,
        "changed": _changed(module, run["unchanged"]) if module else [],
    }
    os.write(writer, json.dumps(facts).encode())
    return code


def _module_at(place: str) -> types.ModuleType | None:
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and os.path.realpath(file) == place:
            return module
    return None


def _changed(module: types.ModuleType, names: list[str]) -> list[str]:
    """Return the names that differ from those of the module as it is right after its import."""
    if not names:
        return []
    spec = importlib.util.spec_from_file_location(module.__name__, module.__file__)
    fresh = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(fresh)  # type: ignore[union-attr]
    return [name for name in names if getattr(module, name) != getattr(fresh, name)]


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


def _words(run: dict[str, Any]) -> str:
    if run.get("failed"):
        return "fails " + ", ".join(map(str, run["failed"]))
    return {124: "too slow", 5: "no tests"}.get(run["code"], f"exit {run['code']}")


if __name__ == "__main__":
    main()
