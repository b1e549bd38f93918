"""awb-canary f52d3ef8-5ce3-4af1-ae3b-254163d5eb41

The back office answers as it did: each step of each scenario is compared with what was recorded.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from scenarios import SCENARIOS

RECORDED = json.loads((Path(__file__).parent / "answers.json").read_text(encoding="utf-8"))


def cases(seed: int) -> list[dict[str, Any]]:
    """One case per scenario, and one for the public names; the order is drawn."""
    rows = [
        {"id": name, "weight": len(steps), "input": {"names": [], "steps": steps}, "expected": RECORDED["steps"][name]}
        for name, steps in SCENARIOS.items()
    ]
    names = RECORDED["names"]
    rows.append({"id": "public names", "weight": 1, "input": {"names": names, "steps": []}, "expected": []})
    random.Random(seed).shuffle(rows)
    return rows


def judge(case: dict[str, Any], answer: dict[str, Any]) -> tuple[float, str]:
    """Share of steps whose answer is the recorded one."""
    value, expected = answer.get("value"), case["expected"]
    if case["input"]["names"]:
        return float(value == []), f"missing: {str(value if value is not None else answer)[:300]}"
    if not isinstance(value, list) or len(value) != len(expected):
        return 0.0, f"no usable answer: {str(answer)[:300]}"
    wrong = [
        f"step {index} {json.dumps(step)[:90]}: {_difference(want, got)}"
        for index, (step, want, got) in enumerate(zip(case["input"]["steps"], expected, value, strict=True))
        if _text(want) != _text(got)
    ]
    return 1 - len(wrong) / len(expected), "; ".join(wrong)[:480]


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _difference(want: Any, got: Any) -> str:
    if isinstance(want, dict) and isinstance(got, dict) and "raised" in got:
        return f"{got.get('raised')}: {got.get('message')}"
    return f"got {_text(got)[:120]}"
