"""Put a judge's cases to a worker in the sandbox, and let the judge decide on the answers."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from awb_core.model import Item, Measurement, OracleFailure
from awb_core.oracles.judge import JudgeFailed
from awb_core.protocols import Command, CommandResult, OracleContext
from awb_core.resources import injected
from awb_core.sandbox.workspace import copy_tree

ANSWER_BYTES = 64 << 20
STARTER = """
import runpy, sys
from importlib.machinery import PathFinder
hidden, sys.argv = sys.argv[1], sys.argv[2:]
sys.path[:0] = [hidden]
known = tuple(sys.path)
class First:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if path is None:
            return PathFinder.find_spec(name, known if name in sys.stdlib_module_names else [hidden])
sys.meta_path.insert(0, First)
runpy.run_path(hidden + '/' + sys.argv[0], run_name='__main__')
"""
"""Starts a hidden script under `python -I`.

Hidden modules and the standard library come before everything else, whatever a script puts on its path: a module of the
workspace that carries one of their names is never loaded in its place.
"""


def ask_worker(
    context: OracleContext, worker: str, files: Iterable[str], cases: list[dict[str, Any]]
) -> dict[str, Any] | OracleFailure:
    """Run the worker on all cases in a fresh sandbox; every case gets an answer, a lost one at worst."""
    hidden = context.scratch / "hidden"
    lay_out(context.tests, [worker, *files], hidden)
    copy_injected(hidden, "awb_worker.py")
    lines = [json.dumps({"id": case["id"], "input": case["input"]}) for case in cases]
    if context.order:
        random.Random(context.order).shuffle(lines)
    with context.open_sandbox() as sandbox:
        sandbox.put(hidden, hidden=True)
        result = sandbox.run(
            Command(
                argv=[sandbox.python, "-I", "-c", STARTER, sandbox.hidden, Path(worker).name],
                # Each case may import the workspace anew: it is compiled once.
                env={"PYTHONDONTWRITEBYTECODE": ""},
                stdin=("\n".join(lines) + "\n").encode(),
                seconds=context.seconds,
                keep_bytes=ANSWER_BYTES,
                flood_bytes=ANSWER_BYTES,
            )
        )
    return _answers(result, [case["id"] for case in cases])


def lay_out(tests: Path, names: Iterable[str], target: Path) -> None:
    """Copy files or folders of the hidden folder into a flat folder that goes into the sandbox."""
    target.mkdir(parents=True, exist_ok=True)
    for name in names:
        source = tests / name
        if source.is_dir():
            copy_tree(source, target / source.name)
        elif source.is_file():
            (target / source.name).write_bytes(source.read_bytes())
        else:
            message = f"tests/{name} is missing"
            raise JudgeFailed(message)


def copy_injected(target: Path, name: str) -> None:
    """Copy one of the core's own modules beside the hidden files."""
    target.mkdir(parents=True, exist_ok=True)
    (target / name).write_bytes(injected(name).read_bytes())


def measurement(reply: Mapping[str, Any], unit: str) -> Measurement:
    """Turn a judge's reply into a measurement: its value, or the weighted share of credit.

    Raises:
        JudgeFailed: the reply has neither, or the value is not a finite number.
    """
    try:
        items = tuple(
            Item(
                id=str(item["id"]),
                credit=float(item["credit"]),
                weight=float(item.get("weight", 1)),
                note=str(item.get("note", ""))[:500],
            )
            for item in reply.get("items", ())
        )
        value = float(reply["value"]) if "value" in reply else share(items)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"the reply is not of the right form: {error!r}"
        raise JudgeFailed(message) from error
    if not math.isfinite(value):
        message = f"the measured value is {value}"
        raise JudgeFailed(message)
    return Measurement(value=value, unit=unit, items=items, note=str(reply.get("note", ""))[:500])


def share(items: Iterable[Item]) -> float:
    """Return the weighted share of credit; exactly 1 when every item has full credit."""
    items = tuple(items)
    if not items:
        message = "there is nothing to take a share of"
        raise JudgeFailed(message)
    total = math.fsum(item.weight for item in items)
    return math.fsum(item.weight * item.credit for item in items) / total


def _answers(result: CommandResult, ids: list[str]) -> dict[str, Any] | OracleFailure:
    answers: dict[str, Any] = {}
    ready = False
    for line in result.stdout.splitlines():
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(message, dict):
            continue
        ready = ready or message.get("ready") is True
        if ready and isinstance(message.get("answer"), dict):
            answers.setdefault(str(message.get("id")), message["answer"])
    if not ready:
        return OracleFailure(
            reason="the worker did not start" + (" in time" if result.timed_out else ""),
            detail=_tail(result),
        )
    lost = {"lost": "timeout" if result.timed_out else "died"}
    return {case: answers.get(case, lost) for case in ids}


def _tail(result: CommandResult) -> str:
    return f"exit {result.exit_code}\n" + result.stderr[-3000:].decode(errors="replace")
