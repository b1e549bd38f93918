"""The `{{ cookiecutter.name }}` oracle: what a program of the workspace prints for hidden command lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from awb_core.model import Item, Measurement, OracleFailure
from awb_core.protocols import Command, CommandResult, OracleContext

RUNNER = Path(__file__).with_name("runner.py")
"""Copied into the sandbox; never imported here."""


class {{ cookiecutter.class }}Oracle:
    """Share of the command lines that print what they should; what that is never enters the sandbox."""

    name = "{{ cookiecutter.name }}"
    summary = "runs a program with hidden command lines; share that prints what it should"
    schema: Mapping[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["program", "cases"],
        "properties": {
            "program": {
                "type": "string",
                "minLength": 1,
                "description": "Python program in the workspace.",
            },
            "cases": {
                "type": "string",
                "minLength": 1,
                "description": "JSON file in tests/: a list of objects with id, arguments and stdout.",
            },
        },
    }

    def measure(self, context: OracleContext) -> Measurement | OracleFailure:
        """Run every case in a fresh sandbox and compare.

        What is wrong with the workspace costs credit; what is wrong with the hidden files or with the sandbox is a
        failure to judge, which is neither zero nor missing.
        """
        options = context.check.options
        try:
            cases = [_case(entry) for entry in json.loads((context.tests / options["cases"]).read_bytes())]
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            return OracleFailure(reason="the cases cannot be read", detail=repr(error))
        if not cases:
            return OracleFailure(reason="there are no cases")
        printed = _printed(self._run(context, options["program"], cases))
        if isinstance(printed, OracleFailure):
            return printed
        items = tuple(
            Item(
                id=case["id"],
                credit=float(printed.get(case["id"]) == case["stdout"]),
                note=repr(printed.get(case["id"], "nothing came back"))[:200],
            )
            for case in cases
        )
        return Measurement(value=sum(item.credit for item in items) / len(items), items=items)

    def _run(self, context: OracleContext, program: str, cases: list[dict[str, Any]]) -> CommandResult:
        hidden = context.scratch / "hidden"
        hidden.mkdir()
        (hidden / "runner.py").write_bytes(RUNNER.read_bytes())
        questions = [{"id": case["id"], "arguments": case["arguments"]} for case in cases]
        with context.open_sandbox() as sandbox:
            sandbox.put(hidden, hidden=True)
            return sandbox.run(
                Command(
                    argv=[sandbox.python, "-I", "-B", f"{sandbox.hidden}/runner.py", program],
                    stdin=json.dumps(questions).encode(),
                    seconds=context.seconds,
                    keep_bytes=8 << 20,
                    flood_bytes=16 << 20,
                )
            )


def _case(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(entry["id"]),
        "arguments": [str(argument) for argument in entry["arguments"]],
        "stdout": str(entry["stdout"]),
    }


def _printed(result: CommandResult) -> dict[str, str] | OracleFailure:
    """Read what came out of the sandbox as hostile data; the first answer to a case counts."""
    printed: dict[str, str] = {}
    ready = False
    for line in result.stdout.splitlines():
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(message, dict):
            continue
        ready = ready or message.get("ready") is True
        case, text = message.get("id"), message.get("stdout")
        if ready and isinstance(case, str) and isinstance(text, str):
            printed.setdefault(case, text)
    if ready:
        return printed
    words = result.stderr[-2000:].decode(errors="replace")
    return OracleFailure(reason="the runner did not start", detail=f"exit {result.exit_code}\n{words}")
