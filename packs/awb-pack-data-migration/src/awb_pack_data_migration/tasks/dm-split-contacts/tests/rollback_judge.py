"""The gate: the way back is exact, and each contact is either a person or quarantined as a row.

awb-canary d1b08700-1fbd-465d-8b2a-d5076e021755
"""

from __future__ import annotations

import random

from contacts_data import rows

SIZE = 1500
STEPS = {
    "up-down": "ud",
    "down-on-001": "d",
    "up-down-down": "udd",
    "up-down-up-down": "udud",
    "rows": "rows",
}


def cases(seed):
    drawn = random.Random(seed).randrange(1 << 30)
    return [{"id": name, "input": {"seed": drawn, "size": SIZE, "step": step}} for name, step in STEPS.items()]


def judge(case, answer):
    value = answer.get("value")
    if not isinstance(value, dict):
        return False, f"no answer: {answer}"[:300]
    if value.get("error"):
        return False, str(value["error"])[:300]
    if case["id"] == "rows":
        wanted = [row[0] for row in rows(case["input"]["seed"], SIZE)]
        people, whole = value.get("people"), value.get("rows")
        if not isinstance(people, list) or not isinstance(whole, list):
            return False, "no lists of ids"
        found = [number for number in people + whole if isinstance(number, int)]
        if not people or sorted(found) != wanted or len(found) != len(people) + len(whole):
            return False, f"{len(people)} people and {len(whole)} quarantined rows for {len(wanted)} contacts"
        return True
    before, after = value.get("before"), value.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return False, "no snapshots"
    differing = sorted(key for key in set(before) | set(after) if before.get(key) != after.get(key))
    if differing:
        return False, f"differs: {', '.join(differing)}"[:300]
    return True
