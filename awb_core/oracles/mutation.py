"""The `mutation` oracle: the workflow's tests against hidden mutants and hidden right variants."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from awb_core.model import Item, Measurement, OracleFailure
from awb_core.oracles.judging import STARTER, copy_injected, share
from awb_core.protocols import Command, CommandResult, OracleContext

_TEXTS = {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}


class MutationOracle:
    """Share of mutants killed, if the suite is green on the right code and on every variant.

    Runs on right code are mixed with those on mutants at random, and tests run in any order: a suite that is to be
    green must not depend on either, nor leave changed what `unchanged` names.
    """

    name = "mutation"
    summary = "the workflow's tests against hidden mutants; share killed"
    schema: Mapping[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["target", "suite", "mutants"],
        "properties": {
            "target": {"type": "string", "description": "The module in the workspace; protect it."},
            "suite": {**_TEXTS, "description": "Test files in the workspace."},
            "mutants": {
                "type": "string",
                "description": "JSON file in tests/ with exact replacements.",
            },
            "variants": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Files in tests/: right implementations, or JSON lists of edits.",
            },
            "path": {**_TEXTS, "description": "Import path in the workspace."},
            "unchanged": {
                **_TEXTS,
                "description": "Names in the module whose values the suite must leave as they were.",
            },
            "repeats": {
                "type": "integer",
                "minimum": 1,
                "description": "Runs on the right code, beside the variants; 3 by default.",
            },
        },
    }

    def measure(self, context: OracleContext) -> Measurement | OracleFailure:
        """Run the suite on right code, then on every mutant."""
        options = context.check.options
        try:
            original = (context.workspace / options["target"]).read_text("utf-8")
            mutants = json.loads((context.tests / options["mutants"]).read_text("utf-8"))
            mutants = [m for m in mutants if "id" in m]
            for mutant in mutants:
                _apply(original, [mutant], mutant["id"])
            unchanged = _unchanged(options, original)
            variants = [
                {"id": name, "text": _variant(context, name, original)}
                for name in options.get("variants", ())
            ]
        except (OSError, ValueError, KeyError, TypeError) as error:
            return OracleFailure(reason="the mutants do not fit the module", detail=str(error))
        request = {
            "target": options["target"],
            "suite": options["suite"],
            "path": options.get("path", ["."]),
            "unchanged": unchanged,
            "original": original,
            "variants": variants,
            "mutants": [{"id": m["id"], "old": m["old"], "new": m["new"]} for m in mutants],
            "repeats": options.get("repeats", 3),
            "seconds": context.seconds / 4,
            "seed": secrets.randbits(64),
        }
        missing = [name for name in options["suite"] if not (context.workspace / name).is_file()]
        if missing:
            return _measurement(mutants, {}, f"there is no {', '.join(missing)}")
        return _result(self._run(context, request), mutants)

    def _run(self, context: OracleContext, request: Mapping[str, Any]) -> CommandResult:
        hidden = context.scratch / "hidden"
        copy_injected(hidden, "awb_mutation.py")
        with context.open_sandbox() as sandbox:
            sandbox.put(hidden, hidden=True)
            script = [sandbox.hidden, "awb_mutation.py"]
            return sandbox.run(
                Command(
                    argv=[sandbox.python, "-I", "-B", "-c", STARTER, *script],
                    stdin=json.dumps(request).encode(),
                    seconds=context.seconds,
                    keep_bytes=8 << 20,
                )
            )


def _variant(context: OracleContext, name: str, original: str) -> str:
    text = (context.tests / name).read_text("utf-8")
    if not name.endswith(".json"):
        return text
    return _apply(original, json.loads(text)["edits"], name)


def _unchanged(options: Mapping[str, Any], original: str) -> list[str]:
    names = list(options.get("unchanged", ()))
    for name in names:
        if not re.search(rf"\b{re.escape(name)}\b", original):
            message = f"unchanged: there is no {name} in {options['target']}"
            raise ValueError(message)
    return names


def _apply(text: str, edits: Iterable[Mapping[str, Any]], name: str) -> str:
    for edit in edits:
        count = int(edit.get("count", 1))
        if text.count(edit["old"]) != count or edit["old"] == edit["new"]:
            message = f"{name}: {edit['old'][:80]!r} occurs {text.count(edit['old'])} times"
            raise ValueError(message)
        text = text.replace(edit["old"], edit["new"])
    return text


def _result(result: CommandResult, mutants: list[dict[str, Any]]) -> Measurement | OracleFailure:
    words = "timed out" if result.timed_out else f"exit {result.exit_code}"
    detail = f"{words}\n" + result.stderr[-3000:].decode(errors="replace")
    ready, _, answer = result.stdout.partition(b"\n")
    if ready != b'{"ready": true}':
        return OracleFailure(reason="the mutation run did not start", detail=detail)
    try:
        report = json.loads(answer)
        green, note = bool(report["green"]), str(report["note"])
        killed = {str(key): bool(value) for key, value in report["killed"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return _measurement(mutants, {}, f"the suite broke the run off: {words}")
    if green and set(killed) != {mutant["id"] for mutant in mutants}:
        return OracleFailure(reason="not every mutant was tried")
    return _measurement(mutants, killed, note)


def _measurement(
    mutants: list[dict[str, Any]], killed: Mapping[str, bool], note: str
) -> Measurement:
    items = tuple(
        Item(id=m["id"], credit=float(killed.get(m["id"], False)), weight=float(m.get("weight", 1)))
        for m in mutants
    )
    return Measurement(value=share(items), items=items, note=note)
