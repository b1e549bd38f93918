"""F1 of the repaired statements; statements that were right and are gone, and new wrong ones, cost precision.

An exception counts as gone if it has taken over, word for word, the condition under which another one is raised.

awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""

from __future__ import annotations

import json
from pathlib import Path

from docfacts import facts

KNOWN = json.loads(Path(__file__).with_name("facts.json").read_text(encoding="utf-8"))


def measure(root: Path) -> dict:
    """The measured number and what became of each planted error."""
    found = facts(Path(root))
    conditions = {fact for fact in found if fact[1] == "condition"}
    found -= conditions
    true = found - {(name, "raises", error, "") for name, _, error, when in conditions if _mixed_up(name, error, when)}
    items, repaired, expected = [], 0, {tuple(fact) for fact in KNOWN["kept"]}
    planted: set[tuple] = set()
    for error in KNOWN["errors"]:
        wrong, right = ({tuple(fact) for fact in error[key]} for key in ("wrong", "right"))
        done = right <= true and not wrong & found
        repaired += done
        expected |= right
        planted |= wrong
        items.append({"id": error["id"], "credit": float(done), "note": f"{error['kind']}: {error['wrong'][0]}"})
    lost = {tuple(fact) for fact in KNOWN["kept"]} - true
    invented = found - expected - planted - {tuple(fact) for fact in KNOWN["spared"]}
    for fact in sorted(lost):
        items.append({"id": "lost " + " ".join(fact), "credit": 0.0, "note": "was right, is gone"})
    for fact in sorted(invented):
        items.append({"id": "new " + " ".join(fact), "credit": 0.0, "note": "was not there, is not a repair"})
    missed = len(KNOWN["errors"]) - repaired
    false_edits = len(lost) + len(invented)
    value = 2 * repaired / (2 * repaired + missed + false_edits) if repaired else 0.0
    return {"value": round(value, 6), "items": items}


def _mixed_up(name: str, error: str, when: str) -> bool:
    return KNOWN["conditions"].get(name, {}).get(when, error) != error
