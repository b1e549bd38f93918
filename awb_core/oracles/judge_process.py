"""Run a task's judge module; started as a script of its own, standard library only.

Reads JSON requests on stdin, one a line, and writes each reply as a line to the original stdout, so that whatever a
judge prints cannot spoil it. Requests: `cases`, `examples`, `judge`, `holds`, `measure`, `rules`.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Answer one request after another."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    path = Path(sys.argv[1])
    sys.path[:0] = [str(path.parent)]
    module = runpy.run_path(str(path), run_name="awb_judge")
    for line in sys.stdin.buffer:
        request = json.loads(line)
        result = ACTIONS[request["action"]](module, request)
        replies.write(json.dumps(result, allow_nan=True).encode() + b"\n")
        replies.flush()


def _cases(module: dict[str, Any], request: dict[str, Any]) -> Any:
    return _checked(list(module["cases"](request["seed"])))


def _examples(module: dict[str, Any], request: dict[str, Any]) -> Any:
    from hypothesis import HealthCheck, Phase, given, seed, settings

    found: list[Any] = []

    @settings(
        max_examples=request["examples"],
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @seed(request["seed"])
    @given(module["inputs"]())
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return _checked([{"id": f"e{n:04d}", "input": value} for n, value in enumerate(found, 1)])


def _judge(module: dict[str, Any], request: dict[str, Any]) -> Any:
    items = []
    for case in request["cases"]:
        verdict = module["judge"](case, request["answers"][case["id"]])
        items.append(_item(case, verdict))
    return {"items": items}


def _holds(module: dict[str, Any], request: dict[str, Any]) -> Any:
    items = []
    for case in request["cases"]:
        verdict = module["holds"](case["input"], request["answers"][case["id"]])
        items.append(_item(case, verdict))
    return {"items": items}


def _measure(module: dict[str, Any], request: dict[str, Any]) -> Any:
    return module["measure"](request["cases"], request["answers"])


def _rules(module: dict[str, Any], request: dict[str, Any]) -> Any:
    return module["measure"](Path(request["root"]))


def _item(case: dict[str, Any], verdict: Any) -> dict[str, Any]:
    note = ""
    if isinstance(verdict, (tuple, list)):
        verdict, note = verdict
    credit = float(verdict)
    if not 0 <= credit <= 1:
        message = f"the credit of case {case['id']} is {credit}, outside [0, 1]"
        raise ValueError(message)
    return {
        "id": case["id"],
        "credit": credit,
        "weight": float(case.get("weight", 1)),
        "note": str(note)[:500],
    }


def _checked(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = [case["id"] for case in cases]
    if not ids or len(set(ids)) != len(ids):
        message = "a judge must give at least one case, and every case its own id"
        raise ValueError(message)
    return cases


ACTIONS = {
    "cases": _cases,
    "examples": _examples,
    "judge": _judge,
    "holds": _holds,
    "measure": _measure,
    "rules": _rules,
}

if __name__ == "__main__":
    main()
