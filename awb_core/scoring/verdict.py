"""Combine the checks of a task into a verdict and a score.

Gates must hold. Required checks decide; quality checks only lift a solution that already passes:
`P_all = sum w_i p_i + sum w_j max(p_j, 1/2)`, `worst = min p_i over required`, and
`P = P_all` if `worst >= 1/2`, else `min(P_all, worst)`. So a pass scores at least .5 and a failure less, by
construction. A failed gate caps the score at S(1/4); a failed integrity gate makes it 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from awb_core.model import Check, Measurement, Role
from awb_core.scoring.progress import curve, progress

GATE_CAP = 0.25
"""Progress at which a solution with a failed gate is capped; its score is .05."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one required or quality check contributes."""

    check: str
    role: Role
    weight: float
    value: float
    progress: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """Whether a gate holds."""

    check: str
    value: float
    holds: bool
    integrity: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The verdict and the score of a finished workspace."""

    passed: bool
    score: float
    progress: float
    parts: tuple[Part, ...]
    gates: tuple[GateResult, ...]


def score_checks(checks: Iterable[Check], measured: Mapping[str, Measurement]) -> Scored:
    """Score a workspace from what each check measured.

    Raises:
        KeyError: a check has no measurement; the caller decides what an oracle that could not judge means.
    """
    parts: list[Part] = []
    gates: list[GateResult] = []
    for check in checks:
        value = measured[check.id].value
        if check.role is Role.GATE:
            gates.append(
                GateResult(
                    check=check.id,
                    value=value,
                    holds=_holds(check, value),
                    integrity=check.integrity,
                )
            )
        elif check.anchors is not None:
            parts.append(
                Part(
                    check=check.id,
                    role=check.role,
                    weight=check.weight,
                    value=value,
                    progress=progress(value, check.anchors),
                )
            )
    return combine(tuple(parts), tuple(gates))


def combine(parts: tuple[Part, ...], gates: tuple[GateResult, ...]) -> Scored:
    """Combine parts and gates; there is at least one required part, and weights sum to 1."""
    required = [part for part in parts if part.role is Role.REQUIRED]
    worst = min((part.progress for part in required), default=0.0)
    total = sum(
        part.weight * (part.progress if part.role is Role.REQUIRED else max(part.progress, 0.5))
        for part in parts
    )
    # The sum of weights is 1 up to rounding; a pass must not be lost to the last bit.
    reached = max(total, 0.5) if worst >= 0.5 else min(total, worst)
    if any(not gate.holds and gate.integrity for gate in gates):
        reached = 0.0
    elif any(not gate.holds for gate in gates):
        reached = min(reached, GATE_CAP)
    return Scored(
        passed=worst >= 0.5 and all(gate.holds for gate in gates),
        score=curve(reached),
        progress=reached,
        parts=parts,
        gates=gates,
    )


def _holds(check: Check, value: float) -> bool:
    if check.at_least is not None and not value >= check.at_least:
        return False
    return check.at_most is None or value <= check.at_most
