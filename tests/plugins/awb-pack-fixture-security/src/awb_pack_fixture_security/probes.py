"""The `probes` oracle: what one function of the workspace says to hostile input."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from awb_core.model import Item, Measurement, OracleFailure
from awb_core.protocols import Command, CommandResult, OracleContext

WORKER = Path(__file__).with_name("worker.py")
"""Runs in the sandbox, alone."""


class ProbesOracle:
    """Weighted share of the probes that are answered right; what is right never enters the sandbox."""

    name = "probes"
    summary = "asks a function of the workspace about hostile input; share answered right"
    schema: Mapping[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["probes", "function"],
        "properties": {
            "probes": {
                "type": "string",
                "minLength": 1,
                "description": "JSON file in tests/: families of probes.",
            },
            "function": {
                "type": "string",
                "pattern": "^[A-Za-z_.]+:[A-Za-z_]+$",
                "description": "What is asked, as `module:function`.",
            },
        },
    }

    def measure(self, context: OracleContext) -> Measurement | OracleFailure:
        """Draw the probes, put them to the function, and compare."""
        options = context.check.options
        try:
            probes = _drawn(
                json.loads((context.tests / options["probes"]).read_text("utf-8")), context.seed
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            return OracleFailure(reason="the probes cannot be read", detail=repr(error))
        answers = _ask(context, options["function"], probes)
        if isinstance(answers, OracleFailure):
            return answers
        items = tuple(
            Item(
                id=probe["id"],
                credit=float(answers.get(probe["id"]) == probe["wanted"]),
                weight=probe["weight"],
                note="" if probe["id"] in answers else "no answer",
            )
            for probe in probes
        )
        total = sum(item.weight for item in items)
        return Measurement(value=sum(i.weight * i.credit for i in items) / total, items=items)


def _drawn(families: Mapping[str, Any], seed: int) -> list[dict[str, Any]]:
    """Return the probes with their random words; a family shares its weight."""
    draw = random.Random(seed)
    probes = []
    for name, family in families.items():
        for number, probe in enumerate(family["probes"]):
            word = "".join(draw.choices(string.ascii_lowercase, k=8))
            probes.append(
                {
                    "id": f"{name}: {number}",
                    "input": probe["input"].replace("WORD", word),
                    "wanted": _wanted(probe, word),
                    "weight": family["weight"] / len(family["probes"]),
                }
            )
    if not probes:
        raise ValueError("there are no probes")
    return probes


def _wanted(probe: Mapping[str, Any], word: str) -> Any:
    if "refused" in probe:
        return {"raised": probe["refused"]}
    return {"returned": probe["returned"].replace("WORD", word)}


def _ask(
    context: OracleContext, function: str, probes: list[dict[str, Any]]
) -> dict[str, Any] | OracleFailure:
    hidden = context.scratch / "hidden"
    hidden.mkdir()
    (hidden / "worker.py").write_bytes(WORKER.read_bytes())
    lines = [json.dumps({"id": probe["id"], "input": probe["input"]}) for probe in probes]
    with context.open_sandbox() as sandbox:
        sandbox.put(hidden, hidden=True)
        result = sandbox.run(
            Command(
                argv=[sandbox.python, "-I", "-B", f"{sandbox.hidden}/worker.py", function],
                stdin="\n".join(lines).encode(),
                seconds=context.seconds,
                keep_bytes=4 << 20,
                flood_bytes=8 << 20,
            )
        )
    return _answers(result)


def _answers(result: CommandResult) -> dict[str, Any] | OracleFailure:
    """Read what the worker wrote as hostile data; the first answer to a probe counts."""
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
        if ready and isinstance(message.get("id"), str):
            answers.setdefault(message["id"], message.get("answer"))
    if ready:
        return answers
    words = result.stderr[-2000:].decode(errors="replace")
    return OracleFailure(
        reason="the worker did not start", detail=f"exit {result.exit_code}\n{words}"
    )
