"""The `pytest` oracle: a frozen list of tests that must be reported and pass."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from awb_core.model import Item, Measurement, OracleFailure
from awb_core.oracles.judge import JudgeFailed
from awb_core.oracles.judging import STARTER, copy_injected, lay_out, share
from awb_core.protocols import Command, CommandResult, OracleContext

_TEXTS = {"type": "array", "items": {"type": "string", "minLength": 1}}


class PytestOracle:
    """Runs tests in the workspace's process, so it suits protected suites that must not regress.

    The workspace's own configuration, conftest files above the tests and plugins are left out; a test of a random
    name must be reported as failed; every expected id must be reported.
    """

    name = "pytest"
    summary = "a frozen list of tests; share that passes"
    schema: Mapping[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["expected"],
        "properties": {
            "tests": {**_TEXTS, "description": "Paths in the workspace; protect them."},
            "suite": {
                "type": "string",
                "description": "Folder in tests/ that is laid beside the workspace.",
            },
            "expected": {
                "type": "string",
                "description": "File in tests/ with the node ids, one a line.",
            },
            "quarantine": {
                "type": "string",
                "description": "File in tests/ with ids that do not count.",
            },
            "path": {
                **_TEXTS,
                "description": "Import path in the workspace; the workspace itself by default.",
            },
            "args": {**_TEXTS, "description": "Further arguments of pytest."},
        },
        "oneOf": [{"required": ["tests"]}, {"required": ["suite"]}],
    }

    def measure(self, context: OracleContext) -> Measurement | OracleFailure:
        """Run the tests and compare with the frozen list."""
        options = context.check.options
        try:
            expected = _read_ids(context, options["expected"])
            if "quarantine" in options:
                expected -= _read_ids(context, options["quarantine"])
        except OSError as error:
            return OracleFailure(reason="the list of tests cannot be read", detail=str(error))
        canary = f"test_{secrets.token_hex(8)}"
        try:
            result = self._run(context, options, canary)
        except JudgeFailed as error:
            return OracleFailure(reason="the suite cannot be laid out", detail=str(error))
        return _compare(result, expected, canary)

    def _run(
        self, context: OracleContext, options: Mapping[str, Any], canary: str
    ) -> CommandResult:
        hidden = context.scratch / "hidden"
        suite = options.get("suite")
        lay_out(context.tests, [suite] if suite else [], hidden)
        copy_injected(hidden, "awb_pytest.py")
        with context.open_sandbox() as sandbox:
            sandbox.put(hidden, hidden=True)
            tests = options.get("tests", ())
            if suite:
                # Ids are relative to the workspace: the suite lies there for the time of the check.
                tests = [f".awb_suite/{os.path.basename(suite)}"]  # noqa: PTH119
                place = context.scratch / "laid"
                lay_out(context.tests, [suite], place / ".awb_suite")
                sandbox.put(place)
            config = {
                "tests": list(tests),
                "path": options.get("path", ["."]),
                "args": options.get("args", ()),
                "canary": canary,
                "confcut": os.path.commonpath([_folder(test) for test in tests]) or ".",
            }
            return sandbox.run(
                Command(
                    argv=[
                        sandbox.python,
                        "-I",
                        "-B",
                        "-c",
                        STARTER,
                        sandbox.hidden,
                        "awb_pytest.py",
                    ],
                    stdin=json.dumps(config).encode(),
                    seconds=context.seconds,
                    keep_bytes=32 << 20,
                )
            )


def _folder(test: str) -> str:
    return os.path.dirname(test) or "." if test.endswith(".py") else test  # noqa: PTH120


def _read_ids(context: OracleContext, name: str) -> set[str]:
    lines = (context.tests / name).read_text("utf-8").splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def _compare(result: CommandResult, expected: set[str], canary: str) -> Measurement | OracleFailure:
    words = "timed out" if result.timed_out else f"exit {result.exit_code}"
    detail = f"{words}\n" + (result.stderr or b"")[-3000:].decode(errors="replace")
    try:
        report = json.loads(result.stdout)
        lines = [json.loads(line) for line in report["lines"]]
    except (ValueError, KeyError, TypeError):
        return OracleFailure(reason="the suite gave no report", detail=detail)
    outcomes = {
        line["id"].removeprefix(".awb_suite/"): line["outcome"] for line in lines if "id" in line
    }
    uncollected = [line["uncollected"] for line in lines if "uncollected" in line]
    if not any("finished" in line for line in lines):
        return OracleFailure(reason="the suite did not come to its end", detail=detail)
    canaries = [outcome for test, outcome in outcomes.items() if test.endswith(f"::{canary}")]
    if canaries != ["failed"] or report["exit"] == 0:
        evidence = f"a test that must fail was reported as {canaries}, exit {report['exit']}"
        return Measurement(value=0.0, note=evidence, tampered=evidence)
    missing = [t for t in expected if t not in outcomes and not _below(t, uncollected)]
    if missing:
        some = ", ".join(sorted(missing)[:5])
        reason = f"{len(missing)} of {len(expected)} expected tests were not reported: {some}"
        return OracleFailure(reason=reason, detail=detail)
    items = tuple(
        Item(id=test, credit=float(outcomes.get(test) == "passed"), note=_note(outcomes.get(test)))
        for test in sorted(expected)
    )
    return Measurement(value=share(items), items=items)


def _below(test: str, uncollected: Iterable[str]) -> bool:
    return any(
        test.startswith(name.removeprefix(".awb_suite/")) or name == "" for name in uncollected
    )


def _note(outcome: str | None) -> str:
    return "" if outcome == "passed" else outcome or "could not be collected"
