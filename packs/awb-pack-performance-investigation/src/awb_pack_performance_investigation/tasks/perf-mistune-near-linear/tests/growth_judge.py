"""How fast the work of rendering grows with the document: the mean of the worst and the average exponent.

awb-canary 3b7a5d0e-7f0b-4a43-9a5b-6c1f0b5f6f11
"""

from __future__ import annotations

import math
import random

from documents import FAMILIES

STEPS = 5
RATIO = 1.5
LIMIT = 2.6
"""Work at which a document is given up, as a multiple of linear work."""
ROUNDS = 4_000
"""Rounds of known work, which say what a unit of counted work costs here."""
SAMPLES = 3
"""How often the known work is done; the cheapest counts, since a busy machine only adds to it."""
LEAST_COST = 0.15
"""Least cost of a unit of claimed work, as a share of a unit of known work; honest renderings have .5 to 1.2, uncounted
ones that claim linear work less than .1."""
GIVEN_UP = 2.0
WRONG = 3.0


def cases(seed: int) -> list[dict]:
    """One case a family: five documents of growing size."""
    listed = [{"id": f"known-work-{number}", "input": {"rounds": ROUNDS}} for number in range(SAMPLES)]
    for name, (maker, largest, rate) in FAMILIES.items():
        rng = random.Random(f"{seed}/{name}")
        sizes = [round(largest / RATIO**step) for step in reversed(range(STEPS))]
        documents = [maker(rng, size) for size in sizes]
        limits = [round(LIMIT * rate * size) for size in sizes]
        sent = [{"text": source, "limit": limit} for (source, _), limit in zip(documents, limits, strict=True)]
        expected = [html for _, html in documents]
        listed.append({"id": name, "input": {"documents": sent}, "sizes": sizes, "expected": expected})
    return listed


def measure(cases: list[dict], answers: dict[str, dict]) -> dict:
    """The measured number, with the exponent of each family for the evidence.

    The count is made in the process of the workspace, which could forge it; what the kernel says of the time that the
    process used bounds how much.
    """
    known = [answers[case["id"]] for case in cases[:SAMPLES]]
    cost = min(answer["cpu_seconds"] / answer["value"]["work"] for answer in known)
    items = []
    exponents = []
    for case in cases[SAMPLES:]:
        exponent, note = _exponent(case, answers.get(case["id"]), cost)
        exponents.append(exponent)
        items.append({"id": case["id"], "credit": max(0.0, min(1.0, 2.0 - exponent)), "note": note})
    value = (max(exponents) + sum(exponents) / len(exponents)) / 2
    return {"value": round(value, 4), "items": items}


def _exponent(case: dict, answer: object, cost: float) -> tuple[float, str]:
    value = answer.get("value") if isinstance(answer, dict) else None
    if not isinstance(value, dict):
        return WRONG, f"no measurement: {str(answer)[:200]}"
    if value.get("over") is True:
        return GIVEN_UP, "work limit passed"
    rendered = value.get("rendered")
    sizes = case["sizes"]
    if not isinstance(rendered, list) or len(rendered) != len(sizes):
        return WRONG, "malformed measurement"
    works = []
    for number, item in enumerate(rendered):
        if not isinstance(item, dict) or type(item.get("work")) is not int or item["work"] < sizes[number]:
            return WRONG, "malformed measurement"
        if item.get("html") != case["expected"][number]:
            return WRONG, f"document {number + 1} of {len(sizes)} renders differently"
        works.append(item["work"])
    used = answer.get("cpu_seconds", 0.0)
    if used < LEAST_COST * cost * sum(works):
        return WRONG, f"{sum(works)} units of work were claimed, but the process used {used:g} s"
    exponent = _slope([math.log(size) for size in sizes], [math.log(work) for work in works])
    return max(exponent, 0.9), f"exponent {exponent:.3f}, work {works}"


def _slope(xs: list[float], ys: list[float]) -> float:
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    rise = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return rise / sum((x - mean_x) ** 2 for x in xs)
