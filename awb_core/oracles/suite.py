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

TWINS = 8
"""Expected tests that run a second time with a body that fails."""

_TEXTS = {"type": "array", "items": {"type": "string", "minLength": 1}}


class PytestOracle:
    """Runs tests in the workspace's process, so it suits protected suites that must not regress.

    The workspace's own configuration, conftest files above the tests and plugins are left out; every expected id must
    be reported; a test of a random name must be reported as failed, and so must the twins of some expected tests, whose
    bodies were replaced.
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
        except (OSError, ValueError) as error:
            return OracleFailure(reason="the list of tests cannot be read", detail=str(error))
        canary = f"test_{secrets.token_hex(8)}"
        twins = _choose_twins(expected)
        try:
            result = self._run(context, options, canary, twins)
        except JudgeFailed as error:
            return OracleFailure(reason="the suite cannot be laid out", detail=str(error))
        return _compare(result, expected, canary, twins)

    def _run(
        self,
        context: OracleContext,
        options: Mapping[str, Any],
        canary: str,
        twins: Mapping[str, str],
    ) -> CommandResult:
        hidden = context.scratch / "hidden"
        suite = options.get("suite")
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
                "twins": {
                    f".awb_suite/{name}" if suite else name: at for name, at in twins.items()
                },
                "order": context.order,
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


def _choose_twins(expected: set[str]) -> dict[str, str]:
    """Choose tests whose twins must fail, and whether each runs before or after its test."""
    chance = secrets.SystemRandom()
    chosen = chance.sample(sorted(expected), min(TWINS, len(expected)))
    return {test: chance.choice(("before", "after")) for test in chosen}


def _compare(
    result: CommandResult, expected: set[str], canary: str, twins: Mapping[str, str]
) -> Measurement | OracleFailure:
    words = "timed out" if result.timed_out else f"exit {result.exit_code}"
    detail = f"{words}\n" + (result.stderr or b"")[-3000:].decode(errors="replace")
    ready, _, answer = result.stdout.partition(b"\n")
    if ready != b'{"ready": true}':
        return OracleFailure(reason="the suite did not start", detail=detail)
    try:
        report = json.loads(answer)
        status, lines = int(report["exit"]), list(report["lines"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return _broken_off(expected, f"the suite gave no report: {words}")
    reports, uncollected, finished = _read_reports(lines)
    if not finished:
        return _broken_off(expected, f"the suite did not come to its end: exit {status}")
    canaries = [
        outcome for test, o in reports.items() if test.endswith(f"::{canary}") for outcome in o
    ]
    forged = _forged_twins(reports, twins)
    if canaries != ["failed"] or status == 0 or forged:
        evidence = forged or (f"a test that must fail was reported as {canaries}, exit {status}")
        return Measurement(value=0.0, note=evidence, tampered=evidence)
    outcomes = {
        test: found[-1 if twins.get(test) == "before" else 0] for test, found in reports.items()
    }
    missing = [t for t in expected if t not in outcomes and not _below(t, uncollected)]
    if missing and len(missing) == len(expected):
        return OracleFailure(reason="none of the expected tests was reported", detail=detail)
    items = tuple(
        Item(
            id=test,
            credit=float(outcomes.get(test) == "passed"),
            note=_note(test, outcomes, missing),
        )
        for test in sorted(expected)
    )
    return Measurement(value=share(items), items=items)


def _broken_off(expected: set[str], why: str) -> Measurement:
    """Give no credit: pytest itself had started, so what broke the run off is the workspace."""
    items = tuple(Item(id=test, credit=0.0, note="not reported") for test in sorted(expected))
    return Measurement(value=0.0, items=items, note=why)


def _read_reports(lines: Iterable[Any]) -> tuple[dict[str, list[str]], list[str], bool]:
    """Return the outcomes by test, what could not be collected, and whether the session came to its end.

    Code of the workspace runs in the process that writes, so lines may be anything.
    """
    reports: dict[str, list[str]] = {}
    uncollected: list[str] = []
    finished = False
    for line in lines:
        try:
            message = json.loads(line)
        except (ValueError, TypeError, RecursionError):
            continue
        match message:
            case {"id": str(test), "outcome": str(outcome)}:
                reports.setdefault(test.removeprefix(".awb_suite/"), []).append(outcome)
            case {"uncollected": str(name)}:
                uncollected.append(name)
            case {"finished": _}:
                finished = True
    return reports, uncollected, finished


def _forged_twins(reports: Mapping[str, list[str]], twins: Mapping[str, str]) -> str:
    """Return the evidence that twins did not run or passed, or that reports were added; empty if there is none."""
    for test, outcomes in reports.items():
        if len(outcomes) > (2 if test in twins else 1):
            return f"{test} was reported {len(outcomes)} times"
    ran = {test: reports[test] for test in twins if test in reports}
    for test, outcomes in ran.items():
        twin = outcomes[0 if twins[test] == "before" else -1]
        if len(outcomes) > 1 and twin == "passed":
            return f"the twin of {test}, which must fail, was reported as passed"
    if ran and all(len(outcomes) == 1 for outcomes in ran.values()):
        return f"none of the {len(ran)} twins that must fail was reported"
    return ""


def _below(test: str, uncollected: Iterable[str]) -> bool:
    return any(
        test.startswith(name.removeprefix(".awb_suite/")) or name == "" for name in uncollected
    )


def _note(test: str, outcomes: Mapping[str, str], missing: list[str]) -> str:
    if test in missing:
        return "not reported"
    outcome = outcomes.get(test, "could not be collected")
    return "" if outcome == "passed" else outcome
