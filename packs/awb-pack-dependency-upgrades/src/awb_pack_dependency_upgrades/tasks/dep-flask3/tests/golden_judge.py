"""Behaviour recorded under the old versions, to the letter where letters matter.

awb-canary c2f5b9de-3a0e-4e53-8a43-7d0d6b3e9a64
"""

from __future__ import annotations

import json
import random
from pathlib import Path

from normal import normal

GOLDENS = json.loads(Path(__file__).with_name("goldens.json").read_text(encoding="utf-8"))["cases"]


def cases(seed: int) -> list[dict]:
    """The recorded cases in an order drawn from the seed."""
    listed = [dict(case) for case in GOLDENS]
    random.Random(seed).shuffle(listed)
    return listed


def judge(case: dict, answer: dict) -> tuple[bool, str]:
    """Whether the normal form of the answer is the recorded one."""
    if not isinstance(answer, dict) or "value" not in answer:
        return False, str(answer)[:300]
    try:
        found = normal(case["input"]["kind"], answer["value"])
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the answer, it is a wrong answer
        return False, f"unreadable answer: {type(error).__name__}: {error}"
    if found == case["want"] and json.dumps(found) == json.dumps(case["want"]):
        return True, ""
    return False, _difference(case["want"], found)


def _difference(want: object, found: object, where: str = "") -> str:
    if isinstance(want, dict) and isinstance(found, dict):
        for key in sorted({*want, *found}):
            if want.get(key) != found.get(key):
                return _difference(want.get(key), found.get(key), f"{where}/{key}")
    if isinstance(want, list) and isinstance(found, list) and len(want) == len(found):
        for number, (one, other) in enumerate(zip(want, found, strict=True)):
            if one != other:
                return _difference(one, other, f"{where}/{number}")
    if isinstance(want, str) and isinstance(found, str):
        same = next((n for n, (one, other) in enumerate(zip(want, found, strict=False)) if one != other), min(len(want), len(found)))
        want, found = want[max(0, same - 60) :], found[max(0, same - 60) :]
    return f"{where}: expected {str(want)[:300]!r}, got {str(found)[:300]!r}"
