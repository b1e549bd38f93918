"""Propose score anchors from what the rungs of a ladder measured: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from awb_core.admission.measured import Measured
from awb_core.model import Check, Role, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Anchors for one check, with what they rest on."""

    check: str
    measured: Mapping[str, float]
    """Value by rung."""
    floor: float | None
    midpoint: float | None
    saturation: float | None
    note: str = ""


def propose(task: Task, results: Iterable[Measured]) -> tuple[Proposal, ...]:
    """Return proposals for required and quality checks.

    The floor is what `noop` measures, saturation what `canonical` does. The midpoint lies half a step of the
    measure below what `minimal` measures, where the steps are known (shares of equal cases), so that no rounding
    decides a pass; else on it.
    """
    measured: dict[str, dict[str, Mapping[str, Any]]] = {}
    for result in results:
        for entry in result.record["measurements"]:
            if "value" in entry:
                measured.setdefault(entry["check"], {})[result.name] = entry
    return tuple(
        _propose(check, measured.get(check.id, {}))
        for check in task.checks
        if check.role is not Role.GATE
    )


def _propose(check: Check, entries: Mapping[str, Mapping[str, Any]]) -> Proposal:
    values = {rung: float(entry["value"]) for rung, entry in entries.items()}
    if not {"noop", "minimal", "canonical"} <= set(values):
        return Proposal(
            check=check.id,
            measured=values,
            floor=None,
            midpoint=None,
            saturation=None,
            note="noop, minimal or canonical could not be measured",
        )
    step = _step(entries["minimal"])
    sign = -1 if check.anchors and check.anchors.goal == "minimise" else 1
    floor, midpoint, saturation = (
        values["noop"],
        values["minimal"] - sign * step / 2,
        values["canonical"],
    )
    ordered = sign * floor < sign * midpoint < sign * saturation
    return Proposal(
        check=check.id,
        measured=values,
        floor=round(floor, 6),
        midpoint=round(midpoint, 6),
        saturation=round(saturation, 6),
        note="" if ordered else "the rungs are not in order",
    )


def _step(entry: Mapping[str, Any]) -> float:
    """Return the smallest change one case makes to a share; 0 where the value is not a share of its items."""
    weights = [item["weight"] for item in entry["items"] if item["weight"] > 0]
    credits = [item["weight"] * item["credit"] for item in entry["items"]]
    total = sum(weights)
    if not total or abs(sum(credits) / total - entry["value"]) > 1e-9:
        return 0.0
    return float(min(weights)) / float(total)
